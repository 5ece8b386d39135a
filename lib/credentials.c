/*
 * credentials.c - how an answer to a challenge is written: Authorization, Proxy-Authorization (RFC
 * 7616 3.4).
 */
#include "credentials.h"

#include "digest.h"

#define OUT(out, literal) sipreg_out_str((out), SIPREG_LITERAL(literal))

/*@ requires writable(out) && readable(raw) && apart(raw, out);
    assigns out->size, out->used, out->error, out->p[out->used .. out->size - 1];
    ensures writable(out) && longer{Old, Here}(out);
*/
static void quoted(struct sipreg_out *out, struct sipreg_str raw)
{
    OUT(out, "\"");
    sipreg_out_str(out, raw);
    OUT(out, "\"");
}

/*@ requires writable(out) && answer->challenge != \null && writable_with(out, answer);
    requires octets == &answer->response[0] || octets == &answer->userhash[0];
    assigns out->size, out->used, out->error, out->p[out->used .. out->size - 1];
    ensures writable(out) && longer{Old, Here}(out);
*/
static void hex(struct sipreg_out *out, const struct sipreg_answer *answer, const uint8_t *octets)
{
    OUT(out, "\"");
    sipreg_out_hex(out, octets, sipreg_digest_size(answer->challenge->algorithm));
    OUT(out, "\"");
}

/*@ requires writable(out) && answer->challenge != \null && writable_with(out, answer);
    assigns out->size, out->used, out->error, out->p[out->used .. out->size - 1];
    ensures writable(out) && longer{Old, Here}(out);
*/
static void username(struct sipreg_out *out, const struct sipreg_answer *answer)
{
    if (answer->challenge->proxy)
        OUT(out, "Proxy-");
    OUT(out, "Authorization: Digest username=");
    if (answer->challenge->userhash)
        hex(out, answer, answer->userhash);
    else
        sipreg_out_quoted(out, answer->user);
}

/*@ requires writable(out) && writable_with(out, challenge);
    assigns out->size, out->used, out->error, out->p[out->used .. out->size - 1];
    ensures writable(out) && longer{Old, Here}(out);
*/
static void realm(struct sipreg_out *out, const struct sipreg_challenge *challenge)
{
    OUT(out, ", realm=");
    quoted(out, challenge->realm);
    OUT(out, ", nonce=");
    quoted(out, challenge->nonce);
}

/*@ requires writable(out) && writable_with(out, challenge);
    assigns out->size, out->used, out->error, out->p[out->used .. out->size - 1];
    ensures writable(out) && longer{Old, Here}(out);
*/
/* What is sent back as it came, if it came. */
static void echo(struct sipreg_out *out, const struct sipreg_challenge *challenge)
{
    if (challenge->algorithm_raw.p != NULL) {
        OUT(out, ", algorithm=");
        sipreg_out_str(out, challenge->algorithm_raw);
    }
    if (challenge->opaque.p != NULL) {
        OUT(out, ", opaque=");
        quoted(out, challenge->opaque);
    }
}

/*@ requires writable(out) && readable(uri.parts[0]) && readable(uri.parts[1]);
    requires apart(uri.parts[0], out) && apart(uri.parts[1], out);
    assigns out->size, out->used, out->error, out->p[out->used .. out->size - 1];
    ensures writable(out) && longer{Old, Here}(out);
*/
static void digest_uri(struct sipreg_out *out, struct sipreg_request_uri uri)
{
    OUT(out, ", uri=\"");
    sipreg_out_str(out, uri.parts[0]);
    sipreg_out_str(out, uri.parts[1]);
    OUT(out, "\"");
}

/*@ requires writable(out) && answer->challenge != \null && writable_with(out, answer);
    requires readable(uri.parts[0]) && readable(uri.parts[1]);
    requires apart(uri.parts[0], out) && apart(uri.parts[1], out);
    assigns out->size, out->used, out->error, out->p[out->used .. out->size - 1];
    ensures writable(out) && longer{Old, Here}(out);
*/
static void beginning(struct sipreg_out *out, const struct sipreg_answer *answer,
                      struct sipreg_request_uri uri)
{
    username(out, answer);
    //@ assert writable_with(out, answer->challenge);
    realm(out, answer->challenge);
    digest_uri(out, uri);
}

/*@ requires writable(out) && answer->challenge != \null && writable_with(out, answer);
    assigns out->size, out->used, out->error, out->p[out->used .. out->size - 1];
    ensures writable(out) && longer{Old, Here}(out);
*/
static void response(struct sipreg_out *out, const struct sipreg_answer *answer)
{
    OUT(out, ", response=");
    hex(out, answer, answer->response);
    echo(out, answer->challenge);
}

/*@ requires writable(out) && \valid_read(answer) && \separated(out, answer);
    requires readable(cnonce) && apart(cnonce, out);
    assigns out->size, out->used, out->error, out->p[out->used .. out->size - 1];
    ensures writable(out) && longer{Old, Here}(out);
*/
static void protection(struct sipreg_out *out, const struct sipreg_answer *answer,
                       struct sipreg_str cnonce)
{
    if (answer->qop == SIPREG_QOP_NONE)
        return;
    OUT(out, ", cnonce=\"");
    sipreg_out_str(out, cnonce);
    OUT(out, "\", qop=auth");
    if (answer->qop == SIPREG_QOP_AUTH_INT)
        OUT(out, "-int");
    OUT(out, ", nc=");
    sipreg_out_hex32(out, answer->count);
}

/*@ requires writable(out) && answer->challenge != \null && writable_with(out, answer);
    requires readable(cnonce) && apart(cnonce, out);
    assigns out->size, out->used, out->error, out->p[out->used .. out->size - 1];
    ensures writable(out) && longer{Old, Here}(out);
*/
static void ending(struct sipreg_out *out, const struct sipreg_answer *answer,
                   struct sipreg_str cnonce)
{
    protection(out, answer, cnonce);
    if (answer->challenge->userhash)
        OUT(out, ", userhash=true");
    OUT(out, "\r\n");
}

/* RFC 7616 3.4: these quoted, algorithm, qop, nc and userhash not. */
void sipreg_credentials_print(struct sipreg_out *out, const struct sipreg_request *request,
                              const struct sipreg_answer *answer)
{
    struct sipreg_request_uri uri = sipreg_digest_uri(request);
    struct sipreg_str cnonce;

    if (answer->challenge == NULL) {
        sipreg_out_fail(out, SIPREG_STATE);
        return;
    }
    cnonce = sipreg_str_of(answer->challenge->cnonce);
    beginning(out, answer, uri);
    //@ assert writable_with(out, answer->challenge);
    //@ assert readable(answer->user) && apart(answer->user, out);
    response(out, answer);
    ending(out, answer, cnonce);
}
