/*
 * test_via.c - the top Via, and whether it is the only one (lib/via.c).
 */
#include "support.h"

#include "../lib/via.h"

struct row {
    const char *text;
    const char *transport, *host, *port, *branch, *received, *rport;
    bool more;
};

static void test_a_via_comes_apart_with_blanks_anywhere(void **state)
{
    static const struct row rows[] = {
        {"SIP/2.0/UDP h", "UDP", "h", NULL, NULL, NULL, NULL, false},
        {"SIP/2.0/UDP 192.0.2.1:5060;branch=z9;received=192.0.2.9;rport=1024", "UDP", "192.0.2.1",
         "5060", "z9", "192.0.2.9", "1024", false},
        {"SIP / 2.0 / UDP h : 5060 ; branch = z9 ; rport", "UDP", "h", "5060", "z9", NULL, NULL,
         false},
        {"SIP\r\n /2.0/\r\n\tTLS h\r\n ;branch=z9", "TLS", "h", NULL, "z9", NULL, NULL, false},
        {"SIP/2.0/UDP [2001:db8::1]:5060;received=2001:db8::9", "UDP", "[2001:db8::1]", "5060",
         NULL, "2001:db8::9", NULL, false},
        {"SIP/2.0/UDP [2001:db8::1];received=[2001:db8::9]", "UDP", "[2001:db8::1]", NULL, NULL,
         "2001:db8::9", NULL, false},
        {"SIP/2.0/UDP h;received=\"[::1\"", "UDP", "h", NULL, NULL, "[::1", NULL, false},
        {"SIP/2.0/UDP h;rport=", "UDP", "h", NULL, NULL, NULL, "", false},
        {"SIP/2.0/UNKNOWN 255.255.255.255", "UNKNOWN", "255.255.255.255", NULL, NULL, NULL, NULL,
         false},
        {"sip/2.0/udp h;BRANCH=a;branch=b", "udp", "h", NULL, "a", NULL, NULL, false},
        {"SIP/2.0/UDP h;;branch=a;;", "UDP", "h", NULL, "a", NULL, NULL, false},
        {"SIP/2.0/UDP h;odd=\"x,;\";branch=a", "UDP", "h", NULL, "a", NULL, NULL, false},
        {"SIP/2.0/UDP h:;branch=a", "UDP", "h", "", "a", NULL, NULL, false},
        {"SIP/2.0/UDP h;branch=a, SIP/2.0/UDP i;branch=b", "UDP", "h", NULL, "a", NULL, NULL, true},
        {"SIP/2.0/UDP h , SIP/2.0/UDP i", "UDP", "h", NULL, NULL, NULL, NULL, true},
        {"SIP/2.0/UDP h,", "UDP", "h", NULL, NULL, NULL, NULL, true},
        {"SIP/2.0/UDP h;branch=-.!%*_+`'~", "UDP", "h", NULL, "-.!%*_+`'~", NULL, NULL, false},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct sipreg_via via;
        bool more;
        if (sipreg_via_parse(&via, given_text(rows[i].text), &more) != SIPREG_OK)
            fail_msg("%s", rows[i].text);
        assert_str(via.transport, rows[i].transport);
        assert_str(via.host, rows[i].host);
        assert_str(via.port, rows[i].port);
        assert_str(via.branch, rows[i].branch);
        assert_str(via.received, rows[i].received);
        assert_str(via.rport, rows[i].rport);
        assert_int_equal(more, rows[i].more);
    }
}

static void test_a_via_that_does_not_come_apart_is_refused(void **state)
{
    static const char *const rows[] = {
        "",
        "SIP",
        "SIP/2.0",
        "SIP/2.0/",
        "SIP/2.0 h",
        "/2.0/UDP h",
        "SIP//UDP h",
        "SIP/2.0/UDP",
        "SIP/2.0/UDP ",
        "SIP/2.0/UDP ;branch=a",
        "SIP/2.0/UDP [::1",
        "SIP/2.0/UDP h x",
        "SIP/2.0/UDP h;=a",
        "SIP/2.0/UDP h;branch=\"a",
        "SIP/2.0/UDP h:5x",
        "SIP/2.0/UDP 2001:db8::1:5060",
        "SIP/2.0/UDP h;branch=a b",
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct sipreg_via via;
        bool more;
        if (sipreg_via_parse(&via, given_text(rows[i]), &more) != SIPREG_SYNTAX)
            fail_msg("%s", rows[i]);
    }
}

static void test_a_via_stays_safe_wherever_it_is_cut(void **state)
{
    static const char text[] =
        "SIP / 2.0 / UDP [2001:db8::1] : 5060 ;rport=1; branch = \"z\\9\"\r\n , SIP";

    (void)state;
    for (size_t n = 0; n < sizeof text; n++) {
        struct sipreg_via via;
        bool more = false;
        int result = sipreg_via_parse(&via, given(text, n), &more);
        assert_true(result == SIPREG_OK || result == SIPREG_SYNTAX);
        if (result == SIPREG_OK)
            assert_str(via.host, "[2001:db8::1]");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_a_via_comes_apart_with_blanks_anywhere),
        TEST(test_a_via_that_does_not_come_apart_is_refused),
        TEST(test_a_via_stays_safe_wherever_it_is_cut),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
