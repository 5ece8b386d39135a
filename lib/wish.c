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
    for (size_t i = 0; i < SIPREG_MAX_REALMS; i++) {
        if (client->sessions[i].rejected)
            sipreg_session_forget(&client->sessions[i]);
    }
}

int sipreg_client_start(struct sipreg_client *client, uint32_t now)
{
    if (client->config == NULL)
        return SIPREG_STATE;
    sipreg_state_advance(client, now);
    if (client->wish == WISH_BOUND &&
        (client->fact == FACT_BOUND || sipreg_state_under_way(client)))
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
    if (client->config == NULL)
        return SIPREG_STATE;
    sipreg_state_advance(client, now);
    client->credentials = *credentials;
    forgive(client);
    if (client->wish == WISH_NOTHING && client->purpose == REGISTER)
        client->wish = WISH_BOUND;
    if (client->fact != FACT_BOUND)
        client->next_at = client->now;
    return SIPREG_OK;
}

/* The old address is gone, and with it every answer that was sent to it. */
static void drop_everything(struct sipreg_client *client)
{
    sipreg_transaction_abandon(&client->transaction);
    sipreg_flow_close(client);
    client->again = false;
    client->failures = 0;
    client->next_at = client->now;
}

int sipreg_client_move(struct sipreg_client *client, uint32_t now, const char *local)
{
    struct sipreg_str host, port;
    char old[SIPREG_CONTACT_SIZE];
    int result = SIPREG_OK;

    if (client->config == NULL)
        return SIPREG_STATE;
    if (local != NULL && !sipreg_uri_hostport(sipreg_str_of(local), &host, &port))
        return SIPREG_ARGUMENT;
    memcpy(old, client->contact, sizeof old);
    if (local != NULL)
        result = sipreg_config_move(client, local);
    if (result != SIPREG_OK)
        return result;
    sipreg_state_advance(client, now);
    if (client->contacts[0].uri == client->contact && client->fact != FACT_UNBOUND &&
        client->request.cseq != 0 &&
        !sipreg_str_equal(sipreg_str_of(old), sipreg_str_of(client->contact)))
        memcpy(client->replaced, old, sizeof old);
    drop_everything(client);
    return SIPREG_OK;
}

int sipreg_client_init_sized(struct sipreg_client *client, size_t client_size,
                             const struct sipreg_client_config *config, size_t config_size)
{
    static const struct sipreg_client at_rest;
    int result;

    if (client_size != sizeof *client)
        return SIPREG_ARGUMENT; /* not even safe to touch */
    *client = at_rest;
    if (config_size != sizeof *config || sipreg_client_fault(config) != NULL)
        return SIPREG_ARGUMENT;
    result = sipreg_config_apply(client, config);
    if (result == SIPREG_OK) {
        int n =
            sipreg_request_print(&client->request, config->io->scratch, config->io->scratch_size);
        result = n < 0 ? n : SIPREG_OK;
    }
    if (result != SIPREG_OK) {
        client->config = NULL;
        return result;
    }
    client->flow = config->io->open == NULL ? FLOW_UP : FLOW_DOWN;
    return SIPREG_OK;
}
