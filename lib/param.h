/*
 * param.h - the next name=value.
 */
#ifndef SIPREG_LIB_PARAM_H
#define SIPREG_LIB_PARAM_H

#include "cursor.h"

struct sipreg_parameter {
    struct sipreg_str name;
    struct sipreg_str value; /* without quotes, escapes in place; absent if there is no "=" */
};

/* Takes name [= value], with blanks around the "=". A value is a quoted string or runs up to a
   blank, comma or semicolon. Fails on no name and on an open quote. */
/*@ requires \valid(c) && readable(*c) && \valid(parameter) && \separated(c, parameter);
    assigns *c, *parameter;
    ensures follows(*c, \old(*c));
    ensures stays: !\result ==> c->p == \old(c->p) && *parameter == \old(*parameter);
    ensures moves: \result ==> 0 < c->p - \old(c->p) && parameter->name.n > 0;
    ensures \result ==> readable(parameter->name) && readable(parameter->value);
    ensures \result ==> inside(parameter->name, \old(c->p), c->p) &&
                        inside(parameter->value, \old(c->p), c->p);
*/
bool sipreg_param_take(struct sipreg_cursor *c, struct sipreg_parameter *parameter);

/* Takes the next ";name=value", passing over empty ones (";;"). False at the end, and when
   something else than a parameter stands there: then the cursor is not at its end. */
/*@ requires \valid(c) && readable(*c) && \valid(parameter) && \separated(c, parameter);
    assigns *c, *parameter;
    ensures follows(*c, \old(*c));
    ensures stays: !\result ==> (c->p == \old(c->p) || c->p == c->end) &&
                                *parameter == \old(*parameter);
    ensures moves: \result ==> 0 < c->p - \old(c->p) && parameter->name.n > 0;
    ensures \result ==> readable(parameter->name) && readable(parameter->value);
    ensures \result ==> inside(parameter->name, \old(c->p), c->p) &&
                        inside(parameter->value, \old(c->p), c->p);
*/
bool sipreg_param_next(struct sipreg_cursor *c, struct sipreg_parameter *parameter);

/* Does one of the names in ";name=value;..." come twice? (RFC 3261 7.3.1) */
/*@ requires readable(params);
    assigns \nothing;
*/
bool sipreg_param_twice(struct sipreg_str params);

#endif
