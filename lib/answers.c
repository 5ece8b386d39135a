/*
 * answers.c - what a final response means for a REGISTER: the policy, by status code.
 *
 * The table below is all of it that can be said in one word; a code that it lacks counts as the x00
 * of its class (RFC 3261 8.1.3.2). Some of the words need a closer look at the response: a
 * challenge may be unanswerable, a 423 unreasonable, what is to be left out may not be there, and a
 * redirection may lead nowhere, or where the caller does not want to go.
 *
 * A challenge is a question once and a rejection the second time. What tells them apart is where
 * the nonce came from (RFC 7616 3.3, 3.6; conformance of real servers):
 *
 *   answered with a nonce of this attempt     stale=true: again, three times at most; else rejected
 *   answered with a remembered nonce          a new nonce: again, once; the same nonce: rejected
 *   not answered yet                          answer, if there are credentials for it
 *
 * A nonce counts as remembered also when its answer has been let pass meanwhile, by a server that
 * went on to ask for something else (a 423, another realm): some give each nonce only once.
 */
#include "answers.h"

#include "config.h"
#include "options.h"
#include "outbound.h"
#include "redirect.h"
#include "request.h"
#include "session.h"
#include "state.h"
#include "str.h"
#include "warning.h"

enum verdict {
    ACCEPT,
    ANSWER,       /* the challenges */
    LENGTHEN,     /* ask for a longer time (10.2.8) */
    WITHOUT_BODY, /* leave the body out, if there was one; else refused */
    WITHOUT_ACCEPT,
    WITHOUT_OPTIONS, /* those that are unsupported */
    WITH_PATH,       /* the one extension that we can do and may not have said so */
    FURTHER,         /* as far as a request may travel */
    SMALLER,
    WITHOUT_OUTBOUND,
    FOLLOW,    /* the redirection */
    TEMPORARY, /* try later */
    PATIENCE,  /* refused, but for the server naming a time to come back at */
    REFUSE
};

static const struct {
    int16_t status;
    uint8_t verdict;
} table[] = {
    {380, REFUSE},          {401, ANSWER},    {404, PATIENCE},     {406, WITHOUT_ACCEPT},
    {407, ANSWER},          {408, TEMPORARY}, {413, WITHOUT_BODY}, {415, WITHOUT_BODY},
    {420, WITHOUT_OPTIONS}, {421, WITH_PATH}, {423, LENGTHEN},     {439, WITHOUT_OUTBOUND},
    {480, TEMPORARY},       {481, TEMPORARY}, {482, TEMPORARY},    {483, FURTHER},
    {486, TEMPORARY},       {487, TEMPORARY}, {488, WITHOUT_BODY}, {491, TEMPORARY},
    {493, WITHOUT_BODY},    {501, REFUSE},    {505, REFUSE},       {513, SMALLER},
    {555, REFUSE},          {600, PATIENCE},  {603, PATIENCE},
};

enum {
    STALE_MAX = 3,
    GUESS = 3600, /* seconds, when a 423 does not say how many */
    LEAST = 60    /* or says how few */
};

static enum verdict look_up(int status)
{
    static const uint8_t by_class[] = {ACCEPT, FOLLOW, REFUSE, TEMPORARY, REFUSE};

    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        if (table[i].status == status)
            return (enum verdict)table[i].verdict;
    }
    return (enum verdict)by_class[status / 100 - 2];
}

/* Has the server refused the answer that it got? */
static bool is_rejection(const struct sipreg_session *session,
                         const struct sipreg_challenge *challenge)
{
    if (challenge->stale)
        return session->stale >= STALE_MAX;
    return (session->fresh && !session->passed) ||
           sipreg_str_equal(session->challenge.nonce, challenge->nonce);
}

