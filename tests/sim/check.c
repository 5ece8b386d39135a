/*
 * check.c - what must hold of every request, whatever the weather.
 *
 * A new request needs a reason: a wish, an instant that the last event has announced, a change of
 * the flow, or a final response to the last request that asks for another one at once. What is not
 * one of these is a hammer in the making, so this is asked of every single request; and since a
 * registrar can give reasons without end, requests are counted by the minute, too.
 */
#include "sim.h"
#include "wellformed.h"

#include <stdio.h>
#include <string.h>

enum {
    /*
     * Repeats at once in one attempt, whatever asks for them: answers.c has the same number. And
     * the most requests in a minute without a wish: a grant is refreshed a second after it came at
     * the soonest, so 61 attempts with 1 + 10 requests each. (Failures are rarer, 5 s apart.)
     */
    ROUNDS = 10,
    PER_MINUTE = 61 * (1 + ROUNDS)
};

static uint64_t hash_of(const char *text)
{
    uint64_t h = UINT64_C(0xCBF29CE484222325); /* FNV-1a */

    for (; *text != '\0'; text++)
        h = (h ^ (unsigned char)*text) * UINT64_C(0x100000001B3);
    return h;
}

uint64_t check_t1(const struct phone *p)
{
    return p->config.t1 > 0 ? p->config.t1 : 500;
}

void check_begin(struct phone *p)
{
    memset(&p->watch, 0, sizeof p->watch);
    p->watch.announced = NEVER;
    p->watch.lapses_at = NEVER;
}

/* The Call-ID, what was counted, what was used: all that must hold beyond a reboot. */
void check_go_on(struct phone *p, const struct watch *before)
{
    struct watch *s = &p->watch;

    memcpy(s->call_id, before->call_id, sizeof s->call_id);
    memcpy(s->branches, before->branches, sizeof s->branches);
    memcpy(s->counted, before->counted, sizeof s->counted);
    s->branch_count = before->branch_count;
    s->counted_count = before->counted_count;
    s->cseq = before->cseq;
    s->offered = before->offered;
    s->gap = true;
}

void check_wish(struct phone *p)
{
    p->watch.wishes++;
    p->seek.tries = 0;
    p->watch.time_count = 0;
    p->watch.gap = true;
}

/* ---------------------------------------------------------------- secrets */

static bool contains(const void *bytes, size_t n, const char *text)
{
    const char *p = (const char *)bytes, *end = p + n;
    size_t length = strlen(text);

    if (length == 0)
        return false;
    while ((p = (const char *)memchr(p, text[0], (size_t)(end - p))) != NULL) {
        if ((size_t)(end - p) >= length && memcmp(p, text, length) == 0)
            return true;
        p++;
    }
    return false;
}

void check_secrets(struct phone *p, const void *bytes, size_t n)
{
    if (contains(bytes, n, RIGHT_PASSWORD) || contains(bytes, n, WRONG_PASSWORD) ||
        contains(bytes, n, p->ha1))
        broken(p->world, p, "a secret is out");
}

/* ---------------------------------------------------------------- repetitions */

/* Timer E (17.1.2.2): never before its time, however late the program was before. */
static void check_repetition(struct phone *p, const char *text, size_t n)
{
    struct watch *s = &p->watch;
    uint64_t interval = check_t1(p) << (s->repeats < 4 ? s->repeats : 4), t2 = 4 * SECOND;

    trace(p->world, p, "repeats %u", s->cseq);
    if (n != s->size || memcmp(text, s->last, n) != 0)
        broken(p->world, p, "a retransmission differs");
    if (!s->outstanding)
        broken(p->world, p, "repeats a request that is over");
    if (p->config.transport != SIPREG_UDP)
        broken(p->world, p, "repeats on a reliable transport");
    if (p->own < s->repeat_at || p->own >= s->sent_at + 64 * check_t1(p))
        broken(p->world, p, "a retransmission out of its time");
    s->repeats++;
    interval = interval * 2 < t2 && !s->provisional ? interval * 2 : t2;
    s->repeat_at += s->provisional ? check_t1(p) : interval;
}

