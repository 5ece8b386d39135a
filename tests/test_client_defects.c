/*
 * test_client_defects.c - mistakes that clients have made in the field: about time, bindings and
 * what a registrar may send.
 */
#include "story.h"

#include <stdio.h>
#include <stdlib.h>

enum { HOUR = 3600 * 1000 };

/* ---------------------------------------------------------------- time */

/* The time that was granted is no reason not to ask for one: a registrar that is asked for nothing
   grants its default (RFC 3261 10.2.1.1). */
static void a_grant_of_what_was_asked_is_asked_for_again(void **state)
{
    struct story *s = (struct story *)*state;

    s->config.expires = 600;
    story_start(s);
    for (int i = 0; i < 5; i++) {
        assert_string_equal(story_field(s, LAST, "Expires"), "600");
        assert_string_equal(story_field(s, LAST, "Contact"),
                            "<sip:alice@192.0.2.10:5060>;expires=600");
        story_grant(s, 600);
        assert_true(story_until_sent(s, 600 * 1000));
    }
}

/* 2^32 divided by 900, by 1000 and by 60: where products of 32 bits wrap. */
static void a_grant_of_months_is_not_taken_for_a_short_one(void **state)
{
    static const long grants[] = {4294968, 4772186, 4772187, 71582789};
    struct story *s = (struct story *)*state;

    for (size_t i = 0; i < COUNT(grants); i++) {
        uint64_t whole = (uint64_t)grants[i] * 1000;
        story_start(s);
        story_grant(s, grants[i]);
        assert_int_equal(story_event(s)->granted, grants[i]);
        assert_false(story_until_sent(s, whole / 10 * 9));
        assert_true(story_until_sent(s, whole / 10));
        story_grant(s, 60);
        sipreg_client_stop(&s->client, s->tick);
        story_run(s);
        story_reply(s, "200 OK", "");
    }
}

/* A range that chance takes away from must not leave nothing. */
static void the_shortest_retry_that_can_be_configured_is_no_storm(void **state)
{
    struct story *s = (struct story *)*state;
    uint64_t start;

    s->config.retry_base = s->config.retry_max = 1;
    for (int i = 0; i < 2; i++) {
        s->jitter = i == 0 ? 0 : UINT32_MAX;
        start = s->time;
        story_start(s);
        for (unsigned n = 0; n < 10; n++) {
            story_reply(s, "503 Service Unavailable", "");
            assert_true(story_event(s)->retry_in >= 5000);
            assert_true(story_until_sent(s, 10 * 1000));
        }
        assert_true(s->time - start >= 50 * 1000);
        story_grant(s, 60);
        sipreg_client_stop(&s->client, s->tick);
        story_run(s);
        story_reply(s, "200 OK", "");
    }
}

/* RFC 5626 4.4: numbers that only keepalives need, and which make none here. */
static void a_flow_timer_of_any_length_is_nothing_to_fail_by(void **state)
{
    static const char *const timers[] = {"0", "1", "4294967296", "-1", "", "x"};
    struct story *s = (struct story *)*state;
    char headers[100];

    story_start(s);
    for (size_t i = 0; i < COUNT(timers); i++) {
        size_t sent;
        snprintf(headers, sizeof headers, "Contact: <CONTACT>;expires=3600\r\nFlow-Timer: %s\r\n",
                 timers[i]);
        story_reply(s, "200 OK", headers);
        assert_event(s, SIPREG_EVENT_REGISTERED, SIPREG_OK);
        sent = s->sent;
        story_pass(s, HOUR / 2);
        assert_int_equal(s->sent, sent);
        sipreg_client_refresh(&s->client, s->tick);
        story_run(s);
    }
}

/* ---------------------------------------------------------------- loops */

/* One failed refresh is not the end of refreshing, nor is one 503. */
static void refreshing_goes_on_behind_failures_for_as_long_as_it_takes(void **state)
{
    static const char *const lines[] = {"503 Unavailable", "500 Oops", "504 Time-out", "408 None"};
    struct story *s = (struct story *)*state;

    story_register(s, "n1", 600);
    for (size_t i = 0; i < 4 * COUNT(lines); i++) {
        assert_true(story_until_sent(s, 1800 * 1000));
        story_reply(s, lines[i % COUNT(lines)], "");
        assert_event(s, SIPREG_EVENT_RETRYING, SIPREG_STATUS);
    }
    assert_true(story_until_sent(s, 1800 * 1000));
    story_grant(s, 600);
    assert_event(s, SIPREG_EVENT_REGISTERED, SIPREG_OK);
    assert_true(story_until_sent(s, 600 * 1000));
}

/* ---------------------------------------------------------------- bindings */

