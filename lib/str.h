/*
 * str.h - slices: are these equal? trimmed, and as a number.
 */
#ifndef SIPREG_LIB_STR_H
#define SIPREG_LIB_STR_H

#include <sipreg/types.h>

#include <string.h>

#define SIPREG_LITERAL(text) ((struct sipreg_str){(text), sizeof(text) - 1})

static inline struct sipreg_str sipreg_str_between(const char *from, const char *to)
{
    struct sipreg_str s = {from, (size_t)(to - from)};
    return s;
}

/* The absent slice for NULL. */
static inline struct sipreg_str sipreg_str_of(const char *text)
{
    struct sipreg_str s = {text, text == NULL ? 0 : strlen(text)};
    return s;
}

/* Octet by octet. */
bool sipreg_str_equal(struct sipreg_str a, struct sipreg_str b);
/* Without ASCII case. */
bool sipreg_str_same(struct sipreg_str a, struct sipreg_str b);
/* The same for its first octets. */

static inline bool sipreg_str_starts(struct sipreg_str s, struct sipreg_str with)
{
    return s.n >= with.n && sipreg_str_same((struct sipreg_str){s.p, with.n}, with);
}

/* Is s this literal, without case? Length, usual spelling and first letter decide most of the time.
 */
#define SIPREG_STR_IS(s, literal) sipreg_str_is((s), (literal), sizeof(literal) - 1)
static inline bool sipreg_str_is(struct sipreg_str s, const char *text, size_t n)
{
    if (s.n != n)
        return false;
    if (memcmp(s.p, text, n) == 0)
        return true;
    return ((s.p[0] ^ text[0]) & 0xDF) == 0 &&
           sipreg_str_same(s, sipreg_str_between(text, text + n));
}

/* Without blanks and folds at both ends. Most of the time there are none. */
struct sipreg_str sipreg_str_strip(struct sipreg_str s);
static inline struct sipreg_str sipreg_str_trim(struct sipreg_str s)
{
    if (s.n == 0 || ((unsigned char)s.p[0] > ' ' && (unsigned char)s.p[s.n - 1] > ' '))
        return s;
    return sipreg_str_strip(s);
}

/* Decimal digits and nothing else. SIPREG_SYNTAX: no number; SIPREG_LIMIT: above max. */
int sipreg_str_number(struct sipreg_str s, uint32_t max, uint32_t *number);

/* Well-formed UTF-8 without control characters: text that may stand in a header. */
bool sipreg_str_text(struct sipreg_str s);

/* What stood between quotes, or was bare: can it be sent between quotes, octet for octet? */
bool sipreg_str_quotable(struct sipreg_str s);

#endif
