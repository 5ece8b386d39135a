/*
 * test_client_wishes.c - wishes that cross what is under way: one request at a time, and the last
 * wish wins (RFC 3261 10.2).
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

static void with(struct story *s, const char *password)
{
    struct sipreg_credentials credentials = {"alice", password, NULL, 0, NULL};

    assert_int_equal(sipreg_client_credentials(&s->client, s->tick, &credentials), SIPREG_OK);
    story_run(s);
}

static void a_stop_waits_for_the_refresh_under_way(void **state)
{
    struct story *s = (struct story *)*state;

    story_register(s, "n1", 100);
    assert_true(story_until_sent(s, 100 * 1000));
    stop(s);
    assert_state(s, SIPREG_UNREGISTERING);
    story_pass(s, 1500);
    assert_int_equal(story_requests(s), 3);
    story_grant(s, 100);
    assert_int_equal(story_requests(s), 4);
    assert_string_equal(story_field(s, LAST, "Expires"), "0");
    assert_int_equal(s->events[1].event.state, SIPREG_UNREGISTERING);
    story_reply(s, "200 OK", "");
    assert_event(s, SIPREG_EVENT_UNREGISTERED, SIPREG_OK);
}

static void a_stop_during_the_first_request_removes_what_it_made(void **state)
{
    struct story *s = (struct story *)*state;

    story_start(s);
    stop(s);
    story_challenge(s, "n1", ""); /* for the removal it will do */
    assert_string_equal(story_field(s, LAST, "Expires"), "0");
    assert_string_equal(story_param(s, LAST, "Authorization", "nonce"), "n1");
    story_reply(s, "200 OK", "");
    assert_event(s, SIPREG_EVENT_UNREGISTERED, SIPREG_OK);
    assert_state(s, SIPREG_IDLE);
}

/* auth-int was answered for a request with a body, and the removal has none. */
static void a_stop_during_a_challenge_has_a_digest_of_its_own(void **state)
{
    static const struct sipreg_body body = {"text/plain", NULL, "hello", 5};
    struct story *s = (struct story *)*state;

    s->config.body = &body;
    story_start(s);
    stop(s);
    story_reply(s, "401 Unauthorized",
                "WWW-Authenticate: Digest realm=\"r\", nonce=\"n\", qop=\"auth-int\"\r\n");
    assert_string_equal(story_field(s, LAST, "Content-Length"), "0");
    story_check_digest(s, "Authorization", "alice", SECRET);
}

static void a_stop_during_a_request_that_fails_needs_a_removal_only_if_in_doubt(void **state)
{
    struct story *s = (struct story *)*state;

    story_register(s, "n1", 100);
    stop(s);
    story_reply(s, "200 OK", "");
    story_start(s);
    stop(s);
    story_reply(s, "403 Forbidden", "");
    assert_event(s, SIPREG_EVENT_UNREGISTERED, SIPREG_OK);
    assert_int_equal(story_requests(s), 4);
    story_start(s);
    stop(s);
    story_reply(s, "200 OK", ""); /* bound or not? not listed */
    assert_int_equal(story_requests(s), 6);
    story_pass(s, 32000); /* the removal is not answered */
    assert_event(s, SIPREG_EVENT_UNREGISTERED, SIPREG_TIMEOUT);
    assert_state(s, SIPREG_IDLE);
    assert_int_equal(story_run(s), SIPREG_FOREVER);
}

static void a_stop_while_waiting_goes_out_at_once(void **state)
{
    struct story *s = (struct story *)*state;

    story_start(s);
    story_pass(s, 33000);
    assert_state(s, SIPREG_WAITING);
    stop(s); /* the one that timed out may have been heard */
    assert_string_equal(story_field(s, LAST, "Expires"), "0");
    story_reply(s, "500 Oops", "");
    assert_event(s, SIPREG_EVENT_UNREGISTERED, SIPREG_STATUS);
    assert_state(s, SIPREG_IDLE);
}

static void stop_without_start_removes_what_an_earlier_run_has_left(void **state)
{
    struct story *s = (struct story *)*state;

    story_init(s);
    stop(s);
    assert_string_equal(story_field(s, 0, "Contact"), "<sip:alice@192.0.2.10:5060>;expires=0");
    story_challenge(s, "n1", "");
    story_reply(s, "200 OK", "");
    assert_event(s, SIPREG_EVENT_UNREGISTERED, SIPREG_OK);
}

static void start_during_the_removal_registers_again(void **state)
{
    struct story *s = (struct story *)*state;

    story_register(s, "n1", 100);
    stop(s);
    story_start(s);
    assert_int_equal(story_requests(s), 3);
    story_reply(s, "200 OK", "");
    assert_int_equal(s->told, 1); /* nobody wants to know of that removal */
    assert_state(s, SIPREG_REGISTERING);
    assert_int_equal(story_requests(s), 4);
    assert_string_equal(story_field(s, LAST, "Expires"), "3600");
    story_grant(s, 100);
    assert_event(s, SIPREG_EVENT_REGISTERED, SIPREG_OK);
}

