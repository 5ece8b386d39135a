/*
 * test_locate_again.c - how long answers are good, and when the DNS is asked again (lib/locate.c).
 */
#include "zone.h"

#define UDP(priority, name) SRV("_sip._udp.example.com", priority, 0, 5060, name)

static const struct rr pair[] = {
    UDP(0, "a"), UDP(1, "b"), A("a", 1), A("b", 2), {.owner = NULL},
};

#define URI    "sip:example.com;transport=udp"
#define FIRST  "udp 192.0.2.1:5060 example.com"
#define SECOND "udp 192.0.2.2:5060 example.com"

static void test_answers_are_good_for_the_shortest_ttl_but_not_over_within_a_request(void **state)
{
    static const uint32_t ttls[][3] = {{20, 300, 300}, {300, 20, 300}, {300, 300, 20}};

    (void)state;
    for (size_t i = 0; i < COUNT(ttls); i++) {
        struct rr zone[] = {
            NAPTR("example.com", 10, 10, "SIP+D2U", "_sip._udp.example.com"),
            UDP(0, "a"),
            A("a", 1),
            A("a", 2),
            {.owner = NULL},
        };
        struct caller caller = ipv4_caller_of(zone);
        for (size_t k = 0; k < 3; k++)
            zone[k].record.ttl = ttls[i][k];
        zone[3].record.ttl = 300;
        assert_string_equal(locate(&caller, "sip:example.com"), FIRST);
        caller.now += 19999;
        assert_string_equal(again(&caller), FIRST);
        assert_string_equal(caller.asked, "");
        caller.now += 1;
        assert_string_equal(targeted(&caller), FIRST);
        assert_string_equal(failed(&caller), SECOND);
        assert_string_equal(caller.asked, ""); /* not during a request */
        again(&caller);
        assert_string_equal(caller.asked, "NAPTR example.com, SRV _sip._udp.example.com, A a");
    }
}

/* RFC 3263 7 */
static void test_an_offer_of_tls_that_is_gone_is_worth_a_warning(void **state)
{
    struct rr zone[] = {NAPTR("example.com", 10, 10, "SIPS+D2T", "_sips._tcp.example.com"),
                        NAPTR("example.com", 20, 10, "SIP+D2U", "_sip._udp.example.com"),
                        SRV("_sip._udp.example.com", 1, 1, 5060, "a"),
                        A("a", 1),
                        {.owner = NULL}};
    struct caller caller = ipv4_caller_of(zone);
    struct sipreg_target target;

    (void)state;
    caller.options.transports = SIPREG_CAN_UDP; /* whether it can be used or not */
    locate(&caller, "sip:example.com");
    assert_int_equal(sipreg_locate_target(&caller.locate, &target), SIPREG_OK);
    assert_false(target.weakened);
    zone[0].record.service = "SIP+D2T";
    caller.now += 301 * 1000;
    again(&caller);
    assert_int_equal(sipreg_locate_target(&caller.locate, &target), SIPREG_OK);
    assert_true(target.weakened);
    zone[0].record.service = "SIPS+D2W";
    caller.now += 301 * 1000;
    again(&caller);
    assert_int_equal(sipreg_locate_target(&caller.locate, &target), SIPREG_OK);
    assert_false(target.weakened);
}

static void test_a_ttl_counts_from_its_answer_and_any_record_may_have_the_shortest(void **state)
{
    struct rr zone[] = {
        A("example.com", 1), A("example.com", 2), A("example.com", 3), {.owner = NULL}};
    struct caller caller = ipv4_caller_of(zone);
    struct sipreg_record records[3];

    (void)state;
    zone[1].record.ttl = 20;
    sipreg_locate_init(&caller.locate, &caller.options, given_text("sip:example.com:5060"));
    sipreg_locate_start(&caller.locate, 0);
    sipreg_locate_answer(&caller.locate, 10000, records, zone_answer(&caller, records, 3));
    caller.now = 29999;
    again(&caller);
    assert_string_equal(caller.asked, "");
    caller.now = 30000;
    again(&caller);
    assert_string_equal(caller.asked, "A example.com");
}

static void test_answers_are_good_for_a_day_at_most(void **state)
{
    static const struct {
        uint32_t ttl, good; /* seconds */
    } rows[] = {{0, 0},
                {1, 1},
                {86399, 86399},
                {86400, 86400},
                {86401, 86400},
                {INT32_MAX, 86400},
                {(uint32_t)INT32_MAX + 1, 0},
                {UINT32_MAX, 0}};

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct rr zone[] = {A("example.com", 1), {.owner = NULL}};
        struct caller caller = ipv4_caller_of(zone);
        zone[0].record.ttl = rows[i].ttl;
        locate(&caller, "sip:example.com:5060");
        if (rows[i].good > 0) {
            pass(&caller, rows[i].good - 1);
            again(&caller);
            assert_string_equal(caller.asked, "");
            pass(&caller, 1);
        }
        assert_string_equal(again(&caller), FIRST);
        assert_string_equal(caller.asked, "A example.com");
    }
}

