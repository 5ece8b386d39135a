/*
 * ident.h - identifiers from the caller's random octets: Call-ID, tags, branches, cnonces.
 */
#ifndef SIPREG_LIB_IDENT_H
#define SIPREG_LIB_IDENT_H

#include "str.h"

/* Octets of the longest. */
#define SIPREG_IDENT_MAX 24

/*@ requires valid_read_string(prefix);
    requires strlen(prefix) < size <= strlen(prefix) + 1 + SIPREG_IDENT_MAX;
    requires \valid(text + (0 .. size - 1));
    requires \separated(text + (0 .. size - 1), prefix + (0 .. strlen(prefix)));
    assigns text[0 .. size - 1];
    ensures \result == SIPREG_OK || \result == SIPREG_RANDOM;
    ensures \result == SIPREG_OK ==> text[size - 1] == '\0';
    ensures \result != SIPREG_OK ==>
        \forall integer i; 0 <= i < size ==> text[i] == \old(text[i]);
*/
/* Fills text, of size octets with its NUL, with prefix and then letters and digits of five random
   bits each. In it stands the one before, or zeros. SIPREG_OK; SIPREG_RANDOM: the source failed, or
   gave the same again; text is as it was. */
int sipreg_ident(char *text, size_t size, const char *prefix, sipreg_random *random, void *user);

/*@ requires \valid(number);
    assigns *number;
    ensures \result == SIPREG_OK || \result == SIPREG_RANDOM;
*/
/* A uniformly random number, for jitter: of the same octets the same on every machine. SIPREG_OK or
   SIPREG_RANDOM. */
int sipreg_ident_number(uint32_t *number, sipreg_random *random, void *user);

#endif
