/*
 * test_client_snapshot.c - the power goes and comes back: what a device does that was saved, and
 * what one does that was not (RFC 3261 10.2, 10.3, 22.2). Contacts have their own file.
 */
#include "story.h"

static const char *last_sent(struct story *s)
{
    return s->sends[s->sent - 1].text;
}

static void a_reboot_goes_on_with_call_id_cseq_and_nonce(void **state)
{
    struct story *s = (struct story *)*state;

    story_register(s, "n1", 600); /* CSeq 1 and 2 */
    story_reboot(s, 60, 60);
    assert_state(s, SIPREG_IDLE); /* nothing is wished for */
    story_pass(s, 3000);
    assert_int_equal(story_requests(s), 2);
    story_start(s);
    assert_int_equal(story_requests(s), 3);
    assert_string_equal(story_field(s, LAST, "Call-ID"), story_field(s, 0, "Call-ID"));
    assert_string_equal(story_field(s, LAST, "From"), story_field(s, 0, "From"));
    assert_string_equal(story_field(s, LAST, "CSeq"), "3 REGISTER");
    assert_string_equal(story_param(s, LAST, "Authorization", "nonce"), "n1");
    assert_string_equal(story_param(s, LAST, "Authorization", "nc"), "00000002");
    story_check_digest(s, "Authorization", "alice", SECRET);
    story_grant(s, 600);
    assert_event(s, SIPREG_EVENT_REGISTERED, SIPREG_OK);
    assert_true(story_until_sent(s, 600 * 1000));
    assert_string_equal(story_param(s, LAST, "Authorization", "nc"), "00000003");
}

static void a_cnonce_is_not_used_by_two_lives(void **state)
{
    struct story *s = (struct story *)*state;
    const char *cnonce;

    story_register(s, "n1", 600);
    cnonce = story_param(s, LAST, "Authorization", "cnonce");
    story_reboot(s, 60, 60);
    story_start(s);
    assert_int_equal(strlen(story_param(s, LAST, "Authorization", "cnonce")), 16);
    assert_string_not_equal(story_param(s, LAST, "Authorization", "cnonce"), cnonce);
}

static void without_a_snapshot_a_reboot_is_another_call_id(void **state)
{
    struct story *s = (struct story *)*state;
    char call_id[32];

    story_register(s, "n1", 600);
    strcpy(call_id, story_field(s, LAST, "Call-ID"));
    story_anew(s);
    assert_string_not_equal(story_field(s, LAST, "Call-ID"), call_id);
    assert_string_equal(story_field(s, LAST, "CSeq"), "1 REGISTER");
    assert_null(story_field(s, LAST, "Authorization"));
}

static void a_binding_that_still_lives_is_known_and_refreshed_at_once(void **state)
{
    struct story *s = (struct story *)*state;

    story_start(s);
    story_reply(s, "200 OK", "Contact: <CONTACT>;expires=600\r\nService-Route: <sip:s1;lr>\r\n");
    story_pass(s, 100 * 1000);
    story_reboot(s, 60, 60);
    assert_string_equal(sipreg_client_route(&s->client, SIPREG_SERVICE_ROUTE, 0).p, "sip:s1;lr");
    sipreg_client_start(&s->client, s->tick);
    assert_state(s, SIPREG_REGISTERED);
    assert_int_equal(sipreg_client_deadline(&s->client, s->tick), 0);
    story_run(s);
    assert_int_equal(story_requests(s), 2);
    story_reply(s, "503 Service Unavailable", "");
    assert_event(s, SIPREG_EVENT_RETRYING, SIPREG_STATUS);
    assert_int_equal(story_event(s)->valid_for, (600 - 160) * 1000);
    assert_int_equal(story_event(s)->granted, 600);
    assert_true(story_event(s)->listed);
}

static void a_binding_that_was_not_listed_is_known_as_such(void **state)
{
    struct story *s = (struct story *)*state;

    story_start(s);
    story_reply(s, "200 OK", "Contact: <sip:alice@203.0.113.7>;expires=600\r\n");
    assert_event(s, SIPREG_EVENT_REGISTERED, SIPREG_OK);
    story_reboot(s, 60, 60);
    story_start(s);
    story_reply(s, "503 Service Unavailable", "");
    assert_state(s, SIPREG_REGISTERED);
    assert_int_equal(story_event(s)->granted, 600);
    assert_false(story_event(s)->listed);
}

