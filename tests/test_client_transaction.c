/*
 * test_client_transaction.c - the non-INVITE client transaction, as its user and its server see it
 * (RFC 3261 17.1.2 to 17.1.4, RFC 4320, RFC 4321).
 */
#include "story.h"

#include <stdlib.h>

/* The next life of another client in the same story. */
static void begin_anew(struct story *s)
{
    story_forget(s);
    s->ready = false;
}

static void check_times(const struct story *s, const uint64_t *times, size_t n)
{
    assert_int_equal(s->sent, n);
    for (size_t i = 0; i < n; i++)
        assert_int_equal(s->sends[i].at - s->sends[0].at, times[i]);
}

/* 17.1.2.2: no timer E, but timer F, with a provisional response and without. */
static void a_reliable_transport_repeats_nothing_whichever_it_is(void **state)
{
    static const enum sipreg_transport transports[] = {SIPREG_TCP, SIPREG_TLS};
    struct story *s = (struct story *)*state;

    story_stream(s);
    for (size_t i = 0; i < 2 * COUNT(transports); i++) {
        begin_anew(s);
        s->config.transport = transports[i / 2];
        story_start(s);
        story_pass(s, 500);
        if (i % 2 == 1)
            assert_int_equal(story_reply(s, "100 Trying", ""), SIPREG_OK);
        story_pass(s, 31499);
        assert_int_equal(s->sent, 1);
        assert_int_equal(s->told, 0);
        story_pass(s, 1);
        assert_event(s, SIPREG_EVENT_RETRYING, SIPREG_TIMEOUT);
    }
}

static void t1_alone_stretches_all_that_is_made_of_it(void **state)
{
    static const uint64_t times[] = {0, 2000, 6000, 10000, 14000};
    struct story *s = (struct story *)*state;

    s->config.t1 = 2000;
    story_start(s);
    story_pass(s, 17999);
    check_times(s, times, COUNT(times));
    story_pass(s, 128 * 1000 - 18000);
    assert_int_equal(s->told, 0);
    story_pass(s, 1);
    assert_event(s, SIPREG_EVENT_RETRYING, SIPREG_TIMEOUT);
}

/* The timer E that runs is not touched, and F is none of a provisional response's business. */
static void a_provisional_response_in_the_last_second_puts_nothing_off(void **state)
{
    static const uint64_t times[] = {0,     500,   1500,  3500,  7500, 11500,
                                     15500, 19500, 23500, 27500, 31500};
    struct story *s = (struct story *)*state;

    story_start(s);
    story_pass(s, 31000);
    assert_int_equal(story_reply(s, "100 Trying", ""), SIPREG_OK);
    story_pass(s, 999);
    check_times(s, times, COUNT(times));
    assert_int_equal(s->told, 0);
    story_pass(s, 1);
    assert_event(s, SIPREG_EVENT_RETRYING, SIPREG_TIMEOUT);
}

static void a_timeout_is_told_once_and_nothing_is_sent_until_the_back_off_is_over(void **state)
{
    struct story *s = (struct story *)*state;

    for (int proceeding = 0; proceeding < 2; proceeding++) {
        size_t sent;
        begin_anew(s);
        story_start(s);
        if (proceeding)
            story_reply(s, "100 Trying", "");
        story_pass(s, 32000);
        assert_event(s, SIPREG_EVENT_RETRYING, SIPREG_TIMEOUT);
        sent = s->sent;
        story_pass(s, story_event(s)->retry_in - 1);
        assert_int_equal(s->sent, sent);
        assert_int_equal(s->told, 1);
        story_pass(s, 1);
        assert_int_equal(s->sent, sent + 1);
        assert_int_equal(story_requests(s), 2);
    }
}

/* 17.1.2.2: the same message, with credentials too, and whatever is wished for meanwhile. */
static void a_request_with_credentials_is_repeated_octet_for_octet(void **state)
{
    static const struct sipreg_credentials other = {"bob", SECRET, NULL, 0, NULL};
    struct story *s = (struct story *)*state;

    story_start(s);
    story_challenge(s, "n1", ", opaque=\"o\"");
    story_pass(s, 1000);
    sipreg_client_query(&s->client, s->tick);
    sipreg_client_refresh(&s->client, s->tick);
    story_pass(s, 1000);
    sipreg_client_credentials(&s->client, s->tick, &other);
    story_pass(s, 5000);
    sipreg_client_stop(&s->client, s->tick);
    story_pass(s, 24999);
    assert_int_equal(s->sent, 1 + 11);
    assert_string_equal(story_param(s, 1, "Authorization", "username"), "alice");
    for (size_t i = 2; i < s->sent; i++) {
        assert_int_equal(s->sends[i].n, s->sends[1].n);
        assert_memory_equal(s->sends[i].text, s->sends[1].text, s->sends[1].n);
    }
}

