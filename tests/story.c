/*
 * story.c - a client with everything around it, and an eye on all of its promises.
 */
#include "story.h"

#include "sent.h"

#include <stdio.h>
#include <stdlib.h>

/* ---------------------------------------------------------------- the functions of the program */

static bool fails(struct story *s, enum story_call call)
{
    s->actions += call == CALL_SEND || call == CALL_OPEN ? 1 : 0;
    s->calls[call]++;
    return s->fail_at[call] > 0 && s->calls[call] >= s->fail_at[call] &&
           s->calls[call] - s->fail_at[call] <= s->fail_more;
}

static int on_send(void *user, const void *bytes, size_t n)
{
    struct story *s = (struct story *)user;

    story_record(s, bytes, n);
    if (fails(s, CALL_SEND)) {
        s->outstanding = s->open = false;
        return -1;
    }
    if (s->on_send != NULL)
        s->on_send(s);
    return 0;
}

/* splitmix64: the same in every run, and nothing twice. */
static unsigned char next_octet(struct story *s)
{
    uint64_t z = ++s->entropy * UINT64_C(0x9E3779B97F4A7C15);

    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return (unsigned char)(z >> 56);
}

static int on_random(void *user, void *out, size_t n)
{
    struct story *s = (struct story *)user;
    unsigned char *p = (unsigned char *)out;

    if (fails(s, CALL_RANDOM))
        return -1;
    if (n == sizeof s->jitter) {
        number_as_random(s->jitter, out);
        return 0;
    }
    for (size_t i = 0; i < n; i++)
        p[i] = next_octet(s);
    return 0;
}

static void on_event(void *user, const struct sipreg_event *event)
{
    struct story *s = (struct story *)user;
    struct story_event *told = &s->events[s->told++];
    struct sipreg_binding binding;
    struct sipreg_place place = {0, 0, 0};

    assert_true(s->told < STORY_EVENTS);
    s->actions++;
    told->at = s->time;
    told->event = *event;
    told->contacts = 0;
    while (event->response != NULL && sipreg_response_contact(event->response, &place, &binding))
        told->contacts++;
    told->event.response = NULL;
    assert_int_equal(event->state, sipreg_client_state(&s->client));
    assert_true(event->response == NULL || event->response->status == event->status);
    if (event->type == SIPREG_EVENT_RETRYING && event->retry_in < 5000) {
        assert_int_equal(event->retry_in, 0);
        assert_true(s->servers-- > 0); /* there is nothing else to hurry for */
    }
    if (s->on_event != NULL)
        s->on_event(s, event);
}

static int on_open(void *user)
{
    struct story *s = (struct story *)user;

    s->opens++;
    assert_false(s->open && s->io.close != NULL); /* the old one is closed first */
    if (fails(s, CALL_OPEN) || s->opening == OPEN_FAILS)
        return -1;
    s->open = true;
    if (s->opening == OPENS_AT_ONCE)
        sipreg_client_flow(&s->client, s->tick, SIPREG_FLOW_UP);
    return 0;
}

static void on_close(void *user)
{
    struct story *s = (struct story *)user;

    s->closes++;
    s->actions++;
    s->open = false;
}

static int on_credentials(void *user, const struct sipreg_challenge *challenge,
                          struct sipreg_credentials *credentials)
{
    struct story *s = (struct story *)user;

    assert_non_null(challenge->realm.p);
    if (fails(s, CALL_CREDENTIALS))
        return -1;
    if (s->given.user != NULL)
        *credentials = s->given;
    return 0;
}

/* ---------------------------------------------------------------- beginning and end */

int story_setup(void **state)
{
    struct story *s = (struct story *)calloc(1, sizeof *s);

    assert_non_null(s);
    s->io.send = on_send;
    s->io.random = on_random;
    s->io.event = on_event;
    s->io.credentials = on_credentials;
    s->io.scratch = s->scratch;
    s->io.scratch_size = sizeof s->scratch;
    s->config.io = &s->io;
    s->config.user = s;
    s->config.aor = "sip:alice@example.com";
    s->config.local = "192.0.2.10:5060";
    s->config.password = SECRET;
    *state = s;
    return 0;
}

void story_forget(struct story *s)
{
    for (size_t i = 0; i < s->sent; i++)
        free(s->sends[i].text);
    s->sent = s->told = s->nonce_count = s->pinged = 0;
    s->outstanding = false;
}

int story_teardown(void **state)
{
    struct story *s = (struct story *)*state;

    story_forget(s);
    free(s);
    return free_given(state);
}

