/*
 * digest.c - HA1, HA2 and response (RFC 7616 3.4; without qop RFC 2617 3.2.2.1).
 *
 *   HA1      = H(user:realm:password), for -sess H(that:nonce:cnonce)
 *   HA2      = H(REGISTER:uri), for auth-int H(REGISTER:uri:H(body))
 *   response = H(HA1:nonce:nc:cnonce:qop:HA2), without qop H(HA1:nonce:HA2)
 *
 * Hashed are the values without their backslash escapes, sent back is what was received. The cnonce
 * stays for as long as the nonce does, so that the session key of -sess, which is fixed by the
 * first answer (3.4.2), is the same for all of them without being kept anywhere.
 */
#include "digest.h"

#include "chars.h"
#include "hash.h"
#include "ident.h"
#include "out.h"
#include "uri.h"

#include <string.h>

/*@ requires n <= PTRDIFF_MAX && \valid((char *)p + (0 .. n - 1));
    assigns ((char *)p)[0 .. n - 1], ((uint8_t *)p)[0 .. n - 1];
*/
/* As volatile octets, which are written even where nobody reads them any more. */
static void wipe(void *p, size_t n)
{
    volatile char *octets = (volatile char *)p;

    /*@ loop invariant 0 <= i <= n;
        loop assigns i, ((char *)p)[0 .. n - 1];
        loop variant n - i;
    */
    for (size_t i = 0; i < n; i++)
        octets[i] = 0;
}

static unsigned hash_of(enum sipreg_algorithm algorithm)
{
    switch (algorithm) {
    case SIPREG_MD5:
    case SIPREG_MD5_SESS:
        return SIPREG_MD5;
    case SIPREG_SHA256:
    case SIPREG_SHA256_SESS:
        return SIPREG_SHA256;
    case SIPREG_SHA512_256:
    case SIPREG_SHA512_256_SESS:
        return SIPREG_SHA512_256;
    default:
        return 0; /* which no port has */
    }
}

bool sipreg_digest_is_session(enum sipreg_algorithm algorithm)
{
    return ((unsigned)algorithm &
            (SIPREG_MD5_SESS | SIPREG_SHA256_SESS | SIPREG_SHA512_256_SESS)) != 0;
}

size_t sipreg_digest_size(enum sipreg_algorithm algorithm)
{
    return hash_of(algorithm) == SIPREG_MD5 ? 16 : 32;
}

/* The scheme and domain of an AOR that has been found good: up to ":", and from "@" to ";". */
static void take_domain(struct sipreg_request_uri *whole, struct sipreg_str aor)
{
    const char *end = aor.p + aor.n, *colon = (const char *)memchr(aor.p, ':', aor.n), *at, *params;

    if (colon == NULL)
        return;
    at = (const char *)memchr(colon, '@', (size_t)(end - colon));
    at = at == NULL ? colon : at;
    params = (const char *)memchr(at, ';', (size_t)(end - at));
    whole->parts[0] = sipreg_str_between(aor.p, colon + 1);
    whole->parts[1] = sipreg_str_between(at + 1, params == NULL ? end : params);
}

struct sipreg_request_uri sipreg_digest_uri(const struct sipreg_request *request)
{
    struct sipreg_request_uri whole = {{{NULL, 0}, {NULL, 0}}};

    if (request->registrar != NULL)
        whole.parts[0] = sipreg_str_of(request->registrar);
    else if (request->aor != NULL)
        take_domain(&whole, sipreg_str_of(request->aor));
    return whole;
}

/* What is hashed, one kind of text each. */

static void add(struct sipreg_hash *hash, struct sipreg_str s)
{
    sipreg_hash_add(hash, s.p, s.n);
}

static void add_colon(struct sipreg_hash *hash)
{
    sipreg_hash_add(hash, ":", 1);
}

