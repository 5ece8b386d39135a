/*
 * digest.h - computing a digest; answers for a user name that is a slice.
 */
#ifndef SIPREG_LIB_DIGEST_H
#define SIPREG_LIB_DIGEST_H

#include "str.h"

#include <sipreg/digest.h>

/* As sipreg_challenge_answer(); user stands in where the credentials have none. */
int sipreg_digest_answer(struct sipreg_answer *answer, struct sipreg_challenge *challenge,
                         const struct sipreg_credentials *credentials, struct sipreg_str user,
                         const struct sipreg_request *request, sipreg_random *random,
                         void *context);

/* Are there credentials, and for this challenge? SIPREG_OK; SIPREG_ARGUMENT, SIPREG_CHALLENGE: not;
   SIPREG_STATE: the challenge is empty. */
int sipreg_digest_suits(const struct sipreg_challenge *challenge,
                        const struct sipreg_credentials *credentials, struct sipreg_str user);

struct sipreg_hash_value {
    uint8_t octets[SIPREG_DIGEST_SIZE];
    size_t n;
};

/* The credentials and what they answer. */
struct sipreg_subject {
    const struct sipreg_challenge *challenge;
    const struct sipreg_credentials *credentials;
    struct sipreg_str user;
    const struct sipreg_request *request;
};

/* The response to the challenge, for the method that makes it (empty for rspauth), this body, qop
   and nonce count. SIPREG_OK, SIPREG_ARGUMENT (credentials), SIPREG_HASH. */
int sipreg_digest_compute(const struct sipreg_subject *s, const char *method,
                          struct sipreg_str body, enum sipreg_qop qop, uint32_t count,
                          struct sipreg_hash_value *response);

/* Reads value->n octets in hex, of either case. SIPREG_ARGUMENT: not just so many. */
int sipreg_digest_read_hex(struct sipreg_str text, struct sipreg_hash_value *value);

/* Of one length: are they the same? Takes as long wherever they differ: one of them is a secret
   that whoever sent the other could else guess octet by octet. */
bool sipreg_digest_same(const struct sipreg_hash_value *a, const struct sipreg_hash_value *b);

/* One of the -sess algorithms? */
bool sipreg_digest_is_session(enum sipreg_algorithm algorithm);

/* Octets of a digest of this algorithm. */
size_t sipreg_digest_size(enum sipreg_algorithm algorithm);

/* The Request-URI in parts, to be strung together: the registrar, or made from the AOR's domain. */
struct sipreg_request_uri {
    struct sipreg_str parts[2];
};
struct sipreg_request_uri sipreg_digest_uri(const struct sipreg_request *request);

#endif
