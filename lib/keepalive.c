/*
 * keepalive.c - is the flow alive, and does it stay open? (RFC 5626 4.4, RFC 6223)
 *
 *   streams            CRLF CRLF, answered by CRLF within ten seconds
 *   UDP, promised      a STUN Binding request, repeated like any, answered by our address
 *   UDP, else          CRLF CRLF, for the sake of NATs; nothing answers
 *
 * Each REGISTER settles anew whether there are any (learn). A flow fails by an answer that does not
 * come only where answers are promised, or one has come on this flow; and by a STUN answer that is
 * an error, or tells another address than before. There is a flow to keep alive only while we are
 * bound; and while a REGISTER is under way it is a keepalive itself.
 */
#include "pings.h"

#include "flow.h"
#include "ident.h"
#include "stun.h"
#include "uri.h"

#include <string.h>

enum { BLANK, STUN };
enum { PONG_WAIT = 10 * 1000 };                            /* ms, 4.4.1 */
enum { STUN_SENDS = 7, STUN_GIVE_UP = (1 << 6) - 1 + 16 }; /* in RTOs, RFC 8489 6.2.1 */

static bool is_stream(const struct sipreg_client *client)
{
    return client->request.transport != SIPREG_UDP;
}

/* From when to when: one is due at random between. */
struct range {
    uint32_t least, most; /* seconds */
};

/* 80 % to all of a time that somebody has named; else what 4.4.1 and 4.4.2 recommend. */
static struct range range_of(const struct sipreg_client *client)
{
    static const struct range streams = {95, 120}, datagrams = {24, 29};
    uint32_t every = client->pings.every;

    if (!client->pings.named)
        return is_stream(client) ? streams : datagrams;
    return (struct range){every - every / 5, every};
}

static void plan(struct sipreg_client *client)
{
    struct range range = range_of(client);
    uint64_t spread = (uint64_t)(range.most - range.least) * 1000;
    uint64_t wait = (uint64_t)range.least * 1000 + (spread * sipreg_state_jitter(client) >> 32);

    client->pings.at = sipreg_state_coarse(client, client->now + wait);
}

/* ---------------------------------------------------------------- what a 2xx says */

/* Seconds; 0: the time is ours to choose; SIPREG_ABSENT. */
static int64_t seconds(struct sipreg_str value)
{
    uint32_t day = 86400, number;

    return sipreg_str_number(value, day, &number) == SIPREG_OK ? (int64_t)number : SIPREG_ABSENT;
}

static int64_t flow_timer(const struct sipreg_response *response)
{
    struct sipreg_place place = {0, 0, 0};
    struct sipreg_str value;

    if (!sipreg_response_header(response, "Flow-Timer", &place, &value))
        return SIPREG_ABSENT;
    return seconds(value);
}

/* The edge proxy, which is the last in the Path, says that it supports outbound (5.1). */
static bool edge_supports_it(const struct sipreg_client *client)
{
    struct sipreg_str last = {NULL, 0}, next, value;
    struct sipreg_uri uri;

    for (size_t i = 0; (next = sipreg_client_route(client, SIPREG_PATH, i)).p != NULL; i++)
        last = next;
    return sipreg_uri_parse(&uri, last) == SIPREG_OK &&
           sipreg_uri_param(&uri, SIPREG_LITERAL("ob"), &value);
}

/* Should they differ, the shorter one holds, and 0 says nothing. */
static uint32_t named(int64_t timer, int64_t keep)
{
    if (timer <= 0 || (keep > 0 && keep < timer))
        timer = keep;
    return timer > 0 ? (uint32_t)timer : 0;
}

/* The open one: of another kind than those to come; or the time for its answer went by while a
   request was under way, or nothing was to be kept alive, and now a 200 is as good. */
static void forget_open(struct sipreg_pings *pings)
{
    pings->sends = 0;
    pings->at = SIPREG_NEVER;
}

static void learn(struct sipreg_client *client, const struct sipreg_response *response)
{
    struct sipreg_pings *pings = &client->pings;
    const struct sipreg_client_config *config = client->config;
    int64_t keep = seconds(response->via.keep);
    uint32_t before = pings->every, every = named(flow_timer(response), keep);
    uint8_t kind;

    pings->failed = false;
    pings->promised = client->outbound || keep >= 0 || config->ping == SIPREG_PING_ANSWERED ||
                      edge_supports_it(client);
    kind = pings->promised && !is_stream(client) ? STUN : BLANK;
    if (pings->kind != kind || (pings->fail_at != 0 && client->now >= pings->fail_at))
        forget_open(pings);
    pings->kind = kind;
    if (every == 0)
        every = config->ping_every;
    pings->named = every > 0;
    pings->every = every > 0 ? every : range_of(client).most;
    if (!pings->promised && config->ping != SIPREG_PING_ALWAYS)
        pings->every = pings->sends = 0;
    if (pings->sends == 0)
        pings->fail_at = 0;
    if (kind == STUN && pings->sends > 0) /* at is when to repeat it */
        return;
    if (pings->every != before || pings->at == SIPREG_NEVER)
        plan(client);
}

/* ---------------------------------------------------------------- sending */

static bool runs(const struct sipreg_client *client)
{
    return client->pings.every > 0 && client->flow == FLOW_UP && client->fact == FACT_BOUND &&
           client->wish == WISH_BOUND && !sipreg_state_under_way(client);
}

