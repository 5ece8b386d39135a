/*
 * test_image.c - the octets of a snapshot: the same on every machine, and none of them lost or
 * changed unseen.
 */
#include "support.h"

#include "image.h"

enum { AT_VERSION = 4, AT_LENGTH = 5, AT_FIELDS = 7, CRC_SIZE = 4 };

static struct sipreg_image image(void)
{
    struct sipreg_image i;

    memset(&i, 0, sizeof i);
    i.owner = 0x01020304;
    i.cseq = 5;
    i.call_id = given_text("id");
    i.tag = given_text("t");
    i.fact = SIPREG_IMAGE_BOUND;
    i.left = 0x00010000;
    i.granted = 0xFFFFFFFE;
    i.floor = 60;
    i.place = 0x89ABCDEF;
    i.contact = given_text("sip:a@h");
    i.replaced = given_text("");
    i.routes = OCTETS("Psip:p\0");
    i.session_count = 1;
    i.sessions[0].realm = given_text("r");
    i.sessions[0].nonce = given_text("n");
    i.sessions[0].opaque = given_text("");
    i.sessions[0].qop = SIPREG_QOP_AUTH;
    i.sessions[0].proxy = i.sessions[0].utf8 = true;
    i.sessions[0].count = 3;
    return i;
}

/* What image() looks like, but for the CRC-32 behind it. */
#define OCTETS_OF_IMAGE                                                                            \
    "SREG\x01\x00\x6C"                                                                             \
    "\x00\x04\x01\x02\x03\x04\x00\x04\x00\x00\x00\x05\x00\x02id\x00\x01t"                          \
    "\x00\x04\x00\x00\x00\x01\x00\x04\x00\x01\x00\x00\x00\x04\xFF\xFF\xFF\xFE"                     \
    "\x00\x04\x00\x00\x00\x3C\x00\x04\x89\xAB\xCD\xEF"                                             \
    "\x00\x07sip:a@h\x00\x00\x00\x07Psip:p\x00"                                                    \
    "\x00\x04\x00\x00\x00\x01"                                                                     \
    "\x00\x04\x00\x00\x00\x15\x00\x04\x00\x00\x00\x03\x00\x01r\x00\x01n\x00\x00\xFF\xFF"

/* With a CRC-32 behind it, computed bit by bit. */
static struct sipreg_str sealed(const void *octets, size_t n)
{
    unsigned char *p = (unsigned char *)(uintptr_t)given(octets, n + CRC_SIZE).p;
    uint32_t crc = 0xFFFFFFFF;

    for (size_t i = 0; i < n; i++) {
        crc ^= p[i];
        for (int bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ (crc & 1 ? 0xEDB88320 : 0);
    }
    for (size_t i = 0; i < CRC_SIZE; i++)
        p[n + i] = (unsigned char)(~crc >> (24 - 8 * i));
    return (struct sipreg_str){(const char *)p, n + CRC_SIZE};
}

static struct sipreg_str written_image(struct sipreg_image *i)
{
    char octets[1024];
    size_t n = sipreg_image_size(i);

