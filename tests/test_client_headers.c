/*
 * test_client_headers.c - which headers of a response steer a client, and which do not (RFC 3261
 * 20).
 */
#include "reply.h"

#include <stdio.h>

/* ---------------------------------------------------------------- without effect */

static void headers_without_meaning_for_a_200_change_nothing(void **state)
{
    static const char *const lines[] = {
        "",
        "X-Odd: ;;,,;\r\nX-Empty:\r\nX-Blank: \t \r\n",
        "Record-Route: <sip:evil;lr>\r\nAlert-Info: <http://evil/a>\r\nPriority: emergency\r\n"
        "In-Reply-To: a@b\r\nSubject: s\r\n", /* 20 */
        "Authorization: Digest x\r\nRoute: <sip:evil;lr>\r\nProxy-Require: x\r\nMax-Forwards: "
        "0\r\n",
        "Supported:\r\nAllow:\r\n",                      /* 20.37 */
        "k: path\r\nAllow: INVITE\r\n",                  /* 20.5 */
        "Min-Expires: 7200\r\nRetry-After: 7200\r\n",    /* 20.23 */
        "Warning: 399 h \"try again\", 301 h \"x\"\r\n", /* 20.43 */
        "Timestamp: 54 1.5\r\nTimestamp: x\r\n",         /* 20.38 */
        "Date: Sat, 13 Nov 2010 23:29:00 GMT\r\n",       /* 20.17 */
        "Date: yesterday\r\n",
        "Error-Info: <http://evil/e>\r\nCall-Info: <http://evil/c>\r\nReason: SIP;cause=403\r\n",
        "WWW-Authenticate: Digest realm=\"r\", nonce=\"n\"\r\nProxy-Authenticate: x\r\n",
        "Unsupported: path\r\nAccept: x/y\r\nMIME-Version: 1.0\r\nContent-Type: x/y\r\n",
        "Require: x-odd\r\n",
    };
    struct story *s = (struct story *)*state;
    char text[500];
    size_t requests;

    for (size_t i = 0; i < COUNT(lines); i++) {
        snprintf(text, sizeof text, REPLY_OK REPLY_COPIES REPLY_OURS "%s" REPLY_END, lines[i]);
        reply_registers(s, text);
        requests = story_requests(s);
        assert_int_equal(story_event(s)->refresh_in, s->events[0].event.refresh_in);
        assert_true(story_until_sent(s, 60 * 1000));
        assert_int_equal(story_requests(s), requests + 1);
        assert_string_equal(story_field(s, LAST, "Expires"), "3600");
        assert_string_equal(story_field(s, LAST, "Max-Forwards"), "70");
        assert_int_equal(s->sends[s->sent - 1].n, s->sends[0].n + (requests >= 9 ? 1 : 0));
    }
}

/* 7.3.2: the request behind a challenge has its credentials, and else differs by CSeq and branch.
 */
static void headers_of_requests_are_nothing_in_a_challenge(void **state)
{
    struct story *s = (struct story *)*state;

    reply_feed(s, "SIP/2.0 401 Unauthorized\r\n" REPLY_COPIES
                  "Authorization: Digest username=\"eve\", nonce=\"x\"\r\nMax-Forwards: 0\r\n"
                  "Route: <sip:evil;lr>\r\nProxy-Require: evil\r\nContact: <sip:evil>\r\n"
                  "Expires: 1\r\nMin-Expires: 9000\r\n"
                  "WWW-Authenticate: Digest realm=\"r\", nonce=\"n\"\r\n" REPLY_END);
    assert_int_equal(story_requests(s), 2);
    story_check_digest(s, "Authorization", "alice", SECRET);
    assert_int_equal(story_count(s, LAST, "Authorization"), 1);
    assert_string_equal(story_field(s, LAST, "Max-Forwards"), "70");
    assert_string_equal(story_field(s, LAST, "Contact"), story_field(s, 0, "Contact"));
    assert_string_equal(story_field(s, LAST, "Expires"), "3600");
    assert_memory_equal(s->sends[1].text, s->sends[0].text, strlen("REGISTER sip:example.com "));
    assert_null(story_field(s, LAST, "Route"));
    assert_null(story_field(s, LAST, "Proxy-Require"));
}

