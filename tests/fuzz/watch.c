/*
 * watch.c - a client with everything around it, for fuzz targets: the functions of the program, and
 * time.
 */
#include "watch.h"

#include "watch_heard.h"
#include "watch_sent.h"

#include "../sim/text.h"

#include <stdlib.h>

enum { HOP = 512 };

static bool fails(bool *failing)
{
    bool now = *failing;

    *failing = false;
    return now;
}

static int on_send(void *user, const void *bytes, size_t n)
{
    struct watch *w = (struct watch *)user;

    w->actions++;
    HOLDS(w->io.open == NULL || w->up);
    watch_sent(w, (const char *)bytes, n);
    if (!fails(&w->failing.send))
        return 0;
    w->outstanding = false;
    w->up = false;
    watch_lost(w);
    w->reasons++;
    return -1;
}

static int on_random(void *user, void *out, size_t n)
{
    struct watch *w = (struct watch *)user;

    if (!fails(&w->failing.random))
        return fuzz_random(&w->random, out, n);
    w->gaps = true;
    return -1;
}

static int on_open(void *user)
{
    struct watch *w = (struct watch *)user;
    char hop[HOP];

    w->actions++;
    w->reasons++;
    HOLDS(!w->up && !w->opening_now);
    HOLDS(sipreg_client_next_hop(&w->client, hop, sizeof hop) > 0);
    w->tried_tcp = w->tried_tcp || strstr(hop, ";transport=tcp") != NULL;
    if (fails(&w->failing.open) || w->opening == '0')
        return -1;
    w->opening_now = w->opening == '2';
    w->up = !w->opening_now;
    if (w->up)
        sipreg_client_flow(&w->client, w->tick, SIPREG_FLOW_UP);
    return 0;
}

static void on_close(void *user)
{
    struct watch *w = (struct watch *)user;

    w->actions++;
    w->up = w->opening_now = w->outstanding = false;
    watch_lost(w);
}

static int on_credentials(void *user, const struct sipreg_challenge *challenge,
                          struct sipreg_credentials *credentials)
{
    struct watch *w = (struct watch *)user;

    (void)credentials;
    HOLDS(challenge->realm.p != NULL);
    return fails(&w->failing.credentials) ? -1 : 0;
}

/* 10.2.4: one of ours is listed, if several are; and if the first is more than once, the shortest
   time counts. */
static void check_grant(const struct watch *w, const struct sipreg_event *event)
{
    struct sipreg_place place = {0, 0, 0};
    struct sipreg_binding binding;
    char contact[VALUE], ours[VALUE];
    bool any = event->listed;
    unsigned n = 0;

    text_header(w->last, "Contact", 0, contact);
    text_uri(contact, ours);
    for (; sipreg_response_contact(event->response, &place, &binding); n++) {
        struct sipreg_str uri = binding.contact.uri;
        if (uri.n == strlen(ours) && memcmp(uri.p, ours, uri.n) == 0 && binding.expires >= 0)
            HOLDS(event->granted <= binding.expires);
        any = any || sipreg_client_is_ours(&w->client, &binding);
    }
    HOLDS(any || n <= 1);
    HOLDS(event->listed || !w->config.require_listed);
}

/* As long as the server has asked for (20.33), and no longer than a day. */
static void check_patience(const struct sipreg_event *event)
{
    enum { DAY = 24 * 60 * 60 };
    int64_t after = event->response != NULL ? event->response->retry_after : 0;

    HOLDS(event->retry_in >= 1000 * (after < DAY ? after : DAY));
}

