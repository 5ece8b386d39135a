/*
 * test_locate.c - what a URI leaves to be asked, and where it leads (RFC 3263 4, lib/locate.c).
 */
#include "zone.h"

/* Everything that a domain can have. */
static const struct rr full[] = {
    NAPTR("example.com", 10, 10, "SIPS+D2T", "_sips._tcp.example.com."),
    NAPTR("example.com", 20, 10, "SIP+D2T", "_sip._tcp.example.com."),
    NAPTR("example.com", 30, 10, "SIP+D2U", "_sip._udp.example.com."),
    SRV("_sips._tcp.example.com", 0, 0, 6061, "tls.example.com."),
    SRV("_sip._tcp.example.com", 0, 0, 6060, "tcp.example.com."),
    SRV("_sip._udp.example.com", 0, 0, 6060, "udp.example.com."),
    A("example.com", 1),
    AAAA("example.com", 1),
    A("tls.example.com", 2),
    A("tcp.example.com", 3),
    A("udp.example.com", 4),
    A("proxy.example.net", 5),
    A("p", 6),
    A("p2", 7),
    {.owner = NULL},
};

/* Addresses alone. */
static const struct rr plain[] = {
    A("example.com", 1),
    {.owner = NULL},
};

static const struct rr empty[] = {{.owner = NULL}};

struct row {
    const char *uri;
    const char *asked, *target;
};

static void check(const struct rr *zone, const struct sipreg_locate_options *options,
                  const struct row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct caller caller = caller_of(zone);
        caller.options = *options;
        locate(&caller, rows[i].uri);
        if (strcmp(caller.target, rows[i].target) != 0 || strcmp(caller.asked, rows[i].asked) != 0)
            fail_msg("%s: %s (asked: %s)", rows[i].uri, caller.target, caller.asked);
    }
}

#define CHECK(zone, rows, ...)                                                                     \
    check((zone), &(struct sipreg_locate_options){__VA_ARGS__}, (rows), COUNT(rows))

/* ---------------------------------------------------------------- what is asked */

static void test_an_address_asks_nothing_and_is_used_with_its_port_or_the_usual_one(void **state)
{
    static const struct row rows[] = {
        {"sip:192.0.2.9", "", "udp 192.0.2.9:5060 "},
        {"sip:alice@192.0.2.9:5070", "", "udp 192.0.2.9:5070 "},
        {"sip:192.0.2.9;transport=tcp", "", "tcp 192.0.2.9:5060 "},
        {"sip:192.0.2.9;transport=TLS", "", "tls 192.0.2.9:5061 "},
        {"sips:192.0.2.9", "", "tls 192.0.2.9:5061 "},
        {"sips:192.0.2.9:5060", "", "tls 192.0.2.9:5060 "},
        {"sip:[2001:db8::10]", "", "udp [2001:db8::10]:5060 "},
        {"sip:[2001:db8::10]:5070", "", "udp [2001:db8::10]:5070 "},
        {"sip:[2001:db8::10:5070]", "", "udp [2001:db8::10:5070]:5060 "},
        {"sip:[::ffff:192.0.2.9]", "", "udp [::ffff:192.0.2.9]:5060 "},
        {"sip:[0000:0000:0000:0000:0000:ffff:255.255.255.255]", "",
         "udp [0000:0000:0000:0000:0000:ffff:255.255.255.255]:5060 "},
    };

    (void)state;
    CHECK(empty, rows, .transports = CAN_ALL);
}

static void test_a_port_leaves_only_addresses_to_be_asked(void **state)
{
    static const struct row rows[] = {
        {"sip:example.com:5060", "A example.com", "udp 192.0.2.1:5060 example.com"},
        {"sip:example.com:5070", "A example.com", "udp 192.0.2.1:5070 example.com"},
        {"sip:example.com:5070;transport=tcp", "A example.com", "tcp 192.0.2.1:5070 example.com"},
        {"sip:example.com:65535;transport=tls", "A example.com", "tls 192.0.2.1:65535 example.com"},
        {"sips:example.com:5070", "A example.com", "tls 192.0.2.1:5070 example.com"},
        {"sip:p2:5060", "A p2", "udp 192.0.2.7:5060 p2"},
    };

    (void)state;
    CHECK(full, rows, .transports = CAN_ALL, .families = SIPREG_CAN_IPV4);
}

static void test_a_transport_asks_for_its_servers_and_not_for_naptr(void **state)
{
    static const struct row rows[] = {
        {"sip:example.com;transport=udp", "SRV _sip._udp.example.com, A udp.example.com",
         "udp 192.0.2.4:6060 example.com"},
        {"sip:example.com;lr;transport=tcp", "SRV _sip._tcp.example.com, A tcp.example.com",
         "tcp 192.0.2.3:6060 example.com"},
        {"sip:example.com;Transport=TLS", "SRV _sips._tcp.example.com, A tls.example.com",
         "tls 192.0.2.2:6061 example.com"},
        {"sips:example.com;transport=tcp", "SRV _sips._tcp.example.com, A tls.example.com",
         "tls 192.0.2.2:6061 example.com"},
        {"sips:example.com;transport=tls", "SRV _sips._tcp.example.com, A tls.example.com",
         "tls 192.0.2.2:6061 example.com"},
    };

    (void)state;
    CHECK(full, rows, .transports = CAN_ALL, .families = SIPREG_CAN_IPV4);
}

