/*
 * test_client_servers.c - a server fails, and there are others for the same next hop (RFC
 * 3263 4.3).
 */
#include "story.h"

static void begin(struct story *s, size_t others)
{
    story_stream(s);
    s->config.transport = SIPREG_UDP; /* flows that are opened, one for each server */
    story_init(s);
    assert_int_equal(sipreg_client_servers(&s->client, others), SIPREG_OK);
    s->servers = others;
    story_start(s);
}

static void begin_stream(struct story *s)
{
    story_stream(s);
    story_init(s);
    story_start(s);
}

/* A query that its server declines, and that goes to the next one. */
static void query_elsewhere(struct story *s)
{
    assert_int_equal(sipreg_client_servers(&s->client, 1), SIPREG_OK);
    s->servers = 1;
    sipreg_client_query(&s->client, s->tick);
    story_run(s);
    story_reply(s, "503 Busy", "");
}

/* The last request is a new one to another server, and why has been told. */
static void assert_next_server(struct story *s, unsigned opens, int error)
{
    assert_event(s, SIPREG_EVENT_RETRYING, error);
    assert_int_equal(story_event(s)->retry_in, 0);
    assert_int_equal(s->opens, opens);
    assert_int_equal(story_requests(s), opens);
    assert_string_not_equal(story_param(s, LAST, "Via", "branch"),
                            story_param(s, s->sent - 2, "Via", "branch"));
    assert_string_equal(story_field(s, LAST, "Call-ID"), story_field(s, 0, "Call-ID"));
}

static void a_503_is_taken_to_the_next_server_at_once(void **state)
{
    struct story *s = (struct story *)*state;

    begin(s, 1);
    story_reply(s, "503 Busy", "Retry-After: 60\r\n");
    assert_next_server(s, 2, SIPREG_STATUS);
    assert_int_equal(story_event(s)->status, 503);
    assert_int_equal(s->closes, 1);
    assert_string_equal(story_field(s, LAST, "CSeq"), "2 REGISTER");
    story_reply(s, "503 Busy", "Retry-After: 60\r\n"); /* and that was the last one */
    assert_event(s, SIPREG_EVENT_RETRYING, SIPREG_STATUS);
    assert_in_range(story_event(s)->retry_in, 60000, 63000);
    assert_int_equal(story_requests(s), 2);
}

static void silence_is_taken_to_the_next_server(void **state)
{
    struct story *s = (struct story *)*state;

    begin(s, 2);
    story_pass(s, 32000);
    assert_event(s, SIPREG_EVENT_RETRYING, SIPREG_TIMEOUT);
    assert_int_equal(s->opens, 2);
    story_grant(s, 100);
    assert_event(s, SIPREG_EVENT_REGISTERED, SIPREG_OK);
}

static void a_server_that_has_spoken_is_not_left_for_its_silence(void **state)
{
    struct story *s = (struct story *)*state;

    begin(s, 2);
    story_reply(s, "100 Trying", "");
    story_pass(s, 32000);
    assert_event(s, SIPREG_EVENT_RETRYING, SIPREG_TIMEOUT);
    assert_true(story_event(s)->retry_in >= 15000);
    assert_int_equal(s->opens, 1);
    assert_true(story_until_sent(s, 3600 * 1000)); /* the next request is another matter */
    story_pass(s, 32000);
    assert_int_equal(s->opens, 2);
}

static void a_transport_error_is_taken_to_the_next_server(void **state)
{
    struct story *s = (struct story *)*state;

    begin(s, 3);
    story_flow(s, SIPREG_FLOW_DOWN);
    assert_next_server(s, 2, SIPREG_TRANSPORT);
    assert_int_equal(s->closes, 0); /* a lost flow is the caller's to clean up */
    s->fail_at[CALL_OPEN] = s->calls[CALL_OPEN] + 1;
    story_flow(s, SIPREG_FLOW_DOWN);
    assert_int_equal(s->opens, 4); /* the third could not be opened */
    assert_int_equal(story_requests(s), 3);
}

static void an_untrusted_server_is_left_for_the_next(void **state)
{
    struct story *s = (struct story *)*state;

    s->opening = OPENS_LATER;
    begin(s, 1);
    story_flow(s, SIPREG_FLOW_UNTRUSTED);
    assert_event(s, SIPREG_EVENT_RETRYING, SIPREG_POLICY);
    story_flow(s, SIPREG_FLOW_UP);
    assert_int_equal(s->sent, 1);
    story_flow(s, SIPREG_FLOW_UNTRUSTED);
    assert_event(s, SIPREG_EVENT_REFUSED, SIPREG_POLICY);
}

