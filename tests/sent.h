/*
 * sent.h - a message as text, read in a way of its own: not with the library that wrote it.
 */
#ifndef SIPREG_TESTS_SENT_H
#define SIPREG_TESTS_SENT_H

#include <stddef.h>

/* All results are copies with a NUL behind them, good for a few calls. NULL: not there. */
const char *sent_copy(const char *p, size_t n);
/* The value of the nth header line of this name, from 0. */
const char *sent_line(const char *text, const char *header, unsigned nth);
/* The value of a parameter in a header's value, without quotes. */
const char *sent_param(const char *value, const char *param);

/* Hex of the hash of texts strung together by colons; NULL ends them. */
const char *sent_hash(unsigned algorithm, const char *const *texts);
/* What the response in these credentials should be, by RFC 7616 3.4.1. */
const char *sent_digest(const char *credentials, const char *user, const char *password,
                        const char *body);

#endif
