/*
 * crypto.c: what is the hash of this text, in hex, and where do random bytes come from?
 *
 * Written for mbedTLS 2.28 and 3.x. The names below that differ between the two are mapped once,
 * here at the top.
 *
 * SHA-512/256 is not SHA-512 cut short: it starts from another initial value. mbedTLS lacks it, but
 * its SHA-512 will do once that value is in its state. FIPS 180-4 5.3.6 says how the value comes
 * about, and we compute it by that recipe: less to get wrong than eight long constants.
 */
#include "crypto.h"

#include <mbedtls/md.h>
#include <mbedtls/sha512.h>
#include <mbedtls/version.h>

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#if MBEDTLS_VERSION_NUMBER < 0x03000000
#define MBEDTLS_PRIVATE(member) member
#define sha512_starts           mbedtls_sha512_starts_ret
#define sha512_update           mbedtls_sha512_update_ret
#define sha512_finish           mbedtls_sha512_finish_ret
#else
#define sha512_starts mbedtls_sha512_starts
#define sha512_update mbedtls_sha512_update
#define sha512_finish mbedtls_sha512_finish
#endif

#define HASH_BYTES_MAX 64

/* Neither can fail for a hash in software, and there is no way on if one does. */
static void must(int result)
{
    if (result == 0)
        return;
    fputs("sipreg-registrar: mbedTLS fails to hash or to give random bytes\n", stderr);
    abort();
}

/* The value is that hash's result, eight words with the high byte first. It has to be read from the
 * result: the state is still there after finishing in 2.28, and is wiped in 3.6. */
static void use_initial_value_of_512_256(mbedtls_sha512_context *context)
{
    static const char name[] = "SHA-512/256";
    unsigned char result[HASH_BYTES_MAX];
    mbedtls_sha512_context generator;
    size_t i;

    mbedtls_sha512_init(&generator);
    must(sha512_starts(&generator, 0));
    for (i = 0; i < 8; i++)
        generator.MBEDTLS_PRIVATE(state)[i] ^= UINT64_C(0xa5a5a5a5a5a5a5a5);
    must(sha512_update(&generator, (const unsigned char *)name, sizeof name - 1));
    must(sha512_finish(&generator, result));
    mbedtls_sha512_free(&generator);
    for (i = 0; i < HASH_BYTES_MAX; i++)
        context->MBEDTLS_PRIVATE(state)[i / 8] =
            context->MBEDTLS_PRIVATE(state)[i / 8] << 8 | result[i];
}

static void sha512_256(const unsigned char *bytes, size_t n, unsigned char *result)
{
    mbedtls_sha512_context context;

    mbedtls_sha512_init(&context);
    must(sha512_starts(&context, 0));
    use_initial_value_of_512_256(&context);
    must(sha512_update(&context, bytes, n));
    must(sha512_finish(&context, result));
    mbedtls_sha512_free(&context);
}

static void write_hex(const unsigned char *bytes, size_t n, char *hex)
{
    static const char digits[] = "0123456789abcdef";
    size_t i;

    for (i = 0; i < n; i++) {
        hex[2 * i] = digits[bytes[i] >> 4];
        hex[2 * i + 1] = digits[bytes[i] & 15];
    }
    hex[2 * n] = '\0';
}

void hash_bytes(enum hash hash, struct text text, char hex[HEX_MAX])
{
    const unsigned char *bytes = (const unsigned char *)(text.n > 0 ? text.at : "");
    unsigned char result[HASH_BYTES_MAX];

    if (hash == HASH_MD5)
        must(mbedtls_md(mbedtls_md_info_from_type(MBEDTLS_MD_MD5), bytes, text.n, result));
    else if (hash == HASH_SHA_256)
        must(mbedtls_md(mbedtls_md_info_from_type(MBEDTLS_MD_SHA256), bytes, text.n, result));
    else
        sha512_256(bytes, text.n, result);
    write_hex(result, hash == HASH_MD5 ? 16 : 32, hex);
}

/* What is hashed comes from one message and the options, so twice the longest message holds it;
 * should it not, the hash is that of a cut text and simply does not match. */
void hash_format(enum hash hash, char hex[HEX_MAX], const char *format, ...)
{
    char buffer[32768];
    struct text text = {buffer, 0};
    va_list arguments;
    int n;

    va_start(arguments, format);
    n = vsnprintf(buffer, sizeof buffer, format, arguments);
    va_end(arguments);
    if (n > 0)
        text.n = (size_t)n < sizeof buffer ? (size_t)n : sizeof buffer - 1;
    hash_bytes(hash, text, hex);
}

bool random_open(struct random *random)
{
    mbedtls_entropy_init(&random->entropy);
    mbedtls_ctr_drbg_init(&random->drbg);
    return mbedtls_ctr_drbg_seed(&random->drbg, mbedtls_entropy_func, &random->entropy, NULL, 0) ==
           0;
}

void random_close(struct random *random)
{
    mbedtls_ctr_drbg_free(&random->drbg);
    mbedtls_entropy_free(&random->entropy);
}

void random_hex(struct random *random, char *text, size_t digits)
{
    unsigned char bytes[32];

    must(mbedtls_ctr_drbg_random(&random->drbg, bytes, digits / 2));
    write_hex(bytes, digits / 2, text);
}
