/*
 * crypto.h: hashes as hex text, and random bytes. With tls.c the only place that knows mbedTLS.
 */
#ifndef REGISTRAR_CRYPTO_H
#define REGISTRAR_CRYPTO_H

#include "text.h"

#include <mbedtls/ctr_drbg.h>
#include <mbedtls/entropy.h>

enum hash { HASH_MD5, HASH_SHA_256, HASH_SHA_512_256 };

#define HEX_MAX 65 /* 64 digits and a NUL */

/* Writes the hash in lower-case hex, NUL terminated. */
void hash_bytes(enum hash hash, struct text bytes, char hex[HEX_MAX]);

/* The same over a formatted text, such as "%s:%s:%s". */
void hash_format(enum hash hash, char hex[HEX_MAX], const char *format, ...) PRINTF_LIKE(3, 4);

struct random {
    mbedtls_entropy_context entropy;
    mbedtls_ctr_drbg_context drbg;
};

bool random_open(struct random *random);
void random_close(struct random *random);

/* Fills text with digits hex digits and a NUL; digits is even and at most 64. */
void random_hex(struct random *random, char *text, size_t digits);

#endif
