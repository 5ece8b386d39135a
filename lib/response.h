/*
 * response.h - more about a response than its public header tells: lines by what they are.
 */
#ifndef SIPREG_LIB_RESPONSE_H
#define SIPREG_LIB_RESPONSE_H

#include "nameaddr.h"
#include "names.h"

#include <sipreg/response.h>

/* The next header line that is one of these two (the same twice for one). */
bool sipreg_response_line(const struct sipreg_response *response, struct sipreg_place *place,
                          enum sipreg_name a, enum sipreg_name b, struct sipreg_line *line);

/* The next value, over lines and comma lists, of a header with addresses; see nameaddr.h. */
bool sipreg_response_address(const struct sipreg_response *response, enum sipreg_name name,
                             struct sipreg_place *place, struct sipreg_nameaddr *na,
                             struct sipreg_wanted *wanted, size_t n);

#endif
