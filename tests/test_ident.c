/*
 * test_ident.c - identifiers from random octets (lib/ident.c).
 */
#include "support.h"

#include "../lib/ident.h"

static int fixed_random(void *user, void *out, size_t n)
{
    memset(out, *(const unsigned char *)user, n);
    return 0;
}

static void test_an_identifier_fills_its_store_behind_the_prefix(void **state)
{
    char text[24] = "";
    unsigned char next = 0;

    (void)state;
    assert_int_equal(sipreg_ident(text, sizeof text, "z9hG4bK", counting_random, &next), SIPREG_OK);
    assert_string_equal(text, "z9hG4bKabcdefghijklmnop");
    assert_int_equal(next, 16); /* 16 times five bits, 64 are the least */
}

static void test_every_octet_becomes_one_of_32_letters_and_digits_equally_often(void **state)
{
    static const char alphabet[] = "abcdefghijklmnopqrstuvwxyz234567";
    int times[32] = {0};

    (void)state;
    for (int octet = 0; octet < 256; octet++) {
        unsigned char value = (unsigned char)octet;
        char text[2] = "";
        assert_int_equal(sipreg_ident(text, sizeof text, "", fixed_random, &value), SIPREG_OK);
        const char *letter = strchr(alphabet, text[0]);
        assert_non_null(letter);
        times[letter - alphabet]++;
    }
    for (size_t i = 0; i < COUNT(times); i++)
        assert_int_equal(times[i], 8);
}

static void test_without_random_octets_the_identifier_stays_as_it_was(void **state)
{
    char text[8] = "before";
    int none = 0;
    uint32_t number;

    (void)state;
    assert_int_equal(sipreg_ident(text, sizeof text, "x", failing_random, &none), SIPREG_RANDOM);
    assert_string_equal(text, "before");
    assert_int_equal(sipreg_ident(text, sizeof text, "x", NULL, NULL), SIPREG_RANDOM);
    assert_string_equal(text, "before");
    assert_int_equal(sipreg_ident_number(&number, failing_random, &none), SIPREG_RANDOM);
    assert_int_equal(sipreg_ident_number(&number, NULL, NULL), SIPREG_RANDOM);
}

static void test_the_same_identifier_again_is_a_failure_of_the_source(void **state)
{
    unsigned char octet = 3;
    char text[8] = "";

    (void)state;
    assert_int_equal(sipreg_ident(text, sizeof text, "x", fixed_random, &octet), SIPREG_OK);
    assert_string_equal(text, "xdddddd");
    for (int i = 0; i < 3; i++) {
        assert_int_equal(sipreg_ident(text, sizeof text, "x", fixed_random, &octet), SIPREG_RANDOM);
        assert_string_equal(text, "xdddddd");
    }
    text[0] = '\0'; /* which its owner does with one of no use */
    assert_int_equal(sipreg_ident(text, sizeof text, "x", fixed_random, &octet), SIPREG_RANDOM);
    octet = 4;
    assert_int_equal(sipreg_ident(text, sizeof text, "x", fixed_random, &octet), SIPREG_OK);
    assert_string_equal(text, "xeeeeee");
}

static void test_a_random_number_has_all_its_bits_from_the_source(void **state)
{
    unsigned char octet = 0xC3;
    uint32_t number = 0;

    (void)state;
    assert_int_equal(sipreg_ident_number(&number, fixed_random, &octet), SIPREG_OK);
    assert_int_equal(number, 0xC3C3C3C3U);
}

static void test_a_random_number_is_the_same_whatever_the_order_of_octets_in_memory(void **state)
{
    unsigned char next = 1;
    uint32_t number = 0;

    (void)state;
    assert_int_equal(sipreg_ident_number(&number, counting_random, &next), SIPREG_OK);
    assert_int_equal(number, 0x04030201);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_an_identifier_fills_its_store_behind_the_prefix),
        TEST(test_every_octet_becomes_one_of_32_letters_and_digits_equally_often),
        TEST(test_without_random_octets_the_identifier_stays_as_it_was),
        TEST(test_the_same_identifier_again_is_a_failure_of_the_source),
        TEST(test_a_random_number_has_all_its_bits_from_the_source),
        TEST(test_a_random_number_is_the_same_whatever_the_order_of_octets_in_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