/* Takes up one challenge. SIPREG_OK: its answer is ready; else why not. */
static int take_up(struct sipreg_client *client, struct sipreg_challenge *challenge)
{
    struct sipreg_session *session;
    int result = sipreg_session_claim(client, challenge, &session);

    if (result != SIPREG_OK)
        return result;
    if (session->taken)
        return SIPREG_CHALLENGE;
    session->rejected = session->rejected ||
                        (session->sent && !session->outdated && is_rejection(session, challenge));
    session->taken = session->rejected;
    if (session->rejected)
        return SIPREG_CHALLENGE;
    if (client->config->prefer_auth_int && (challenge->qop & SIPREG_QOP_AUTH_INT) != 0)
        challenge->qop = SIPREG_QOP_AUTH_INT;
    result = sipreg_session_take_up(client, session, challenge);
    if (result != SIPREG_OK)
        return result;
    sipreg_session_note(client, challenge);
    session->taken = session->ready = session->fresh = true;
    session->passed = false;
    session->stale = challenge->stale ? (uint8_t)(session->stale + 1) : 0;
    return SIPREG_OK;
}

static bool any_rejected(const struct sipreg_client *client)
{
    for (size_t i = 0; i < SIPREG_MAX_REALMS; i++) {
        if (client->sessions[i].taken && client->sessions[i].rejected)
            return true;
    }
    return false;
}

/* What to say when several challenges could not be answered, each for its own reason. */
static int weightier(int a, int b)
{
    if (b == SIPREG_ARGUMENT) /* no credentials: nothing is wrong but that */
        b = SIPREG_CHALLENGE;
    return a == SIPREG_CHALLENGE ? b : a;
}

/* Topmost first, one per realm (RFC 8760 2.4). */
SIPREG_APART static enum sipreg_outcome answer(struct sipreg_client *client,
                                               const struct sipreg_response *response, int *error)
{
    struct sipreg_place place = {0, 0, 0};
    struct sipreg_challenge challenge;
    bool answered = false;
    int why = SIPREG_CHALLENGE;

    while (sipreg_challenge_next(response, &place, &challenge)) {
        int result = sipreg_session_permits(client, &challenge);
        if (result == SIPREG_OK)
            result = take_up(client, &challenge);
        if (result == SIPREG_OK)
            answered = true;
        else
            why = weightier(why, result);
    }
    if (answered && !any_rejected(client))
        return SIPREG_AGAIN;
    *error = any_rejected(client) ? SIPREG_CHALLENGE : why;
    return why == SIPREG_RANDOM || why == SIPREG_HASH ? SIPREG_LATER : SIPREG_REFUSED;
}

/* 10.2.8. What the server demands is remembered for all requests to come; a demand that is missing
   is guessed once, and one that makes no sense or goes too far is not followed. A request that
   asked for no time has none to lengthen; and one that left it to the server asks for a minute at
   the least, or a single answer would have us refresh every second from then on. */
static enum sipreg_outcome lengthen(struct sipreg_client *client,
                                    const struct sipreg_response *response)
{
    int64_t asked = client->request.expires, least = response->min_expires;
    int64_t most = sipreg_config_expires_max(client->config);

    if (least == SIPREG_ABSENT)
        least = GUESS; /* which is no more than was asked the second time */
    if (asked == SIPREG_EXPIRES_NONE && least < LEAST)
        least = LEAST;
    if (asked == 0 || least <= asked || least > most)
        return SIPREG_LATER;
    client->floor = (uint32_t)least;
    return SIPREG_AGAIN;
}

/* RFC 5630: 380 is "SIPS not allowed", 381 "SIPS required". Neither is a thing that we change. */
static enum sipreg_outcome temporary(const struct sipreg_response *response, int *error)
{
    bool scheme = response->status == 480 &&
                  (sipreg_warning_has(response, 380) || sipreg_warning_has(response, 381));

    if (scheme)
        *error = SIPREG_SIPS;
    return scheme ? SIPREG_REFUSED : SIPREG_LATER;
}

static enum sipreg_outcome patience(const struct sipreg_response *response)
{
    return response->retry_after == SIPREG_ABSENT ? SIPREG_REFUSED : SIPREG_LATER;
}

static enum sipreg_outcome leave_body_out(struct sipreg_client *client,
                                          const struct sipreg_response *response)
{
    if (client->request.body == NULL)
        return patience(response);
    client->without_body = true;
    return SIPREG_AGAIN;
}

static enum sipreg_outcome leave_accept_out(struct sipreg_client *client)
{
    if (!sipreg_request_is_choosy(&client->request))
        return SIPREG_REFUSED;
    client->request.plain = true;
    return SIPREG_AGAIN;
}

