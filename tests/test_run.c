/*
 * test_run.c - the rim: what may be called from within a callback, how much one run does, and the
 * engine below it for those who pull.
 */
#include "story.h"

#include <stdlib.h>

static unsigned times;

static void start_again(struct story *s, const struct sipreg_event *event)
{
    if (event->type == SIPREG_EVENT_REFUSED && times-- > 0)
        assert_int_equal(sipreg_client_start(&s->client, s->tick), SIPREG_OK);
}

static void stop_at_once(struct story *s, const struct sipreg_event *event)
{
    if (event->type == SIPREG_EVENT_REGISTERED)
        assert_int_equal(sipreg_client_stop(&s->client, s->tick), SIPREG_OK);
}

static void every_wish_at_once(struct story *s, const struct sipreg_event *event)
{
    struct sipreg_credentials same = {NULL, SECRET, NULL, 0, NULL};

    if (event->type != SIPREG_EVENT_REGISTERED || s->told > 1)
        return;
    assert_int_equal(sipreg_client_refresh(&s->client, s->tick), SIPREG_OK);
    assert_int_equal(sipreg_client_query(&s->client, s->tick), SIPREG_OK);
    assert_int_equal(sipreg_client_credentials(&s->client, s->tick, &same), SIPREG_OK);
    assert_int_equal(sipreg_client_move(&s->client, s->tick, "198.51.100.3:5060"), SIPREG_OK);
    sipreg_client_deadline(&s->client, s->tick);
}

static void a_callback_may_start_again(void **state)
{
    struct story *s = (struct story *)*state;

    times = 1;
    s->on_event = start_again;
    story_start(s);
    story_reply(s, "403 Forbidden", "");
    assert_int_equal(s->sent, 2);
    assert_int_equal(s->events[0].event.state, SIPREG_IDLE);
    story_grant(s, 100);
    assert_state(s, SIPREG_REGISTERED);
}

static void a_callback_may_stop(void **state)
{
    struct story *s = (struct story *)*state;

    s->on_event = stop_at_once;
    story_start(s);
    story_grant(s, 100);
    assert_string_equal(story_field(s, LAST, "Expires"), "0");
    story_reply(s, "200 OK", "");
    assert_event(s, SIPREG_EVENT_UNREGISTERED, SIPREG_OK);
}

static void a_callback_may_wish_for_everything_at_once(void **state)
{
    struct story *s = (struct story *)*state;

    s->on_event = every_wish_at_once;
    story_start(s);
    story_grant(s, 100);
    assert_null(story_field(s, LAST, "Contact")); /* the query first */
    story_reply(s, "200 OK", "Contact: <sip:alice@192.0.2.10:5060>;expires=99\r\n");
    assert_int_equal(story_count(s, LAST, "Contact"), 2);
    story_grant(s, 100);
    assert_event(s, SIPREG_EVENT_REGISTERED, SIPREG_OK);
    assert_int_equal(s->told, 3);
}

static void receive_within(struct story *s)
{
    assert_int_equal(sipreg_client_recv(&s->client, s->tick, "SIP/2.0 200 OK", 14), SIPREG_STATE);
    assert_int_equal(sipreg_client_run(&s->client, s->tick), 0);
}

static void receiving_and_running_within_a_callback_are_refused(void **state)
{
    struct story *s = (struct story *)*state;

    s->on_send = receive_within;
    story_register(s, "n1", 100);
    assert_int_equal(s->sent, 2);
}

/* A message that cannot be written refuses each start at once: without a bound, for ever. */
static void one_run_is_bounded_whatever_a_callback_does(void **state)
{
    struct story *s = (struct story *)*state;

    story_init(s);
    s->io.scratch_size = 10;
    s->on_event = start_again;
    times = 1000;
    assert_int_equal(sipreg_client_start(&s->client, 0), SIPREG_OK);
    assert_int_equal(sipreg_client_run(&s->client, 0), 0);
    assert_in_range(s->told, 1, 8);
    assert_int_equal(sipreg_client_run(&s->client, 0), 0);
    assert_in_range(s->told, 2, 16);
    times = 0;
    assert_int_equal(sipreg_client_run(&s->client, 0), SIPREG_FOREVER);
}

static void lose_the_flow(struct story *s)
{
    s->outstanding = false;
    sipreg_client_flow(&s->client, s->tick, SIPREG_FLOW_DOWN);
}

static void a_send_may_report_the_loss_itself(void **state)
{
    struct story *s = (struct story *)*state;

    story_stream(s);
    s->on_send = lose_the_flow;
    story_start(s);
    assert_event(s, SIPREG_EVENT_RETRYING, SIPREG_TRANSPORT);
    assert_true(story_run(s) >= 30000);
    assert_int_equal(s->sent, 1);
}

static void neither_event_nor_close_need_be_there(void **state)
{
    struct story *s = (struct story *)*state;

    story_stream(s);
    s->io.event = NULL;
    s->io.close = NULL;
    story_start(s);
    sipreg_client_recv(&s->client, s->tick, "x", 1);
    sipreg_client_stop(&s->client, s->tick);
    s->outstanding = false;
    sipreg_client_flow(&s->client, s->tick, SIPREG_FLOW_DOWN);
    for (int i = 0; i < 10; i++)
        sipreg_client_run(&s->client, s->tick);
    assert_state(s, SIPREG_UNREGISTERING);
    story_reply(s, "200 OK", "");
    assert_state(s, SIPREG_IDLE);
    story_pass(s, 32000);
    assert_int_equal(sipreg_client_run(&s->client, s->tick), SIPREG_FOREVER);
}

