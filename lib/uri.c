/*
 * uri.c - the parts of a URI; may it be sent?
 *
 * Reading is generous: a received URI need only come apart. Writing is strict: sipreg_uri_valid()
 * lets pass what the grammar of RFC 3261 25.1 has, so that a URI of ours can go between angle
 * brackets.
 */
#include "uri.h"

#include "chars.h"
#include "param.h"

#include <string.h>

/*@ requires readable(s);
    assigns \nothing;
    ensures \result != \null ==>
        \base_addr(\result) == \base_addr(s.p) && 0 <= \result - s.p < s.n;
*/
static const char *find_last(struct sipreg_str s, char c)
{
    const char *last = NULL, *p = sipreg_str_find(s, c);

    /*@ loop invariant p != \null ==> \base_addr(p) == \base_addr(s.p) && 0 <= p - s.p < s.n;
        loop invariant last != \null ==>
            \base_addr(last) == \base_addr(s.p) && 0 <= last - s.p < s.n;
        loop assigns p, last;
        loop variant p == \null ? 0 : s.p + s.n - p;
    */
    while (p != NULL) {
        last = p;
        p = sipreg_str_find(sipreg_str_behind(s, p), c);
    }
    return last;
}

/*@ requires \valid(uri) && readable(text);
    assigns uri->user, uri->password;
    ensures readable(uri->user) && inside(uri->user, text);
    ensures readable(uri->password) && inside(uri->password, text);
*/
static void split_userinfo(struct sipreg_uri *uri, struct sipreg_str text)
{
    const struct sipreg_str absent = {NULL, 0};
    const char *colon = sipreg_str_find(text, ':');

    uri->user = colon != NULL ? sipreg_str_before(text, colon) : text;
    uri->password = colon != NULL ? sipreg_str_behind(text, colon) : absent;
}

/*@ requires \valid(c) && readable(*c);
    assigns c->p;
    ensures follows(*c, \old(*c)) && readable(\result);
    ensures \result.p == \old(c->p) && \result.n == c->p - \old(c->p);
*/
/* The host ends at ":", ";" or "?", outside of brackets. Empty if there is none. */
static struct sipreg_str take_host(struct sipreg_cursor *c)
{
    const char *start = c->p, *p = start, *end = c->end;

    if (p < end && *p == '[') {
        p = sipreg_str_find(sipreg_str_between(p, end), ']');
        if (p == NULL)
            return sipreg_str_between(start, start);
        p++;
    }
    /*@ loop invariant octets(p, end) && \base_addr(p) == \base_addr(start) && 0 <= p - start;
        loop assigns p;
        loop variant end - p;
    */
    while (p < end && *p != ':' && *p != ';' && *p != '?')
        p++;
    c->p = p;
    return sipreg_str_between(start, p);
}

/*@ requires \valid(c) && readable(*c);
    assigns c->p;
    ensures follows(*c, \old(*c));
    ensures readable(\result) && inside(\result, \old(c->p), \old(c->end));
*/
/* Absent without ":". */
static struct sipreg_str take_port(struct sipreg_cursor *c)
{
    const struct sipreg_str absent = {NULL, 0};

    return sipreg_cursor_char(c, ':') ? sipreg_cursor_digits(c) : absent;
}

/*@ requires \valid(uri) && readable(text) && absent(uri->params) && absent(uri->headers);
    assigns uri->params, uri->headers;
    ensures \result == SIPREG_OK || \result == SIPREG_SYNTAX;
    ensures readable(uri->params) && inside(uri->params, text);
    ensures readable(uri->headers) && inside(uri->headers, text);
*/
/* What stands behind host and port. */
static int split_tail(struct sipreg_uri *uri, struct sipreg_str text)
{
    const char *p = sipreg_str_find(text, '?');

    if (p != NULL) {
        uri->headers = sipreg_str_behind(text, p);
        text = sipreg_str_before(text, p);
    }
    if (text.n == 0)
        return SIPREG_OK;
    uri->params = text;
    return text.p[0] == ';' ? SIPREG_OK : SIPREG_SYNTAX;
}

/*@ requires \valid(uri) && readable(text) && absent(uri->user) && absent(uri->password) &&
             absent(uri->host) && absent(uri->port) && absent(uri->params) && absent(uri->headers);
    assigns uri->user, uri->password, uri->host, uri->port, uri->params, uri->headers;
    ensures \result == SIPREG_OK || \result == SIPREG_SYNTAX;
    ensures readable(uri->user) && inside(uri->user, text);
    ensures readable(uri->password) && inside(uri->password, text);
    ensures readable(uri->host) && inside(uri->host, text);
    ensures readable(uri->port) && inside(uri->port, text);
    ensures readable(uri->params) && inside(uri->params, text);
    ensures readable(uri->headers) && inside(uri->headers, text);
*/
/* A user part may hold ";" and "?", so "@" is looked for first, and the last one counts: none is
   legal behind the host, and what stands before it belongs to the user (RFC 4475 3.1.1.9). */
static int split_sip(struct sipreg_uri *uri, struct sipreg_str text)
{
    struct sipreg_cursor c = sipreg_cursor_of(text);
    const char *at = find_last(text, '@');

    if (at != NULL) {
        split_userinfo(uri, sipreg_str_before(text, at));
        c.p = at + 1;
    }
    uri->host = take_host(&c);
    if (uri->host.n == 0)
        return SIPREG_SYNTAX;
    uri->port = take_port(&c);
    return split_tail(uri, sipreg_str_between(c.p, c.end));
}

