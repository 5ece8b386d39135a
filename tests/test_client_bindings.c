/*
 * test_client_bindings.c - what the 200 says of our contact, believed and not (RFC 3261 10.2.4).
 */
#include "story.h"

#include <stdio.h>
#include <stdlib.h>

static void every_grant_is_paced(void **state)
{
    static const long grants[] = {1, 2, 5, 31, 60, 3599, 3601, 7200};
    struct story *s = (struct story *)*state;

    s->jitter = UINT32_MAX;
    story_start(s);
    for (size_t i = 0; i < COUNT(grants); i++) {
        uint64_t sent_at = s->time;
        story_grant(s, grants[i]);
        assert_event(s, SIPREG_EVENT_REGISTERED, SIPREG_OK);
        assert_int_equal(story_event(s)->granted, grants[i]);
        assert_int_equal(story_event(s)->asked, 3600);
        assert_true(story_until_sent(s, (uint64_t)grants[i] * 1000));
        assert_true(s->time - sent_at >= 1000);
        assert_string_equal(story_field(s, LAST, "Expires"), "3600");
    }
}

static void a_grant_that_has_lapsed_on_its_way_is_paced_too(void **state)
{
    struct story *s = (struct story *)*state;

    story_start(s);
    for (int i = 0; i < 10; i++) {
        uint64_t answered_at;
        story_pass(s, 3000);
        answered_at = s->time;
        story_grant(s, 1);
        assert_true(story_until_sent(s, 2000));
        assert_true(s->time - answered_at >= 1000);
    }
}

static void the_largest_grant_causes_no_refresh(void **state)
{
    static const char *const expires[] = {"4294967295", "4294967296", "99999999999999999999"};
    struct story *s = (struct story *)*state;
    char header[100];

    story_start(s);
    for (size_t i = 0; i < COUNT(expires); i++) {
        snprintf(header, sizeof header, "Contact: <CONTACT>;expires=%s\r\n", expires[i]);
        story_reply(s, "200 OK", header);
        assert_int_equal(story_event(s)->granted, 4294967295);
        assert_false(story_until_sent(s, UINT64_C(365) * 24 * 3600 * 1000));
        sipreg_client_refresh(&s->client, s->tick);
        story_run(s);
    }
}

static void a_grant_of_nothing_is_a_failure_with_a_back_off(void **state)
{
    static const char *const headers[] = {
        "Contact: <CONTACT>;expires=0\r\n",
        "Contact: <CONTACT>\r\nExpires: 0\r\n",
        "",
        "Expires: 0\r\n",
        "Contact: <sip:bob@192.0.2.7>;expires=60, <sip:eve@192.0.2.8>;expires=60\r\n",
    };
    struct story *s = (struct story *)*state;

    for (size_t i = 0; i < COUNT(headers); i++) {
        story_start(s);
        story_reply(s, "200 OK", headers[i]);
        assert_event(s, SIPREG_EVENT_RETRYING, SIPREG_UNLISTED);
        assert_int_equal(story_event(s)->granted, 0);
        assert_state(s, SIPREG_WAITING);
        assert_true(story_event(s)->retry_in >= 30000);
    }
}

static void a_refresh_that_loses_us_is_told(void **state)
{
    struct story *s = (struct story *)*state;

    story_register(s, "n1", 100);
    assert_true(story_until_sent(s, 100 * 1000));
    story_reply(s, "200 OK", "Contact: <CONTACT>;expires=0\r\n");
    assert_event(s, SIPREG_EVENT_RETRYING, SIPREG_UNLISTED);
    assert_state(s, SIPREG_WAITING);
    assert_int_equal(story_event(s)->valid_for, 0);
}

