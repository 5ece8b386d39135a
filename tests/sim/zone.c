/*
 * zone.c - the servers of the domain, and what the DNS says of them: what is so, and where the
 * weather strikes, anything else.
 *
 * All servers are one registrar, but each has nonces of its own. Some are dead, some are busy and
 * say 503, also in fair weather, but where the registrar alone needs nearly all the rounds that an
 * attempt has. The first one is sound, unless the weather strikes it.
 */
#include "sim.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DOMAIN "example.com"

enum { NAME = 300, FEW = 20, MANY = ZONE_RECORDS };
enum lie { TRUTH, NOTHING, FAILURE, SILENCE, WRONG_TYPES, THOUSANDS, LOOP, GARBAGE, ASTRAY, LIES };

static enum health some_health(struct world *w)
{
    return chance(w, 400) ? DEAD : chance(w, 300) ? BUSY : SOUND;
}

void zone_make(struct world *w)
{
    static const uint32_t ttls[] = {0, 1, 30, 300, 3600, 7 * 86400};
    struct zone *z = &w->zone;
    bool many_rounds = w->fair && w->registrar.proxy_auth && w->registrar.one_time;

    z->count = 1 + dice(w, SERVERS);
    z->naptr = chance(w, 500);
    z->srv = chance(w, 750);
    z->ipv6 = chance(w, 400);
    z->ttl = ttls[dice(w, 6)];
    for (unsigned i = 0; i < SERVERS; i++) {
        z->priority[i] = (uint16_t)dice(w, 3);
        z->weight[i] = (uint16_t)dice(w, 3);
        z->health[i] = i == 0 || many_rounds ? SOUND : some_health(w);
    }
}

/* Connections to a server that dies break, or say nothing more. */
void zone_strike(struct world *w)
{
    unsigned server = dice(w, w->zone.count);

    w->zone.health[server] = some_health(w);
    for (unsigned i = 0; i < w->phone_count; i++) {
        struct phone *p = &w->phones[i];
        if (p->seek.on && p->connected && p->seek.server == server && chance(w, 500) &&
            w->zone.health[server] == DEAD && p->config.transport != SIPREG_UDP)
            later(w, dice(w, SECOND), FLOW_IS_DOWN, p, NULL, 0);
    }
}

enum health zone_health(const struct world *w, unsigned server)
{
    return server < w->zone.count ? w->zone.health[server] : DEAD;
}

/* ---------------------------------------------------------------- the truth */

static struct sipreg_record records[ZONE_RECORDS];
static char names[ZONE_RECORDS][NAME];

/* The next record of that type. */
static struct sipreg_record *add(int *count, enum sipreg_dns_type type, uint32_t ttl)
{
    struct sipreg_record *record = &records[*count];

    memset(record, 0, sizeof *record);
    names[*count][0] = '\0';
    record->name = names[*count];
    record->flags = record->service = "";
    record->type = type;
    record->ttl = ttl;
    ++*count;
    return record;
}

static void add_services(const struct zone *z, int *count)
{
    static const char *const services[] = {"SIP+D2U", "SIP+D2T", "SIPS+D2T"};
    static const char *const prefixes[] = {"_sip._udp", "_sip._tcp", "_sips._tcp"};

    for (unsigned i = 0; i < 3; i++) {
        struct sipreg_record *record = add(count, SIPREG_DNS_NAPTR, z->ttl);
        record->order = (uint16_t)(30 - 10 * i);
        record->flags = "s";
        record->service = services[i];
        snprintf(names[*count - 1], NAME, "%s." DOMAIN, prefixes[i]);
    }
}

static void add_servers(const struct zone *z, int *count)
{
    for (unsigned i = 0; i < z->count; i++) {
        struct sipreg_record *record = add(count, SIPREG_DNS_SRV, z->ttl);
        record->priority = z->priority[i];
        record->weight = z->weight[i];
        record->port = (uint16_t)(5060 + i);
        snprintf(names[*count - 1], NAME, "s%u." DOMAIN ".", i);
    }
}

/* Net 0 has the servers; in others there is nobody. */
static void set_address(struct sipreg_record *record, unsigned net, unsigned server)
{
    const uint8_t ipv4[16] = {10, 0, (uint8_t)net, (uint8_t)server},
                  ipv6[16] = {0x20, 1, 0x0d, 0xb8, [13] = (uint8_t)net, [15] = (uint8_t)server};

    memcpy(record->address, record->type == SIPREG_DNS_A ? ipv4 : ipv6, 16);
}

