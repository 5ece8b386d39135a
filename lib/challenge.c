/*
 * challenge.c - the challenges of a response that we can answer, topmost first (RFC 3261 22, RFC
 * 7616 3.3).
 *
 * Other schemes, other algorithms, other qops and malformed challenges are passed over: the one
 * behind them may be ours (RFC 8760 2.4). A challenge is one header line; its commas separate
 * parameters. What we must repeat to the server has to be repeatable: a realm, nonce or opaque with
 * a control character in it makes the challenge unusable, it is never cut.
 */
#include <sipreg/digest.h>

#include "chars.h"
#include "hash.h"
#include "param.h"
#include "response.h"

#include <string.h>

static const struct {
    struct sipreg_str name;
    enum sipreg_algorithm algorithm;
    unsigned hash;
} algorithms[] = {
    {{"MD5", 3}, SIPREG_MD5, SIPREG_MD5},
    {{"SHA-256", 7}, SIPREG_SHA256, SIPREG_SHA256},
    {{"SHA-512-256", 11}, SIPREG_SHA512_256, SIPREG_SHA512_256},
    {{"MD5-sess", 8}, SIPREG_MD5_SESS, SIPREG_MD5},
    {{"SHA-256-sess", 12}, SIPREG_SHA256_SESS, SIPREG_SHA256},
    {{"SHA-512-256-sess", 16}, SIPREG_SHA512_256_SESS, SIPREG_SHA512_256},
};

enum {
    ALGORITHMS = sizeof algorithms / sizeof algorithms[0],
    /* These need a cnonce, hence a qop (RFC 7616 3.4.2). */
    SESSIONS = SIPREG_MD5_SESS | SIPREG_SHA256_SESS | SIPREG_SHA512_256_SESS
};

/*@ assigns \nothing; */
bool sipreg_algorithm_available(enum sipreg_algorithm algorithm)
{
    /*@ loop invariant 0 <= i <= ALGORITHMS;
        loop assigns i;
        loop variant ALGORITHMS - i;
    */
    for (size_t i = 0; i < ALGORITHMS; i++) {
        if (algorithms[i].algorithm == algorithm)
            return sipreg_hash_available(algorithms[i].hash);
    }
    return false;
}

/*@ assigns \nothing;
    ensures \valid_read(\result);
*/
const char *sipreg_algorithm_name(enum sipreg_algorithm algorithm)
{
    /*@ loop invariant 0 <= i <= ALGORITHMS;
        loop assigns i;
        loop variant ALGORITHMS - i;
    */
    for (size_t i = 0; i < ALGORITHMS; i++) {
        if (algorithms[i].algorithm == algorithm)
            return algorithms[i].name.p;
    }
    return "unknown";
}

/*@ requires readable(name);
    assigns \nothing;
*/
/* 0: unknown. The parameter's absence means MD5 (RFC 7616 3.3). */
static unsigned find_algorithm(struct sipreg_str name)
{
    if (name.p == NULL)
        return SIPREG_MD5;
    /*@ loop invariant 0 <= i <= ALGORITHMS;
        loop assigns i;
        loop variant ALGORITHMS - i;
    */
    for (size_t i = 0; i < ALGORITHMS; i++) {
        if (sipreg_str_same(algorithms[i].name, name))
            return (unsigned)algorithms[i].algorithm;
    }
    return 0;
}

/*@ requires readable(list);
    assigns \nothing;
*/
/* A list, with blanks and with values that are not ours to know. */
static unsigned read_qop(struct sipreg_str list)
{
    struct sipreg_cursor c = sipreg_cursor_of(list);
    unsigned qop = 0;

    /*@ loop invariant readable(c);
        loop assigns c, qop;
        loop variant c.end - c.p;
    */
    while (c.p < c.end) {
        struct sipreg_str one = sipreg_cursor_until(&c, SIPREG_STOP);
        if (SIPREG_STR_IS(one, "auth"))
            qop |= SIPREG_QOP_AUTH;
        else if (SIPREG_STR_IS(one, "auth-int"))
            qop |= SIPREG_QOP_AUTH_INT;
        if (c.p < c.end)
            c.p++;
    }
    return qop;
}

/* The parameters as they stand there. */
struct raw {
    struct sipreg_str realm, nonce, opaque, algorithm, qop, stale, userhash, charset;
};

