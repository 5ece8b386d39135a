/*
 * fault.c - what may go into a REGISTER?
 *
 * Strings of the caller's are written as they are, so each is looked at before: URIs are made of
 * the characters of RFC 3261 25.1, texts are UTF-8 without control characters, and what the rules
 * about sips, tags and the star forbid is refused here rather than sent. The first fault is named
 * by its field.
 */
#include "chars.h"
#include "names.h"
#include "options.h"
#include "param.h"
#include "transport.h"
#include "uri.h"

#include <sipreg/request.h>
#include <sipreg/response.h>

#include <string.h>

static bool text(const char *s)
{
    return sipreg_str_text(sipreg_str_of(s));
}

static bool parse(struct sipreg_uri *uri, const char *s)
{
    return s != NULL && sipreg_uri_valid(uri, sipreg_str_of(s));
}

static bool has_param(const struct sipreg_uri *uri, const char *name)
{
    struct sipreg_str value;

    return sipreg_uri_param(uri, sipreg_str_of(name), &value);
}

static bool is_over_udp(const struct sipreg_uri *uri)
{
    struct sipreg_str value;

    return sipreg_uri_param(uri, SIPREG_LITERAL("transport"), &value) &&
           SIPREG_STR_IS(value, "udp");
}

/* 19.1.1, table 1: From and To carry neither port nor the parameters that steer a request. */
static bool is_address(const char *s)
{
    static const char *const steering[] = {"transport", "maddr", "ttl", "lr", "method"};
    struct sipreg_uri uri;

    if (!parse(&uri, s) || !sipreg_uri_is_sip(&uri))
        return false;
    if (uri.port.p != NULL || uri.headers.p != NULL || uri.password.p != NULL)
        return false;
    for (size_t i = 0; i < sizeof steering / sizeof steering[0]; i++) {
        if (has_param(&uri, steering[i]))
            return false;
    }
    return true;
}

static const char *address_fault(const struct sipreg_request *request)
{
    if (request->aor == NULL)
        return SIPREG_FAULT("aor", "missing");
    if (!is_address(request->aor))
        return SIPREG_FAULT("aor",
                            "not a sip or sips URI without port, password, transport and headers");
    if (request->from != NULL && !is_address(request->from))
        return SIPREG_FAULT("from",
                            "not a sip or sips URI without port, password, transport and headers");
    if (!text(request->display))
        return SIPREG_FAULT("display", "control character or malformed UTF-8");
    return NULL;
}

static const char *registrar_fault(const struct sipreg_request *request)
{
    struct sipreg_uri uri;

    if (request->registrar == NULL)
        return NULL;
    if (!parse(&uri, request->registrar) || !sipreg_uri_is_sip(&uri))
        return SIPREG_FAULT("registrar", "not a sip or sips URI");
    if (uri.user.p != NULL)
        return SIPREG_FAULT("registrar", "has a user part (RFC 3261 10.2)");
    if (uri.headers.p != NULL || has_param(&uri, "method"))
        return SIPREG_FAULT("registrar", "has headers or a method");
    if (sipreg_uri_is_sips(&uri) && is_over_udp(&uri))
        return SIPREG_FAULT("registrar", "sips over UDP (RFC 3261 19.1.1)");
    return NULL;
}

static bool is_expiry(int64_t expires)
{
    return expires >= SIPREG_EXPIRES_NONE && expires <= (int64_t)UINT32_MAX;
}

/* Parameters of the caller's: whole ones, each once (7.3.1). */
static bool are_params(const char *params)
{
    struct sipreg_cursor c = sipreg_cursor_of(sipreg_str_of(params));
    struct sipreg_parameter parameter;

    while (text(params) && sipreg_param_next(&c, &parameter))
        ;
    return c.p == c.end && !sipreg_param_twice(sipreg_str_of(params));
}

static bool has_any(const char *params, const char *const *names, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (sipreg_param(sipreg_str_of(params), names[i]).p != NULL)
            return true;
    }
    return false;
}

