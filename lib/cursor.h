/*
 * cursor.h - reading: two pointers into received octets.
 *
 * A take yields a slice and moves, or fails and stays. Nothing reads at or behind end.
 */
#ifndef SIPREG_LIB_CURSOR_H
#define SIPREG_LIB_CURSOR_H

#include "chars.h"
#include "str.h"

struct sipreg_cursor {
    const char *p;
    const char *end;
};

static inline struct sipreg_cursor sipreg_cursor_of(struct sipreg_str s)
{
    struct sipreg_cursor c = {s.p, s.p};
    if (s.n > 0)
        c.end = s.p + s.n;
    return c;
}

/* Skips blanks and folds (LWS, any number of them). Most of the time there are none. */
void sipreg_cursor_blanks(struct sipreg_cursor *c);
static inline void sipreg_cursor_blank(struct sipreg_cursor *c)
{
    if (c->p < c->end && (unsigned char)*c->p <= ' ')
        sipreg_cursor_blanks(c);
}

/* Takes this octet. */
static inline bool sipreg_cursor_char(struct sipreg_cursor *c, char wanted)
{
    if (c->p >= c->end || *c->p != wanted)
        return false;
    c->p++;
    return true;
}

/* Takes this octet with the blanks around it (25.1: SWS "=" SWS and the like). */
static inline bool sipreg_cursor_separator(struct sipreg_cursor *c, char wanted)
{
    struct sipreg_cursor at = *c;

    sipreg_cursor_blank(&at);
    if (!sipreg_cursor_char(&at, wanted))
        return false;
    sipreg_cursor_blank(&at);
    *c = at;
    return true;
}

/* Takes one or more token characters. */
static inline bool sipreg_cursor_token(struct sipreg_cursor *c, struct sipreg_str *token)
{
    const char *p = c->p;

    while (p < c->end && sipreg_is(*p, SIPREG_TOKEN))
        p++;
    if (p == c->p)
        return false;
    *token = sipreg_str_between(c->p, p);
    c->p = p;
    return true;
}

/* Takes a quoted string; the slice is what stands between the quotes, escapes in place. */
bool sipreg_cursor_quoted(struct sipreg_cursor *c, struct sipreg_str *inside);
/* Takes everything up to the next octet of these classes, perhaps nothing. */
static inline struct sipreg_str sipreg_cursor_until(struct sipreg_cursor *c, unsigned classes)
{
    const char *start = c->p, *p = start, *end = c->end;

    while (p < end && !sipreg_is(*p, classes))
        p++;
    c->p = p;
    return sipreg_str_between(start, p);
}

#endif