static void authentication_info_counts_in_a_2xx_only(void **state) /* 20.6, RFC 7616 3.5 */
{
    static const char info[] = "Authentication-Info: nextnonce=\"evil\"\r\n";
    struct story *s = (struct story *)*state;

    story_start(s);
    story_reply(s, "401 Unauthorized",
                "Authentication-Info: nextnonce=\"evil\", rspauth=\"00\"\r\n"
                "WWW-Authenticate: Digest realm=\"r\", nonce=\"n\", qop=\"auth\"\r\n");
    assert_string_equal(story_param(s, LAST, "Authorization", "nonce"), "n");
    story_reply(s, "423 Interval Too Brief",
                "Min-Expires: 7200\r\nAuthentication-Info: nextnonce=\"evil\"\r\n");
    assert_string_equal(story_param(s, LAST, "Authorization", "nonce"), "n");
    story_reply(s, "500 Oops", info);
    story_start(s);
    assert_string_equal(story_param(s, LAST, "Authorization", "nonce"), "n");
    assert_string_equal(story_param(s, LAST, "Authorization", "nc"), "00000003");
}

static void a_warning_changes_nothing_about_a_refusal(void **state) /* 20.43 */
{
    static const char *const headers[] = {"", "Warning: 399 h \"try again at once\"\r\n"};
    struct story *s = (struct story *)*state;

    for (size_t i = 0; i < COUNT(headers); i++) {
        s->ready = false;
        story_forget(s);
        story_start(s);
        story_reply(s, "403 Forbidden", headers[i]);
        assert_event(s, SIPREG_EVENT_REFUSED, SIPREG_STATUS);
        assert_state(s, SIPREG_IDLE);
        assert_int_equal(story_run(s), SIPREG_FOREVER);
        story_start(s);
        story_reply(s, "503 Busy", headers[i]);
        assert_event(s, SIPREG_EVENT_RETRYING, SIPREG_STATUS);
        assert_int_equal(story_event(s)->retry_in, 30000);
        assert_int_equal(s->told, 2);
        assert_int_equal(s->sent, 2);
    }
}

static void a_provisional_response_may_echo_a_timestamp(void **state) /* 20.38 */
{
    struct story *s = (struct story *)*state;

    story_start(s);
    assert_int_equal(story_reply(s, "100 Trying", "Timestamp: 54 1.5\r\n"), SIPREG_OK);
    assert_int_equal(s->told, 0);
    assert_state(s, SIPREG_REGISTERING);
    story_grant(s, 60);
    assert_event(s, SIPREG_EVENT_REGISTERED, SIPREG_OK);
}

/* ---------------------------------------------------------------- numbers */

static void retry_after_is_its_number_whatever_stands_behind(void **state) /* 20.33 */
{
    static const struct {
        const char *value;
        uint32_t seconds;
    } rows[] = {
        {"120", 120},
        {"120 (I'm (really) busy);duration=3600", 120},
        {"0120;duration=1", 120},
        {"120\r\n (folded)", 120},
        {"Mon, 21 Jul 2031 18:48:34 GMT", 30}, /* none: as if it were not there */
    };
    struct story *s = (struct story *)*state;
    char header[100];

    for (size_t i = 0; i < COUNT(rows); i++) {
        s->ready = false;
        story_forget(s);
        story_start(s);
        snprintf(header, sizeof header, "Retry-After: %s\r\n", rows[i].value);
        story_reply(s, "503 Busy", header);
        assert_event(s, SIPREG_EVENT_RETRYING, SIPREG_STATUS);
        assert_int_equal(story_event(s)->retry_in, rows[i].seconds * 1000);
    }
}

