/*
 * watch.c - a client with everything around it, for fuzz targets: the functions of the program, and
 * time.
 */
#include "watch.h"

#include "watch_sent.h"

#include "../sim/text.h"

#include <stdlib.h>

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
    w->reasons++;
    return -1;
}

static int on_random(void *user, void *out, size_t n)
{
    struct watch *w = (struct watch *)user;

    return fails(&w->failing.random) ? -1 : fuzz_random(&w->random, out, n);
}

static int on_open(void *user)
{
    struct watch *w = (struct watch *)user;

    w->actions++;
    w->reasons++;
    HOLDS(!w->up && !w->opening_now);
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
}

static int on_credentials(void *user, const struct sipreg_challenge *challenge,
                          struct sipreg_credentials *credentials)
{
    struct watch *w = (struct watch *)user;

    (void)credentials;
    HOLDS(challenge->realm.p != NULL);
    return fails(&w->failing.credentials) ? -1 : 0;
}

static void check_event(struct watch *w, const struct sipreg_event *event)
{
    HOLDS(event->state == sipreg_client_state(&w->client));
    HOLDS(event->response == NULL || event->response->status == event->status);
    HOLDS((event->error == SIPREG_OK) || strcmp(sipreg_strerror(event->error), "unknown error"));
    if (event->type == SIPREG_EVENT_REGISTERED) {
        HOLDS(event->granted > 0);
        HOLDS(event->valid_for > 0 || w->own >= w->sent_at + (uint64_t)event->granted * 1000);
        HOLDS(event->refresh_in == SIPREG_FOREVER || event->refresh_in <= event->valid_for ||
              event->refresh_in <= 1000);
    }
    if (event->type == SIPREG_EVENT_REFUSED)
        HOLDS(event->error != SIPREG_OK);
}

static void on_event(void *user, const struct sipreg_event *event)
{
    struct watch *w = (struct watch *)user;
    uint32_t next = event->refresh_in < event->retry_in ? event->refresh_in : event->retry_in;
    char contact[VALUE];

    w->actions++;
    check_event(w, event);
    if (next != SIPREG_FOREVER)
        w->announced = w->own + next;
    if (event->valid_for > 0 && w->own + event->valid_for < w->announced)
        w->announced = w->own + event->valid_for;
    if (event->type == SIPREG_EVENT_KEEPALIVE && event->error != SIPREG_OK)
        w->reasons++;
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
    return sipreg_client_init(&w->client, &w->config) == SIPREG_OK;
}

void watch_forget(struct watch *w)
{
    w->branch_count = w->nonce_count = 0;
    w->outstanding = false;
    w->cseq = 0;
    w->call_id[0] = w->branch[0] = '\0';
}

/* ---------------------------------------------------------------- time */

void watch_pass(struct watch *w, int32_t ms)
{
    w->tick += (uint32_t)ms;
    w->own += ms > 0 ? (uint32_t)ms : 0U;
}

/* Who waits for something has a deadline, unless the program owes him a flow. */
static void check_rest(const struct watch *w, uint32_t wait)
{
    enum sipreg_client_state state = sipreg_client_state(&w->client);
    bool asking =
        state == SIPREG_REGISTERING || state == SIPREG_UNREGISTERING || state == SIPREG_QUERYING;
    char hop[512];
    int n = sipreg_client_next_hop(&w->client, hop, sizeof hop);

    HOLDS(!asking || w->io.open == NULL || wait != SIPREG_FOREVER);
    HOLDS(n > 0 && strlen(hop) == (size_t)n && strpbrk(hop, "\r\n <>\"") == NULL);
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

/* A redirection names targets that may be tried one after the other without a word. */
static unsigned reasons_in(const struct sipreg_response *response)
{
    struct sipreg_place place = {0, 0, 0};
    struct sipreg_binding binding;
    unsigned n = 1;

    while (response->status / 100 == 3 && n < 100 &&
           sipreg_response_contact(response, &place, &binding))
        n++;
    return n;
}

int watch_feed(struct watch *w, const void *octets, size_t n)
{
    char *block = fuzz_block(octets, n); /* gone as soon as it was read */
    struct sipreg_response response;
    bool outstanding = w->outstanding, provisional = w->provisional;
    unsigned reasons = w->reasons;
    int result = sipreg_response_parse(&response, block, n);

    if (result > 0 && response.status >= 200 && response.cseq == w->cseq)
        w->outstanding = false;
    if (result > 0)
        w->reasons += reasons_in(&response);
    w->provisional = w->provisional || (result > 0 && response.status < 200);
    result = sipreg_client_recv(&w->client, w->tick, block, n);
    if (result != SIPREG_OK) {
        w->outstanding = outstanding;
        w->provisional = provisional;
        w->reasons = reasons;
    }
    free(block);
    watch_run(w);
    return result;
}

void watch_flow(struct watch *w, enum sipreg_flow flow)
{
    w->reasons++;
    w->opening_now = false;
    w->up = flow == SIPREG_FLOW_UP;
    if (flow != SIPREG_FLOW_UP)
        w->outstanding = false;
    HOLDS(sipreg_client_flow(&w->client, w->tick, flow) == SIPREG_OK);
    watch_run(w);
}
