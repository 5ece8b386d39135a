/*
 * test_locate_answers.c - every shape of an answer to every question, and answers that lie (RFC
 * 2782, RFC 3263, lib/locate_lists.c).
 */
#include "zone.h"

#define URI "sip:example.com"

/* One of each. */
static const struct rr zone[] = {
    NAPTR("example.com", 10, 10, "SIP+D2U", "_sip._udp.example.com"),
    SRV("_sip._udp.example.com", 0, 0, 5070, "a"),
    AAAA("a", 1),
    A("a", 1),
    A("example.com", 2),
    {.owner = NULL},
};

/* ---------------------------------------------------------------- no answers */

static void test_a_question_that_nobody_can_answer_leads_on_and_is_asked_again(void **state)
{
    static const struct {
        const char *broken;
        const char *asked, *target;
    } rows[] = {
        {"NAPTR example.com",
         "NAPTR example.com, SRV _sips._tcp.example.com, SRV _sip._tcp.example.com, "
         "SRV _sip._udp.example.com, AAAA a, A a",
         "udp [2001:0db8:0000:0000:0000:0000:0000:0001]:5070 example.com"},
        {"SRV _sip._udp.example.com",
         "NAPTR example.com, SRV _sip._udp.example.com, AAAA example.com, A example.com",
         "udp 192.0.2.2:5060 example.com"},
        {"AAAA a", "NAPTR example.com, SRV _sip._udp.example.com, AAAA a, A a",
         "udp 192.0.2.1:5070 example.com"},
        {"A a", "NAPTR example.com, SRV _sip._udp.example.com, AAAA a, A a",
         "udp [2001:0db8:0000:0000:0000:0000:0000:0001]:5070 example.com"},
        {"*",
         "NAPTR example.com, SRV _sips._tcp.example.com, SRV _sip._tcp.example.com, "
         "SRV _sip._udp.example.com, AAAA example.com, A example.com",
         "none -17"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct caller caller = caller_of(zone);
        caller.broken = rows[i].broken;
        assert_string_equal(locate(&caller, URI), rows[i].target);
        assert_string_equal(caller.asked, rows[i].asked);
        again(&caller); /* in the same second */
        assert_string_equal(caller.asked, rows[i].asked);
    }
}

static void test_a_late_ttl_does_not_make_good_what_failed(void **state)
{
    struct caller caller = caller_of(zone);
    struct sipreg_record records[4];

    (void)state;
    sipreg_locate_init(&caller.locate, &caller.options, given_text(URI));
    sipreg_locate_start(&caller.locate, 0);
    sipreg_locate_answer(&caller.locate, 5000, NULL, SIPREG_TIMEOUT);
    while (*asking(&caller) != '\0')
        sipreg_locate_answer(&caller.locate, 7000, records,
                             zone_answer(&caller, records, COUNT(records)));
    caller.now = 7000;
    again(&caller);
    assert_string_not_equal(caller.asked, "");
}

static void test_a_failure_of_the_dns_is_told_unless_a_server_failed_since(void **state)
{
    struct caller caller = caller_of(zone);

    (void)state;
    caller.broken = "NAPTR example.com";
    locate(&caller, URI);
    failed(&caller);
    assert_string_equal(failed(&caller), "none -16");
}

static void test_the_number_that_the_caller_gave_for_a_failure_comes_back(void **state)
{
    struct caller caller = ipv4_caller_of(zone);

    (void)state;
    sipreg_locate_init(&caller.locate, &caller.options, given_text("sip:example.com:5060"));
    sipreg_locate_start(&caller.locate, 0);
    sipreg_locate_answer(&caller.locate, 0, NULL, -99);
    assert_string_equal(targeted(&caller), "none -99");
    sipreg_locate_start(&caller.locate, 0);
    sipreg_locate_answer(&caller.locate, 0, NULL, 0);
    assert_string_equal(targeted(&caller), "none -16"); /* no such name */
}

static void test_no_records_at_all_end_without_a_target(void **state)
{
    static const struct rr empty[] = {{.owner = NULL}};
    struct caller caller = caller_of(empty);

    (void)state;
    assert_string_equal(locate(&caller, URI), "none -16");
    assert_string_equal(again(&caller), "none -16");
    assert_string_not_equal(caller.asked, "");
}

static void test_an_answer_that_nobody_asked_for_is_dropped(void **state)
{
    struct caller caller = caller_of(zone);
    struct sipreg_record record = ((struct rr)A("a", 9)).record;

    (void)state;
    locate(&caller, URI);
    assert_int_equal(sipreg_locate_answer(&caller.locate, 0, &record, 1), SIPREG_STATE);
    assert_int_equal(sipreg_locate_answer(&caller.locate, 0, NULL, SIPREG_TIMEOUT), SIPREG_STATE);
    assert_string_equal(again(&caller),
                        "udp [2001:0db8:0000:0000:0000:0000:0000:0001]:5070 example.com");
    assert_string_equal(caller.asked, "");
}

/* ---------------------------------------------------------------- no service */

static void test_a_lone_root_target_means_no_service_and_the_name_is_not_tried(void **state)
{
    static const char *const roots[] = {".", ""};

    (void)state;
    for (size_t i = 0; i < COUNT(roots); i++) {
        const struct rr refusing[] = {
            SRV("_sip._udp.example.com", 0, 0, 0, roots[i]),
            A("example.com", 2),
            {.owner = NULL},
        };
        struct caller caller = caller_of(refusing);
        assert_string_equal(locate(&caller, "sip:example.com;transport=udp"), "none -16");
        assert_string_equal(caller.asked, "SRV _sip._udp.example.com");
    }
}

static void test_a_service_that_is_refused_leaves_those_that_are_not(void **state)
{
    static const struct rr refusing[] = {
        SRV("_sips._tcp.example.com", 0, 0, 0, "."),
        SRV("_sip._udp.example.com", 0, 0, 5070, "a"),
        A("a", 1),
        {.owner = NULL},
    };
    struct caller caller = caller_of(refusing);

    (void)state;
    assert_string_equal(locate(&caller, URI), "udp 192.0.2.1:5070 example.com");
    assert_string_equal(locate(&caller, "sips:example.com"), "none -16");
}

static void test_servers_without_addresses_do_not_make_the_name_a_server(void **state)
{
    static const struct rr dangling[] = {
        SRV("_sip._udp.example.com", 0, 0, 5070, "a"),
        SRV("_sip._udp.example.com", 1, 0, 5070, "b"),
        A("example.com", 2),
        {.owner = NULL},
    };
    struct caller caller = caller_of(dangling);

    (void)state;
    assert_string_equal(locate(&caller, "sip:example.com;transport=udp"), "none -16");
    assert_string_equal(caller.asked, "SRV _sip._udp.example.com, AAAA a, A a, AAAA b, A b");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_a_question_that_nobody_can_answer_leads_on_and_is_asked_again),
        TEST(test_a_late_ttl_does_not_make_good_what_failed),
        TEST(test_a_failure_of_the_dns_is_told_unless_a_server_failed_since),
        TEST(test_the_number_that_the_caller_gave_for_a_failure_comes_back),
        TEST(test_no_records_at_all_end_without_a_target),
        TEST(test_an_answer_that_nobody_asked_for_is_dropped),
        TEST(test_a_lone_root_target_means_no_service_and_the_name_is_not_tried),
        TEST(test_a_service_that_is_refused_leaves_those_that_are_not),
        TEST(test_servers_without_addresses_do_not_make_the_name_a_server),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
