/*
 * client.c - the engine: responses in, the next action out.
 *
 * state.c says what is due; here it is sent when nothing else is under way, sent again by the
 * transaction's timers, and its answer handed to outcome.c. Every wait has an end: timer F, the
 * opening of a flow (flow_at), a back-off or refresh (next_at), a lapse (lapses_at). The one that
 * has not, a lost flow which the caller has not offered to open, ends by sipreg_client_flow().
 */
#include "compose.h"
#include "flow.h"
#include "pings.h"
#include "outcome.h"
#include "redirect.h"
#include "request.h"

#include <string.h>

int sipreg_client_response(struct sipreg_client *client, uint32_t now,
                           const struct sipreg_response *response)
{
    struct sipreg_timers times;
    bool active;
    int result;

    if (client->config == NULL)
        return SIPREG_STATE;
    sipreg_state_advance(client, now);
    times = sipreg_state_timers(client);
    result =
        sipreg_transaction_match(&client->transaction, client->now, &client->request, response);
    active = sipreg_state_under_way(client);
    client->pings.partial = false;
    if (result != SIPREG_OK || !active)
        return result;
    if (client->now >= client->transaction.give_up_at)
        return SIPREG_LATE; /* timer F was first, though nobody has looked yet */
    sipreg_transaction_response(&client->transaction, client->now, response->status, &times);
    if (response->status >= 200)
        sipreg_outcome_take(client, response);
    return SIPREG_OK;
}

int sipreg_client_pong(struct sipreg_client *client, uint32_t now, const void *bytes, size_t n)
{
    if (client->config == NULL)
        return SIPREG_STATE;
    if (client->config->keepalive == NULL)
        return SIPREG_FOREIGN;
    sipreg_state_advance(client, now);
    return client->config->keepalive->answer(client, bytes, n);
}

int sipreg_client_partial(struct sipreg_client *client, uint32_t now)
{
    if (client->config == NULL)
        return SIPREG_STATE;
    sipreg_state_advance(client, now);
    client->pings.partial = true;
    return SIPREG_OK;
}

/* Requests. */

/* The same state gives the same bytes: this is the first sending as well as every repetition. */
static bool emit(struct sipreg_client *client, struct sipreg_action *action)
{
    const struct sipreg_io *io = client->config->io;
    int n = sipreg_request_print(&client->request, io->scratch, io->scratch_size);

    if (n < 0) {
        sipreg_transaction_abandon(&client->transaction);
        sipreg_outcome_fail(client, SIPREG_REFUSED, n, NULL);
        return false;
    }
    action->type = SIPREG_DO_SEND;
    action->bytes = io->scratch;
    action->size = (size_t)n;
    return true;
}

/* 18.1.1: a request that may not pass undivided goes over a stream, if there can be one. */
static bool is_too_large(const struct sipreg_client *client, size_t size)
{
    enum { DATAGRAM_MAX = 1300 };
    uint32_t most = client->config->datagram_max > 0 ? client->config->datagram_max : DATAGRAM_MAX;

    return client->request.transport == SIPREG_UDP && client->large == LARGE_NOT &&
           client->config->io->open != NULL && size > most;
}

/* Takes a request back that was written, but not sent, and asks for a stream. */
static void want_stream(struct sipreg_client *client)
{
    sipreg_transaction_abandon(&client->transaction);
    for (size_t i = 0; i < SIPREG_MAX_REALMS; i++)
        client->sessions[i].ready = client->sessions[i].sent;
    client->again = true;
    client->large = LARGE_WANTED;
    client->request.transport = SIPREG_TCP;
    sipreg_state_close(client);
}

/* The next action. */

/* Has the removal an end of its own? */
static bool is_to_be_gone(const struct sipreg_client *client)
{
    return client->wish == WISH_UNBOUND && client->gone_by > 0;
}

/* A flow with half an answer on its way, or half open, is of no more use, unless the answer is that
   to a query. */
static void give_up_removal(struct sipreg_client *client)
{
    bool under_way = sipreg_state_under_way(client);

    if (!under_way || client->purpose != QUERY) {
        if (under_way || client->flow == FLOW_OPENING)
            sipreg_state_close(client);
        sipreg_transaction_abandon(&client->transaction);
    }
    sipreg_outcome_removed(client, SIPREG_TIMEOUT, NULL);
}

/* What time has brought about. A binding has lapsed by the time that its request was sent; to the
   registrar, which counts from when it came, it may live a little longer. */