static void check_event(struct watch *w, const struct sipreg_event *event)
{
    HOLDS(event->state == sipreg_client_state(&w->client));
    HOLDS(event->response == NULL || event->response->status == event->status);
    HOLDS((event->error == SIPREG_OK) || strcmp(sipreg_strerror(event->error), "unknown error"));
    if (event->type == SIPREG_EVENT_REGISTERED) {
        uint64_t lapse = w->sent_at + (uint64_t)event->granted * 1000;
        HOLDS(event->granted > 0);
        check_grant(w, event);
        HOLDS(event->verified || !w->config.require_rspauth);
        HOLDS(w->own >= lapse
                  ? event->valid_for == 0
                  : event->valid_for == SIPREG_FOREVER || event->valid_for == lapse - w->own);
        HOLDS(event->refresh_in == SIPREG_FOREVER || event->refresh_in <= event->valid_for ||
              event->refresh_in <= 1000);
    }
    if (event->type == SIPREG_EVENT_REFUSED) {
        HOLDS(event->error != SIPREG_OK);
        HOLDS(event->response == NULL || w->config.refused_retry > 0 ||
              watch_purpose(w->last) != '+' || event->state == SIPREG_IDLE ||
              event->state == SIPREG_QUERYING);
    }
    if (event->type == SIPREG_EVENT_RETRYING && event->retry_in > 0)
        check_patience(event);
    /* what has lapsed was bound; a very short while without a word of it */
    if (event->type == SIPREG_EVENT_UNREGISTERED && event->state != SIPREG_IDLE &&
        event->state != SIPREG_QUERYING)
        HOLDS(w->bound || w->own > w->sent_at);
    w->settled = event->type == SIPREG_EVENT_REGISTERED;
    w->bound = event->type == SIPREG_EVENT_REGISTERED ||
               (w->bound && event->type != SIPREG_EVENT_UNREGISTERED);
}

static void on_event(void *user, const struct sipreg_event *event)
{
    struct watch *w = (struct watch *)user;
    uint32_t next = event->refresh_in < event->retry_in ? event->refresh_in : event->retry_in;
    char contact[VALUE];

    w->actions++;
    check_event(w, event);
    if (next > 0) /* what comes next, comes in an attempt of its own */
        watch_attempt(w);
    if (next != SIPREG_FOREVER)
        w->announced = w->own + next;
    if (event->valid_for > 0 && w->own + event->valid_for < w->announced)
        w->announced = w->own + event->valid_for;
    if (event->type == SIPREG_EVENT_KEEPALIVE && event->error != SIPREG_OK) {
        watch_lost(w);
        w->failures++;
        w->reasons++;
    }
    if (event->type == SIPREG_EVENT_UNREGISTERED && event->error == SIPREG_TIMEOUT && w->within &&
        text_header(w->last, "Contact", 0, contact))
        w->outstanding = false; /* that was given up, unless it was a query */
    if (w->on_event != NULL)
        w->on_event(w);
}

/* ---------------------------------------------------------------- beginning and end */

struct watch *watch_new(size_t scratch_size)
{
    struct watch *w = (struct watch *)calloc(1, sizeof *w);

    if (w == NULL || (w->scratch = (char *)malloc(scratch_size)) == NULL)
        abort();
    w->io.send = on_send;
    w->io.random = on_random;
    w->io.event = on_event;
    w->io.open = on_open;
    w->io.close = on_close;
    w->io.credentials = on_credentials;
    w->io.scratch = w->scratch;
    w->io.scratch_size = scratch_size;
    w->config.io = &w->io;
    w->config.user = w;
    w->config.aor = WATCH_AOR;
    w->config.local = "192.0.2.10:5060";
    w->config.password = WATCH_PASSWORD;
    w->announced = WATCH_NEVER;
    w->opening = '1';
    return w;
}

/* A password is never copied into a client: its struct may be looked at by anyone. */
void watch_end(struct watch *w)
{
    watch_secrets(&w->client, sizeof w->client);
    free(w->scratch);
    free(w);
}

bool watch_init(struct watch *w)
{
    w->up = w->opening_now = w->outstanding = false;
    w->contact[0] = w->replaced[0] = '\0';
    w->settled = false;
    watch_lost(w);
    return sipreg_client_init(&w->client, &w->config) == SIPREG_OK;
}

void watch_forget(struct watch *w)
{
    w->branch_count = w->nonce_count = 0;
    w->outstanding = false;
    w->cseq = 0;
    w->call_id[0] = w->branch[0] = '\0';
}

void watch_lost(struct watch *w)
{
    w->pinged = w->known = false;
}

