/*
 * str.h - slices: are these equal? trimmed, and as a number.
 */
#ifndef SIPREG_LIB_STR_H
#define SIPREG_LIB_STR_H

#include <sipreg/types.h>

#include <string.h>

/* Not inlined: what this function needs of the stack is given back before its caller goes deeper.
 */
#ifdef __GNUC__
#define SIPREG_APART __attribute__((noinline))
#else
#define SIPREG_APART
#endif

/* What is wrong with which field of the caller's. Firmware that can tell nobody is built with
   SIPREG_TERSE: then it is the field alone. */
#ifdef SIPREG_TERSE
#define SIPREG_FAULT(field, what) field
#else
#define SIPREG_FAULT(field, what) field ": " what
#endif

/* Octets of the largest message (18.1.1), as far as results of type int can count them. */
#if SIZE_MAX <= 65535
#define SIPREG_MESSAGE_MAX 32767
#else
#define SIPREG_MESSAGE_MAX 65535
#endif

#define SIPREG_LITERAL(text) ((struct sipreg_str){(text), sizeof(text) - 1})

/*@ // The octets can be read. No object is longer than PTRDIFF_MAX.
    predicate readable{L}(struct sipreg_str s) =
        s.n <= PTRDIFF_MAX && \valid_read(s.p + (0 .. s.n - 1));

    // The same of what stands between two places.
    predicate octets{L}(char *from, char *to) =
        \base_addr(from) == \base_addr(to) && 0 <= to - from <= PTRDIFF_MAX &&
        \valid_read(from + (0 .. to - from - 1));

    // The slice lies between the two, or is absent.
    predicate inside(struct sipreg_str s, char *first, char *end) =
        (s.p == \null && s.n == 0) ||
        (\base_addr(s.p) == \base_addr(first) == \base_addr(end) &&
         0 <= s.p - first && s.n <= end - s.p);

    predicate absent(struct sipreg_str s) = s.p == \null && s.n == 0;

    predicate inside(struct sipreg_str s, struct sipreg_str all) =
        inside(s, all.p, all.p + all.n);

    // The slice is a part of the other, even of an empty one.
    predicate part(struct sipreg_str s, struct sipreg_str all) =
        \base_addr(s.p) == \base_addr(all.p) && 0 <= s.p - all.p &&
        s.n <= all.n - (s.p - all.p);

    // What the first n octets mean as a decimal number of any size.
    predicate digit(char c) = '0' <= c <= '9';
    logic integer decimal{L}(char *p, integer n) =
        n <= 0 ? 0 : 10 * decimal(p, n - 1) + (p[n - 1] - '0');
*/

/*@ requires \base_addr(from) == \base_addr(to) && 0 <= to - from <= PTRDIFF_MAX;
    assigns \nothing;
    ensures \result.p == from && \result.n == to - from;
*/
static inline struct sipreg_str sipreg_str_between(const char *from, const char *to)
{
    struct sipreg_str s = {from, (size_t)(to - from)};
    return s;
}

/* The first such octet, or NULL. */
/*@ requires readable(s);
    assigns \nothing;
    ensures \result != \null ==>
        \base_addr(\result) == \base_addr(s.p) && 0 <= \result - s.p < s.n && *\result == c;
*/
static inline const char *sipreg_str_find(struct sipreg_str s, char c)
{
    return s.n == 0 ? NULL : (const char *)memchr(s.p, c, s.n);
}

/* What stands before the octet p of s. */
/*@ requires readable(s) && \base_addr(p) == \base_addr(s.p) && 0 <= p - s.p < s.n;
    assigns \nothing;
    ensures \result.p == s.p && \result.n == p - s.p;
    ensures readable(\result) && inside(\result, s);
*/
static inline struct sipreg_str sipreg_str_before(struct sipreg_str s, const char *p)
{
    return sipreg_str_between(s.p, p);
}