/* 10.2.2: what is removed does not count as removed until a 200 says so. */
static void a_contact_left_behind_is_removed_by_the_next_request_that_succeeds(void **state)
{
    static const char *const lines[] = {"500 Oops", "503 Unavailable", "408 Time-out"};
    struct story *s = (struct story *)*state;

    story_register(s, "n1", 3600);
    story_move(s, "198.51.100.9:5062");
    for (size_t i = 0; i < COUNT(lines); i++) {
        story_reply(s, lines[i], "");
        assert_true(story_until_sent(s, 1800 * 1000));
        assert_int_equal(story_count(s, LAST, "Contact"), 2);
        assert_non_null(strstr(s->sends[s->sent - 1].text,
                               "Contact: <sip:alice@192.0.2.10:5060>;expires=0\r\n"));
    }
    story_grant(s, 3600);
    assert_true(story_until_sent(s, HOUR));
    assert_int_equal(story_count(s, LAST, "Contact"), 1);
}

/* 10.2.2: the star has no parameters, and "expires" is not one of its own. */
static void a_removal_of_everything_is_a_bare_star(void **state)
{
    struct story *s = (struct story *)*state;

    s->config.contact_params = ";+sip.instance=\"<urn:uuid:0>\";reg-id=1";
    s->config.q = 500;
    story_start(s);
    story_grant(s, 600);
    sipreg_client_clear(&s->client, s->tick);
    story_run(s);
    assert_non_null(strstr(s->sends[s->sent - 1].text, "\r\nContact: *\r\n"));
    assert_int_equal(story_count(s, LAST, "Contact"), 1);
    assert_string_equal(story_field(s, LAST, "Expires"), "0");
}

/* The phone next to ours is somebody's too: a stop names our contact, with whatever belongs to it,
   and both places where an expiry can stand say 0. */
static void a_stop_removes_nobody_else_and_says_so_twice(void **state)
{
    struct story *s = (struct story *)*state;

    s->config.contact_params = ";+sip.instance=\"<urn:uuid:0>\"";
    story_start(s);
    story_reply(s, "200 OK",
                "Contact: <sip:alice@192.0.2.77>;expires=60, <CONTACT>;expires=600\r\n");
    assert_int_equal(story_event(s)->granted, 600);
    sipreg_client_stop(&s->client, s->tick);
    story_run(s);
    assert_string_equal(story_field(s, LAST, "Contact"),
                        "<sip:alice@192.0.2.10:5060>;expires=0;+sip.instance=\"<urn:uuid:0>\"");
    assert_int_equal(story_count(s, LAST, "Contact"), 1);
    assert_string_equal(story_field(s, LAST, "Expires"), "0");
}

/* ---------------------------------------------------------------- identity */

/* 8.1.1.4, 8.1.1.5, 19.3: a count in eight bits, or a Call-ID that survives a reboot while the
   count does not, have the registrar drop requests as old. */
static void cseq_outgrows_an_octet_and_each_life_has_identifiers_of_its_own(void **state)
{
    struct story *s = (struct story *)*state;
    char call_id[64], from[100];

    story_start(s);
    for (int i = 0; i < 300; i++) {
        story_grant(s, 60);
        sipreg_client_refresh(&s->client, s->tick);
        story_run(s);
    }
    assert_string_equal(story_field(s, LAST, "CSeq"), "301 REGISTER");
    strcpy(call_id, story_field(s, LAST, "Call-ID"));
    strcpy(from, story_field(s, LAST, "From"));
    story_anew(s);
    assert_string_equal(story_field(s, LAST, "CSeq"), "1 REGISTER");
    assert_string_not_equal(story_field(s, LAST, "Call-ID"), call_id);
    assert_string_not_equal(story_field(s, LAST, "From"), from);
}

/* ---------------------------------------------------------------- memory */

/* A buffer of any size holds the request whole or is said to be too small: the allocator's fence
   stands right behind it. */
static void no_buffer_is_written_beyond_its_end_however_long_the_contact(void **state)
{
    struct story *s = (struct story *)*state;
    static char params[1200] = ";x=";

    memset(params + 3, 'y', sizeof params - 4);
    params[sizeof params - 1] = '\0';
    s->config.contact_params = params;
    for (size_t size = 1; size < 2000; size += 7) {
        int result;
        s->io.scratch = malloc(size);
        assert_non_null(s->io.scratch);
        s->io.scratch_size = size;
        result = sipreg_client_init(&s->client, &s->config);
        assert_true(result == SIPREG_OK || result == SIPREG_SPACE);
        story_forget(s);
        if (result == SIPREG_OK) {
            sipreg_client_start(&s->client, s->tick);
            story_run(s);
            assert_int_equal(s->sent, 1);
            assert_true(s->sends[0].n <= size);
        }
        free(s->io.scratch);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORY(a_grant_of_what_was_asked_is_asked_for_again),
        STORY(a_grant_of_months_is_not_taken_for_a_short_one),
        STORY(the_shortest_retry_that_can_be_configured_is_no_storm),
        STORY(a_flow_timer_of_any_length_is_nothing_to_fail_by),
        STORY(refreshing_goes_on_behind_failures_for_as_long_as_it_takes),
        STORY(a_contact_left_behind_is_removed_by_the_next_request_that_succeeds),
        STORY(a_removal_of_everything_is_a_bare_star),
        STORY(a_stop_removes_nobody_else_and_says_so_twice),
        STORY(cseq_outgrows_an_octet_and_each_life_has_identifiers_of_its_own),
        STORY(no_buffer_is_written_beyond_its_end_however_long_the_contact),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
