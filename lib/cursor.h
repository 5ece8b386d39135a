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

/*@ predicate readable{L}(struct sipreg_cursor c) = octets(c.p, c.end);

    // The same, farther on.
    predicate follows(struct sipreg_cursor c, struct sipreg_cursor old) =
        c.end == old.end && \base_addr(c.p) == \base_addr(old.p) &&
        0 <= c.p - old.p && 0 <= c.end - c.p;
*/

/*@ requires readable(s);
    assigns \nothing;
    ensures readable(\result) && \result.p == s.p && \result.end == s.p + s.n;
*/
static inline struct sipreg_cursor sipreg_cursor_of(struct sipreg_str s)
{
    struct sipreg_cursor c = {s.p, s.p};
    if (s.n > 0)
        c.end = s.p + s.n;
    return c;
}

/* Skips blanks and folds (LWS, any number of them). Most of the time there are none. */
/*@ requires \valid(c) && readable(*c);
    assigns c->p;
    ensures follows(*c, \old(*c));
*/
void sipreg_cursor_blanks(struct sipreg_cursor *c);
/*@ requires \valid(c) && readable(*c);
    assigns c->p;
    ensures follows(*c, \old(*c));
*/
static inline void sipreg_cursor_blank(struct sipreg_cursor *c)
{
    if (c->p < c->end && (unsigned char)*c->p <= ' ')
        sipreg_cursor_blanks(c);
}

/* Takes this octet. */
/*@ requires \valid(c) && readable(*c);
    assigns c->p;
    ensures \result ==> c->p == \old(c->p) + 1 && follows(*c, \old(*c));
    ensures !\result ==> c->p == \old(c->p);
*/
static inline bool sipreg_cursor_char(struct sipreg_cursor *c, char wanted)
{
    if (c->p >= c->end || *c->p != wanted)
        return false;
    c->p++;
    return true;
}

/* Takes this octet with the blanks around it (25.1: SWS "=" SWS and the like). */
/*@ requires \valid(c) && readable(*c);
    assigns *c;
    ensures follows(*c, \old(*c));
    ensures \result ==> 0 < c->p - \old(c->p);
    ensures !\result ==> c->p == \old(c->p);
*/
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
/*@ requires \valid(c) && readable(*c) && \valid(token) && \separated(c, token);
    assigns c->p, *token;
    ensures follows(*c, \old(*c));
    ensures \result ==>
        token->p == \old(c->p) && token->n == c->p - \old(c->p) && token->n > 0;
    ensures !\result ==> c->p == \old(c->p) && *token == \old(*token);
*/
static inline bool sipreg_cursor_token(struct sipreg_cursor *c, struct sipreg_str *token)
{
    const char *p = c->p;

    /*@ loop invariant octets(p, c->end) && \base_addr(p) == \base_addr(c->p) && 0 <= p - c->p;
        loop assigns p;
        loop variant c->end - p;
    */
    while (p < c->end && sipreg_is(*p, SIPREG_TOKEN))
        p++;
    if (p == c->p)
        return false;
    *token = sipreg_str_between(c->p, p);
    c->p = p;
    return true;
}

/* Takes a quoted string; the slice is what stands between the quotes, escapes in place. */
/*@ requires \valid(c) && readable(*c) && \valid(inside) && \separated(c, inside);
    assigns c->p, *inside;
    ensures follows(*c, \old(*c));
    ensures \result ==> 1 < c->p - \old(c->p) && inside->p == \old(c->p) + 1 &&
                        inside->n == c->p - \old(c->p) - 2;
    ensures !\result ==> c->p == \old(c->p) && *inside == \old(*inside);
*/
bool sipreg_cursor_quoted(struct sipreg_cursor *c, struct sipreg_str *inside);
/* Takes digits, perhaps none. */
/*@ requires \valid(c) && readable(*c);
    assigns c->p;
    ensures follows(*c, \old(*c));
    ensures \result.p == \old(c->p) && \result.n == c->p - \old(c->p);
*/
struct sipreg_str sipreg_cursor_digits(struct sipreg_cursor *c);
/* Takes everything up to the next octet of these classes, perhaps nothing. */
/*@ requires \valid(c) && readable(*c);
    assigns c->p;
    ensures follows(*c, \old(*c));
    ensures \result.p == \old(c->p) && \result.n == c->p - \old(c->p);
*/
static inline struct sipreg_str sipreg_cursor_until(struct sipreg_cursor *c, unsigned classes)
{
    const char *start = c->p, *p = start, *end = c->end;

    /*@ loop invariant octets(p, end) && \base_addr(p) == \base_addr(start) && 0 <= p - start;
        loop assigns p;
        loop variant end - p;
    */
    while (p < end && !sipreg_is(*p, classes))
        p++;
    c->p = p;
    return sipreg_str_between(start, p);
}

#endif
