/*
 * outcome.c - what the end of a request changes: the fact, the wish, when the next one may go, and
 * what the application is told.
 */
#include "outcome.h"

#include "binding.h"
#include "config.h"
#include "pings.h"
#include "nat.h"
#include "outbound.h"
#include "redirect.h"
#include "routes.h"
#include "schedule.h"
#include "session.h"
#include "str.h"

/* Is the binding still there, and the flow that it was made on? */
static bool is_up(const struct sipreg_client *client)
{
    return client->fact == FACT_BOUND && client->flow != FLOW_DOWN && !client->pings.failed;
}

/* Seconds. A flow that is still up gives time, be it ours or another one (RFC 5626 4.5). Two
 * requests of ours that met (491) need not wait long. */
static uint64_t retry_base(const struct sipreg_client *client,
                           const struct sipreg_response *response)
{
    enum { MET = 4 };

    if (response != NULL && response->status == 491)
        return MET;
    return (uint64_t)sipreg_config_retry_base(client->config) *
           (is_up(client) || sipreg_outbound_others_up(client) ? 3 : 1);
}

void sipreg_outcome_retry(struct sipreg_client *client, const struct sipreg_response *response)
{
    bool bound = client->fact == FACT_BOUND;
    struct sipreg_backoff backoff = {
        retry_base(client, response),
        sipreg_config_retry_max(client->config),
        client->failures,
        bound ? sipreg_state_until(client, client->lapses_at) : 0,
        response == NULL ? SIPREG_ABSENT : response->retry_after,
    };

    client->next_at = client->now + sipreg_schedule_retry(&backoff, sipreg_state_jitter(client));
    client->patient = response != NULL || client->failures > 1;
}

void sipreg_outcome_removed(struct sipreg_client *client, int error,
                            const struct sipreg_response *response)
{
    sipreg_state_unbind(client, error == SIPREG_OK ? FACT_UNBOUND : FACT_UNKNOWN);
    client->wish = WISH_NOTHING;
    client->clear = false;
    client->again = false;
    client->replaced[0] = '\0';
    sipreg_state_return(client);
    sipreg_state_report(client, SIPREG_EVENT_UNREGISTERED, error, response);
}

/* Registering failed for good. A binding that may still be there is no longer kept up. A retry that
   the config asks for is a true one, with the same credentials again. */
static void refuse(struct sipreg_client *client, int error, const struct sipreg_response *response)
{
    uint32_t retry = client->config->refused_retry;

    sipreg_state_unbind(client, client->fact == FACT_BOUND ? FACT_UNKNOWN : client->fact);
    if (retry == 0) {
        client->wish = WISH_NOTHING;
        client->refused = true;
    } else {
        client->next_at = sipreg_state_later(client->now, retry);
        client->patient = true;
        sipreg_session_forgive(client);
    }
    sipreg_state_report(client, SIPREG_EVENT_REFUSED, error, response);
}

static bool is_removal(const struct sipreg_client *client)
{
    return client->purpose == REMOVE || client->purpose == CLEAR;
}

/* Was the request that has ended the last one before we are gone? Not, if registration is wished
   for again, nor if what was asked for meanwhile is to remove more than our own contact. */
static bool was_last_removal(const struct sipreg_client *client)
{
    return client->wish == WISH_UNBOUND && (client->purpose == CLEAR || !client->clear);
}

/* May another target do better than this one? Not where it was found to be nobody's fault but ours,
   nor where the answer is definite (6xx). */
static bool is_of_target(int error, int status)
{
    return error == SIPREG_TIMEOUT || error == SIPREG_TRANSPORT ||
           (error == SIPREG_STATUS && status < 600);
}

static int status_of(const struct sipreg_response *response)
{
    return response != NULL ? response->status : 0;
}

/* RFC 3263 4.3: has the server failed, and nothing but the server? */
static bool is_of_server(const struct sipreg_client *client, int error, int status)
{
    if (error == SIPREG_TIMEOUT)
        return !client->transaction.heard;
    return error == SIPREG_TRANSPORT || (status == 0 && error == SIPREG_POLICY) || status == 503;
}