void story_init(struct story *s)
{
    assert_null(sipreg_client_fault(&s->config));
    assert_int_equal(sipreg_client_init(&s->client, &s->config), SIPREG_OK);
    s->open = false;
    s->ready = true;
}

void story_stream(struct story *s)
{
    s->config.transport = SIPREG_TCP;
    s->io.open = on_open;
    s->io.close = on_close;
}

void story_start(struct story *s)
{
    if (!s->ready)
        story_init(s);
    assert_int_equal(sipreg_client_start(&s->client, s->tick), SIPREG_OK);
    story_run(s);
}

void story_anew(struct story *s)
{
    story_forget(s);
    s->opens = s->closes = 0;
    s->ready = false;
    story_start(s);
}

void story_reboot(struct story *s, uint32_t seconds, uint32_t away)
{
    char snapshot[SIPREG_SNAPSHOT_SIZE];
    int n = sipreg_client_save(&s->client, s->tick, snapshot, sizeof snapshot);

    assert_true(n > 0);
    for (int i = 0; i + (int)strlen(SECRET) <= n; i++)
        assert_memory_not_equal(snapshot + i, SECRET, strlen(SECRET));
    s->time += (uint64_t)seconds * 1000;
    s->tick = 77;
    s->outstanding = false;
    story_init(s);
    assert_int_equal(sipreg_client_load(&s->client, s->tick, away, snapshot, (size_t)n), SIPREG_OK);
}

void story_register(struct story *s, const char *nonce, long seconds)
{
    story_start(s);
    assert_int_equal(story_challenge(s, nonce, ""), SIPREG_OK);
    assert_int_equal(story_grant(s, seconds), SIPREG_OK);
    assert_event(s, SIPREG_EVENT_REGISTERED, SIPREG_OK);
}

/* ---------------------------------------------------------------- time */

uint32_t story_run(struct story *s)
{
    for (int runs = 0; runs < 100; runs++) {
        unsigned before = s->actions;
        uint32_t wait = sipreg_client_run(&s->client, s->tick);
        assert_int_equal(wait, sipreg_client_deadline(&s->client, s->tick));
        if (wait > 0)
            return wait;
        assert_int_not_equal(s->actions, before); /* a deadline in the past, and nothing to do */
    }
    fail_msg("no end of actions at one instant");
    return 0;
}

static void jump(struct story *s, uint64_t ms)
{
    s->tick += (uint32_t)ms;
    s->time += ms;
}

/* To the deadline, by way of the instant before it, at which nothing is to happen. */
static void jump_to_deadline(struct story *s, uint32_t wait)
{
    unsigned before = s->actions;

    jump(s, wait - 1);
    sipreg_client_run(&s->client, s->tick);
    assert_int_equal(s->actions, before);
    jump(s, 1);
}

void story_pass(struct story *s, uint64_t ms)
{
    uint64_t end = s->time + ms;
    uint32_t wait = story_run(s);

    while (s->time < end) {
        if (wait <= end - s->time)
            jump_to_deadline(s, wait);
        else
            jump(s, end - s->time);
        wait = story_run(s);
    }
}

/* Until *count grows. */
static bool until(struct story *s, const size_t *count, uint64_t ms)
{
    uint64_t end = s->time + ms;
    size_t before = *count;
    uint32_t wait = story_run(s);

    while (*count == before && wait <= end - s->time) {
        jump_to_deadline(s, wait);
        wait = story_run(s);
    }
    if (*count > before)
        return true;
    jump(s, end - s->time);
    story_run(s);
    return false;
}

bool story_until_sent(struct story *s, uint64_t ms)
{
    return until(s, &s->sent, ms);
}

bool story_until_ping(struct story *s, uint64_t ms)
{
    return until(s, &s->pinged, ms);
}

/* ---------------------------------------------------------------- the registrar */

/* Appends text, each CONTACT in it replaced. */
static void append(char *to, size_t size, const char *text, const char *contact)
{
    const char *mark;

    while ((mark = strstr(text, "CONTACT")) != NULL) {
        size_t used = strlen(to);
        assert_true(used + (size_t)(mark - text) + strlen(contact) + 1 < size);
        memcpy(to + used, text, (size_t)(mark - text));
        strcpy(to + used + (mark - text), contact);
        text = mark + strlen("CONTACT");
    }
    assert_true(strlen(to) + strlen(text) < size);
    strcat(to, text);
}

