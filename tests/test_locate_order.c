/*
 * test_locate_order.c - in which order services, servers and addresses are tried (RFC 3263 4.1, RFC
 * 3403 4.1, RFC 2782, lib/locate_lists.c).
 */
#include "zone.h"

/* The targets, one after the other failing: their addresses' last numbers. */
static const char *order(struct caller *caller, const char *uri)
{
    static char text[200];
    const char *target = locate(caller, uri);

    text[0] = '\0';
    while (strncmp(target, "none", 4) != 0) {
        const char *last = strstr(target, "192.0.2.") != NULL ? strstr(target, "192.0.2.") + 8
                                                              : strrchr(target, ':') - 2;
        strncat(text, last, strcspn(last, ":]"));
        strcat(text, " ");
        target = failed(caller);
    }
    return text;
}

/* ---------------------------------------------------------------- NAPTR */

struct row {
    const char *uri;
    unsigned transports;
    const char *first; /* the question behind NAPTR */
};

static void check_services(const struct rr *zone, const struct row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct caller caller = caller_of(zone);
        char expected[100] = "NAPTR example.com, SRV ";
        caller.options.transports = rows[i].transports;
        locate(&caller, rows[i].uri);
        strcat(expected, rows[i].first);
        if (strncmp(caller.asked, expected, strlen(expected)) != 0)
            fail_msg("row %u: %s", (unsigned)i, caller.asked);
    }
}

static void test_naptr_goes_by_order_then_preference_among_services_that_we_can_use(void **state)
{
    static const struct rr zone[] = {
        /* names that tell which record it was */
        NAPTR("example.com", 100, 50, "SIP+D2U", "udp.example.com."),
        NAPTR("example.com", 90, 60, "SIP+D2T", "tcp2.example.com."),
        NAPTR("example.com", 90, 50, "sip+d2t", "tcp1.example.com."),
        NAPTR("example.com", 50, 90, "SIPS+D2T", "tls2.example.com."),
        NAPTR("example.com", 50, 50, "SIPS+D2T", "tls1.example.com."),
        NAPTR("example.com", 1, 1, "SIP+D2S", "sctp.example.com."),
        NAPTR("example.com", 1, 1, "SIPS+D2W", "wss.example.com."),
        NAPTR("example.com", 1, 1, "SIP+D2W", "ws.example.com."),
        NAPTR("example.com", 1, 1, "E2U+sip", "enum.example.com."),
        {.owner = NULL},
    };
    static const struct row rows[] = {
        {"sip:example.com", CAN_ALL, "tls1.example.com"},
        {"sip:example.com", SIPREG_CAN_UDP | SIPREG_CAN_TCP, "tcp1.example.com"},
        {"sip:example.com", SIPREG_CAN_UDP, "udp.example.com"},
        {"sips:example.com", CAN_ALL, "tls1.example.com"},
        {"sip:example.com", CAN_ALL | SIPREG_CAN_WS | SIPREG_CAN_WSS, "wss.example.com"},
        {"sip:example.com", SIPREG_CAN_WS, "ws.example.com"},
        {"sips:example.com", SIPREG_CAN_WS | SIPREG_CAN_WSS, "wss.example.com"},
    };

    (void)state;
    check_services(zone, rows, COUNT(rows));
}

/* RFC 7118 5.2: no names for SRV are defined, and of two ways the URI does not say which. */
static void test_websocket_by_name_is_an_address_at_its_own_port(void **state)
{
    static const struct rr zone[] = {
        SRV("_sip._tcp.example.com", 0, 0, 5066, "other.example.com."),
        A("example.com", 1),
        {.owner = NULL},
    };
    struct caller caller = ipv4_caller_of(zone);

    (void)state;
    caller.options.transports = CAN_ALL | SIPREG_CAN_WS;
    assert_string_equal(locate(&caller, "sip:example.com;transport=ws"),
                        "ws 192.0.2.1:80 example.com");
    assert_string_equal(caller.asked, "A example.com");
    caller.options.transports = SIPREG_CAN_WSS;
    assert_string_equal(locate(&caller, "sip:example.com;transport=WS"),
                        "wss 192.0.2.1:443 example.com");
    assert_string_equal(locate(&caller, "sips:example.com;transport=ws"),
                        "wss 192.0.2.1:443 example.com");
    assert_string_equal(locate(&caller, "sip:example.com:8088;transport=ws"),
                        "wss 192.0.2.1:8088 example.com");
    caller.options.transports = CAN_ALL | SIPREG_CAN_WS;
    assert_int_equal(sipreg_locate_init(&caller.locate, &caller.options,
                                        given_text("sips:example.com;transport=ws")),
                     SIPREG_ARGUMENT);
    free_given(NULL);
}

