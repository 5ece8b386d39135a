/*
 * test_uri.c - the parts of a URI, what we may send, and what is the same (lib/uri.c).
 */
#include "support.h"

#include "../lib/uri.h"

/* ---------------------------------------------------------------- parts */

struct parts {
    const char *text;
    const char *scheme, *user, *password, *host, *port, *params, *headers;
};

static void test_a_sip_uri_comes_apart(void **state)
{
    static const struct parts rows[] = {
        {"sip:h", "sip", NULL, NULL, "h", NULL, NULL, NULL},
        {"SIPS:a@h", "SIPS", "a", NULL, "h", NULL, NULL, NULL},
        {"sip:a:b@h:5060;x=1;y?z=2&w", "sip", "a", "b", "h", "5060", ";x=1;y", "z=2&w"},
        {"sip:user;par=u%40x@h", "sip", "user;par=u%40x", NULL, "h", NULL, NULL, NULL},
        {"sip:a?b@h?c", "sip", "a?b", NULL, "h", NULL, NULL, "c"},
        {"sip:a@b@h", "sip", "a@b", NULL, "h", NULL, NULL, NULL},
        {"sip:@h", "sip", "", NULL, "h", NULL, NULL, NULL},
        {"sip::@h", "sip", "", "", "h", NULL, NULL, NULL},
        {"sip:a:@h:", "sip", "a", "", "h", "", NULL, NULL},
        {"sip:[2001:db8::1]:5070;lr", "sip", NULL, NULL, "[2001:db8::1]", "5070", ";lr", NULL},
        {"sip:[2001:db8::10:5070]", "sip", NULL, NULL, "[2001:db8::10:5070]", NULL, NULL, NULL},
        {"sip:u@[::ffff:192.0.2.10]:19823", "sip", "u", NULL, "[::ffff:192.0.2.10]", "19823", NULL,
         NULL},
        {"sip:[2001:db8:::192.0.2.1]", "sip", NULL, NULL, "[2001:db8:::192.0.2.1]", NULL, NULL,
         NULL},
        {"sip:h?", "sip", NULL, NULL, "h", NULL, NULL, ""},
        {"sip:h;", "sip", NULL, NULL, "h", NULL, ";", NULL},
        {"sip:h ", "sip", NULL, NULL, "h ", NULL, NULL, NULL},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct sipreg_uri uri;
        assert_int_equal(sipreg_uri_parse(&uri, given_text(rows[i].text)), SIPREG_OK);
        assert_str(uri.scheme, rows[i].scheme);
        assert_str(uri.user, rows[i].user);
        assert_str(uri.password, rows[i].password);
        assert_str(uri.host, rows[i].host);
        assert_str(uri.port, rows[i].port);
        assert_str(uri.params, rows[i].params);
        assert_str(uri.headers, rows[i].headers);
        assert_true(sipreg_uri_is_sip(&uri));
        assert_int_equal(sipreg_uri_is_sips(&uri), uri.scheme.n == 4);
    }
}

static void test_uris_of_other_schemes_are_a_scheme_and_a_rest(void **state)
{
    static const char *const rows[] = {"mailto:carol@chicago.com", "tel:+1-201-555-0123;x",
                                       "urn:uuid:0", "sipx:h", "http://x:y:z"};

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct sipreg_uri uri;
        assert_int_equal(sipreg_uri_parse(&uri, given_text(rows[i])), SIPREG_OK);
        assert_false(sipreg_uri_is_sip(&uri));
        assert_str(uri.rest, strchr(rows[i], ':') + 1);
        assert_str(uri.host, NULL);
    }
}

static void test_what_does_not_come_apart_is_refused(void **state)
{
    static const char *const rows[] = {
        "",       "sip",      ":h",          "sip:",    "sip:a@",         "sip::1",     "sip:;lr",
        "sip:?x", "sip:[::1", "sip:h:5060x", "sip:h:x", "sip:a@[:5060;x", "sip:h:50:60"};
    struct sipreg_uri uri;

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        if (sipreg_uri_parse(&uri, given_text(rows[i])) != SIPREG_SYNTAX)
            fail_msg("%s", rows[i]);
    }
    assert_int_equal(sipreg_uri_parse(&uri, (struct sipreg_str){NULL, 0}), SIPREG_SYNTAX);
}

