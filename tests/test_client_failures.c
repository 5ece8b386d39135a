/*
 * test_client_failures.c - a whole life in which one call of the program's functions fails: each
 * function, each call in turn. It must end well all the same.
 */
#include "story.h"

enum { HOUR = 3600 * 1000 };

/* A registrar that wants credentials and keeps what it is told. */
static void serve(struct story *s)
{
    const char *expires = story_field(s, LAST, "Expires");

    if (story_field(s, LAST, "Authorization") == NULL)
        story_challenge(s, "nonce", "");
    else if (expires == NULL)
        story_reply(s, "200 OK", "Contact: <sip:alice@192.0.2.10:5060>;expires=50\r\n");
    else if (expires[0] == '0')
        story_reply(s, "200 OK", "");
    else
        story_grant(s, 1000);
}

/* Until that state, or an event of that type; twice an hour something must happen. */
static void serve_until(struct story *s, enum sipreg_client_state state)
{
    uint64_t end = s->time + 2 * HOUR;

    while (s->time < end) {
        if (s->outstanding)
            serve(s);
        else if (sipreg_client_state(&s->client) == state && s->client.next_at > s->client.now)
            return;
        else if (sipreg_client_state(&s->client) == SIPREG_IDLE && state == SIPREG_IDLE)
            return;
        else if (sipreg_client_state(&s->client) == SIPREG_IDLE)
            story_start(s); /* it was refused, which is told */
        else
            story_until_sent(s, HOUR / 2);
    }
    fail_msg("stuck in state %d instead of %d", (int)sipreg_client_state(&s->client), (int)state);
}

static void live(struct story *s)
{
    size_t told;

    story_start(s);
    serve_until(s, SIPREG_REGISTERED);
    assert_true(story_until_sent(s, HOUR));
    serve_until(s, SIPREG_REGISTERED);
    told = s->told;
    sipreg_client_query(&s->client, s->tick);
    story_run(s);
    serve_until(s, SIPREG_REGISTERED);
    assert_true(s->told > told);
    story_move(s, "198.51.100.7:5060");
    serve_until(s, SIPREG_REGISTERED);
    story_pass(s, HOUR / 60);
    sipreg_client_stop(&s->client, s->tick);
    story_run(s);
    serve_until(s, SIPREG_IDLE);
    assert_int_equal(story_event(s)->type, SIPREG_EVENT_UNREGISTERED);
    story_pass(s, 32000); /* an idle flow is closed by then */
    assert_int_equal(story_run(s), SIPREG_FOREVER);
    story_start(s);
    serve_until(s, SIPREG_REGISTERED);
    assert_event(s, SIPREG_EVENT_REGISTERED, SIPREG_OK);
}

static void renew(struct story *s)
{
    story_forget(s);
    s->ready = false;
    memset(s->calls, 0, sizeof s->calls);
    memset(s->fail_at, 0, sizeof s->fail_at);
}

/* The life with the n-th call failing, for every n there is. */
static void fail_each(struct story *s, enum story_call call, unsigned least)
{
    unsigned n = 0;

    do {
        renew(s);
        s->fail_at[call] = ++n;
        live(s);
    } while (s->calls[call] >= n);
    assert_true(n > least); /* so often it was called */
}

static void any_send_may_fail(void **state)
{
    fail_each((struct story *)*state, CALL_SEND, 6);
}

static void any_send_on_a_stream_may_fail(void **state)
{
    struct story *s = (struct story *)*state;

    story_stream(s);
    fail_each(s, CALL_SEND, 6);
}

static void any_random_number_may_fail(void **state)
{
    fail_each((struct story *)*state, CALL_RANDOM, 12);
}

static void any_open_may_fail(void **state)
{
    struct story *s = (struct story *)*state;

    story_stream(s);
    fail_each(s, CALL_OPEN, 2);
}

static void any_question_for_credentials_may_fail(void **state)
{
    fail_each((struct story *)*state, CALL_CREDENTIALS, 6);
}

static void an_answer_lost_to_the_random_source_comes_later(void **state)
{
    struct story *s = (struct story *)*state;

    story_start(s);
    s->fail_at[CALL_RANDOM] = s->calls[CALL_RANDOM] + 1;
    story_challenge(s, "n1", "");
    assert_event(s, SIPREG_EVENT_RETRYING, SIPREG_RANDOM);
    assert_int_equal(s->sent, 1);
    assert_true(story_until_sent(s, 60 * 1000));
    story_challenge(s, "n2", "");
    s->fail_at[CALL_RANDOM] = s->calls[CALL_RANDOM] + 1;
    story_grant(s, 600); /* the jitter is lost, and nothing else */
    assert_event(s, SIPREG_EVENT_REGISTERED, SIPREG_OK);
}

/* While a known challenge is answered unasked. */
static void an_unasked_answer_lost_to_the_random_source_comes_later(void **state)
{
    struct story *s = (struct story *)*state;

    story_start(s);
    story_challenge(s, "n1", "");
    story_reply(s, "200 OK",
                "Contact: <CONTACT>;expires=600\r\n"
                "Authentication-Info: nextnonce=\"n2\"\r\n");
    s->fail_at[CALL_RANDOM] = s->calls[CALL_RANDOM] + 1;
    story_pass(s, 540 * 1000);
    assert_int_equal(s->events[1].event.type, SIPREG_EVENT_RETRYING);
    assert_int_equal(s->events[1].event.error, SIPREG_RANDOM);
    assert_true(s->outstanding || story_until_sent(s, 60 * 1000));
    assert_string_equal(story_param(s, LAST, "Authorization", "nonce"), "n2");
}

