/*
 * pong.c - how the registrar answers keepalives: CRLF to CRLF CRLF on streams (RFC 5626 3.5.1), its
 * view of the phone's address to a STUN request (RFC 8489).
 */
#include "sim.h"

#include <stdio.h>
#include <string.h>

enum { REQUEST_SIZE = 20, SUCCESS_SIZE = 32, ERROR_SIZE = 28 };

void pong_make(struct world *w)
{
    static const enum promise promises[] = {PROMISE_NOTHING, PROMISE_NOTHING, PROMISE_KEEP,
                                            PROMISE_KEEP, PROMISE_OB};
    static const unsigned every[] = {0, 10, 25, 90, 600};
    struct registrar *r = &w->registrar;

    r->promise = promises[dice(w, 5)];
    r->every = every[dice(w, 5)];
    r->outbound = chance(w, 600);
    r->pongs = r->promise != PROMISE_NOTHING || r->outbound || chance(w, 500);
}

static bool is_stun(const char *bytes, size_t n)
{
    return n >= REQUEST_SIZE && (unsigned char)bytes[0] <= 1 &&
           memcmp(bytes + 4, "\x21\x12\xA4\x42", 4) == 0;
}

bool ping_is(const char *bytes, size_t n)
{
    return is_stun(bytes, n) || (n > 0 && strspn(bytes, "\r\n") == n);
}

/* What the phone's address is, as the registrar sees it. */
static void see(const struct phone *p, unsigned host[4], unsigned *port)
{
    if (p->nat.there) {
        sscanf(p->nat.host, "%u.%u.%u.%u", &host[0], &host[1], &host[2], &host[3]);
        *port = p->seen_port;
    } else {
        sscanf(p->local, "%u.%u.%u.%u:%u", &host[0], &host[1], &host[2], &host[3], port);
    }
}

static void answer_stun(struct phone *p, const char *request)
{
    unsigned char message[SUCCESS_SIZE] = {1, 1, 0, 12};
    unsigned host[4] = {0}, port = 0;

    memcpy(message + 4, request + 4, 16);
    memcpy(message + 20, "\0\x20\0\x08\0\x01", 6);
    see(p, host, &port);
    message[26] = (unsigned char)(port >> 8 ^ message[4]);
    message[27] = (unsigned char)(port ^ message[5]);
    for (int i = 0; i < 4; i++)
        message[28 + i] = (unsigned char)(host[i] ^ message[4 + i]);
    network_answer(p, (const char *)message, sizeof message, 0);
}

static void refuse_stun(struct phone *p, const char *request)
{
    unsigned char message[ERROR_SIZE] = {1, 0x11, 0, 8};

    memcpy(message + 4, request + 4, 16);
    memcpy(message + 20, "\0\x09\0\x04\0\0\x05\0", 8);
    network_answer(p, (const char *)message, sizeof message, 0);
}

void pong_send(struct phone *p, const char *bytes, size_t n)
{
    struct world *w = p->world;

    if (!w->registrar.pongs || strikes(w, 60, "no pong"))
        return;
    if (is_stun(bytes, n)) {
        if (strikes(w, 40, "a STUN error"))
            refuse_stun(p, bytes);
        else
            answer_stun(p, bytes);
    } else if (p->config.transport != SIPREG_UDP) {
        network_answer(p, "\r\n", 2, 0);
    }
}

void pong_unasked(struct phone *p)
{
    if (p->config.transport != SIPREG_UDP)
        network_answer(p, "\r\n\r\n", chance(p->world, 500) ? 2 : 4, 0);
}
