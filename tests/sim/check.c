/*
 * check.c - what must hold, whatever the weather.
 *
 * A new request needs a reason: a wish, an instant that the last event has announced, a change of
 * the flow, or a final response to the last request that asks for another one at once. What is not
 * one of these is a hammer in the making, so this is asked of every single request; and since a
 * registrar can give reasons without end, requests are counted by the minute, too.
 */
#include "sim.h"

#include <stdio.h>
#include <string.h>

enum {
    /*
     * Repeats at once in one attempt, whatever asks for them: answers.c has the same number. And
     * the most requests in a minute without a wish: a grant is refreshed a second after it came at
     * the soonest, so 61 attempts with 1 + 10 requests each. (Failures are rarer, 5 s apart.)
     */
    ROUNDS = 10,
    PER_MINUTE = 61 * (1 + ROUNDS),
    SOONEST_RETRY = 5 * SECOND,
    LONGEST_RETRY_AFTER = 24 * 60 * 60 /* seconds */
};

static uint64_t hash_of(const char *text)
{
    uint64_t h = UINT64_C(0xCBF29CE484222325); /* FNV-1a */

    for (; *text != '\0'; text++)
        h = (h ^ (unsigned char)*text) * UINT64_C(0x100000001B3);
    return h;
}

static uint64_t t1(const struct phone *p)
{
    return p->config.t1 > 0 ? p->config.t1 : 500;
}

void check_begin(struct phone *p)
{
    memset(&p->watch, 0, sizeof p->watch);
    p->watch.announced = NEVER;
    p->watch.lapses_at = NEVER;
}

void check_wish(struct phone *p)
{
    p->watch.wishes++;
    p->watch.time_count = 0;
    p->watch.gap = true;
}

/* ---------------------------------------------------------------- secrets */

static bool contains(const void *bytes, size_t n, const char *text)
{
    const char *p = (const char *)bytes;
    size_t length = strlen(text);

    for (size_t i = 0; length > 0 && i + length <= n; i++) {
        if (p[i] == text[0] && memcmp(p + i, text, length) == 0)
            return true;
    }
    return false;
}

static void check_secrets(struct phone *p, const void *bytes, size_t n)
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
    uint64_t interval = t1(p) << (s->repeats < 4 ? s->repeats : 4), t2 = 4 * SECOND;

    trace(p->world, p, "repeats %u", s->cseq);
    if (n != s->size || memcmp(text, s->last, n) != 0)
        broken(p->world, p, "a retransmission differs");
    if (!s->outstanding)
        broken(p->world, p, "repeats a request that is over");
    if (p->config.transport != SIPREG_UDP)
        broken(p->world, p, "repeats on a reliable transport");
    if (p->own < s->repeat_at || p->own >= s->sent_at + 64 * t1(p))
        broken(p->world, p, "a retransmission out of its time");
    s->repeats++;
    interval = interval * 2 < t2 && !s->provisional ? interval * 2 : t2;
    s->repeat_at += s->provisional ? t1(p) : interval;
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
        return;
    }
    if (nc == 1 && p->watch.misled) /* a damaged realm made it forget the true one */
        *last = 0;
    if (nc <= *last)
        broken(p->world, p, "nc %u after %u: a nonce and count twice", nc, *last);
    if (nc > *last + 1 && !p->watch.gap)
        broken(p->world, p, "nc %u after %u without a reason", nc, *last);
    *last = nc;
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

