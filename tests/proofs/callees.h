/*
 * callees.h - what the proofs assume of functions that are not proved, since they stand on a higher
 * floor.
 */
#ifndef SIPREG_PROOFS_CALLEES_H
#define SIPREG_PROOFS_CALLEES_H

#include "../../lib/cursor.h"

#include <sipreg/response.h>

/*@ requires \valid_read(response) && \valid_read(name) && \valid(place) && \valid(value);
    assigns *place, *value \from *response, *name, *place;
    assigns \result \from *response, *name, *place;
    ensures \result ==> readable(*value);
*/
bool sipreg_response_header(const struct sipreg_response *response, const char *name,
                            struct sipreg_place *place, struct sipreg_str *value);

#endif
