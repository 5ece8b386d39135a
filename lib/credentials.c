/*
 * credentials.c - how an answer to a challenge is written: Authorization, Proxy-Authorization (RFC
 * 7616 3.4).
 */
#include "credentials.h"

#include "digest.h"

#define OUT(out, literal) sipreg_out_str((out), SIPREG_LITERAL(literal))

static void quoted(struct sipreg_out *out, struct sipreg_str raw)
{
    OUT(out, "\"");
    sipreg_out_str(out, raw);
    OUT(out, "\"");
}

static void username(struct sipreg_out *out, const struct sipreg_answer *answer, size_t size)
{
    if (!answer->challenge->userhash) {
        sipreg_out_quoted(out, answer->user);
        return;
    }
    OUT(out, "\"");
    sipreg_out_hex(out, answer->userhash, size);
    OUT(out, "\"");
}

static void protection(struct sipreg_out *out, const struct sipreg_answer *answer)
{
    if (answer->qop == SIPREG_QOP_NONE)
        return;
    OUT(out, ", cnonce=\"");
    sipreg_out_str(out, sipreg_str_of(answer->challenge->cnonce));
    sipreg_out_text(out, answer->qop == SIPREG_QOP_AUTH ? "\", qop=auth" : "\", qop=auth-int");
    OUT(out, ", nc=");
    sipreg_out_hex32(out, answer->count);
}

/* RFC 7616 3.4: these quoted, algorithm, qop, nc and userhash not. */
void sipreg_credentials_print(struct sipreg_out *out, const struct sipreg_request *request,
                              const struct sipreg_answer *answer)
{
    const struct sipreg_challenge *challenge = answer->challenge;
    struct sipreg_request_uri uri = sipreg_digest_uri(request);

    if (challenge == NULL) {
        sipreg_out_fail(out, SIPREG_STATE);
        return;
    }
    size_t size = sipreg_digest_size(challenge->algorithm);
    sipreg_out_text(out, challenge->proxy ? "Proxy-Authorization: Digest username="
                                          : "Authorization: Digest username=");
    username(out, answer, size);
    OUT(out, ", realm=");
    quoted(out, challenge->realm);
    OUT(out, ", nonce=");
    quoted(out, challenge->nonce);
    OUT(out, ", uri=\"");
    sipreg_out_str(out, uri.parts[0]);
    sipreg_out_str(out, uri.parts[1]);
    OUT(out, "\", response=\"");
    sipreg_out_hex(out, answer->response, size);
    OUT(out, "\"");
    if (challenge->algorithm_raw.p != NULL) {
        OUT(out, ", algorithm=");
        sipreg_out_str(out, challenge->algorithm_raw);
    }
    if (challenge->opaque.p != NULL) {
        OUT(out, ", opaque=");
        quoted(out, challenge->opaque);
    }
    protection(out, answer);
    if (challenge->userhash)
        OUT(out, ", userhash=true");
    OUT(out, "\r\n");
}
