/*
 * test_client_keepalive.c - keepalives on streams: when, and what follows from their answers (RFC
 * 5626 4.4.1, RFC 6223).
 */
#include "story.h"

#include <stdio.h>

#define OUTBOUND "Require: outbound\r\n"

static void begin(struct story *s)
{
    story_stream(s);
    s->config.keepalive = &sipreg_keepalive;
    s->config.instance = "urn:uuid:00000000-0000-1000-8000-aabbccddeeff";
    s->config.reg_id = 1;
    story_start(s);
}

static void grant(struct story *s, const char *headers)
{
    char all[200];

    snprintf(all, sizeof all, "Contact: <CONTACT>;expires=3600\r\n%s", headers);
    assert_int_equal(story_reply(s, "200 OK", all), SIPREG_OK);
    assert_event(s, SIPREG_EVENT_REGISTERED, SIPREG_OK);
}

/* Grants with this value of keep in the Via. */
static void grant_keep(struct story *s, const char *value)
{
    story_grant_via(s, ";keep", value, "Contact: <CONTACT>;expires=3600\r\n");
}

static int pong(struct story *s)
{
    return story_feed(s, "\r\n", 2);
}

static void assert_interval(struct story *s, uint64_t least, uint64_t most)
{
    uint64_t before = s->pings[s->pinged - 1].at, interval;

    assert_true(story_until_ping(s, most));
    interval = s->pings[s->pinged - 1].at - before;
    if (interval < least || interval > most)
        fail_msg("%lu ms", (unsigned long)interval);
}

/* 4.4.1: the first inside the first interval; two CRLFs, and one comes back. */
static void where_outbound_is_in_force_pings_begin(void **state)
{
    struct story *s = (struct story *)*state;

    begin(s);
    grant(s, OUTBOUND);
    assert_true(story_event(s)->outbound);
    assert_int_equal(story_event(s)->ping_every, 120);
    assert_false(story_until_ping(s, 94 * 1000));
    assert_true(story_until_ping(s, 26 * 1000));
    assert_memory_equal(s->pings[0].bytes, "\r\n\r\n", 4);
    assert_int_equal(pong(s), SIPREG_OK);
    assert_event(s, SIPREG_EVENT_KEEPALIVE, SIPREG_OK);
    assert_true(story_event(s)->refresh_in > 1000);
    assert_int_equal(s->closes, 0);
}

static void without_a_promise_nothing_is_sent_and_nothing_fails(void **state)
{
    static const char *const granted[] = {"", "Flow-Timer: 30\r\n", "Require: path\r\n"};
    struct story *s = (struct story *)*state;

    begin(s);
    for (size_t i = 0; i < COUNT(granted); i++) {
        grant(s, granted[i]);
        assert_false(story_event(s)->outbound);
        assert_int_equal(story_event(s)->ping_every, 0);
        assert_false(story_until_ping(s, 1000 * 1000));
        assert_int_equal(pong(s), SIPREG_FOREIGN);
        assert_int_equal(sipreg_client_refresh(&s->client, s->tick), SIPREG_OK);
        story_run(s);
    }
}

/* 4.4: 80 to 100 percent of it, and not always the same. */
static void a_flow_timer_sets_the_pace(void **state)
{
    struct story *s = (struct story *)*state;
    uint64_t least = UINT64_MAX, most = 0;

    begin(s);
    grant(s, OUTBOUND "Flow-Timer: 30\r\n");
    assert_int_equal(story_event(s)->ping_every, 30);
    assert_true(story_until_ping(s, 30 * 1000));
    for (int i = 0; i < 60; i++) {
        uint64_t interval;
        pong(s);
        s->jitter = (uint32_t)i * UINT32_C(70000000);
        assert_interval(s, 24 * 1000, 30 * 1000);
        interval = s->pings[s->pinged - 1].at - s->pings[s->pinged - 2].at;
        least = interval < least ? interval : least;
        most = interval > most ? interval : most;
    }
    assert_true(least < 25 * 1000 && most > 29 * 1000);
}

static void a_configured_time_holds_until_the_server_names_one(void **state)
{
    struct story *s = (struct story *)*state;

    s->config.ping_every = 840;
    begin(s);
    grant(s, OUTBOUND);
    assert_int_equal(story_event(s)->ping_every, 840);
    assert_true(story_until_ping(s, 840 * 1000));
    pong(s);
    assert_interval(s, 672 * 1000, 840 * 1000);
    pong(s);
    sipreg_client_refresh(&s->client, s->tick);
    story_run(s);
    grant(s, OUTBOUND "Flow-Timer: 100\r\n");
    assert_int_equal(story_event(s)->ping_every, 100);
}

