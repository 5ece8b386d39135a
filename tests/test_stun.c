/*
 * test_stun.c - Binding requests, and which messages answer them (lib/stun.c).
 */
#include "stun_message.h"

#include <stdlib.h>

/* RFC 5769 2.2 and 2.3. */
static const char response4[] =
    "\x01\x01\0\x3C" HEADER SOFTWARE ADDRESS4
    "\0\x08\0\x14\x2B\x91\xF5\x99\xFD\x9E\x90\xC3\x8C\x74\x89\xF9\x2A\xF9\xBA\x53\xF0\x6B\xE7\xD7"
    "\x80\x28\0\x04\xC0\x7D\x4C\x96";
static const char response6[] =
    "\x01\x01\0\x48" HEADER SOFTWARE ADDRESS6
    "\0\x08\0\x14\xA3\x82\x95\x4E\x4B\xE6\x7B\xF1\x17\x84\xC9\x7C\x82\x92\xC2\x75\xBF\xE3\xED\x41"
    "\x80\x28\0\x04\xC8\xFB\x0B\x4C";

static void a_request_has_20_octets_and_the_id_it_was_given(void **state)
{
    uint8_t *out = (uint8_t *)malloc(SIPREG_STUN_REQUEST_SIZE);

    (void)state;
    assert_non_null(out);
    memset(out, 0xA5, SIPREG_STUN_REQUEST_SIZE);
    sipreg_stun_request(out, ID);
    assert_memory_equal(out, "\0\x01\0\0" HEADER, 20);
    assert_true(sipreg_stun_is(out, SIPREG_STUN_REQUEST_SIZE));
    free(out);
}

static void assert_not_stun(struct sipreg_str text)
{
    assert_false(sipreg_stun_is(text.p, text.n));
    assert_int_equal(stun_result(text), SIPREG_FOREIGN);
}

static void first_octet_and_cookie_tell_stun_from_sip(void **state)
{
    (void)state;
    for (size_t i = 0; i < 20; i++) {
        for (int octet = 0; octet < 256; octet++) {
            struct sipreg_str text = with_octet(OCTETS("\0\x01\0\0" HEADER), i, (char)octet);
            bool stun = i == 0 ? octet <= 1 : i < 4 || i >= 8 || text.p[i] == HEADER[i - 4];
            assert_int_equal(sipreg_stun_is(text.p, text.n), stun);
            free_given(NULL);
        }
    }
    assert_true(sipreg_stun_is(OCTETS(response4).p, sizeof response4 - 1));
    for (size_t n = 0; n < 20; n++)
        assert_not_stun(given(response4, n));
    assert_not_stun(given_text("\r\n\r\n"));
    assert_not_stun(given_text("OPTIONS sip:alice@192.0.2.10 SIP/2.0\r\n"));
    assert_not_stun(given_text("SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP h;branch=z9hG4bKx\r\n\r\n"));
}

static void the_addresses_of_rfc_5769_are_read(void **state)
{
    struct sipreg_stun_answer answer;

    (void)state;
    assert_int_equal(stun_read(&answer, OCTETS(response4)), SIPREG_OK);
    assert_true(sipreg_mapped_equal(&answer.mapped, &ipv4));
    assert_int_equal(stun_read(&answer, OCTETS(response6)), SIPREG_OK);
    assert_true(sipreg_mapped_equal(&answer.mapped, &ipv6));
}

static void an_answer_that_is_cut_or_goes_on_is_dropped(void **state)
{
    char longer[sizeof response6 + 4];

    (void)state;
    for (size_t n = 0; n < sizeof response4 - 1; n++)
        assert_int_equal(stun_result(given(response4, n)), SIPREG_FOREIGN);
    for (size_t n = 0; n < sizeof response6 - 1; n++)
        assert_int_equal(stun_result(given(response6, n)), SIPREG_FOREIGN);
    memset(longer, 0, sizeof longer);
    memcpy(longer, response6, sizeof response6);
    for (size_t n = sizeof response6; n <= sizeof longer; n++)
        assert_int_equal(stun_result(given(longer, n)), SIPREG_FOREIGN);
}

/* One bit of the header makes an error response of it; all else is not for us. */
static void a_header_with_another_octet_anywhere_is_dropped(void **state)
{
    (void)state;
    for (size_t i = 0; i < 20; i++) {
        for (int octet = 0; octet < 256; octet++) {
            struct sipreg_str text = with_octet(OCTETS(response4), i, (char)octet);
            int expected = SIPREG_FOREIGN;
            if (text.p[i] == response4[i])
                expected = SIPREG_OK;
            else if (i == 1 && octet == 0x11)
                expected = SIPREG_STATUS;
            if (stun_result(text) != expected)
                fail_msg("octet %u as %d", (unsigned)i, octet);
            free_given(NULL);
        }
    }
}

