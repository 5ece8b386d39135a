/*
 * test_client_flow.c - flows that open, hang and break (RFC 3261 18, RFC 5626 4.5).
 */
#include "story.h"

static void a_stream_is_opened_used_and_closed(void **state)
{
    struct story *s = (struct story *)*state;

    story_stream(s);
    story_init(s);
    assert_int_equal(story_run(s), SIPREG_FOREVER);
    assert_int_equal(s->opens, 0);
    story_register(s, "n1", 100);
    assert_int_equal(s->opens, 1);
    assert_memory_equal(story_field(s, 0, "Via"), "SIP/2.0/TCP", 11);
    assert_memory_equal(story_field(s, 0, "Contact"), "<sip:alice@192.0.2.10:5060;transport=tcp>",
                        41);
    assert_true(story_until_sent(s, 100 * 1000));
    story_grant(s, 100);
    assert_int_equal(s->opens, 1);
    assert_int_equal(s->closes, 0);
    sipreg_client_stop(&s->client, s->tick);
    story_run(s);
    story_reply(s, "200 OK", "");
    assert_event(s, SIPREG_EVENT_UNREGISTERED, SIPREG_OK);
    assert_int_equal(story_grant(s, 100), SIPREG_LATE); /* timer K is 0 on streams */
    story_pass(s, 31999);
    assert_int_equal(s->closes, 0); /* 18: for as long as a transaction may take */
    story_pass(s, 1);
    assert_int_equal(s->closes, 1);
    assert_int_equal(story_run(s), SIPREG_FOREVER);
}

static void what_opens_later_is_waited_for(void **state)
{
    struct story *s = (struct story *)*state;

    story_stream(s);
    s->opening = OPENS_LATER;
    story_start(s);
    assert_state(s, SIPREG_REGISTERING);
    story_pass(s, 31999);
    assert_int_equal(s->sent, 0);
    story_flow(s, SIPREG_FLOW_UP);
    assert_int_equal(s->sent, 1);
    assert_int_equal(s->opens, 1);
}

static void an_open_that_never_ends_is_ended(void **state)
{
    struct story *s = (struct story *)*state;

    story_stream(s);
    s->opening = OPENS_NEVER;
    story_start(s);
    story_pass(s, 31999);
    assert_int_equal(s->closes, 0);
    story_pass(s, 1);
    assert_event(s, SIPREG_EVENT_RETRYING, SIPREG_TIMEOUT);
    assert_int_equal(s->closes, 1);
    assert_state(s, SIPREG_WAITING);
    story_pass(s, 3600 * 1000);
    assert_in_range(s->opens, 4, 20);
    assert_int_equal(s->opens - s->closes <= 1, 1);
    assert_int_equal(s->sent, 0);
    sipreg_client_stop(&s->client, s->tick);
    story_pass(s, 64000);
    assert_event(s, SIPREG_EVENT_UNREGISTERED, SIPREG_TIMEOUT);
    assert_state(s, SIPREG_IDLE);
    assert_int_equal(s->closes, s->opens);
    sipreg_client_query(&s->client, s->tick);
    story_pass(s, 32000);
    assert_event(s, SIPREG_EVENT_REFUSED, SIPREG_TIMEOUT);
    assert_int_equal(story_run(s), SIPREG_FOREVER);
}

static void an_open_that_fails_is_tried_again_with_a_back_off(void **state)
{
    struct story *s = (struct story *)*state;

    story_stream(s);
    s->opening = OPEN_FAILS;
    story_start(s);
    assert_event(s, SIPREG_EVENT_RETRYING, SIPREG_TRANSPORT);
    assert_true(story_event(s)->retry_in >= 30000);
    story_pass(s, 3600 * 1000);
    assert_in_range(s->opens, 4, 20);
    s->opening = OPENS_AT_ONCE;
    assert_true(story_until_sent(s, 1800 * 1000));
    story_grant(s, 100);
    assert_state(s, SIPREG_REGISTERED);

    s->opening = OPENS_LATER; /* and told later that it failed */
    sipreg_client_move(&s->client, s->tick, NULL);
    story_run(s);
    assert_int_equal(s->closes, 1);
    story_flow(s, SIPREG_FLOW_DOWN);
    assert_event(s, SIPREG_EVENT_RETRYING, SIPREG_TRANSPORT);
    assert_state(s, SIPREG_REGISTERED);
}

