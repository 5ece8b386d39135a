/*
 * chip.c - such a chip, played by OpenSSL. Its engine holds one hash: a second one at the same time
 * is an error that the program sees.
 */
#include "chip.h"

#include <openssl/evp.h>
#include <openssl/rand.h>

static EVP_MD_CTX *engine;

int chip_hash_start(enum chip_hash algorithm)
{
    if (engine != NULL)
        return -1;
    engine = EVP_MD_CTX_new();
    return EVP_DigestInit_ex(engine, algorithm == CHIP_MD5 ? EVP_md5() : EVP_sha256(), NULL) == 1
               ? 0
               : -1;
}

int chip_hash_write(const void *octets, size_t n)
{
    return EVP_DigestUpdate(engine, octets, n) == 1 ? 0 : -1;
}

int chip_hash_read(void *digest)
{
    int result = EVP_DigestFinal_ex(engine, digest, NULL) == 1 ? 0 : -1;

    EVP_MD_CTX_free(engine);
    engine = NULL;
    return result;
}

int chip_random_read(void *out, size_t n)
{
    return RAND_bytes(out, (int)n) == 1 ? 0 : -1;
}
