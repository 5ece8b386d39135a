/*
 * check_pings.c - what must hold of keepalives: none unless somebody has promised to answer or the
 * config says so; none too soon; none while a request is under way; and a flow that owes an answer
 * is given up in time, and no other.
 */
#include "sim.h"

#include <stdlib.h>
#include <string.h>

enum { PONG_WAIT = 10 * SECOND, STUN_WAIT = 79, STUN_SENDS = 7, STREAMS = 120, DATAGRAMS = 29 };

static bool is_udp(const struct phone *p)
{
    return p->config.transport == SIPREG_UDP;
}

/* How long is an answer waited for? */
static uint64_t patience(const struct phone *p)
{
    return p->watch.pings.promised && is_udp(p) ? STUN_WAIT * check_t1(p) : PONG_WAIT;
}

void check_pings_new_flow(struct phone *p)
{
    struct pinging *s = &p->watch.pings;

    s->fresh = true;
    s->asked = s->partial = false;
    s->sends = 0;
    s->extended_at = 0;
    s->told_port = 0;
    s->unseen = false;
}

/* A change between the 200 that told where we are and the first STUN answer is none to the client:
   its contact follows the first, and what it compares begins with the second. */
void check_pings_rebound(struct phone *p)
{
    struct pinging *s = &p->watch.pings;

    s->unseen = s->unseen || (!s->fresh && s->told_port == 0);
}

bool check_pings_outbound(const struct phone *p)
{
    return p->config.reg_id > 0 && p->world->registrar.outbound && !p->watch.left_outbound;
}

bool check_pings_promised(const struct phone *p)
{
    const struct registrar *r = &p->world->registrar;

    return p->config.keepalive != NULL &&
           (r->promise != PROMISE_NOTHING || p->config.ping == SIPREG_PING_ANSWERED ||
            check_pings_outbound(p));
}

/* ---------------------------------------------------------------- what a 200 says */

static bool seconds(const char *text, uint32_t *value)
{
    char *end;
    unsigned long number = strtoul(text, &end, 10);

    if (text[0] < '0' || text[0] > '9' || *end != '\0' || number > 24 * 60 * 60)
        return false;
    *value = (uint32_t)number;
    return true;
}

/* Of the last Path, which is the edge proxy's. */
static bool has_ob(const char *text)
{
    char value[VALUE], last[VALUE] = "";

    for (unsigned i = 0; text_header(text, "Path", i, value); i++)
        memcpy(last, value, sizeof last);
    return strstr(last, ";ob") != NULL;
}

static uint32_t usual(const struct phone *p)
{
    if (p->config.ping_every > 0)
        return p->config.ping_every;
    return is_udp(p) ? DATAGRAMS : STREAMS;
}

uint32_t check_pings_every(const struct phone *p)
{
    const struct registrar *r = &p->world->registrar;

    return (r->promise != PROMISE_NOTHING || check_pings_outbound(p)) && r->every > 0 ? r->every
                                                                                      : usual(p);
}

/* The registrar keeps to the flow, as it was asked to. */
static bool has_outbound(const struct phone *p, const char *text)
{
    char value[VALUE];

    for (unsigned i = 0; text_header(text, "Require", i, value); i++) {
        if (strcmp(value, "outbound") == 0)
            return strstr(p->watch.last, ";reg-id=") != NULL;
    }
    return false;
}

static void learn(struct phone *p, const char *text)
{
    struct pinging *s = &p->watch.pings;
    char via[VALUE], value[VALUE];
    uint32_t keep = 0, timer = 0;
    bool kept;

    text_header(text, "Via", 0, via);
    kept = text_param(via, "keep", value) && seconds(value, &keep);
    if (text_header(text, "Flow-Timer", 0, value))
        seconds(value, &timer);
    if (timer == 0 || (keep > 0 && keep < timer))
        timer = keep;
    s->promised =
        kept || has_ob(text) || has_outbound(p, text) || p->config.ping == SIPREG_PING_ANSWERED;
    s->on = p->config.keepalive != NULL && (s->promised || p->config.ping == SIPREG_PING_ALWAYS);
    s->every = !s->on ? 0 : timer > 0 ? timer : usual(p);
}

/* Of a 200 that binds us, also when what was granted is over by the time that it comes. */
static void check_learnt(struct phone *p, const struct sipreg_event *event)
{
    struct pinging *s = &p->watch.pings;
    uint32_t before = s->every;
    bool promised = s->promised, unsure = s->unsure;

    s->unsure = p->watch.misled;
    learn(p, p->hearing);
    if (s->unsure && event->valid_for > 0) {
        s->every = event->ping_every;
        s->on = s->every > 0;
    } else if (!s->unsure && event->valid_for > 0 && event->ping_every != s->every) {
        broken(p->world, p, "pings every %u s, and not %u", event->ping_every, s->every);
    }
    if (unsure) /* who knows when the damaged one had the next ping planned? */
        s->last_at = 0;
    else if (s->fresh || s->every != before)
        s->last_at = p->own;
    s->fresh = false;
    if (!s->on || p->own >= s->asked_at + patience(p)) /* this answer is as good */
        s->asked = false;
    if (is_udp(p) && s->promised != promised) /* pings are of another kind from now on */
        s->asked = false;
}

/* ---------------------------------------------------------------- sending */

static void check_repeated(struct phone *p)
{
    struct pinging *s = &p->watch.pings;

    if (p->own < s->sent_at + (check_t1(p) << (s->sends - 1)))
        broken(p->world, p, "a STUN request repeated too soon");
    if (++s->sends > STUN_SENDS)
        broken(p->world, p, "a STUN request sent %u times", s->sends);
    s->sent_at = p->own;
}

