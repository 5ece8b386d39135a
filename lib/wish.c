/*
 * wish.c - what the caller can wish for, from init on.
 *
 * None of these sends anything: they set the wish, or what a request will say, and the engine acts
 * on the difference to what is known.
 */
#include "config.h"
#include "flow.h"
#include "request.h"
#include "session.h"
#include "str.h"
#include "uri.h"

#include <string.h>

/* Whoever asks anew may have mended what was refused. */
static void forgive(struct sipreg_client *client)
{
    client->failures = 0;
    client->refused = false;
    sipreg_session_forgive(client);
}

/* Is all well, or about to be? Then start changes nothing. */
static bool is_registering(const struct sipreg_client *client)
{
    if (client->wish != WISH_BOUND)
        return false;
    if (sipreg_state_under_way(client) && client->purpose == REGISTER)
        return true;
    return client->fact == FACT_BOUND && client->failures == 0;
}

int sipreg_client_start(struct sipreg_client *client, uint32_t now)
{
    if (client->config == NULL)
        return SIPREG_STATE;
    sipreg_state_advance(client, now);
    if (is_registering(client))
        return SIPREG_OK;
    client->wish = WISH_BOUND;
    client->clear = false;
    client->next_at = client->now;
    forgive(client);
    return SIPREG_OK;
}

int sipreg_client_stop(struct sipreg_client *client, uint32_t now)
{
    if (client->config == NULL)
        return SIPREG_STATE;
    sipreg_state_advance(client, now);
    client->wish = WISH_UNBOUND;
    client->gone_by = 0;
    client->refused = false;
    return SIPREG_OK;
}

int sipreg_client_stop_within(struct sipreg_client *client, uint32_t now, uint32_t ms)
{
    int result = sipreg_client_stop(client, now);

    if (result == SIPREG_OK)
        client->gone_by = client->now + (ms > 0 ? ms : 1);
    return result;
}

int sipreg_client_hold(struct sipreg_client *client, uint32_t now, bool held)
{
    uint64_t planned;

    if (client->config == NULL)
        return SIPREG_STATE;
    sipreg_state_advance(client, now);
    if (client->fact == FACT_BOUND) {
        planned = client->held ? sipreg_state_latest(client) : client->refresh_at;
        if (client->next_at == planned && client->now < planned) /* else it is under way */
            client->next_at = held ? sipreg_state_latest(client) : client->refresh_at;
    }
    client->held = held;
    return SIPREG_OK;
}

int sipreg_client_clear(struct sipreg_client *client, uint32_t now)
{
    int result = sipreg_client_stop(client, now);

    if (result == SIPREG_OK)
        client->clear = true;
    return result;
}

int sipreg_client_refresh(struct sipreg_client *client, uint32_t now)
{
    if (client->config == NULL || client->wish != WISH_BOUND)
        return SIPREG_STATE;
    sipreg_state_advance(client, now);
    client->next_at = client->now;
    return SIPREG_OK;
}

int sipreg_client_query(struct sipreg_client *client, uint32_t now)
{
    if (client->config == NULL)
        return SIPREG_STATE;
    sipreg_state_advance(client, now);
    client->query = true;
    return SIPREG_OK;
}

int sipreg_client_credentials(struct sipreg_client *client, uint32_t now,
                              const struct sipreg_credentials *credentials)
{
    bool waiting = client->fact != FACT_BOUND || client->failures > 0;

    if (client->config == NULL)
        return SIPREG_STATE;
    sipreg_state_advance(client, now);
    client->credentials = *credentials;
    if (client->refused)
        client->wish = WISH_BOUND;
    forgive(client);
    for (size_t i = 0; i < SIPREG_MAX_REALMS; i++)
        client->sessions[i].outdated = true; /* a rejection under way means the old ones */
    if (waiting)
        client->next_at = client->now;
    return SIPREG_OK;
}

/* The old address is gone, and with it every answer that was sent to it. */
static void drop_everything(struct sipreg_client *client)
{
    if (sipreg_state_under_way(client) && client->fact == FACT_UNBOUND)
        client->fact = FACT_UNKNOWN;
    sipreg_transaction_abandon(&client->transaction);
    sipreg_state_close(client);
    sipreg_state_forget_flow(client);
    client->again = client->rewritten = false;
    client->large = LARGE_NOT;
    client->request.transport = client->config->transport;
    client->failures = 0;
    client->next_at = client->now;
}