static void a_binding_that_lapsed_meanwhile_is_not_believed_in(void **state)
{
    struct story *s = (struct story *)*state;

    story_start(s);
    story_reply(s, "200 OK", "Contact: <CONTACT>;expires=600\r\nService-Route: <sip:s1;lr>\r\n");
    story_reboot(s, 599, 599);
    sipreg_client_start(&s->client, s->tick);
    assert_state(s, SIPREG_REGISTERED);
    story_reboot(s, 1, 1);
    assert_null(sipreg_client_route(&s->client, SIPREG_SERVICE_ROUTE, 0).p);
    sipreg_client_start(&s->client, s->tick);
    assert_state(s, SIPREG_REGISTERING);
    story_run(s);
    assert_string_equal(story_field(s, LAST, "CSeq"), "2 REGISTER");
}

static void without_a_clock_nothing_is_believed_in(void **state)
{
    struct story *s = (struct story *)*state;

    story_register(s, "n1", 600);
    story_reboot(s, 1, SIPREG_FOREVER);
    sipreg_client_start(&s->client, s->tick);
    assert_state(s, SIPREG_REGISTERING);
    story_run(s);
    assert_string_equal(story_field(s, LAST, "CSeq"), "3 REGISTER");
    assert_string_equal(story_param(s, LAST, "Authorization", "nc"), "00000002");
}

static void a_binding_of_4_billion_seconds_lives_as_long(void **state)
{
    struct story *s = (struct story *)*state;

    story_start(s);
    story_reply(s, "200 OK", "Contact: <CONTACT>;expires=4294967295\r\n");
    story_reboot(s, 1, 0xFFFFFFFE);
    sipreg_client_start(&s->client, s->tick);
    assert_state(s, SIPREG_REGISTERED);
    story_run(s);
    story_pass(s, 999);
    assert_state(s, SIPREG_REGISTERED);
    story_pass(s, 1);
    assert_state(s, SIPREG_REGISTERING);
    assert_event(s, SIPREG_EVENT_UNREGISTERED, SIPREG_TIMEOUT);
}

static void a_request_under_way_counts_as_sent(void **state)
{
    struct story *s = (struct story *)*state;

    story_start(s);
    story_challenge(s, "n1", "");
    assert_true(s->outstanding);
    story_reboot(s, 5, 5);
    sipreg_client_start(&s->client, s->tick);
    assert_state(s, SIPREG_REGISTERING);
    story_run(s);
    assert_string_equal(story_field(s, LAST, "CSeq"), "3 REGISTER");
    assert_string_equal(story_param(s, LAST, "Authorization", "nc"), "00000002");
}

static void a_refresh_under_way_leaves_the_binding_as_it_was(void **state)
{
    struct story *s = (struct story *)*state;

    story_register(s, "n1", 600);
    assert_true(story_until_sent(s, 600 * 1000));
    story_reboot(s, 1, 1);
    sipreg_client_start(&s->client, s->tick);
    assert_state(s, SIPREG_REGISTERED);
}

static void a_removal_under_way_leaves_nothing_to_believe_in(void **state)
{
    struct story *s = (struct story *)*state;

    story_register(s, "n1", 600);
    sipreg_client_stop(&s->client, s->tick);
    story_run(s);
    story_reboot(s, 1, 1);
    sipreg_client_start(&s->client, s->tick);
    assert_state(s, SIPREG_REGISTERING);
    story_run(s);
    assert_string_equal(story_field(s, LAST, "Expires"), "3600");
    story_grant(s, 600);
    sipreg_client_clear(&s->client, s->tick);
    story_run(s);
    story_reboot(s, 1, 1);
    sipreg_client_start(&s->client, s->tick);
    assert_state(s, SIPREG_REGISTERING);
}

/* ---------------------------------------------------------------- the power fails */

static char kept[SIPREG_SNAPSHOT_SIZE];
static int kept_size;

static void keep(struct story *s)
{
    kept_size = sipreg_client_save(&s->client, s->tick, kept, sizeof kept);
    assert_true(kept_size > 0);
}

/* The snapshot that counts is the last one that keep() has made. */
static void come_back(struct story *s)
{
    s->outstanding = false;
    s->tick = 77;
    story_init(s);
    assert_int_equal(
        sipreg_client_load(&s->client, s->tick, SIPREG_FOREVER, kept, (size_t)kept_size),
        SIPREG_OK);
}

static void who_saves_before_each_message_loses_no_cseq_whenever_the_power_fails(void **state)
{
    struct story *s = (struct story *)*state;

    s->on_send = keep;
    story_start(s);
    come_back(s);
    story_start(s); /* the story itself sees to it that no CSeq or nc is used twice */
    story_challenge(s, "n1", "");
    come_back(s);
    story_start(s);
    story_grant(s, 600);
    come_back(s);
    sipreg_client_stop(&s->client, s->tick);
    story_run(s);
    assert_string_equal(story_field(s, LAST, "CSeq"), "5 REGISTER");
    assert_string_equal(story_param(s, LAST, "Authorization", "nc"), "00000003");
    assert_string_equal(story_field(s, LAST, "Expires"), "0");
    come_back(s);
    story_start(s);
    assert_string_equal(story_field(s, LAST, "CSeq"), "6 REGISTER");
}

