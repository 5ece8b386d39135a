/*
 * locate_lists.c - what does an answer say, and in which order? (RFC 3263 4.1, RFC 3403, RFC 2782)
 *
 * Lists are made by turns: the record whose turn it is goes in, is taken, and then it is another's.
 * One that turns out to be of no use has had its turn. So few turns serve any number of records.
 */
#include "locate.h"

#include "chars.h"
#include "ident.h"

enum { READ_MAX = 128 }; /* records of one answer */

/*@ requires lists(locate) && foreign(locate, record);
    requires record->type == SIPREG_DNS_NAPTR || record->type == SIPREG_DNS_SRV;
    assigns locate->used, locate->text[locate->used .. SIPREG_LOCATE_SIZE - 1];
    ensures lists(locate) && \result < SIPREG_LOCATE_SIZE;
    ensures foreign_stays{Pre, Here}(locate);
*/
/* The name in a record, unless it holds what no name of a host or a service does. */
static uint16_t keep_name(struct sipreg_locate *locate, const struct sipreg_record *record)
{
    struct sipreg_str name = sipreg_str_of(record->name);

    /*@ loop invariant i <= name.n;
        loop assigns i;
        loop variant name.n - i;
    */
    for (size_t i = 0; i < name.n; i++) {
        if (!sipreg_is(name.p[i], SIPREG_TOKEN))
            return 0;
    }
    return sipreg_locate_keep(locate, name);
}

/* ---------------------------------------------------------------- services */

enum { NONE = SIPREG_WSS + 1, SERVICES = 3 };

/*@ requires \valid_read(record);
    requires record->type == SIPREG_DNS_NAPTR ==> ended(record->flags) && ended(record->service);
    assigns \nothing;
    ensures \result <= NONE;
    ensures \result != NONE ==> record->type == SIPREG_DNS_NAPTR;
*/
/* The transport of a service, if it may be used; none has SCTP. */
static unsigned offered(const struct sipreg_record *record, unsigned can)
{
    static const char services[][9] = {"SIP+D2U", "SIP+D2T", "SIPS+D2T", "SIP+D2W", "SIPS+D2W"};
    struct sipreg_str service;

    if (record->type != SIPREG_DNS_NAPTR || !SIPREG_STR_IS(sipreg_str_of(record->flags), "s"))
        return NONE;
    service = sipreg_str_of(record->service);
    /*@ loop invariant i <= NONE;
        loop assigns i;
        loop variant NONE - i;
    */
    for (unsigned i = SIPREG_UDP; i <= SIPREG_WSS; i++) {
        //@ assert services[i][8] == '\0';
        if (sipreg_str_same(service, sipreg_str_of(services[i])))
            return can & sipreg_locate_bit(i) ? i : NONE;
    }
    return NONE;
}

/*@ requires lists(locate) && locate->service_count < SERVICES;
    requires name < SIPREG_LOCATE_SIZE && transport <= (name == 0 ? SIPREG_TLS : SIPREG_WSS);
    assigns locate->services[locate->service_count], locate->service_count;
    ensures lists(locate) && locate->service_count == \old(locate->service_count) + 1;
*/
static void add_service(struct sipreg_locate *locate, uint16_t name, unsigned transport)
{
    locate->services[locate->service_count].name = name;
    locate->services[locate->service_count++].transport = (uint8_t)transport;
}

/*@ requires \valid_read(record);
    assigns \nothing;
*/
static uint32_t rank(const struct sipreg_record *record)
{
    return (uint32_t)record->order * 65536 + record->preference;
}

/*@ requires count <= PTRDIFF_MAX && \valid_read(records + (0 .. count - 1)) &&
             \valid_read(offers + (0 .. count - 1));
    assigns \nothing;
    ensures \result <= count;
    ensures \result < count ==> offers[\result] != NONE;
*/
/* Whose turn it is: the lowest order and preference, of equals the last by their numbers, so that
   TLS is before TCP before UDP. count: nobody's. */
static size_t next_service(const struct sipreg_record *records, size_t count, const uint8_t *offers)
{
    size_t next = count;

    /*@ loop invariant i <= count && next <= count;
        loop invariant next < count ==> offers[next] != NONE;
        loop assigns i, next;
        loop variant count - i;
    */
    for (size_t i = 0; i < count; i++) {
        if (offers[i] == NONE)
            continue;
        if (next == count || rank(&records[i]) < rank(&records[next]) ||
            (rank(&records[i]) == rank(&records[next]) && offers[i] > offers[next]))
            next = i;
    }
    return next;
}

