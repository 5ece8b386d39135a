/*
 * test_locate_lies.c - answers that lie, or are larger than there is room for (lib/locate_lists.c).
 */
#include "zone.h"

#include <stdio.h>

#define URI "sip:example.com"

/* One of each, handed in whatever is asked. Whose they are is the caller's to know. */
static const struct sipreg_record all[] = {
    {.type = SIPREG_DNS_NAPTR, .flags = "s", .service = "SIP+D2U", .name = "b"}, /* its TTL is 0 */
    {.type = SIPREG_DNS_SRV, .ttl = 300, .port = 5070, .name = "a"},
    {.type = SIPREG_DNS_AAAA, .ttl = 300, .address = {[15] = 1}},
    {.type = SIPREG_DNS_A, .ttl = 300, .address = {192, 0, 2, 1}},
    {.type = (enum sipreg_dns_type)0, .address = {192, 0, 2, 2}},
};

static void test_records_of_types_that_were_not_asked_for_are_passed_over(void **state)
{
    struct caller caller = caller_of(NULL);
    char asked[300] = "";

    (void)state;
    sipreg_locate_init(&caller.locate, &caller.options,
                       given_text("sip:example.com;transport=udp"));
    sipreg_locate_start(&caller.locate, 0);
    while (*asking(&caller) != '\0') {
        strcat(strcat(asked, asking(&caller)), " ");
        sipreg_locate_answer(&caller.locate, 0, all, COUNT(all));
    }
    assert_string_equal(asked, "SRV _sip._udp.example.com AAAA a A a ");
    assert_string_equal(targeted(&caller),
                        "udp [0000:0000:0000:0000:0000:0000:0000:0001]:5070 example.com");
    again(&caller); /* the TTL of what was not asked for does not count */
    assert_string_equal(caller.asked, "");
    assert_string_equal(failed(&caller), "udp 192.0.2.1:5070 example.com");
    assert_string_equal(failed(&caller), "none -16");
}

/* The type says which fields count: the others may hold anything. */
static void test_fields_of_other_types_are_not_looked_at(void **state)
{
    struct caller caller = caller_of(NULL);
    struct sipreg_record records[COUNT(all)];

    (void)state;
    memset(records, 0xA5, sizeof records);
    for (size_t i = 0; i < COUNT(all); i++) {
        records[i].type = all[i].type;
        records[i].ttl = 300;
    }
    records[0].type = (enum sipreg_dns_type)0;
    records[1].name = "a";
    sipreg_locate_init(&caller.locate, &caller.options, given_text(URI));
    sipreg_locate_start(&caller.locate, 0);
    for (int i = 0; i < 4; i++) /* NAPTR, SRV, AAAA, A */
        assert_int_equal(sipreg_locate_answer(&caller.locate, 0, records, COUNT(records)),
                         SIPREG_OK);
    assert_string_equal(asking(&caller), "");
}

