/*
 * test_client_answers.c - each status code, and messages that are none of ours (RFC 3261 8.1.3,
 * 21).
 */
#include "story.h"

#include <stdio.h>
#include <stdlib.h>

enum end { LATER, STOP, PATIENCE }; /* PATIENCE: STOP, but LATER with Retry-After */

static const struct {
    int status;
    enum end end;
} codes[] = {
    {300, STOP},     {301, STOP},     {302, STOP},     {305, STOP},     {380, STOP},
    {399, STOP},     {400, STOP},     {402, STOP},     {403, STOP},     {404, PATIENCE},
    {405, STOP},     {406, STOP},     {408, LATER},    {410, STOP},     {413, PATIENCE},
    {414, STOP},     {415, PATIENCE}, {416, STOP},     {420, STOP},     {421, STOP},
    {430, STOP},     {439, STOP},     {480, LATER},    {481, LATER},    {482, LATER},
    {483, STOP},     {484, STOP},     {485, STOP},     {486, LATER},    {487, LATER},
    {488, PATIENCE}, {491, LATER},    {493, PATIENCE}, {494, STOP},     {499, STOP},
    {500, LATER},    {501, STOP},     {502, LATER},    {503, LATER},    {504, LATER},
    {505, STOP},     {555, STOP},     {599, LATER},    {600, PATIENCE}, {603, PATIENCE},
    {604, STOP},     {606, STOP},     {699, STOP},
};

static void check_code(struct story *s, int status, bool later)
{
    assert_int_equal(story_event(s)->status, status);
    assert_event(s, later ? SIPREG_EVENT_RETRYING : SIPREG_EVENT_REFUSED, SIPREG_STATUS);
    assert_int_equal(story_event(s)->retry_in == SIPREG_FOREVER, !later);
}

static void each_status_means_what_the_table_says(void **state)
{
    struct story *s = (struct story *)*state;
    char line[40];

    story_init(s);
    for (size_t i = 0; i < COUNT(codes); i++) {
        const char *target = codes[i].status < 400 ? "Contact: <sip:other.example.com>\r\n" : "";
        size_t before = story_requests(s);
        snprintf(line, sizeof line, "%d Some Reason", codes[i].status);
        story_start(s);
        story_reply(s, line, target);
        check_code(s, codes[i].status, codes[i].end == LATER);
        assert_state(s, codes[i].end == LATER ? SIPREG_WAITING : SIPREG_IDLE);
        assert_int_equal(story_requests(s), before + 1);
        if (codes[i].status < 400)
            continue;
        story_start(s);
        story_reply(s, line, "Retry-After: 200\r\n");
        check_code(s, codes[i].status, codes[i].end != STOP);
        if (codes[i].end != STOP)
            assert_int_equal(story_event(s)->retry_in, 200000);
    }
}

static void requests_that_met_are_tried_again_soon_and_then_less_soon(void **state)
{
    static const uint32_t least[] = {5000, 8000, 16000, 32000},
                          most[] = {8000, 16000, 32000, 64000};
    struct story *s = (struct story *)*state;

    story_start(s);
    for (size_t i = 0; i < COUNT(least); i++) {
        story_reply(s, "491 Request Pending", "");
        assert_int_equal(story_event(s)->retry_in, least[i]); /* the dice show 0 */
        assert_true(story_until_sent(s, most[i]));
    }
}

static void a_body_is_left_out_for_whom_it_bothers(void **state)
{
    static const struct sipreg_body body = {"text/plain", NULL, "hello", 5};
    static const char *const lines[] = {"413 A", "415 B", "488 C", "493 D"};
    struct story *s = (struct story *)*state;

    s->config.body = &body;
    for (size_t i = 0; i < COUNT(lines); i++) {
        story_start(s);
        assert_string_equal(story_field(s, LAST, "Content-Length"), "5");
        story_reply(s, lines[i], "");
        assert_string_equal(story_field(s, LAST, "Content-Length"), "0");
        story_reply(s, lines[i], ""); /* so it was not the body */
        assert_event(s, SIPREG_EVENT_REFUSED, SIPREG_STATUS);
    }
}

static void a_refusal_of_a_refresh_gives_the_binding_up(void **state)
{
    struct story *s = (struct story *)*state;

    story_register(s, "n1", 100);
    assert_true(story_until_sent(s, 100 * 1000));
    story_reply(s, "403 Forbidden", "");
    assert_event(s, SIPREG_EVENT_REFUSED, SIPREG_STATUS);
    assert_state(s, SIPREG_IDLE);
    assert_int_equal(story_event(s)->valid_for, 0);
    sipreg_client_stop(&s->client, s->tick); /* it may still be there */
    story_run(s);
    assert_string_equal(story_field(s, LAST, "Expires"), "0");
}