static void test_a_uri_cut_or_garbled_anywhere_stays_safe(void **state)
{
    static const char text[] = "sip:a%62c:pw@[2001:db8::1]:5060;transport=tcp;lr?a=b&c=%64";
    static const char odd[] = {'\0', '\r', '\n', '"', '\\', '<', ',', ';', '\xFF', '%', ':', '@'};
    struct sipreg_uri whole, uri;

    (void)state;
    assert_int_equal(sipreg_uri_parse(&whole, given_text(text)), SIPREG_OK);
    for (size_t n = 0; n < sizeof text; n++) {
        if (sipreg_uri_parse(&uri, given(text, n)) == SIPREG_OK)
            assert_int_equal(sipreg_uri_same(&uri, &whole), n == sizeof text - 1);
        for (size_t i = 0; i < COUNT(odd) && n < sizeof text - 1; i++) {
            char garbled[sizeof text];
            memcpy(garbled, text, sizeof text);
            garbled[n] = odd[i];
            struct sipreg_str s = given(garbled, sizeof text - 1);
            if (sipreg_uri_parse(&uri, s) == SIPREG_OK)
                assert_int_equal(sipreg_uri_same(&uri, &whole), sipreg_uri_same(&whole, &uri));
            if (strchr(" \r\n\"\\<>,\xFF", odd[i]) != NULL && odd[i] != ',')
                assert_false(sipreg_uri_valid(&uri, s));
        }
    }
}

/* ---------------------------------------------------------------- sending */

static void test_uris_of_the_grammar_may_be_sent(void **state)
{
    static const char *const rows[] = {
        "sip:example.com",
        "sips:alice@192.0.2.1:5061;transport=tcp?a=b",
        "sip:j%40s%200n@h",
        "sip:a-_.!~*'()&=+$,;?/:pw&=+$,@h",
        "sip:u@[2001:db8::1]:5060",
        "sip:[::ffff:192.0.2.10]",
        "sip:h:1",
        "sip:h:65535",
        "tel:+1-201-555-0123",
        "x-a+b.c:y",
        "sip:a-b.c",
    };
    struct sipreg_uri uri;

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        if (!sipreg_uri_valid(&uri, given_text(rows[i])))
            fail_msg("%s", rows[i]);
    }
}

static void test_uris_that_could_break_out_or_lead_nowhere_may_not(void **state)
{
    static const char *const rows[] = {
        "",          "sip:",       "tel:",           "sip:h h",       "<sip:h>",    "sip:h>",
        "sip:@h",    "sip:a b@h",  "sip:\xC3\xA9@h", "sip:a\r\n@h",   "sip:a\"@h",  "sip:a[@h",
        "sip:a%4@h", "sip:a%@h",   "sip:a%4g@h",     "sip:a%g4@h",    "sip:h%41",   "sip:h_h",
        "sip:h~",    "sip:h:0",    "sip:h:65536",    "sip:h:",        "sip:[]",     "sip:[abc]",
        "sip:[::1",  "sip:[::1]x", "sip:[::g]",      "sip:[::1%1]",   "sip:a:p[@h", "1sip:h",
        "s/p:h",     "+x:h",       "tel:a b",        "sip:h;x=\"y\"", "sip:h;x=%",  "sip:h;x=%4",
        "sip:a@b@h", "s p:h",      "sip:h..",        "sip:.h",        "sip:a..h",   "sip:.",
    };
    struct sipreg_uri uri;

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        if (sipreg_uri_valid(&uri, given_text(rows[i])))
            fail_msg("%s", rows[i]);
    }
    assert_false(sipreg_uri_valid(&uri, OCTETS("sip:a\0b@h")));
}

