/*
 * cmocka.h - as much of cmocka as the tests of the library use, on any C99 with longjmp.
 *
 * cmocka wants an operating system, and a build of it for each target; this has the same names, so
 * that the same tests run where there is neither. What stands in runner.c counts cases and prints
 * those that fail.
 */
#ifndef SIPREG_TESTS_FIRMWARE_CMOCKA_H
#define SIPREG_TESTS_FIRMWARE_CMOCKA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct CMUnitTest {
    const char *name;
    void (*test)(void **state);
    int (*setup)(void **state);
    int (*teardown)(void **state);
};

#define cmocka_unit_test(function)                                                                 \
    {                                                                                              \
#function, function, NULL, NULL                                                            \
    }
#define cmocka_unit_test_teardown(function, teardown)                                              \
    {                                                                                              \
#function, function, NULL, teardown                                                        \
    }
#define cmocka_unit_test_setup_teardown(function, setup, teardown)                                 \
    {                                                                                              \
#function, function, setup, teardown                                                       \
    }

#define cmocka_run_group_tests(tests, setup, teardown)                                             \
    runner_group((tests), sizeof(tests) / sizeof(tests)[0])
int runner_group(const struct CMUnitTest *tests, size_t count);

/* End the case. */
void _fail(const char *file, int line);
void runner_skip(void);
#define skip()        runner_skip()
#define fail()        _fail(__FILE__, __LINE__)
#define fail_msg(...) (print_error(__VA_ARGS__), print_error("\n"), fail())

#if defined(__GNUC__)
__attribute__((format(printf, 1, 2)))
#endif
void print_error(const char *format, ...);

/* Numbers and pointers are compared as the widest integers, as cmocka does. */
void runner_true(bool so, const char *what, const char *file, int line);
void runner_equal(uintmax_t a, uintmax_t b, bool equal, const char *file, int line);
void runner_range(uintmax_t a, uintmax_t low, uintmax_t high, const char *file, int line);
void runner_string(const char *a, const char *b, bool equal, const char *file, int line);
void runner_memory(const void *a, const void *b, size_t n, bool equal, const char *file, int line);

#define assert_true(a)             runner_true((a) ? true : false, #a, __FILE__, __LINE__)
#define assert_false(a)            runner_true((a) ? false : true, "not " #a, __FILE__, __LINE__)
#define assert_non_null(a)         runner_true((a) != NULL, #a " != NULL", __FILE__, __LINE__)
#define assert_null(a)             runner_true((a) == NULL, #a " == NULL", __FILE__, __LINE__)
#define assert_ptr_equal(a, b)     runner_true((a) == (b), #a " == " #b, __FILE__, __LINE__)
#define assert_ptr_not_equal(a, b) runner_true((a) != (b), #a " != " #b, __FILE__, __LINE__)
#define assert_int_equal(a, b)                                                                     \
    runner_equal((uintmax_t)(a), (uintmax_t)(b), true, __FILE__, __LINE__)
#define assert_int_not_equal(a, b)                                                                 \
    runner_equal((uintmax_t)(a), (uintmax_t)(b), false, __FILE__, __LINE__)
#define assert_in_range(a, low, high)                                                              \
    runner_range((uintmax_t)(a), (uintmax_t)(low), (uintmax_t)(high), __FILE__, __LINE__)
#define assert_string_equal(a, b)        runner_string((a), (b), true, __FILE__, __LINE__)
#define assert_string_not_equal(a, b)    runner_string((a), (b), false, __FILE__, __LINE__)
#define assert_memory_equal(a, b, n)     runner_memory((a), (b), (n), true, __FILE__, __LINE__)
#define assert_memory_not_equal(a, b, n) runner_memory((a), (b), (n), false, __FILE__, __LINE__)

#endif
