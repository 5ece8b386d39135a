/*
 * out.h - writing: appends to a buffer of the caller's, and stops for good when it is full.
 *
 * Check once, at the end: sipreg_out_end() tells the length or what went wrong first. A NULL buffer
 * measures. No other code computes an output position.
 */
#ifndef SIPREG_LIB_OUT_H
#define SIPREG_LIB_OUT_H

#include "str.h"

struct sipreg_out {
    char *p;
    size_t size; /* no more than used, once something went wrong */
    size_t used;
    int error;
};

/* p NULL measures: everything fits. */
void sipreg_out_start(struct sipreg_out *out, void *p, size_t size);
/* The octets written, or below zero the first error. */
int sipreg_out_end(const struct sipreg_out *out);
/* Makes this the error, unless there is one, and the buffer full. */
void sipreg_out_fail(struct sipreg_out *out, int error);

/* Inline, since most of what is written are literals, which need no call. */
static inline void sipreg_out_str(struct sipreg_out *out, struct sipreg_str s)
{
    if (s.n > out->size - out->used) {
        sipreg_out_fail(out, SIPREG_SPACE);
        return;
    }
    if (out->p != NULL && s.n > 0)
        memcpy(out->p + out->used, s.p, s.n);
    out->used += s.n;
}

/* The NUL that ends a text. */
static inline void sipreg_out_nul(struct sipreg_out *out)
{
    sipreg_out_str(out, (struct sipreg_str){"", 1});
}

/* A text of the caller's; nothing for NULL. A control character in it is SIPREG_ARGUMENT. */
void sipreg_out_text(struct sipreg_out *out, const char *text);
/* The same in quotes, with " and \ escaped (25.1 quoted-string). */
void sipreg_out_quoted(struct sipreg_out *out, struct sipreg_str s);
void sipreg_out_number(struct sipreg_out *out, uint32_t number);
/* Lower-case, two digits an octet; text has room for 2 * n. */
void sipreg_hex(char *text, const uint8_t *octets, size_t n);
void sipreg_out_hex(struct sipreg_out *out, const uint8_t *octets, size_t n);
/* Eight lower-case digits (nc). */
void sipreg_out_hex32(struct sipreg_out *out, uint32_t number);

#endif
