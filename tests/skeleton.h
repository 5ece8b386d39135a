/*
 * skeleton.h - what a message is made of, without the texts in it: so that two messages can be told
 * to have the same headers, values and parameters.
 */
#ifndef SIPREG_TESTS_SKELETON_H
#define SIPREG_TESTS_SKELETON_H

#include <stdbool.h>
#include <stddef.h>

enum { SKELETON = 8192 };

/*
 * The lines of a message, of each the name and, if its value is not free text, what separates the
 * parts of that: commas, semicolons, equals signs and blanks outside of quotes and angle brackets,
 * and these. A quote without an end, a control character, a line end that is none, or more than one
 * message make a text that begins with "BROKEN".
 */
void skeleton_of(const char *message, size_t n, char out[SKELETON]);

#endif
