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

/*@ requires \valid(c) && readable(*c) && \valid(transport) && \separated(c, transport);
    assigns *c, *transport;
    ensures follows(*c, \old(*c));
    ensures \result ==> readable(*transport) && inside(*transport, \old(c->p), c->p);
*/
static bool take_protocol(struct sipreg_cursor *c, struct sipreg_str *transport)
{
    struct sipreg_str name, version;

    return sipreg_cursor_token(c, &name) && sipreg_cursor_separator(c, '/') &&
           sipreg_cursor_token(c, &version) && sipreg_cursor_separator(c, '/') &&
           sipreg_cursor_token(c, transport);
}

/*@ requires \valid(c) && readable(*c) && \valid(host) && \separated(c, host);
    assigns c->p, *host;
    ensures follows(*c, \old(*c));
    ensures \result ==> readable(*host) && inside(*host, \old(c->p), c->p);
*/
static bool take_host(struct sipreg_cursor *c, struct sipreg_str *host)
{
    sipreg_cursor_blank(c);
    const char *start = c->p;
    if (start < c->end && *start == '[') {
        const char *close = (const char *)memchr(start, ']', (size_t)(c->end - start));
        if (close == NULL)
            return false;
        c->p = close + 1;
        *host = sipreg_str_between(start, c->p);
        return true;
    }
    return sipreg_cursor_token(c, host);
}

/*@ requires readable(host);
    assigns \nothing;
    ensures inside(\result, host);
*/
/* IPv6 is written with and without them (RFC 5118 4.5). */
static struct sipreg_str without_brackets(struct sipreg_str host)
{
    if (host.n > 2 && host.p[0] == '[' && host.p[host.n - 1] == ']')
        return sipreg_str_between(host.p + 1, host.p + host.n - 1);
    return host;
}

/*@ requires \valid(via) && \valid_read(parameter) && readable(parameter->name) &&
             readable(parameter->value);
    requires \separated(via, parameter) && readable(via->received);
    assigns via->branch, via->received, via->rport, via->keep;
    ensures via->branch == \old(via->branch) || via->branch == parameter->value;
    ensures via->rport == \old(via->rport) || via->rport == parameter->value;
    ensures via->keep == \old(via->keep) || via->keep == parameter->value;
    ensures inside(via->received, \old(via->received)) ||
            inside(via->received, parameter->value);
*/
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

/*@ requires \valid(via);
    assigns *via;
    ensures absent(via->transport) && absent(via->host) && absent(via->port) &&
            absent(via->branch) && absent(via->received) && absent(via->rport) &&
            absent(via->keep);
*/
static void clear(struct sipreg_via *via)
{
    static const struct sipreg_via empty;

    *via = empty;
}

/*@ requires \valid(c) && readable(*c);
    assigns *c;
    ensures follows(*c, \old(*c));
    ensures readable(\result) && inside(\result, \old(c->p), c->p);
*/
/* Absent without ":". */
static struct sipreg_str take_port(struct sipreg_cursor *c)
{
    const struct sipreg_str absent = {NULL, 0};

    return sipreg_cursor_separator(c, ':') ? sipreg_cursor_digits(c) : absent;
}

/*@ requires \valid(c) && readable(*c) && \valid(via) && \separated(c, via);
    requires absent(via->branch) && absent(via->received) && absent(via->rport) &&
             absent(via->keep);
    assigns *c, via->branch, via->received, via->rport, via->keep;
    ensures follows(*c, \old(*c));
    ensures readable(via->branch) && inside(via->branch, \old(c->p), c->end);
    ensures readable(via->received) && inside(via->received, \old(c->p), c->end);
    ensures readable(via->rport) && inside(via->rport, \old(c->p), c->end);
    ensures readable(via->keep) && inside(via->keep, \old(c->p), c->end);
*/
static void take_params(struct sipreg_cursor *c, struct sipreg_via *via)
{
    struct sipreg_parameter parameter;

    /*@ loop invariant readable(*c) && follows(*c, \at(*c, Pre));
        loop invariant readable(via->branch) && inside(via->branch, \at(c->p, Pre), c->end);
        loop invariant readable(via->received) && inside(via->received, \at(c->p, Pre), c->end);
        loop invariant readable(via->rport) && inside(via->rport, \at(c->p, Pre), c->end);
        loop invariant readable(via->keep) && inside(via->keep, \at(c->p, Pre), c->end);
        loop assigns *c, parameter, via->branch, via->received, via->rport, via->keep;
        loop variant c->end - c->p;
    */
    while (sipreg_param_next(c, &parameter))
        note(via, &parameter);
}

int sipreg_via_parse(struct sipreg_via *via, struct sipreg_str line, bool *more)
{
    struct sipreg_cursor c = sipreg_cursor_of(line);
    struct sipreg_str transport, host, port;

    clear(via);
    if (!take_protocol(&c, &transport) || !take_host(&c, &host))
        return SIPREG_SYNTAX;
    port = take_port(&c);
    take_params(&c, via);
    //@ assert inside(transport, line) && inside(host, line) && inside(port, line);
    //@ assert inside(via->branch, line) && inside(via->received, line);
    //@ assert inside(via->rport, line) && inside(via->keep, line);
    *more = sipreg_cursor_separator(&c, ',');
    via->transport = transport;
    via->host = host;
    via->port = port;
    //@ assert readable(via->transport) && readable(via->host) && readable(via->port);
    //@ assert readable(via->branch) && readable(via->received);
    //@ assert readable(via->rport) && readable(via->keep);
    //@ assert inside(via->transport, line) && inside(via->host, line) && inside(via->port, line);
    //@ assert inside(via->branch, line) && inside(via->received, line);
    //@ assert inside(via->rport, line) && inside(via->keep, line);
    return *more || c.p == c.end ? SIPREG_OK : SIPREG_SYNTAX;
}
