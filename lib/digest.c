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

/*@ assigns \nothing; */
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

/*@ requires \valid(whole) && readable(aor);
    requires absent(whole->parts[0]) && absent(whole->parts[1]);
    assigns whole->parts[0 .. 1];
    ensures readable(whole->parts[0]) && readable(whole->parts[1]);
    ensures inside(whole->parts[0], aor) && inside(whole->parts[1], aor);
*/
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

/*@ requires \valid(hash) && readable(s) && \separated(hash, s.p + (0 .. s.n - 1));
    assigns *hash;
*/
static void add(struct sipreg_hash *hash, struct sipreg_str s)
{
    sipreg_hash_add(hash, s.p, s.n);
}

/*@ requires \valid(hash);
    assigns *hash;
*/
static void add_colon(struct sipreg_hash *hash)
{
    sipreg_hash_add(hash, ":", 1);
}

/*@ requires \valid(hash) && readable(s) && \separated(hash, s.p + (0 .. s.n - 1));
    assigns *hash;
*/
static void add_unescaped(struct sipreg_hash *hash, struct sipreg_str s)
{
    const char *end = s.p + s.n, *escape;

    /*@ loop invariant readable(s) && part(s, \at(s, Pre)) && end == s.p + s.n;
        loop assigns s, escape, *hash;
        loop variant s.n;
    */
    while (s.n > 0 && (escape = (const char *)memchr(s.p, '\\', s.n)) != NULL && escape + 1 < end) {
        add(hash, sipreg_str_between(s.p, escape));
        sipreg_hash_add(hash, escape + 1, 1);
        s = sipreg_str_between(escape + 2, end);
    }
    add(hash, s);
}

/*@ requires \valid(hash) && readable(value) && \separated(hash, value);
    assigns *hash;
*/
static void add_hex(struct sipreg_hash *hash, const struct sipreg_hash_value *value)
{
    char text[2 * SIPREG_DIGEST_SIZE];

    sipreg_hex(text, value->octets, value->n);
    sipreg_hash_add(hash, text, 2 * value->n);
    wipe(text, sizeof text);
}

/*@ requires \valid(hash) && lends_uri(request);
    requires request->registrar != \null ==>
        \separated(hash, request->registrar + (0 .. strlen(request->registrar)));
    requires request->aor != \null ==>
        \separated(hash, request->aor + (0 .. strlen(request->aor)));
    assigns *hash;
*/
static void add_uri(struct sipreg_hash *hash, const struct sipreg_request *request)
{
    struct sipreg_request_uri uri = sipreg_digest_uri(request);

    add(hash, uri.parts[0]);
    add(hash, uri.parts[1]);
}

/*@ requires \valid(hash);
    assigns *hash;
*/
static void add_count(struct sipreg_hash *hash, uint32_t count)
{
    struct sipreg_hash_value nc = {
        {(uint8_t)(count >> 24), (uint8_t)(count >> 16), (uint8_t)(count >> 8), (uint8_t)count}, 4};
    add_hex(hash, &nc);
}

/*@ requires \valid(hash) && \valid(value) && \separated(hash, value);
    assigns *hash, *value;
    ensures value->n == 16 || value->n == 32;
    ensures \result == SIPREG_OK || \result == SIPREG_HASH;
*/
static int end(struct sipreg_hash *hash, enum sipreg_algorithm algorithm,
               struct sipreg_hash_value *value)
{
    value->n = sipreg_digest_size(algorithm);
    return sipreg_hash_end(hash, value->octets);
}

