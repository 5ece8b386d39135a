/*
 * test_keepalive.c - keepalives at the edges: answers too late, beside reports, on no flow;
 * failures without end.
 */
#include "story.h"

static void begin(struct story *s, const char *headers)
{
    char all[200] = "Contact: <CONTACT>;expires=3600\r\n";

    story_stream(s);
    s->config.keepalive = &sipreg_keepalive;
    s->config.instance = "urn:uuid:00000000-0000-1000-8000-aabbccddeeff";
    s->config.reg_id = 1;
    story_start(s);
    strcat(all, headers);
    assert_int_equal(story_reply(s, "200 OK", all), SIPREG_OK);
}

static void the_first_ping_is_what_an_answer_is_waited_for(void **state)
{
    struct story *s = (struct story *)*state;

    begin(s, "Require: outbound\r\nFlow-Timer: 4\r\n");
    assert_true(story_until_ping(s, 4000));
    story_pass(s, 9999);
    assert_true(s->pinged >= 3);
    assert_int_equal(s->closes, 0);
    story_pass(s, 1);
    assert_event(s, SIPREG_EVENT_KEEPALIVE, SIPREG_TIMEOUT);
}

static void an_answer_after_ten_seconds_is_none(void **state)
{
    struct story *s = (struct story *)*state;

    s->config.ping = SIPREG_PING_ALWAYS;
    begin(s, "");
    assert_true(story_until_ping(s, 120 * 1000));
    story_pass(s, 10 * 1000);
    assert_int_equal(story_feed(s, "\r\n", 2), SIPREG_FOREIGN);
    assert_true(story_until_ping(s, 120 * 1000));
    assert_int_equal(story_feed(s, "\r\n", 2), SIPREG_FOREIGN); /* who knows what they are now? */
}

static void an_event_that_was_not_fetched_is_not_replaced_by_an_answer(void **state)
{
    struct story *s = (struct story *)*state;
    struct sipreg_action action;

    begin(s, "Require: outbound\r\nFlow-Timer: 60\r\n");
    assert_true(story_until_ping(s, 60 * 1000));
    sipreg_client_flow(&s->client, s->tick, SIPREG_FLOW_UP);
    s->client.report = true;
    s->client.report_type = SIPREG_EVENT_BINDINGS;
    assert_int_equal(sipreg_client_pong(&s->client, s->tick, "\r\n", 2), SIPREG_OK);
    assert_true(sipreg_client_next(&s->client, s->tick, &action));
    assert_int_equal(action.event.type, SIPREG_EVENT_BINDINGS);
}

static void where_there_is_no_flow_nothing_answers(void **state)
{
    struct story *s = (struct story *)*state;

    s->opening = OPENS_LATER;
    story_stream(s);
    s->config.keepalive = &sipreg_keepalive;
    story_start(s);
    assert_int_equal(story_feed(s, "\r\n", 2), SIPREG_FOREIGN);
}

/* The next try is planned already, and comes when it was planned for. */
static void a_flow_that_fails_after_a_failed_refresh_brings_no_other_try(void **state)
{
    struct story *s = (struct story *)*state;
    uint64_t planned;

    begin(s, "Require: outbound\r\nFlow-Timer: 20\r\n");
    assert_true(story_until_ping(s, 20 * 1000));
    story_feed(s, "\r\n", 2);
    assert_int_equal(sipreg_client_refresh(&s->client, s->tick), SIPREG_OK);
    story_run(s);
    story_reply(s, "500 Error", "");
    planned = s->time + story_event(s)->retry_in;
    assert_true(story_until_ping(s, 20 * 1000));
    story_pass(s, 10 * 1000);
    assert_event(s, SIPREG_EVENT_KEEPALIVE, SIPREG_TIMEOUT);
    assert_int_equal(story_event(s)->retry_in, planned - s->time);
    assert_true(story_until_sent(s, planned - s->time));
    assert_int_equal(s->time, planned);
}

static void failures_are_counted_up_to_255(void **state)
{
    struct story *s = (struct story *)*state;

    begin(s, "Require: outbound\r\nFlow-Timer: 20\r\n");
    for (int i = 0; i < 3; i++) {
        s->client.unproven = (uint8_t)(254 + (i > 0));
        assert_true(story_until_ping(s, 20 * 1000));
        story_pass(s, 10 * 1000);
        assert_event(s, SIPREG_EVENT_KEEPALIVE, SIPREG_TIMEOUT);
        assert_true(story_event(s)->retry_in >= 900 * 1000);
        assert_int_equal(s->client.failures, 255);
        assert_true(story_until_sent(s, 1800 * 1000));
        story_reply(s, "200 OK",
                    "Contact: <CONTACT>;expires=9999\r\nRequire: outbound\r\nFlow-Timer: 20\r\n");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORY(the_first_ping_is_what_an_answer_is_waited_for),
        STORY(an_answer_after_ten_seconds_is_none),
        STORY(an_event_that_was_not_fetched_is_not_replaced_by_an_answer),
        STORY(where_there_is_no_flow_nothing_answers),
        STORY(a_flow_that_fails_after_a_failed_refresh_brings_no_other_try),
        STORY(failures_are_counted_up_to_255),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
