/*
 * test_client_binding_rules.c - bindings by the rules of RFC 3261 10.2 and 10.3: what a response
 * changes, and what it must not.
 */
#include "story.h"

#include "sent.h"

#include <stdio.h>

#define PHONE "sip:alice@192.0.2.10:5060"

static void refresh(struct story *s)
{
    assert_int_equal(sipreg_client_refresh(&s->client, s->tick), SIPREG_OK);
    story_run(s);
}

/* ---------------------------------------------------------------- no dialog, no route set */

#define DIALOG                                                                                     \
    "Record-Route: <sip:evil.example.net;lr>\r\n"                                                  \
    "Contact: <CONTACT>;expires=600, <sip:bob@192.0.2.77>;expires=60\r\n"

/* A REGISTER makes no dialog: its answers route nothing (10.2). */
static void record_route_tag_and_contacts_of_an_answer_change_no_later_request(void **state)
{
    static const char *const headers[] = {"To", "From", "Contact", "Call-ID", "Max-Forwards"};
    struct story *s = (struct story *)*state;

    story_start(s);
    for (int i = 0; i < 3; i++) {
        story_reply(s, "200 OK", DIALOG);
        assert_event(s, SIPREG_EVENT_REGISTERED, SIPREG_OK);
        refresh(s);
        assert_memory_equal(s->sends[s->sent - 1].text, "REGISTER sip:example.com SIP/2.0\r\n", 34);
        assert_null(story_field(s, LAST, "Route"));
        for (size_t k = 0; k < COUNT(headers); k++)
            assert_string_equal(story_field(s, LAST, headers[k]), story_field(s, 0, headers[k]));
    }
}

static void a_route_of_the_program_stays_as_it_is(void **state)
{
    static const char *const route = "sip:edge.example.com;lr";
    struct story *s = (struct story *)*state;

    s->config.routes = &route;
    s->config.route_count = 1;
    story_start(s);
    for (int i = 0; i < 3; i++) {
        story_reply(s, "200 OK", DIALOG "Service-Route: <sip:service.example.com;lr>\r\n");
        refresh(s);
        assert_int_equal(story_count(s, LAST, "Route"), 1);
        assert_string_equal(story_field(s, LAST, "Route"), "<sip:edge.example.com;lr>");
    }
}

static void a_refresh_and_a_removal_name_our_contact_and_no_other_s(void **state)
{
    struct story *s = (struct story *)*state;

    story_start(s);
    for (int i = 0; i < 3; i++) {
        story_reply(s, "200 OK", DIALOG);
        if (i == 2)
            assert_int_equal(sipreg_client_stop(&s->client, s->tick), SIPREG_OK);
        assert_true(story_until_sent(s, 600 * 1000));
        assert_null(strstr(s->sends[s->sent - 1].text, "192.0.2.77"));
        assert_int_equal(story_count(s, LAST, "Contact"), 1);
        assert_string_equal(story_field(s, LAST, "Contact"),
                            i < 2 ? "<" PHONE ">;expires=3600" : "<" PHONE ">;expires=0");
    }
}

/* ---------------------------------------------------------------- times */

/* 20.19, 10.2: what is no number is an hour, what is too large a one the largest. */
static void a_malformed_time_is_an_hour_and_too_large_a_one_the_largest(void **state)
{
    static const struct {
        const char *headers;
        int64_t granted;
    } cases[] = {
        {"Contact: <CONTACT>;expires=abc\r\n", 3600},
        {"Contact: <CONTACT>;expires=-1\r\n", 3600},
        {"Contact: <CONTACT>;expires\r\n", 3600},
        {"Contact: <CONTACT>\r\nExpires: soon\r\n", 3600},
        {"Contact: <CONTACT>;expires=4294967296\r\n", 4294967295},
        {"Contact: <CONTACT>\r\nExpires: 99999999999999999999\r\n", 4294967295},
    };
    struct story *s = (struct story *)*state;

    s->config.expires = 600;
    for (size_t i = 0; i < COUNT(cases); i++) {
        uint64_t at = s->time;
        story_anew(s);
        story_reply(s, "200 OK", cases[i].headers);
        assert_event(s, SIPREG_EVENT_REGISTERED, SIPREG_OK);
        assert_int_equal(story_event(s)->granted, cases[i].granted);
        assert_int_equal(story_until_sent(s, 3600 * 1000), cases[i].granted == 3600);
        assert_true(s->time - at >= 3000 * 1000);
    }
}

