/*
 * fuzz_locate.c - a lookup and its answers.
 *
 *     two octets of options | a URI | LF | lines
 *
 * A line says what happens: "S" "N" "4" "6" and what is in it make a record, "." hands the records
 * in as an answer, "!" is an answer that nobody has, "s" a start, "f" and "r" a failure, "t" time;
 * see act(). Records may be of any type whatever was asked for.
 */
#include "fuzz.h"

#include <arpa/inet.h>
#include <stdlib.h>

enum { RECORDS = 140, ANSWERS_MOST = 64 };
enum { SECURE = 1, RANDOM = 2, RANDOM_FAILS = 4 };

struct lookup {
    struct sipreg_locate locate;
    struct sipreg_locate_options options;
    uint32_t random, now;
    unsigned answers; /* since the last start or failure */
    struct sipreg_record records[RECORDS];
    char *names[RECORDS];
    size_t count, named;
};

static int no_random(void *user, void *out, size_t n)
{
    (void)user;
    (void)out;
    (void)n;
    return -1;
}

/* ---------------------------------------------------------------- what must hold */

static void check_question(const struct lookup *l)
{
    static const struct sipreg_question empty;
    struct sipreg_question a = empty, b = empty;
    bool there = sipreg_locate_question(&l->locate, &a);

    HOLDS(sipreg_locate_question(&l->locate, &b) == there && a.type == b.type);
    if (!there)
        return;
    HOLDS(a.type == SIPREG_DNS_A || a.type == SIPREG_DNS_AAAA || a.type == SIPREG_DNS_SRV ||
          a.type == SIPREG_DNS_NAPTR);
    HOLDS(memchr(a.name, '\0', sizeof a.name) != NULL && strcmp(a.name, b.name) == 0);
    HOLDS(a.name[0] != '\0' && a.name[strlen(a.name) - 1] != '.');
    for (const char *p = a.name; *p != '\0'; p++)
        HOLDS((unsigned char)*p > ' ' && (unsigned char)*p < 127);
}

static void check_target(const struct lookup *l)
{
    struct sipreg_target target;
    unsigned char address[16];
    unsigned can = l->options.transports != 0 ? l->options.transports : SIPREG_CAN_UDP;
    int result = sipreg_locate_target(&l->locate, &target);

    if (result != SIPREG_OK) {
        HOLDS(result < 0);
        return;
    }
    HOLDS(memchr(target.address, '\0', sizeof target.address) != NULL);
    HOLDS(l->locate.numeric || /* then it is what the caller's URI has, 999.1.1.1 perhaps */
          inet_pton(target.ipv6 ? AF_INET6 : AF_INET, target.address, address) == 1);
    HOLDS((can >> target.transport & 1) != 0);
    HOLDS(!l->options.secure || target.transport == SIPREG_TLS || target.transport == SIPREG_WSS);
    HOLDS(target.name != NULL && strlen(target.name) < SIPREG_LOCATE_SIZE);
}

static void check(const struct lookup *l)
{
    check_question(l);
    check_target(l);
    HOLDS(l->answers <= ANSWERS_MOST);
}

/* ---------------------------------------------------------------- what happens */

static const char *name_of(struct lookup *l, struct sipreg_str name)
{
    l->names[l->named] = fuzz_text(name);
    return l->names[l->named++];
}

static struct sipreg_record *new_record(struct lookup *l, enum sipreg_dns_type type, uint8_t ttl)
{
    static const struct sipreg_record empty;
    struct sipreg_record *record = &l->records[l->count++];

    *record = empty;
    record->type = type;
    record->ttl = ttl == 'l' ? UINT32_MAX : ttl;
    return record;
}

static void add_naptr(struct lookup *l, struct fuzz_input *in)
{
    static const char *const services[] = {"SIP+D2U",  "SIP+D2T", "SIPS+D2T", "SIP+D2W",
                                           "SIPS+D2W", "sip+d2u", "SIP+D2S",  ""};
    static const char *const flags[] = {"s", "S", "a", ""};
    struct sipreg_record *record = new_record(l, SIPREG_DNS_NAPTR, fuzz_octet(in));
    uint8_t choice = fuzz_octet(in);

    record->order = fuzz_octet(in);
    record->preference = fuzz_octet(in);
    record->service = services[choice & 7];
    record->flags = flags[choice == '0' ? 1 : choice >> 4 & 3];
    record->name = name_of(l, fuzz_rest(in));
}

