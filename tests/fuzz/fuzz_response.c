/*
 * fuzz_response.c - one response from octets, and all that can be read from it.
 *
 * Besides that no octet outside is read: slices lie inside, lists end, what was read is read again
 * alike, and a message that is cut is never taken for a whole one.
 */
#include "fuzz.h"

#include "options.h"
#include "response.h"
#include "warning.h"

#include <stdlib.h>

static void check_parts(const struct sipreg_response *r, struct sipreg_str used)
{
    const struct sipreg_str parts[] = {
        r->reason,        r->call_id,   r->from_tag, r->to_tag, r->method,
        r->via.transport, r->via.host,  r->via.port, r->head,   r->via.branch,
        r->via.received,  r->via.rport, r->via.keep, r->body,
    };

    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        fuzz_inside(parts[i], used);
    HOLDS(r->status >= 100 && r->status <= 699);
    HOLDS(r->via_count >= 1 && r->call_id.n > 0 && r->method.n > 0);
    HOLDS(r->expires >= SIPREG_ABSENT && r->expires <= UINT32_MAX);
    HOLDS(r->min_expires >= SIPREG_ABSENT && r->min_expires <= UINT32_MAX);
    HOLDS(r->retry_after >= SIPREG_ABSENT && r->retry_after <= UINT32_MAX);
    HOLDS(r->body.p + r->body.n == used.p + used.n);
}

static void check_contacts(const struct sipreg_response *r)
{
    struct sipreg_place place = {0, 0, 0}, before = place;
    struct sipreg_binding binding;

    while (sipreg_response_contact(r, &place, &binding)) {
        fuzz_inside(binding.contact.display, r->head);
        fuzz_inside(binding.contact.uri, r->head);
        fuzz_inside(binding.contact.params, r->head);
        HOLDS(binding.contact.uri.n > 0 && binding.q >= 0 && binding.q <= 1000);
        HOLDS(binding.expires >= SIPREG_ABSENT && binding.expires <= UINT32_MAX);
        HOLDS(place.next > before.next || place.at > before.at);
        fuzz_inside(sipreg_param(binding.contact.params, "expires"), r->head);
        before = place;
    }
    HOLDS(!sipreg_response_contact(r, &place, &binding));
}

static void check_challenges(const struct sipreg_response *r)
{
    struct sipreg_place place = {0, 0, 0};
    struct sipreg_challenge challenge;

    for (size_t before = 0; sipreg_challenge_next(r, &place, &challenge); before = place.next) {
        HOLDS(place.next > before);
        fuzz_inside(challenge.realm, r->head);
        fuzz_inside(challenge.nonce, r->head);
        fuzz_inside(challenge.opaque, r->head);
        fuzz_inside(challenge.algorithm_raw, r->head);
        HOLDS(challenge.realm.p != NULL && challenge.nonce.p != NULL && challenge.count == 0);
    }
}

/* Every line is found by its own name, where it stands. */
static void check_headers(const struct sipreg_response *r, const char *name)
{
    struct sipreg_place place = {0, 0, 0};
    struct sipreg_str value;

    for (size_t before = 0; sipreg_response_header(r, name, &place, &value); before = place.next) {
        HOLDS(place.next > before && place.next <= r->head.n);
        fuzz_inside(value, r->head);
    }
}

static unsigned count(const struct sipreg_response *r, const char *name)
{
    struct sipreg_place place = {0, 0, 0};
    struct sipreg_str value;
    unsigned n = 0;

    while (sipreg_response_header(r, name, &place, &value))
        n++;
    return n;
}

/* What tells whom it is for stands there once (8.1.1), and every Content-Length is right. */
static void check_once(const struct sipreg_response *r)
{
    struct sipreg_place place = {0, 0, 0};
    struct sipreg_str value;

    HOLDS(count(r, "From") == 1 && count(r, "To") == 1);
    HOLDS(count(r, "Call-ID") == 1 && count(r, "CSeq") == 1);
    HOLDS(count(r, "Via") >= 1 && count(r, "Via") <= r->via_count);
    while (sipreg_response_header(r, "Content-Length", &place, &value)) {
        size_t length = 0;
        for (size_t i = 0; i < value.n; i++)
            length = length * 10 + (size_t)(value.p[i] - '0');
        HOLDS(value.n > 0 && length == r->body.n);
    }
}

