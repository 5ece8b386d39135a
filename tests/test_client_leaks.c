/*
 * test_client_leaks.c - to whom does an answer to a challenge go, and to whom never? Whoever gets
 * one can try passwords at home (RFC 7616 5.8, RFC 3261 22.3, 26.3.2).
 */
#include "redirection.h"
#include "reply.h"

#include <stdio.h>

#define ASK_401 "WWW-Authenticate: Digest realm=\"example.com\", nonce=\"evil\", qop=\"auth\"\r\n"
#define ASK_407 "Proxy-Authenticate: Digest realm=\"example.com\", nonce=\"evil\", qop=\"auth\"\r\n"

/* ---------------------------------------------------------------- by whom it was asked for */

#define VIA  "Via: {via}\r\n"
#define FROM "From: {from}\r\n"
#define TO_  "To: {to};tag=x\r\n"
#define CALL "Call-ID: {call-id}\r\n"
#define CSEQ "CSeq: {cseq} REGISTER\r\n"

/* From a host that we have not sent to: it can guess, but not what is random. */
static void a_challenge_that_answers_no_request_of_ours_gets_no_answer(void **state)
{
    static const struct {
        const char *headers;
        int result;
    } rows[] = {
        {"Via: SIP/2.0/UDP 192.0.2.10:5060;branch=z9hG4bKguessed\r\n" FROM TO_ CALL CSEQ,
         SIPREG_LATE},
        {"Via: SIP/2.0/UDP 192.0.2.10:5060\r\n" FROM TO_ CALL CSEQ, SIPREG_LATE},
        {"Via: SIP/2.0/UDP 192.0.2.66:5060;branch={branch}\r\n" FROM TO_ CALL CSEQ, SIPREG_FOREIGN},
        {VIA VIA FROM TO_ CALL CSEQ, SIPREG_FOREIGN},
        {VIA "From: <sip:alice@example.com>;tag=guessed\r\n" TO_ CALL CSEQ, SIPREG_FOREIGN},
        {VIA FROM TO_ "Call-ID: guessed\r\n" CSEQ, SIPREG_FOREIGN},
        {VIA FROM TO_ CALL "CSeq: 99 REGISTER\r\n", SIPREG_LATE},
        {VIA FROM TO_ CALL "CSeq: {cseq} INVITE\r\n", SIPREG_FOREIGN},
    };
    static const char *const challenges[] = {"SIP/2.0 401 U\r\n" ASK_401,
                                             "SIP/2.0 407 P\r\n" ASK_407};
    struct story *s = (struct story *)*state;
    char text[900];

    for (size_t i = 0; i < COUNT(rows); i++) {
        for (size_t k = 0; k < COUNT(challenges); k++) {
            snprintf(text, sizeof text, "%s%s" REPLY_END, challenges[k], rows[i].headers);
            reply_is_ignored(s, text, rows[i].result);
        }
    }
    reply_still_awaited(s);
    for (size_t i = 0; i < s->sent; i++) {
        assert_null(story_field(s, i, "Authorization"));
        assert_null(story_field(s, i, "Proxy-Authorization"));
    }
}

/* One that comes when nothing is asked any more, or that is no final answer. */
static void a_challenge_out_of_season_gets_no_answer(void **state)
{
    struct story *s = (struct story *)*state;

    story_start(s);
    assert_int_equal(story_reply(s, "100 Trying", ASK_401), SIPREG_OK);
    assert_int_equal(story_reply(s, "183 Progress", ASK_407), SIPREG_OK);
    assert_int_equal(story_requests(s), 1);
    story_grant(s, 600);
    assert_int_equal(story_reply(s, "401 U", ASK_401), SIPREG_OK); /* is absorbed */
    story_pass(s, 6000);
    assert_int_equal(story_reply(s, "407 P", ASK_407), SIPREG_LATE);
    assert_int_equal(story_reply(s, "200 OK", "Contact: <CONTACT>;expires=600\r\n" ASK_401),
                     SIPREG_LATE);
    assert_true(story_until_sent(s, 600 * 1000));
    assert_null(story_field(s, LAST, "Authorization")); /* nor is it remembered */
    assert_null(story_field(s, LAST, "Proxy-Authorization"));
    story_reply(s, "403 Forbidden", ASK_401 ASK_407); /* a no, whatever else it carries */
    assert_event(s, SIPREG_EVENT_REFUSED, SIPREG_STATUS);
    assert_int_equal(story_requests(s), 2);
}

