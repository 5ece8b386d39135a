/*
 * test_hash.c - is the hash port right? (lib/hash.h, whichever lib/hash_*.c is built in)
 */
#include "support.h"

#include "../lib/hash.h"
#include "../lib/out.h"

#include <stdlib.h>

static const unsigned algorithms[] = {SIPREG_MD5, SIPREG_SHA256, SIPREG_SHA512_256};

struct row {
    unsigned algorithm;
    const char *text;
    const char *digest;
};

#define LONG_TEXT                                                                                  \
    "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmno" \
    "p"                                                                                            \
    "qrsmnopqrstnopqrstu"

/* RFC 1321 A.5, FIPS 180-4 and its examples. */
static const struct row rows[] = {
    {SIPREG_MD5, "", "d41d8cd98f00b204e9800998ecf8427e"},
    {SIPREG_MD5, "abc", "900150983cd24fb0d6963f7d28e17f72"},
    {SIPREG_MD5, "12345678901234567890123456789012345678901234567890123456789012345678901234567890",
     "57edf4a22be3c955ac49da2e2107b67a"},
    {SIPREG_SHA256, "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
    {SIPREG_SHA256, "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
    {SIPREG_SHA256, LONG_TEXT, "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"},
    {SIPREG_SHA512_256, "", "c672b8d1ef56ed28ab87c3622c5114069bdd3ad7b8f9737498d0c01ecef0967a"},
    {SIPREG_SHA512_256, "abc", "53048e2681941ef99b2e29b76b4c7dabe4c2d0c634fc6d46e0e2f13107e7af23"},
    {SIPREG_SHA512_256, LONG_TEXT,
     "3928e184fb8690f840da3988121d31be65cb9d3ef83ee6146feac861e19b563a"},
};

/* In hex; MD5 leaves the second half of a digest alone or zero. */
static struct sipreg_str hex(unsigned algorithm, const uint8_t *digest)
{
    char text[2 * SIPREG_DIGEST_SIZE];
    size_t n = algorithm == SIPREG_MD5 ? 16 : 32;

    sipreg_hex(text, digest, n);
    return given(text, 2 * n);
}

static void
test_digests_are_those_of_the_standards_added_in_one_piece_or_octet_by_octet(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        uint8_t digest[SIPREG_DIGEST_SIZE];
        struct sipreg_str text = given_text(rows[i].text);
        struct sipreg_hash hash;

        if (!sipreg_hash_available(rows[i].algorithm))
            continue;
        sipreg_hash_start(&hash, rows[i].algorithm);
        sipreg_hash_add(&hash, text.p, text.n);
        assert_int_equal(sipreg_hash_end(&hash, digest), SIPREG_OK);
        assert_str(hex(rows[i].algorithm, digest), rows[i].digest);

        sipreg_hash_start(&hash, rows[i].algorithm);
        for (size_t j = 0; j < text.n; j++)
            sipreg_hash_add(&hash, text.p + j, 1);
        sipreg_hash_add(&hash, NULL, 0);
        assert_int_equal(sipreg_hash_end(&hash, digest), SIPREG_OK);
        assert_str(hex(rows[i].algorithm, digest), rows[i].digest);
    }
}

static void test_a_million_times_a_is_hashed_in_uneven_pieces(void **state)
{
    static const char *const expected[] = {
        "7707d6ae4e027c70eea2a935c2296f21",
        "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0",
        "9a59a052930187a97038cae692f30708aa6491923ef5194394dc68d56c74fb21",
    };
    char *as = (char *)malloc(1000);

    (void)state;
    assert_non_null(as);
    memset(as, 'a', 1000);
    for (size_t i = 0; i < COUNT(algorithms); i++) {
        uint8_t digest[SIPREG_DIGEST_SIZE];
        struct sipreg_hash hash;
        if (!sipreg_hash_available(algorithms[i]))
            continue;
        sipreg_hash_start(&hash, algorithms[i]);
        for (size_t left = 1000000, n = 1; left > 0; left -= n) {
            n = n % 997 + 1;
            n = n < left ? n : left;
            sipreg_hash_add(&hash, as, n);
        }
        assert_int_equal(sipreg_hash_end(&hash, digest), SIPREG_OK);
        assert_str(hex(algorithms[i], digest), expected[i]);
    }
    free(as);
}

static void test_the_port_tells_what_it_has_and_fails_for_anything_else(void **state)
{
    (void)state;
    assert_true(sipreg_hash_available(SIPREG_MD5));
    assert_true(sipreg_hash_available(SIPREG_SHA256));
    assert_true(sipreg_hash_available(SIPREG_SHA512_256));
    for (unsigned algorithm = 0; algorithm <= 64; algorithm++) {
        uint8_t digest[SIPREG_DIGEST_SIZE], zeros[SIPREG_DIGEST_SIZE] = {0};
        struct sipreg_hash hash;
        if (sipreg_hash_available(algorithm))
            continue;
        sipreg_hash_start(&hash, algorithm);
        sipreg_hash_add(&hash, "abc", 3);
        memset(digest, 0xA5, sizeof digest);
        assert_int_equal(sipreg_hash_end(&hash, digest), SIPREG_HASH);
        assert_memory_equal(digest, zeros, sizeof digest);
        sipreg_hash_start(&hash, algorithm);
        hash.error = 0; /* each step fails by itself */
        sipreg_hash_add(&hash, "abc", 3);
        assert_int_not_equal(hash.error, 0);
    }
}

static void test_two_hashes_at_a_time_do_not_know_each_other(void **state)
{
    uint8_t digest[SIPREG_DIGEST_SIZE];
    struct sipreg_hash a, b;

    (void)state;
    sipreg_hash_start(&a, SIPREG_MD5);
    sipreg_hash_start(&b, SIPREG_SHA256);
    sipreg_hash_add(&a, "a", 1);
    sipreg_hash_add(&b, "abc", 3);
    sipreg_hash_add(&a, "bc", 2);
    assert_int_equal(sipreg_hash_end(&b, digest), SIPREG_OK);
    assert_str(hex(SIPREG_SHA256, digest), rows[4].digest);
    assert_int_equal(sipreg_hash_end(&a, digest), SIPREG_OK);
    assert_str(hex(SIPREG_MD5, digest), rows[1].digest);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_digests_are_those_of_the_standards_added_in_one_piece_or_octet_by_octet),
        TEST(test_a_million_times_a_is_hashed_in_uneven_pieces),
        TEST(test_the_port_tells_what_it_has_and_fails_for_anything_else),
        TEST(test_two_hashes_at_a_time_do_not_know_each_other),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
