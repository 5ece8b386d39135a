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

/* No registration was under way when the flow went down. The binding went with it, so it is
   renewed: at once, unless it was made only just now, by a server that closes whatever it has
   answered. */
static void renew_binding(struct sipreg_client *client)
{
    uint64_t settled =
        sipreg_state_later(client->bound_at, sipreg_config_retry_base(client->config));
    uint64_t planned = client->next_at;

    if (client->wish != WISH_BOUND || client->fact != FACT_BOUND ||
        client->request.transport == SIPREG_UDP)
        return;
    if (client->failures > 0) /* the next try is planned already */
        return;
    if (client->now >= settled) {
        client->next_at = client->now;
    } else {
        client->failures = 1;
        sipreg_outcome_retry(client, NULL);
        if (client->next_at > planned)
            client->next_at = planned;
        if (!client->report) /* the end of a query is to be told */
            sipreg_state_report(client, SIPREG_EVENT_RETRYING, SIPREG_TRANSPORT, NULL);
    }
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
            renew_binding(client);
    } else if (opening) {
        not_opened(client, outcome, error);
    } else {
        renew_binding(client);
    }
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