/*@ predicate taken{L}(struct sipreg_str s, char *from, char *to) =
        readable(s) && inside(s, from, to);

    predicate taken{L}(struct raw raw, char *from, char *to) =
        taken(raw.realm, from, to) && taken(raw.nonce, from, to) &&
        taken(raw.opaque, from, to) && taken(raw.algorithm, from, to) &&
        taken(raw.qop, from, to) && taken(raw.stale, from, to) &&
        taken(raw.userhash, from, to) && taken(raw.charset, from, to);
*/

/*@ requires \valid(raw) && readable(name);
    assigns \nothing;
    ensures \result == \null || \result == &raw->realm || \result == &raw->nonce ||
            \result == &raw->opaque || \result == &raw->algorithm || \result == &raw->qop ||
            \result == &raw->stale || \result == &raw->userhash || \result == &raw->charset;
*/
/* Where a parameter of this name goes; NULL for those without meaning to us (domain, and unknown
 * ones). */
static struct sipreg_str *part(struct raw *raw, struct sipreg_str name)
{
    switch (name.n) {
    case 3:
        return sipreg_str_same(name, SIPREG_LITERAL("qop")) ? &raw->qop : NULL;
    case 5:
        if (sipreg_str_same(name, SIPREG_LITERAL("realm")))
            return &raw->realm;
        if (sipreg_str_same(name, SIPREG_LITERAL("nonce")))
            return &raw->nonce;
        return sipreg_str_same(name, SIPREG_LITERAL("stale")) ? &raw->stale : NULL;
    case 6:
        return sipreg_str_same(name, SIPREG_LITERAL("opaque")) ? &raw->opaque : NULL;
    case 7:
        return sipreg_str_same(name, SIPREG_LITERAL("charset")) ? &raw->charset : NULL;
    case 8:
        return sipreg_str_same(name, SIPREG_LITERAL("userhash")) ? &raw->userhash : NULL;
    case 9:
        return sipreg_str_same(name, SIPREG_LITERAL("algorithm")) ? &raw->algorithm : NULL;
    default:
        return NULL;
    }
}

/*@ requires \valid(raw) && readable(parameter.name);
    assigns *raw;
    ensures \forall char *from, *to;
        \old(taken(*raw, from, to)) && taken(parameter.value, from, to) ==> taken(*raw, from, to);
*/
/* Of a parameter that comes twice the first counts. */
static void note(struct raw *raw, struct sipreg_parameter parameter)
{
    struct sipreg_str *to = part(raw, parameter.name);

    if (to != NULL && to->p == NULL)
        *to = parameter.value;
}

/*@ requires readable(value) && \valid(raw) && taken(*raw, value.p, value.p + value.n);
    assigns *raw;
    ensures taken(*raw, value.p, value.p + value.n);
*/
/* Digest 1*SP name=value *("," name=value). */
static bool take_raw(struct sipreg_str value, struct raw *raw)
{
    struct sipreg_cursor c = sipreg_cursor_of(value);
    struct sipreg_parameter parameter;
    struct sipreg_str scheme;

    if (!sipreg_cursor_token(&c, &scheme) || !SIPREG_STR_IS(scheme, "Digest"))
        return false;
    /*@ loop invariant readable(c) && c.end == value.p + value.n;
        loop invariant \base_addr(c.p) == \base_addr(value.p) && 0 <= c.p - value.p;
        loop invariant taken(*raw, value.p, value.p + value.n);
        loop assigns c, *raw, parameter;
        loop variant c.end - c.p;
    */
    for (;;) {
        sipreg_cursor_blank(&c);
        if (sipreg_cursor_char(&c, ','))
            continue;
        if (c.p == c.end)
            return true;
        if (!sipreg_param_take(&c, &parameter))
            return false;
        //@ assert taken(parameter.value, value.p, value.p + value.n);
        note(raw, parameter);
        sipreg_cursor_blank(&c);
        if (c.p < c.end && *c.p != ',')
            return false;
    }
}

/*@ predicate taken{L}(struct sipreg_challenge *c, char *from, char *to) =
        taken(c->realm, from, to) && taken(c->nonce, from, to) &&
        taken(c->opaque, from, to) && taken(c->algorithm_raw, from, to) &&
        c->cnonce[0] == 0;
*/

/*@ requires \valid(challenge);
    assigns *challenge;
    ensures absent(challenge->realm) && absent(challenge->nonce) && absent(challenge->opaque) &&
            absent(challenge->algorithm_raw) && challenge->cnonce[0] == 0;
*/
static void clear(struct sipreg_challenge *challenge)
{
    const struct sipreg_str none = {NULL, 0};

    challenge->realm = challenge->nonce = challenge->opaque = challenge->algorithm_raw = none;
    challenge->algorithm = (enum sipreg_algorithm)0;
    challenge->qop = 0;
    challenge->stale = challenge->userhash = challenge->utf8 = challenge->proxy = false;
    challenge->count = 0;
    memset(challenge->cnonce, 0, sizeof challenge->cnonce);
}

