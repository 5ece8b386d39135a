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

static void carry(struct phone *p, enum kind kind, const char *bytes, size_t n, uint64_t expires_at)
{
    struct world *w = p->world;
    bool datagram = p->config.transport == SIPREG_UDP;
    unsigned copies = 1;

    if (datagram && strikes(w, 120, "a message is lost"))
        return;
    if (datagram && strikes(w, 60, "a message is doubled"))
        copies = 2;
    while (copies-- > 0) {
        struct event *e = later(w, datagram ? travel(w) : 20, kind, p, bytes, n);
        e->expires_at = expires_at;
        if (datagram)
            spoil(w, e);
    }
}

void network_send(struct phone *p, const void *bytes, size_t n)
{
    if (p->connected)
        carry(p, TO_REGISTRAR, (const char *)bytes, n, 0);
}

void network_answer(struct phone *p, const char *bytes, size_t n, uint64_t expires_at)
{
    carry(p, TO_PHONE, bytes, n, expires_at);
}