/* Is there an answer that has to come? */
static bool waits(const struct sipreg_client *client)
{
    const struct sipreg_pings *pings = &client->pings;

    return pings->fail_at != 0 && (pings->promised || pings->answered);
}

static void send_blank(struct sipreg_client *client, struct sipreg_action *action)
{
    struct sipreg_pings *pings = &client->pings;

    action->bytes = "\r\n\r\n";
    action->size = 4;
    pings->sends = 1;
    if (is_stream(client) && !waits(client))
        pings->fail_at = client->now + PONG_WAIT;
    plan(client);
}

static bool draw_id(struct sipreg_client *client)
{
    const struct sipreg_client_config *config = client->config;
    uint32_t number;

    for (size_t i = 0; i < sizeof client->pings.id; i += sizeof number) {
        if (sipreg_ident_number(&number, config->io->random, config->user) != SIPREG_OK)
            return false;
        memcpy(client->pings.id + i, &number, sizeof number);
    }
    return true;
}

/* Without a random source there is none this time. */
static bool send_stun(struct sipreg_client *client, struct sipreg_action *action)
{
    struct sipreg_pings *pings = &client->pings;
    uint32_t rto = sipreg_state_timers(client).t1;

    if (pings->sends == 0 && !draw_id(client)) {
        plan(client);
        return false;
    }
    if (pings->sends == 0)
        pings->fail_at = client->now + (uint64_t)STUN_GIVE_UP * rto;
    pings->at = client->now + ((uint64_t)rto << pings->sends);
    if (++pings->sends == STUN_SENDS)
        pings->at = SIPREG_NEVER;
    sipreg_stun_request((uint8_t *)client->config->io->scratch, pings->id);
    action->bytes = client->config->io->scratch;
    action->size = SIPREG_STUN_REQUEST_SIZE;
    return true;
}

/* A message that is half there when the time is over may have the answer behind it; not for ever,
   though. */
static void miss(struct sipreg_client *client)
{
    struct sipreg_pings *pings = &client->pings;

    if (pings->partial && !pings->extended) {
        pings->extended = true;
        pings->fail_at = client->now + 64 * (uint64_t)sipreg_state_timers(client).t1;
    } else {
        sipreg_flow_failed(client, SIPREG_TIMEOUT);
    }
}

static bool next(struct sipreg_client *client, struct sipreg_action *action)
{
    struct sipreg_pings *pings = &client->pings;

    if (!runs(client))
        return false;
    if (waits(client) && client->now >= pings->fail_at)
        miss(client);
    if (!runs(client) || client->now < pings->at)
        return false;
    action->type = SIPREG_DO_SEND;
    if (pings->kind == STUN)
        return send_stun(client, action);
    send_blank(client, action);
    return true;
}

static uint64_t deadline(const struct sipreg_client *client)
{
    const struct sipreg_pings *pings = &client->pings;

    if (!runs(client))
        return SIPREG_NEVER;
    return waits(client) && pings->fail_at < pings->at ? pings->fail_at : pings->at;
}

/* ---------------------------------------------------------------- answers */

static void alive(struct sipreg_client *client)
{
    struct sipreg_pings *pings = &client->pings;

    if (!pings->answered && !client->report)
        sipreg_state_report(client, SIPREG_EVENT_KEEPALIVE, SIPREG_OK, NULL);
    pings->answered = true;
    pings->extended = false;
    pings->fail_at = 0;
    pings->sends = 0;
}

/* Blank lines that nobody has asked for are the server's own keepalives: they answer nothing, and
   on this flow none is taken for an answer that is not promised. */
static int answer_blank(struct sipreg_client *client)
{
    struct sipreg_pings *pings = &client->pings;
    bool asked = pings->sends > 0 && client->now < pings->fail_at;

    pings->unasked = pings->unasked || !asked;
    if (!waits(client) && (!asked || pings->unasked))
        return SIPREG_FOREIGN;
    alive(client);
    return SIPREG_OK;
}

static int answer_stun(struct sipreg_client *client, const void *bytes, size_t n)
{
    struct sipreg_pings *pings = &client->pings;
    struct sipreg_stun_answer answer;
    int result =
        pings->sends == 0 ? SIPREG_FOREIGN : sipreg_stun_read(&answer, pings->id, bytes, n);

    if (result == SIPREG_FOREIGN)
        return SIPREG_FOREIGN;
    if (sipreg_state_under_way(client)) /* there will be another one */
        return SIPREG_OK;
    if (result != SIPREG_OK) {
        sipreg_flow_failed(client, SIPREG_TRANSPORT);
    } else if (pings->known && !sipreg_mapped_equal(&pings->mapped, &answer.mapped)) {
        sipreg_flow_failed(client, SIPREG_REBOUND);
    } else {
        pings->mapped = answer.mapped;
        pings->known = true;
        alive(client);
        plan(client);
    }
    return SIPREG_OK;
}

static bool is_blank(const char *bytes, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (bytes[i] != '\r' && bytes[i] != '\n')
            return false;
    }
    return n > 0;
}

static int answer(struct sipreg_client *client, const void *bytes, size_t n)
{
    if (client->flow != FLOW_UP)
        return SIPREG_FOREIGN;
    client->pings.partial = false; /* whatever this is, it is whole */
    if (client->pings.kind == STUN)
        return answer_stun(client, bytes, n);
    return is_stream(client) && is_blank((const char *)bytes, n) ? answer_blank(client)
                                                                 : SIPREG_FOREIGN;
}

const struct sipreg_keepalive sipreg_keepalive = {learn, next, deadline, answer};
