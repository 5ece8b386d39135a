/*
 * uri.c - the parts of a URI; are two the same?
 *
 * Reading is generous: a received URI need only come apart. Writing is strict: sipreg_uri_valid()
 * lets pass what the grammar of RFC 3261 25.1 has, so that a URI of ours can go between angle
 * brackets.
 */
#include "uri.h"

#include "chars.h"
#include "param.h"

#include <string.h>

static const char *find(struct sipreg_str s, char c)
{
    return s.n == 0 ? NULL : (const char *)memchr(s.p, c, s.n);
}

/* Cuts s at the octet p within it: s keeps what stands before, and what stands behind is returned.
 */
static struct sipreg_str cut(struct sipreg_str *s, const char *p)
{
    struct sipreg_str behind = sipreg_str_between(p + 1, s->p + s->n);
    s->n = (size_t)(p - s->p);
    return behind;
}

/* A user part may hold ";" and "?", so "@" is looked for first, and the last one counts: none is
   legal behind the host, and what stands before it belongs to the user (RFC 4475 3.1.1.9). */
static void take_userinfo(struct sipreg_uri *uri, struct sipreg_str *rest)
{
    const char *at = NULL, *colon;

    for (const char *p = find(*rest, '@'); p != NULL;) {
        at = p;
        p = find(sipreg_str_between(p + 1, rest->p + rest->n), '@');
    }
    if (at == NULL)
        return;
    uri->user = *rest;
    *rest = cut(&uri->user, at);
    colon = find(uri->user, ':');
    if (colon != NULL)
        uri->password = cut(&uri->user, colon);
}

/* The host ends at ":", ";" or "?", outside of brackets. */
static bool take_host(struct sipreg_uri *uri, struct sipreg_str *rest)
{
    const char *p = rest->p, *end = rest->p + rest->n;

    if (rest->n > 0 && *p == '[') {
        p = find(*rest, ']');
        if (p == NULL)
            return false;
        p++;
    }
    while (p < end && *p != ':' && *p != ';' && *p != '?')
        p++;
    uri->host = sipreg_str_between(rest->p, p);
    *rest = sipreg_str_between(p, end);
    return uri->host.n > 0;
}

static void take_port(struct sipreg_uri *uri, struct sipreg_str *rest)
{
    const char *p = rest->p, *end = rest->p + rest->n;

    if (rest->n == 0 || *p != ':')
        return;
    for (p++; p < end && sipreg_is(*p, SIPREG_DIGIT);)
        p++;
    uri->port = sipreg_str_between(rest->p + 1, p);
    *rest = sipreg_str_between(p, end);
}

int sipreg_uri_parse(struct sipreg_uri *uri, struct sipreg_str text)
{
    static const struct sipreg_uri empty;
    struct sipreg_str rest = text;
    const char *p = find(text, ':');

    *uri = empty;
    if (p == NULL || p == text.p)
        return SIPREG_SYNTAX;
    uri->scheme = text;
    rest = cut(&uri->scheme, p);
    uri->rest = rest;
    if (!sipreg_uri_is_sip(uri))
        return SIPREG_OK;
    take_userinfo(uri, &rest);
    if (!take_host(uri, &rest))
        return SIPREG_SYNTAX;
    take_port(uri, &rest);
    p = find(rest, '?');
    if (p != NULL)
        uri->headers = cut(&rest, p);
    if (rest.n > 0)
        uri->params = rest;
    return rest.n > 0 && rest.p[0] != ';' ? SIPREG_SYNTAX : SIPREG_OK;
}

bool sipreg_uri_is_sips(const struct sipreg_uri *uri)
{
    return SIPREG_STR_IS(uri->scheme, "sips");
}

bool sipreg_uri_is_sip(const struct sipreg_uri *uri)
{
    return SIPREG_STR_IS(uri->scheme, "sip") || sipreg_uri_is_sips(uri);
}