static void test_of_services_equally_preferred_tls_comes_first_then_tcp(void **state)
{
    static const struct rr zone[] = {
        NAPTR("example.com", 10, 10, "SIP+D2U", "udp.example.com."),
        NAPTR("example.com", 10, 10, "SIPS+D2T", "tls.example.com."),
        NAPTR("example.com", 10, 10, "SIP+D2T", "tcp.example.com."),
        {.owner = NULL},
    };
    static const struct row rows[] = {
        {"sip:example.com", CAN_ALL, "tls.example.com, SRV tcp.example.com, SRV udp.example.com"},
        {"sip:example.com", SIPREG_CAN_UDP | SIPREG_CAN_TCP,
         "tcp.example.com, SRV udp.example.com"},
    };

    (void)state;
    check_services(zone, rows, COUNT(rows));
}

static void test_order_counts_before_preference_up_to_their_highest_values(void **state)
{
    static const struct rr zone[] = {
        NAPTR("example.com", 1, 0, "SIP+D2U", "b."),
        NAPTR("example.com", 32768, 0, "SIP+D2U", "c."),
        NAPTR("example.com", 0, 65535, "SIP+D2U", "a."),
        {.owner = NULL},
    };
    static const struct rr highest[] = {
        NAPTR("example.com", 65535, 65535, "SIP+D2U", "a."),
        NAPTR("example.com", 65535, 65535, "SIP+D2U", "b."),
        NAPTR("example.com", 65535, 65534, "SIP+D2U", "c."),
        {.owner = NULL},
    };
    static const struct rr half[] = {
        NAPTR("example.com", 32768, 0, "SIP+D2U", "b."),
        NAPTR("example.com", 1, 0, "SIP+D2U", "a."),
        {.owner = NULL},
    };
    static const struct row first[] = {{"sip:example.com", CAN_ALL, "a, AAAA"}};
    static const struct row last[] = {{"sip:example.com", CAN_ALL, "c, SRV a, SRV b, AAAA"}};

    (void)state;
    check_services(zone, first, COUNT(first));
    check_services(half, first, COUNT(first));
    check_services(highest, last, COUNT(last));
}

static void test_services_of_another_order_are_no_alternatives(void **state)
{
    static const struct rr zone[] = {
        NAPTR("example.com", 10, 20, "SIP+D2U", "udp.example.com."),
        NAPTR("example.com", 10, 30, "SIP+D2T", "tcp.example.com."),
        NAPTR("example.com", 10, 40, "SIP+D2U", "udp2.example.com."),
        NAPTR("example.com", 10, 50, "SIP+D2U",
              "udp3.example.com."), /* one more than there is room */
        NAPTR("example.com", 11, 10, "SIP+D2U", "udp4.example.com."),
        {.owner = NULL},
    };
    static const struct rr two[] = {
        NAPTR("example.com", 11, 10, "SIP+D2U", "udp.example.com."),
        NAPTR("example.com", 10, 10, "SIP+D2T", "tcp.example.com."),
        {.owner = NULL},
    };
    static const struct row rows[] = {
        {"sip:example.com", CAN_ALL,
         "udp.example.com, SRV tcp.example.com, SRV udp2.example.com, AAAA example.com"},
    };
    static const struct row rows_of_two[] = {
        {"sip:example.com", CAN_ALL, "tcp.example.com, AAAA example.com"},
    };

    (void)state;
    check_services(zone, rows, COUNT(rows));
    check_services(two, rows_of_two, COUNT(rows_of_two));
}

static void test_naptr_that_offers_nothing_that_we_can_use_is_as_none(void **state)
{
    static const struct rr zone[] = {
        NAPTR("example.com", 10, 10, "SIP+D2T", "tcp.example.com."),
        NAPTR("example.com", 20, 10, "SIPS+D2W", "wss.example.com."),
        {.owner = NULL},
    };
    static const struct row rows[] = {
        {"sips:example.com", CAN_ALL, "_sips._tcp.example.com, AAAA example.com"},
        {"sip:example.com", SIPREG_CAN_UDP, "_sip._udp.example.com, AAAA example.com"},
    };

    (void)state;
    check_services(zone, rows, COUNT(rows));
}

static void test_naptr_may_lead_into_another_domain_but_not_the_certificate(void **state)
{
    static const struct rr zone[] = {
        NAPTR("example.com", 10, 10, "SIPS+D2T", "_sips._tcp.hoster.example."),
        SRV("_sips._tcp.hoster.example", 0, 0, 5061, "h1.hoster.example."),
        A("h1.hoster.example", 7),
        {.owner = NULL},
    };
    struct caller caller = caller_of(zone);

    (void)state;
    assert_string_equal(locate(&caller, "sip:example.com"), "tls 192.0.2.7:5061 example.com");
}

