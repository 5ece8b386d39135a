/*
 * upgrade.c - does the server speak SIP over WebSocket? (RFC 6455 4.1, RFC 7118 4)
 *
 * We ask by HTTP, and its answer must say yes to all of it: 101, the upgrade, our key, and "sip".
 * Whatever else it says is refused, with words that name what was wrong. Cookies, HTTP's
 * authentication and its redirections are not for us: they end as the status that came.
 */
#include "upgrade.h"

#include "system.h"

#include <mbedtls/base64.h>
#include <mbedtls/md.h>

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#define ANSWER_MAX 16384 /* octets that it may take to say yes */

struct text {
    const char *p;
    size_t n;
};

static int fail(struct upgrade *upgrade, const char *why)
{
    snprintf(upgrade->fault, sizeof upgrade->fault, "%s", why);
    return -1;
}

/* With some of what the server sent, as far as it can be printed. */
static int fail_with(struct upgrade *upgrade, const char *why, struct text sent)
{
    char shown[100];
    size_t i;

    for (i = 0; i < sent.n && i < sizeof shown - 1; i++)
        shown[i] = sent.p[i] >= ' ' && sent.p[i] <= '~' ? sent.p[i] : '?';
    shown[i] = '\0';
    snprintf(upgrade->fault, sizeof upgrade->fault, "%s: %s", why, shown);
    return -1;
}

/* ---- our request ---- */

static bool make_key(struct upgrade *upgrade)
{
    unsigned char octets[16];
    size_t n;

    return random_octets(octets, sizeof octets) >= 0 &&
           mbedtls_base64_encode((unsigned char *)upgrade->key, sizeof upgrade->key, &n, octets,
                                 sizeof octets) == 0;
}

/* RFC 6455 4.2.2: whoever has read our key, as only a WebSocket server does, can say this. */
static bool make_accept(struct upgrade *upgrade)
{
    char text[sizeof upgrade->key + 36];
    unsigned char sum[20];
    size_t n;

    snprintf(text, sizeof text, "%s258EAFA5-E914-47DA-95CA-C5AB0DC85B11", upgrade->key);
    return mbedtls_md(mbedtls_md_info_from_type(MBEDTLS_MD_SHA1), (const unsigned char *)text,
                      strlen(text), sum) == 0 &&
           mbedtls_base64_encode((unsigned char *)upgrade->accept, sizeof upgrade->accept, &n, sum,
                                 sizeof sum) == 0;
}

int upgrade_write(struct upgrade *upgrade, char *out, size_t size, const char *host, uint16_t port,
                  const char *path)
{
    bool ipv6 = strchr(host, ':') != NULL;
    char behind[8] = "";
    int n;

    if (!make_key(upgrade) || !make_accept(upgrade))
        return fail(upgrade, "WebSocket: no random octets, or no SHA-1");
    if (port != 0)
        snprintf(behind, sizeof behind, ":%u", (unsigned)port);
    n = snprintf(out, size,
                 "GET %s HTTP/1.1\r\n"
                 "Host: %s%s%s%s\r\n"
                 "Upgrade: websocket\r\n"
                 "Connection: Upgrade\r\n"
                 "Sec-WebSocket-Key: %s\r\n"
                 "Sec-WebSocket-Protocol: sip\r\n"
                 "Sec-WebSocket-Version: 13\r\n\r\n",
                 path, ipv6 ? "[" : "", host, ipv6 ? "]" : "", behind, upgrade->key);
    return n >= 0 && (size_t)n < size ? n : fail(upgrade, "--ws-path is too long");
}

/* ---- the answer ---- */

static struct text trimmed(const char *from, const char *to)
{
    struct text text;

    while (from < to && (*from == ' ' || *from == '\t'))
        from++;
    while (from < to && (to[-1] == ' ' || to[-1] == '\t'))
        to--;
    text.p = from;
    text.n = (size_t)(to - from);
    return text;
}

static bool is(struct text text, const char *word)
{
    return text.n == strlen(word) && strncasecmp(text.p, word, text.n) == 0;
}

