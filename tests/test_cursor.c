/*
 * test_cursor.c - a take yields and moves, or fails and stays (lib/cursor.c).
 */
#include "support.h"

#include "../lib/chars.h"
#include "../lib/cursor.h"

/* A text, and how many of its octets are taken; 0: none, the take fails. */
struct taking {
    const char *text;
    size_t taken;
    const char *got;
};

static struct sipreg_cursor at(const char *text)
{
    return sipreg_cursor_of(given_text(text));
}

static size_t moved(struct sipreg_cursor before, struct sipreg_cursor after)
{
    assert_ptr_equal(before.end, after.end);
    return (size_t)(after.p - before.p);
}

static void test_a_cursor_of_nothing_yields_nothing(void **state)
{
    struct sipreg_cursor c = sipreg_cursor_of((struct sipreg_str){NULL, 0});
    struct sipreg_str s;

    (void)state;
    sipreg_cursor_blank(&c);
    assert_null(c.p);
    assert_false(sipreg_cursor_char(&c, ','));
    assert_false(sipreg_cursor_separator(&c, ','));
    assert_false(sipreg_cursor_token(&c, &s));
    assert_false(sipreg_cursor_quoted(&c, &s));
    assert_int_equal(sipreg_cursor_until(&c, SIPREG_STOP).n, 0);
    assert_int_equal(sipreg_cursor_digits(&c).n, 0);
    assert_null(c.p);
}

static void test_blanks_are_spaces_tabs_and_folds_but_no_line_ends_and_no_controls(void **state)
{
    static const struct taking rows[] = {
        {"a", 0, NULL},      {"  a", 2, NULL},    {" \t a", 3, NULL},
        {"\r\n a", 3, NULL}, {"\n\ta", 2, NULL},  {" \r\n \r\n\t\n  a", 10, NULL},
        {" \r\na", 1, NULL}, {"\n", 0, NULL},     {"\r\n", 0, NULL},
        {"\r", 0, NULL},     {"\r a", 0, NULL},   {"\r\r\n a", 0, NULL},
        {"\v a", 0, NULL},   {"\f", 0, NULL},     {"   ", 3, NULL},
        {" \r\n ", 4, NULL}, {"\n\n a", 0, NULL},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct sipreg_cursor c = at(rows[i].text), before = c;
        sipreg_cursor_blank(&c);
        assert_int_equal(moved(before, c), rows[i].taken);
    }
}

static void test_a_char_is_taken_only_if_it_is_the_wanted_one(void **state)
{
    struct sipreg_cursor c = at(",;"), before = c;

    (void)state;
    assert_false(sipreg_cursor_char(&c, ';'));
    assert_int_equal(moved(before, c), 0);
    assert_true(sipreg_cursor_char(&c, ','));
    assert_true(sipreg_cursor_char(&c, ';'));
    assert_false(sipreg_cursor_char(&c, ';'));
    assert_int_equal(moved(before, c), 2);
}

static void test_a_separator_takes_the_blanks_around_it_or_nothing_at_all(void **state)
{
    static const struct taking rows[] = {
        {"=x", 1, NULL}, {" = x", 3, NULL},  {"\r\n =\r\n\tx", 7, NULL},
        {"=", 1, NULL},  {"  x=", 0, NULL},  {"   ", 0, NULL},
        {"", 0, NULL},   {"\r\n=", 0, NULL},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct sipreg_cursor c = at(rows[i].text), before = c;
        assert_int_equal(sipreg_cursor_separator(&c, '='), rows[i].taken > 0);
        assert_int_equal(moved(before, c), rows[i].taken);
    }
}

static void test_a_token_ends_where_the_grammar_ends_it(void **state)
{
    static const struct taking rows[] = {
        {"abc", 3, "abc"},     {"a-.!%*_+`'~9;", 12, "a-.!%*_+`'~9"},
        {"a=b", 1, "a"},       {"a\"b", 1, "a"},
        {" a", 0, NULL},       {"", 0, NULL},
        {"\xC3\xA9", 0, NULL}, {"a@b", 1, "a"},
        {"[::1]", 0, NULL},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct sipreg_cursor c = at(rows[i].text), before = c;
        struct sipreg_str token = {NULL, 0};
        assert_int_equal(sipreg_cursor_token(&c, &token), rows[i].taken > 0);
        assert_int_equal(moved(before, c), rows[i].taken);
        assert_str(token, rows[i].got);
    }
}

