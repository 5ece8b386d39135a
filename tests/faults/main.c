/*
 * main.c - torture [--quick]: see faults.h. Says how many faults there were.
 */
#include "faults.h"

#include <stdio.h>

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        TEST(every_call_fails_once),
        TEST(several_calls_in_a_row_fail),
        TEST(two_calls_fail),
        TEST(every_scratch_size_is_enough_or_refused),
        TEST(every_writer_is_right_or_says_space),
        TEST(every_cut_of_a_snapshot_is_whole_or_refused),
        TEST(clocks_stand_still_jump_and_wrap),
    };
    int failed;

    quick = argc > 1 && strcmp(argv[1], "--quick") == 0;
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    printf("# %lu fault points were tried\n", fault_points);
    return failed;
}
