/*
 * test_client_timers.c - when things happen (RFC 3261 17.1.2, RFC 5626 4.5).
 */
#include "story.h"

static void without_an_answer_eleven_sends_and_then_a_timeout_at_32_seconds(void **state)
{
    static const uint64_t times[] = {0,     500,   1500,  3500,  7500, 11500,
                                     15500, 19500, 23500, 27500, 31500};
    struct story *s = (struct story *)*state;

    story_start(s);
    story_pass(s, 31999);
    assert_int_equal(s->sent, 11);
    for (size_t i = 0; i < 11; i++)
        assert_int_equal(s->sends[i].at, times[i]);
    assert_int_equal(s->told, 0);
    story_pass(s, 1);
    assert_int_equal(s->told, 1);
    assert_event(s, SIPREG_EVENT_RETRYING, SIPREG_TIMEOUT);
    assert_int_equal(story_event(s)->status, 0);
    assert_state(s, SIPREG_WAITING);
    assert_int_equal(s->sent, 11);
}

static void a_provisional_response_slows_down_and_stops_nothing(void **state)
{
    static const uint64_t times[] = {0, 500, 4500, 8500, 12500, 16500, 20500, 24500, 28500};
    struct story *s = (struct story *)*state;

    story_start(s);
    story_pass(s, 100);
    assert_int_equal(story_reply(s, "100 Trying", ""), SIPREG_OK);
    assert_int_equal(story_reply(s, "183 Progress", ""), SIPREG_OK);
    story_pass(s, 31899);
    assert_int_equal(s->sent, COUNT(times));
    for (size_t i = 0; i < COUNT(times); i++)
        assert_int_equal(s->sends[i].at, times[i]);
    assert_int_equal(story_reply(s, "100 Trying", ""), SIPREG_OK);
    story_pass(s, 1);
    assert_event(s, SIPREG_EVENT_RETRYING, SIPREG_TIMEOUT);
}

static void a_stream_repeats_nothing_but_times_out_all_the_same(void **state)
{
    struct story *s = (struct story *)*state;

    story_stream(s);
    story_start(s);
    story_pass(s, 31999);
    assert_int_equal(s->sent, 1);
    assert_int_equal(s->closes, 0);
    story_pass(s, 1);
    assert_event(s, SIPREG_EVENT_RETRYING, SIPREG_TIMEOUT);
    assert_int_equal(s->closes, 1); /* a flow without an answer is dead */
}

static void the_timers_are_configurable(void **state)
{
    static const uint64_t times[] = {0, 2000, 5000, 8000};
    struct story *s = (struct story *)*state;

    s->config.t1 = 2000;
    s->config.t2 = 3000;
    s->config.t4 = 1000;
    story_start(s);
    story_pass(s, 9000);
    assert_int_equal(s->sent, COUNT(times));
    for (size_t i = 0; i < COUNT(times); i++)
        assert_int_equal(s->sends[i].at, times[i]);
    story_pass(s, 128 * 1000 - 9001);
    assert_int_equal(s->told, 0);
    story_pass(s, 1);
    assert_event(s, SIPREG_EVENT_RETRYING, SIPREG_TIMEOUT);
    assert_true(story_until_sent(s, 60 * 1000));
    story_grant(s, 3600);
    story_pass(s, 999);
    assert_int_equal(story_grant(s, 3600), SIPREG_OK); /* absorbed */
    story_pass(s, 1);
    assert_int_equal(story_grant(s, 3600), SIPREG_LATE);
}

static void whoever_comes_late_sends_once_and_not_all_that_was_missed(void **state)
{
    struct story *s = (struct story *)*state;

    story_start(s);
    s->tick += 10000;
    s->time += 10000;
    story_run(s);
    assert_int_equal(s->sent, 2);
    s->tick += 40000;
    s->time += 40000;
    story_run(s);
    assert_int_equal(s->sent, 2);
    assert_event(s, SIPREG_EVENT_RETRYING, SIPREG_TIMEOUT);
}

static void waits_double_and_are_random_from_half_of_it(void **state)
{
    static const uint64_t most[] = {60, 120, 240, 480, 960, 1800, 1800, 1800};
    struct story *s = (struct story *)*state;

    story_start(s);
    for (unsigned i = 0; i < 2 * COUNT(most); i++) {
        uint64_t w = most[i / 2] * 1000;
        s->jitter = i % 2 == 0 ? 0 : UINT32_MAX;
        if (i % 2 == 1)
            s->client.failures--; /* the same step again, with the other end of the range */
        story_reply(s, "503 Service Unavailable", "");
        assert_event(s, SIPREG_EVENT_RETRYING, SIPREG_STATUS);
        assert_int_equal(story_event(s)->retry_in, i % 2 == 0 ? w / 2 : w - 1);
        assert_true(story_until_sent(s, w));
        assert_int_equal(s->time - s->events[s->told - 1].at, story_event(s)->retry_in);
    }
}

