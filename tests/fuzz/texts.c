/*
 * texts.c - what a fuzz script has a registrar say.
 */
#include "texts.h"

#include "../line.h"

static void add(struct reply_text *to, const char *p, size_t n)
{
    if (n > sizeof to->p - to->n)
        n = sizeof to->p - to->n;
    memcpy(to->p + to->n, p, n);
    to->n += n;
}

void text_add(struct reply_text *to, const char *p)
{
    add(to, p, strlen(p));
}

/* One header of the request as it stands there. */
static void add_copy(struct reply_text *to, const char *request, const char *name, const char *more)
{
    size_t n = 0;
    const char *value = line_find(request, name, 0, &n);

    if (value == NULL)
        return;
    text_add(to, name);
    text_add(to, ": ");
    add(to, value, n);
    text_add(to, more);
    text_add(to, "\r\n");
}

/* What an answer copies from its request (8.2.6.2), each by a letter. */
static const struct {
    char letter;
    const char *name, *more;
} copied[] = {
    {'v', "Via", ""},     {'f', "From", ""}, {'t', "To", ";tag=x"},
    {'i', "Call-ID", ""}, {'c', "CSeq", ""},
};

static bool add_header(struct reply_text *to, const char *request, char letter)
{
    for (size_t i = 0; i < sizeof copied / sizeof copied[0]; i++) {
        if (copied[i].letter != letter)
            continue;
        add_copy(to, request, copied[i].name, copied[i].more);
        return true;
    }
    return false;
}

void text_add_copies(struct reply_text *to, const char *request)
{
    for (size_t i = 0; i < sizeof copied / sizeof copied[0]; i++)
        add_header(to, request, copied[i].letter);
}

/* What stands in a header's value behind `start`, up to `end`. */
static void add_part(struct reply_text *to, const char *request, const char *name,
                     const char *start, char end)
{
    size_t n = 0, length = strlen(start);
    const char *p = line_find(request, name, 0, &n), *last;

    while (p != NULL && n > length && memcmp(p, start, length) != 0) {
        p++;
        n--;
    }
    if (p == NULL || n <= length)
        return;
    p += length;
    last = (const char *)memchr(p, end, n - length);
    add(to, p, last == NULL ? n - length : (size_t)(last - p));
}

/* What a letter behind a $ stands for; false: nothing. */
static bool add_named(struct reply_text *to, const char *request, char letter)
{
    switch (letter) {
    case 'm':
        add_part(to, request, "Contact", "<", '>');
        return true;
    case 'b':
        add_part(to, request, "Via", ";branch=", ';');
        return true;
    case 'n':
        add_part(to, request, "CSeq", "", ' ');
        return true;
    case 'h':
        text_add_copies(to, request);
        return true;
    default:
        return add_header(to, request, letter);
    }
}

void text_add_lines(struct reply_text *to, const char *request, struct sipreg_str lines)
{
    for (size_t i = 0; i < lines.n; i++) {
        char next = i + 1 < lines.n ? lines.p[i + 1] : '\0';
        if (lines.p[i] == '\n')
            text_add(to, "\r\n");
        else if (lines.p[i] == '$' && add_named(to, request, next))
            i++;
        else
            add(to, lines.p + i, 1);
    }
}