static void add_unescaped(struct sipreg_hash *hash, struct sipreg_str s)
{
    const char *end = s.p + s.n, *escape;

    while (s.n > 0 && (escape = (const char *)memchr(s.p, '\\', s.n)) != NULL && escape + 1 < end) {
        add(hash, sipreg_str_between(s.p, escape));
        sipreg_hash_add(hash, escape + 1, 1);
        s = sipreg_str_between(escape + 2, end);
    }
    add(hash, s);
}

static void add_hex(struct sipreg_hash *hash, const struct sipreg_hash_value *value)
{
    char text[2 * SIPREG_DIGEST_SIZE];

    sipreg_hex(text, value->octets, value->n);
    sipreg_hash_add(hash, text, 2 * value->n);
    wipe(text, sizeof text);
}

static void add_uri(struct sipreg_hash *hash, const struct sipreg_request *request)
{
    struct sipreg_request_uri uri = sipreg_digest_uri(request);

    add(hash, uri.parts[0]);
    add(hash, uri.parts[1]);
}

static void add_count(struct sipreg_hash *hash, uint32_t count)
{
    struct sipreg_hash_value nc = {
        {(uint8_t)(count >> 24), (uint8_t)(count >> 16), (uint8_t)(count >> 8), (uint8_t)count}, 4};
    add_hex(hash, &nc);
}

static int end(struct sipreg_hash *hash, enum sipreg_algorithm algorithm,
               struct sipreg_hash_value *value)
{
    value->n = sipreg_digest_size(algorithm);
    return sipreg_hash_end(hash, value->octets);
}

static int nibble(char c)
{
    if (!sipreg_is(c, SIPREG_HEX))
        return -1;
    return sipreg_is(c, SIPREG_DIGIT) ? c - '0' : sipreg_lower(c) - 'a' + 10;
}

int sipreg_digest_read_hex(struct sipreg_str text, struct sipreg_hash_value *value)
{
    if (text.n != 2 * value->n)
        return SIPREG_ARGUMENT;
    for (size_t i = 0; i < value->n; i++) {
        int high = nibble(text.p[2 * i]), low = nibble(text.p[2 * i + 1]);
        if (high < 0 || low < 0)
            return SIPREG_ARGUMENT;
        value->octets[i] = (uint8_t)(high * 16 + low);
    }
    return SIPREG_OK;
}

bool sipreg_digest_same(const struct sipreg_hash_value *a, const struct sipreg_hash_value *b)
{
    unsigned differing = 0;

    for (size_t i = 0; i < a->n; i++)
        differing |= (unsigned)a->octets[i] ^ b->octets[i];
    return differing == 0;
}

static int ha1_from_password(const struct sipreg_subject *s, struct sipreg_hash_value *ha1)
{
    struct sipreg_hash hash;

    sipreg_hash_start(&hash, hash_of(s->challenge->algorithm));
    add(&hash, s->user);
    add_colon(&hash);
    add_unescaped(&hash, s->challenge->realm);
    add_colon(&hash);
    add(&hash, sipreg_str_of(s->credentials->password));
    return end(&hash, s->challenge->algorithm, ha1);
}

static int ha1(const struct sipreg_subject *s, struct sipreg_hash_value *ha1)
{
    enum sipreg_algorithm algorithm = s->challenge->algorithm;
    struct sipreg_hash hash;
    int result;

    ha1->n = sipreg_digest_size(algorithm);
    if (s->credentials->password != NULL)
        result = ha1_from_password(s, ha1);
    else if (s->credentials->ha1_algorithm == hash_of(algorithm))
        result = sipreg_digest_read_hex(sipreg_str_of(s->credentials->ha1), ha1);
    else
        return SIPREG_ARGUMENT;
    if (result != SIPREG_OK || !sipreg_digest_is_session(algorithm))
        return result;
    sipreg_hash_start(&hash, hash_of(algorithm));
    add_hex(&hash, ha1);
    add_colon(&hash);
    add_unescaped(&hash, s->challenge->nonce);
    add_colon(&hash);
    add(&hash, sipreg_str_of(s->challenge->cnonce));
    return end(&hash, algorithm, ha1);
}