static void test_a_name_alone_asks_for_naptr_then_servers_then_addresses(void **state)
{
    static const struct row rows[] = {
        {"sip:example.com",
         "NAPTR example.com, SRV _sips._tcp.example.com, AAAA tls.example.com, A tls.example.com",
         "tls 192.0.2.2:6061 example.com"},
        {"sips:example.com",
         "NAPTR example.com, SRV _sips._tcp.example.com, AAAA tls.example.com, A tls.example.com",
         "tls 192.0.2.2:6061 example.com"},
        {"sip:example.com.", /* a dot at the end is no other name, and in no certificate */
         "NAPTR example.com, SRV _sips._tcp.example.com, AAAA tls.example.com, A tls.example.com",
         "tls 192.0.2.2:6061 example.com"},
    };

    (void)state;
    CHECK(full, rows, .transports = CAN_ALL);
}

static void test_without_naptr_each_transport_that_we_can_do_is_asked_for(void **state)
{
    static const struct row all[] = {
        {"sip:example.com",
         "NAPTR example.com, SRV _sips._tcp.example.com, SRV _sip._tcp.example.com, "
         "SRV _sip._udp.example.com, A example.com",
         "udp 192.0.2.1:5060 example.com"},
        {"sips:example.com", "NAPTR example.com, SRV _sips._tcp.example.com, A example.com",
         "tls 192.0.2.1:5061 example.com"},
    };
    static const struct row streams[] = {
        {"sip:example.com",
         "NAPTR example.com, SRV _sips._tcp.example.com, SRV _sip._tcp.example.com, A example.com",
         "tcp 192.0.2.1:5060 example.com"},
    };
    static const struct row tls[] = {
        {"sip:example.com", "NAPTR example.com, SRV _sips._tcp.example.com, A example.com",
         "tls 192.0.2.1:5061 example.com"},
    };
    static const struct row usual[] = {
        {"sip:example.com", "NAPTR example.com, SRV _sip._udp.example.com, A example.com",
         "udp 192.0.2.1:5060 example.com"},
    };

    (void)state;
    CHECK(plain, all, .transports = CAN_ALL, .families = SIPREG_CAN_IPV4);
    CHECK(plain, streams, .transports = SIPREG_CAN_TCP | SIPREG_CAN_TLS,
          .families = SIPREG_CAN_IPV4);
    CHECK(plain, tls, .transports = SIPREG_CAN_TLS, .families = SIPREG_CAN_IPV4);
    CHECK(plain, usual, .families = SIPREG_CAN_IPV4); /* 0: UDP */
}

static void test_of_servers_without_naptr_those_with_the_best_transport_are_used(void **state)
{
    static const struct rr zone[] = {
        SRV("_sip._tcp.example.com", 0, 0, 6060, "tcp.example.com"),
        SRV("_sip._udp.example.com", 0, 0, 6060, "udp.example.com"),
        A("tcp.example.com", 3),
        A("udp.example.com", 4),
        {.owner = NULL},
    };
    static const struct row rows[] = {
        {"sip:example.com",
         "NAPTR example.com, SRV _sips._tcp.example.com, SRV _sip._tcp.example.com, "
         "A tcp.example.com",
         "tcp 192.0.2.3:6060 example.com"},
    };

    (void)state;
    CHECK(zone, rows, .transports = CAN_ALL, .families = SIPREG_CAN_IPV4);
}

static void test_without_servers_the_name_is_the_server_at_the_usual_port(void **state)
{
    static const struct row rows[] = {
        {"sip:example.com;transport=udp", "SRV _sip._udp.example.com, A example.com",
         "udp 192.0.2.1:5060 example.com"},
        {"sip:example.com;transport=tcp", "SRV _sip._tcp.example.com, A example.com",
         "tcp 192.0.2.1:5060 example.com"},
        {"sip:example.com;transport=tls", "SRV _sips._tcp.example.com, A example.com",
         "tls 192.0.2.1:5061 example.com"},
        {"sips:example.com;transport=tcp", "SRV _sips._tcp.example.com, A example.com",
         "tls 192.0.2.1:5061 example.com"},
    };

    (void)state;
    CHECK(plain, rows, .transports = CAN_ALL, .families = SIPREG_CAN_IPV4);
}

