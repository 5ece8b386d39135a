/*
 * test_state.c - the client's clock, and its dice.
 */
#include "story.h"

#include "state.h"

static void a_step_back_counts_as_no_time(void **state)
{
    struct story *s = (struct story *)*state;

    story_init(s);
    sipreg_state_advance(&s->client, 0x7FFFFFFF); /* the longest step there is */
    assert_true(s->client.now == 0x7FFFFFFF);
    sipreg_state_advance(&s->client, 0xFFFFFFFF); /* one more may be a step back */
    assert_true(s->client.now == 0x7FFFFFFF);
    sipreg_state_advance(&s->client, 4); /* it goes on from there, round the end */
    assert_true(s->client.now == UINT64_C(0x80000004));
}

static void what_is_over_is_now_and_what_is_far_away_is_forever(void **state)
{
    static const struct {
        uint64_t at;
        uint32_t wait;
    } cases[] = {
        {0, 0},
        {999, 0},
        {1000, 0},
        {1001, 1},
        {1000 + UINT64_C(0xFFFFFFFE), 0xFFFFFFFE},
        {1000 + UINT64_C(0xFFFFFFFF), SIPREG_FOREVER},
        {1000 + UINT64_C(0x100000000), SIPREG_FOREVER},
        {SIPREG_NEVER, SIPREG_FOREVER},
    };
    struct story *s = (struct story *)*state;

    story_init(s);
    sipreg_state_advance(&s->client, 1000);
    for (size_t i = 0; i < COUNT(cases); i++)
        assert_true(sipreg_state_until(&s->client, cases[i].at) == cases[i].wait);
}

static int broken_off(void *user, void *out, size_t n)
{
    (void)user;
    memset(out, 0xA5, n - 1);
    return -1;
}

static void dice_that_fail_show_0(void **state)
{
    struct story *s = (struct story *)*state;

    story_init(s);
    s->io.random = broken_off;
    assert_int_equal(sipreg_state_jitter(&s->client), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORY(a_step_back_counts_as_no_time),
        STORY(what_is_over_is_now_and_what_is_far_away_is_forever),
        STORY(dice_that_fail_show_0),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
