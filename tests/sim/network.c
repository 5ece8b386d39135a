/*
 * network.c - carries messages: all of them in time when it is fair; else some are lost, doubled,
 * late, out of order, cut short or changed. Connections only ever delay, or break.
 */
#include "sim.h"

#include <string.h>

/* Changes some octets, or takes away the end. */
static void spoil(struct world *w, struct event *e)
{
    if (strikes(w, 25, "a message is cut short")) {
        e->n = dice(w, (uint32_t)e->n);
        e->bytes[e->n] = '\0';
        e->spoilt = true;
    }
    if (e->n > 0 && strikes(w, 40, "a message is changed")) {
        for (unsigned i = 1 + dice(w, 3); i > 0; i--)
            e->bytes[dice(w, (uint32_t)e->n)] ^= (char)(1 << dice(w, 7));
        e->spoilt = true;
    }
}

static uint64_t travel(struct world *w)
{
    uint64_t ms = 3 + dice(w, 60);

    if (strikes(w, 50, "a message is late"))
        ms += dice(w, 6 * SECOND);
    if (strikes(w, 15, "a message is very late"))
        ms += dice(w, 90 * SECOND);
    return ms;
}

/* Which port of the NAT it takes. */
static unsigned port_of(const struct phone *p, enum kind kind)
{
    return kind == TO_PHONE ? p->seen_port : p->nat.port;
}

static void carry_datagram(struct phone *p, enum kind kind, const char *bytes, size_t n,
                           uint64_t expires_at)
{
    struct world *w = p->world;
    unsigned copies = 1;

    if (strikes(w, 120, "a message is lost"))
        return;
    if (strikes(w, 60, "a message is doubled"))
        copies = 2;
    while (copies-- > 0) {
        struct event *e = later(w, travel(w), kind, p, bytes, n);
        e->expires_at = expires_at;
        e->port = port_of(p, kind);
        spoil(w, e);
    }
}

/* On a connection nothing overtakes, and nothing is lost. */
static void append_to_stream(struct phone *p, enum kind kind, const char *bytes, size_t n,
                             uint64_t expires_at)
{
    struct world *w = p->world;
    uint64_t at = w->now + 20;
    struct event *e;

    if (kind == TO_PHONE && p->stalled_until > at)
        at = p->stalled_until;
    e = later(w, at - w->now, kind, p, bytes, n);
    e->expires_at = expires_at;
    e->port = port_of(p, kind);
}

static void carry(struct phone *p, enum kind kind, const char *bytes, size_t n, uint64_t expires_at)
{
    struct world *w = p->world;
    size_t half = 0;

    if (p->config.transport == SIPREG_UDP) {
        carry_datagram(p, kind, bytes, n, expires_at);
        return;
    }
    if (kind == TO_PHONE && strikes(w, 30, "a message stops halfway"))
        half = 1 + dice(w, (uint32_t)n - 1);
    if (half > 0) {
        append_to_stream(p, kind, bytes, half, expires_at);
        p->stalled_until = w->now + 20 + dice(w, MINUTE);
    }
    append_to_stream(p, kind, bytes + half, n - half, expires_at);
}

void network_send(struct phone *p, const void *bytes, size_t n)
{
    if (p->connected && nat_out(p))
        carry(p, TO_REGISTRAR, (const char *)bytes, n, 0);
}

void network_answer(struct phone *p, const char *bytes, size_t n, uint64_t expires_at)
{
    carry(p, TO_PHONE, bytes, n, expires_at);
}