/* ---------------------------------------------------------------- for which realm */

#define OF(realm) "Digest realm=\"" realm "\", nonce=\"1\", qop=\"auth\"\r\n"

static void where_one_realm_is_named_no_other_gets_an_answer(void **state)
{
    static const char *const others[] = {
        "WWW-Authenticate: " OF("evil.example.net"),
        "Proxy-Authenticate: " OF("evil.example.net"),
        "WWW-Authenticate: " OF(""),
        "WWW-Authenticate: " OF("example.com "),
        "WWW-Authenticate: " OF("EXAMPLE.COM"),
        "WWW-Authenticate: " OF("example.co"),
    };
    struct story *s = (struct story *)*state;
    char both[300];

    s->config.realm = "example.com";
    for (size_t i = 0; i < COUNT(others); i++) {
        bool proxy = others[i][0] == 'P';
        story_anew(s);
        story_reply(s, proxy ? "407 P" : "401 U", others[i]);
        assert_event(s, SIPREG_EVENT_REFUSED, SIPREG_CHALLENGE);
        assert_int_equal(story_requests(s), 1);
        story_anew(s);
        snprintf(both, sizeof both, "%sWWW-Authenticate: " OF("example.com"), others[i]);
        story_reply(s, "401 U", both);
        assert_int_equal(story_requests(s), 2);
        assert_int_equal(story_count(s, LAST, "Authorization"), 1);
        assert_null(story_field(s, LAST, "Proxy-Authorization"));
        assert_string_equal(story_param(s, LAST, "Authorization", "realm"), "example.com");
    }
}

static void never_is_the_password_sent_as_it_is(void **state)
{
    static const char *const schemes[] = {"Basic realm=\"example.com\"\r\n",
                                          "Bearer authz_server=\"https://example.net\"\r\n",
                                          "NTLM realm=\"example.com\"\r\n"};
    struct story *s = (struct story *)*state;
    char header[100];

    for (size_t i = 0; i < COUNT(schemes); i++) {
        story_anew(s);
        snprintf(header, sizeof header, "WWW-Authenticate: %s", schemes[i]);
        story_reply(s, "401 U", header);
        assert_event(s, SIPREG_EVENT_REFUSED, SIPREG_CHALLENGE);
        assert_int_equal(story_requests(s), 1);
    }
}

/* ---------------------------------------------------------------- to which host */

static void another_domain_gets_nothing_unasked_and_only_for_our_realm(void **state)
{
    struct story *s = (struct story *)*state;

    s->config.realm = "example.com";
    redirection_start(s);
    story_reply(s, "401 U", "WWW-Authenticate: " OF("example.com"));
    assert_int_equal(story_count(s, LAST, "Authorization"), 1);
    story_reply(s, "302 Moved", TO("sip:evil.example.net"));
    assert_target(s, "sip:evil.example.net");
    assert_null(story_field(s, LAST, "Authorization"));
    story_reply(s, "407 P", "Proxy-Authenticate: " OF("evil.example.net"));
    assert_event(s, SIPREG_EVENT_REFUSED, SIPREG_CHALLENGE);
    assert_hop(s, "sip:example.com");
    assert_int_equal(story_requests(s), 3);
}

/* An answer names the place it is for (digest-uri): it is of no use at another one. */
static void what_the_new_place_asks_for_is_of_no_use_at_the_old_one(void **state)
{
    struct story *s = (struct story *)*state;

    redirection_start(s);
    story_reply(s, "302 Moved", TO("sip:evil.example.net"));
    story_reply(s, "401 U", ASK_401);
    assert_string_equal(story_param(s, LAST, "Authorization", "uri"), "sip:evil.example.net");
    story_reply(s, "500 Oops", "");
    assert_true(story_until_sent(s, 600 * 1000)); /* back where we came from */
    assert_target(s, "sip:example.com");
    assert_null(story_field(s, LAST, "Authorization"));
}

/* ---------------------------------------------------------------- by which way */

