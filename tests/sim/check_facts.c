/*
 * check_facts.c - what must hold of what a client says and believes: at each event, whenever it is
 * at rest, and in the end.
 */
#include "sim.h"

#include <stdio.h>
#include <string.h>

enum {
    SOONEST_RETRY = 5 * SECOND,
    LONGEST_RETRY_AFTER = 24 * 60 * 60 /* seconds */
};

/* ---------------------------------------------------------------- events */

static const char *const types[] = {"registered", "bindings", "unregistered",
                                    "retrying",   "refused",  "keepalive"};

/* How soon does it say that it will try again? */
static void check_patience(struct phone *p, const struct sipreg_event *event)
{
    int64_t after = event->response == NULL ? SIPREG_ABSENT : event->response->retry_after;
    uint32_t longest = p->config.retry_max > 0 ? p->config.retry_max : 1800;

    if (p->watch.wishes > 0 || event->retry_in == SIPREG_FOREVER || seek_is_amid(p, event))
        return;
    if (event->status == 503 && after == 0 && p->config.reg_id > 0) /* RFC 5626 4.2.1 */
        return;
    if (event->retry_in < SOONEST_RETRY && !p->watch.flow_changed)
        broken(p->world, p, "tries again in %u ms", event->retry_in);
    if (after <= 0 && event->retry_in > longest * SECOND)
        broken(p->world, p, "waits longer than RFC 5626 4.5 lets it: %u ms", event->retry_in);
    if (after > LONGEST_RETRY_AFTER)
        after = LONGEST_RETRY_AFTER;
    if (after > 0 && event->retry_in < after * SECOND)
        broken(p->world, p, "tries again before Retry-After");
}

/* What it believes must not be longer than what is so. */
static void check_belief(struct phone *p, const struct sipreg_event *event)
{
    struct watch *s = &p->watch;

    if (event->valid_for == 0 && p->own < s->sent_at + (uint64_t)event->granted * SECOND)
        broken(p->world, p, "registered, and nothing bound");
    if (event->refresh_in != SIPREG_FOREVER && event->refresh_in > event->valid_for &&
        event->refresh_in > SECOND)
        broken(p->world, p, "refreshes too late");
    if (s->honest_until > 0 && event->valid_for > 0 && !p->drifted && event->error == SIPREG_OK &&
        p->world->now + event->valid_for > s->honest_until + SECOND)
        broken(p->world, p, "believes in %u ms more than were granted",
               (unsigned)(p->world->now + event->valid_for - s->honest_until));
}

/* What it says is gone must be gone. */
static void check_gone(struct phone *p)
{
    const struct binding *b = registrar_find(p->world, p->aor, p->contact);

    if (b != NULL && !b->excused && b->expires_at > p->world->now)
        broken(p->world, p, "says that it is gone, but it is bound for %u ms more",
               (unsigned)(b->expires_at - p->world->now));
}

static void check_calm(struct phone *p, const struct sipreg_event *event)
{
    bool failed = event->type == SIPREG_EVENT_REFUSED || event->type == SIPREG_EVENT_RETRYING ||
                  (event->type >= SIPREG_EVENT_UNREGISTERED && event->error != SIPREG_OK);

    if (p->seek.under_way && event->type == SIPREG_EVENT_UNREGISTERED &&
        event->state != SIPREG_IDLE)
        return; /* a binding lapses while dead servers are tried */
    if (failed && !seek_is_amid(p, event))
        broken(p->world, p, "%s in fair weather: %d, %s", types[event->type], event->status,
               sipreg_strerror(event->error));
}

static bool is_unconfirmed(const struct phone *p, const struct sipreg_event *event)
{
    return event->type == SIPREG_EVENT_UNREGISTERED && event->error != SIPREG_OK &&
           p->wish == WISH_GONE;
}

/* Once the weather has cleared the user asks again for what was refused or not confirmed. */
static void ask_again(struct phone *p, const struct sipreg_event *event)
{
    bool failed = event->type == SIPREG_EVENT_REFUSED || is_unconfirmed(p, event);
    unsigned most = p->seek.on ? 3 : 1; /* one may have gone to where a lie has led */

    if (!failed || event->state != SIPREG_IDLE || !p->world->clear)
        return;
    if (p->watch.asked_again == most)
        broken(p->world, p, "refused again after the weather cleared");
    p->watch.asked_again++;
    p->wish_at = p->world->now + seek_rest(p) + 5 * SECOND;
}

/* A lapse while it tries, or a server that failed: the targets of a redirection may still follow.
 */
static bool is_amid(const struct sipreg_event *event)
{
    return event->type == SIPREG_EVENT_UNREGISTERED ||
           (event->type == SIPREG_EVENT_RETRYING && event->retry_in == 0);
}

static bool is_query(const char *request)
{
    char contact[VALUE];

    return !text_header(request, "Contact", 0, contact);
}

