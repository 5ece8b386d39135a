/*
 * watch_heard.c - what must hold of every message that is handed to a client: it takes what answers
 * its last request, in time, and nothing else; and what it does not take has changed nothing.
 *
 * Which request that is, its own text tells (17.1.3, 18.1.2).
 */
#include "watch_heard.h"

#include "../sim/text.h"
#include "stun.h"

#include <stdlib.h>

static bool same(struct sipreg_str s, const char *text)
{
    return s.p != NULL && s.n == strlen(text) && memcmp(s.p, text, s.n) == 0;
}

static bool same_letters(struct sipreg_str s, const char *text, size_t n)
{
    for (size_t i = 0; s.n == n && i < n; i++) {
        char a = s.p[i], b = text[i];
        if (a >= 'A' && a <= 'Z')
            a = (char)(a - 'A' + 'a');
        if (b >= 'A' && b <= 'Z')
            b = (char)(b - 'A' + 'a');
        if (a != b)
            return false;
    }
    return s.n == n;
}

/* "SIP/2.0/UDP host:port;branch=..." */
static bool via_is(const struct sipreg_via *via, const char *text)
{
    const char *sent_by = strchr(text, ' ');
    char branch[VALUE];
    size_t n;

    if (sent_by == NULL)
        return false;
    n = strcspn(++sent_by, ";");
    if (via->port.p != NULL) {
        if (n < via->port.n + 1 || sent_by[n - via->port.n - 1] != ':' ||
            memcmp(sent_by + n - via->port.n, via->port.p, via->port.n) != 0)
            return false;
        n -= via->port.n + 1;
    }
    text_param(text, "branch", branch);
    return same_letters(via->host, sent_by, n) && same_letters(via->branch, branch, strlen(branch));
}

static bool answers(const struct watch *w, const struct sipreg_response *response)
{
    char via[VALUE], from[VALUE], tag[VALUE], call_id[VALUE];

    text_header(w->last, "Via", 0, via);
    text_header(w->last, "From", 0, from);
    text_header(w->last, "Call-ID", 0, call_id);
    text_param(from, "tag", tag);
    return response->via_count == 1 && via_is(&response->via, via) &&
           same(response->from_tag, tag) && same(response->call_id, call_id) &&
           response->cseq == text_cseq(w->last) && same(response->method, "REGISTER");
}

/* A blank line on a stream, or a STUN answer; the id is that of the last one sent. */
static bool is_pong(const struct watch *w, const char *bytes, size_t n)
{
    if (!w->pinged || n == 0)
        return false;
    if (w->stun)
        return n >= 20 && memcmp(bytes + 8, w->stun_id, sizeof w->stun_id) == 0;
    for (size_t i = 0; i < n; i++) {
        if (bytes[i] != '\r' && bytes[i] != '\n')
            return false;
    }
    return true;
}

/* ---------------------------------------------------------------- what an answer asks for */

void watch_attempt(struct watch *w)
{
    enum { AT_ONCE = 10 }; /* whatever answers ask for */

    w->attempt = (struct watch_attempt){1 + AT_ONCE, 0, 0, 0};
}

/* A redirection names targets that may be tried one after the other without a word. */
static unsigned reasons_in(const struct sipreg_response *response)
{
    struct sipreg_place place = {0, 0, 0};
    struct sipreg_binding binding;
    unsigned n = 1;

    while (response->status / 100 == 3 && n < 100 &&
           sipreg_response_contact(response, &place, &binding))
        n++;
    return n;
}

/* The realm of the only challenge; 0: there are none, or several. */
static uint32_t only_realm(const struct sipreg_response *response)
{
    struct sipreg_place place = {0, 0, 0};
    struct sipreg_challenge challenge, other;

    if (!sipreg_challenge_next(response, &place, &challenge) ||
        sipreg_challenge_next(response, &place, &other))
        return 0;
    return fuzz_hash(challenge.realm.p, challenge.realm.n) ^ (challenge.proxy ? 2U : 1U);
}

static void take(struct watch *w, const struct sipreg_response *response)
{
    struct watch_attempt *attempt = &w->attempt;
    unsigned reasons = reasons_in(response);
    uint32_t realm = only_realm(response);

    w->reasons += reasons;
    w->provisional = w->provisional || response->status < 200;
    if (response->status < 200)
        return;
    w->outstanding = false;
    attempt->left += reasons - 1;
    attempt->after = response->status;
    attempt->asked = realm != 0 && realm == attempt->realm ? attempt->asked + 1 : 1;
    attempt->realm = realm;
}

/* ---------------------------------------------------------------- before and after */

/* RFC 5626 4.4.2: an error, or another address than before. */
static bool is_failure(struct watch *w, const char *bytes, size_t n)
{
    struct sipreg_stun_answer answer;
    int result = sipreg_stun_read(&answer, w->stun_id, bytes, n);
    bool same = w->known && w->mapped.ipv6 == answer.mapped.ipv6 &&
                w->mapped.port == answer.mapped.port &&
                memcmp(w->mapped.address, answer.mapped.address, answer.mapped.ipv6 ? 16 : 4) == 0;

    if (result != SIPREG_OK || (w->known && !same))
        return true;
    w->known = true;
    w->mapped = answer.mapped;
    return false;
}

void watch_hear(struct watch_heard *heard, struct watch *w, const char *bytes, size_t n)
{
    bool alone = w->client.request.transport >= SIPREG_WS; /* one in each message (RFC 7118 5) */
    bool late = w->outstanding && w->own >= w->sent_at + 64 * watch_t1(w); /* timer F */
    struct sipreg_response response;
    int result = sipreg_response_parse(&response, bytes, n);

    memcpy(&heard->before, &w->client, sizeof heard->before);
    heard->answers =
        result > 0 && (!alone || (size_t)result == n) && !late && answers(w, &response);
    heard->due = heard->answers && w->outstanding;
    heard->pong = result == SIPREG_FOREIGN && is_pong(w, bytes, n);
    heard->fails = heard->pong && w->stun && !w->outstanding && is_failure(w, bytes, n);
    heard->failures = w->failures;
    if (heard->due)
        take(w, &response);
}

/* But for the time, and what it was told of the flow. */
static void check_unchanged(const struct sipreg_client *before, const struct sipreg_client *after)
{
    struct sipreg_client *copy = (struct sipreg_client *)fuzz_block(before, sizeof *before);

    copy->now = after->now;
    copy->tick = after->tick;
    memcpy(&copy->pings, &after->pings, sizeof copy->pings);
    HOLDS(memcmp(copy, after, sizeof *copy) == 0);
    free(copy);
}

void watch_heard(const struct watch_heard *heard, struct watch *w, int result)
{
    HOLDS(result != SIPREG_OK || heard->answers || heard->pong);
    HOLDS(result == SIPREG_OK || !heard->due);
    if (result != SIPREG_OK)
        check_unchanged(&heard->before, &w->client);
    else if (heard->pong && !w->outstanding) /* during a request it is not looked at */
        w->pinged = false;
    if (result == SIPREG_OK && heard->pong)
        HOLDS((w->failures != heard->failures) == heard->fails);
}
