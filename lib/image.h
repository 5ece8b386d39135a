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

/*@ predicate readable{L}(struct sipreg_challenge c) =
        readable(c.realm) && readable(c.nonce) && readable(c.opaque) && readable(c.algorithm_raw);

    // The texts are those of before.
    predicate same(struct sipreg_challenge a, struct sipreg_challenge b) =
        a.realm == b.realm && a.nonce == b.nonce && a.opaque == b.opaque &&
        a.algorithm_raw == b.algorithm_raw;
    predicate same{A, B}(struct sipreg_image *i) =
        \at(i->call_id, A) == \at(i->call_id, B) && \at(i->tag, A) == \at(i->tag, B) &&
        \at(i->contact, A) == \at(i->contact, B) && \at(i->replaced, A) == \at(i->replaced, B) &&
        \at(i->routes, A) == \at(i->routes, B) &&
        (\forall integer k; 0 <= k < SIPREG_MAX_REALMS ==>
         same(\at(i->sessions[k], A), \at(i->sessions[k], B)));

    // All texts, of so many sessions.
    predicate readable{L}(struct sipreg_image *i, integer sessions) =
        readable(i->call_id) && readable(i->tag) && readable(i->contact) &&
        readable(i->replaced) && readable(i->routes) &&
        (\forall integer k; 0 <= k < sessions && k < SIPREG_MAX_REALMS ==>
         readable(i->sessions[k]));

    // They lie between the two, or are absent.
    predicate inside{L}(struct sipreg_challenge c, char *first, char *end) =
        inside(c.realm, first, end) && inside(c.nonce, first, end) &&
        inside(c.opaque, first, end) && inside(c.algorithm_raw, first, end);
    predicate inside{L}(struct sipreg_image *i, char *first, char *end) =
        inside(i->call_id, first, end) && inside(i->tag, first, end) &&
        inside(i->contact, first, end) && inside(i->replaced, first, end) &&
        inside(i->routes, first, end) &&
        (\forall integer k; 0 <= k < i->session_count && k < SIPREG_MAX_REALMS ==>
         inside(i->sessions[k], first, end));

    // No text is a part of these octets.
    predicate apart{L}(struct sipreg_str s, char *to, integer size) =
        \separated(s.p + (0 .. s.n - 1), to + (0 .. size - 1));
    predicate apart{L}(struct sipreg_challenge c, char *to, integer size) =
        apart(c.realm, to, size) && apart(c.nonce, to, size) && apart(c.opaque, to, size) &&
        apart(c.algorithm_raw, to, size);
    predicate apart{L}(struct sipreg_image *i, char *to, integer size) =
        apart(i->call_id, to, size) && apart(i->tag, to, size) && apart(i->contact, to, size) &&
        apart(i->replaced, to, size) && apart(i->routes, to, size) &&
        (\forall integer k; 0 <= k < SIPREG_MAX_REALMS ==> apart(i->sessions[k], to, size));
*/

/*@ requires readable(s);
    assigns \nothing;
*/
/* CRC-32 of IEEE 802.3; carried on from crc, which is 0 at first. */
uint32_t sipreg_image_crc(uint32_t crc, struct sipreg_str s);

/*@ requires \valid(image) && readable(image, SIPREG_MAX_REALMS);
    assigns *image;
    ensures readable(image, SIPREG_MAX_REALMS) && same{Old, Here}(image);
*/
/* How many octets it takes, and these octets. It is only looked at. */
size_t sipreg_image_size(struct sipreg_image *image);
/*@ requires \valid(image) && readable(image, SIPREG_MAX_REALMS) && apart(image, (char *)to, size);
    requires to != \null && size <= INT32_MAX && \valid((char *)to + (0 .. size - 1));
    requires \separated(image, (char *)to + (0 .. size - 1));
    assigns *image, ((char *)to)[0 .. size - 1];
*/
void sipreg_image_write(struct sipreg_image *image, void *to, size_t size);

/*@ requires \valid(image) && n <= PTRDIFF_MAX && \valid_read(p + (0 .. n - 1));
    requires \separated(image, p + (0 .. n - 1));
    assigns *image;
    ensures \result <= 0;
    ensures \result == SIPREG_OK ==> image->session_count <= SIPREG_MAX_REALMS;
    ensures \result == SIPREG_OK ==> inside(image, p, p + n);
*/
/* SIPREG_SYNTAX: cut off, spoilt or of another version; SIPREG_LIMIT: more sessions than this build
   has room for. */
int sipreg_image_read(struct sipreg_image *image, const char *p, size_t n);

#endif
