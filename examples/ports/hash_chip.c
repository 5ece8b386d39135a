/*
 * hash_chip.c - a hash port for a chip with a hash engine and a random generator (chip.h is yours).
 *
 * Build it in place of the library's hash_*.c with -Ilib, or name it to the amalgamation by
 * SIPREG_HASH_FILE, which needs no hash.h. One hash is under way at a time.
 */
#ifndef SIPREG_HASH_FILE
#include "hash.h"
#endif

#include "chip.h"

bool sipreg_hash_available(unsigned algorithm)
{
    return algorithm == SIPREG_MD5 || algorithm == SIPREG_SHA256;
}

void sipreg_hash_start(struct sipreg_hash *hash, unsigned algorithm)
{
    hash->error = chip_hash_start(algorithm == SIPREG_MD5 ? CHIP_MD5 : CHIP_SHA256);
}

void sipreg_hash_add(struct sipreg_hash *hash, const void *octets, size_t n)
{
    if (hash->error == 0)
        hash->error = chip_hash_write(octets, n);
}

int sipreg_hash_end(struct sipreg_hash *hash, uint8_t digest[SIPREG_DIGEST_SIZE])
{
    int error = chip_hash_read(digest); /* ends it also after an error, and clears the engine */
    return hash->error == 0 && error == 0 ? SIPREG_OK : SIPREG_HASH;
}

/* The `random` of struct sipreg_io. */
int chip_random(void *user, void *out, size_t n)
{
    (void)user;
    return chip_random_read(out, n);
}