static void what_counts_is_our_contact_then_expires_then_what_was_asked(void **state)
{
    static const struct {
        const char *headers;
        int64_t granted;
        bool listed;
    } cases[] = {
        {"Contact: <CONTACT>;expires=120\r\nExpires: 60\r\n", 120, true},
        {"Contact: <CONTACT>\r\nExpires: 60\r\n", 60, true},
        {"Contact: <CONTACT>\r\n", 3600, true},
        {"Contact: <CONTACT>;expires=abc\r\n", 3600, true},
        {"m: <CONTACT>;q=0.5;expires=50\r\n", 50, true},
        {"Contact: <SIP:alice@192.0.2.10:5060>;expires=40\r\n", 40, true},
        {"Contact: <sip:bob@192.0.2.7>;expires=10, <CONTACT>;expires=120,\r\n"
         " <sip:carol@192.0.2.7>;expires=20\r\n",
         120, true},
        {"Contact: <CONTACT>;expires=120\r\nContact: <CONTACT>;expires=90\r\n", 90, true},
        {"Contact: <CONTACT>;expires=90\r\nContact: <CONTACT>;expires=120\r\n", 90, true},
        {"Contact: <sip:alice@198.51.100.1:1024>;expires=70\r\n", 70, false}, /* rewritten */
        {"Expires: 80\r\n", 80, false},
    };
    struct story *s = (struct story *)*state;

    story_start(s);
    for (size_t i = 0; i < COUNT(cases); i++) {
        story_reply(s, "200 OK", cases[i].headers);
        assert_event(s, SIPREG_EVENT_REGISTERED, SIPREG_OK);
        assert_int_equal(story_event(s)->granted, cases[i].granted);
        assert_int_equal(story_event(s)->listed, cases[i].listed);
        sipreg_client_refresh(&s->client, s->tick);
        story_run(s);
        assert_string_equal(story_field(s, LAST, "Contact"),
                            "<sip:alice@192.0.2.10:5060>;expires=3600");
    }
}

static void guesses_can_be_forbidden(void **state)
{
    static const char *const headers[] = {"Contact: <sip:alice@198.51.100.1:1024>;expires=70\r\n",
                                          "Expires: 80\r\n"};
    struct story *s = (struct story *)*state;

    s->config.require_listed = true;
    for (size_t i = 0; i < COUNT(headers); i++) {
        story_start(s);
        story_reply(s, "200 OK", headers[i]);
        assert_event(s, SIPREG_EVENT_RETRYING, SIPREG_UNLISTED);
    }
    sipreg_client_stop(&s->client, s->tick); /* we may stand there by another name */
    story_run(s);
    assert_string_equal(story_field(s, LAST, "Expires"), "0");
}

static void ours_is_found_among_two_hundred(void **state)
{
    struct story *s = (struct story *)*state;
    char *headers = (char *)malloc(200 * 60), *p = headers;

    assert_non_null(headers);
    for (int i = 0; i < 200; i++)
        p += sprintf(p,
                     i == 137 ? "Contact: <CONTACT>;expires=%d\r\n"
                              : "Contact: <sip:alice@192.0.2.10:%d>;expires=7\r\n",
                     i == 137 ? 555 : 10000 + i);
    story_start(s);
    story_reply(s, "200 OK", headers);
    free(headers);
    assert_int_equal(story_event(s)->granted, 555);
    assert_int_equal(s->events[0].contacts, 200);
}

static void a_granted_time_that_shrinks_does_not_shrink_what_is_asked(void **state)
{
    struct story *s = (struct story *)*state;

    s->config.expires = 180;
    story_start(s);
    for (long granted = 180; granted > 150; granted--) {
        story_grant(s, granted);
        assert_true(story_until_sent(s, 180 * 1000));
        assert_string_equal(story_field(s, LAST, "Expires"), "180");
    }
}

static void too_brief_is_lengthened_once_per_demand_and_remembered(void **state)
{
    struct story *s = (struct story *)*state;

    s->config.expires = 60;
    story_start(s);
    story_reply(s, "423 Interval Too Brief", "Min-Expires: 1800\r\n");
    assert_int_equal(s->told, 0);
    assert_string_equal(story_field(s, LAST, "Expires"), "1800");
    assert_string_equal(story_field(s, LAST, "Contact"),
                        "<sip:alice@192.0.2.10:5060>;expires=1800");
    story_grant(s, 1800);
    assert_int_equal(story_event(s)->asked, 1800);
    assert_true(story_until_sent(s, 1800 * 1000));
    assert_string_equal(story_field(s, LAST, "Expires"), "1800");
    sipreg_client_stop(&s->client, s->tick);
    story_grant(s, 1800);
    assert_string_equal(story_field(s, LAST, "Expires"), "0"); /* a removal stays one */
}

