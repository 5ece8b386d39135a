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
};

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

/* As in a challenge, of a parameter that comes twice the first counts. */
static bool take_info(struct sipreg_str value, struct info *info)
{
    struct sipreg_cursor c = sipreg_cursor_of(value);
    struct sipreg_parameter parameter;

    while (c.p < c.end) {
        if (!sipreg_param_take(&c, &parameter))
            return false;
        struct sipreg_str *to = part(info, parameter.name);
        if (to != NULL && to->p == NULL)
            *to = parameter.value;
        if (!sipreg_cursor_separator(&c, ',') && c.p < c.end)
            return false;
    }
    return true;
}

/* cnonce and nc are copies of ours where they are given (RFC 7616 3.5). */
static bool copies(const struct info *info, const struct sipreg_answer *answer)
{
    struct sipreg_hash_value nc = {{0}, 4};

    if (info->cnonce.n > 0 &&
        !sipreg_str_equal(info->cnonce, sipreg_str_of(answer->challenge->cnonce)))
        return false;
    if (info->nc.n == 0)
        return true;
    return sipreg_digest_read_hex(info->nc, &nc) == SIPREG_OK &&
           ((uint32_t)nc.octets[0] << 24 | (uint32_t)nc.octets[1] << 16 |
            (uint32_t)nc.octets[2] << 8 | nc.octets[3]) == answer->count;
}

static enum sipreg_qop info_qop(const struct info *info, const struct sipreg_answer *answer)
{
    if (SIPREG_STR_IS(info->qop, "auth"))
        return SIPREG_QOP_AUTH;
    if (SIPREG_STR_IS(info->qop, "auth-int"))
        return SIPREG_QOP_AUTH_INT;
    return answer->qop;
}

static int verify(const struct sipreg_subject *s, const struct info *info,
                  const struct sipreg_answer *answer, struct sipreg_str body)
{
    struct sipreg_hash_value wanted, got = {{0}, 0};
    int result;

    if (!copies(info, answer))
        return SIPREG_CHALLENGE;
    result = sipreg_digest_compute(s, "", body, info_qop(info, answer), answer->count, &wanted);
    if (result != SIPREG_OK)
        return result;
    got.n = wanted.n;
    if (sipreg_digest_read_hex(info->rspauth, &got) != SIPREG_OK)
        return SIPREG_CHALLENGE;
    return sipreg_digest_same(&got, &wanted) ? SIPREG_OK : SIPREG_CHALLENGE;
}

int sipreg_challenge_verify(struct sipreg_authinfo *authinfo, const struct sipreg_answer *answer,
                            const struct sipreg_credentials *credentials,
                            const struct sipreg_request *request,
                            const struct sipreg_response *response)
{
    static const struct sipreg_authinfo empty;
    static const struct info nothing;
    struct sipreg_subject s = {answer->challenge, credentials, answer->user, request};
    struct sipreg_place place = {0, 0, 0};
    struct info info = nothing;
    struct sipreg_line line;
    enum sipreg_name name;
    int result;

    *authinfo = empty;
    if (answer->challenge == NULL)
        return SIPREG_STATE;
    name = answer->challenge->proxy ? SIPREG_PROXY_AUTHENTICATION_INFO : SIPREG_AUTHENTICATION_INFO;
    if (response->status / 100 != 2 || !sipreg_response_line(response, &place, name, name, &line))
        return SIPREG_OK;
    if (!take_info(line.value, &info))
        return SIPREG_CHALLENGE;
    if (info.rspauth.n > 0 && answer->qop != SIPREG_QOP_NONE) {
        result = verify(&s, &info, answer, response->body);
        if (result != SIPREG_OK)
            return result;
        authinfo->verified = true;
    }
    if (info.nextnonce.n > 0 && sipreg_str_quotable(info.nextnonce))
        authinfo->nextnonce = info.nextnonce;
    return SIPREG_OK;
}
