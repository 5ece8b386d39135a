/*
 * test_locate_failover.c - what comes behind a target that failed, how long it rests, and when the
 * DNS is asked again (RFC 3263 4.3, RFC 3261 21.5.4, lib/locate.c).
 */
#include "zone.h"

#define UDP(priority, name) SRV("_sip._udp.example.com", priority, 0, 5060, name)

/* Two servers, the first with two addresses. */
static const struct rr pair[] = {
    UDP(0, "a"), UDP(1, "b"), A("a", 1), A("a", 2), A("b", 3), {.owner = NULL},
};

/* Two addresses, good for one request. */
static const struct rr passing[] = {
    {.owner = "example.com", .record = {.type = SIPREG_DNS_A, .address = {192, 0, 2, 1}}},
    {.owner = "example.com", .record = {.type = SIPREG_DNS_A, .address = {192, 0, 2, 2}}},
    {.owner = NULL},
};

/* One address. */
static const struct rr single[] = {A("example.com", 1), {.owner = NULL}};

#define URI    "sip:example.com;transport=udp"
#define FIRST  "udp 192.0.2.1:5060 example.com"
#define SECOND "udp 192.0.2.2:5060 example.com"
#define THIRD  "udp 192.0.2.3:5060 example.com"

/* ---------------------------------------------------------------- the next one */

static void test_a_target_stays_until_it_fails(void **state)
{
    struct caller caller = ipv4_caller_of(pair);

    (void)state;
    assert_string_equal(locate(&caller, URI), FIRST);
    for (int i = 0; i < 3; i++) {
        pass(&caller, 90);
        assert_string_equal(again(&caller), FIRST);
        assert_string_equal(caller.asked, "");
    }
}

static void test_failures_lead_along_addresses_then_servers_and_end(void **state)
{
    struct caller caller = ipv4_caller_of(pair);

    (void)state;
    assert_string_equal(locate(&caller, URI), FIRST);
    assert_string_equal(failed(&caller), SECOND);
    assert_string_equal(caller.asked, "");
    assert_string_equal(failed(&caller), THIRD);
    assert_string_equal(caller.asked, "A b"); /* asked for when its turn has come, not before */
    assert_string_equal(failed(&caller), "none -16");
    assert_int_equal(sipreg_locate_failed(&caller.locate, caller.now, -1), SIPREG_STATE);
    assert_string_equal(targeted(&caller), "none -16");
}

static void test_after_udp_servers_those_with_tcp_of_the_same_order_follow(void **state)
{
    static const struct rr zone[] = {
        NAPTR("example.com", 10, 10, "SIP+D2U", "_sip._udp.example.com"),
        NAPTR("example.com", 10, 20, "SIP+D2T", "_sip._tcp.example.com"),
        UDP(0, "a.server.whose.name.is.longer.than.those.of.the.services.together.example.com"),
        SRV("_sip._tcp.example.com", 0, 0, 5060, "a"),
        A("a.server.whose.name.is.longer.than.those.of.the.services.together.example.com", 1),
        A("a", 1),
        {.owner = NULL},
    };
    struct caller caller = ipv4_caller_of(zone);

    (void)state;
    assert_string_equal(locate(&caller, "sip:example.com"), FIRST);
    assert_string_equal(failed(&caller), "tcp 192.0.2.1:5060 example.com"); /* another place */
    assert_string_equal(failed(&caller), "none -16");
}

static void test_behind_tls_nothing_else_follows_neither_now_nor_while_it_rests(void **state)
{
    static const struct rr zone[] = {
        SRV("_sips._tcp.example.com", 0, 0, 5061, "a"),
        SRV("_sip._tcp.example.com", 0, 0, 5060, "a"),
        UDP(0, "a"),
        A("a", 1),
        A("example.com", 9),
        {.owner = NULL},
    };
    struct caller caller = ipv4_caller_of(zone);

    (void)state;
    assert_string_equal(locate(&caller, "sip:example.com"), "tls 192.0.2.1:5061 example.com");
    assert_string_equal(failed(&caller), "none -16");
    assert_string_equal(again(&caller), "tls 192.0.2.1:5061 example.com");
    assert_string_equal(failed(&caller), "none -16");
}