static void test_a_changed_zone_is_seen_when_the_ttl_is_over(void **state)
{
    struct rr zone[] = {A("example.com", 1), {.owner = NULL}};
    struct caller caller = ipv4_caller_of(zone);

    (void)state;
    locate(&caller, "sip:example.com:5060");
    zone[0].record.address[3] = 2;
    pass(&caller, 300);
    assert_string_equal(again(&caller), SECOND);
}

static void test_names_of_earlier_answers_leave_their_room(void **state)
{
    struct rr zone[] = {
        NAPTR("example.com", 10, 10, "SIP+D2U", "a.name.of.many.letters"),
        SRV("a.name.of.many.letters", 0, 0, 5060, "another.name.of.many.letters"),
        A("another.name.of.many.letters", 1),
        {.owner = NULL},
    };
    struct caller caller = ipv4_caller_of(zone);

    (void)state;
    locate(&caller, "sip:example.com");
    for (int i = 0; i < 100; i++) {
        pass(&caller, 300);
        assert_string_equal(again(&caller), FIRST);
    }
    zone[0].record.name = zone[1].owner = "srv"; /* shorter ones over longer ones */
    zone[1].record.name = zone[2].owner = "a";
    pass(&caller, 300);
    assert_string_equal(again(&caller), FIRST);
    assert_string_equal(caller.asked, "NAPTR example.com, SRV srv, A a");
}

static void test_a_start_while_a_question_waits_changes_nothing(void **state)
{
    struct caller caller = ipv4_caller_of(pair);

    (void)state;
    assert_int_equal(sipreg_locate_init(&caller.locate, &caller.options, given_text(URI)),
                     SIPREG_OK);
    sipreg_locate_start(&caller.locate, 0);
    sipreg_locate_answer(&caller.locate, 0, NULL, 0);
    assert_string_equal(asking(&caller), "A example.com");
    assert_string_equal(targeted(&caller), "pending");
    assert_int_equal(sipreg_locate_failed(&caller.locate, 0, -1), SIPREG_STATE);
    sipreg_locate_start(&caller.locate, 1000000);
    assert_string_equal(asking(&caller), "A example.com");
}

static void test_the_clock_may_wrap_and_seconds_add_up(void **state)
{
    struct caller caller = ipv4_caller_of(pair);

    (void)state;
    caller.now = UINT32_MAX - 150 * 1000;
    locate(&caller, URI);
    failed(&caller);
    for (int i = 0; i < 599; i++) { /* twice a second */
        caller.now += 500;
        assert_string_equal(again(&caller), SECOND);
    }
    assert_string_equal(caller.asked, "");
    caller.now += 500; /* 300 seconds: neither answers nor rests are left */
    assert_string_equal(again(&caller), FIRST);
}

static void test_a_clock_that_steps_back_makes_all_old(void **state)
{
    struct caller caller = ipv4_caller_of(pair);

    (void)state;
    caller.now = 1000000;
    locate(&caller, URI);
    failed(&caller);
    caller.now = 500000;
    assert_string_equal(again(&caller), FIRST);
}

/* The seconds that are counted are not more than 2^32; what is kept for later does not outlive
 * them. */
static void test_a_clock_that_steps_back_a_thousand_times_makes_nothing_good_for_ever(void **state)
{
    struct caller caller = ipv4_caller_of(pair);

    (void)state;
    caller.now = 1000000;
    locate(&caller, URI);
    for (int i = 0; i < 1100; i++) {
        failed(&caller);
        caller.now -= 1000;
        again(&caller);
        assert_string_equal(caller.asked, "SRV _sip._udp.example.com, A a");
        assert_string_equal(caller.target, FIRST);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_answers_are_good_for_the_shortest_ttl_but_not_over_within_a_request),
        TEST(test_an_offer_of_tls_that_is_gone_is_worth_a_warning),
        TEST(test_a_ttl_counts_from_its_answer_and_any_record_may_have_the_shortest),
        TEST(test_answers_are_good_for_a_day_at_most),
        TEST(test_a_changed_zone_is_seen_when_the_ttl_is_over),
        TEST(test_names_of_earlier_answers_leave_their_room),
        TEST(test_a_start_while_a_question_waits_changes_nothing),
        TEST(test_the_clock_may_wrap_and_seconds_add_up),
        TEST(test_a_clock_that_steps_back_makes_all_old),
        TEST(test_a_clock_that_steps_back_a_thousand_times_makes_nothing_good_for_ever),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