static void a_flow_lost_under_a_request_ends_it_at_once(void **state)
{
    struct story *s = (struct story *)*state;

    story_stream(s);
    story_start(s);
    story_pass(s, 100);
    story_flow(s, SIPREG_FLOW_DOWN);
    assert_event(s, SIPREG_EVENT_RETRYING, SIPREG_TRANSPORT);
    assert_true(story_event(s)->retry_in >= 30000);
    assert_int_equal(story_grant(s, 100), SIPREG_LATE);
    assert_true(story_until_sent(s, 60 * 1000));
    assert_int_equal(s->opens, 2);
    assert_string_equal(story_field(s, LAST, "CSeq"), "2 REGISTER");
}

static void a_flow_lost_at_rest_renews_the_binding_at_once(void **state)
{
    struct story *s = (struct story *)*state;

    story_stream(s);
    story_register(s, "n1", 3600);
    story_pass(s, 30 * 1000); /* just long enough to have settled */
    story_flow(s, SIPREG_FLOW_DOWN);
    assert_int_equal(s->opens, 2);
    assert_int_equal(story_requests(s), 3);
    story_flow(s, SIPREG_FLOW_DOWN); /* and again, before it was answered */
    assert_event(s, SIPREG_EVENT_RETRYING, SIPREG_TRANSPORT);
}

static void a_server_that_closes_behind_every_answer_is_no_reason_to_hurry(void **state)
{
    struct story *s = (struct story *)*state;

    story_stream(s);
    story_register(s, "n1", 3600);
    for (size_t i = 0; i < 20; i++) {
        uint64_t at = s->time;
        story_flow(s, SIPREG_FLOW_DOWN);
        assert_int_equal(s->sent, 2 + i);
        assert_event(s, SIPREG_EVENT_RETRYING, SIPREG_TRANSPORT);
        assert_state(s, SIPREG_REGISTERED);
        assert_int_equal(story_event(s)->retry_in, 30000);
        assert_true(story_until_sent(s, 3600 * 1000));
        assert_int_equal(s->time - at, 30000);
        story_grant(s, 3600);
    }
}

static void a_server_that_closes_behind_every_error_is_none_either(void **state)
{
    struct story *s = (struct story *)*state;

    story_stream(s);
    story_register(s, "n1", 36000);
    story_pass(s, 600 * 1000);
    sipreg_client_refresh(&s->client, s->tick);
    story_run(s);
    for (size_t i = 0; i < 10; i++) {
        uint64_t at = s->time;
        story_reply(s, "503 Busy", "");
        story_flow(s, SIPREG_FLOW_DOWN);
        assert_int_equal(s->sent, 3 + i);
        assert_true(story_until_sent(s, 1800 * 1000));
        assert_true(s->time - at >= 30000);
    }
}

static void a_plan_is_kept_if_it_is_sooner_than_the_renewal(void **state)
{
    struct story *s = (struct story *)*state;

    story_stream(s);
    story_register(s, "n1", 20);
    s->jitter = UINT32_MAX;
    story_flow(s, SIPREG_FLOW_DOWN);
    assert_true(story_until_sent(s, 10 * 1000));
    assert_int_equal(s->time, 9500);
}

/* Without an open function the flow is the program's alone. */
static void a_flow_of_the_programs_own_is_waited_for_without_end(void **state)
{
    struct story *s = (struct story *)*state;

    s->config.transport = SIPREG_TCP;
    story_start(s);
    assert_int_equal(s->sent, 1);
    story_flow(s, SIPREG_FLOW_DOWN);
    assert_event(s, SIPREG_EVENT_RETRYING, SIPREG_TRANSPORT);
    assert_int_equal(story_event(s)->retry_in, SIPREG_FOREVER);
    assert_state(s, SIPREG_WAITING);
    story_pass(s, 7200 * 1000);
    assert_int_equal(story_run(s), SIPREG_FOREVER);
    story_flow(s, SIPREG_FLOW_UP);
    assert_int_equal(s->sent, 2);
    story_grant(s, 100);
    story_pass(s, 1000);
    story_flow(s, SIPREG_FLOW_UP); /* no news */
    assert_int_equal(s->sent, 2);
    story_flow(s, SIPREG_FLOW_DOWN);
    assert_int_equal(s->sent, 2);
    assert_state(s, SIPREG_REGISTERED);
    story_pass(s, 100 * 1000);
    assert_event(s, SIPREG_EVENT_UNREGISTERED, SIPREG_TIMEOUT);
    assert_state(s, SIPREG_WAITING);
}

