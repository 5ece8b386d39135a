/*
 * test_client_flow_worth.c - what a flow is worth: kept while idle, not used where it cannot be
 * trusted, and the binding that goes with it (RFC 3261 18, 26.3.2).
 */
#include "story.h"

static void a_flow_that_is_needed_again_in_time_is_kept(void **state)
{
    struct story *s = (struct story *)*state;

    story_stream(s);
    story_start(s);
    story_reply(s, "403 Forbidden", "");
    story_pass(s, 20000);
    story_start(s);
    story_reply(s, "403 Forbidden", "");
    story_pass(s, 20000);
    assert_int_equal(s->closes, 0);
    assert_int_equal(s->opens, 1);
    story_pass(s, 12000);
    assert_int_equal(s->closes, 1);
}

/* 26.3.2: nothing is sent, and nobody is asked again. */
static void a_flow_that_cannot_be_trusted_is_not_used(void **state)
{
    struct story *s = (struct story *)*state;

    story_stream(s);
    s->opening = OPENS_LATER;
    story_start(s);
    story_flow(s, SIPREG_FLOW_UNTRUSTED);
    assert_event(s, SIPREG_EVENT_REFUSED, SIPREG_POLICY);
    assert_state(s, SIPREG_IDLE);
    story_pass(s, 7200 * 1000);
    assert_int_equal(s->sent, 0);
    assert_int_equal(s->opens, 1);
    story_start(s); /* somebody may have looked into it */
    story_flow(s, SIPREG_FLOW_UP);
    assert_int_equal(s->sent, 1);
}

static void trust_that_is_lost_ends_the_registration(void **state)
{
    struct story *s = (struct story *)*state;

    story_stream(s);
    story_register(s, "n1", 100);
    story_flow(s, SIPREG_FLOW_DOWN);
    s->opening = OPENS_LATER;
    assert_true(story_event(s)->retry_in < 100000);
    story_pass(s, 100000);
    story_flow(s, SIPREG_FLOW_UNTRUSTED);
    assert_event(s, SIPREG_EVENT_REFUSED, SIPREG_POLICY);
    assert_int_equal(s->sent, 2);
}

/* Of a flow that was up, too: the next one has to prove itself. */
static void trust_lost_at_rest_is_asked_for_again(void **state)
{
    struct story *s = (struct story *)*state;

    story_stream(s);
    story_register(s, "n1", 1000);
    sipreg_client_query(&s->client, s->tick);
    story_run(s);
    story_reply(s, "200 OK", "Contact: <sip:alice@192.0.2.10:5060;transport=tcp>;expires=1000\r\n");
    story_pass(s, 40000);
    s->opening = OPENS_LATER;
    story_flow(s, SIPREG_FLOW_UNTRUSTED);
    assert_event(s, SIPREG_EVENT_BINDINGS, SIPREG_OK); /* nothing new is told */
    assert_int_equal(s->opens, 2);
    story_flow(s, SIPREG_FLOW_UNTRUSTED);
    assert_event(s, SIPREG_EVENT_REFUSED, SIPREG_POLICY);
    assert_state(s, SIPREG_IDLE);
}

static void a_flow_lost_under_a_query_takes_the_binding_with_it(void **state)
{
    struct story *s = (struct story *)*state;

    story_stream(s);
    story_register(s, "n1", 1000);
    story_pass(s, 40000);
    sipreg_client_query(&s->client, s->tick);
    story_run(s);
    story_flow(s, SIPREG_FLOW_DOWN);
    assert_event(s, SIPREG_EVENT_REFUSED, SIPREG_TRANSPORT);
    assert_int_equal(s->opens, 2); /* and is renewed at once */
    assert_string_equal(story_field(s, LAST, "Expires"), "3600");
}

static void a_query_under_a_new_flow_that_is_lost_does_not_hide_its_end(void **state)
{
    struct story *s = (struct story *)*state;

    story_stream(s);
    story_register(s, "n1", 1000);
    sipreg_client_query(&s->client, s->tick);
    story_run(s);
    story_flow(s, SIPREG_FLOW_DOWN);
    assert_event(s, SIPREG_EVENT_REFUSED, SIPREG_TRANSPORT);
    assert_int_equal(s->opens, 1);
    assert_true(story_until_sent(s, 100 * 1000));
    assert_int_equal(s->opens, 2);
}

/* The caller's own flows: what once asked for patience is over with the next success. */
static void a_flow_that_comes_up_again_registers_whatever_was_before(void **state)
{
    struct story *s = (struct story *)*state;

    s->config.transport = SIPREG_TCP;
    story_start(s);
    story_reply(s, "500 Error", "");
    assert_true(story_until_sent(s, 100 * 1000));
    story_grant(s, 10000);
    story_pass(s, 100 * 1000);
    story_flow(s, SIPREG_FLOW_DOWN);
    story_flow(s, SIPREG_FLOW_UP);
    assert_int_equal(story_requests(s), 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORY(a_flow_that_is_needed_again_in_time_is_kept),
        STORY(a_flow_that_cannot_be_trusted_is_not_used),
        STORY(trust_that_is_lost_ends_the_registration),
        STORY(trust_lost_at_rest_is_asked_for_again),
        STORY(a_flow_lost_under_a_query_takes_the_binding_with_it),
        STORY(a_query_under_a_new_flow_that_is_lost_does_not_hide_its_end),
        STORY(a_flow_that_comes_up_again_registers_whatever_was_before),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
