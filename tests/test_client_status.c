/*
 * test_client_status.c - each status code: when the next REGISTER goes out, what becomes of the
 * binding, what the application can read of it (RFC 3261 8.1.3, 10.3, 21).
 *
 * Codes that ask for another request at once, but for challenges, have files of their own.
 */
#include "story.h"

#include <stdio.h>
#include <stdlib.h>

enum { DAY = 24 * 3600 * 1000, HOUR = 3600 * 1000 };

static void reply(struct story *s, int status, const char *headers)
{
    char line[40];

    snprintf(line, sizeof line, "%d Some Reason", status);
    assert_int_equal(story_reply(s, line, headers), SIPREG_OK);
}

/* Registered for an hour by a 200 without a challenge, and the refresh is on its way. */
static void refreshing(struct story *s)
{
    story_anew(s);
    story_grant(s, 3600);
    assert_true(story_until_sent(s, HOUR));
}

/* ---------------------------------------------------------------- 1xx */

/* 8.2.6.2: a 100 may lack the To tag. */
static int reply_without_to_tag(struct story *s, const char *line)
{
    char *text = story_text(s, LAST, line, ""), *tag = strstr(text, ";tag=srv");
    int result;

    assert_non_null(tag);
    memmove(tag, tag + 8, strlen(tag + 8) + 1);
    result = story_feed(s, text, strlen(text));
    free(text);
    return result;
}

/* 17.1.2.2: the repetitions go on at T2, and timer F counts from the first sending. */
static void a_provisional_response_is_progress_and_nothing_else(void **state)
{
    static const char *const lines[] = {"100 Trying",   "180 Ringing",          "181 Forwarded",
                                        "182 4 queued", "183 Session Progress", "199 Early"};
    static const uint64_t times[] = {0, 500, 4500, 8500, 12500, 16500, 20500, 24500, 28500};
    struct story *s = (struct story *)*state;

    for (size_t i = 0; i < COUNT(lines); i++) {
        uint64_t start = s->time;
        story_anew(s);
        assert_int_equal(i % 2 == 0 ? reply_without_to_tag(s, lines[i])
                                    : story_reply(s, lines[i], ""),
                         SIPREG_OK);
        story_pass(s, 31999);
        assert_int_equal(s->told, 0);
        assert_state(s, SIPREG_REGISTERING);
        assert_int_equal(s->sent, COUNT(times));
        for (size_t k = 0; k < COUNT(times); k++)
            assert_int_equal(s->sends[k].at - start, times[k]);
        story_pass(s, 1);
        assert_event(s, SIPREG_EVENT_RETRYING, SIPREG_TIMEOUT);
        assert_true(story_event(s)->retry_in >= 30000); /* no other server to be tried at once */
    }
}

/* ---------------------------------------------------------------- 2xx */

static void any_2xx_registers_and_refreshes(void **state)
{
    static const int codes[] = {200, 202, 204, 299};
    struct story *s = (struct story *)*state;

    for (size_t i = 0; i < COUNT(codes); i++) {
        story_anew(s);
        for (int round = 0; round < 2; round++) {
            reply(s, codes[i], "Contact: <CONTACT>;expires=600\r\n");
            assert_event(s, SIPREG_EVENT_REGISTERED, SIPREG_OK);
            assert_int_equal(story_event(s)->status, codes[i]);
            assert_int_equal(story_event(s)->granted, 600);
            assert_true(story_until_sent(s, 600 * 1000));
        }
    }
}

/* ---------------------------------------------------------------- later */

static const struct {
    int status;
    uint32_t least, most; /* ms, of the first wait */
} temporary[] = {
    {408, 30000, 60000}, {480, 30000, 60000}, {481, 30000, 60000}, {482, 30000, 60000},
    {486, 30000, 60000}, {487, 30000, 60000}, {491, 5000, 8000},   {500, 30000, 60000},
    {502, 30000, 60000}, {503, 30000, 60000}, {504, 30000, 60000}, {599, 30000, 60000},
};

/* The next request comes when it was said to come, and is the one that failed but for its CSeq and
   its branch, at which the story looks by itself. */
static void comes_back(struct story *s, int status, uint32_t least, uint32_t most)
{
    uint32_t wait = story_event(s)->retry_in;
    size_t requests = story_requests(s), last = s->sent - 1;

    assert_event(s, SIPREG_EVENT_RETRYING, SIPREG_STATUS);
    assert_int_equal(story_event(s)->status, status);
    assert_in_range(wait, least, most);
    story_pass(s, wait - 1);
    assert_int_equal(story_requests(s), requests);
    story_pass(s, 1);
    assert_int_equal(story_requests(s), requests + 1);
    assert_string_equal(story_field(s, LAST, "Call-ID"), story_field(s, last, "Call-ID"));
    assert_string_equal(story_field(s, LAST, "Contact"), story_field(s, last, "Contact"));
    assert_string_equal(story_field(s, LAST, "Expires"), story_field(s, last, "Expires"));
}