/* 80 % of the interval; the usual one has a wider range (RFC 5626 4.4.1). */
static uint64_t soonest(const struct pinging *s)
{
    return s->every == STREAMS ? 95 * SECOND : 800 * (uint64_t)s->every;
}

static void check_new(struct phone *p, bool stun)
{
    struct pinging *s = &p->watch.pings;

    if (p->own + p->config.coarse < s->last_at + soonest(s))
        broken(p->world, p, "a keepalive after %u ms of %u s", (unsigned)(p->own - s->last_at),
               s->every);
    if (!s->asked)
        s->first_at = p->own;
    if (!s->asked || !s->promised) /* what nobody has promised is waited for from ping to ping */
        s->asked_at = p->own;
    s->count++;
    s->asked = stun || !is_udp(p);
    s->last_at = s->sent_at = p->own;
    s->sends = stun ? 1 : 0;
}

void check_ping(struct phone *p, const char *bytes, size_t n)
{
    struct pinging *s = &p->watch.pings;
    bool stun = n == 20, again = stun && s->sends > 0 && memcmp(bytes + 8, s->id, 12) == 0;

    trace(p->world, p, "%s%s", again ? "repeats a " : "sends a ", stun ? "STUN request" : "ping");
    if (!stun && (n != 4 || memcmp(bytes, "\r\n\r\n", 4) != 0))
        broken(p->world, p, "a keepalive that is none");
    if (!s->on || s->fresh)
        broken(p->world, p, "a keepalive that nobody wants");
    if (sipreg_client_state(&p->client) != SIPREG_REGISTERED)
        broken(p->world, p, "a keepalive while not registered");
    if (p->watch.outstanding && !p->watch.answering && p->own < p->watch.sent_at + 64 * check_t1(p))
        broken(p->world, p, "a keepalive while a request is under way");
    if (!s->unsure && !(is_udp(p) && p->opens) && stun != (is_udp(p) && s->promised))
        broken(p->world, p, "the wrong kind of keepalive");
    if (again)
        check_repeated(p);
    else
        check_new(p, stun);
    if (stun && memcmp(bytes + 8, "\0\0\0\0\0\0\0\0\0\0\0", 12) == 0)
        broken(p->world, p, "a STUN id that was not drawn");
    if (stun)
        memcpy(s->id, bytes + 8, sizeof s->id);
}

/* ---------------------------------------------------------------- answers */

static bool is_stun(const char *bytes, size_t n)
{
    return n >= 20 && (unsigned char)bytes[0] <= 1;
}

void check_pings_hear(struct phone *p, const char *bytes, size_t n, bool spoilt)
{
    struct pinging *s = &p->watch.pings;
    unsigned port;

    s->busy = p->watch.outstanding;
    s->sends_before = s->count;
    s->stun = is_stun(bytes, n);
    if (!s->stun)
        return;
    s->bad = spoilt || bytes[1] != 1;
    port = ((unsigned char)bytes[26 % n] ^ 0x21U) << 8 | ((unsigned char)bytes[27 % n] ^ 0x12U);
    s->moved = spoilt || (s->told_port != 0 && port != s->told_port);
    s->hears_port = spoilt ? 1 : port; /* anything */
}

void check_pings_heard(struct phone *p, int result)
{
    struct pinging *s = &p->watch.pings;
    bool pong = s->stun || ping_is(p->hearing, strlen(p->hearing));

    if (pong && result == SIPREG_OK && !(s->stun && s->busy)) {
        s->partial = false;
        s->extended_at = 0;
        if (s->asked && s->sent_at == p->own && s->sends_before != s->count) {
            s->first_at = s->asked_at = p->own; /* the next one has gone out behind it */
        } else {
            s->asked = false;
            s->sends = 0;
        }
        if (s->stun && !s->fresh)
            s->told_port = s->hears_port;
    }
    s->stun = false;
}

/* ---------------------------------------------------------------- flows that fail */

static void check_failure(struct phone *p, int error)
{
    struct pinging *s = &p->watch.pings;

    if (error == SIPREG_TIMEOUT && (!s->asked || p->own < s->first_at + patience(p)))
        broken(p->world, p, "did not wait for the answer to a keepalive");
    if (error == SIPREG_TRANSPORT && !(s->stun && s->bad))
        broken(p->world, p, "no STUN error");
    if (error == SIPREG_REBOUND && !(s->stun && s->moved))
        broken(p->world, p, "nobody has told of another address");
    check_pings_new_flow(p);
}

void check_pings_event(struct phone *p, const struct sipreg_event *event)
{
    char contact[VALUE];
    bool late = event->type == SIPREG_EVENT_UNREGISTERED && event->error == SIPREG_TIMEOUT &&
                p->watch.answering && p->watch.status / 100 == 2 &&
                text_header(p->watch.last, "Contact", 0, contact); /* else it was a query */

    if (event->type == SIPREG_EVENT_REGISTERED || late)
        check_learnt(p, event);
    if (event->type == SIPREG_EVENT_KEEPALIVE && event->error != SIPREG_OK)
        check_failure(p, event->error);
}

/* At rest: the answer is there, or there is time for it. */
void check_pings_rest(struct phone *p)
{
    struct pinging *s = &p->watch.pings;
    bool due = s->asked && s->on && s->promised && !s->unsure && !p->watch.outstanding &&
               !(is_udp(p) && p->opens) && p->own >= s->asked_at + patience(p);

    if (!due || sipreg_client_state(&p->client) != SIPREG_REGISTERED)
        return;
    if (s->partial && s->extended_at == 0)
        s->extended_at = p->own;
    if (!s->partial || p->own >= s->extended_at + 64 * check_t1(p))
        broken(p->world, p, "goes on without the answer to a keepalive");
}
