/*
 * session.c - the authentication session with one realm (RFC 7616 3.6, RFC 3261 22.2, 22.3).
 *
 * A challenge outlives the response that brought it, so its texts are copied, the nonce last: it is
 * the one that changes (nextnonce). Secrets are not kept: they are asked for whenever an answer is
 * computed.
 */
#include "session.h"

#include "digest.h"
#include "response.h"
#include "str.h"

#include <string.h>

bool sipreg_session_used(const struct sipreg_session *session)
{
    return session->challenge.realm.p != NULL;
}

static void forget(struct sipreg_session *session)
{
    memset(session, 0, sizeof *session);
}

struct sipreg_session *sipreg_session_find(struct sipreg_client *client,
                                           const struct sipreg_challenge *challenge)
{
    struct sipreg_session *vacant = NULL;

    for (size_t i = 0; i < SIPREG_MAX_REALMS; i++) {
        struct sipreg_session *session = &client->sessions[i];
        if (sipreg_session_used(session) && session->challenge.proxy == challenge->proxy &&
            sipreg_str_equal(session->challenge.realm, challenge->realm))
            return session;
        if (!session->fresh && !session->taken &&
            (vacant == NULL || (sipreg_session_used(vacant) && !sipreg_session_used(session))))
            vacant = session;
    }
    if (vacant != NULL) /* else the realms of earlier years would shut out today's */
        forget(vacant);
    return vacant;
}

/* Copies *s to the place *to, moves that on, and makes *s the copy. */
static void move_text(struct sipreg_str *s, char **to)
{
    if (s->p == NULL)
        return;
    if (s->n > 0)
        memcpy(*to, s->p, s->n);
    s->p = *to;
    *to += s->n;
}

int sipreg_session_keep(struct sipreg_session *session, const struct sipreg_challenge *challenge)
{
    struct sipreg_challenge copy = *challenge;
    char *to = session->text;

    /* four lengths within one received message: the sum cannot overflow */
    if (copy.realm.n + copy.opaque.n + copy.algorithm_raw.n + copy.nonce.n > sizeof session->text)
        return SIPREG_LIMIT;
    if (sipreg_session_used(session) &&
        sipreg_str_equal(session->challenge.nonce, challenge->nonce)) {
        copy.count = session->challenge.count; /* the same nonce again goes on counting */
        memcpy(copy.cnonce, session->challenge.cnonce, sizeof copy.cnonce);
    }
    move_text(&copy.realm, &to);
    move_text(&copy.opaque, &to);
    move_text(&copy.algorithm_raw, &to);
    move_text(&copy.nonce, &to);
    session->challenge = copy;
    return SIPREG_OK;
}

void sipreg_session_renonce(struct sipreg_session *session, struct sipreg_str nonce)
{
    struct sipreg_challenge *challenge = &session->challenge;
    char *to = session->text + (challenge->nonce.p - session->text);

    if (nonce.n > (size_t)(session->text + sizeof session->text - to) ||
        sipreg_str_equal(challenge->nonce, nonce))
        return;
    memcpy(to, nonce.p, nonce.n);
    challenge->nonce = sipreg_str_between(to, to + nonce.n);
    challenge->count = 0;
}

void sipreg_session_forget(struct sipreg_client *client)
{
    for (size_t i = 0; i < SIPREG_MAX_REALMS; i++)
        forget(&client->sessions[i]);
}

void sipreg_session_forgive(struct sipreg_client *client)
{
    for (size_t i = 0; i < SIPREG_MAX_REALMS; i++) {
        if (client->sessions[i].rejected)
            forget(&client->sessions[i]);
    }
}

/* The config's credentials, unless the application has others for this challenge. */
static int find_credentials(struct sipreg_client *client, const struct sipreg_challenge *challenge,
                            struct sipreg_credentials *credentials)
{
    const struct sipreg_io *io = client->config->io;

    *credentials = client->credentials;
    if (io->credentials != NULL &&
        io->credentials(client->config->user, challenge, credentials) < 0)
        return SIPREG_CHALLENGE;
    return SIPREG_OK;
}

int sipreg_session_answer(struct sipreg_client *client, struct sipreg_session *session)
{
    struct sipreg_credentials credentials;
    int result = find_credentials(client, &session->challenge, &credentials);

    if (result != SIPREG_OK)
        return result;
    return sipreg_digest_answer(&session->answer, &session->challenge, &credentials, client->user,
                                &client->request, client->config->io->random, client->config->user);
}

static int verify(struct sipreg_client *client, struct sipreg_session *session,
                  const struct sipreg_response *response)
{
    struct sipreg_credentials credentials;
    struct sipreg_authinfo info;
    int result = find_credentials(client, &session->challenge, &credentials);

    if (result != SIPREG_OK)
        return result;
    /* asking anew may have let go of the name that was used before */
    session->answer.user =
        credentials.user != NULL ? sipreg_str_of(credentials.user) : client->user;
    result =
        sipreg_challenge_verify(&info, &session->answer, &credentials, &client->request, response);
    if (result != SIPREG_OK)
        return result;
    client->verified = client->verified || info.verified;
    /* A session key is made of the nonce that opened the session (3.4.2): it goes on with that. */
    if (info.nextnonce.n > 0 && !sipreg_digest_is_session(session->challenge.algorithm))
        sipreg_session_renonce(session, info.nextnonce);
    return SIPREG_OK;
}

int sipreg_session_verify(struct sipreg_client *client, const struct sipreg_response *response)
{
    struct sipreg_place place = {0, 0, 0};
    struct sipreg_line line;
    int result = SIPREG_OK;

    client->verified = false;
    if (!sipreg_response_line(response, &place, SIPREG_AUTHENTICATION_INFO,
                              SIPREG_PROXY_AUTHENTICATION_INFO, &line))
        return SIPREG_OK;
    for (size_t i = 0; i < SIPREG_MAX_REALMS && result == SIPREG_OK; i++) {
        if (client->sessions[i].sent)
            result = verify(client, &client->sessions[i], response);
    }
    return result;
}
