/*
 * test_client_borders.c - what holds at the very border, and what must not outlive its flow, its
 * attempt or its binding.
 */
#include "story.h"

#include <stdio.h>

#define OUTBOUND "Contact: <CONTACT>;expires=600\r\nRequire: outbound\r\n"

static void with_outbound(struct story *s)
{
    s->config.keepalive = &sipreg_keepalive;
    s->config.instance = "urn:uuid:00000000-0000-1000-8000-aabbccddeeff";
    s->config.reg_id = 1;
}

/* The multiple before it is the instant of the grant itself. */
static void a_refresh_is_not_hastened_to_now(void **state)
{
    struct story *s = (struct story *)*state;

    s->config.coarse = 3600 * 1000;
    s->tick = 3600 * 1000;
    story_start(s);
    story_grant(s, 600);
    assert_int_equal(story_requests(s), 1);
    assert_true(story_event(s)->refresh_in > 400 * 1000);
}

static void the_longest_contact_there_may_be_moves(void **state)
{
    struct story *s = (struct story *)*state;
    char aor[SIPREG_CONTACT_SIZE + 20] = "sip:";

    memset(aor + 4, 'u', SIPREG_CONTACT_SIZE - 1 - strlen("sip:@192.0.2.10:5060"));
    strcat(aor, "@example.com");
    s->config.aor = aor;
    story_start(s);
    story_grant(s, 600);
    story_move(s, "192.0.2.11:5060");
    assert_non_null(strstr(story_field(s, LAST, "Contact"), "u@192.0.2.11:5060>"));
    assert_int_equal(story_count(s, LAST, "Contact"), 2);
}

/* RFC 5626 4.5: it has shown all that was to be expected of it. */
static void a_flow_that_need_not_answer_is_successful_without(void **state)
{
    struct story *s = (struct story *)*state;

    story_stream(s);
    s->config.keepalive = &sipreg_keepalive;
    s->config.ping = SIPREG_PING_ALWAYS;
    story_start(s);
    story_grant(s, 600);
    assert_true(story_event(s)->ping_every > 0);
    story_pass(s, 60 * 1000);
    story_flow(s, SIPREG_FLOW_DOWN);
    assert_int_equal(s->opens, 2);
    assert_int_equal(story_requests(s), 2);
}

/* Over UDP the flow is up again at once, but nothing is asked on it before we are bound anew. */
static void a_flow_that_never_answered_fails_once(void **state)
{
    struct story *s = (struct story *)*state;
    size_t told;

    with_outbound(s);
    story_start(s);
    story_reply(s, "200 OK", OUTBOUND);
    assert_true(story_until_ping(s, 29 * 1000));
    story_pass(s, 39500);
    assert_event(s, SIPREG_EVENT_KEEPALIVE, SIPREG_TIMEOUT);
    assert_true(story_event(s)->retry_in > 10 * 1000);
    told = s->told;
    story_pass(s, 10 * 1000);
    assert_int_equal(s->told, told);
    assert_int_equal(story_requests(s), 1);
}

/* Neither was asked for a pong, but the first one sent it. */
static void what_one_flow_has_answered_need_not_be_answered_on_the_next(void **state)
{
    struct story *s = (struct story *)*state;

    story_stream(s);
    s->config.keepalive = &sipreg_keepalive;
    s->config.ping = SIPREG_PING_ALWAYS;
    story_start(s);
    story_grant(s, 3600);
    assert_true(story_until_ping(s, 120 * 1000));
    assert_int_equal(story_feed(s, "\r\n", 2), SIPREG_OK);
    sipreg_client_refresh(&s->client, s->tick);
    story_run(s);
    story_pass(s, 32 * 1000); /* no answer: the client closes the flow itself */
    assert_int_equal(s->closes, 1);
    assert_true(story_until_sent(s, 3600 * 1000));
    story_grant(s, 3600);
    assert_true(story_until_ping(s, 120 * 1000));
    story_pass(s, 60 * 1000);
    assert_event(s, SIPREG_EVENT_REGISTERED, SIPREG_OK);
    assert_int_equal(s->closes, 1);
}

static unsigned ours;

static void count_ours(struct story *s, const struct sipreg_event *event)
{
    struct sipreg_place place = {0, 0, 0};
    struct sipreg_binding binding;

    ours = 0;
    while (sipreg_response_contact(event->response, &place, &binding))
        ours += sipreg_client_is_ours(&s->client, &binding) ? 1 : 0;
}

