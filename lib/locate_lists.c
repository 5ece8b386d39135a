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

/* The name in a record, unless it holds what no name of a host or a service does. */
static uint16_t keep_name(struct sipreg_locate *locate, const struct sipreg_record *record)
{
    struct sipreg_str name = sipreg_str_of(record->name);

    for (size_t i = 0; i < name.n; i++) {
        if (!sipreg_is(name.p[i], SIPREG_TOKEN))
            return 0;
    }
    return sipreg_locate_keep(locate, name);
}

/* ---------------------------------------------------------------- services */

enum { NONE = SIPREG_WSS + 1, SERVICES = 3 };

/* The transport of a service, if it may be used; none has SCTP. */
static unsigned offered(const struct sipreg_record *record, unsigned can)
{
    static const char services[][9] = {"SIP+D2U", "SIP+D2T", "SIPS+D2T", "SIP+D2W", "SIPS+D2W"};
    struct sipreg_str service = sipreg_str_of(record->service);

    if (record->type != SIPREG_DNS_NAPTR || !SIPREG_STR_IS(sipreg_str_of(record->flags), "s"))
        return NONE;
    for (unsigned i = SIPREG_UDP; i <= SIPREG_WSS; i++) {
        if (sipreg_str_same(service, sipreg_str_of(services[i])))
            return can & sipreg_locate_bit(i) ? i : NONE;
    }
    return NONE;
}

static void add_service(struct sipreg_locate *locate, uint16_t name, unsigned transport)
{
    locate->services[locate->service_count].name = name;
    locate->services[locate->service_count++].transport = (uint8_t)transport;
}

static uint32_t rank(const struct sipreg_record *record)
{
    return (uint32_t)record->order << 16 | record->preference;
}

/* Whose turn it is: the lowest order and preference, of equals the last by their numbers, so that
   TLS is before TCP before UDP. count: nobody's. */
static size_t next_service(const struct sipreg_record *records, size_t count, const uint8_t *offers)
{
    size_t next = count;

    for (size_t i = 0; i < count; i++) {
        if (offers[i] == NONE)
            continue;
        if (next == count || rank(&records[i]) < rank(&records[next]) ||
            (rank(&records[i]) == rank(&records[next]) && offers[i] > offers[next]))
            next = i;
    }
    return next;
}

/* RFC 3403 4.1: once one is found that we can use, those of another order are no alternatives. */
static void read_services(struct sipreg_locate *locate, const struct sipreg_record *records,
                          size_t count)
{
    uint8_t offers[READ_MAX];
    size_t i, first = count;

    for (i = 0; i < count; i++)
        offers[i] = (uint8_t)offered(&records[i], locate->can);
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
}

/* RFC 3263 7: who can take the offer of TLS out of an answer can read what is sent then. */
static void note_security(struct sipreg_locate *locate, const struct sipreg_record *records,
                          size_t count)
{
    bool offers = false;

    for (size_t i = 0; i < count; i++)
        offers = offers || offered(&records[i], SIPREG_CAN_TLS | SIPREG_CAN_WSS) != NONE;
    locate->weakened = locate->secure && !offers;
    locate->secure = locate->secure || offers;
}

/* Without NAPTR a server may speak any transport (RFC 3263 4.1): the best first. */
static void assume_services(struct sipreg_locate *locate)
{
    for (unsigned i = SERVICES; i-- > 0;)
        add_service(locate, 0, i);
}

/* ---------------------------------------------------------------- servers */

/* A number from least to most. Where random fails one in the middle: less even, but no harm. */
static uint32_t draw(const struct sipreg_locate *locate, uint32_t least, uint32_t most)
{
    uint32_t number = UINT32_MAX / 2;

    sipreg_ident_number(&number, locate->options.random, locate->options.user);
    return least + (uint32_t)(((uint64_t)(most - least) + 1) * number >> 32);
}

static uint32_t lowest_priority(const struct sipreg_record *records, size_t count,
                                const bool *taken)
{
    uint32_t lowest = UINT32_MAX;

    for (size_t i = 0; i < count; i++) {
        if (!taken[i] && records[i].priority < lowest)
            lowest = records[i].priority;
    }
    return lowest;
}

