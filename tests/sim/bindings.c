/*
 * bindings.c - what the registrar holds: whose contacts, until when.
 */
#include "sim.h"

#include <stdio.h>
#include <string.h>

struct binding *registrar_find(struct world *w, const char *aor, const char *contact)
{
    for (unsigned i = 0; i < BINDINGS; i++) {
        struct binding *b = &w->registrar.bindings[i];
        if (b->used && strcmp(b->aor, aor) == 0 && strcmp(b->contact, contact) == 0)
            return b;
    }
    return NULL;
}

void registrar_excuse(struct phone *p)
{
    p->excused_below = p->ports;
    for (unsigned i = 0; i < BINDINGS; i++) {
        struct binding *b = &p->world->registrar.bindings[i];
        if (b->phone == (int)p->index)
            b->excused = true;
    }
}

uint64_t registrar_next(const struct world *w)
{
    uint64_t at = NEVER;

    for (unsigned i = 0; i < BINDINGS; i++) {
        const struct binding *b = &w->registrar.bindings[i];
        if (b->used && b->expires_at < at)
            at = b->expires_at;
    }
    return at;
}

/* In fair weather nothing lapses that is wished for. */
static void lapse(struct world *w, struct binding *b)
{
    const struct phone *p = b->phone < 0 ? NULL : &w->phones[b->phone];
    bool calm = w->fair || (w->clear && p != NULL && w->now > p->settled_by);

    b->used = false;
    trace(w, p, "its binding %s lapses", b->contact);
    if (calm && p != NULL && !p->seek.under_way && p->wish == WISH_BOUND &&
        strcmp(p->contact, b->contact) == 0)
        broken(w, p, "the binding lapsed in fair weather");
}

void registrar_expire(struct world *w)
{
    for (unsigned i = 0; i < BINDINGS; i++) {
        struct binding *b = &w->registrar.bindings[i];
        if (b->used && b->expires_at <= w->now)
            lapse(w, b);
    }
}

static struct binding *vacant(struct world *w)
{
    for (unsigned i = 0; i < BINDINGS; i++) {
        if (!w->registrar.bindings[i].used)
            return &w->registrar.bindings[i];
    }
    return &w->registrar.bindings[0];
}

bool registrar_is_old(const struct phone *p, const char *request)
{
    char call_id[VALUE];

    text_header(request, "Call-ID", 0, call_id);
    return strcmp(call_id, p->watch.call_id) != 0 || text_cseq(request) != p->watch.cseq;
}

bool registrar_flow_of(const struct phone *p, const char *request, char flow_of[80])
{
    char value[VALUE], instance[VALUE], reg_id[VALUE];

    flow_of[0] = '\0';
    if (!p->world->registrar.outbound || !text_header(request, "Contact", 0, value) ||
        !text_param(value, "+sip.instance", instance) || !text_param(value, "reg-id", reg_id))
        return false;
    snprintf(flow_of, 80, "%.60s %.10s", instance, reg_id);
    return true;
}

struct binding *registrar_replaced(struct phone *p, const char *contact, const char *flow_of)
{
    for (unsigned i = 0; i < BINDINGS && flow_of[0] != '\0'; i++) {
        struct binding *b = &p->world->registrar.bindings[i];
        if (b->used && strcmp(b->aor, p->aor) == 0 && strcmp(b->flow_of, flow_of) == 0)
            return b;
    }
    return registrar_find(p->world, p->aor, contact);
}

bool registrar_has_newer(const struct phone *p, const char *call_id, uint32_t cseq)
{
    for (unsigned i = 0; i < BINDINGS; i++) {
        const struct binding *b = &p->world->registrar.bindings[i];
        if (b->used && strcmp(b->aor, p->aor) == 0 && strcmp(b->call_id, call_id) == 0 &&
            b->cseq >= cseq)
            return true;
    }
    return false;
}

/* One URI is bound once, by its flow or without. */
static void drop_others(struct phone *p, const struct binding *kept)
{
    for (unsigned i = 0; i < BINDINGS; i++) {
        struct binding *b = &p->world->registrar.bindings[i];
        if (b != kept && strcmp(b->aor, kept->aor) == 0 && strcmp(b->contact, kept->contact) == 0)
            b->used = false;
    }
}

static void keep(struct phone *p, const char *request, const char *contact, uint64_t expires_at,
                 bool first)
{
    char flow_of[80];
    bool flow = registrar_flow_of(p, request, flow_of) && first;
    struct binding *b = registrar_replaced(p, contact, flow ? flow_of : "");
    char call_id[VALUE];
    unsigned port = 0;

    if (b == NULL && expires_at <= p->world->now)
        return;
    if (b == NULL)
        b = vacant(p->world);
    text_header(request, "Call-ID", 0, call_id);
    b->used = expires_at > p->world->now;
    p->robbed = false;
    snprintf(b->aor, sizeof b->aor, "%s", p->aor);
    snprintf(b->contact, sizeof b->contact, "%s", contact);
    snprintf(b->call_id, sizeof b->call_id, "%.31s", call_id);
    b->phone = nat_owns(p, contact, &port) ? (int)p->index : -1;
    b->port = port;
    snprintf(b->flow_of, sizeof b->flow_of, "%s", flow ? flow_of : "");
    b->flow = p->flow;
    b->seen_port = p->seen_port;
    b->excused = registrar_is_old(p, request);
    b->cseq = text_cseq(request);
    b->expires_at = expires_at;
    drop_others(p, b);
}

/* Of all phones of the AOR: what the others wish, they will find out when they refresh. */
static void remove_all(struct phone *p)
{
    for (unsigned i = 0; i < p->world->phone_count; i++)
        p->world->phones[i].robbed = i != p->index;
    for (unsigned i = 0; i < BINDINGS; i++) {
        struct binding *b = &p->world->registrar.bindings[i];
        if (strcmp(b->aor, p->aor) == 0)
            b->used = false;
    }
}

/* Does what the request says, with so many seconds for what it wishes. When its binding ends, or 0.
 */
uint64_t registrar_bind(struct phone *p, const char *request, uint64_t seconds)
{
    char value[VALUE], contact[VALUE], expires[VALUE];
    uint64_t ends = 0, now = p->world->now;

    for (unsigned i = 0; text_header(request, "Contact", i, value); i++) {
        if (strcmp(value, "*") == 0)
            remove_all(p);
        if (!text_uri(value, contact))
            continue;
        if (!text_param(strchr(value, '>'), "expires", expires))
            text_header(request, "Expires", 0, expires);
        if (strcmp(expires, "0") == 0)
            keep(p, request, contact, now, i == 0);
        else
            keep(p, request, contact, ends = now + seconds * SECOND, i == 0);
    }
    return ends;
}
