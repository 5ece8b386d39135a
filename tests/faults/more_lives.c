/*
 * more_lives.c - lives with redirections, server location, outbound and keepalives, reboots.
 */
#include "faults.h"

#include "../zone.h"

#include <stdlib.h>

/* ---------------------------------------------------------------- redirections */

static bool goes_to(struct story *s, const char *uri)
{
    const char *text = s->sends[s->sent - 1].text + strlen("REGISTER ");

    return memcmp(text, uri, strlen(uri)) == 0 && text[strlen(uri)] == ' ';
}

/* Two targets, of which the first one is of no use, and the other one good for half an hour. */
void answer_by_redirection(struct story *s)
{
    if (goes_to(s, "sip:example.com"))
        story_reply(
            s, "302 Moved",
            "Contact: <sip:r2.example.com>;q=0.9, <sip:r3.example.com>;q=0.1;expires=1800\r\n");
    else if (goes_to(s, "sip:r2.example.com"))
        story_reply(s, "500 Server Internal Error", "");
    else
        answer_plainly(s);
}

void life_of_redirections(struct story *s)
{
    story_stream(s);
    s->config.follow_redirects = true;
    story_start(s);
    life_until(s, SIPREG_REGISTERED);
    life_pass(s, HOUR);
    life_until(s, SIPREG_REGISTERED);
    sipreg_client_stop(&s->client, s->tick);
    story_run(s);
    life_until(s, SIPREG_IDLE);
    story_start(s);
    life_until(s, SIPREG_REGISTERED);
}

/* ---------------------------------------------------------------- server location */

static const struct rr zone[] = {
    NAPTR("example.com", 1, 1, "SIP+D2T", "_sip._tcp.example.com"),
    SRV("_sip._tcp.example.com", 1, 1, 5060, "a.example.com"),
    SRV("_sip._tcp.example.com", 1, 2, 5060, "b.example.com"),
    SRV("_sip._tcp.example.com", 2, 1, 5060, "c.example.com"),
    A("a.example.com", 1),
    A("b.example.com", 2),
    A("b.example.com", 3),
    A("c.example.com", 4),
    {NULL, {.type = SIPREG_DNS_A}},
};
static struct caller caller;
static int (*open_flow)(void *user);

static int locate_and_open(void *user)
{
    struct story *s = (struct story *)user;
    struct sipreg_question question;
    struct sipreg_target target;

    assert_int_equal(sipreg_locate_start(&caller.locate, s->tick), SIPREG_OK);
    for (int i = 0; sipreg_locate_question(&caller.locate, &question); i++) {
        struct sipreg_record records[40];
        int count = zone_answer(&caller, records, COUNT(records));
        assert_true(i < 20);
        if (fault_strikes(FAULT_RESOLVER))
            count = SIPREG_TIMEOUT;
        assert_int_equal(sipreg_locate_answer(&caller.locate, s->tick, records, count), SIPREG_OK);
    }
    if (sipreg_locate_target(&caller.locate, &target) != SIPREG_OK)
        return -1;
    assert_true(target.transport == SIPREG_TCP && target.address[0] != '\0');
    s->servers = 1;
    sipreg_client_servers(&s->client, 1);
    return open_flow(user);
}

/* The server has failed: another one comes first next time. */
static void tell_locate(struct story *s, const struct sipreg_event *event)
{
    if (event->type == SIPREG_EVENT_RETRYING && event->retry_in == 0)
        (void)sipreg_locate_failed(&caller.locate, s->tick, -1);
}

void life_by_lookup(struct story *s)
{
    static const char uri[] = "sip:example.com";

    caller = ipv4_caller_of(zone);
    caller.options.transports = SIPREG_CAN_TCP;
    caller.options.random = s->io.random;
    caller.options.user = s;
    assert_int_equal(sipreg_locate_init(&caller.locate, &caller.options,
                                        ((struct sipreg_str){uri, sizeof uri - 1})),
                     SIPREG_OK);
    story_stream(s);
    open_flow = s->io.open;
    s->io.open = locate_and_open;
    s->on_event = tell_locate;
    story_start(s);
    life_until(s, SIPREG_REGISTERED);
    story_flow(s, SIPREG_FLOW_DOWN);
    life_until(s, SIPREG_REGISTERED);
    life_pass(s, HOUR);
    life_until(s, SIPREG_REGISTERED);
}

/* ---------------------------------------------------------------- outbound, keepalives */

void answer_by_outbound(struct story *s)
{
    const char *expires = story_field(s, LAST, "Expires");

    if (story_field(s, LAST, "Authorization") == NULL || expires == NULL || expires[0] == '0')
        answer_plainly(s);
    else
        story_reply(s, "200 OK",
                    "Contact: <CONTACT>;expires=1000\r\nRequire: outbound\r\n"
                    "Path: <sip:edge.example.com;lr;ob>\r\nFlow-Timer: 120\r\n");
}

/* The flow dies in silence, and is made anew. */
static void live_with_keepalives(struct story *s)
{
    s->config.keepalive = &sipreg_keepalive;
    s->config.instance = "urn:uuid:00000000-0000-1000-8000-aabbccddeeff";
    s->config.reg_id = 1;
    story_start(s);
    life_until(s, SIPREG_REGISTERED);
    life_pass(s, 10 * MINUTE);
    life_pongs = false;
    life_pass(s, 5 * MINUTE);
    life_pongs = true;
    life_until(s, SIPREG_REGISTERED);
    life_mapped = 2; /* a NAT has forgotten us */
    life_pass(s, 5 * MINUTE);
    life_until(s, SIPREG_REGISTERED);
    sipreg_client_stop(&s->client, s->tick);
    story_run(s);
    life_until(s, SIPREG_IDLE);
}

void life_by_outbound(struct story *s)
{
    story_stream(s);
    live_with_keepalives(s);
}

void life_by_stun(struct story *s)
{
    live_with_keepalives(s);
}

/* ---------------------------------------------------------------- reboots */

static unsigned char store[SIPREG_SNAPSHOT_SIZE];
static size_t stored;
static int (*send_on)(void *user, const void *bytes, size_t n);

/* At each request, before it leaves. */
static int save_and_send(void *user, const void *bytes, size_t n)
{
    struct story *s = (struct story *)user;
    int size = sipreg_client_save(&s->client, s->tick, store, sizeof store);

    assert_true(size > 0);
    stored = fault_strikes(FAULT_STORE) ? (size_t)size / 2 : (size_t)size;
    return send_on(user, bytes, n);
}

/* What cannot be fetched, or was spoilt, is as good as never saved. */
static void reboot(struct story *s)
{
    bool fetched = !fault_strikes(FAULT_FETCH);

    s->time += MINUTE;
    s->tick = 77;
    s->outstanding = false;
    story_init(s);
    if (fetched)
        (void)sipreg_client_load(&s->client, s->tick, 60, store, stored);
    story_start(s);
    life_until(s, SIPREG_REGISTERED);
}

void life_with_reboots(struct story *s)
{
    send_on = s->io.send;
    s->io.send = save_and_send;
    stored = 0;
    story_start(s);
    life_until(s, SIPREG_REGISTERED);
    reboot(s);
    story_move(s, "198.51.100.7:5060");
    reboot(s); /* with a request under way */
    life_pass(s, HOUR);
    life_until(s, SIPREG_REGISTERED);
    reboot(s);
    sipreg_client_stop(&s->client, s->tick);
    story_run(s);
    life_until(s, SIPREG_IDLE);
}
