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

    do {
        digits[--first] = (char)('0' + number % 10);
        number /= 10;
    } while (number > 0);
    sipreg_out_str(out, sipreg_str_between(digits + first, digits + sizeof digits));
}

void sipreg_hex(char *text, const uint8_t *octets, size_t n)
{
    static const char digits[] = "0123456789abcdef";

    for (size_t i = 0; i < n; i++) {
        text[2 * i] = digits[octets[i] >> 4];
        text[2 * i + 1] = digits[octets[i] & 15];
    }
}

void sipreg_out_hex(struct sipreg_out *out, const uint8_t *octets, size_t n)
{
    char text[2 * 32];

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
