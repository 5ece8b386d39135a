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

void text_add_copies(struct reply_text *to, const char *request)
{
    add_copy(to, request, "Via", "");
    add_copy(to, request, "From", "");
    add_copy(to, request, "To", ";tag=x");
    add_copy(to, request, "Call-ID", "");
    add_copy(to, request, "CSeq", "");
}

static void add_contact(struct reply_text *to, const char *request)
{
    size_t n = 0;
    const char *value = line_find(request, "Contact", 0, &n), *p;

    if (value == NULL || *value != '<')
        return;
    p = (const char *)memchr(value, '>', n);
    add(to, value + 1, p == NULL ? 0 : (size_t)(p - value - 1));
}

void text_add_lines(struct reply_text *to, const char *request, struct sipreg_str lines)
{
    for (size_t i = 0; i < lines.n; i++) {
        char next = i + 1 < lines.n ? lines.p[i + 1] : '\0';
        if (lines.p[i] == '\n')
            text_add(to, "\r\n");
        else if (lines.p[i] != '$' || (next != 'm' && next != 'h'))
            add(to, lines.p + i, 1);
        else if (lines.p[++i] == 'm')
            add_contact(to, request);
        else
            text_add_copies(to, request);
    }
}