/* Is the word one of the list, between commas? */
static bool lists(struct text list, const char *word)
{
    const char *p = list.p, *end = list.p + list.n, *comma;

    for (; p < end; p = comma + 1) {
        comma = memchr(p, ',', (size_t)(end - p));
        if (comma == NULL)
            comma = end;
        if (is(trimmed(p, comma), word))
            return true;
    }
    return false;
}

/* Takes the next line, which ends with CRLF. */
static bool take_line(struct text *rest, struct text *line)
{
    const char *p = rest->p, *end = rest->p + rest->n;

    while (end - p >= 2 && (p[0] != '\r' || p[1] != '\n'))
        p++;
    if (end - p < 2)
        return false;
    line->p = rest->p;
    line->n = (size_t)(p - rest->p);
    rest->p = p + 2;
    rest->n = (size_t)(end - rest->p);
    return true;
}

/* 0, or negative: it is no 101. */
static int judge_status(struct upgrade *upgrade, struct text line)
{
    static const char version[] = "HTTP/1.";
    const size_t before = sizeof version + 1; /* a digit, a blank */

    if (line.n < before + 3 || memcmp(line.p, version, sizeof version - 1) != 0)
        return fail_with(upgrade,
                         "it answers the WebSocket handshake with something else than HTTP", line);
    line.p += before;
    line.n -= before;
    if (memcmp(line.p, "101", 3) != 0)
        return fail_with(upgrade, "it refuses the WebSocket handshake", line);
    return 0;
}

struct agreed {
    bool upgrade, connection, accept, protocol;
};

/* 0, or negative: this header cannot be. */
static int judge_header(struct upgrade *upgrade, struct agreed *agreed, struct text line)
{
    const char *end = line.p + line.n, *colon = memchr(line.p, ':', line.n);
    struct text name, value;

    if (colon == NULL)
        return fail_with(upgrade, "no header of HTTP in its WebSocket handshake", line);
    name = trimmed(line.p, colon);
    value = trimmed(colon + 1, end);
    if (is(name, "Upgrade")) {
        agreed->upgrade = agreed->upgrade || is(value, "websocket");
    } else if (is(name, "Connection")) {
        agreed->connection = agreed->connection || lists(value, "upgrade");
    } else if (is(name, "Sec-WebSocket-Accept")) {
        agreed->accept =
            value.n == strlen(upgrade->accept) && memcmp(value.p, upgrade->accept, value.n) == 0;
        if (!agreed->accept)
            return fail_with(upgrade, "its Sec-WebSocket-Accept does not answer our key", value);
    } else if (is(name, "Sec-WebSocket-Protocol")) {
        agreed->protocol = value.n == 3 && memcmp(value.p, "sip", 3) == 0;
        if (!agreed->protocol)
            return fail_with(upgrade, "its WebSocket is not for sip but for", value);
    } else if (is(name, "Sec-WebSocket-Extensions") && value.n > 0) {
        return fail_with(upgrade, "it uses a WebSocket extension that we did not ask for", value);
    }
    return 0;
}

static int judge(struct upgrade *upgrade, const struct agreed *agreed)
{
    if (!agreed->upgrade)
        return fail(upgrade, "its WebSocket handshake lacks 'Upgrade: websocket'");
    if (!agreed->connection)
        return fail(upgrade, "its WebSocket handshake lacks 'Connection: Upgrade'");
    if (!agreed->accept)
        return fail(upgrade, "its WebSocket handshake lacks Sec-WebSocket-Accept");
    if (!agreed->protocol) /* RFC 7118 4.1 */
        return fail(upgrade, "its WebSocket handshake lacks 'Sec-WebSocket-Protocol: sip'");
    return 0;
}

int upgrade_read(struct upgrade *upgrade, const char *bytes, size_t n)
{
    struct agreed agreed = {false, false, false, false};
    struct text rest, line;

    rest.p = bytes;
    rest.n = n;
    if (take_line(&rest, &line)) {
        if (judge_status(upgrade, line) < 0)
            return -1;
        while (take_line(&rest, &line)) {
            if (line.n == 0)
                return judge(upgrade, &agreed) < 0 ? -1 : (int)(rest.p - bytes);
            if (judge_header(upgrade, &agreed, line) < 0)
                return -1;
        }
    }
    return n < ANSWER_MAX ? 0 : fail(upgrade, "its answer to the WebSocket handshake has no end");
}