static void an_expiry_has_32_bits_both_ways(void **state) /* 20.19 */
{
    struct story *s = (struct story *)*state;

    s->config.expires = 4294967295;
    story_start(s);
    assert_string_equal(story_field(s, LAST, "Expires"), "4294967295");
    assert_string_equal(story_param(s, LAST, "Contact", "expires"), "4294967295");
    story_reply(s, "200 OK", "Contact: <CONTACT>\r\nExpires: 4294967295\r\n");
    assert_event(s, SIPREG_EVENT_REGISTERED, SIPREG_OK);
    assert_int_equal(story_event(s)->granted, 4294967295);
}

/* ---------------------------------------------------------------- for the application */

static const char *const names[] = {"Error-Info", "Call-Info",    "Warning", "Reason",     "Server",
                                    "Date",       "Organization", "Require", "Unsupported"};
static char told[1000];

static void tell(struct story *s, const struct sipreg_event *event)
{
    size_t n = (size_t)snprintf(told, sizeof told, "%.*s\n", (int)event->response->reason.n,
                                event->response->reason.p);

    (void)s;
    for (size_t i = 0; i < COUNT(names); i++) {
        struct sipreg_place place = {0, 0, 0};
        struct sipreg_str value;
        while (sipreg_response_header(event->response, names[i], &place, &value))
            n += (size_t)snprintf(told + n, sizeof told - n, "%s: %.*s\n", names[i], (int)value.n,
                                  value.p);
    }
}

/* 20.17, 20.18, 20.25, 20.32, 20.35, 20.43. */
static void what_is_for_people_is_in_the_event_as_it_came(void **state)
{
    static const char *const lines[] = {"SIP/2.0 200 All's \"well\"\r\n",
                                        "SIP/2.0 403 All's \"well\"\r\n",
                                        "SIP/2.0 421 All's \"well\"\r\n"};
    struct story *s = (struct story *)*state;
    char text[1000];

    s->on_event = tell;
    for (size_t i = 0; i < COUNT(lines); i++) {
        snprintf(text, sizeof text,
                 "%s" REPLY_COPIES REPLY_OURS
                 "WARNING: 399 h \"a, b\"\r\nRequire: x-odd, outbound\r\n"
                 "Server: x/1 (y)\r\nreason: SIP;cause=200;text=\"a\\\"b\"\r\n"
                 "Call-Info: <http://h/c>;purpose=info\r\nError-Info: <sip:e@h>,<http://h/e>\r\n"
                 "Organization: \xD0\x91\r\nDate: Sat, 13 Nov 2010 23:29:00 GMT\r\n"
                 "Warning: 301 h \"c\"\r\nUnsupported: path\r\n" REPLY_END,
                 lines[i]);
        assert_int_equal(reply_feed(s, text), SIPREG_OK);
        assert_event(s, i == 0 ? SIPREG_EVENT_REGISTERED : SIPREG_EVENT_REFUSED,
                     i == 0 ? SIPREG_OK : SIPREG_STATUS);
        assert_string_equal(told, "All's \"well\"\nError-Info: <sip:e@h>,<http://h/e>\n"
                                  "Call-Info: <http://h/c>;purpose=info\nWarning: 399 h \"a, b\"\n"
                                  "Warning: 301 h \"c\"\nReason: SIP;cause=200;text=\"a\\\"b\"\n"
                                  "Server: x/1 (y)\nDate: Sat, 13 Nov 2010 23:29:00 GMT\n"
                                  "Organization: \xD0\x91\nRequire: x-odd, outbound\n"
                                  "Unsupported: path\n");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORY(headers_without_meaning_for_a_200_change_nothing),
        STORY(headers_of_requests_are_nothing_in_a_challenge),
        STORY(authentication_info_counts_in_a_2xx_only),
        STORY(a_warning_changes_nothing_about_a_refusal),
        STORY(a_provisional_response_may_echo_a_timestamp),
        STORY(retry_after_is_its_number_whatever_stands_behind),
        STORY(an_expiry_has_32_bits_both_ways),
        STORY(what_is_for_people_is_in_the_event_as_it_came),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