/* Only octets of these classes, and whole escapes. */
static bool made_of(struct sipreg_str s, unsigned classes)
{
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

static bool alphanumeric(char c)
{
    return sipreg_is(c, SIPREG_DIGIT) || (sipreg_lower(c) >= 'a' && sipreg_lower(c) <= 'z');
}

/* A name of letters, digits, "-" and ".", without an empty label but for the root's, or an IPv6
   address in brackets; no zone (RFC 6874 is not for SIP). */
static bool valid_host(struct sipreg_str host)
{
    if (host.p[0] == '[') {
        bool colon = false;
        for (size_t i = 1; i < host.n - 1; i++) {
            if (!sipreg_is(host.p[i], SIPREG_HEX) && host.p[i] != ':' && host.p[i] != '.')
                return false;
            colon = colon || host.p[i] == ':';
        }
        return colon; /* the last octet closes the bracket, there was no other one to do it */
    }
    for (size_t i = 0; i < host.n; i++) {
        bool label = i > 0 && host.p[i - 1] != '.';
        if (!alphanumeric(host.p[i]) && host.p[i] != '-' && (host.p[i] != '.' || !label))
            return false;
    }
    return true;
}

static bool valid_port(struct sipreg_str port)
{
    uint32_t number;

    return port.p == NULL || (sipreg_str_number(port, 65535, &number) == SIPREG_OK && number > 0);
}

static bool valid_scheme(struct sipreg_str scheme)
{
    if (sipreg_is(scheme.p[0], SIPREG_DIGIT))
        return false;
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
    static const struct sipreg_uri empty;
    struct sipreg_uri uri = empty;
    struct sipreg_str rest = text;

    if (!take_host(&uri, &rest))
        return false;
    take_port(&uri, &rest);
    *host = uri.host;
    *port = uri.port;
    return rest.n == 0 && valid_host(uri.host) && valid_port(uri.port);
}

/*
 * Comparison. An escape equals its character, unless that is reserved (19.1.4): so one unit of a
 * string is an octet, or 256 more for an escape that must stay one. Decoded once: "%2541" is no
 * "A".
 */

static unsigned nibble(char c)
{
    return sipreg_is(c, SIPREG_DIGIT) ? (unsigned)(c - '0')
                                      : (unsigned)(sipreg_lower(c) - 'a') + 10U;
}

static unsigned take_unit(struct sipreg_cursor *c)
{
    static const char reserved[] = ";/?:@&=+$,%";
    const char *p = c->p;

    if (*p != '%' || c->end - p < 3 || !sipreg_is(p[1], SIPREG_HEX) ||
        !sipreg_is(p[2], SIPREG_HEX)) {
        c->p = p + 1;
        return (unsigned char)*p;
    }
    unsigned octet = nibble(p[1]) * 16 + nibble(p[2]);
    c->p = p + 3;
    return memchr(reserved, (int)octet, sizeof reserved - 1) != NULL ? octet + 256 : octet;
}

static unsigned without_case(unsigned unit)
{
    return unit < 128 ? (unsigned char)sipreg_lower((char)unit) : unit;
}

static bool same_unescaped(struct sipreg_str a, struct sipreg_str b, bool with_case)
{
    struct sipreg_cursor x = sipreg_cursor_of(a), y = sipreg_cursor_of(b);

    while (x.p < x.end && y.p < y.end) {
        unsigned u = take_unit(&x), v = take_unit(&y);
        if (u != v && (with_case || without_case(u) != without_case(v)))
            return false;
    }
    return x.p == x.end && y.p == y.end;
}

/* Both there and the same, or both absent. */
static bool same_part(struct sipreg_str a, struct sipreg_str b, bool with_case)
{
    return (a.p == NULL) == (b.p == NULL) && same_unescaped(a, b, with_case);
}

/* Takes the next name[=value] of a list whose parts stand behind (params) or between (headers) sep.
 */
static bool take_item(struct sipreg_str *list, char sep, struct sipreg_parameter *item)
{
    const char *p;

    while (list->n > 0 && list->p[0] == sep)
        *list = sipreg_str_between(list->p + 1, list->p + list->n);
    if (list->n == 0)
        return false;
    item->name = *list;
    item->value.p = NULL;
    item->value.n = 0;
    p = find(*list, sep);
    if (p == NULL) {
        list->n = 0;
    } else {
        item->name.n = (size_t)(p - list->p);
        *list = sipreg_str_between(p, list->p + list->n);
    }
    p = find(item->name, '=');
    if (p != NULL)
        item->value = cut(&item->name, p);
    return true;
}

static bool find_item(struct sipreg_str list, char sep, struct sipreg_str name,
                      struct sipreg_parameter *item)
{
    while (take_item(&list, sep, item)) {
        if (same_unescaped(item->name, name, false))
            return true;
    }
    return false;
}

bool sipreg_uri_param(const struct sipreg_uri *uri, struct sipreg_str name,
                      struct sipreg_str *value)
{
    struct sipreg_parameter item;

    if (!find_item(uri->params, ';', name, &item))
        return false;
    *value = item.value;
    return true;
}

/* Parameters that never match an absent one. RFC 3261 leaves transport between the rule of defaults
   and the rule of ignoring; servers that tell flows apart by it are served by "different". */
static bool must_be_in_both(struct sipreg_str name)
{
    return SIPREG_STR_IS(name, "user") || SIPREG_STR_IS(name, "ttl") ||
           SIPREG_STR_IS(name, "method") || SIPREG_STR_IS(name, "maddr") ||
           SIPREG_STR_IS(name, "transport");
}

/* Every item of a has its like in b, or need not. One of the two URIs is ours and short, so looking
   each one up from the start stays linear in the other. */
static bool covered(struct sipreg_str a, struct sipreg_str b, char sep, bool all)
{
    struct sipreg_parameter mine, theirs;

    while (take_item(&a, sep, &mine)) {
        if (!find_item(b, sep, mine.name, &theirs)) {
            if (all || must_be_in_both(mine.name))
                return false;
        } else if (!same_part(mine.value, theirs.value, false)) {
            return false;
        }
    }
    return true;
}

bool sipreg_uri_same(const struct sipreg_uri *a, const struct sipreg_uri *b)
{
    if (!sipreg_str_same(a->scheme, b->scheme))
        return false;
    if (!sipreg_uri_is_sip(a))
        return sipreg_str_equal(a->rest, b->rest);
    return sipreg_str_same(a->host, b->host) && same_part(a->port, b->port, false) &&
           same_part(a->user, b->user, true) && same_part(a->password, b->password, true) &&
           covered(a->params, b->params, ';', false) && covered(b->params, a->params, ';', false) &&
           covered(a->headers, b->headers, '&', true) && covered(b->headers, a->headers, '&', true);
}