static void without_a_flow_removals_and_queries_end_at_once(void **state)
{
    struct story *s = (struct story *)*state;

    s->config.transport = SIPREG_TLS;
    story_init(s);
    story_flow(s, SIPREG_FLOW_DOWN);
    sipreg_client_query(&s->client, s->tick);
    story_run(s);
    assert_event(s, SIPREG_EVENT_REFUSED, SIPREG_TRANSPORT);
    sipreg_client_stop(&s->client, s->tick);
    story_run(s);
    assert_event(s, SIPREG_EVENT_UNREGISTERED, SIPREG_TRANSPORT);
    story_start(s);
    assert_state(s, SIPREG_WAITING);
    assert_int_equal(story_run(s), SIPREG_FOREVER);
    assert_int_equal(s->sent, 0);
}

static void whoever_reopens_for_a_server_that_errs_and_closes_does_not_storm(void **state)
{
    struct story *s = (struct story *)*state;

    s->config.transport = SIPREG_TCP;
    story_start(s);
    for (int i = 0; i < 100; i++) { /* ten seconds */
        if (s->outstanding)
            story_reply(s, "503 Busy", "Retry-After: 60\r\n");
        story_flow(s, SIPREG_FLOW_DOWN);
        story_pass(s, 100);
        story_flow(s, SIPREG_FLOW_UP);
    }
    assert_int_equal(s->sent, 1);
    assert_true(story_until_sent(s, 63 * 1000));
    story_grant(s, 100);
    assert_state(s, SIPREG_REGISTERED);
}

static void whoever_reopens_for_a_server_that_just_closes_does_not_storm(void **state)
{
    struct story *s = (struct story *)*state;

    s->config.transport = SIPREG_TCP;
    story_start(s);
    for (int i = 0; i < 100; i++) {
        story_flow(s, SIPREG_FLOW_DOWN);
        story_flow(s, SIPREG_FLOW_UP);
    }
    assert_int_equal(s->sent, 2);
    assert_true(story_until_sent(s, 120 * 1000));
}

static void an_icmp_error_ends_the_request_and_the_next_is_sent_all_the_same(void **state)
{
    struct story *s = (struct story *)*state;

    story_start(s);
    story_pass(s, 600);
    story_flow(s, SIPREG_FLOW_DOWN);
    assert_event(s, SIPREG_EVENT_RETRYING, SIPREG_TRANSPORT);
    assert_true(story_event(s)->retry_in >= 30000);
    assert_int_equal(s->sent, 2);
    assert_true(story_until_sent(s, 60 * 1000));
    story_grant(s, 100);
    story_flow(s, SIPREG_FLOW_DOWN); /* of something else */
    assert_state(s, SIPREG_REGISTERED);
    assert_int_equal(s->told, 2);
    story_flow(s, SIPREG_FLOW_UP);
    assert_int_equal(story_requests(s), 2);
}

static void a_flow_nobody_needs_is_closed(void **state)
{
    struct story *s = (struct story *)*state;

    story_stream(s);
    story_init(s);
    assert_int_equal(sipreg_client_flow(&s->client, s->tick, SIPREG_FLOW_UP), SIPREG_OK);
    assert_int_equal(sipreg_client_deadline(&s->client, s->tick), 0);
    story_run(s);
    assert_int_equal(s->closes, 1);
}

static void moving_while_a_flow_opens_tells_its_address(void **state)
{
    struct story *s = (struct story *)*state;

    story_stream(s);
    story_register(s, "n1", 100);
    s->opening = OPENS_LATER;
    story_flow(s, SIPREG_FLOW_DOWN);
    assert_true(story_event(s)->refresh_in > 0);
    story_pass(s, 60 * 1000);
    assert_int_equal(s->opens, 2);
    assert_int_equal(sipreg_client_move(&s->client, s->tick, "192.0.2.10:40001"), SIPREG_OK);
    story_run(s);
    assert_int_equal(s->opens, 2);
    assert_int_equal(s->closes, 0);
    story_flow(s, SIPREG_FLOW_UP);
    assert_memory_equal(story_field(s, LAST, "Via"), "SIP/2.0/TCP 192.0.2.10:40001;", 29);
    assert_int_equal(story_count(s, LAST, "Contact"), 2); /* the old one is removed */
}