/* None that we write ourselves, nor the one that 10.2 has withdrawn. */
static const char *params_fault(const char *params)
{
    static const char *const ours[] = {"expires", "q", "action"};

    if (!are_params(params))
        return SIPREG_FAULT("contacts", "malformed parameters, or one twice");
    if (has_any(params, ours, sizeof ours / sizeof ours[0]))
        return SIPREG_FAULT("contacts", "expires, q or action among the parameters");
    return NULL;
}

static const char *via_fault(const struct sipreg_request *request)
{
    static const char *const ours[] = {"branch", "rport", "received", "keep"};
    struct sipreg_str host, port;

    if (request->sent_by == NULL)
        return SIPREG_FAULT("sent_by", "missing");
    if (!sipreg_uri_hostport(sipreg_str_of(request->sent_by), &host, &port))
        return SIPREG_FAULT("sent_by", "not host or host:port (IPv6 goes in brackets)");
    if (sipreg_transport_name(request->transport) == NULL)
        return SIPREG_FAULT("transport", "unknown");
    if (!are_params(request->via_params) ||
        has_any(request->via_params, ours, sizeof ours / sizeof ours[0]))
        return SIPREG_FAULT("via_params", "malformed, one twice, or one of our own");
    if (request->max_forwards > 255)
        return SIPREG_FAULT("max_forwards", "above 255");
    return NULL;
}

/* 8.1.1.8: a sips request has sips contacts; and every contact is a URI. */
static const char *contact_uri_fault(const char *s, bool sips)
{
    struct sipreg_uri uri;

    if (!parse(&uri, s))
        return SIPREG_FAULT("contact", "not a URI");
    if (sipreg_uri_is_sips(&uri) && is_over_udp(&uri))
        return SIPREG_FAULT("contact", "sips over UDP (RFC 3261 19.1.1)");
    if (sips && sipreg_uri_is_sip(&uri) && !sipreg_uri_is_sips(&uri))
        return SIPREG_FAULT("contact",
                            "not sips, but registrar, aor or first route is (RFC 3261 8.1.1.8)");
    return NULL;
}

static bool is_sips(const char *uri)
{
    return sipreg_uri_says_sips(sipreg_str_of(uri));
}

static const char *contacts_fault(const struct sipreg_request *request, bool sips)
{
    for (size_t i = 0; i < request->contact_count; i++) {
        const struct sipreg_contact *contact = &request->contacts[i];
        const char *fault = contact_uri_fault(contact->uri, sips);
        if (fault != NULL)
            return fault;
        if (!is_expiry(contact->expires))
            return SIPREG_FAULT("contacts", "expires out of range");
        if (contact->q < 0 || contact->q > 1000)
            return SIPREG_FAULT("contacts", "q above 1000 thousandths");
        fault = contact->params == NULL ? NULL : params_fault(contact->params);
        if (fault != NULL)
            return fault;
    }
    return NULL;
}

/* A URI but for its scheme. */
static struct sipreg_str behind_scheme(const char *text)
{
    struct sipreg_uri uri;

    (void)sipreg_uri_parse(&uri, sipreg_str_of(text));
    return sipreg_str_between(uri.scheme.p + uri.scheme.n, text + strlen(text));
}

/* The nth contact: contact itself is the one before the others. */
static const char *nth_contact(const struct sipreg_request *request, size_t n)
{
    if (request->contact == NULL)
        return request->contacts[n].uri;
    return n == 0 ? request->contact : request->contacts[n - 1].uri;
}

/* RFC 5630 5.1.1.1: From and To are sips if all contacts are, and only then; and no contact stands
   there as sip and as sips. */