static void what_is_temporary_is_tried_again_after_a_back_off(void **state)
{
    struct story *s = (struct story *)*state;

    for (size_t i = 0; i < 2 * COUNT(temporary); i++) {
        int status = temporary[i / 2].status;
        s->jitter = i % 2 == 0 ? 0 : UINT32_MAX;
        story_anew(s);
        reply(s, status, "");
        assert_state(s, SIPREG_WAITING);
        comes_back(s, status, temporary[i / 2].least, temporary[i / 2].most);
        reply(s, status, ""); /* and again */
        comes_back(s, status, temporary[i / 2].least, 2 * temporary[i / 2].most);
        story_grant(s, 60);
        assert_event(s, SIPREG_EVENT_REGISTERED, SIPREG_OK);
    }
}

static void what_is_temporary_leaves_the_binding_as_it_is(void **state)
{
    struct story *s = (struct story *)*state;

    for (size_t i = 0; i < COUNT(temporary); i++) {
        uint64_t lapses_at;
        refreshing(s);
        lapses_at = s->sends[0].at + HOUR;
        reply(s, temporary[i].status, "");
        assert_state(s, SIPREG_REGISTERED);
        assert_int_equal(story_event(s)->granted, 3600);
        assert_int_equal(story_event(s)->valid_for, lapses_at - s->time);
        comes_back(s, temporary[i].status, temporary[i].least, 180 * 1000);
        assert_true(s->time < lapses_at);
        assert_state(s, SIPREG_REGISTERED);
        story_grant(s, 3600);
        assert_event(s, SIPREG_EVENT_REGISTERED, SIPREG_OK);
    }
}

/* 20.33. Of some codes it makes a refusal a matter of time (21.4.5, 21.4.11, 21.6). */
static void whoever_names_a_time_is_given_it(void **state)
{
    static const int codes[] = {404, 408, 413, 480, 481, 482, 486, 487,
                                491, 500, 502, 503, 504, 599, 600, 603};
    struct story *s = (struct story *)*state;

    for (size_t i = 0; i < COUNT(codes); i++) {
        story_anew(s);
        reply(s, codes[i], "Retry-After: 900\r\n");
        comes_back(s, codes[i], 900 * 1000, 945 * 1000);
    }
}

/* ---------------------------------------------------------------- never */

static const int refusals[] = {380, 400, 402, 403, 404, 405, 410, 413, 414, 415,
                               416, 421, 430, 439, 483, 484, 485, 488, 493, 494,
                               499, 501, 505, 555, 600, 603, 604, 606, 699};

static void stays_refused(struct story *s, int status)
{
    size_t requests = story_requests(s), told = s->told;

    assert_event(s, SIPREG_EVENT_REFUSED, SIPREG_STATUS);
    assert_int_equal(story_event(s)->status, status);
    assert_int_equal(story_event(s)->retry_in, SIPREG_FOREVER);
    assert_int_equal(story_event(s)->granted, 0);
    assert_state(s, SIPREG_IDLE);
    story_pass(s, DAY);
    assert_int_equal(story_requests(s), requests);
    assert_int_equal(s->told, told);
}

static void what_is_refused_is_not_repeated_until_asked_for(void **state)
{
    struct story *s = (struct story *)*state;

    for (size_t i = 0; i < COUNT(refusals); i++) {
        story_anew(s);
        reply(s, refusals[i], "");
        assert_int_equal(story_requests(s), 1);
        stays_refused(s, refusals[i]);
        story_start(s);
        assert_int_equal(story_requests(s), 2);
        story_grant(s, 60);
        assert_event(s, SIPREG_EVENT_REGISTERED, SIPREG_OK);
    }
}

/* What the registrar still holds is not known then, so a stop removes it. */
static void what_is_refused_at_a_refresh_ends_the_registration(void **state)
{
    struct story *s = (struct story *)*state;

    for (size_t i = 0; i < COUNT(refusals); i++) {
        refreshing(s);
        reply(s, refusals[i], "");
        stays_refused(s, refusals[i]);
        sipreg_client_stop(&s->client, s->tick);
        story_run(s);
        assert_int_equal(story_requests(s), 3);
        assert_string_equal(story_field(s, LAST, "Expires"), "0");
    }
}

static void some_refusals_stand_whatever_time_is_named(void **state)
{
    static const int codes[] = {403, 604, 606, 699};
    struct story *s = (struct story *)*state;

    for (size_t i = 0; i < COUNT(codes); i++) {
        story_anew(s);
        reply(s, codes[i], "Retry-After: 60\r\n");
        stays_refused(s, codes[i]);
    }
}

