/*
 * test_stun_attributes.c - what an answer to a Binding request says (lib/stun.c).
 */
#include "stun_message.h"

struct row {
    const char *octets;
    size_t n;
};
#define ROW(literal)                                                                               \
    {                                                                                              \
        literal, sizeof(literal) - 1                                                               \
    }

/* Attributes that are cut in a message whose length says so. */
static void attributes_that_are_cut_are_foreign_or_unusable(void **state)
{
    static const char attributes[] = ADDRESS4 SOFTWARE;

    (void)state;
    for (size_t n = 0; n < sizeof attributes - 1; n++) {
        int result = stun_result(stun_message(SUCCESS, given(attributes, n)));
        if (result != (n % 4 != 0 ? SIPREG_FOREIGN : n == 12 ? SIPREG_OK : SIPREG_SYNTAX))
            fail_msg("%u octets: %d", (unsigned)n, result);
    }
    assert_mapped(OCTETS(attributes), &ipv4);
}

static void padding_is_skipped_whatever_stands_in_it(void **state)
{
    (void)state;
    for (size_t length = 0; length <= 9; length++) {
        size_t padded = (length + 3) / 4 * 4;
        char attributes[4 + 12 + 24] = "\x80\x22\0";
        attributes[3] = (char)length;
        memset(attributes + 4, 0xFF, padded);
        memcpy(attributes + 4 + padded, ADDRESS6, 24);
        assert_mapped(given(attributes, 4 + padded + 24), &ipv6);
        memcpy(attributes + 4 + padded, ADDRESS4, 12);
        assert_mapped(given(attributes, 4 + padded + 12), &ipv4);
    }
}

static void the_first_of_a_kind_that_can_be_read_counts(void **state)
{
    static const struct row rows[] = {
        ROW(ADDRESS4 OTHER_ADDRESS4),
        ROW(ADDRESS4 ADDRESS6),
        ROW(ADDRESS4 SOFTWARE OTHER_ADDRESS4 SOFTWARE),
        ROW(ADDRESS4 OTHER_FAMILY),
        ROW(ADDRESS4 "\0\x20\0\0"),
        ROW(ADDRESS4 "\0\x20\0\x04\0\x01\0\0"),
        ROW(OTHER_FAMILY ADDRESS4), /* 6.3.3: as if it were not there */
        ROW(OTHER_FAMILY ADDRESS4 ADDRESS6),
        ROW("\0\x20\0\x04\0\x01\xA1\x47" ADDRESS4),             /* nor can this be read */
        ROW("\0\x01\0\x08\0\x01\x12\x34\x0A\0\0\x01" ADDRESS4), /* MAPPED-ADDRESS is not read */
    };
    struct sipreg_stun_answer answer;

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++)
        assert_mapped(given(rows[i].octets, rows[i].n), &ipv4);
    assert_mapped(OCTETS(ADDRESS6 ADDRESS4), &ipv6);
    assert_int_equal(stun_read(&answer, stun_message(ERROR, OCTETS(ERROR_500 ERROR_400))),
                     SIPREG_STATUS);
    assert_int_equal(answer.status, 500);
}

/* All that there can be: those of RFC 8489 18.3 are known, and any from 0x8000 on may be. */
static void unknown_attributes_are_skipped_or_fatal_by_their_number(void **state)
{
    static const unsigned known[] = {0x01, 0x06, 0x08, 0x09, 0x0A, 0x14,
                                     0x15, 0x1C, 0x1D, 0x1E, 0x20};
    size_t next = 0;

    (void)state;
    for (unsigned type = 0; type < 0x10000; type++) {
        char attributes[] = ADDRESS4 "tt\0\x05value..." ADDRESS4;
        bool skipped = type >= 0x8000 || (next < COUNT(known) && known[next] == type);
        next += skipped && type < 0x8000;
        attributes[12] = (char)(type >> 8);
        attributes[13] = (char)type;
        if (stun_result(stun_message(SUCCESS, OCTETS(attributes))) !=
            (skipped ? SIPREG_OK : SIPREG_SYNTAX))
            fail_msg("type %04x", type);
        free_given(NULL);
    }
    assert_int_equal(next, COUNT(known));
}

static void a_success_without_a_usable_address_is_refused(void **state)
{
    static const struct row rows[] = {
        ROW(""),
        ROW(SOFTWARE),
        ROW("\0\x01\0\x08\0\x01\x12\x34\x0A\0\0\x01"),       /* MAPPED-ADDRESS alone */
        ROW("\x80\x20\0\x08\0\x01\xA1\x47\xE1\x12\xA6\x43"), /* its number before RFC 5389 */
        ROW(ERROR_400),
        ROW(OTHER_FAMILY),
        ROW("\0\x20\0\x08\0\0\xA1\x47\xE1\x12\xA6\x43"),
        ROW("\0\x20\0\x08\x01\0\xA1\x47\xE1\x12\xA6\x43"),
        ROW("\0\x20\0\x08\0\xFF\xA1\x47\xE1\x12\xA6\x43"),
        ROW("\0\x20\0\x04\0\x03\xA1\x47"),
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++)
        assert_int_equal(stun_result(stun_message(SUCCESS, given(rows[i].octets, rows[i].n))),
                         SIPREG_SYNTAX);
}

static void an_address_has_the_length_of_its_family(void **state)
{
    char attribute[4 + 32];

    (void)state;
    for (char family = 1; family <= 2; family++) {
        for (size_t length = 0; length <= 32; length++) {
            size_t n = 4 + (length + 3) / 4 * 4;
            int expected = length == (family == 1 ? 8 : 20) ? SIPREG_OK : SIPREG_SYNTAX;
            memset(attribute, 0, sizeof attribute);
            attribute[1] = 0x20;
            attribute[3] = (char)length;
            attribute[5] = family;
            if (stun_result(stun_message(SUCCESS, given(attribute, n))) != expected)
                fail_msg("family %d, %u octets", family, (unsigned)length);
        }
    }
}

