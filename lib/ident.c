/*
 * ident.c - identifiers from the caller's random octets.
 *
 * Lower-case letters and digits only: whatever compares tags and branches with or without case, or
 * trips over punctuation, agrees on them. Octets are masked to five bits, so every character is
 * equally likely.
 *
 * A source that gives the same octets twice is none (a generator that was never seeded, or that
 * stands still): an identifier that is the one before it is taken for a failure. By chance that
 * happens once in 2^55 times, or less.
 */
#include "ident.h"

#include <string.h>

int sipreg_ident(char *text, size_t size, const char *prefix, sipreg_random *random, void *user)
{
    static const char alphabet[] = "abcdefghijklmnopqrstuvwxyz234567";
    char drawn[SIPREG_IDENT_MAX];
    size_t n = strlen(prefix), count = size - 1 - n;
    bool good = random != NULL && random(user, drawn, count) >= 0;

    /*@ loop invariant 0 <= i <= count || !good;
        loop assigns i, drawn[0 .. SIPREG_IDENT_MAX - 1];
        loop variant count - i;
    */
    for (size_t i = 0; good && i < count; i++)
        drawn[i] = alphabet[(unsigned char)drawn[i] % 32];
    if (!good || memcmp(text + n, drawn, count) == 0)
        return SIPREG_RANDOM;
    memcpy(text + n, drawn, count);
    memcpy(text, prefix, n);
    text[size - 1] = '\0';
    return SIPREG_OK;
}

/*@ assigns \nothing;
    ensures \result <= 255;
*/
static uint32_t octet(char c)
{
    return (unsigned char)c;
}

int sipreg_ident_number(uint32_t *number, sipreg_random *random, void *user)
{
    char drawn[4];

    if (random == NULL || random(user, drawn, sizeof drawn) < 0)
        return SIPREG_RANDOM;
    *number =
        octet(drawn[0]) + 256 * (octet(drawn[1]) + 256 * (octet(drawn[2]) + 256 * octet(drawn[3])));
    return SIPREG_OK;
}
