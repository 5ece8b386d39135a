/*
 * hash_psa.c - the hash port on the PSA Cryptography API: mbedTLS 2.28, 3.x and 4.x.
 *
 * psa_crypto_init() is the application's to call, before anything else. No release of mbedTLS
 * computes SHA-512/256 through PSA (the constant exists, the answer is "not supported"): where
 * there is a SHA-512 beside it, that serves; in mbedTLS 4 there is none, and a challenge that asks
 * for it is passed over like any unknown algorithm.
 */
#include "hash.h"

#include <psa/crypto.h>

#include <string.h>

#if defined(MBEDTLS_SHA512_C) && !defined(TF_PSA_CRYPTO_VERSION_NUMBER)
#define HAVE_SHA512_256
#include "hash_sha512_256.h"
#endif

union context {
    psa_hash_operation_t psa;
#if defined(HAVE_SHA512_256)
    mbedtls_sha512_context sha512;
#endif
};

typedef char context_fits[sizeof(union context) <= SIPREG_HASH_SPACE ? 1 : -1];

static union context *context(struct sipreg_hash *hash)
{
    return (union context *)(void *)hash->context.space;
}

bool sipreg_hash_available(unsigned algorithm)
{
#if defined(HAVE_SHA512_256)
    if (algorithm == SIPREG_SHA512_256)
        return true;
#endif
    return algorithm == SIPREG_MD5 || algorithm == SIPREG_SHA256;
}

static int start(struct sipreg_hash *hash)
{
    const psa_hash_operation_t fresh = PSA_HASH_OPERATION_INIT;

#if defined(HAVE_SHA512_256)
    if (hash->algorithm == SIPREG_SHA512_256)
        return sha512_256_start(&context(hash)->sha512);
#endif
    context(hash)->psa = fresh;
    if (!sipreg_hash_available(hash->algorithm))
        return -1;
    return (int)psa_hash_setup(&context(hash)->psa,
                               hash->algorithm == SIPREG_MD5 ? PSA_ALG_MD5 : PSA_ALG_SHA_256);
}

void sipreg_hash_start(struct sipreg_hash *hash, unsigned algorithm)
{
    hash->algorithm = algorithm;
    hash->error = start(hash);
}

static int add(struct sipreg_hash *hash, const void *octets, size_t n)
{
#if defined(HAVE_SHA512_256)
    if (hash->algorithm == SIPREG_SHA512_256)
        return sha512_256_add(&context(hash)->sha512, octets, n);
#endif
    return (int)psa_hash_update(&context(hash)->psa, (const uint8_t *)octets, n);
}

void sipreg_hash_add(struct sipreg_hash *hash, const void *octets, size_t n)
{
    if (hash->error == 0 && n > 0)
        hash->error = add(hash, octets, n);
}

static int finish(struct sipreg_hash *hash, uint8_t *digest)
{
    int result = hash->error;
    size_t length;

#if defined(HAVE_SHA512_256)
    if (hash->algorithm == SIPREG_SHA512_256)
        return sha512_256_end(&context(hash)->sha512, digest);
#endif
    if (result == 0)
        result = (int)psa_hash_finish(&context(hash)->psa, digest, SIPREG_DIGEST_SIZE, &length);
    psa_hash_abort(&context(hash)->psa); /* wipes; harmless after finish */
    return result;
}

int sipreg_hash_end(struct sipreg_hash *hash, uint8_t digest[SIPREG_DIGEST_SIZE])
{
    int result;

    memset(digest, 0, SIPREG_DIGEST_SIZE);
    result = finish(hash, digest);
    if (hash->error == 0)
        hash->error = result;
    return hash->error == 0 ? SIPREG_OK : SIPREG_HASH;
}
