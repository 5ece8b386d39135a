/*
 * redirect.c - where does a 3xx send us? (RFC 3261 8.1.3.4, 19.1.5, 21.3)
 *
 * Its targets are tried one after the other, by q; none of them twice, nor the place that we come
 * from, so that servers which point at each other come to an end. A newer redirection replaces what
 * is left of an older one. A target serves as long as it works, since refreshes go where the first
 * request went (10.2.4), or for the time that the 3xx names.
 *
 * Not followed are the ways from sips to sip and from TLS to UDP, and those to a transport that the
 * flow is not or cannot be made of. What we know of the realms of one server is not told to
 * another.
 *
 * Targets are kept as text: a mark, the URI, a NUL. The first is the one that the config names.
 */
#include "redirect.h"

#include "config.h"
#include "digest.h"
#include "out.h"
#include "request.h"
#include "response.h"
#include "session.h"
#include "transport.h"
#include "uri.h"

enum { TRIED = 'x', REGISTRAR = 'r', PROXY = 'p' };
enum { TARGETS_MAX = 8, USE_PROXY = 305 };

/* Can the flow be of this transport, or another one be opened that is? */
static int judge_transport(const struct sipreg_client *client, struct sipreg_str wanted)
{
    bool udp = SIPREG_STR_IS(wanted, "udp"), tls = SIPREG_STR_IS(wanted, "tls");
    enum sipreg_transport now = client->request.transport;

    if (!udp && !tls && !SIPREG_STR_IS(wanted, "tcp") && !SIPREG_STR_IS(wanted, "ws"))
        return SIPREG_STATUS;
    if (udp && sipreg_transport_is_secure(now))
        return SIPREG_POLICY;
    if (sipreg_str_same(wanted, sipreg_str_of(sipreg_transport_param(now))) ||
        (tls && now == SIPREG_TLS))
        return SIPREG_OK;
    return client->config->io->open != NULL ? SIPREG_OK : SIPREG_STATUS;
}

SIPREG_APART static int judge(const struct sipreg_client *client, const struct sipreg_uri *uri)
{
    bool sips = sipreg_request_is_secure(&client->request);
    struct sipreg_str transport;

    if (!sipreg_uri_is_sip(uri))
        return SIPREG_STATUS;
    if (sips && !sipreg_uri_is_sips(uri))
        return SIPREG_POLICY;
    if (sipreg_uri_is_sips(uri) && !sipreg_transport_is_secure(client->request.transport) &&
        client->config->io->open == NULL)
        return SIPREG_STATUS;
    if (sipreg_uri_param(uri, SIPREG_LITERAL("transport"), &transport))
        return judge_transport(client, transport);
    return SIPREG_OK;
}

/* All of them but the method, which is ours to choose. */
static void write_params(struct sipreg_out *out, struct sipreg_str params)
{
    const char *p = params.p, *end = p + params.n;

    while (p < end) {
        const char *next = (const char *)memchr(p + 1, ';', (size_t)(end - p - 1));
        struct sipreg_str one = sipreg_str_between(p, next == NULL ? end : next);
        struct sipreg_str name = sipreg_str_between(p + 1, one.p + one.n);
        const char *equals = (const char *)memchr(name.p, '=', name.n);
        if (equals != NULL)
            name.n = (size_t)(equals - name.p);
        if (!SIPREG_STR_IS(name, "method"))
            sipreg_out_str(out, one);
        p = one.p + one.n;
    }
}

/* A Request-URI names a domain and no user (10.2), a Route is loose; neither has headers. */
static void write_target(struct sipreg_out *out, char mark, const struct sipreg_uri *uri)
{
    struct sipreg_str value;

    sipreg_out_str(out, (struct sipreg_str){&mark, 1});
    sipreg_out_text(out, sipreg_uri_is_sips(uri) ? "sips:" : "sip:");
    sipreg_out_str(out, uri->host);
    if (uri->port.p != NULL) {
        sipreg_out_str(out, SIPREG_LITERAL(":"));
        sipreg_out_str(out, uri->port);
    }
    if (uri->params.n > 0)
        write_params(out, uri->params);
    if (mark == PROXY && !sipreg_uri_param(uri, SIPREG_LITERAL("lr"), &value))
        sipreg_out_str(out, SIPREG_LITERAL(";lr"));
    sipreg_out_nul(out);
}

/* Those of the list were URIs before they were written. */
static bool is_known(const struct sipreg_targets *targets, const struct sipreg_uri *uri)
{
    const char *p = targets->text, *end = p + targets->used;
    struct sipreg_uri known;

    for (; p < end; p += strlen(p) + 1) {
        sipreg_uri_parse(&known, sipreg_str_of(p + 1));
        if (sipreg_uri_same(&known, uri))
            return true;
    }
    return false;
}