/*@ assigns \nothing;
    ensures -1 <= \result <= 15;
*/
static int nibble(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = sipreg_lower(c);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

int sipreg_digest_read_hex(struct sipreg_str text, struct sipreg_hash_value *value)
{
    if (text.n != 2 * value->n)
        return SIPREG_ARGUMENT;
    /*@ loop invariant 0 <= i <= value->n;
        loop assigns i, value->octets[0 .. SIPREG_DIGEST_SIZE - 1];
        loop variant value->n - i;
    */
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

    /*@ loop invariant 0 <= i <= a->n;
        loop assigns i, differing;
        loop variant a->n - i;
    */
    for (size_t i = 0; i < a->n; i++)
        differing |= (unsigned)a->octets[i] ^ b->octets[i];
    return differing == 0;
}

/*@ requires readable(s) && s->credentials->password != \null;
    requires \valid(ha1) && \separated(ha1, s, s->challenge, s->credentials);
    assigns *ha1;
    ensures \result == SIPREG_OK || \result == SIPREG_HASH;
    ensures ha1->n == 16 || ha1->n == 32;
*/
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

/*@ requires readable(s) && \valid(ha1) && \separated(ha1, s, s->challenge, s->credentials);
    assigns *ha1;
    ensures \result == SIPREG_OK || \result == SIPREG_ARGUMENT || \result == SIPREG_HASH;
    ensures ha1->n == 16 || ha1->n == 32;
*/
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

/*@ requires readable(s) && readable(body) && \valid(entity);
    requires \separated(entity, s, s->challenge, s->credentials);
    assigns *entity;
    ensures \result == SIPREG_OK || \result == SIPREG_HASH;
    ensures entity->n == 16 || entity->n == 32;
*/
/* H(body), for auth-int. */
static int hash_body(const struct sipreg_subject *s, struct sipreg_str body,
                     struct sipreg_hash_value *entity)
{
    struct sipreg_hash hash;

    sipreg_hash_start(&hash, hash_of(s->challenge->algorithm));
    add(&hash, body);
    return end(&hash, s->challenge->algorithm, entity);
}

/*@ requires readable(s) && valid_read_string(method) && readable(body) && \valid(ha2);
    requires \separated(ha2, s, s->challenge, s->credentials, s->request);
    assigns *ha2;
    ensures \result == SIPREG_OK || \result == SIPREG_HASH;
    ensures \result == SIPREG_OK ==> ha2->n == 16 || ha2->n == 32;
*/
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

/*@ assigns \nothing;
    ensures readable(\result);
*/
static struct sipreg_str qop_name(enum sipreg_qop qop)
{
    return qop == SIPREG_QOP_AUTH ? SIPREG_LITERAL("auth") : SIPREG_LITERAL("auth-int");
}

/*@ requires readable(s) && readable(ha1) && readable(ha2) && \valid(response);
    requires \separated(response, s, s->challenge, ha1, ha2);
    assigns *response;
    ensures \result == SIPREG_OK || \result == SIPREG_HASH;
    ensures response->n == 16 || response->n == 32;
*/
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
    wipe(secret.octets, sizeof secret.octets);
    return result;
}

/*@ requires readable(s) && \valid(userhash) && \separated(userhash, s, s->challenge);
    assigns *userhash;
    ensures \result == SIPREG_OK || \result == SIPREG_HASH;
*/
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

