/*
 * line.c - header lines of a message as text, by their long or compact names.
 */
#include "line.h"

#include <string.h>

/* The letter that may stand for a header's name (RFC 3261 7.3.3); '\0': there is none. */
static char letter_of(const char *name)
{
    static const char *const names[] = {"Via",     "From",           "To",           "Call-ID",
                                        "Contact", "Content-Length", "Content-Type", "Supported"};

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strcmp(name, names[i]) == 0)
            return "vftimlck"[i];
    }
    return '\0';
}

/* What stands behind the name, or its letter, and the colon; NULL: the line has another name. */
static const char *value_in(const char *line, const char *name, char letter)
{
    size_t n = *line == letter ? 1 : strlen(name);
    bool named = n == 1 || strncmp(line, name, n) == 0;

    return named && line[n] == ':' ? line + n + 2 : NULL;
}

const char *line_find(const char *message, const char *name, unsigned nth, size_t *n)
{
    char letter = letter_of(name);

    for (const char *p = message, *value; (p = strstr(p, "\r\n")) != NULL;) {
        p += 2;
        if (*p == '\r' || *p == '\0')
            break;
        value = value_in(p, name, letter);
        if (value != NULL && nth-- == 0) {
            *n = strcspn(value, "\r");
            return value;
        }
    }
    return NULL;
}