static const char *mixture_fault(const struct sipreg_request *request)
{
    size_t count = request->contact_count + (request->contact != NULL), secure = 0;

    for (size_t i = 0; i < count; i++) {
        const char *one = nth_contact(request, i);
        secure += is_sips(one);
        for (size_t k = 0; k < i; k++) {
            const char *other = nth_contact(request, k);
            if (is_sips(one) != is_sips(other) &&
                sipreg_str_equal(behind_scheme(one), behind_scheme(other)))
                return SIPREG_FAULT("contacts", "one as sip and as sips (RFC 5630 5.1.1.1)");
        }
    }
    if (is_sips(request->from) != is_sips(request->aor) && request->from != NULL)
        return SIPREG_FAULT("from", "sips, and the aor is not, or the other way round");
    if (count > 0 && (secure == count) != is_sips(request->aor))
        return SIPREG_FAULT("aor", "sips goes with contacts that are all sips (RFC 5630 5.1.1.1)");
    return NULL;
}

/* RFC 5626 4.1: a URN, which stands between quotes and angle brackets; and what we write ourselves
   is not among the parameters of the first contact. */
static const char *instance_fault(const struct sipreg_request *request)
{
    struct sipreg_uri uri;
    struct sipreg_str params = {NULL, 0};

    if (request->contact == NULL && request->contact_count > 0)
        params = sipreg_str_of(request->contacts[0].params);
    if (request->instance == NULL)
        return request->reg_id == 0 ? NULL : SIPREG_FAULT("reg_id", "without an instance");
    if (!parse(&uri, request->instance) || !SIPREG_STR_IS(uri.scheme, "urn"))
        return SIPREG_FAULT("instance", "not a URN (RFC 5626 4.1)");
    if (request->reg_id > INT32_MAX)
        return SIPREG_FAULT("reg_id", "above 2^31-1");
    if (sipreg_param(params, "+sip.instance").p != NULL || sipreg_param(params, "reg-id").p != NULL)
        return SIPREG_FAULT("contacts", "an instance or reg-id among the parameters too");
    return NULL;
}

static bool is_star(const char *contact)
{
    return contact != NULL && contact[0] == '*' && contact[1] == '\0';
}

static const char *contact_fault(const struct sipreg_request *request)
{
    bool sips = is_sips(request->registrar) || is_sips(request->aor) ||
                (request->route_count > 0 && is_sips(request->routes[0]));

    if (!is_expiry(request->expires))
        return SIPREG_FAULT("expires", "out of range");
    if (sips && !sipreg_transport_is_secure(request->transport))
        return SIPREG_FAULT("transport", "a sips URI needs TLS (RFC 3261 26.2.2)");
    if (!is_star(request->contact)) {
        const char *fault =
            request->contact == NULL ? NULL : contact_uri_fault(request->contact, sips);
        if (fault == NULL)
            fault = contacts_fault(request, sips);
        return fault != NULL ? fault : mixture_fault(request);
    }
    if (request->expires != 0 || request->contact_count > 0)
        return SIPREG_FAULT("contact", "* needs expires 0 and stands alone (RFC 3261 10.2.2)");
    return NULL;
}

static const char *lists_fault(const struct sipreg_request *request)
{
    if (request->contacts == NULL && request->contact_count > 0)
        return SIPREG_FAULT("contacts", "missing, though counted");
    if (request->routes == NULL && request->route_count > 0)
        return SIPREG_FAULT("routes", "missing, though counted");
    if (request->headers == NULL && request->header_count > 0)
        return SIPREG_FAULT("headers", "missing, though counted");
    return NULL;
}

static const char *routes_fault(const struct sipreg_request *request)
{
    struct sipreg_uri uri;

    for (size_t i = 0; i < request->route_count; i++) {
        if (!parse(&uri, request->routes[i]) || !sipreg_uri_is_sip(&uri))
            return SIPREG_FAULT("routes", "not a sip or sips URI");
        if (!has_param(&uri, "lr"))
            return SIPREG_FAULT("routes", "without ;lr");
    }
    return NULL;
}

static bool is_token(const char *s)
{
    struct sipreg_cursor c = sipreg_cursor_of(sipreg_str_of(s));
    struct sipreg_str token;

    return sipreg_cursor_token(&c, &token) && c.p == c.end;
}

