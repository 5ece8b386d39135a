/*
 * test_client_waiting.c - refreshes that are put off, wake-ups that are shared, removals that must
 * not take long.
 */
#include "story.h"

static void hold(struct story *s, bool held)
{
    assert_int_equal(sipreg_client_hold(&s->client, s->tick, held), SIPREG_OK);
}

/* ---------------------------------------------------------------- hold */

static void a_held_refresh_goes_out_when_it_is_let_go(void **state)
{
    struct story *s = (struct story *)*state;

    story_start(s);
    story_grant(s, 600);
    hold(s, true);
    assert_false(story_until_sent(s, 560 * 1000));
    hold(s, false);
    story_run(s);
    assert_int_equal(story_requests(s), 2);
}

/* With time for one more try: 64*T1, or a quarter of a short grant. */
static void a_held_refresh_does_not_let_the_binding_lapse(void **state)
{
    static const struct {
        long granted;
        uint64_t latest;
    } rows[] = {{600, 568 * 1000}, {60, 45 * 1000}};
    struct story *s = (struct story *)*state;

    for (size_t i = 0; i < COUNT(rows); i++) {
        story_anew(s);
        story_grant(s, rows[i].granted);
        hold(s, true);
        assert_false(story_until_sent(s, rows[i].latest - 1));
        assert_true(story_until_sent(s, 1));
        story_grant(s, rows[i].granted); /* held as well */
        assert_int_equal(story_event(s)->refresh_in, rows[i].latest);
        hold(s, false);
        story_pass(s, 1000);
    }
}

static void a_hold_without_an_end_in_sight_changes_nothing_else(void **state)
{
    struct story *s = (struct story *)*state;

    story_start(s);
    hold(s, true); /* nothing is bound yet */
    story_grant(s, 600);
    assert_int_equal(sipreg_client_refresh(&s->client, s->tick), SIPREG_OK);
    story_run(s);
    assert_int_equal(story_requests(s), 2); /* who asks for it gets it */
    story_grant(s, 600);
    story_move(s, "192.0.2.55:5060");
    assert_int_equal(story_requests(s), 3);
    story_reply(s, "500 Error", "");
    hold(s, false);
    hold(s, true);
    assert_true(story_until_sent(s, 300 * 1000)); /* a new try is no planned refresh */
}

static void letting_go_what_was_not_held_moves_nothing(void **state)
{
    struct story *s = (struct story *)*state;
    uint32_t wait;

    story_start(s);
    story_grant(s, 600);
    wait = story_run(s);
    hold(s, false);
    assert_int_equal(story_run(s), wait);
    hold(s, true);
    hold(s, true);
    assert_int_equal(story_run(s), 568 * 1000);
    hold(s, false);
    assert_int_equal(story_run(s), wait);
}

/* ---------------------------------------------------------------- coarse */

static void coarse_refreshes_and_keepalives_go_at_multiples_of_the_callers_clock(void **state)
{
    struct story *s = (struct story *)*state;

    s->config.coarse = 10 * 1000;
    s->config.keepalive = &sipreg_keepalive;
    s->config.ping = SIPREG_PING_ALWAYS;
    s->config.ping_every = 60;
    s->tick = 123456;
    story_start(s);
    story_grant(s, 600);
    for (int i = 0; i < 8; i++) {
        assert_true(story_until_ping(s, 60 * 1000));
        assert_int_equal(s->tick % 10000, 0);
    }
    assert_true(story_until_sent(s, 600 * 1000));
    assert_int_equal(s->tick % 10000, 0);
}

static void what_cannot_wait_nor_come_early_goes_when_it_is_time(void **state)
{
    struct story *s = (struct story *)*state;
    uint64_t start;

    s->config.coarse = 3600 * 1000;
    s->tick = 5000;
    story_start(s);
    start = s->time;
    assert_true(story_until_sent(s, 500));
    assert_int_equal(s->time - start, 500); /* a repetition */
    story_grant(s, 600);
    assert_true(story_until_sent(s, 600 * 1000)); /* no multiple lies before it */
    assert_true(s->time - start > 400 * 1000);
}

/* ---------------------------------------------------------------- stop */