int sipreg_client_move(struct sipreg_client *client, uint32_t now, const char *local)
{
    struct sipreg_str host, port;

    if (client->config == NULL)
        return SIPREG_STATE;
    if (local != NULL && !sipreg_uri_hostport(sipreg_str_of(local), &host, &port))
        return SIPREG_ARGUMENT;
    if (local != NULL && !sipreg_config_fits(client, local))
        return SIPREG_LIMIT;
    sipreg_state_advance(client, now);
    if (local == NULL || client->flow != FLOW_OPENING) /* else it is that flow's address */
        drop_everything(client);
    if (local != NULL) {
        memcpy(client->local, local, strlen(local) + 1);
        sipreg_state_rename(client, local);
    }
    return SIPREG_OK;
}

int sipreg_client_transport(struct sipreg_client *client, enum sipreg_transport transport)
{
    struct sipreg_request probe = client->request;

    if (client->config == NULL || client->flow != FLOW_OPENING)
        return SIPREG_STATE;
    probe.transport = transport;
    probe.contact_count = 0; /* those of the last request, of which one may be gone */
    if (sipreg_request_fault(&probe) != NULL)
        return SIPREG_ARGUMENT;
    client->request.transport = transport;
    sipreg_state_rename(client, client->local);
    return SIPREG_OK;
}

int sipreg_client_servers(struct sipreg_client *client, size_t others)
{
    if (client->config == NULL || client->config->io->open == NULL)
        return SIPREG_STATE;
    client->servers = (uint8_t)(SERVERS_LAST + (others < SERVERS_MOST ? others : SERVERS_MOST));
    return SIPREG_OK;
}

/* Where a datagram is too small, the way is asked for as one by TCP (18.1.1). */
int sipreg_client_next_hop(const struct sipreg_client *client, char *out, size_t size)
{
    static const char by_tcp[] = ";transport=tcp";
    struct sipreg_str value;
    struct sipreg_uri uri;
    int n;

    if (client->config == NULL)
        return SIPREG_STATE;
    n = sipreg_request_next_hop(&client->request, out, size);
    if (n < 0 || client->large != LARGE_WANTED)
        return n;
    (void)sipreg_uri_parse(&uri, sipreg_str_of(out));
    if (sipreg_uri_param(&uri, SIPREG_LITERAL("transport"), &value))
        return n;
    if ((size_t)n + sizeof by_tcp > size)
        return SIPREG_SPACE;
    memcpy(out + n, by_tcp, sizeof by_tcp);
    return n + (int)sizeof by_tcp - 1;
}

/* With its identifiers, which it may not have yet. */
static size_t size_of_register(const struct sipreg_request *request)
{
    enum { CSEQ_DIGITS = 9 }; /* beyond the one of 0 */
    size_t n = (size_t)sipreg_request_print(request, NULL, 0);

    if (request->cseq == 0)
        n += sizeof request->call_id - 1 + sizeof request->tag - 1 + sizeof request->branch - 1 +
             CSEQ_DIGITS;
    return n;
}

/* Would a REGISTER with these contacts fit, besides all that it says now? */
static bool fits(const struct sipreg_client *client, const struct sipreg_contact *contacts,
                 size_t count)
{
    struct sipreg_request probe = client->request;
    size_t n = size_of_register(&probe);

    probe.contacts = contacts;
    probe.contact_count = count;
    n += (size_t)sipreg_request_print(&probe, NULL, 0);
    probe.contact_count = 0;
    n -= (size_t)sipreg_request_print(&probe, NULL, 0);
    return n <= client->config->io->scratch_size;
}

int sipreg_client_contacts(struct sipreg_client *client, uint32_t now,
                           const struct sipreg_contact *contacts, size_t count)
{
    if (client->config == NULL)
        return SIPREG_STATE;
    if (count > SIPREG_MAX_CONTACTS)
        return SIPREG_LIMIT;
    if (sipreg_config_contacts_fault(client->config, contacts, count) != NULL)
        return SIPREG_ARGUMENT;
    if (!fits(client, contacts, count))
        return SIPREG_SPACE;
    sipreg_state_advance(client, now);
    client->further = contacts;
    client->further_count = (uint8_t)count;
    client->changed = true;
    client->next_at = client->now;
    return SIPREG_OK;
}

int sipreg_client_init_sized(struct sipreg_client *client, size_t client_size,
                             const struct sipreg_client_config *config, size_t config_size)
{
    int result;

    if (client_size != sizeof *client)
        return SIPREG_ARGUMENT; /* not even safe to touch */
    memset(client, 0, sizeof *client);
    if (config == NULL || config_size != sizeof *config || sipreg_client_fault(config) != NULL)
        return SIPREG_ARGUMENT;
    result = sipreg_config_apply(client, config);
    if (result == SIPREG_OK && config->io->scratch_size < size_of_register(&client->request))
        result = SIPREG_SPACE;
    if (result != SIPREG_OK) {
        client->config = NULL;
        return result;
    }
    client->flow = config->io->open == NULL ? FLOW_UP : FLOW_DOWN;
    return SIPREG_OK;
}