/*@ requires \valid(uri);
    assigns *uri;
    ensures absent(uri->scheme) && absent(uri->user) && absent(uri->password) &&
            absent(uri->host) && absent(uri->port) && absent(uri->params) &&
            absent(uri->headers) && absent(uri->rest);
*/
static void clear(struct sipreg_uri *uri)
{
    static const struct sipreg_uri empty;

    *uri = empty;
}

int sipreg_uri_parse(struct sipreg_uri *uri, struct sipreg_str text)
{
    const char *colon = sipreg_str_find(text, ':');
    struct sipreg_str scheme, rest;
    int result = SIPREG_OK;

    clear(uri);
    if (colon == NULL || colon == text.p)
        return SIPREG_SYNTAX;
    scheme = sipreg_str_before(text, colon);
    rest = sipreg_str_behind(text, colon);
    if (SIPREG_STR_IS(scheme, "sip") || SIPREG_STR_IS(scheme, "sips"))
        result = split_sip(uri, rest);
    //@ assert inside(uri->user, text) && inside(uri->password, text) && inside(uri->host, text);
    //@ assert inside(uri->port, text) && inside(uri->params, text) && inside(uri->headers, text);
    uri->scheme = scheme;
    uri->rest = rest;
    return result;
}

bool sipreg_uri_is_sips(const struct sipreg_uri *uri)
{
    return SIPREG_STR_IS(uri->scheme, "sips");
}

/*@ requires readable(s);
    assigns \nothing;
*/
/* Only octets of these classes, and whole escapes. */
static bool made_of(struct sipreg_str s, unsigned classes)
{
    /*@ loop invariant 0 <= i <= s.n;
        loop assigns i;
        loop variant s.n - i;
    */
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] == '%') {
            if (s.n - i < 3 || !sipreg_is(s.p[i + 1], SIPREG_HEX) ||
                !sipreg_is(s.p[i + 2], SIPREG_HEX))
                return false;
            i += 2;
        } else if (!sipreg_is(s.p[i], classes)) {
            return false;
        }
    }
    return true;
}

/*@ assigns \nothing;
 */
static bool alphanumeric(char c)
{
    return sipreg_is(c, SIPREG_DIGIT) || (sipreg_lower(c) >= 'a' && sipreg_lower(c) <= 'z');
}

/*@ requires readable(host) && host.n > 0;
    assigns \nothing;
    ensures \result ==> named(host);
*/
/* A name of letters, digits, "-" and ".", without an empty label but for the root's, or an IPv6
   address in brackets; no zone (RFC 6874 is not for SIP). */
static bool valid_host(struct sipreg_str host)
{
    if (host.p[0] == '[') {
        bool colon = false;
        /*@ loop invariant 1 <= i && (colon ==> host.n > 2);
            loop assigns i, colon;
            loop variant host.n - i;
        */
        for (size_t i = 1; i < host.n - 1; i++) {
            if (!sipreg_is(host.p[i], SIPREG_HEX) && host.p[i] != ':' && host.p[i] != '.')
                return false;
            colon = colon || host.p[i] == ':';
        }
        return colon; /* the last octet closes the bracket, there was no other one to do it */
    }
    /*@ loop invariant 0 <= i <= host.n;
        loop assigns i;
        loop variant host.n - i;
    */
    for (size_t i = 0; i < host.n; i++) {
        bool label = i > 0 && host.p[i - 1] != '.';
        if (!alphanumeric(host.p[i]) && host.p[i] != '-' && (host.p[i] != '.' || !label))
            return false;
    }
    return true;
}

/*@ requires readable(port);
    assigns \nothing;
*/
static bool valid_port(struct sipreg_str port)
{
    uint32_t number;

    return port.p == NULL || (sipreg_str_number(port, 65535, &number) == SIPREG_OK && number > 0);
}

/*@ requires readable(scheme) && scheme.n > 0;
    assigns \nothing;
*/
static bool valid_scheme(struct sipreg_str scheme)
{
    if (sipreg_is(scheme.p[0], SIPREG_DIGIT))
        return false;
    /*@ loop invariant 0 <= i <= scheme.n;
        loop assigns i;
        loop variant scheme.n - i;
    */
    for (size_t i = 0; i < scheme.n; i++) {
        char c = scheme.p[i];
        if (!alphanumeric(c) && (i == 0 || (c != '+' && c != '-' && c != '.')))
            return false;
    }
    return true;
}

bool sipreg_uri_valid(struct sipreg_uri *uri, struct sipreg_str text)
{
    if (sipreg_uri_parse(uri, text) != SIPREG_OK || !valid_scheme(uri->scheme))
        return false;
    if (uri->rest.n == 0 || !made_of(uri->rest, SIPREG_URI))
        return false;
    if (!sipreg_uri_is_sip(uri))
        return true;
    if (uri->user.p != NULL && (uri->user.n == 0 || !made_of(uri->user, SIPREG_USERINFO)))
        return false;
    return made_of(uri->password, SIPREG_USERINFO) && valid_host(uri->host) &&
           valid_port(uri->port) && !sipreg_param_twice(uri->params);
}

bool sipreg_uri_hostport(struct sipreg_str text, struct sipreg_str *host, struct sipreg_str *port)
{
    struct sipreg_cursor c = sipreg_cursor_of(text);
    struct sipreg_str name = take_host(&c), number = take_port(&c);

    *host = name;
    *port = number;
    return c.p == c.end && name.n > 0 && valid_host(name) && valid_port(number);
}
