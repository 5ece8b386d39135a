/*
 * test_client_stun.c - keepalives over UDP: STUN where it is promised, CRLFs where it is not (RFC
 * 5626 4.4.2, RFC 8489 6.2.1).
 */
#include "story.h"

#include <stdio.h>

static void grant(struct story *s)
{
    story_reply(s, "200 OK", "Contact: <CONTACT>;expires=3600\r\nRequire: outbound\r\n");
    assert_event(s, SIPREG_EVENT_REGISTERED, SIPREG_OK);
}

static void begin(struct story *s)
{
    s->config.keepalive = &sipreg_keepalive;
    s->config.instance = "urn:uuid:00000000-0000-1000-8000-aabbccddeeff";
    s->config.reg_id = 1;
    story_start(s);
    grant(s);
}

static const unsigned char *last(struct story *s)
{
    return s->pings[s->pinged - 1].bytes;
}

/* The answer to the last request, with 192.0.2.<host>:<port> as our address. */
static int answer(struct story *s, unsigned char host, unsigned char port)
{
    unsigned char bytes[32] = {1, 1, 0, 12};
    const unsigned char mapped[12] = {
        0, 0x20, 0, 8, 0, 1, 0x21, port ^ 0x12, 192 ^ 0x21, 0 ^ 0x12, 2 ^ 0xA4, host ^ 0x42};

    memcpy(bytes + 4, last(s) + 4, 16);
    memcpy(bytes + 20, mapped, 12);
    return story_feed(s, bytes, sizeof bytes);
}

static int answer_error(struct story *s)
{
    unsigned char bytes[28] = {1, 0x11, 0, 8};
    static const unsigned char code[8] = {0, 9, 0, 4, 0, 0, 4, 0};

    memcpy(bytes + 4, last(s) + 4, 16);
    memcpy(bytes + 20, code, 8);
    return story_feed(s, bytes, sizeof bytes);
}

static void every_24_to_29_seconds_the_server_is_asked_for_our_address(void **state)
{
    static const unsigned char head[8] = {0, 1, 0, 0, 0x21, 0x12, 0xA4, 0x42};
    struct story *s = (struct story *)*state;
    uint64_t before;

    begin(s);
    assert_int_equal(story_event(s)->ping_every, 29);
    assert_false(story_until_ping(s, 23 * 1000));
    assert_true(story_until_ping(s, 6 * 1000));
    assert_int_equal(s->pings[0].n, 20);
    assert_memory_equal(last(s), head, 8);
    assert_int_equal(answer(s, 1, 1), SIPREG_OK);
    assert_event(s, SIPREG_EVENT_KEEPALIVE, SIPREG_OK);
    for (int i = 1; i < 20; i++) {
        before = s->time;
        s->jitter = (uint32_t)i * UINT32_C(200000000);
        assert_true(story_until_ping(s, 29 * 1000));
        assert_true(s->time - before >= 24 * 1000);
        assert_memory_not_equal(s->pings[s->pinged - 2].bytes, last(s), 20);
        assert_int_equal(answer(s, 1, 1), SIPREG_OK);
    }
    assert_int_equal(story_requests(s), 1);
    assert_int_equal(s->told, 2); /* registered, alive */
}

/* RFC 8489 6.2.1: 0, 0.5, 1.5, 3.5, 7.5, 15.5, 31.5 s, and the end at 39.5 s. */
static void a_request_is_repeated_six_times_and_then_the_flow_has_failed(void **state)
{
    static const uint64_t at[] = {0, 500, 1500, 3500, 7500, 15500, 31500};
    struct story *s = (struct story *)*state;
    uint64_t start;

    begin(s);
    assert_true(story_until_ping(s, 29 * 1000));
    answer(s, 1, 1);
    assert_true(story_until_ping(s, 29 * 1000));
    start = s->time;
    story_pass(s, 39499);
    assert_int_equal(s->pinged, 1 + COUNT(at));
    for (size_t i = 0; i < COUNT(at); i++) {
        assert_int_equal(s->pings[1 + i].at - start, at[i]);
        assert_memory_equal(s->pings[1 + i].bytes, last(s), 20);
    }
    assert_int_equal(story_requests(s), 1);
    story_pass(s, 1);
    assert_event(s, SIPREG_EVENT_KEEPALIVE, SIPREG_TIMEOUT);
    assert_int_equal(story_requests(s), 2);
    grant(s);
    assert_true(story_until_ping(s, 29 * 1000)); /* and they go on */
}

