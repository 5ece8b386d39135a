/*
 * request.c - a REGISTER, from its parts: its identifiers, and how it is written.
 *
 * Order of headers: those that proxies need come first (RFC 3261 7.3.1), and the caller's own
 * before Contact, so that a Proxy-Require is among them. URIs stand in angle brackets, display
 * names in quotes always (a bare one that starts with "*" has been read as `Contact: *`).
 */
#include "request.h"

#include "credentials.h"
#include "digest.h"
#include "ident.h"
#include "options.h"
#include "out.h"
#include "transport.h"
#include "uri.h"

/* Identifiers. */

#define CSEQ_MAX UINT32_C(0x7FFFFFFF) /* 8.1.1.5 */

bool sipreg_request_is_last(const struct sipreg_request *request)
{
    return request->cseq >= CSEQ_MAX;
}

int sipreg_request_identify(struct sipreg_request *request, sipreg_random *random, void *user)
{
    enum { TAG = sizeof request->tag - 1 };
    int result = SIPREG_OK;

    if (request->cseq == 0 || sipreg_request_is_last(request)) {
        result = sipreg_ident(request->call_id, sizeof request->call_id, "", random, user);
        if (result == SIPREG_OK)
            result = sipreg_ident(request->tag, sizeof request->tag, "", random, user);
        if (result == SIPREG_OK && memcmp(request->tag, request->call_id, TAG) == 0)
            result = SIPREG_RANDOM; /* the source stands still */
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

/* The name of a header that has a compact form. */
#define NAME(out, request, name, compact_name)                                                     \
    sipreg_out_str((out), is_compact(request) ? SIPREG_LITERAL(compact_name ": ")                  \
                                              : SIPREG_LITERAL(name ": "))

static bool is_compact(const struct sipreg_request *request)
{
    return request->compact || request->plain;
}

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
    const char *transport = sipreg_transport_name(request->transport);

    if (transport == NULL) {
        sipreg_out_fail(out, SIPREG_ARGUMENT);
        return;
    }
    NAME(out, request, "Via", "v");
    OUT(out, "SIP/2.0/");
    sipreg_out_text(out, transport);
    OUT(out, " ");
    sipreg_out_text(out, request->sent_by);
    OUT(out, ";branch=");
    sipreg_out_str(out, sipreg_str_of(request->branch));
    OUT(out, ";rport");
    if (request->keep)
        OUT(out, ";keep");
    sipreg_out_text(out, request->via_params);
    OUT(out, "\r\n");
}

/* A sips request takes no hop in the clear. */
static void route(struct sipreg_out *out, const char *route, bool sips)
{
    enum { SCHEME = 3 }; /* "sip" */

    if (sips && route[SCHEME] == ':') {
        OUT(out, "sips");
        route += SCHEME;
    }
    sipreg_out_text(out, route);
}

bool sipreg_request_is_secure(const struct sipreg_request *request)
{
    return sipreg_uri_says_sips(sipreg_digest_uri(request).parts[0]);
}

static void routes(struct sipreg_out *out, const struct sipreg_request *request)
{
    bool sips = sipreg_request_is_secure(request);

    for (size_t i = 0; i < request->route_count; i++) {
        OUT(out, "Route: <");
        route(out, request->routes[i], sips);
        OUT(out, ">\r\n");
    }
}

int sipreg_request_next_hop(const struct sipreg_request *request, char *p, size_t size)
{
    struct sipreg_out out;
    int n;

    sipreg_out_start(&out, p, size);
    if (request->route_count > 0)
        route(&out, request->routes[0], sipreg_request_is_secure(request));
    else
        uri(&out, request);
    sipreg_out_nul(&out);
    n = sipreg_out_end(&out);
    return n < 0 ? n : n - 1;
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
    NAME(out, request, "From", "f");
    address(out, request, request->from != NULL ? request->from : request->aor);
    OUT(out, ";tag=");
    sipreg_out_str(out, sipreg_str_of(request->tag));
    OUT(out, "\r\n");
    NAME(out, request, "To", "t");
    address(out, request, request->aor);
    OUT(out, "\r\n");
    NAME(out, request, "Call-ID", "i");
    sipreg_out_str(out, sipreg_str_of(request->call_id));
    OUT(out, "\r\nCSeq: ");
    sipreg_out_number(out, request->cseq);
    OUT(out, " REGISTER\r\n");
}

/* What is required, less what a server was found to lack. */
static void require(struct sipreg_out *out, const struct sipreg_request *request)
{
    struct sipreg_cursor c = sipreg_cursor_of(sipreg_str_of(request->require));
    uint32_t without = request->not_required;
    struct sipreg_str tag;
    bool first = true;

    for (; sipreg_options_next(&c, &tag); without >>= 1) {
        if ((without & 1) != 0)
            continue;
        sipreg_out_text(out, first ? "Require: " : ", ");
        sipreg_out_str(out, tag);
        first = false;
    }
    if (!first)
        OUT(out, "\r\n");
}

/* Accept, Accept-Encoding, Accept-Language. */
static bool is_accept(const struct sipreg_header *header)
{
    return sipreg_str_starts(sipreg_str_of(header->name), SIPREG_LITERAL("Accept"));
}

bool sipreg_request_is_choosy(const struct sipreg_request *request)
{
    for (size_t i = 0; i < request->header_count; i++) {
        if (is_accept(&request->headers[i]))
            return !request->plain;
    }
    return false;
}

static void headers(struct sipreg_out *out, const struct sipreg_request *request)
{
    for (size_t i = 0; i < request->header_count; i++) {
        const struct sipreg_header *one = &request->headers[i];
        if (!request->plain || !is_accept(one))
            header(out, one->name, one->value);
    }
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

/* RFC 5626 4.1, 4.2 */
static void instance(struct sipreg_out *out, const struct sipreg_request *request)
{
    if (request->instance == NULL)
        return;
    OUT(out, ";+sip.instance=\"<");
    sipreg_out_text(out, request->instance);
    OUT(out, ">\"");
    if (request->reg_id == 0)
        return;
    OUT(out, ";reg-id=");
    sipreg_out_number(out, request->reg_id);
}

static void contact(struct sipreg_out *out, const struct sipreg_request *request,
                    const struct sipreg_contact *contact, bool first)
{
    NAME(out, request, "Contact", "m");
    OUT(out, "<");
    sipreg_out_text(out, contact->uri);
    OUT(out, ">");
    if (contact->q > 0)
        q_value(out, contact->q);
    if (contact->expires >= 0) {
        OUT(out, ";expires=");
        sipreg_out_number(out, (uint32_t)contact->expires);
    }
    if (first)
        instance(out, request);
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

    if (is_star(request->contact)) {
        NAME(out, request, "Contact", "m");
        OUT(out, "*\r\n");
    } else if (request->contact != NULL) {
        contact(out, request, &first, true);
    }
    for (size_t i = 0; i < request->contact_count; i++)
        contact(out, request, &request->contacts[i], i == 0 && request->contact == NULL);
    if (request->expires >= 0 && (request->contact != NULL || request->contact_count > 0)) {
        OUT(out, "Expires: ");
        sipreg_out_number(out, (uint32_t)request->expires);
        OUT(out, "\r\n");
    }
}

/* To the proxies' challenges, or to the registrar's; empty ones fail with these. */
static void answers(struct sipreg_out *out, const struct sipreg_request *request, bool proxies)
{
    for (const struct sipreg_answer *answer = request->answer; answer != NULL;
         answer = answer->next) {
        if ((answer->challenge != NULL && answer->challenge->proxy) == proxies)
            sipreg_credentials_print(out, request, answer);
    }
}

/* A tag of ours, unless the caller's list has it. */
static void option(struct sipreg_out *out, const struct sipreg_request *request,
                   struct sipreg_str tag, bool *first)
{
    if (sipreg_options_has(request->supported, tag))
        return;
    if (!*first)
        OUT(out, ", ");
    sipreg_out_str(out, tag);
    *first = false;
}

static void supported(struct sipreg_out *out, const struct sipreg_request *request)
{
    bool first = request->supported == NULL, outbound = request->reg_id != 0;

    if (first && !request->path && !outbound)
        return;
    NAME(out, request, "Supported", "k");
    sipreg_out_text(out, request->supported);
    if (request->path || outbound) /* RFC 5626 4.2.1 */
        option(out, request, SIPREG_LITERAL("path"), &first);
    if (outbound)
        option(out, request, SIPREG_LITERAL("outbound"), &first);
    OUT(out, "\r\n");
}

/* What the user agent says of itself. */
static void capabilities(struct sipreg_out *out, const struct sipreg_request *request)
{
    supported(out, request);
    if (request->plain)
        return;
    header(out, "Allow", request->allow);
    header(out, "User-Agent", request->user_agent);
}

static void body(struct sipreg_out *out, const struct sipreg_request *request)
{
    const struct sipreg_body *body = request->body;

    if (body != NULL) {
        header(out, is_compact(request) ? "c" : "Content-Type", body->type);
        header(out, "Content-Disposition", body->disposition);
    }
    NAME(out, request, "Content-Length", "l");
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
    answers(&out, request, true);
    addresses(&out, request);
    require(&out, request);
    headers(&out, request);
    contacts(&out, request);
    answers(&out, request, false);
    capabilities(&out, request);
    body(&out, request);
    return sipreg_out_end(&out);
}

int sipreg_request_write(const struct sipreg_request *request, void *out, size_t size)
{
    if (request->branch[0] == '\0')
        return sipreg_request_fault(request) != NULL ? SIPREG_ARGUMENT : SIPREG_STATE;
    return sipreg_request_print(request, out, size);
}
