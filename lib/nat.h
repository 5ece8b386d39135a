/*
 * nat.h - the address that the registrar sees.
 */
#ifndef SIPREG_LIB_NAT_H
#define SIPREG_LIB_NAT_H

#include "state.h"

/* Makes our contact the address that the Via of this 200 tells, if that is wanted and is news.
   True: it is another one now, to be registered in place of the old one. */
bool sipreg_nat_learn(struct sipreg_client *client, const struct sipreg_response *response);

#endif