/* RFC 3608 6.1 */
static void a_403_at_a_refresh_clears_the_service_route(void **state)
{
    struct story *s = (struct story *)*state;

    story_start(s);
    reply(s, 200, "Contact: <CONTACT>;expires=600\r\nService-Route: <sip:home.example.com;lr>\r\n");
    assert_str(sipreg_client_route(&s->client, SIPREG_SERVICE_ROUTE, 0), "sip:home.example.com;lr");
    assert_true(story_until_sent(s, 600 * 1000));
    reply(s, 403, "");
    assert_str(sipreg_client_route(&s->client, SIPREG_SERVICE_ROUTE, 0), NULL);
}

/* ---------------------------------------------------------------- challenges */

/* 22.2, 22.3: answered once; a second one with another nonce says that the credentials are bad. */
static void a_challenge_is_answered_at_once_and_its_second_is_the_end(void **state)
{
    static const struct {
        int status;
        const char *asks, *answers;
    } rows[] = {{401, "WWW-Authenticate", "Authorization"},
                {407, "Proxy-Authenticate", "Proxy-Authorization"}};
    struct story *s = (struct story *)*state;
    char header[100];

    for (size_t i = 0; i < COUNT(rows); i++) {
        story_anew(s);
        for (int n = 1; n <= 2; n++) {
            snprintf(header, sizeof header,
                     "%s: Digest realm=\"r\", nonce=\"n%d\", qop=\"auth\"\r\n", rows[i].asks, n);
            reply(s, rows[i].status, header);
            assert_int_equal(story_requests(s), 2);
            story_check_digest(s, rows[i].answers, "alice", SECRET);
        }
        assert_event(s, SIPREG_EVENT_REFUSED, SIPREG_CHALLENGE);
        assert_int_equal(story_event(s)->status, rows[i].status);
        story_pass(s, DAY);
        assert_int_equal(story_requests(s), 2);
    }
}

/* ---------------------------------------------------------------- no answer at all */

static void a_code_out_of_range_is_as_if_nothing_had_come(void **state)
{
    static const char *const lines[] = {"700 A", "999 B", "99 C",   "099 D", "000 E",
                                        "20 F",  "20x G", "1000 H", "-200 I"};
    static const uint64_t times[] = {0, 500, 1500, 3500, 7500};
    struct story *s = (struct story *)*state;

    for (size_t i = 0; i < COUNT(lines); i++) {
        uint64_t start = s->time;
        story_anew(s);
        assert_true(story_reply(s, lines[i], "Contact: <CONTACT>;expires=60\r\n") < 0);
        story_pass(s, 8000);
        assert_int_equal(s->told, 0);
        assert_int_equal(s->sent, COUNT(times));
        for (size_t k = 0; k < COUNT(times); k++)
            assert_int_equal(s->sends[k].at - start, times[k]);
        story_grant(s, 60);
        assert_event(s, SIPREG_EVENT_REGISTERED, SIPREG_OK);
    }
}

/* 8.1.3.1, and RFC 3261 26.2.2: TLS that fails is no reason to do without it. */
static void a_transport_error_waits_like_a_503_and_changes_no_protocol(void **state)
{
    struct story *s = (struct story *)*state;

    s->fail_at[CALL_SEND] = 1;
    story_start(s);
    assert_event(s, SIPREG_EVENT_RETRYING, SIPREG_TRANSPORT);
    assert_int_equal(story_event(s)->status, 0);
    assert_in_range(story_event(s)->retry_in, 30000, 60000);
    assert_true(story_until_sent(s, 60000));

    story_stream(s);
    s->config.transport = SIPREG_TLS;
    s->opening = OPEN_FAILS;
    story_anew(s);
    assert_event(s, SIPREG_EVENT_RETRYING, SIPREG_TRANSPORT);
    assert_in_range(story_event(s)->retry_in, 30000, 60000);
    story_pass(s, HOUR);
    assert_int_equal(s->sent, 0);
    s->opening = OPENS_AT_ONCE;
    assert_true(story_until_sent(s, HOUR));
    assert_memory_equal(story_field(s, LAST, "Via"), "SIP/2.0/TLS ", 12);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORY(a_provisional_response_is_progress_and_nothing_else),
        STORY(any_2xx_registers_and_refreshes),
        STORY(what_is_temporary_is_tried_again_after_a_back_off),
        STORY(what_is_temporary_leaves_the_binding_as_it_is),
        STORY(whoever_names_a_time_is_given_it),
        STORY(what_is_refused_is_not_repeated_until_asked_for),
        STORY(what_is_refused_at_a_refresh_ends_the_registration),
        STORY(some_refusals_stand_whatever_time_is_named),
        STORY(a_403_at_a_refresh_clears_the_service_route),
        STORY(a_challenge_is_answered_at_once_and_its_second_is_the_end),
        STORY(a_code_out_of_range_is_as_if_nothing_had_come),
        STORY(a_transport_error_waits_like_a_503_and_changes_no_protocol),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
