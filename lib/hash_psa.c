/*
 * hash_psa.c - the hash port on the PSA Cryptography API: mbedTLS 2.28, 3.x and 4.x.
 *
 * psa_crypto_init() is the application's to call, before anything else. No release of mbedTLS
 * computes SHA-512/256 through PSA (the constant exists, the answer is "not supported"), so it is
 * not offered here: a challenge that asks for it is passed over like any unknown algorithm.
 */
#include "hash.h"

#include <psa/crypto.h>

#include <string.h>

typedef char context_fits[sizeof(psa_hash_operation_t) <= SIPREG_HASH_SPACE ? 1 : -1];

static psa_hash_operation_t *operation(struct sipreg_hash *hash)
{
    return (psa_hash_operation_t *)(void *)hash->context.space;
}

static psa_algorithm_t algorithm_of(unsigned algorithm)
{
    return algorithm == SIPREG_MD5 ? PSA_ALG_MD5 : PSA_ALG_SHA_256;
}

bool sipreg_hash_available(unsigned algorithm)
{
    return algorithm == SIPREG_MD5 || algorithm == SIPREG_SHA256;
}

void sipreg_hash_start(struct sipreg_hash *hash, unsigned algorithm)
{
    const psa_hash_operation_t fresh = PSA_HASH_OPERATION_INIT;

    hash->algorithm = algorithm;
    memcpy(hash->context.space, &fresh, sizeof fresh);
    hash->error = -1;
    if (sipreg_hash_available(algorithm))
        hash->error = (int)psa_hash_setup(operation(hash), algorithm_of(algorithm));
}

void sipreg_hash_add(struct sipreg_hash *hash, const void *octets, size_t n)
{
    if (hash->error == 0 && n > 0)
        hash->error = (int)psa_hash_update(operation(hash), (const uint8_t *)octets, n);
}

int sipreg_hash_end(struct sipreg_hash *hash, uint8_t digest[SIPREG_DIGEST_SIZE])
{
    size_t length;

    memset(digest, 0, SIPREG_DIGEST_SIZE);
    if (hash->error == 0)
        hash->error = (int)psa_hash_finish(operation(hash), digest, SIPREG_DIGEST_SIZE, &length);
    psa_hash_abort(operation(hash)); /* wipes; harmless after finish */
    return hash->error == 0 ? SIPREG_OK : SIPREG_HASH;
}