/* Adds a target to the list, unless it stands there, cannot be written or does not fit. */
SIPREG_APART static void add(struct sipreg_targets *targets, char mark,
                             const struct sipreg_uri *uri)
{
    char *text = targets->text + targets->used;
    struct sipreg_out out;
    struct sipreg_uri written;
    int n;

    sipreg_out_start(&out, text, sizeof targets->text - targets->used);
    write_target(&out, mark, uri);
    n = sipreg_out_end(&out);
    if (n > 0 && sipreg_uri_valid(&written, sipreg_str_between(text + 1, text + n - 1)) &&
        !is_known(targets, &written))
        targets->used = (uint16_t)(targets->used + n);
}

/* A contact, by the place from which it is read. */
struct pick {
    struct sipreg_place place;
    int q;
};

/* The first so many by q; of those with the same the earlier ones. */
SIPREG_APART static size_t pick_targets(const struct sipreg_response *response,
                                        struct pick picks[TARGETS_MAX])
{
    struct sipreg_place place = {0, 0, 0}, before = place;
    struct sipreg_binding binding;
    size_t count = 0, i;

    for (; sipreg_response_contact(response, &place, &binding); before = place) {
        for (i = count; i > 0 && picks[i - 1].q < binding.q; i--) {
            if (i < TARGETS_MAX)
                picks[i] = picks[i - 1];
        }
        if (i == TARGETS_MAX)
            continue;
        picks[i].place = before;
        picks[i].q = binding.q;
        if (count < TARGETS_MAX)
            count++;
    }
    return count;
}

/* The place that we come from is the first that must not be tried again in this attempt. */
static void begin(struct sipreg_client *client)
{
    struct sipreg_request_uri from = sipreg_digest_uri(&client->request);
    struct sipreg_targets *targets = &client->targets;
    size_t n = from.parts[0].n + from.parts[1].n;

    for (char *p = targets->text; p < targets->text + targets->used; p += strlen(p) + 1)
        *p = TRIED;
    if (targets->chained)
        return;
    targets->chained = true;
    targets->used = 0;
    if (n + 2 > sizeof targets->text)
        return;
    memmove(targets->text + 1, from.parts[0].p, from.parts[0].n); /* from within, perhaps */
    if (from.parts[1].n > 0)
        memcpy(targets->text + 1 + from.parts[0].n, from.parts[1].p, from.parts[1].n);
    targets->text[0] = TRIED;
    targets->text[n + 1] = '\0';
    targets->used = (uint16_t)(n + 2);
    if (targets->away)
        client->request.registrar = targets->text + 1;
}

/* Until when this redirection holds. A proxy serves for this request only (21.3.4). */
static uint64_t end_of(const struct sipreg_client *client, const struct sipreg_response *response,
                       const struct sipreg_binding *binding)
{
    int64_t seconds = binding->expires != SIPREG_ABSENT ? binding->expires : response->expires;

    if (response->status == USE_PROXY)
        return client->now;
    return seconds == SIPREG_ABSENT ? SIPREG_NEVER : client->now + (uint64_t)seconds * 1000;
}

/* SIPREG_OK, or why this target is not taken. */
SIPREG_APART static int take(struct sipreg_client *client, const struct sipreg_response *response,
                             struct sipreg_place place)
{
    struct sipreg_targets *targets = &client->targets;
    struct sipreg_binding binding;
    struct sipreg_uri uri;
    uint64_t until;
    int result;

    sipreg_response_contact(response, &place, &binding);
    result = sipreg_uri_parse(&uri, binding.contact.uri);
    if (result == SIPREG_OK)
        result = judge(client, &uri);
    if (result != SIPREG_OK)
        return result;
    until = end_of(client, response, &binding);
    targets->until = until < targets->until ? until : targets->until;
    add(targets, response->status == USE_PROXY ? PROXY : REGISTRAR, &uri);
    return SIPREG_OK;
}

int sipreg_redirect_take(struct sipreg_client *client, const struct sipreg_response *response)
{
    struct pick picks[TARGETS_MAX];
    size_t count = pick_targets(response, picks);
    int why = SIPREG_STATUS;

    begin(client);
    client->targets.until = SIPREG_NEVER;
    for (size_t i = 0; i < count; i++) {
        if (take(client, response, picks[i].place) == SIPREG_POLICY)
            why = SIPREG_POLICY;
    }
    return sipreg_redirect_next(client) ? SIPREG_OK : why;
}

bool sipreg_redirect_next(struct sipreg_client *client)
{
    struct sipreg_targets *targets = &client->targets;
    char *p = targets->text, *end = p + targets->used;

    while (p < end && *p == TRIED)
        p += strlen(p) + 1;
    if (p == end || !targets->chained)
        return false;
    sipreg_config_aim(client);
    if (*p == REGISTRAR) {
        client->request.registrar = p + 1;
    } else {
        targets->proxy = p + 1;
        client->request.routes = &targets->proxy;
        client->request.route_count = 1;
    }
    *p = TRIED;
    targets->away = true;
    sipreg_session_forget(client);
    return true;
}

bool sipreg_redirect_forget(struct sipreg_client *client)
{
    if (!client->targets.away)
        return false;
    client->targets.away = false;
    client->targets.used = 0;
    sipreg_config_aim(client);
    sipreg_session_forget(client);
    return true;
}

bool sipreg_redirect_over(const struct sipreg_client *client)
{
    return client->targets.away && client->now >= client->targets.until;
}
