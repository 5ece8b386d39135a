/*
 * test_schedule.c - when to refresh, how long to back off: the formulas, over their whole range.
 */
#include "support.h"

#include "schedule.h"

static void a_refresh_leaves_its_lead(void **state)
{
    static const struct {
        int64_t granted;
        uint64_t latest;
    } cases[] = {
        {1, 500},
        {2, 1000},
        {63, 31500},
        {64, 32000}, /* half, up to twice 64*T1 */
        {65, 33000}, /* then 64*T1 */
        {320, 288000},
        {321, 288900}, /* then a tenth */
        {5700, 5130000},
        {6000, 5400000},
        {6001, 5401000}, /* then 600 s */
        {604800, 604200000},
        {4294967295, 4294966695000},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        uint64_t latest = cases[i].latest,
                 most = sipreg_schedule_refresh(cases[i].granted, 500, UINT32_MAX);
        assert_true(sipreg_schedule_refresh(cases[i].granted, 500, 0) == latest - latest / 20);
        assert_true(most <= latest && most + 1 + latest / 20 / UINT32_MAX >= latest);
    }
}

static void a_long_t1_makes_a_long_lead(void **state)
{
    (void)state;
    assert_true(sipreg_schedule_refresh(300, 2000, UINT32_MAX) == 171999);
    assert_true(sipreg_schedule_refresh(200, 2000, UINT32_MAX) == 99999);
    assert_true(sipreg_schedule_refresh(3600, UINT32_MAX, UINT32_MAX) == 1799999);
}

static void chance_moves_evenly_through_the_range(void **state)
{
    uint64_t last = 0;

    (void)state;
    for (uint32_t i = 0; i < 16; i++) {
        uint64_t at = sipreg_schedule_refresh(100000, 500, i << 28);
        assert_true(at > last);
        if (i > 0)
            assert_in_range(at - last, 310624, 310626); /* 4970000 / 16 */
        last = at;
    }
}

static uint64_t retry(uint64_t base, uint64_t max, unsigned failures, uint64_t valid_for,
                      int64_t retry_after, uint32_t random)
{
    struct sipreg_backoff backoff = {base, max, failures, valid_for, retry_after};

    return sipreg_schedule_retry(&backoff, random);
}

static void waits_double_up_to_the_most(void **state)
{
    (void)state;
    assert_int_equal(retry(30, 1800, 0, 0, -1, 0), 15000);
    assert_int_equal(retry(30, 1800, 1, 0, -1, 0), 30000);
    assert_int_equal(retry(30, 1800, 1, 0, -1, UINT32_MAX), 59999);
    assert_int_equal(retry(30, 1800, 5, 0, -1, 0), 480000);
    assert_int_equal(retry(30, 1800, 6, 0, -1, 0), 900000);
    assert_int_equal(retry(30, 1800, 255, 0, -1, UINT32_MAX), 1799999);
    assert_int_equal(retry(4000, 1800, 1, 0, -1, 0), 900000);
    assert_int_equal(retry(1, 1, 9, 0, -1, 0), 5000); /* never faster */
    assert_int_equal(retry(6, 1800, 0, 0, -1, 2863311531), 5000);
    assert_true(retry(3 * (uint64_t)UINT32_MAX, UINT32_MAX, 255, 0, -1, 0) ==
                (uint64_t)UINT32_MAX * 500);
}

static void a_living_binding_is_tried_before_half_of_its_rest(void **state)
{
    (void)state;
    assert_int_equal(retry(90, 1800, 1, 1000000, -1, 0), 90000);
    assert_int_equal(retry(90, 1800, 1, 200000, -1, 0), 90000);
    assert_int_equal(retry(90, 1800, 1, 180000, -1, 0), 90000);
    assert_int_equal(retry(90, 1800, 1, 100000, -1, 0), 25000); /* not all at the same instant */
    assert_int_equal(retry(90, 1800, 1, 100000, -1, UINT32_MAX), 49999);
    assert_int_equal(retry(90, 1800, 1, 10001, -1, 0), 5000);
    assert_int_equal(retry(90, 1800, 1, 1, -1, 0), 5000);
}

static void retry_after_is_the_least(void **state)
{
    (void)state;
    assert_int_equal(retry(30, 1800, 1, 0, 0, 0), 30000);
    assert_int_equal(retry(30, 1800, 1, 0, 29, 0), 30000);
    assert_int_equal(retry(30, 1800, 1, 0, 30, 0), 30000);
    assert_int_equal(retry(30, 1800, 1, 0, 31, 0), 31000);
    assert_int_equal(retry(30, 1800, 1, 0, 45, 0x80000000), 45000);
    assert_int_equal(retry(30, 1800, 1, 0, 100, UINT32_MAX), 104999);
    assert_int_equal(retry(1, 1, 0, 0, 5, 0), 5000); /* as long as we wait anyway */
    assert_int_equal(retry(1, 1, 0, 0, 5, UINT32_MAX), 7499);
    assert_int_equal(retry(30, 1800, 1, 40000, 100, 0), 100000); /* though the binding lapses */
    assert_int_equal(retry(30, 1800, 1, 0, 86400, 0), 86400000);
    assert_int_equal(retry(30, 1800, 1, 0, 86401, 0), 86400000);
    assert_int_equal(retry(30, 1800, 1, 0, 4294967295, 0), 86400000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_refresh_leaves_its_lead),
        TEST(a_long_t1_makes_a_long_lead),
        TEST(chance_moves_evenly_through_the_range),
        TEST(waits_double_up_to_the_most),
        TEST(a_living_binding_is_tried_before_half_of_its_rest),
        TEST(retry_after_is_the_least),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
