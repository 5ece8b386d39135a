/*
 * test_response_lists.c - headers that come more than once, and parameters (lib/response.c).
 */
#include "support.h"

#include "../lib/response.h"

#include <stdio.h>
#include <stdlib.h>

struct contact {
    const char *display, *uri, *params;
    int64_t expires;
    int q;
};

static void assert_contacts(const struct sipreg_response *response, const struct contact *wanted,
                            size_t n)
{
    struct sipreg_place place = {0, 0, 0};
    struct sipreg_binding binding;

    for (size_t i = 0; i < n; i++) {
        assert_true(sipreg_response_contact(response, &place, &binding));
        assert_str(binding.contact.display, wanted[i].display);
        assert_str(binding.contact.uri, wanted[i].uri);
        assert_str(binding.contact.params, wanted[i].params);
        assert_int_equal(binding.expires, wanted[i].expires);
        assert_int_equal(binding.q, wanted[i].q);
    }
    assert_false(sipreg_response_contact(response, &place, &binding));
}

static void test_contacts_are_the_same_in_rows_in_a_list_and_in_any_mix(void **state)
{
    static const struct contact contacts[] = {
        {NULL, "sip:1@h", ";expires=60", 60, 1000},
        {"T, wo", "sip:2@h;x", ";q=0.5", SIPREG_ABSENT, 500},
        {NULL, "sip:3@h", ";transport=tcp;expires=9", 9, 1000},
        {NULL, "mailto:4@h", NULL, SIPREG_ABSENT, 1000},
    };
    static const char *const rows[] = {
        "Contact: <sip:1@h>;expires=60\r\nX: y\r\nm: \"T, wo\" <sip:2@h;x>;q=0.5\r\n"
        "CONTACT: sip:3@h;transport=tcp;expires=9\r\nContact \t:\r\n <mailto:4@h>\r\n",
        "Contact: <sip:1@h>;expires=60, \"T, wo\" "
        "<sip:2@h;x>;q=0.5,sip:3@h;transport=tcp;expires=9,"
        "\r\n <mailto:4@h>\r\n",
        "m: <sip:1@h>\r\n ;expires=60\r\n , \"T, wo\"<sip:2@h;x>;q=0.5\r\nExpires: 7\r\nm:\r\n"
        "m: , sip:3@h;transport=tcp;expires=9 , < mailto:4@h >,\r\n",
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        char text[600];
        snprintf(text, sizeof text, ANSWER("200 OK", "%s"), rows[i]);
        struct sipreg_response response = parsed(text);
        assert_contacts(&response, contacts, COUNT(contacts));
    }
}

static void test_expiry_and_preference_of_a_contact_are_numbers_or_as_good_as_absent(void **state)
{
    static const struct contact contacts[] = {
        {NULL, "sip:1", ";expires", 3600, 1000},
        {NULL, "sip:2", ";expires=", 3600, 1000},
        {NULL, "sip:3", ";expires=\"30\";q=1", 30, 1000},
        {NULL, "sip:4", ";EXPIRES=0;expires=5;Q=0", 0, 0},
        {NULL, "sip:5", ";expires=99999999999999999999;q=0.123", UINT32_MAX, 123},
        {NULL, "sip:6", ";expires=-1;q=0.", 3600, 0},
        {NULL, "sip:7", ";q=1.000", SIPREG_ABSENT, 1000},
        {NULL, "sip:8", ";q=2", SIPREG_ABSENT, 1000},
        {NULL, "sip:9", ";q=0.1234", SIPREG_ABSENT, 1000},
        {NULL, "sip:a", ";q=.5", SIPREG_ABSENT, 1000},
        {NULL, "sip:b", ";q", SIPREG_ABSENT, 1000},
        {NULL, "sip:c", ";q=0.x", SIPREG_ABSENT, 1000},
        {NULL, "sip:d", ";q=0.2;q=0.9", SIPREG_ABSENT, 200},
        {NULL, "sip:e?x", ";foo;bar=\"1,2\";expires=7", 7, 1000},
        {NULL, "sip:f", ";expires=280297596632815", UINT32_MAX, 1000},
    };
    char text[2000];
    int n = snprintf(text, sizeof text, "Contact: ");

    (void)state;
    for (size_t i = 0; i < COUNT(contacts); i++)
        n += snprintf(text + n, sizeof text - (size_t)n, "%s<%s>%s", i == 0 ? "" : ",",
                      contacts[i].uri, contacts[i].params);
    char whole[3000];
    snprintf(whole, sizeof whole, ANSWER("200 OK", "%s\r\n"), text);
    struct sipreg_response response = parsed(whole);
    assert_contacts(&response, contacts, COUNT(contacts));
}

