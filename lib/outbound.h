/*
 * outbound.h - is this flow one that the registrar keeps to, and one of several?
 */
#ifndef SIPREG_LIB_OUTBOUND_H
#define SIPREG_LIB_OUTBOUND_H

#include "state.h"

/* Reads from a 2xx to our REGISTER whether outbound is in force. Then the registrar replaces the
   contact of before by itself. */
void sipreg_outbound_learn(struct sipreg_client *client, const struct sipreg_response *response);
/* Is another flow of this device registered and up? */
bool sipreg_outbound_others_up(const struct sipreg_client *client);
/* Goes on without outbound, which the first hop lacks (439). False: it has not been asked for. */
bool sipreg_outbound_leave(struct sipreg_client *client);

#endif
