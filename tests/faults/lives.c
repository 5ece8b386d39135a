/*
 * lives.c - the lives that are tortured, and how any of them goes on until all is well.
 */
#include "faults.h"

#include <stdio.h>
#include <stdlib.h>

bool life_pongs;
unsigned char life_mapped;

static const struct life *living;
static size_t pongs;     /* keepalives that were answered or are not to be */
static unsigned nonces;  /* so far */
static unsigned answers; /* of the server, for those that differ */

/* ---------------------------------------------------------------- registrars */

static const char *fresh_nonce(void)
{
    static char nonce[24];

    snprintf(nonce, sizeof nonce, "nonce-%u", ++nonces);
    return nonce;
}

static void grant_what_was_asked(struct story *s, const char *more)
{
    const char *expires = story_field(s, LAST, "Expires");
    char headers[600];

    if (expires != NULL && expires[0] == '0') {
        story_reply(s, "200 OK", "");
        return;
    }
    snprintf(headers, sizeof headers, "Contact: %s;expires=1000\r\n%s",
             expires == NULL ? "<sip:alice@192.0.2.10:5060>" : "<CONTACT>", more);
    story_reply(s, "200 OK", headers);
}

void answer_plainly(struct story *s)
{
    if (story_field(s, LAST, "Authorization") == NULL)
        story_challenge(s, fresh_nonce(), "");
    else
        grant_what_was_asked(s, "");
}

/* Two realms, a shortest time, and now and then the nonce for the next request. */
static void answer_strictly(struct story *s)
{
    const char *expires = story_field(s, LAST, "Expires");
    char header[300];

    if (story_field(s, LAST, "Proxy-Authorization") == NULL) {
        snprintf(header, sizeof header,
                 "Proxy-Authenticate: Digest realm=\"edge\", nonce=\"%s\", algorithm=SHA-256, "
                 "qop=\"auth\"\r\n",
                 fresh_nonce());
        story_reply(s, "407 Proxy Authentication Required", header);
    } else if (story_field(s, LAST, "Authorization") == NULL) {
        snprintf(header, sizeof header,
                 "WWW-Authenticate: Digest realm=\"core\", nonce=\"%s\", algorithm=MD5-sess, "
                 "opaque=\"o\", qop=\"auth,auth-int\"\r\n",
                 fresh_nonce());
        story_reply(s, "401 Unauthorized", header);
    } else if (expires != NULL && expires[0] != '0' && strtoul(expires, NULL, 10) < 700) {
        story_reply(s, "423 Interval Too Brief", "Min-Expires: 700\r\n");
    } else {
        snprintf(header, sizeof header, "Proxy-Authentication-Info: nextnonce=\"%s\"\r\n",
                 fresh_nonce());
        grant_what_was_asked(s, header);
    }
}

/* One in three answers is a 503, as from a server that is going down. */
void answer_failing_server(struct story *s)
{
    if (++answers % 3 == 0)
        story_reply(s, "503 Service Unavailable", "");
    else
        answer_plainly(s);
}

/* ---------------------------------------------------------------- how a life goes on */

struct story *life_begin(const struct life *life)
{
    struct story *s;

    assert_int_equal(story_setup((void **)&s), 0);
    memset(&fault_plan, 0, sizeof fault_plan);
    living = life;
    life_pongs = true;
    life_mapped = 1;
    pongs = 0;
    answers = 0;
    return s;
}

void life_end(struct story *s)
{
    story_teardown((void **)&s);
}

static void answer_blank(struct story *s)
{
    story_feed(s, "\r\n", 2);
}

/* With 192.0.2.x as our address. */
static void answer_stun(struct story *s, const unsigned char *request)
{
    unsigned char octets[32] = {1, 1, 0, 12};
    const unsigned char mapped[12] = {
        0, 0x20, 0, 8, 0, 1, 0x21, 9, 192 ^ 0x21, 0 ^ 0x12, 2 ^ 0xA4, life_mapped ^ 0x42};

    memcpy(octets + 4, request + 4, 16);
    memcpy(octets + 20, mapped, sizeof mapped);
    story_feed(s, octets, sizeof octets);
}

