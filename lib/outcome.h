/*
 * outcome.h - what the end of a request changes.
 */
#ifndef SIPREG_LIB_OUTCOME_H
#define SIPREG_LIB_OUTCOME_H

#include "answers.h"
#include "state.h"

/* A final response to the request under way. */
void sipreg_outcome_take(struct sipreg_client *client, const struct sipreg_response *response);
/* client->purpose has failed, SIPREG_LATER or SIPREG_REFUSED. */
void sipreg_outcome_fail(struct sipreg_client *client, enum sipreg_outcome outcome, int error,
                         const struct sipreg_response *response);
/* The same, and it is open what the registrar made of the request. */
void sipreg_outcome_unanswered(struct sipreg_client *client, enum sipreg_outcome outcome,
                               int error);
/* The removal has ended, confirmed or not: waiting for more would only delay whoever wants to
 * leave. */
void sipreg_outcome_removed(struct sipreg_client *client, int error,
                            const struct sipreg_response *response);
/* Sets the instant of the next try by the failures so far; response may name a time. */
void sipreg_outcome_retry(struct sipreg_client *client, const struct sipreg_response *response);

#endif
