/*
 * test_out.c - appending to a buffer that is full once and for good (lib/out.c).
 */
#include "support.h"

#include "../lib/out.h"

#include <limits.h>

/* One of everything. */
static int everything(const void *what, void *p, size_t size)
{
    static const uint8_t octets[33] = {0xDE, 0xAD, 0xBE, 0xEF};
    struct sipreg_out out;

    sipreg_out_start(&out, p, size);
    sipreg_out_text(&out, (const char *)what);
    sipreg_out_str(&out, given_text(" str "));
    sipreg_out_str(&out, (struct sipreg_str){NULL, 0});
    sipreg_out_text(&out, NULL);
    sipreg_out_quoted(&out, given_text("A \"x\" \\ b, c"));
    sipreg_out_number(&out, 4294967295U);
    sipreg_out_hex(&out, octets, 33);
    sipreg_out_hex32(&out, 0x0A);
    return sipreg_out_end(&out);
}

static void test_all_kinds_of_parts_are_written_at_every_capacity(void **state)
{
    struct sipreg_str text = written(everything, "text");

    (void)state;
    assert_str(text, "text str \"A \\\"x\\\" \\\\ b, c\"4294967295"
                     "deadbeef0000000000000000000000000000000000000000000000000000000000"
                     "0000000a");
}

struct quoting {
    const char *text, *expected;
};

static int quoted(const void *what, void *p, size_t size)
{
    struct sipreg_out out;

    sipreg_out_start(&out, p, size);
    sipreg_out_quoted(&out, sipreg_str_of((const char *)what));
    return sipreg_out_end(&out);
}

static void test_quoting_escapes_quotes_and_backslashes_only(void **state)
{
    static const struct quoting rows[] = {
        {"", "\"\""},
        {NULL, "\"\""},
        {"Bob", "\"Bob\""},
        {"\"", "\"\\\"\""},
        {"\\", "\"\\\\\""},
        {"\"\"a\\\\b\"", "\"\\\"\\\"a\\\\\\\\b\\\"\""},
        {"\xD0\x91\xD0\xBE\xD0\xB1 <x>;,", "\"\xD0\x91\xD0\xBE\xD0\xB1 <x>;,\""},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++)
        assert_str(written(quoted, rows[i].text), rows[i].expected);
}

struct figure {
    uint32_t number;
    const char *decimal, *hex;
};

static void test_numbers_are_written_without_zeros_in_front_and_hex_with_them(void **state)
{
    static const struct figure rows[] = {
        {0, "0", "00000000"},
        {9, "9", "00000009"},
        {10, "10", "0000000a"},
        {16, "16", "00000010"},
        {3600, "3600", "00000e10"},
        {0xABCDEF01, "2882400001", "abcdef01"},
        {UINT32_MAX, "4294967295", "ffffffff"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        char text[40];
        struct sipreg_out out;
        int n;

        sipreg_out_start(&out, text, sizeof text);
        sipreg_out_number(&out, rows[i].number);
        n = sipreg_out_end(&out);
        sipreg_out_hex32(&out, rows[i].number);
        assert_str(sipreg_str_between(text, text + n), rows[i].decimal);
        assert_str(sipreg_str_between(text + n, text + sipreg_out_end(&out)), rows[i].hex);
    }
}

static void test_what_does_not_fit_is_left_out_whole_and_nothing_follows_it(void **state)
{
    char text[5] = "....";
    struct sipreg_out out;

    (void)state;
    sipreg_out_start(&out, text, 4);
    sipreg_out_text(&out, "ab");
    sipreg_out_text(&out, "cde");
    sipreg_out_text(&out, "c");
    sipreg_out_number(&out, 1);
    assert_int_equal(sipreg_out_end(&out), SIPREG_SPACE);
    assert_string_equal(text, "ab..");
}

static void test_the_first_error_is_the_one_that_is_told(void **state)
{
    char text[2];
    struct sipreg_out out;

    (void)state;
    sipreg_out_start(&out, text, sizeof text);
    sipreg_out_fail(&out, SIPREG_STATE);
    sipreg_out_text(&out, "too long");
    sipreg_out_fail(&out, SIPREG_LIMIT);
    assert_int_equal(sipreg_out_end(&out), SIPREG_STATE);
}

static void test_a_text_of_the_caller_with_a_control_character_is_refused(void **state)
{
    static const char *const rows[] = {"a\r\nb", "\n", "a\x7F", "\x01"};
    char text[16];
    struct sipreg_out out;

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        sipreg_out_start(&out, text, sizeof text);
        sipreg_out_text(&out, rows[i]);
        assert_int_equal(sipreg_out_end(&out), SIPREG_ARGUMENT);
        sipreg_out_start(&out, text, sizeof text);
        sipreg_out_quoted(&out, given_text(rows[i]));
        assert_int_equal(sipreg_out_end(&out), SIPREG_ARGUMENT);
    }
    sipreg_out_start(&out, text, sizeof text);
    sipreg_out_text(&out, "a\tb");
    assert_int_equal(sipreg_out_end(&out), 3);
}

static void test_a_buffer_of_size_0_takes_nothing_but_nothing(void **state)
{
    char none[1] = {'x'};
    struct sipreg_out out;

    (void)state;
    sipreg_out_start(&out, none, 0);
    sipreg_out_text(&out, "");
    assert_int_equal(sipreg_out_end(&out), 0);
    sipreg_out_text(&out, "a");
    assert_int_equal(sipreg_out_end(&out), SIPREG_SPACE);
    assert_int_equal(none[0], 'x');
}

static void test_lengths_never_pass_for_errors(void **state)
{
    struct sipreg_out out;

    (void)state;
    sipreg_out_start(&out, NULL, 0);
    out.used = (size_t)INT_MAX - 1;
    sipreg_out_text(&out, "a");
    assert_int_equal(sipreg_out_end(&out), INT_MAX);
    sipreg_out_text(&out, "a");
    assert_int_equal(sipreg_out_end(&out), SIPREG_SPACE);
    sipreg_out_start(&out, &out, SIZE_MAX);
    assert_int_equal(out.size, INT_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_all_kinds_of_parts_are_written_at_every_capacity),
        TEST(test_quoting_escapes_quotes_and_backslashes_only),
        TEST(test_numbers_are_written_without_zeros_in_front_and_hex_with_them),
        TEST(test_what_does_not_fit_is_left_out_whole_and_nothing_follows_it),
        TEST(test_the_first_error_is_the_one_that_is_told),
        TEST(test_a_text_of_the_caller_with_a_control_character_is_refused),
        TEST(test_a_buffer_of_size_0_takes_nothing_but_nothing),
        TEST(test_lengths_never_pass_for_errors),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
