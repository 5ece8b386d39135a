/*
 * test_options.c - lists of option tags (RFC 3261 19.2, 20.40).
 */
#include "support.h"

#include "options.h"

static void test_tags_are_taken_one_by_one(void **state)
{
    struct sipreg_cursor c = sipreg_cursor_of(given_text(" a ,, b-1.x\t,c ,"));
    struct sipreg_str tag;

    (void)state;
    assert_true(sipreg_options_next(&c, &tag));
    assert_str(tag, "a");
    assert_true(sipreg_options_next(&c, &tag));
    assert_str(tag, "b-1.x");
    assert_true(sipreg_options_next(&c, &tag));
    assert_str(tag, "c");
    assert_false(sipreg_options_next(&c, &tag));
    assert_ptr_equal(c.p, c.end);
}

static void test_what_is_no_list_is_not_taken_to_its_end(void **state)
{
    static const char *const bad[] = {"a b", "a;b", "\"a\"", "a,(b)", "a,\xC3\xA9"};
    struct sipreg_str tag;

    (void)state;
    for (size_t i = 0; i < COUNT(bad); i++) {
        struct sipreg_cursor c = sipreg_cursor_of(given_text(bad[i]));
        while (sipreg_options_next(&c, &tag))
            assert_true(tag.n > 0);
        assert_ptr_not_equal(c.p, c.end);
    }
}

static void test_unsupported_tags_are_the_bits_of_the_list(void **state)
{
    struct sipreg_response response = parsed_ok("Unsupported: C, x\r\nUnsupported: a\r\n");
    char list[3 * 33 + 1] = "";

    (void)state;
    assert_int_equal(sipreg_options_unsupported(&response, "a, b, c"), 5);
    assert_int_equal(sipreg_options_unsupported(&response, NULL), 0);
    for (int i = 0; i < 31; i++)
        strcat(list, "b, ");
    strcat(list, "a");
    assert_true(sipreg_options_unsupported(&response, list) == UINT32_C(0x80000000));
    strcpy(list + strlen(list) - 1, "b, a");
    assert_int_equal(sipreg_options_unsupported(&response, list), 0); /* the 33rd */
}

static void test_a_tag_is_in_a_list_whole_and_in_any_case(void **state)
{
    (void)state;
    assert_true(sipreg_options_has("gruu, PATH", SIPREG_LITERAL("path")));
    assert_false(sipreg_options_has("paths, pat", SIPREG_LITERAL("path")));
    assert_false(sipreg_options_has(NULL, SIPREG_LITERAL("path")));
}

static void test_the_first_line_counts(void **state)
{
    struct sipreg_response required = parsed(ANSWER("200 OK\r\nRequire: a", ""));
    struct sipreg_response unsupported = parsed(ANSWER("420 Bad\r\nUnsupported: a", ""));

    (void)state;
    assert_true(sipreg_options_required(&required, SIPREG_LITERAL("a")));
    assert_true(sipreg_options_asked_for(&required, SIPREG_LITERAL("a")));
    assert_int_equal(sipreg_options_unsupported(&unsupported, "a"), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_tags_are_taken_one_by_one),
        TEST(test_what_is_no_list_is_not_taken_to_its_end),
        TEST(test_unsupported_tags_are_the_bits_of_the_list),
        TEST(test_a_tag_is_in_a_list_whole_and_in_any_case),
        TEST(test_the_first_line_counts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
