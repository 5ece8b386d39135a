/*
 * test_client_weather.c - what the weather (sim/) has found, each reduced to a few steps.
 */
#include "story.h"

#include <stdio.h>

static void stop(struct story *s)
{
    assert_int_equal(sipreg_client_stop(&s->client, s->tick), SIPREG_OK);
    story_run(s);
}

/* A repeated request arrives seconds after the first one was sent, and the registrar counts from
   there. */
static void a_lapse_leaves_in_doubt_whether_the_registrar_counts_alike(void **state)
{
    struct story *s = (struct story *)*state;

    story_start(s);
    story_pass(s, 3000);
    story_grant(s, 20);
    assert_true(story_until_sent(s, 20 * 1000));
    story_reply(s, "503 Service Unavailable", "Retry-After: 60\r\n");
    story_pass(s, 18 * 1000);
    assert_event(s, SIPREG_EVENT_UNREGISTERED, SIPREG_TIMEOUT);
    stop(s);
    assert_string_equal(story_field(s, LAST, "Expires"), "0");
    assert_state(s, SIPREG_UNREGISTERING);
}

static void a_binding_listed_with_its_last_second_is_still_to_be_removed(void **state)
{
    struct story *s = (struct story *)*state;

    story_start(s);
    story_grant(s, 100);
    assert_int_equal(sipreg_client_query(&s->client, s->tick), SIPREG_OK);
    story_run(s);
    story_reply(s, "200 OK", "Contact: <sip:alice@192.0.2.10:5060>;expires=0\r\n");
    assert_event(s, SIPREG_EVENT_BINDINGS, SIPREG_OK);
    stop(s);
    assert_string_equal(story_field(s, LAST, "Expires"), "0");
}

/* It would refresh every second from then on. */
static void a_client_that_lets_the_registrar_choose_is_not_made_to_ask_for_a_second(void **state)
{
    struct story *s = (struct story *)*state;

    s->config.expires = SIPREG_EXPIRES_NONE;
    story_start(s);
    story_reply(s, "423 Interval Too Brief", "Min-Expires: 0\r\n");
    assert_string_equal(story_field(s, LAST, "Expires"), "60");
    story_reply(s, "423 Interval Too Brief", "Min-Expires: 61\r\n");
    assert_string_equal(story_field(s, LAST, "Expires"), "61");
}

static void a_challenge_with_a_control_character_is_not_repeated(void **state)
{
    static const char controls[] = "\x01\x16\x1f\x7f";
    struct story *s = (struct story *)*state;
    char nonce[] = "n?1";

    for (size_t i = 0; controls[i] != '\0'; i++) {
        nonce[1] = controls[i];
        story_start(s);
        story_challenge(s, nonce, "");
        assert_event(s, SIPREG_EVENT_REFUSED, SIPREG_CHALLENGE);
        assert_int_equal(story_requests(s), i + 1);
    }
}

/* The request ends without a word, and the removal behind it fails at once. */
static void a_removal_that_cannot_be_made_is_told_in_the_same_run(void **state)
{
    struct story *s = (struct story *)*state;

    story_start(s);
    stop(s);
    s->fail_at[CALL_RANDOM] = s->calls[CALL_RANDOM] + 1;
    story_pass(s, 32 * 1000);
    assert_event(s, SIPREG_EVENT_UNREGISTERED, SIPREG_RANDOM);
}

/* A server without transactions may bind the first one, and refuse its repetition, whose nonce it
   has seen by then; the 200 is lost. */
static void a_repetition_that_is_refused_leaves_in_doubt_what_the_first_one_did(void **state)
{
    struct story *s = (struct story *)*state;

    story_start(s);
    story_grant(s, 3600);
    stop(s);
    story_reply(s, "200 OK", "");
    assert_event(s, SIPREG_EVENT_UNREGISTERED, SIPREG_OK);
    assert_int_equal(sipreg_client_start(&s->client, s->tick), SIPREG_OK);
    story_pass(s, 600);
    stop(s);
    story_reply(s, "403 Forbidden", "");
    assert_string_equal(story_field(s, LAST, "Expires"), "0");
    assert_state(s, SIPREG_UNREGISTERING);
}

static void what_was_sent_once_and_refused_has_bound_nothing(void **state)
{
    struct story *s = (struct story *)*state;

    story_start(s);
    story_pass(s, 600); /* what was repeated before is no matter */
    story_grant(s, 3600);
    stop(s);
    story_reply(s, "200 OK", "");
    assert_int_equal(sipreg_client_start(&s->client, s->tick), SIPREG_OK);
    story_run(s);
    stop(s);
    story_reply(s, "403 Forbidden", "");
    assert_event(s, SIPREG_EVENT_UNREGISTERED, SIPREG_OK);
    assert_int_equal(story_requests(s), 3);
}

