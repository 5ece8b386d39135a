/*
 * mbedtls_config.h - what digests need of mbedTLS, and nothing else. No heap.
 */
#define MBEDTLS_MD5_C
#define MBEDTLS_SHA256_C
#define MBEDTLS_SHA256_SMALLER
