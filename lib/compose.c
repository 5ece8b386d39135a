/*
 * compose.c - what stands in the next request?
 *
 * Its purpose says which contacts, for how long and with which body; the sessions bring the answers
 * to all challenges that are known.
 */
#include "compose.h"

#include "config.h"
#include "request.h"
#include "session.h"

void sipreg_compose_attempt(struct sipreg_client *client)
{
    client->rounds = 0;
    client->without_body = client->request.plain = client->targets.chained = false;
    for (size_t i = 0; i < SIPREG_MAX_REALMS; i++) {
        struct sipreg_session *session = &client->sessions[i];
        session->fresh = false;
        session->stale = 0;
        if (session->ready) /* that answer was not sent: its nc is still to come */
            session->challenge.count--;
        session->ready = false;
    }
}

static int64_t wanted_expires(const struct sipreg_client *client)
{
    int64_t wanted = sipreg_config_expires(client->config);

    return client->floor > wanted && client->floor > 0 ? client->floor : wanted;
}

/* Ours, the further ones, and the one that ours replaces. When they are removed, all are. */
static void compose_contacts(struct sipreg_client *client, int purpose)
{
    struct sipreg_contact *next = client->contacts + 1;

    for (size_t i = 0; i < client->further_count; i++, next++) {
        *next = client->further[i];
        if (purpose != REGISTER)
            next->expires = 0;
        else if (next->expires > 0 && next->expires < client->floor)
            next->expires = client->floor;
    }
    if (client->replaced[0] != '\0')
        *next++ = (struct sipreg_contact){client->replaced, 0, 0, NULL};
    client->request.contact_count = (size_t)(next - client->contacts);
    client->changed = client->changed && purpose != REGISTER;
}

/* Contacts, expiry and body by what the request is for. */
static void compose(struct sipreg_client *client, int purpose)
{
    struct sipreg_request *request = &client->request;
    bool upload = purpose == REGISTER && !client->body_done && !client->without_body;

    request->contact = purpose == CLEAR ? "*" : NULL;
    request->contact_count = 0;
    request->expires = purpose == REGISTER ? wanted_expires(client) : 0;
    request->body = upload ? client->config->body : NULL;
    client->contacts[0].expires = request->expires;
    if (purpose == REGISTER || purpose == REMOVE)
        compose_contacts(client, purpose);
}

/* Answers all known challenges unasked (22.2), but those that there are no credentials for now. */
static int authorize(struct sipreg_client *client)
{
    client->request.answer = NULL;
    for (size_t i = SIPREG_MAX_REALMS; i-- > 0;) {
        struct sipreg_session *session = &client->sessions[i];
        int result = SIPREG_OK;
        session->sent = session->outdated = false;
        if (!sipreg_session_used(session) || session->rejected)
            continue;
        if (!session->ready)
            result = sipreg_session_answer(client, session);
        session->ready = false;
        if (result == SIPREG_HASH || result == SIPREG_RANDOM)
            return result;
        if (result != SIPREG_OK)
            continue;
        session->sent = true;
        session->answer.next = client->request.answer;
        client->request.answer = &session->answer;
    }
    return SIPREG_OK;
}

int sipreg_compose(struct sipreg_client *client, int purpose)
{
    const struct sipreg_client_config *config = client->config;
    struct sipreg_timers times = sipreg_state_timers(client);
    int result;

    client->again = false;
    client->purpose = (uint8_t)purpose;
    if (sipreg_request_is_last(&client->request)) /* 22.3: not carried to another Call-ID */
        sipreg_session_forget(client);
    compose(client, purpose);
    result = authorize(client);
    if (result == SIPREG_OK)
        result = sipreg_request_identify(&client->request, config->io->random, config->user);
    if (result != SIPREG_OK)
        return result;
    sipreg_transaction_start(&client->transaction, client->now, &times);
    client->offered = client->offered || purpose == REGISTER;
    return SIPREG_OK;
}