static void other_answers_are_no_failure_of_the_server(void **state)
{
    static const char *const lines[] = {"500 Error", "403 No",     "404 No", "480 Later",
                                        "502 Bad",   "504 Silent", "600 No", "200 OK"};
    struct story *s = (struct story *)*state;

    for (size_t i = 0; i < COUNT(lines); i++) {
        story_forget(s);
        s->opens = 0;
        begin(s, 5);
        story_reply(s, lines[i], "");
        assert_int_equal(s->opens, 1);
        assert_int_equal(s->sent, 1);
    }
}

static void credentials_go_on_with_the_next_count(void **state)
{
    struct story *s = (struct story *)*state;

    begin(s, 1);
    story_challenge(s, "n1", ", qop=\"auth\"");
    assert_string_equal(story_param(s, LAST, "Authorization", "nc"), "00000001");
    story_reply(s, "503 Busy", "");
    assert_string_equal(story_param(s, LAST, "Authorization", "nc"), "00000002");
    assert_string_equal(story_field(s, LAST, "CSeq"), "3 REGISTER");
    story_check_digest(s, "Authorization", "alice", SECRET);
}

static void a_removal_and_a_query_go_elsewhere_too(void **state)
{
    struct story *s = (struct story *)*state;

    begin(s, 2);
    story_grant(s, 1000);
    sipreg_client_query(&s->client, s->tick);
    story_run(s);
    story_reply(s, "503 Busy", "");
    assert_event(s, SIPREG_EVENT_RETRYING, SIPREG_STATUS);
    assert_int_equal(story_event(s)->retry_in, 0);
    assert_int_equal(story_count(s, LAST, "Contact"), 0);
    story_grant(s, 1000);
    assert_event(s, SIPREG_EVENT_BINDINGS, SIPREG_OK);
    sipreg_client_stop(&s->client, s->tick);
    story_run(s);
    story_reply(s, "503 Busy", "");
    assert_int_equal(story_event(s)->retry_in, 0);
    assert_string_equal(story_field(s, LAST, "Expires"), "0");
    story_reply(s, "200 OK", "");
    assert_event(s, SIPREG_EVENT_UNREGISTERED, SIPREG_OK);
}

static void who_opens_no_flows_has_no_other_server(void **state)
{
    struct story *s = (struct story *)*state;

    assert_int_equal(sipreg_client_servers(&s->client, 1), SIPREG_STATE);
    story_init(s);
    assert_int_equal(sipreg_client_servers(&s->client, 1), SIPREG_STATE);
}

/* Who always finds another one cannot make us hammer. */
static void after_ten_servers_in_an_attempt_there_is_a_back_off(void **state)
{
    struct story *s = (struct story *)*state;

    begin(s, 1000);
    for (int i = 0; i < 10; i++)
        story_reply(s, "503 Busy", "");
    assert_int_equal(s->opens, 11);
    story_reply(s, "503 Busy", "");
    assert_int_equal(s->opens, 11);
    assert_true(story_event(s)->retry_in >= 15000);
    assert_true(story_until_sent(s, 3600 * 1000));
    assert_int_equal(s->opens, 12);
    sipreg_client_servers(&s->client, 1);
    story_reply(s, "503 Busy", "");
    assert_int_equal(s->opens, 13);
}

/* Nor do those that one attempt has tried count in the next, also if that opens a flow first. */
static void each_attempt_has_ten_servers_of_its_own(void **state)
{
    struct story *s = (struct story *)*state;

    s->opening = OPENS_LATER;
    begin(s, 1000);
    for (int i = 0; i < 11; i++)
        story_flow(s, SIPREG_FLOW_DOWN);
    assert_int_equal(s->opens, 11);
    assert_true(story_event(s)->retry_in >= 15000);
    story_pass(s, story_event(s)->retry_in);
    assert_int_equal(s->opens, 12);
    sipreg_client_servers(&s->client, 1);
    story_flow(s, SIPREG_FLOW_DOWN);
    assert_event(s, SIPREG_EVENT_RETRYING, SIPREG_TRANSPORT);
    assert_int_equal(story_event(s)->retry_in, 0);
    assert_int_equal(s->opens, 13);
}

