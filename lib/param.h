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
bool sipreg_param_take(struct sipreg_cursor *c, struct sipreg_parameter *parameter);

/* Takes the next ";name=value", passing over empty ones (";;"). False at the end, and when
   something else than a parameter stands there: then the cursor is not at its end. */
bool sipreg_param_next(struct sipreg_cursor *c, struct sipreg_parameter *parameter);

/* Does one of the names in ";name=value;..." come twice? (RFC 3261 7.3.1) */
bool sipreg_param_twice(struct sipreg_str params);

#endif