static void a_pong_comes_within_ten_seconds_or_the_flow_has_failed(void **state)
{
    struct story *s = (struct story *)*state;

    begin(s);
    grant(s, OUTBOUND "Flow-Timer: 60\r\n");
    assert_true(story_until_ping(s, 60 * 1000));
    story_pass(s, 9999);
    assert_int_equal(pong(s), SIPREG_OK);
    assert_true(story_until_ping(s, 60 * 1000));
    story_pass(s, 9999);
    assert_int_equal(s->closes, 0);
    story_pass(s, 1);
    assert_event(s, SIPREG_EVENT_KEEPALIVE, SIPREG_TIMEOUT);
    assert_int_equal(s->closes, 1);
    assert_int_equal(s->opens, 2); /* it has been a good one until then: at once */
    assert_int_equal(story_requests(s), 2);
    assert_string_equal(story_field(s, 0, "Call-ID"), story_field(s, 1, "Call-ID"));
    assert_non_null(strstr(story_field(s, 1, "Contact"), ";reg-id=1"));
}

/* 4.5: a flow that has never answered was no success. */
static void failures_are_counted_on_until_the_first_pong(void **state)
{
    static const uint64_t waits[] = {30, 60, 120, 240};
    struct story *s = (struct story *)*state;

    begin(s);
    grant(s, OUTBOUND "Flow-Timer: 50\r\n");
    for (size_t i = 0; i < COUNT(waits); i++) {
        uint64_t lost_at;
        assert_true(story_until_ping(s, 50 * 1000));
        story_pass(s, 10000);
        assert_event(s, SIPREG_EVENT_KEEPALIVE, SIPREG_TIMEOUT);
        lost_at = s->time;
        assert_true(story_until_sent(s, waits[i] * 2000));
        assert_true(s->time - lost_at >= waits[i] * 1000);
        grant(s, OUTBOUND "Flow-Timer: 50\r\n");
    }
    assert_true(story_until_ping(s, 50 * 1000));
    pong(s);
    story_forget(s);
    story_flow(s, SIPREG_FLOW_DOWN);
    assert_int_equal(s->sent, 1);
}

/* A half message may have the pong behind it; that never ends is another matter. */
/* What the program has opened is for it to open again. */
static void without_an_open_function_a_failed_flow_is_waited_for(void **state)
{
    struct story *s = (struct story *)*state;

    s->config.transport = SIPREG_TCP;
    s->config.keepalive = &sipreg_keepalive;
    s->config.instance = "urn:uuid:00000000-0000-1000-8000-aabbccddeeff";
    s->config.reg_id = 1;
    story_start(s);
    grant(s, OUTBOUND);
    assert_true(story_until_ping(s, 120 * 1000));
    assert_false(story_until_sent(s, 600 * 1000));
    assert_event(s, SIPREG_EVENT_KEEPALIVE, SIPREG_TIMEOUT);
    story_flow(s, SIPREG_FLOW_UP);
    assert_int_equal(story_requests(s), 2);
}

static void a_message_on_its_way_is_waited_for(void **state)
{
    struct story *s = (struct story *)*state;

    begin(s);
    grant(s, OUTBOUND "Flow-Timer: 60\r\n");
    assert_true(story_until_ping(s, 60 * 1000));
    story_pass(s, 9000);
    assert_int_equal(sipreg_client_partial(&s->client, s->tick), SIPREG_OK);
    story_pass(s, 3000);
    assert_int_equal(s->closes, 0);
    assert_int_equal(pong(s), SIPREG_OK);
    assert_event(s, SIPREG_EVENT_KEEPALIVE, SIPREG_OK);
    assert_true(story_until_ping(s, 60 * 1000));
    for (int i = 0; i < 60 && s->closes == 0; i++) {
        sipreg_client_partial(&s->client, s->tick);
        story_pass(s, 1000);
    }
    assert_event(s, SIPREG_EVENT_KEEPALIVE, SIPREG_TIMEOUT);
}