/* The proxy takes each nonce once, and has let its answer pass, which the registrar's 401 says. */
static void credentials_given_again_do_not_hide_that_an_answer_has_passed(void **state)
{
    static const struct sipreg_credentials same = {"alice", SECRET, NULL, 0, NULL};
    struct story *s = (struct story *)*state;

    story_start(s);
    story_reply(s, "407 P",
                "Proxy-Authenticate: Digest realm=\"p\", nonce=\"p1\", qop=\"auth\"\r\n");
    assert_int_equal(sipreg_client_credentials(&s->client, s->tick, &same), SIPREG_OK);
    story_challenge(s, "r1", "");
    story_reply(s, "407 P",
                "Proxy-Authenticate: Digest realm=\"p\", nonce=\"p2\", qop=\"auth\"\r\n");
    assert_int_equal(story_requests(s), 4);
    assert_string_equal(story_param(s, LAST, "Proxy-Authorization", "nonce"), "p2");
    story_grant(s, 600);
    assert_event(s, SIPREG_EVENT_REGISTERED, SIPREG_OK);
}

/* The count is the nonce's, not the algorithm's. */
static void another_algorithm_with_the_same_nonce_goes_on_counting(void **state)
{
    static const struct sipreg_credentials md5 = {"alice", NULL, "0123456789abcdef0123456789abcdef",
                                                  SIPREG_MD5, NULL};
    struct story *s = (struct story *)*state;

    story_start(s);
    story_reply(
        s, "401 U",
        "WWW-Authenticate: Digest realm=\"r\", nonce=\"n\", algorithm=SHA-256, qop=auth\r\n");
    story_grant(s, 600);
    assert_int_equal(sipreg_client_credentials(&s->client, s->tick, &md5), SIPREG_OK);
    assert_int_equal(sipreg_client_refresh(&s->client, s->tick), SIPREG_OK);
    story_run(s);
    story_reply(s, "401 U",
                "WWW-Authenticate: Digest realm=\"r\", nonce=\"n\", algorithm=SHA-256, qop=auth\r\n"
                "WWW-Authenticate: Digest realm=\"r\", nonce=\"n\", algorithm=MD5, qop=auth\r\n");
    assert_string_equal(story_param(s, LAST, "Authorization", "algorithm"), "MD5");
    assert_string_equal(story_param(s, LAST, "Authorization", "nc"), "00000002");
}

static void grant_with_path(struct story *s, const char *path)
{
    char headers[200];

    snprintf(headers, sizeof headers, "Contact: <CONTACT>;expires=3600\r\n%s", path);
    story_reply(s, "200 OK", headers);
    assert_event(s, SIPREG_EVENT_REGISTERED, SIPREG_OK);
}

static const char promise[] = "Path: <sip:edge.example.com;lr;ob>\r\n";

static void start_with_pings(struct story *s)
{
    s->config.keepalive = &sipreg_keepalive;
    s->config.ping = SIPREG_PING_ALWAYS;
    story_start(s);
}

/* A STUN request with an id of zeros, for whose answer nobody waited. */
static void a_promise_that_comes_later_does_not_take_a_blank_line_for_a_stun_request(void **state)
{
    static const unsigned char zeros[12];
    struct story *s = (struct story *)*state;

    s->jitter = 1; /* all random numbers are */
    start_with_pings(s);
    grant_with_path(s, "");
    assert_true(story_until_ping(s, 29 * 1000));
    assert_int_equal(s->pings[0].n, 4);
    sipreg_client_refresh(&s->client, s->tick);
    story_run(s);
    grant_with_path(s, promise);
    assert_true(story_until_ping(s, 29 * 1000));
    assert_int_equal(s->pings[1].n, 20);
    assert_memory_not_equal(s->pings[1].bytes + 8, zeros, sizeof zeros);
    story_pass(s, 60 * 1000);
    assert_event(s, SIPREG_EVENT_KEEPALIVE, SIPREG_TIMEOUT);
}

/* Its answer came while the removal was under way. */
static void a_ping_that_a_stop_has_cut_off_is_not_missed_after_the_next_start(void **state)
{
    struct story *s = (struct story *)*state;

    start_with_pings(s);
    grant_with_path(s, promise);
    assert_true(story_until_ping(s, 29 * 1000));
    stop(s);
    story_reply(s, "200 OK", "");
    story_pass(s, 300 * 1000);
    assert_int_equal(sipreg_client_start(&s->client, s->tick), SIPREG_OK);
    story_run(s);
    grant_with_path(s, promise);
    story_pass(s, 20 * 1000);
    assert_event(s, SIPREG_EVENT_REGISTERED, SIPREG_OK);
}

