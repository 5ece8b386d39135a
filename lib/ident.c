/*
 * ident.c - identifiers from the caller's random octets.
 *
 * Lower-case letters and digits only: whatever compares tags and branches with or without case, or
 * trips over punctuation, agrees on them. Octets are masked to five bits, so every character is
 * equally likely.
 */
#include "ident.h"

#include <string.h>

int sipreg_ident(char *text, size_t size, const char *prefix, sipreg_random *random, void *user)
{
    static const char alphabet[] = "abcdefghijklmnopqrstuvwxyz234567";
    size_t n = strlen(prefix);

    text[0] = '\0';
    if (random == NULL || random(user, text + n, size - 1 - n) < 0) {
        text[0] = '\0';
        return SIPREG_RANDOM;
    }
    for (size_t i = n; i < size - 1; i++)
        text[i] = alphabet[(unsigned char)text[i] & 31];
    memcpy(text, prefix, n);
    text[size - 1] = '\0';
    return SIPREG_OK;
}

int sipreg_ident_number(uint32_t *number, sipreg_random *random, void *user)
{
    if (random == NULL || random(user, number, sizeof *number) < 0)
        return SIPREG_RANDOM;
    return SIPREG_OK;
}
