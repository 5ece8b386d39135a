/*
 * ident.h - identifiers from the caller's random octets: Call-ID, tags, branches, cnonces.
 */
#ifndef SIPREG_LIB_IDENT_H
#define SIPREG_LIB_IDENT_H

#include "str.h"

/* Octets of the longest. */
#define SIPREG_IDENT_MAX 24

/* Fills text, of size octets with its NUL, with prefix and then letters and digits of five random
   bits each. In it stands the one before, or zeros. SIPREG_OK; SIPREG_RANDOM: the source failed, or
   gave the same again; text is as it was. */
int sipreg_ident(char *text, size_t size, const char *prefix, sipreg_random *random, void *user);

/* A uniformly random number, for jitter. SIPREG_OK or SIPREG_RANDOM. */
int sipreg_ident_number(uint32_t *number, sipreg_random *random, void *user);

#endif