static void test_a_quoted_string_keeps_its_escapes_and_may_hold_any_separator(void **state)
{
    static const struct taking rows[] = {
        {"\"\"", 2, ""},
        {"\"a\"b", 3, "a"},
        {"\"a,b;c<d>\r\n e\" ", 14, "a,b;c<d>\r\n e"},
        {"\"a\\\"b\"", 6, "a\\\"b"},
        {"\"\\\\\"\"", 4, "\\\\"},
        {"\"\xFF\"", 3, "\xFF"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct sipreg_cursor c = at(rows[i].text), before = c;
        struct sipreg_str inside = {NULL, 0};
        assert_true(sipreg_cursor_quoted(&c, &inside));
        assert_int_equal(moved(before, c), rows[i].taken);
        assert_str(inside, rows[i].got);
    }
}

static void test_a_quoted_string_that_does_not_end_is_refused_and_the_cursor_stays(void **state)
{
    static const char *const rows[] = {"",        "\"",          "\"abc", "\"abc\\\"", "\"a\\\"b\\",
                                       "\"abc\\", "\"a\\\\\\\"", "abc\"", " \"abc\""};

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct sipreg_cursor c = at(rows[i]), before = c;
        struct sipreg_str inside = {NULL, 0};
        assert_false(sipreg_cursor_quoted(&c, &inside));
        assert_int_equal(moved(before, c), 0);
        assert_str(inside, NULL);
    }
}

static void test_until_takes_up_to_the_first_octet_of_the_classes(void **state)
{
    struct sipreg_cursor c = at("abc;d");

    (void)state;
    assert_str(sipreg_cursor_until(&c, SIPREG_STOP), "abc");
    assert_str(sipreg_cursor_until(&c, SIPREG_STOP), "");
    assert_str(sipreg_cursor_until(&c, SIPREG_BLANK), ";d");
    assert_str(sipreg_cursor_until(&c, SIPREG_BLANK), "");
}

static void test_digits_end_at_anything_else(void **state)
{
    struct sipreg_cursor c = sipreg_cursor_of(sipreg_str_of("0190a5"));

    (void)state;
    assert_str(sipreg_cursor_digits(&c), "0190");
    assert_str(sipreg_cursor_digits(&c), "");
    assert_true(sipreg_cursor_char(&c, 'a'));
    assert_str(sipreg_cursor_digits(&c), "5");
    assert_true(c.p == c.end);
}

static void test_every_take_stays_within_every_cut_of_its_input(void **state)
{
    static const char text[] = " \r\n \"a\\\"b\" \r\n\t= token\r\n ;";

    (void)state;
    for (size_t n = 0; n < sizeof text; n++) {
        struct sipreg_str s = given(text, n), got;
        for (size_t from = 0; from <= n; from++) {
            struct sipreg_cursor c = {s.p + from, s.p + n}, same = c;
            sipreg_cursor_blank(&c);
            assert_true(c.p >= same.p && c.p <= c.end);
            c = same;
            sipreg_cursor_separator(&c, '=');
            c = same;
            sipreg_cursor_token(&c, &got);
            c = same;
            if (!sipreg_cursor_quoted(&c, &got))
                assert_ptr_equal(c.p, same.p);
            assert_true(c.p <= c.end);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_a_cursor_of_nothing_yields_nothing),
        TEST(test_blanks_are_spaces_tabs_and_folds_but_no_line_ends_and_no_controls),
        TEST(test_a_char_is_taken_only_if_it_is_the_wanted_one),
        TEST(test_a_separator_takes_the_blanks_around_it_or_nothing_at_all),
        TEST(test_a_token_ends_where_the_grammar_ends_it),
        TEST(test_a_quoted_string_keeps_its_escapes_and_may_hold_any_separator),
        TEST(test_a_quoted_string_that_does_not_end_is_refused_and_the_cursor_stays),
        TEST(test_until_takes_up_to_the_first_octet_of_the_classes),
        TEST(test_digits_end_at_anything_else),
        TEST(test_every_take_stays_within_every_cut_of_its_input),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