/* 10.2: what is no number is 3600, what is too large the largest. */
static void check_expires(const struct sipreg_response *r)
{
    struct sipreg_place place = {0, 0, 0};
    struct sipreg_str value;
    int64_t seconds = 0;
    size_t i = 0;

    if (!sipreg_response_header(r, "Expires", &place, &value)) {
        HOLDS(r->expires == SIPREG_ABSENT);
        return;
    }
    for (; i < value.n && value.p[i] >= '0' && value.p[i] <= '9'; i++)
        seconds = seconds > UINT32_MAX ? seconds : seconds * 10 + (value.p[i] - '0');
    if (i < value.n || value.n == 0)
        seconds = 3600;
    HOLDS(r->expires == (seconds < UINT32_MAX ? seconds : UINT32_MAX));
}

static void read_all(const struct sipreg_response *r)
{
    static const struct sipreg_str tag = {"outbound", 8};

    check_once(r);
    check_expires(r);
    check_contacts(r);
    check_challenges(r);
    check_headers(r, "Via");
    check_headers(r, "X-Unknown");
    HOLDS(sipreg_response_date(r) >= SIPREG_ABSENT);
    (void)sipreg_warning_has(r, 399);
    (void)sipreg_options_required(r, tag);
    (void)sipreg_options_asked_for(r, tag);
    (void)sipreg_options_unsupported(r, "path, gruu, outbound");
}

/* What a cut is judged by: the message, where its body begins, whether it says how long that is. */
struct whole {
    const char *octets;
    size_t used, head;
    bool tells;
};

/* Half of its head is never a response; half of its body is one only where nothing says how long it
   is. */
static void check_cut(const struct whole *w, size_t at)
{
    struct sipreg_response r;
    char *block = fuzz_block(w->octets, at);
    int result = sipreg_response_parse(&r, block, at);

    if (at < w->head)
        HOLDS(result == SIPREG_PARTIAL || (at < 7 && result == SIPREG_FOREIGN));
    else if (at < w->used)
        HOLDS(result == (w->tells ? SIPREG_PARTIAL : (int)at));
    else
        HOLDS(result == (int)w->used);
    free(block);
}

static void check_cuts(const struct sipreg_response *r, const char *octets, size_t used)
{
    struct whole w = {octets, used, (size_t)(r->head.p + r->head.n - octets), false};
    struct sipreg_place place = {0, 0, 0};
    struct sipreg_str value;

    w.tells = sipreg_response_header(r, "Content-Length", &place, &value);
    check_cut(&w, used);
    check_cut(&w, fuzz_hash(octets, used) % used);
    for (size_t at = 0; fuzz_thorough && at < used; at++)
        check_cut(&w, at);
}

static void check_nothing(const struct sipreg_response *r, int result)
{
    struct sipreg_place place = {0, 0, 0};
    struct sipreg_binding binding;
    struct sipreg_challenge challenge;

    HOLDS(result == SIPREG_PARTIAL || result == SIPREG_SYNTAX || result == SIPREG_FOREIGN ||
          result == SIPREG_LIMIT);
    HOLDS(r->status == 0 && r->head.p == NULL && r->call_id.p == NULL);
    HOLDS(!sipreg_response_contact(r, &place, &binding));
    HOLDS(!sipreg_challenge_next(r, &place, &challenge));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    char *octets = fuzz_block(data, n);
    struct sipreg_response r;
    int result = sipreg_response_parse(&r, octets, n);

    if (result < 0) {
        check_nothing(&r, result);
    } else {
        HOLDS(result > 0 && (size_t)result <= n);
        check_parts(&r, (struct sipreg_str){octets, (size_t)result});
        read_all(&r);
        check_cuts(&r, octets, (size_t)result);
    }
    free(octets);
    return 0;
}
