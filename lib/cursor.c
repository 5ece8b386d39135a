/*
 * cursor.c - reading: two pointers into received octets.
 */
#include "cursor.h"

#include "chars.h"

struct sipreg_cursor sipreg_cursor_of(struct sipreg_str s)
{
    struct sipreg_cursor c = {s.p, s.p};
    if (s.n > 0)
        c.end = s.p + s.n;
    return c;
}

/* The length of the line end at p if a blank follows it, which makes it a fold (7.3.1); else 0. */
static size_t fold(const char *p, const char *end)
{
    size_t n = 0;

    if (p < end && *p == '\r')
        n++;
    if ((size_t)(end - p) < n + 2 || p[n] != '\n' || !sipreg_is(p[n + 1], SIPREG_BLANK))
        return 0;
    return n + 1;
}

void sipreg_cursor_blank(struct sipreg_cursor *c)
{
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

bool sipreg_cursor_char(struct sipreg_cursor *c, char wanted)
{
    if (c->p >= c->end || *c->p != wanted)
        return false;
    c->p++;
    return true;
}

bool sipreg_cursor_separator(struct sipreg_cursor *c, char wanted)
{
    struct sipreg_cursor at = *c;

    sipreg_cursor_blank(&at);
    if (!sipreg_cursor_char(&at, wanted))
        return false;
    sipreg_cursor_blank(&at);
    *c = at;
    return true;
}

bool sipreg_cursor_token(struct sipreg_cursor *c, struct sipreg_str *token)
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

bool sipreg_cursor_quoted(struct sipreg_cursor *c, struct sipreg_str *inside)
{
    const char *p = c->p;

    if (p >= c->end || *p != '"')
        return false;
    for (p++; p < c->end; p++) {
        if (*p == '"') {
            *inside = sipreg_str_between(c->p + 1, p);
            c->p = p + 1;
            return true;
        }
        if (*p == '\\' && ++p >= c->end)
            return false;
    }
    return false;
}

struct sipreg_str sipreg_cursor_until(struct sipreg_cursor *c, unsigned classes)
{
    const char *start = c->p;

    while (c->p < c->end && !sipreg_is(*c->p, classes))
        c->p++;
    return sipreg_str_between(start, c->p);
}
