/*
 * mbedtls_config.h - which hashes does the matrix build of mbedTLS? All that lib/hash_mbedtls.c can
 * use, and nothing else.
 */
#ifndef SIPREG_TESTS_FIRMWARE_MBEDTLS_CONFIG_H
#define SIPREG_TESTS_FIRMWARE_MBEDTLS_CONFIG_H

#define MBEDTLS_MD5_C
#define MBEDTLS_SHA256_C
#define MBEDTLS_SHA256_SMALLER
#define MBEDTLS_SHA512_C
#define MBEDTLS_SHA512_SMALLER

#endif