/*@ requires lists(locate) && locate->service_count == 0;
    assigns locate->services[0 .. 2], locate->service_count;
    ensures lists(locate) && locate->service_count == SERVICES;
*/
/* Without NAPTR a server may speak any transport (RFC 3263 4.1): the best first. */
static void assume_services(struct sipreg_locate *locate)
{
    /*@ loop invariant i <= SERVICES && locate->service_count == SERVICES - i;
        loop invariant lists(locate);
        loop assigns i, locate->services[0 .. 2], locate->service_count;
        loop variant i;
    */
    for (unsigned i = SERVICES; i > 0; i--)
        add_service(locate, 0, i - 1);
}

/*@ requires lists(locate) && locate->service_count == 0;
    requires count <= READ_MAX && foreign(locate, records, count);
    assigns locate->used, locate->text[0 .. SIPREG_LOCATE_SIZE - 1], locate->services[0 .. 2],
            locate->service_count;
    ensures lists(locate) && 0 < locate->service_count;
    ensures foreign_stays{Pre, Here}(locate);
*/
/* RFC 3403 4.1: once one is found that we can use, those of another order are no alternatives. */
static void read_services(struct sipreg_locate *locate, const struct sipreg_record *records,
                          size_t count)
{
    uint8_t offers[READ_MAX];
    size_t i, first = count;

    /*@ loop invariant i <= count;
        loop invariant \forall integer k; 0 <= k < i ==> offers[k] <= NONE &&
            (offers[k] != NONE ==> records[k].type == SIPREG_DNS_NAPTR);
        loop assigns i, offers[0 .. READ_MAX - 1];
        loop variant count - i;
    */
    for (i = 0; i < count; i++)
        offers[i] = (uint8_t)offered(&records[i], locate->can);
    /*@ loop invariant 0 <= turn <= SERVICES && locate->service_count <= turn && first <= count;
        loop invariant lists(locate);
        loop invariant foreign_stays{Pre, Here}(locate);
        loop invariant \forall integer k; 0 <= k < count ==> offers[k] <= NONE &&
            (offers[k] != NONE ==> records[k].type == SIPREG_DNS_NAPTR);
        loop assigns turn, i, first, offers[0 .. READ_MAX - 1], locate->used,
                     locate->text[0 .. SIPREG_LOCATE_SIZE - 1], locate->services[0 .. 2],
                     locate->service_count;
        loop variant SERVICES - turn;
    */
    for (int turn = 0; turn < SERVICES; turn++) {
        uint16_t name;
        i = next_service(records, count, offers);
        if (i == count || (first < count && records[i].order != records[first].order))
            break;
        name = keep_name(locate, &records[i]);
        if (name != 0) {
            add_service(locate, name, offers[i]);
            first = i;
        }
        offers[i] = NONE;
    }
    if (locate->service_count == 0)
        assume_services(locate);
}

/*@ requires lists(locate);
    assigns locate->kept;
    ensures lists(locate) && locate->kept == locate->used;
*/
/* Their names stay when those of servers come and go. */
static void keep_services(struct sipreg_locate *locate)
{
    locate->kept = locate->used;
}

/*@ requires lists(locate) && foreign(locate, records, count);
    assigns locate->secure, locate->weakened;
    ensures lists(locate);
*/
/* RFC 3263 7: who can take the offer of TLS out of an answer can read what is sent then. */
static void note_security(struct sipreg_locate *locate, const struct sipreg_record *records,
                          size_t count)
{
    bool offers = false;

    /*@ loop invariant i <= count;
        loop assigns i, offers;
        loop variant count - i;
    */
    for (size_t i = 0; i < count; i++)
        offers = offers || offered(&records[i], SIPREG_CAN_TLS | SIPREG_CAN_WSS) != NONE;
    locate->weakened = locate->secure && !offers;
    locate->secure = locate->secure || offers;
}

/* ---------------------------------------------------------------- servers */

/*@ requires \valid_read(locate) && least <= most;
    assigns \nothing;
    ensures least <= \result <= most;
*/
/* A number from least to most. Where random fails one in the middle: less even, but no harm. */
static uint32_t draw(const struct sipreg_locate *locate, uint32_t least, uint32_t most)
{
    uint64_t span = (uint64_t)(most - least) + 1;
    uint32_t number = UINT32_MAX / 2;

    sipreg_ident_number(&number, locate->options.random, locate->options.user);
    //@ assert span * number <= span * UINT32_MAX;
    //@ assert span * number / 0x100000000 < span;
    return least + (uint32_t)(span * number / 0x100000000);
}

/*@ // Is this one left, and of this priority?
    predicate stands{L}(struct sipreg_record *r, bool *taken, integer priority, integer k) =
        !taken[k] && r[k].priority == priority;

    // What the first n of those that do weigh together.
    logic integer weights{L}(struct sipreg_record *r, bool *taken, integer priority, integer n) =
        n <= 0 ? 0 : weights(r, taken, priority, n - 1) +
            (!taken[n - 1] && r[n - 1].priority == priority ? r[n - 1].weight : 0);
*/