static void settle(struct sipreg_client *client)
{
    if (is_to_be_gone(client) && client->now >= client->gone_by)
        give_up_removal(client);
    if (client->flow == FLOW_OPENING && client->now >= client->flow_at)
        sipreg_flow_stuck(client);
    if (client->fact == FACT_BOUND && client->now >= client->lapses_at) {
        sipreg_state_unbind(client, FACT_UNKNOWN);
        if (client->wish == WISH_BOUND)
            sipreg_state_report(client, SIPREG_EVENT_UNREGISTERED, SIPREG_TIMEOUT, NULL);
    }
}

/* A request that is due but has no way to go out, or nothing to do. */
static bool pointless(struct sipreg_client *client, int purpose)
{
    if (purpose == REMOVE && client->fact == FACT_UNBOUND && client->replaced[0] == '\0') {
        sipreg_outcome_removed(client, SIPREG_OK, NULL);
        return true;
    }
    if (!sipreg_state_reachable(client)) {
        client->purpose = (uint8_t)purpose;
        sipreg_outcome_fail(client, SIPREG_LATER, SIPREG_TRANSPORT, NULL);
        return true;
    }
    return false;
}

/* Calls may still come by its flow, so that is kept until now. */
static void leave_failed_server(struct sipreg_client *client)
{
    if (client->servers != SERVERS_SPENT)
        return;
    client->servers = SERVERS_LAST;
    if (client->flow == FLOW_UP)
        sipreg_state_close(client);
}

/* Nothing under way: sends what is due, or opens the flow for it. */
static bool next_request(struct sipreg_client *client, struct sipreg_action *action)
{
    int purpose = sipreg_state_due(client), result;
    bool written;

    if (purpose == NOTHING || client->flow == FLOW_OPENING || pointless(client, purpose))
        return false;
    if (!client->again && sipreg_redirect_over(client))
        sipreg_state_return(client);
    if (!client->again || purpose != client->purpose)
        sipreg_compose_attempt(client);
    leave_failed_server(client);
    if (client->close) /* the old flow first */
        return false;
    if (client->flow == FLOW_DOWN) {
        client->flow = FLOW_OPENING;
        client->flow_at = client->now + 64 * (uint64_t)sipreg_state_timers(client).t1;
        action->type = SIPREG_DO_OPEN;
        return true;
    }
    result = sipreg_compose(client, purpose);
    if (result != SIPREG_OK) {
        sipreg_outcome_fail(client, SIPREG_LATER, result, NULL);
        return false;
    }
    written = emit(client, action);
    if (written && !is_too_large(client, action->size))
        return true;
    client->request.cseq--; /* it was not sent: no number is left out (10.2) */
    if (written)
        want_stream(client);
    return false;
}

/* A request under way: sends it again, or gives up. On a stream a time-out means that the flow is
 * dead. */
static bool next_repetition(struct sipreg_client *client, struct sipreg_action *action)
{
    struct sipreg_timers times = sipreg_state_timers(client);

    switch (sipreg_transaction_due(&client->transaction, client->now, &times)) {
    case SIPREG_DUE_RESEND:
        return emit(client, action);
    case SIPREG_DUE_TIMEOUT:
        if (times.reliable)
            sipreg_state_close(client);
        sipreg_outcome_unanswered(client, SIPREG_LATER, SIPREG_TIMEOUT);
        return false;
    case SIPREG_DUE_NOTHING:
    default:
        return false;
    }
}

static void fill_event(struct sipreg_client *client, struct sipreg_event *event)
{
    event->type = (enum sipreg_event_type)client->report_type;
    event->state = sipreg_client_state(client);
    event->status = client->report_status;
    event->error = client->report_error;
    event->response = client->response;
    event->asked = client->contacts[0].expires;
    event->refresh_in = event->retry_in = SIPREG_FOREVER;
    if (client->fact == FACT_BOUND) {
        event->granted = client->granted;
        event->listed = client->listed;
        event->without_body = client->without_body;
        event->verified = client->verified;
        event->valid_for = sipreg_state_until(client, client->lapses_at);
        event->outbound = client->outbound;
        event->ping_every = client->pings.every;
    }
    if (client->again) {
        event->retry_in = 0;
        return;
    }
    if (client->wish != WISH_BOUND || !sipreg_state_reachable(client))
        return;
    if (event->type == SIPREG_EVENT_REGISTERED ||
        (event->type == SIPREG_EVENT_KEEPALIVE && event->error == SIPREG_OK))
        event->refresh_in = sipreg_state_until(client, client->next_at);
    else
        event->retry_in = sipreg_state_until(client, client->next_at);
}