/* H(body), for auth-int. */
static int hash_body(const struct sipreg_subject *s, struct sipreg_str body,
                     struct sipreg_hash_value *entity)
{
    struct sipreg_hash hash;

    sipreg_hash_start(&hash, hash_of(s->challenge->algorithm));
    add(&hash, body);
    return end(&hash, s->challenge->algorithm, entity);
}

/* method empty: that of rspauth. */
static int ha2(const struct sipreg_subject *s, const char *method, enum sipreg_qop qop,
               struct sipreg_str body, struct sipreg_hash_value *ha2)
{
    struct sipreg_hash hash;
    struct sipreg_hash_value entity;

    if (qop == SIPREG_QOP_AUTH_INT && hash_body(s, body, &entity) != SIPREG_OK)
        return SIPREG_HASH;
    sipreg_hash_start(&hash, hash_of(s->challenge->algorithm));
    add(&hash, sipreg_str_of(method));
    add_colon(&hash);
    add_uri(&hash, s->request);
    if (qop == SIPREG_QOP_AUTH_INT) {
        add_colon(&hash);
        add_hex(&hash, &entity);
    }
    return end(&hash, s->challenge->algorithm, ha2);
}

static struct sipreg_str qop_name(enum sipreg_qop qop)
{
    return qop == SIPREG_QOP_AUTH ? SIPREG_LITERAL("auth") : SIPREG_LITERAL("auth-int");
}

static int combine(const struct sipreg_subject *s, const struct sipreg_hash_value *ha1,
                   const struct sipreg_hash_value *ha2, enum sipreg_qop qop, uint32_t count,
                   struct sipreg_hash_value *response)
{
    struct sipreg_hash hash;

    sipreg_hash_start(&hash, hash_of(s->challenge->algorithm));
    add_hex(&hash, ha1);
    add_colon(&hash);
    add_unescaped(&hash, s->challenge->nonce);
    add_colon(&hash);
    if (qop != SIPREG_QOP_NONE) {
        add_count(&hash, count);
        add_colon(&hash);
        add(&hash, sipreg_str_of(s->challenge->cnonce));
        add_colon(&hash);
        add(&hash, qop_name(qop));
        add_colon(&hash);
    }
    add_hex(&hash, ha2);
    return end(&hash, s->challenge->algorithm, response);
}

int sipreg_digest_compute(const struct sipreg_subject *s, const char *method,
                          struct sipreg_str body, enum sipreg_qop qop, uint32_t count,
                          struct sipreg_hash_value *response)
{
    struct sipreg_hash_value secret = {{0}, 0}, second = {{0}, 0};
    int result = ha1(s, &secret);

    if (result == SIPREG_OK)
        result = ha2(s, method, qop, body, &second);
    if (result == SIPREG_OK)
        result = combine(s, &secret, &second, qop, count, response);
    wipe(&secret, sizeof secret);
    return result;
}

SIPREG_APART static int hash_user(const struct sipreg_subject *s,
                                  struct sipreg_hash_value *userhash)
{
    struct sipreg_hash hash;

    sipreg_hash_start(&hash, hash_of(s->challenge->algorithm));
    add(&hash, s->user);
    add_colon(&hash);
    add_unescaped(&hash, s->challenge->realm);
    return end(&hash, s->challenge->algorithm, userhash);
}

/* Is the text between the quotes, read without its escapes, this one? */
static bool means(struct sipreg_str quoted, struct sipreg_str text)
{
    size_t n = 0;

    for (size_t i = 0; i < quoted.n; i++) {
        if (quoted.p[i] == '\\' && i + 1 < quoted.n)
            i++;
        if (n == text.n || quoted.p[i] != text.p[n++])
            return false;
    }
    return n == text.n;
}

