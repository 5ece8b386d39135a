/*
 * request.c - a REGISTER is written: never outside the buffer, and it ends.
 *
 * Shown for texts of up to N octets of any kind, lists of up to LIST entries, and a buffer of up to
 * ROOM octets, some of them used: each part of a message leaves the buffer as the next one needs
 * it, so the same goes for the message. What is called from other files (out.c, digest.c,
 * options.c, credentials.c) is what its contract says, which WP has proved; how it must be called
 * is checked.
 *
 * Not by WP, for which it would have to be shown that some twenty texts of the caller's still end
 * behind each of a hundred writes.
 */
#include "credentials.h"
#include "digest.h"
#include "options.h"
#include "out.h"

#include <stdlib.h>

size_t nondet_size(void);
bool nondet_bool(void);
int nondet_int(void);

/* What the contracts say. */

static void check_writable(const struct sipreg_out *out)
{
    __CPROVER_assert(out->used <= out->size && out->size <= (size_t)INT32_MAX && out->error <= 0,
                     "writable: counts");
    __CPROVER_assert(out->p == NULL || __CPROVER_w_ok(out->p, out->size), "writable: the buffer");
}

static void writes(struct sipreg_out *out)
{
    struct sipreg_out before = *out;

    check_writable(out);
    out->used = nondet_size();
    out->size = nondet_size();
    out->error = nondet_int();
    __CPROVER_assume(before.used <= out->used && out->used <= out->size &&
                     out->size <= before.size && out->error <= 0);
}

static void writes_text(struct sipreg_out *out, const char *text)
{
    if (text != NULL)
        (void)strlen(text); /* checked to end */
    writes(out);
}

static void writes_slice(struct sipreg_out *out, struct sipreg_str s)
{
    __CPROVER_assert(s.n == 0 || __CPROVER_r_ok(s.p, s.n), "readable");
    writes(out);
}

static void writes_number(struct sipreg_out *out, uint32_t number)
{
    (void)number;
    writes(out);
}

static void writes_credentials(struct sipreg_out *out, const struct sipreg_request *request,
                               const struct sipreg_answer *answer)
{
    __CPROVER_assert(__CPROVER_r_ok(answer, sizeof *answer), "readable");
    __CPROVER_assert(__CPROVER_r_ok(request, sizeof *request), "readable");
    writes(out);
}

/* A part of the text, or nothing. */
static struct sipreg_str part_of(const char *text)
{
    struct sipreg_str s = {NULL, 0};
    size_t from = nondet_size(), n = text == NULL ? 0 : strlen(text);

    if (text == NULL || nondet_bool())
        return s;
    __CPROVER_assume(from <= n);
    s.n = nondet_size();
    __CPROVER_assume(s.n <= n - from);
    s.p = text + from;
    return s;
}

static struct sipreg_request_uri uri_of(const struct sipreg_request *request)
{
    const char *text = request->registrar != NULL ? request->registrar : request->aor;

    return (struct sipreg_request_uri){{part_of(text), part_of(text)}};
}

static bool next_option(struct sipreg_cursor *c, struct sipreg_str *tag)
{
    size_t n = nondet_size(), skipped = nondet_size();

    if (c->p == c->end)
        return false;
    __CPROVER_assert(__CPROVER_r_ok(c->p, (size_t)(c->end - c->p)), "readable");
    __CPROVER_assume(n <= (size_t)(c->end - c->p) && skipped <= n);
    if (n > 0 && nondet_bool()) {
        *tag = sipreg_str_between(c->p + skipped, c->p + n);
        c->p += n;
        return tag->n > 0;
    }
    return false;
}

static bool has_option(const char *list, struct sipreg_str tag)
{
    if (list != NULL)
        (void)strlen(list);
    __CPROVER_assert(__CPROVER_r_ok(tag.p, tag.n), "readable");
    return nondet_bool();
}

#define sipreg_out_str           writes_slice
#define sipreg_out_text          writes_text
#define sipreg_out_quoted        writes_slice
#define sipreg_out_number        writes_number
#define sipreg_credentials_print writes_credentials
#define sipreg_digest_uri        uri_of
#define sipreg_options_next      next_option
#define sipreg_options_has       has_option
#include "../../../lib/request.c"

#pragma CPROVER check push
#pragma CPROVER check disable "conversion" /* random octets are taken as unsigned ones: meant */
#include "../../../lib/ident.c"
#pragma CPROVER check pop