/* How many tokens this list has; below zero: it is none. */
static int list_count(const char *list)
{
    struct sipreg_cursor c = sipreg_cursor_of(sipreg_str_of(list));
    struct sipreg_str token;
    int count = 0;

    while (sipreg_options_next(&c, &token))
        count++;
    return c.p == c.end ? count : -1;
}

static const char *options_fault(const struct sipreg_request *request)
{
    int count = list_count(request->require);

    if (count < 0 || list_count(request->supported) < 0)
        return SIPREG_FAULT("require, supported", "not a list of option tags");
    if (count > SIPREG_OPTIONS_MAX)
        return SIPREG_FAULT("require", "more than 32 option tags");
    return list_count(request->allow) < 0 ? SIPREG_FAULT("allow", "not a list of methods") : NULL;
}

/* Headers that no REGISTER has, or that it must not have from a user agent (RFC 3261 20, 7.4.1, RFC
   3325, 7315). */
static bool is_out_of_place(const char *name)
{
    static const char *const names[] = {
        "Record-Route",         "Transfer-Encoding",    "Subject", "s", "P-Asserted-Identity",
        "P-Preferred-Identity", "P-Visited-Network-ID",
    };

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (sipreg_str_same(sipreg_str_of(name), sipreg_str_of(names[i])))
            return true;
    }
    return false;
}

static const char *headers_fault(const struct sipreg_request *request)
{
    for (size_t i = 0; i < request->header_count; i++) {
        const struct sipreg_header *header = &request->headers[i];
        if (!is_token(header->name))
            return SIPREG_FAULT("headers", "name is not a token");
        enum sipreg_name name = sipreg_name_find(sipreg_str_of(header->name));
        if (name != SIPREG_UNKNOWN && name != SIPREG_PATH_NAME)
            return SIPREG_FAULT("headers", "one that the library writes, or that is for responses");
        if (is_out_of_place(header->name))
            return SIPREG_FAULT("headers", "one that has no place in a REGISTER");
        if (header->value == NULL || !text(header->value))
            return SIPREG_FAULT("headers", "value with a control character or malformed UTF-8");
    }
    if (!text(request->user_agent))
        return SIPREG_FAULT("user_agent", "control character or malformed UTF-8");
    return NULL;
}

/* A token and parameters (20.11), or two with a slash in between (20.15). */
static bool is_type(const char *s, bool two)
{
    struct sipreg_cursor c = sipreg_cursor_of(sipreg_str_of(s));
    struct sipreg_str token;
    bool good = sipreg_cursor_token(&c, &token);

    if (two)
        good = good && sipreg_cursor_char(&c, '/') && sipreg_cursor_token(&c, &token);
    return good && are_params(c.p);
}

static const char *body_fault(const struct sipreg_request *request)
{
    const struct sipreg_body *body = request->body;

    if (body == NULL)
        return NULL;
    if (body->type == NULL || !is_type(body->type, true))
        return SIPREG_FAULT("body",
                            "without a type, or one that is not type/subtype and parameters");
    if (body->disposition != NULL && !is_type(body->disposition, false))
        return SIPREG_FAULT("body", "disposition is not a word and parameters");
    if (body->size > 65535 || (body->bytes == NULL && body->size > 0))
        return SIPREG_FAULT("body", "size above 65535, or no bytes");
    return NULL;
}

const char *sipreg_request_fault(const struct sipreg_request *request)
{
    static const char *(*const checks[])(const struct sipreg_request *) = {
        lists_fault,    address_fault, registrar_fault, via_fault,     contact_fault,
        instance_fault, routes_fault,  options_fault,   headers_fault, body_fault,
    };

    for (size_t i = 0; i < sizeof checks / sizeof checks[0]; i++) {
        const char *fault = checks[i](request);
        if (fault != NULL)
            return fault;
    }
    return NULL;
}
