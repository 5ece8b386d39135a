/*
 * schedule.h - when to refresh, how long to back off. All in ms; random is 32 random bits.
 */
#ifndef SIPREG_LIB_SCHEDULE_H
#define SIPREG_LIB_SCHEDULE_H

#include <stdint.h>

/* From sending the request that was granted so many seconds, to sending the next. */
uint64_t sipreg_schedule_refresh(int64_t granted, uint32_t t1, uint32_t random);

struct sipreg_backoff {
    uint64_t base;       /* seconds */
    uint64_t max;        /* seconds */
    unsigned failures;   /* in a row, from 1 */
    uint64_t valid_for;  /* ms that a binding still lives; 0: there is none */
    int64_t retry_after; /* seconds, or below zero: the server did not say */
};

/* From the failure to the next try. */
uint64_t sipreg_schedule_retry(const struct sipreg_backoff *backoff, uint32_t random);

#endif
