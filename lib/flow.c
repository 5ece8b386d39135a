/*
 * flow.c - is the flow up? (RFC 3261 18, RFC 5626 4.5)
 *
 *          DO_OPEN            flow(UP)
 *   DOWN ----------> OPENING ----------> UP
 *    ^                  |                 |
 *    +------------------+-----------------+   flow(DOWN), too long in opening, closed
 *
 * Without an open function flows are the caller's alone: up until it says otherwise. Over UDP there
 * is nothing to open: a failure ends the request under way, and the next one is sent all the same.
 *
 * Flows come and go by the server's doing, too: one that answers with an error and closes, or
 * closes without a word, must not make us hurry. So a new flow does not cut short a wait that a
 * response asked for, nor one after several failures (client->patient).
 */
#include "flow.h"

#include "config.h"
#include "outcome.h"

static void lose_flow(struct sipreg_client *client)
{
    bool datagrams = client->request.transport == SIPREG_UDP && client->config->io->open == NULL;

    client->flow = datagrams ? FLOW_UP : FLOW_DOWN;
}

/* RFC 5626 4.5: a flow is successful if we were registered over it, and it has answered a keepalive
   where that was to be expected. And it was no success with a server that closes whatever it has
   answered. */
static bool was_successful(const struct sipreg_client *client)
{
    uint64_t settled = sipreg_state_later(0, sipreg_config_retry_base(client->config));

    return sipreg_state_proven(client) && (uint32_t)client->now - client->bound_at >= settled;
}

/* No registration was under way when the flow was lost. The binding went with it, so it is renewed:
   at once, or as after a failure. */
static void renew_binding(struct sipreg_client *client, bool at_once)
{
    uint64_t planned = client->next_at;

    if (at_once) {
        client->next_at = client->now;
        return;
    }
    client->failures = client->unproven;
    if (client->failures < UINT8_MAX)
        client->failures++;
    sipreg_outcome_retry(client, NULL);
    if (client->next_at > planned)
        client->next_at = planned;
}

/* Over UDP the next request tells whether there still is a flow, but where keepalives have held it
   open it is made anew. After failures the next try is planned already. */
static void lost(struct sipreg_client *client)
{
    bool at_once = was_successful(client);

    if (client->wish != WISH_BOUND || client->fact != FACT_BOUND || client->failures > 0 ||
        (client->request.transport == SIPREG_UDP && client->pings.every == 0))
        return;
    renew_binding(client, at_once);
    if (!at_once && !client->report) /* the end of a query is to be told */
        sipreg_state_report(client, SIPREG_EVENT_RETRYING, SIPREG_TRANSPORT, NULL);
}

void sipreg_flow_failed(struct sipreg_client *client, int error)
{
    bool at_once = was_successful(client);

    sipreg_state_forget_flow(client);
    sipreg_state_close(client);
    lose_flow(client);
    client->pings.failed = true;
    client->rewritten = false;
    if (client->failures == 0)
        renew_binding(client, at_once);
    sipreg_state_report(client, SIPREG_EVENT_KEEPALIVE, error, NULL);
}

/* The request that the flow was to be opened for cannot be sent. One that is too large for UDP goes
   over UDP after all (18.1.1). */
static void not_opened(struct sipreg_client *client, enum sipreg_outcome outcome, int error)
{
    if (client->large == LARGE_WANTED) {
        client->large = LARGE_REFUSED;
        client->request.transport = SIPREG_UDP;
        return;
    }
    client->purpose = (uint8_t)sipreg_state_due(client);
    client->transaction.heard = false;
    sipreg_outcome_fail(client, outcome, error, NULL);
}

void sipreg_flow_stuck(struct sipreg_client *client)
{
    sipreg_state_close(client);
    not_opened(client, SIPREG_LATER, SIPREG_TIMEOUT);
}

/* Without trust nothing must be sent there, and nothing gets better by trying again. */
static void flow_down(struct sipreg_client *client, bool untrusted)
{
    enum sipreg_outcome outcome = untrusted ? SIPREG_REFUSED : SIPREG_LATER;
    int error = untrusted ? SIPREG_POLICY : SIPREG_TRANSPORT;
    bool opening = client->flow == FLOW_OPENING;

    lose_flow(client);
    if (sipreg_state_under_way(client)) {
        sipreg_transaction_abandon(&client->transaction);
        sipreg_outcome_unanswered(client, outcome, error);
        if (client->purpose == QUERY)
            lost(client);
    } else if (opening) {
        not_opened(client, outcome, error);
    } else {
        lost(client);
    }
    sipreg_state_forget_flow(client);
    client->rewritten = false;
}

static void flow_up(struct sipreg_client *client)
{
    if (client->close) /* that one is as good as closed */
        return;
    if (client->flow == FLOW_DOWN && !client->patient)
        client->next_at = client->now; /* the caller opened it unasked: a new flow, a new binding */
    client->rewritten = client->rewritten && client->flow == FLOW_UP;
    client->flow = FLOW_UP;
    if (sipreg_client_state(client) == SIPREG_IDLE)
        sipreg_state_close(client);
}

int sipreg_client_flow(struct sipreg_client *client, uint32_t now, enum sipreg_flow flow)
{
    if (client->config == NULL)
        return SIPREG_STATE;
    sipreg_state_advance(client, now);
    if (flow == SIPREG_FLOW_UP)
        flow_up(client);
    else
        flow_down(client, flow == SIPREG_FLOW_UNTRUSTED);
    return SIPREG_OK;
}
