/*
 * nameaddr.c - the next `"Name" <uri>;params` of a list, or a bare URI, or `*`.
 *
 * Without angle brackets everything behind the first semicolon belongs to the header, not to the
 * URI (RFC 3261 20.10). Unquoted commas in a display name are illegal but seen (RFC 4475 3.1.2.14):
 * what they cut off has no URI and is passed over.
 */
#include "nameaddr.h"

#include "param.h"

#include <string.h>

static void pick(const struct sipreg_parameter *parameter, struct sipreg_wanted *wanted, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (wanted[i].value.p != NULL ||
            !sipreg_str_is(parameter->name, wanted[i].name.p, wanted[i].name.n))
            continue;
        wanted[i].value = parameter->value;
        if (parameter->value.p == NULL) /* there, without a value */
            wanted[i].value.p = parameter->name.p;
    }
}

/* Moves to the next comma that is not in quotes. */
static bool skip_to_comma(struct sipreg_cursor *c)
{
    struct sipreg_str inside;

    while (c->p < c->end && *c->p != ',') {
        if (*c->p != '"')
            c->p++;
        else if (!sipreg_cursor_quoted(c, &inside))
            return false;
    }
    return true;
}

/* The parameters and the comma behind them. Malformed ones stay in the slice, unread. */
static bool take_params(struct sipreg_cursor *c, struct sipreg_str *params,
                        struct sipreg_wanted *wanted, size_t n)
{
    struct sipreg_parameter parameter;

    sipreg_cursor_blank(c);
    const char *start = c->p;
    while (sipreg_param_next(c, &parameter))
        pick(&parameter, wanted, n);
    if (!skip_to_comma(c))
        return false;
    if (c->p > start)
        *params = sipreg_str_trim(sipreg_str_between(start, c->p));
    sipreg_cursor_char(c, ',');
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

/* Display name and URI. A value without a URI yields an empty one. */
static bool take_address(struct sipreg_cursor *c, struct sipreg_nameaddr *na)
{
    static const struct sipreg_nameaddr empty;
    struct sipreg_str text;

    *na = empty;
    if (sipreg_cursor_quoted(c, &na->display)) {
        sipreg_cursor_blank(c);
        return c->p < c->end && *c->p == '<' && take_bracketed(c, &na->uri);
    }
    const char *start = c->p, *p = start;
    while (p < c->end && *p != '<' && *p != ';' && *p != ',' && *p != '"')
        p++;
    c->p = p;
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

bool sipreg_nameaddr_next(struct sipreg_cursor *c, struct sipreg_nameaddr *na,
                          struct sipreg_wanted *wanted, size_t n)
{
    const struct sipreg_str absent = {NULL, 0};
    struct sipreg_cursor at = *c;

    for (;;) {
        for (size_t i = 0; i < n; i++)
            wanted[i].value = absent;
        sipreg_cursor_blank(&at);
        while (sipreg_cursor_char(&at, ',')) { /* of which there may be thousands */
            *c = at;
            sipreg_cursor_blank(&at);
        }
        if (at.p == at.end) {
            *c = at;
            return false;
        }
        if (!take_address(&at, na) || !take_params(&at, &na->params, wanted, n))
            return false;
        *c = at;
        if (is_uri(na->uri))
            return true;
    }
}
