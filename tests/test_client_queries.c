/*
 * test_client_queries.c - asking for all bindings, and removing them all (RFC 3261 10.2.2, 10.2.3).
 */
#include "story.h"

static void stop(struct story *s)
{
    assert_int_equal(sipreg_client_stop(&s->client, s->tick), SIPREG_OK);
    story_run(s);
}

static void query(struct story *s)
{
    assert_int_equal(sipreg_client_query(&s->client, s->tick), SIPREG_OK);
    story_run(s);
}

static void clear(struct story *s)
{
    assert_int_equal(sipreg_client_clear(&s->client, s->tick), SIPREG_OK);
    story_run(s);
}

static void a_query_has_no_contact_and_tells_what_is_there(void **state)
{
    struct story *s = (struct story *)*state;

    story_init(s);
    query(s);
    assert_state(s, SIPREG_QUERYING);
    assert_null(story_field(s, 0, "Contact"));
    assert_null(story_field(s, 0, "Expires"));
    story_challenge(s, "n1", "");
    story_reply(s, "200 OK", "Contact: <sip:a@b>;expires=5, <sip:c@d>;expires=6\r\n");
    assert_event(s, SIPREG_EVENT_BINDINGS, SIPREG_OK);
    assert_int_equal(s->events[0].contacts, 2);
    assert_state(s, SIPREG_IDLE);
    query(s);
    story_reply(s, "404 Not Found", "");
    assert_event(s, SIPREG_EVENT_REFUSED, SIPREG_STATUS);
    query(s);
    story_pass(s, 32000);
    assert_event(s, SIPREG_EVENT_REFUSED, SIPREG_TIMEOUT);
    assert_int_equal(story_run(s), SIPREG_FOREVER);
}

static void a_query_waits_for_the_refresh_and_a_start_for_the_query(void **state)
{
    struct story *s = (struct story *)*state;

    story_start(s);
    query(s);
    assert_int_equal(story_requests(s), 1);
    story_grant(s, 100);
    assert_int_equal(story_requests(s), 2);
    assert_null(story_field(s, LAST, "Contact"));
    assert_state(s, SIPREG_REGISTERED);
    stop(s);
    assert_int_equal(story_requests(s), 2);
    story_reply(s, "200 OK", "Contact: <CONTACT>;expires=99\r\n");
    assert_event(s, SIPREG_EVENT_BINDINGS, SIPREG_OK);
    assert_string_equal(story_field(s, LAST, "Expires"), "0");
    query(s);
    story_reply(s, "200 OK", "");
    story_start(s);
    assert_null(story_field(s, LAST, "Contact"));
    story_reply(s, "200 OK", "");
    assert_string_equal(story_field(s, LAST, "Expires"), "3600");
}

static void what_a_query_lists_is_the_fact(void **state)
{
    struct story *s = (struct story *)*state;

    story_register(s, "n1", 1000);
    query(s);
    story_reply(s, "200 OK", "Contact: <CONTACT>;expires=200, <sip:x@y>;expires=9\r\n");
    assert_int_equal(story_event(s)->granted, 200);
    assert_state(s, SIPREG_REGISTERED);
    assert_true(story_until_sent(s, 170 * 1000));
    story_grant(s, 1000);
    story_pass(s, 100 * 1000);
    query(s);
    story_reply(s, "200 OK", "Contact: <CONTACT>\r\n"); /* says nothing of time */
    assert_state(s, SIPREG_REGISTERED);
    assert_int_equal(story_event(s)->granted, 900);
    query(s);
    story_reply(s, "200 OK", "Contact: <CONTACT>;expires=0\r\n");
    assert_state(s, SIPREG_WAITING);
    assert_event(s, SIPREG_EVENT_BINDINGS, SIPREG_OK);
    assert_int_equal(story_event(s)->retry_in, 30000);
    story_start(s);
    story_grant(s, 1000);
    query(s);
    story_reply(s, "200 OK", "Contact: <sip:x@y>;expires=9\r\n");
    assert_event(s, SIPREG_EVENT_BINDINGS, SIPREG_OK);
    assert_state(s, SIPREG_WAITING);
    assert_true(story_event(s)->retry_in >= 30000);
    assert_true(story_until_sent(s, 60 * 1000));
    assert_string_equal(story_field(s, LAST, "Expires"), "3600");
}

static void times_are_exact_to_the_second(void **state)
{
    struct story *s = (struct story *)*state;

    story_register(s, "n1", 1000);
    query(s);
    story_reply(s, "200 OK", "Contact: <CONTACT>\r\n");
    assert_int_equal(story_event(s)->granted, 1000);
    query(s);
    story_reply(s, "200 OK", "Contact: <CONTACT>;expires=1\r\n"); /* the last one, but one */
    assert_int_equal(story_event(s)->granted, 1);
    assert_state(s, SIPREG_REGISTERED);
}

