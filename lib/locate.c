/*
 * locate.c - where does a request for this URI go? (RFC 3263, RFC 2782)
 *
 * A lookup is a walk along three lists. Each answer makes a list, and when a list has no next
 * entry, the one before it moves on:
 *
 *    NAPTR ---> services ---SRV---> servers ---AAAA, A---> addresses ---> target
 *                  ^                   ^                       ^             |
 *                  +---- no next ------+------- no next -------+-- failed ---+
 *
 * As far as a URI says where to go, the walk begins farther right: with a transport at the
 * services, with a port at the servers, with an address at its end. Where no service has SRV
 * records, the name itself is the server, once. So whatever the DNS answers, a walk ends.
 *
 * Targets that failed rest, and are passed over also when the lists are made anew.
 */
#include "locate.h"

#include "out.h"
#include "transport.h"

enum step { AT_REST, ASK_NAPTR, ASK_SRV, ASK_AAAA, ASK_A, AT_TARGET, NONE_LEFT };

enum { REST = 5 * 60 }; /* seconds */
#define DAY UINT32_C(86400)

/* ---------------------------------------------------------------- rests */

static bool same_place(const struct sipreg_locate_place *a, const struct sipreg_locate_place *b)
{
    return a->port == b->port && a->transport == b->transport && a->type == b->type &&
           memcmp(a->address, b->address, sizeof a->address) == 0;
}

/* The rest of this place; or one to write over instead: that is over, or the first to be. */
static struct sipreg_locate_rest *rest_of(struct sipreg_locate *locate,
                                          const struct sipreg_locate_place *place)
{
    struct sipreg_locate_rest *first = &locate->rests[0];

    for (size_t i = 0; i < SIPREG_MAX_TARGETS; i++) {
        if (same_place(&locate->rests[i].place, place))
            return &locate->rests[i];
        if (locate->rests[i].until < first->until)
            first = &locate->rests[i];
    }
    return first;
}

static bool rests(const struct sipreg_locate *locate, const struct sipreg_locate_rest *rest,
                  const struct sipreg_locate_place *place)
{
    return rest->until > locate->now && same_place(&rest->place, place);
}

/* ---------------------------------------------------------------- the walk */

static bool wants(const struct sipreg_locate *locate, unsigned family)
{
    return (locate->options.families & family) != 0;
}

/* Once a server speaks TLS nothing else will do, or who can break that gets it in the clear. */
static void keep_to_tls(struct sipreg_locate *locate)
{
    enum { SECURE = SIPREG_CAN_TLS | SIPREG_CAN_WSS };

    if ((locate->can & ~SECURE) != 0)
        locate->spare.until = 0;
    locate->can &= SECURE;
}

static bool take_place(struct sipreg_locate *locate)
{
    while (locate->place < locate->place_count) {
        const struct sipreg_locate_place *place = &locate->places[locate->place++];
        const struct sipreg_locate_rest *rest = rest_of(locate, place);
        if (sipreg_transport_is_secure((enum sipreg_transport)place->transport))
            keep_to_tls(locate);
        if (!rests(locate, rest, place)) {
            locate->current = *place;
            return true;
        }
        if (locate->spare.until == 0 || rest->until < locate->spare.until)
            locate->spare = *rest;
    }
    return false;
}

static bool take_server(struct sipreg_locate *locate)
{
    locate->place = locate->place_count = 0;
    if (locate->server == locate->server_count)
        return false;
    locate->server++;
    return true;
}

static bool take_service(struct sipreg_locate *locate)
{
    locate->used = locate->kept;
    locate->server = locate->server_count = 0;
    while (locate->service < locate->service_count) {
        locate->transport = locate->services[locate->service++].transport;
        if (locate->can & sipreg_locate_bit(locate->transport))
            return true;
    }
    return false;
}

/* Without SRV it is the transport that the domain's NAPTR prefers, or else UDP, or what is nearest
   to it (RFC 3263 4.1). */
static unsigned usual_transport(const struct sipreg_locate *locate)
{
    unsigned transport = SIPREG_UDP;

    if (locate->services[0].name != 0)
        return locate->services[0].transport;
    while ((locate->allowed & sipreg_locate_bit(transport)) == 0)
        transport++;
    return transport;
}