static void test_naptr_decides_the_transport_also_when_its_servers_are_missing(void **state)
{
    static const struct rr zone[] = {
        NAPTR("example.com", 10, 10, "SIP+D2T", "_sip._tcp.example.com"),
        A("example.com", 1),
        {.owner = NULL},
    };
    static const struct row rows[] = {
        {"sip:example.com", "NAPTR example.com, SRV _sip._tcp.example.com, A example.com",
         "tcp 192.0.2.1:5060 example.com"},
    };

    (void)state;
    CHECK(zone, rows, .transports = CAN_ALL, .families = SIPREG_CAN_IPV4);
}

/* ---------------------------------------------------------------- what is meant */

static void test_maddr_is_looked_up_but_the_host_is_verified(void **state)
{
    static const struct row rows[] = {
        {"sip:example.com;maddr=192.0.2.9", "", "udp 192.0.2.9:5060 example.com"},
        {"sip:example.com:5070;maddr=192.0.2.9", "", "udp 192.0.2.9:5070 example.com"},
        {"sip:example.com;maddr=[2001:db8::9]", "", "udp [2001:db8::9]:5060 example.com"},
        {"sips:example.com:6061;maddr=proxy.example.net", "A proxy.example.net",
         "tls 192.0.2.5:6061 example.com"},
        {"sip:example.com:5070;maddr=p", "A p", "udp 192.0.2.6:5070 example.com"},
        {"sip:192.0.2.9:5070;maddr=proxy.example.net", "A proxy.example.net",
         "udp 192.0.2.5:5070 "},
        {"sip:example.net;maddr=example.com;transport=udp",
         "SRV _sip._udp.example.com, A udp.example.com", "udp 192.0.2.4:6060 example.net"},
    };

    (void)state;
    CHECK(full, rows, .transports = CAN_ALL, .families = SIPREG_CAN_IPV4);
}

static void test_a_secure_request_uri_makes_any_route_secure(void **state)
{
    static const struct row rows[] = {
        {"sip:example.com", "NAPTR example.com, SRV _sips._tcp.example.com, A tls.example.com",
         "tls 192.0.2.2:6061 example.com"},
        {"sip:example.com;lr;transport=tcp", "SRV _sips._tcp.example.com, A tls.example.com",
         "tls 192.0.2.2:6061 example.com"},
        {"sip:192.0.2.9", "", "tls 192.0.2.9:5061 "},
    };
    struct caller caller = caller_of(full);

    (void)state;
    CHECK(full, rows, .transports = CAN_ALL, .secure = true, .families = SIPREG_CAN_IPV4);
    caller.options.secure = true;
    assert_int_equal(sipreg_locate_init(&caller.locate, &caller.options,
                                        given_text("sip:example.com;transport=udp")),
                     SIPREG_ARGUMENT);
}

static void test_a_secure_route_is_secure_whatever_the_request_uri(void **state)
{
    static const struct row rows[] = {
        {"sips:example.com;lr", "NAPTR example.com, SRV _sips._tcp.example.com, A tls.example.com",
         "tls 192.0.2.2:6061 example.com"},
    };

    (void)state;
    CHECK(full, rows, .transports = CAN_ALL, .families = SIPREG_CAN_IPV4);
}

static void test_addresses_are_those_of_the_families_asked_for_ipv6_first(void **state)
{
    static const struct row both[] = {
        {"sip:example.com:5060", "AAAA example.com, A example.com",
         "udp [2001:0db8:0000:0000:0000:0000:0000:0001]:5060 example.com"},
    };
    static const struct row ipv6[] = {
        {"sip:example.com:5060", "AAAA example.com",
         "udp [2001:0db8:0000:0000:0000:0000:0000:0001]:5060 example.com"},
    };
    static const struct row ipv4[] = {
        {"sip:example.com:5060", "A example.com", "udp 192.0.2.1:5060 example.com"},
    };

    (void)state;
    CHECK(full, both, .transports = CAN_ALL);
    CHECK(full, both, .families = SIPREG_CAN_IPV4 | SIPREG_CAN_IPV6);
    CHECK(full, ipv6, .families = SIPREG_CAN_IPV6);
    CHECK(full, ipv4, .families = SIPREG_CAN_IPV4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_an_address_asks_nothing_and_is_used_with_its_port_or_the_usual_one),
        TEST(test_a_port_leaves_only_addresses_to_be_asked),
        TEST(test_a_transport_asks_for_its_servers_and_not_for_naptr),
        TEST(test_a_name_alone_asks_for_naptr_then_servers_then_addresses),
        TEST(test_without_naptr_each_transport_that_we_can_do_is_asked_for),
        TEST(test_of_servers_without_naptr_those_with_the_best_transport_are_used),
        TEST(test_without_servers_the_name_is_the_server_at_the_usual_port),
        TEST(test_naptr_decides_the_transport_also_when_its_servers_are_missing),
        TEST(test_maddr_is_looked_up_but_the_host_is_verified),
        TEST(test_a_secure_request_uri_makes_any_route_secure),
        TEST(test_a_secure_route_is_secure_whatever_the_request_uri),
        TEST(test_addresses_are_those_of_the_families_asked_for_ipv6_first),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