int sipreg_digest_suits(const struct sipreg_challenge *challenge,
                        const struct sipreg_credentials *credentials, struct sipreg_str user)
{
    if (credentials->user != NULL)
        user = sipreg_str_of(credentials->user);
    if (challenge->realm.p == NULL) /* reading it failed */
        return SIPREG_STATE;
    if (user.n == 0 || !sipreg_str_text(user))
        return SIPREG_ARGUMENT;
    if (credentials->password == NULL &&
        (credentials->ha1 == NULL || credentials->ha1_algorithm != hash_of(challenge->algorithm)))
        return SIPREG_ARGUMENT;
    if (credentials->realm != NULL && !means(challenge->realm, sipreg_str_of(credentials->realm)))
        return SIPREG_CHALLENGE;
    return SIPREG_OK;
}

/* auth, unless there is a body to protect or only auth-int is offered. */
static enum sipreg_qop choose_qop(unsigned offered, bool body)
{
    if ((offered & SIPREG_QOP_AUTH_INT) != 0 && (body || (offered & SIPREG_QOP_AUTH) == 0))
        return SIPREG_QOP_AUTH_INT;
    return (offered & SIPREG_QOP_AUTH) != 0 ? SIPREG_QOP_AUTH : SIPREG_QOP_NONE;
}

static struct sipreg_str body_of(const struct sipreg_request *request)
{
    struct sipreg_str body = {NULL, 0};

    if (request->body != NULL) {
        body.p = (const char *)request->body->bytes;
        body.n = request->body->size;
    }
    return body;
}

/* A nonce's first answer makes the cnonce that stays with it; so does the first after a reboot. */
static int prepare(struct sipreg_challenge *challenge, sipreg_random *random, void *context)
{
    if (challenge->count == UINT32_MAX)
        return SIPREG_CHALLENGE;
    if (challenge->count > 0 && challenge->cnonce[0] != '\0')
        return SIPREG_OK;
    return sipreg_ident(challenge->cnonce, sizeof challenge->cnonce, "", random, context);
}

int sipreg_digest_answer(struct sipreg_answer *answer, struct sipreg_challenge *challenge,
                         const struct sipreg_credentials *credentials, struct sipreg_str user,
                         const struct sipreg_request *request, sipreg_random *random, void *context)
{
    static const struct sipreg_answer empty;
    struct sipreg_hash_value value;
    struct sipreg_answer got = empty;

    *answer = empty;
    got.user = credentials->user != NULL ? sipreg_str_of(credentials->user) : user;
    struct sipreg_subject s = {challenge, credentials, got.user, request};
    int result = sipreg_digest_suits(challenge, credentials, user);
    if (result == SIPREG_OK)
        result = prepare(challenge, random, context);
    if (result != SIPREG_OK)
        return result;
    got.challenge = challenge;
    got.count = challenge->count + 1;
    got.qop = choose_qop(challenge->qop, request->body != NULL);
    result = sipreg_digest_compute(&s, "REGISTER", body_of(request), got.qop, got.count, &value);
    if (result != SIPREG_OK)
        return result;
    memcpy(got.response, value.octets, sizeof got.response);
    if (challenge->userhash) {
        result = hash_user(&s, &value);
        if (result != SIPREG_OK)
            return result;
        memcpy(got.userhash, value.octets, sizeof got.userhash);
    }
    challenge->count++; /* an answer that failed is not sent: its nc is still to come */
    *answer = got;
    return SIPREG_OK;
}

int sipreg_challenge_answer(struct sipreg_answer *answer, struct sipreg_challenge *challenge,
                            const struct sipreg_credentials *credentials,
                            const struct sipreg_request *request, sipreg_random *random, void *user)
{
    struct sipreg_str nobody = {NULL, 0};

    return sipreg_digest_answer(answer, challenge, credentials, nobody, request, random, user);
}