static void add_srv(struct lookup *l, struct fuzz_input *in)
{
    struct sipreg_record *record = new_record(l, SIPREG_DNS_SRV, fuzz_octet(in));

    record->priority = fuzz_octet(in);
    record->weight = (uint16_t)(fuzz_octet(in) * 257U);
    record->port = (uint16_t)(fuzz_octet(in) * 257U);
    record->name = name_of(l, fuzz_rest(in));
}

static void add_address(struct lookup *l, struct fuzz_input *in, enum sipreg_dns_type type)
{
    struct sipreg_record *record = new_record(l, type, fuzz_octet(in));
    struct sipreg_str rest = fuzz_rest(in);

    for (size_t i = 0; i < rest.n && i < sizeof record->address; i++)
        record->address[i] = (uint8_t)rest.p[i];
}

static void add_record(struct lookup *l, char type, struct fuzz_input *in)
{
    if (l->count == RECORDS)
        return;
    if (type == 'N' && l->named < RECORDS)
        add_naptr(l, in);
    else if (type == 'S' && l->named < RECORDS)
        add_srv(l, in);
    else
        add_address(l, in, type == '6' ? SIPREG_DNS_AAAA : SIPREG_DNS_A);
}

/* The last record until there are more than are read. */
static void repeat_record(struct lookup *l)
{
    for (; l->count > 0 && l->count < RECORDS; l->count++)
        l->records[l->count] = l->records[l->count - 1];
}

static void answer(struct lookup *l, int count)
{
    struct sipreg_question question;
    bool waits = sipreg_locate_question(&l->locate, &question);
    int result = sipreg_locate_answer(&l->locate, l->now, l->records, count);

    HOLDS(result == (waits ? SIPREG_OK : SIPREG_STATE));
    l->answers += waits ? 1U : 0U;
    l->count = 0;
}

static void fail(struct lookup *l, int64_t retry_after)
{
    struct sipreg_target target;
    bool there = sipreg_locate_target(&l->locate, &target) == SIPREG_OK;

    HOLDS(sipreg_locate_failed(&l->locate, l->now, retry_after) ==
          (there ? SIPREG_OK : SIPREG_STATE));
    l->answers = 0;
}

static void act(struct lookup *l, struct fuzz_input *in)
{
    char what = (char)fuzz_octet(in);

    switch (what) {
    case '.':
        answer(l, (int)l->count);
        break;
    case '!':
        answer(l, SIPREG_TIMEOUT);
        break;
    case 's':
        HOLDS(sipreg_locate_start(&l->locate, l->now) == SIPREG_OK);
        l->answers = 0;
        break;
    case 'f':
        fail(l, -1);
        break;
    case 'r':
        fail(l, (int64_t)fuzz_octet(in) << (fuzz_octet(in) & 31));
        break;
    case 't':
        l->now += (uint32_t)fuzz_octet(in) << (fuzz_octet(in) % 23);
        break;
    case '*':
        repeat_record(l);
        break;
    default:
        add_record(l, what, in);
        break;
    }
}

static void begin(struct lookup *l, struct fuzz_input *in)
{
    unsigned can = fuzz_octet(in), more = fuzz_octet(in);

    l->options.transports = can & 31;
    l->options.families = more >> 4 & 3;
    l->options.secure = (more & SECURE) != 0;
    l->options.random = (more & RANDOM) == 0 ? NULL : fuzz_random;
    if ((more & RANDOM_FAILS) != 0)
        l->options.random = no_random;
    l->options.user = &l->random;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct fuzz_input in = {data, data + n};
    struct lookup *l = (struct lookup *)calloc(1, sizeof *l);
    struct sipreg_str uri;
    char *block;
    int result;

    if (l == NULL)
        return 0;
    begin(l, &in);
    uri = fuzz_until(&in, '\n');
    block = fuzz_block(uri.p, uri.n);
    uri.p = block;
    result = sipreg_locate_init(&l->locate, &l->options, uri);
    HOLDS(result == SIPREG_OK || result == SIPREG_ARGUMENT || result == SIPREG_LIMIT);
    free(block);
    if (result != SIPREG_OK)
        HOLDS(sipreg_locate_start(&l->locate, l->now) == SIPREG_STATE);
    while (result == SIPREG_OK && in.p < in.end) {
        struct sipreg_str line = fuzz_until(&in, '\n');
        struct fuzz_input one = {(const uint8_t *)line.p, (const uint8_t *)line.p + line.n};
        act(l, &one);
        check(l);
    }
    for (size_t i = 0; i < l->named; i++)
        free(l->names[i]);
    free(l);
    return 0;
}
