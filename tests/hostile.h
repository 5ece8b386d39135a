/*
 * hostile.h - texts that would like to be more than a text, and what became of them in what was
 * sent.
 */
#ifndef SIPREG_TESTS_HOSTILE_H
#define SIPREG_TESTS_HOSTILE_H

#include "skeleton.h"

#include <stdbool.h>
#include <stddef.h>

enum { HOSTILE_LONG = 4096, HOSTILE_MESSAGES = 8 };

/* The index-th of them; the last one has 4 KB. NULL: no more. */
const char *hostile_text(size_t index);

/* The pattern with the text where it has %s; good until the next call. */
const char *hostile_fitted(const char *pattern, const char *text);

struct messages {
    size_t count;
    char skeletons[HOSTILE_MESSAGES][SKELETON];
};

/* Was one of these like that? */
bool hostile_among(const char *skeleton, const struct messages *messages);

#endif
