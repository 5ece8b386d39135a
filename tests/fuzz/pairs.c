/*
 * pairs.c - credentials that were written, taken apart without a line of the library.
 */
#include "pairs.h"

static const char *take_value(struct pair *pair, const char *p, const char *end)
{
    const char *start = p;

    pair->quoted = p < end && *p == '"';
    if (!pair->quoted) {
        while (p < end && *p != ',')
            p++;
        pair->value = (struct sipreg_str){start, (size_t)(p - start)};
        return p;
    }
    for (p++; p < end && *p != '"'; p++)
        p += *p == '\\' ? 1 : 0;
    HOLDS(p < end);
    pair->value = (struct sipreg_str){start + 1, (size_t)(p - start - 1)};
    return p + 1;
}

size_t pairs_split(const char *p, const char *end, struct pair pairs[PAIRS])
{
    size_t n = 0;

    for (;;) {
        const char *start = p;
        HOLDS(n < PAIRS);
        while (p < end && *p >= 'a' && *p <= 'z')
            p++;
        HOLDS(p > start && p < end && *p == '=');
        pairs[n].name = (struct sipreg_str){start, (size_t)(p - start)};
        p = take_value(&pairs[n++], p + 1, end);
        if (p == end)
            return n;
        HOLDS(end - p > 2 && p[0] == ',' && p[1] == ' ');
        p += 2;
    }
}

struct sipreg_str pairs_only(const struct pair *pairs, size_t n, const char *name, bool quoted)
{
    struct sipreg_str found = {NULL, 0};
    size_t length = strlen(name);

    for (size_t i = 0; i < n; i++) {
        if (pairs[i].name.n != length || memcmp(pairs[i].name.p, name, length) != 0)
            continue;
        HOLDS(found.p == NULL && pairs[i].quoted == quoted);
        found = pairs[i].value;
    }
    return found;
}