static void a_removal_without_an_answer_leaves_the_binding_in_doubt(void **state)
{
    struct story *s = (struct story *)*state;

    story_register(s, "n1", 1000);
    stop(s);
    story_start(s);
    story_pass(s, 32000);
    assert_state(s, SIPREG_REGISTERING);
    assert_string_equal(story_field(s, LAST, "Expires"), "3600");
    stop(s);
    story_reply(s, "503 Busy", "");
    assert_string_equal(story_field(s, LAST, "Expires"), "0");
}

static void a_removal_that_fails_while_started_again_leaves_the_binding(void **state)
{
    struct story *s = (struct story *)*state;

    story_register(s, "n1", 1000);
    stop(s);
    story_start(s);
    story_reply(s, "500 Oops", "");
    assert_int_equal(s->told, 1);
    assert_state(s, SIPREG_REGISTERED);
    assert_string_equal(story_field(s, LAST, "Expires"), "3600");
}

static void start_again_and_again_changes_nothing(void **state)
{
    struct story *s = (struct story *)*state;

    story_start(s);
    for (int i = 0; i < 5; i++)
        story_start(s);
    story_challenge(s, "n1", "");
    story_start(s);
    story_grant(s, 100);
    story_start(s);
    assert_int_equal(story_requests(s), 2);
    assert_int_equal(s->told, 1);
}

static void start_does_not_hurry_what_is_under_way(void **state)
{
    struct story *s = (struct story *)*state;

    story_start(s);
    story_reply(s, "503 Busy", "");
    assert_true(story_until_sent(s, 60 * 1000));
    story_start(s);
    story_reply(s, "503 Busy", "");
    assert_int_equal(story_event(s)->retry_in, 60000); /* the second step all the same */
}

static void start_cuts_any_back_off_short(void **state)
{
    struct story *s = (struct story *)*state;

    story_start(s);
    story_reply(s, "503 Busy", "Retry-After: 600\r\n");
    story_start(s);
    assert_int_equal(story_requests(s), 2);
    story_grant(s, 100);
    assert_true(story_until_sent(s, 100 * 1000));
    story_reply(s, "503 Busy", "");
    story_start(s); /* a refresh that failed */
    assert_int_equal(story_requests(s), 4);
    story_reply(s, "503 Busy", "");
    query(s);
    story_start(s); /* while something else is under way */
    story_reply(s, "200 OK", "Contact: <sip:alice@192.0.2.10:5060>;expires=20\r\n");
    assert_int_equal(story_requests(s), 6);
    assert_string_equal(story_field(s, LAST, "Expires"), "3600");
}

static void refresh_needs_a_wish_to_be_registered(void **state)
{
    struct story *s = (struct story *)*state;

    story_init(s);
    assert_int_equal(sipreg_client_refresh(&s->client, s->tick), SIPREG_STATE);
    story_register(s, "n1", 100);
    assert_int_equal(sipreg_client_refresh(&s->client, s->tick), SIPREG_OK);
    story_run(s);
    assert_int_equal(story_requests(s), 3);
    stop(s);
    assert_int_equal(sipreg_client_refresh(&s->client, s->tick), SIPREG_STATE);
}

static void new_credentials_after_a_refusal_start_again(void **state)
{
    struct story *s = (struct story *)*state;

    s->config.password = "wrong";
    story_start(s);
    story_challenge(s, "n1", "");
    story_challenge(s, "n2", "");
    assert_state(s, SIPREG_IDLE);
    query(s); /* in between */
    story_reply(s, "403 Forbidden", "");
    with(s, SECRET);
    assert_state(s, SIPREG_REGISTERING);
    story_challenge(s, "n3", "");
    story_check_digest(s, "Authorization", "alice", SECRET);
    story_grant(s, 60);
    assert_event(s, SIPREG_EVENT_REGISTERED, SIPREG_OK);
}

static void new_credentials_wake_nobody_who_was_stopped(void **state)
{
    struct story *s = (struct story *)*state;

    story_register(s, "n1", 100);
    stop(s);
    story_reply(s, "200 OK", "");
    story_start(s);
    stop(s);
    story_reply(s, "403 Forbidden", "");
    with(s, SECRET);
    assert_state(s, SIPREG_IDLE);
    story_start(s);
    story_reply(s, "403 Forbidden", "");
    stop(s);
    with(s, SECRET);
    assert_state(s, SIPREG_IDLE);
    assert_int_equal(story_requests(s), 5);
}

static void new_credentials_shorten_a_back_off_and_leave_a_binding_alone(void **state)
{
    struct story *s = (struct story *)*state;

    story_start(s);
    story_reply(s, "503 Busy", "");
    with(s, SECRET);
    assert_int_equal(story_requests(s), 2);
    story_grant(s, 100);
    with(s, SECRET);
    assert_int_equal(story_requests(s), 2);
    assert_true(story_until_sent(s, 100 * 1000));
    story_reply(s, "503 Busy", ""); /* bound, and in a back-off */
    with(s, SECRET);
    assert_int_equal(story_requests(s), 4);
}

