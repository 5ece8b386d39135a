/*
 * test_client_redirect.c - followed redirections (RFC 3261 8.1.3.4, 21.3).
 */
#include "redirection.h"

#include <stdio.h>

static void a_redirection_is_followed_only_if_that_is_wanted(void **state)
{
    struct story *s = (struct story *)*state;

    story_start(s);
    assert_target(s, "sip:example.com");
    story_reply(s, "302 Moved", TO("sip:r2.example.com"));
    assert_event(s, SIPREG_EVENT_REFUSED, SIPREG_STATUS);
    assert_int_equal(s->events[s->told - 1].contacts, 1);
    assert_int_equal(story_requests(s), 1);
    assert_hop(s, "sip:example.com");
}

static void the_new_request_is_the_old_one_to_another_place(void **state)
{
    static const char *const same[] = {"From", "To", "Call-ID", "Contact", "Expires"};
    struct story *s = (struct story *)*state;

    redirection_start(s);
    story_reply(s, "302 Moved",
                TO("sip:bob@r2.example.com:5070;transport=udp;method=INVITE;a=1"
                   "?Route=%3Csip:evil%3E&From=y"));
    assert_target(s, "sip:r2.example.com:5070;transport=udp;a=1");
    for (size_t i = 0; i < COUNT(same); i++)
        assert_string_equal(story_field(s, LAST, same[i]), story_field(s, 0, same[i]));
    assert_string_equal(story_field(s, LAST, "CSeq"), "2 REGISTER");
    assert_null(strstr(s->sends[1].text, "evil"));
    assert_string_not_equal(story_param(s, 0, "Via", "branch"), story_param(s, 1, "Via", "branch"));
    assert_int_equal(story_count(s, LAST, "Route"), 0);
}

static void parameters_of_the_target_are_its_own_and_none_is_a_method(void **state)
{
    static const char *const rows[][2] = {
        {"Contact: <sip:r2.example.com;x=1>;q=0.5\r\n", "sip:r2.example.com;x=1"},
        {TO("sip:r3.example.com;method;b"), "sip:r3.example.com;b"},
    };
    struct story *s = (struct story *)*state;

    redirection_start(s);
    for (size_t i = 0; i < COUNT(rows); i++) {
        story_reply(s, "302 Moved", rows[i][0]);
        assert_target(s, rows[i][1]);
    }
}

static void the_digest_names_the_new_place_and_starts_anew(void **state)
{
    struct story *s = (struct story *)*state;

    redirection_start(s);
    story_challenge(s, "first", "");
    story_reply(s, "301 Moved", TO("sip:r2.example.com"));
    assert_int_equal(story_count(s, LAST, "Authorization"), 0); /* no word of the old realm */
    story_challenge(s, "second", "");
    assert_string_equal(story_param(s, LAST, "Authorization", "uri"), "sip:r2.example.com");
    story_check_digest(s, "Authorization", "alice", SECRET);
    story_grant(s, 100);
    assert_event(s, SIPREG_EVENT_REGISTERED, SIPREG_OK);
}

static void targets_are_tried_by_q_until_one_works(void **state)
{
    struct story *s = (struct story *)*state;

    redirection_start(s);
    story_reply(s, "300 Choose",
                "Contact: <sip:low.example.com>;q=0.2, <sip:high.example.com>;q=0.9\r\n"
                "Contact: <sip:mid.example.com>;q=0.5, <sip:mid2.example.com>;q=0.5\r\n");
    assert_target(s, "sip:high.example.com");
    story_reply(s, "503 Busy", "");
    assert_target(s, "sip:mid.example.com");
    story_reply(s, "404 Not Here", "");
    assert_target(s, "sip:mid2.example.com");
    story_pass(s, 32000); /* without an answer */
    assert_target(s, "sip:low.example.com");
    assert_int_equal(s->told, 0);
    story_grant(s, 100);
    assert_event(s, SIPREG_EVENT_REGISTERED, SIPREG_OK);
    assert_string_equal(story_field(s, LAST, "CSeq"), "5 REGISTER");
}

