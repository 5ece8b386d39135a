/*
 * worst.c: what does a hostile answer cost?
 *
 *   worst SHAPE SIZE     a client that registers hears one answer of that shape and size
 *   worst                names the shapes
 *
 * worst.py runs this under callgrind, which counts the instructions within measured_receive, and
 * within measured_octets, where each octet is read and compared once: that is what a shape is
 * measured against.
 */
#include "measured.h"

#include <sipreg/sipreg.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST = 1 << 20 };

static unsigned char scratch[1200];
static char request[sizeof scratch + 1];

static int on_send(void *user, const void *bytes, size_t n)
{
    (void)user;
    if (request[0] == '\0') {
        memcpy(request, bytes, n);
        request[n] = '\0';
    }
    return 0;
}

static const struct sipreg_io io = {
    .send = on_send,
    .random = counting,
    .scratch = scratch,
    .scratch_size = sizeof scratch,
};
static const struct sipreg_client_config config = {
    .io = &io,
    .aor = "sip:alice@example.com",
    .password = "secret",
    .local = "192.0.2.10:5060",
    .follow_redirects = true,
    .rewrite_contact = true,
    .require_listed = true,
    .keepalive = &sipreg_keepalive,
    .instance = "urn:uuid:00000000-0000-1000-8000-00000000000a",
};
static struct sipreg_client client;

/* ---------------------------------------------------------------- shapes */

struct shape {
    const char *name;
    const char *status;
    const char *before, *piece, *after; /* header lines, with the piece as often as it fits */
};

#define OURS   "Contact: <sip:alice@192.0.2.10:5060>;expires=3600\r\n"
#define DIGEST "WWW-Authenticate: Digest realm=\"example.com\", nonce=\"n\""

static const struct shape shapes[] = {
    {"headers", "200 OK", OURS, "X: y\r\n", ""},
    {"shortest lines", "200 OK", OURS, "X:\r\n", ""},
    {"known headers", "401 Unauthorized", "", "Date: x\r\n", DIGEST "\r\n"},
    {"lines that are none", "200 OK", OURS, "x\r\n", ""},
    {"folds", "200 OK", OURS "X: ", "\r\n ", "\r\n"},
    {"folds in Contact", "200 OK", "Contact: ", "\r\n ", OURS},
    {"a long reason", "200 ", "", "O", OURS},
    {"Vias", "200 OK", OURS, "Via: SIP/2.0/UDP h;branch=z9hG4bK1\r\n", ""},
    {"commas in Contact", "200 OK", "Contact: ", ",", "\r\n"},
    {"contacts of others", "200 OK", "Contact: <sip:b@c>;expires=1", ",<sip:b@c>;expires=1",
     "\r\n"},
    {"contacts like ours", "200 OK", OURS, "Contact: <sip:%61lice@192.0.2.10:5060;x=%61>\r\n", ""},
    {"instances like ours", "200 OK", OURS,
     "m: <sip:a>;+sip.instance=\"<urn:uuid:00000000-0000-1000-8000-00000000000b>\"\r\n", ""},
    {"ours again and again", "200 OK", OURS, "m: <sip:alice@192.0.2.10:5060>\r\n", ""},
    {"a long contact", "200 OK", "Contact: <sip:alice@192.0.2.10:5060;a=", "%61", ">\r\n" OURS},
    {"parameters of a contact", "200 OK", "Contact: <sip:alice@192.0.2.10:5060>", ";a=1",
     ";expires=3600\r\n"},
    {"parameters of its URI", "200 OK", "Contact: <sip:alice@192.0.2.10:5060", ";a=1",
     ">;expires=3600\r\n"},
    {"parameters of the URI, each another", "200 OK", "Contact: <sip:alice@192.0.2.10:5060",
     ";transport=udp;x", ">;expires=3600\r\n"},
    {"headers of its URI", "200 OK", "Contact: <sip:alice@192.0.2.10:5060?a=1", "&a=1",
     ">;expires=3600\r\n"},
    {"quotes", "200 OK", "Contact: ", "\"\"", " <sip:alice@192.0.2.10:5060>\r\n"},
    {"backslashes", "200 OK", "Contact: \"", "\\\"", "\" <sip:alice@192.0.2.10:5060>\r\n"},
    {"quotes without an end", "200 OK", "", "Contact: \"a\r\n", OURS},
    {"angle brackets", "200 OK", "Contact: ", "<", "\r\n" OURS},
    {"Paths", "200 OK", OURS, "Path: <sip:p;lr>\r\n", ""},
    {"Service-Routes", "200 OK", OURS, "Service-Route: <sip:p;lr>\r\n", ""},
    {"one Service-Route", "200 OK", OURS "Service-Route: <sip:p;lr>", ",<sip:p;lr>", "\r\n"},
    {"Authentication-Info", "200 OK", OURS "Authentication-Info: a=b", ",a=b", "\r\n"},
    {"Requires", "200 OK", OURS "Require: a", ",a", "\r\n"},
    {"a body", "200 OK", OURS "Content-Length: 9\r\n\r\n", "x", ""},
    {"commas in a challenge", "401 Unauthorized", DIGEST, ",", "\r\n"},
    {"parameters of a challenge", "401 Unauthorized", DIGEST, ", a=b", "\r\n"},
    {"quotes in a challenge", "401 Unauthorized", DIGEST, ", a=\"\\\"\"", "\r\n"},
    {"challenges", "401 Unauthorized", "", DIGEST "\r\n", ""},
    {"challenges of one line", "401 Unauthorized", DIGEST, ", Digest realm=\"a\", nonce=\"b\"",
     "\r\n"},
    {"challenges of many realms", "401 Unauthorized", DIGEST "\r\n",
     "WWW-Authenticate: Digest nonce=\"n\", realm=\"x\"\r\n", ""},
    {"schemes", "401 Unauthorized", "WWW-Authenticate: a", ", a", "\r\n" DIGEST "\r\n"},
    {"a long nonce", "401 Unauthorized", "WWW-Authenticate: Digest realm=\"r\", nonce=\"", "\\n",
     "\"\r\n"},
    {"qops", "401 Unauthorized", DIGEST ", qop=\"x", ",auth", "\"\r\n"},
    {"targets", "302 Moved", "Contact: <sip:a@b>", ",<sip:a@b>;q=0.5", "\r\n"},
    {"targets, each another", "302 Moved", "", "Contact: <sip:%61@b.example.com;a=b?c=d>\r\n", ""},
    {"Unsupported", "420 Bad Extension", "Unsupported: a", ",a", "\r\n"},
    {"comments", "503 Busy", "Retry-After: 5", "(", "\r\n"},
    {"closed comments", "503 Busy", "Retry-After: 5 ", "(())", "\r\n"},
    {"Warnings", "400 Bad", "Warning: 399 a \"b\"", ", 399 a \"b\"", "\r\n"},
};