static void test_tls_may_follow_udp_and_then_udp_not_tls(void **state)
{
    static const struct rr zone[] = {
        NAPTR("example.com", 10, 10, "SIP+D2U", "_sip._udp.example.com"),
        NAPTR("example.com", 10, 20, "SIPS+D2T", "_sips._tcp.example.com"),
        NAPTR("example.com", 10, 30, "SIP+D2T", "_sip._tcp.example.com"),
        UDP(0, "a"),
        SRV("_sips._tcp.example.com", 0, 0, 5061, "a"),
        SRV("_sip._tcp.example.com", 0, 0, 5060, "a"),
        A("a", 1),
        {.owner = NULL},
    };
    struct caller caller = ipv4_caller_of(zone);

    (void)state;
    assert_string_equal(locate(&caller, "sip:example.com"), FIRST);
    assert_string_equal(failed(&caller), "tls 192.0.2.1:5061 example.com");
    assert_string_equal(failed(&caller), "none -16");
    assert_string_equal(again(&caller), "tls 192.0.2.1:5061 example.com"); /* both rest */
    assert_string_equal(failed(&caller), "none -16");
    pass(&caller, 300);
    assert_string_equal(again(&caller), FIRST);
}

static void test_an_address_in_the_uri_is_tried_again_at_every_start(void **state)
{
    struct caller caller = ipv4_caller_of(single);

    (void)state;
    assert_string_equal(locate(&caller, "sip:192.0.2.9"), "udp 192.0.2.9:5060 ");
    assert_string_equal(failed(&caller), "none -16");
    assert_string_equal(again(&caller), "udp 192.0.2.9:5060 ");
    assert_string_equal(failed_for(&caller, 3600), "none -16");
    assert_string_equal(again(&caller), "udp 192.0.2.9:5060 ");
}

/* ---------------------------------------------------------------- rests */

static void test_who_failed_rests_for_five_minutes_and_is_passed_over(void **state)
{
    struct caller caller = ipv4_caller_of(passing);

    (void)state;
    locate(&caller, "sip:example.com:5060");
    assert_string_equal(failed(&caller), SECOND);
    caller.now += 299999;
    assert_string_equal(again(&caller), SECOND);
    caller.now += 1;
    assert_string_equal(again(&caller), FIRST);
    failed(&caller);
    assert_string_equal(locate(&caller, "sip:example.com:5060"), FIRST); /* init forgets */
}

static void test_ports_and_transports_of_one_address_rest_apart(void **state)
{
    static const struct rr zone[] = {
        SRV("_sip._udp.example.com", 0, 0, 5060, "a"),
        SRV("_sip._udp.example.com", 1, 0, 5070, "a"),
        A("a", 1),
        AAAA("a", 1),
        {.owner = NULL},
    };
    struct caller caller = ipv4_caller_of(zone);

    (void)state;
    caller.options.families = 0;
    assert_string_equal(locate(&caller, URI),
                        "udp [2001:0db8:0000:0000:0000:0000:0000:0001]:5060 example.com");
    assert_string_equal(failed(&caller), FIRST);
    assert_string_equal(failed(&caller),
                        "udp [2001:0db8:0000:0000:0000:0000:0000:0001]:5070 example.com");
    assert_string_equal(failed(&caller), "udp 192.0.2.1:5070 example.com");
}

static void test_a_rest_outlives_the_answers(void **state)
{
    static const struct rr zone[] = {
        UDP(0, "a"),
        UDP(1, "b"),
        {.owner = "a", .record = {.type = SIPREG_DNS_A, .ttl = 10, .address = {192, 0, 2, 1}}},
        {.owner = "b", .record = {.type = SIPREG_DNS_A, .ttl = 10, .address = {192, 0, 2, 3}}},
        {.owner = NULL},
    };
    struct caller caller = ipv4_caller_of(zone);

    (void)state;
    locate(&caller, URI);
    assert_string_equal(failed(&caller), THIRD);
    pass(&caller, 290);
    assert_string_equal(again(&caller), THIRD);
    assert_string_equal(caller.asked, "SRV _sip._udp.example.com, A a, A b");
    pass(&caller, 10);
    assert_string_equal(again(&caller), FIRST);
}