/* NULL, or octets and a NUL. */
static const char *text_or_null(void)
{
    size_t n = nondet_size();
    char *text;

    if (nondet_bool())
        return NULL;
    __CPROVER_assume(n <= N);
    text = (char *)malloc(n + 1);
    __CPROVER_assume(text != NULL);
    text[n] = '\0';
    return text;
}

static const char *text(void)
{
    const char *p = text_or_null();

    __CPROVER_assume(p != NULL);
    return p;
}

/* A buffer, some of it used, or none: then it is measured. */
static struct sipreg_out any_out(void)
{
    struct sipreg_out out;
    size_t room = nondet_size();

    __CPROVER_assume(room <= ROOM);
    if (nondet_bool()) {
        out.p = NULL;
        out.size = (size_t)INT32_MAX;
    } else {
        out.p = (char *)malloc(room);
        __CPROVER_assume(out.p != NULL);
        out.size = room;
    }
    out.used = nondet_size();
    out.error = nondet_bool() ? SIPREG_OK : SIPREG_SPACE;
    __CPROVER_assume(out.used <= out.size);
    return out;
}

/* What each part leaves behind. */
static void check(const struct sipreg_out *out, const struct sipreg_out *before)
{
    __CPROVER_assert(out->p == before->p && out->used >= before->used, "what is written stays");
    __CPROVER_assert(out->used <= out->size && out->size <= before->size, "no more than fits");
    __CPROVER_assert(out->error <= 0, "an error or none");
    check_writable(out);
}

/* All of a request but its lists. */
static struct sipreg_request any_request(void)
{
    struct sipreg_request r; /* anything, where nothing is said */

    r.registrar = text_or_null();
    r.aor = text();
    r.from = text_or_null();
    r.display = text_or_null();
    r.sent_by = text();
    r.via_params = text_or_null();
    r.contact = text_or_null();
    r.contacts = NULL;
    r.contact_count = 0;
    r.instance = text_or_null();
    r.routes = NULL;
    r.route_count = 0;
    r.require = text_or_null();
    r.supported = text_or_null();
    r.allow = text_or_null();
    r.user_agent = text_or_null();
    r.headers = NULL;
    r.header_count = 0;
    r.body = NULL;
    r.answer = NULL;
    __CPROVER_assume(r.expires >= SIPREG_EXPIRES_NONE && r.expires <= (int64_t)UINT32_MAX);
    r.call_id[sizeof r.call_id - 1] = '\0';
    r.tag[sizeof r.tag - 1] = '\0';
    r.branch[sizeof r.branch - 1] = '\0';
    return r;
}

#define PART(part)                                                                                 \
    struct sipreg_out out = any_out(), before = out;                                               \
    part;                                                                                          \
    check(&out, &before)

void start_lines(void);
void vias(void);
void hops(void);
void route_lines(void);
void ends(void);
void requirements(void);
void header_lines(void);
void contact_lines(void);
void capability_lines(void);
void bodies(void);
void credential_lines(void);
void identifiers(void);

void start_lines(void)
{
    struct sipreg_request r = any_request();
    PART(start_line(&out, &r));
}

void vias(void)
{
    struct sipreg_request r = any_request();
    PART(via(&out, &r); max_forwards(&out, &r));
}

/* "sip:", "sips:" or "sip;": the letter that route() looks at is there. */
static const char *any_route(void)
{
    const char *p = text();

    __CPROVER_assume(p[0] == 's' && p[1] == 'i' && p[2] == 'p');
    return p;
}

static void add_routes(struct sipreg_request *r)
{
    const char **list;

    r->route_count = nondet_size();
    __CPROVER_assume(r->route_count <= LIST);
    list = (const char **)malloc(LIST * sizeof *list);
    __CPROVER_assume(list != NULL);
    for (size_t i = 0; i < LIST; i++)
        list[i] = any_route();
    r->routes = list;
}

void route_lines(void)
{
    struct sipreg_request r = any_request();
    add_routes(&r);
    PART(routes(&out, &r));
}

void hops(void)
{
    struct sipreg_request r = any_request();
    size_t room = nondet_size();
    char *p;
    int n;

    add_routes(&r);
    __CPROVER_assume(room <= ROOM);
    p = (char *)malloc(room);
    __CPROVER_assume(p != NULL);
    n = sipreg_request_next_hop(&r, p, room);
    __CPROVER_assert(n < 0 || ((size_t)n < room && p[n] == '\0'), "its length");
}