static void a_living_binding_waits_longer_but_never_past_half_of_its_life(void **state)
{
    struct story *s = (struct story *)*state;

    s->jitter = UINT32_MAX;
    story_register(s, "n1", 1000);
    assert_true(story_until_sent(s, 1000 * 1000)); /* at 900 s */
    assert_int_equal(s->time, 899999);
    story_reply(s, "500 Oops", "");
    assert_state(s, SIPREG_REGISTERED);
    assert_int_equal(story_event(s)->valid_for, 100001);
    assert_int_equal(story_event(s)->retry_in, 49999);
    assert_true(story_until_sent(s, 100 * 1000));
    story_reply(s, "500 Oops", "");
    assert_int_equal(story_event(s)->retry_in, 25000);
    for (int i = 0; i < 3; i++) {
        assert_true(story_until_sent(s, 100 * 1000));
        story_reply(s, "500 Oops", "");
    }
    assert_int_equal(story_event(s)->retry_in, 7499); /* not faster */
    assert_state(s, SIPREG_REGISTERED);

    sipreg_client_refresh(&s->client, s->tick);
    s->config.retry_base = 10;
    story_run(s);
    story_reply(s, "500 Oops", "");
    assert_true(story_event(s)->retry_in >= 5000);
}

static void a_failed_refresh_is_told_and_the_lapse_too(void **state)
{
    struct story *s = (struct story *)*state;
    size_t lapse;

    story_register(s, "n1", 100);
    story_pass(s, 99999);
    assert_event(s, SIPREG_EVENT_RETRYING, SIPREG_TIMEOUT);
    assert_state(s, SIPREG_REGISTERED);
    story_pass(s, 1);
    assert_event(s, SIPREG_EVENT_UNREGISTERED, SIPREG_TIMEOUT);
    assert_int_not_equal(sipreg_client_state(&s->client), SIPREG_REGISTERED);
    assert_int_equal(story_event(s)->granted, 0);
    assert_int_not_equal(story_event(s)->retry_in, SIPREG_FOREVER);
    lapse = s->told;
    story_pass(s, 3600 * 1000); /* never gives up */
    assert_true(s->told > lapse);
    assert_true(story_until_sent(s, 1800 * 1000));
    story_grant(s, 100);
    assert_event(s, SIPREG_EVENT_REGISTERED, SIPREG_OK);
}

static void success_forgets_the_failures(void **state)
{
    struct story *s = (struct story *)*state;

    story_start(s);
    for (int i = 0; i < 5; i++) {
        story_reply(s, "503 Service Unavailable", "");
        assert_true(story_until_sent(s, 1800 * 1000));
    }
    story_grant(s, 3600);
    assert_true(story_until_sent(s, 3600 * 1000));
    story_reply(s, "503 Service Unavailable", "");
    assert_int_equal(story_event(s)->retry_in, 90000); /* the first step, with a live binding */
}

static void retry_after_is_the_least_and_a_day_the_most(void **state)
{
    static const struct {
        const char *value;
        uint32_t seconds;
    } cases[] = {
        {"120", 120},
        {"3600 (the database is away)", 3600},
        {"18000;duration=3600", 18000},
        {"4294967295", 86400},
        {"0", 30},
        {"10", 30},
        {"Sat, 13 Nov 2032 23:29:00 GMT", 30},
    };
    struct story *s = (struct story *)*state;
    char header[80];

    story_init(s);
    for (size_t i = 0; i < COUNT(cases); i++) {
        story_start(s);
        strcpy(header, "Retry-After: ");
        strcat(strcat(header, cases[i].value), "\r\n");
        story_reply(s, "503 Service Unavailable", header);
        assert_int_equal(story_event(s)->retry_in, cases[i].seconds * 1000);
        s->jitter = UINT32_MAX; /* no sooner, and not all at the same instant */
        story_start(s);
        s->client.failures = 0;
        story_reply(s, "503 Service Unavailable", header);
        assert_true(story_event(s)->retry_in >= cases[i].seconds * 1000);
        if (cases[i].seconds > 30)
            assert_in_range(story_event(s)->retry_in, cases[i].seconds * 1000 + 1,
                            cases[i].seconds * 1050);
        s->jitter = 0;
    }
}

