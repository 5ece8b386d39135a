/*
 * callbacks.c - each function that the client calls fails at each of its calls.
 */
#include "faults.h"

#include <stdio.h>

struct fault_plan fault_plan;
unsigned long fault_points;
bool quick;

static const char *const names[] = {"send",     "random",       "open",          "credentials",
                                    "the hash", "the resolver", "storing state", "fetching state"};

bool fault_strikes(enum fault fault)
{
    unsigned call = ++fault_plan.calls[fault], at = fault_plan.at[fault];

    return at > 0 && call >= at && call - at <= fault_plan.more;
}

/* In this life: these calls, and `more` behind each. The number of calls that were made of it. */
static void suffer(const struct life *life, const unsigned *at, unsigned more, unsigned *calls)
{
    struct story *s = life_begin(life);

    fault_plan.more = s->fail_more = more;
    for (int fault = 0; fault < FAULTS; fault++) {
        fault_plan.at[fault] = at[fault];
        if (fault < CALLS)
            s->fail_at[fault] = at[fault];
    }
    life->live(s);
    for (int fault = 0; fault < FAULTS; fault++) {
        calls[fault] = fault < CALLS ? s->calls[fault] : fault_plan.calls[fault];
        if (at[fault] > 0 && calls[fault] >= at[fault])
            fault_points++;
    }
    life_end(s);
}

/* Every step-th call, from the first one. */
static void fail_each(const struct life *life, enum fault fault, unsigned more, unsigned each)
{
    unsigned at[FAULTS] = {0}, calls[FAULTS];

    at[fault] = 1;
    do {
        suffer(life, at, more, calls);
        at[fault] += each;
    } while (calls[fault] >= at[fault]);
}

static void fail_everywhere(unsigned more, unsigned each)
{
    for (size_t i = 0; i < life_count; i++) {
        for (int fault = 0; fault < FAULTS; fault++) {
            print_message("# a life %s: %s fails%s\n", lives[i].name, names[fault],
                          more > 0 ? " again and again" : "");
            fail_each(&lives[i], (enum fault)fault, more, each);
        }
    }
}

void every_call_fails_once(void **state)
{
    (void)state;
    fail_everywhere(0, 1);
}

void several_calls_in_a_row_fail(void **state)
{
    static const unsigned rows[] = {1, 4, 19};

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++)
        fail_everywhere(rows[i], quick ? 7 : 1);
}

/* One of each of two kinds. */
void two_calls_fail(void **state)
{
    enum { FIRST = 40 };
    unsigned each = quick ? 11 : 1;

    (void)state;
    for (size_t i = 0; i < life_count; i++) {
        for (unsigned n = 1; n <= FIRST; n += each) {
            for (unsigned m = 1; m <= FIRST; m += each) {
                unsigned at[FAULTS] = {0}, calls[FAULTS];
                at[FAULT_RANDOM] = n;
                at[(n + m) % 2 == 0 ? FAULT_SEND : FAULT_HASH] = m;
                suffer(&lives[i], at, 0, calls);
            }
        }
    }
}