/* RFC 3261 24.1 */
static void a_time_in_the_expires_header_alone_is_taken(void **state)
{
    struct story *s = (struct story *)*state;

    s->config.aor = "sip:bob@biloxi.com";
    s->config.registrar = "sip:registrar.biloxi.com";
    s->config.local = "bobspc.biloxi.com:5060";
    s->config.contact = "sip:bob@192.0.2.4";
    s->config.expires = 3600;
    story_start(s);
    assert_string_equal(story_field(s, 0, "Contact"), "<sip:bob@192.0.2.4>;expires=3600");
    story_reply(s, "200 OK", "Contact: <sip:bob@192.0.2.4>\r\nExpires: 7200\r\n");
    assert_event(s, SIPREG_EVENT_REGISTERED, SIPREG_OK);
    assert_int_equal(story_event(s)->granted, 7200);
    assert_true(story_event(s)->listed);
}

/* Ours is another writing of the same URI (19.1.4), and is neither first nor last. */
static void of_three_contacts_ours_says_when_to_refresh(void **state)
{
    static const char *const headers[] = {
        "Contact: <sip:alice@192.0.2.10:5061>;expires=3600\r\n"
        "Contact: <SIP:%61lice@192.0.2.10:5060>;expires=120\r\n"
        "Contact: <sip:Alice@192.0.2.10:5060>;expires=60\r\n",
        "Contact: <sip:alice@192.0.2.10:5061>;expires=3600, <SIP:%61lice@192.0.2.10:5060>,\r\n"
        " <sip:Alice@192.0.2.10:5060>;expires=60\r\n"
        "Expires: 120\r\n",
    };
    struct story *s = (struct story *)*state;

    for (size_t i = 0; i < COUNT(headers); i++) {
        uint64_t at = s->time;
        story_anew(s);
        story_reply(s, "200 OK", headers[i]);
        assert_event(s, SIPREG_EVENT_REGISTERED, SIPREG_OK);
        assert_true(story_event(s)->listed);
        assert_int_equal(story_event(s)->granted, 120);
        assert_true(story_until_sent(s, 120 * 1000));
        assert_in_range(s->time - at, 60 * 1000, 120 * 1000 - 32000);
    }
}

static void the_time_that_was_granted_rules(void **state)
{
    struct story *s = (struct story *)*state;

    s->config.expires = 7200;
    story_start(s);
    assert_string_equal(story_field(s, 0, "Expires"), "7200");
    story_grant(s, 300);
    assert_int_equal(story_event(s)->asked, 7200);
    assert_int_equal(story_event(s)->granted, 300);
    assert_true(story_until_sent(s, 300 * 1000 - 30000));
    assert_string_equal(story_field(s, LAST, "Expires"), "7200");
}

/* ---------------------------------------------------------------- contacts of any kind */

static void a_contact_may_be_no_sip_uri_at_all(void **state)
{
    static const char *const contacts[] = {"mailto:alice@example.com", "tel:+358-555-1234567",
                                           "http://example.com/alice"};
    struct story *s = (struct story *)*state;
    char expected[100];

    for (size_t i = 0; i < COUNT(contacts); i++) {
        s->config.contact = contacts[i];
        story_anew(s);
        snprintf(expected, sizeof expected, "<%s>;expires=3600", contacts[i]);
        assert_string_equal(story_field(s, 0, "Contact"), expected);
        story_reply(s, "200 OK",
                    "Contact: <" PHONE ">;expires=60, <CONTACT>;expires=4294967295\r\n");
        assert_event(s, SIPREG_EVENT_REGISTERED, SIPREG_OK);
        assert_true(story_event(s)->listed);
        assert_int_equal(story_event(s)->granted, 4294967295);
        story_pass(s, 24 * 3600 * 1000);
        assert_int_equal(s->sent, 1);
    }
}