static void a_query_does_not_doubt_a_guess(void **state)
{
    struct story *s = (struct story *)*state;

    story_start(s);
    story_reply(s, "200 OK", "Expires: 500\r\n");
    query(s);
    story_reply(s, "200 OK", "");
    assert_state(s, SIPREG_REGISTERED);
    assert_int_equal(story_event(s)->granted, 500);
}

static void queries_put_no_refresh_off(void **state)
{
    struct story *s = (struct story *)*state;
    char header[60];

    story_register(s, "n1", 100);
    for (int i = 1; i < 40; i++) {
        story_pass(s, 1000);
        query(s);
        assert_null(story_field(s, LAST, "Expires"));
        strcpy(header, "Contact: <CONTACT>;expires=");
        header[27] = (char)('0' + (100 - i) / 10);
        strcpy(header + 28, "9\r\n");
        story_reply(s, "200 OK", header);
    }
    assert_true(story_until_sent(s, 28 * 1000)); /* as planned, 68 s after the first grant */
    assert_string_equal(story_field(s, LAST, "Expires"), "3600");
}

static void clear_removes_everybody(void **state)
{
    struct story *s = (struct story *)*state;

    story_register(s, "n1", 100);
    clear(s);
    assert_string_equal(story_field(s, LAST, "Contact"), "*");
    assert_string_equal(story_field(s, LAST, "Expires"), "0");
    assert_int_equal(story_count(s, LAST, "Contact"), 1);
    story_reply(s, "200 OK", "");
    assert_event(s, SIPREG_EVENT_UNREGISTERED, SIPREG_OK);
    clear(s);
    story_pass(s, 32000);
    assert_event(s, SIPREG_EVENT_UNREGISTERED, SIPREG_TIMEOUT);
    stop(s); /* the next one is for ours alone again */
    assert_string_not_equal(story_field(s, LAST, "Contact"), "*");
    story_reply(s, "200 OK", "");
    clear(s); /* nothing of ours is there, but others' may be */
    story_reply(s, "403 Forbidden", "");
    assert_event(s, SIPREG_EVENT_UNREGISTERED, SIPREG_STATUS);
    story_start(s);
    story_grant(s, 60);
    stop(s);
    assert_string_not_equal(story_field(s, LAST, "Contact"), "*");
}

static void a_clear_behind_a_stop_is_not_forgotten(void **state)
{
    static const char *const lines[] = {"200 OK", "500 Oops"};
    struct story *s = (struct story *)*state;

    for (size_t i = 0; i < COUNT(lines); i++) {
        size_t told = s->told;
        story_start(s);
        story_grant(s, 100);
        stop(s);
        clear(s);
        story_reply(s, lines[i], "");
        assert_string_equal(story_field(s, LAST, "Contact"), "*");
        story_reply(s, "200 OK", "");
        assert_event(s, SIPREG_EVENT_UNREGISTERED, SIPREG_OK);
        assert_int_equal(s->told, told + 2);
    }
}

static void start_takes_a_clear_back_that_was_not_sent(void **state)
{
    struct story *s = (struct story *)*state;

    story_start(s);
    clear(s);
    story_start(s);
    stop(s);
    story_grant(s, 100);
    assert_string_not_equal(story_field(s, LAST, "Contact"), "*");
}

/* Nor is it sent again: it is the one transaction that there may be. */
static void a_query_outlives_the_end_of_a_stop(void **state)
{
    struct story *s = (struct story *)*state;

    story_start(s);
    story_grant(s, 100);
    sipreg_client_query(&s->client, s->tick);
    story_run(s);
    sipreg_client_stop_within(&s->client, s->tick, 100);
    story_pass(s, 100);
    assert_event(s, SIPREG_EVENT_UNREGISTERED, SIPREG_TIMEOUT);
    assert_state(s, SIPREG_QUERYING);
    assert_int_equal(story_requests(s), 2);
    story_reply(s, "200 OK", "");
    assert_event(s, SIPREG_EVENT_BINDINGS, SIPREG_OK);
    assert_state(s, SIPREG_IDLE);
    assert_int_equal(story_requests(s), 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORY(a_query_has_no_contact_and_tells_what_is_there),
        STORY(a_query_waits_for_the_refresh_and_a_start_for_the_query),
        STORY(what_a_query_lists_is_the_fact),
        STORY(times_are_exact_to_the_second),
        STORY(a_query_does_not_doubt_a_guess),
        STORY(queries_put_no_refresh_off),
        STORY(a_query_outlives_the_end_of_a_stop),
        STORY(clear_removes_everybody),
        STORY(a_clear_behind_a_stop_is_not_forgotten),
        STORY(start_takes_a_clear_back_that_was_not_sent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
