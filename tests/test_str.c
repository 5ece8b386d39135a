/*
 * test_str.c - slices and character classes (lib/str.c, lib/chars.c).
 */
#include "support.h"

#include "../lib/chars.h"
#include "../lib/str.h"

/* ---------------------------------------------------------------- chars */

/* A class, spelled out from RFC 3261 25.1. */
struct class
{
    unsigned bit;
    const char *members;
};

#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS  "0123456789"

static void test_each_octet_is_in_the_classes_of_the_grammar(void **state)
{
    static const struct class classes[] = {
        {SIPREG_TOKEN, LETTERS DIGITS "-.!%*_+`'~"},
        {SIPREG_BLANK, " \t"},
        {SIPREG_DIGIT, DIGITS},
        {SIPREG_HEX, DIGITS "abcdefABCDEF"},
        {SIPREG_URI, LETTERS DIGITS ";/?:@&=+$,-_.!~*'()[]"},
        {SIPREG_USERINFO, LETTERS DIGITS "-_.!~*'()&=+$,;?/"},
    };

    (void)state;
    for (int octet = 1; octet < 256; octet++) {
        for (size_t i = 0; i < COUNT(classes); i++) {
            bool member = strchr(classes[i].members, octet) != NULL;
            if (sipreg_is((char)octet, classes[i].bit) != member)
                fail_msg("octet %d, class %u", octet, classes[i].bit);
        }
    }
}

static void test_controls_are_all_but_the_tab_and_end_values_as_separators_do(void **state)
{
    (void)state;
    for (int octet = 0; octet < 256; octet++) {
        bool control = (octet < 32 && octet != '\t') || octet == 127;
        bool stop = control || (octet != 0 && strchr(" \t,;\"<>", octet) != NULL);
        assert_int_equal(sipreg_is((char)octet, SIPREG_CONTROL), control);
        assert_int_equal(sipreg_is((char)octet, SIPREG_STOP), stop);
    }
    assert_int_equal(sipreg_chars[0], SIPREG_CONTROL | SIPREG_STOP);
}

static void test_only_ascii_capitals_have_lower_case(void **state)
{
    (void)state;
    for (int octet = 0; octet < 256; octet++) {
        bool capital = octet >= 'A' && octet <= 'Z';
        assert_int_equal(sipreg_lower((char)octet), (char)(capital ? octet + 32 : octet));
    }
}

/* ---------------------------------------------------------------- comparing */

struct pair {
    const char *a, *b;
    bool equal, same;
};

static void test_slices_are_equal_by_octets_and_the_same_without_case(void **state)
{
    static const struct pair rows[] = {
        {"", "", true, true},           {"abc", "abc", true, true},
        {"abc", "aBC", false, true},    {"abc", "abcd", false, false},
        {"abcd", "abc", false, false},  {"abc", "abd", false, false},
        {"[", "{", false, false},       {"@", "`", false, false},
        {"\xC4", "\xE4", false, false}, {"CSeq", "cSEQ", false, true},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct sipreg_str a = given_text(rows[i].a), b = given_text(rows[i].b);
        assert_int_equal(sipreg_str_equal(a, b), rows[i].equal);
        assert_int_equal(sipreg_str_same(a, b), rows[i].same);
    }
}

static void test_a_nul_in_a_slice_does_not_end_it(void **state)
{
    (void)state;
    assert_false(sipreg_str_equal(OCTETS("a\0b"), OCTETS("a\0c")));
    assert_false(sipreg_str_same(OCTETS("a\0b"), OCTETS("a\0c")));
    assert_true(sipreg_str_equal(OCTETS("a\0b"), OCTETS("a\0b")));
}

static void test_absent_text_is_an_absent_slice(void **state)
{
    struct sipreg_str absent = {NULL, 0};

    (void)state;
    assert_str(sipreg_str_of(NULL), NULL);
    assert_str(sipreg_str_of(""), "");
    assert_str(sipreg_str_of("abc"), "abc");
    assert_true(sipreg_str_equal(absent, absent));
    assert_true(sipreg_str_same(absent, given_text("")));
    assert_str(sipreg_str_trim(absent), NULL);
    assert_true(sipreg_str_text(absent));
    assert_true(sipreg_str_quotable(absent));
}

static void test_a_slice_between_two_octets_ends_before_the_second(void **state)
{
    static const char text[] = "abcd";

    (void)state;
    assert_str(sipreg_str_between(text + 1, text + 3), "bc");
    assert_str(sipreg_str_between(text, text), "");
}

struct trimmed {
    const char *text, *expected;
};