static void an_answer_to_a_repetition_is_one(void **state)
{
    struct story *s = (struct story *)*state;

    begin(s);
    assert_true(story_until_ping(s, 29 * 1000));
    story_pass(s, 10 * 1000);
    assert_int_equal(s->pinged, 5);
    assert_int_equal(answer(s, 1, 1), SIPREG_OK);
    assert_false(story_until_ping(s, 23 * 1000));
    assert_true(story_until_ping(s, 6 * 1000));
}

/* 4.4.2: and the registrar is told where we are now. */
static void another_address_is_a_failure_of_the_flow(void **state)
{
    struct story *s = (struct story *)*state;

    begin(s);
    assert_true(story_until_ping(s, 29 * 1000));
    answer(s, 1, 1);
    assert_true(story_until_ping(s, 29 * 1000));
    answer(s, 1, 2);
    assert_event(s, SIPREG_EVENT_KEEPALIVE, SIPREG_REBOUND);
    assert_int_equal(story_requests(s), 2);
    grant(s);
    assert_true(story_until_ping(s, 29 * 1000));
    answer(s, 1, 2);
    assert_event(s, SIPREG_EVENT_KEEPALIVE, SIPREG_OK);
    assert_true(story_until_ping(s, 29 * 1000));
    answer(s, 2, 2);
    assert_event(s, SIPREG_EVENT_KEEPALIVE, SIPREG_REBOUND);
}

static void an_error_or_an_answer_of_no_use_is_a_failure_of_the_flow(void **state)
{
    struct story *s = (struct story *)*state;
    unsigned char bytes[20] = {1, 1, 0, 0};

    begin(s);
    assert_true(story_until_ping(s, 29 * 1000));
    assert_int_equal(answer_error(s), SIPREG_OK);
    assert_event(s, SIPREG_EVENT_KEEPALIVE, SIPREG_TRANSPORT);
    assert_true(story_until_sent(s, 60 * 1000)); /* it never was a good one: a back-off */
    grant(s);
    assert_true(story_until_ping(s, 29 * 1000));
    memcpy(bytes + 4, last(s) + 4, 16);
    assert_int_equal(story_feed(s, bytes, 20), SIPREG_OK);
    assert_event(s, SIPREG_EVENT_KEEPALIVE, SIPREG_TRANSPORT);
}

static void what_does_not_answer_the_request_is_foreign(void **state)
{
    struct story *s = (struct story *)*state;
    unsigned char bytes[20];

    begin(s);
    memcpy(bytes, "\1\1\0\0\x21\x12\xA4\x42............", 20);
    assert_int_equal(story_feed(s, bytes, 20), SIPREG_FOREIGN);
    assert_true(story_until_ping(s, 29 * 1000));
    assert_int_equal(story_feed(s, bytes, 20), SIPREG_FOREIGN);
    assert_int_equal(story_feed(s, last(s), 20), SIPREG_FOREIGN); /* our own */
    assert_int_equal(story_feed(s, "\r\n", 2), SIPREG_FOREIGN);
    answer(s, 1, 1);
    assert_int_equal(answer(s, 1, 1), SIPREG_FOREIGN); /* twice */
}

static void an_answer_beside_a_request_changes_nothing(void **state)
{
    struct story *s = (struct story *)*state;

    begin(s);
    assert_true(story_until_ping(s, 29 * 1000));
    sipreg_client_refresh(&s->client, s->tick);
    story_run(s);
    assert_int_equal(answer_error(s), SIPREG_OK);
    assert_int_equal(s->told, 1);
    grant(s);
    story_pass(s, 500);
    assert_int_equal(s->pinged, 2); /* repeated */
}

