/*
 * test_client_corners.c - things that seldom come together, each of them once.
 */
#include "story.h"

#include <stdlib.h>

static void contacts_that_changed_before_a_removal_are_removed_all_the_same(void **state)
{
    static const struct sipreg_contact other = {"sip:alice@192.0.2.99", 600, 0, NULL};
    struct story *s = (struct story *)*state;

    story_start(s);
    story_grant(s, 600);
    assert_int_equal(sipreg_client_contacts(&s->client, s->tick, &other, 1), SIPREG_OK);
    sipreg_client_stop(&s->client, s->tick);
    story_run(s);
    assert_int_equal(story_count(s, LAST, "Contact"), 2);
    assert_string_equal(story_field(s, LAST, "Expires"), "0");
}

/* 10.2.4 leaves open who is listed where nobody is. */
static void a_guess_is_one_for_further_contacts_too(void **state)
{
    static const struct sipreg_contact other = {"sip:alice@192.0.2.99", 600, 0, NULL};
    struct story *s = (struct story *)*state;

    s->config.contacts = &other;
    s->config.contact_count = 1;
    story_start(s);
    story_reply(s, "200 OK", "Expires: 600\r\n");
    assert_event(s, SIPREG_EVENT_REGISTERED, SIPREG_OK);
    assert_false(story_event(s)->listed);
}

static void a_removal_that_nobody_wants_any_more_gives_way_when_it_ends(void **state)
{
    struct story *s = (struct story *)*state;

    story_start(s);
    story_grant(s, 600);
    sipreg_client_stop(&s->client, s->tick);
    story_run(s);
    sipreg_client_start(&s->client, s->tick);
    story_pass(s, 32 * 1000);
    assert_int_equal(story_requests(s), 3);
    assert_string_equal(story_field(s, LAST, "Expires"), "3600");
    assert_int_equal(s->told, 1);
}

static void a_connection_lost_while_nobody_needs_it_wakes_nobody(void **state)
{
    struct story *s = (struct story *)*state;

    story_stream(s);
    story_start(s);
    story_grant(s, 600);
    sipreg_client_stop(&s->client, s->tick);
    story_run(s);
    story_reply(s, "200 OK", "");
    assert_int_equal(story_run(s), 32 * 1000); /* when it would be closed */
    s->open = false;
    assert_int_equal(sipreg_client_flow(&s->client, s->tick, SIPREG_FLOW_DOWN), SIPREG_OK);
    assert_int_equal(sipreg_client_deadline(&s->client, s->tick), SIPREG_FOREVER);
    assert_int_equal(story_run(s), SIPREG_FOREVER);
    assert_int_equal(s->closes, 0);
}

static void everything_that_was_to_go_may_still_be_there_after_a_time_out(void **state)
{
    struct story *s = (struct story *)*state;

    story_start(s);
    story_grant(s, 600);
    sipreg_client_clear(&s->client, s->tick);
    story_pass(s, 32 * 1000);
    assert_event(s, SIPREG_EVENT_UNREGISTERED, SIPREG_TIMEOUT);
    sipreg_client_stop(&s->client, s->tick);
    story_run(s);
    assert_string_equal(story_field(s, LAST, "Expires"), "0");
    assert_int_equal(story_requests(s), 3);
}

/* RFC 3263 4.3: no other server has more of them. */
static void a_lack_of_random_octets_is_not_the_servers_fault(void **state)
{
    struct story *s = (struct story *)*state;

    story_stream(s);
    story_init(s);
    assert_int_equal(sipreg_client_servers(&s->client, 3), SIPREG_OK);
    s->fail_at[CALL_RANDOM] = 1;
    sipreg_client_start(&s->client, s->tick);
    story_run(s);
    assert_event(s, SIPREG_EVENT_RETRYING, SIPREG_RANDOM);
    assert_true(story_event(s)->retry_in >= 15 * 1000);
    assert_int_equal(s->opens, 1);
}

static void without_an_answer_outbound_waits_like_any(void **state)
{
    struct story *s = (struct story *)*state;

    s->config.instance = "urn:uuid:00000000-0000-1000-8000-aabbccddeeff";
    s->config.reg_id = 1;
    story_start(s);
    story_pass(s, 32 * 1000);
    assert_event(s, SIPREG_EVENT_RETRYING, SIPREG_TIMEOUT);
    assert_true(story_event(s)->retry_in >= 15 * 1000);
    assert_true(story_until_sent(s, 60 * 1000));
    story_reply(s, "500 Error", "Retry-After: 0\r\n"); /* no 503 */
    assert_true(story_event(s)->retry_in >= 30 * 1000);
}