static void
test_a_contact_line_that_turns_malformed_is_left_there_and_the_next_one_read(void **state)
{
    static const struct contact contacts[] = {
        {NULL, "sip:1@h", NULL, SIPREG_ABSENT, 1000},
        {NULL, "sip:3@h", NULL, SIPREG_ABSENT, 1000},
    };
    struct sipreg_response response =
        parsed(ANSWER("200 OK", "Contact: <sip:1@h>, \"Two <sip:2@h>\r\nContact: \"\r\nContact: "
                                "<sip:3@h>,<sip:4@h\r\n"));

    (void)state;
    assert_contacts(&response, contacts, COUNT(contacts));
}

static void test_a_star_is_a_contact(void **state)
{
    static const struct contact star = {NULL, "*", NULL, SIPREG_ABSENT, 1000};
    struct sipreg_response response = parsed(ANSWER("200 OK", "m: *\r\n"));

    (void)state;
    assert_contacts(&response, &star, 1);
}

static void test_a_response_without_contacts_has_none(void **state)
{
    struct sipreg_response response = parsed(ANSWER("200 OK", "X-Contact: <sip:a@h>\r\n"));

    (void)state;
    assert_contacts(&response, NULL, 0);
}

static void test_four_hundred_contacts_are_read_in_rows_or_in_one_list(void **state)
{
    char *text = (char *)malloc(65536);

    (void)state;
    assert_non_null(text);
    for (int rows = 0; rows <= 1; rows++) {
        int n = snprintf(text, 65536,
                         "SIP/2.0 200 OK\r\nv:SIP/2.0/UDP h\r\nf:<sip:a@h>\r\n"
                         "t:<sip:a@h>\r\ni:1\r\nCSeq:1 REGISTER\r\nm:<sip:0@h>");
        for (int i = 1; i < 400; i++)
            n += snprintf(text + n, 65536 - (size_t)n,
                          "%s<sip:u%03d@h.example.com:5060;transport=tcp>"
                          ";expires=%d;q=0.5",
                          rows ? "\r\nContact: " : ", ", i, i);
        n += snprintf(text + n, 65536 - (size_t)n, "\r\n\r\n");
        struct sipreg_str message = given(text, (size_t)n);
        struct sipreg_response response;
        struct sipreg_place place = {0, 0, 0};
        struct sipreg_binding binding;
        assert_int_equal(sipreg_response_parse(&response, message.p, message.n), n);
        for (int i = 0; i < 400; i++) {
            assert_true(sipreg_response_contact(&response, &place, &binding));
            assert_int_equal(binding.expires, i == 0 ? SIPREG_ABSENT : i);
        }
        assert_false(sipreg_response_contact(&response, &place, &binding));
    }
    free(text);
}

/* ---------------------------------------------------------------- by name */

struct header {
    const char *name;
    const char *values[4];
};

static void test_headers_are_found_by_their_long_and_compact_names_in_order(void **state)
{
    static const struct header rows[] = {
        {"contact", {"<sip:1@h>", "<sip:2@h>", NULL}},
        {"M", {"<sip:1@h>", "<sip:2@h>", NULL}},
        {"Warning", {"399 h \"a\"", "399 h \"b\",\r\n 399 h \"c\"", NULL}},
        {"warning", {"399 h \"a\"", "399 h \"b\",\r\n 399 h \"c\"", NULL}},
        {"To", {"<sip:alice@example.com>;tag=theirs", NULL}},
        {"k", {"path", NULL}},
        {"Supported", {"path", NULL}},
        {"l", {"0", NULL}},
        {"Empty", {"", NULL}},
        {"Warn", {NULL}},
        {"bjo", {NULL}},
        {"Expires", {NULL}},
        {"", {NULL}},
    };
    struct sipreg_response response =
        parsed(ANSWER("200 OK", "m: <sip:1@h>\r\nWarning: 399 h \"a\"\r\nSupported: path\r\n"
                                "Contact: <sip:2@h>\r\nEmpty:\r\ngda: x\r\n"
                                "WARNING: 399 h \"b\",\r\n 399 h \"c\"\r\n"));

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct sipreg_place place = {0, 0, 0};
        struct sipreg_str value;
        for (size_t j = 0; rows[i].values[j] != NULL; j++) {
            assert_true(sipreg_response_header(&response, rows[i].name, &place, &value));
            assert_str(value, rows[i].values[j]);
        }
        assert_false(sipreg_response_header(&response, rows[i].name, &place, &value));
        assert_false(sipreg_response_header(&response, rows[i].name, &place, &value));
    }
}

