/*
 * via.c - `SIP/2.0/UDP host:port;branch=...;received=...;rport=...` (RFC 3261 20.42, RFC 3581).
 *
 * Blanks may stand around every separator. The protocol name is not judged: an unknown transport in
 * a Via of somebody else is no reason to refuse the message (RFC 4475 3.1.1.10).
 */
#include "via.h"

#include "chars.h"
#include "param.h"

#include <string.h>

static bool take_protocol(struct sipreg_cursor *c, struct sipreg_str *transport)
{
    struct sipreg_str name, version;

    return sipreg_cursor_token(c, &name) && sipreg_cursor_separator(c, '/') &&
           sipreg_cursor_token(c, &version) && sipreg_cursor_separator(c, '/') &&
           sipreg_cursor_token(c, transport);
}

static bool take_host(struct sipreg_cursor *c, struct sipreg_str *host)
{
    const char *start = c->p;

    if (c->p < c->end && *c->p == '[') {
        const char *close = (const char *)memchr(c->p, ']', (size_t)(c->end - c->p));
        if (close == NULL)
            return false;
        c->p = close + 1;
        *host = sipreg_str_between(start, c->p);
        return true;
    }
    return sipreg_cursor_token(c, host);
}

/* IPv6 is written with and without them (RFC 5118 4.5). */
static struct sipreg_str without_brackets(struct sipreg_str host)
{
    if (host.n > 2 && host.p[0] == '[' && host.p[host.n - 1] == ']')
        return sipreg_str_between(host.p + 1, host.p + host.n - 1);
    return host;
}

static void note(struct sipreg_via *via, const struct sipreg_parameter *parameter)
{
    struct sipreg_str *part = NULL;

    if (SIPREG_STR_IS(parameter->name, "branch"))
        part = &via->branch;
    else if (SIPREG_STR_IS(parameter->name, "received"))
        part = &via->received;
    else if (SIPREG_STR_IS(parameter->name, "rport"))
        part = &via->rport;
    else if (SIPREG_STR_IS(parameter->name, "keep"))
        part = &via->keep;
    if (part != NULL && part->p == NULL)
        *part = parameter->value;
    if (part == &via->received)
        *part = without_brackets(*part);
}

int sipreg_via_parse(struct sipreg_via *via, struct sipreg_str line, bool *more)
{
    static const struct sipreg_via empty;
    struct sipreg_cursor c = sipreg_cursor_of(line);
    struct sipreg_parameter parameter;

    *via = empty;
    if (!take_protocol(&c, &via->transport))
        return SIPREG_SYNTAX;
    sipreg_cursor_blank(&c);
    if (!take_host(&c, &via->host))
        return SIPREG_SYNTAX;
    if (sipreg_cursor_separator(&c, ':')) {
        const char *start = c.p;
        while (c.p < c.end && sipreg_is(*c.p, SIPREG_DIGIT))
            c.p++;
        via->port = sipreg_str_between(start, c.p);
    }
    while (sipreg_param_next(&c, &parameter))
        note(via, &parameter);
    *more = sipreg_cursor_separator(&c, ',');
    return c.p == c.end || *more ? SIPREG_OK : SIPREG_SYNTAX;
}
