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
    p->world->sends++;
    check_send(p, text, n);
    if (strikes(p->world, 10, "sending fails")) {
        p->watch.outstanding = false;
        p->watch.flow_changed = true;
        phone_drop_flow(p);
        return -1;
    }
    network_send(p, bytes, n);
    return 0;
}

static void on_event(void *user, const struct sipreg_event *event)
{
    struct phone *p = (struct phone *)user;

    p->watch.events++;
    check_event(p, event);
    if (!p->world->clear && !p->world->fair && chance(p->world, 20))
        script_wish(p, dice(p->world, 5)); /* from within the callback */
}

static void now_connected(struct phone *p)
{
    p->connected = true;
    p->opening = false;
    p->streamed = 0;
    memset(&p->frame, 0, sizeof p->frame);
}

/* Up at once, up soon, down soon, or nothing for ever. */
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
    if (strikes(w, 60, "opening hangs"))
        return 0;
    if (strikes(w, 60, "opening fails later")) {
        later(w, dice(w, 5 * SECOND), FLOW_IS_DOWN, p, NULL, 0);
    } else if (chance(w, 300)) {
        now_connected(p);
        sipreg_client_flow(&p->client, phone_tick(p), SIPREG_FLOW_UP);
    } else {
        later(w, dice(w, 200), FLOW_IS_UP, p, NULL, 0);
    }
    return 0;
}

static void on_close(void *user)
{
    struct phone *p = (struct phone *)user;

    trace(p->world, p, "closes connection %u", p->flow);
    p->watch.sends++;
    p->watch.outstanding = false;
    p->flow++;
    p->connected = p->opening = false;
}

/* ---------------------------------------------------------------- being made */

static const struct sipreg_header headers[] = {{"X-Model", "weather vane"},
                                               {"Accept", "text/plain"}};
static const struct sipreg_body script = {"application/cpl+xml", NULL, "<cpl></cpl>", 11};
static const char *const routes[] = {"sip:proxy.example.com;lr"};

static void choose_headers(struct phone *p)
{
    struct world *w = p->world;
    struct sipreg_client_config *c = &p->config;

    c->contact_params = chance(w, 200) ? ";+sip.instance=\"<urn:uuid:0>\"" : NULL;
    c->display = chance(w, 200) ? "Alice \"the\" Phone" : NULL;
    c->q = chance(w, 200) ? 500 : 0;
    c->user_agent = chance(w, 300) ? "weather/1" : NULL;
    c->require = chance(w, 100) ? "pref" : NULL;
    c->compact = chance(w, 100);
    c->max_forwards = chance(w, 100) ? 7 : 0;
    c->follow_redirects = chance(w, 400);
    c->supported = chance(w, 200) ? "path" : NULL;
    c->allow = chance(w, 100) ? "INVITE, ACK" : NULL;
    c->headers = headers;
    c->header_count = chance(w, 200) ? 2 : 0;
    c->body = chance(w, 150) ? &script : NULL;
    c->routes = routes;
    c->route_count = chance(w, 150) ? 1 : 0;
}

static void choose_times(struct phone *p)
{
    static const int64_t expires[] = {0, 0, 60, 600, 20, 86400, SIPREG_EXPIRES_NONE, 7};
    static const uint32_t bases[] = {0, 0, 1, 10}, most[] = {0, 0, 60, 300};
    struct world *w = p->world;
    struct sipreg_client_config *c = &p->config;

    c->expires = expires[dice(w, 8)];
    c->retry_base = bases[dice(w, 4)];
    c->retry_max = most[dice(w, 4)];
    c->refused_retry = chance(w, 200) ? 120 : 0;
    c->t1 = chance(w, 150) ? 200 : 0;
}

static void choose_ha1(struct phone *p)
{
    const char *const parts[] = {p->user, "example.com", RIGHT_PASSWORD, NULL};
    unsigned algorithm = SIPREG_MD5;
    const char *name = p->world->registrar.algorithm;

    if (p->world->registrar.proxy_auth || p->world->registrar.both || !chance(p->world, 250))
        return;
    if (name != NULL && strncmp(name, "SHA-256", 7) == 0)
        algorithm = SIPREG_SHA256;
    text_hash(p->ha1, algorithm, parts);
    p->config.ha1 = p->ha1;
    p->config.ha1_algorithm = algorithm;
    p->config.password = NULL;
}

static void choose_transport(struct phone *p)
{
    static const enum sipreg_transport transports[] = {SIPREG_UDP, SIPREG_UDP, SIPREG_UDP,
                                                       SIPREG_TCP, SIPREG_TCP, SIPREG_TLS};
    struct world *w = p->world;

    p->config.transport = transports[dice(w, 6)];
    p->opens = chance(w, p->config.transport == SIPREG_UDP ? 100 : 700);
    p->io.open = p->opens ? on_open : NULL;
    p->io.close = p->opens ? on_close : NULL;
}

static void choose_address(struct phone *p)
{
    snprintf(p->local, sizeof p->local, "192.0.2.%u:%u", 10 + p->index, 5060 + p->ports);
    snprintf(p->contact, sizeof p->contact, "sip:user%c@192.0.2.%u:%u%s", p->user[4], 10 + p->index,
             5060 + p->ports, p->config.transport == SIPREG_UDP ? "" : ";transport=tcp");
}

