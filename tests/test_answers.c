/*
 * test_answers.c - what a response makes of a client, by itself: verdicts, and what is noted for
 * the request to come. That each status is followed in a life is in test_client_answers.c.
 */
#include "story.h"

#include "answers.h"

#include <stdio.h>
#include <stdlib.h>

/* Weighed by a client that has just sent its first REGISTER. */
static enum sipreg_outcome weigh(struct story *s, const char *line, const char *headers, int *error)
{
    struct sipreg_response response;
    char *text = story_text(s, LAST, line, headers);
    struct sipreg_str whole = given_text(text);

    free(text);
    assert_true(sipreg_response_parse(&response, whole.p, whole.n) > 0);
    return sipreg_answers_weigh(&s->client, &response, error);
}

static void every_code_there_is_has_a_verdict(void **state)
{
    static const int later[] = {408, 480, 481, 482, 486, 487, 491};
    static const int no_later[] = {380, 501, 505, 555};
    struct story *s = (struct story *)*state;
    char line[16];
    int error;

    story_start(s);
    for (int status = 200; status < 700; status++) {
        enum sipreg_outcome expected = status < 300        ? SIPREG_ACCEPTED
                                       : status == 423     ? SIPREG_LATER
                                       : status == 513     ? SIPREG_AGAIN
                                       : status / 100 == 3 ? SIPREG_LATER
                                       : status / 100 == 5 ? SIPREG_LATER
                                                           : SIPREG_REFUSED;
        for (size_t i = 0; i < COUNT(later); i++)
            expected = status == later[i] ? SIPREG_LATER : expected;
        for (size_t i = 0; i < COUNT(no_later); i++)
            expected = status == no_later[i] ? SIPREG_REFUSED : expected;
        snprintf(line, sizeof line, "%d X", status);
        assert_int_equal(weigh(s, line, "", &error), expected);
        assert_int_equal(error, status < 300                     ? SIPREG_OK
                                : status == 401 || status == 407 ? SIPREG_CHALLENGE
                                                                 : SIPREG_STATUS);
    }
}

static void a_challenge_is_noted_for_the_request_to_come(void **state)
{
    struct story *s = (struct story *)*state;
    int error;

    story_start(s);
    assert_int_equal(
        weigh(s, "401 X", "WWW-Authenticate: Digest realm=\"r\", nonce=\"n\"\r\n", &error),
        SIPREG_AGAIN);
    assert_true(s->client.sessions[0].ready);
    assert_true(s->client.sessions[0].fresh);
    assert_int_equal(s->client.rounds, 1);
}

/* Of several reasons the one that says most. */
static void why_nothing_could_be_answered(void **state)
{
    static const struct {
        const char *headers;
        int error;
    } cases[] = {
        {"", SIPREG_CHALLENGE},
        {"WWW-Authenticate: Digest realm=\"r\", nonce=\"n\"\r\n", SIPREG_POLICY},
        {"WWW-Authenticate: Digest realm=\"r\", nonce=\"n\"\r\n"
         "WWW-Authenticate: Digest realm=\"r\", nonce=\"n\", qop=\"auth\", algorithm=SHA-256\r\n",
         SIPREG_POLICY},
        {"WWW-Authenticate: Digest realm=\"r\", nonce=\"n\", qop=\"auth\", algorithm=SHA-256\r\n"
         "WWW-Authenticate: Digest realm=\"r\", nonce=\"n\"\r\n",
         SIPREG_POLICY},
        {"WWW-Authenticate: Digest realm=\"r\", nonce=\"n\", qop=\"auth\", algorithm=SHA-256\r\n",
         SIPREG_CHALLENGE},
    };
    struct story *s = (struct story *)*state;
    int error;

    s->config.policy.require_qop = true;
    s->config.password = NULL;
    story_start(s);
    for (size_t i = 0; i < COUNT(cases); i++) {
        assert_int_equal(weigh(s, "401 X", cases[i].headers, &error), SIPREG_REFUSED);
        assert_int_equal(error, cases[i].error);
    }
}

static void what_was_rejected_is_not_answered_though_another_realm_could_be(void **state)
{
    struct story *s = (struct story *)*state;
    int error;

    story_start(s);
    story_challenge(s, "n1", "");
    assert_int_equal(weigh(s, "401 X",
                           "WWW-Authenticate: Digest realm=\"example.com\", nonce=\"n2\"\r\n"
                           "Proxy-Authenticate: Digest realm=\"p\", nonce=\"n3\"\r\n",
                           &error),
                     SIPREG_REFUSED);
    assert_int_equal(error, SIPREG_CHALLENGE);
    /* but it stands in nobody else's way */
    assert_int_equal(
        weigh(s, "407 X", "Proxy-Authenticate: Digest realm=\"p\", nonce=\"n4\"\r\n", &error),
        SIPREG_AGAIN);
}

static void repeats_at_once_are_counted_whatever_asks_for_them(void **state)
{
    struct story *s = (struct story *)*state;
    char headers[60];
    int error;

    s->config.expires = 10;
    story_start(s);
    for (int i = 1; i <= 10; i++) {
        snprintf(headers, sizeof headers, "Min-Expires: %d\r\n", 10 + i);
        assert_int_equal(weigh(s, "423 X", headers, &error), SIPREG_AGAIN);
        assert_int_equal(s->client.floor, 10 + i);
    }
    assert_int_equal(weigh(s, "423 X", "Min-Expires: 90\r\n", &error), SIPREG_LATER);
    assert_int_equal(error, SIPREG_STATUS);
}