/* Those who pull. */

static void the_engine_hands_out_reason_before_consequence(void **state)
{
    struct story *s = (struct story *)*state;
    struct sipreg_client *c = &s->client;
    struct sipreg_action action;

    story_stream(s);
    story_init(s);
    assert_false(sipreg_client_next(c, 0, &action));
    assert_int_equal(sipreg_client_start(c, 0), SIPREG_OK);
    assert_int_equal(sipreg_client_deadline(c, 0), 0);
    assert_true(sipreg_client_next(c, 0, &action));
    assert_int_equal(action.type, SIPREG_DO_OPEN);
    assert_false(sipreg_client_next(c, 0, &action));
    assert_int_equal(sipreg_client_flow(c, 10, SIPREG_FLOW_UP), SIPREG_OK);
    assert_true(sipreg_client_next(c, 10, &action));
    assert_int_equal(action.type, SIPREG_DO_SEND);
    assert_ptr_equal(action.bytes, s->scratch);
    assert_false(sipreg_client_next(c, 10, &action));
    assert_int_equal(sipreg_client_deadline(c, 10), 32000);
    assert_int_equal(sipreg_client_deadline(c, 1000), 31010);
    assert_true(sipreg_client_next(c, 32010, &action));
    assert_int_equal(action.type, SIPREG_DO_REPORT);
    assert_int_equal(action.event.error, SIPREG_TIMEOUT);
    assert_true(sipreg_client_next(c, 32010, &action));
    assert_int_equal(action.type, SIPREG_DO_CLOSE);
    assert_false(sipreg_client_next(c, 32010, &action));
}

/* A report that nobody has fetched gives way to the next, and its response with it. */
static void a_newer_event_replaces_one_that_was_not_fetched(void **state)
{
    struct story *s = (struct story *)*state;
    struct sipreg_response response;
    struct sipreg_action action;
    char *text;

    story_start(s);
    text = story_text(s, LAST, "200 OK", "Contact: <CONTACT>;expires=1\r\n");
    assert_true(sipreg_response_parse(&response, text, strlen(text)) > 0);
    assert_int_equal(sipreg_client_response(&s->client, 0, &response), SIPREG_OK);
    assert_int_equal(sipreg_client_deadline(&s->client, 0), 0);
    free(text);
    memset(&response, 0x5A, sizeof response); /* gone */
    assert_true(sipreg_client_next(&s->client, 1500, &action));
    assert_int_equal(action.type, SIPREG_DO_REPORT);
    assert_int_equal(action.event.type, SIPREG_EVENT_UNREGISTERED);
    assert_null(action.event.response);
}

static void a_stop_between_challenge_and_answer_ends_the_attempt(void **state)
{
    struct story *s = (struct story *)*state;
    struct sipreg_response response;
    char *text;

    story_register(s, "n1", 100);
    sipreg_client_stop(&s->client, s->tick);
    story_run(s);
    story_reply(s, "200 OK", "");
    story_start(s);
    text = story_text(s, LAST, "401 Unauthorized",
                      "WWW-Authenticate: Digest realm=\"example.com\", nonce=\"n2\"\r\n");
    assert_true(sipreg_response_parse(&response, text, strlen(text)) > 0);
    assert_int_equal(sipreg_client_response(&s->client, s->tick, &response), SIPREG_OK);
    s->outstanding = false;
    sipreg_client_stop(&s->client, s->tick);
    story_run(s); /* nothing is bound, so nothing is sent */
    free(text);
    assert_event(s, SIPREG_EVENT_UNREGISTERED, SIPREG_OK);
    story_pass(s, 3600 * 1000);
    story_start(s); /* n2 is an old nonce now */
    story_challenge(s, "n3", "");
    story_grant(s, 100);
    assert_event(s, SIPREG_EVENT_REGISTERED, SIPREG_OK);
}

static void an_attempt_that_could_not_go_on_is_over(void **state)
{
    struct story *s = (struct story *)*state;
    struct sipreg_response response;
    char *text;

    story_stream(s);
    story_start(s);
    text = story_text(s, LAST, "401 Unauthorized",
                      "WWW-Authenticate: Digest realm=\"example.com\", nonce=\"n1\"\r\n");
    assert_true(sipreg_response_parse(&response, text, strlen(text)) > 0);
    assert_int_equal(sipreg_client_response(&s->client, s->tick, &response), SIPREG_OK);
    s->opening = OPEN_FAILS;
    story_flow(s, SIPREG_FLOW_DOWN);
    free(text);
    assert_event(s, SIPREG_EVENT_RETRYING, SIPREG_TRANSPORT);
    s->opening = OPENS_AT_ONCE;
    assert_true(story_until_sent(s, 60 * 1000));
    story_challenge(s, "n2", ""); /* n1 is an old nonce now */
    story_grant(s, 100);
    assert_state(s, SIPREG_REGISTERED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORY(a_callback_may_start_again),
        STORY(a_callback_may_stop),
        STORY(a_callback_may_wish_for_everything_at_once),
        STORY(receiving_and_running_within_a_callback_are_refused),
        STORY(one_run_is_bounded_whatever_a_callback_does),
        STORY(a_send_may_report_the_loss_itself),
        STORY(neither_event_nor_close_need_be_there),
        STORY(the_engine_hands_out_reason_before_consequence),
        STORY(a_newer_event_replaces_one_that_was_not_fetched),
        STORY(a_stop_between_challenge_and_answer_ends_the_attempt),
        STORY(an_attempt_that_could_not_go_on_is_over),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
