/*
 * test_binding.c - which Contacts in the 200 are ours, for how long?
 */
#include "support.h"

#include "binding.h"

#include <stdio.h>
#define OURS "sip:alice@192.0.2.10:5060"

static const struct sipreg_contact ours = {OURS, 60, 0, NULL};
static const struct sipreg_request request = {.contacts = &ours, .contact_count = 1};

static struct sipreg_own find(const char *headers, int64_t asked, bool guess)
{
    struct sipreg_response response = parsed_ok(headers);
    struct sipreg_own own;

    memset(&own, 0x5A, sizeof own);
    sipreg_binding_find(&own, &response, &request, 0, asked, guess);
    return own;
}

static void check(struct sipreg_own own, bool found, bool listed, int64_t granted)
{
    assert_int_equal(own.found, found);
    assert_int_equal(own.listed, listed);
    if (found)
        assert_int_equal(own.granted, granted);
}

static void ours_is_found_by_comparison(void **state)
{
    (void)state;
    check(find("Contact: <" OURS ">;expires=60\r\n", 1, true), true, true, 60);
    check(find("Contact: <sip:alice@192.0.2.10>;expires=60\r\n", 1, false), false, false, 0);
    check(find("Contact: <sips:alice@192.0.2.10:5060>;expires=60\r\n", 1, false), false, false, 0);
    check(find("Contact: <sip:Alice@192.0.2.10:5060>;expires=60\r\n", 1, false), false, false, 0);
    check(find("Contact: <sip:%61lice@192.0.2.10:5060>;expires=60\r\n", 1, false), true, true, 60);
    check(find("m: <tel:+1>, <" OURS ";x=y>;expires=7\r\n", 1, false), true, true, 7);
    check(find("Contact: <nonsense>, <" OURS ">;expires=7\r\n", 1, false), true, true, 7);
}

static void time_is_its_own_then_the_headers_then_what_was_asked(void **state)
{
    (void)state;
    check(find("Contact: <" OURS ">;expires=0\r\nExpires: 9\r\n", 8, false), true, true, 0);
    check(find("Contact: <" OURS ">\r\nExpires: 9\r\n", 8, false), true, true, 9);
    check(find("Contact: <" OURS ">\r\nExpires: 0\r\n", 8, false), true, true, 0);
    check(find("Contact: <" OURS ">\r\n", 8, false), true, true, 8);
    check(find("Contact: <" OURS ">\r\n", 0, false), true, true, 0);
    check(find("Contact: <" OURS ">\r\n", SIPREG_EXPIRES_NONE, false), true, true, 3600);
}

static void times_of_others_never_count(void **state)
{
    (void)state;
    check(find("Contact: <sip:b@c>;expires=1, <" OURS ">;expires=50, <sip:d@e>;expires=2\r\n", 8,
               true),
          true, true, 50);
    check(find("Contact: <sip:b@c>;expires=1, <sip:d@e>;expires=2\r\nExpires: 99\r\n", 8, true),
          false, false, 0);
}

static void of_two_the_shorter_is_safe(void **state)
{
    (void)state;
    check(find("Contact: <" OURS ">;expires=9, <" OURS ">;expires=5\r\n", 8, true), true, true, 5);
    check(find("Contact: <" OURS ">;expires=5, <" OURS ">;expires=9\r\n", 8, true), true, true, 5);
    check(find("Contact: <" OURS ">;expires=0, <" OURS ">;expires=9\r\n", 8, true), true, true, 0);
}

static void who_stands_alone_may_be_guessed(void **state)
{
    (void)state;
    check(find("Contact: <sip:alice@203.0.113.1:4>;expires=60\r\n", 99, true), true, false, 60);
    check(find("Contact: <sip:alice@203.0.113.1:4>\r\n", 99, true), true, false, 99);
    check(find("Contact: <sip:alice@203.0.113.1:4>;expires=60\r\n", 99, false), false, false, 0);
    check(find("Expires: 60\r\n", 99, true), true, false, 60);
    check(find("Expires: 60\r\n", 99, false), false, false, 0);
    check(find("Expires: 1\r\n", 99, true), true, false, 1);
    check(find("Expires: 0\r\n", 99, true), false, false, 0);
    check(find("", 99, true), false, false, 0);
}

static void a_guess_is_not_trusted_for_longer_than_was_asked(void **state)
{
    (void)state;
    check(find("Contact: <sip:bob@203.0.113.1>;expires=3600\r\n", 60, true), true, false, 60);
    check(find("Expires: 3600\r\n", 60, true), true, false, 60);
    check(find("Expires: 3600\r\n", 1, true), true, false, 1);
    check(find("Expires: 3600\r\n", 0, true), true, false, 3600); /* asked for no time at all */
    check(find("Expires: 3600\r\n", SIPREG_EXPIRES_NONE, true), true, false, 3600);
    check(find("Contact: <" OURS ">;expires=3600\r\n", 60, true), true, true, 3600);
}

static void a_contact_that_is_no_uri_finds_nothing(void **state)
{
    struct sipreg_response response = parsed_ok("Contact: <" OURS ">;expires=60\r\n");
    static const struct sipreg_contact contact = {"nonsense", 60, 0, NULL};
    static const struct sipreg_request nonsense = {.contacts = &contact, .contact_count = 1};
    struct sipreg_place place = {0, 0, 0};
    struct sipreg_binding binding;
    struct sipreg_own own;

    (void)state;
    sipreg_binding_find(&own, &response, &nonsense, 0, 1, true);
    check(own, false, false, 0);
    assert_true(sipreg_response_contact(&response, &place, &binding));
    assert_true(sipreg_binding_is_of(&request, 0, &binding));
    assert_false(sipreg_binding_is_of(&nonsense, 0, &binding));
    check(find("Contact: <sip:a@:x>;expires=9, <" OURS ">;expires=60\r\n", 1, false), true, true,
          60);
}

/* Nor is the first octet of the head a contact, though it may look like one. */
static void the_first_header_line_may_be_a_contact(void **state)
{
    static const char rest[] = "v: SIP/2.0/UDP h\r\nf: <sip:a@h>\r\nt: <sip:a@h>\r\ni: 1\r\n"
                               "CSeq: 1 REGISTER\r\nl: 0\r\n\r\n";
    static const char *const first[] = {"Contact: <" OURS ">;expires=60\r\n",
                                        "*: x\r\nContact: <sip:b@c>;expires=60\r\n"};
    char text[400];
    struct sipreg_response response;
    struct sipreg_own own;

    (void)state;
    for (size_t i = 0; i < COUNT(first); i++) {
        snprintf(text, sizeof text, "SIP/2.0 200 OK\r\n%s%s", first[i], rest);
        response = parsed(text);
        sipreg_binding_find(&own, &response, &request, 0, 99, true);
        check(own, true, i == 0, 60);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(ours_is_found_by_comparison),
        TEST(time_is_its_own_then_the_headers_then_what_was_asked),
        TEST(times_of_others_never_count),
        TEST(of_two_the_shorter_is_safe),
        TEST(who_stands_alone_may_be_guessed),
        TEST(a_guess_is_not_trusted_for_longer_than_was_asked),
        TEST(a_contact_that_is_no_uri_finds_nothing),
        TEST(the_first_header_line_may_be_a_contact),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