static void a_query_that_was_repeated_and_refused_leaves_no_doubt(void **state)
{
    struct story *s = (struct story *)*state;

    story_start(s);
    story_grant(s, 600);
    sipreg_client_stop(&s->client, s->tick);
    story_run(s);
    story_reply(s, "200 OK", "");
    sipreg_client_query(&s->client, s->tick);
    story_pass(s, 600);
    story_reply(s, "403 Forbidden", "");
    assert_event(s, SIPREG_EVENT_REFUSED, SIPREG_STATUS);
    sipreg_client_stop(&s->client, s->tick);
    story_run(s);
    assert_event(s, SIPREG_EVENT_UNREGISTERED, SIPREG_OK); /* there is nothing to remove */
    assert_int_equal(story_requests(s), 3);
}

/* RFC 5630 3.1.4: it is not written, but read. */
static void a_target_over_tls_may_say_so(void **state)
{
    static const struct {
        enum sipreg_transport ours;
        const char *target;
        bool followed;
    } rows[] = {
        {SIPREG_TLS, "sip:r2.example.com;transport=tls", true},
        {SIPREG_TLS, "sip:r2.example.com;transport=tcp", true},
        {SIPREG_TLS, "sip:r2.example.com;transport=udp", false},
        {SIPREG_WSS, "sip:r2.example.com;transport=ws", true},
        {SIPREG_WSS, "sip:r2.example.com;transport=udp", false},
        {SIPREG_TCP, "sip:r2.example.com;transport=sctp", false},
        {SIPREG_TCP, "sip:r2.example.com;transport=ws", false}, /* nobody could open it */
        {SIPREG_TCP, "sip:r2.example.com;transport=tls", false},
        {SIPREG_TCP, "sip:r2.example.com;transport=TCP", true},
    };
    struct story *s = (struct story *)*state;
    char headers[100];

    s->config.follow_redirects = true;
    for (size_t i = 0; i < COUNT(rows); i++) {
        s->config.transport = rows[i].ours;
        story_anew(s);
        strcpy(headers, "Contact: <");
        strcat(headers, rows[i].target);
        strcat(headers, ">\r\n");
        story_reply(s, "302 Moved", headers);
        if (story_requests(s) != (rows[i].followed ? 2 : 1))
            fail_msg("%s", rows[i].target);
    }
}

/* Not more than eight are kept. */
static void a_target_may_stand_in_the_first_line(void **state)
{
    struct story *s = (struct story *)*state;
    char *text, changed[2000] = "SIP/2.0 302 Moved\r\nContact: <sip:r2.example.com>\r\n";

    s->config.follow_redirects = true;
    story_start(s);
    text = story_text(s, LAST, "302 Moved", "");
    strcat(changed, strstr(text, "\r\n") + 2);
    assert_int_equal(story_feed(s, changed, strlen(changed)), SIPREG_OK);
    assert_int_equal(story_requests(s), 2);
    free(text);
}

static void a_query_that_is_redirected_in_vain_leaves_the_registration_where_it_is(void **state)
{
    struct story *s = (struct story *)*state;

    s->config.follow_redirects = true;
    story_start(s);
    story_reply(s, "302 Moved", "Contact: <sip:r2.example.com>\r\n");
    story_grant(s, 600);
    sipreg_client_query(&s->client, s->tick);
    story_run(s);
    story_reply(s, "302 Moved", "Contact: <sip:r2.example.com>\r\n");
    assert_event(s, SIPREG_EVENT_REFUSED, SIPREG_STATUS);
    assert_true(story_until_sent(s, 600 * 1000));
    assert_memory_equal(s->sends[s->sent - 1].text, "REGISTER sip:r2.example.com ", 28);
}

/* The place that we come from stands in the list of targets, if it fits, and needs its room. */
static void a_registrar_may_be_as_long_as_the_list_of_targets(void **state)
{
    struct story *s = (struct story *)*state;
    char registrar[SIPREG_TARGETS_SIZE + 4] = "sip:";

    s->config.follow_redirects = true;
    s->config.registrar = registrar;
    memset(registrar + 4, 'r', SIPREG_TARGETS_SIZE - 8);
    for (size_t n = SIPREG_TARGETS_SIZE - 4; n < SIPREG_TARGETS_SIZE + 3; n++) {
        registrar[n - 1] = 'r';
        story_anew(s);
        story_reply(s, "302 Moved", "Contact: <sip:r2.example.com>\r\n");
        assert_int_equal(story_requests(s), n + 2 > SIPREG_TARGETS_SIZE ? 2 : 1);
    }
}

static void of_many_targets_the_first_are_tried(void **state)
{
    struct story *s = (struct story *)*state;

    s->config.follow_redirects = true;
    story_start(s);
    story_reply(s, "300 Choose",
                "Contact: <sip:a>, <sip:b>, <sip:c>, <sip:d>, <sip:e>, <sip:f>, <sip:g>, <sip:h>,"
                "<sip:i>, <sip:j>\r\n");
    for (char name = 'a'; name <= 'h'; name++) {
        assert_int_equal(s->sends[s->sent - 1].text[strlen("REGISTER sip:")], name);
        story_reply(s, "404 Not Here", "");
    }
    assert_int_equal(story_requests(s), 9);
}

