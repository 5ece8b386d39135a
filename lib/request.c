/*
 * request.c - a REGISTER, from its parts: its identifiers, and how it is written.
 *
 * Order of headers: those that proxies need come first (RFC 3261 7.3.1), the caller's own before
 * Contact, so that a Proxy-Require is among them. Everything is written in one form: long names,
 * URIs in angle brackets, display names always quoted (a bare one that starts with "*" has been
 * read as `Contact: *`).
 */
#include "request.h"

#include "digest.h"
#include "ident.h"
#include "out.h"

/* Identifiers. */

enum { CSEQ_MAX = 0x7FFFFFFF }; /* 8.1.1.5 */

int sipreg_request_identify(struct sipreg_request *request, sipreg_random *random, void *user)
{
    int result = SIPREG_OK;

    if (request->cseq == 0 || request->cseq >= CSEQ_MAX) {
        result = sipreg_ident(request->call_id, sizeof request->call_id, "", random, user);
        if (result == SIPREG_OK)
            result = sipreg_ident(request->tag, sizeof request->tag, "", random, user);
        if (result == SIPREG_OK)
            request->cseq = 0;
    }
    if (result == SIPREG_OK)
        result = sipreg_ident(request->branch, sizeof request->branch, "z9hG4bK", random, user);
    if (result == SIPREG_OK)
        request->cseq++;
    else
        request->branch[0] = '\0';
    return result;
}

int sipreg_request_renew(struct sipreg_request *request, sipreg_random *random, void *user)
{
    request->branch[0] = '\0';
    if (sipreg_request_fault(request) != NULL)
        return SIPREG_ARGUMENT;
    return sipreg_request_identify(request, random, user);
}

/* Writing. */

#define OUT(out, literal) sipreg_out_str((out), SIPREG_LITERAL(literal))

static void header(struct sipreg_out *out, const char *name, const char *value)
{
    if (value == NULL)
        return;
    sipreg_out_text(out, name);
    OUT(out, ": ");
    sipreg_out_text(out, value);
    OUT(out, "\r\n");
}

static void uri(struct sipreg_out *out, const struct sipreg_request *request)
{
    struct sipreg_request_uri uri = sipreg_digest_uri(request);

    sipreg_out_str(out, uri.parts[0]);
    sipreg_out_str(out, uri.parts[1]);
}

static void start_line(struct sipreg_out *out, const struct sipreg_request *request)
{
    OUT(out, "REGISTER ");
    uri(out, request);
    OUT(out, " SIP/2.0\r\n");
}

/* The bare rport asks for our address as the server sees it (RFC 3581 3). */
static void via(struct sipreg_out *out, const struct sipreg_request *request)
{
    static const char *const transports[] = {"UDP", "TCP", "TLS"};

    if ((unsigned)request->transport > SIPREG_TLS) {
        sipreg_out_fail(out, SIPREG_ARGUMENT);
        return;
    }
    OUT(out, "Via: SIP/2.0/");
    sipreg_out_text(out, transports[request->transport]);
    OUT(out, " ");
    sipreg_out_text(out, request->sent_by);
    OUT(out, ";branch=");
    sipreg_out_str(out, sipreg_str_of(request->branch));
    OUT(out, ";rport\r\n");
}

static void routes(struct sipreg_out *out, const struct sipreg_request *request)
{
    for (size_t i = 0; i < request->route_count; i++) {
        OUT(out, "Route: <");
        sipreg_out_text(out, request->routes[i]);
        OUT(out, ">\r\n");
    }
}

static void max_forwards(struct sipreg_out *out, const struct sipreg_request *request)
{
    OUT(out, "Max-Forwards: ");
    sipreg_out_number(out, request->max_forwards == 0 ? 70 : request->max_forwards);
    OUT(out, "\r\n");
}

static void address(struct sipreg_out *out, const struct sipreg_request *request, const char *uri)
{
    if (request->display != NULL) {
        sipreg_out_quoted(out, sipreg_str_of(request->display));
        OUT(out, " ");
    }
    OUT(out, "<");
    sipreg_out_text(out, uri);
    OUT(out, ">");
}

