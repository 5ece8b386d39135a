/*
 * fuzz_osip.c - a response, read by sipreg and by libosip2: what both take for one, both read
 * alike.
 *
 * Which of two generous readers takes what, is not judged. Differences that are explained:
 *
 *   - libosip2 reads text: a NUL, or another control character than CR LF in pairs at the end of a
 *     line, a fold, or an octet beyond ASCII makes the two incomparable;
 *   - it knows neither quotes nor angle brackets where it looks for a comma, ";" or "@" in some of
 *     the headers, so lines with quotes or backslashes are left out;
 *   - it looks for brackets from the end of a line, so those in a parameter count for it;
 *   - of several "@" in a URI, which cannot be valid, it takes the first and sipreg the last;
 *   - it undoes escapes in users and parameters, so lines with "%" are left out;
 *   - of a header that comes twice it keeps another one than the first;
 *   - a Via that libosip2 passes over, or with a sent-by that is none or stands without a blank;
 *   - a comma with nothing behind it, which makes the Via one that is not ours;
 *   - a colon in a display name without quotes ends a scheme for it;
 *   - parameters that the grammar has not, or with blanks in them.
 */
#include "fuzz.h"

#include "chars.h"
#include "uri.h"

#include <osipparser2/osip_message.h>
#include <osipparser2/osip_parser.h>
#include <osipparser2/osip_port.h>

#include <stdlib.h>

/* ---------------------------------------------------------------- what can be compared */

/* An angle bracket where one may be. */
static bool is_in_place(const char *p, bool *inside)
{
    bool opens = *p == '<';

    if (opens == *inside || strchr(opens ? " ,:" : " ,;\r", opens ? p[-1] : p[1]) == NULL)
        return false;
    *inside = opens;
    return true;
}

static bool is_plain(const char *p, size_t n)
{
    bool inside = false;

    for (size_t i = 0; i < n; i++) {
        if (p[i] == '\r' && i + 1 < n && p[i + 1] == '\n') {
            i++;
            if (inside || (i + 1 < n && p[i + 1] == ' '))
                return false;
        } else if (p[i] < ' ' || p[i] == 127 || strchr("\"\\%()", p[i]) != NULL) {
            return false;
        } else if ((p[i] == '<' || p[i] == '>') && !is_in_place(p + i, &inside)) {
            return false;
        }
    }
    return true;
}

/* (";" token ["=" value])*, without blanks, up to the comma or the end of the line. */
static const char *skip_params(const char *p, const char *end)
{
    while (p < end && *p == ';') {
        const char *start = ++p;
        while (p < end && sipreg_is(*p, SIPREG_TOKEN))
            p++;
        if (p == start)
            return NULL;
        if (p < end && *p == '=') {
            start = ++p;
            while (p < end && (sipreg_is(*p, SIPREG_TOKEN) || strchr("[]:", *p) != NULL))
                p++;
            if (p == start)
                return NULL;
        }
    }
    return p;
}

/* Are the parameters behind each value of this line such as the grammar has them? Counts values. */
static bool has_plain_params(const char *p, const char *end, int *values)
{
    for (; p < end; ++*values) {
        const char *stop = p;
        while (stop < end && *stop != ';' && *stop != ',' && *stop != '<')
            stop++;
        if (stop < end && *stop == '<' && memchr(p, ':', (size_t)(stop - p)) != NULL)
            return false;
        if (stop < end && *stop == '<' && (stop = memchr(stop, '>', (size_t)(end - stop))) != NULL)
            stop++;
        if (stop == NULL || (p = skip_params(stop, end)) == NULL || (p < end && *p != ','))
            return false;
        if (p < end && ++p == end)
            return false;
    }
    return true;
}

static bool is_comparable(const struct sipreg_response *r, int *contacts)
{
    static const char *const names[] = {"Via", "From", "To", "Contact"};
    struct sipreg_str value;

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct sipreg_place place = {0, 0, 0};
        *contacts = 0;
        while (sipreg_response_header(r, names[i], &place, &value)) {
            bool one = i == 1 || i == 2;
            if (!has_plain_params(value.p, value.p + value.n, contacts) ||
                (one && value.n > 0 && memchr(value.p, ',', value.n) != NULL))
                return false;
        }
    }
    return true;
}

/* The same text, or absent in both. */
static bool same(struct sipreg_str s, const char *text)
{
    if (text == NULL)
        return s.n == 0;
    return s.n == strlen(text) && (s.n == 0 || memcmp(s.p, text, s.n) == 0);
}

/* The same, or the same between brackets in one of them: libosip2 takes those of hosts off, sipreg
   those of received. */
static bool same_host(struct sipreg_str s, const char *text)
{
    struct sipreg_str other = {text, text == NULL ? 0 : strlen(text)};

    if (s.n > 1 && s.p[0] == '[')
        s = (struct sipreg_str){s.p + 1, s.n - 2};
    if (other.n > 1 && other.p[0] == '[')
        other = (struct sipreg_str){other.p + 1, other.n - 2};
    return s.n == other.n && (s.n == 0 || memcmp(s.p, other.p, s.n) == 0);
}