static void a_removal_ends_in_time_without_an_answer(void **state)
{
    struct story *s = (struct story *)*state;

    story_start(s);
    story_grant(s, 600);
    assert_int_equal(sipreg_client_stop_within(&s->client, s->tick, 2000), SIPREG_OK);
    story_run(s);
    assert_string_equal(story_field(s, LAST, "Expires"), "0");
    story_pass(s, 1999);
    assert_state(s, SIPREG_UNREGISTERING);
    story_pass(s, 1);
    assert_event(s, SIPREG_EVENT_UNREGISTERED, SIPREG_TIMEOUT);
    assert_state(s, SIPREG_IDLE);
    assert_int_equal(story_reply(s, "200 OK", ""), SIPREG_LATE);
}

static void a_removal_in_time_is_one_like_any(void **state)
{
    struct story *s = (struct story *)*state;

    story_start(s);
    story_grant(s, 600);
    sipreg_client_stop_within(&s->client, s->tick, 2000);
    story_run(s);
    story_reply(s, "200 OK", "");
    assert_event(s, SIPREG_EVENT_UNREGISTERED, SIPREG_OK);
    story_pass(s, 5000);
    assert_int_equal(s->told, 2);
    story_start(s);
    story_grant(s, 600);
    sipreg_client_stop(&s->client, s->tick); /* the time is over with the removal it was for */
    story_run(s);
    story_pass(s, 30 * 1000);
    assert_state(s, SIPREG_UNREGISTERING);
    story_reply(s, "200 OK", "");
}

/* Neither the answer to the registration under way nor a flow that opens is waited for. */
static void the_end_holds_whatever_is_under_way(void **state)
{
    struct story *s = (struct story *)*state;

    story_start(s);
    sipreg_client_stop_within(&s->client, s->tick, 1000);
    story_pass(s, 1000);
    assert_event(s, SIPREG_EVENT_UNREGISTERED, SIPREG_TIMEOUT);
    s->outstanding = false;
    story_stream(s);
    s->opening = OPENS_LATER;
    story_anew(s);
    sipreg_client_stop_within(&s->client, s->tick, 1000);
    story_pass(s, 1000);
    assert_event(s, SIPREG_EVENT_UNREGISTERED, SIPREG_TIMEOUT);
    assert_int_equal(s->closes, 1);
    assert_int_equal(s->sent, 0);
}

static void a_start_takes_it_back(void **state)
{
    struct story *s = (struct story *)*state;

    story_start(s);
    story_grant(s, 600);
    sipreg_client_stop_within(&s->client, s->tick, 1000);
    sipreg_client_start(&s->client, s->tick);
    story_pass(s, 2000);
    assert_state(s, SIPREG_REGISTERED);
    sipreg_client_stop(&s->client, s->tick);
    story_pass(s, 2000);
    assert_state(s, SIPREG_UNREGISTERING);
}

static void no_time_at_all_is_the_next_millisecond(void **state)
{
    struct story *s = (struct story *)*state;

    story_start(s);
    story_grant(s, 600);
    sipreg_client_stop_within(&s->client, s->tick, 0);
    assert_int_equal(story_run(s), 1);
    assert_int_equal(story_requests(s), 2);
    story_pass(s, 1);
    assert_event(s, SIPREG_EVENT_UNREGISTERED, SIPREG_TIMEOUT);
}

static void a_client_without_a_config_does_none_of_it(void **state)
{
    struct sipreg_client client;

    (void)state;
    memset(&client, 0, sizeof client);
    assert_int_equal(sipreg_client_hold(&client, 0, true), SIPREG_STATE);
    assert_int_equal(sipreg_client_stop_within(&client, 0, 1), SIPREG_STATE);
    assert_int_equal(sipreg_client_partial(&client, 0), SIPREG_STATE);
    assert_int_equal(sipreg_client_pong(&client, 0, "\r\n", 2), SIPREG_STATE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORY(a_held_refresh_goes_out_when_it_is_let_go),
        STORY(a_held_refresh_does_not_let_the_binding_lapse),
        STORY(a_hold_without_an_end_in_sight_changes_nothing_else),
        STORY(letting_go_what_was_not_held_moves_nothing),
        STORY(coarse_refreshes_and_keepalives_go_at_multiples_of_the_callers_clock),
        STORY(what_cannot_wait_nor_come_early_goes_when_it_is_time),
        STORY(a_removal_ends_in_time_without_an_answer),
        STORY(a_removal_in_time_is_one_like_any),
        STORY(the_end_holds_whatever_is_under_way),
        STORY(a_start_takes_it_back),
        STORY(no_time_at_all_is_the_next_millisecond),
        STORY(a_client_without_a_config_does_none_of_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