static void a_demand_that_makes_no_sense_is_not_followed(void **state)
{
    static const struct {
        const char *min_expires;
        size_t requests;
    } cases[] = {
        {"", 2}, /* one guess */
        {"Min-Expires: 60\r\n", 1},
        {"Min-Expires: 0\r\n", 1},
        {"Min-Expires: 86401\r\n", 1},
        {"Min-Expires: 4294967295\r\n", 1},
    };
    struct story *s = (struct story *)*state;

    s->config.expires = 60;
    for (size_t i = 0; i < COUNT(cases); i++) {
        size_t before = story_requests(s);
        s->client.floor = 0;
        story_start(s);
        for (unsigned n = 0, told = (unsigned)s->told; n < 20 && s->told == told; n++)
            story_reply(s, "423 Interval Too Brief", cases[i].min_expires);
        assert_event(s, SIPREG_EVENT_RETRYING, SIPREG_STATUS);
        assert_int_equal(story_requests(s) - before, cases[i].requests);
    }
}

static void the_ceiling_of_a_demand_is_configurable(void **state)
{
    struct story *s = (struct story *)*state;

    s->config.expires = 60;
    s->config.expires_max = 100;
    story_start(s);
    story_reply(s, "423 Interval Too Brief", "Min-Expires: 100\r\n");
    assert_string_equal(story_field(s, LAST, "Expires"), "100");
    story_reply(s, "423 Interval Too Brief", "Min-Expires: 101\r\n");
    assert_event(s, SIPREG_EVENT_RETRYING, SIPREG_STATUS);
}

static void demands_that_grow_for_ever_are_left_at_last(void **state)
{
    struct story *s = (struct story *)*state;
    char header[40];

    s->config.expires = 60;
    story_start(s);
    for (int i = 1; i < 30 && s->told == 0; i++) {
        snprintf(header, sizeof header, "Min-Expires: %d\r\n", 60 + i);
        story_reply(s, "423 Interval Too Brief", header);
    }
    assert_event(s, SIPREG_EVENT_RETRYING, SIPREG_STATUS);
    assert_int_equal(story_requests(s), 11);
}

static void a_registrar_that_chooses_may_demand(void **state)
{
    struct story *s = (struct story *)*state;

    s->config.expires = SIPREG_EXPIRES_NONE;
    story_start(s);
    story_reply(s, "423 Interval Too Brief", "Min-Expires: 90\r\n");
    assert_string_equal(story_field(s, LAST, "Expires"), "90");
}

static void a_removal_or_query_has_nothing_to_lengthen(void **state)
{
    struct story *s = (struct story *)*state;

    story_init(s);
    sipreg_client_stop(&s->client, s->tick);
    story_run(s);
    story_reply(s, "423 Interval Too Brief", "Min-Expires: 90\r\n");
    assert_event(s, SIPREG_EVENT_UNREGISTERED, SIPREG_STATUS);
    sipreg_client_query(&s->client, s->tick);
    story_run(s);
    story_reply(s, "423 Interval Too Brief", "");
    assert_event(s, SIPREG_EVENT_REFUSED, SIPREG_STATUS);
    assert_int_equal(story_requests(s), 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORY(every_grant_is_paced),
        STORY(a_grant_that_has_lapsed_on_its_way_is_paced_too),
        STORY(the_largest_grant_causes_no_refresh),
        STORY(a_grant_of_nothing_is_a_failure_with_a_back_off),
        STORY(a_refresh_that_loses_us_is_told),
        STORY(what_counts_is_our_contact_then_expires_then_what_was_asked),
        STORY(guesses_can_be_forbidden),
        STORY(ours_is_found_among_two_hundred),
        STORY(a_granted_time_that_shrinks_does_not_shrink_what_is_asked),
        STORY(too_brief_is_lengthened_once_per_demand_and_remembered),
        STORY(a_demand_that_makes_no_sense_is_not_followed),
        STORY(the_ceiling_of_a_demand_is_configurable),
        STORY(demands_that_grow_for_ever_are_left_at_last),
        STORY(a_registrar_that_chooses_may_demand),
        STORY(a_removal_or_query_has_nothing_to_lengthen),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