/* To never has a tag, whatever earlier answers had (10.2). */
static void addresses(struct sipreg_out *out, const struct sipreg_request *request)
{
    OUT(out, "From: ");
    address(out, request, request->from != NULL ? request->from : request->aor);
    OUT(out, ";tag=");
    sipreg_out_str(out, sipreg_str_of(request->tag));
    OUT(out, "\r\nTo: ");
    address(out, request, request->aor);
    OUT(out, "\r\nCall-ID: ");
    sipreg_out_str(out, sipreg_str_of(request->call_id));
    OUT(out, "\r\nCSeq: ");
    sipreg_out_number(out, request->cseq);
    OUT(out, " REGISTER\r\n");
}

static void headers(struct sipreg_out *out, const struct sipreg_request *request)
{
    for (size_t i = 0; i < request->header_count; i++)
        header(out, request->headers[i].name, request->headers[i].value);
}

static void q_value(struct sipreg_out *out, int q)
{
    const char digits[5] = {(char)('0' + q / 1000), '.', (char)('0' + q / 100 % 10),
                            (char)('0' + q / 10 % 10), (char)('0' + q % 10)};
    size_t n = 5;

    while (n > 3 && digits[n - 1] == '0')
        n--;
    OUT(out, ";q=");
    sipreg_out_str(out, sipreg_str_between(digits, digits + n));
}

static void contact(struct sipreg_out *out, const struct sipreg_contact *contact)
{
    OUT(out, "Contact: <");
    sipreg_out_text(out, contact->uri);
    OUT(out, ">");
    if (contact->q > 0)
        q_value(out, contact->q);
    if (contact->expires >= 0) {
        OUT(out, ";expires=");
        sipreg_out_number(out, (uint32_t)contact->expires);
    }
    sipreg_out_text(out, contact->params);
    OUT(out, "\r\n");
}

/* No URI starts like it. */
static bool is_star(const char *contact)
{
    return contact != NULL && contact[0] == '*';
}

/* Registrars differ in whether they read the header or the parameter, so both are there. */
static void contacts(struct sipreg_out *out, const struct sipreg_request *request)
{
    const struct sipreg_contact first = {request->contact, request->expires, 0, NULL};

    if (is_star(request->contact))
        OUT(out, "Contact: *\r\n");
    else if (request->contact != NULL)
        contact(out, &first);
    for (size_t i = 0; i < request->contact_count; i++)
        contact(out, &request->contacts[i]);
    if (request->expires >= 0 && (request->contact != NULL || request->contact_count > 0)) {
        OUT(out, "Expires: ");
        sipreg_out_number(out, (uint32_t)request->expires);
        OUT(out, "\r\n");
    }
}

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
static void credentials(struct sipreg_out *out, const struct sipreg_request *request,
                        const struct sipreg_answer *answer)
{
    const struct sipreg_challenge *challenge = answer->challenge;

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
    uri(out, request);
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

static void body(struct sipreg_out *out, const struct sipreg_body *body)
{
    if (body != NULL) {
        header(out, "Content-Type", body->type);
        header(out, "Content-Disposition", body->disposition);
    }
    OUT(out, "Content-Length: ");
    sipreg_out_number(out, body == NULL ? 0 : (uint32_t)body->size);
    OUT(out, "\r\n\r\n");
    if (body != NULL)
        sipreg_out_str(out, (struct sipreg_str){(const char *)body->bytes, body->size});
}

int sipreg_request_print(const struct sipreg_request *request, void *p, size_t size)
{
    struct sipreg_out out;

    sipreg_out_start(&out, p, size);
    start_line(&out, request);
    via(&out, request);
    routes(&out, request);
    max_forwards(&out, request);
    addresses(&out, request);
    headers(&out, request);
    contacts(&out, request);
    for (const struct sipreg_answer *answer = request->answer; answer != NULL;
         answer = answer->next)
        credentials(&out, request, answer);
    header(&out, "Supported", request->supported);
    header(&out, "Allow", request->allow);
    header(&out, "User-Agent", request->user_agent);
    body(&out, request->body);
    return sipreg_out_end(&out);
}

int sipreg_request_write(const struct sipreg_request *request, void *out, size_t size)
{
    if (request->branch[0] == '\0')
        return sipreg_request_fault(request) != NULL ? SIPREG_ARGUMENT : SIPREG_STATE;
    return sipreg_request_print(request, out, size);
}
