/*
 * watch_sent.c - what must hold of every request that a client sends.
 */
#include "watch_sent.h"

#include "../sim/text.h"
#include "../sim/wellformed.h"
#include "pairs.h"
#include "watch_heard.h"

#include <stdio.h>
#include <stdlib.h>

void watch_secrets(const void *octets, size_t n)
{
    HOLDS(!fuzz_contains(octets, n, WATCH_PASSWORD));
    HOLDS(!fuzz_contains(octets, n, WATCH_HA1));
}

/* ---------------------------------------------------------------- repetitions */

/* Timer E (17.1.2.2): never before its time, however late the program was before. */
static void check_repetition(struct watch *w, const char *bytes, size_t n)
{
    uint64_t interval = watch_t1(w) << (w->repeats < 4 ? w->repeats : 4), t2 = 4000;

    HOLDS(n == w->size && memcmp(bytes, w->last, n) == 0);
    HOLDS(w->outstanding && strstr(w->last, "/UDP ") != NULL);
    HOLDS(w->own >= w->repeat_at && w->own < w->sent_at + 64 * watch_t1(w));
    w->repeats++;
    interval = interval * 2 < t2 && !w->provisional ? interval * 2 : t2;
    w->repeat_at += w->provisional ? watch_t1(w) : interval;
}

/* ---------------------------------------------------------------- new requests */

/* Well-formed also to a reader who does not know quotes: what stands in them is blanked. Then
   wellformed.c, which is such a one, can judge it. */
static void check_form(const struct watch *w, const char *text, size_t n)
{
    char *copy = fuzz_block(text, n + 1);
    bool quoted = false;
    const char *fault;

    for (char *p = copy; *p != '\0' && strncmp(p, "\r\n\r\n", 4) != 0; p++) {
        if (*p == '"')
            quoted = !quoted;
        else if (quoted && *p == '\\')
            p++;
        if (quoted && *p == '=')
            *p = '_';
    }
    fault = wellformed(copy, n, WATCH_AOR);
    if (fault != NULL && w->any_past && strcmp(fault, "Contact: no URI") == 0)
        fault = NULL;
    if (fault != NULL && strncmp(copy, "REGISTER sips:", 14) != 0) {
        fprintf(stderr, "%s", text);
        fuzz_broken(fault, __FILE__, __LINE__);
    }
    free(copy);
}

static void check_identity(struct watch *w, const char *branch)
{
    char call_id[VALUE];
    uint32_t cseq = text_cseq(w->last), h = fuzz_hash(branch, strlen(branch));

    text_header(w->last, "Call-ID", 0, call_id);
    HOLDS(cseq > 0 && strlen(branch) > 7 + 10);
    if (w->cseq == INT32_MAX) /* the last one there is (8.1.1.5) */
        HOLDS(cseq == 1 && strcmp(w->call_id, call_id) != 0);
    else
        HOLDS(w->cseq == 0 || (cseq == w->cseq + 1 && strcmp(w->call_id, call_id) == 0));
    for (unsigned i = 0; i < w->branch_count; i++)
        HOLDS(w->branches[i] != h);
    if (w->branch_count < WATCH_BRANCHES)
        w->branches[w->branch_count++] = h;
    w->cseq = cseq;
    snprintf(w->call_id, sizeof w->call_id, "%.31s", call_id);
    snprintf(w->branch, sizeof w->branch, "%.31s", branch);
}

static unsigned *count_of(struct watch *w, uint32_t nonce)
{
    unsigned i;

    for (i = 0; i < WATCH_NONCES && i < w->nonce_count; i++) {
        if (w->nonces[i].nonce == nonce)
            return &w->nonces[i].nc;
    }
    i = w->nonce_count++ % WATCH_NONCES;
    w->nonces[i].nonce = nonce;
    w->nonces[i].nc = 0;
    return &w->nonces[i].nc;
}

static bool is_md5(struct sipreg_str algorithm)
{
    return algorithm.n >= 3 && (algorithm.p[0] | 0x20) == 'm';
}

/* A registrar may give a nonce again that was forgotten: then the cnonce is another. */
static void check_credentials(struct watch *w, const char *header)
{
    struct pair pairs[PAIRS];
    struct sipreg_str part;
    char value[WATCH_MESSAGE], nc[9] = "";
    const char *line = w->last;
    size_t n;

    while ((line = strstr(line, header)) != NULL) {
        line += strlen(header);
        n = pairs_split(line, line + strcspn(line, "\r\n"), pairs);
        part = pairs_only(pairs, n, "algorithm", false);
        HOLDS(w->config.policy.refuse == 0 || (part.p != NULL && !is_md5(part)));
        part = pairs_only(pairs, n, "nc", false);
        HOLDS(part.p != NULL || !w->config.policy.require_qop);
        if (part.p == NULL)
            continue;
        HOLDS(part.n == 8);
        memcpy(nc, part.p, 8);
        n = (size_t)snprintf(
            value, sizeof value, "%s %.*s %.*s %.*s", header,
            (int)pairs_only(pairs, n, "realm", true).n, pairs_only(pairs, n, "realm", true).p,
            (int)pairs_only(pairs, n, "nonce", true).n, pairs_only(pairs, n, "nonce", true).p,
            (int)pairs_only(pairs, n, "cnonce", true).n, pairs_only(pairs, n, "cnonce", true).p);
        unsigned *last = count_of(w, fuzz_hash(value, n)), now = (unsigned)strtoul(nc, NULL, 16);
        HOLDS(now == *last + 1 ||
              (now > *last && (w->any_past || w->gaps || w->nonce_count > WATCH_NONCES)));
        *last = now;
    }
}