/* For all requests to come. */
static enum sipreg_outcome leave_options_out(struct sipreg_client *client,
                                             const struct sipreg_response *response)
{
    uint32_t lacking = sipreg_options_unsupported(response, client->config->require);

    if ((lacking & ~client->request.not_required) == 0)
        return SIPREG_REFUSED;
    client->request.not_required |= lacking;
    return SIPREG_AGAIN;
}

static enum sipreg_outcome support_path(struct sipreg_client *client,
                                        const struct sipreg_response *response)
{
    struct sipreg_str path = SIPREG_LITERAL("path");

    if (!sipreg_options_asked_for(response, path) || client->request.path ||
        sipreg_options_has(client->config->supported, path))
        return SIPREG_REFUSED;
    client->request.path = true;
    return SIPREG_AGAIN;
}

static enum sipreg_outcome go_further(struct sipreg_client *client)
{
    enum { USUAL = 70 }; /* 8.1.1.6 */

    if (client->request.max_forwards == 0 || client->request.max_forwards >= USUAL)
        return SIPREG_REFUSED;
    client->request.max_forwards = USUAL;
    return SIPREG_AGAIN;
}

static enum sipreg_outcome shrink(struct sipreg_client *client,
                                  const struct sipreg_response *response)
{
    if (client->request.plain)
        return patience(response);
    client->request.plain = client->without_body = true;
    return SIPREG_AGAIN;
}

/* One that points nowhere is the server's mistake, and may pass. */
SIPREG_APART static enum sipreg_outcome follow(struct sipreg_client *client,
                                               const struct sipreg_response *response, int *error)
{
    struct sipreg_place place = {0, 0, 0};
    struct sipreg_binding target;

    if (!sipreg_response_contact(response, &place, &target))
        return SIPREG_LATER;
    if (!client->config->follow_redirects)
        return SIPREG_REFUSED;
    *error = sipreg_redirect_take(client, response);
    if (*error != SIPREG_OK)
        return SIPREG_REFUSED;
    sipreg_state_close(client);
    return SIPREG_AGAIN;
}

static enum sipreg_outcome weigh(struct sipreg_client *client,
                                 const struct sipreg_response *response, int *error)
{
    switch (look_up(response->status)) {
    case ACCEPT:
        return SIPREG_ACCEPTED;
    case ANSWER:
        return answer(client, response, error);
    case LENGTHEN:
        return lengthen(client, response);
    case WITHOUT_BODY:
        return leave_body_out(client, response);
    case WITHOUT_ACCEPT:
        return leave_accept_out(client);
    case WITHOUT_OPTIONS:
        return leave_options_out(client, response);
    case WITH_PATH:
        return support_path(client, response);
    case FURTHER:
        return go_further(client);
    case SMALLER:
        return shrink(client, response);
    case WITHOUT_OUTBOUND:
        return sipreg_outbound_leave(client) ? SIPREG_AGAIN : SIPREG_REFUSED;
    case FOLLOW:
        return follow(client, response, error);
    case TEMPORARY:
        return temporary(response, error);
    case PATIENCE:
        return patience(response);
    case REFUSE:
    default:
        return SIPREG_REFUSED;
    }
}

/* Whose answers were good enough to get the request where this response comes from? A challenge of
   another realm says so of proxies; a proxy's may come from before the registrar has looked. */
static void note_passed(struct sipreg_client *client, bool challenged)
{
    for (size_t i = 0; i < SIPREG_MAX_REALMS; i++) {
        struct sipreg_session *session = &client->sessions[i];
        if (session->sent && !session->taken && (session->challenge.proxy || !challenged)) {
            session->passed = true;
            session->stale = 0;
        }
    }
}

enum sipreg_outcome sipreg_answers_weigh(struct sipreg_client *client,
                                         const struct sipreg_response *response, int *error)
{
    enum sipreg_outcome outcome;

    *error = SIPREG_STATUS;
    for (size_t i = 0; i < SIPREG_MAX_REALMS; i++)
        client->sessions[i].taken = false;
    outcome = weigh(client, response, error);
    note_passed(client, look_up(response->status) == ANSWER);
    if (outcome == SIPREG_ACCEPTED)
        *error = SIPREG_OK;
    if (outcome == SIPREG_AGAIN && ++client->rounds > SIPREG_ROUNDS_MAX)
        return SIPREG_LATER;
    return outcome;
}