/* ---------------------------------------------------------------- stopping */

static void stop_after_a_reboot_removes_what_was_bound(void **state)
{
    struct story *s = (struct story *)*state;

    story_register(s, "n1", 600);
    story_reboot(s, 60, 60);
    sipreg_client_stop(&s->client, s->tick);
    story_run(s);
    assert_int_equal(story_requests(s), 3);
    assert_string_equal(story_field(s, LAST, "Contact"), "<sip:alice@192.0.2.10:5060>;expires=0");
    assert_string_equal(story_param(s, LAST, "Authorization", "nc"), "00000002");
    story_reply(s, "200 OK", "");
    assert_event(s, SIPREG_EVENT_UNREGISTERED, SIPREG_OK);
}

static void stop_after_a_reboot_at_another_address_removes_the_old_contact(void **state)
{
    struct story *s = (struct story *)*state;

    story_register(s, "n1", 600);
    s->config.local = "198.51.100.9:5062";
    story_reboot(s, 60, 60);
    sipreg_client_stop(&s->client, s->tick);
    story_run(s);
    assert_non_null(strstr(last_sent(s), "Contact: <sip:alice@192.0.2.10:5060>;expires=0\r\n"));
}

static void what_was_removed_before_is_not_looked_for(void **state)
{
    struct story *s = (struct story *)*state;

    story_register(s, "n1", 600);
    sipreg_client_stop(&s->client, s->tick);
    story_run(s);
    story_reply(s, "200 OK", "");
    s->config.local = "198.51.100.9:5062";
    story_reboot(s, 60, 60);
    story_start(s);
    assert_string_equal(story_field(s, LAST, "CSeq"), "4 REGISTER");
    assert_int_equal(story_count(s, LAST, "Contact"), 1);
}

/* ---------------------------------------------------------------- what the server had asked for */

static void what_a_423_demanded_is_remembered(void **state)
{
    struct story *s = (struct story *)*state;

    s->config.expires = 60;
    story_start(s);
    story_reply(s, "423 Interval Too Brief", "Min-Expires: 600\r\n");
    story_grant(s, 600);
    story_reboot(s, 60, 60);
    story_start(s);
    assert_string_equal(story_field(s, LAST, "Expires"), "600");
}

static void a_proxy_and_the_registrar_are_answered_unasked(void **state)
{
    struct story *s = (struct story *)*state;

    story_start(s);
    story_reply(s, "407 Proxy Authentication Required",
                "Proxy-Authenticate: Digest realm=\"p\", nonce=\"pn\", opaque=\"o\\\"o\", "
                "algorithm=SHA-256, qop=\"auth,auth-int\", userhash=true\r\n");
    story_challenge(s, "n1", "");
    story_grant(s, 600);
    story_reboot(s, 60, 60);
    story_start(s);
    assert_string_equal(story_param(s, LAST, "Authorization", "nc"), "00000002");
    assert_string_equal(story_param(s, LAST, "Proxy-Authorization", "nc"), "00000003");
    assert_string_equal(story_param(s, LAST, "Proxy-Authorization", "userhash"), "true");
    assert_non_null(strstr(story_field(s, LAST, "Proxy-Authorization"), "opaque=\"o\\\"o\""));
}

static void a_nonce_that_has_aged_meanwhile_is_no_rejection(void **state)
{
    struct story *s = (struct story *)*state;

    story_register(s, "n1", 600);
    story_reboot(s, 60, 60);
    story_start(s);
    story_challenge(s, "n2", ""); /* not even stale=true */
    assert_string_equal(story_param(s, LAST, "Authorization", "nonce"), "n2");
    story_grant(s, 600);
    assert_event(s, SIPREG_EVENT_REGISTERED, SIPREG_OK);
}

static void a_session_key_dies_with_the_device(void **state)
{
    struct story *s = (struct story *)*state;

    story_start(s);
    story_challenge(s, "n1", ", algorithm=MD5-sess");
    story_grant(s, 600);
    story_reboot(s, 60, 60);
    story_start(s);
    assert_null(story_field(s, LAST, "Authorization"));
    assert_string_equal(story_field(s, LAST, "CSeq"), "3 REGISTER");
}