static void check_reason(struct watch *w)
{
    if (w->own >= w->announced)
        w->announced = WATCH_NEVER;
    else
        HOLDS(w->reasons-- > 0);
}

/* The seconds that a request asks for; 0: it leaves them to the server, or asks for none. */
static unsigned long expires_of(const char *request)
{
    char value[VALUE];

    text_header(request, "Expires", 0, value);
    return strtoul(value, NULL, 10);
}

char watch_purpose(const char *request)
{
    char contact[VALUE], expires[VALUE];

    if (!text_header(request, "Contact", 0, contact))
        return '?';
    text_header(request, "Expires", 0, expires);
    return contact[0] == '*' ? '*' : strcmp(expires, "0") == 0 ? '-' : '+';
}

/* RFC 3581 9, 18.1.1: no private address comes in place of a public one, and no datagram is too
   large where there can be a stream. */
static void check_way(const struct watch *w)
{
    static const char *const private[] = {"@10.",      "@127.",    "@169.254.",
                                          "@192.168.", "@172.16.", "@100.64."};
    size_t most = w->config.datagram_max > 0 ? w->config.datagram_max : 1300;
    char contact[VALUE];

    text_header(w->last, "Contact", 0, contact);
    for (size_t i = 0; !w->any_past && i < sizeof private / sizeof private[0]; i++)
        HOLDS(strstr(contact, private[i]) == NULL);
    HOLDS(w->size <= most || w->io.open == NULL || w->tried_tcp ||
          strstr(w->last, "SIP/2.0/UDP ") == NULL);
}

static void check_replaced(struct watch *w)
{
    char contact[VALUE], uri[VALUE];

    if (watch_purpose(w->last) != '+') {
        w->replaced[0] = '\0';
        return;
    }
    text_header(w->last, "Contact", 0, contact);
    text_uri(contact, uri);
    HOLDS(w->replaced[0] == '\0' || strcmp(uri, w->replaced) == 0 ||
          strstr(w->last, w->replaced) != NULL);
    w->replaced[0] = '\0';
    snprintf(w->contact, sizeof w->contact, "%.255s", uri);
}

/* 10.2.8: no longer than the config allows, whatever a 423 demands. */
static void check_expires(const struct watch *w)
{
    const struct sipreg_client_config *c = &w->config;
    unsigned long asked = expires_of(w->last);

    HOLDS(asked <= 3600 || (int64_t)asked <= c->expires ||
          (int64_t)asked <= (c->expires_max > 0 ? c->expires_max : 86400));
    HOLDS(w->attempt.after != 423 || asked > expires_of(w->before));
}

/* Of one that follows an answer at once: that has asked for it, and not too often. */
static void check_attempt(struct watch *w)
{
    enum { CHALLENGES = 4 }; /* of one realm: the first, or a stale one, and three stale ones */
    struct watch_attempt *attempt = &w->attempt;
    char value[VALUE];
    bool answered = text_header(w->last, "Authorization", 0, value) ||
                    text_header(w->last, "Proxy-Authorization", 0, value);

    HOLDS(attempt->left-- > 0);
    if (attempt->after == 401 || attempt->after == 407)
        HOLDS(attempt->asked <= CHALLENGES && answered);
    if (attempt->after / 100 == 3) /* what one server was told, is not told another */
        HOLDS(!answered && w->config.follow_redirects);
    attempt->after = 0; /* the next one follows that answer only if it has one of its own */
}

static void check_request(struct watch *w, const char *branch)
{
    HOLDS(!w->outstanding || w->own >= w->sent_at + 64 * watch_t1(w));
    check_form(w, w->last, w->size);
    check_identity(w, branch);
    check_credentials(w, "\r\nAuthorization: Digest ");
    check_credentials(w, "\r\nProxy-Authorization: Digest ");
    check_reason(w);
    if (watch_purpose(w->last) != watch_purpose(w->before))
        watch_attempt(w);
    check_way(w);
    check_replaced(w);
    check_expires(w);
    check_attempt(w);
    w->settled = false;
    w->outstanding = true;
    w->provisional = false;
    w->repeats = 0;
    w->sent_at = w->own;
    w->repeat_at = w->own + watch_t1(w);
}

static bool is_ping(struct watch *w, const char *bytes, size_t n)
{
    bool stun = n == 20 && bytes[0] == 0;

    if (!stun && (n != 4 || memcmp(bytes, "\r\n\r\n", 4) != 0))
        return false;
    if (stun)
        memcpy(w->stun_id, bytes + 8, sizeof w->stun_id);
    w->stun = stun;
    w->pinged = true;
    return true;
}

void watch_sent(struct watch *w, const char *bytes, size_t n)
{
    char text[WATCH_MESSAGE], via[VALUE], branch[VALUE];

    if (is_ping(w, bytes, n))
        return;
    HOLDS(n > 0 && n < sizeof text && memchr(bytes, '\0', n) == NULL);
    watch_secrets(bytes, n);
    memcpy(text, bytes, n);
    text[n] = '\0';
    text_header(text, "Via", 0, via);
    text_param(via, "branch", branch);
    if (strcmp(branch, w->branch) == 0) {
        check_repetition(w, bytes, n);
        return;
    }
    memcpy(w->before, w->last, w->size + 1);
    memcpy(w->last, text, n + 1);
    w->size = n;
    check_request(w, branch);
}
