/*
 * test_client_outcomes.c - what is left of a request that has ended, where only the next one shows.
 */
#include "story.h"

#define TO(uri) "Contact: <" uri ">\r\n"

static const struct sipreg_contact phones[] = {
    {"sip:alice@192.0.2.20:5060", 600, 0, NULL},
    {"sip:alice@192.0.2.21:5060", 600, 0, NULL},
};

static void assert_target(struct story *s, const char *host)
{
    assert_memory_equal(s->sends[s->sent - 1].text + strlen("REGISTER sip:"), host, strlen(host));
}

static void a_removal_ends_a_redirection(void **state)
{
    struct story *s = (struct story *)*state;

    s->config.follow_redirects = true;
    story_start(s);
    story_reply(s, "302 Moved", TO("sip:r2.example.com"));
    story_grant(s, 600);
    sipreg_client_stop(&s->client, s->tick);
    story_run(s);
    assert_target(s, "r2.example.com ");
    story_reply(s, "200 OK", "");
    sipreg_client_start(&s->client, s->tick);
    story_run(s);
    assert_target(s, "example.com ");
}

/* 21.6 */
static void a_no_is_definite_from_600_on(void **state)
{
    struct story *s = (struct story *)*state;

    s->config.follow_redirects = true;
    story_start(s);
    story_reply(s, "302 Moved",
                TO("sip:r2.example.com") TO("sip:r3.example.com") TO("sip:r4.example.com"));
    story_reply(s, "599 Last", "");
    assert_target(s, "r3.example.com ");
    story_reply(s, "600 First", "");
    assert_event(s, SIPREG_EVENT_REFUSED, SIPREG_STATUS);
    assert_int_equal(story_requests(s), 3);
}

static void each_target_that_fails_takes_its_connection_with_it(void **state)
{
    struct story *s = (struct story *)*state;

    story_stream(s);
    s->config.follow_redirects = true;
    story_start(s);
    story_reply(s, "302 Moved", TO("sip:r2.example.com") TO("sip:r3.example.com"));
    story_reply(s, "404 Not Here", "");
    assert_target(s, "r3.example.com ");
    assert_int_equal(s->closes, 2);
    assert_int_equal(s->opens, 3);
}

/* RFC 5626 4.2.1 asks for one more request, and says nothing of other servers. */
static void a_server_that_is_asked_again_at_once_does_not_become_many(void **state)
{
    struct story *s = (struct story *)*state;

    s->config.instance = "urn:uuid:00000000-0000-1000-8000-aabbccddeeff";
    s->config.reg_id = 1;
    story_start(s);
    s->servers = 1; /* what the story is to allow */
    story_reply(s, "503 Busy", "Retry-After: 0\r\n");
    assert_int_equal(story_requests(s), 2);
    story_pass(s, 32 * 1000);
    assert_event(s, SIPREG_EVENT_RETRYING, SIPREG_TIMEOUT);
    assert_true(story_event(s)->retry_in >= 15 * 1000);
    assert_int_equal(story_requests(s), 2);
}

static void all_further_contacts_are_looked_for_and_no_former_ones(void **state)
{
    struct story *s = (struct story *)*state;

    s->config.contacts = phones;
    s->config.contact_count = 2;
    story_start(s);
    story_reply(s, "200 OK",
                "Contact: <CONTACT>;expires=600, <sip:alice@192.0.2.20:5060>;expires=600\r\n");
    assert_false(story_event(s)->listed);
    sipreg_client_contacts(&s->client, s->tick, NULL, 0);
    story_run(s);
    story_grant(s, 600);
    assert_event(s, SIPREG_EVENT_REGISTERED, SIPREG_OK);
    assert_true(story_event(s)->listed);
}

static void a_further_contact_is_refreshed_however_short_its_life(void **state)
{
    struct story *s = (struct story *)*state;

    s->config.contacts = phones;
    s->config.contact_count = 1;
    story_start(s);
    story_reply(s, "200 OK",
                "Contact: <CONTACT>;expires=600, <sip:alice@192.0.2.20:5060>;expires=1\r\n");
    assert_event(s, SIPREG_EVENT_REGISTERED, SIPREG_OK);
    assert_int_equal(story_event(s)->granted, 600);
    assert_int_equal(story_event(s)->refresh_in, 1000);
}

/* Over UDP it is the caller who knows that the binding went with the flow. */
static void the_patience_of_a_failure_ends_with_the_next_success(void **state)
{
    struct story *s = (struct story *)*state;

    story_stream(s);
    s->config.transport = SIPREG_UDP;
    story_start(s);
    story_reply(s, "500 Error", "");
    assert_true(story_until_sent(s, 60 * 1000));
    story_grant(s, 3600);
    story_flow(s, SIPREG_FLOW_DOWN);
    assert_int_equal(story_requests(s), 2);
    s->open = true;
    story_flow(s, SIPREG_FLOW_UP);
    assert_int_equal(story_requests(s), 3);
}

/* RFC 3263 4.3: another server, whatever the one before has said, and whatever became of it. */
static void a_refresh_that_loses_its_flow_goes_to_the_next_server_at_once(void **state)
{
    struct story *s = (struct story *)*state;

    story_stream(s);
    story_start(s);
    story_grant(s, 3600);
    assert_int_equal(sipreg_client_servers(&s->client, 1), SIPREG_OK);
    s->servers = 1;
    sipreg_client_refresh(&s->client, s->tick);
    story_run(s);
    story_flow(s, SIPREG_FLOW_DOWN); /* after less than it takes to be trusted */
    assert_int_equal(s->opens, 2);
    assert_int_equal(story_requests(s), 3);
    story_reply(s, "500 Error", ""); /* and this is the first failure */
    assert_event(s, SIPREG_EVENT_RETRYING, SIPREG_STATUS);
    assert_in_range(story_event(s)->retry_in, 90 * 1000, 180 * 1000 - 1);
}

static void a_server_that_cannot_be_reached_any_more_is_left_for_the_next(void **state)
{
    struct story *s = (struct story *)*state;

    story_stream(s);
    story_start(s);
    story_grant(s, 3600);
    assert_int_equal(sipreg_client_servers(&s->client, 1), SIPREG_OK);
    s->servers = 1;
    s->opening = OPENS_NEVER;
    story_pass(s, 60 * 1000);
    story_flow(s, SIPREG_FLOW_DOWN);
    assert_int_equal(s->opens, 2);
    s->opening = OPENS_AT_ONCE;
    story_pass(s, 32 * 1000);
    assert_int_equal(s->opens, 3);
    assert_int_equal(story_requests(s), 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORY(a_removal_ends_a_redirection),
        STORY(a_no_is_definite_from_600_on),
        STORY(each_target_that_fails_takes_its_connection_with_it),
        STORY(a_server_that_is_asked_again_at_once_does_not_become_many),
        STORY(all_further_contacts_are_looked_for_and_no_former_ones),
        STORY(a_further_contact_is_refreshed_however_short_its_life),
        STORY(the_patience_of_a_failure_ends_with_the_next_success),
        STORY(a_refresh_that_loses_its_flow_goes_to_the_next_server_at_once),
        STORY(a_server_that_cannot_be_reached_any_more_is_left_for_the_next),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
