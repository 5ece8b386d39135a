/*
 * locate.h - the parts of a lookup: what the URI says, and what the DNS.
 */
#ifndef SIPREG_LIB_LOCATE_H
#define SIPREG_LIB_LOCATE_H

#include "str.h"

#include <sipreg/locate.h>

/*@ // The last octet of the text is never written over, so whatever name stands there ends.
    predicate texts{L}(struct sipreg_locate *l) =
        \valid(l) && l->used <= SIPREG_LOCATE_SIZE && l->text[SIPREG_LOCATE_SIZE - 1] == '\0';
*/

/*@ requires transport < 32;
    assigns \nothing;
    ensures \result == 1 << transport;
*/
static inline unsigned sipreg_locate_bit(unsigned transport)
{
    return 1U << transport;
}

/*@ requires texts(locate) && readable(name);
    requires \separated(locate, name.p + (0 .. name.n - 1));
    assigns locate->used, locate->text[locate->used .. SIPREG_LOCATE_SIZE - 1];
    ensures texts(locate) && \old(locate->used) <= locate->used;
    ensures \result == 0 || \result == \old(locate->used) < locate->used;
*/
/* Appends a name to the text and tells where; 0: it is the root, or there is no room. */
uint16_t sipreg_locate_keep(struct sipreg_locate *locate, struct sipreg_str name);

/*@ requires texts(locate) && readable(text);
    requires \separated(locate, text.p + (0 .. text.n - 1));
    assigns locate->fixed, locate->numeric, locate->allowed, locate->port, locate->domain,
            locate->target, locate->own, locate->used, locate->text[0 .. SIPREG_LOCATE_SIZE - 1];
    ensures texts(locate);
    ensures \result == SIPREG_OK || \result == SIPREG_ARGUMENT || \result == SIPREG_LIMIT;
    ensures \result == SIPREG_OK ==> locate->allowed != 0;
    ensures \result == SIPREG_OK ==>
        locate->domain < locate->own && 0 < locate->target < locate->own == locate->used;
*/
/* Fills in what a URI says. SIPREG_OK, SIPREG_ARGUMENT, SIPREG_LIMIT. */
int sipreg_locate_uri(struct sipreg_locate *locate, struct sipreg_str text);

/*
 * Makes a list of the records of this type, in the order in which they are to be tried; where room
 * ends, go those that would have been last. NAPTR: services, and if there are none, each transport;
 * SRV: servers; AAAA, A: places, added to those there are.
 */
void sipreg_locate_read(struct sipreg_locate *locate, enum sipreg_dns_type type,
                        const struct sipreg_record *records, size_t count);

#endif
