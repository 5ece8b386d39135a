/*
 * target.c - who is registered where, and where do the requests go?
 *
 * Three URIs can be given: the AOR always, a registrar and a proxy perhaps. They become
 *
 *     To, From       sip:user@domain of the AOR, and nothing else of it: a binding belongs to the
 *                    address, not to the port that somebody happened to type behind it
 *     Request-URI    --registrar, or else the AOR without its user (RFC 3261 10.2)
 *     Route          --proxy, made a loose router (8.1.2, 16.12)
 *     next hop       --proxy, or --registrar, or the AOR: where the packets go
 *     transport      --transport, or what the next hop's URI says, and no other; or TLS for sips,
 *                    and for sip what the DNS prefers of UDP, TCP and TLS (RFC 3263); WebSocket
 *                    only where it is asked for
 *
 * For "sipreg locate" there is a next hop alone, and whoever stands before its "@" plays no role.
 * Whether a URI is good in every octet is for the library to say: here it is only taken apart.
 */
#include "target.h"

#include "websocket.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <strings.h>

struct uri {
    bool sips;
    struct sipreg_str user;   /* absent: none */
    struct sipreg_str host;   /* IPv6 in its brackets */
    struct sipreg_str port;   /* absent: none */
    struct sipreg_str params; /* from the first ";" on, perhaps empty */
};

static const char not_sip[] = "not a sip or sips URI";

static struct sipreg_str slice(const char *from, const char *to)
{
    struct sipreg_str s;

    s.p = from;
    s.n = (size_t)(to - from);
    return s;
}

static bool is(struct sipreg_str s, const char *word)
{
    return s.n == strlen(word) && strncasecmp(s.p, word, s.n) == 0;
}

static bool is_ipv6(struct sipreg_str s)
{
    unsigned char octets[16];
    char text[64];

    if (s.n >= sizeof text)
        return false;
    memcpy(text, s.p, s.n);
    text[s.n] = '\0';
    return inet_pton(AF_INET6, text, octets) == 1;
}

static const char *read_host(struct uri *uri, const char *text)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    const char *p = text;

    if (*p == '[') {
        p = strchr(text, ']');
        if (p == NULL || !is_ipv6(slice(text + 1, p++)))
            return NULL;
    } else {
        while (*p != '\0' && (strchr(letters, *p) != NULL || strchr("-._", *p) != NULL))
            p++;
    }
    uri->host = slice(text, p);
    return uri->host.n > 0 && uri->host.n < 256 ? p : NULL;
}

static const char *read_port(struct uri *uri, const char *text)
{
    const char *end = text + strspn(text, "0123456789");

    uri->port = slice(text, end);
    if (uri->port.n == 0 || uri->port.n > 5 || atol(text) < 1 || atol(text) > 65535)
        return NULL;
    return end;
}

/* NULL, or what is wrong. Without a scheme it means sip, or sips if the AOR says so. */
static const char *read_uri(struct uri *uri, const char *text, bool sips)
{
    const char *p = text, *at;

    memset(uri, 0, sizeof *uri);
    if (strlen(text) > URI_SIZE - 16)
        return "too long";
    uri->sips = strncasecmp(text, "sips:", 5) == 0;
    if (uri->sips || strncasecmp(text, "sip:", 4) == 0)
        p = strchr(text, ':') + 1;
    else
        uri->sips = sips;
    at = strrchr(p, '@');
    if (at != NULL) {
        uri->user = slice(p, at);
        p = at + 1;
    }
    p = read_host(uri, p);
    if (p != NULL && *p == ':')
        p = read_port(uri, p + 1);
    if (p == NULL || (*p != '\0' && *p != ';' && *p != '?'))
        return not_sip;
    if (*p == '?' || strchr(p, '?') != NULL)
        return "headers ('?') have no place here";
    uri->params = slice(p, p + strlen(p));
    return uri->user.n == 0 && at != NULL ? not_sip : NULL;
}

/* Repeats the URI, but for what may be a password in it. */
static bool complain(const char *what, const char *why, const char *text)
{
    const char *user = text + (strncasecmp(text, "sip", 3) == 0 ? strcspn(text, ":") : 0);
    const char *at = strrchr(user, '@');
    const char *colon = at == NULL ? NULL : memchr(user + 1, ':', (size_t)(at - user));

    if (colon == NULL)
        fprintf(stderr, "sipreg: %s: %s: '%s'\n", what, why, text);
    else
        fprintf(stderr, "sipreg: %s: %s: '%.*s:***%s'\n", what, why, (int)(colon - text), text, at);
    return false;
}

static bool read_aor(struct uri *uri, const char *text)
{
    const char *fault = read_uri(uri, text, false);

    if (fault == NULL && uri->user.p == NULL && strchr(text, ':') == NULL)
        fault = not_sip; /* a word */
    if (fault != NULL)
        return complain("AOR", fault, text);
    if (uri->user.p == NULL)
        return complain("AOR", "no user in it, as in sip:alice@example.com", text);
    if (memchr(uri->user.p, ':', uri->user.n) != NULL) { /* not repeated: others may read along */
        fputs("sipreg: AOR: no password in a URI, please (use --password-file FILE)\n", stderr);
        return false;
    }
    return true;
}

