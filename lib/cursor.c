/*
 * cursor.c - reading: two pointers into received octets.
 */
#include "cursor.h"

/*@ requires p < end && octets(p, end);
    assigns \nothing;
    ensures \result < end - p && (\result != 0 ==> *p == '\r' || *p == '\n');
*/
/* The length of the line end at p if a blank follows it, which makes it a fold (7.3.1); else 0. */
static size_t fold(const char *p, const char *end)
{
    size_t n = end - p > 1 && *p == '\r' ? 1 : 0;

    if ((size_t)(end - p) < n + 2 || p[n] != '\n' || !sipreg_is(p[n + 1], SIPREG_BLANK))
        return 0;
    return n + 1;
}

void sipreg_cursor_blanks(struct sipreg_cursor *c)
{
    /*@ loop invariant readable(*c) && follows(*c, \at(*c, Pre));
        loop assigns c->p;
        loop variant c->end - c->p;
    */
    while (c->p < c->end) {
        if (sipreg_is(*c->p, SIPREG_BLANK)) {
            c->p++;
        } else {
            size_t n = fold(c->p, c->end);
            if (n == 0)
                return;
            c->p += n;
        }
    }
}

/*@ requires octets(p, end);
    assigns \nothing;
    ensures \result == \null ||
        \base_addr(\result) == \base_addr(p) && 0 <= \result - p < end - p && *\result == '"';
*/
/* The quote that ends the string which goes on at p, past escaped octets; NULL if none does. */
static const char *closing_quote(const char *p, const char *end)
{
    const char *quote = (const char *)memchr(p, '"', (size_t)(end - p));

    if (quote == NULL || memchr(p, '\\', (size_t)(quote - p)) == NULL)
        return quote;
    /*@ loop invariant octets(p, end) && \base_addr(p) == \base_addr(\at(p, Pre)) &&
                       0 <= p - \at(p, Pre);
        loop assigns p;
        loop variant end - p;
    */
    for (; p < end && *p != '"'; p++) {
        if (*p == '\\' && ++p == end)
            return NULL;
    }
    return p < end ? p : NULL;
}

bool sipreg_cursor_quoted(struct sipreg_cursor *c, struct sipreg_str *inside)
{
    const char *quote;

    if (c->p >= c->end || *c->p != '"')
        return false;
    quote = closing_quote(c->p + 1, c->end);
    if (quote == NULL)
        return false;
    *inside = sipreg_str_between(c->p + 1, quote);
    c->p = quote + 1;
    return true;
}

struct sipreg_str sipreg_cursor_digits(struct sipreg_cursor *c)
{
    const char *start = c->p, *p = start, *end = c->end;

    /*@ loop invariant octets(p, end) && \base_addr(p) == \base_addr(start) && 0 <= p - start;
        loop assigns p;
        loop variant end - p;
    */
    while (p < end && sipreg_is(*p, SIPREG_DIGIT))
        p++;
    c->p = p;
    return sipreg_str_between(start, p);
}