static void a_failed_refresh_leaves_the_binding_alive(void **state)
{
    struct story *s = (struct story *)*state;

    story_register(s, "n1", 600);
    assert_true(story_until_sent(s, 600 * 1000));
    story_reply(s, "500 Oops", "");
    assert_event(s, SIPREG_EVENT_RETRYING, SIPREG_STATUS);
    assert_state(s, SIPREG_REGISTERED);
    assert_int_equal(story_event(s)->granted, 600);
    assert_true(story_event(s)->valid_for > story_event(s)->retry_in);
}

static void a_duplicate_is_absorbed_and_later_it_is_late(void **state)
{
    struct story *s = (struct story *)*state;
    size_t sent;

    story_register(s, "n1", 600);
    sent = s->sent;
    for (int i = 0; i < 3; i++)
        assert_int_equal(story_grant(s, 1), SIPREG_OK);
    assert_int_equal(story_reply(s, "403 Forbidden", ""), SIPREG_OK);
    assert_int_equal(story_reply_to(s, 0, "401 Unauthorized",
                                    "WWW-Authenticate: Digest realm=\"r\", nonce=\"x\"\r\n"),
                     SIPREG_LATE);
    story_pass(s, 4999);
    assert_int_equal(story_grant(s, 1), SIPREG_OK);
    story_pass(s, 1);
    assert_int_equal(story_grant(s, 1), SIPREG_LATE); /* timer K is over */
    assert_int_equal(s->told, 1);
    assert_int_equal(s->sent, sent);
    assert_int_equal(s->client.granted, 600);
}

static void a_repeated_challenge_is_answered_once(void **state)
{
    struct story *s = (struct story *)*state;

    story_start(s);
    for (int i = 0; i < 3; i++)
        assert_int_equal(story_reply_to(s, 0, "401 Unauthorized",
                                        "WWW-Authenticate: Digest realm=\"r\", nonce=\"x\"\r\n"),
                         i == 0 ? SIPREG_OK : SIPREG_LATE);
    assert_int_equal(story_requests(s), 2);
}

static void an_answer_behind_timer_f_is_late_even_if_nobody_has_looked(void **state)
{
    struct story *s = (struct story *)*state;

    story_start(s);
    s->tick += 32000;
    s->time += 32000;
    assert_int_equal(story_grant(s, 600), SIPREG_LATE);
    assert_event(s, SIPREG_EVENT_RETRYING, SIPREG_TIMEOUT);
    assert_int_equal(story_grant(s, 600), SIPREG_LATE);
    assert_state(s, SIPREG_WAITING);
}

/* The text of a good 200 with one part exchanged. */
static int fed_with(struct story *s, const char *part, const char *other)
{
    char *text = story_text(s, LAST, "200 OK", "Contact: <CONTACT>;expires=600\r\n");
    char *changed = (char *)calloc(1, strlen(text) + strlen(other) + 1), *at = strstr(text, part);
    int result;

    assert_non_null(changed);
    assert_non_null(at);
    memcpy(changed, text, (size_t)(at - text));
    strcat(strcat(changed, other), at + strlen(part));
    result = story_feed(s, changed, strlen(changed));
    free(changed);
    free(text);
    return result;
}

static void what_is_foreign_or_malformed_changes_nothing(void **state)
{
    static const struct {
        const char *part, *other;
        int result;
    } cases[] = {
        {"Call-ID: ", "Call-ID: x", SIPREG_FOREIGN},
        {"From: <sip:alice@example.com>;tag=", "From: <sip:a@b>;tag=x", SIPREG_FOREIGN},
        {"REGISTER\r\n", "OPTIONS\r\n", SIPREG_FOREIGN},
        {"UDP 192.0.2.10:5060", "UDP 192.0.2.11:5060", SIPREG_FOREIGN},
        {"UDP 192.0.2.10:5060", "UDP 192.0.2.10:5061", SIPREG_FOREIGN},
        {"UDP 192.0.2.10:5060", "UDP 192.0.2.10", SIPREG_FOREIGN},
        {"Via: ", "Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKother, ", SIPREG_FOREIGN},
        {"SIP/2.0 200 OK", "OPTIONS sip:alice@192.0.2.10 SIP/2.0", SIPREG_FOREIGN},
        {"SIP/2.0 200 OK", "garbage", SIPREG_FOREIGN},
        {"branch=z9hG4bK", "branch=z9hG4bKx", SIPREG_LATE},
        {"CSeq: 1 ", "CSeq: 2 ", SIPREG_LATE},
        {"CSeq: 1 ", "CSeq: 0 ", SIPREG_LATE},
        {"CSeq: 1 ", "CSeq: 4294967297 ", SIPREG_SYNTAX},
        {"To: ", "X-To: ", SIPREG_SYNTAX},
        {"SIP/2.0 200", "SIP/2.0 700", SIPREG_SYNTAX},
        {"SIP/2.0 200", "SIP/2.0 099", SIPREG_SYNTAX},
        {"SIP/2.0 200", "SIP/3.0 200", SIPREG_SYNTAX},
        {"Content-Length: 0", "Content-Length: 1", SIPREG_PARTIAL},
    };
    struct story *s = (struct story *)*state;
    struct sipreg_client before;

    story_start(s);
    before = s->client;
    for (size_t i = 0; i < COUNT(cases); i++) {
        assert_int_equal(fed_with(s, cases[i].part, cases[i].other), cases[i].result);
        assert_memory_equal(&before, &s->client, sizeof before);
    }
    assert_int_equal(s->told + s->sent, 1);
    assert_int_equal(fed_with(s, ";rport", ";rport=1024"), SIPREG_OK); /* as behind a NAT */
    assert_event(s, SIPREG_EVENT_REGISTERED, SIPREG_OK);
}

