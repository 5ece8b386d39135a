/*
 * str.c - slices: are these equal? trimmed, and as a number.
 */
#include "str.h"

#include "chars.h"

#include <string.h>

bool sipreg_str_equal(struct sipreg_str a, struct sipreg_str b)
{
    return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

bool sipreg_str_same(struct sipreg_str a, struct sipreg_str b)
{
    if (a.n != b.n)
        return false;
    if (a.n == 0 || memcmp(a.p, b.p, a.n) == 0) /* as it is usually written */
        return true;
    /*@ loop invariant 0 <= i <= a.n;
        loop assigns i;
        loop variant a.n - i;
    */
    for (size_t i = 0; i < a.n; i++) {
        if (a.p[i] != b.p[i] && sipreg_lower(a.p[i]) != sipreg_lower(b.p[i]))
            return false;
    }
    return true;
}

/* CR and LF stand in a value only as parts of a fold, or stray; at its ends both go. */
/*@ assigns \nothing;
    ensures \result <==> c == ' ' || c == '\n' || c == '\r' || c == '\t';
*/
static bool blank(char c)
{
    return (unsigned char)c <= ' ' && (c == ' ' || c == '\n' || c == '\r' || c == '\t');
}

struct sipreg_str sipreg_str_strip(struct sipreg_str s)
{
    /*@ loop invariant readable(s) && part(s, \at(s, Pre));
        loop assigns s;
        loop variant s.n;
    */
    while (s.n > 0 && blank(s.p[0])) {
        s.p++;
        s.n--;
    }
    /*@ loop invariant readable(s) && part(s, \at(s, Pre));
        loop assigns s.n;
        loop variant s.n;
    */
    while (s.n > 0 && blank(s.p[s.n - 1]))
        s.n--;
    return s;
}

int sipreg_str_number(struct sipreg_str s, uint32_t max, uint32_t *number)
{
    uint64_t value = 0;

    if (s.n == 0)
        return SIPREG_SYNTAX;
    /*@ loop invariant 0 <= i <= s.n && value <= 10 * (uint64_t)max + 9;
        loop invariant \forall integer k; 0 <= k < i ==> digit(s.p[k]);
        loop invariant value <= max ==> value == decimal(s.p, i);
        loop invariant value > max ==> decimal(s.p, i) > max;
        loop assigns i, value;
        loop variant s.n - i;
    */
    for (size_t i = 0; i < s.n; i++) {
        if (!sipreg_is(s.p[i], SIPREG_DIGIT))
            return SIPREG_SYNTAX;
        if (value <= max) /* once above, go on: what follows may show that it is no number at all */
            value = value * 10 + (uint64_t)(s.p[i] - '0');
    }
    if (value > max)
        return SIPREG_LIMIT;
    *number = (uint32_t)value;
    return SIPREG_OK;
}

/*@ requires \valid(low) && \valid(high) && \separated(low, high);
    assigns *low, *high;
    ensures \result == -1 || 1 <= \result <= 3;
*/
/* The octets that must follow this first octet of a UTF-8 sequence (RFC 3629 3); -1: none can. The
   second octet's range, narrower for some, comes with it. */
static int followers(unsigned char first, unsigned char *low, unsigned char *high)
{
    *low = 0x80;
    *high = 0xBF;
    if (first >= 0xC2 && first <= 0xDF)
        return 1;
    if (first >= 0xE0 && first <= 0xEF) {
        if (first == 0xE0)
            *low = 0xA0; /* shorter forms exist */
        if (first == 0xED)
            *high = 0x9F; /* surrogates */
        return 2;
    }
    if (first >= 0xF0 && first <= 0xF4) {
        if (first == 0xF0)
            *low = 0x90;
        if (first == 0xF4)
            *high = 0x8F; /* beyond U+10FFFF */
        return 3;
    }
    return -1;
}

/*@ requires 0 < n <= PTRDIFF_MAX && \valid_read(p + (0 .. n - 1));
    assigns \nothing;
    ensures \result <= n && \result <= 4;
*/
/* The length of the UTF-8 sequence at p, of n octets; 0 if there is none. */
static size_t sequence(const char *p, size_t n)
{
    unsigned char low, high;
    int more = followers((unsigned char)p[0], &low, &high);

    if (more < 0 || (size_t)more > n - 1)
        return 0;
    /*@ loop invariant 1 <= i <= more + 1;
        loop assigns i, low, high;
        loop variant more - i;
    */
    for (int i = 1; i <= more; i++) {
        unsigned char c = (unsigned char)p[i];
        if (c < low || c > high)
            return 0;
        low = 0x80;
        high = 0xBF;
    }
    return (size_t)more + 1;
}

bool sipreg_str_text(struct sipreg_str s)
{
    size_t i = 0;

    /*@ loop invariant i <= s.n;
        loop assigns i;
        loop variant s.n - i;
    */
    while (i < s.n) {
        if ((unsigned char)s.p[i] < 0x80) {
            if (sipreg_is(s.p[i], SIPREG_CONTROL))
                return false;
            i++;
        } else {
            size_t n = sequence(s.p + i, s.n - i);
            if (n == 0)
                return false;
            i += n;
        }
    }
    return true;
}

bool sipreg_str_quotable(struct sipreg_str s)
{
    bool escaped = false; /* no escape without what it escapes */

    /*@ loop invariant 0 <= i <= s.n;
        loop assigns i, escaped;
        loop variant s.n - i;
    */
    for (size_t i = 0; i < s.n; i++) {
        if (sipreg_is(s.p[i], SIPREG_CONTROL))
            return false;
        escaped = s.p[i] == '\\' && !escaped;
    }
    return !escaped;
}