/* 17.1.3: several servers may answer one request, as over multicast; To tags tell them apart. */
static void the_first_of_several_servers_counts(void **state)
{
    struct story *s = (struct story *)*state;
    char *text;

    story_start(s);
    text = story_text(s, LAST, "200 OK", "Contact: <CONTACT>;expires=60\r\n");
    memcpy(strstr(text, "tag=srv"), "tag=two", 7);
    story_grant(s, 600);
    assert_int_equal(story_feed(s, text, strlen(text)), SIPREG_OK); /* as a copy would be */
    free(text);
    assert_int_equal(s->told, 1);
    assert_int_equal(story_event(s)->granted, 600);
    assert_false(story_until_sent(s, 60 * 1000));
}

/* 17.1.4, for the first sending and for a repetition. */
static void a_send_that_fails_ends_the_request_at_once(void **state)
{
    struct story *s = (struct story *)*state;

    s->fail_at[CALL_SEND] = 1;
    story_start(s);
    assert_int_equal(s->told, 1);
    assert_event(s, SIPREG_EVENT_RETRYING, SIPREG_TRANSPORT);
    assert_int_equal(s->events[0].at, s->sends[0].at);
    assert_int_equal(story_grant(s, 600), SIPREG_LATE);

    assert_true(story_until_sent(s, 60 * 1000));
    s->fail_at[CALL_SEND] = s->calls[CALL_SEND] + 1;
    story_pass(s, 500);
    assert_int_equal(s->told, 2);
    assert_event(s, SIPREG_EVENT_RETRYING, SIPREG_TRANSPORT);
    assert_int_equal(s->events[1].at - s->sends[1].at, 500);
    assert_int_equal(story_requests(s), 2);
}

/* RFC 4320 4.2: no server sends it for us, but the network may. */
static void a_408_is_worth_as_much_as_silence(void **state)
{
    struct story *s = (struct story *)*state;
    uint32_t retry_in;

    story_start(s);
    story_pass(s, 32000);
    assert_event(s, SIPREG_EVENT_RETRYING, SIPREG_TIMEOUT);
    retry_in = story_event(s)->retry_in;
    begin_anew(s);
    story_start(s);
    story_reply(s, "408 Request Timeout", "");
    assert_event(s, SIPREG_EVENT_RETRYING, SIPREG_STATUS);
    assert_int_equal(story_event(s)->retry_in, retry_in);
    assert_state(s, SIPREG_WAITING);
}

/* The request may have come through, and only its answer not (RFC 4321 1.1). */
static void behind_a_timeout_the_server_may_know_that_cseq(void **state)
{
    struct story *s = (struct story *)*state;

    story_start(s);
    story_pass(s, 32000);
    assert_true(story_until_sent(s, 60 * 1000));
    assert_string_equal(story_field(s, LAST, "CSeq"), "2 REGISTER");
    assert_string_equal(story_field(s, LAST, "Call-ID"), story_field(s, 0, "Call-ID"));
    story_pass(s, 32000);
    assert_event(s, SIPREG_EVENT_RETRYING, SIPREG_TIMEOUT);
    sipreg_client_stop(&s->client, s->tick); /* and it may have bound us */
    story_run(s);
    assert_string_equal(story_field(s, LAST, "Expires"), "0");
    assert_string_equal(story_field(s, LAST, "CSeq"), "3 REGISTER");
    assert_string_equal(story_field(s, LAST, "Call-ID"), story_field(s, 0, "Call-ID"));
}

static void an_answer_to_a_request_that_is_over_binds_nobody(void **state)
{
    struct story *s = (struct story *)*state;

    story_start(s);
    story_pass(s, 33000);
    assert_int_equal(story_grant(s, 600), SIPREG_LATE);
    assert_state(s, SIPREG_WAITING);
    assert_true(story_until_sent(s, 60 * 1000));
    assert_int_equal(
        story_reply_to(s, 0, "200 OK", "Contact: <CONTACT>;expires=600\r\n"), /* not to this one */
        SIPREG_LATE);
    assert_int_equal(s->told, 1);
    assert_int_equal(story_grant(s, 600), SIPREG_OK);
    assert_event(s, SIPREG_EVENT_REGISTERED, SIPREG_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORY(a_reliable_transport_repeats_nothing_whichever_it_is),
        STORY(t1_alone_stretches_all_that_is_made_of_it),
        STORY(a_provisional_response_in_the_last_second_puts_nothing_off),
        STORY(a_timeout_is_told_once_and_nothing_is_sent_until_the_back_off_is_over),
        STORY(a_request_with_credentials_is_repeated_octet_for_octet),
        STORY(the_first_of_several_servers_counts),
        STORY(a_send_that_fails_ends_the_request_at_once),
        STORY(a_408_is_worth_as_much_as_silence),
        STORY(behind_a_timeout_the_server_may_know_that_cseq),
        STORY(an_answer_to_a_request_that_is_over_binds_nobody),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
