/*
 * hostile.c - see hostile.h.
 */
#include "hostile.h"

#include "support.h"

#include <stdio.h>

static const char *const hostile[] = {
    "\r\nX-Added: yes",
    "\r\n\r\nREGISTER sip:evil.example SIP/2.0\r\n\r\n",
    "\r\n Folded: yes",
    "\r",
    "\n",
    "\r\n",
    "\t",
    "\v",
    "\x01",
    "\x7f",
    "\x1b[2J",
    "\"",
    "\x02",
    "-\x02-", /* in an answer: a NUL */
    "",
    "\"\"",
    "\\",
    "\\\"",
    "\\\\\"",
    "a\"b",
    "\", x=\"y",
    "\";x=\"y",
    "\"\\",
    ",",
    ", ",
    ",<sip:evil.example>",
    ";",
    ";x=y",
    ";tag=evil",
    "=",
    "<",
    ">",
    "<>",
    "><",
    ">;expires=0,<sip:evil.example",
    "?",
    "?X-Added=yes",
    "?Contact=*",
    "&",
    "@",
    "@evil.example",
    ":",
    "::",
    "/",
    "//",
    "[",
    "]",
    "[::1]",
    "(",
    ")",
    "*",
    "#",
    "%",
    "%0d%0aX:y",
    "%00",
    "%zz",
    "%4",
    "%s%n",
    "%22",
    "%3e",
    " ",
    "  ",
    " b",
    "\xff",
    "\xff\xfe",
    "\xc3",
    "a\xc3",
    "\xc0\x80",
    "\xed\xa0\x80",
    "\xf4\x90\x80\x80",
    "\xc2\x85",
    "\xe2\x80\xa8",
    "SIP/2.0",
    " SIP/2.0\r\nX: y",
    "",
    "'",
    "`",
    "{",
    "}",
    "|",
    "^",
    "~",
    "!",
    "$",
};

const char *hostile_text(size_t index)
{
    static char longest[HOSTILE_LONG + 1];

    memset(longest, 'x', HOSTILE_LONG);
    return index < COUNT(hostile) ? hostile[index] : index == COUNT(hostile) ? longest : NULL;
}

const char *hostile_fitted(const char *pattern, const char *text)
{
    static char room[3 * HOSTILE_LONG];
    const char *gap = strstr(pattern, "%s");

    snprintf(room, sizeof room, "%.*s%s%s", (int)(gap - pattern), pattern, text, gap + 2);
    return room;
}

bool hostile_among(const char *skeleton, const struct messages *messages)
{
    for (size_t i = 0; i < messages->count; i++) {
        if (strcmp(skeleton, messages->skeletons[i]) == 0)
            return true;
    }
    return false;
}