/*
 * Whose turn it is of those left: RFC 2782, "Weight". Of the lowest priority, with those that weigh
 * nothing put before the others, and a number drawn from 0 to the sum of all weights: the first
 * where the sum so far reaches the number. Where all weigh something 0 is left out: it would be one
 * more chance for whichever comes first, and make 2:3 of 1:3.
 */
static size_t next_server(const struct sipreg_locate *locate, const struct sipreg_record *records,
                          size_t count, const bool *taken)
{
    uint32_t priority = lowest_priority(records, count, taken), least = 1, sum = 0, drawn;
    size_t i;

    for (i = 0; i < count; i++) {
        if (taken[i] || records[i].priority != priority)
            continue;
        sum += records[i].weight;
        if (records[i].weight == 0)
            least = 0;
    }
    drawn = draw(locate, least, sum);
    for (i = 0, sum = 0; i < count; i++) {
        if (taken[i] || records[i].priority != priority)
            continue;
        sum += records[i].weight;
        if (drawn == 0 ? records[i].weight == 0 : sum >= drawn)
            break;
    }
    return i;
}

static void read_servers(struct sipreg_locate *locate, const struct sipreg_record *records,
                         size_t count)
{
    bool taken[READ_MAX];
    size_t left = 0;

    for (size_t i = 0; i < count; i++) {
        taken[i] = records[i].type != SIPREG_DNS_SRV;
        left += !taken[i];
    }
    locate->found = locate->found || left > 0;
    if (left > SIPREG_MAX_TARGETS)
        left = SIPREG_MAX_TARGETS;
    while (left-- > 0) {
        size_t i = next_server(locate, records, count, taken);
        uint16_t name = keep_name(locate, &records[i]);
        taken[i] = true;
        if (name == 0 || records[i].port == 0)
            continue;
        locate->servers[locate->server_count].name = name;
        locate->servers[locate->server_count++].port = records[i].port;
    }
}

/* ---------------------------------------------------------------- places */

/* IPv6 leaves half of the room to IPv4. */
static void read_places(struct sipreg_locate *locate, const struct sipreg_record *records,
                        size_t count, enum sipreg_dns_type type)
{
    bool ipv4_follows = type != SIPREG_DNS_A && (locate->options.families & SIPREG_CAN_IPV4) != 0;
    size_t room = ipv4_follows ? SIPREG_MAX_TARGETS / 2 : SIPREG_MAX_TARGETS;
    uint16_t port = locate->servers[locate->server - 1].port;

    for (size_t i = 0; i < count && locate->place_count < room; i++) {
        struct sipreg_locate_place place = {{0}, (uint8_t)type, locate->transport, port};
        if (records[i].type != type)
            continue;
        memcpy(place.address, records[i].address, type == SIPREG_DNS_A ? 4 : sizeof place.address);
        locate->places[locate->place_count++] = place;
    }
}

/* ---------------------------------------------------------------- answers */

/* The lists are good as long as every record is. */
static void read_ttl(struct sipreg_locate *locate, const struct sipreg_record *record)
{
    uint32_t ttl = record->ttl <= INT32_MAX ? record->ttl : 0; /* RFC 2181 8 */

    if (locate->now + ttl < locate->good_until)
        locate->good_until = locate->now + ttl;
}

void sipreg_locate_read(struct sipreg_locate *locate, enum sipreg_dns_type type,
                        const struct sipreg_record *records, size_t count)
{
    if (count > READ_MAX)
        count = READ_MAX;
    for (size_t i = 0; i < count; i++) {
        if (records[i].type == type)
            read_ttl(locate, &records[i]);
    }
    if (type == SIPREG_DNS_NAPTR) {
        read_services(locate, records, count);
        note_security(locate, records, count);
        if (locate->service_count == 0)
            assume_services(locate);
        locate->kept = locate->used;
    } else if (type == SIPREG_DNS_SRV) {
        read_servers(locate, records, count);
    } else {
        read_places(locate, records, count, type);
    }
}