static void new_credentials_while_the_old_ones_are_being_refused_get_their_turn(void **state)
{
    struct story *s = (struct story *)*state;

    s->config.password = "wrong";
    story_start(s);
    story_challenge(s, "n1", "");
    with(s, SECRET);
    story_pass(s, 500); /* and the same octets again */
    story_challenge(s, "n2", "");
    assert_int_equal(s->told, 0);
    story_check_digest(s, "Authorization", "alice", SECRET);
    story_challenge(s, "n3", "");
    assert_event(s, SIPREG_EVENT_REFUSED, SIPREG_CHALLENGE);
}

static void a_client_that_failed_to_init_refuses_every_wish(void **state)
{
    struct story *s = (struct story *)*state;
    struct sipreg_client *c = &s->client;
    struct sipreg_credentials none = {NULL, NULL, NULL, 0, NULL};
    struct sipreg_response response;
    struct sipreg_action action;

    s->config.aor = "alice";
    assert_int_equal(sipreg_client_init(c, &s->config), SIPREG_ARGUMENT);
    memset(&response, 0, sizeof response);
    assert_int_equal(sipreg_client_start(c, 0), SIPREG_STATE);
    assert_int_equal(sipreg_client_stop(c, 0), SIPREG_STATE);
    assert_int_equal(sipreg_client_refresh(c, 0), SIPREG_STATE);
    assert_int_equal(sipreg_client_query(c, 0), SIPREG_STATE);
    assert_int_equal(sipreg_client_clear(c, 0), SIPREG_STATE);
    assert_int_equal(sipreg_client_move(c, 0, NULL), SIPREG_STATE);
    assert_int_equal(sipreg_client_credentials(c, 0, &none), SIPREG_STATE);
    assert_int_equal(sipreg_client_flow(c, 0, SIPREG_FLOW_UP), SIPREG_STATE);
    assert_int_equal(sipreg_client_response(c, 0, &response), SIPREG_STATE);
    assert_false(sipreg_client_next(c, 0, &action));
    assert_int_equal(sipreg_client_deadline(c, 0), SIPREG_FOREVER);
    assert_int_equal(sipreg_client_run(c, 0), SIPREG_FOREVER);
    assert_int_equal(sipreg_client_state(c), SIPREG_IDLE);
    assert_str(sipreg_client_route(c, SIPREG_PATH, 0), NULL);
}

static void a_binding_that_lapses_during_its_removal_is_no_news(void **state)
{
    struct story *s = (struct story *)*state;

    story_register(s, "n1", 10);
    stop(s);
    story_pass(s, 31999);
    assert_int_equal(s->told, 1);
    story_pass(s, 1);
    assert_int_equal(s->told, 2);
    assert_event(s, SIPREG_EVENT_UNREGISTERED, SIPREG_TIMEOUT);
}

static void a_removal_that_nobody_wants_any_more_ends_without_a_word(void **state)
{
    struct story *s = (struct story *)*state;

    story_stream(s);
    story_register(s, "n1", 1000);
    stop(s);
    story_start(s);
    story_pass(s, 32000);
    assert_int_equal(s->told, 1);
    assert_int_equal(s->closes, 1); /* of a dead flow */
    assert_int_equal(s->opens, 2);
    assert_string_equal(story_field(s, LAST, "Expires"), "3600");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORY(a_stop_waits_for_the_refresh_under_way),
        STORY(a_stop_during_the_first_request_removes_what_it_made),
        STORY(a_stop_during_a_challenge_has_a_digest_of_its_own),
        STORY(a_stop_during_a_request_that_fails_needs_a_removal_only_if_in_doubt),
        STORY(a_stop_while_waiting_goes_out_at_once),
        STORY(stop_without_start_removes_what_an_earlier_run_has_left),
        STORY(start_during_the_removal_registers_again),
        STORY(a_removal_without_an_answer_leaves_the_binding_in_doubt),
        STORY(a_removal_that_fails_while_started_again_leaves_the_binding),
        STORY(start_again_and_again_changes_nothing),
        STORY(start_does_not_hurry_what_is_under_way),
        STORY(start_cuts_any_back_off_short),
        STORY(refresh_needs_a_wish_to_be_registered),
        STORY(new_credentials_after_a_refusal_start_again),
        STORY(new_credentials_wake_nobody_who_was_stopped),
        STORY(new_credentials_shorten_a_back_off_and_leave_a_binding_alone),
        STORY(new_credentials_while_the_old_ones_are_being_refused_get_their_turn),
        STORY(a_client_that_failed_to_init_refuses_every_wish),
        STORY(a_binding_that_lapses_during_its_removal_is_no_news),
        STORY(a_removal_that_nobody_wants_any_more_ends_without_a_word),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
