/*
 * test_warning.c - which codes do the Warnings of a response have? (RFC 3261 20.43)
 */
#include "support.h"

#include "warning.h"

static void test_codes_are_found_in_lines_and_lists(void **state)
{
    struct sipreg_response response =
        parsed_ok("Warning: 399 h \"a, 380 b\\\", 380 c\" , 381 [::1]:5060 \"x\"\r\n"
                  "Warning: 0370 h \"y\", 999 h \"z\"\r\n");

    (void)state;
    assert_true(sipreg_warning_has(&response, 399));
    assert_true(sipreg_warning_has(&response, 381));
    assert_true(sipreg_warning_has(&response, 370));
    assert_true(sipreg_warning_has(&response, 999));
    assert_false(sipreg_warning_has(&response, 380)); /* that stands in a text */
}

static void test_what_is_malformed_ends_a_line_only(void **state)
{
    static const char *const bad[] = {
        "",
        "x",
        "380",
        "380 h",
        "380 h \"open",
        "3800 h \"x\"",
        "1000 h \"x\", 380 h \"y\"",
        "-380 h \"x\"",
        "\"380\" h \"x\"",
        "399 h \"x, 380 h",
    };
    char line[80];

    (void)state;
    for (size_t i = 0; i < COUNT(bad); i++) {
        strcpy(line, "Warning: ");
        strcat(line, bad[i]);
        strcat(line, "\r\nWarning: 381 h \"x\"\r\n");
        struct sipreg_response response = parsed_ok(line);
        assert_false(sipreg_warning_has(&response, 380));
        assert_true(sipreg_warning_has(&response, 381));
    }
}

static void test_the_first_line_counts(void **state)
{
    struct sipreg_response response = parsed(ANSWER("200 OK\r\nWarning: 399 h \"x\"", ""));

    (void)state;
    assert_true(sipreg_warning_has(&response, 399));
}

static void test_none_is_none(void **state)
{
    struct sipreg_response response = parsed_ok("");

    (void)state;
    assert_false(sipreg_warning_has(&response, 380));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_codes_are_found_in_lines_and_lists),
        TEST(test_what_is_malformed_ends_a_line_only),
        TEST(test_the_first_line_counts),
        TEST(test_none_is_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
