/*
 * make.c - what kind of phone is it? Its config, its clock, and whether it stands behind a NAT.
 */
#include "sim.h"

#include <stdio.h>
#include <string.h>

static const struct sipreg_header headers[] = {{"X-Model", "weather vane"},
                                               {"Accept", "text/plain"}};
static const struct sipreg_body script = {"application/cpl+xml", NULL, "<cpl></cpl>", 11};
static const char *const routes[] = {"sip:proxy.example.com;lr"};

static void choose_headers(struct phone *p)
{
    struct world *w = p->world;
    struct sipreg_client_config *c = &p->config;

    c->contact_params = chance(w, 200) ? ";+sip.instance=\"<urn:uuid:0>\"" : NULL;
    c->display = chance(w, 200) ? "Alice \"the\" Phone" : NULL;
    c->q = chance(w, 200) ? 500 : 0;
    c->user_agent = chance(w, 300) ? "weather/1" : NULL;
    c->require = chance(w, 100) ? "pref" : NULL;
    c->compact = chance(w, 100);
    c->max_forwards = chance(w, 100) ? 7 : 0;
    c->follow_redirects = chance(w, 400);
    c->supported = chance(w, 200) ? "path" : NULL;
    c->allow = chance(w, 100) ? "INVITE, ACK" : NULL;
    c->headers = headers;
    c->header_count = chance(w, 200) ? 2 : 0;
    c->body = chance(w, 150) ? &script : NULL;
    c->routes = routes;
    c->route_count = chance(w, 150) ? 1 : 0;
}

static void choose_times(struct phone *p)
{
    static const int64_t expires[] = {0, 0, 60, 600, 20, 86400, SIPREG_EXPIRES_NONE, 7};
    static const uint32_t coarse[] = {0, 0, 0, 1000, 10 * SECOND, MINUTE};
    static const uint32_t bases[] = {0, 0, 1, 10}, most[] = {0, 0, 60, 300};
    struct world *w = p->world;
    struct sipreg_client_config *c = &p->config;

    c->expires = expires[dice(w, 8)];
    c->retry_base = bases[dice(w, 4)];
    c->retry_max = most[dice(w, 4)];
    c->refused_retry = chance(w, 200) ? 120 : 0;
    c->coarse = coarse[dice(w, 6)];
    c->t1 = chance(w, 150) ? 200 : 0;
}

static void choose_ha1(struct phone *p)
{
    const char *const parts[] = {p->user, "example.com", RIGHT_PASSWORD, NULL};
    unsigned algorithm = SIPREG_MD5;
    const char *name = p->world->registrar.algorithm;

    if (p->world->registrar.proxy_auth || p->world->registrar.both || !chance(p->world, 250))
        return;
    if (name != NULL && strncmp(name, "SHA-256", 7) == 0)
        algorithm = SIPREG_SHA256;
    text_hash(p->ha1, algorithm, parts);
    p->config.ha1 = p->ha1;
    p->config.ha1_algorithm = algorithm;
    p->config.password = NULL;
}

static void choose_transport(struct phone *p)
{
    static const enum sipreg_transport transports[] = {SIPREG_UDP, SIPREG_UDP, SIPREG_UDP,
                                                       SIPREG_TCP, SIPREG_TCP, SIPREG_TLS};
    struct world *w = p->world;

    p->config.transport = transports[dice(w, 6)];
    p->opens = chance(w, p->config.transport == SIPREG_UDP ? 200 : 700);
    p->seek.on = p->opens && chance(w, 600);
    phone_io(p);
}

static void choose_keepalives(struct phone *p)
{
    static const uint32_t every[] = {0, 0, 15, 60, 300};
    struct world *w = p->world;
    struct sipreg_client_config *c = &p->config;

    c->keepalive = chance(w, 600) ? &sipreg_keepalive : NULL;
    c->ping = chance(w, 500) ? SIPREG_PING_PROMISED : SIPREG_PING_ALWAYS;
    if (w->registrar.pongs && chance(w, 250))
        c->ping = SIPREG_PING_ANSWERED;
    c->ping_every = every[dice(w, 5)];
}

/* A flow of a device; two of one device know each other. */
static void choose_outbound(struct phone *p, bool shared)
{
    struct world *w = p->world;
    struct phone *first = &w->phones[0];
    bool pair = shared && first->config.reg_id > 0 && chance(w, 600);

    if (!pair && !chance(w, 300))
        return;
    snprintf(p->instance, sizeof p->instance, "urn:uuid:00000000-0000-1000-8000-00000000000%u",
             pair ? 0 : p->index);
    p->config.contact_params = NULL;
    p->config.instance = p->instance;
    p->config.reg_id = 1 + p->index;
    if (pair) {
        p->config.sibling = &first->client;
        first->config.sibling = &p->client;
    }
}

void phone_address(struct phone *p)
{
    snprintf(p->local, sizeof p->local, "%s.%u:%u", p->nat.there ? "192.168.1" : "192.0.2",
             10 + p->index, 5060 + p->ports);
    snprintf(p->contact, sizeof p->contact, "sip:user%c@%s.%u:%u%s", p->user[4],
             p->nat.there ? "192.168.1" : "192.0.2", 10 + p->index, 5060 + p->ports,
             p->config.transport == SIPREG_UDP ? "" : ";transport=tcp");
}

void phone_make(struct world *w, unsigned index)
{
    struct phone *p = &w->phones[index];
    bool shared = index > 0 && chance(w, 500);

    p->world = w;
    p->index = index;
    snprintf(p->user, sizeof p->user, "user%u", shared ? 0 : index);
    snprintf(p->aor, sizeof p->aor, "sip:user%u@example.com", shared ? 0 : index);
    p->config.io = &p->io;
    p->config.user = p;
    p->config.aor = p->aor;
    p->config.local = p->local;
    p->config.password = p->password = RIGHT_PASSWORD;
    p->config.prefer_auth_int = chance(w, 200);
    p->config.policy.require_qop = w->registrar.qop != NULL && chance(w, 100);
    choose_transport(p);
    choose_headers(p);
    choose_times(p);
    choose_ha1(p);
    choose_keepalives(p);
    choose_outbound(p, shared);
    nat_make(p);
    phone_address(p);
    p->saves = chance(w, 500);
    p->skew = chance(w, 500) ? UINT32_MAX - dice(w, 4 * MINUTE) : dice(w, UINT32_MAX);
    p->probe = chance(w, 300);
    p->wish_at = w->now + dice(w, SECOND);
    phone_begin(p);
}