static void test_two_places_in_one_response_do_not_know_each_other(void **state)
{
    struct sipreg_response response =
        parsed(ANSWER("200 OK", "m: <sip:1@h>,<sip:2@h>\r\nX: 1\r\n"));
    struct sipreg_place a = {0, 0, 0}, b = {0, 0, 0}, x = {0, 0, 0};
    struct sipreg_binding binding;
    struct sipreg_str value;

    (void)state;
    assert_true(sipreg_response_contact(&response, &a, &binding));
    assert_true(sipreg_response_header(&response, "X", &x, &value));
    assert_true(sipreg_response_contact(&response, &b, &binding));
    assert_str(binding.contact.uri, "sip:1@h");
    assert_true(sipreg_response_contact(&response, &a, &binding));
    assert_str(binding.contact.uri, "sip:2@h");
}

static void test_addresses_of_other_headers_are_read_in_the_same_way(void **state)
{
    struct sipreg_response response =
        parsed(ANSWER("200 OK", "Path: <sip:p1;lr>\r\nService-Route: <sip:s1;lr>, <sip:s2;lr>;x\r\n"
                                "Path: <sip:p2;lr>\r\n"));
    struct sipreg_place place = {0, 0, 0};
    struct sipreg_nameaddr na;

    (void)state;
    assert_true(sipreg_response_address(&response, SIPREG_PATH_NAME, &place, &na, NULL, 0));
    assert_str(na.uri, "sip:p1;lr");
    assert_true(sipreg_response_address(&response, SIPREG_PATH_NAME, &place, &na, NULL, 0));
    assert_str(na.uri, "sip:p2;lr");
    assert_false(sipreg_response_address(&response, SIPREG_PATH_NAME, &place, &na, NULL, 0));
    place = (struct sipreg_place){0, 0, 0};
    assert_true(
        sipreg_response_address(&response, SIPREG_SERVICE_ROUTE_NAME, &place, &na, NULL, 0));
    assert_true(
        sipreg_response_address(&response, SIPREG_SERVICE_ROUTE_NAME, &place, &na, NULL, 0));
    assert_str(na.uri, "sip:s2;lr");
    assert_str(na.params, ";x");
    place = (struct sipreg_place){0, 0, 0};
    assert_false(sipreg_response_address(&response, SIPREG_ROUTE, &place, &na, NULL, 0));
}

static void test_lines_are_found_by_either_of_two_names(void **state)
{
    struct sipreg_response response =
        parsed(ANSWER("401 x", "Proxy-Authenticate: 1\r\nX: y\r\nWWW-Authenticate: 2\r\n"));
    struct sipreg_place place = {0, 0, 0};
    struct sipreg_line line;

    (void)state;
    assert_true(sipreg_response_line(&response, &place, SIPREG_WWW_AUTHENTICATE,
                                     SIPREG_PROXY_AUTHENTICATE, &line));
    assert_str(line.value, "1");
    assert_true(sipreg_response_line(&response, &place, SIPREG_WWW_AUTHENTICATE,
                                     SIPREG_PROXY_AUTHENTICATE, &line));
    assert_str(line.value, "2");
    assert_false(sipreg_response_line(&response, &place, SIPREG_WWW_AUTHENTICATE,
                                      SIPREG_PROXY_AUTHENTICATE, &line));
    place = (struct sipreg_place){0, 0, 0};
    assert_false(sipreg_response_line(&response, &place, SIPREG_CONTACT, SIPREG_CONTACT, &line));
}

/* ---------------------------------------------------------------- parameters */

struct parameter {
    const char *params, *name, *value;
};

static void test_a_parameter_is_found_without_case_the_first_of_its_name(void **state)
{
    static const struct parameter rows[] = {
        {";a=1;b=\"2;c=3\";d", "a", "1"},
        {";a=1;b=\"2;c=3\";d", "B", "2;c=3"},
        {";a=1;b=\"2;c=3\";d", "c", NULL},
        {";a=1;b=\"2;c=3\";d", "d", ""},
        {";a=1;A=2", "A", "1"},
        {";a=", "a", ""},
        {" ; a = 1", "a", "1"},
        {";a;x y;b=2", "b", NULL},
        {"", "a", NULL},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++)
        assert_str(sipreg_param(given_text(rows[i].params), rows[i].name), rows[i].value);
    assert_str(sipreg_param((struct sipreg_str){NULL, 0}, "a"), NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_contacts_are_the_same_in_rows_in_a_list_and_in_any_mix),
        TEST(test_expiry_and_preference_of_a_contact_are_numbers_or_as_good_as_absent),
        TEST(test_a_contact_line_that_turns_malformed_is_left_there_and_the_next_one_read),
        TEST(test_a_star_is_a_contact),
        TEST(test_a_response_without_contacts_has_none),
        TEST(test_four_hundred_contacts_are_read_in_rows_or_in_one_list),
        TEST(test_headers_are_found_by_their_long_and_compact_names_in_order),
        TEST(test_two_places_in_one_response_do_not_know_each_other),
        TEST(test_addresses_of_other_headers_are_read_in_the_same_way),
        TEST(test_lines_are_found_by_either_of_two_names),
        TEST(test_a_parameter_is_found_without_case_the_first_of_its_name),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