char *story_text(struct story *s, size_t index, const char *status, const char *headers)
{
    const char *contact = story_field(s, index, "Contact");
    size_t size = 4096 + strlen(headers) * 2;
    char *text = (char *)malloc(size);

    assert_non_null(text);
    contact = contact == NULL || contact[0] != '<' ? "<sip:alice@192.0.2.10:5060>" : contact;
    contact = sent_copy(contact + 1, strcspn(contact + 1, ">"));
    snprintf(text, size,
             "SIP/2.0 %s\r\nVia: %s;received=198.51.100.1\r\nFrom: %s\r\nTo: %s;tag=srv"
             "\r\nCall-ID: %s\r\nCSeq: %s\r\n",
             status, story_field(s, index, "Via"), story_field(s, index, "From"),
             story_field(s, index, "To"), story_field(s, index, "Call-ID"),
             story_field(s, index, "CSeq"));
    append(text, size, headers, contact);
    append(text, size, "Content-Length: 0\r\n\r\n", contact);
    return text;
}

int story_feed(struct story *s, const void *octets, size_t n)
{
    char *block = (char *)malloc(n == 0 ? 1 : n); /* gone as soon as it was read */
    struct sipreg_response response;
    bool outstanding = s->outstanding;
    int result;

    assert_non_null(block);
    memcpy(block, octets, n);
    if (s->sent > 0 && sipreg_response_parse(&response, block, n) > 0 && response.status >= 200 &&
        response.cseq == strtoul(story_field(s, LAST, "CSeq"), NULL, 10))
        s->outstanding = false;
    result = sipreg_client_recv(&s->client, s->tick, block, n);
    if (result != SIPREG_OK)
        s->outstanding = outstanding;
    free(block);
    story_run(s);
    return result;
}

int story_reply_to(struct story *s, size_t index, const char *status, const char *headers)
{
    char *text = story_text(s, index, status, headers);
    int result = story_feed(s, text, strlen(text));

    free(text);
    return result;
}

int story_reply(struct story *s, const char *status, const char *headers)
{
    return story_reply_to(s, LAST, status, headers);
}

int story_challenge(struct story *s, const char *nonce, const char *more)
{
    char header[400];

    snprintf(header, sizeof header,
             "WWW-Authenticate: Digest realm=\"example.com\", nonce=\"%s\", qop=\"auth\"%s\r\n",
             nonce, more);
    return story_reply(s, "401 Unauthorized", header);
}

int story_grant(struct story *s, long seconds)
{
    char header[80];

    snprintf(header, sizeof header, "Contact: <CONTACT>;expires=%ld\r\n", seconds);
    return story_reply(s, "200 OK", header);
}

void story_grant_via(struct story *s, const char *part, const char *instead, const char *headers)
{
    char *text = story_text(s, LAST, "200 OK", headers), *at = strstr(text, part), *changed;
    size_t size = strlen(text) + strlen(instead) + 1;

    assert_non_null(at);
    changed = (char *)malloc(size);
    assert_non_null(changed);
    snprintf(changed, size, "%.*s%s%s", (int)(at - text), text, instead, at + strlen(part));
    assert_int_equal(story_feed(s, changed, strlen(changed)), SIPREG_OK);
    free(changed);
    free(text);
}

void story_grant_seen(struct story *s, const char *seen, long seconds)
{
    char header[80];

    snprintf(header, sizeof header, "Contact: <CONTACT>;expires=%ld\r\n", seconds);
    story_grant_via(s, ";rport;received=198.51.100.1", seen, header);
}

void story_flow(struct story *s, enum sipreg_flow flow)
{
    if (flow == SIPREG_FLOW_DOWN)
        s->outstanding = false;
    s->open = flow == SIPREG_FLOW_UP;
    assert_int_equal(sipreg_client_flow(&s->client, s->tick, flow), SIPREG_OK);
    story_run(s);
}

void story_move(struct story *s, const char *local)
{
    s->outstanding = false;
    assert_int_equal(sipreg_client_move(&s->client, s->tick, local), SIPREG_OK);
    story_run(s);
}

/* ---------------------------------------------------------------- checks */

const struct sipreg_event *story_event(struct story *s)
{
    assert_true(s->told > 0);
    return &s->events[s->told - 1].event;
}

void assert_event(struct story *s, enum sipreg_event_type type, int error)
{
    assert_int_equal(story_event(s)->type, type);
    assert_int_equal(story_event(s)->error, error);
}

void assert_state(struct story *s, enum sipreg_client_state state)
{
    assert_int_equal(sipreg_client_state(&s->client), state);
}