static void a_third_realm_without_credentials_is_refused(void **state)
{
    struct story *s = (struct story *)*state;

    s->config.password = NULL;
    s->given = (struct sipreg_credentials){"alice", SECRET, NULL, 0, NULL};
    story_start(s);
    story_reply(s, "401 U",
                "WWW-Authenticate: Digest realm=\"x\", nonce=\"1\", qop=\"auth\"\r\n"
                "WWW-Authenticate: Digest realm=\"y\", nonce=\"2\", qop=\"auth\"\r\n");
    story_grant(s, 600);
    sipreg_client_refresh(&s->client, s->tick);
    story_run(s);
    s->fail_at[CALL_CREDENTIALS] = s->calls[CALL_CREDENTIALS] + 1;
    story_reply(s, "401 U", "WWW-Authenticate: Digest realm=\"z\", nonce=\"3\", qop=\"auth\"\r\n");
    assert_event(s, SIPREG_EVENT_REFUSED, SIPREG_CHALLENGE);
    assert_int_equal(story_requests(s), 3);
}

/* With which of them was it answered? */
static void a_proof_that_comes_after_other_credentials_proves_nothing(void **state)
{
    static const struct sipreg_credentials other = {"alice", "another one", NULL, 0, NULL};
    struct story *s = (struct story *)*state;

    story_start(s);
    story_challenge(s, "n", "");
    sipreg_client_credentials(&s->client, s->tick, &other);
    story_reply(s, "200 OK",
                "Contact: <CONTACT>;expires=600\r\n"
                "Authentication-Info: rspauth=\"00000000000000000000000000000000\"\r\n");
    assert_event(s, SIPREG_EVENT_REGISTERED, SIPREG_OK);
    assert_false(story_event(s)->verified);
}

/* RFC 3581 9: it is another flow, which may have another address. */
static void after_a_connection_came_up_again_the_contact_may_be_rewritten_again(void **state)
{
    struct story *s = (struct story *)*state;

    s->config.transport = SIPREG_TCP;
    s->config.rewrite_contact = true;
    story_start(s);
    story_grant_seen(s, ";rport=1111;received=198.51.100.1", 600);
    assert_non_null(strstr(story_field(s, LAST, "Contact"), "@198.51.100.1:1111"));
    story_grant_seen(s, ";rport=2222;received=198.51.100.1", 600); /* once on each flow */
    story_flow(s, SIPREG_FLOW_UP);                                 /* it is already */
    sipreg_client_refresh(&s->client, s->tick);
    story_run(s);
    story_grant_seen(s, ";rport=3333;received=198.51.100.1", 600);
    assert_int_equal(story_requests(s), 3);
    story_pass(s, 60 * 1000);
    story_flow(s, SIPREG_FLOW_DOWN);
    story_flow(s, SIPREG_FLOW_UP);
    assert_int_equal(story_requests(s), 4);
    story_grant_seen(s, ";rport=2222;received=198.51.100.1", 600);
    assert_non_null(strstr(story_field(s, LAST, "Contact"), "@198.51.100.1:2222"));
}

static void at_the_next_server_the_contact_may_be_rewritten_again(void **state)
{
    struct story *s = (struct story *)*state;

    story_stream(s);
    s->config.rewrite_contact = true;
    s->servers = 1;
    story_start(s);
    story_grant_seen(s, ";rport=1111;received=198.51.100.1", 600);
    story_grant_seen(s, ";rport=1111;received=198.51.100.1", 600);
    assert_int_equal(sipreg_client_servers(&s->client, 1), SIPREG_OK);
    sipreg_client_refresh(&s->client, s->tick);
    story_run(s);
    story_reply(s, "503 Busy", "");
    assert_int_equal(s->opens, 2);
    story_grant_seen(s, ";rport=2222;received=198.51.100.1", 600);
    assert_non_null(strstr(story_field(s, LAST, "Contact"), "@198.51.100.1:2222"));
}

static void an_ipv6_address_that_is_seen_as_it_was_sent_needs_no_other_brackets(void **state)
{
    struct story *s = (struct story *)*state;

    s->config.rewrite_contact = true;
    s->config.local = "[2001:db8::1]:5060";
    story_start(s);
    story_grant_seen(s, ";rport=6000", 600);
    assert_non_null(strstr(story_field(s, LAST, "Contact"), "@[2001:db8::1]:6000"));
}

