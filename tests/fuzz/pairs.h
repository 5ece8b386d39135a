/*
 * pairs.h - credentials that were written, taken apart without a line of the library.
 */
#ifndef SIPREG_TESTS_FUZZ_PAIRS_H
#define SIPREG_TESTS_FUZZ_PAIRS_H

#include "fuzz.h"

enum { PAIRS = 16 };

struct pair {
    struct sipreg_str name, value; /* without quotes, escapes in place */
    bool quoted;
};

/* name=value, name="value", ...: it holds that nothing else stands between p and end. */
size_t pairs_split(const char *p, const char *end, struct pair pairs[PAIRS]);

/* The one parameter of this name; absent if there is none. It holds that it comes once, and in
   quotes or not. */
struct sipreg_str pairs_only(const struct pair *pairs, size_t n, const char *name, bool quoted);

#endif