void check_event(struct phone *p, const struct sipreg_event *event)
{
    struct watch *s = &p->watch;
    uint32_t next = event->refresh_in < event->retry_in ? event->refresh_in : event->retry_in;

    trace(p->world, p, "is told: %s, %d, %s", types[event->type], event->status,
          sipreg_strerror(event->error));
    if (!is_amid(event))
        s->elsewhere = 0;
    check_secrets(p, event, sizeof *event);
    check_secrets(p, &p->client, sizeof p->client);
    s->announced = next == SIPREG_FOREVER ? NEVER : p->own + next;
    if (next == SIPREG_FOREVER && event->valid_for == SIPREG_FOREVER)
        s->announced = p->own + next; /* a grant of more than seven weeks: that, at the soonest */
    if (check_asks(p, event->status)) /* answered, and given up all the same */
        s->gap = true;
    if (event->type == SIPREG_EVENT_RETRYING)
        check_patience(p, event);
    if (event->type == SIPREG_EVENT_REGISTERED) {
        check_belief(p, event);
        s->flow_changed = false;
        p->moves = 0;
    }
    check_pings_event(p, event);
    s->refused = s->refused || event->type == SIPREG_EVENT_REFUSED;
    s->ended = s->ended || event->type == SIPREG_EVENT_UNREGISTERED;
    if (event->type == SIPREG_EVENT_UNREGISTERED && event->error == SIPREG_OK)
        check_gone(p);
    if (is_unconfirmed(p, event)) {
        registrar_excuse(p);
        if (event->error == SIPREG_TIMEOUT && !is_query(s->last)) /* its time was over */
            s->outstanding = false;
    }
    if (p->world->fair)
        check_calm(p, event);
    ask_again(p, event);
}

/* ---------------------------------------------------------------- at rest */

static void check_waits(struct phone *p, uint32_t wait, enum sipreg_client_state state)
{
    struct watch *s = &p->watch;
    bool cut_off = !p->opens && !p->connected;

    if (wait == SIPREG_FOREVER && state != SIPREG_IDLE && !cut_off)
        broken(p->world, p, "waits for ever in state %d", (int)state);
    if (s->outstanding && p->own + wait > s->sent_at + 64 * check_t1(p))
        broken(p->world, p, "timer F is not waited for");
    if (state == SIPREG_IDLE && p->wish == WISH_BOUND && !s->refused)
        broken(p->world, p, "gave up without a word");
    if (state == SIPREG_IDLE && p->wish == WISH_GONE && !s->ended)
        broken(p->world, p, "removed without a word");
}

/* In fair weather, whoever has nothing to do but wait is bound where it is. */
static void check_bound(struct phone *p)
{
    bool calm = p->world->fair && !p->watch.outstanding && !p->opening;

    if (calm && p->wish == WISH_BOUND && registrar_find(p->world, p->aor, p->contact) == NULL)
        broken(p->world, p, "at rest, and not bound at %s", p->contact);
}

void check_rest(struct phone *p, uint32_t wait)
{
    struct watch *s = &p->watch;
    enum sipreg_client_state state = sipreg_client_state(&p->client);

    if (s->outstanding && p->own >= s->sent_at + 64 * check_t1(p))
        s->outstanding = false;
    if (state == SIPREG_REGISTERED && p->own >= s->lapses_at)
        broken(p->world, p, "still registered after the lapse");
    check_pings_rest(p);
    check_waits(p, wait, state);
    check_bound(p);
    if (!s->outstanding && !p->opening)
        s->wishes = 0;
}

/* ---------------------------------------------------------------- in the end */

static void check_left_behind(struct phone *p, const struct binding *b)
{
    if (!b->used || b->phone != (int)p->index || b->excused)
        return;
    if (strcmp(b->contact, p->contact) == 0 && p->wish == WISH_BOUND)
        return;
    if (b->port < p->excused_below)
        return;
    broken(p->world, p, "left a binding behind: %s", b->contact);
}

/* Behind a NAT the flow is there, or the contact is where calls come through, as long as keepalives
 * watch over it. */
static void check_reachable(struct phone *p, const struct binding *b)
{
    bool by_flow = b->flow_of[0] != '\0', udp = p->config.transport == SIPREG_UDP;

    if (!p->nat.there || !check_pings_promised(p) || p->watch.pings.unseen)
        return;
    if (by_flow && (!nat_in(p, b->seen_port) || (!udp && b->flow != p->flow)))
        broken(p->world, p, "the flow is gone that the registrar keeps to");
    if (by_flow || !p->config.rewrite_contact || p->astray)
        return;
    if (!nat_leads(p, b->contact))
        broken(p->world, p, "cannot be reached at %s: the NAT has %u", b->contact, p->nat.port);
}

/* The registrar holds what is wished for, and nothing else of ours. */
void check_settled(struct phone *p)
{
    enum sipreg_client_state state = sipreg_client_state(&p->client);
    const struct binding *b = registrar_find(p->world, p->aor, p->contact);

    if (p->wish == WISH_BOUND && !p->robbed && (state != SIPREG_REGISTERED || b == NULL))
        broken(p->world, p, "not registered again: state %d", (int)state);
    if (p->wish == WISH_BOUND && !p->robbed && b != NULL)
        check_reachable(p, b);
    if (p->wish == WISH_GONE && state != SIPREG_IDLE)
        broken(p->world, p, "not gone: state %d", (int)state);
    for (unsigned i = 0; i < BINDINGS; i++)
        check_left_behind(p, &p->world->registrar.bindings[i]);
}