/* The URI's own host as the only server. */
static bool take_host(struct sipreg_locate *locate)
{
    static const uint16_t ports[] = {5060, 5060, 5061, 80, 443};
    unsigned transport = usual_transport(locate);

    if (locate->found)
        return false;
    locate->found = true;
    locate->transport = (uint8_t)transport;
    locate->servers[0].name = locate->target;
    locate->servers[0].port = (uint16_t)(locate->port != 0 ? locate->port : ports[transport]);
    locate->server = locate->server_count = 1;
    return true;
}

/* The URI's own address, as if it were an answer; of such a URI places has no others. */
static void own_place(struct sipreg_locate *locate)
{
    locate->places[0].transport = locate->transport;
    locate->places[0].port = locate->servers[0].port;
    locate->place_count = 1;
}

/* Better one that rests than none. */
static bool take_spare(struct sipreg_locate *locate)
{
    if (locate->spare.until == 0)
        return false;
    locate->current = locate->spare.place;
    locate->spare.until = 0;
    return true;
}

/* The one place that goes on to what is next to try, or to ask. */
static void proceed(struct sipreg_locate *locate)
{
    enum step addresses = wants(locate, SIPREG_CAN_IPV6) ? ASK_AAAA : ASK_A;

    if (take_place(locate))
        locate->step = AT_TARGET;
    else if (take_server(locate))
        locate->step = (uint8_t)addresses;
    else if (take_service(locate))
        locate->step = ASK_SRV;
    else if (take_host(locate))
        locate->step = (uint8_t)addresses;
    else
        locate->step = take_spare(locate) ? AT_TARGET : NONE_LEFT;
}

static void begin(struct sipreg_locate *locate)
{
    locate->good_until = sipreg_locate_after(locate, DAY);
    locate->error = SIPREG_TRANSPORT;
    locate->can = locate->allowed;
    locate->found = false;
    locate->spare.until = 0;
    locate->used = locate->kept = locate->own;
    locate->service = locate->service_count = locate->server = locate->server_count = 0;
    locate->place = locate->place_count = 0;
    if (locate->numeric) {
        take_host(locate);
        own_place(locate);
    } else if (locate->port == 0 && !locate->fixed) {
        locate->step = ASK_NAPTR;
        return;
    } else if (locate->port == 0) {
        sipreg_locate_read(locate, SIPREG_DNS_NAPTR, NULL, 0);
    }
    proceed(locate);
}

/* ---------------------------------------------------------------- what the caller sees */

int sipreg_locate_init_sized(struct sipreg_locate *locate, size_t size,
                             const struct sipreg_locate_options *options, struct sipreg_str uri)
{
    if (size != sizeof *locate)
        return SIPREG_ARGUMENT; /* not even safe to touch */
    memset(locate, 0, sizeof *locate);
    if (options != NULL)
        locate->options = *options;
    if (locate->options.families == 0)
        locate->options.families = SIPREG_CAN_IPV4 | SIPREG_CAN_IPV6;
    return sipreg_locate_uri(locate, uri);
}

static bool asking(const struct sipreg_locate *locate)
{
    return locate->step >= ASK_NAPTR && locate->step <= ASK_A;
}

static enum sipreg_dns_type type_asked(const struct sipreg_locate *locate)
{
    static const uint8_t types[] = {SIPREG_DNS_NAPTR, SIPREG_DNS_SRV, SIPREG_DNS_AAAA,
                                    SIPREG_DNS_A};
    return (enum sipreg_dns_type)types[locate->step - ASK_NAPTR];
}

/* Whole seconds; what is left counts with the next. A clock that steps back seems to have wrapped:
   then answers are old and rests are over, and no harm is done. */
static void advance(struct sipreg_locate *locate, uint32_t tick)
{
    uint32_t passed = (uint32_t)((int64_t)tick - locate->tick);

    locate->now = sipreg_locate_after(locate, passed / 1000);
    locate->tick = (uint32_t)((int64_t)tick - passed % 1000);
}

