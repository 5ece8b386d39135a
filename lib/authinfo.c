/*
 * authinfo.c - what does a 2xx say about the answer that it accepts? (RFC 7616 3.5)
 *
 * rspauth is computed like our answer, but with an empty method and over the response's body: a
 * server that gets it right knows the password too. nextnonce is for the request that comes next.
 */
#include "digest.h"
#include "param.h"
#include "response.h"

/* Authentication-Info as it stands there. */
struct info {
    struct sipreg_str nextnonce, rspauth, qop, cnonce, nc;
    bool malformed;
};

/*@ predicate taken{L}(struct sipreg_str s, char *from, char *to) =
        readable(s) && inside(s, from, to);

    predicate taken{L}(struct info info, char *from, char *to) =
        taken(info.nextnonce, from, to) && taken(info.rspauth, from, to) &&
        taken(info.qop, from, to) && taken(info.cnonce, from, to) && taken(info.nc, from, to);

    predicate readable{L}(struct info info) =
        readable(info.rspauth) && readable(info.qop) && readable(info.cnonce) &&
        readable(info.nc);

    // What an answer lends: the challenge that it is for, and its user.
    predicate readable{L}(struct sipreg_answer *a) =
        \valid_read(a) && readable(a->challenge) && readable(a->user);
*/

/*@ requires \valid(info) && readable(name);
    assigns \nothing;
    ensures \result == \null || \result == &info->nextnonce || \result == &info->rspauth ||
            \result == &info->qop || \result == &info->cnonce || \result == &info->nc;
*/
static struct sipreg_str *part(struct info *info, struct sipreg_str name)
{
    if (SIPREG_STR_IS(name, "nextnonce"))
        return &info->nextnonce;
    if (SIPREG_STR_IS(name, "rspauth"))
        return &info->rspauth;
    if (SIPREG_STR_IS(name, "qop"))
        return &info->qop;
    if (SIPREG_STR_IS(name, "cnonce"))
        return &info->cnonce;
    return SIPREG_STR_IS(name, "nc") ? &info->nc : NULL;
}

/*@ requires \valid(info) && readable(parameter.name);
    assigns *info;
    ensures \forall char *from, *to;
        \old(taken(*info, from, to)) && taken(parameter.value, from, to) ==>
        taken(*info, from, to);
*/
/* As in a challenge, of a parameter that comes twice the first counts. */
static void note(struct info *info, struct sipreg_parameter parameter)
{
    struct sipreg_str *to = part(info, parameter.name);

    if (to != NULL && to->p == NULL)
        *to = parameter.value;
}

/*@ requires readable(value);
    assigns \nothing;
    ensures taken(\result, value.p, value.p + value.n);
*/
static struct info read_info(struct sipreg_str value)
{
    static const struct info nothing;
    struct sipreg_cursor c = sipreg_cursor_of(value);
    struct sipreg_parameter parameter;
    struct info info = nothing;

    /*@ loop invariant readable(c) && c.end == value.p + value.n;
        loop invariant \base_addr(c.p) == \base_addr(value.p) && 0 <= c.p - value.p;
        loop invariant taken(info, value.p, value.p + value.n);
        loop assigns c, info, parameter;
        loop variant c.end - c.p;
    */
    while (c.p < c.end && !info.malformed) {
        info.malformed = !sipreg_param_take(&c, &parameter);
        if (info.malformed)
            break;
        //@ assert taken(parameter.value, value.p, value.p + value.n);
        note(&info, parameter);
        info.malformed = !sipreg_cursor_separator(&c, ',') && c.p < c.end;
    }
    return info;
}

/*@ requires readable(info) && readable(answer);
    assigns \nothing;
*/
/* cnonce and nc are copies of ours where they are given (RFC 7616 3.5). */
static bool copies(struct info info, const struct sipreg_answer *answer)
{
    struct sipreg_hash_value nc = {{0}, 4};

    if (info.cnonce.n > 0 &&
        !sipreg_str_equal(info.cnonce, sipreg_str_of(answer->challenge->cnonce)))
        return false;
    if (info.nc.n == 0)
        return true;
    return sipreg_digest_read_hex(info.nc, &nc) == SIPREG_OK &&
           nc.octets[0] == (uint8_t)(answer->count >> 24) &&
           nc.octets[1] == (uint8_t)(answer->count >> 16) &&
           nc.octets[2] == (uint8_t)(answer->count >> 8) && nc.octets[3] == (uint8_t)answer->count;
}

