/*
 * test_client_responses.c - responses in general: whose they are, what an unknown code means, how
 * often one is answered by another request (RFC 3261 8.1.3).
 */
#include "story.h"

#include <stdio.h>
#include <stdlib.h>

/* ---------------------------------------------------------------- no response at all */

/* 8.1.3.1: silence is as good as a 408, a broken transport as a 503. */
static void silence_is_a_408_and_a_broken_transport_a_503(void **state)
{
    struct story *s = (struct story *)*state;
    struct sipreg_event answered, unanswered;

    for (int broken = 0; broken < 2; broken++) {
        story_init(s);
        story_forget(s);
        story_start(s);
        story_reply(s, broken ? "503 Service Unavailable" : "408 Request Timeout", "");
        answered = *story_event(s);
        story_init(s);
        story_forget(s);
        story_start(s);
        if (broken)
            story_flow(s, SIPREG_FLOW_DOWN);
        else
            story_pass(s, 32000);
        unanswered = *story_event(s);
        assert_int_equal(s->told, 1);
        assert_int_equal(unanswered.error, broken ? SIPREG_TRANSPORT : SIPREG_TIMEOUT);
        assert_int_equal(unanswered.status, 0);
        assert_int_equal(unanswered.type, answered.type);
        assert_int_equal(unanswered.state, answered.state);
        assert_int_equal(unanswered.retry_in, answered.retry_in);
    }
}

/* ---------------------------------------------------------------- unknown codes */

/* 8.1.3.2: the end of an attempt, but for its code. */
static struct sipreg_event ended_by(struct story *s, int status)
{
    struct sipreg_event event;
    char line[30];

    snprintf(line, sizeof line, "%d Anything", status);
    story_init(s);
    story_forget(s);
    story_start(s);
    story_reply(s, line, status < 300 ? "Contact: <CONTACT>;expires=600\r\n" : "");
    assert_int_equal(s->told, 1);
    assert_int_equal(story_event(s)->status, status);
    event = *story_event(s);
    event.status = 0;
    return event;
}

static void an_unknown_code_means_what_the_first_of_its_class_means(void **state)
{
    static const int unknown[] = {299, 399, 499, 599, 699};
    struct story *s = (struct story *)*state;

    for (size_t i = 0; i < COUNT(unknown); i++) {
        struct sipreg_event a = ended_by(s, unknown[i]), b = ended_by(s, unknown[i] / 100 * 100);
        assert_int_equal(a.type, b.type);
        assert_int_equal(a.error, b.error);
        assert_int_equal(a.state, b.state);
        assert_int_equal(a.retry_in, b.retry_in);
        assert_int_equal(a.granted, b.granted);
    }
}

/* 8.1.3.2: as 183, which slows the repetitions down to every T2 (17.1.2.2). */
static void an_unknown_provisional_code_is_progress_like_any_other(void **state)
{
    static const char *const lines[] = {"100 Trying", "155 Whatever", "183 Session Progress"};
    static const uint64_t times[] = {0, 500, 4500, 8500};
    struct story *s = (struct story *)*state;

    for (size_t i = 0; i < COUNT(lines); i++) {
        uint64_t at = s->time;
        story_init(s);
        story_forget(s);
        story_start(s);
        assert_int_equal(story_reply(s, lines[i], ""), SIPREG_OK);
        story_pass(s, 12000);
        assert_int_equal(s->told, 0);
        assert_int_equal(s->sent, COUNT(times));
        for (size_t k = 0; k < COUNT(times); k++)
            assert_int_equal(s->sends[k].at - at, times[k]);
    }
}

/* ---------------------------------------------------------------- several Vias */

#define OTHER_HOP "SIP/2.0/UDP 192.0.2.99:5060;branch=z9hG4bKother"

/* A reply to the first request with something put in at a mark. */
static int reply_with(struct story *s, const char *status, const char *headers, const char *mark,
                      const char *inserted)
{
    char *text = story_text(s, 0, status, headers), *at = strstr(text, mark);
    char *whole = (char *)malloc(strlen(text) + strlen(inserted) + 1);
    int result;

    assert_non_null(whole);
    assert_non_null(at);
    memcpy(whole, text, (size_t)(at - text));
    strcpy(whole + (at - text), inserted);
    strcat(whole, at);
    result = story_feed(s, whole, strlen(whole));
    free(whole);
    free(text);
    return result;
}

/* 8.1.3.3: it was meant for somebody else, whichever of its Vias is ours. */
static void a_response_with_more_than_one_via_is_dropped(void **state)
{
    static const struct {
        const char *mark, *inserted;
    } cases[] = {
        {"From: ", "Via: " OTHER_HOP "\r\n"}, /* a row behind ours */
        {"Via: ", "Via: " OTHER_HOP "\r\n"},  /* and before it */
        {"From: ", "v: " OTHER_HOP "\r\n"},   {"\r\nFrom: ", ", " OTHER_HOP}, /* in a list */
        {"SIP/2.0/UDP", OTHER_HOP ","},
    };
    static const char grant[] = "Contact: <CONTACT>;expires=600\r\n",
                      challenge[] = "WWW-Authenticate: Digest realm=\"r\", nonce=\"n\"\r\n";
    struct story *s = (struct story *)*state;

    story_start(s);
    for (size_t i = 0; i < COUNT(cases); i++) {
        const char *mark = cases[i].mark, *inserted = cases[i].inserted;
        assert_int_equal(reply_with(s, "200 OK", grant, mark, inserted), SIPREG_FOREIGN);
        assert_int_equal(reply_with(s, "401 Unauthorized", challenge, mark, inserted),
                         SIPREG_FOREIGN);
        assert_int_equal(reply_with(s, "100 Trying", "", mark, inserted), SIPREG_FOREIGN);
    }
    assert_int_equal(s->told, 0);
    assert_int_equal(s->sent, 1);
    assert_true(story_until_sent(s, 500)); /* still waiting, at the pace of Trying */
    assert_true(story_until_sent(s, 1000));
    assert_int_equal(story_grant(s, 600), SIPREG_OK);
    assert_event(s, SIPREG_EVENT_REGISTERED, SIPREG_OK);
}

