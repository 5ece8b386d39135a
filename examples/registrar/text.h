/*
 * text.h: borrowed pieces of text, and a buffer to write text into.
 *
 * A message is read in place: whatever we take from it is a pointer and a length into its buffer.
 * What we send is written through a struct out, which once full is full for good, so that a writer
 * checks once, at the end.
 */
#ifndef REGISTRAR_TEXT_H
#define REGISTRAR_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#if defined(__GNUC__)
#define PRINTF_LIKE(at, first) __attribute__((format(printf, at, first)))
#else
#define PRINTF_LIKE(at, first)
#endif

struct text {
    const char *at; /* NULL: there is none, which is not the same as empty */
    size_t n;
};

/* For "%.*s". No text here is longer than a message, so it fits an int. */
#define TEXT(text) (int)(text).n, (text).at

struct text text_of(const char *string);
struct text text_slice(const char *from, const char *to);
struct text text_trim(struct text text);
bool text_is(struct text text, const char *string);
bool text_same(struct text a, struct text b);
bool text_same_nocase(struct text a, struct text b);

/* A token of RFC 3261 25.1, such as a method or a header's name. */
bool text_token(struct text text);

/* Only digits; what does not fit 32 bits is 2^32-1, as RFC 3261 10.2 reads a huge expiry. */
bool text_number(struct text text, uint32_t *value);

/* Takes the next item of a list, trimmed. A separator inside "quotes" or <brackets>, or behind a
 * backslash, does not separate. False when the list is used up. */
bool text_split(struct text *rest, char separator, struct text *item);

/* The value of a parameter in "a=1;b;c=2". Empty if it has none, .at NULL if it is not there. */
struct text text_param(struct text params, const char *name);

struct out {
    char *at;
    size_t size, n;
    bool full;
};

struct out out_into(char *buffer, size_t size);
void out_bytes(struct out *out, const char *bytes, size_t n);
void out_format(struct out *out, const char *format, ...) PRINTF_LIKE(2, 3);

#endif