/*@ requires \valid(challenge);
    requires readable(raw.stale) && readable(raw.userhash) && readable(raw.charset);
    assigns *challenge;
    ensures challenge->realm == raw.realm && challenge->nonce == raw.nonce;
    ensures challenge->opaque == raw.opaque && challenge->algorithm_raw == raw.algorithm;
    ensures challenge->cnonce[0] == 0;
*/
static void store(struct sipreg_challenge *challenge, struct raw raw, unsigned algorithm,
                  unsigned qop, bool proxy)
{
    clear(challenge);
    challenge->realm = raw.realm;
    challenge->nonce = raw.nonce;
    challenge->opaque = raw.opaque;
    challenge->algorithm_raw = raw.algorithm;
    challenge->algorithm = (enum sipreg_algorithm)algorithm;
    challenge->qop = qop;
    challenge->stale = SIPREG_STR_IS(raw.stale, "true");
    challenge->userhash = SIPREG_STR_IS(raw.userhash, "true");
    challenge->utf8 = SIPREG_STR_IS(raw.charset, "UTF-8");
    challenge->proxy = proxy;
}

/*@ requires \valid(challenge) && readable(value);
    assigns *challenge;
    ensures \result ==> taken(challenge, value.p, value.p + value.n);
*/
static bool read(struct sipreg_challenge *challenge, struct sipreg_str value, bool proxy)
{
    static const struct raw nothing;
    struct raw raw = nothing;
    unsigned algorithm, qop;

    if (!take_raw(value, &raw) || raw.realm.p == NULL || raw.nonce.p == NULL)
        return false;
    if (!sipreg_str_quotable(raw.realm) || !sipreg_str_quotable(raw.nonce) ||
        !sipreg_str_quotable(raw.opaque))
        return false;
    algorithm = find_algorithm(raw.algorithm);
    qop = read_qop(raw.qop);
    if (!sipreg_algorithm_available((enum sipreg_algorithm)algorithm))
        return false;
    if (qop == 0 && (raw.qop.n > 0 || (algorithm & SESSIONS) != 0))
        return false;
    store(challenge, raw, algorithm, qop, proxy);
    return true;
}

/*@ requires readable(response) && \valid(place) && \valid(challenge);
    requires \separated(response, place, challenge);
    assigns place->next, *challenge;
    ensures \result ==> taken(challenge, response->head.p, response->head.p + response->head.n);
*/
bool sipreg_challenge_next(const struct sipreg_response *response, struct sipreg_place *place,
                           struct sipreg_challenge *challenge)
{
    struct sipreg_line line;

    /*@ loop assigns place->next, *challenge, line;
        loop variant SIZE_MAX - place->next;
    */
    while (sipreg_response_line(response, place, SIPREG_WWW_AUTHENTICATE, SIPREG_PROXY_AUTHENTICATE,
                                &line)) {
        if (read(challenge, line.value, sipreg_lower(line.name.p[0]) == 'p')) {
            //@ assert taken(challenge, response->head.p, response->head.p + response->head.n);
            return true;
        }
    }
    return false;
}

/*@ requires readable(response) && \valid(challenge) && \separated(response, challenge);
    assigns *challenge;
    ensures \result == SIPREG_OK || \result == SIPREG_CHALLENGE;
    ensures taken(challenge, response->head.p, response->head.p + response->head.n);
*/
int sipreg_challenge_read(struct sipreg_challenge *challenge,
                          const struct sipreg_response *response)
{
    struct sipreg_place place = {0, 0, 0};

    if (sipreg_challenge_next(response, &place, challenge))
        return SIPREG_OK;
    clear(challenge);
    return SIPREG_CHALLENGE;
}

/*@ requires \valid_read(challenge) && \valid_read(policy);
    assigns \nothing;
    ensures \result == SIPREG_OK || \result == SIPREG_POLICY;
*/
int sipreg_challenge_permitted(const struct sipreg_challenge *challenge,
                               const struct sipreg_policy *policy)
{
    if (((unsigned)challenge->algorithm & policy->refuse) != 0)
        return SIPREG_POLICY;
    return policy->require_qop && challenge->qop == 0 ? SIPREG_POLICY : SIPREG_OK;
}