/* ---------------------------------------------------------------- new requests */

static void check_identity(struct phone *p, const char *text, const char *branch)
{
    struct watch *s = &p->watch;
    char call_id[VALUE];
    uint32_t cseq = text_cseq(text);

    text_header(text, "Call-ID", 0, call_id);
    if (s->cseq != 0 && (strcmp(s->call_id, call_id) != 0 || cseq != s->cseq + 1))
        broken(p->world, p, "CSeq %u after %u", cseq, s->cseq);
    if (s->cseq == 0 && cseq == 0)
        broken(p->world, p, "CSeq starts at 0");
    for (unsigned i = 0; i < s->branch_count; i++) {
        if (s->branches[i] == hash_of(branch))
            broken(p->world, p, "a branch comes again");
    }
    if (s->branch_count < BRANCHES)
        s->branches[s->branch_count++] = hash_of(branch);
    s->cseq = cseq;
    snprintf(s->call_id, sizeof s->call_id, "%.31s", call_id);
    snprintf(s->branch, sizeof s->branch, "%.31s", branch);
}

/* By how much is the count of this nonce higher than the last one? */
static uint32_t *count_of(struct watch *s, const char *credentials, const char *header)
{
    char nonce[VALUE], realm[VALUE], key[2 * VALUE + 30];
    uint64_t h;

    text_param(credentials, "nonce", nonce);
    text_param(credentials, "realm", realm);
    snprintf(key, sizeof key, "%s %s %s", header, realm, nonce);
    h = hash_of(key);
    for (unsigned i = 0; i < COUNTED && i < s->counted_count; i++) {
        if (s->counted[i].nonce == h)
            return &s->counted[i].nc;
    }
    s->counted[s->counted_count % COUNTED].nonce = h;
    s->counted[s->counted_count % COUNTED].nc = 0;
    return &s->counted[s->counted_count++ % COUNTED].nc;
}

static void check_count(struct phone *p, const char *credentials, const char *header)
{
    char value[VALUE];
    unsigned nc;
    uint32_t *last;

    last = count_of(&p->watch, credentials, header);
    if (!text_param(credentials, "nc", value) || sscanf(value, "%x", &nc) != 1) {
        ++*last; /* a request sent with this nonce is counted, also if it says no number */
        p->watch.uncounted = p->watch.uncounted || p->watch.gap;
        return;
    }
    if (nc == 1 && p->watch.misled) /* a damaged realm made it forget the true one */
        *last = 0;
    if (nc <= *last)
        broken(p->world, p, "nc %u after %u: a nonce and count twice", nc, *last);
    if (nc > *last + 1 && !p->watch.gap && !p->watch.uncounted)
        broken(p->world, p, "nc %u after %u without a reason", nc, *last);
    *last = nc;
    p->watch.uncounted = false;
}

static bool right_digest(const char *text, const char *credentials, const char *password)
{
    char response[VALUE], expected[HEX];

    text_param(credentials, "response", response);
    text_digest(expected, credentials, "REGISTER", password, text_body(text));
    return strcmp(response, expected) == 0;
}

/* An HA1 is good for one realm and algorithm only, and given for all that ask. */
static bool may_differ(const struct phone *p, const char *credentials)
{
    char realm[VALUE], algorithm[VALUE];
    bool sha256;

    text_param(credentials, "realm", realm);
    text_algorithm(credentials, algorithm);
    sha256 = strncmp(algorithm, "SHA-256", 7) == 0;
    return p->config.ha1 != NULL && (strcmp(realm, "example.com") != 0 ||
                                     sha256 != (p->config.ha1_algorithm == SIPREG_SHA256));
}

static void check_credentials(struct phone *p, const char *text, const char *header)
{
    const char *other = strcmp(p->password, RIGHT_PASSWORD) == 0 ? WRONG_PASSWORD : RIGHT_PASSWORD;
    char value[VALUE];

    for (unsigned i = 0; text_header(text, header, i, value); i++) {
        check_count(p, value, header);
        if (right_digest(text, value, p->password))
            p->changed_password = false;
        else if (!may_differ(p, value) &&
                 !(p->changed_password && right_digest(text, value, other)))
            broken(p->world, p, "a wrong digest");
    }
}

