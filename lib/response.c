/*
 * response.c - status line and single headers in one pass; repeated headers by going through the
 * lines again, so that there is no limit to how many there are.
 *
 * What makes a response usable is decided here once (RFC 3261 8.1.3, 8.2.6; RFC 4475): the
 * mandatory headers are there, once, and come apart. A malformed header that is not mandatory is as
 * good as absent, unless its number could steer us: then the message is refused rather than guessed
 * at.
 */
#include "response.h"

#include "chars.h"
#include "nameaddr.h"
#include "param.h"
#include "via.h"

#include <string.h>

enum {
    LENGTH_MAX = SIPREG_MESSAGE_MAX,
    EXPIRES_OF_NONSENSE = 3600 /* 10.2: a malformed one means 3600 */
};

/* What reading has gathered besides the struct. */
struct reading {
    struct sipreg_response *response;
    int64_t length; /* Content-Length */
};

/* Bits of response->seen. */
static uint32_t bit(enum sipreg_name name)
{
    return UINT32_C(1) << name;
}

static bool seen(const struct reading *r, enum sipreg_name name)
{
    return (r->response->seen & bit(name)) != 0;
}

/* SIP/2.0 SP 3DIGIT [SP reason]. Blanks and case are forgiven, another version is not. */
static int take_status_line(struct sipreg_cursor *c, struct sipreg_response *response)
{
    const char *lf = (const char *)memchr(c->p, '\n', (size_t)(c->end - c->p));
    struct sipreg_str name = {c->p, 4}, protocol = {c->p, 7}, code;
    uint32_t status;

    if (c->end - c->p < 7 || !SIPREG_STR_IS(name, "SIP/"))
        return SIPREG_FOREIGN;
    if (lf == NULL)
        return SIPREG_PARTIAL;
    if (!SIPREG_STR_IS(protocol, "SIP/2.0"))
        return SIPREG_SYNTAX;
    struct sipreg_cursor at = {c->p + 7, lf};
    if (at.p == at.end || !sipreg_is(*at.p, SIPREG_BLANK))
        return SIPREG_SYNTAX;
    sipreg_cursor_blank(&at);
    code = sipreg_cursor_until(&at, SIPREG_STOP);
    if (code.n != 3 || sipreg_str_number(code, 699, &status) != SIPREG_OK || status < 100)
        return SIPREG_SYNTAX;
    response->status = (int)status;
    response->reason = sipreg_str_trim(sipreg_str_between(at.p, lf));
    c->p = lf + 1;
    return SIPREG_OK;
}

static int note_via(struct reading *r, struct sipreg_str value)
{
    struct sipreg_via other;
    bool more, first = r->response->via_count == 0;

    if (sipreg_via_parse(first ? &r->response->via : &other, value, &more) != SIPREG_OK)
        return SIPREG_SYNTAX;
    r->response->via_count += more ? 2 : 1;
    return SIPREG_OK;
}

/* From or To: one address, perhaps with a tag. */
static int note_address(struct reading *r, enum sipreg_name name, struct sipreg_str value)
{
    struct sipreg_cursor c = sipreg_cursor_of(value);
    struct sipreg_wanted tag = {SIPREG_LITERAL("tag"), {NULL, 0}};
    struct sipreg_nameaddr na;

    if (seen(r, name) || !sipreg_nameaddr_next(&c, &na, &tag, 1) || c.p != c.end)
        return SIPREG_SYNTAX;
    if (name == SIPREG_FROM)
        r->response->from_tag = tag.value;
    else
        r->response->to_tag = tag.value;
    return SIPREG_OK;
}

static int note_call_id(struct reading *r, struct sipreg_str value)
{
    struct sipreg_cursor c = sipreg_cursor_of(value);

    if (seen(r, SIPREG_CALL_ID))
        return SIPREG_SYNTAX;
    r->response->call_id = sipreg_cursor_until(&c, SIPREG_BLANK | SIPREG_CONTROL);
    return c.p == c.end && value.n > 0 ? SIPREG_OK : SIPREG_SYNTAX;
}

static int note_cseq(struct reading *r, struct sipreg_str value)
{
    struct sipreg_cursor c = sipreg_cursor_of(value);
    struct sipreg_str number = sipreg_cursor_until(&c, SIPREG_STOP);

    if (seen(r, SIPREG_CSEQ) ||
        sipreg_str_number(number, UINT32_MAX, &r->response->cseq) != SIPREG_OK)
        return SIPREG_SYNTAX;
    sipreg_cursor_blank(&c);
    return sipreg_cursor_token(&c, &r->response->method) && c.p == c.end ? SIPREG_OK
                                                                         : SIPREG_SYNTAX;
}

static int note_length(struct reading *r, struct sipreg_str value)
{
    uint32_t length;

    if (sipreg_str_number(value, LENGTH_MAX, &length) != SIPREG_OK)
        return SIPREG_SYNTAX;
    if (r->length != SIPREG_ABSENT && r->length != (int64_t)length)
        return SIPREG_SYNTAX;
    r->length = length;
    return SIPREG_OK;
}

