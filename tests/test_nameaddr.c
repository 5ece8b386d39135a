/*
 * test_nameaddr.c - addresses of a list, one after the other (lib/nameaddr.c).
 */
#include "support.h"

#include "../lib/nameaddr.h"

struct row {
    const char *text;
    const char *display, *uri, *params;
    const char *rest;
};

static void test_an_address_has_a_uri_and_perhaps_a_name_and_parameters(void **state)
{
    static const struct row rows[] = {
        {"<sip:a@h>", NULL, "sip:a@h", NULL, ""},
        {"sip:a@h", NULL, "sip:a@h", NULL, ""},
        {"*", NULL, "*", NULL, ""},
        {" * ", NULL, "*", NULL, ""},
        {"<sip:a@h> \r\n ,x", NULL, "sip:a@h", NULL, "x"},
        {"<sip:a@h>;x ;y , b", NULL, "sip:a@h", ";x ;y", " b"},
        {" \r\n \"B\" <sip:a@h>", "B", "sip:a@h", NULL, ""},
        {"\"Bob\" <sip:a@h>;tag=x", "Bob", "sip:a@h", ";tag=x", ""},
        {"\"\"<sip:a@h>", "", "sip:a@h", NULL, ""},
        {"bob<sip:bob@h>;expires=9", "bob", "sip:bob@h", ";expires=9", ""},
        {"A. G. Bell  <sip:a@h> ; x", "A. G. Bell", "sip:a@h", "; x", ""},
        {"* <sip:a@h>", "*", "sip:a@h", NULL, ""},
        {"C%6F <sip:a@h>", "C%6F", "sip:a@h", NULL, ""},
        /* without brackets everything behind the semicolon is the header's (20.10) */
        {"sip:u@h;transport=tcp;expires=60", NULL, "sip:u@h", ";transport=tcp;expires=60", ""},
        {"<sip:u@h;x>", NULL, "sip:u@h;x", NULL, ""},
        {"sip:u@h;x", NULL, "sip:u@h", ";x", ""},
        {"<sip:u@h?Route=%3Csip:p%3E>", NULL, "sip:u@h?Route=%3Csip:p%3E", NULL, ""},
        {"\"Bob, \\\"<sip:x@y>;expires=1\\\"\" <sip:bob@h>;expires=60",
         "Bob, \\\"<sip:x@y>;expires=1\\\"", "sip:bob@h", ";expires=60", ""},
        {"<sip:a,b;c@h>;x=\"1,2;3\",sip:n@h", NULL, "sip:a,b;c@h", ";x=\"1,2;3\"", "sip:n@h"},
        {"< sip:bob@h >;q=1", NULL, "sip:bob@h", ";q=1", ""},
        {"<sip:a@h>\r\n ;expires=1\r\n , <sip:b@h>", NULL, "sip:a@h", ";expires=1", " <sip:b@h>"},
        {"\"a\\\\\" <sip:a@h>", "a\\\\", "sip:a@h", NULL, ""},
        {"<mailto:a@h>;x", NULL, "mailto:a@h", ";x", ""},
        {"<name:John_Smith>", NULL, "name:John_Smith", NULL, ""},
        {"Bell, Alexander <sip:a@h>;tag=43", "Alexander", "sip:a@h", ";tag=43", ""},
        {",, ,<sip:a@h>", NULL, "sip:a@h", NULL, ""},
        {"<>, nobody, <sip:a@h>", NULL, "sip:a@h", NULL, ""},
        {"<sip:a@h>garbage", NULL, "sip:a@h", "garbage", ""},
        {"<sip:a@h>;x=<y>;z,b", NULL, "sip:a@h", ";x=<y>;z", "b"},
        {"\xD0\x91 <sip:a@h>", "\xD0\x91", "sip:a@h", NULL, ""},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct sipreg_cursor c = sipreg_cursor_of(given_text(rows[i].text));
        struct sipreg_nameaddr na;
        if (!sipreg_nameaddr_next(&c, &na, NULL, 0))
            fail_msg("%s", rows[i].text);
        assert_str(na.display, rows[i].display);
        assert_str(na.uri, rows[i].uri);
        assert_str(na.params, rows[i].params);
        assert_str(sipreg_str_between(c.p, c.end), rows[i].rest);
    }
}

