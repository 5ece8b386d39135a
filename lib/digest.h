/*
 * digest.h - computing a digest; answers for a user name that is a slice.
 */
#ifndef SIPREG_LIB_DIGEST_H
#define SIPREG_LIB_DIGEST_H

#include "str.h"

#include <sipreg/digest.h>

/*@ predicate optional{L}(char *s) = s == \null || valid_read_string(s);

    // What a challenge, credentials and a request lend to a digest can be read.
    predicate readable{L}(struct sipreg_challenge *c) =
        \valid_read(c) && readable(c->realm) && readable(c->nonce) && readable(c->opaque) &&
        readable(c->algorithm_raw) && valid_read_string(&c->cnonce[0]);

    predicate readable{L}(struct sipreg_credentials *c) =
        \valid_read(c) && optional(c->user) && optional(c->password) && optional(c->ha1) &&
        optional(c->realm);

    predicate lends_uri{L}(struct sipreg_request *r) =
        \valid_read(r) && optional(r->registrar) && optional(r->aor);

    predicate lends_body{L}(struct sipreg_request *r) =
        \valid_read(r) && (r->body != \null ==>
            \valid_read(r->body) && r->body->size <= PTRDIFF_MAX &&
            \valid_read((char *)r->body->bytes + (0 .. r->body->size - 1)));

    // Where the cnonce is written nothing else stands.
    predicate apart{L}(struct sipreg_challenge *c, char *text) =
        text != \null ==> \separated(c, text + (0 .. strlen(text)));

    predicate lent_apart{L}(struct sipreg_challenge *c, struct sipreg_credentials *with,
                            struct sipreg_request *r) =
        apart(c, with->user) && apart(c, with->password) && apart(c, with->ha1) &&
        apart(c, with->realm) && apart(c, r->registrar) && apart(c, r->aor) &&
        \separated(c, c->realm.p + (0 .. c->realm.n - 1)) &&
        \separated(c, c->nonce.p + (0 .. c->nonce.n - 1)) &&
        (r->body != \null ==> \separated(c, r->body));

    // The slice is a part of this text, or absent.
    predicate of{L}(struct sipreg_str s, char *text) =
        text == \null ? absent(s) : inside(s, text, text + strlen(text));
*/

/* As sipreg_challenge_answer(); user stands in where the credentials have none. */
/*@ requires \valid(answer) && \valid(challenge) && readable(challenge);
    requires readable(credentials) && readable(user) && lends_uri(request) && lends_body(request);
    requires \separated(answer, challenge, credentials, request) &&
             (request->body != \null ==> \separated(answer, request->body));
    requires lent_apart(challenge, credentials, request);
    requires \separated(challenge, user.p + (0 .. user.n - 1));
    assigns *answer, challenge->count, challenge->cnonce[0 .. SIPREG_CNONCE_SIZE - 1];
    ensures valid_read_string(&challenge->cnonce[0]);
    ensures \result <= SIPREG_OK;
    ensures \result == SIPREG_OK ==>
        answer->challenge == challenge && challenge->count == \old(challenge->count) + 1;
    ensures \result != SIPREG_OK ==>
        answer->challenge == \null && challenge->count == \old(challenge->count);
*/
int sipreg_digest_answer(struct sipreg_answer *answer, struct sipreg_challenge *challenge,
                         const struct sipreg_credentials *credentials, struct sipreg_str user,
                         const struct sipreg_request *request, sipreg_random *random,
                         void *context);

/* Are there credentials, and for this challenge? SIPREG_OK; SIPREG_ARGUMENT, SIPREG_CHALLENGE: not;
   SIPREG_STATE: the challenge is empty. */
/*@ requires readable(challenge) && readable(credentials) && readable(user);
    assigns \nothing;
    ensures \result == SIPREG_OK || \result == SIPREG_ARGUMENT || \result == SIPREG_CHALLENGE ||
            \result == SIPREG_STATE;
    ensures \result == SIPREG_OK ==> credentials->password != \null || credentials->ha1 != \null;
*/
int sipreg_digest_suits(const struct sipreg_challenge *challenge,
                        const struct sipreg_credentials *credentials, struct sipreg_str user);

struct sipreg_hash_value {
    uint8_t octets[SIPREG_DIGEST_SIZE];
    size_t n;
};

/*@ predicate readable{L}(struct sipreg_hash_value *v) =
        \valid_read(v) && v->n <= SIPREG_DIGEST_SIZE;
*/

/* The credentials and what they answer. */
struct sipreg_subject {
    const struct sipreg_challenge *challenge;
    const struct sipreg_credentials *credentials;
    struct sipreg_str user;
    const struct sipreg_request *request;
};

/*@ predicate readable{L}(struct sipreg_subject *s) =
        \valid_read(s) && readable(s->challenge) && readable(s->credentials) &&
        readable(s->user) && lends_uri(s->request);

    predicate has_secret{L}(struct sipreg_credentials *c) =
        c->password != \null || c->ha1 != \null;
*/

/* The response to the challenge, for the method that makes it (empty for rspauth), this body, qop
   and nonce count. SIPREG_OK, SIPREG_ARGUMENT (credentials), SIPREG_HASH. */
/*@ requires readable(s) && valid_read_string(method) && readable(body);
    requires \valid(response) && \separated(response, s, s->challenge, s->credentials, s->request);
    assigns *response;
    ensures \result == SIPREG_OK || \result == SIPREG_ARGUMENT || \result == SIPREG_HASH;
    ensures \result == SIPREG_OK ==> response->n == 16 || response->n == 32;
*/
int sipreg_digest_compute(const struct sipreg_subject *s, const char *method,
                          struct sipreg_str body, enum sipreg_qop qop, uint32_t count,
                          struct sipreg_hash_value *response);

/* Reads value->n octets in hex, of either case. SIPREG_ARGUMENT: not just so many. */
/*@ requires readable(text) && \valid(value) && value->n <= SIPREG_DIGEST_SIZE;
    assigns value->octets[0 .. SIPREG_DIGEST_SIZE - 1];
    ensures \result == SIPREG_OK || \result == SIPREG_ARGUMENT;
    ensures \result == SIPREG_OK ==> text.n == 2 * value->n;
*/
int sipreg_digest_read_hex(struct sipreg_str text, struct sipreg_hash_value *value);

/* Of one length: are they the same? Takes as long wherever they differ: one of them is a secret
   that whoever sent the other could else guess octet by octet. */
/*@ requires readable(a) && readable(b) && a->n == b->n;
    assigns \nothing;
*/
bool sipreg_digest_same(const struct sipreg_hash_value *a, const struct sipreg_hash_value *b);

/* One of the -sess algorithms? */
/*@ assigns \nothing; */
bool sipreg_digest_is_session(enum sipreg_algorithm algorithm);

/* Octets of a digest of this algorithm. */
/*@ assigns \nothing;
    ensures \result == 16 || \result == 32;
*/
size_t sipreg_digest_size(enum sipreg_algorithm algorithm);

/* The Request-URI in parts, to be strung together: the registrar, or made from the AOR's domain. */
struct sipreg_request_uri {
    struct sipreg_str parts[2];
};
/*@ requires lends_uri(request);
    assigns \nothing;
    ensures readable(\result.parts[0]) && readable(\result.parts[1]);
    ensures request->registrar != \null ==>
        of(\result.parts[0], request->registrar) && absent(\result.parts[1]);
    ensures request->registrar == \null ==>
        of(\result.parts[0], request->aor) && of(\result.parts[1], request->aor);
*/
struct sipreg_request_uri sipreg_digest_uri(const struct sipreg_request *request);

#endif