static void an_attribute_with_another_octet_anywhere_does_no_harm(void **state)
{
    (void)state;
    for (size_t i = 20; i < sizeof response6 - 1; i++) {
        for (int octet = 0; octet < 256; octet++) {
            int result = stun_result(with_octet(OCTETS(response6), i, (char)octet));
            assert_true(result == SIPREG_OK || result == SIPREG_SYNTAX);
            free_given(NULL);
        }
    }
}

static void requests_indications_and_other_methods_are_dropped(void **state)
{
    (void)state;
    for (unsigned type = 0; type < 0x10000; type++) {
        int expected = type == SUCCESS ? SIPREG_OK : type == ERROR ? SIPREG_STATUS : SIPREG_FOREIGN;
        if (stun_result(stun_message(type, OCTETS(ADDRESS4))) != expected)
            fail_msg("type %04x", type);
        free_given(NULL);
    }
}

static void an_answer_whose_length_is_wrong_is_dropped(void **state)
{
    (void)state;
    for (unsigned length = 0; length < 0x10000; length++) {
        for (size_t more = 0; more < 4; more++) {
            char text[] = "\x01\x01ll" HEADER ADDRESS4 "\0\0\0";
            int expected = length == 12 && more == 0 ? SIPREG_OK : SIPREG_FOREIGN;
            text[2] = (char)(length >> 8);
            text[3] = (char)length;
            if (stun_result(given(text, 32 + more)) != expected)
                fail_msg("length %u in %u octets", length, 32 + (unsigned)more);
            free_given(NULL);
        }
    }
}

/* A long attribute, or the most that there can be, in front of the address. */
static void an_answer_may_have_65552_octets(void **state)
{
    char *attributes = (char *)malloc(65532);

    (void)state;
    assert_non_null(attributes);
    memset(attributes, 0, 65532);
    memcpy(attributes, "\x80\x22\xFF\xEB", 4);
    memcpy(attributes + 65520, ADDRESS4, 12);
    assert_mapped(given(attributes, 65532), &ipv4);
    for (size_t i = 0; i < 65520; i += 4)
        memcpy(attributes + i, "\x80\x22\0\0", 4);
    assert_mapped(given(attributes, 65532), &ipv4);
    free(attributes);
}

static void a_length_that_has_wrapped_is_wrong(void **state)
{
    char *attributes = (char *)malloc(0x10000 + 12);

    (void)state;
    assert_non_null(attributes);
    memset(attributes, 0, 0x10000 + 12);
    memcpy(attributes, ADDRESS4, 12);
    assert_int_equal(stun_result(stun_message(SUCCESS, given(attributes, 0x10000))),
                     SIPREG_FOREIGN);
    assert_int_equal(stun_result(stun_message(SUCCESS, given(attributes, 0x10000 + 12))),
                     SIPREG_FOREIGN);
    free(attributes);
}

static void addresses_differ_by_each_of_their_parts(void **state)
{
    struct sipreg_mapped family = ipv6;

    (void)state;
    assert_true(sipreg_mapped_equal(&ipv6, &ipv6));
    for (size_t i = 0; i < sizeof ipv6.address; i++) {
        struct sipreg_mapped other = ipv6;
        other.address[i] ^= 1;
        assert_false(sipreg_mapped_equal(&other, &ipv6));
    }
    for (int i = 0; i < 16; i++) {
        struct sipreg_mapped other = ipv6;
        other.port = (uint16_t)(other.port ^ 1U << i);
        assert_false(sipreg_mapped_equal(&other, &ipv6));
    }
    family.ipv6 = false;
    assert_false(sipreg_mapped_equal(&family, &ipv6));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_request_has_20_octets_and_the_id_it_was_given),
        TEST(first_octet_and_cookie_tell_stun_from_sip),
        TEST(the_addresses_of_rfc_5769_are_read),
        TEST(an_answer_that_is_cut_or_goes_on_is_dropped),
        TEST(a_header_with_another_octet_anywhere_is_dropped),
        TEST(an_attribute_with_another_octet_anywhere_does_no_harm),
        TEST(requests_indications_and_other_methods_are_dropped),
        TEST(an_answer_whose_length_is_wrong_is_dropped),
        TEST(an_answer_may_have_65552_octets),
        TEST(a_length_that_has_wrapped_is_wrong),
        TEST(addresses_differ_by_each_of_their_parts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