static void of_a_redirection_nothing_is_left_but_the_binding(void **state)
{
    struct story *s = (struct story *)*state;

    s->config.follow_redirects = true;
    story_register(s, "n1", 600);
    assert_true(story_until_sent(s, 600 * 1000));
    story_reply(s, "302 Moved Temporarily", "Contact: <sip:r2.example.com>\r\n");
    story_challenge(s, "n2", "");
    story_grant(s, 600);
    story_reboot(s, 60, 60);
    story_start(s);
    assert_memory_equal(last_sent(s), "REGISTER sip:example.com SIP", 28);
    assert_null(story_field(s, LAST, "Authorization"));
    assert_string_equal(story_field(s, LAST, "CSeq"), "6 REGISTER");
}

/* ---------------------------------------------------------------- identifiers come to an end */

static void the_last_cseq_before_a_reboot_makes_a_new_call_id_behind_it(void **state)
{
    struct story *s = (struct story *)*state;
    char call_id[32];

    story_register(s, "n1", 600);
    strcpy(call_id, story_field(s, LAST, "Call-ID"));
    s->client.request.cseq = 0x7FFFFFFF;
    story_reboot(s, 60, 60);
    story_start(s);
    assert_string_equal(story_field(s, LAST, "CSeq"), "1 REGISTER");
    assert_string_not_equal(story_field(s, LAST, "Call-ID"), call_id);
    assert_null(story_field(s, LAST, "Authorization"));
}

static void identifiers_that_failed_are_not_saved(void **state)
{
    struct story *s = (struct story *)*state;

    for (unsigned i = 1; i <= 3; i++) { /* Call-ID, tag, branch */
        memset(s->fail_at, 0, sizeof s->fail_at);
        s->fail_at[CALL_RANDOM] = s->calls[CALL_RANDOM] + i;
        s->ready = false;
        story_start(s);
        assert_event(s, SIPREG_EVENT_RETRYING, SIPREG_RANDOM);
        assert_int_equal(s->sent, 0);
        story_reboot(s, 60, 60);
    }
    story_start(s);
    assert_string_equal(story_field(s, LAST, "CSeq"), "1 REGISTER");
}

static void identifiers_that_failed_at_the_last_cseq_are_not_saved(void **state)
{
    struct story *s = (struct story *)*state;

    for (unsigned i = 1; i <= 3; i++) { /* Call-ID, tag, branch */
        memset(s->fail_at, 0, sizeof s->fail_at);
        story_anew(s);
        story_grant(s, 600);
        s->client.request.cseq = 0x7FFFFFFF;
        s->fail_at[CALL_RANDOM] = s->calls[CALL_RANDOM] + i;
        sipreg_client_refresh(&s->client, s->tick);
        story_run(s);
        assert_event(s, SIPREG_EVENT_RETRYING, SIPREG_RANDOM);
        story_reboot(s, 60, 60);
        story_start(s);
        assert_string_equal(story_field(s, LAST, "CSeq"), "1 REGISTER");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORY(a_reboot_goes_on_with_call_id_cseq_and_nonce),
        STORY(a_cnonce_is_not_used_by_two_lives),
        STORY(without_a_snapshot_a_reboot_is_another_call_id),
        STORY(a_binding_that_still_lives_is_known_and_refreshed_at_once),
        STORY(a_binding_that_was_not_listed_is_known_as_such),
        STORY(a_binding_that_lapsed_meanwhile_is_not_believed_in),
        STORY(without_a_clock_nothing_is_believed_in),
        STORY(a_binding_of_4_billion_seconds_lives_as_long),
        STORY(a_request_under_way_counts_as_sent),
        STORY(a_refresh_under_way_leaves_the_binding_as_it_was),
        STORY(a_removal_under_way_leaves_nothing_to_believe_in),
        STORY(who_saves_before_each_message_loses_no_cseq_whenever_the_power_fails),
        STORY(stop_after_a_reboot_removes_what_was_bound),
        STORY(stop_after_a_reboot_at_another_address_removes_the_old_contact),
        STORY(what_was_removed_before_is_not_looked_for),
        STORY(what_a_423_demanded_is_remembered),
        STORY(a_proxy_and_the_registrar_are_answered_unasked),
        STORY(a_nonce_that_has_aged_meanwhile_is_no_rejection),
        STORY(a_session_key_dies_with_the_device),
        STORY(of_a_redirection_nothing_is_left_but_the_binding),
        STORY(the_last_cseq_before_a_reboot_makes_a_new_call_id_behind_it),
        STORY(identifiers_that_failed_are_not_saved),
        STORY(identifiers_that_failed_at_the_last_cseq_are_not_saved),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