/* RFC 6223 4.3, 5 */
static void keep_is_offered_and_taken_at_its_value(void **state)
{
    struct story *s = (struct story *)*state;

    begin(s);
    assert_non_null(strstr(story_field(s, LAST, "Via"), ";keep"));
    assert_null(strstr(story_field(s, LAST, "Via"), ";keep="));
    grant_keep(s, ";keep");
    assert_int_equal(story_event(s)->ping_every, 0);
    sipreg_client_refresh(&s->client, s->tick);
    story_run(s);
    grant_keep(s, ";keep=30");
    assert_int_equal(story_event(s)->ping_every, 30);
    assert_true(story_until_ping(s, 30 * 1000));
    pong(s);
    assert_interval(s, 24 * 1000, 30 * 1000);
    pong(s);
    sipreg_client_refresh(&s->client, s->tick);
    story_run(s);
    grant_keep(s, ";keep=0");
    assert_int_equal(story_event(s)->ping_every, 120);
    sipreg_client_refresh(&s->client, s->tick);
    story_run(s);
    grant(s, ""); /* 4.2.2: this one says nothing */
    assert_int_equal(story_event(s)->ping_every, 0);
    assert_false(story_until_ping(s, 600 * 1000));
}

static void of_flow_timer_and_keep_the_shorter_counts(void **state)
{
    static const struct {
        const char *keep, *timer;
        uint32_t every;
    } rows[] = {{";keep=30", "120", 30}, {";keep=120", "30", 30}, {";keep=0", "50", 50},
                {";keep=50", "0", 50},   {";keep=50", "x", 50},   {";keep=x", "70", 0},
                {";keep=99999", "1", 0}};
    struct story *s = (struct story *)*state;

    begin(s);
    for (size_t i = 0; i < COUNT(rows); i++) {
        char headers[200];
        snprintf(headers, sizeof headers, "Contact: <CONTACT>;expires=3600\r\nFlow-Timer: %s\r\n",
                 rows[i].timer);
        story_grant_via(s, ";keep", rows[i].keep, headers);
        if (story_event(s)->ping_every != rows[i].every)
            fail_msg("row %u: %u", (unsigned)i, (unsigned)story_event(s)->ping_every);
        sipreg_client_refresh(&s->client, s->tick);
        story_run(s);
    }
}

/* RFC 5626 5.1: the last of the Path is the proxy next to us. */
static void an_edge_proxy_that_supports_outbound_answers_pings(void **state)
{
    struct story *s = (struct story *)*state;

    begin(s);
    grant(s, "Path: <sip:p1.example.com;lr;ob>, <sip:p2.example.com;lr>\r\n");
    assert_int_equal(story_event(s)->ping_every, 0);
    sipreg_client_refresh(&s->client, s->tick);
    story_run(s);
    grant(s, "Path: <sip:p1.example.com;lr>, <sip:p2.example.com;lr;ob>\r\n");
    assert_false(story_event(s)->outbound);
    assert_int_equal(story_event(s)->ping_every, 120);
}

/* A pong that never was promised is missed only once it has been seen. */
static void pings_without_a_promise_fail_nothing_until_one_is_answered(void **state)
{
    struct story *s = (struct story *)*state;

    s->config.ping = SIPREG_PING_ALWAYS;
    begin(s);
    grant(s, "");
    assert_int_equal(story_event(s)->ping_every, 120);
    for (int i = 0; i < 5; i++)
        assert_true(story_until_ping(s, 120 * 1000));
    assert_int_equal(s->closes, 0);
    assert_int_equal(pong(s), SIPREG_OK);
    assert_event(s, SIPREG_EVENT_KEEPALIVE, SIPREG_OK);
    assert_true(story_until_ping(s, 120 * 1000));
    story_pass(s, 10000);
    assert_event(s, SIPREG_EVENT_KEEPALIVE, SIPREG_TIMEOUT);
    assert_int_equal(s->closes, 1);
}

/* Servers send blank lines of their own. */
static void blank_lines_that_answer_nothing_teach_nothing(void **state)
{
    struct story *s = (struct story *)*state;

    s->config.ping = SIPREG_PING_ALWAYS;
    begin(s);
    grant(s, "");
    assert_int_equal(pong(s), SIPREG_FOREIGN);
    for (int i = 0; i < 5; i++) {
        assert_true(story_until_ping(s, 120 * 1000));
        story_pass(s, 5000);
        assert_int_equal(pong(s), SIPREG_FOREIGN);
    }
    story_pass(s, 90 * 1000);
    assert_int_equal(s->closes, 0);
}

