/*
 * digest.h - answers for a user name that is a slice; what the client needs of digest.c.
 */
#ifndef SIPREG_LIB_DIGEST_H
#define SIPREG_LIB_DIGEST_H

#include <sipreg/digest.h>

/* As sipreg_challenge_answer(); user stands in where the credentials have none. */
int sipreg_digest_answer(struct sipreg_answer *answer, struct sipreg_challenge *challenge,
                         const struct sipreg_credentials *credentials, struct sipreg_str user,
                         const struct sipreg_request *request, sipreg_random *random,
                         void *context);

/* Octets of a digest of this algorithm. */
size_t sipreg_digest_size(enum sipreg_algorithm algorithm);

/* The Request-URI in parts, to be strung together: the registrar, or made from the AOR's domain. */
struct sipreg_request_uri {
    struct sipreg_str parts[3];
};
struct sipreg_request_uri sipreg_digest_uri(const struct sipreg_request *request);

#endif