/* ---------------------------------------------------------------- the clock */

static char date[60];

static void read_date(struct story *s, const struct sipreg_event *event)
{
    struct sipreg_place place = {0, 0, 0};
    struct sipreg_str value;

    (void)s;
    if (event->response != NULL && sipreg_response_header(event->response, "Date", &place, &value))
        snprintf(date, sizeof date, "%.*s", (int)value.n, value.p);
}

static void the_date_of_the_answer_can_be_read_from_the_event(void **state)
{
    struct story *s = (struct story *)*state;

    s->on_event = read_date;
    story_start(s);
    story_reply(s, "200 OK",
                "Date: Sat, 13 Nov 2010 23:29:00 GMT\r\nContact: <CONTACT>;expires=600\r\n");
    assert_string_equal(date, "Sat, 13 Nov 2010 23:29:00 GMT");
}

/* ---------------------------------------------------------------- one request at a time */

/* 10.2: no other registration until there is a final answer, or none within 64*T1. */
static void wishes_wait_until_the_request_under_way_is_answered_or_given_up(void **state)
{
    struct story *s = (struct story *)*state;

    for (int answered = 0; answered < 2; answered++) {
        s->ready = false;
        story_forget(s);
        story_register(s, "n1", 100);
        assert_true(story_until_sent(s, 100 * 1000));
        story_pass(s, 1000);
        assert_int_equal(sipreg_client_refresh(&s->client, s->tick), SIPREG_OK);
        assert_int_equal(sipreg_client_query(&s->client, s->tick), SIPREG_OK);
        assert_int_equal(sipreg_client_clear(&s->client, s->tick), SIPREG_OK);
        story_pass(s, 30999);
        assert_int_equal(story_requests(s), 3);
        if (answered)
            story_grant(s, 100);
        else
            story_pass(s, 1);
        assert_int_equal(story_requests(s), 4);
        assert_string_equal(story_field(s, LAST, "Contact"), "*");
    }
}

/* 10.2.7 */
static void a_registrar_that_did_not_answer_is_left_in_peace_for_a_while(void **state)
{
    struct story *s = (struct story *)*state;

    for (int stream = 0; stream < 2; stream++) {
        size_t sent;
        if (stream)
            story_stream(s);
        story_anew(s);
        story_pass(s, 32000);
        assert_event(s, SIPREG_EVENT_RETRYING, SIPREG_TIMEOUT);
        assert_in_range(story_event(s)->retry_in, 30000, 60000);
        sent = s->sent;
        story_pass(s, 29999);
        assert_int_equal(s->sent, sent);
        assert_true(story_until_sent(s, 30001));
    }
}

/* ---------------------------------------------------------------- too brief */

/* 10.2.8: what is to be removed stays at 0. */
static void a_contact_on_its_way_out_is_not_made_to_stay(void **state)
{
    struct story *s = (struct story *)*state;

    s->config.expires = 60;
    story_start(s);
    story_grant(s, 60);
    story_move(s, "198.51.100.9:5062");
    story_reply(s, "423 Interval Too Brief", "Min-Expires: 1800\r\n");
    assert_int_equal(story_count(s, LAST, "Contact"), 2);
    assert_string_equal(story_field(s, LAST, "Contact"),
                        "<sip:alice@198.51.100.9:5062>;expires=1800");
    assert_string_equal(sent_line(s->sends[s->sent - 1].text, "Contact", 1),
                        "<" PHONE ">;expires=0");
    assert_string_equal(story_field(s, LAST, "Expires"), "1800");
}

