/*
 * options.h - the option tags that a request requires, and those that the server lacks.
 */
#ifndef SIPREG_LIB_OPTIONS_H
#define SIPREG_LIB_OPTIONS_H

#include "response.h"

enum { SIPREG_OPTIONS_MAX = 32 }; /* tags in one list: a bit each */

/* Takes the next tag of a comma list, passing over empty ones. False at the end, and where
   something else stands: then the cursor is not at its end. */
/*@ requires \valid(c) && readable(*c) && \valid(tag) && \separated(c, tag);
    assigns *c, *tag;
    ensures follows(*c, \old(*c));
    ensures \result ==> 0 < c->p - \old(c->p);
    ensures \result ==> readable(*tag) && inside(*tag, \old(c->p), c->p) && tag->n > 0;
*/
bool sipreg_options_next(struct sipreg_cursor *c, struct sipreg_str *tag);

/* Is this tag in the list? */
/*@ requires (list == \null || valid_read_string(list)) && readable(tag);
    assigns \nothing;
*/
bool sipreg_options_has(const char *list, struct sipreg_str tag);
/* Does a response require this tag? */
/*@ requires readable(response) && readable(tag);
    assigns \nothing;
*/
bool sipreg_options_required(const struct sipreg_response *response, struct sipreg_str tag);
/* Does a 421 require this tag and nothing else? */
/*@ requires readable(response) && readable(tag);
    assigns \nothing;
*/
bool sipreg_options_asked_for(const struct sipreg_response *response, struct sipreg_str tag);

/* Those tags of the list that a 420 names in Unsupported: bit n is its nth. */
/*@ requires readable(response) && (list == \null || valid_read_string(list));
    assigns \nothing;
*/
uint32_t sipreg_options_unsupported(const struct sipreg_response *response, const char *list);

#endif