static void of_many_targets_the_eight_best_are_tried(void **state)
{
    static const char *const best[] = {"sip:z", "sip:a", "sip:b", "sip:c",
                                       "sip:d", "sip:e", "sip:f", "sip:g"};
    struct story *s = (struct story *)*state;

    redirection_start(s);
    story_reply(s, "300 Choose",
                "m: <sip:a>;q=0.5, <sip:b>;q=0.5, <sip:c>;q=0.5, <sip:d>;q=0.5, <sip:e>;q=0.5\r\n"
                "m: <sip:f>;q=0.5, <sip:g>;q=0.5, <sip:h>;q=0.5, <sip:i>;q=0.5, <sip:z>\r\n"
                "m: <sip:l>;q=0.1\r\n");
    for (size_t i = 0; i < COUNT(best); i++) {
        assert_target(s, best[i]);
        story_reply(s, "404 Not Here", "");
    }
    assert_event(s, SIPREG_EVENT_REFUSED, SIPREG_STATUS);
}

static void when_all_have_failed_the_next_attempt_starts_at_the_old_place(void **state)
{
    struct story *s = (struct story *)*state;

    redirection_start(s);
    story_reply(s, "302 Moved", TO("sip:r2.example.com"));
    story_reply(s, "500 Error", "");
    assert_event(s, SIPREG_EVENT_RETRYING, SIPREG_STATUS);
    assert_int_equal(story_requests(s), 2);
    assert_true(story_until_sent(s, 3600 * 1000));
    assert_target(s, "sip:example.com");
    story_reply(s, "302 Moved", TO("sip:r2.example.com")); /* may be tried again by now */
    assert_target(s, "sip:r2.example.com");
}

static void a_definite_no_is_not_taken_elsewhere(void **state)
{
    static const char *const replies[] = {"603 Decline", "604 Nowhere"};
    struct story *s = (struct story *)*state;

    for (size_t i = 0; i < COUNT(replies); i++) {
        size_t before = story_requests(s);
        redirection_start(s);
        story_reply(s, "302 Moved", TO("sip:r2.example.com") TO("sip:r3.example.com"));
        story_reply(s, replies[i], "");
        assert_event(s, SIPREG_EVENT_REFUSED, SIPREG_STATUS);
        assert_int_equal(story_requests(s), before + 2);
    }
}

/* And a newer redirection replaces what is left of an older one. */
static void no_place_is_tried_twice(void **state)
{
    struct story *s = (struct story *)*state;

    redirection_start(s);
    story_reply(s, "302 Moved", TO("sip:r2.example.com") TO("sip:r3.example.com"));
    assert_target(s, "sip:r2.example.com");
    story_reply(s, "302 Back", TO("sip:EXAMPLE.com") TO("sip:r2.example.com"));
    assert_event(s, SIPREG_EVENT_REFUSED, SIPREG_STATUS);
    assert_int_equal(story_requests(s), 2);
}

static void a_chain_of_ever_new_places_ends(void **state)
{
    struct story *s = (struct story *)*state;
    char headers[64];

    redirection_start(s);
    for (char c = 'a'; c <= 'z' && s->told == 0; c++) {
        snprintf(headers, sizeof headers, "Contact: <sip:%c.example.com>\r\n", c);
        story_reply(s, "302 Moved", headers);
    }
    assert_int_not_equal(s->told, 0);
    assert_in_range(story_requests(s), 2, 11);
}

static void a_target_serves_as_long_as_it_works(void **state)
{
    struct story *s = (struct story *)*state;

    redirection_start(s);
    story_reply(s, "302 Moved", TO("sip:r2.example.com"));
    story_grant(s, 100);
    assert_true(story_until_sent(s, 100 * 1000)); /* 10.2.4: to the same address */
    assert_target(s, "sip:r2.example.com");
    story_reply(s, "302 Moved", TO("sip:example.com")); /* a new attempt: this is a way, too */
    assert_target(s, "sip:example.com");
    story_grant(s, 100);
    sipreg_client_stop(&s->client, s->tick);
    story_run(s);
    assert_target(s, "sip:example.com");
    story_reply(s, "200 OK", "");
    assert_hop(s, "sip:example.com");
}