static void a_time_that_is_demanded_is_followed_up_to_a_day_and_guessed_to_be_an_hour(void **state)
{
    struct story *s = (struct story *)*state;
    int error;

    s->config.expires = 3599;
    story_start(s);
    assert_int_equal(weigh(s, "423 X", "", &error), SIPREG_AGAIN);
    assert_int_equal(s->client.floor, 3600);
    assert_int_equal(weigh(s, "423 X", "Min-Expires: 86400\r\n", &error), SIPREG_AGAIN);
    assert_int_equal(s->client.floor, 86400);
    assert_int_equal(weigh(s, "423 X", "Min-Expires: 86401\r\n", &error), SIPREG_LATER);
}

static void who_leaves_the_time_to_the_server_is_not_made_to_hurry(void **state)
{
    static const int64_t demands[][2] = {{1, 60}, {59, 60}, {60, 60}, {61, 61}};
    struct story *s = (struct story *)*state;
    char headers[60];
    int error;

    s->config.expires = SIPREG_EXPIRES_NONE;
    story_start(s);
    for (size_t i = 0; i < COUNT(demands); i++) {
        snprintf(headers, sizeof headers, "Min-Expires: %d\r\n", (int)demands[i][0]);
        assert_int_equal(weigh(s, "423 X", headers, &error), SIPREG_AGAIN);
        assert_int_equal(s->client.floor, demands[i][1]);
    }
    s->client.request.expires = 10; /* asked for ten seconds, whoever does may get eleven */
    assert_int_equal(weigh(s, "423 X", "Min-Expires: 11\r\n", &error), SIPREG_AGAIN);
    assert_int_equal(s->client.floor, 11);
}

static void the_most_that_may_be_demanded_can_be_a_second(void **state)
{
    struct story *s = (struct story *)*state;
    int error;

    s->config.expires = 1;
    s->config.expires_max = 1;
    story_start(s);
    assert_int_equal(weigh(s, "423 X", "Min-Expires: 2\r\n", &error), SIPREG_LATER);
}

static void the_first_header_line_may_be_the_challenge(void **state)
{
    struct story *s = (struct story *)*state;
    struct sipreg_response response =
        parsed("SIP/2.0 401 X\r\nWWW-Authenticate: Digest realm=\"r\", nonce=\"n\"\r\n"
               "v: SIP/2.0/UDP h\r\nf: <sip:a@h>\r\nt: <sip:a@h>\r\ni: 1\r\nCSeq: 1 REGISTER\r\n"
               "l: 0\r\n\r\n");
    int error;

    story_start(s);
    assert_int_equal(sipreg_answers_weigh(&s->client, &response, &error), SIPREG_AGAIN);
}

static void nobody_is_asked_again_for_credentials_that_were_rejected(void **state)
{
    struct story *s = (struct story *)*state;
    int error;

    story_start(s);
    story_challenge(s, "n1", "");
    assert_int_equal(s->calls[CALL_CREDENTIALS], 1);
    assert_int_equal(weigh(s, "401 X",
                           "WWW-Authenticate: Digest realm=\"example.com\", nonce=\"n2\"\r\n",
                           &error),
                     SIPREG_REFUSED);
    assert_int_equal(s->calls[CALL_CREDENTIALS], 1);
}

static void a_rejection_counts_whichever_realm_it_comes_from(void **state)
{
    struct story *s = (struct story *)*state;
    int error;

    story_start(s);
    story_reply(s, "401 X",
                "WWW-Authenticate: Digest realm=\"r\", nonce=\"n1\"\r\n"
                "Proxy-Authenticate: Digest realm=\"p\", nonce=\"n2\"\r\n");
    assert_int_equal(weigh(s, "407 X",
                           "WWW-Authenticate: Digest realm=\"r\", nonce=\"n3\", stale=true\r\n"
                           "Proxy-Authenticate: Digest realm=\"p\", nonce=\"n4\"\r\n",
                           &error),
                     SIPREG_REFUSED);
    assert_int_equal(error, SIPREG_CHALLENGE);
}

/* Seen by the sanitizer. */
static void nothing_behind_a_client_is_read(void **state)
{
    struct story *s = (struct story *)*state;
    struct sipreg_client *alone = (struct sipreg_client *)malloc(sizeof *alone);
    struct sipreg_response response;
    int error;

    assert_non_null(alone);
    story_start(s);
    *alone = s->client;
    response = parsed(ANSWER("401 X", "WWW-Authenticate: Digest realm=r, nonce=n\r\n"));
    assert_int_equal(sipreg_answers_weigh(alone, &response, &error), SIPREG_AGAIN);
    free(alone);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORY(every_code_there_is_has_a_verdict),
        STORY(a_challenge_is_noted_for_the_request_to_come),
        STORY(why_nothing_could_be_answered),
        STORY(what_was_rejected_is_not_answered_though_another_realm_could_be),
        STORY(repeats_at_once_are_counted_whatever_asks_for_them),
        STORY(a_time_that_is_demanded_is_followed_up_to_a_day_and_guessed_to_be_an_hour),
        STORY(who_leaves_the_time_to_the_server_is_not_made_to_hurry),
        STORY(the_most_that_may_be_demanded_can_be_a_second),
        STORY(the_first_header_line_may_be_the_challenge),
        STORY(nobody_is_asked_again_for_credentials_that_were_rejected),
        STORY(a_rejection_counts_whichever_realm_it_comes_from),
        STORY(nothing_behind_a_client_is_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