static void a_contact_that_is_being_removed_is_ours_no_more(void **state)
{
    struct story *s = (struct story *)*state;

    s->config.require_listed = true;
    s->on_event = count_ours;
    story_start(s);
    story_grant(s, 600);
    assert_int_equal(ours, 1);
    story_move(s, "192.0.2.11:5060");
    assert_int_equal(story_count(s, LAST, "Contact"), 2);
    story_reply(s, "200 OK", "Contact: <sip:alice@192.0.2.10:5060>;expires=600\r\n");
    assert_event(s, SIPREG_EVENT_RETRYING, SIPREG_UNLISTED);
    assert_int_equal(ours, 0);
}

/* RFC 5626 6: in force, the registrar replaces a contact by itself. */
static void outbound_is_in_force_as_long_as_the_binding(void **state)
{
    struct story *s = (struct story *)*state;

    with_outbound(s);
    story_start(s);
    story_reply(s, "200 OK", OUTBOUND);
    story_move(s, "192.0.2.11:5060");
    assert_int_equal(story_count(s, LAST, "Contact"), 1);
    story_reply(s, "200 OK", OUTBOUND);
    story_pass(s, 700 * 1000);
    assert_int_equal(story_event(s)->granted, 0);
    story_move(s, "192.0.2.12:5060");
    assert_int_equal(story_count(s, LAST, "Contact"), 2);
}

/* client.h: not more than 24 days between two calls, whichever they are. */
static uint32_t later(struct story *s)
{
    const uint32_t twenty_days = 20 * 24 * 3600 * UINT32_C(1000);

    s->tick += twenty_days;
    s->time += twenty_days;
    return s->tick;
}

static void assert_on_time(struct story *s, int result)
{
    assert_int_equal(result, SIPREG_OK);
    assert_true(s->client.now == s->time);
}

static void every_call_tells_the_time(void **state)
{
    static const struct sipreg_credentials credentials = {"alice", SECRET, NULL, 0, NULL};
    struct story *s = (struct story *)*state;
    struct sipreg_client *c = &s->client;

    s->tick = 0;
    s->config.keepalive = &sipreg_keepalive;
    story_init(s);
    assert_on_time(s, sipreg_client_start(c, later(s)));
    assert_on_time(s, sipreg_client_refresh(c, later(s)));
    assert_on_time(s, sipreg_client_query(c, later(s)));
    assert_on_time(s, sipreg_client_hold(c, later(s), true));
    assert_on_time(s, sipreg_client_credentials(c, later(s), &credentials));
    assert_on_time(s, sipreg_client_move(c, later(s), "192.0.2.11:5060"));
    assert_on_time(s, sipreg_client_contacts(c, later(s), NULL, 0));
    assert_on_time(s, sipreg_client_flow(c, later(s), SIPREG_FLOW_UP));
    assert_on_time(s, sipreg_client_partial(c, later(s)));
    assert_int_equal(sipreg_client_pong(c, later(s), "\r\n", 2), SIPREG_FOREIGN);
    assert_on_time(s, SIPREG_OK);
    assert_on_time(s, sipreg_client_stop(c, later(s)));
}

static void what_is_wished_for_is_due_at_once(void **state)
{
    struct story *s = (struct story *)*state;
    struct sipreg_client *c = &s->client;

    story_init(s);
    assert_int_equal(sipreg_client_deadline(c, s->tick), SIPREG_FOREVER);
    sipreg_client_query(c, s->tick);
    assert_int_equal(sipreg_client_deadline(c, s->tick), 0);
    story_run(s);
    story_grant(s, 600);
    assert_int_equal(sipreg_client_deadline(c, s->tick), SIPREG_FOREVER);
    sipreg_client_stop(c, s->tick);
    assert_int_equal(sipreg_client_deadline(c, s->tick), 0);
}

static void the_time_for_a_removal_begins_when_it_is_wished_for(void **state)
{
    struct story *s = (struct story *)*state;

    story_start(s);
    story_grant(s, 600);
    s->tick += 5000;
    s->time += 5000;
    assert_int_equal(sipreg_client_stop_within(&s->client, s->tick, 2000), SIPREG_OK);
    story_run(s);
    assert_int_equal(story_requests(s), 2);
    story_pass(s, 1999);
    assert_int_equal(s->told, 1);
    story_pass(s, 1);
    assert_event(s, SIPREG_EVENT_UNREGISTERED, SIPREG_TIMEOUT);
}

/* It would have refreshed the binding before at the very same instant. */
static void holding_puts_off_refreshes_and_nothing_else(void **state)
{
    struct story *s = (struct story *)*state;
    uint32_t refresh_in;

    story_start(s);
    story_grant(s, 600);
    refresh_in = story_event(s)->refresh_in;
    sipreg_client_stop(&s->client, s->tick);
    story_run(s);
    story_reply(s, "200 OK", "");
    story_pass(s, refresh_in);
    sipreg_client_start(&s->client, s->tick);
    sipreg_client_hold(&s->client, s->tick, true);
    story_run(s);
    assert_int_equal(story_requests(s), 3);
}