static void what_was_left_of_a_redirection_is_not_tried_by_a_later_attempt(void **state)
{
    struct story *s = (struct story *)*state;

    redirection_start(s);
    story_reply(s, "302 Moved", TO("sip:r2.example.com") TO("sip:r3.example.com"));
    story_grant(s, 100);
    assert_true(story_until_sent(s, 100 * 1000));
    story_reply(s, "500 Error", "");
    assert_event(s, SIPREG_EVENT_RETRYING, SIPREG_STATUS);
    assert_int_equal(story_requests(s), 3);
    assert_hop(s, "sip:example.com");
}

static void a_redirection_with_a_time_ends_by_then(void **state)
{
    struct story *s = (struct story *)*state;

    redirection_start(s);
    story_reply(s, "302 Moved", "Contact: <sip:r2.example.com>;expires=60\r\n");
    story_grant(s, 50);
    assert_true(story_until_sent(s, 50 * 1000));
    assert_target(s, "sip:r2.example.com");
    story_grant(s, 300);
    assert_true(story_until_sent(s, 300 * 1000));
    assert_target(s, "sip:example.com");
    story_reply(s, "302 Moved", TO("sip:r2.example.com") "Expires: 60\r\n");
    story_grant(s, 300);
    assert_true(story_until_sent(s, 300 * 1000));
    assert_target(s, "sip:example.com");
}

static void a_proxy_to_be_used_becomes_the_route_of_this_request(void **state)
{
    struct story *s = (struct story *)*state;

    redirection_start(s);
    story_reply(s, "305 Use Proxy", TO("sip:p.example.com;transport=udp"));
    assert_hop(s, "sip:p.example.com;transport=udp;lr");
    assert_string_equal(story_field(s, LAST, "Route"), "<sip:p.example.com;transport=udp;lr>");
    assert_memory_equal(s->sends[1].text, "REGISTER sip:example.com SIP", 28);
    story_grant(s, 100);
    assert_true(story_until_sent(s, 100 * 1000));
    assert_target(s, "sip:example.com");
    assert_int_equal(story_count(s, LAST, "Route"), 0);
    story_reply(s, "305 Use Proxy", TO("sip:p.example.com;lr"));
    assert_string_equal(story_field(s, LAST, "Route"), "<sip:p.example.com;lr>");
}

static void configured_routes_come_back_behind_a_proxy_used_once(void **state)
{
    static const char *const routes[] = {"sip:out.example.com;lr"};
    struct story *s = (struct story *)*state;

    s->config.routes = routes;
    s->config.route_count = 1;
    redirection_start(s);
    assert_hop(s, routes[0]);
    story_reply(s, "305 Use Proxy", TO("sip:p.example.com;lr"));
    assert_int_equal(story_count(s, LAST, "Route"), 1);
    story_reply(s, "500 Error", "");
    assert_true(story_until_sent(s, 3600 * 1000));
    assert_string_equal(story_field(s, LAST, "Route"), "<sip:out.example.com;lr>");
}

static void a_stream_is_closed_and_opened_to_the_new_place(void **state)
{
    struct story *s = (struct story *)*state;

    story_stream(s);
    redirection_start(s);
    assert_int_equal(s->opens, 1);
    story_reply(s, "302 Moved", TO("sip:r2.example.com") TO("sip:r3.example.com"));
    assert_int_equal(s->closes, 1);
    assert_int_equal(s->opens, 2);
    assert_target(s, "sip:r2.example.com");
    story_flow(s, SIPREG_FLOW_DOWN); /* reset by its server */
    assert_int_equal(s->opens, 3);
    assert_target(s, "sip:r3.example.com");
    story_grant(s, 100);
    sipreg_client_stop(&s->client, s->tick);
    story_run(s);
    assert_target(s, "sip:r3.example.com");
    assert_int_equal(s->opens, 3);
}

