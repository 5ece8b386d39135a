/*
 * line.h - header lines of a message as text, read in a way of its own: for unit tests and weather.
 */
#ifndef SIPREG_TESTS_LINE_H
#define SIPREG_TESTS_LINE_H

#include <stdbool.h>
#include <stddef.h>

/* The value of the nth header line of this name, long or compact, from 0: n octets. NULL: there is
   none. */
const char *line_find(const char *message, const char *name, unsigned nth, size_t *n);

#endif
