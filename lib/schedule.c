/*
 * schedule.c - when to refresh, how long to back off.
 *
 * A refresh leaves room for the server to be found lost (64*T1) and for one more try, but for short
 * grants, where half of the time has to do (RFC 5627 4.2 has the same rule). Waits after a failure
 * are those of RFC 5626 4.5, also without outbound: doubling, and random, so that the clients of a
 * registrar which comes back do not come all at once, whatever cuts the waits short.
 */
#include "schedule.h"

enum { RETRY_MIN = 5 * 1000 };           /* ms: not faster, however soon the binding lapses */
#define LEAD_MAX        UINT32_C(600000) /* ms */
#define RETRY_AFTER_MAX INT32_C(86400)   /* seconds: no server silences us for longer */

/* Uniform between low and high. */
static uint64_t between(uint64_t low, uint64_t high, uint32_t random)
{
    uint64_t range = high - low;

    /* the range in two parts, so that the product fits for any */
    return low + (range >> 32) * random + (((range & UINT32_MAX) * random) >> 32);
}

uint64_t sipreg_schedule_refresh(int64_t granted, uint32_t t1, uint32_t random)
{
    uint64_t whole = (uint64_t)granted * 1000, lost = 64 * (uint64_t)t1, lead;

    if (whole <= 2 * lost) {
        lead = whole / 2;
    } else {
        lead = whole / 10 < LEAD_MAX ? whole / 10 : LEAD_MAX;
        if (lead < lost)
            lead = lost;
    }
    return between(whole - lead - (whole - lead) / 20, whole - lead, random);
}

/* base * 2^failures, at most max; in ms. */
static uint64_t ceiling(const struct sipreg_backoff *backoff)
{
    uint64_t wait = backoff->base, max = backoff->max;

    for (unsigned i = 0; i < backoff->failures && wait < max; i++)
        wait *= 2;
    return (wait < max ? wait : max) * 1000;
}

uint64_t sipreg_schedule_retry(const struct sipreg_backoff *backoff, uint32_t random)
{
    uint64_t most = ceiling(backoff), wait = between(most / 2, most, random), after;

    if (backoff->valid_for > 0 && wait > backoff->valid_for / 2)
        wait = between(backoff->valid_for / 4, backoff->valid_for / 2, random);
    if (wait < RETRY_MIN)
        wait = between(RETRY_MIN, RETRY_MIN + RETRY_MIN / 2, random);
    if (backoff->retry_after >= 0) {
        after = (uint64_t)(backoff->retry_after < RETRY_AFTER_MAX ? backoff->retry_after
                                                                  : RETRY_AFTER_MAX) *
                1000;
        if (wait < after)
            wait = between(after, after + after / 20, random);
    }
    return wait;
}