/*@ requires readable(quoted) && readable(text);
    assigns \nothing;
*/
/* Is the text between the quotes, read without its escapes, this one? */
static bool means(struct sipreg_str quoted, struct sipreg_str text)
{
    size_t n = 0;

    /*@ loop invariant 0 <= i <= quoted.n && n <= text.n && n <= i;
        loop assigns i, n;
        loop variant quoted.n - i;
    */
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

/*@ assigns \nothing;
    ensures \result == SIPREG_QOP_NONE || (\result & offered) != 0;
*/
/* auth, unless there is a body to protect or only auth-int is offered. */
static enum sipreg_qop choose_qop(unsigned offered, bool body)
{
    if ((offered & SIPREG_QOP_AUTH_INT) != 0 && (body || (offered & SIPREG_QOP_AUTH) == 0))
        return SIPREG_QOP_AUTH_INT;
    return (offered & SIPREG_QOP_AUTH) != 0 ? SIPREG_QOP_AUTH : SIPREG_QOP_NONE;
}

/*@ requires lends_body(request);
    assigns \nothing;
    ensures readable(\result);
*/
static struct sipreg_str body_of(const struct sipreg_request *request)
{
    struct sipreg_str body = {NULL, 0};

    if (request->body != NULL) {
        body.p = (const char *)request->body->bytes;
        body.n = request->body->size;
    }
    return body;
}

/*@ requires \valid(challenge) && valid_read_string(&challenge->cnonce[0]);
    assigns challenge->cnonce[0 .. SIPREG_CNONCE_SIZE - 1];
    ensures valid_read_string(&challenge->cnonce[0]);
    ensures others: \forall char *s;
        \old(valid_read_string(s) && \separated(challenge, s + (0 .. strlen(s)))) ==>
        valid_read_string(s);
    ensures \result == SIPREG_OK ==> challenge->count < UINT32_MAX;
    ensures \result <= SIPREG_OK;
*/
/* A nonce's first answer makes the cnonce that stays with it; so does the first after a reboot. */
static int prepare(struct sipreg_challenge *challenge, sipreg_random *random, void *context)
{
    static const char no_prefix[] = "";

    //@ assert no_prefix[0] == '\0';
    if (challenge->count == UINT32_MAX)
        return SIPREG_CHALLENGE;
    if (challenge->count > 0 && challenge->cnonce[0] != '\0')
        return SIPREG_OK;
    return sipreg_ident(challenge->cnonce, sizeof challenge->cnonce, no_prefix, random, context);
}

/*@ requires \valid(answer);
    assigns *answer;
    ensures answer->challenge == \null;
*/
static void clear(struct sipreg_answer *answer)
{
    static const struct sipreg_answer empty;

    *answer = empty;
}

/*@ requires \valid(to + (0 .. SIPREG_DIGEST_SIZE - 1)) && \valid_read(value);
    requires \separated(to + (0 .. SIPREG_DIGEST_SIZE - 1), value);
    assigns to[0 .. SIPREG_DIGEST_SIZE - 1];
*/
static void keep(uint8_t to[SIPREG_DIGEST_SIZE], const struct sipreg_hash_value *value)
{
    /*@ loop invariant 0 <= i <= SIPREG_DIGEST_SIZE;
        loop assigns i, to[0 .. SIPREG_DIGEST_SIZE - 1];
        loop variant SIPREG_DIGEST_SIZE - i;
    */
    for (size_t i = 0; i < SIPREG_DIGEST_SIZE; i++)
        to[i] = value->octets[i];
}

/*@ requires \valid(answer) && readable(challenge) && challenge->count < UINT32_MAX;
    requires readable(credentials) && readable(user) && lends_uri(request) && lends_body(request);
    requires \separated(answer, challenge, credentials, request);
    assigns answer->qop, answer->count, answer->response[0 .. SIPREG_DIGEST_SIZE - 1],
            answer->userhash[0 .. SIPREG_DIGEST_SIZE - 1];
    ensures \result <= SIPREG_OK;
*/
/* What is computed of an answer. */
static int respond(struct sipreg_answer *answer, const struct sipreg_challenge *challenge,
                   const struct sipreg_credentials *credentials, struct sipreg_str user,
                   const struct sipreg_request *request)
{
    const struct sipreg_subject s = {challenge, credentials, user, request};
    struct sipreg_hash_value value = {{0}, 0};
    //@ assert readable(challenge);
    //@ assert optional(credentials->user) && optional(credentials->password);
    //@ assert optional(credentials->ha1) && optional(credentials->realm);
    //@ assert lends_uri(request) && lends_body(request);
    //@ assert readable(&s);
    static const char method[] = "REGISTER";
    int result;

    //@ assert method[8] == '\0';
    keep(answer->userhash, &value); /* none, unless it is asked for */
    answer->qop = choose_qop(challenge->qop, request->body != NULL);
    answer->count = challenge->count + 1;
    result =
        sipreg_digest_compute(&s, method, body_of(request), answer->qop, answer->count, &value);
    keep(answer->response, &value);
    if (result != SIPREG_OK || !challenge->userhash)
        return result;
    result = hash_user(&s, &value);
    keep(answer->userhash, &value);
    return result;
}

int sipreg_digest_answer(struct sipreg_answer *answer, struct sipreg_challenge *challenge,
                         const struct sipreg_credentials *credentials, struct sipreg_str user,
                         const struct sipreg_request *request, sipreg_random *random, void *context)
{
    int result;

    if (credentials->user != NULL)
        user = sipreg_str_of(credentials->user);
    result = sipreg_digest_suits(challenge, credentials, user);
    if (result == SIPREG_OK)
        result = prepare(challenge, random, context);
    //@ assert user: optional(credentials->user);
    //@ assert optional(credentials->password);
    //@ assert optional(credentials->ha1);
    //@ assert optional(credentials->realm);
    //@ assert optional(request->registrar);
    //@ assert optional(request->aor);
    if (result == SIPREG_OK)
        result = respond(answer, challenge, credentials, user, request);
    if (result != SIPREG_OK) {
        clear(answer);
        return result;
    }
    answer->challenge = challenge;
    answer->next = NULL;
    answer->user = user;
    challenge->count++; /* an answer that failed is not sent: its nc is still to come */
    return SIPREG_OK;
}

/*@ requires \valid(answer) && \valid(challenge) && readable(challenge);
    requires readable(credentials) && lends_uri(request) && lends_body(request);
    requires \separated(answer, challenge, credentials, request) &&
             (request->body != \null ==> \separated(answer, request->body));
    requires lent_apart(challenge, credentials, request);
    assigns *answer, challenge->count, challenge->cnonce[0 .. SIPREG_CNONCE_SIZE - 1];
    ensures valid_read_string(&challenge->cnonce[0]) && \result <= SIPREG_OK;
*/
int sipreg_challenge_answer(struct sipreg_answer *answer, struct sipreg_challenge *challenge,
                            const struct sipreg_credentials *credentials,
                            const struct sipreg_request *request, sipreg_random *random, void *user)
{
    struct sipreg_str nobody = {NULL, 0};

    return sipreg_digest_answer(answer, challenge, credentials, nobody, request, random, user);
}