/* The first of those left that has the lowest priority. count: none is left. */
/*@ requires \valid_read(records + (0 .. count - 1)) && \valid_read(taken + (0 .. count - 1));
    assigns \nothing;
    ensures \result <= count;
    ensures \result < count ==> !taken[\result];
*/
static size_t first_left(const struct sipreg_record *records, size_t count, const bool *taken)
{
    size_t first = count;

    /*@ loop invariant i <= count && first <= count;
        loop invariant first < count ==> !taken[first];
        loop assigns i, first;
        loop variant count - i;
    */
    for (size_t i = 0; i < count; i++) {
        if (!taken[i] && (first == count || records[i].priority < records[first].priority))
            first = i;
    }
    return first;
}

/*
 * Whose turn it is of those left: RFC 2782, "Weight". Of the lowest priority, with those that weigh
 * nothing put before the others, and a number drawn from 0 to the sum of all weights: the first
 * where the sum so far reaches the number. Where all weigh something 0 is left out: it would be one
 * more chance for whichever comes first, and make 2:3 of 1:3. count: nobody's.
 */
/*@ requires \valid_read(locate) && count <= READ_MAX;
    requires \valid_read(records + (0 .. count - 1)) && \valid_read(taken + (0 .. count - 1));
    assigns \nothing;
    ensures \result <= count;
    ensures \result < count ==> !taken[\result];
*/
static size_t next_server(const struct sipreg_locate *locate, const struct sipreg_record *records,
                          size_t count, const bool *taken)
{
    size_t i, first = first_left(records, count, taken);
    uint32_t least = 1, sum = 0, drawn;
    uint16_t priority;

    if (first == count)
        return count;
    priority = records[first].priority;
    /*@ loop invariant i <= count && sum == weights(records, taken, priority, i) <= i * UINT16_MAX;
        loop invariant least <= 1;
        loop invariant least == 0 ==> (\exists integer k; 0 <= k < i &&
            stands(records, taken, priority, k) && records[k].weight == 0);
        loop invariant least == 1 ==> (\forall integer k; 0 <= k < i &&
            stands(records, taken, priority, k) ==> 0 < records[k].weight <= sum);
        loop assigns i, sum, least;
        loop variant count - i;
    */
    for (i = 0; i < count; i++) {
        if (taken[i] || records[i].priority != priority)
            continue;
        sum += records[i].weight;
        if (records[i].weight == 0)
            least = 0;
    }
    drawn = draw(locate, least, sum);
    /*@ loop invariant i <= count && sum == weights(records, taken, priority, i) <= i * UINT16_MAX;
        loop invariant drawn != 0 ==> sum < drawn;
        loop invariant drawn == 0 ==> (\forall integer k; 0 <= k < i &&
            stands(records, taken, priority, k) ==> records[k].weight != 0);
        loop assigns i, sum;
        loop variant count - i;
    */
    for (i = 0, sum = 0; i < count; i++) {
        if (taken[i] || records[i].priority != priority)
            continue;
        sum += records[i].weight;
        if (drawn == 0 ? records[i].weight == 0 : sum >= drawn)
            break;
    }
    return i;
}

/*@ requires lists(locate) && locate->server_count < SIPREG_MAX_TARGETS;
    requires name < SIPREG_LOCATE_SIZE;
    assigns locate->servers[locate->server_count], locate->server_count;
    ensures lists(locate) && locate->server_count == \old(locate->server_count) + 1;
*/
static void add_server(struct sipreg_locate *locate, uint16_t name, uint16_t port)
{
    locate->servers[locate->server_count].name = name;
    locate->servers[locate->server_count++].port = port;
}