    assert_true(n < sizeof octets);
    memset(octets, '#', sizeof octets);
    sipreg_image_write(i, octets, n);
    for (size_t k = n; k < sizeof octets; k++)
        assert_int_equal(octets[k], '#');
    return given(octets, n);
}

static int read_again(struct sipreg_str s)
{
    struct sipreg_image i;

    return sipreg_image_read(&i, s.p, s.n);
}

/* The octets of image() with some of them in place of others, and the CRC-32 that goes with it. */
static int read_with(size_t at, const char *octets, size_t n)
{
    char copy[] = OCTETS_OF_IMAGE "....";

    memcpy(copy + at, octets, n);
    return read_again(sealed(copy, sizeof OCTETS_OF_IMAGE - 1));
}

static void the_octets_are_the_same_on_every_machine(void **state)
{
    const char expected[] = OCTETS_OF_IMAGE "....";
    struct sipreg_image i = image();
    struct sipreg_str s = written_image(&i), wanted;

    (void)state;
    wanted = sealed(expected, sizeof OCTETS_OF_IMAGE - 1);
    assert_int_equal(s.n, wanted.n);
    assert_memory_equal(s.p, wanted.p, s.n);
    assert_true(sipreg_image_crc(0, given_text("123456789")) == 0xCBF43926);
    assert_true(sipreg_image_crc(sipreg_image_crc(0, given_text("1234")), given_text("56789")) ==
                0xCBF43926);
}

static void what_was_written_is_read(void **state)
{
    struct sipreg_image before = image(), after;
    struct sipreg_str s = written_image(&before);

    (void)state;
    before.sessions[0].count = 0xFFFFFFFF;
    before.sessions[0].userhash = true;
    before.sessions[0].algorithm_raw = given_text("SHA-256");
    s = written_image(&before);
    assert_int_equal(sipreg_image_read(&after, s.p, s.n), SIPREG_OK);
    assert_true(after.owner == before.owner && after.cseq == before.cseq);
    assert_true(after.fact == before.fact && after.left == before.left);
    assert_true(after.granted == before.granted && after.floor == before.floor);
    assert_true(after.place == before.place && after.session_count == 1);
    assert_str(after.call_id, "id");
    assert_str(after.tag, "t");
    assert_str(after.contact, "sip:a@h");
    assert_str(after.replaced, "");
    assert_int_equal(after.routes.n, 7);
    assert_memory_equal(after.routes.p, "Psip:p", 7);
    assert_str(after.sessions[0].realm, "r");
    assert_str(after.sessions[0].nonce, "n");
    assert_str(after.sessions[0].opaque, ""); /* there, and empty */
    assert_str(after.sessions[0].algorithm_raw, "SHA-256");
    assert_int_equal(after.sessions[0].qop, SIPREG_QOP_AUTH);
    assert_true(after.sessions[0].proxy && after.sessions[0].utf8 && after.sessions[0].userhash);
    assert_true(after.sessions[0].count == 0xFFFFFFFF);
    assert_int_equal(after.sessions[0].cnonce[0], '\0');
}

static void each_property_of_a_challenge_has_its_bit(void **state)
{
    (void)state;
    for (unsigned kind = 0; kind < 32; kind++) {
        struct sipreg_image before = image(), after;
        struct sipreg_challenge *challenge = &before.sessions[0];
        challenge->qop = kind & 3;
        challenge->proxy = (kind & 4) != 0;
        challenge->userhash = (kind & 8) != 0;
        challenge->utf8 = (kind & 16) != 0;
        struct sipreg_str s = written_image(&before);
        assert_int_equal(sipreg_image_read(&after, s.p, s.n), SIPREG_OK);
        for (int i = 0; i < 2; i++, challenge = &after.sessions[0]) {
            assert_int_equal(challenge->qop, kind & 3);
            assert_int_equal(challenge->proxy, (kind & 4) != 0);
            assert_int_equal(challenge->userhash, (kind & 8) != 0);
            assert_int_equal(challenge->utf8, (kind & 16) != 0);
        }
        free_given(state);
    }
}

static void a_part_of_it_is_refused(void **state)
{
    struct sipreg_image i = image();
    struct sipreg_str s = written_image(&i);

    (void)state;
    for (size_t n = 0; n < s.n; n++)
        assert_int_equal(read_again(given(s.p, n)), SIPREG_SYNTAX);
    assert_int_equal(sipreg_image_read(&i, NULL, 0), SIPREG_SYNTAX);
}

static void every_bit_counts(void **state)
{
    struct sipreg_image i = image();
    struct sipreg_str s = written_image(&i);

    (void)state;
    for (size_t bit = 0; bit < 8 * s.n; bit++) {
        char octet = (char)(s.p[bit / 8] ^ 1 << bit % 8);
        assert_int_equal(read_again(with_octet(s, bit / 8, octet)), SIPREG_SYNTAX);
    }
}

static void what_follows_does_not_count(void **state)
{
    struct sipreg_image i = image();
    struct sipreg_str s = written_image(&i);
    char page[1024];

    (void)state;
    memset(page, 0xFF, sizeof page);
    memcpy(page, s.p, s.n);
    assert_int_equal(read_again(given(page, sizeof page)), SIPREG_OK);
}

static void a_wrong_form_is_refused_though_the_crc_is_right(void **state)
{
    const char longer[] = OCTETS_OF_IMAGE "\x00\x00....";

    (void)state;
    assert_int_equal(read_with(0, "", 0), SIPREG_OK); /* unchanged, it is good */
    assert_int_equal(read_with(0, "s", 1), SIPREG_SYNTAX);
    assert_int_equal(read_with(AT_VERSION, "\x00", 1), SIPREG_SYNTAX);
    assert_int_equal(read_with(AT_VERSION, "\x02", 1), SIPREG_SYNTAX);
    assert_int_equal(read_with(AT_FIELDS, "\x00\x03", 2), SIPREG_SYNTAX); /* a number of three */
    assert_int_equal(read_with(AT_FIELDS, "\xFF\xFF", 2), SIPREG_SYNTAX); /* an absent one */
    assert_int_equal(read_with(AT_FIELDS, "\x7F\xFF", 2), SIPREG_SYNTAX); /* up to beyond the end */
    assert_int_equal(read_with(sizeof OCTETS_OF_IMAGE - 3, "\x00\x01", 2), SIPREG_SYNTAX);
    /* one more field than this version has */
    char copy[sizeof longer];
    memcpy(copy, longer, sizeof copy);
    copy[AT_LENGTH + 1] = (char)(copy[AT_LENGTH + 1] + 2);
    assert_int_equal(read_again(sealed(copy, sizeof OCTETS_OF_IMAGE + 1)), SIPREG_SYNTAX);
    /* a head that leaves no room for itself */
    assert_int_equal(read_again(given("SREG\x01\x00\x0A\x00\x00\x00\x00", 11)), SIPREG_SYNTAX);
    assert_int_equal(read_again(sealed("SREG\x01\x00\x0B....", 7)), SIPREG_SYNTAX); /* no fields */
}

/* The octets of image() with a first field of these in place of its own. */
static int read_with_owner(const char *field, size_t n)
{
    const char all[] = OCTETS_OF_IMAGE;
    enum { OWNER = 2 + 4 };
    char copy[sizeof all + 8];
    size_t rest = sizeof all - 1 - AT_FIELDS - OWNER;

    memcpy(copy, all, AT_FIELDS);
    memcpy(copy + AT_FIELDS, field, n);
    memcpy(copy + AT_FIELDS + n, all + AT_FIELDS + OWNER, rest);
    n += AT_FIELDS + rest;
    copy[AT_LENGTH + 1] = (char)(n + CRC_SIZE);
    return read_again(sealed(copy, n));
}

static void a_number_has_four_octets(void **state)
{
    (void)state;
    assert_int_equal(read_with_owner("\x00\x04\x01\x02\x03\x04", 6), SIPREG_OK);
    assert_int_equal(read_with_owner("\x00\x03\x01\x02\x03", 5), SIPREG_SYNTAX);
    assert_int_equal(read_with_owner("\x00\x05\x01\x02\x03\x04\x05", 7), SIPREG_SYNTAX);
    assert_int_equal(read_with_owner("\x00\x00", 2), SIPREG_SYNTAX);
    assert_int_equal(read_with_owner("\xFF\xFF", 2), SIPREG_SYNTAX);
}

static void a_part_is_refused_though_its_crc_and_length_are_right(void **state)
{
    char copy[] = OCTETS_OF_IMAGE "....";

    for (size_t n = AT_FIELDS; n < sizeof OCTETS_OF_IMAGE - 1; n++) {
        copy[AT_LENGTH + 1] = (char)(n + CRC_SIZE);
        assert_int_equal(read_again(sealed(copy, n)), SIPREG_SYNTAX);
        free_given(state);
    }
    for (int length = 0; length < AT_FIELDS + CRC_SIZE; length++) {
        copy[AT_LENGTH + 1] = (char)length;
        assert_int_equal(read_again(given(copy, sizeof copy)), SIPREG_SYNTAX);
    }
}

static void more_than_there_is_room_for_is_refused(void **state)
{
    struct sipreg_image i = image();
    struct sipreg_str s = written_image(&i);
    size_t kind = s.n - CRC_SIZE - 2 - 2 - 3 - 3 - 6 - 4, count = kind - 6;

    (void)state;
    assert_int_equal(s.p[kind + 3], 0x15);
    assert_int_equal(read_with(kind, "\x00\x00\x00\x20", 4), SIPREG_SYNTAX); /* no such property */
    assert_int_equal(read_with(kind, "\x01\x00\x00\x15", 4), SIPREG_SYNTAX);
    assert_int_equal(s.p[count + 3], 1);
    assert_int_equal(read_with(count, "\x00\x00\x00\x00", 4), SIPREG_SYNTAX); /* fields too many */
    assert_int_equal(read_with(count, "\x00\x00\x00\x02", 4), SIPREG_SYNTAX); /* too few */
    assert_int_equal(read_with(count, "\x00\x00\x00\x09", 4), SIPREG_LIMIT);
    assert_int_equal(read_with(count, "\xFF\xFF\xFF\xFF", 4), SIPREG_LIMIT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_octets_are_the_same_on_every_machine),
        TEST(what_was_written_is_read),
        TEST(each_property_of_a_challenge_has_its_bit),
        TEST(a_part_of_it_is_refused),
        TEST(every_bit_counts),
        TEST(what_follows_does_not_count),
        TEST(a_wrong_form_is_refused_though_the_crc_is_right),
        TEST(a_number_has_four_octets),
        TEST(a_part_is_refused_though_its_crc_and_length_are_right),
        TEST(more_than_there_is_room_for_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