/*@ requires readable(qop);
    assigns \nothing;
*/
static enum sipreg_qop info_qop(struct sipreg_str qop, enum sipreg_qop ours)
{
    if (SIPREG_STR_IS(qop, "auth"))
        return SIPREG_QOP_AUTH;
    if (SIPREG_STR_IS(qop, "auth-int"))
        return SIPREG_QOP_AUTH_INT;
    return ours;
}

/*@ requires readable(answer) && readable(credentials) && lends_uri(request);
    requires readable(info) && readable(body);
    requires \separated(answer->challenge, credentials, request);
    assigns \nothing;
    ensures \result == SIPREG_OK || \result == SIPREG_CHALLENGE || \result == SIPREG_ARGUMENT ||
            \result == SIPREG_HASH;
*/
static int verify(struct info info, const struct sipreg_answer *answer,
                  const struct sipreg_credentials *credentials,
                  const struct sipreg_request *request, struct sipreg_str body)
{
    static const char no_method[] = "";
    struct sipreg_hash_value wanted, got = {{0}, 0};
    int result;

    if (!copies(info, answer))
        return SIPREG_CHALLENGE;
    const struct sipreg_subject s = {answer->challenge, credentials, answer->user, request};
    //@ assert readable(s.challenge) && readable(s.user);
    //@ assert readable(s.credentials);
    //@ assert lends_uri(s.request);
    //@ assert no_method[0] == 0;
    result = sipreg_digest_compute(&s, no_method, body, info_qop(info.qop, answer->qop),
                                   answer->count, &wanted);
    if (result != SIPREG_OK)
        return result;
    got.n = wanted.n;
    if (sipreg_digest_read_hex(info.rspauth, &got) != SIPREG_OK)
        return SIPREG_CHALLENGE;
    return sipreg_digest_same(&got, &wanted) ? SIPREG_OK : SIPREG_CHALLENGE;
}

/*@ requires readable(response);
    assigns \nothing;
    ensures readable(\result) && inside(\result, response->head);
*/
/* The header for this kind of challenge, absent where a response has none to be believed. */
static struct sipreg_str find(const struct sipreg_response *response, bool proxy)
{
    const enum sipreg_name name =
        proxy ? SIPREG_PROXY_AUTHENTICATION_INFO : SIPREG_AUTHENTICATION_INFO;
    struct sipreg_place place = {0, 0, 0};
    struct sipreg_line line;

    if (response->status / 100 != 2 || !sipreg_response_line(response, &place, name, name, &line))
        return (struct sipreg_str){NULL, 0};
    return line.value;
}

/*@ requires \valid(authinfo) && \valid_read(answer) && readable(response);
    requires answer->challenge != \null ==>
        readable(answer) && readable(credentials) && lends_uri(request) &&
        \separated(answer->challenge, credentials, request);
    assigns *authinfo;
    ensures \result == SIPREG_OK || \result == SIPREG_CHALLENGE || \result == SIPREG_ARGUMENT ||
            \result == SIPREG_HASH || \result == SIPREG_STATE;
    ensures readable(authinfo->nextnonce) && inside(authinfo->nextnonce, \old(response->head));
*/
int sipreg_challenge_verify(struct sipreg_authinfo *authinfo, const struct sipreg_answer *answer,
                            const struct sipreg_credentials *credentials,
                            const struct sipreg_request *request,
                            const struct sipreg_response *response)
{
    struct sipreg_str nextnonce = {NULL, 0};
    bool proof = false;
    int result = SIPREG_STATE;

    if (answer->challenge != NULL) {
        const struct info info = read_info(find(response, answer->challenge->proxy));
        proof = info.rspauth.n > 0 && answer->qop != SIPREG_QOP_NONE;
        result = SIPREG_OK;
        if (info.malformed)
            result = SIPREG_CHALLENGE;
        else if (proof)
            result = verify(info, answer, credentials, request, response->body);
        if (result == SIPREG_OK && info.nextnonce.n > 0 && sipreg_str_quotable(info.nextnonce))
            nextnonce = info.nextnonce;
    }
    authinfo->verified = proof && result == SIPREG_OK;
    authinfo->nextnonce = nextnonce;
    return result;
}
