/*
 * runner.c - do the unit tests pass here? All of them in one program, whatever the machine.
 *
 * Each test_*.c is compiled with its main() renamed, and named in suites.inc as SUITE(test_x); a
 * case that the machine cannot do stands there as BEYOND(case). A case that fails ends by longjmp;
 * its memory is lost. The last line counts, and is the verdict: without it the machine has crashed.
 */
#include "cmocka.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BEYOND(name)
#define SUITE(name) int main_of_##name(void);
#include "suites.inc"
#undef SUITE
#undef BEYOND

static const char *const beyond[] = {
#define BEYOND(name) #name,
#define SUITE(name)
#include "suites.inc"
#undef SUITE
#undef BEYOND
    NULL};

enum { PASSED, FAILED, SKIPPED };

static jmp_buf out_of_case;
static bool within_case;
static unsigned counts[3];

static void leave(int result)
{
    if (!within_case) {
        printf("FAILED outside of a case\n");
        exit(1);
    }
    longjmp(out_of_case, result);
}

void _fail(const char *file, int line)
{
    printf("%s:%d: failed\n", file, line);
    leave(FAILED);
}

void runner_skip(void)
{
    leave(SKIPPED);
}

/* A machine with little memory cannot do all. */
#if defined(__AVR__)
void *__real_malloc(size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_malloc(size_t size)
{
    void *block = __real_malloc(size);

    if (block == NULL)
        runner_skip();
    return block;
}
#endif

void print_error(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    vprintf(format, arguments);
    va_end(arguments);
}

/* ---------------------------------------------------------------- what is asserted */

void runner_true(bool so, const char *what, const char *file, int line)
{
    if (so)
        return;
    printf("%s\n", what);
    _fail(file, line);
}

/* In hex, by hand: printf for 64 bits is not everywhere. */
static void print_number(uintmax_t number)
{
    printf("0x%08lx%08lx", (unsigned long)(number >> 32 & 0xFFFFFFFF),
           (unsigned long)(number & 0xFFFFFFFF));
}

void runner_equal(uintmax_t a, uintmax_t b, bool equal, const char *file, int line)
{
    if ((a == b) == equal)
        return;
    print_number(a);
    printf(equal ? " != " : " == ");
    print_number(b);
    printf("\n");
    _fail(file, line);
}

void runner_range(uintmax_t a, uintmax_t low, uintmax_t high, const char *file, int line)
{
    if (a >= low && a <= high)
        return;
    print_number(a);
    printf(" is out of range\n");
    _fail(file, line);
}

void runner_string(const char *a, const char *b, bool equal, const char *file, int line)
{
    if (a != NULL && b != NULL && (strcmp(a, b) == 0) == equal)
        return;
    printf("\"%s\" %s \"%s\"\n", a == NULL ? "(null)" : a,
           equal ? "!=" : "==", b == NULL ? "(null)" : b);
    _fail(file, line);
}

void runner_memory(const void *a, const void *b, size_t n, bool equal, const char *file, int line)
{
    if (a != NULL && b != NULL && (memcmp(a, b, n) == 0) == equal)
        return;
    printf("memory %s\n", equal ? "differs" : "is the same");
    _fail(file, line);
}

/* ---------------------------------------------------------------- cases */

static void *state;

/* One step of a case; what it asserts may end it. */
static int step(int (*fixture)(void **), void (*test)(void **))
{
    int result = setjmp(out_of_case);

    if (result != PASSED)
        return result;
    if (test != NULL)
        test(&state);
    return fixture == NULL || fixture(&state) == 0 ? PASSED : FAILED;
}

static bool is_beyond(const char *name)
{
    for (const char *const *p = beyond; *p != NULL; p++) {
        if (strcmp(*p, name) == 0)
            return true;
    }
    return false;
}

/* What was set up is torn down behind a failure too. */
static int result_of(const struct CMUnitTest *test)
{
    int result, end;

    state = NULL;
    within_case = true;
    result = step(test->setup, NULL);
    if (result == PASSED) {
        result = step(NULL, test->test);
        end = step(test->teardown, NULL);
        result = end == PASSED ? result : end;
    }
    within_case = false;
    return result;
}

int runner_group(const struct CMUnitTest *tests, size_t count)
{
    unsigned failed = counts[FAILED];

    for (size_t i = 0; i < count; i++) {
        int result = is_beyond(tests[i].name) ? SKIPPED : result_of(&tests[i]);
        counts[result]++;
        if (result != PASSED)
            printf("%s %s\n", result == FAILED ? "FAILED" : "skipped", tests[i].name);
    }
    return (int)(counts[FAILED] - failed);
}

int main(void)
{
#define BEYOND(name)
#define SUITE(name) main_of_##name();
#include "suites.inc"
#undef SUITE
#undef BEYOND
    printf("%u passed, %u failed, %u skipped\n", counts[PASSED], counts[FAILED], counts[SKIPPED]);
    return counts[FAILED] > 0 ? 1 : 0;
}
