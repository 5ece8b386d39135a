/*
 * cursor.h - reading: two pointers into received octets.
 *
 * A take yields a slice and moves, or fails and stays. Nothing reads at or behind end.
 */
#ifndef SIPREG_LIB_CURSOR_H
#define SIPREG_LIB_CURSOR_H

#include "str.h"

struct sipreg_cursor {
    const char *p;
    const char *end;
};

struct sipreg_cursor sipreg_cursor_of(struct sipreg_str s);

/* Skips blanks and folds (LWS, any number of them). */
void sipreg_cursor_blank(struct sipreg_cursor *c);
/* Takes this octet. */
bool sipreg_cursor_char(struct sipreg_cursor *c, char wanted);
/* Takes this octet with the blanks around it (25.1: SWS "=" SWS and the like). */
bool sipreg_cursor_separator(struct sipreg_cursor *c, char wanted);
/* Takes one or more token characters. */
bool sipreg_cursor_token(struct sipreg_cursor *c, struct sipreg_str *token);
/* Takes a quoted string; the slice is what stands between the quotes, escapes in place. */
bool sipreg_cursor_quoted(struct sipreg_cursor *c, struct sipreg_str *inside);
/* Takes everything up to the next octet of these classes, perhaps nothing. */
struct sipreg_str sipreg_cursor_until(struct sipreg_cursor *c, unsigned classes);

#endif
