/*
 * fuzz.c - what the fuzz targets share.
 */
#include "fuzz.h"

#include <stdio.h>
#include <stdlib.h>

bool fuzz_thorough;

void fuzz_broken(const char *what, const char *file, int line)
{
    fprintf(stderr, "%s:%d: does not hold: %s\n", file, line, what);
    abort();
}

char *fuzz_block(const void *octets, size_t n)
{
    char *block = (char *)malloc(n);

    if (block == NULL && n > 0)
        abort();
    if (n > 0)
        memcpy(block, octets, n);
    return block;
}

char *fuzz_text(struct sipreg_str s)
{
    char *text = (char *)malloc(s.n + 1);

    if (text == NULL)
        abort();
    for (size_t i = 0; i < s.n; i++)
        text[i] = s.p[i] == '\0' ? ' ' : s.p[i];
    text[s.n] = '\0';
    return text;
}

uint32_t fuzz_hash(const void *octets, size_t n)
{
    const unsigned char *p = (const unsigned char *)octets;
    uint32_t h = 0x811C9DC5; /* FNV-1a */

    for (size_t i = 0; i < n; i++)
        h = (h ^ p[i]) * 0x01000193;
    return h ^ h >> 15;
}

void fuzz_inside(struct sipreg_str part, struct sipreg_str whole)
{
    if (part.p == NULL)
        HOLDS(part.n == 0);
    else
        HOLDS(part.p >= whole.p && part.p <= whole.p + whole.n &&
              part.n <= (size_t)(whole.p + whole.n - part.p));
}

bool fuzz_contains(const void *octets, size_t n, const char *text)
{
    const char *p = (const char *)octets;
    size_t length = strlen(text);
    const char *end = n == 0 ? p : p + n;

    while ((size_t)(end - p) >= length &&
           (p = (const char *)memchr(p, text[0], (size_t)(end - p) - length + 1)) != NULL) {
        if (memcmp(p, text, length) == 0)
            return true;
        p++;
    }
    return false;
}

/* splitmix64 */
int fuzz_random(void *user, void *out, size_t n)
{
    uint32_t *count = (uint32_t *)user;
    unsigned char *p = (unsigned char *)out;

    for (size_t i = 0; i < n; i++) {
        uint64_t z = ++*count * UINT64_C(0x9E3779B97F4A7C15);
        z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
        z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
        p[i] = (unsigned char)(z >> 56);
    }
    return 0;
}

uint8_t fuzz_octet(struct fuzz_input *in)
{
    return in->p < in->end ? *in->p++ : 0;
}

struct sipreg_str fuzz_until(struct fuzz_input *in, char stop)
{
    struct sipreg_str s = {(const char *)in->p, (size_t)(in->end - in->p)};
    const char *found = s.n == 0 ? NULL : (const char *)memchr(s.p, stop, s.n);

    if (found != NULL)
        s.n = (size_t)(found - s.p);
    in->p += s.n + (found != NULL ? 1 : 0);
    return s;
}

struct sipreg_str fuzz_rest(struct fuzz_input *in)
{
    struct sipreg_str s = {(const char *)in->p, (size_t)(in->end - in->p)};

    in->p = in->end;
    return s;
}