static void test_blanks_and_line_ends_are_trimmed_at_both_ends_only(void **state)
{
    static const struct trimmed rows[] = {
        {"abc", "abc"},   {"  abc", "abc"}, {"abc \t\r\n", "abc"},  {"\r\n a b\r\n", "a b"},
        {" \r\n\t ", ""}, {"", ""},         {"a\r\n b", "a\r\n b"}, {"\va\f", "\va\f"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++)
        assert_str(sipreg_str_trim(given_text(rows[i].text)), rows[i].expected);
}

/* ---------------------------------------------------------------- numbers */

struct number {
    const char *text;
    uint32_t max;
    int result;
    uint32_t value;
};

static void test_a_number_is_digits_up_to_its_maximum_and_nothing_else(void **state)
{
    static const struct number rows[] = {
        {"0", 0, SIPREG_OK, 0},
        {"1", 0, SIPREG_LIMIT, 0},
        {"7", 7, SIPREG_OK, 7},
        {"8", 7, SIPREG_LIMIT, 0},
        {"9", 5, SIPREG_LIMIT, 0},
        {"10", 9, SIPREG_LIMIT, 0},
        {"65535", 65535, SIPREG_OK, 65535},
        {"65536", 65535, SIPREG_LIMIT, 0},
        {"655350", 65535, SIPREG_LIMIT, 0},
        {"0000000000000000000009", 9, SIPREG_OK, 9},
        {"2147483648", UINT32_MAX, SIPREG_OK, 2147483648U},
        {"4294967295", UINT32_MAX, SIPREG_OK, UINT32_MAX},
        {"4294967296", UINT32_MAX, SIPREG_LIMIT, 0},
        {"4294967301", UINT32_MAX, SIPREG_LIMIT, 0},
        {"18446744073709551621", UINT32_MAX, SIPREG_LIMIT, 0},
        {"9999999999999999999999999999999999999999", UINT32_MAX, SIPREG_LIMIT, 0},
        {"", UINT32_MAX, SIPREG_SYNTAX, 0},
        {"-1", UINT32_MAX, SIPREG_SYNTAX, 0},
        {"+1", UINT32_MAX, SIPREG_SYNTAX, 0},
        {" 1", UINT32_MAX, SIPREG_SYNTAX, 0},
        {"1 ", UINT32_MAX, SIPREG_SYNTAX, 0},
        {"0x1", UINT32_MAX, SIPREG_SYNTAX, 0},
        {"five", UINT32_MAX, SIPREG_SYNTAX, 0},
        {"99999999999x", UINT32_MAX, SIPREG_SYNTAX, 0},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        uint32_t value = 12345;
        int result = sipreg_str_number(given_text(rows[i].text), rows[i].max, &value);
        if (result != rows[i].result)
            fail_msg("\"%s\" up to %u: %d", rows[i].text, (unsigned)rows[i].max, result);
        assert_int_equal(value, result == SIPREG_OK ? rows[i].value : 12345);
    }
}

/* ---------------------------------------------------------------- text */

struct text {
    const char *text;
    bool good;
};

static void test_text_is_utf_8_without_control_characters(void **state)
{
    static const struct text rows[] = {
        {"", true},
        {"plain, with a tab:\t", true},
        {"\xC3\xA9", true},
        {"\xE2\x82\xAC uro", true},
        {"\xF0\x9F\x98\x80", true},
        {"a\r\nb", false},
        {"a\x7F", false},
        {"\x80", false},
        {"\xC3", false},
        {"\xC3(", false},
        {"\xC3\xC3", false},
        {"\xC0\xAF", false}, /* two octets for a slash */
        {"\xC1\xBF", false},
        {"\xC2\x80", true},
        {"\xDF\xBF", true},
        {"\xE0\x9F\xBF", false}, /* three for what needs two */
        {"\xE0\xA0\x80", true},
        {"\xE2\x82", false},
        {"\xE2\x82(", false},
        {"\xED\x9F\xBF", true},
        {"\xED\xA0\x80", false}, /* a surrogate */
        {"\xEE\x80\x80", true},
        {"\xF0\x8F\xBF\xBF", false},
        {"\xF0\x90\x80\x80", true},
        {"\xF4\x8F\xBF\xBF", true},
        {"\xF4\x90\x80\x80", false}, /* beyond U+10FFFF */
        {"\xF5\x80\x80\x80", false},
        {"\xFF", false},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        if (sipreg_str_text(given_text(rows[i].text)) != rows[i].good)
            fail_msg("row %u: \"%s\"", (unsigned)i, rows[i].text);
    }
    assert_false(sipreg_str_text(OCTETS("a\0b")));
}

static void test_a_quotable_has_whole_escapes_and_no_line_end_or_nul(void **state)
{
    static const struct text rows[] = {
        {"", true},    {"a b,c;d<e>\t", true}, {"a\\\"b", true}, {"\\\\", true},  {"\xFF", true},
        {"\\", false}, {"a\\\\\\", false},     {"a\rb", false},  {"a\nb", false}, {"a\\\nb", false},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        if (sipreg_str_quotable(given_text(rows[i].text)) != rows[i].good)
            fail_msg("row %u: \"%s\"", (unsigned)i, rows[i].text);
    }
    assert_false(sipreg_str_quotable(OCTETS("a\0b")));
    assert_false(sipreg_str_quotable(OCTETS("a\\\0b")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_each_octet_is_in_the_classes_of_the_grammar),
        TEST(test_controls_are_all_but_the_tab_and_end_values_as_separators_do),
        TEST(test_only_ascii_capitals_have_lower_case),
        TEST(test_slices_are_equal_by_octets_and_the_same_without_case),
        TEST(test_a_nul_in_a_slice_does_not_end_it),
        TEST(test_absent_text_is_an_absent_slice),
        TEST(test_a_slice_between_two_octets_ends_before_the_second),
        TEST(test_blanks_and_line_ends_are_trimmed_at_both_ends_only),
        TEST(test_a_number_is_digits_up_to_its_maximum_and_nothing_else),
        TEST(test_text_is_utf_8_without_control_characters),
        TEST(test_a_quotable_has_whole_escapes_and_no_line_end_or_nul),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