bool check_asks(const struct phone *p, int status)
{
    static const int asking[] = {401, 406, 407, 413, 415, 420, 421, 423, 483, 488, 493, 513};

    if (status / 100 == 3 || (status == 439 && p->config.reg_id > 0))
        return true;
    for (size_t i = 0; i < sizeof asking / sizeof asking[0]; i++) {
        if (asking[i] == status)
            return true;
    }
    return false;
}

static void check_reason(struct phone *p)
{
    struct watch *s = &p->watch;

    if (s->answering && check_asks(p, s->status) && s->rounds < ROUNDS) {
        s->rounds++;
        return;
    }
    if (s->elsewhere > 0) {
        s->elsewhere--;
        return;
    }
    s->rounds = 0;
    if (p->own >= s->announced)
        s->announced = NEVER;
    else if (s->wishes > 0)
        s->wishes--;
    else if (s->flow_changed)
        s->flow_changed = false;
    else
        broken(p->world, p, "a request without a reason");
}

static void check_rate(struct phone *p)
{
    struct watch *s = &p->watch;

    if (s->time_count >= PER_MINUTE &&
        p->own - s->times[(s->time_count - PER_MINUTE) % RING] < MINUTE)
        broken(p->world, p, "more than %d requests in a minute", PER_MINUTE);
    s->times[s->time_count++ % RING] = p->own;
}

static bool asks_for_binding(const char *text)
{
    char value[VALUE];

    return text_header(text, "Contact", 0, value) &&
           !(text_header(text, "Expires", 0, value) && strcmp(value, "0") == 0);
}

/* Which contact is the client's, that may have been told where the world sees it? */
static void note_contact(struct phone *p, const char *text)
{
    char value[VALUE], uri[VALUE];

    if (!p->nat.there || !text_header(text, "Contact", 0, value) || !text_uri(value, uri) ||
        strcmp(uri, p->contact) == 0)
        return;
    snprintf(p->contact, sizeof p->contact, "%.127s", uri);
    p->moves++;
}

static void check_request(struct phone *p, const char *text, size_t n, const char *branch)
{
    struct watch *s = &p->watch;
    const char *fault = wellformed(text, n, p->aor);

    trace(p->world, p, "sends %u", text_cseq(text));
    if (fault != NULL)
        broken(p->world, p, "malformed: %s: %.*s", fault, (int)strcspn(text, "\r"), text);
    if (s->outstanding && !s->answering && p->own < s->sent_at + 64 * check_t1(p))
        broken(p->world, p, "two transactions at a time");
    if (s->answering && (s->status == 401 || s->status == 407) && p->seek.server != s->server)
        broken(p->world, p, "another server than the one that challenged");
    check_identity(p, text, branch);
    note_contact(p, text);
    check_credentials(p, text, "Authorization");
    check_credentials(p, text, "Proxy-Authorization");
    check_reason(p);
    check_rate(p);
    s->offered = s->offered || asks_for_binding(text);
    if (s->left_outbound) /* whose registrar would have replaced the contacts of before */
        p->excused_below = p->ports > p->excused_below ? p->ports : p->excused_below;
    if (asks_for_binding(text))
        s->left_outbound = p->config.reg_id > 0 && strstr(text, ";reg-id=") == NULL;
    memcpy(s->last, text, n);
    s->size = n;
    s->outstanding = true;
    s->answering = s->provisional = s->gap = p->drifted = false;
    s->repeats = 0;
    s->sent_at = p->own;
    s->server = p->seek.server;
    s->repeat_at = p->own + check_t1(p);
}

void check_send(struct phone *p, const char *text, size_t n)
{
    char via[VALUE], branch[VALUE];

    check_secrets(p, text, n);
    text_header(text, "Via", 0, via);
    text_param(via, "branch", branch);
    if (strcmp(branch, p->watch.branch) == 0)
        check_repetition(p, text, n);
    else
        check_request(p, text, n, branch);
}
