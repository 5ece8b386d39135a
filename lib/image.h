/*
 * image.h - what a snapshot keeps, and its octets.
 */
#ifndef SIPREG_LIB_IMAGE_H
#define SIPREG_LIB_IMAGE_H

#include "str.h"

#include <sipreg/config.h>
#include <sipreg/digest.h>

enum { SIPREG_IMAGE_BOUND = 1, SIPREG_IMAGE_LISTED = 2 }; /* by URI or instance */

/* What is kept. Its texts point into the client, or into the snapshot. */
struct sipreg_image {
    uint32_t owner; /* whose registration this is: a CRC-32 of its addresses */
    uint32_t cseq;  /* the last one used; 0: there were no requests */
    struct sipreg_str call_id, tag;
    uint32_t fact;    /* these bits; 0: unknown */
    uint32_t left;    /* seconds that the binding lives on, or 0 */
    uint32_t granted; /* seconds */
    uint32_t floor;   /* seconds */
    uint32_t place;   /* where we were when this was our contact: a CRC-32 of the local address */
    struct sipreg_str contact;  /* that may be bound; or empty */
    struct sipreg_str replaced; /* the same of the one before it */
    struct sipreg_str routes;
    uint32_t session_count;
    struct sipreg_challenge sessions[SIPREG_MAX_REALMS];
};

/* CRC-32 of IEEE 802.3; carried on from crc, which is 0 at first. */
uint32_t sipreg_image_crc(uint32_t crc, struct sipreg_str s);

/* How many octets it takes, and these octets. It is only looked at. */
size_t sipreg_image_size(struct sipreg_image *image);
void sipreg_image_write(struct sipreg_image *image, void *to, size_t size);

/* SIPREG_SYNTAX: cut off, spoilt or of another version; SIPREG_LIMIT: more sessions than this build
   has room for. */
int sipreg_image_read(struct sipreg_image *image, const char *p, size_t n);

#endif