struct hostport {
    const char *text;
    const char *host, *port; /* host NULL: refused */
};

static void test_a_sent_by_is_a_host_and_perhaps_a_port(void **state)
{
    static const struct hostport rows[] = {
        {"192.0.2.10:5060", "192.0.2.10", "5060"},
        {"phone.example.com", "phone.example.com", NULL},
        {"[2001:db8::1]:5070", "[2001:db8::1]", "5070"},
        {"[2001:db8::1]", "[2001:db8::1]", NULL},
        {"", NULL, NULL},
        {"2001:db8::1", NULL, NULL},
        {"h:", NULL, NULL},
        {"h:0", NULL, NULL},
        {"h:70000", NULL, NULL},
        {"h:5060x", NULL, NULL},
        {"h;x", NULL, NULL},
        {"h h", NULL, NULL},
        {":5060", NULL, NULL},
        {"[::1", NULL, NULL},
        {"u@h", NULL, NULL},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct sipreg_str host, port;
        bool good = sipreg_uri_hostport(given_text(rows[i].text), &host, &port);
        assert_int_equal(good, rows[i].host != NULL);
        if (good) {
            assert_str(host, rows[i].host);
            assert_str(port, rows[i].port);
        }
    }
}

static void test_a_uri_parameter_is_found_behind_any_other(void **state)
{
    struct sipreg_uri uri;
    struct sipreg_str value;

    (void)state;
    sipreg_uri_parse(&uri, given_text("sip:h;a/b:c=d;;LR;%74ransport=UDP;e="));
    assert_true(sipreg_uri_param(&uri, given_text("lr"), &value));
    assert_str(value, NULL);
    assert_true(sipreg_uri_param(&uri, given_text("transport"), &value));
    assert_str(value, "UDP");
    assert_true(sipreg_uri_param(&uri, given_text("e"), &value));
    assert_str(value, "");
    assert_false(sipreg_uri_param(&uri, given_text("a"), &value));
    sipreg_uri_parse(&uri, given_text("sip:h"));
    assert_false(sipreg_uri_param(&uri, given_text("lr"), &value));
}

/* ---------------------------------------------------------------- the same? */

struct pair {
    const char *a, *b;
    bool same;
};

