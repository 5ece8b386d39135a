/*
 * hash.c - a hash port that can fail, in place of a library's. What it computes is no hash, but
 * depends on every octet.
 */
#include "faults.h"

#include "hash.h"

bool sipreg_hash_available(unsigned algorithm)
{
    return algorithm != 0;
}

void sipreg_hash_start(struct sipreg_hash *hash, unsigned algorithm)
{
    hash->algorithm = algorithm;
    hash->error = 0;
    hash->context.alignment = UINT64_C(0xCBF29CE484222325);
}

void sipreg_hash_add(struct sipreg_hash *hash, const void *octets, size_t n)
{
    for (size_t i = 0; i < n; i++)
        hash->context.alignment = (hash->context.alignment ^ ((const unsigned char *)octets)[i]) *
                                  UINT64_C(0x100000001B3);
}

int sipreg_hash_end(struct sipreg_hash *hash, uint8_t digest[SIPREG_DIGEST_SIZE])
{
    for (size_t i = 0; i < SIPREG_DIGEST_SIZE; i++) {
        hash->context.alignment *= UINT64_C(0x9E3779B97F4A7C15);
        digest[i] = (uint8_t)(hash->context.alignment >> 56);
    }
    return fault_strikes(FAULT_HASH) ? SIPREG_HASH : SIPREG_OK;
}
