/*
 * test_locate_refused.c - URIs that lead nowhere, and calls that come too early (lib/locate_uri.c).
 */
#include "zone.h"

static const struct rr zone[] = {
    SRV("_sip._udp.example.com", 0, 0, 6060, "udp.example.com"),
    A("udp.example.com", 4),
    {.owner = NULL},
};

static void test_a_uri_that_leads_nowhere_is_refused_and_the_struct_is_empty(void **state)
{
    static const struct {
        const char *uri;
        unsigned transports;
        int result;
    } rows[] = {
        {"", CAN_ALL, SIPREG_ARGUMENT},
        {"tel:+1", CAN_ALL, SIPREG_ARGUMENT},
        {"<sip:example.com>", CAN_ALL, SIPREG_ARGUMENT},
        {"sip:example.com:0", CAN_ALL, SIPREG_ARGUMENT},
        {"sip:ex ample.com", CAN_ALL, SIPREG_ARGUMENT},
        {"sips:example.com;transport=udp", CAN_ALL, SIPREG_ARGUMENT},
        {"sip:example.com;transport=ws", CAN_ALL, SIPREG_ARGUMENT},
        {"sip:example.com;transport=sctp", CAN_ALL, SIPREG_ARGUMENT},
        {"sip:example.com;transport", CAN_ALL, SIPREG_ARGUMENT},
        {"sip:example.com;transport=", CAN_ALL, SIPREG_ARGUMENT},
        {"sip:example.com;transport=tcp", SIPREG_CAN_UDP, SIPREG_ARGUMENT},
        {"sip:example.com;transport=tls", SIPREG_CAN_UDP | SIPREG_CAN_TCP, SIPREG_ARGUMENT},
        {"sip:example.com;transport=udp", SIPREG_CAN_TLS, SIPREG_ARGUMENT},
        {"sips:example.com", SIPREG_CAN_UDP | SIPREG_CAN_TCP, SIPREG_ARGUMENT},
        {"sips:example.com;transport=tcp", SIPREG_CAN_TCP, SIPREG_ARGUMENT},
        {"sip:example.com", 32, SIPREG_ARGUMENT}, /* no transport of ours */
        {"sip:example.com;maddr", CAN_ALL, SIPREG_ARGUMENT},
        {"sip:example.com;maddr=", CAN_ALL, SIPREG_ARGUMENT},
        {"sip:example.com;maddr=a/b", CAN_ALL, SIPREG_ARGUMENT},
        {"sip:example.com;maddr=example.net:5060", CAN_ALL, SIPREG_ARGUMENT},
        {"sip:.", CAN_ALL, SIPREG_ARGUMENT},
        {"sip:[00000:0000:0000:0000:0000:ffff:255.255.255.255]", CAN_ALL, SIPREG_LIMIT},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct caller caller = caller_of(zone);
        caller.options.transports = rows[i].transports;
        if (sipreg_locate_init(&caller.locate, &caller.options, given_text(rows[i].uri)) !=
            rows[i].result)
            fail_msg("%s", rows[i].uri);
        assert_int_equal(sipreg_locate_start(&caller.locate, 0), SIPREG_STATE);
        assert_string_equal(asking(&caller), "");
        assert_string_equal(targeted(&caller), "pending");
        assert_int_equal(sipreg_locate_failed(&caller.locate, 0, -1), SIPREG_STATE);
        assert_int_equal(sipreg_locate_answer(&caller.locate, 0, NULL, 0), SIPREG_STATE);
    }
}

static void test_nothing_is_asked_before_the_start(void **state)
{
    struct caller caller = caller_of(zone);

    (void)state;
    assert_int_equal(sipreg_locate_init(&caller.locate, NULL, given_text("sip:example.com")),
                     SIPREG_OK);
    assert_string_equal(asking(&caller), "");
    assert_string_equal(targeted(&caller), "pending");
    assert_int_equal(sipreg_locate_failed(&caller.locate, 0, -1), SIPREG_STATE);
    assert_int_equal(sipreg_locate_answer(&caller.locate, 0, NULL, 0), SIPREG_STATE);
    assert_string_equal(again(&caller), "udp 192.0.2.4:6060 example.com"); /* by default */
}

static void test_a_program_with_other_limits_is_told_so_and_its_struct_is_left_alone(void **state)
{
    struct caller caller = caller_of(zone);
    struct sipreg_locate_options options = {.transports = 0};

    (void)state;
    locate(&caller, "sip:192.0.2.9");
    assert_int_equal(sipreg_locate_init_sized(&caller.locate, sizeof caller.locate - 4, &options,
                                              given_text("sip:192.0.2.8")),
                     SIPREG_ARGUMENT);
    assert_string_equal(targeted(&caller), "udp 192.0.2.9:5060 ");
}

static void test_a_name_is_as_long_as_its_services_names_may_be(void **state)
{
    char uri[4 + 243 + 1] = "sip:";
    struct caller caller = caller_of(zone);

    (void)state;
    memset(uri + 4, 'a', 242);
    assert_int_equal(sipreg_locate_init(&caller.locate, &caller.options, given_text(uri)),
                     SIPREG_OK);
    sipreg_locate_start(&caller.locate, 0);
    assert_string_equal(asking(&caller) + strlen("NAPTR "), uri + 4);
    sipreg_locate_answer(&caller.locate, 0, NULL, 0);
    assert_int_equal(strlen(asking(&caller)), strlen("SRV ") + 253);
    assert_string_equal(asking(&caller) + strlen("SRV _sips._tcp."), uri + 4);
    uri[4 + 242] = 'a';
    assert_int_equal(sipreg_locate_init(&caller.locate, NULL, given_text(uri)), SIPREG_LIMIT);
}

static void test_names_of_a_uri_that_have_no_room_together_are_refused(void **state)
{
    char uri[600] = "sip:";
    struct sipreg_locate lookup;
    size_t room = SIPREG_LOCATE_SIZE - 1 /* the empty one */ - 241 /* the host */ - 1;

    (void)state;
    memset(uri + 4, 'a', 240);
    strcpy(uri + 4 + 240, ";maddr=");
    memset(uri + 4 + 240 + 7, 'b', room < 242 ? room : 242);
    assert_int_equal(sipreg_locate_init(&lookup, NULL, given_text(uri)), SIPREG_OK);
    assert_int_equal(strlen(lookup.text + lookup.target), room < 242 ? room : 242);
    strcat(uri, "b");
    assert_int_equal(sipreg_locate_init(&lookup, NULL, given_text(uri)), SIPREG_LIMIT);
    memset(uri + 4, 'a', 560); /* the host alone is too long, though it is not looked up */
    strcpy(uri + 4 + 560, ";maddr=192.0.2.1");
    assert_int_equal(sipreg_locate_init(&lookup, NULL, given_text(uri)), SIPREG_LIMIT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_a_uri_that_leads_nowhere_is_refused_and_the_struct_is_empty),
        TEST(test_nothing_is_asked_before_the_start),
        TEST(test_a_program_with_other_limits_is_told_so_and_its_struct_is_left_alone),
        TEST(test_a_name_is_as_long_as_its_services_names_may_be),
        TEST(test_names_of_a_uri_that_have_no_room_together_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
