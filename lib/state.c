/*
 * state.c - wish, fact, and what follows from the two.
 *
 * The wish is what start, stop, query and clear have set. The fact is what the registrar is known
 * to hold for us; it is unknown at the start, since an earlier run may have left a binding, and
 * when a request ended without an answer. sipreg_state_due() names the request that would bring the
 * two together. The state that the caller sees is computed from them and never stored:
 *
 *   wish \ fact    unknown, unbound                      bound
 *   nothing        IDLE (QUERYING)                       IDLE
 *   bound          REGISTERING, or WAITING for next_at   REGISTERED (refreshing at next_at)
 *   unbound        UNREGISTERING, then nothing           UNREGISTERING, then nothing
 */
#include "state.h"

#include "binding.h"
#include "config.h"
#include "ident.h"
#include "redirect.h"
#include "routes.h"
#include "str.h"

#include <string.h>

void sipreg_state_advance(struct sipreg_client *client, uint32_t tick)
{
    uint32_t passed = tick - client->tick;

    if (passed < UINT32_C(0x80000000))
        client->now += passed;
    client->tick = tick;
}

uint32_t sipreg_state_until(const struct sipreg_client *client, uint64_t at)
{
    if (at <= client->now)
        return 0;
    return at - client->now < SIPREG_FOREVER ? (uint32_t)(at - client->now) : SIPREG_FOREVER;
}

uint64_t sipreg_state_later(uint64_t at, int64_t seconds)
{
    return at + (uint64_t)seconds * 1000;
}

struct sipreg_timers sipreg_state_timers(const struct sipreg_client *client)
{
    struct sipreg_timers timers = sipreg_config_timers(client->config);

    timers.reliable = client->request.transport != SIPREG_UDP;
    return timers;
}

uint64_t sipreg_state_coarse(const struct sipreg_client *client, uint64_t at)
{
    uint32_t step = client->config->coarse, tick = client->tick + (uint32_t)(at - client->now);
    uint32_t beyond = step > 0 ? tick % step : 0;

    return at > client->now + beyond ? at - beyond : at;
}

uint64_t sipreg_state_latest(const struct sipreg_client *client)
{
    uint64_t attempt = 64 * (uint64_t)sipreg_state_timers(client).t1,
             quarter = (uint64_t)client->granted * 1000 / 4,
             latest = client->lapses_at - (attempt < quarter ? attempt : quarter);

    return latest > client->refresh_at ? latest : client->refresh_at;
}

uint32_t sipreg_state_jitter(struct sipreg_client *client)
{
    uint32_t number;

    if (sipreg_ident_number(&number, client->config->io->random, client->config->user) != SIPREG_OK)
        number = 0;
    return number;
}

/* If the contact before was never sent, the one before it still is what is there. With outbound the
   registrar replaces it by itself (RFC 5626 6). */
bool sipreg_state_rename(struct sipreg_client *client, const char *address)
{
    char ours[SIPREG_CONTACT_SIZE];

    if (client->config->contact != NULL || !sipreg_config_contact(ours, client, address) ||
        sipreg_str_equal(sipreg_str_of(client->contact), sipreg_str_of(ours)))
        return false;
    if (client->offered && client->fact != FACT_UNBOUND && !client->outbound)
        memcpy(client->replaced, client->contact, sizeof client->replaced);
    if (sipreg_str_equal(sipreg_str_of(client->replaced), sipreg_str_of(ours)))
        client->replaced[0] = '\0';
    memcpy(client->contact, ours, strlen(ours) + 1);
    client->offered = false;
    return true;
}

bool sipreg_state_proven(const struct sipreg_client *client)
{
    const struct sipreg_pings *pings = &client->pings;

    return !pings->promised || pings->answered;
}

void sipreg_state_forget_flow(struct sipreg_client *client)
{
    struct sipreg_pings *pings = &client->pings;

    pings->answered = pings->unasked = pings->partial = pings->extended = pings->known = false;
    pings->sends = 0;
    pings->fail_at = 0;
    pings->at = SIPREG_NEVER;
}

/* Do calls come to our contact by this flow? */
static bool is_needed(const struct sipreg_client *client)
{
    return client->request.transport != SIPREG_UDP || client->pings.every > 0 || client->rewritten;
}

/* If a query has no more use for the flow, the binding goes with it, and is to be renewed. */
void sipreg_state_close(struct sipreg_client *client)
{
    if (client->config->io->open == NULL || client->flow == FLOW_DOWN)
        return;
    if (client->purpose == QUERY && client->fact == FACT_BOUND && client->failures == 0 &&
        is_needed(client))
        client->next_at = client->now;
    sipreg_state_forget_flow(client);
    client->close = true;
    client->flow = FLOW_DOWN;
}

void sipreg_state_return(struct sipreg_client *client)
{
    if (sipreg_redirect_forget(client))
        sipreg_state_close(client);
}

bool sipreg_state_under_way(const struct sipreg_client *client)
{
    return sipreg_transaction_active(&client->transaction);
}

bool sipreg_state_reachable(const struct sipreg_client *client)
{
    return client->flow != FLOW_DOWN || client->config->io->open != NULL;
}

int sipreg_state_due(const struct sipreg_client *client)
{
    if (client->wish == WISH_UNBOUND)
        return client->clear ? CLEAR : REMOVE;
    if (client->query)
        return QUERY;
    if (client->wish != WISH_BOUND || client->now < client->next_at)
        return NOTHING;
    return sipreg_state_reachable(client) ? REGISTER : NOTHING;
}

enum sipreg_client_state sipreg_client_state(const struct sipreg_client *client)
{
    if (client->config == NULL)
        return SIPREG_IDLE;
    if (client->wish == WISH_UNBOUND)
        return SIPREG_UNREGISTERING;
    if (client->wish == WISH_NOTHING)
        return client->query ? SIPREG_QUERYING : SIPREG_IDLE;
    if (client->fact == FACT_BOUND)
        return SIPREG_REGISTERED;
    if (sipreg_state_under_way(client) || client->now >= client->next_at)
        return sipreg_state_reachable(client) ? SIPREG_REGISTERING : SIPREG_WAITING;
    return SIPREG_WAITING;
}

bool sipreg_client_is_ours(const struct sipreg_client *client, const struct sipreg_binding *binding)
{
    for (size_t i = 0; client->config != NULL && i < 1U + client->further_count; i++) {
        if (sipreg_binding_is_of(&client->request, i, binding))
            return true;
    }
    return false;
}

/* RFC 3608 6.1: a Service-Route is good as long as the registration that brought it. */
void sipreg_state_unbind(struct sipreg_client *client, uint8_t fact)
{
    client->fact = fact;
    client->outbound = false;
    sipreg_routes_forget(client);
}

void sipreg_state_report(struct sipreg_client *client, enum sipreg_event_type type, int error,
                         const struct sipreg_response *response)
{
    client->report = true;
    client->report_type = (uint8_t)type;
    client->report_error = (int16_t)error;
    client->report_status = (int16_t)(response == NULL ? 0 : response->status);
    client->response = response;
}