/* Seconds as Expires means them: nonsense is 3600, too much is the most there is (10.2). */
static int64_t seconds(struct sipreg_str value)
{
    uint32_t number;
    int result = sipreg_str_number(value, UINT32_MAX, &number);

    if (result == SIPREG_OK)
        return number;
    return result == SIPREG_LIMIT ? (int64_t)UINT32_MAX : EXPIRES_OF_NONSENSE;
}

/* A header of one number that steers waits; a comment and parameters behind it are passed over
   (20.33). Of two the first counts. */
static int note_number(int64_t *field, struct sipreg_str value)
{
    struct sipreg_cursor c = sipreg_cursor_of(value);
    struct sipreg_str digits;
    uint32_t number;

    while (c.p < c.end && sipreg_is(*c.p, SIPREG_DIGIT))
        c.p++;
    digits = sipreg_str_between(value.p, c.p);
    sipreg_cursor_blank(&c);
    if (digits.n == 0 || (c.p < c.end && *c.p != '(' && *c.p != ';'))
        return SIPREG_OK; /* a date, say: as if it were not there */
    if (sipreg_str_number(digits, UINT32_MAX, &number) != SIPREG_OK)
        return SIPREG_SYNTAX;
    if (*field == SIPREG_ABSENT)
        *field = number;
    return SIPREG_OK;
}

static int note(struct reading *r, enum sipreg_name name, struct sipreg_str value)
{
    struct sipreg_response *response = r->response;

    switch ((int)name) {
    case SIPREG_VIA:
        return note_via(r, value);
    case SIPREG_FROM:
    case SIPREG_TO:
        return note_address(r, name, value);
    case SIPREG_CALL_ID:
        return note_call_id(r, value);
    case SIPREG_CSEQ:
        return note_cseq(r, value);
    case SIPREG_CONTENT_LENGTH:
        return note_length(r, value);
    case SIPREG_EXPIRES:
        if (response->expires == SIPREG_ABSENT)
            response->expires = seconds(value);
        return SIPREG_OK;
    case SIPREG_MIN_EXPIRES:
        return note_number(&response->min_expires, value);
    case SIPREG_RETRY_AFTER:
        return note_number(&response->retry_after, value);
    default:
        return SIPREG_OK;
    }
}

static int take_head(struct sipreg_cursor *c, struct reading *r)
{
    const uint32_t lists =
        bit(SIPREG_CONTACT) | bit(SIPREG_WWW_AUTHENTICATE) | bit(SIPREG_PROXY_AUTHENTICATE);
    const char *start = c->p;
    struct sipreg_line line;

    while (!sipreg_line_empty(c)) {
        if ((r->response->seen & lists) == 0)
            r->response->lists = (size_t)(c->p - start);
        int result = sipreg_line_take(c, &line);
        if (result != SIPREG_OK)
            return result;
        enum sipreg_name name = sipreg_name_find(line.name);
        result = note(r, name, line.value);
        if (result != SIPREG_OK)
            return result;
        r->response->seen |= bit(name);
    }
    r->response->head = sipreg_str_between(start, c->p);
    return SIPREG_OK;
}

static int take_body(struct sipreg_cursor *c, const struct reading *r)
{
    size_t there = (size_t)(c->end - c->p);
    size_t n = r->length == SIPREG_ABSENT ? there : (size_t)r->length;

    if (n > there)
        return SIPREG_PARTIAL;
    r->response->body = sipreg_str_between(c->p, c->p + n);
    c->p += n;
    return SIPREG_OK;
}

static int take_message(struct sipreg_cursor *c, struct reading *r)
{
    const uint32_t mandatory = bit(SIPREG_VIA) | bit(SIPREG_FROM) | bit(SIPREG_TO) |
                               bit(SIPREG_CALL_ID) | bit(SIPREG_CSEQ);
    int result = take_status_line(c, r->response);

    if (result == SIPREG_OK)
        result = take_head(c, r);
    if (result != SIPREG_OK)
        return result;
    if ((r->response->seen & mandatory) != mandatory)
        return SIPREG_SYNTAX;
    return take_body(c, r);
}

int sipreg_response_parse(struct sipreg_response *response, const void *bytes, size_t n)
{
    struct sipreg_str all = {(const char *)bytes, n};
    struct sipreg_cursor c = sipreg_cursor_of(all);
    struct reading r = {response, SIPREG_ABSENT};
    int result;

    memset(response, 0, sizeof *response);
    response->expires = SIPREG_ABSENT;
    response->min_expires = SIPREG_ABSENT;
    response->retry_after = SIPREG_ABSENT;
    if (n > LENGTH_MAX)
        return SIPREG_LIMIT;
    result = n == 0 ? SIPREG_FOREIGN : take_message(&c, &r);
    if (result != SIPREG_OK) {
        memset(response, 0, sizeof *response);
        return result;
    }
    return (int)(c.p - all.p);
}