static void on_the_way_to_a_less_secure_place_no_answer_gets_lost(void **state)
{
    static const struct {
        const char *aor, *to;
    } rows[] = {
        {"sips:alice@example.com", TO("sip:r2.example.com")},
        {"sips:alice@example.com", TO("sip:r2.example.com;transport=tcp")},
        {"sips:alice@example.com", TO("sips:r2.example.com;transport=udp")},
        {"sip:alice@example.com", TO("sip:r2.example.com;transport=udp")},
    };
    struct story *s = (struct story *)*state;

    s->config.transport = SIPREG_TLS;
    for (size_t i = 0; i < COUNT(rows); i++) {
        s->config.aor = rows[i].aor;
        s->ready = false;
        story_forget(s);
        redirection_start(s);
        story_reply(s, "401 U", "WWW-Authenticate: " OF("example.com"));
        story_reply(s, "302 Moved", rows[i].to);
        assert_event(s, SIPREG_EVENT_REFUSED, SIPREG_POLICY);
        story_pass(s, 3600 * 1000);
        assert_int_equal(story_requests(s), 2);
    }
}

/* The new flow is of TLS too, unless the program itself says otherwise. */
static void tls_is_kept_on_the_way_to_another_place(void **state)
{
    static const char *const targets[] = {TO("sip:r2.example.com"),
                                          TO("sip:r2.example.com;transport=tcp"),
                                          TO("sips:r2.example.com")};
    struct story *s = (struct story *)*state;

    story_stream(s);
    s->config.transport = SIPREG_TLS;
    for (size_t i = 0; i < COUNT(targets); i++) {
        s->ready = false;
        story_forget(s);
        redirection_start(s);
        story_reply(s, "302 Moved", targets[i]);
        assert_memory_equal(story_field(s, LAST, "Via"), "SIP/2.0/TLS ", 12);
        story_reply(s, "401 U", ASK_401);
        assert_memory_equal(story_field(s, LAST, "Via"), "SIP/2.0/TLS ", 12);
        assert_int_equal(story_requests(s), 3);
    }
}

static void a_sips_request_cannot_be_led_to_a_flow_in_the_clear(void **state)
{
    static const enum sipreg_transport transports[] = {SIPREG_UDP, SIPREG_TCP, SIPREG_WS};
    struct story *s = (struct story *)*state;

    story_stream(s);
    s->config.transport = SIPREG_TLS;
    s->config.aor = "sips:alice@example.com";
    s->opening = OPENS_LATER;
    story_start(s);
    for (size_t i = 0; i < COUNT(transports); i++)
        assert_int_equal(sipreg_client_transport(&s->client, transports[i]), SIPREG_ARGUMENT);
    story_flow(s, SIPREG_FLOW_UP);
    assert_memory_equal(story_field(s, LAST, "Via"), "SIP/2.0/TLS ", 12);
}

static void over_a_flow_that_is_not_trusted_no_answer_goes(void **state)
{
    struct story *s = (struct story *)*state;

    story_stream(s);
    s->config.transport = SIPREG_TLS;
    story_start(s);
    story_reply(s, "401 U", "WWW-Authenticate: " OF("example.com"));
    story_grant(s, 600);
    s->opening = OPENS_LATER;
    story_flow(s, SIPREG_FLOW_DOWN);
    assert_true(s->opens > 1 || (story_pass(s, 600 * 1000), s->opens > 1));
    assert_int_equal(sipreg_client_flow(&s->client, s->tick, SIPREG_FLOW_UNTRUSTED), SIPREG_OK);
    story_run(s);
    assert_event(s, SIPREG_EVENT_REFUSED, SIPREG_POLICY);
    story_pass(s, 7200 * 1000);
    assert_int_equal(story_requests(s), 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORY(a_challenge_that_answers_no_request_of_ours_gets_no_answer),
        STORY(a_challenge_out_of_season_gets_no_answer),
        STORY(where_one_realm_is_named_no_other_gets_an_answer),
        STORY(never_is_the_password_sent_as_it_is),
        STORY(another_domain_gets_nothing_unasked_and_only_for_our_realm),
        STORY(what_the_new_place_asks_for_is_of_no_use_at_the_old_one),
        STORY(on_the_way_to_a_less_secure_place_no_answer_gets_lost),
        STORY(tls_is_kept_on_the_way_to_another_place),
        STORY(a_sips_request_cannot_be_led_to_a_flow_in_the_clear),
        STORY(over_a_flow_that_is_not_trusted_no_answer_goes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
