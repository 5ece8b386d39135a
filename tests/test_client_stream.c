/*
 * test_client_stream.c - answers that come over connections, and how long these live (RFC 3261 7.5,
 * 18, RFC 5923).
 */
#include "story.h"

#include <stdio.h>
#include <stdlib.h>

/* A connection: what has arrived and is not a whole message yet. */
struct stream {
    struct sipreg_frame frame;
    char octets[8192];
    size_t n;
};

/* Octets arrive, and go to the client as client.h has it. The last result of the framing. */
static int arrive(struct story *s, struct stream *stream, const char *octets, size_t n)
{
    int taken;

    assert_true(stream->n + n <= sizeof stream->octets);
    memcpy(stream->octets + stream->n, octets, n);
    stream->n += n;
    while ((taken = sipreg_frame_next(&stream->frame, stream->octets, stream->n)) > 0) {
        story_feed(s, stream->octets, (size_t)taken);
        stream->n -= (size_t)taken;
        memmove(stream->octets, stream->octets + taken, stream->n);
    }
    return taken;
}

static void start_stream(struct story *s)
{
    story_forget(s);
    s->ready = false;
    story_stream(s);
    story_start(s);
}

/* 7.5 */
static void empty_lines_in_front_of_an_answer_are_skipped(void **state)
{
    struct story *s = (struct story *)*state;
    struct stream stream = {0};
    char *text;

    start_stream(s);
    text = story_text(s, LAST, "200 OK", "Contact: <CONTACT>;expires=600\r\n");
    assert_int_equal(arrive(s, &stream, "\r\n\r\n\r\n", 6), SIPREG_PARTIAL);
    assert_int_equal(s->told, 0);
    arrive(s, &stream, text, strlen(text));
    free(text);
    assert_event(s, SIPREG_EVENT_REGISTERED, SIPREG_OK);
    assert_int_equal(stream.n, 0);
}

/* 18.3: two answers and a half, in one piece and octet by octet. */
static void a_stream_may_cut_and_join_answers_anywhere(void **state)
{
    static const size_t pieces[] = {1, 4096};
    struct story *s = (struct story *)*state;

    for (size_t k = 0; k < COUNT(pieces); k++) {
        struct stream stream = {0};
        char *trying, *ok, all[4096];
        size_t n, half, piece = pieces[k];
        start_stream(s);
        trying = story_text(s, LAST, "100 Trying", "");
        ok = story_text(s, LAST, "200 OK", "Contact: <CONTACT>;expires=600\r\n");
        half = strlen(ok) / 2;
        n = (size_t)snprintf(all, sizeof all, "%s%s%.*s", trying, ok, (int)half, ok);
        for (size_t i = 0; i < n; i += piece)
            arrive(s, &stream, all + i, piece < n - i ? piece : n - i);
        assert_int_equal(s->told, 1);
        assert_event(s, SIPREG_EVENT_REGISTERED, SIPREG_OK);
        assert_int_equal(stream.n, half);
        arrive(s, &stream, ok + half, strlen(ok) - half); /* to a request that is over */
        assert_int_equal(stream.n, 0);
        assert_int_equal(s->told, 1);
        free(trying);
        free(ok);
    }
}

/* 18.1.1: such as one that the server opened. Half a message on ours is none. */
static void an_answer_on_another_connection_is_taken(void **state)
{
    struct story *s = (struct story *)*state;
    struct stream ours = {0}, other = {0};
    char *text;

    start_stream(s);
    text = story_text(s, LAST, "200 OK", "Contact: <CONTACT>;expires=600\r\n");
    arrive(s, &ours, text, strlen(text) / 2);
    assert_int_equal(s->told, 0);
    arrive(s, &other, text, strlen(text));
    free(text);
    assert_event(s, SIPREG_EVENT_REGISTERED, SIPREG_OK);
}

/* 18.3: the program closes it, and says so; the client waits for no more. */
static void an_answer_without_a_length_ends_the_connection_and_not_the_client(void **state)
{
    struct story *s = (struct story *)*state;
    struct stream stream = {0};
    char *text;

    start_stream(s);
    text = story_text(s, LAST, "200 OK", "Contact: <CONTACT>;expires=600\r\n");
    strcpy(strstr(text, "Content-Length"), "\r\n");
    assert_int_equal(arrive(s, &stream, text, strlen(text)), SIPREG_SYNTAX);
    free(text);
    assert_int_equal(s->told, 0);
    story_flow(s, SIPREG_FLOW_DOWN);
    assert_event(s, SIPREG_EVENT_RETRYING, SIPREG_TRANSPORT);
    assert_true(story_until_sent(s, 60 * 1000));
    story_grant(s, 600);
    assert_state(s, SIPREG_REGISTERED);
}

/* 18, 26.3.2: it is also the way of requests to us. */
static void a_connection_stays_as_long_as_the_registration(void **state)
{
    struct story *s = (struct story *)*state;

    story_stream(s);
    s->config.transport = SIPREG_TLS;
    story_register(s, "n1", 3600);
    for (unsigned i = 0; i < 24; i++) {
        assert_true(story_until_sent(s, 3600 * 1000));
        if (i == 12) { /* a failure is no reason to close it */
            story_reply(s, "503 Service Unavailable", "");
            assert_true(story_until_sent(s, 3600 * 1000));
        }
        story_grant(s, 3600);
        assert_state(s, SIPREG_REGISTERED);
    }
    assert_int_equal(s->opens, 1);
    assert_int_equal(s->closes, 0);
}

static void close_at_rest(void *user)
{
    struct story *s = (struct story *)user;

    assert_false(s->outstanding);
    s->closes++;
    s->open = false;
    s->actions++;
}

/* RFC 5923 8.3 */
static void no_connection_is_closed_under_a_request(void **state)
{
    struct story *s = (struct story *)*state;

    story_stream(s);
    s->io.close = close_at_rest;
    story_start(s);
    sipreg_client_stop(&s->client, s->tick); /* while the first one is under way */
    story_run(s);
    story_challenge(s, "n1", "");
    if (s->outstanding)
        story_reply(s, "200 OK", "");
    assert_state(s, SIPREG_IDLE);
    story_pass(s, 32000);
    assert_int_equal(s->closes, 1);
    story_register(s, "n2", 600);
    assert_true(story_until_sent(s, 600 * 1000));
    sipreg_client_stop(&s->client, s->tick); /* while a refresh is */
    story_run(s);
    story_grant(s, 600);
    assert_state(s, SIPREG_UNREGISTERING);
    assert_int_equal(s->closes, 1);
    story_reply(s, "200 OK", "");
    story_pass(s, 32000);
    assert_int_equal(s->closes, 2);
    story_start(s);
    story_reply(s, "403 Forbidden", "");
    story_pass(s, 32000);
    assert_int_equal(s->closes, 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORY(empty_lines_in_front_of_an_answer_are_skipped),
        STORY(a_stream_may_cut_and_join_answers_anywhere),
        STORY(an_answer_on_another_connection_is_taken),
        STORY(an_answer_without_a_length_ends_the_connection_and_not_the_client),
        STORY(a_connection_stays_as_long_as_the_registration),
        STORY(no_connection_is_closed_under_a_request),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