static void the_refresh_is_early_by_the_rule_and_by_chance(void **state)
{
    static const struct {
        long granted;
        uint32_t latest; /* ms after sending */
    } cases[] = {{64, 32000}, {65, 33000}, {100, 68000}, {3600, 3240000}, {86400, 85800000}};
    struct story *s = (struct story *)*state;

    story_start(s);
    for (size_t i = 0; i < COUNT(cases); i++) {
        s->jitter = 0;
        story_grant(s, cases[i].granted);
        assert_int_equal(story_event(s)->refresh_in, cases[i].latest - cases[i].latest / 20);
        sipreg_client_refresh(&s->client, s->tick);
        story_run(s);
        s->jitter = UINT32_MAX;
        story_grant(s, cases[i].granted);
        assert_int_equal(story_event(s)->refresh_in, cases[i].latest - 1);
        sipreg_client_refresh(&s->client, s->tick);
        story_run(s);
    }
}

static void time_counts_from_sending(void **state)
{
    struct story *s = (struct story *)*state;

    story_start(s);
    story_pass(s, 20000);
    story_grant(s, 60);
    assert_int_equal(story_event(s)->valid_for, 40000);
    assert_true(story_until_sent(s, 10000)); /* half of 60 s, from 0 s */
    assert_in_range(s->time, 28500, 30000);
}

static void the_clock_may_wrap_at_any_moment(void **state)
{
    struct story *s = (struct story *)*state;

    for (uint32_t before = 1; before < 200000; before = before * 3 + 1) {
        s->tick = UINT32_MAX - before;
        story_anew(s);
        story_pass(s, 700);
        assert_int_equal(s->sent, 2);
        story_grant(s, 100);
        assert_true(story_until_sent(s, 100000));
        story_pass(s, 32000);
        assert_event(s, SIPREG_EVENT_RETRYING, SIPREG_TIMEOUT);
    }
}

static void a_clock_that_steps_back_costs_nothing_but_that_time(void **state)
{
    struct story *s = (struct story *)*state;
    uint32_t wait;

    story_register(s, "n1", 100);
    story_pass(s, 10000);
    wait = story_run(s);
    s->tick -= 5000;
    assert_int_equal(story_run(s), wait);
    assert_int_equal(s->told, 1);
    assert_true(story_until_sent(s, wait));
}

static void months_are_waited_for_in_steps(void **state)
{
    struct story *s = (struct story *)*state;

    story_start(s);
    story_grant(s, 200L * 24 * 3600);
    assert_int_equal(sipreg_client_deadline(&s->client, s->tick), 24U * 24 * 3600 * 1000);
    assert_int_equal(story_event(s)->refresh_in, SIPREG_FOREVER);
    assert_false(story_until_sent(s, UINT64_C(189) * 24 * 3600 * 1000));
    assert_true(story_until_sent(s, UINT64_C(11) * 24 * 3600 * 1000));
}

static void three_hundred_failures_are_no_limit(void **state)
{
    struct story *s = (struct story *)*state;

    story_start(s);
    for (int i = 0; i < 300; i++) {
        story_reply(s, "503 Service Unavailable", "");
        assert_true(i < 5 || story_event(s)->retry_in == 900000);
        assert_true(story_until_sent(s, 1800 * 1000));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORY(without_an_answer_eleven_sends_and_then_a_timeout_at_32_seconds),
        STORY(a_provisional_response_slows_down_and_stops_nothing),
        STORY(a_stream_repeats_nothing_but_times_out_all_the_same),
        STORY(the_timers_are_configurable),
        STORY(whoever_comes_late_sends_once_and_not_all_that_was_missed),
        STORY(waits_double_and_are_random_from_half_of_it),
        STORY(a_living_binding_waits_longer_but_never_past_half_of_its_life),
        STORY(a_failed_refresh_is_told_and_the_lapse_too),
        STORY(success_forgets_the_failures),
        STORY(retry_after_is_the_least_and_a_day_the_most),
        STORY(the_refresh_is_early_by_the_rule_and_by_chance),
        STORY(time_counts_from_sending),
        STORY(the_clock_may_wrap_at_any_moment),
        STORY(a_clock_that_steps_back_costs_nothing_but_that_time),
        STORY(months_are_waited_for_in_steps),
        STORY(three_hundred_failures_are_no_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