static void an_address_that_makes_the_contact_too_long_is_not_taken_over(void **state)
{
    struct story *s = (struct story *)*state;
    char aor[SIPREG_CONTACT_SIZE + 20] = "sip:";

    memset(aor + 4, 'u', SIPREG_CONTACT_SIZE - 1 - strlen("sip:@192.0.2.10:5060"));
    strcat(aor, "@example.com");
    s->config.aor = aor;
    s->config.rewrite_contact = true;
    story_start(s);
    story_grant_seen(s, ";rport=1111;received=198.51.100.111", 600);
    assert_event(s, SIPREG_EVENT_REGISTERED, SIPREG_OK);
    assert_int_equal(story_requests(s), 1);
}

/* The registration under way may be answered after all. */
static void a_contact_on_its_way_is_known_after_a_reboot(void **state)
{
    struct story *s = (struct story *)*state;

    story_start(s);
    story_grant(s, 600);
    sipreg_client_stop(&s->client, s->tick);
    story_run(s);
    story_reply(s, "200 OK", "");
    s->config.local = "192.0.2.77:5060";
    story_reboot(s, 1, 1); /* nothing was bound */
    story_start(s);
    assert_int_equal(story_count(s, LAST, "Contact"), 1);
    story_grant(s, 600);
    sipreg_client_stop(&s->client, s->tick);
    story_run(s);
    story_reply(s, "200 OK", "");
    sipreg_client_start(&s->client, s->tick);
    story_run(s);
    s->config.local = "192.0.2.78:5060";
    story_reboot(s, 1, 1); /* this time it may be */
    story_start(s);
    assert_int_equal(story_count(s, LAST, "Contact"), 2);
}

static void a_contact_of_the_configs_is_not_learnt_from_a_snapshot(void **state)
{
    struct story *s = (struct story *)*state;

    s->config.rewrite_contact = true;
    s->config.contact = "sip:alice@198.51.100.1:5060";
    story_register(s, "n", 600);
    s->config.contact = "sip:alice@198.51.100.2:5060";
    story_reboot(s, 1, 1);
    story_start(s);
    assert_memory_equal(story_field(s, LAST, "Contact"), "<sip:alice@198.51.100.2:5060>", 29);
    assert_int_equal(story_count(s, LAST, "Contact"), 2);
}

#define STALE(nonce)                                                                               \
    "Proxy-Authenticate: Digest realm=\"p\", nonce=\"" nonce "\", qop=\"auth\", stale=true\r\n"

/* RFC 7616 3.3: three in a row are enough; one that has passed begins another row. */
static void stale_nonces_are_counted_from_the_last_one_that_passed(void **state)
{
    struct story *s = (struct story *)*state;

    story_start(s);
    story_reply(s, "407 P", STALE("1"));
    story_reply(s, "407 P", STALE("2"));
    story_reply(s, "407 P", STALE("3"));
    story_challenge(s, "r", "");
    story_reply(s, "407 P", STALE("4"));
    story_reply(s, "407 P", STALE("5"));
    story_reply(s, "407 P", STALE("6"));
    assert_int_equal(story_requests(s), 8);
    story_reply(s, "407 P", STALE("7"));
    assert_event(s, SIPREG_EVENT_REFUSED, SIPREG_CHALLENGE);
    assert_int_equal(story_requests(s), 8);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORY(contacts_that_changed_before_a_removal_are_removed_all_the_same),
        STORY(a_guess_is_one_for_further_contacts_too),
        STORY(a_removal_that_nobody_wants_any_more_gives_way_when_it_ends),
        STORY(a_connection_lost_while_nobody_needs_it_wakes_nobody),
        STORY(everything_that_was_to_go_may_still_be_there_after_a_time_out),
        STORY(a_lack_of_random_octets_is_not_the_servers_fault),
        STORY(without_an_answer_outbound_waits_like_any),
        STORY(a_query_that_was_repeated_and_refused_leaves_no_doubt),
        STORY(a_target_over_tls_may_say_so),
        STORY(a_target_may_stand_in_the_first_line),
        STORY(a_query_that_is_redirected_in_vain_leaves_the_registration_where_it_is),
        STORY(a_registrar_may_be_as_long_as_the_list_of_targets),
        STORY(of_many_targets_the_first_are_tried),
        STORY(a_third_realm_without_credentials_is_refused),
        STORY(a_proof_that_comes_after_other_credentials_proves_nothing),
        STORY(after_a_connection_came_up_again_the_contact_may_be_rewritten_again),
        STORY(at_the_next_server_the_contact_may_be_rewritten_again),
        STORY(an_ipv6_address_that_is_seen_as_it_was_sent_needs_no_other_brackets),
        STORY(an_address_that_makes_the_contact_too_long_is_not_taken_over),
        STORY(a_contact_on_its_way_is_known_after_a_reboot),
        STORY(stale_nonces_are_counted_from_the_last_one_that_passed),
        STORY(a_contact_of_the_configs_is_not_learnt_from_a_snapshot),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
