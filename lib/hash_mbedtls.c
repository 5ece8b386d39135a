/*
 * hash_mbedtls.c - the hash port on mbedTLS 2.28 and 3.x, by its contexts per algorithm.
 *
 * Not through mbedtls_md: its setup allocates. mbedTLS has no SHA-512/256, but that is SHA-512 from
 * another initial value, cut to 256 bits (FIPS 180-4 5.3.6.2, 6.7), so it takes writing eight words
 * into a started context. mbedTLS 4 has only PSA: hash_psa.c.
 */
#include "hash.h"

#include <mbedtls/md5.h>
#include <mbedtls/sha256.h>
#include <mbedtls/sha512.h>
#include <mbedtls/version.h>

#include <string.h>

#if MBEDTLS_VERSION_NUMBER < 0x03000000
#define NAME(function) function##_ret
#define FIELD(member)  member
#else
#define NAME(function) function
#define FIELD(member)  MBEDTLS_PRIVATE(member)
#endif

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
    return NAME(mbedtls_md5_starts)(&c->md5);
}
#endif

#if defined(MBEDTLS_SHA256_C)
static int sha256_start(union context *c)
{
    mbedtls_sha256_init(&c->sha256);
    return NAME(mbedtls_sha256_starts)(&c->sha256, 0);
}
#endif

#if defined(MBEDTLS_SHA512_C)
static int sha512_256_start(union context *c)
{
    static const uint64_t initial[8] = {
        UINT64_C(0x22312194FC2BF72C), UINT64_C(0x9F555FA3C84C64C2), UINT64_C(0x2393B86B6F53B151),
        UINT64_C(0x963877195940EABD), UINT64_C(0x96283EE2A88EFFE3), UINT64_C(0xBE5E1E2553863992),
        UINT64_C(0x2B0199FC2C85B8AA), UINT64_C(0x0EB72DDC81C52CA2),
    };
    int result;

    mbedtls_sha512_init(&c->sha512);
    result = NAME(mbedtls_sha512_starts)(&c->sha512, 0);
    memcpy(c->sha512.FIELD(state), initial, sizeof initial);
    return result;
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
        return sha512_256_start(context(hash));
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
        return NAME(mbedtls_md5_update)(&context(hash)->md5, octets, n);
#endif
#if defined(MBEDTLS_SHA256_C)
    case SIPREG_SHA256:
        return NAME(mbedtls_sha256_update)(&context(hash)->sha256, octets, n);
#endif
#if defined(MBEDTLS_SHA512_C)
    case SIPREG_SHA512_256:
        return NAME(mbedtls_sha512_update)(&context(hash)->sha512, octets, n);
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

/* full takes SHA-512's 64 octets, of which SHA-512/256 is the first half. */
static int finish(struct sipreg_hash *hash, unsigned char full[64])
{
    int result = -1;

    switch (hash->algorithm) {
#if defined(MBEDTLS_MD5_C)
    case SIPREG_MD5:
        result = NAME(mbedtls_md5_finish)(&context(hash)->md5, full);
        mbedtls_md5_free(&context(hash)->md5);
        break;
#endif
#if defined(MBEDTLS_SHA256_C)
    case SIPREG_SHA256:
        result = NAME(mbedtls_sha256_finish)(&context(hash)->sha256, full);
        mbedtls_sha256_free(&context(hash)->sha256);
        break;
#endif
#if defined(MBEDTLS_SHA512_C)
    case SIPREG_SHA512_256:
        result = NAME(mbedtls_sha512_finish)(&context(hash)->sha512, full);
        mbedtls_sha512_free(&context(hash)->sha512);
        break;
#endif
    default:
        break;
    }
    return result;
}

int sipreg_hash_end(struct sipreg_hash *hash, uint8_t digest[SIPREG_DIGEST_SIZE])
{
    unsigned char full[64] = {0};
    int result = finish(hash, full);

    if (hash->error == 0)
        hash->error = result;
    memcpy(digest, full, SIPREG_DIGEST_SIZE);
    return hash->error == 0 ? SIPREG_OK : SIPREG_HASH;
}