void watch_moved(struct watch *w)
{
    bool removes = w->config.reg_id == 0 && w->config.contact == NULL;

    if (w->settled && removes && w->replaced[0] == '\0')
        memcpy(w->replaced, w->contact, sizeof w->replaced);
}

void watch_reason(struct watch *w)
{
    w->reasons++;
    watch_attempt(w);
}

/* ---------------------------------------------------------------- time */

uint64_t watch_t1(const struct watch *w)
{
    return w->config.t1 > 0 ? w->config.t1 : 500;
}

/* A step back is seen by the client, and so is the time before: else it would take that back. */
void watch_pass(struct watch *w, int32_t ms)
{
    if (ms < 0)
        sipreg_client_deadline(&w->client, w->tick);
    w->tick += (uint32_t)ms;
    w->own += ms > 0 ? (uint32_t)ms : 0U;
    if (ms < 0)
        sipreg_client_deadline(&w->client, w->tick);
}

/* No redirection leads from sips to sip or from TLS to UDP. */
static void check_way(const struct watch *w, const char *hop)
{
    const struct sipreg_client_config *c = &w->config;
    bool secure = c->transport == SIPREG_TLS || c->transport == SIPREG_WSS;

    HOLDS(!secure || strstr(hop, ";transport=udp") == NULL);
    HOLDS(strncmp(c->aor, "sips:", 5) != 0 || strncmp(hop, "sips:", 5) == 0);
}

/* Who waits for something has a deadline, unless the program owes him a flow. */
static void check_rest(const struct watch *w, uint32_t wait)
{
    enum sipreg_client_state state = sipreg_client_state(&w->client);
    bool asking =
        state == SIPREG_REGISTERING || state == SIPREG_UNREGISTERING || state == SIPREG_QUERYING;
    char hop[HOP];
    int n = sipreg_client_next_hop(&w->client, hop, sizeof hop);
    uint64_t timer_f = w->sent_at + 64 * watch_t1(w);

    HOLDS(!w->outstanding || w->own >= timer_f || wait <= timer_f - w->own);
    HOLDS(!asking || w->io.open == NULL || wait != SIPREG_FOREVER);
    HOLDS(n > 0 && strlen(hop) == (size_t)n && strpbrk(hop, "\r\n <>\"") == NULL);
    check_way(w, hop);
}

uint32_t watch_run(struct watch *w)
{
    for (int runs = 0; runs < 64; runs++) {
        unsigned before = w->actions;
        uint32_t wait = sipreg_client_run(&w->client, w->tick);
        HOLDS(wait == sipreg_client_deadline(&w->client, w->tick));
        if (wait > 0) {
            check_rest(w, wait);
            return wait;
        }
        HOLDS(w->actions != before); /* a deadline in the past, and nothing to do */
    }
    fuzz_broken("actions end at one instant", __FILE__, __LINE__);
}

void watch_deadline(struct watch *w)
{
    uint32_t wait = watch_run(w);
    unsigned before = w->actions;

    if (wait == SIPREG_FOREVER || wait > INT32_MAX)
        return;
    watch_pass(w, (int32_t)(wait - 1));
    sipreg_client_run(&w->client, w->tick);
    HOLDS(w->actions == before);
    watch_pass(w, 1);
    watch_run(w);
}

/* ---------------------------------------------------------------- what comes in */

int watch_feed(struct watch *w, const void *octets, size_t n)
{
    char *block = fuzz_block(octets, n); /* gone as soon as it was read */
    struct watch_heard heard;
    int result;

    watch_hear(&heard, w, block, n);
    result = sipreg_client_recv(&w->client, w->tick, block, n);
    watch_heard(&heard, w, result);
    free(block);
    watch_run(w);
    return result;
}

void watch_flow(struct watch *w, enum sipreg_flow flow)
{
    watch_reason(w);
    w->opening_now = false;
    w->up = flow == SIPREG_FLOW_UP;
    if (flow != SIPREG_FLOW_UP) {
        w->outstanding = false;
        watch_lost(w);
    }
    HOLDS(sipreg_client_flow(&w->client, w->tick, flow) == SIPREG_OK);
    watch_run(w);
}