static bool next_report(struct sipreg_client *client, struct sipreg_action *action)
{
    if (!client->report)
        return false;
    action->type = SIPREG_DO_REPORT;
    fill_event(client, &action->event);
    client->report = false;
    client->response = NULL;
    return true;
}

/* A flow that nobody needs any more is kept for as long as a transaction may take (18). */
static void linger(struct sipreg_client *client)
{
    bool idling = client->flow == FLOW_UP && client->config->io->open != NULL &&
                  sipreg_client_state(client) == SIPREG_IDLE;

    if (idling && !client->idling)
        client->flow_at = client->now + 64 * (uint64_t)sipreg_state_timers(client).t1;
    client->idling = idling;
    if (idling && client->now >= client->flow_at)
        sipreg_state_close(client);
}

static bool next_close(struct sipreg_client *client, struct sipreg_action *action)
{
    linger(client);
    if (!client->close)
        return false;
    client->close = false;
    action->type = SIPREG_DO_CLOSE;
    return true;
}

static bool next_notice(struct sipreg_client *client, struct sipreg_action *action)
{
    return next_report(client, action) || next_close(client, action);
}

static bool next_ping(struct sipreg_client *client, struct sipreg_action *action)
{
    const struct sipreg_keepalive *keepalive = client->config->keepalive;

    return keepalive != NULL && (keepalive->next(client, action) || next_notice(client, action));
}

/* The reason comes before its consequence: reports first, then the flow, then bytes. */
bool sipreg_client_next(struct sipreg_client *client, uint32_t now, struct sipreg_action *action)
{
    bool under_way, sends;

    memset(action, 0, sizeof *action);
    if (client->config == NULL)
        return false;
    sipreg_state_advance(client, now);
    settle(client);
    if (next_notice(client, action))
        return true;
    under_way = sipreg_state_under_way(client);
    sends = under_way ? next_repetition(client, action) : next_request(client, action);
    if (sends || next_notice(client, action) || next_ping(client, action))
        return true;
    /* a request may end without a word: a removal that nobody wants any more */
    if (!under_way || sipreg_state_under_way(client))
        return false;
    if (next_request(client, action))
        return true;
    return next_notice(client, action);
}

#define WAIT_MAX (UINT32_C(24) * 24 * 60 * 60 * 1000) /* 24 days in ms, as client.h has it */

/* The instant at which next() has something to do for the wish. */
static uint64_t deadline_of_wish(const struct sipreg_client *client)
{
    uint64_t at = SIPREG_NEVER;

    if (client->report || client->close)
        return client->now;
    if (client->fact == FACT_BOUND && client->wish == WISH_BOUND)
        at = client->lapses_at;
    if (sipreg_state_under_way(client)) {
        uint64_t due_at = sipreg_transaction_deadline(&client->transaction);
        return due_at < at ? due_at : at;
    }
    if (client->flow == FLOW_OPENING)
        return client->flow_at < at ? client->flow_at : at;
    if (sipreg_state_due(client) != NOTHING)
        return client->now;
    if (client->idling && client->flow == FLOW_UP)
        return client->flow_at;
    if (client->wish == WISH_BOUND && sipreg_state_reachable(client) && client->next_at < at)
        at = client->next_at;
    return at;
}

static uint64_t deadline(const struct sipreg_client *client)
{
    const struct sipreg_keepalive *keepalive = client->config->keepalive;
    uint64_t at = deadline_of_wish(client), ping_at = SIPREG_NEVER;

    if (is_to_be_gone(client) && client->gone_by < at)
        at = client->gone_by;
    if (keepalive != NULL)
        ping_at = keepalive->deadline(client);
    return at < ping_at ? at : ping_at;
}

/* What lies far off must not look like never, and not be further than clocks can tell apart. */
uint32_t sipreg_client_deadline(struct sipreg_client *client, uint32_t now)
{
    uint64_t at;
    uint32_t wait;

    if (client->config == NULL)
        return SIPREG_FOREVER;
    sipreg_state_advance(client, now);
    at = deadline(client);
    wait = sipreg_state_until(client, at);
    return at == SIPREG_NEVER || wait < WAIT_MAX ? wait : WAIT_MAX;
}
