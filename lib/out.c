/*
 * out.c - writing: appends to a buffer of the caller's, and stops for good when it is full.
 */
#include "out.h"

#include "chars.h"

#include <limits.h>

void sipreg_out_start(struct sipreg_out *out, void *p, size_t size)
{
    out->p = (char *)p;
    out->size = p == NULL ? (size_t)INT_MAX : size;
    out->used = 0;
    out->error = SIPREG_OK;
    if (out->size > (size_t)INT_MAX)
        out->size = (size_t)INT_MAX;
}

int sipreg_out_end(const struct sipreg_out *out)
{
    return out->error != SIPREG_OK ? out->error : (int)out->used;
}

void sipreg_out_fail(struct sipreg_out *out, int error)
{
    if (out->error == SIPREG_OK)
        out->error = error;
    out->size = out->used;
}

void sipreg_out_text(struct sipreg_out *out, const char *text)
{
    const char *p = text;

    if (text == NULL)
        return;
    /*@ loop invariant \base_addr(p) == \base_addr(text) && 0 <= p - text <= strlen(text);
        loop assigns p;
        loop variant strlen(text) - (p - text);
    */
    while (!sipreg_is(*p, SIPREG_CONTROL)) /* NUL is one */
        p++;
    if (*p != '\0')
        sipreg_out_fail(out, SIPREG_ARGUMENT);
    else
        sipreg_out_str(out, sipreg_str_between(text, p));
}

void sipreg_out_quoted(struct sipreg_out *out, struct sipreg_str s)
{
    size_t start = 0;

    sipreg_out_str(out, SIPREG_LITERAL("\""));
    /*@ loop invariant start <= i <= s.n;
        loop invariant writable(out) && longer{Pre, Here}(out) && apart(s, out);
        loop assigns i, start, out->size, out->used, out->error,
                     \at(out->p, Pre)[\at(out->used, Pre) .. \at(out->size, Pre) - 1];
        loop variant s.n - i;
    */
    for (size_t i = 0; i < s.n; i++) {
        if (sipreg_is(s.p[i], SIPREG_CONTROL))
            sipreg_out_fail(out, SIPREG_ARGUMENT);
        if (s.p[i] == '"' || s.p[i] == '\\') {
            sipreg_out_str(out, sipreg_str_between(s.p + start, s.p + i));
            sipreg_out_str(out, SIPREG_LITERAL("\\"));
            start = i;
        }
    }
    if (s.n > 0)
        sipreg_out_str(out, sipreg_str_between(s.p + start, s.p + s.n));
    sipreg_out_str(out, SIPREG_LITERAL("\""));
}

void sipreg_out_number(struct sipreg_out *out, uint32_t number)
{
    char digits[10]; /* 4294967295 */
    size_t first = sizeof digits;

    /*@ loop invariant 1 <= first <= 10;
        loop invariant
            number <= (first == 10 ? 4294967295 : first == 9 ? 429496729 : first == 8 ? 42949672 :
                       first == 7 ? 4294967 : first == 6 ? 429496 : first == 5 ? 42949 :
                       first == 4 ? 4294 : first == 3 ? 429 : first == 2 ? 42 : 4);
        loop assigns first, number, digits[0 .. 9];
        loop variant number;
    */
    do {
        digits[--first] = (char)('0' + number % 10);
        number /= 10;
    } while (number > 0);
    sipreg_out_str(out, sipreg_str_between(digits + first, digits + sizeof digits));
}

void sipreg_hex(char *text, const uint8_t *octets, size_t n)
{
    static const char digits[] = "0123456789abcdef";

    /*@ loop invariant 0 <= i <= n;
        loop assigns i, text[0 .. 2 * n - 1];
        loop variant n - i;
    */
    for (size_t i = 0; i < n; i++) {
        text[2 * i] = digits[octets[i] / 16];
        text[2 * i + 1] = digits[octets[i] % 16];
    }
}

void sipreg_out_hex(struct sipreg_out *out, const uint8_t *octets, size_t n)
{
    char text[2 * 32];

    /*@ loop invariant writable(out) && longer{Pre, Here}(out);
        loop assigns i, text[0 .. 63], out->size, out->used, out->error,
                     \at(out->p, Pre)[\at(out->used, Pre) .. \at(out->size, Pre) - 1];
        loop variant n - i;
    */
    for (size_t i = 0; i < n; i += sizeof text / 2) {
        size_t part = n - i < sizeof text / 2 ? n - i : sizeof text / 2;
        sipreg_hex(text, octets + i, part);
        sipreg_out_str(out, sipreg_str_between(text, text + 2 * part));
    }
}

void sipreg_out_hex32(struct sipreg_out *out, uint32_t number)
{
    const uint8_t octets[4] = {(uint8_t)(number >> 24), (uint8_t)(number >> 16),
                               (uint8_t)(number >> 8), (uint8_t)number};
    sipreg_out_hex(out, octets, sizeof octets);
}
