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

/*@ predicate writable{L}(struct sipreg_out *out) =
        \valid(out) && out->used <= out->size <= INT32_MAX && out->error <= 0 &&
        (out->p != \null ==> \valid(out->p + (0 .. out->size - 1)) &&
                             \separated(out, out->p + (0 .. out->size - 1)));

    // What is to be written is no part of where it goes to.
    predicate apart{L}(struct sipreg_str s, struct sipreg_out *out) =
        \separated(out, s.p + (0 .. s.n - 1)) &&
        \separated(out->p + (0 .. out->size - 1), s.p + (0 .. s.n - 1));

    // What is written stays, and the room never grows.
    predicate longer{Before, After}(struct sipreg_out *out) =
        \at(out->p, After) == \at(out->p, Before) &&
        \at(out->used, Before) <= \at(out->used, After) &&
        \at(out->size, After) <= \at(out->size, Before);
*/

/* p NULL measures: everything fits. */
/*@ requires \valid(out) && (p == \null || \valid((char *)p + (0 .. size - 1)));
    requires \separated(out, (char *)p + (0 .. size - 1));
    assigns *out;
    ensures writable(out) && out->p == (char *)p && out->used == 0 && out->error == SIPREG_OK;
    ensures p != \null && size <= INT32_MAX ==> out->size == size;
*/
void sipreg_out_start(struct sipreg_out *out, void *p, size_t size);
/* The octets written, or below zero the first error. */
/*@ requires \valid_read(out) && out->used <= INT32_MAX && out->error <= 0;
    assigns \nothing;
    ensures out->error != SIPREG_OK ? \result == out->error < 0 : \result == out->used;
*/
int sipreg_out_end(const struct sipreg_out *out);
/* Makes this the error, unless there is one, and the buffer full. */
/*@ requires writable(out) && error <= 0;
    assigns out->size, out->error;
    ensures writable(out) && out->size == out->used;
    ensures out->error == (\old(out->error) == SIPREG_OK ? error : \old(out->error));
*/
void sipreg_out_fail(struct sipreg_out *out, int error);

/* Inline, since most of what is written are literals, which need no call. */
/*@ requires writable(out) && readable(s) && apart(s, out);
    assigns out->size, out->used, out->error, out->p[out->used .. out->size - 1];
    ensures writable(out) && longer{Old, Here}(out);
    ensures fits: \old(s.n <= out->size - out->used) ==>
        out->used == \old(out->used) + s.n && out->size == \old(out->size) &&
        out->error == \old(out->error);
    ensures full: \old(s.n > out->size - out->used) ==>
        out->used == out->size == \old(out->used) && out->error < 0;
*/
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
/*@ requires writable(out);
    assigns out->size, out->used, out->error, out->p[out->used .. out->size - 1];
    ensures writable(out) && longer{Old, Here}(out);
*/
static inline void sipreg_out_nul(struct sipreg_out *out)
{
    sipreg_out_str(out, (struct sipreg_str){"", 1});
}

/* A text of the caller's; nothing for NULL. A control character in it is SIPREG_ARGUMENT. */
/*@ requires writable(out);
    requires text != \null ==> valid_read_string(text) &&
        \separated(out, text + (0 .. strlen(text))) &&
        \separated(out->p + (0 .. out->size - 1), text + (0 .. strlen(text)));
    assigns out->size, out->used, out->error, out->p[out->used .. out->size - 1];
    ensures writable(out) && longer{Old, Here}(out);
*/
void sipreg_out_text(struct sipreg_out *out, const char *text);
/* The same in quotes, with " and \ escaped (25.1 quoted-string). */
/*@ requires writable(out) && readable(s) && apart(s, out);
    assigns out->size, out->used, out->error, out->p[out->used .. out->size - 1];
    ensures writable(out) && longer{Old, Here}(out);
*/
void sipreg_out_quoted(struct sipreg_out *out, struct sipreg_str s);
/*@ requires writable(out);
    assigns out->size, out->used, out->error, out->p[out->used .. out->size - 1];
    ensures writable(out) && longer{Old, Here}(out);
*/
void sipreg_out_number(struct sipreg_out *out, uint32_t number);
/* Lower-case, two digits an octet; text has room for 2 * n. */
/*@ requires n <= PTRDIFF_MAX / 2;
    requires \valid_read(octets + (0 .. n - 1)) && \valid(text + (0 .. 2 * n - 1));
    requires \separated(octets + (0 .. n - 1), text + (0 .. 2 * n - 1));
    assigns text[0 .. 2 * n - 1];
*/
void sipreg_hex(char *text, const uint8_t *octets, size_t n);
/*@ requires writable(out) && n <= PTRDIFF_MAX && \valid_read(octets + (0 .. n - 1));
    requires \separated(out, octets + (0 .. n - 1)) &&
             \separated(out->p + (0 .. out->size - 1), octets + (0 .. n - 1));
    assigns out->size, out->used, out->error, out->p[out->used .. out->size - 1];
    ensures writable(out) && longer{Old, Here}(out);
*/
void sipreg_out_hex(struct sipreg_out *out, const uint8_t *octets, size_t n);
/* Eight lower-case digits (nc). */
/*@ requires writable(out);
    assigns out->size, out->used, out->error, out->p[out->used .. out->size - 1];
    ensures writable(out) && longer{Old, Here}(out);
*/
void sipreg_out_hex32(struct sipreg_out *out, uint32_t number);

#endif