static void what_cannot_be_opened_is_passed_over(void **state)
{
    struct story *s = (struct story *)*state;

    story_stream(s);
    redirection_start(s);
    s->opening = OPEN_FAILS;
    story_reply(s, "302 Moved", TO("sip:r2.example.com") TO("sip:r3.example.com"));
    assert_event(s, SIPREG_EVENT_RETRYING, SIPREG_TRANSPORT);
    assert_int_equal(s->opens, 3);
    assert_int_equal(s->sent, 1);
    assert_hop(s, "sip:example.com");
}

static void a_less_secure_place_is_not_gone_to(void **state)
{
    struct story *s = (struct story *)*state;

    s->config.aor = "sips:alice@example.com";
    s->config.transport = SIPREG_TLS;
    redirection_start(s);
    story_reply(s, "302 Moved", TO("sip:r2.example.com"));
    assert_event(s, SIPREG_EVENT_REFUSED, SIPREG_POLICY);
    assert_int_equal(story_requests(s), 1);
    redirection_start(s);
    story_reply(s, "302 Moved", TO("sip:r2.example.com") TO("sips:r3.example.com"));
    assert_target(s, "sips:r3.example.com");
    story_reply(s, "302 Moved", TO("sips:r4.example.com;transport=udp"));
    assert_event(s, SIPREG_EVENT_REFUSED, SIPREG_POLICY);
    redirection_start(s);
    story_reply(s, "302 Moved", TO("tel:+1")); /* which is neither more nor less secure */
    assert_event(s, SIPREG_EVENT_REFUSED, SIPREG_STATUS);
}

static void tls_is_not_left_for_udp(void **state)
{
    struct story *s = (struct story *)*state;

    s->config.transport = SIPREG_TLS;
    redirection_start(s);
    story_reply(s, "302 Moved", TO("sip:r2.example.com;transport=udp"));
    assert_event(s, SIPREG_EVENT_REFUSED, SIPREG_POLICY);
    redirection_start(s);
    story_reply(s, "302 Moved", TO("sip:r2.example.com;transport=tcp")); /* so TLS is written */
    assert_target(s, "sip:r2.example.com;transport=tcp");
}

static void a_transport_that_cannot_be_had_is_passed_over(void **state)
{
    static const char *const targets[] = {
        TO("sip:r2.example.com;transport=tcp"),
        TO("sip:r2.example.com;transport=sctp"),
        TO("sip:r2.example.com;transport=ws"),
        TO("sips:r2.example.com"),
        TO("mailto:alice@example.com"),
        TO("tel:+1"),
        TO("sip:r2.exa mple.com"),
        TO("sip:"),
        TO("sip:r2.example.com;x=\xFF"),
        "Contact: *\r\n",
        "Contact: <sip:alice@example.com>\r\n", /* the same, less its user */
    };
    struct story *s = (struct story *)*state;

    for (size_t i = 0; i < COUNT(targets); i++) {
        size_t before = story_requests(s);
        redirection_start(s);
        story_reply(s, "302 Moved", targets[i]);
        assert_event(s, SIPREG_EVENT_REFUSED, SIPREG_STATUS);
        assert_int_equal(story_requests(s), before + 1);
    }
}

static void who_opens_flows_can_open_one_of_another_transport(void **state)
{
    struct story *s = (struct story *)*state;

    story_stream(s);
    redirection_start(s);
    story_reply(s, "302 Moved", TO("sip:r2.example.com;transport=udp"));
    assert_target(s, "sip:r2.example.com;transport=udp");
    story_reply(s, "302 Moved", TO("sips:r3.example.com"));
    assert_target(s, "sips:r3.example.com");
    story_anew(s);
    story_reply(s, "302 Moved", TO("sip:r2.example.com;transport=sctp")); /* but not of any */
    assert_event(s, SIPREG_EVENT_REFUSED, SIPREG_STATUS);
}

