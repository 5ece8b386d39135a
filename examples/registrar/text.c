/*
 * text.c: is this text equal to that one, where does the next item of a list end, what number does
 * it hold? Knows the quoting rules that all SIP headers share and nothing about any one header.
 */
#include "text.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

struct text text_of(const char *string)
{
    struct text text = {string, strlen(string)};

    return text;
}

struct text text_slice(const char *from, const char *to)
{
    struct text text = {from, (size_t)(to - from)};

    return text;
}

static bool blank(char c)
{
    return c == ' ' || c == '\t';
}

struct text text_trim(struct text text)
{
    while (text.n > 0 && blank(text.at[0])) {
        text.at++;
        text.n--;
    }
    while (text.n > 0 && blank(text.at[text.n - 1]))
        text.n--;
    return text;
}

bool text_same(struct text a, struct text b)
{
    return a.n == b.n && (a.n == 0 || memcmp(a.at, b.at, a.n) == 0);
}

bool text_same_nocase(struct text a, struct text b)
{
    return a.n == b.n && (a.n == 0 || strncasecmp(a.at, b.at, a.n) == 0);
}

bool text_is(struct text text, const char *string)
{
    return text_same(text, text_of(string));
}

bool text_token(struct text text)
{
    static const char extra[] = "-.!%*_+`'~";
    size_t i;

    for (i = 0; i < text.n; i++) {
        char c = text.at[i];
        bool alnum = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');

        if (!alnum && (c == '\0' || strchr(extra, c) == NULL))
            return false;
    }
    return text.n > 0;
}

bool text_number(struct text text, uint32_t *value)
{
    uint64_t sum = 0;
    size_t i;

    for (i = 0; i < text.n; i++) {
        if (text.at[i] < '0' || text.at[i] > '9')
            return false;
        sum = sum * 10 + (uint64_t)(text.at[i] - '0');
        if (sum > UINT32_MAX)
            sum = UINT32_MAX;
    }
    *value = (uint32_t)sum;
    return text.n > 0;
}

/* The offset of the first separator that does separate, or the length. */
static size_t item_end(struct text text, char separator)
{
    bool quoted = false, bracketed = false;
    size_t i;

    for (i = 0; i < text.n; i++) {
        char c = text.at[i];

        if (c == '\\')
            i++;
        else if (c == '"' && !bracketed)
            quoted = !quoted;
        else if ((c == '<' || c == '>') && !quoted)
            bracketed = c == '<';
        else if (c == separator && !quoted && !bracketed)
            return i;
    }
    return text.n;
}

bool text_split(struct text *rest, char separator, struct text *item)
{
    size_t end;

    if (rest->at == NULL)
        return false;
    end = item_end(*rest, separator);
    *item = text_trim(text_slice(rest->at, rest->at + end));
    if (end < rest->n)
        *rest = text_slice(rest->at + end + 1, rest->at + rest->n);
    else
        rest->at = NULL;
    return true;
}

struct text text_param(struct text params, const char *name)
{
    struct text none = {NULL, 0}, item, key;

    while (text_split(&params, ';', &item)) {
        struct text value = item;

        if (!text_split(&value, '=', &key) || !text_same_nocase(key, text_of(name)))
            continue;
        return value.at != NULL ? text_trim(value) : text_of("");
    }
    return none;
}

struct out out_into(char *buffer, size_t size)
{
    struct out out = {buffer, size, 0, false};

    return out;
}

void out_bytes(struct out *out, const char *bytes, size_t n)
{
    if (out->full || n > out->size - out->n) {
        out->full = true;
        return;
    }
    memcpy(out->at + out->n, bytes, n);
    out->n += n;
}

/* vsnprintf() wants room for a NUL that is not part of what we send, hence ">=". */
void out_format(struct out *out, const char *format, ...)
{
    va_list arguments;
    int n;

    if (out->full)
        return;
    va_start(arguments, format);
    n = vsnprintf(out->at + out->n, out->size - out->n, format, arguments);
    va_end(arguments);
    if (n < 0 || (size_t)n >= out->size - out->n)
        out->full = true;
    else
        out->n += (size_t)n;
}