static void test_a_list_without_another_address_is_at_its_end(void **state)
{
    static const char *const rows[] = {"",   "  ", ",",  ", ,",      "nobody",
                                       "<>", ">",  ";x", "nobody;x,"};

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct sipreg_cursor c = sipreg_cursor_of(given_text(rows[i]));
        struct sipreg_nameaddr na;
        assert_false(sipreg_nameaddr_next(&c, &na, NULL, 0));
        assert_ptr_equal(c.p, c.end);
    }
}

static void test_a_value_that_does_not_end_stops_the_list_in_front_of_it(void **state)
{
    static const char *const rows[] = {
        "\"Bob",           "\"Bob\\\" <sip:a@h>", "\"Bob\" sip:a@h", "\"Bob\"",
        "<sip:a@h",        "Bob <sip:a@h",        "sip:a@h;x=\"y",   "<sip:a@h>;x=\"y\\",
        "Bob \"B\" <x:y>", "<sip:a@h>\"x",
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct sipreg_cursor c = sipreg_cursor_of(given_text(rows[i])), before = c;
        struct sipreg_nameaddr na;
        assert_false(sipreg_nameaddr_next(&c, &na, NULL, 0));
        assert_ptr_equal(c.p, before.p);
    }
}

struct pick {
    const char *text;
    const char *tag, *q;
};

static void test_wanted_parameters_are_picked_up_the_first_of_each(void **state)
{
    static const struct pick rows[] = {
        {"<sip:a@h>", NULL, NULL},
        {"<sip:a@h;tag=1>;x", NULL, NULL},
        {"<sip:a@h>;tag=1;q=0.5", "1", "0.5"},
        {"sip:a@h;Q=\"1\";TAG=2;tag=3", "2", "1"},
        {"<sip:a@h>;tag;q=", "", ""},
        {"<sip:a@h>;tag;tag=2", "", NULL},
        {"<sip:a@h>;a b;tag=2", NULL, NULL},
        {"<sip:a@h>x;tag=2", NULL, NULL},
        {"nobody;tag=aaaaaaaaaaaaaaaaaaaa;q=1, <sip:a@h>", NULL, NULL}, /* somebody else's */
        {"nobody;tag=1,<sip:a@h>;tag=2", "2", NULL},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct sipreg_wanted wanted[] = {
            {SIPREG_LITERAL("tag"), {"stale", 5}},
            {SIPREG_LITERAL("q"), {"stale", 5}},
        };
        struct sipreg_cursor c = sipreg_cursor_of(given_text(rows[i].text));
        struct sipreg_nameaddr na;
        assert_true(sipreg_nameaddr_next(&c, &na, wanted, 2));
        assert_str(wanted[0].value, rows[i].tag);
        assert_str(wanted[1].value, rows[i].q);
    }
}

static void test_a_list_of_many_is_gone_through_in_order(void **state)
{
    struct sipreg_cursor c =
        sipreg_cursor_of(given_text("<sip:1>;a, sip:2;b,,\"3\" <sip:3>\r\n ,sip:4"));
    struct sipreg_nameaddr na;

    (void)state;
    for (char digit = '1'; digit <= '4'; digit++) {
        assert_true(sipreg_nameaddr_next(&c, &na, NULL, 0));
        assert_int_equal(na.uri.n, 5);
        assert_int_equal(na.uri.p[4], digit);
    }
    assert_false(sipreg_nameaddr_next(&c, &na, NULL, 0));
    assert_ptr_equal(c.p, c.end);
}

static void test_a_list_stays_safe_wherever_it_is_cut(void **state)
{
    static const char text[] = "\"B\\\"ob\" <sip:b@h;x>;tag=\"a,\";q , sip:c@h;d=e,Bo <x:y> ;z";

    (void)state;
    for (size_t n = 0; n < sizeof text; n++) {
        struct sipreg_cursor c = sipreg_cursor_of(given(text, n));
        struct sipreg_wanted wanted = {SIPREG_LITERAL("tag"), {NULL, 0}};
        struct sipreg_nameaddr na;
        size_t times = 0;
        while (sipreg_nameaddr_next(&c, &na, &wanted, 1))
            times++;
        assert_true(times <= 3);
        assert_true(c.p <= c.end);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_an_address_has_a_uri_and_perhaps_a_name_and_parameters),
        TEST(test_a_list_without_another_address_is_at_its_end),
        TEST(test_a_value_that_does_not_end_stops_the_list_in_front_of_it),
        TEST(test_wanted_parameters_are_picked_up_the_first_of_each),
        TEST(test_a_list_of_many_is_gone_through_in_order),
        TEST(test_a_list_stays_safe_wherever_it_is_cut),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
