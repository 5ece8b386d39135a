/*
 * phone.c - the program around one client: its config, its clock, its callbacks, its connection.
 *
 * The clock starts close to where 32 bits wrap in half of the phones. It may step back a little and
 * stand still while the phone sleeps; own counts what the client has been told of.
 */
#include "sim.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---------------------------------------------------------------- time */

uint32_t phone_tick(struct phone *p)
{
    uint32_t tick = (uint32_t)(p->world->now + p->skew), passed = tick - p->tick;

    if (passed < UINT32_C(0x80000000))
        p->own += passed;
    p->tick = tick;
    return tick;
}

/* ---------------------------------------------------------------- callbacks */

static int on_random(void *user, void *out, size_t n)
{
    struct phone *p = (struct phone *)user;
    unsigned char *octets = (unsigned char *)out;

    if (strikes(p->world, 4, "no random numbers")) {
        p->watch.gap = true; /* what was counted for this request is not sent */
        return -1;
    }
    for (size_t i = 0; i < n; i++)
        octets[i] = (unsigned char)dice(p->world, 256);
    return 0;
}

static int on_send(void *user, const void *bytes, size_t n)
{
    struct phone *p = (struct phone *)user;
    char text[REQUEST];

    memcpy(text, bytes, n);
    text[n] = '\0';
    p->watch.sends++;
    if (ping_is(text, n)) {
        p->world->pings++;
        check_ping(p, text, n);
    } else {
        p->world->sends++;
        check_send(p, text, n);
        reboot_save(p);
    }
    if (strikes(p->world, 10, "sending fails")) {
        p->watch.outstanding = false;
        p->watch.flow_changed = true;
        check_pings_new_flow(p);
        phone_drop_flow(p);
        return -1;
    }
    network_send(p, bytes, n);
    return 0;
}

/* A connection without answers is of no use any more. Who opens them is told to close it. */
static void leave_dead_connection(struct phone *p, const struct sipreg_event *event)
{
    if (p->opens)
        return;
    if (event->type == SIPREG_EVENT_KEEPALIVE && event->error != SIPREG_OK)
        phone_drop_flow(p);
    else if (event->error == SIPREG_TIMEOUT && p->config.transport != SIPREG_UDP)
        later(p->world, 0, FLOW_IS_DOWN, p, NULL, 0);
}

static void on_event(void *user, const struct sipreg_event *event)
{
    struct phone *p = (struct phone *)user;

    p->watch.events++;
    check_event(p, event);
    seek_event(p, event);
    leave_dead_connection(p, event);
    if (!p->world->clear && !p->world->fair && chance(p->world, 20))
        script_wish(p, dice(p->world, 5)); /* from within the callback */
}

static void now_connected(struct phone *p)
{
    p->connected = true;
    p->opening = false;
    p->streamed = 0;
    p->stalled_until = 0;
    memset(&p->frame, 0, sizeof p->frame);
    if (p->config.transport != SIPREG_UDP)
        nat_renew(p);
}

/* A dead server refuses connections, or says nothing; to send datagrams nobody need be there. */
static bool reaches(const struct phone *p)
{
    return !p->seek.on || p->config.transport == SIPREG_UDP ||
           zone_health(p->world, p->seek.server) != DEAD;
}

/* Up at once, up soon, down soon, or nothing for ever. */
void phone_connect(struct phone *p)
{
    struct world *w = p->world;
    bool there = reaches(p);

    if (strikes(w, 60, "opening hangs") || (!there && chance(w, 500)))
        return;
    if (strikes(w, 60, "opening fails later") || !there) {
        later(w, dice(w, 5 * SECOND), FLOW_IS_DOWN, p, NULL, 0);
    } else if (chance(w, 300)) {
        now_connected(p);
        sipreg_client_flow(&p->client, phone_tick(p), SIPREG_FLOW_UP);
    } else {
        later(w, dice(w, 200), FLOW_IS_UP, p, NULL, 0);
    }
}

static int on_open(void *user)
{
    struct phone *p = (struct phone *)user;
    struct world *w = p->world;

    p->flow++;
    p->opening = true;
    p->watch.sends++;
    trace(w, p, "opens connection %u", p->flow);
    if (strikes(w, 60, "cannot open")) {
        p->opening = false;
        p->watch.flow_changed = true;
        return -1;
    }
    if (p->seek.on)
        return seek_open(p);
    phone_connect(p);
    return 0;
}

