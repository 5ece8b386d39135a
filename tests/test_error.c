/*
 * test_error.c - errors in words, and the version (lib/error.c).
 */
#include "support.h"

#include <limits.h>

static void test_every_error_has_a_sentence_of_its_own(void **state)
{
    (void)state;
    for (int i = 0; i >= SIPREG_TIMEOUT; i--) {
        const char *text = sipreg_strerror(i);
        assert_string_not_equal(text, "unknown error");
        assert_int_not_equal(text[strlen(text) - 1], '.');
        for (int j = 0; j > i; j--)
            assert_string_not_equal(text, sipreg_strerror(j));
    }
}

struct row {
    int error;
    const char *text;
};

static void test_the_sentences_belong_to_their_numbers(void **state)
{
    static const struct row rows[] = {
        {SIPREG_OK, "ok"},
        {SIPREG_SPACE, "the buffer is too small"},
        {SIPREG_PARTIAL, "the message is not complete"},
        {SIPREG_POLICY, "refused by policy"},
        {SIPREG_STATUS, "refused with this status"},
        {SIPREG_SIPS, "refused because the address is sips, or is not"},
        {SIPREG_HASH, "the hash library failed"},
        {SIPREG_TIMEOUT, "no answer in time"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++)
        assert_string_equal(sipreg_strerror(rows[i].error), rows[i].text);
}

static void test_other_numbers_are_unknown(void **state)
{
    static const int numbers[] = {1, 404, SIPREG_REBOUND - 1, -1000, INT_MAX, INT_MIN};

    (void)state;
    for (size_t i = 0; i < COUNT(numbers); i++)
        assert_string_equal(sipreg_strerror(numbers[i]), "unknown error");
}

static void test_the_version_is_the_one_of_the_header(void **state)
{
    (void)state;
    assert_string_equal(sipreg_version(), SIPREG_VERSION);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_every_error_has_a_sentence_of_its_own),
        TEST(test_the_sentences_belong_to_their_numbers),
        TEST(test_other_numbers_are_unknown),
        TEST(test_the_version_is_the_one_of_the_header),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
