/*
 * failing_hash.h - a hash port that fails at any point when it is told to, and may lack an
 * algorithm.
 *
 * The one source of a program that includes it brings this port, so that none is taken from the
 * library. It is a sum of octets.
 */
#ifndef SIPREG_TESTS_FAILING_HASH_H
#define SIPREG_TESTS_FAILING_HASH_H

#include "support.h"

#include "../lib/hash.h"

static int ends_left = -1; /* until one fails; negative: none does */
static int open_hashes;
static unsigned lacking = SIPREG_SHA512_256;

bool sipreg_hash_available(unsigned algorithm)
{
    return algorithm != lacking;
}

void sipreg_hash_start(struct sipreg_hash *hash, unsigned algorithm)
{
    hash->algorithm = algorithm;
    hash->context.alignment = 0;
    open_hashes++;
}

void sipreg_hash_add(struct sipreg_hash *hash, const void *octets, size_t n)
{
    for (size_t i = 0; i < n; i++)
        hash->context.alignment = hash->context.alignment * 31 + ((const unsigned char *)octets)[i];
}

int sipreg_hash_end(struct sipreg_hash *hash, uint8_t digest[SIPREG_DIGEST_SIZE])
{
    open_hashes--;
    for (size_t i = 0; i < SIPREG_DIGEST_SIZE; i++)
        digest[i] = (uint8_t)(hash->context.alignment >> i % 8);
    return ends_left-- == 0 ? SIPREG_HASH : SIPREG_OK;
}

#endif