#define CHALLENGE(nonce) "Digest realm=\"example.com\", nonce=\"" nonce "\", qop=\"auth\"\r\n"

static void new_credentials_are_new_to_every_realm(void **state)
{
    static const struct sipreg_credentials credentials = {"alice", SECRET, NULL, 0, NULL};
    struct story *s = (struct story *)*state;

    s->config.password = "wrong";
    story_start(s);
    story_reply(s, "407 Proxy", "Proxy-Authenticate: " CHALLENGE("p1"));
    story_challenge(s, "r1", "");
    sipreg_client_credentials(&s->client, s->tick, &credentials);
    story_challenge(s, "r2", "");
    assert_int_equal(s->told, 0);
    story_check_digest(s, "Authorization", "alice", SECRET);
    story_check_digest(s, "Proxy-Authorization", "alice", SECRET);
}

/* Seen from elsewhere after a move, we are not behind another mapping, but elsewhere. */
static void the_address_seen_before_a_move_says_nothing_of_the_one_after(void **state)
{
    unsigned char bytes[32] = {1, 1, 0, 12, 0, 0,    0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
                               0, 0, 0, 0,  0, 0x20, 0, 8, 0, 1, 1, 1, 1, 1, 1, 1};
    struct story *s = (struct story *)*state;

    with_outbound(s);
    story_start(s);
    for (unsigned char i = 1; i <= 2; i++) {
        story_reply(s, "200 OK", OUTBOUND);
        assert_true(story_until_ping(s, 29 * 1000));
        memcpy(bytes + 4, s->pings[s->pinged - 1].bytes + 4, 16);
        bytes[31] = i;
        assert_int_equal(story_feed(s, bytes, sizeof bytes), SIPREG_OK);
        assert_event(s, SIPREG_EVENT_KEEPALIVE, SIPREG_OK);
        story_move(s, NULL);
    }
}

static void a_shorter_address_leaves_nothing_of_a_longer_one(void **state)
{
    struct story *s = (struct story *)*state;

    story_start(s);
    story_grant(s, 600);
    story_move(s, "192.0.2.9:50");
    assert_memory_equal(story_field(s, LAST, "Via"), "SIP/2.0/UDP 192.0.2.9:50;", 25);
}

/* All that the reckoning is wrong by is an Expires, which it counts twice. */
static void further_contacts_that_just_fit_are_sent(void **state)
{
    static const struct sipreg_contact all[SIPREG_MAX_CONTACTS] = {
        {"sip:alice@192.0.2.91", 600, 0, NULL}, {"sip:alice@192.0.2.92", 600, 0, NULL}};
    struct story *s = (struct story *)*state;
    struct sipreg_client *c = &s->client;

    story_start(s);
    story_grant(s, 600);
    while (sipreg_client_contacts(c, s->tick, all, 2) == SIPREG_OK)
        s->io.scratch_size--;
    assert_int_equal(sipreg_client_contacts(c, s->tick, all, 2), SIPREG_SPACE);
    s->io.scratch_size++;
    story_run(s);
    assert_int_equal(story_requests(s), 2);
    assert_int_equal(s->sends[1].n + strlen("Expires: 3600\r\n"), s->io.scratch_size);
}

static void as_many_further_contacts_as_there_may_be_are_sent(void **state)
{
    static const char uri[] = "sip:alice@192.0.2.91";
    struct story *s = (struct story *)*state;
    struct sipreg_contact all[SIPREG_MAX_CONTACTS + 1];
    char uris[SIPREG_MAX_CONTACTS + 1][sizeof uri];

    for (size_t i = 0; i < COUNT(all); i++) {
        memcpy(uris[i], uri, sizeof uri);
        uris[i][sizeof uri - 2] = (char)('1' + i);
        all[i] = (struct sipreg_contact){uris[i], 600, 0, NULL};
    }
    story_start(s);
    story_grant(s, 600);
    assert_int_equal(sipreg_client_contacts(&s->client, s->tick, all, COUNT(all)), SIPREG_LIMIT);
    assert_int_equal(sipreg_client_contacts(&s->client, s->tick, all, SIPREG_MAX_CONTACTS),
                     SIPREG_OK);
    story_run(s);
    assert_int_equal(story_count(s, LAST, "Contact"), 1 + SIPREG_MAX_CONTACTS);
    story_grant(s, 600);
}

/* What has come half may have the answer behind it; what has come whole has not. */
static void a_message_that_is_whole_puts_off_no_failure(void **state)
{
    struct story *s = (struct story *)*state;

    story_stream(s);
    with_outbound(s);
    story_start(s);
    story_reply(s, "200 OK", OUTBOUND);
    assert_true(story_until_ping(s, 120 * 1000));
    assert_int_equal(sipreg_client_partial(&s->client, s->tick), SIPREG_OK);
    story_reply(s, "200 OK", OUTBOUND); /* once more */
    story_pass(s, 10 * 1000);
    assert_event(s, SIPREG_EVENT_KEEPALIVE, SIPREG_TIMEOUT);
}