static void test_retry_after_is_how_long_it_rests_a_day_at_most(void **state)
{
    static const struct {
        int64_t retry_after;
        uint32_t rest; /* seconds */
    } rows[] = {{-1, 300},      {INT64_MIN, 300}, {1, 1},         {600, 600},
                {86399, 86399}, {86400, 86400},   {86401, 86400}, {INT64_MAX, 86400}};

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct caller caller = ipv4_caller_of(passing);
        locate(&caller, "sip:example.com:5060");
        assert_string_equal(failed_for(&caller, rows[i].retry_after), SECOND);
        pass(&caller, rows[i].rest - 1);
        assert_string_equal(again(&caller), SECOND);
        pass(&caller, 1);
        assert_string_equal(again(&caller), FIRST);
    }
}

static void test_retry_after_zero_means_no_rest(void **state)
{
    struct caller caller = ipv4_caller_of(pair);

    (void)state;
    locate(&caller, URI);
    assert_string_equal(failed_for(&caller, 0), SECOND);
    failed(&caller);
    failed(&caller);
    assert_string_equal(again(&caller), FIRST);
    assert_string_equal(failed(&caller), SECOND);
}

static void test_if_all_rest_the_one_that_rests_least_is_tried_and_no_other(void **state)
{
    struct caller caller = ipv4_caller_of(pair);

    (void)state;
    locate(&caller, URI);
    failed_for(&caller, 500);
    failed_for(&caller, 400);
    assert_string_equal(failed_for(&caller, 450), "none -16");
    assert_string_equal(again(&caller), SECOND);
    assert_string_equal(failed_for(&caller, 1000), "none -16");
    assert_string_equal(again(&caller), THIRD);
    assert_string_equal(failed_for(&caller, 1000), "none -16");
    assert_string_equal(again(&caller), FIRST);
}

static void test_if_all_servers_with_tls_rest_the_one_that_rests_least_is_tried(void **state)
{
    static const struct rr zone[] = {
        SRV("_sips._tcp.example.com", 0, 0, 5061, "a"),
        SRV("_sips._tcp.example.com", 1, 0, 5061, "b"),
        A("a", 1),
        A("b", 2),
        {.owner = NULL},
    };
    struct caller caller = ipv4_caller_of(zone);

    (void)state;
    locate(&caller, "sip:example.com");
    failed_for(&caller, 400);
    failed_for(&caller, 500);
    assert_string_equal(again(&caller), "tls 192.0.2.1:5061 example.com");
}

static void test_one_that_the_dns_names_no_more_is_not_tried_though_all_rest(void **state)
{
    struct rr zone[COUNT(passing)] = {{.owner = NULL}};
    struct caller caller = ipv4_caller_of(zone);

    (void)state;
    memcpy(zone, passing, sizeof zone);
    locate(&caller, "sip:example.com:5060");
    failed(&caller);
    assert_string_equal(again(&caller), SECOND); /* with the first as a spare */
    zone[0] = zone[1];
    zone[1].owner = NULL;
    assert_string_equal(again(&caller), SECOND);
    assert_string_equal(failed(&caller), "none -16");
}

static void test_a_rest_counts_from_the_failure(void **state)
{
    struct caller caller = ipv4_caller_of(passing);

    (void)state;
    locate(&caller, "sip:example.com:5060");
    pass(&caller, 100);
    failed(&caller);
    pass(&caller, 299);
    assert_string_equal(again(&caller), SECOND);
    pass(&caller, 1);
    assert_string_equal(again(&caller), FIRST);
}