static void a_server_that_is_known_to_answer_needs_no_promise(void **state)
{
    struct story *s = (struct story *)*state;

    s->config.ping = SIPREG_PING_ANSWERED;
    begin(s);
    grant(s, "");
    assert_true(story_until_ping(s, 120 * 1000));
    story_pass(s, 10000);
    assert_event(s, SIPREG_EVENT_KEEPALIVE, SIPREG_TIMEOUT);
}

/* A REGISTER is one itself, and where nothing is bound there is no flow to keep. */
static void none_is_sent_beside_a_request_nor_when_not_registered(void **state)
{
    struct story *s = (struct story *)*state;

    begin(s);
    grant(s, OUTBOUND "Flow-Timer: 20\r\n");
    sipreg_client_refresh(&s->client, s->tick);
    story_run(s);
    assert_false(story_until_ping(s, 25 * 1000));
    grant(s, OUTBOUND "Flow-Timer: 20\r\n");
    assert_int_equal(s->pinged, 1); /* it was due */
    pong(s);
    sipreg_client_stop(&s->client, s->tick);
    story_run(s);
    assert_false(story_until_ping(s, 25 * 1000));
    story_reply(s, "200 OK", "");
    assert_false(story_until_ping(s, 25 * 1000));
}

static void a_ping_that_cannot_be_sent_is_a_lost_flow(void **state)
{
    struct story *s = (struct story *)*state;

    begin(s);
    grant(s, OUTBOUND);
    s->fail_at[CALL_SEND] = s->calls[CALL_SEND] + 1;
    assert_true(story_until_ping(s, 120 * 1000));
    assert_true(story_until_sent(s, 60 * 1000));
    assert_int_equal(s->opens, 2);
    grant(s, OUTBOUND);
}

static void what_is_not_blank_answers_nothing(void **state)
{
    static const char *const others[] = {"x", "\r\nx", " \r\n", ""};
    struct story *s = (struct story *)*state;

    begin(s);
    grant(s, OUTBOUND "Flow-Timer: 20\r\n");
    assert_true(story_until_ping(s, 20 * 1000));
    for (size_t i = 0; i < COUNT(others); i++)
        assert_int_equal(story_feed(s, others[i], strlen(others[i])), SIPREG_FOREIGN);
    story_pass(s, 10000);
    assert_event(s, SIPREG_EVENT_KEEPALIVE, SIPREG_TIMEOUT);
}

static void without_the_part_nothing_is_offered_or_kept(void **state)
{
    struct story *s = (struct story *)*state;

    story_stream(s);
    s->config.ping = SIPREG_PING_ANSWERED;
    story_start(s);
    assert_null(strstr(story_field(s, LAST, "Via"), "keep"));
    grant(s, OUTBOUND);
    assert_false(story_until_ping(s, 600 * 1000));
    assert_int_equal(pong(s), SIPREG_FOREIGN);
}

/* RFC 7118 6: over WebSocket they are messages of their own. */
static void over_websocket_they_are_the_same(void **state)
{
    struct story *s = (struct story *)*state;

    begin(s);
    s->ready = false;
    s->config.transport = SIPREG_WS;
    story_anew(s);
    grant_keep(s, ";keep=20");
    assert_true(story_until_ping(s, 20 * 1000));
    assert_int_equal(s->pings[0].n, 4);
    assert_int_equal(pong(s), SIPREG_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORY(where_outbound_is_in_force_pings_begin),
        STORY(without_a_promise_nothing_is_sent_and_nothing_fails),
        STORY(a_flow_timer_sets_the_pace),
        STORY(a_configured_time_holds_until_the_server_names_one),
        STORY(a_pong_comes_within_ten_seconds_or_the_flow_has_failed),
        STORY(failures_are_counted_on_until_the_first_pong),
        STORY(without_an_open_function_a_failed_flow_is_waited_for),
        STORY(a_message_on_its_way_is_waited_for),
        STORY(keep_is_offered_and_taken_at_its_value),
        STORY(of_flow_timer_and_keep_the_shorter_counts),
        STORY(an_edge_proxy_that_supports_outbound_answers_pings),
        STORY(pings_without_a_promise_fail_nothing_until_one_is_answered),
        STORY(blank_lines_that_answer_nothing_teach_nothing),
        STORY(a_server_that_is_known_to_answer_needs_no_promise),
        STORY(none_is_sent_beside_a_request_nor_when_not_registered),
        STORY(a_ping_that_cannot_be_sent_is_a_lost_flow),
        STORY(what_is_not_blank_answers_nothing),
        STORY(without_the_part_nothing_is_offered_or_kept),
        STORY(over_websocket_they_are_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
