/*
 * answers.h - what a final response that is no 2xx means for a REGISTER.
 */
#ifndef SIPREG_LIB_ANSWERS_H
#define SIPREG_LIB_ANSWERS_H

#include <sipreg/client.h>
#include <sipreg/storage.h>

enum { SIPREG_ROUNDS_MAX = 10 }; /* repeats at once in one attempt, whatever asks for them */

enum sipreg_outcome {
    SIPREG_ACCEPTED, /* a 2xx */
    SIPREG_AGAIN,    /* repeat at once: what the response asked for has been noted in the client */
    SIPREG_LATER,    /* temporary: after a back-off */
    SIPREG_REFUSED   /* for good */
};

/* *error is why, unless accepted. */
enum sipreg_outcome sipreg_answers_weigh(struct sipreg_client *client,
                                         const struct sipreg_response *response, int *error);

#endif