static void test_naptr_that_is_no_sip_service_is_passed_over(void **state)
{
    struct rr lying[] = {NAPTR("example.com", 1, 1, "SIP+D2T", "tcp"), {.owner = NULL}};
    static const struct {
        const char *flags, *service, *name;
    } rows[] = {
        {"u", "SIP+D2T", "tcp"},
        {"a", "SIP+D2T", "tcp"},
        {"", "SIP+D2T", "tcp"},
        {"ss", "SIP+D2T", "tcp"},
        {NULL, "SIP+D2T", "tcp"},
        {"s", NULL, "tcp"},
        {"s", "", "tcp"},
        {"s", "SIP+D2", "tcp"},
        {"s", "SIP+D2TT", "tcp"},
        {"s", "SIPS+D2U", "tcp"},
        {"s", "SIPS+D2W", "tcp"},
        {"s", "SIP+D2T", ""},
        {"s", "SIP+D2T", "."},
        {"s", "SIP+D2T", "tcp.."},
        {"s", "SIP+D2T", NULL},
        {"s", "SIP+D2T", "a b"},
        {"s", "SIP+D2T", " a"},
        {"s", "SIP+D2T", "a\x1b[2J"},
        {"s", "SIP+D2T", "\xC3\xA9"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct caller caller = caller_of(lying);
        lying[0].record.flags = rows[i].flags;
        lying[0].record.service = rows[i].service;
        lying[0].record.name = rows[i].name;
        locate(&caller, URI);
        if (strstr(caller.asked, "SRV _sips._tcp.example.com") == NULL)
            fail_msg("row %u: %s", (unsigned)i, caller.asked);
    }
    lying[0].record.flags = "S";
    lying[0].record.service = "sip+d2t";
    lying[0].record.name = "tcp";
    struct caller caller = caller_of(lying);
    locate(&caller, URI);
    assert_non_null(strstr(caller.asked, "SRV tcp"));
}

static void test_naptr_of_no_use_does_not_fix_the_order(void **state)
{
    static const struct rr lying[] = {
        NAPTR("example.com", 1, 1, "SIP+D2T", "."),
        NAPTR("example.com", 2, 1, "SIP+D2U", "udp"),
        {.owner = NULL},
    };
    struct caller caller = caller_of(lying);

    (void)state;
    locate(&caller, URI);
    assert_string_equal(caller.asked,
                        "NAPTR example.com, SRV udp, AAAA example.com, A example.com");
}

static void test_a_server_that_cannot_be_takes_its_turn_and_others_follow(void **state)
{
    static char long_name[300], longest_name[255];
    static const char *const names[] = {".", "", NULL, "a b", "a\r\nb", long_name};

    (void)state;
    memset(long_name, 'a', 254);
    memset(longest_name, 'a', 253);
    for (size_t i = 0; i <= COUNT(names); i++) {
        struct rr lying[] = {
            SRV("_sip._udp.example.com", 0, 65535, 5060, names[i % COUNT(names)]),
            SRV("_sip._udp.example.com", 1, 65535, 5060, "a"),
            A("a", 1),
            {.owner = NULL},
        };
        struct caller caller = ipv4_caller_of(lying);
        if (i == COUNT(names)) {
            lying[0].record.name = "b";
            lying[0].record.port = 0;
        }
        assert_string_equal(locate(&caller, "sip:example.com;transport=udp"),
                            "udp 192.0.2.1:5060 example.com");
        assert_string_equal(caller.asked, "SRV _sip._udp.example.com, A a");
    }
    struct rr longest[] = {SRV("_sip._udp.example.com", 0, 0, 5060, longest_name), {.owner = NULL}};
    struct caller caller = caller_of(longest);
    locate(&caller, "sip:example.com;transport=udp");
    assert_non_null(strstr(caller.asked, longest_name));
}

/* Of an answer of any size the first 128 records are read, and those kept that come first. */
static void test_thousands_of_records_are_bounded(void **state)
{
    static struct sipreg_record records[5000];
    struct caller caller = caller_of(NULL);
    char asked[400] = "";

    (void)state;
    for (size_t i = 0; i < COUNT(records); i++) {
        records[i] = ((struct rr)SRV("", (uint16_t)(65535 - i), 65535, 5060, "b")).record;
        records[i].ttl = i == 128 ? 0 : 300;
    }
    records[127].name = "a";
    sipreg_locate_init(&caller.locate, NULL, given_text("sip:example.com;transport=udp"));
    sipreg_locate_start(&caller.locate, 0);
    sipreg_locate_answer(&caller.locate, 0, records, COUNT(records));
    for (int i = 0; i < SIPREG_MAX_TARGETS; i++) {
        assert_string_equal(asking(&caller), i == 0 ? "AAAA a" : "AAAA b");
        sipreg_locate_answer(&caller.locate, 0, NULL, 0);
        sipreg_locate_answer(&caller.locate, 0, NULL, 0);
    }
    assert_string_equal(targeted(&caller), "none -16");
    for (size_t i = 0; i < COUNT(records); i++)
        records[i] = ((struct rr)AAAA("", (uint8_t)i)).record;
    sipreg_locate_init(&caller.locate, NULL, given_text("sip:example.com:5060"));
    sipreg_locate_start(&caller.locate, 0);
    sipreg_locate_answer(&caller.locate, 0, records, COUNT(records));
    assert_string_equal(asking(&caller), "A example.com");
    for (size_t i = 0; i < COUNT(records); i++)
        records[i] = ((struct rr)A("", (uint8_t)i)).record;
    sipreg_locate_answer(&caller.locate, 0, records, COUNT(records));
    for (int i = 0; i < SIPREG_MAX_TARGETS; i++) { /* half of them IPv6 */
        sprintf(asked,
                i < SIPREG_MAX_TARGETS / 2
                    ? "udp [2001:0db8:0000:0000:0000:0000:0000:%04x]:5060 example.com"
                    : "udp 192.0.2.%d:5060 example.com",
                i % (SIPREG_MAX_TARGETS / 2));
        assert_string_equal(targeted(&caller), asked);
        failed(&caller);
    }
    assert_string_equal(targeted(&caller), "none -16");
}

static void test_one_family_alone_has_all_the_room(void **state)
{
    static const unsigned families[] = {SIPREG_CAN_IPV4, SIPREG_CAN_IPV6};
    struct rr many[SIPREG_MAX_TARGETS + 3] = {{.owner = NULL}};

    (void)state;
    for (size_t f = 0; f < COUNT(families); f++) {
        struct caller caller = caller_of(many);
        int count = 0;
        for (int i = 0; i < SIPREG_MAX_TARGETS + 2; i++)
            many[i] = f == 0 ? (struct rr)A("example.com", (uint8_t)i)
                             : (struct rr)AAAA("example.com", (uint8_t)i);
        caller.options.families = families[f];
        locate(&caller, "sip:example.com:5060");
        for (; strncmp(caller.target, "none", 4) != 0; count++)
            failed(&caller);
        assert_int_equal(count, SIPREG_MAX_TARGETS);
    }
}

/* Names of 60 octets: what has no room is what would have come last. */
static void test_servers_whose_names_have_no_room_are_left_out(void **state)
{
    static char names[SIPREG_MAX_TARGETS][61];
    struct rr roomy[SIPREG_MAX_TARGETS + 2] = {{.owner = NULL}};
    struct caller caller = ipv4_caller_of(roomy);
    size_t room = SIPREG_LOCATE_SIZE - 1 - sizeof "example.com", fit = 0;

    (void)state;
    for (size_t i = 0; i < SIPREG_MAX_TARGETS; i++) {
        memset(names[i], 'a' + (int)i, 60);
        roomy[i] = (struct rr)SRV("_sip._udp.example.com", (uint16_t)(100 - i), 0, 5060, names[i]);
    }
    roomy[SIPREG_MAX_TARGETS] = (struct rr)SRV("_sip._udp.example.com", 101, 0, 5060, "short");
    locate(&caller, "sip:example.com;transport=udp");
    for (size_t i = SIPREG_MAX_TARGETS; i-- > 0 && (fit + 1) * 61 <= room; fit++)
        assert_non_null(strstr(caller.asked, names[i]));
    assert_int_equal(strlen(caller.asked), strlen("SRV _sip._udp.example.com") + fit * 64);
    again(&caller); /* and the room is used anew */
    assert_int_equal(strlen(caller.asked), strlen("SRV _sip._udp.example.com") + fit * 64);
}

/* Each service may fill the text, and leaves it to the next. */
static void test_servers_of_the_next_service_have_the_room_of_those_before(void **state)
{
    static char names[3][201];
    struct rr roomy[] = {
        SRV("_sips._tcp.example.com", 0, 0, 5061, names[0]),
        SRV("_sip._tcp.example.com", 0, 0, 5060, names[1]),
        SRV("_sip._udp.example.com", 0, 0, 5060, names[2]),
        {.owner = NULL},
    };
    struct caller caller = ipv4_caller_of(roomy);

    (void)state;
    for (int i = 0; i < 3; i++)
        memset(names[i], 'a' + i, 200);
    locate(&caller, URI);
    for (int i = 0; i < 3; i++)
        assert_non_null(strstr(caller.asked, names[i]));
}

/* Two names of servers that fill the text to its last octet, and one octet more. */
static void test_names_fill_the_text_to_its_last_octet(void **state)
{
    static char names[2][254];
    size_t room = SIPREG_LOCATE_SIZE - 1 - sizeof "example.com" - 254;

    (void)state;
    if (room > 254) /* under limits of your own */
        skip();
    memset(names[0], 'a', 253);
    for (size_t excess = 0; excess < 2; excess++) {
        struct rr filling[] = {
            SRV("_sip._udp.example.com", 0, 0, 5060, names[0]),
            SRV("_sip._udp.example.com", 1, 0, 5060, names[1]),
            {.owner = NULL},
        };
        struct caller caller = ipv4_caller_of(filling);
        memset(names[1], 'b', room - 1 + excess);
        locate(&caller, "sip:example.com;transport=udp");
        assert_non_null(strstr(caller.asked, names[0]));
        assert_int_equal(strstr(caller.asked, names[1]) != NULL, excess == 0);
    }
}

static void test_each_service_may_have_as_many_servers_as_there_is_room_for(void **state)
{
    struct rr many[3 * SIPREG_MAX_TARGETS + 1] = {{.owner = NULL}};
    struct caller caller = ipv4_caller_of(many);
    unsigned asked = 0;

    (void)state;
    for (int i = 0; i < SIPREG_MAX_TARGETS; i++) {
        many[3 * i] = (struct rr)SRV("_sips._tcp.example.com", 0, 0, 5061, "a");
        many[3 * i + 1] = (struct rr)SRV("_sip._tcp.example.com", 0, 0, 5060, "a");
        many[3 * i + 2] = (struct rr)SRV("_sip._udp.example.com", 0, 0, 5060, "a");
    }
    assert_string_equal(locate(&caller, URI), "none -16");
    for (const char *p = caller.asked; (p = strstr(p, "A a")) != NULL; p++)
        asked++;
    assert_int_equal(asked, 3 * SIPREG_MAX_TARGETS);
}

/* Each server of each service and the name itself, with two families. */
enum { QUESTIONS_MAX = 1 + 3 + 2 * (3 * SIPREG_MAX_TARGETS + 1) };

static unsigned pick(uint32_t *seed, unsigned of)
{
    *seed = *seed * UINT32_C(1664525) + UINT32_C(1013904223);
    return (*seed >> 16) % of;
}

static struct sipreg_record any_record(uint32_t *seed)
{
    static const enum sipreg_dns_type types[] = {SIPREG_DNS_NAPTR, SIPREG_DNS_SRV, SIPREG_DNS_AAAA,
                                                 SIPREG_DNS_A, (enum sipreg_dns_type)5};
    static const char *const services[] = {"SIP+D2U", "SIP+D2T", "SIPS+D2T", "SIP+D2W", NULL};
    static const char *const names[] = {
        "a", "example.com", ".", "", "a.long.name.of.a.server.that.soon.fills.the.text", NULL};
    struct sipreg_record record = {
        .type = types[pick(seed, COUNT(types))],
        .ttl = pick(seed, 3) * INT32_MAX,
        .order = (uint16_t)pick(seed, 2),
        .preference = (uint16_t)pick(seed, 65536),
        .flags = pick(seed, 9) > 0 ? "s" : NULL,
        .service = services[pick(seed, COUNT(services))],
        .priority = (uint16_t)pick(seed, 3),
        .weight = (uint16_t)(pick(seed, 2) * pick(seed, 65536)),
        .port = (uint16_t)pick(seed, 4),
        .name = names[pick(seed, COUNT(names))],
        .address = {(uint8_t)pick(seed, 5)},
    };
    return record;
}

static void answer_anything(struct caller *caller, uint32_t *seed)
{
    struct sipreg_record records[130];
    int count = (int)pick(seed, pick(seed, 9) > 0 ? 12 : COUNT(records) + 1) - 1;

    for (int i = 0; i < count; i++)
        records[i] = any_record(seed);
    assert_int_equal(sipreg_locate_answer(&caller->locate, pick(seed, 1000000), records, count),
                     SIPREG_OK);
}

static void test_a_lookup_ends_whatever_the_answers_are(void **state)
{
    static const char *const uris[] = {URI, "sips:example.com", URI ";transport=tcp", URI ":5060"};

    (void)state;
    for (uint32_t story = 0; story < 3000; story++) {
        struct caller caller = caller_of(NULL);
        uint32_t seed = story;
        unsigned targets = 0;
        sipreg_locate_init(&caller.locate, &caller.options, given_text(uris[story % COUNT(uris)]));
        for (uint32_t start = 0; start < 4; start++) {
            unsigned questions = 0;
            sipreg_locate_start(&caller.locate, start * 100000);
            do {
                for (; *asking(&caller) != '\0'; questions++)
                    answer_anything(&caller, &seed);
            } while (pick(&seed, 9) > 0 && ++targets < 10000 &&
                     sipreg_locate_failed(&caller.locate, 0, pick(&seed, 400)) == SIPREG_OK);
            assert_in_range(questions, 0, QUESTIONS_MAX);
            if (story % COUNT(uris) == 1 && strncmp(targeted(&caller), "none", 4) != 0)
                assert_int_equal(strncmp(caller.target, "tls", 3), 0);
        }
        assert_in_range(targets, 0, 4 * SIPREG_MAX_TARGETS * (3 * SIPREG_MAX_TARGETS + 2));
        free_given(NULL);
    }
}

static void test_a_domain_that_leads_in_circles_ends(void **state)
{
    static const struct rr circles[] = {
        NAPTR("example.com", 1, 1, "SIP+D2U", "example.com"),
        SRV("example.com", 0, 0, 5060, "example.com"),
        A("example.com", 1),
        {.owner = NULL},
    };
    struct caller caller = caller_of(circles);

    (void)state;
    assert_string_equal(locate(&caller, URI), "udp 192.0.2.1:5060 example.com");
    assert_string_equal(failed(&caller), "none -16");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_records_of_types_that_were_not_asked_for_are_passed_over),
        TEST(test_fields_of_other_types_are_not_looked_at),
        TEST(test_naptr_that_is_no_sip_service_is_passed_over),
        TEST(test_naptr_of_no_use_does_not_fix_the_order),
        TEST(test_a_server_that_cannot_be_takes_its_turn_and_others_follow),
        TEST(test_thousands_of_records_are_bounded),
        TEST(test_one_family_alone_has_all_the_room),
        TEST(test_servers_whose_names_have_no_room_are_left_out),
        TEST(test_servers_of_the_next_service_have_the_room_of_those_before),
        TEST(test_names_fill_the_text_to_its_last_octet),
        TEST(test_each_service_may_have_as_many_servers_as_there_is_room_for),
        TEST(test_a_lookup_ends_whatever_the_answers_are),
        TEST(test_a_domain_that_leads_in_circles_ends),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
