/*
 * hash.h - the one thing that sipreg does not do itself: MD5, SHA-256, SHA-512/256.
 *
 * hash_mbedtls.c, hash_psa.c and hash_openssl.c are three ports of these functions; a program is
 * built with one of them. Errors stick: end tells whether all went well. Every start is followed by
 * one end, which wipes what was hashed.
 */
#ifndef SIPREG_LIB_HASH_H
#define SIPREG_LIB_HASH_H

#include <sipreg/digest.h>

/* Room for the largest context of a port; each one checks that its own fits. */
#define SIPREG_HASH_SPACE 272

struct sipreg_hash {
    unsigned algorithm; /* SIPREG_MD5, SIPREG_SHA256 or SIPREG_SHA512_256 */
    int error;
    union {
        uint64_t alignment;
        void *pointer;
        unsigned char space[SIPREG_HASH_SPACE];
    } context;
};

/* Does this port have it? Of the three plain algorithms. */
/*@ assigns \nothing; */
bool sipreg_hash_available(unsigned algorithm);

/*@ requires \valid(hash);
    assigns *hash;
*/
void sipreg_hash_start(struct sipreg_hash *hash, unsigned algorithm);
/*@ requires \valid(hash) && n <= PTRDIFF_MAX && \valid_read((char *)octets + (0 .. n - 1));
    requires \separated(hash, (char *)octets + (0 .. n - 1));
    assigns *hash;
*/
void sipreg_hash_add(struct sipreg_hash *hash, const void *octets, size_t n);
/* Writes the octets of the digest. SIPREG_OK or SIPREG_HASH. */
/*@ requires \valid(hash) && \valid(digest + (0 .. SIPREG_DIGEST_SIZE - 1));
    requires \separated(hash, digest + (0 .. SIPREG_DIGEST_SIZE - 1));
    assigns *hash, digest[0 .. SIPREG_DIGEST_SIZE - 1];
    ensures \result == SIPREG_OK || \result == SIPREG_HASH;
*/
int sipreg_hash_end(struct sipreg_hash *hash, uint8_t digest[SIPREG_DIGEST_SIZE]);

#endif