static void a_message_cut_anywhere_changes_nothing(void **state)
{
    struct story *s = (struct story *)*state;
    struct sipreg_client before;
    char *text;
    size_t n;

    story_start(s);
    text = story_text(s, LAST, "200 OK", "Contact: <CONTACT>;expires=600\r\n");
    n = strlen(text);
    before = s->client;
    for (size_t i = 0; i < n; i++) {
        assert_true(story_feed(s, text, i) < 0);
        assert_memory_equal(&before, &s->client, sizeof before);
    }
    assert_int_equal(story_feed(s, text, n), SIPREG_OK);
    free(text);
    assert_state(s, SIPREG_REGISTERED);
}

static void no_octet_changed_does_harm(void **state)
{
    static const char evil[] = {'\0', '\r', '\n', '"', '\\', '<', ',', ';', '\xff'};
    struct story *s = (struct story *)*state;
    struct sipreg_client before;
    char *text;
    size_t n;

    story_start(s);
    text = story_text(s, LAST, "401 Unauthorized",
                      "WWW-Authenticate: Digest realm=\"r\", nonce=\"x\", qop=\"auth\"\r\n");
    n = strlen(text);
    before = s->client;
    for (size_t i = 0; i < n * sizeof evil; i++) {
        char was = text[i % n];
        text[i % n] = evil[i / n];
        s->outstanding = true;
        if (story_feed(s, text, n) == SIPREG_OK) { /* start again from before */
            for (size_t k = 1; k < s->sent; k++)
                free(s->sends[k].text);
            s->sent = 1;
            s->told = s->nonce_count = 0;
            s->client = before;
        }
        assert_memory_equal(&before, &s->client, sizeof before);
        text[i % n] = was;
    }
    free(text);
}

static void provisional_responses_of_any_kind_are_progress_only(void **state)
{
    static const char *const lines[] = {"100 Trying", "180 R", "181 F", "182 Q", "183 P", "199 E"};
    struct story *s = (struct story *)*state;

    story_start(s);
    for (size_t i = 0; i < COUNT(lines); i++)
        assert_int_equal(story_reply(s, lines[i], ""), SIPREG_OK);
    assert_int_equal(s->told, 0);
    assert_state(s, SIPREG_REGISTERING);
    story_grant(s, 60);
    assert_state(s, SIPREG_REGISTERED);
    assert_int_equal(story_reply(s, "100 Trying", ""), SIPREG_OK); /* behind the final one */
    assert_state(s, SIPREG_REGISTERED);
}

static void before_anything_was_sent_everything_is_foreign(void **state)
{
    struct story *s = (struct story *)*state;
    static const char text[] = "SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP 192.0.2.10:5060\r\n"
                               "From: <sip:a@b>\r\nTo: <sip:a@b>\r\nCall-ID: x\r\n"
                               "CSeq: 0 REGISTER\r\nContent-Length: 0\r\n\r\n";

    story_init(s);
    assert_int_equal(story_feed(s, text, sizeof text - 1), SIPREG_FOREIGN);
    assert_int_equal(story_feed(s, "\r\n\r\n", 4), SIPREG_FOREIGN);
    assert_int_equal(story_feed(s, "", 0), SIPREG_FOREIGN);
    assert_int_equal(s->told + s->sent, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORY(each_status_means_what_the_table_says),
        STORY(requests_that_met_are_tried_again_soon_and_then_less_soon),
        STORY(a_body_is_left_out_for_whom_it_bothers),
        STORY(a_refusal_of_a_refresh_gives_the_binding_up),
        STORY(a_failed_refresh_leaves_the_binding_alive),
        STORY(a_duplicate_is_absorbed_and_later_it_is_late),
        STORY(a_repeated_challenge_is_answered_once),
        STORY(an_answer_behind_timer_f_is_late_even_if_nobody_has_looked),
        STORY(what_is_foreign_or_malformed_changes_nothing),
        STORY(a_message_cut_anywhere_changes_nothing),
        STORY(no_octet_changed_does_harm),
        STORY(provisional_responses_of_any_kind_are_progress_only),
        STORY(before_anything_was_sent_everything_is_foreign),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
