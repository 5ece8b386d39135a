/*
 * skeleton.c - the structure of a message, read in a way of its own: not with the library that
 * wrote it.
 */
#include "skeleton.h"

#include <string.h>

struct reader {
    const char *p, *end;
    char *out;
    size_t used;
};

static void put(struct reader *r, char c)
{
    if (r->used + 1 < SKELETON)
        r->out[r->used++] = c;
    r->out[r->used] = '\0';
}

static bool broken(struct reader *r, const char *why)
{
    strcpy(r->out, "BROKEN: ");
    strcat(r->out, why);
    return false;
}

/* Behind the mark that opens it; at the one that closes it. Inside of angle brackets there are no
   blanks, quotes or further brackets. */
static bool skip(struct reader *r, char closing)
{
    for (r->p++; r->p < r->end && *r->p != closing; r->p++) {
        if (closing == '"' && *r->p == '\\')
            r->p++;
        else if (closing == '>' && strchr(" \t\"<", *r->p) != NULL)
            return broken(r, "an open angle bracket");
    }
    return r->p < r->end || broken(r, "no end of a quote or of an angle bracket");
}

/* The text is the caller's own, or it is the body's. */
static bool is_free(const char *name, size_t n)
{
    return n == 10 && strncmp(name, "User-Agent", 10) == 0;
}

static bool read_value(struct reader *r)
{
    for (; r->p < r->end && *r->p != '\r'; r->p++) {
        if (strchr(",;=<\" ", *r->p) != NULL)
            put(r, *r->p);
        if (*r->p == '"' && !skip(r, '"'))
            return false;
        if (*r->p == '<' && !skip(r, '>'))
            return false;
    }
    return true;
}

static bool read_line(struct reader *r)
{
    static const char token[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                "-.!%*_+`'~"; /* RFC 3261 25.1 */
    const char *name = r->p, *colon = (const char *)memchr(r->p, ':', (size_t)(r->end - r->p));

    if (colon == NULL)
        return broken(r, "a line without a colon");
    for (; r->p <= colon; r->p++) {
        if (strchr(token, *r->p) == NULL && r->p < colon)
            return broken(r, "a name that is no token");
        if (r->p == name || r->p == colon || name[0] != 'X') /* the caller's, by whatever name */
            put(r, *r->p);
    }
    if (is_free(name, (size_t)(colon - name)) || name[0] == 'X') {
        r->p = (const char *)memchr(r->p, '\r', (size_t)(r->end - r->p));
        return r->p != NULL || broken(r, "no end of a line");
    }
    return read_value(r);
}

/* "REGISTER", a URI, "SIP/2.0": three words. */
static bool read_start(struct reader *r)
{
    unsigned blanks = 0;

    for (; r->p < r->end && *r->p != '\r'; r->p++)
        blanks += *r->p == ' ';
    return blanks == 2 || broken(r, "a start line of other than three words");
}

static bool is_clean(struct reader *r)
{
    for (const char *p = r->p; p < r->end; p++) {
        bool control = ((unsigned char)*p < ' ' && *p != '\t') || *p == 0x7F;
        bool line_end = *p == '\r' ? p + 1 < r->end && p[1] == '\n' : *p == '\n' && p[-1] == '\r';
        if (control && !line_end)
            return broken(r, "a control character");
    }
    return true;
}

void skeleton_of(const char *message, size_t n, char out[SKELETON])
{
    struct reader r = {message, message + n, out, 0};
    unsigned lines = 0;

    out[0] = '\0';
    if (!is_clean(&r))
        return;
    for (; r.p < r.end; r.p += 2, lines++) {
        if (*r.p == '\r') { /* the empty line: a body, perhaps */
            if (strncmp(r.p + 2, "REGISTER", (size_t)(r.end - r.p - 2) < 8 ? 0 : 8) == 0 &&
                r.end - r.p > 10)
                broken(&r, "another message");
            return;
        }
        if (!(lines == 0 ? read_start(&r) : read_line(&r)))
            return;
        put(&r, '\n');
        if (r.end - r.p < 2)
            break;
    }
    broken(&r, "no empty line");
}
