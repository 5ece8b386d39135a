/*
 * hash_openssl.c - the hash port on OpenSSL 1.1.1 and 3.x, by its EVP interface.
 *
 * OpenSSL allocates its contexts: with this port, and only with it, computing a digest uses the
 * heap (OpenSSL's, for the length of one hash).
 */
#include "hash.h"

#include <openssl/evp.h>

#include <string.h>

typedef char context_fits[sizeof(EVP_MD_CTX *) <= SIPREG_HASH_SPACE ? 1 : -1];

static const EVP_MD *algorithm_of(unsigned algorithm)
{
    switch (algorithm) {
    case SIPREG_MD5:
        return EVP_md5();
    case SIPREG_SHA256:
        return EVP_sha256();
    case SIPREG_SHA512_256:
        return EVP_sha512_256();
    default:
        return NULL;
    }
}

bool sipreg_hash_available(unsigned algorithm)
{
    return algorithm_of(algorithm) != NULL;
}

void sipreg_hash_start(struct sipreg_hash *hash, unsigned algorithm)
{
    const EVP_MD *md = algorithm_of(algorithm);
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();

    hash->algorithm = algorithm;
    hash->context.pointer = ctx;
    hash->error = ctx == NULL || md == NULL || EVP_DigestInit_ex(ctx, md, NULL) != 1;
}

void sipreg_hash_add(struct sipreg_hash *hash, const void *octets, size_t n)
{
    if (hash->error == 0)
        hash->error = EVP_DigestUpdate((EVP_MD_CTX *)hash->context.pointer, octets, n) != 1;
}

int sipreg_hash_end(struct sipreg_hash *hash, uint8_t digest[SIPREG_DIGEST_SIZE])
{
    EVP_MD_CTX *ctx = (EVP_MD_CTX *)hash->context.pointer;

    memset(digest, 0, SIPREG_DIGEST_SIZE);
    if (hash->error == 0)
        hash->error = EVP_DigestFinal_ex(ctx, digest, NULL) != 1;
    EVP_MD_CTX_free(ctx); /* wipes */
    hash->context.pointer = NULL;
    return hash->error == 0 ? SIPREG_OK : SIPREG_HASH;
}