static void a_demand_that_cannot_be_met_ends_in_a_wait(void **state)
{
    static const struct {
        const char *min_expires;
        size_t requests;
    } cases[] = {
        {"", 2}, /* one guess */
        {"Min-Expires: 60\r\n", 1},
        {"Min-Expires: 86401\r\n", 1},
    };
    struct story *s = (struct story *)*state;

    s->config.expires = 60;
    for (size_t i = 0; i < COUNT(cases); i++) {
        story_anew(s);
        for (size_t n = 0; n < cases[i].requests; n++)
            story_reply(s, "423 Interval Too Brief", cases[i].min_expires);
        assert_event(s, SIPREG_EVENT_RETRYING, SIPREG_STATUS);
        assert_int_equal(story_event(s)->status, 423);
        assert_true(story_event(s)->retry_in >= 30000);
        assert_int_equal(story_requests(s), cases[i].requests);
    }
}

/* ---------------------------------------------------------------- all or nothing, and reboots */

/* 10.3: of a request that is refused nothing has come into force. */
static void contacts_of_a_request_that_failed_are_all_sent_again(void **state)
{
    static const char *const lines[] = {"500 Oops", "403 Forbidden"};
    struct story *s = (struct story *)*state;

    for (size_t i = 0; i < COUNT(lines); i++) {
        story_anew(s);
        story_grant(s, 3600);
        story_move(s, i == 0 ? "198.51.100.9:5062" : "198.51.100.10:5062");
        assert_int_equal(story_count(s, LAST, "Contact"), 2);
        story_reply(s, lines[i], "");
        story_start(s);
        assert_int_equal(story_requests(s), 3);
        assert_int_equal(story_count(s, LAST, "Contact"), 2);
        for (unsigned k = 0; k < 2; k++)
            assert_string_equal(sent_line(s->sends[2].text, "Contact", k),
                                sent_line(s->sends[1].text, "Contact", k));
        story_grant(s, 3600);
        refresh(s);
        assert_int_equal(story_count(s, LAST, "Contact"), 1);
    }
}

static void after_a_reboot_there_is_another_call_id(void **state)
{
    struct story *s = (struct story *)*state;
    char call_id[64], tag[64];

    story_register(s, "n1", 600);
    strcpy(call_id, story_field(s, LAST, "Call-ID"));
    strcpy(tag, story_param(s, LAST, "From", "tag"));
    story_anew(s);
    assert_string_equal(story_field(s, LAST, "CSeq"), "1 REGISTER");
    assert_string_not_equal(story_field(s, LAST, "Call-ID"), call_id);
    assert_string_not_equal(story_param(s, LAST, "From", "tag"), tag);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORY(record_route_tag_and_contacts_of_an_answer_change_no_later_request),
        STORY(a_route_of_the_program_stays_as_it_is),
        STORY(a_refresh_and_a_removal_name_our_contact_and_no_other_s),
        STORY(a_malformed_time_is_an_hour_and_too_large_a_one_the_largest),
        STORY(a_time_in_the_expires_header_alone_is_taken),
        STORY(of_three_contacts_ours_says_when_to_refresh),
        STORY(the_time_that_was_granted_rules),
        STORY(a_contact_may_be_no_sip_uri_at_all),
        STORY(the_date_of_the_answer_can_be_read_from_the_event),
        STORY(wishes_wait_until_the_request_under_way_is_answered_or_given_up),
        STORY(a_registrar_that_did_not_answer_is_left_in_peace_for_a_while),
        STORY(a_contact_on_its_way_out_is_not_made_to_stay),
        STORY(a_demand_that_cannot_be_met_ends_in_a_wait),
        STORY(contacts_of_a_request_that_failed_are_all_sent_again),
        STORY(after_a_reboot_there_is_another_call_id),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
