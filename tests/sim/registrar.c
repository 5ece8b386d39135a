/*
 * registrar.c - a model of RFC 3261 10.3: challenges, checks digests and nonce counts, keeps
 * bindings in the order of CSeq, says 423, repeats its answers to repeated requests.
 *
 * What it demands is thrown once per story. What it should not do is in odd.c.
 */
#include "sim.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void registrar_make(struct world *w)
{
    static const char *const algorithms[] = {NULL, "MD5", "SHA-256", "MD5-sess", "SHA-256-sess"};
    static const char *const qops[] = {"auth", "auth", "auth,auth-int", NULL};
    static const uint32_t most[] = {3600, 3600, 60, 20, 7200}, least[] = {0, 0, 60, 1800};
    static const uint64_t lives[] = {NEVER, NEVER, 5 * SECOND, 60 * SECOND};
    struct registrar *r = &w->registrar;

    r->auth = chance(w, 850);
    r->proxy_auth = r->auth && chance(w, 150);
    r->algorithm = algorithms[dice(w, 5)];
    r->both = chance(w, 200);
    r->qop = qops[dice(w, 4)];
    if (r->algorithm != NULL && strstr(r->algorithm, "-sess") != NULL && r->qop == NULL)
        r->qop = "auth";
    r->nonce_life = lives[dice(w, 4)];
    r->one_time = chance(w, 150);
    r->says_stale = chance(w, 600);
    r->next_nonce = chance(w, 150);
    r->rspauth = chance(w, 200);
    r->header_only = chance(w, 150);
    r->grant_least = least[dice(w, 4)];
    r->grant_most = most[dice(w, 5)];
    pong_make(w);
    if (r->grant_most < r->grant_least)
        r->grant_most = r->grant_least;
}

void registrar_reboot(struct world *w)
{
    struct registrar *r = &w->registrar;

    for (unsigned i = 0; i < BINDINGS; i++)
        r->bindings[i].used = false;
    r->nonce_count = 0;
    memset(r->nonces, 0, sizeof r->nonces);
    for (unsigned i = 0; i < CACHE; i++)
        r->kept[i].branch[0] = '\0';
    r->down_until = w->now + dice(w, 3 * MINUTE);
}

/* What was odd is not said again. */
void registrar_calm(struct world *w)
{
    struct registrar *r = &w->registrar;

    r->mood_left = 0;
    r->down_until = 0;
    w->zone.health[0] = SOUND;
    for (unsigned i = 0; i < CACHE; i++) {
        if (r->kept[i].odd)
            r->kept[i].branch[0] = '\0';
    }
}

const char *registrar_nonce(struct world *w, bool proxy)
{
    struct registrar *r = &w->registrar;
    struct nonce *n = &r->nonces[r->nonce_count++ % NONCES];

    snprintf(n->text, sizeof n->text, "%08x%08x%llx", dice(w, UINT32_MAX), dice(w, UINT32_MAX),
             (unsigned long long)w->now);
    n->proxy = proxy;
    n->server = r->serving;
    n->made_at = w->now;
    n->nc = 0;
    return n->text;
}

/* ---------------------------------------------------------------- credentials */

static struct nonce *find_nonce(struct registrar *r, const char *text, bool proxy)
{
    for (unsigned i = 0; i < NONCES; i++) {
        if (r->nonces[i].proxy == proxy && r->nonces[i].server == r->serving &&
            strcmp(r->nonces[i].text, text) == 0 && text[0] != '\0')
            return &r->nonces[i];
    }
    return NULL;
}

/* A nonce may be too old or used up; a count must rise (RFC 7616 3.4). */
static bool is_fresh(struct world *w, struct nonce *nonce, const char *credentials)
{
    char nc[VALUE];
    uint32_t count;

    if (nonce == NULL || w->now - nonce->made_at > w->registrar.nonce_life)
        return false;
    if (!text_param(credentials, "nc", nc))
        return !w->registrar.one_time || nonce->nc++ == 0;
    count = (uint32_t)strtoul(nc, NULL, 16);
    if (count <= nonce->nc || (w->registrar.one_time && nonce->nc > 0))
        return false;
    nonce->nc = count;
    return true;
}

static bool is_right(const char *request, const char *credentials)
{
    char response[VALUE], expected[HEX];

    text_param(credentials, "response", response);
    text_digest(expected, credentials, "REGISTER", RIGHT_PASSWORD, text_body(request));
    return strcmp(response, expected) == 0;
}

/* Those of our own realm. */
bool request_credentials(const char *request, bool proxy, char credentials[VALUE])
{
    const char *name = proxy ? "Proxy-Authorization" : "Authorization";
    const char *ours = proxy ? "proxy.example.com" : "example.com";
    char realm[VALUE];

    for (unsigned i = 0; text_header(request, name, i, credentials); i++) {
        if (text_param(credentials, "realm", realm) && strcmp(realm, ours) == 0)
            return true;
    }
    return false;
}

/* True: the request carries what this server wants to see. Else it has been challenged. */
static bool is_authorized(struct phone *p, const char *request, bool proxy)
{
    struct world *w = p->world;
    char credentials[VALUE], nonce[VALUE], text[2048];
    bool there, fresh, right;

    there = request_credentials(request, proxy, credentials);
    text_param(credentials, "nonce", nonce);
    fresh = there && is_fresh(w, find_nonce(&w->registrar, nonce, proxy), credentials);
    right = there && is_right(request, credentials);
    if (fresh && right)
        return true;
    if (there && !right)
        w->refused++;
    answer_start(p, text, sizeof text, request, proxy ? 407 : 401);
    answer_challenge(w, text, sizeof text, proxy, right && w->registrar.says_stale,
                     registrar_nonce(w, proxy));
    answer_end(p, text, sizeof text, 0);
    return false;
}