static void targets_that_do_not_fit_their_store_are_left_out(void **state)
{
    struct story *s = (struct story *)*state;
    char headers[2 * SIPREG_TARGETS_SIZE];

    memset(headers, 'a', sizeof headers);
    memcpy(headers, "Contact: <sip:", 14);
    strcpy(headers + SIPREG_TARGETS_SIZE, ">;q=1\r\nContact: <sip:r2.example.com>;q=0.1\r\n");
    redirection_start(s);
    story_reply(s, "302 Moved", headers);
    assert_target(s, "sip:r2.example.com");
}

static void a_registrar_too_long_for_the_store_can_redirect_all_the_same(void **state)
{
    struct story *s = (struct story *)*state;
    char registrar[2 * SIPREG_TARGETS_SIZE] = "sip:";

    memset(registrar + 4, 'a', SIPREG_TARGETS_SIZE);
    registrar[4 + SIPREG_TARGETS_SIZE] = '\0';
    s->config.registrar = registrar;
    redirection_start(s);
    story_reply(s, "302 Moved", TO("sip:r2.example.com"));
    assert_target(s, "sip:r2.example.com");
}

static void a_redirection_that_points_nowhere_may_pass(void **state)
{
    struct story *s = (struct story *)*state;

    redirection_start(s);
    story_reply(s, "302 Moved", "");
    assert_event(s, SIPREG_EVENT_RETRYING, SIPREG_STATUS);
    assert_int_equal(story_requests(s), 1);
}

static void a_query_that_fails_elsewhere_leaves_the_registration_there(void **state)
{
    struct story *s = (struct story *)*state;

    redirection_start(s);
    story_reply(s, "302 Moved", TO("sip:r2.example.com"));
    story_grant(s, 1000);
    sipreg_client_query(&s->client, s->tick);
    story_run(s);
    assert_target(s, "sip:r2.example.com");
    story_reply(s, "500 Error", "");
    assert_event(s, SIPREG_EVENT_REFUSED, SIPREG_STATUS);
    assert_state(s, SIPREG_REGISTERED);
    assert_hop(s, "sip:r2.example.com");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORY(a_redirection_is_followed_only_if_that_is_wanted),
        STORY(the_new_request_is_the_old_one_to_another_place),
        STORY(parameters_of_the_target_are_its_own_and_none_is_a_method),
        STORY(the_digest_names_the_new_place_and_starts_anew),
        STORY(targets_are_tried_by_q_until_one_works),
        STORY(of_many_targets_the_eight_best_are_tried),
        STORY(when_all_have_failed_the_next_attempt_starts_at_the_old_place),
        STORY(a_definite_no_is_not_taken_elsewhere),
        STORY(no_place_is_tried_twice),
        STORY(a_chain_of_ever_new_places_ends),
        STORY(a_target_serves_as_long_as_it_works),
        STORY(what_was_left_of_a_redirection_is_not_tried_by_a_later_attempt),
        STORY(a_redirection_with_a_time_ends_by_then),
        STORY(a_proxy_to_be_used_becomes_the_route_of_this_request),
        STORY(configured_routes_come_back_behind_a_proxy_used_once),
        STORY(a_stream_is_closed_and_opened_to_the_new_place),
        STORY(what_cannot_be_opened_is_passed_over),
        STORY(a_less_secure_place_is_not_gone_to),
        STORY(tls_is_not_left_for_udp),
        STORY(a_transport_that_cannot_be_had_is_passed_over),
        STORY(who_opens_flows_can_open_one_of_another_transport),
        STORY(targets_that_do_not_fit_their_store_are_left_out),
        STORY(a_registrar_too_long_for_the_store_can_redirect_all_the_same),
        STORY(a_redirection_that_points_nowhere_may_pass),
        STORY(a_query_that_fails_elsewhere_leaves_the_registration_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