/* ---------------------------------------------------------------- no retry but a sensible one */

/* 21.4.14: a sips request is never tried as sip. */
static void a_sips_uri_that_is_not_supported_is_told_and_not_tried_as_sip(void **state)
{
    struct story *s = (struct story *)*state;

    story_stream(s);
    s->config.transport = SIPREG_TLS;
    s->config.aor = "sips:alice@example.com";
    story_start(s);
    story_reply(s, "416 Unsupported URI Scheme", "");
    assert_event(s, SIPREG_EVENT_REFUSED, SIPREG_STATUS);
    assert_int_equal(story_event(s)->status, 416);
    story_pass(s, 24 * 3600 * 1000);
    assert_int_equal(s->sent, 1);
}

/* 21.4.11: without a body nothing can be made smaller; with Retry-After the server says when. */
static void a_413_without_a_body_to_leave_out_is_obeyed(void **state)
{
    struct story *s = (struct story *)*state;

    story_start(s);
    story_reply(s, "413 Request Entity Too Large", "");
    assert_event(s, SIPREG_EVENT_REFUSED, SIPREG_STATUS);
    story_pass(s, 24 * 3600 * 1000);
    assert_int_equal(s->sent, 1);
    story_start(s);
    story_reply(s, "413 Request Entity Too Large", "Retry-After: 300\r\n");
    assert_event(s, SIPREG_EVENT_RETRYING, SIPREG_STATUS);
    story_pass(s, 299999);
    assert_int_equal(s->sent, 2);
    assert_true(story_until_sent(s, 15001));
}

/* 21.4.13: a script that the server cannot read is not sent to it again, nor is the same request.
 */
static void a_body_of_a_type_that_is_not_accepted_is_left_out(void **state)
{
    static const struct sipreg_body script = {"application/cpl+xml", "script;action=store",
                                              "<cpl/>", 6};
    struct story *s = (struct story *)*state;

    s->config.body = &script;
    story_start(s);
    assert_string_equal(story_field(s, 0, "Content-Type"), "application/cpl+xml");
    story_reply(s, "415 Unsupported Media Type", "Accept: text/plain\r\n");
    assert_int_equal(s->sent, 2);
    assert_null(story_field(s, 1, "Content-Type"));
    assert_null(story_field(s, 1, "Content-Disposition"));
    assert_string_equal(story_field(s, 1, "Content-Length"), "0");
    assert_int_equal(memcmp(strstr(s->sends[1].text, "\r\n\r\n"), "\r\n\r\n", 5), 0);
}

/* ---------------------------------------------------------------- an end to it */

static void ask_for_something(struct story *s, unsigned i)
{
    char header[120];

    if (i % 3 == 0) {
        snprintf(header, sizeof header, "Min-Expires: %u\r\n", 61 + i);
        story_reply(s, "423 Interval Too Brief", header);
        return;
    }
    snprintf(header, sizeof header,
             "%s: Digest realm=\"r\", nonce=\"n%u\", qop=\"auth\", stale=true\r\n",
             i % 3 == 1 ? "WWW-Authenticate" : "Proxy-Authenticate", i);
    story_reply(s, i % 3 == 1 ? "401 Unauthorized" : "407 Proxy", header);
}

/* Each single wish is a new one, and could be granted: ten requests more, then a wait. */
static void a_server_that_always_asks_for_something_else_is_left_in_the_end(void **state)
{
    static const struct sipreg_body body = {"text/plain", NULL, "hello", 5};
    struct story *s = (struct story *)*state;

    s->config.body = &body;
    s->config.expires = 60;
    story_start(s);
    story_reply(s, "415 Unsupported Media Type", "");
    for (unsigned i = 0; i < 40 && s->told == 0; i++)
        ask_for_something(s, i);
    assert_event(s, SIPREG_EVENT_RETRYING, SIPREG_STATUS);
    assert_int_equal(story_requests(s), 11);
    assert_true(story_event(s)->retry_in >= 30000);
    story_pass(s, 29999);
    assert_int_equal(s->sent, 11);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORY(silence_is_a_408_and_a_broken_transport_a_503),
        STORY(an_unknown_code_means_what_the_first_of_its_class_means),
        STORY(an_unknown_provisional_code_is_progress_like_any_other),
        STORY(a_response_with_more_than_one_via_is_dropped),
        STORY(a_sips_uri_that_is_not_supported_is_told_and_not_tried_as_sip),
        STORY(a_413_without_a_body_to_leave_out_is_obeyed),
        STORY(a_body_of_a_type_that_is_not_accepted_is_left_out),
        STORY(a_server_that_always_asks_for_something_else_is_left_in_the_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
