/*
 * callees.h - what the proofs assume of the caller's functions.
 */
#ifndef SIPREG_PROOFS_CALLEES_H
#define SIPREG_PROOFS_CALLEES_H

#include <stddef.h>

/*@ requires \valid((char *)out + (0 .. n - 1));
    assigns \result, ((char *)out)[0 .. n - 1] \from user, n;
*/
int proofs_random(void *user, void *out, size_t n);
/* An indirect call has no contract: that of the callback is read as a call of this, which may do
   what any random source may do. */
#define random(user, out, n) proofs_random((user), (out), (n))

#endif