static void a_flow_that_is_to_be_closed_comes_up_too_late(void **state)
{
    struct story *s = (struct story *)*state;

    story_stream(s);
    s->opening = OPENS_LATER;
    story_start(s);
    sipreg_client_move(&s->client, s->tick, NULL);
    sipreg_client_flow(&s->client, s->tick, SIPREG_FLOW_UP); /* the old one */
    story_run(s);
    assert_int_equal(s->closes, 1);
    assert_int_equal(s->opens, 2);
    assert_int_equal(s->sent, 0);
    story_flow(s, SIPREG_FLOW_UP);
    assert_int_equal(s->sent, 1);
}

/* UDP with an open function: it looks the registrar up, say. */
static void datagrams_too_may_be_opened(void **state)
{
    struct story *s = (struct story *)*state;

    story_stream(s);
    s->config.transport = SIPREG_UDP;
    story_register(s, "n1", 3600);
    assert_int_equal(s->opens, 1);
    story_flow(s, SIPREG_FLOW_DOWN);
    assert_int_equal(s->opens, 1); /* nobody waits at our end of a connection */
    assert_true(story_until_sent(s, 3600 * 1000));
    assert_int_equal(s->opens, 2);
    story_flow(s, SIPREG_FLOW_DOWN);
    assert_event(s, SIPREG_EVENT_RETRYING, SIPREG_TRANSPORT);
}

/* Whoever opens it, and whoever closes it: a refusal is waited out. */
static void a_new_flow_is_no_way_around_a_refusal(void **state)
{
    struct story *s = (struct story *)*state;

    for (int own = 0; own < 2; own++) {
        story_stream(s);
        if (own)
            s->io.open = NULL, s->io.close = NULL;
        s->config.refused_retry = 1800;
        story_anew(s);
        story_reply(s, "403 Forbidden", "");
        story_flow(s, SIPREG_FLOW_DOWN);
        story_pass(s, 1000);
        if (own)
            story_flow(s, SIPREG_FLOW_UP);
        story_pass(s, 1798 * 1000);
        assert_int_equal(s->sent, 1);
        assert_true(story_until_sent(s, 1000));
    }
}

static void after_a_success_a_new_flow_is_a_new_binding_again(void **state)
{
    struct story *s = (struct story *)*state;

    s->config.transport = SIPREG_TCP;
    story_start(s);
    story_reply(s, "503 Busy", "");
    assert_true(story_until_sent(s, 60 * 1000));
    story_grant(s, 3600);
    story_flow(s, SIPREG_FLOW_DOWN);
    story_flow(s, SIPREG_FLOW_UP);
    assert_int_equal(s->sent, 3);
}

static void a_back_off_counts_from_the_loss(void **state)
{
    struct story *s = (struct story *)*state;

    story_start(s);
    s->tick += 10000;
    s->time += 10000;
    story_flow(s, SIPREG_FLOW_DOWN);
    assert_int_equal(story_event(s)->retry_in, 30000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORY(a_stream_is_opened_used_and_closed),
        STORY(what_opens_later_is_waited_for),
        STORY(an_open_that_never_ends_is_ended),
        STORY(an_open_that_fails_is_tried_again_with_a_back_off),
        STORY(a_flow_lost_under_a_request_ends_it_at_once),
        STORY(a_flow_lost_at_rest_renews_the_binding_at_once),
        STORY(a_server_that_closes_behind_every_answer_is_no_reason_to_hurry),
        STORY(a_server_that_closes_behind_every_error_is_none_either),
        STORY(a_plan_is_kept_if_it_is_sooner_than_the_renewal),
        STORY(a_flow_of_the_programs_own_is_waited_for_without_end),
        STORY(without_a_flow_removals_and_queries_end_at_once),
        STORY(whoever_reopens_for_a_server_that_errs_and_closes_does_not_storm),
        STORY(whoever_reopens_for_a_server_that_just_closes_does_not_storm),
        STORY(an_icmp_error_ends_the_request_and_the_next_is_sent_all_the_same),
        STORY(a_flow_nobody_needs_is_closed),
        STORY(moving_while_a_flow_opens_tells_its_address),
        STORY(a_flow_that_is_to_be_closed_comes_up_too_late),
        STORY(datagrams_too_may_be_opened),
        STORY(a_new_flow_is_no_way_around_a_refusal),
        STORY(after_a_success_a_new_flow_is_a_new_binding_again),
        STORY(a_back_off_counts_from_the_loss),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
