/*
 * fuzz.h - what the fuzz targets share: each is one function that reads octets and judges what
 * lib/ makes of them. libFuzzer, AFL++ and replay.c call it.
 *
 * A target may not depend on anything but its octets, or a finding could not be repeated.
 */
#ifndef SIPREG_TESTS_FUZZ_H
#define SIPREG_TESTS_FUZZ_H

#include <sipreg/sipreg.h>

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* What must hold. A finding is an abort, with a line that says which. */
#define HOLDS(condition)                                                                           \
    do {                                                                                           \
        if (!(condition))                                                                          \
            fuzz_broken(#condition, __FILE__, __LINE__);                                           \
    } while (0)
void fuzz_broken(const char *what, const char *file, int line) __attribute__((noreturn));

/* Replayed: try every place to cut, not only some that the octets choose. */
extern bool fuzz_thorough;

/* A copy in a heap block of n octets, without a NUL: one octet too far is seen by the sanitizer. To
   be freed. */
char *fuzz_block(const void *octets, size_t n);
/* The same with a NUL; NULs inside become blanks. */
char *fuzz_text(struct sipreg_str s);

/* A number that depends on all octets. */
uint32_t fuzz_hash(const void *octets, size_t n);

/* A slice is absent, or lies inside. */
void fuzz_inside(struct sipreg_str part, struct sipreg_str whole);

/* Does it stand there? A fuzzer that sees a secret being compared puts it into the input, from
   where it may come out again: such inputs show nothing. */
bool fuzz_contains(const void *octets, size_t n, const char *text);

/* Octets that never repeat; user points to a uint32_t that counts. */
int fuzz_random(void *user, void *out, size_t n);

/* What is left of the octets. Those at the end read as 0 and "". */
struct fuzz_input {
    const uint8_t *p, *end;
};
uint8_t fuzz_octet(struct fuzz_input *in);
/* Up to this octet, which is taken too, or to the end. */
struct sipreg_str fuzz_until(struct fuzz_input *in, char stop);
struct sipreg_str fuzz_rest(struct fuzz_input *in);

#endif