static void challenge(struct story *s, const char *status, const char *header, const char *more)
{
    char line[200];

    snprintf(line, sizeof line,
             "%s: Digest realm=\"example.com\", qop=\"auth\", nonce=\"%u\"%s\r\n", header,
             (unsigned)s->sent, more);
    story_reply(s, status, line);
}

/* The last answer was lost, or the server. */
static void try_again(struct story *s)
{
    story_pass(s, 32 * 1000);
    assert_event(s, SIPREG_EVENT_RETRYING, SIPREG_TIMEOUT);
    assert_true(story_until_sent(s, 1800 * 1000));
}

static void each_attempt_may_be_challenged_by_every_realm(void **state)
{
    struct story *s = (struct story *)*state;

    story_start(s);
    challenge(s, "407 Proxy", "Proxy-Authenticate", "");
    challenge(s, "401 Unauthorized", "WWW-Authenticate", "");
    try_again(s);
    challenge(s, "407 Proxy", "Proxy-Authenticate", "");
    challenge(s, "401 Unauthorized", "WWW-Authenticate", "");
    assert_int_equal(story_requests(s), 6);
}

static void each_attempt_may_meet_three_stale_nonces(void **state)
{
    struct story *s = (struct story *)*state;

    story_start(s);
    for (int i = 0; i < 3; i++)
        challenge(s, "401 Unauthorized", "WWW-Authenticate", ", stale=true");
    try_again(s);
    for (int i = 0; i < 3; i++)
        challenge(s, "401 Unauthorized", "WWW-Authenticate", ", stale=true");
    assert_int_equal(story_requests(s), 8);
}

static void what_is_too_brief_is_lengthened_for_further_contacts_too(void **state)
{
    static const struct sipreg_contact all[] = {{"sip:alice@192.0.2.91", 1, 0, NULL},
                                                {"sip:alice@192.0.2.92", 9000, 0, NULL}};
    struct story *s = (struct story *)*state;

    s->config.contacts = all;
    s->config.contact_count = 2;
    story_start(s);
    story_reply(s, "423 Interval Too Brief", "Min-Expires: 7200\r\n");
    assert_string_equal(story_field(s, LAST, "Expires"), "7200");
    assert_non_null(strstr(s->sends[1].text, "<sip:alice@192.0.2.91>;expires=7200"));
    assert_non_null(strstr(s->sends[1].text, "<sip:alice@192.0.2.92>;expires=9000"));
}

static void a_flow_without_anything_on_its_way_outlives_a_removal_given_up(void **state)
{
    struct story *s = (struct story *)*state;

    story_stream(s);
    story_start(s);
    story_grant(s, 600);
    assert_int_equal(sipreg_client_stop_within(&s->client, s->tick, 5), SIPREG_OK);
    s->tick += 5; /* and only now somebody looks */
    s->time += 5;
    story_run(s);
    assert_event(s, SIPREG_EVENT_UNREGISTERED, SIPREG_TIMEOUT);
    assert_int_equal(story_requests(s), 1);
    assert_int_equal(s->closes, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORY(a_refresh_is_not_hastened_to_now),
        STORY(the_longest_contact_there_may_be_moves),
        STORY(a_flow_that_need_not_answer_is_successful_without),
        STORY(a_flow_that_never_answered_fails_once),
        STORY(what_one_flow_has_answered_need_not_be_answered_on_the_next),
        STORY(a_contact_that_is_being_removed_is_ours_no_more),
        STORY(outbound_is_in_force_as_long_as_the_binding),
        STORY(every_call_tells_the_time),
        STORY(what_is_wished_for_is_due_at_once),
        STORY(the_time_for_a_removal_begins_when_it_is_wished_for),
        STORY(holding_puts_off_refreshes_and_nothing_else),
        STORY(new_credentials_are_new_to_every_realm),
        STORY(the_address_seen_before_a_move_says_nothing_of_the_one_after),
        STORY(a_shorter_address_leaves_nothing_of_a_longer_one),
        STORY(further_contacts_that_just_fit_are_sent),
        STORY(as_many_further_contacts_as_there_may_be_are_sent),
        STORY(a_message_that_is_whole_puts_off_no_failure),
        STORY(each_attempt_may_be_challenged_by_every_realm),
        STORY(each_attempt_may_meet_three_stale_nonces),
        STORY(what_is_too_brief_is_lengthened_for_further_contacts_too),
        STORY(a_flow_without_anything_on_its_way_outlives_a_removal_given_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