static void confirm_credentials(struct phone *p, const char *request, char *text, size_t size)
{
    struct world *w = p->world;
    char credentials[VALUE], hex[HEX], cnonce[VALUE], nc[VALUE], qop[VALUE];

    if (!w->registrar.auth || (!w->registrar.rspauth && !w->registrar.next_nonce))
        return;
    request_credentials(request, false, credentials);
    append(text, size, "Authentication-Info: ");
    if (w->registrar.next_nonce)
        append(text, size, "nextnonce=\"%s\"", registrar_nonce(w, false));
    if (w->registrar.rspauth && text_param(credentials, "qop", qop)) {
        text_digest(hex, credentials, "", RIGHT_PASSWORD, "");
        text_param(credentials, "cnonce", cnonce);
        text_param(credentials, "nc", nc);
        append(text, size, "%srspauth=\"%s\", cnonce=\"%s\", nc=%s, qop=%s",
               w->registrar.next_nonce ? ", " : "", hex, cnonce, nc, qop);
    }
    append(text, size, "\r\n");
}

/* ---------------------------------------------------------------- requests */

static bool is_out_of_order(struct phone *p, const char *request)
{
    char value[VALUE], contact[VALUE], call_id[VALUE], flow_of[80];
    const struct binding *b;

    registrar_flow_of(p, request, flow_of);
    text_header(request, "Call-ID", 0, call_id);
    if (text_header(request, "Contact", 0, value) && strcmp(value, "*") == 0)
        return registrar_has_newer(p, call_id, text_cseq(request));
    for (unsigned i = 0; text_header(request, "Contact", i, value); i++) {
        text_uri(value, contact);
        b = registrar_replaced(p, contact, i == 0 ? flow_of : "");
        if (b != NULL && strcmp(b->call_id, call_id) == 0 && b->cseq >= text_cseq(request))
            return true;
    }
    return false;
}

/* Seconds to grant; UINT32_MAX: too brief. */
static uint32_t grant(const struct registrar *r, const char *request)
{
    char value[VALUE];
    unsigned long asked;

    if (!text_header(request, "Expires", 0, value))
        return r->grant_most;
    asked = strtoul(value, NULL, 10);
    if (asked > 0 && asked < r->grant_least)
        return UINT32_MAX;
    return asked < r->grant_most ? (uint32_t)asked : r->grant_most;
}

static void serve(struct phone *p, const char *request)
{
    struct registrar *r = &p->world->registrar;
    uint32_t seconds = grant(r, request);
    uint64_t expires_at = 0;
    char text[8192];

    if (is_out_of_order(p, request)) {
        p->world->refused += registrar_is_old(p, request) ? 0 : 1; /* overtaken after a reboot */
        answer_start(p, text, sizeof text, request, 500);
    } else if (seconds == UINT32_MAX) {
        answer_start(p, text, sizeof text, request, 423);
        append(text, sizeof text, "Min-Expires: %u\r\n", r->grant_least);
    } else {
        expires_at = registrar_bind(p, request, seconds);
        answer_start(p, text, sizeof text, request, 200);
        answer_contacts(p->world, text, sizeof text, p->aor);
        answer_promise(p, text, sizeof text, request);
        confirm_credentials(p, request, text, sizeof text);
    }
    answer_end(p, text, sizeof text, expires_at);
}

static bool repeat(struct phone *p, const char *request)
{
    struct registrar *r = &p->world->registrar;
    char via[VALUE], branch[VALUE];

    text_header(request, "Via", 0, via);
    text_param(via, "branch", branch);
    for (unsigned i = 0; i < CACHE; i++) {
        if (r->kept[i].branch[0] != '\0' && strcmp(r->kept[i].branch, branch) == 0) {
            p->seen_port = r->kept[i].port;
            network_answer(p, r->kept[i].bytes, r->kept[i].n, 0);
            return true;
        }
    }
    return false;
}

static void decline(struct phone *p, const char *request)
{
    char text[2048];

    answer_start(p, text, sizeof text, request, 503);
    if (chance(p->world, 500))
        append(text, sizeof text, "Retry-After: %u\r\n", 1 + dice(p->world, 60));
    answer_end(p, text, sizeof text, 0);
}

void registrar_receive(struct world *w, const struct event *e)
{
    struct phone *p = &w->phones[e->phone];
    struct registrar *r = &w->registrar;

    if (strikes(w, 8, "the registrar reboots"))
        registrar_reboot(w);
    if (w->now < r->down_until || e->spoilt || w->failure[0] != '\0')
        return; /* what is spoilt would teach it nonsense that no client could mend */
    if (p->config.transport != SIPREG_UDP && e->flow != p->flow)
        return;
    if (p->seek.on && zone_health(w, e->server) == DEAD)
        return;
    r->serving = e->server;
    p->seen_port = e->port;
    if (strikes(w, 15, "blank lines unasked"))
        pong_unasked(p);
    if (ping_is(e->bytes, e->n)) {
        pong_send(p, e->bytes, e->n);
        return;
    }
    if (repeat(p, e->bytes) || odd_answer(p, e->bytes))
        return;
    if (p->seek.on && zone_health(w, e->server) == BUSY) {
        decline(p, e->bytes);
        return;
    }
    if (r->proxy_auth && !is_authorized(p, e->bytes, true))
        return;
    if (r->auth && !is_authorized(p, e->bytes, false))
        return;
    serve(p, e->bytes);
    if (w->refused > 0 && w->fair)
        broken(w, p, "a request was refused in fair weather");
}
