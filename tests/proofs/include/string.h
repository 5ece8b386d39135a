/*
 * string.h - what the proofs assume of the standard library: these contracts, and nothing else.
 *
 * Octets that the caller hands over are taken to be initialised. Lengths of zero need no object,
 * since the C library of no system that we know touches one then.
 */
#ifndef SIPREG_PROOFS_STRING_H
#define SIPREG_PROOFS_STRING_H

#include <stddef.h>
#include <stdint.h>

/*@ axiomatic Text {
        logic integer strlen{L}(char *s) reads s[0 ..];

        // It is where the first NUL stands.
        axiom first_nul{L}: \forall char *s, integer n; 0 <= n && s[n] == 0 ==>
            0 <= strlen(s) <= n && s[strlen(s)] == 0 &&
            (\forall integer i; 0 <= i < strlen(s) ==> s[i] != 0);

        predicate valid_read_string{L}(char *s) =
            0 <= strlen(s) < PTRDIFF_MAX && \valid_read(s + (0 .. strlen(s))) &&
            s[strlen(s)] == 0 && (\forall integer i; 0 <= i < strlen(s) ==> s[i] != 0);

        // It depends on the octets up to there only (which follows, and is said for the provers).
        axiom same_text{L1, L2}: \forall char *s; 0 <= strlen{L1}(s) &&
            \at(s[strlen{L1}(s)], L1) == 0 &&
            (\forall integer i; 0 <= i < strlen{L1}(s) ==> \at(s[i], L1) != 0) &&
            (\forall integer i; 0 <= i <= strlen{L1}(s) ==> \at(s[i], L1) == \at(s[i], L2)) ==>
            strlen{L2}(s) == strlen{L1}(s);
    }
*/

/*@ requires \valid_read((char *)a + (0 .. n - 1)) && \valid_read((char *)b + (0 .. n - 1));
    assigns \result \from ((char *)a)[0 .. n - 1], ((char *)b)[0 .. n - 1];
    ensures \result == 0 <==>
        (\forall integer i; 0 <= i < n ==> ((char *)a)[i] == ((char *)b)[i]);
*/
int memcmp(const void *a, const void *b, size_t n);

/*@ requires \valid_read((char *)s + (0 .. n - 1));
    assigns \result \from s, ((char *)s)[0 .. n - 1];
    ensures \result == \null ||
        \base_addr(\result) == \base_addr(s) && 0 <= (char *)\result - (char *)s < n &&
        *(char *)\result == (char)c;
    ensures \result == \null ==>
        (\forall integer i; 0 <= i < n ==> ((char *)s)[i] != (char)c);
    ensures \result != \null ==>
        (\forall integer i; 0 <= i < (char *)\result - (char *)s ==> ((char *)s)[i] != (char)c);
*/
void *memchr(const void *s, int c, size_t n);

#ifdef PROOFS_OF_OCTETS /* where memory of one type is read as another one */
/*@ requires \valid((char *)to + (0 .. n - 1)) && \valid_read((char *)from + (0 .. n - 1));
    requires \separated((char *)to + (0 .. n - 1), (char *)from + (0 .. n - 1));
    assigns ((char *)to)[0 .. n - 1] \from ((char *)from)[0 .. n - 1];
    assigns ((uint8_t *)to)[0 .. n - 1] \from ((uint8_t *)from)[0 .. n - 1];
    assigns \result \from to;
    ensures \result == to;
    ensures \forall integer i; 0 <= i < n ==> ((char *)to)[i] == \old(((char *)from)[i]);
*/
void *memcpy(void *to, const void *from, size_t n);
#else
/*@ requires \valid((char *)to + (0 .. n - 1)) && \valid_read((char *)from + (0 .. n - 1));
    requires \separated((char *)to + (0 .. n - 1), (char *)from + (0 .. n - 1));
    assigns ((char *)to)[0 .. n - 1] \from ((char *)from)[0 .. n - 1];
    assigns \result \from to;
    ensures \result == to;
    ensures \forall integer i; 0 <= i < n ==> ((char *)to)[i] == \old(((char *)from)[i]);
*/
void *memcpy(void *to, const void *from, size_t n);
#endif

/*@ requires \valid((char *)to + (0 .. n - 1)) && \valid_read((char *)from + (0 .. n - 1));
    assigns ((char *)to)[0 .. n - 1] \from ((char *)from)[0 .. n - 1];
    assigns \result \from to;
    ensures \result == to;
*/
void *memmove(void *to, const void *from, size_t n);

/*@ requires \valid((char *)to + (0 .. n - 1));
    assigns ((char *)to)[0 .. n - 1] \from c;
    assigns \result \from to;
    ensures \result == to;
    ensures \forall integer i; 0 <= i < n ==> ((char *)to)[i] == (char)c;
*/
void *memset(void *to, int c, size_t n);

/*@ requires valid_read_string(s);
    assigns \result \from s[0 ..];
    ensures \result == strlen(s);
*/
size_t strlen(const char *s);

#endif