int sipreg_locate_start(struct sipreg_locate *locate, uint32_t now)
{
    struct sipreg_locate_rest *rest = rest_of(locate, &locate->current);

    if (locate->allowed == 0)
        return SIPREG_STATE;
    advance(locate, now);
    if (locate->step == AT_TARGET && rests(locate, rest, &locate->current))
        rest->until = locate->now; /* tried all the same, and it has not failed again */
    if (!asking(locate) && (locate->step != AT_TARGET || locate->now >= locate->good_until))
        begin(locate);
    return SIPREG_OK;
}

static const char *name_asked(const struct sipreg_locate *locate)
{
    uint16_t name = locate->target;

    if (locate->step == ASK_SRV && locate->services[locate->service - 1].name != 0)
        name = locate->services[locate->service - 1].name;
    if (locate->step > ASK_SRV)
        name = locate->servers[locate->server - 1].name;
    return locate->text + name;
}

bool sipreg_locate_question(const struct sipreg_locate *locate, struct sipreg_question *question)
{
    static const char prefixes[][12] = {"_sip._udp.", "_sip._tcp.", "_sips._tcp."};
    struct sipreg_out out;

    if (!asking(locate))
        return false;
    question->type = type_asked(locate);
    sipreg_out_start(&out, question->name, sizeof question->name);
    if (locate->step == ASK_SRV && locate->services[locate->service - 1].name == 0)
        sipreg_out_text(&out, prefixes[locate->transport]);
    sipreg_out_text(&out, name_asked(locate));
    sipreg_out_str(&out, SIPREG_LITERAL("\0"));
    return true;
}

int sipreg_locate_answer(struct sipreg_locate *locate, uint32_t now,
                         const struct sipreg_record *records, int count)
{
    if (!asking(locate))
        return SIPREG_STATE;
    advance(locate, now);
    if (count < 0) {
        locate->error = count;
        locate->good_until = locate->now;
        count = 0;
    }
    sipreg_locate_read(locate, type_asked(locate), records, (size_t)count);
    if (locate->step == ASK_AAAA && wants(locate, SIPREG_CAN_IPV4))
        locate->step = ASK_A;
    else
        proceed(locate);
    return SIPREG_OK;
}

static void write_address(struct sipreg_out *out, const struct sipreg_locate_place *place)
{
    bool ipv4 = place->type == SIPREG_DNS_A;

    for (size_t i = 0; i < (ipv4 ? 4 : 16); i++) {
        if (i > 0 && (ipv4 || i % 2 == 0))
            sipreg_out_text(out, ipv4 ? "." : ":");
        if (ipv4)
            sipreg_out_number(out, place->address[i]);
        else
            sipreg_out_hex(out, &place->address[i], 1);
    }
}

int sipreg_locate_target(const struct sipreg_locate *locate, struct sipreg_target *target)
{
    const struct sipreg_locate_place *current = &locate->current;
    struct sipreg_out out;

    if (locate->step != AT_TARGET)
        return locate->step == NONE_LEFT ? locate->error : SIPREG_STATE;
    target->transport = (enum sipreg_transport)current->transport;
    target->weakened = locate->weakened;
    target->port = current->port;
    target->name = locate->text + locate->domain;
    sipreg_out_start(&out, target->address, sizeof target->address);
    if (current->type == 0)
        sipreg_out_text(&out, locate->text + locate->target);
    else
        write_address(&out, current);
    sipreg_out_str(&out, SIPREG_LITERAL("\0"));
    target->ipv6 = memchr(target->address, ':', out.used) != NULL;
    return SIPREG_OK;
}

int sipreg_locate_failed(struct sipreg_locate *locate, uint32_t now, int64_t retry_after)
{
    struct sipreg_locate_rest *rest = rest_of(locate, &locate->current);

    if (locate->step != AT_TARGET)
        return SIPREG_STATE;
    advance(locate, now);
    if (retry_after < 0)
        retry_after = REST;
    rest->place = locate->current;
    rest->until = sipreg_locate_after(locate, retry_after < DAY ? (uint32_t)retry_after : DAY);
    locate->error = SIPREG_TRANSPORT;
    proceed(locate);
    return SIPREG_OK;
}