/* ---------------------------------------------------------------- SRV */

#define S(priority, weight, name) SRV("_sip._udp.example.com", priority, weight, 5060, name)

static void test_servers_of_a_lower_priority_come_first(void **state)
{
    static const struct rr zone[] = {
        S(20, 65535, "c"), S(0, 0, "a"), S(10, 5, "b"), S(65535, 9, "d"), A("a", 1),
        A("b", 2),         A("c", 3),    A("d", 4),     {.owner = NULL},
    };
    struct caller caller = caller_of(zone);

    (void)state;
    assert_string_equal(order(&caller, "sip:example.com;transport=udp"), "1 2 3 4 ");
}

/* Numbers to be drawn: of 0 to 65535, in 65536ths of the range. */
struct script {
    const uint32_t *numbers;
    size_t count, used;
};

static int scripted(void *user, void *out, size_t n)
{
    struct script *script = (struct script *)user;

    assert_int_equal(n, sizeof *script->numbers);
    assert_true(script->used < script->count);
    number_as_random(script->numbers[script->used++], out);
    return 0;
}

/* The number that makes k be drawn, of so many. */
#define DRAW(k, of) ((uint32_t)((((uint64_t)(k) << 32) + (of)-1) / (of)))
/* And the last one that does. */
#define LAST(k, of) (DRAW((k) + 1, of) - 1)

static const char *order_by(const struct rr *zone, const uint32_t *numbers, size_t count)
{
    struct script script = {numbers, count, 0};
    struct caller caller = caller_of(zone);
    const char *text;

    caller.options.random = scripted;
    caller.options.user = &script;
    text = order(&caller, "sip:example.com;transport=udp");
    assert_int_equal(script.used, count);
    return text;
}

#define ORDER(zone, ...)                                                                           \
    order_by((zone), (const uint32_t[]){__VA_ARGS__},                                              \
             sizeof((uint32_t[]){__VA_ARGS__}) / sizeof(uint32_t))

static void test_servers_of_one_priority_are_drawn_by_weight(void **state)
{
    static const struct rr zone[] = {
        /* the sums are 1, 4, 10 */
        S(0, 1, "a"), S(0, 3, "b"), S(0, 6, "c"), A("a", 1), A("b", 2), A("c", 3), {.owner = NULL},
    };

    (void)state;
    assert_string_equal(ORDER(zone, DRAW(0, 10), DRAW(0, 9), 0), "1 2 3 ");
    assert_string_equal(ORDER(zone, LAST(0, 10), LAST(2, 9), 0), "1 2 3 ");
    assert_string_equal(ORDER(zone, LAST(0, 10), DRAW(3, 9), 0), "1 3 2 ");
    assert_string_equal(ORDER(zone, DRAW(1, 10), LAST(0, 7), 0), "2 1 3 ");
    assert_string_equal(ORDER(zone, LAST(3, 10), DRAW(1, 7), 0), "2 3 1 ");
    assert_string_equal(ORDER(zone, DRAW(4, 10), LAST(0, 4), 0), "3 1 2 ");
    assert_string_equal(ORDER(zone, UINT32_MAX, DRAW(1, 4), UINT32_MAX), "3 2 1 ");
}

static void test_a_server_that_weighs_nothing_is_drawn_by_zero_alone(void **state)
{
    static const struct rr zone[] = {
        /* 0 and 0 come first, then the sums are 2, 4 */
        S(0, 2, "a"), S(0, 0, "b"), S(0, 2, "c"), S(0, 0, "d"),    A("a", 1),
        A("b", 2),    A("c", 3),    A("d", 4),    {.owner = NULL},
    };

    (void)state;
    assert_string_equal(ORDER(zone, DRAW(1, 5), DRAW(1, 3), 7, 7), "1 3 2 4 ");
    assert_string_equal(ORDER(zone, LAST(2, 5), LAST(0, 3), LAST(0, 3), 7), "1 2 4 3 ");
    assert_string_equal(ORDER(zone, DRAW(3, 5), UINT32_MAX, 7, 7), "3 1 2 4 ");
    assert_string_equal(ORDER(zone, LAST(0, 5), DRAW(1, 5), UINT32_MAX, UINT32_MAX), "2 1 3 4 ");
    assert_string_equal(ORDER(zone, 0, 0, 0, 0), "2 4 1 3 ");
}