static bool next_server(struct sipreg_client *client, int error,
                        const struct sipreg_response *response)
{
    bool at_once = client->request.reg_id != 0 && response != NULL && response->status == 503 &&
                   response->retry_after == 0; /* RFC 5626 4.2.1 */
    bool others = client->servers > SERVERS_LAST;

    client->again = (others || at_once) && client->rounds < SIPREG_ROUNDS_MAX &&
                    is_of_server(client, error, status_of(response));
    if (!client->again)
        return false;
    if (others)
        client->servers--;
    client->rounds++;
    sipreg_state_close(client);
    sipreg_state_report(client, SIPREG_EVENT_RETRYING, error, response);
    return true;
}

/* Where a redirection has led fails: there may be another target. If not, the next attempt starts
   from where the config says; a query has no say in that. */
static bool next_target(struct sipreg_client *client, int error,
                        const struct sipreg_response *response)
{
    client->again = sipreg_state_reachable(client) && is_of_target(error, status_of(response)) &&
                    sipreg_redirect_next(client);
    if (client->again)
        sipreg_state_close(client);
    else if (client->purpose != QUERY)
        sipreg_state_return(client);
    return client->again;
}

void sipreg_outcome_fail(struct sipreg_client *client, enum sipreg_outcome outcome, int error,
                         const struct sipreg_response *response)
{
    if (next_server(client, error, response) || next_target(client, error, response))
        return;
    if (client->servers != SERVERS_UNKNOWN && is_of_server(client, error, status_of(response)))
        client->servers = SERVERS_SPENT;
    if (client->purpose == QUERY) {
        client->query = false;
        sipreg_state_report(client, SIPREG_EVENT_REFUSED, error, response);
    } else if (client->purpose != REGISTER) {
        if (was_last_removal(client))
            sipreg_outcome_removed(client, error, response);
    } else if (client->wish == WISH_BOUND && outcome == SIPREG_LATER) {
        if (client->failures < UINT8_MAX)
            client->failures++;
        sipreg_outcome_retry(client, response);
        sipreg_state_report(client, SIPREG_EVENT_RETRYING, error, response);
    } else if (client->wish == WISH_BOUND) {
        refuse(client, error, response);
    }
}

void sipreg_outcome_unanswered(struct sipreg_client *client, enum sipreg_outcome outcome, int error)
{
    if (client->fact != FACT_BOUND || is_removal(client))
        sipreg_state_unbind(client, FACT_UNKNOWN);
    sipreg_outcome_fail(client, outcome, error, NULL);
}

/* lapse: the seconds after which the first of our contacts does. */
static void keep_binding(struct sipreg_client *client, const struct sipreg_own *own, int64_t lapse)
{
    uint64_t sent_at = client->transaction.started_at, soonest = client->now + 1000;

    client->fact = FACT_BOUND;
    client->listed = own->listed;
    client->granted = (uint32_t)own->granted;
    client->lapses_at = sipreg_state_later(sent_at, own->granted);
    client->refresh_at = sent_at + sipreg_schedule_refresh(lapse, sipreg_state_timers(client).t1,
                                                           sipreg_state_jitter(client));
    if (client->refresh_at < soonest)
        client->refresh_at = soonest;
    client->refresh_at = sipreg_state_coarse(client, client->refresh_at);
    client->next_at = client->held ? sipreg_state_latest(client) : client->refresh_at;
}

/* Are the further contacts listed too? Returns when the first of all lapses. */
static int64_t find_further(const struct sipreg_client *client,
                            const struct sipreg_response *response, struct sipreg_own *own)
{
    int64_t lapse = own->granted;
    struct sipreg_own other;

    for (size_t i = 1; i < client->request.contact_count; i++) {
        const struct sipreg_contact *contact = &client->contacts[i];
        if (contact->expires == 0)
            continue;
        sipreg_binding_find(&other, response, &client->request, i, contact->expires, false);
        own->listed = own->listed && other.listed;
        if (other.granted > 0 && other.granted < lapse)
            lapse = other.granted;
    }
    return lapse;
}