static void on_close(void *user)
{
    struct phone *p = (struct phone *)user;

    trace(p->world, p, "closes connection %u", p->flow);
    p->watch.sends++;
    p->watch.outstanding = false;
    check_pings_new_flow(p);
    p->flow++;
    p->connected = p->opening = false;
}

void phone_io(struct phone *p)
{
    p->io = (struct sipreg_io){on_send, on_random, on_event,   NULL,
                               NULL,    NULL,      p->scratch, sizeof p->scratch};
    p->io.open = p->opens ? on_open : NULL;
    p->io.close = p->opens ? on_close : NULL;
}

void phone_begin(struct phone *p)
{
    p->password = RIGHT_PASSWORD;
    p->flow++;
    now_connected(p);
    p->connected = !p->opens;
    p->moves = 0;
    p->astray = p->held = false;
    seek_begin(p);
    check_begin(p);
    if (sipreg_client_init(&p->client, &p->config) != SIPREG_OK)
        broken(p->world, p, "init: %s", sipreg_client_fault(&p->config));
    phone_tick(p);
    p->own = 0;
    sipreg_client_deadline(&p->client, p->tick);
    p->wake_at = NEVER;
    p->wish = WISH_NONE;
}

/* ---------------------------------------------------------------- running */

void phone_run(struct phone *p)
{
    struct world *w = p->world;
    bool early = p->early;
    uint32_t wait = SIPREG_FOREVER;

    p->early = false;
    for (int runs = 0; w->failure[0] == '\0'; runs++) {
        unsigned before = p->watch.sends + p->watch.events;
        wait = sipreg_client_run(&p->client, phone_tick(p));
        if (wait != sipreg_client_deadline(&p->client, phone_tick(p)))
            broken(w, p, "run and deadline disagree");
        if (early && before != p->watch.sends + p->watch.events)
            broken(w, p, "acted before the deadline");
        if (wait > 0)
            break;
        if (before == p->watch.sends + p->watch.events || runs > 100)
            broken(w, p, "a deadline in the past, and nothing to do");
    }
    if (w->failure[0] != '\0')
        return;
    p->probed = early;
    p->wake_at = wait == SIPREG_FOREVER ? NEVER : w->now + wait;
    check_rest(p, wait);
    if (p->wake_at != NEVER && strikes(w, 20, "the program is late")) {
        p->wake_at += dice(w, 3 * SECOND);
        p->probed = true; /* just before is no longer before the deadline */
    }
}

/* ---------------------------------------------------------------- flows, addresses */

/* What the program does when the connection is gone: without an open function it makes another. */
void phone_drop_flow(struct phone *p)
{
    p->connected = p->opening = false;
    p->flow++;
    if (p->config.transport == SIPREG_UDP && !p->opens)
        p->connected = true;
    else if (!p->opens)
        later(p->world, dice(p->world, 20 * SECOND), FLOW_IS_UP, p, NULL, 0);
}

void phone_flow(struct phone *p, enum sipreg_flow flow)
{
    trace(p->world, p, "flow %s", flow == SIPREG_FLOW_UP ? "up" : "down");
    p->watch.flow_changed = true;
    if (flow == SIPREG_FLOW_UP) {
        now_connected(p);
        if (!p->opens)
            check_wish(p);
    } else {
        p->watch.outstanding = false;
        p->watch.gap = true;
        check_pings_new_flow(p);
        phone_drop_flow(p);
    }
    sipreg_client_flow(&p->client, phone_tick(p), flow);
    phone_run(p);
}

/* What the old contact leaves behind: the client remembers one that may be bound. */
void phone_move(struct phone *p, bool elsewhere)
{
    check_wish(p);
    p->watch.outstanding = false;
    p->watch.gap = true;
    if (elsewhere) {
        if (p->moves++ > 0) /* one that has been rewritten has the same port as the one before */
            p->excused_below = p->nat.there ? p->ports + 1 : p->ports;
        if (!p->watch.offered) /* and who knows what an earlier client has bound? */
            p->excused_below = p->ports + 1;
        p->ports++;
        phone_address(p);
        nat_renew(p);
    }
    check_pings_new_flow(p);
    trace(p->world, p, "moves to %s", elsewhere ? p->local : "where it is");
    if (sipreg_client_move(&p->client, phone_tick(p), elsewhere ? p->local : NULL) != SIPREG_OK)
        broken(p->world, p, "move failed");
    p->stood_still = false;
}