static bool answer_pings(struct story *s)
{
    struct story_ping ping;

    if (pongs == s->pinged)
        return false;
    ping = s->pings[s->pinged - 1];
    pongs = s->pinged;
    if (s->pinged > STORY_PINGS / 2) /* so that there is room in a long life */
        pongs = s->pinged = 0;
    if (!life_pongs)
        return false;
    if (ping.n == 4)
        answer_blank(s);
    else
        answer_stun(s, ping.bytes);
    return true;
}

bool life_answer(struct story *s)
{
    size_t sent = s->sent;

    if (!s->outstanding)
        return answer_pings(s);
    living->answer(s);
    if (s->sent == sent)
        s->outstanding = false; /* the answer was final, or came when nobody waited any more */
    return true;
}

/* To the next deadline, at most so far. */
static void step(struct story *s, uint64_t most)
{
    uint32_t wait = story_run(s);

    story_pass(s, wait < most ? wait : most);
}

void life_until(struct story *s, enum sipreg_client_state state)
{
    uint64_t end = s->time + LIFE_PATIENCE;

    while (s->time < end) {
        enum sipreg_client_state now = sipreg_client_state(&s->client);
        if (life_answer(s))
            continue;
        if (now == state && !s->outstanding)
            return;
        if (now == SIPREG_IDLE && state == SIPREG_REGISTERED)
            story_start(s); /* it was refused, which was told */
        else
            step(s, HOUR);
    }
    fail_msg("stuck in state %d instead of %d", (int)sipreg_client_state(&s->client), (int)state);
}

void life_pass(struct story *s, uint64_t ms)
{
    uint64_t end = s->time + ms;

    while (s->time < end) {
        if (!life_answer(s))
            step(s, end - s->time);
    }
}

/* ---------------------------------------------------------------- lives */

/* A refresh, a query, a move, gone, and there again. */
static void live_plainly(struct story *s)
{
    size_t told;

    story_start(s);
    life_until(s, SIPREG_REGISTERED);
    life_pass(s, HOUR / 2);
    life_until(s, SIPREG_REGISTERED);
    told = s->told;
    sipreg_client_query(&s->client, s->tick);
    story_run(s);
    life_until(s, SIPREG_REGISTERED);
    assert_true(s->told > told);
    story_move(s, "198.51.100.7:5060");
    life_until(s, SIPREG_REGISTERED);
    sipreg_client_stop(&s->client, s->tick);
    story_run(s);
    life_until(s, SIPREG_IDLE);
    assert_int_equal(story_event(s)->type, SIPREG_EVENT_UNREGISTERED);
    life_pass(s, 32 * SECOND); /* an idle flow is closed by then */
    assert_int_equal(story_run(s), SIPREG_FOREVER);
    story_start(s);
    life_until(s, SIPREG_REGISTERED);
}

static void live_on_a_stream(struct story *s)
{
    story_stream(s);
    live_plainly(s);
    story_flow(s, SIPREG_FLOW_DOWN);
    life_until(s, SIPREG_REGISTERED);
}

static void live_under_a_strict_registrar(struct story *s)
{
    static const struct sipreg_body cpl = {"application/cpl+xml", NULL, "<cpl/>", 6};

    s->given.user = "alice";
    s->given.password = SECRET;
    s->config.expires = 600;
    s->config.body = &cpl;
    live_plainly(s);
}

const struct life lives[] = {
    {"over UDP", live_plainly, answer_plainly},
    {"over TCP", live_on_a_stream, answer_plainly},
    {"two realms", live_under_a_strict_registrar, answer_strictly},
    {"redirected", life_of_redirections, answer_by_redirection},
    {"looked up", life_by_lookup, answer_failing_server},
    {"outbound", life_by_outbound, answer_by_outbound},
    {"STUN", life_by_stun, answer_by_outbound},
    {"rebooted", life_with_reboots, answer_plainly},
};
const size_t life_count = COUNT(lives);