/* 14.1: "MUST be ignored by receivers". */
static void the_octet_before_the_family_is_ignored(void **state)
{
    (void)state;
    assert_mapped(OCTETS("\0\x20\0\x08\xFF\x01\xA1\x47\xE1\x12\xA6\x43"), &ipv4);
}

static void an_attribute_that_is_longer_than_its_message_spoils_it(void **state)
{
    static const struct row rows[] = {
        ROW("\x80\x22\0\x01"),
        ROW("\x80\x22\0\x05"
            "soft"),
        ROW("\x80\x22\0\x09"
            "software"),
        ROW("\x80\x22\x01\0"
            "software"),
        ROW("\x80\x22\xFF\xFC"
            "software"),
        ROW("\x80\x22\xFF\xFF"
            "software"),
        ROW("\0\x09\0\x05\0\0\x04\0"),
        ROW("\0\x20\0\x08\0\x01\xA1\x47"),
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        char text[64] = ADDRESS4 ERROR_400;
        struct sipreg_stun_answer answer;
        memcpy(text + 20, rows[i].octets, rows[i].n);
        assert_int_equal(stun_result(stun_message(SUCCESS, given(text, 20 + rows[i].n))),
                         SIPREG_SYNTAX);
        assert_int_equal(stun_read(&answer, stun_message(ERROR, given(text, 20 + rows[i].n))),
                         SIPREG_STATUS);
        assert_int_equal(answer.status, 0);
    }
}

static void an_error_tells_its_status_if_it_can_be_read(void **state)
{
    static const struct {
        struct row attributes;
        int status;
    } rows[] = {
        {ROW(ERROR_400), 400},
        {ROW(SOFTWARE ERROR_400 ADDRESS4), 400},
        {ROW("\0\x09\0\x05\0\0\x04\x14"
             "X\xFF\xFF\xFF"
             "\0\x0A\0\x02\x7F\xFF\0\0"),
         420},
        {ROW(ERROR_500), 500},
        {ROW("\0\x09\0\x04\0\0\x03\0"), 300},
        {ROW("\0\x09\0\x04\0\0\x06\x63"), 699},
        {ROW("\0\x09\0\x04\xFF\xFF\xFC\0"), 400}, /* reserved bits */
        {ROW("\0\x09\0\x04\0\0\x02\x63"), 0},
        {ROW("\0\x09\0\x04\0\0\x07\0"), 0},
        {ROW("\0\x09\0\x04\0\0\x04\x64"), 0},
        {ROW("\0\x09\0\x03\0\0\x04\0"), 0},
        {ROW("\0\x09\0\0"), 0},
        {ROW(ADDRESS4), 0},
        {ROW(""), 0},
        {ROW(ERROR_500 "\x7F\xFF\0\0"), 0}, /* 6.3.4: "simply considered to have failed" */
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct sipreg_str attributes = given(rows[i].attributes.octets, rows[i].attributes.n);
        struct sipreg_stun_answer answer;
        assert_int_equal(stun_read(&answer, stun_message(ERROR, attributes)), SIPREG_STATUS);
        if (answer.status != rows[i].status)
            fail_msg("row %u: %d", (unsigned)i, answer.status);
    }
    assert_mapped(OCTETS(ERROR_400 ADDRESS4), &ipv4); /* and in a success it tells nothing */
}

static uint32_t next_random(uint32_t *seed)
{
    *seed = *seed * 1664525 + 1013904223;
    return *seed >> 16;
}

/* Octets like those that mean something, so that many get far. */
static void whatever_stands_in_a_message_is_read_safely(void **state)
{
    static const char octets[] = "\0\0\0\0\x01\x02\x04\x08\x0C\x14\x20\x09\x80\x22\xFF\x7F";
    uint32_t seed = 5769;
    unsigned seen[3] = {0, 0, 0};

    (void)state;
    for (int i = 0; i < 100000; i++) {
        char attributes[64];
        size_t n = next_random(&seed) % 16 * 4;
        unsigned type = next_random(&seed) % 4 == 0 ? ERROR : SUCCESS;
        int result;
        for (size_t j = 0; j < n; j++)
            attributes[j] = octets[next_random(&seed) % 16];
        if (n >= 12 && next_random(&seed) % 2 == 0)
            memcpy(attributes, ADDRESS4, 12);
        result = stun_result(stun_message(type, given(attributes, n)));
        assert_true(type == ERROR ? result == SIPREG_STATUS
                                  : result == SIPREG_OK || result == SIPREG_SYNTAX);
        seen[result == SIPREG_OK ? 0 : result == SIPREG_SYNTAX ? 1 : 2]++;
        free_given(NULL);
    }
    assert_true(seen[0] > 1000 && seen[1] > 1000 && seen[2] > 1000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(attributes_that_are_cut_are_foreign_or_unusable),
        TEST(padding_is_skipped_whatever_stands_in_it),
        TEST(the_first_of_a_kind_that_can_be_read_counts),
        TEST(unknown_attributes_are_skipped_or_fatal_by_their_number),
        TEST(a_success_without_a_usable_address_is_refused),
        TEST(an_address_has_the_length_of_its_family),
        TEST(the_octet_before_the_family_is_ignored),
        TEST(an_attribute_that_is_longer_than_its_message_spoils_it),
        TEST(an_error_tells_its_status_if_it_can_be_read),
        TEST(whatever_stands_in_a_message_is_read_safely),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
