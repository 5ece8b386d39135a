/*
 * watch_sent.c - what must hold of every request that a client sends.
 */
#include "watch_sent.h"

#include "../sim/text.h"
#include "../sim/wellformed.h"
#include "pairs.h"

#include <stdio.h>
#include <stdlib.h>

void watch_secrets(const void *octets, size_t n)
{
    HOLDS(!fuzz_contains(octets, n, WATCH_PASSWORD));
    HOLDS(!fuzz_contains(octets, n, WATCH_HA1));
}

/* ---------------------------------------------------------------- repetitions */

static uint64_t t1(const struct watch *w)
{
    return w->config.t1 > 0 ? w->config.t1 : 500;
}

/* Timer E (17.1.2.2): never before its time, however late the program was before. */
static void check_repetition(struct watch *w, const char *bytes, size_t n)
{
    uint64_t interval = t1(w) << (w->repeats < 4 ? w->repeats : 4), t2 = 4000;

    HOLDS(n == w->size && memcmp(bytes, w->last, n) == 0);
    HOLDS(w->outstanding && strstr(w->last, "/UDP ") != NULL);
    HOLDS(w->own >= w->repeat_at && w->own < w->sent_at + 64 * t1(w));
    w->repeats++;
    interval = interval * 2 < t2 && !w->provisional ? interval * 2 : t2;
    w->repeat_at += w->provisional ? t1(w) : interval;
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
    if (fault != NULL && w->any_contact && strcmp(fault, "Contact: no URI") == 0)
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
        part = pairs_only(pairs, n, "nc", false);
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
        HOLDS(now > *last);
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

static void check_request(struct watch *w, const char *branch)
{
    HOLDS(!w->outstanding || w->own >= w->sent_at + 64 * t1(w));
    check_form(w, w->last, w->size);
    check_identity(w, branch);
    check_credentials(w, "\r\nAuthorization: Digest ");
    check_credentials(w, "\r\nProxy-Authorization: Digest ");
    check_reason(w);
    w->outstanding = true;
    w->provisional = false;
    w->repeats = 0;
    w->sent_at = w->own;
    w->repeat_at = w->own + t1(w);
}

static bool is_ping(struct watch *w, const char *bytes, size_t n)
{
    if (n == 20 && bytes[0] == 0) {
        memcpy(w->stun_id, bytes + 8, sizeof w->stun_id);
        return true;
    }
    return n == 4 && memcmp(bytes, "\r\n\r\n", 4) == 0;
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