/* The next line, whatever it is. The head ends with the empty line, which is none. */
static bool next_line(const struct sipreg_response *response, struct sipreg_place *place,
                      struct sipreg_line *line)
{
    struct sipreg_cursor c = sipreg_cursor_of(response->head);

    if (place->next >= response->head.n)
        return false;
    c.p += place->next;
    if (sipreg_line_take(&c, line) != SIPREG_OK) {
        place->next = response->head.n;
        return false;
    }
    place->next = (size_t)(c.p - response->head.p);
    return true;
}

bool sipreg_response_line(const struct sipreg_response *response, struct sipreg_place *place,
                          enum sipreg_name a, enum sipreg_name b, struct sipreg_line *line)
{
    if ((response->seen & (bit(a) | bit(b))) == 0)
        return false;
    if (place->next == 0 && (a == SIPREG_CONTACT || a == SIPREG_WWW_AUTHENTICATE))
        place->next = response->lists;
    while (next_line(response, place, line)) {
        enum sipreg_name name = sipreg_name_find(line->name);
        if (name == a || name == b)
            return true;
    }
    return false;
}

bool sipreg_response_named(const struct sipreg_response *response, struct sipreg_str name,
                           struct sipreg_place *place, struct sipreg_str *value)
{
    enum sipreg_name known = sipreg_name_find(name);
    struct sipreg_line line;

    while (next_line(response, place, &line)) {
        if (sipreg_str_same(line.name, name) ||
            (known != SIPREG_UNKNOWN && sipreg_name_find(line.name) == known)) {
            *value = line.value;
            return true;
        }
    }
    return false;
}

bool sipreg_response_header(const struct sipreg_response *response, const char *name,
                            struct sipreg_place *place, struct sipreg_str *value)
{
    return sipreg_response_named(response, sipreg_str_of(name), place, value);
}

/* Sets the cursor to what is left of the list, or to the next line of it. */
static bool resume(const struct sipreg_response *response, enum sipreg_name name,
                   struct sipreg_place *place, struct sipreg_cursor *c)
{
    struct sipreg_line line;

    if ((response->seen & bit(name)) == 0)
        return false;
    c->p = response->head.p + place->at;
    c->end = response->head.p + place->end;
    while (c->p == c->end) {
        if (!sipreg_response_line(response, place, name, name, &line)) {
            place->at = place->end = 0;
            return false;
        }
        *c = sipreg_cursor_of(line.value);
        place->end = (size_t)(c->end - response->head.p);
    }
    return true;
}

bool sipreg_response_address(const struct sipreg_response *response, enum sipreg_name name,
                             struct sipreg_place *place, struct sipreg_nameaddr *na,
                             struct sipreg_wanted *wanted, size_t n)
{
    struct sipreg_cursor c;

    while (resume(response, name, place, &c)) {
        bool got = sipreg_nameaddr_next(&c, na, wanted, n);
        place->at = got ? (size_t)(c.p - response->head.p) : place->end;
        if (got)
            return true;
    }
    return false;
}

/* q as thousandths: "1", "0.7", "0.125"; anything else is as good as absent (25.1 qvalue). */
static int thousandths(struct sipreg_str q)
{
    int value = 0, scale = 1000;

    if (q.n == 0 || q.n > 5 || (q.n > 1 && q.p[1] != '.'))
        return 1000;
    for (size_t i = 0; i < q.n; i++) {
        if (i == 1)
            continue;
        if (!sipreg_is(q.p[i], SIPREG_DIGIT))
            return 1000;
        value += (q.p[i] - '0') * scale;
        scale /= 10;
    }
    return value > 1000 ? 1000 : value;
}

bool sipreg_response_contact(const struct sipreg_response *response, struct sipreg_place *place,
                             struct sipreg_binding *binding)
{
    struct sipreg_wanted wanted[] = {
        {SIPREG_LITERAL("expires"), {NULL, 0}},
        {SIPREG_LITERAL("q"), {NULL, 0}},
    };

    if (!sipreg_response_address(response, SIPREG_CONTACT, place, &binding->contact, wanted, 2))
        return false;
    binding->expires = wanted[0].value.p == NULL ? SIPREG_ABSENT : seconds(wanted[0].value);
    binding->q = wanted[1].value.p == NULL ? 1000 : thousandths(wanted[1].value);
    return true;
}

struct sipreg_str sipreg_param(struct sipreg_str params, const char *name)
{
    struct sipreg_cursor c = sipreg_cursor_of(params);
    struct sipreg_str wanted = sipreg_str_of(name);
    struct sipreg_parameter parameter;

    while (sipreg_param_next(&c, &parameter)) {
        if (!sipreg_str_same(parameter.name, wanted))
            continue;
        if (parameter.value.p == NULL)
            parameter.value.p = parameter.name.p + parameter.name.n;
        return parameter.value;
    }
    return (struct sipreg_str){NULL, 0};
}