/* A 200 that does not list us is no success, whatever it says (10.2.4); a grant of 0 is a removal.
 */
static void accept_registration(struct sipreg_client *client,
                                const struct sipreg_response *response, int auth)
{
    bool strict = client->config->require_listed;
    struct sipreg_own own;
    int64_t lapse;

    sipreg_binding_find(&own, response, &client->request, 0, client->contacts[0].expires, !strict);
    lapse = find_further(client, response, &own);
    own.found = own.found && (own.listed || !strict);
    if (!own.found || own.granted == 0) {
        sipreg_state_unbind(client, own.found ? FACT_UNBOUND : FACT_UNKNOWN);
        sipreg_outcome_fail(client, SIPREG_LATER, SIPREG_UNLISTED, response);
        return;
    }
    sipreg_outbound_learn(client, response);
    sipreg_routes_keep(client, response);
    if (client->config->keepalive != NULL)
        client->config->keepalive->learn(client, response);
    client->unproven = sipreg_state_proven(client) ? 0 : client->failures;
    client->failures = 0;
    client->patient = false;
    client->bound_at = (uint32_t)client->now;
    client->replaced[0] = '\0';
    client->body_done = true;
    keep_binding(client, &own, lapse);
    if (sipreg_nat_learn(client, response) || client->changed) /* while it was under way */
        client->next_at = client->now;
    sipreg_state_report(client, SIPREG_EVENT_REGISTERED, auth, response);
}

/* What the registrar lists is the fact; no guessing here, since a list without us may be right.
   Where it says nothing of time, what we know still holds. A query refreshes nothing, so it puts
   nothing off. */
static void accept_query(struct sipreg_client *client, const struct sipreg_response *response)
{
    int64_t left = sipreg_state_until(client, client->lapses_at) / 1000;
    uint64_t planned = client->next_at;
    struct sipreg_own own;

    client->query = false;
    sipreg_state_report(client, SIPREG_EVENT_BINDINGS, SIPREG_OK, response);
    if (client->wish != WISH_BOUND || client->fact != FACT_BOUND)
        return;
    if (client->replaced[0] != '\0') /* what is bound is another contact than ours is now */
        return;
    sipreg_binding_find(&own, response, &client->request, 0, left, false);
    if (own.found && own.granted > 0) {
        keep_binding(client, &own, own.granted);
        client->next_at = planned < client->next_at ? planned : client->next_at;
    } else if (client->listed) { /* it may live all the same: a stop removes it */
        sipreg_state_unbind(client, FACT_UNKNOWN);
        client->failures = 1;
        sipreg_outcome_retry(client, NULL);
    }
}

SIPREG_APART static void accept_answer(struct sipreg_client *client,
                                       const struct sipreg_response *response)
{
    int auth = sipreg_session_verify(client, response);

    if (client->config->require_rspauth && !client->verified) {
        if (client->fact == FACT_UNBOUND) /* whoever has answered: it may be bound now */
            client->fact = FACT_UNKNOWN;
        sipreg_outcome_fail(client, SIPREG_REFUSED, SIPREG_CHALLENGE, response);
        return;
    }
    if (client->purpose == REGISTER)
        accept_registration(client, response, auth);
    else if (client->purpose == QUERY)
        accept_query(client, response);
    else if (was_last_removal(client))
        sipreg_outcome_removed(client, SIPREG_OK, response);
    else
        sipreg_state_unbind(client, FACT_UNBOUND);
}

void sipreg_outcome_take(struct sipreg_client *client, const struct sipreg_response *response)
{
    int error;
    enum sipreg_outcome outcome = sipreg_answers_weigh(client, response, &error);

    if (outcome == SIPREG_ACCEPTED) {
        accept_answer(client, response);
        return;
    }
    /* a server without transactions (8.2.7) may have bound the first and refused the repetition */
    if (client->transaction.repeated && client->purpose == REGISTER && client->fact == FACT_UNBOUND)
        client->fact = FACT_UNKNOWN;
    if (outcome == SIPREG_AGAIN)
        client->again = true;
    else
        sipreg_outcome_fail(client, outcome, error, response);
}