/* RFC 8489 6.2.1: other times for keepalives are not those of a request that is under way. */
static void another_interval_does_not_move_the_repetitions(void **state)
{
    struct story *s = (struct story *)*state;
    uint64_t start;

    begin(s);
    assert_true(story_until_ping(s, 29 * 1000));
    start = s->time;
    story_pass(s, 8000);
    assert_int_equal(s->pinged, 5);
    sipreg_client_refresh(&s->client, s->tick);
    story_run(s);
    story_reply(s, "200 OK",
                "Contact: <CONTACT>;expires=3600\r\nRequire: outbound\r\nFlow-Timer: 5\r\n");
    assert_true(story_until_ping(s, 29 * 1000));
    assert_int_equal(s->time - start, 15500);
    assert_memory_equal(s->pings[s->pinged - 2].bytes, last(s), 20);
    answer(s, 1, 1);
    assert_false(story_until_ping(s, 3999));
    assert_true(story_until_ping(s, 1001)); /* now they are as the server wants them */
}

/* Without a promise there is no STUN; CRLFs keep the NAT open, where that is wished for. */
static void without_a_promise_crlfs_go_out_and_nothing_is_expected(void **state)
{
    struct story *s = (struct story *)*state;

    s->config.keepalive = &sipreg_keepalive;
    story_register(s, "n", 3600);
    assert_false(story_until_ping(s, 600 * 1000));
    s->config.ping = SIPREG_PING_ALWAYS;
    story_anew(s);
    story_grant(s, 3600);
    for (int i = 0; i < 10; i++) {
        assert_true(story_until_ping(s, 29 * 1000));
        assert_int_equal(s->pings[s->pinged - 1].n, 4);
    }
    assert_int_equal(story_feed(s, "\r\n", 2), SIPREG_FOREIGN);
    assert_true(story_until_ping(s, 29 * 1000));
    assert_int_equal(story_requests(s), 1);
}

static void without_random_octets_there_is_none_this_time(void **state)
{
    struct story *s = (struct story *)*state;

    begin(s);
    for (unsigned i = 2; i <= 4; i++) { /* of the three that an id takes; the first is the jitter */
        s->fail_at[CALL_RANDOM] = s->calls[CALL_RANDOM] + i - 1;
        story_pass(s, 29 * 1000);
        s->fail_at[CALL_RANDOM] = 0;
    }
    assert_int_equal(s->pinged, 0);
    assert_true(story_until_ping(s, 29 * 1000));
}

/* A NAT in front of a contact that was rewritten: the new address is learnt again. */
static void with_another_address_the_contact_is_rewritten_again(void **state)
{
    struct story *s = (struct story *)*state;

    s->config.keepalive = &sipreg_keepalive;
    s->config.ping = SIPREG_PING_ANSWERED;
    s->config.rewrite_contact = true;
    story_start(s);
    story_grant(s, 3600);
    assert_memory_equal(story_field(s, LAST, "Contact"), "<sip:alice@198.51.100.1", 23);
    story_grant(s, 3600);
    assert_true(story_until_ping(s, 29 * 1000));
    answer(s, 1, 1);
    assert_true(story_until_ping(s, 29 * 1000));
    answer(s, 1, 9);
    assert_event(s, SIPREG_EVENT_KEEPALIVE, SIPREG_REBOUND);
    assert_false(s->client.rewritten);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORY(every_24_to_29_seconds_the_server_is_asked_for_our_address),
        STORY(a_request_is_repeated_six_times_and_then_the_flow_has_failed),
        STORY(an_answer_to_a_repetition_is_one),
        STORY(another_address_is_a_failure_of_the_flow),
        STORY(an_error_or_an_answer_of_no_use_is_a_failure_of_the_flow),
        STORY(what_does_not_answer_the_request_is_foreign),
        STORY(an_answer_beside_a_request_changes_nothing),
        STORY(another_interval_does_not_move_the_repetitions),
        STORY(without_a_promise_crlfs_go_out_and_nothing_is_expected),
        STORY(without_random_octets_there_is_none_this_time),
        STORY(with_another_address_the_contact_is_rewritten_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
