/*
 * outbound.c - is this flow one that the registrar keeps to, and one of several? (RFC 5626)
 *
 * Each flow is a client of its own: with its reg-id, its Call-ID, and its proxy as first route. All
 * that they know of each other is whether another one is up, since then there is less need to hurry
 * (4.5).
 */
#include "outbound.h"

#include "options.h"

void sipreg_outbound_learn(struct sipreg_client *client, const struct sipreg_response *response)
{
    client->outbound = client->request.reg_id != 0 &&
                       sipreg_options_required(response, SIPREG_LITERAL("outbound"));
}

static bool is_up(const struct sipreg_client *client)
{
    return client->config != NULL && client->fact == FACT_BOUND && client->flow == FLOW_UP &&
           !client->pings.failed;
}

bool sipreg_outbound_others_up(const struct sipreg_client *client)
{
    enum { MOST = 8 }; /* they may point around in circles */
    const struct sipreg_client *other = client;

    for (int i = 0; i < MOST && other->config != NULL; i++) {
        other = other->config->sibling;
        if (other == NULL || other == client)
            return false;
        if (is_up(other))
            return true;
    }
    return false;
}

bool sipreg_outbound_leave(struct sipreg_client *client)
{
    if (client->request.reg_id == 0)
        return false;
    client->request.reg_id = 0;
    return true;
}
