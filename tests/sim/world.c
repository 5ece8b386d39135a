/*
 * world.c - the clock, the dice, and what is to come.
 *
 * A story has two parts. Until storm_ends the weather strikes and the users wish this and that;
 * then it clears: what is under way is lost, everybody gets a last wish, and from there on all goes
 * as it should, long enough for every promise to be kept. One story in six is fair from the
 * beginning.
 */
#include "sim.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---------------------------------------------------------------- dice */

static uint64_t roll(struct world *w) /* splitmix64 */
{
    uint64_t z = (w->dice += UINT64_C(0x9E3779B97F4A7C15));

    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

uint32_t dice(struct world *w, uint32_t n)
{
    return (uint32_t)(((roll(w) >> 32) * n) >> 32);
}

bool chance(struct world *w, uint32_t thousandths)
{
    return dice(w, 1000) < thousandths;
}

bool strikes(struct world *w, uint32_t thousandths, const char *what)
{
    if (!chance(w, thousandths * w->severity / 4) || w->fair || w->clear)
        return false;
    if (w->faults >= w->faults_most)
        return false;
    w->faults++;
    trace(w, NULL, "-- fault %u: %s", w->faults, what);
    return true;
}

/* ---------------------------------------------------------------- telling */

static void print_time(uint64_t now, const struct phone *p)
{
    printf("%9lu.%03lu ", (unsigned long)(now / SECOND), (unsigned long)(now % SECOND));
    if (p != NULL)
        printf("phone %u: ", p->index);
}

void trace(struct world *w, const struct phone *p, const char *format, ...)
{
    va_list list;

    if (!w->tracing)
        return;
    print_time(w->now, p);
    va_start(list, format);
    vprintf(format, list);
    va_end(list);
    printf("\n");
}

void broken(struct world *w, const struct phone *p, const char *format, ...)
{
    size_t used;
    va_list list;

    if (w->failure[0] != '\0')
        return;
    snprintf(w->failure, sizeof w->failure, "at %lu ms, phone %d: ", (unsigned long)w->now,
             p == NULL ? -1 : (int)p->index);
    used = strlen(w->failure);
    va_start(list, format);
    vsnprintf(w->failure + used, sizeof w->failure - used, format, list);
    va_end(list);
    trace(w, p, "BROKEN %s", w->failure);
}

/* ---------------------------------------------------------------- what is to come */

struct event *later(struct world *w, uint64_t ms, enum kind kind, const struct phone *p,
                    const char *bytes, size_t n)
{
    static struct event spare;
    struct event *e = w->queued < QUEUE ? &w->queue[w->queued++] : &spare;

    free(e == &spare ? e->bytes : NULL);
    memset(e, 0, sizeof *e);
    e->at = w->now + ms;
    e->order = w->order++;
    e->kind = kind;
    e->phone = p->index;
    e->flow = p->flow;
    e->server = p->seek.server;
    e->n = n;
    e->bytes = (char *)calloc(1, n + 1);
    if (e->bytes == NULL)
        abort();
    if (n > 0)
        memcpy(e->bytes, bytes, n);
    return e;
}

static void take_out(struct world *w, unsigned i)
{
    free(w->queue[i].bytes);
    w->queue[i] = w->queue[--w->queued];
}

void forget_messages(struct world *w, const struct phone *p)
{
    for (unsigned i = w->queued; i-- > 0;) {
        const struct event *e = &w->queue[i];
        if (p == NULL ? e->kind <= TO_PHONE : e->phone == p->index)
            take_out(w, i);
    }
}

static unsigned first(const struct world *w)
{
    unsigned found = 0;

    for (unsigned i = 1; i < w->queued; i++) {
        const struct event *a = &w->queue[i], *b = &w->queue[found];
        if (a->at < b->at || (a->at == b->at && a->order < b->order))
            found = i;
    }
    return found;
}

static void happen(struct world *w)
{
    unsigned i = first(w);
    struct event e = w->queue[i];
    struct phone *p = &w->phones[e.phone];

    w->queue[i] = w->queue[--w->queued];
    if (e.kind == TO_REGISTRAR)
        registrar_receive(w, &e);
    else if (e.kind == TO_PHONE)
        phone_receive(p, &e);
    else if (e.kind == DNS_ANSWER && e.flow == p->flow)
        seek_answer(p, &e);
    else if (e.kind != DNS_ANSWER && e.flow == p->flow)
        phone_flow(p, e.kind == FLOW_IS_UP ? SIPREG_FLOW_UP : SIPREG_FLOW_DOWN);
    free(e.bytes);
}

/* ---------------------------------------------------------------- the clock */

static uint64_t sooner(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

static uint64_t wakes_at(const struct phone *p)
{
    uint64_t at = p->wake_at;

    if (p->probe && !p->probed && at != NEVER && at > p->world->now + 1)
        at--;
    at = sooner(at, p->wish_at);
    return at > p->suspended_until ? at : p->suspended_until;
}

static void wake(struct phone *p)
{
    struct world *w = p->world;
    bool wished = w->now >= p->wish_at, slept = p->suspended_until > 0;

    if (slept && w->now >= p->suspended_until) {
        p->suspended_until = 0;
        trace(w, p, "wakes up");
        if (p->stood_still || chance(w, 500))
            phone_move(p, chance(w, 300) && !w->fair);
    }
    if (wished)
        script_next(p);
    p->early = !wished && !slept && !p->probed && w->now < p->wake_at;
    phone_run(p);
    script_strike(p);
}

/* Moves on to whatever comes first, and lets it happen. False: nothing does until `end`. */
static bool step(struct world *w, uint64_t end)
{
    uint64_t at = registrar_next(w);
    struct phone *next = NULL;

    if (w->queued > 0)
        at = sooner(at, w->queue[first(w)].at);
    for (unsigned i = 0; i < w->phone_count; i++) {
        if (wakes_at(&w->phones[i]) < at) {
            next = &w->phones[i];
            at = wakes_at(next);
        }
    }
    if (at > end) {
        w->now = end;
        return false;
    }
    w->now = at > w->now ? at : w->now;
    registrar_expire(w);
    if (next != NULL)
        wake(next);
    else if (w->queued > 0 && w->queue[first(w)].at <= w->now)
        happen(w);
    return true;
}

/* A short grant and a long wait beside it: somewhere it has to end. */
enum { STEPS = 40000, SENDS = 200, SENDS_CLEAR = 300, PINGS = 4 };

static void sail(struct world *w, uint64_t end, unsigned sends)
{
    unsigned steps = 0;

    while (w->failure[0] == '\0' && w->sends + w->pings / PINGS < sends && step(w, end)) {
        if (++steps > STEPS)
            broken(w, NULL, "no end of events");
    }
}

/* ---------------------------------------------------------------- a story */

static void begin(struct world *w, uint64_t seed)
{
    static const uint64_t lengths[] = {2 * MINUTE, 20 * MINUTE, 3 * HOUR, 48 * HOUR};

    w->seed = seed;
    w->dice = seed * UINT64_C(0xD1342543DE82EF95) + 1;
    w->now = 1000;
    w->fair = dice(w, 6) == 0;
    w->severity = 1 + dice(w, 8);
    w->storm_ends = w->now + lengths[dice(w, 4)];
    registrar_make(w);
    zone_make(w);
    w->phone_count = 1 + dice(w, 2) * dice(w, PHONES);
    for (unsigned i = 0; i < w->phone_count; i++)
        phone_make(w, i);
}

/* The weather has cleared: who is up, is up. */
static void clear_up(struct world *w)
{
    trace(w, NULL, "-- the weather clears");
    for (unsigned i = 0; i < w->phone_count; i++) {
        if (w->phones[i].streamed > 0) /* the rest of that message is lost */
            phone_flow(&w->phones[i], SIPREG_FLOW_DOWN);
    }
    w->clear = true;
    registrar_calm(w);
    if (!w->fair)
        forget_messages(w, NULL);
    for (unsigned i = 0; i < w->phone_count; i++) {
        w->phones[i].suspended_until = 0;
        script_clear(&w->phones[i]);
    }
}

static void settle(struct world *w)
{
    uint64_t end = w->now;

    for (unsigned i = 0; i < w->phone_count; i++)
        end = w->phones[i].settled_by > end ? w->phones[i].settled_by : end;
    sail(w, end, w->sends + w->pings / PINGS + SENDS_CLEAR);
    for (unsigned i = 0; i < w->phone_count && w->failure[0] == '\0'; i++) {
        if (w->now >= w->phones[i].settled_by) /* or its neighbours took all the time */
            check_settled(&w->phones[i]);
    }
}

static void finish(struct world *w)
{
    for (unsigned i = 0; i < w->queued; i++)
        free(w->queue[i].bytes);
    for (unsigned i = 0; i < CACHE; i++)
        free(w->registrar.kept[i].bytes);
}

bool world_run(struct world *w, uint64_t seed, unsigned faults_most, bool tracing)
{
    memset(w, 0, sizeof *w);
    w->faults_most = faults_most;
    w->tracing = tracing;
    begin(w, seed);
    sail(w, w->storm_ends, SENDS);
    if (w->failure[0] == '\0')
        clear_up(w);
    if (w->failure[0] == '\0')
        settle(w);
    finish(w);
    return w->failure[0] == '\0';
}
