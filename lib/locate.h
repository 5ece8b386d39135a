/*
 * locate.h - the parts of a lookup: what the URI says, and what the DNS.
 */
#ifndef SIPREG_LIB_LOCATE_H
#define SIPREG_LIB_LOCATE_H

#include "str.h"

#include <sipreg/locate.h>

static inline unsigned sipreg_locate_bit(unsigned transport)
{
    return 1U << transport;
}

/* Appends a name to the text and tells where; 0: it is the root, or there is no room. */
uint16_t sipreg_locate_keep(struct sipreg_locate *locate, struct sipreg_str name);

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