/* Octets of IPv6 addresses that stood where an IPv4 address stands now, or in its record. */
static void test_an_address_is_the_same_whatever_stood_in_its_place(void **state)
{
    struct rr zone[] = {
        AAAA("a", 1), A("b", 3), A("c", 4), UDP(0, "a"), UDP(1, "b"), UDP(2, "c"), {.owner = NULL},
    };
    struct caller caller = caller_of(zone);

    (void)state;
    for (int i = 0; i < 3; i++)
        zone[i].record.ttl = 0;
    locate(&caller, URI);
    failed(&caller);
    assert_string_equal(caller.target, THIRD);
    failed(&caller);
    zone[0].record.address[12] = 7;
    for (int i = 4; i < 16; i++)
        zone[1].record.address[i] = 9;
    assert_string_equal(again(&caller),
                        "udp [2001:0db8:0000:0000:0000:0000:0700:0001]:5060 example.com");
    assert_string_equal(failed(&caller), "udp 192.0.2.4:5060 example.com");
}

static void test_one_that_rested_and_is_kept_in_use_rests_no_more(void **state)
{
    struct caller caller = ipv4_caller_of(pair);

    (void)state;
    locate(&caller, URI);
    failed_for(&caller, 2000);
    failed_for(&caller, 1000);
    failed_for(&caller, 2000);
    assert_string_equal(again(&caller), SECOND); /* tried all the same */
    pass(&caller, 301);                          /* it worked; its answers are over */
    assert_string_equal(again(&caller), SECOND);
    assert_string_not_equal(caller.asked, "");
    assert_string_equal(failed_for(&caller, 100), FIRST);
}

/* As many addresses of one server as are remembered, and another server. */
static void test_of_more_failures_than_there_is_room_for_the_first_to_end_goes(void **state)
{
    struct rr zone[SIPREG_MAX_TARGETS + 4] = {{.owner = NULL}};
    struct caller caller = ipv4_caller_of(zone);

    (void)state;
    for (int i = 0; i < SIPREG_MAX_TARGETS; i++)
        zone[i] = (struct rr)A("a", (uint8_t)(i + 1));
    zone[SIPREG_MAX_TARGETS] = (struct rr)A("b", 100);
    zone[SIPREG_MAX_TARGETS + 1] = (struct rr)UDP(0, "a");
    zone[SIPREG_MAX_TARGETS + 2] = (struct rr)UDP(1, "b");
    locate(&caller, URI);
    for (int i = 0; i < SIPREG_MAX_TARGETS; i++)
        failed_for(&caller, i == 1 ? 900 : 1000);
    assert_string_equal(caller.target, "udp 192.0.2.100:5060 example.com");
    assert_string_equal(failed_for(&caller, 950), "none -16");
    assert_string_equal(again(&caller), SECOND); /* as if it had not failed */
    assert_string_equal(failed_for(&caller, 2000), "udp 192.0.2.100:5060 example.com"); /* so too */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_a_target_stays_until_it_fails),
        TEST(test_failures_lead_along_addresses_then_servers_and_end),
        TEST(test_after_udp_servers_those_with_tcp_of_the_same_order_follow),
        TEST(test_behind_tls_nothing_else_follows_neither_now_nor_while_it_rests),
        TEST(test_tls_may_follow_udp_and_then_udp_not_tls),
        TEST(test_an_address_in_the_uri_is_tried_again_at_every_start),
        TEST(test_who_failed_rests_for_five_minutes_and_is_passed_over),
        TEST(test_ports_and_transports_of_one_address_rest_apart),
        TEST(test_a_rest_outlives_the_answers),
        TEST(test_retry_after_is_how_long_it_rests_a_day_at_most),
        TEST(test_retry_after_zero_means_no_rest),
        TEST(test_if_all_rest_the_one_that_rests_least_is_tried_and_no_other),
        TEST(test_if_all_servers_with_tls_rest_the_one_that_rests_least_is_tried),
        TEST(test_one_that_the_dns_names_no_more_is_not_tried_though_all_rest),
        TEST(test_a_rest_counts_from_the_failure),
        TEST(test_an_address_is_the_same_whatever_stood_in_its_place),
        TEST(test_one_that_rested_and_is_kept_in_use_rests_no_more),
        TEST(test_of_more_failures_than_there_is_room_for_the_first_to_end_goes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