/*@ requires lists(locate) && locate->server_count == 0;
    requires count <= READ_MAX && foreign(locate, records, count);
    assigns locate->found, locate->used, locate->text[0 .. SIPREG_LOCATE_SIZE - 1],
            locate->servers[0 .. SIPREG_MAX_TARGETS - 1], locate->server_count;
    ensures lists(locate);
*/
static void read_servers(struct sipreg_locate *locate, const struct sipreg_record *records,
                         size_t count)
{
    bool taken[READ_MAX];

    /*@ loop invariant i <= count;
        loop invariant \forall integer k; 0 <= k < i && !taken[k] ==>
            records[k].type == SIPREG_DNS_SRV;
        loop assigns i, taken[0 .. READ_MAX - 1], locate->found;
        loop variant count - i;
    */
    for (size_t i = 0; i < count; i++) {
        taken[i] = records[i].type != SIPREG_DNS_SRV;
        locate->found = locate->found || !taken[i];
    }
    /*@ loop invariant 0 <= turn <= SIPREG_MAX_TARGETS && locate->server_count <= turn;
        loop invariant lists(locate);
        loop invariant foreign_stays{Pre, Here}(locate);
        loop invariant \forall integer k; 0 <= k < count && !taken[k] ==>
            records[k].type == SIPREG_DNS_SRV;
        loop assigns turn, taken[0 .. READ_MAX - 1], locate->used,
                     locate->text[0 .. SIPREG_LOCATE_SIZE - 1],
                     locate->servers[0 .. SIPREG_MAX_TARGETS - 1], locate->server_count;
        loop variant SIPREG_MAX_TARGETS - turn;
    */
    for (int turn = 0; turn < SIPREG_MAX_TARGETS; turn++) {
        size_t i = next_server(locate, records, count, taken);
        uint16_t name;
        if (i == count)
            break;
        name = keep_name(locate, &records[i]);
        taken[i] = true;
        if (name != 0 && records[i].port != 0)
            add_server(locate, name, records[i].port);
    }
}

/* ---------------------------------------------------------------- places */

/*@ requires lists(locate) && locate->place_count < SIPREG_MAX_TARGETS;
    requires \valid_read(record) && \separated(locate, record);
    assigns locate->places[locate->place_count], locate->place_count;
    ensures lists(locate) && locate->place_count == \old(locate->place_count) + 1;
*/
static void add_place(struct sipreg_locate *locate, const struct sipreg_record *record,
                      uint16_t port)
{
    struct sipreg_locate_place *place = &locate->places[locate->place_count];
    size_t length = record->type == SIPREG_DNS_A ? 4 : sizeof place->address;

    /*@ loop invariant i <= 16;
        loop assigns i, place->address[0 .. 15];
        loop variant 16 - i;
    */
    for (size_t i = 0; i < sizeof place->address; i++)
        place->address[i] = i < length ? record->address[i] : 0;
    place->type = (uint8_t)record->type;
    place->transport = locate->transport;
    place->port = port;
    locate->place_count++;
}

/*@ requires lists(locate) && foreign(locate, records, count);
    requires 0 < locate->server <= locate->server_count;
    assigns locate->places[0 .. SIPREG_MAX_TARGETS - 1], locate->place_count;
    ensures lists(locate) && \old(locate->place_count) <= locate->place_count;
*/
/* IPv6 leaves half of the room to IPv4. */
static void read_places(struct sipreg_locate *locate, const struct sipreg_record *records,
                        size_t count, enum sipreg_dns_type type)
{
    bool ipv4_follows = type != SIPREG_DNS_A && (locate->options.families & SIPREG_CAN_IPV4) != 0;
    size_t room = ipv4_follows ? SIPREG_MAX_TARGETS / 2 : SIPREG_MAX_TARGETS;
    uint16_t port = locate->servers[locate->server - 1].port;

    /*@ loop invariant i <= count && lists(locate);
        loop invariant \at(locate->place_count, Pre) <= locate->place_count;
        loop assigns i, locate->places[0 .. SIPREG_MAX_TARGETS - 1], locate->place_count;
        loop variant count - i;
    */
    for (size_t i = 0; i < count && locate->place_count < room; i++) {
        if (records[i].type == type)
            add_place(locate, &records[i], port);
    }
}

/* ---------------------------------------------------------------- answers */

/*@ requires \valid(locate) && \valid_read(record) && \separated(locate, record);
    assigns locate->good_until;
    ensures locate->good_until <= \old(locate->good_until);
*/
/* The lists are good as long as every record is. */
static void read_ttl(struct sipreg_locate *locate, const struct sipreg_record *record)
{
    uint32_t ttl = record->ttl <= INT32_MAX ? record->ttl : 0; /* RFC 2181 8 */
    uint32_t until = sipreg_locate_after(locate, ttl);

    if (until < locate->good_until)
        locate->good_until = until;
}

void sipreg_locate_read(struct sipreg_locate *locate, enum sipreg_dns_type type,
                        const struct sipreg_record *records, size_t count)
{
    if (count > READ_MAX)
        count = READ_MAX;
    /*@ loop invariant i <= count;
        loop assigns i, locate->good_until;
        loop variant count - i;
    */
    for (size_t i = 0; i < count; i++) {
        if (records[i].type == type)
            read_ttl(locate, &records[i]);
    }
    if (type == SIPREG_DNS_NAPTR) {
        read_services(locate, records, count);
        note_security(locate, records, count);
        keep_services(locate);
    } else if (type == SIPREG_DNS_SRV) {
        read_servers(locate, records, count);
    } else {
        read_places(locate, records, count, type);
    }
}
