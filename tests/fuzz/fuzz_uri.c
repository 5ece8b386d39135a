/*
 * fuzz_uri.c - URIs: their parts, which ones we may send, which two are the same.
 *
 *     a URI | LF | another one
 *
 * The same under another spelling of one of them: letters of the host in the other case, a
 * character of the user escaped, parameters in another order.
 */
#include "fuzz.h"

#include "chars.h"
#include "nameaddr.h"
#include "uri.h"

#include <stdio.h>
#include <stdlib.h>

static void check_parts(const struct sipreg_uri *uri, struct sipreg_str text)
{
    const struct sipreg_str parts[] = {uri->scheme, uri->user,   uri->password, uri->host,
                                       uri->port,   uri->params, uri->headers,  uri->rest};

    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        fuzz_inside(parts[i], text);
    HOLDS(uri->scheme.n > 0 && (!sipreg_uri_is_sip(uri) || uri->host.n > 0));
    HOLDS(!sipreg_uri_is_sips(uri) || sipreg_uri_is_sip(uri));
}

/* What stands behind a ";", up to a "=" or the next one. */
static struct sipreg_str name_at(const char *p, const char *end)
{
    const char *start = p + 1;

    for (p = start; p < end && *p != '=' && *p != ';';)
        p++;
    return (struct sipreg_str){start, (size_t)(p - start)};
}

/* Of a name that stands twice the first one counts, so such a URI differs from itself, unless both
   have the same value (19.1.1 forbids the one, 19.1.4 says nothing of it). With an escape in a name
   or with headers, it may be so without being seen here. */
static bool may_differ_from_itself(const struct sipreg_uri *uri)
{
    const char *end, *p, *q;

    if (uri->headers.n > 0 || uri->params.n == 0)
        return uri->headers.n > 0;
    if (memchr(uri->params.p, '%', uri->params.n) != NULL)
        return true;
    end = uri->params.p + uri->params.n;
    for (p = uri->params.p; p < end; p++) {
        struct sipreg_str name = name_at(p, end), other;
        for (q = p + 1; *p == ';' && q < end; q++) {
            other = name_at(q, end);
            if (*q == ';' && sipreg_str_same(name, other))
                return true;
        }
    }
    return false;
}

/* ---------------------------------------------------------------- other spellings */

static char *with_host_in_other_case(struct sipreg_str text, const struct sipreg_uri *uri)
{
    char *copy = fuzz_block(text.p, text.n), *host = copy + (uri->host.p - text.p);

    for (size_t i = 0; i < uri->host.n; i++) {
        if ((host[i] >= 'a' && host[i] <= 'z') || (host[i] >= 'A' && host[i] <= 'Z'))
            host[i] = (char)(host[i] ^ 0x20);
    }
    return copy;
}

/* An unreserved character of the user as an escape; NULL if there is none. */
static char *with_escape(struct sipreg_str text, const struct sipreg_uri *uri, size_t *n)
{
    size_t from = (size_t)(uri->user.p - text.p), i = from;
    char *copy;

    while (i < from + uri->user.n && (text.p[i] < 'a' || text.p[i] > 'z'))
        i++;
    if (i == from + uri->user.n || (i > from && text.p[i - 1] == '%') ||
        (i > from + 1 && text.p[i - 2] == '%'))
        return NULL;
    *n = text.n + 2;
    copy = (char *)malloc(*n + 1);
    if (copy == NULL)
        abort();
    memcpy(copy, text.p, i);
    snprintf(copy + i, 4, "%%%02X", (unsigned)text.p[i]);
    memcpy(copy + i + 3, text.p + i + 1, text.n - i - 1);
    return copy;
}

static void check_is_same(const struct sipreg_uri *uri, const char *text, size_t n, bool same)
{
    struct sipreg_uri other;

    HOLDS(sipreg_uri_parse(&other, (struct sipreg_str){text, n}) == SIPREG_OK);
    HOLDS(sipreg_uri_same(uri, &other) == same);
    HOLDS(sipreg_uri_same(&other, uri) == same);
}

static void check_spellings(const struct sipreg_uri *uri, struct sipreg_str text)
{
    char *other;
    size_t n;

    if (!sipreg_uri_is_sip(uri) || may_differ_from_itself(uri))
        return;
    other = with_host_in_other_case(text, uri);
    check_is_same(uri, other, text.n, true);
    free(other);
    if (uri->user.n == 0)
        return;
    other = with_escape(text, uri, &n);
    if (other != NULL)
        check_is_same(uri, other, n, true);
    free(other);
}

/* ---------------------------------------------------------------- what we may send */

static void check_in_brackets(struct sipreg_str text)
{
    char *block = (char *)malloc(text.n + 2);
    struct sipreg_cursor c = {block, block + text.n + 2};
    struct sipreg_nameaddr na;

    if (block == NULL)
        abort();
    block[0] = '<';
    memcpy(block + 1, text.p, text.n);
    block[text.n + 1] = '>';
    HOLDS(sipreg_nameaddr_next(&c, &na, NULL, 0) && c.p == c.end);
    HOLDS(na.uri.n == text.n && memcmp(na.uri.p, text.p, text.n) == 0);
    HOLDS(na.params.p == NULL && na.display.p == NULL);
    free(block);
}

static void check_valid(const struct sipreg_uri *uri, struct sipreg_str text)
{
    for (size_t i = 0; i < text.n; i++) {
        unsigned char c = (unsigned char)text.p[i];
        HOLDS(c > ' ' && c < 127 && strchr("<>\"\\", c) == NULL);
    }
    check_in_brackets(text);
    HOLDS(!sipreg_uri_is_sip(uri) || uri->port.p == NULL || uri->port.n > 0);
}

static bool read_one(struct sipreg_uri *uri, struct sipreg_str text)
{
    struct sipreg_str host, port, value;
    struct sipreg_uri other;
    int result = sipreg_uri_parse(uri, text);
    bool valid = sipreg_uri_valid(&other, text);

    HOLDS(result == SIPREG_OK || result == SIPREG_SYNTAX);
    HOLDS(result == SIPREG_OK || !valid);
    if (sipreg_uri_hostport(text, &host, &port)) {
        fuzz_inside(host, text);
        fuzz_inside(port, text);
        HOLDS(host.n > 0 && (port.p == NULL || (port.n > 0 && port.n < text.n)));
    }
    if (result != SIPREG_OK)
        return false;
    check_parts(uri, text);
    if (sipreg_uri_param(uri, (struct sipreg_str){"transport", 9}, &value))
        fuzz_inside(value, text);
    HOLDS(may_differ_from_itself(uri) || sipreg_uri_same(uri, uri));
    check_spellings(uri, text);
    if (valid)
        check_valid(uri, text);
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct fuzz_input in = {data, data + n};
    struct sipreg_str first = fuzz_until(&in, '\n'), second = fuzz_rest(&in);
    struct sipreg_uri a, b;
    bool both;

    first.p = fuzz_block(first.p, first.n);
    second.p = fuzz_block(second.p, second.n);
    both = read_one(&a, first);
    both = read_one(&b, second) && both;
    if (both)
        HOLDS(sipreg_uri_same(&a, &b) == sipreg_uri_same(&b, &a));
    free((char *)(uintptr_t)first.p);
    free((char *)(uintptr_t)second.p);
    return 0;
}