/* A URI of a server: nobody in front of the host. */
static bool read_server(struct uri *uri, const char *what, const char *text, bool sips)
{
    const char *fault = read_uri(uri, text, sips);

    if (fault == NULL && uri->user.p != NULL)
        fault = "a server has no user part";
    return fault == NULL || complain(what, fault, text);
}

static void write_uri(char *out, const struct uri *uri, bool user, bool port, bool params)
{
    snprintf(out, URI_SIZE, "%s:%.*s%s%.*s%s%.*s%.*s", uri->sips ? "sips" : "sip",
             user ? (int)uri->user.n : 0, user ? uri->user.p : "", user ? "@" : "",
             (int)uri->host.n, uri->host.p, port && uri->port.n > 0 ? ":" : "",
             port ? (int)uri->port.n : 0, port && uri->port.n > 0 ? uri->port.p : "",
             params ? (int)uri->params.n : 0, params ? uri->params.p : "");
}

enum { SECURE = SIPREG_CAN_TLS | SIPREG_CAN_WSS };

static const char *const names[] = {"UDP", "TCP", "TLS", "WS", "WSS"};
static const char *const words[] = {"udp", "tcp", "tls", "ws", "wss"};

const char *transport_name(enum sipreg_transport transport)
{
    return names[transport];
}

static bool fix(struct target *target, enum sipreg_transport transport)
{
    if (transport >= SIPREG_WS && !websocket_possible()) {
        fputs("sipreg: this one was built without WebSocket: it needs the library wslay "
              "(libwslay-dev)\n",
              stderr);
        return false;
    }
    target->fixed = transport == SIPREG_WSS ? "ws" : words[transport]; /* RFC 7118 5.2 */
    target->transports = 1U << transport;
    return true;
}

static bool fix_by_name(struct target *target, struct sipreg_str name)
{
    size_t i;

    for (i = 0; i < sizeof words / sizeof *words; i++) {
        if (is(name, words[i]))
            return fix(target, (enum sipreg_transport)i);
    }
    fprintf(stderr, "sipreg: transport '%.*s' is not one of udp, tcp, tls, ws, wss\n", (int)name.n,
            name.p);
    return false;
}

/* RFC 5630 3.1: sips means TLS on this hop, and "sips:host;transport=tcp" is just that. A URI says
   "ws" for both kinds of WebSocket, where sips means the one with TLS (RFC 7118 5.2). */
static bool choose_transport(struct target *target, const struct uri *hop, bool sips,
                             const char *asked)
{
    struct sipreg_str name = sipreg_param(hop->params, "transport");

    if (asked != NULL)
        name = slice(asked, asked + strlen(asked));
    target->secure = sips;
    target->transports = sips ? SIPREG_CAN_TLS : SIPREG_CAN_UDP | SIPREG_CAN_TCP | SIPREG_CAN_TLS;
    if (name.p == NULL || (asked == NULL && sips && is(name, "tcp")))
        return true;
    if (asked == NULL && sips && is(name, "ws"))
        return fix(target, SIPREG_WSS);
    if (asked == NULL && is(name, "wss")) {
        fputs("sipreg: 'wss' is no word of a URI: give --transport wss, or sips and "
              ";transport=ws\n",
              stderr);
        return false;
    }
    if (!fix_by_name(target, name))
        return false;
    if (sips && (target->transports & SECURE) == 0) {
        fprintf(stderr, "sipreg: a sips URI needs TLS, not %.*s (RFC 5630)\n", (int)name.n, name.p);
        return false;
    }
    return true;
}

/* Of "sipreg locate". A bare domain is a sip URI. */
static bool plan_hop(struct target *target, const struct options *options)
{
    const char *fault;
    struct uri hop;

    fault = read_uri(&hop, options->aor, false);
    if (fault != NULL)
        return complain("locate", fault, options->aor);
    write_uri(target->registrar, &hop, false, true, true);
    return choose_transport(target, &hop, hop.sips, options->transport);
}

bool target_plan(struct target *target, const struct options *options)
{
    struct uri aor, registrar, hop;

    memset(target, 0, sizeof *target);
    if (options->command == COMMAND_LOCATE)
        return plan_hop(target, options);
    if (!read_aor(&aor, options->aor))
        return false;
    write_uri(target->aor, &aor, true, false, false);
    write_uri(target->registrar, &aor, false, true, false);
    hop = aor;
    if (options->registrar != NULL) {
        if (!read_server(&registrar, "--registrar", options->registrar, aor.sips))
            return false;
        write_uri(target->registrar, &registrar, false, true, true);
        hop = registrar;
    }
    if (options->proxy != NULL) {
        if (!read_server(&hop, "--proxy", options->proxy, aor.sips))
            return false;
        hop.sips = hop.sips || aor.sips; /* RFC 5630 5.1.1: all of the route, then */
        write_uri(target->route, &hop, false, true, true);
        if (sipreg_param(hop.params, "lr").p == NULL)
            strcat(target->route, ";lr"); /* read_uri() left room */
    }
    return choose_transport(target, &hop, aor.sips || hop.sips, options->transport);
}
