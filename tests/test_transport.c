/*
 * test_transport.c - names of transports (RFC 3261 18, RFC 7118 5).
 */
#include "support.h"

#include "transport.h"

static void test_each_has_its_names(void **state)
{
    static const struct {
        enum sipreg_transport transport;
        const char *name, *param;
        bool secure;
    } rows[] = {
        {SIPREG_UDP, "UDP", "udp", false}, {SIPREG_TCP, "TCP", "tcp", false},
        {SIPREG_TLS, "TLS", "tcp", true},  {SIPREG_WS, "WS", "ws", false},
        {SIPREG_WSS, "WSS", "ws", true},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        assert_string_equal(sipreg_transport_name(rows[i].transport), rows[i].name);
        assert_string_equal(sipreg_transport_param(rows[i].transport), rows[i].param);
        assert_int_equal(sipreg_transport_is_secure(rows[i].transport), rows[i].secure);
    }
}

static void test_no_other_has_one(void **state)
{
    (void)state;
    assert_null(sipreg_transport_name((enum sipreg_transport)(SIPREG_WSS + 1)));
    assert_null(sipreg_transport_name((enum sipreg_transport) - 1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_each_has_its_names),
        TEST(test_no_other_has_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
