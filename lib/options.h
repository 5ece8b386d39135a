/*
 * options.h - the option tags that a request requires, and those that the server lacks.
 */
#ifndef SIPREG_LIB_OPTIONS_H
#define SIPREG_LIB_OPTIONS_H

#include "cursor.h"

#include <sipreg/response.h>

enum { SIPREG_OPTIONS_MAX = 32 }; /* tags in one list: a bit each */

/* Takes the next tag of a comma list, passing over empty ones. False at the end, and where
   something else stands: then the cursor is not at its end. */
bool sipreg_options_next(struct sipreg_cursor *c, struct sipreg_str *tag);

/* Is this tag in the list? */
bool sipreg_options_has(const char *list, struct sipreg_str tag);
/* Does a response require this tag? */
bool sipreg_options_required(const struct sipreg_response *response, struct sipreg_str tag);
/* Does a 421 require this tag and nothing else? */
bool sipreg_options_asked_for(const struct sipreg_response *response, struct sipreg_str tag);

/* Those tags of the list that a 420 names in Unsupported: bit n is its nth. */
uint32_t sipreg_options_unsupported(const struct sipreg_response *response, const char *list);

#endif