static const char *param(osip_list_t *list, const char *name)
{
    for (int i = 0; i < osip_list_size(list); i++) {
        const osip_generic_param_t *one = (osip_generic_param_t *)osip_list_get(list, i);
        if (one->gname != NULL && osip_strcasecmp(one->gname, name) == 0)
            return one->gvalue == NULL ? "" : one->gvalue;
    }
    return NULL;
}

/* ---------------------------------------------------------------- the comparison */

static void compare_call_id(const struct sipreg_response *r, const osip_call_id_t *id)
{
    struct sipreg_str number = r->call_id, host = {NULL, 0};
    const char *at = (const char *)memchr(number.p, '@', number.n);

    if (at != NULL) {
        number.n = (size_t)(at - number.p);
        host = (struct sipreg_str){at + 1, r->call_id.n - number.n - 1};
    }
    HOLDS(same(number, id->number) && same(host, id->host));
}

static void compare_via(const struct sipreg_response *r, const osip_message_t *m)
{
    osip_via_t *via = (osip_via_t *)osip_list_get(&m->vias, 0);
    struct sipreg_str host, port;

    if (via == NULL || !sipreg_uri_hostport(r->via.host, &host, &port) || host.p[-1] != ' ')
        return;
    HOLDS((osip_list_size(&m->vias) > 1) == (r->via_count > 1));
    HOLDS(same_host(r->via.host, via->host) && same(r->via.port, via->port));
    HOLDS(same(r->via.transport, via->protocol));
    HOLDS(same(r->via.branch, param(&via->via_params, "branch")));
    HOLDS(same_host(r->via.received, param(&via->via_params, "received")));
}

static void compare_cseq(const struct sipreg_response *r, const osip_cseq_t *cseq)
{
    HOLDS(same(r->method, cseq->method));
    HOLDS(r->cseq == strtoul(cseq->number, NULL, 10));
}

static void compare_uri(const struct sipreg_uri *uri, const osip_uri_t *other)
{
    HOLDS(other != NULL && same(uri->scheme, other->scheme));
    if (!sipreg_uri_is_sip(uri))
        return;
    HOLDS(same_host(uri->host, other->host) && same(uri->port, other->port));
    HOLDS(same(uri->user, other->username) && same(uri->password, other->password));
}

/* If there are URIs in all of them. */
static void compare_contacts(const struct sipreg_response *r, const osip_message_t *m, int values)
{
    struct sipreg_place place = {0, 0, 0};
    struct sipreg_binding binding;
    struct sipreg_uri uri;
    int n = 0;

    while (sipreg_response_contact(r, &place, &binding))
        n += sipreg_uri_valid(&uri, binding.contact.uri) ? 1 : 0;
    if (n != values)
        return;
    HOLDS(n == osip_list_size(&m->contacts));
    place = (struct sipreg_place){0, 0, 0};
    for (int i = 0; i < n && sipreg_response_contact(r, &place, &binding); i++) {
        const osip_contact_t *other = (osip_contact_t *)osip_list_get(&m->contacts, i);
        HOLDS(sipreg_uri_valid(&uri, binding.contact.uri));
        compare_uri(&uri, other->url);
    }
}

static void compare(const struct sipreg_response *r, osip_message_t *m, int contacts)
{
    HOLDS(r->status == m->status_code);
    compare_via(r, m);
    compare_call_id(r, m->call_id);
    compare_cseq(r, m->cseq);
    HOLDS(same(r->from_tag, param(&m->from->gen_params, "tag")));
    HOLDS(same(r->to_tag, param(&m->to->gen_params, "tag")));
    compare_contacts(r, m, contacts);
}

static void no_trace(const char *file, int line, osip_trace_level_t level, const char *format,
                     va_list arguments)
{
    (void)file;
    (void)line;
    (void)level;
    (void)format;
    (void)arguments;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static bool ready;
    struct sipreg_response r;
    osip_message_t *m = NULL;
    char *text;
    int used = sipreg_response_parse(&r, data, n), contacts;

    if (!ready) {
        ready = parser_init() == 0;
        osip_trace_initialize_func(END_TRACE_LEVEL, no_trace);
    }
    if (used <= 0 || !is_plain((const char *)data, (size_t)used) || !is_comparable(&r, &contacts) ||
        osip_message_init(&m) != 0)
        return 0;
    text = fuzz_text((struct sipreg_str){(const char *)data, (size_t)used});
    if (osip_message_parse(m, text, (size_t)used) == 0 && m->call_id != NULL && m->cseq != NULL &&
        m->from != NULL && m->to != NULL)
        compare(&r, m, contacts);
    osip_message_free(m);
    free(text);
    return 0;
}
