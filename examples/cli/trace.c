/*
 * trace.c - what went over the wire?
 *
 * A trace is made to be shown to others, so it must not give the password away. The digest values
 * are functions of it: whoever has response (or rspauth) with its cnonce can try passwords at home,
 * by the million. They are masked in all four headers that carry them, in both directions, since a
 * server may send back what it got; user name, realm and nonce stay readable.
 */
#include "trace.h"

#include "show.h"

#include <string.h>
#include <strings.h>
#include <sys/time.h>
#include <time.h>

static bool blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Does p open with word, then perhaps blanks, then mark? The length up to and with mark, or 0. */
static size_t opens_with(const char *p, size_t n, const char *word, char mark)
{
    size_t i = strlen(word);

    if (n < i || strncasecmp(p, word, i) != 0)
        return 0;
    while (i < n && blank(p[i]))
        i++;
    return i < n && p[i] == mark ? i + 1 : 0;
}

static size_t opens_with_any(const char *p, size_t n, const char *const *words, char mark)
{
    size_t length = 0;

    while (*words != NULL && length == 0)
        length = opens_with(p, n, *words++, mark);
    return length;
}

static bool carries_credentials(const char *p, size_t n)
{
    static const char *const names[] = {"Authorization", "Proxy-Authorization",
                                        "Authentication-Info", "Proxy-Authentication-Info", NULL};

    return opens_with_any(p, n, names, ':') > 0;
}

/* CRLF ends a line; all else that is no text comes out escaped. */
static void print(FILE *out, const char *p, size_t n)
{
    const char *end = p + n, *line;

    while (p < end) {
        for (line = p; p < end && !(end - p >= 2 && p[0] == '\r' && p[1] == '\n'); p++)
            continue;
        show_text(out, line, (size_t)(p - line));
        if (p < end) {
            putc('\n', out);
            p += 2;
        }
    }
}

/* The end of the value at p: of its quoted string, or of its token. */
static const char *value_end(const char *p, const char *end)
{
    while (p < end && blank(*p))
        p++;
    if (p < end && *p == '"') {
        for (p++; p < end && *p != '"'; p++)
            p += *p == '\\' && end - p > 1;
        return p < end ? p + 1 : end;
    }
    while (p < end && *p != ',' && !blank(*p))
        p++;
    return p;
}

static void print_masked(FILE *out, const char *p, size_t n)
{
    static const char *const secrets[] = {"response", "cnonce", "rspauth", NULL};
    const char *end = p + n, *from = p;
    size_t length;

    for (; p < end; p++) {
        if (p == from || !(blank(p[-1]) || p[-1] == ','))
            continue;
        length = opens_with_any(p, (size_t)(end - p), secrets, '=');
        if (length > 0) {
            print(out, from, (size_t)(p - from) + length);
            fputs("\"***\"", out);
            from = value_end(p + length, end);
            p = from - 1;
        }
    }
    print(out, from, (size_t)(end - from));
}

/* A header line with the lines that it is folded over. */
static size_t header_length(const char *p, size_t n)
{
    size_t i;

    for (i = 0; i < n; i++) {
        if (p[i] == '\n' && (i + 1 == n || (p[i + 1] != ' ' && p[i + 1] != '\t')))
            return i + 1;
    }
    return n;
}

static void print_title(FILE *out, bool sent, const char *peer, const char *transport)
{
    struct timeval now;
    struct tm local;
    char clock[16] = "";

    gettimeofday(&now, NULL);
    if (localtime_r(&now.tv_sec, &local) != NULL)
        strftime(clock, sizeof clock, "%H:%M:%S", &local);
    fprintf(out, "%s.%03d %s %s %s\n", clock, (int)(now.tv_usec / 1000), sent ? "->" : "<-", peer,
            transport);
}

void trace_keepalive(FILE *out, bool sent, const char *peer, const char *transport)
{
    print_title(out, sent, peer, transport);
    fputs("(keepalive)\n", out);
    fflush(out);
}

void trace_message(FILE *out, bool sent, const char *peer, const char *transport, const char *bytes,
                   size_t n)
{
    bool ended = n > 0 && bytes[n - 1] == '\n';
    size_t length;

    print_title(out, sent, peer, transport);
    for (; n > 0; bytes += length, n -= length) {
        length = header_length(bytes, n);
        if (carries_credentials(bytes, length))
            print_masked(out, bytes, length);
        else
            print(out, bytes, length);
    }
    if (!ended)
        putc('\n', out);
    fflush(out);
}