/* ---------------------------------------------------------------- a source that repeats itself */

static int still_random(void *user, void *out, size_t n)
{
    (void)user;
    memset(out, 0x5A, n);
    return 0;
}

static void with_a_source_that_stands_still_nothing_is_sent(void **state)
{
    struct story *s = (struct story *)*state;
    int (*random)(void *, void *, size_t) = s->io.random;

    s->io.random = still_random;
    story_start(s);
    assert_event(s, SIPREG_EVENT_RETRYING, SIPREG_RANDOM);
    story_pass(s, 4 * HOUR);
    assert_true(s->told > 4);
    assert_event(s, SIPREG_EVENT_RETRYING, SIPREG_RANDOM);
    assert_int_equal(s->sent, 0);
    s->io.random = random;
    assert_true(story_until_sent(s, HOUR));
    story_grant(s, 600);
    assert_event(s, SIPREG_EVENT_REGISTERED, SIPREG_OK);
}

static void a_branch_that_comes_again_is_not_sent_again(void **state)
{
    struct story *s = (struct story *)*state;
    uint64_t before;

    story_start(s);
    before = s->entropy - 16; /* where the branch began */
    story_grant(s, 600);
    s->entropy = before;
    story_move(s, NULL);
    assert_event(s, SIPREG_EVENT_RETRYING, SIPREG_RANDOM);
    assert_int_equal(s->sent, 1);
    assert_state(s, SIPREG_REGISTERED);
    assert_true(story_until_sent(s, HOUR)); /* the source has gone on */
    story_grant(s, 600);
    assert_event(s, SIPREG_EVENT_REGISTERED, SIPREG_OK);
}

/* For a new nonce; that of the same nonce stays. */
static void a_cnonce_that_comes_again_is_not_used_again(void **state)
{
    static const char *const ways[] = {"challenge", "nextnonce"};
    struct story *s = (struct story *)*state;

    for (size_t i = 0; i < COUNT(ways); i++) {
        uint64_t before;
        story_anew(s);
        before = s->entropy; /* where the cnonce will begin */
        story_challenge(s, i == 0 ? "n1" : "m1", "");
        assert_int_equal(story_requests(s), 2);
        if (i == 1)
            story_reply(s, "200 OK",
                        "Contact: <CONTACT>;expires=600\r\n"
                        "Authentication-Info: nextnonce=\"m2\"\r\n");
        s->entropy = before;
        if (i == 0)
            story_challenge(s, "n2", ", stale=true");
        else
            story_move(s, NULL);
        assert_event(s, SIPREG_EVENT_RETRYING, SIPREG_RANDOM);
        assert_int_equal(story_requests(s), 2);
        assert_true(story_until_sent(s, HOUR));
        assert_string_not_equal(story_param(s, 1, "Authorization", "cnonce"),
                                story_param(s, LAST, "Authorization", "cnonce"));
        story_grant(s, 600);
        assert_event(s, SIPREG_EVENT_REGISTERED, SIPREG_OK);
    }
}

static void a_request_that_outgrows_the_scratch_buffer_is_told(void **state)
{
    struct story *s = (struct story *)*state;
    size_t least = 0;

    while (sipreg_client_init(&s->client, &s->config) != SIPREG_SPACE)
        s->io.scratch_size--;
    least = s->io.scratch_size + 1;
    s->io.scratch_size = least;
    story_start(s); /* fits without credentials */
    assert_int_equal(s->sent, 1);
    assert_true(s->sends[0].n <= least);
    story_challenge(s, "a-nonce-of-some-length", "");
    assert_event(s, SIPREG_EVENT_REFUSED, SIPREG_SPACE);
    assert_state(s, SIPREG_IDLE);
    assert_int_equal(s->sent, 1);
    assert_int_equal(s->told, 1);
    sipreg_client_stop(&s->client, s->tick);
    story_run(s);
    assert_event(s, SIPREG_EVENT_UNREGISTERED, SIPREG_SPACE);
    sipreg_client_query(&s->client, s->tick);
    s->io.scratch_size = 10;
    story_run(s);
    assert_event(s, SIPREG_EVENT_REFUSED, SIPREG_SPACE);
    assert_int_equal(story_run(s), SIPREG_FOREVER);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORY(any_send_may_fail),
        STORY(any_send_on_a_stream_may_fail),
        STORY(any_random_number_may_fail),
        STORY(any_open_may_fail),
        STORY(any_question_for_credentials_may_fail),
        STORY(an_answer_lost_to_the_random_source_comes_later),
        STORY(an_unasked_answer_lost_to_the_random_source_comes_later),
        STORY(with_a_source_that_stands_still_nothing_is_sent),
        STORY(a_branch_that_comes_again_is_not_sent_again),
        STORY(a_cnonce_that_comes_again_is_not_used_again),
        STORY(a_request_that_outgrows_the_scratch_buffer_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