void phone_make(struct world *w, unsigned index)
{
    struct phone *p = &w->phones[index];
    bool shared = index > 0 && chance(w, 500);

    p->world = w;
    p->index = index;
    p->io = (struct sipreg_io){on_send, on_random, on_event,   NULL,
                               NULL,    NULL,      p->scratch, sizeof p->scratch};
    snprintf(p->user, sizeof p->user, "user%u", shared ? 0 : index);
    snprintf(p->aor, sizeof p->aor, "sip:user%u@example.com", shared ? 0 : index);
    p->config.io = &p->io;
    p->config.user = p;
    p->config.aor = p->aor;
    p->config.local = p->local;
    p->config.password = p->password = RIGHT_PASSWORD;
    p->config.prefer_auth_int = chance(w, 200);
    p->config.policy.require_qop = w->registrar.qop != NULL && chance(w, 100);
    choose_transport(p);
    choose_headers(p);
    choose_times(p);
    choose_ha1(p);
    choose_address(p);
    p->skew = chance(w, 500) ? UINT32_MAX - dice(w, 4 * MINUTE) : dice(w, UINT32_MAX);
    p->probe = chance(w, 300);
    p->wish_at = w->now + dice(w, SECOND);
    phone_begin(p);
}

void phone_begin(struct phone *p)
{
    p->password = RIGHT_PASSWORD;
    p->flow++;
    now_connected(p);
    p->connected = !p->opens;
    p->moves = 0;
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

static bool is_final(const char *text)
{
    return strlen(text) >= 11 && text[8] >= '2' && text[8] <= '6';
}

/* Nothing may follow from what was not for us. */
static void check_ignored(struct phone *p, int result, unsigned before, uint32_t deadline)
{
    struct world *w = p->world;

    if (result != SIPREG_FOREIGN && result != SIPREG_LATE && result != SIPREG_PARTIAL &&
        result != SIPREG_SYNTAX && result != SIPREG_LIMIT)
        broken(w, p, "recv returned %d", result);
    if (before != p->watch.sends + p->watch.events)
        broken(w, p, "acted upon an unusable message");
    if (deadline != sipreg_client_deadline(&p->client, p->tick))
        broken(w, p, "an unusable message changed the deadline");
}

static void hand_in(struct phone *p, const char *bytes, size_t n, const struct event *e)
{
    struct watch *watch = &p->watch;
    char *block = (char *)malloc(n + 1);
    uint32_t deadline = sipreg_client_deadline(&p->client, phone_tick(p));
    unsigned before = watch->sends + watch->events;
    int result;

    if (block == NULL)
        abort();
    memcpy(block, bytes, n);
    block[n] = '\0';
    watch->status = is_final(block) ? atoi(block + 8) : 0;
    watch->answering = watch->status != 0;
    watch->misled = watch->answering && e->spoilt;
    if (watch->status / 100 == 3)
        watch->elsewhere = TARGETS_MAX;
    block = (char *)realloc(block, n == 0 ? 1 : n); /* one octet too far is seen by sanitizers */
    watch->honest_until = e->spoilt ? 0 : e->expires_at;
    result = sipreg_client_recv(&p->client, p->tick, block, n);
    free(block);
    trace(p->world, p, "hears %.*s: %s", (int)(n < 11 ? n : 11), bytes, sipreg_strerror(result));
    if (result != SIPREG_OK)
        check_ignored(p, result, before, deadline);
    else if (watch->status == 0)
        watch->provisional = true;
    else if (watch->answering) /* and no new request has followed */
        watch->outstanding = false;
    if (result == SIPREG_OK && e->spoilt)
        registrar_excuse(p); /* it may have been told anything */
    watch->honest_until = 0;
    watch->answering = false;
    phone_run(p);
}

/* A stream, in pieces as they come. */
static void hand_in_stream(struct phone *p, const struct event *e)
{
    size_t at = 0;
    int n = SIPREG_PARTIAL;

    while (at < e->n && p->streamed < sizeof p->stream && p->flow == e->flow) {
        size_t piece = 1 + dice(p->world, (uint32_t)(e->n - at));
        if (piece > sizeof p->stream - p->streamed)
            piece = sizeof p->stream - p->streamed;
        memcpy(p->stream + p->streamed, e->bytes + at, piece);
        p->streamed += piece;
        at += piece;
        while (p->flow == e->flow &&
               (n = sipreg_frame_next(&p->frame, p->stream, p->streamed)) > 0) {
            char *message = (char *)malloc((size_t)n);
            if (message == NULL)
                abort();
            memcpy(message, p->stream, (size_t)n);
            p->streamed -= (size_t)n;
            memmove(p->stream, p->stream + n, p->streamed);
            hand_in(p, message, (size_t)n, e);
            free(message);
        }
        if (n != SIPREG_PARTIAL)
            break;
    }
    if (n < 0 && n != SIPREG_PARTIAL && p->flow == e->flow)
        phone_flow(p, SIPREG_FLOW_DOWN); /* framing is lost */
}

void phone_receive(struct phone *p, const struct event *e)
{
    if (p->suspended_until > 0)
        return; /* nobody at home */
    if (p->config.transport == SIPREG_UDP)
        hand_in(p, e->bytes, e->n, e);
    else if (e->flow == p->flow && p->connected)
        hand_in_stream(p, e);
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
        p->excused_below = p->moves++ > 0 ? p->ports : p->excused_below;
        if (!p->watch.offered) /* and who knows what an earlier client has bound? */
            p->excused_below = p->ports + 1;
        p->ports++;
        choose_address(p);
    }
    trace(p->world, p, "moves to %s", elsewhere ? p->local : "where it is");
    if (sipreg_client_move(&p->client, phone_tick(p), elsewhere ? p->local : NULL) != SIPREG_OK)
        broken(p->world, p, "move failed");
    p->stood_still = false;
}
