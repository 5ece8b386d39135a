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

/* Are there credentials for this challenge? */
static int permits(struct sipreg_client *client, const struct sipreg_challenge *challenge)
{
    struct sipreg_credentials credentials;
    int result = find_credentials(client, challenge, &credentials);

    return result != SIPREG_OK ? result
                               : sipreg_digest_suits(challenge, &credentials, client->user);
}

static bool is_of(const struct sipreg_session *session, const struct sipreg_challenge *challenge)
{
    return sipreg_session_used(session) && session->challenge.proxy == challenge->proxy &&
           sipreg_str_equal(session->challenge.realm, challenge->realm);
}

/* The session of this realm, else one to be had for it; NULL. */
static struct sipreg_session *find(struct sipreg_client *client,
                                   const struct sipreg_challenge *challenge)
{
    struct sipreg_session *vacant = NULL;

    for (size_t i = 0; i < SIPREG_MAX_REALMS; i++) {
        struct sipreg_session *session = &client->sessions[i];
        if (is_of(session, challenge))
            return session;
        if (!session->fresh && !session->taken &&
            (vacant == NULL || (sipreg_session_used(vacant) && !sipreg_session_used(session))))
            vacant = session;
    }
    return vacant;
}

int sipreg_session_claim(struct sipreg_client *client, const struct sipreg_challenge *challenge,
                         struct sipreg_session **session)
{
    struct sipreg_session *found = find(client, challenge);

    if (found == NULL)
        return SIPREG_LIMIT;
    if (!is_of(found, challenge)) { /* realms of earlier years do not shut out today's */
        int result = sipreg_session_used(found) ? permits(client, challenge) : SIPREG_OK;
        if (result != SIPREG_OK)
            return result;
        forget(found);
    }
    *session = found;
    return SIPREG_OK;
}

/* Downgrades. */

/* A realm as 32 bits, by its meaning (FNV-1a): other ways to escape it make no other realm. */
static uint32_t mark_of(struct sipreg_str realm)
{
    uint32_t mark = UINT32_C(2166136261);
    bool escape = false;

    for (size_t i = 0; i < realm.n; i++) {
        escape = realm.p[i] == '\\' && !escape;
        if (!escape)
            mark = (mark ^ (unsigned char)realm.p[i]) * UINT32_C(16777619);
    }
    return mark;
}

static bool is_weak(const struct sipreg_challenge *challenge)
{
    return ((unsigned)challenge->algorithm & (SIPREG_MD5 | SIPREG_MD5_SESS)) != 0;
}

static bool is_strong_realm(const struct sipreg_client *client, uint32_t mark)
{
    for (size_t i = 0; i < SIPREG_MAX_REALMS; i++) {
        if (client->strong[i] == mark)
            return true;
    }
    return false;
}

int sipreg_session_permits(const struct sipreg_client *client,
                           const struct sipreg_challenge *challenge)
{
    const struct sipreg_policy *policy = &client->config->policy;

    if (policy->refuse_downgrade && is_weak(challenge) &&
        is_strong_realm(client, mark_of(challenge->realm)))
        return SIPREG_POLICY;
    return sipreg_challenge_permitted(challenge, policy);
}

/* The oldest makes room. Sessions are forgotten for many a reason, these are not. */
void sipreg_session_note(struct sipreg_client *client, const struct sipreg_challenge *challenge)
{
    uint32_t mark = mark_of(challenge->realm);

    if (is_weak(challenge) || is_strong_realm(client, mark))
        return;
    for (size_t i = SIPREG_MAX_REALMS - 1; i > 0; i--)
        client->strong[i] = client->strong[i - 1];
    client->strong[0] = mark;
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
    /* the same nonce again goes on counting; for another one the cnonce is not to be that again */
    memcpy(copy.cnonce, session->challenge.cnonce, sizeof copy.cnonce);
    if (sipreg_session_used(session) &&
        sipreg_str_equal(session->challenge.nonce, challenge->nonce))
        copy.count = session->challenge.count;
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

static int answer(struct sipreg_client *client, struct sipreg_session *session,
                  const struct sipreg_credentials *credentials)
{
    return sipreg_digest_answer(&session->answer, &session->challenge, credentials, client->user,
                                &client->request, client->config->io->random, client->config->user);
}

int sipreg_session_answer(struct sipreg_client *client, struct sipreg_session *session)
{
    struct sipreg_credentials credentials;
    int result = find_credentials(client, &session->challenge, &credentials);

    return result != SIPREG_OK ? result : answer(client, session, &credentials);
}

int sipreg_session_take_up(struct sipreg_client *client, struct sipreg_session *session,
                           const struct sipreg_challenge *challenge)
{
    struct sipreg_credentials credentials;
    int result = find_credentials(client, challenge, &credentials);

    if (result == SIPREG_OK)
        result = sipreg_digest_suits(challenge, &credentials, client->user);
    if (result == SIPREG_OK)
        result = sipreg_session_keep(session, challenge);
    return result != SIPREG_OK ? result : answer(client, session, &credentials);
}

static int verify(struct sipreg_client *client, struct sipreg_session *session,
                  const struct sipreg_response *response, bool *verified)
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
    *verified = info.verified;
    /* A session key is made of the nonce that opened the session (3.4.2): it goes on with that. */
    if (info.nextnonce.n > 0 && !sipreg_digest_is_session(session->challenge.algorithm))
        sipreg_session_renonce(session, info.nextnonce);
    return SIPREG_OK;
}

/* What Authentication-Info, or that of the proxy, says of those who have challenged. */
struct proof {
    bool asked; /* the request carried an answer */
    bool given;
};

/* The header does not say which realm it is for: where several were answered, it is the one that it
   verifies. */
static int verify_all(struct sipreg_client *client, const struct sipreg_response *response,
                      bool proxy, struct proof *proof)
{
    int why = SIPREG_OK;

    for (size_t i = 0; i < SIPREG_MAX_REALMS && !proof->given; i++) {
        struct sipreg_session *session = &client->sessions[i];
        int result;
        if (!session->sent || session->outdated || session->challenge.proxy != proxy)
            continue;
        proof->asked = true;
        result = verify(client, session, response, &proof->given);
        why = why == SIPREG_OK ? result : why;
    }
    return proof->given ? SIPREG_OK : why;
}

/* Where the registrar was answered, it is the registrar who must know the password. */
int sipreg_session_verify(struct sipreg_client *client, const struct sipreg_response *response)
{
    struct proof proxy = {false, false}, registrar = {false, false};
    struct sipreg_place place = {0, 0, 0};
    struct sipreg_line line;
    int result;

    client->verified = false;
    if (!sipreg_response_line(response, &place, SIPREG_AUTHENTICATION_INFO,
                              SIPREG_PROXY_AUTHENTICATION_INFO, &line))
        return SIPREG_OK;
    result = verify_all(client, response, true, &proxy);
    if (result == SIPREG_OK)
        result = verify_all(client, response, false, &registrar);
    if (result == SIPREG_OK)
        client->verified = registrar.asked ? registrar.given : proxy.given;
    return result;
}