void ends(void)
{
    struct sipreg_request r = any_request();
    PART(addresses(&out, &r));
}

void requirements(void)
{
    struct sipreg_request r = any_request();
    PART(require(&out, &r));
}

void header_lines(void)
{
    struct sipreg_request r = any_request();
    struct sipreg_header *list = (struct sipreg_header *)malloc(LIST * sizeof *list);

    __CPROVER_assume(list != NULL);
    for (size_t i = 0; i < LIST; i++)
        list[i] = (struct sipreg_header){text(), text()};
    r.headers = list;
    r.header_count = nondet_size();
    __CPROVER_assume(r.header_count <= LIST);
    (void)sipreg_request_is_choosy(&r);
    PART(headers(&out, &r));
}

void contact_lines(void)
{
    struct sipreg_request r = any_request();
    struct sipreg_contact *list = (struct sipreg_contact *)malloc(LIST * sizeof *list);

    __CPROVER_assume(list != NULL);
    for (size_t i = 0; i < LIST; i++) {
        list[i].uri = text();
        list[i].params = text_or_null();
        __CPROVER_assume(list[i].q >= 0 && list[i].q <= 1000);
        __CPROVER_assume(list[i].expires >= -1 && list[i].expires <= (int64_t)UINT32_MAX);
    }
    r.contacts = list;
    r.contact_count = nondet_size();
    __CPROVER_assume(r.contact_count <= LIST);
    PART(contacts(&out, &r));
}

void capability_lines(void)
{
    struct sipreg_request r = any_request();
    PART(capabilities(&out, &r));
}

void bodies(void)
{
    struct sipreg_request r = any_request();
    struct sipreg_body one;

    one.type = text();
    one.disposition = text_or_null();
    one.size = nondet_size();
    __CPROVER_assume(one.size <= N);
    one.bytes = malloc(one.size);
    __CPROVER_assume(one.bytes != NULL);
    r.body = nondet_bool() ? NULL : &one;
    PART(body(&out, &r));
}

static struct sipreg_str any_slice(void)
{
    struct sipreg_str s = {NULL, 0};
    size_t n = nondet_size();

    if (nondet_bool())
        return s;
    __CPROVER_assume(n <= N);
    s.p = (const char *)malloc(n);
    __CPROVER_assume(s.p != NULL);
    s.n = n;
    return s;
}

/* Two answers, one behind the other: the list ends. */
void credential_lines(void)
{
    struct sipreg_request r = any_request();
    struct sipreg_challenge c;
    struct sipreg_answer first, second;

    c.realm = any_slice();
    c.nonce = any_slice();
    c.opaque = any_slice();
    c.algorithm_raw = any_slice();
    c.cnonce[sizeof c.cnonce - 1] = '\0';
    first.user = any_slice();
    first.challenge = nondet_bool() ? NULL : &c;
    first.next = nondet_bool() ? NULL : &second;
    second.user = any_slice();
    second.challenge = nondet_bool() ? NULL : &c;
    second.next = NULL;
    r.answer = nondet_bool() ? NULL : &first;
    PART(answers(&out, &r, nondet_bool()));
}

static int draw(void *user, void *octets, size_t n)
{
    (void)user;
    __CPROVER_assert(n == 0 || __CPROVER_w_ok(octets, n), "room for random octets");
    if (n > 0)
        __CPROVER_havoc_slice(octets, n);
    return nondet_int();
}

void identifiers(void)
{
    struct sipreg_request r = any_request(), before = r;
    int result = sipreg_request_identify(&r, nondet_bool() ? NULL : draw, NULL);

    __CPROVER_assert(result == SIPREG_OK || result == SIPREG_RANDOM, "or the source failed");
    __CPROVER_assert((result == SIPREG_OK) == (r.branch[0] != '\0'), "no branch on failure");
    __CPROVER_assert(result != SIPREG_OK || (r.cseq > 0 && r.cseq <= CSEQ_MAX), "8.1.1.5");
    __CPROVER_assert(result != SIPREG_OK || r.cseq == 1 || r.cseq == before.cseq + 1, "10.2");
    __CPROVER_assert(r.call_id[sizeof r.call_id - 1] == '\0' && r.tag[sizeof r.tag - 1] == '\0' &&
                         r.branch[sizeof r.branch - 1] == '\0',
                     "texts end");
}
