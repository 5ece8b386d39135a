/*
 * nat.c - what stands between a phone and the world: an address translator that gives another port
 * when it has forgotten the one before. A connection through it that it has forgotten is dead.
 */
#include "sim.h"

#include <stdio.h>
#include <string.h>

enum { BASE = 20000, DEALT = 64, SPARE = 12 }; /* ports; seconds beyond a keepalive's interval */

void nat_make(struct phone *p)
{
    static const uint64_t datagrams[] = {30 * SECOND, 45 * SECOND, 5 * MINUTE, NEVER},
                          streams[] = {2 * MINUTE, 10 * MINUTE, HOUR, NEVER};
    struct world *w = p->world;
    bool udp = p->config.transport == SIPREG_UDP;

    p->nat.there = chance(w, 400);
    p->nat.life = udp ? datagrams[dice(w, 4)] : streams[dice(w, 4)];
    if (w->fair)
        p->nat.life = NEVER;
    p->config.rewrite_contact = p->nat.there && chance(w, 850);
    snprintf(p->nat.host, sizeof p->nat.host, "203.0.113.%u", 10 + p->index);
    nat_renew(p);
}

/* The port tells which of the phone's it is for. */
void nat_renew(struct phone *p)
{
    p->nat.port = BASE + p->ports * DEALT + p->nat.dealt++ % DEALT;
    p->nat.used_at = p->world->now;
    p->nat.dead = false;
}

void nat_forget(struct phone *p)
{
    if (!p->nat.there)
        return;
    if (p->config.transport == SIPREG_UDP) {
        check_pings_rebound(p);
        nat_renew(p);
    } else {
        p->nat.dead = true;
    }
    trace(p->world, p, "its NAT has forgotten it: %s:%u", p->nat.host, p->nat.port);
}

static bool is_over(const struct phone *p)
{
    return p->nat.life != NEVER && p->world->now - p->nat.used_at > p->nat.life;
}

bool nat_out(struct phone *p)
{
    if (!p->nat.there)
        return true;
    if (is_over(p))
        nat_forget(p);
    p->nat.used_at = p->world->now;
    return !p->nat.dead;
}

bool nat_in(const struct phone *p, unsigned port)
{
    return !p->nat.there || (!p->nat.dead && !is_over(p) && port == p->nat.port);
}

/* When the weather has cleared, it waits for longer than keepalives do, where there are any; a
   connection, which may be there before a registration is, for ever. */
void nat_calm(struct phone *p)
{
    p->nat.life = NEVER;
    if (!p->world->fair && check_pings_promised(p) && p->config.transport == SIPREG_UDP)
        p->nat.life = (check_pings_every(p) + SPARE) * (uint64_t)SECOND;
}

/* A damaged answer may have told it the one's port with the other's address. */
static unsigned which_port(const struct phone *p, unsigned port)
{
    if (port >= BASE)
        return (port - BASE) / DEALT;
    return port >= 5060 && port - 5060 < p->ports ? port - 5060 : p->ports;
}

bool nat_owns(const struct phone *p, const char *contact, unsigned *port)
{
    const char *at = strchr(contact, '@');
    unsigned host, number;
    bool outside;

    if (at == NULL)
        return false;
    outside = sscanf(at, "@203.0.113.%u:%u", &host, &number) == 2;
    if (!outside &&
        sscanf(at, p->nat.there ? "@192.168.1.%u:%u" : "@192.0.2.%u:%u", &host, &number) != 2)
        return false;
    *port = which_port(p, number);
    return host == 10 + p->index && (p->nat.there || !outside);
}

bool nat_leads(const struct phone *p, const char *contact)
{
    char address[32];
    size_t n;

    snprintf(address, sizeof address, "@%s:%u", p->nat.host, p->nat.port);
    n = strlen(address);
    contact = strchr(contact, '@');
    return contact != NULL && nat_in(p, p->nat.port) && strncmp(contact, address, n) == 0 &&
           (contact[n] == '\0' || contact[n] == ';');
}
