/*
 * hash_sha512_256.h - SHA-512/256 by the SHA-512 of mbedTLS 2.28 and 3.x.
 *
 * mbedTLS does not have it, but it is SHA-512 from another initial value, cut to 256 bits (FIPS
 * 180-4 5.3.6.2, 6.7), so it takes writing eight words into a started context. mbedTLS 4 keeps its
 * contexts to itself: there it is not to be had.
 */
#ifndef SIPREG_LIB_HASH_SHA512_256_H
#define SIPREG_LIB_HASH_SHA512_256_H

#include "hash.h"

#include <mbedtls/platform_util.h>
#include <mbedtls/sha512.h>
#include <mbedtls/version.h>

#include <string.h>

#if MBEDTLS_VERSION_NUMBER < 0x03000000
#define SIPREG_MBEDTLS(function)     function##_ret
#define SIPREG_MBEDTLS_FIELD(member) member
#else
#define SIPREG_MBEDTLS(function)     function
#define SIPREG_MBEDTLS_FIELD(member) MBEDTLS_PRIVATE(member)
#endif

static inline int sha512_256_start(mbedtls_sha512_context *context)
{
    static const uint64_t initial[8] = {
        UINT64_C(0x22312194FC2BF72C), UINT64_C(0x9F555FA3C84C64C2), UINT64_C(0x2393B86B6F53B151),
        UINT64_C(0x963877195940EABD), UINT64_C(0x96283EE2A88EFFE3), UINT64_C(0xBE5E1E2553863992),
        UINT64_C(0x2B0199FC2C85B8AA), UINT64_C(0x0EB72DDC81C52CA2),
    };
    int result;

    mbedtls_sha512_init(context);
    result = SIPREG_MBEDTLS(mbedtls_sha512_starts)(context, 0);
    memcpy(context->SIPREG_MBEDTLS_FIELD(state), initial, sizeof initial);
    return result;
}

static inline int sha512_256_add(mbedtls_sha512_context *context, const void *octets, size_t n)
{
    return SIPREG_MBEDTLS(mbedtls_sha512_update)(context, (const unsigned char *)octets, n);
}

static inline int sha512_256_end(mbedtls_sha512_context *context,
                                 uint8_t digest[SIPREG_DIGEST_SIZE])
{
    unsigned char full[64] = {0}; /* of SHA-512; the first half is it */
    int result = SIPREG_MBEDTLS(mbedtls_sha512_finish)(context, full);

    mbedtls_sha512_free(context);
    memcpy(digest, full, SIPREG_DIGEST_SIZE);
    mbedtls_platform_zeroize(full, sizeof full); /* it may be HA1 */
    return result;
}

#endif
