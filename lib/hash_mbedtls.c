/*
 * hash_mbedtls.c - the hash port on mbedTLS 2.28 and 3.x, by its contexts per algorithm.
 *
 * Not through mbedtls_md: its setup allocates. mbedTLS 4 has only PSA: hash_psa.c.
 */
#include "hash.h"
#include "hash_sha512_256.h"

#include <mbedtls/md5.h>
#include <mbedtls/sha256.h>
#include <mbedtls/version.h>

#include <string.h>

union context {
#if defined(MBEDTLS_MD5_C)
    mbedtls_md5_context md5;
#endif
#if defined(MBEDTLS_SHA256_C)
    mbedtls_sha256_context sha256;
#endif
#if defined(MBEDTLS_SHA512_C)
    mbedtls_sha512_context sha512;
#endif
    int none;
};

typedef char context_fits[sizeof(union context) <= SIPREG_HASH_SPACE ? 1 : -1];

static union context *context(struct sipreg_hash *hash)
{
    return (union context *)(void *)hash->context.space;
}

#if defined(MBEDTLS_MD5_C)
static int md5_start(union context *c)
{
    mbedtls_md5_init(&c->md5);
    return SIPREG_MBEDTLS(mbedtls_md5_starts)(&c->md5);
}
#endif

#if defined(MBEDTLS_SHA256_C)
static int sha256_start(union context *c)
{
    mbedtls_sha256_init(&c->sha256);
    return SIPREG_MBEDTLS(mbedtls_sha256_starts)(&c->sha256, 0);
}
#endif

bool sipreg_hash_available(unsigned algorithm)
{
    switch (algorithm) {
#if defined(MBEDTLS_MD5_C)
    case SIPREG_MD5:
        return true;
#endif
#if defined(MBEDTLS_SHA256_C)
    case SIPREG_SHA256:
        return true;
#endif
#if defined(MBEDTLS_SHA512_C)
    case SIPREG_SHA512_256:
        return true;
#endif
    default:
        return false;
    }
}

static int start(struct sipreg_hash *hash)
{
    switch (hash->algorithm) {
#if defined(MBEDTLS_MD5_C)
    case SIPREG_MD5:
        return md5_start(context(hash));
#endif
#if defined(MBEDTLS_SHA256_C)
    case SIPREG_SHA256:
        return sha256_start(context(hash));
#endif
#if defined(MBEDTLS_SHA512_C)
    case SIPREG_SHA512_256:
        return sha512_256_start(&context(hash)->sha512);
#endif
    default:
        return -1;
    }
}

void sipreg_hash_start(struct sipreg_hash *hash, unsigned algorithm)
{
    hash->algorithm = algorithm;
    hash->error = start(hash);
}

static int add(struct sipreg_hash *hash, const unsigned char *octets, size_t n)
{
    switch (hash->algorithm) {
#if defined(MBEDTLS_MD5_C)
    case SIPREG_MD5:
        return SIPREG_MBEDTLS(mbedtls_md5_update)(&context(hash)->md5, octets, n);
#endif
#if defined(MBEDTLS_SHA256_C)
    case SIPREG_SHA256:
        return SIPREG_MBEDTLS(mbedtls_sha256_update)(&context(hash)->sha256, octets, n);
#endif
#if defined(MBEDTLS_SHA512_C)
    case SIPREG_SHA512_256:
        return sha512_256_add(&context(hash)->sha512, octets, n);
#endif
    default:
        return -1;
    }
}

void sipreg_hash_add(struct sipreg_hash *hash, const void *octets, size_t n)
{
    if (hash->error == 0 && n > 0)
        hash->error = add(hash, (const unsigned char *)octets, n);
}

static int finish(struct sipreg_hash *hash, uint8_t *digest)
{
    int result = -1;

    switch (hash->algorithm) {
#if defined(MBEDTLS_MD5_C)
    case SIPREG_MD5:
        result = SIPREG_MBEDTLS(mbedtls_md5_finish)(&context(hash)->md5, digest);
        mbedtls_md5_free(&context(hash)->md5);
        break;
#endif
#if defined(MBEDTLS_SHA256_C)
    case SIPREG_SHA256:
        result = SIPREG_MBEDTLS(mbedtls_sha256_finish)(&context(hash)->sha256, digest);
        mbedtls_sha256_free(&context(hash)->sha256);
        break;
#endif
#if defined(MBEDTLS_SHA512_C)
    case SIPREG_SHA512_256:
        result = sha512_256_end(&context(hash)->sha512, digest);
        break;
#endif
    default:
        break;
    }
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