static const struct pair pairs[] = {
    /* the examples of RFC 3261 19.1.4 */
    {"sip:%61lice@atlanta.com;transport=TCP", "sip:alice@AtlanTa.CoM;Transport=tcp", true},
    {"sip:carol@chicago.com", "sip:carol@chicago.com;newparam=5", true},
    {"sip:carol@chicago.com", "sip:carol@chicago.com;security=on", true},
    {"sip:carol@chicago.com;newparam=5", "sip:carol@chicago.com;security=on", true},
    {"sip:biloxi.com;transport=tcp;method=REGISTER?to=sip:bob%40biloxi.com",
     "sip:biloxi.com;method=REGISTER;transport=tcp?to=sip:bob%40biloxi.com", true},
    {"sip:alice@atlanta.com?subject=project%20x&priority=urgent",
     "sip:alice@atlanta.com?priority=urgent&subject=project%20x", true},
    {"SIP:ALICE@AtLanTa.CoM;Transport=udp", "sip:alice@AtLanTa.CoM;Transport=UDP", false},
    {"sip:bob@biloxi.com", "sip:bob@biloxi.com:5060", false},
    {"sip:bob@biloxi.com", "sip:bob@biloxi.com;transport=udp", false},
    {"sip:bob@biloxi.com", "sip:bob@biloxi.com:6000;transport=tcp", false},
    {"sip:carol@chicago.com", "sip:carol@chicago.com?Subject=next%20meeting", false},
    {"sip:bob@phone21.boxesbybob.com", "sip:bob@192.0.2.4", false},
    {"sip:carol@chicago.com;security=on", "sip:carol@chicago.com;security=off", false},
    /* and what they leave open */
    {"sip:bob@h", "sips:bob@h", false},
    {"sip:h", "sip:bob@h", false},
    {"sip:@h", "sip:h", false},
    {"sip:b@h", "sip:b:@h", false},
    {"sip:b:x@h", "sip:b:X@h", false},
    {"sip:b:x@h", "sip:b:%78@h", true},
    {"sip:b@h:5060", "sip:b@h:5061", false},
    {"sip:b@h;maddr=1.2.3.4", "sip:b@h", false},
    {"sip:b@h;user=phone", "sip:b@h", false},
    {"sip:b@h;ttl=1", "sip:b@h", false},
    {"sip:b@h;method=INVITE", "sip:b@h", false},
    {"sip:b@h;a=1;ob", "sip:b@h", true},
    {"sip:b@h;a=1", "sip:b@h;a", false},
    {"sip:b@h;a=", "sip:b@h;a", false},
    {"sip:b@h;A=%62", "sip:b@h;%61=B", true},
    {"sip:b@h;;a=1;", "sip:b@h;a=1", true},
    {"sip:b@h?a=1&b=2", "sip:b@h?b=2&a=1", true},
    {"sip:b@h?a=1", "sip:b@h?a=2", false},
    {"sip:b@h?a=1", "sip:b@h?a=1&b=2", false},
    {"sip:%62%6Fb@h", "sip:bob@h", true},
    {"sip:%62%6fb@h", "sip:bob@h", true},
    {"sip:%25%34%31@h", "sip:A@h", false}, /* decoded once: it is %41 */
    {"sip:%25%34%31@h", "sip:%2541@h", true},
    {"sip:a%40b@h", "sip:a@b@h", false}, /* reserved: no escape equals its character */
    {"sip:a%3bb@h", "sip:a;b@h", false},
    {"sip:a%3bb@h", "sip:a%3Bb@h", true},
    {"sip:%00@h", "sip:%00%00@h", false},
    {"sip:%00@h", "sip:@h", false},
    {"sip:a%4@h", "sip:a%4@h", true},
    {"sip:a%25@h", "sip:a%@h", false},
    {"sip:a%4g@h", "sip:a%4G@h", false},
    {"sip:a%@h", "sip:a@h", false},
    {"sip:a%g1@h", "sip:a%g1@h", true},
    {"sip:\xC3\x89@h", "sip:\xC3\xA9@h", false},
    {"sip:b@%68", "sip:b@h", false}, /* hosts are not decoded */
    {"sip:ab@h", "sip:abc@h", false},
    {"tel:+1", "TEL:+1", true},
    {"mailto:a@H", "mailto:a@h", false},
    {"mailto:a@h", "tel:a@h", false},
};

static void test_uris_are_the_same_by_the_rules_of_rfc_3261_from_both_sides(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(pairs); i++) {
        struct sipreg_uri a, b;
        assert_int_equal(sipreg_uri_parse(&a, given_text(pairs[i].a)), SIPREG_OK);
        assert_int_equal(sipreg_uri_parse(&b, given_text(pairs[i].b)), SIPREG_OK);
        if (sipreg_uri_same(&a, &b) != pairs[i].same || sipreg_uri_same(&b, &a) != pairs[i].same)
            fail_msg("%s, %s", pairs[i].a, pairs[i].b);
        assert_true(sipreg_uri_same(&a, &a));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_a_sip_uri_comes_apart),
        TEST(test_uris_of_other_schemes_are_a_scheme_and_a_rest),
        TEST(test_what_does_not_come_apart_is_refused),
        TEST(test_a_uri_cut_or_garbled_anywhere_stays_safe),
        TEST(test_uris_of_the_grammar_may_be_sent),
        TEST(test_uris_that_could_break_out_or_lead_nowhere_may_not),
        TEST(test_a_sent_by_is_a_host_and_perhaps_a_port),
        TEST(test_a_uri_parameter_is_found_behind_any_other),
        TEST(test_uris_are_the_same_by_the_rules_of_rfc_3261_from_both_sides),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