static void test_weights_do_not_reach_across_priorities(void **state)
{
    static const struct rr zone[] = {
        S(1, 65535, "c"), S(0, 0, "a"), S(1, 65535, "d"), S(0, 65535, "b"), A("a", 1),
        A("b", 2),        A("c", 3),    A("d", 4),        {.owner = NULL},
    };

    (void)state;
    assert_string_equal(ORDER(zone, LAST(0, 65536), 0, DRAW(65535, 131070), 0), "1 2 4 3 ");
    assert_string_equal(ORDER(zone, DRAW(1, 65536), 0, LAST(65534, 131070), 0), "2 1 3 4 ");
}

/* A generator of Numerical Recipes' kind, seeded: its high bits will do. */
static int seeded(void *user, void *out, size_t n)
{
    uint32_t *seed = (uint32_t *)user;
    unsigned char *octets = (unsigned char *)out;

    for (size_t i = 0; i < n; i++) {
        *seed = *seed * UINT32_C(1664525) + UINT32_C(1013904223);
        octets[i] = (unsigned char)(*seed >> 24);
    }
    return 0;
}

static unsigned first_in_thousand(const struct rr *zone, const char *target)
{
    struct caller caller = caller_of(zone);
    uint32_t seed = 1;
    unsigned count = 0;

    caller.options.random = seeded;
    caller.options.user = &seed;
    for (int i = 0; i < 1000; i++)
        count += strcmp(locate(&caller, "sip:example.com;transport=udp"), target) == 0;
    return count;
}

static void test_a_thousand_phones_share_servers_as_their_weights_are(void **state)
{
    static const struct rr quarters[] = {
        S(0, 1, "a"), S(0, 3, "b"), A("a", 1), A("b", 2), {.owner = NULL},
    };
    static const struct rr turned[] = {
        S(0, 3, "b"), S(0, 1, "a"), A("a", 1), A("b", 2), {.owner = NULL},
    };
    static const struct rr hardly[] = {
        S(0, 0, "a"), S(0, 99, "b"), A("a", 1), A("b", 2), {.owner = NULL},
    };

    (void)state;
    assert_in_range(first_in_thousand(quarters, "udp 192.0.2.1:5060 example.com"), 210, 290);
    assert_in_range(first_in_thousand(turned, "udp 192.0.2.1:5060 example.com"), 210, 290);
    assert_in_range(first_in_thousand(hardly, "udp 192.0.2.1:5060 example.com"), 1, 30);
}

static void test_a_failing_random_costs_no_more_than_the_weighting(void **state)
{
    static const struct rr zone[] = {
        S(1, 0, "d"), S(0, 5, "a"), S(0, 5, "b"), S(0, 5, "c"),    A("a", 1),
        A("b", 2),    A("c", 3),    A("d", 4),    {.owner = NULL},
    };
    struct caller caller = caller_of(zone);
    int left = 0;

    (void)state;
    assert_string_equal(order(&caller, "sip:example.com;transport=udp"),
                        "2 1 3 4 "); /* the middle */
    caller.options.random = failing_random;
    caller.options.user = &left;
    assert_string_equal(order(&caller, "sip:example.com;transport=udp"), "2 1 3 4 ");
}

/* ---------------------------------------------------------------- addresses */

static void test_all_addresses_of_a_server_are_tried_before_the_next_server(void **state)
{
    static const struct rr zone[] = {
        S(0, 0, "a"), S(1, 0, "b"), A("b", 8), A("a", 3),       A("a", 1),
        AAAA("a", 5), AAAA("a", 4), A("b", 7), {.owner = NULL},
    };
    struct caller caller = caller_of(zone);

    (void)state;
    assert_string_equal(order(&caller, "sip:example.com;transport=udp"), "5 4 3 1 8 7 ");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_naptr_goes_by_order_then_preference_among_services_that_we_can_use),
        TEST(test_websocket_by_name_is_an_address_at_its_own_port),
        TEST(test_of_services_equally_preferred_tls_comes_first_then_tcp),
        TEST(test_order_counts_before_preference_up_to_their_highest_values),
        TEST(test_services_of_another_order_are_no_alternatives),
        TEST(test_naptr_that_offers_nothing_that_we_can_use_is_as_none),
        TEST(test_naptr_may_lead_into_another_domain_but_not_the_certificate),
        TEST(test_servers_of_a_lower_priority_come_first),
        TEST(test_servers_of_one_priority_are_drawn_by_weight),
        TEST(test_a_server_that_weighs_nothing_is_drawn_by_zero_alone),
        TEST(test_weights_do_not_reach_across_priorities),
        TEST(test_a_thousand_phones_share_servers_as_their_weights_are),
        TEST(test_a_failing_random_costs_no_more_than_the_weighting),
        TEST(test_all_addresses_of_a_server_are_tried_before_the_next_server),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