/* It would be out of reach until then, with the NAT's mapping gone. */
static void a_failed_send_over_udp_does_not_end_keepalives_until_the_next_refresh(void **state)
{
    struct story *s = (struct story *)*state;
    size_t before;

    start_with_pings(s);
    grant_with_path(s, promise);
    before = s->pinged;
    story_flow(s, SIPREG_FLOW_DOWN);
    assert_true(story_until_sent(s, 100 * 1000));
    grant_with_path(s, promise);
    assert_true(story_until_ping(s, 29 * 1000));
    assert_true(s->pinged > before);
}

/* The half message was none but the answer itself, in two pieces. */
static void after_half_an_answer_the_next_one_is_not_waited_for_longer(void **state)
{
    struct story *s = (struct story *)*state;

    story_stream(s);
    start_with_pings(s);
    grant_with_path(s, promise);
    assert_true(story_until_ping(s, 120 * 1000));
    assert_int_equal(sipreg_client_partial(&s->client, s->tick), SIPREG_OK);
    assert_int_equal(story_feed(s, "\r\n", 2), SIPREG_OK);
    assert_true(story_until_ping(s, 120 * 1000));
    story_pass(s, 10 * 1000);
    assert_event(s, SIPREG_EVENT_KEEPALIVE, SIPREG_TIMEOUT);
}

/* Nor when it turns out to be malformed. */
static void after_half_a_malformed_message_the_next_answer_is_not_waited_for_longer(void **state)
{
    struct story *s = (struct story *)*state;

    story_stream(s);
    start_with_pings(s);
    grant_with_path(s, promise);
    assert_true(story_until_ping(s, 120 * 1000));
    assert_int_equal(sipreg_client_partial(&s->client, s->tick), SIPREG_OK);
    assert_int_equal(story_feed(s, "SIP/2.0 ?\r\n\r\n", 13), SIPREG_SYNTAX);
    story_pass(s, 10 * 1000);
    assert_event(s, SIPREG_EVENT_KEEPALIVE, SIPREG_TIMEOUT);
}

/* By a clock in its second half, the multiple before a refresh may lie before the client's own
   clock has begun. */
static void a_young_client_refreshes_in_time_however_coarse_its_wake_ups_are(void **state)
{
    struct story *s = (struct story *)*state;

    s->config.coarse = 60 * 1000;
    s->tick = UINT32_C(3000020000);
    story_start(s);
    story_grant(s, 60);
    assert_true(story_until_sent(s, 59 * 1000));
    assert_event(s, SIPREG_EVENT_REGISTERED, SIPREG_OK);
}

/* It would answer the challenge at the last moment only. */
static void a_refresh_under_way_is_not_held_back(void **state)
{
    struct story *s = (struct story *)*state;

    story_start(s);
    story_grant(s, 600);
    assert_true(story_until_sent(s, 600 * 1000));
    assert_int_equal(sipreg_client_hold(&s->client, s->tick, true), SIPREG_OK);
    story_challenge(s, "n1", "");
    assert_int_equal(story_requests(s), 3);
    assert_non_null(story_field(s, LAST, "Authorization"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORY(a_lapse_leaves_in_doubt_whether_the_registrar_counts_alike),
        STORY(a_binding_listed_with_its_last_second_is_still_to_be_removed),
        STORY(a_client_that_lets_the_registrar_choose_is_not_made_to_ask_for_a_second),
        STORY(a_removal_that_cannot_be_made_is_told_in_the_same_run),
        STORY(a_repetition_that_is_refused_leaves_in_doubt_what_the_first_one_did),
        STORY(what_was_sent_once_and_refused_has_bound_nothing),
        STORY(credentials_given_again_do_not_hide_that_an_answer_has_passed),
        STORY(another_algorithm_with_the_same_nonce_goes_on_counting),
        STORY(a_challenge_with_a_control_character_is_not_repeated),
        STORY(a_promise_that_comes_later_does_not_take_a_blank_line_for_a_stun_request),
        STORY(a_ping_that_a_stop_has_cut_off_is_not_missed_after_the_next_start),
        STORY(a_failed_send_over_udp_does_not_end_keepalives_until_the_next_refresh),
        STORY(after_half_an_answer_the_next_one_is_not_waited_for_longer),
        STORY(after_half_a_malformed_message_the_next_answer_is_not_waited_for_longer),
        STORY(a_refresh_under_way_is_not_held_back),
        STORY(a_young_client_refreshes_in_time_however_coarse_its_wake_ups_are),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