/* Does this status ask for another request at once? */
static bool asks(int status)
{
    static const int asking[] = {401, 406, 407, 413, 415, 420, 421, 423, 483, 488, 493, 513};

    if (status / 100 == 3)
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

    if (s->answering && asks(s->status) && s->rounds < ROUNDS) {
        s->rounds++;
        return;
    }
    if (s->elsewhere > 0) {
        s->elsewhere--;
        return;
    }
    s->rounds = 0;
    if (s->wishes > 0)
        s->wishes--;
    else if (p->own >= s->announced)
        s->announced = NEVER;
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

static void check_request(struct phone *p, const char *text, size_t n, const char *branch)
{
    struct watch *s = &p->watch;
    const char *fault = wellformed(text, n, p->aor);

    trace(p->world, p, "sends %u", text_cseq(text));
    if (fault != NULL)
        broken(p->world, p, "malformed: %s: %.*s", fault, (int)strcspn(text, "\r"), text);
    if (s->outstanding && !s->answering && p->own < s->sent_at + 64 * t1(p))
        broken(p->world, p, "two transactions at a time");
    check_identity(p, text, branch);
    check_credentials(p, text, "Authorization");
    check_credentials(p, text, "Proxy-Authorization");
    check_reason(p);
    check_rate(p);
    s->offered = s->offered || asks_for_binding(text);
    memcpy(s->last, text, n);
    s->size = n;
    s->outstanding = true;
    s->answering = s->provisional = s->gap = p->drifted = false;
    s->repeats = 0;
    s->sent_at = p->own;
    s->repeat_at = p->own + t1(p);
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

/* ---------------------------------------------------------------- events */

static const char *const types[] = {"registered", "bindings", "unregistered",
                                    "retrying",   "refused",  "keepalive"};

/* How soon does it say that it will try again? */
static void check_patience(struct phone *p, const struct sipreg_event *event)
{
    int64_t after = event->response == NULL ? SIPREG_ABSENT : event->response->retry_after;

    if (p->watch.wishes > 0 || event->retry_in == SIPREG_FOREVER)
        return;
    if (event->retry_in < SOONEST_RETRY && !p->watch.flow_changed)
        broken(p->world, p, "tries again in %u ms", event->retry_in);
    if (after > LONGEST_RETRY_AFTER)
        after = LONGEST_RETRY_AFTER;
    if (after > 0 && event->retry_in < after * SECOND)
        broken(p->world, p, "tries again before Retry-After");
}

/* What it believes must not be longer than what is so. */
static void check_belief(struct phone *p, const struct sipreg_event *event)
{
    struct watch *s = &p->watch;

    if (event->valid_for == 0 && p->own < s->sent_at + (uint64_t)event->granted * SECOND)
        broken(p->world, p, "registered, and nothing bound");
    if (event->refresh_in != SIPREG_FOREVER && event->refresh_in > event->valid_for &&
        event->refresh_in > SECOND)
        broken(p->world, p, "refreshes too late");
    if (s->honest_until > 0 && event->valid_for > 0 && !p->drifted && event->error == SIPREG_OK &&
        p->world->now + event->valid_for > s->honest_until + SECOND)
        broken(p->world, p, "believes in %u ms more than were granted",
               (unsigned)(p->world->now + event->valid_for - s->honest_until));
}

/* What it says is gone must be gone. */
static void check_gone(struct phone *p)
{
    const struct binding *b = registrar_find(p->world, p->aor, p->contact);

    if (b != NULL && !b->excused && b->expires_at > p->world->now)
        broken(p->world, p, "says that it is gone, but it is bound for %u ms more",
               (unsigned)(b->expires_at - p->world->now));
}

static void check_calm(struct phone *p, const struct sipreg_event *event)
{
    if (event->type == SIPREG_EVENT_REFUSED || event->type == SIPREG_EVENT_RETRYING ||
        (event->type == SIPREG_EVENT_UNREGISTERED && event->error != SIPREG_OK))
        broken(p->world, p, "%s in fair weather: %d, %s", types[event->type], event->status,
               sipreg_strerror(event->error));
}

static bool is_unconfirmed(const struct phone *p, const struct sipreg_event *event)
{
    return event->type == SIPREG_EVENT_UNREGISTERED && event->error != SIPREG_OK &&
           p->wish == WISH_GONE;
}

/* Once the weather has cleared the user asks again for what was refused or not confirmed. */
static void ask_again(struct phone *p, const struct sipreg_event *event)
{
    bool failed = event->type == SIPREG_EVENT_REFUSED || is_unconfirmed(p, event);

    if (!failed || event->state != SIPREG_IDLE || !p->world->clear)
        return;
    if (p->watch.asked_again)
        broken(p->world, p, "refused again after the weather cleared");
    p->watch.asked_again = true;
    p->wish_at = p->world->now + 5 * SECOND;
}

void check_event(struct phone *p, const struct sipreg_event *event)
{
    struct watch *s = &p->watch;
    uint32_t next = event->refresh_in < event->retry_in ? event->refresh_in : event->retry_in;

    trace(p->world, p, "is told: %s, %d, %s", types[event->type], event->status,
          sipreg_strerror(event->error));
    if (event->type != SIPREG_EVENT_UNREGISTERED) /* a lapse in the middle of trying */
        s->elsewhere = 0;
    check_secrets(p, event, sizeof *event);
    check_secrets(p, &p->client, sizeof p->client);
    s->announced = next == SIPREG_FOREVER ? NEVER : p->own + next;
    if (next == SIPREG_FOREVER && event->valid_for == SIPREG_FOREVER)
        s->announced = p->own + next; /* a grant of more than seven weeks: that, at the soonest */
    if (asks(event->status))          /* answered, and given up all the same */
        s->gap = true;
    if (event->type == SIPREG_EVENT_RETRYING)
        check_patience(p, event);
    if (event->type == SIPREG_EVENT_REGISTERED) {
        check_belief(p, event);
        s->flow_changed = false;
        p->moves = 0;
    }
    s->refused = s->refused || event->type == SIPREG_EVENT_REFUSED;
    s->ended = s->ended || event->type == SIPREG_EVENT_UNREGISTERED;
    if (event->type == SIPREG_EVENT_UNREGISTERED && event->error == SIPREG_OK)
        check_gone(p);
    if (is_unconfirmed(p, event))
        registrar_excuse(p);
    if (p->world->fair)
        check_calm(p, event);
    ask_again(p, event);
}

/* ---------------------------------------------------------------- at rest */

static void check_waits(struct phone *p, uint32_t wait, enum sipreg_client_state state)
{
    struct watch *s = &p->watch;
    bool cut_off = !p->opens && !p->connected;

    if (wait == SIPREG_FOREVER && state != SIPREG_IDLE && !cut_off)
        broken(p->world, p, "waits for ever in state %d", (int)state);
    if (s->outstanding && p->own + wait > s->sent_at + 64 * t1(p))
        broken(p->world, p, "timer F is not waited for");
    if (state == SIPREG_IDLE && p->wish == WISH_BOUND && !s->refused)
        broken(p->world, p, "gave up without a word");
    if (state == SIPREG_IDLE && p->wish == WISH_GONE && !s->ended)
        broken(p->world, p, "removed without a word");
}

/* In fair weather, whoever has nothing to do but wait is bound where it is. */
static void check_bound(struct phone *p)
{
    bool calm = p->world->fair && !p->watch.outstanding && !p->opening;

    if (calm && p->wish == WISH_BOUND && registrar_find(p->world, p->aor, p->contact) == NULL)
        broken(p->world, p, "at rest, and not bound at %s", p->contact);
}

void check_rest(struct phone *p, uint32_t wait)
{
    struct watch *s = &p->watch;
    enum sipreg_client_state state = sipreg_client_state(&p->client);

    if (s->outstanding && p->own >= s->sent_at + 64 * t1(p))
        s->outstanding = false;
    if (state == SIPREG_REGISTERED && p->own >= s->lapses_at)
        broken(p->world, p, "still registered after the lapse");
    check_waits(p, wait, state);
    check_bound(p);
    if (!s->outstanding && !p->opening)
        s->wishes = 0;
}

/* ---------------------------------------------------------------- in the end */

static void check_left_behind(struct phone *p, const struct binding *b)
{
    unsigned port = 0;
    const char *at = strchr(b->contact, '@');

    if (!b->used || b->phone != (int)p->index || b->excused)
        return;
    if (strcmp(b->contact, p->contact) == 0 && p->wish == WISH_BOUND)
        return;
    if (at != NULL && sscanf(at, "@192.0.2.%*u:%u", &port) == 1 && port < 5060 + p->excused_below)
        return;
    broken(p->world, p, "left a binding behind: %s", b->contact);
}

/* The registrar holds what is wished for, and nothing else of ours. */
void check_settled(struct phone *p)
{
    enum sipreg_client_state state = sipreg_client_state(&p->client);
    const struct binding *b = registrar_find(p->world, p->aor, p->contact);

    if (p->wish == WISH_BOUND && !p->robbed && (state != SIPREG_REGISTERED || b == NULL))
        broken(p->world, p, "not registered again: state %d", (int)state);
    if (p->wish == WISH_GONE && state != SIPREG_IDLE)
        broken(p->world, p, "not gone: state %d", (int)state);
    for (unsigned i = 0; i < BINDINGS; i++)
        check_left_behind(p, &p->world->registrar.bindings[i]);
}
