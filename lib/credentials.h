/*
 * credentials.h - how an answer to a challenge is written.
 */
#ifndef SIPREG_LIB_CREDENTIALS_H
#define SIPREG_LIB_CREDENTIALS_H

#include "out.h"

#include <sipreg/digest.h>
#include <sipreg/request.h>

/* One whole header line. */
void sipreg_credentials_print(struct sipreg_out *out, const struct sipreg_request *request,
                              const struct sipreg_answer *answer);

#endif
