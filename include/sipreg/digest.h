/*
 * sipreg/digest.h - challenges and their answers (RFC 3261 22, RFC 7616, RFC 8760).
 */
#ifndef SIPREG_DIGEST_H
#define SIPREG_DIGEST_H

#include <sipreg/request.h>
#include <sipreg/response.h>
#include <sipreg/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Bits, so that a policy can name several. */
enum sipreg_algorithm {
    SIPREG_MD5 = 1,
    SIPREG_MD5_SESS = 2,
    SIPREG_SHA256 = 4,
    SIPREG_SHA256_SESS = 8,
    SIPREG_SHA512_256 = 16,
    SIPREG_SHA512_256_SESS = 32
};

enum sipreg_qop { SIPREG_QOP_NONE = 0, SIPREG_QOP_AUTH = 1, SIPREG_QOP_AUTH_INT = 2 };

#define SIPREG_CNONCE_SIZE 17
#define SIPREG_DIGEST_SIZE 32

/*
 * A Digest challenge, and the authentication session that it opens (RFC 7616 3.6): the count of its
 * nonce and the cnonce belong to it. The slices are the octets between the quotes as received, with
 * backslash escapes in place, and point into the response.
 */
struct sipreg_challenge {
    struct sipreg_str realm;
    struct sipreg_str nonce;
    struct sipreg_str opaque;        /* absent, or there and perhaps empty */
    struct sipreg_str algorithm_raw; /* as received; absent means MD5 */
    enum sipreg_algorithm algorithm;
    unsigned qop; /* offered ones, bits of enum sipreg_qop; 0: the parameter was absent */
    bool stale;
    bool userhash;
    bool utf8;      /* charset=UTF-8 */
    bool proxy;     /* from Proxy-Authenticate: is answered with Proxy-Authorization */
    uint32_t count; /* requests sent with this nonce: the nc of the last one */
    char cnonce[SIPREG_CNONCE_SIZE];
};

struct sipreg_credentials {
    const char *user;       /* as the server knows it, unescaped */
    const char *password;   /* unescaped; or NULL when ha1 is set */
    const char *ha1;        /* hex of H(user:realm:password) with the plain (not -sess) algorithm */
    unsigned ha1_algorithm; /* SIPREG_MD5, SIPREG_SHA256 or SIPREG_SHA512_256: the one of ha1 */
    const char *realm;      /* only for this realm; NULL: for any */
};

/* What to refuse. All zero refuses nothing. */
struct sipreg_policy {
    unsigned refuse;  /* algorithms not to be used, bits of enum sipreg_algorithm */
    bool require_qop; /* refuse a challenge without qop (RFC 2069) */
    /* By a client: refuse MD5 where it has answered the same realm by SHA-256 or SHA-512-256 since
       init, or before the snapshot that it was loaded from (RFC 7616 5.8). Whoever can ask for MD5
       can also make up a realm, so config.realm should say which one there is. */
    bool refuse_downgrade;
};

/* Computed credentials: no secret in it. Points to its challenge and to the user name. */
struct sipreg_answer {
    const struct sipreg_challenge *challenge;
    const struct sipreg_answer *next; /* of another realm, for the same request; or NULL */
    struct sipreg_str user;
    enum sipreg_qop qop;
    uint32_t count; /* nc */
    uint8_t response[SIPREG_DIGEST_SIZE];
    uint8_t userhash[SIPREG_DIGEST_SIZE];
};

/*
 * Finds the first challenge of the response that this build can answer: Digest, a known algorithm,
 * a known qop or none. WWW-Authenticate and Proxy-Authenticate alike, whatever the status (22.3).
 * SIPREG_OK; SIPREG_CHALLENGE: there is none.
 */
SIPREG_API int sipreg_challenge_read(struct sipreg_challenge *challenge,
                                     const struct sipreg_response *response);

/* The same, one after the other in the order of the response (RFC 8760 2.4: the topmost first).
   True if there was one. */
SIPREG_API bool sipreg_challenge_next(const struct sipreg_response *response,
                                      struct sipreg_place *place,
                                      struct sipreg_challenge *challenge);

/* SIPREG_OK, or SIPREG_POLICY if the policy refuses it. */
SIPREG_API int sipreg_challenge_permitted(const struct sipreg_challenge *challenge,
                                          const struct sipreg_policy *policy);

/*
 * Computes the answer for this request and counts the nonce: called again with the same challenge
 * it makes the next nc. Answer, challenge and user name must outlive the writing of the request.
 * The password is used during the call only. Where auth and auth-int are offered, a request with a
 * body is protected by auth-int and one without by auth; take a bit out of challenge->qop to decide
 * it.
 *
 * SIPREG_OK; SIPREG_ARGUMENT: no user, neither password nor ha1, ha1 of another length or algorithm
 * than the challenge's, a user name with control characters; SIPREG_CHALLENGE: the credentials are
 * for another realm, or the nonce has been used 2^32-1 times; SIPREG_STATE: the challenge is empty,
 * reading it failed; SIPREG_HASH; SIPREG_RANDOM. On failure the answer is empty, and
 * sipreg_request_write() of a request that carries it returns SIPREG_STATE.
 */
SIPREG_API int sipreg_challenge_answer(struct sipreg_answer *answer,
                                       struct sipreg_challenge *challenge,
                                       const struct sipreg_credentials *credentials,
                                       const struct sipreg_request *request, sipreg_random *random,
                                       void *user);

/* What a 2xx says about an answer of ours (RFC 7616 3.5). */
struct sipreg_authinfo {
    bool verified;               /* rspauth was there and right: the server knows the password */
    struct sipreg_str nextnonce; /* for the next request, or absent; points into the response */
};

/*
 * Reads Authentication-Info (Proxy-Authentication-Info for a proxy's challenge) and verifies
 * rspauth, cnonce and nc. SIPREG_OK, also when there is none; SIPREG_CHALLENGE: it is wrong;
 * SIPREG_STATE: the answer is empty; SIPREG_HASH.
 */
SIPREG_API int sipreg_challenge_verify(struct sipreg_authinfo *info,
                                       const struct sipreg_answer *answer,
                                       const struct sipreg_credentials *credentials,
                                       const struct sipreg_request *request,
                                       const struct sipreg_response *response);

/* Can this build compute it? */
SIPREG_API bool sipreg_algorithm_available(enum sipreg_algorithm algorithm);

/* "SHA-256-sess" */
SIPREG_API const char *sipreg_algorithm_name(enum sipreg_algorithm algorithm);

#ifdef __cplusplus
}
#endif

#endif
