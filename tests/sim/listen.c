/*
 * listen.c - what the program around a client does with what arrives: datagrams, and streams in
 * pieces.
 */
#include "sim.h"

#include <stdlib.h>
#include <string.h>

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

/* A copy of that size exactly, so that one octet too far is seen by sanitizers; or with a NUL. */
static char *copy_of(const char *bytes, size_t n, size_t more)
{
    char *copy = (char *)calloc(1, n + more > 0 ? n + more : 1);

    if (copy == NULL)
        abort();
    memcpy(copy, bytes, n);
    return copy;
}

static void expect(struct phone *p, const char *text, size_t n, const struct event *e)
{
    struct watch *watch = &p->watch;

    p->hearing = text;
    check_pings_hear(p, text, n, e->spoilt);
    watch->status = is_final(text) ? atoi(text + 8) : 0;
    watch->answering = watch->status != 0;
    watch->misled = watch->answering && e->spoilt;
    if (watch->status / 100 == 3)
        watch->elsewhere = TARGETS_MAX;
    watch->honest_until = e->spoilt ? 0 : e->expires_at;
}

/* What of it, when the client has heard it. */
static void conclude(struct phone *p, int result, size_t n, const struct event *e)
{
    struct watch *watch = &p->watch;
    bool pong = watch->pings.stun || n <= 4;

    if (result == SIPREG_OK && !pong) {
        if (watch->status == 0)
            watch->provisional = true;
        else if (watch->answering) /* and no new request has followed */
            watch->outstanding = false;
        if (e->spoilt) {
            registrar_excuse(p); /* it may have been told anything */
            p->astray = true;
        }
    }
    check_pings_heard(p, result);
    watch->honest_until = 0;
    watch->answering = false;
    p->hearing = "";
}

static void hand_in(struct phone *p, const char *bytes, size_t n, const struct event *e)
{
    struct watch *watch = &p->watch;
    char *block = copy_of(bytes, n, 0), *text = copy_of(bytes, n, 1);
    uint32_t deadline = sipreg_client_deadline(&p->client, phone_tick(p));
    unsigned before = watch->sends + watch->events;
    int result;

    expect(p, text, n, e);
    result = sipreg_client_recv(&p->client, p->tick, block, n);
    trace(p->world, p, "hears %.*s: %s",
          (int)strcspn(text, "\r") < 11 ? (int)strcspn(text, "\r") : 11, text,
          sipreg_strerror(result));
    if (result != SIPREG_OK)
        check_ignored(p, result, before, deadline);
    conclude(p, result, n, e);
    free(block);
    free(text);
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
        if (p->streamed > 0 && p->flow == e->flow) {
            p->watch.pings.partial = true;
            sipreg_client_partial(&p->client, phone_tick(p));
        }
    }
    if (n < 0 && n != SIPREG_PARTIAL && p->flow == e->flow)
        phone_flow(p, SIPREG_FLOW_DOWN); /* framing is lost */
}

void phone_receive(struct phone *p, const struct event *e)
{
    if (p->suspended_until > 0)
        return; /* nobody at home */
    if (!nat_in(p, e->port))
        return;
    if (p->config.transport == SIPREG_UDP)
        hand_in(p, e->bytes, e->n, e);
    else if (e->flow == p->flow && p->connected)
        hand_in_stream(p, e);
}
