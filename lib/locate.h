/*
 * locate.h - the parts of a lookup: what the URI says, and what the DNS.
 */
#ifndef SIPREG_LIB_LOCATE_H
#define SIPREG_LIB_LOCATE_H

#include "str.h"

#include <sipreg/locate.h>

/*@ // The last octet of the text is never written over, so whatever name stands there ends.
    predicate texts{L}(struct sipreg_locate *l) =
        \valid(l) && l->own <= SIPREG_LOCATE_SIZE && l->kept <= SIPREG_LOCATE_SIZE &&
        l->used <= SIPREG_LOCATE_SIZE && l->domain < SIPREG_LOCATE_SIZE &&
        l->target < SIPREG_LOCATE_SIZE && l->text[SIPREG_LOCATE_SIZE - 1] == '\0';

    // Services have names, or (only UDP, TCP, TLS) take the target's; the spare ones do so too.
    predicate services{L}(struct sipreg_locate *l) =
        l->service_count <= 3 && (\forall integer k; 0 <= k < 3 ==>
            l->services[k].name < SIPREG_LOCATE_SIZE &&
            l->services[k].transport <= (l->services[k].name == 0 ? SIPREG_TLS : SIPREG_WSS));

    predicate servers{L}(struct sipreg_locate *l) =
        l->server_count <= SIPREG_MAX_TARGETS &&
        (\forall integer k; 0 <= k < SIPREG_MAX_TARGETS ==>
            l->servers[k].name < SIPREG_LOCATE_SIZE);

    predicate places{L}(struct sipreg_locate *l) =
        l->place_count <= SIPREG_MAX_TARGETS &&
        (\forall integer k; 0 <= k < SIPREG_MAX_TARGETS ==> l->places[k].transport <= SIPREG_WSS);

    predicate lists{L}(struct sipreg_locate *l) =
        texts(l) && services(l) && servers(l) && places(l) && l->transport <= SIPREG_WSS;

    predicate ended{L}(char *s) = s != \null ==> valid_read_string(s);

    // A text of the caller's, absent or ended, and no part of what is written.
    predicate foreign{L}(struct sipreg_locate *l, char *s) =
        ended(s) && (s != \null ==> \separated(l, s + (0 .. strlen(s))));

    // Whatever is written, it stays as it is.
    predicate foreign_stays{Before, After}(struct sipreg_locate *l) =
        \forall char *s; foreign{Before}(l, s) ==> foreign{After}(l, s);

    // A record has the texts of its type.
    predicate foreign{L}(struct sipreg_locate *l, struct sipreg_record *r) =
        \valid_read(r) && \separated(l, r) &&
        (r->type == SIPREG_DNS_NAPTR ==> foreign(l, r->flags) && foreign(l, r->service)) &&
        (r->type == SIPREG_DNS_NAPTR || r->type == SIPREG_DNS_SRV ==> foreign(l, r->name));

    predicate foreign{L}(struct sipreg_locate *l, struct sipreg_record *r, integer n) =
        \valid_read(r + (0 .. n - 1)) &&
        (\forall integer i; 0 <= i < n ==> foreign(l, r + i));
*/

/*@ requires transport < 32;
    assigns \nothing;
    ensures \result == 1 << transport;
*/
static inline unsigned sipreg_locate_bit(unsigned transport)
{
    return 1U << transport;
}

/*@ requires \valid_read(locate);
    assigns \nothing;
    ensures locate->now <= \result <= locate->now + seconds;
*/
/* So many seconds from now. The end of time (136 years, or a clock that has stepped back a thousand
   times) is never passed: then nothing is good any longer, and nothing rests. */
static inline uint32_t sipreg_locate_after(const struct sipreg_locate *locate, uint32_t seconds)
{
    return seconds < UINT32_MAX - locate->now ? locate->now + seconds : UINT32_MAX;
}

/*@ requires texts(locate) && readable(name);
    requires \separated(locate, name.p + (0 .. name.n - 1));
    assigns locate->used, locate->text[locate->used .. SIPREG_LOCATE_SIZE - 1];
    ensures texts(locate) && \old(locate->used) <= locate->used;
    ensures foreign_stays{Pre, Here}(locate);
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
    ensures \result == SIPREG_OK ? locate->allowed != 0 : locate->allowed == \old(locate->allowed);
    ensures \result == SIPREG_OK ==>
        locate->domain < locate->own && 0 < locate->target < locate->own == locate->used;
*/
/* Fills in what a URI says. SIPREG_OK, SIPREG_ARGUMENT, SIPREG_LIMIT. */
int sipreg_locate_uri(struct sipreg_locate *locate, struct sipreg_str text);

/*@ requires lists(locate) && count <= PTRDIFF_MAX && foreign(locate, records, count);
    requires type == SIPREG_DNS_NAPTR ==> locate->service_count == 0;
    requires type == SIPREG_DNS_SRV ==> locate->server_count == 0;
    requires type != SIPREG_DNS_NAPTR && type != SIPREG_DNS_SRV ==>
        0 < locate->server <= locate->server_count;
    assigns locate->good_until, locate->secure, locate->weakened, locate->found, locate->kept,
            locate->used, locate->text[0 .. SIPREG_LOCATE_SIZE - 1],
            locate->services[0 .. 2], locate->service_count,
            locate->servers[0 .. SIPREG_MAX_TARGETS - 1], locate->server_count,
            locate->places[0 .. SIPREG_MAX_TARGETS - 1], locate->place_count;
    ensures lists(locate);
    ensures type == SIPREG_DNS_NAPTR ? locate->kept == locate->used && 0 < locate->service_count :
        locate->kept == \old(locate->kept) && locate->service_count == \old(locate->service_count);
    ensures type != SIPREG_DNS_SRV ==> locate->server_count == \old(locate->server_count);
    ensures \old(locate->place_count) <= locate->place_count;
*/
/*
 * Makes a list of the records of this type, in the order in which they are to be tried; where room
 * ends, go those that would have been last. NAPTR: services, and if there are none, each transport;
 * SRV: servers; AAAA, A: places, added to those there are.
 */
void sipreg_locate_read(struct sipreg_locate *locate, enum sipreg_dns_type type,
                        const struct sipreg_record *records, size_t count);

#endif
