/*
 * test_client_redirect_flow.c - redirections and the connection (RFC 3261 8.1.3.4, 18).
 */
#include "redirection.h"

static void the_flow_of_a_redirection_is_closed_before_another_is_opened(void **state)
{
    struct story *s = (struct story *)*state;

    story_stream(s);
    redirection_start(s);
    story_reply(s, "302 Moved", "Contact: <sip:r2.example.com>;expires=60\r\n");
    story_grant(s, 300);
    assert_true(story_until_sent(s, 300 * 1000));
    assert_target(s, "sip:example.com");
    assert_int_equal(s->opens, 3);
    assert_int_equal(s->closes, 2);
}

/* A connection that only the program can open; without one there is no other target either. */
static void without_a_flow_a_query_ends_whatever_targets_are_left(void **state)
{
    struct story *s = (struct story *)*state;

    s->config.transport = SIPREG_TCP;
    s->config.follow_redirects = true;
    story_init(s);
    assert_int_equal(sipreg_client_query(&s->client, s->tick), SIPREG_OK);
    story_run(s);
    story_reply(s, "302 Moved", TO("sip:r2.example.com") TO("sip:r3.example.com"));
    assert_target(s, "sip:r2.example.com");
    story_flow(s, SIPREG_FLOW_DOWN);
    assert_event(s, SIPREG_EVENT_REFUSED, SIPREG_TRANSPORT);
    assert_int_equal(story_requests(s), 2);
}

/* 19.1.4: schemes have no case, but not everybody knows. */
static void a_scheme_is_written_in_small_letters(void **state)
{
    struct story *s = (struct story *)*state;

    redirection_start(s);
    story_reply(s, "302 Moved", TO("SiP:r2.example.com"));
    assert_target(s, "sip:r2.example.com");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORY(the_flow_of_a_redirection_is_closed_before_another_is_opened),
        STORY(without_a_flow_a_query_ends_whatever_targets_are_left),
        STORY(a_scheme_is_written_in_small_letters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
