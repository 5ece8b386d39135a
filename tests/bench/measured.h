/*
 * measured.h - what the programs share whose instructions callgrind counts.
 */
#ifndef SIPREG_BENCH_MEASURED_H
#define SIPREG_BENCH_MEASURED_H

#include <stddef.h>
#include <stdint.h>

/* A function by whose name callgrind counts. */
#if defined(__clang__)
#define MEASURED __attribute__((noinline))
#elif defined(__GNUC__)
#define MEASURED __attribute__((noinline, noclone))
#else
#define MEASURED
#endif

/* As a random source, a counter, mixed: two runs are alike, and no two draws. */
static inline int counting(void *user, void *out, size_t n)
{
    static uint32_t next;
    unsigned char *p = (unsigned char *)out;

    (void)user;
    for (size_t i = 0; i < n; i++)
        p[i] = (unsigned char)(++next * UINT32_C(2654435761) >> 24);
    return 0;
}

#endif
