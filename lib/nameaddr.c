/*
 * nameaddr.c - the next `"Name" <uri>;params` of a list, or a bare URI, or `*`.
 *
 * Without angle brackets everything behind the first semicolon belongs to the header, not to the
 * URI (RFC 3261 20.10). Unquoted commas in a display name are illegal but seen (RFC 4475 3.1.2.14):
 * what they cut off has no URI and is passed over.
 */
#include "nameaddr.h"

#include "chars.h"

#include <string.h>

/* The parameters: up to a comma that is not in quotes. */
static bool take_params(struct sipreg_cursor *c, struct sipreg_str *params)
{
    struct sipreg_cursor at = *c;
    struct sipreg_str inside;

    sipreg_cursor_blank(&at);
    const char *start = at.p;
    while (at.p < at.end && *at.p != ',') {
        if (*at.p != '"')
            at.p++;
        else if (!sipreg_cursor_quoted(&at, &inside))
            return false;
    }
    *params = sipreg_str_trim(sipreg_str_between(start, at.p));
    if (params->n == 0)
        params->p = NULL;
    sipreg_cursor_char(&at, ',');
    *c = at;
    return true;
}

static bool take_bracketed(struct sipreg_cursor *c, struct sipreg_str *uri)
{
    const char *close = (const char *)memchr(c->p, '>', (size_t)(c->end - c->p));

    if (close == NULL)
        return false;
    *uri = sipreg_str_trim(sipreg_str_between(c->p + 1, close));
    c->p = close + 1;
    return true;
}

/* Takes display name and URI; a value without a URI yields an empty one. */
static bool take_address(struct sipreg_cursor *c, struct sipreg_nameaddr *na)
{
    struct sipreg_str text;

    if (sipreg_cursor_quoted(c, &na->display)) {
        sipreg_cursor_blank(c);
        return c->p < c->end && *c->p == '<' && take_bracketed(c, &na->uri);
    }
    const char *start = c->p;
    while (c->p < c->end && *c->p != '<' && *c->p != ';' && *c->p != ',' && *c->p != '"')
        c->p++;
    text = sipreg_str_trim(sipreg_str_between(start, c->p));
    if (c->p < c->end && *c->p == '"')
        return false;
    if (c->p < c->end && *c->p == '<') {
        if (text.n > 0)
            na->display = text;
        return take_bracketed(c, &na->uri);
    }
    na->uri = text;
    return true;
}

static bool is_uri(struct sipreg_str s)
{
    return (s.n == 1 && s.p[0] == '*') || (s.n > 0 && memchr(s.p, ':', s.n) != NULL);
}

bool sipreg_nameaddr_next(struct sipreg_cursor *c, struct sipreg_nameaddr *na)
{
    static const struct sipreg_nameaddr empty;
    struct sipreg_cursor at = *c;

    for (;;) {
        *na = empty;
        sipreg_cursor_blank(&at);
        if (at.p == at.end) {
            *c = at;
            return false;
        }
        if (!take_address(&at, na) || !take_params(&at, &na->params))
            return false;
        *c = at;
        if (is_uri(na->uri))
            return true;
    }
}