/* Calls may still come by the flow to the last one, so it is kept until then. */
static void when_all_have_failed_the_next_attempt_opens_a_flow_anew(void **state)
{
    static const char *const answers[] = {"503 Busy", NULL};
    struct story *s = (struct story *)*state;

    for (size_t i = 0; i < COUNT(answers); i++) {
        story_forget(s);
        s->opens = s->closes = 0;
        begin(s, 0);
        if (answers[i] != NULL)
            story_reply(s, answers[i], "");
        else
            story_pass(s, 32000);
        assert_true(story_event(s)->retry_in >= 15000);
        assert_int_equal(s->closes, 0);
        assert_true(story_until_sent(s, 3600 * 1000));
        assert_int_equal(s->closes, 1);
        assert_int_equal(s->opens, 2);
        story_reply(s, "500 Error", ""); /* no fault of the server as such */
        assert_true(story_until_sent(s, 3600 * 1000));
        assert_int_equal(s->opens, 2);
    }
}

static void who_never_spoke_of_servers_keeps_its_flow(void **state)
{
    struct story *s = (struct story *)*state;

    begin_stream(s);
    story_reply(s, "503 Busy", "");
    assert_true(story_until_sent(s, 3600 * 1000));
    assert_int_equal(s->opens, 1);
    assert_int_equal(s->closes, 0);
}

static void a_query_that_leaves_the_flow_has_the_binding_renewed(void **state)
{
    struct story *s = (struct story *)*state;

    begin_stream(s);
    story_grant(s, 1000);
    query_elsewhere(s);
    assert_int_equal(s->opens, 2);
    assert_int_equal(story_count(s, LAST, "Contact"), 0);
    story_reply(s, "200 OK", "Contact: <sip:alice@192.0.2.10:5060;transport=tcp>;expires=900\r\n");
    assert_event(s, SIPREG_EVENT_BINDINGS, SIPREG_OK);
    assert_int_equal(story_count(s, LAST, "Contact"), 1);
    story_grant(s, 1000);
    assert_event(s, SIPREG_EVENT_REGISTERED, SIPREG_OK);
    assert_int_equal(s->opens, 2);
}

/* The binding of a datagram's contact does not depend on what the query does with the flow, unless
   a NAT stands in between. */
static void over_udp_the_binding_is_renewed_where_the_flow_matters(void **state)
{
    struct story *s = (struct story *)*state;

    for (int i = 0; i < 3; i++) {
        story_forget(s);
        s->config.keepalive = i == 1 ? &sipreg_keepalive : NULL;
        s->config.ping = SIPREG_PING_ALWAYS;
        s->config.rewrite_contact = i == 2;
        begin(s, 0);
        if (i == 2)
            story_grant_seen(s, ";rport=1024;received=203.0.113.7", 100);
        story_grant(s, 100);
        query_elsewhere(s);
        story_reply(s, "404 No", "");
        assert_int_equal(story_count(s, LAST, "Contact") > 0, i > 0);
    }
}

/* Nor does a query hurry anything that is not bound, or waits for its time. */
static void a_query_that_leaves_the_flow_cuts_no_back_off_short(void **state)
{
    struct story *s = (struct story *)*state;

    begin_stream(s);
    story_grant(s, 1000);
    assert_true(story_until_sent(s, 1000 * 1000));
    story_reply(s, "500 Error", "");
    for (int lapsed = 0; lapsed < 2; lapsed++) {
        query_elsewhere(s);
        story_reply(s, "404 No", "");
        assert_int_equal(story_count(s, LAST, "Contact"), 0);
        if (lapsed == 0) {
            story_pass(s, 1000 * 1000);
            story_reply(s, "500 Error", "");
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORY(a_503_is_taken_to_the_next_server_at_once),
        STORY(silence_is_taken_to_the_next_server),
        STORY(a_server_that_has_spoken_is_not_left_for_its_silence),
        STORY(a_transport_error_is_taken_to_the_next_server),
        STORY(an_untrusted_server_is_left_for_the_next),
        STORY(other_answers_are_no_failure_of_the_server),
        STORY(credentials_go_on_with_the_next_count),
        STORY(a_removal_and_a_query_go_elsewhere_too),
        STORY(who_opens_no_flows_has_no_other_server),
        STORY(after_ten_servers_in_an_attempt_there_is_a_back_off),
        STORY(each_attempt_has_ten_servers_of_its_own),
        STORY(when_all_have_failed_the_next_attempt_opens_a_flow_anew),
        STORY(who_never_spoke_of_servers_keeps_its_flow),
        STORY(a_query_that_leaves_the_flow_has_the_binding_renewed),
        STORY(over_udp_the_binding_is_renewed_where_the_flow_matters),
        STORY(a_query_that_leaves_the_flow_cuts_no_back_off_short),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