static const struct shape *find(const char *name)
{
    for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++) {
        if (strcmp(shapes[i].name, name) == 0)
            return &shapes[i];
    }
    return NULL;
}

/* ---------------------------------------------------------------- the answer */

static char message[MOST + 1];

static size_t append(size_t n, const char *text, size_t size)
{
    size_t more = strlen(text);

    if (n + more > size)
        more = size - n;
    memcpy(message + n, text, more);
    return n + more;
}

/* The line of the request, as it is. */
static size_t append_line(size_t n, const char *name, size_t size)
{
    static char line[sizeof request];
    const char *p = strstr(request, name);

    snprintf(line, sizeof line, "%.*s\r\n", (int)strcspn(p, "\r"), p);
    return append(n, line, size);
}

/* As often as it fits with so much behind it. */
static size_t fill(size_t n, const char *piece, size_t size, size_t behind)
{
    while (n + strlen(piece) + behind < size)
        n = append(n, piece, size);
    return n;
}

static size_t make(const struct shape *shape, size_t size)
{
    static const char *const same[] = {"Via: ", "From: ", "To: ", "Call-ID: ", "CSeq: "};
    bool long_reason = shape->status[strlen(shape->status) - 1] == ' ';
    size_t n = append(append(0, "SIP/2.0 ", size), shape->status, size);

    if (long_reason)
        n = fill(n, shape->piece, size, sizeof request);
    n = append(n, "\r\n", size);
    for (size_t i = 0; i < sizeof same / sizeof same[0]; i++)
        n = append_line(n, same[i], size);
    n = append(n, shape->before, size);
    if (!long_reason)
        n = fill(n, shape->piece, size, strlen(shape->after) + 2);
    return append(append(n, shape->after, size), "\r\n", size);
}

/* ---------------------------------------------------------------- measured */

int measured_receive(size_t n);
MEASURED int measured_receive(size_t n)
{
    return sipreg_client_recv(&client, 20, message, n);
}

/* How many ends of lines are there? Volatile, so that no compiler reads eight octets at once. */
size_t measured_octets(size_t n);
MEASURED size_t measured_octets(size_t n)
{
    const volatile char *p = message;
    size_t lines = 0;

    for (size_t i = 0; i < n; i++)
        lines += p[i] == '\n';
    return lines;
}

int main(int argc, char **argv)
{
    const struct shape *shape = argc == 3 ? find(argv[1]) : NULL;
    size_t n = argc == 3 ? strtoul(argv[2], NULL, 10) : 0;

    if (argc == 1) {
        for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++)
            puts(shapes[i].name);
        return 0;
    }
    if (shape == NULL || n > MOST || n < sizeof request)
        return 2;
    if (sipreg_client_init(&client, &config) != SIPREG_OK)
        return 1;
    sipreg_client_start(&client, 0);
    sipreg_client_run(&client, 0);
    n = make(shape, n);
    printf("%s\n", sipreg_strerror(measured_receive(n)));
    return measured_octets(n) > 0 ? 0 : 1;
}