/* Names of one server: those that SRV records and redirections lead to. */
static void add_addresses(const struct zone *z, int *count, const struct sipreg_question *question)
{
    unsigned one = z->count;

    if (question->type == SIPREG_DNS_AAAA && !z->ipv6)
        return;
    if (sscanf(question->name, "backup%u.", &one) == 1)
        one %= z->count;
    else if (sscanf(question->name, "s%u.", &one) == 1 && one >= z->count)
        return;
    for (unsigned i = 0; i < z->count; i++) {
        if (one == z->count || i == one)
            set_address(add(count, question->type, z->ttl), 0, i);
    }
}

/* "_sip._udp.example.com" and its like. */
static bool is_service(const char *name)
{
    const char *protocol = strchr(name, '.'),
               *domain = protocol != NULL ? strchr(protocol + 1, '.') : NULL;

    return domain != NULL && strcmp(domain + 1, DOMAIN) == 0;
}

static int tell(const struct zone *z, const struct sipreg_question *question)
{
    const char *name = question->name;
    int count = 0;

    if (question->type == SIPREG_DNS_NAPTR && z->naptr && strcmp(name, DOMAIN) == 0)
        add_services(z, &count);
    else if (question->type == SIPREG_DNS_SRV && z->srv && is_service(name))
        add_servers(z, &count);
    else if (question->type == SIPREG_DNS_A || question->type == SIPREG_DNS_AAAA)
        add_addresses(z, &count, question);
    return count;
}

/* ---------------------------------------------------------------- lies */

static uint32_t some_ttl(struct world *w)
{
    static const uint32_t ttls[] = {0, 1, 30, LIE_TTL, UINT32_MAX};

    return ttls[dice(w, 5)];
}

/* So many records, with this name or some address where nobody is. */
static int invent(struct world *w, enum sipreg_dns_type type, int most, const char *name)
{
    int count = 0;

    while (count < most) {
        struct sipreg_record *record = add(&count, type, some_ttl(w));
        set_address(record, 9, dice(w, 200));
        record->port = (uint16_t)dice(w, 65536);
        record->weight = (uint16_t)dice(w, 65536);
        record->flags = chance(w, 800) ? "s" : "u";
        record->service = chance(w, 800) ? "SIP+D2U" : "SIPS+D2T";
        snprintf(names[count - 1], NAME, "%.299s", name);
    }
    return count;
}

static const char *some_garbage(struct world *w)
{
    static char longest[NAME];
    static const char *const garbage[] = {
        "", ".", "..", "a b", "x\r\nVia: y", "\xff.z", "a..b", "[::1", "s77.example.com"};

    if (chance(w, 200)) {
        memset(longest, 'x', sizeof longest - 1);
        return longest;
    }
    return garbage[dice(w, 9)];
}

static int lie(struct world *w, const struct sipreg_question *question, enum lie which)
{
    static const enum sipreg_dns_type types[] = {SIPREG_DNS_A, SIPREG_DNS_AAAA, SIPREG_DNS_SRV,
                                                 SIPREG_DNS_NAPTR};

    switch (which) {
    case FAILURE:
        return SIPREG_TRANSPORT;
    case SILENCE:
        return SIPREG_TIMEOUT;
    case WRONG_TYPES:
        return invent(w, types[dice(w, 4)], (int)dice(w, FEW), "s0." DOMAIN);
    case THOUSANDS:
        return invent(w, question->type, MANY, "s9." DOMAIN);
    case LOOP:
        return invent(w, question->type, 1, question->name);
    case GARBAGE:
        return invent(w, question->type, (int)dice(w, FEW), some_garbage(w));
    case ASTRAY:
        return invent(w, question->type, 1 + (int)dice(w, 2), "s8." DOMAIN);
    case TRUTH:
    case NOTHING:
    case LIES:
    default:
        return 0;
    }
}

/* ---------------------------------------------------------------- answers */

void zone_ask(struct phone *p)
{
    struct world *w = p->world;
    unsigned which = TRUTH;
    struct event *e;

    if (strikes(w, 120, "the DNS errs"))
        which = 1 + dice(w, LIES - 1);
    e = later(w, which == SILENCE ? 5 * SECOND : dice(w, 200), DNS_ANSWER, p, NULL, 0);
    e->lie = which;
}

int zone_answer(struct world *w, const struct sipreg_question *question, unsigned which,
                const struct sipreg_record **answer)
{
    *answer = records;
    return which == TRUTH ? tell(&w->zone, question) : lie(w, question, (enum lie)which);
}

/* Where is that? A number beyond those of all servers: nowhere. */
unsigned zone_server(const struct sipreg_target *target)
{
    const char *last = strrchr(target->address, target->ipv6 ? ':' : '.');
    unsigned long number = strtoul(last + 1, NULL, target->ipv6 ? 16 : 10);
    bool inside = strncmp(target->address, "10.0.0.", 7) == 0 ||
                  strncmp(target->address, "2001:0db8:0000:0000:0000:0000:0000:", 35) == 0;

    return inside ? (unsigned)number : SERVERS;
}