/* What stands behind it. */
/*@ requires readable(s) && \base_addr(p) == \base_addr(s.p) && 0 <= p - s.p < s.n;
    assigns \nothing;
    ensures \result.p == p + 1 && \result.n == s.n - (p - s.p) - 1;
    ensures readable(\result) && inside(\result, s);
*/
static inline struct sipreg_str sipreg_str_behind(struct sipreg_str s, const char *p)
{
    return sipreg_str_between(p + 1, s.p + s.n);
}

/* The absent slice for NULL. */
/*@ requires text == \null || valid_read_string(text);
    assigns \nothing;
    ensures readable(\result) && \result.p == text;
    ensures text == \null ==> \result.n == 0;
    ensures text != \null ==> \result.n == strlen(text) && text[\result.n] == 0;
*/
static inline struct sipreg_str sipreg_str_of(const char *text)
{
    struct sipreg_str s = {text, text == NULL ? 0 : strlen(text)};
    return s;
}

/* Octet by octet. */
/*@ requires readable(a) && readable(b);
    assigns \nothing;
*/
bool sipreg_str_equal(struct sipreg_str a, struct sipreg_str b);
/* Without ASCII case. */
/*@ requires readable(a) && readable(b);
    assigns \nothing;
*/
bool sipreg_str_same(struct sipreg_str a, struct sipreg_str b);
/* The same for its first octets. */
/*@ requires readable(s) && readable(with);
    assigns \nothing;
    ensures \result ==> s.n >= with.n;
*/
static inline bool sipreg_str_starts(struct sipreg_str s, struct sipreg_str with)
{
    return s.n >= with.n && sipreg_str_same((struct sipreg_str){s.p, with.n}, with);
}

/* Is s this literal, without case? Length, usual spelling and first letter decide most of the time.
 */
#define SIPREG_STR_IS(s, literal) sipreg_str_is((s), (literal), sizeof(literal) - 1)
/*@ requires readable(s) && 0 < n <= PTRDIFF_MAX && \valid_read(text + (0 .. n - 1));
    assigns \nothing;
    ensures \result ==> s.n == n;
*/
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
/*@ requires readable(s);
    assigns \nothing;
    ensures readable(\result) && part(\result, s);
*/
struct sipreg_str sipreg_str_strip(struct sipreg_str s);
/*@ requires readable(s);
    assigns \nothing;
    ensures readable(\result) && part(\result, s);
*/
static inline struct sipreg_str sipreg_str_trim(struct sipreg_str s)
{
    if (s.n == 0 || ((unsigned char)s.p[0] > ' ' && (unsigned char)s.p[s.n - 1] > ' '))
        return s;
    return sipreg_str_strip(s);
}

/* Decimal digits and nothing else. SIPREG_SYNTAX: no number; SIPREG_LIMIT: above max. */
/*@ requires readable(s) && \valid(number);
    assigns *number;
    ensures \result == SIPREG_OK || \result == SIPREG_SYNTAX || \result == SIPREG_LIMIT;
    ensures \result == SIPREG_OK ==> *number == decimal(s.p, s.n) <= max && s.n > 0;
    ensures \result == SIPREG_LIMIT ==> decimal(s.p, s.n) > max;
    ensures \result != SIPREG_SYNTAX ==> \forall integer k; 0 <= k < s.n ==> digit(s.p[k]);
    ensures \result != SIPREG_OK ==> *number == \old(*number);
*/
int sipreg_str_number(struct sipreg_str s, uint32_t max, uint32_t *number);

/* Well-formed UTF-8 without control characters: text that may stand in a header. */
/*@ requires readable(s);
    assigns \nothing;
*/
bool sipreg_str_text(struct sipreg_str s);

/* What stood between quotes, or was bare: can it be sent between quotes, octet for octet? */
/*@ requires readable(s);
    assigns \nothing;
*/
bool sipreg_str_quotable(struct sipreg_str s);

#endif
