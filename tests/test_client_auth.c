/*
 * test_client_auth.c - challenges, and when to stop answering them (RFC 3261 22, RFC 7616, RFC
 * 8760).
 */
#include "story.h"

#include <stdio.h>

static void challenge_at(struct story *s, const char *status, const char *header, const char *realm,
                         unsigned nonce, const char *more)
{
    char text[300];

    snprintf(text, sizeof text, "%s: Digest realm=\"%s\", nonce=\"nonce-%u\", qop=\"auth\"%s\r\n",
             header, realm, nonce, more);
    assert_int_equal(story_reply(s, status, text), SIPREG_OK);
}

static void a_wrong_password_is_tried_once(void **state)
{
    struct story *s = (struct story *)*state;

    story_start(s);
    story_challenge(s, "n1", "");
    assert_int_equal(story_challenge(s, "n2", ""), SIPREG_OK);
    assert_int_equal(story_requests(s), 2);
    assert_event(s, SIPREG_EVENT_REFUSED, SIPREG_CHALLENGE);
    assert_int_equal(story_event(s)->status, 401);
    assert_state(s, SIPREG_IDLE);
    assert_int_equal(story_run(s), SIPREG_FOREVER);
    story_pass(s, 24 * 3600 * 1000);
    assert_int_equal(story_requests(s), 2);
    assert_int_equal(s->told, 1);
}

static void the_same_nonce_again_is_a_rejection_too(void **state)
{
    struct story *s = (struct story *)*state;

    story_start(s);
    story_challenge(s, "n1", "");
    story_challenge(s, "n1", "");
    assert_event(s, SIPREG_EVENT_REFUSED, SIPREG_CHALLENGE);
    assert_int_equal(story_requests(s), 2);
}

static void start_after_a_refusal_tries_again_from_the_beginning(void **state)
{
    struct story *s = (struct story *)*state;

    story_start(s);
    story_challenge(s, "n1", "");
    story_challenge(s, "n2", "");
    story_start(s);
    assert_int_equal(story_requests(s), 3);
    assert_null(story_field(s, LAST, "Authorization"));
    assert_string_equal(story_field(s, LAST, "CSeq"), "3 REGISTER");
    story_challenge(s, "n3", "");
    story_grant(s, 60);
    assert_event(s, SIPREG_EVENT_REGISTERED, SIPREG_OK);
}

static void a_configured_retry_after_a_refusal_is_a_true_one(void **state)
{
    struct story *s = (struct story *)*state;

    s->config.refused_retry = 1800;
    story_start(s);
    story_challenge(s, "n1", "");
    story_challenge(s, "n2", "");
    assert_event(s, SIPREG_EVENT_REFUSED, SIPREG_CHALLENGE);
    assert_state(s, SIPREG_WAITING);
    assert_int_equal(story_event(s)->retry_in, 1800 * 1000);
    story_pass(s, 1800 * 1000 - 1);
    assert_int_equal(story_requests(s), 2);
    story_pass(s, 1);
    story_challenge(s, "n3", "");
    assert_int_equal(story_requests(s), 4);
    story_check_digest(s, "Authorization", "alice", SECRET);
    story_grant(s, 60);
    assert_state(s, SIPREG_REGISTERED);
}

static void stale(struct story *s, unsigned from, unsigned to)
{
    for (unsigned i = from; i <= to; i++)
        challenge_at(s, "401 Unauthorized", "WWW-Authenticate", "example.com", i, ", stale=true");
}

static void stale_is_answered_three_times_in_a_row(void **state)
{
    struct story *s = (struct story *)*state;

    story_start(s);
    story_challenge(s, "n", "");
    stale(s, 1, 3);
    story_grant(s, 100);
    assert_true(story_until_sent(s, 100 * 1000));
    stale(s, 4, 6);
    assert_int_equal(story_requests(s), 9);
    assert_int_equal(s->told, 1);
    stale(s, 7, 7);
    assert_int_equal(story_requests(s), 9);
    assert_event(s, SIPREG_EVENT_REFUSED, SIPREG_CHALLENGE);
    assert_state(s, SIPREG_IDLE);
}

static void a_remembered_nonce_that_is_refused_gets_one_retry(void **state)
{
    struct story *s = (struct story *)*state;

    story_register(s, "n1", 100);
    assert_true(story_until_sent(s, 100 * 1000));
    story_challenge(s, "n2", "");
    assert_int_equal(story_requests(s), 4);
    assert_string_equal(story_param(s, LAST, "Authorization", "nonce"), "n2");
    assert_string_equal(story_param(s, LAST, "Authorization", "nc"), "00000001");
    story_grant(s, 100);
    assert_true(story_until_sent(s, 100 * 1000));
    story_challenge(s, "n3", "");
    story_challenge(s, "n4", "");
    assert_event(s, SIPREG_EVENT_REFUSED, SIPREG_CHALLENGE);
    assert_int_equal(story_requests(s), 6);
    assert_state(s, SIPREG_IDLE);
}

static void a_proxy_and_then_the_registrar_are_both_answered(void **state)
{
    struct story *s = (struct story *)*state;

    story_start(s);
    challenge_at(s, "407 Proxy Authentication Required", "Proxy-Authenticate", "edge", 1, "");
    assert_null(story_field(s, LAST, "Authorization"));
    story_check_digest(s, "Proxy-Authorization", "alice", SECRET);
    challenge_at(s, "401 Unauthorized", "WWW-Authenticate", "core", 2, ", algorithm=SHA-256");
    story_check_digest(s, "Proxy-Authorization", "alice", SECRET);
    story_check_digest(s, "Authorization", "alice", SECRET);
    assert_string_equal(story_param(s, LAST, "Proxy-Authorization", "nc"), "00000002");
    story_grant(s, 100);
    assert_true(story_until_sent(s, 100 * 1000));
    assert_string_equal(story_param(s, LAST, "Proxy-Authorization", "nc"), "00000003");
    assert_string_equal(story_param(s, LAST, "Authorization", "nc"), "00000002");
    story_grant(s, 100);
    assert_state(s, SIPREG_REGISTERED);
}

/* A proxy that gives each nonce once, and says nothing of stale: it has let us pass before. */
static void a_proxy_with_nonces_for_one_use_is_no_rejection(void **state)
{
    struct story *s = (struct story *)*state;

    story_start(s);
    challenge_at(s, "407 Proxy", "Proxy-Authenticate", "edge", 1, "");
    challenge_at(s, "401 Unauthorized", "WWW-Authenticate", "core", 2, "");
    challenge_at(s, "407 Proxy", "Proxy-Authenticate", "edge", 3, "");
    assert_int_equal(story_requests(s), 4);
    story_grant(s, 100);
    assert_state(s, SIPREG_REGISTERED);
}

static void a_wrong_password_behind_such_a_proxy_is_tried_once_all_the_same(void **state)
{
    struct story *s = (struct story *)*state;

    story_start(s);
    challenge_at(s, "407 Proxy", "Proxy-Authenticate", "edge", 1, "");
    challenge_at(s, "401 Unauthorized", "WWW-Authenticate", "core", 2, "");
    challenge_at(s, "407 Proxy", "Proxy-Authenticate", "edge", 3, "");
    challenge_at(s, "401 Unauthorized", "WWW-Authenticate", "core", 4, "");
    assert_event(s, SIPREG_EVENT_REFUSED, SIPREG_CHALLENGE);
    assert_int_equal(story_requests(s), 4);
}

static void a_nonce_for_one_use_may_change_behind_a_423(void **state)
{
    struct story *s = (struct story *)*state;

    s->config.expires = 60;
    story_start(s);
    story_challenge(s, "n1", "");
    story_reply(s, "423 Interval Too Brief", "Min-Expires: 1800\r\n");
    assert_string_equal(story_param(s, LAST, "Authorization", "nc"), "00000002");
    story_challenge(s, "n2", "");
    story_grant(s, 1800);
    assert_event(s, SIPREG_EVENT_REGISTERED, SIPREG_OK);
    assert_int_equal(story_event(s)->asked, 1800);
}

static void two_realms_in_one_response_are_both_answered(void **state)
{
    struct story *s = (struct story *)*state;

    story_start(s);
    story_reply(s, "401 Unauthorized",
                "WWW-Authenticate: Digest realm=\"core\", nonce=\"a\", qop=\"auth\"\r\n"
                "Proxy-Authenticate: Digest realm=\"edge\", nonce=\"b\"\r\n");
    assert_string_equal(story_param(s, LAST, "Authorization", "realm"), "core");
    assert_string_equal(story_param(s, LAST, "Proxy-Authorization", "realm"), "edge");
    assert_null(story_param(s, LAST, "Proxy-Authorization", "qop"));
    story_check_digest(s, "Authorization", "alice", SECRET);
    story_check_digest(s, "Proxy-Authorization", "alice", SECRET);
}

static void two_proxies_taking_turns_for_ever_are_left_at_last(void **state)
{
    struct story *s = (struct story *)*state;

    story_start(s);
    for (unsigned i = 0; i < 30 && s->told == 0; i++)
        challenge_at(s, "407 Proxy", "Proxy-Authenticate", i % 2 == 0 ? "edge" : "middle", i, "");
    assert_event(s, SIPREG_EVENT_RETRYING, SIPREG_STATUS);
    assert_int_equal(story_requests(s), 11);
    assert_true(story_until_sent(s, 60 * 1000)); /* and have another turn later */
    challenge_at(s, "401 Unauthorized", "WWW-Authenticate", "core", 40, "");
    story_grant(s, 100);
    assert_state(s, SIPREG_REGISTERED);
}

static void a_third_realm_at_once_is_over_the_limit(void **state)
{
    struct story *s = (struct story *)*state;

    story_start(s);
    challenge_at(s, "407 Proxy", "Proxy-Authenticate", "p1", 1, "");
    challenge_at(s, "407 Proxy", "Proxy-Authenticate", "p2", 2, "");
    challenge_at(s, "407 Proxy", "Proxy-Authenticate", "p3", 3, "");
    assert_event(s, SIPREG_EVENT_REFUSED, SIPREG_LIMIT);
}

static void realms_of_earlier_days_make_room_for_new_ones(void **state)
{
    struct story *s = (struct story *)*state;
    char realm[8];

    story_start(s);
    for (unsigned i = 0; i < 7; i++) {
        snprintf(realm, sizeof realm, "r%u", i);
        challenge_at(s, "401 Unauthorized", "WWW-Authenticate", realm, i, "");
        story_grant(s, 100);
        assert_event(s, SIPREG_EVENT_REGISTERED, SIPREG_OK);
        assert_true(story_until_sent(s, 100 * 1000));
        assert_true(story_count(s, LAST, "Authorization") <= SIPREG_MAX_REALMS);
    }
}

static void the_topmost_usable_challenge_of_a_realm_counts(void **state)
{
    struct story *s = (struct story *)*state;

    story_start(s);
    story_reply(
        s, "401 Unauthorized",
        "WWW-Authenticate: Basic realm=\"r\"\r\n"
        "WWW-Authenticate: Digest realm=\"r\", nonce=\"x\", algorithm=FUTURE, qop=\"auth\"\r\n"
        "WWW-Authenticate: Digest realm=\"r\", nonce=\"a\", algorithm=SHA-256, qop=\"auth\"\r\n"
        "WWW-Authenticate: Digest realm=\"r\", nonce=\"b\", algorithm=MD5, qop=\"auth\"\r\n");
    assert_int_equal(story_count(s, LAST, "Authorization"), 1);
    assert_string_equal(story_param(s, LAST, "Authorization", "algorithm"), "SHA-256");
    story_check_digest(s, "Authorization", "alice", SECRET);
}

static void the_policy_refuses_md5_with_an_error_of_its_own(void **state)
{
    struct story *s = (struct story *)*state;

    s->config.policy.refuse = SIPREG_MD5 | SIPREG_MD5_SESS;
    story_start(s);
    story_challenge(s, "n1", ", algorithm=MD5");
    assert_event(s, SIPREG_EVENT_REFUSED, SIPREG_POLICY);
    assert_int_equal(story_requests(s), 1);
    story_start(s);
    story_reply(
        s, "401 Unauthorized",
        "WWW-Authenticate: Digest realm=\"r\", nonce=\"b\", qop=\"auth\"\r\n"
        "WWW-Authenticate: Digest realm=\"r\", nonce=\"a\", algorithm=SHA-256, qop=\"auth\"\r\n");
    assert_string_equal(story_param(s, LAST, "Authorization", "nonce"), "a");
}

static void the_policy_can_demand_qop(void **state)
{
    struct story *s = (struct story *)*state;

    s->config.policy.require_qop = true;
    story_start(s);
    story_reply(s, "401 Unauthorized", "WWW-Authenticate: Digest realm=\"r\", nonce=\"b\"\r\n");
    assert_event(s, SIPREG_EVENT_REFUSED, SIPREG_POLICY);
}

static void auth_int_is_preferred_on_demand(void **state)
{
    struct story *s = (struct story *)*state;

    s->config.prefer_auth_int = true;
    story_start(s);
    story_reply(
        s, "401 Unauthorized",
        "WWW-Authenticate: Digest realm=\"example.com\", nonce=\"b\", qop=\"auth,auth-int\"\r\n");
    assert_string_equal(story_param(s, LAST, "Authorization", "qop"), "auth-int");
    story_check_digest(s, "Authorization", "alice", SECRET);
    story_grant(s, 100);
    assert_true(story_until_sent(s, 100 * 1000));
    story_challenge(s, "c", ""); /* where it is offered */
    assert_string_equal(story_param(s, LAST, "Authorization", "qop"), "auth");
}

static void a_401_without_a_usable_challenge_is_a_refusal(void **state)
{
    static const char *const headers[] = {
        "", "WWW-Authenticate: Basic realm=\"x\"\r\n", "WWW-Authenticate: Digest\r\n",
        "WWW-Authenticate: Digest realm=\"r\", nonce=\"n\", algorithm=MD5-sess\r\n",
        "WWW-Authenticate: Digest realm=\"r\", nonce=\"n\", qop=\"future\"\r\n"};
    struct story *s = (struct story *)*state;

    for (size_t i = 0; i < COUNT(headers); i++) {
        story_start(s);
        story_reply(s, "401 Unauthorized", headers[i]);
        assert_event(s, SIPREG_EVENT_REFUSED, SIPREG_CHALLENGE);
        assert_int_equal(story_requests(s), i + 1);
    }
}

static void a_challenge_too_long_for_its_store_is_refused_whole(void **state)
{
    struct story *s = (struct story *)*state;
    char nonce[SIPREG_CHALLENGE_SIZE];

    memset(nonce, 'x', sizeof nonce);
    nonce[SIPREG_CHALLENGE_SIZE - 11] = '\0'; /* and "example.com": exactly full */
    story_start(s);
    story_challenge(s, nonce, "");
    assert_string_equal(story_param(s, LAST, "Authorization", "nonce"), nonce);
    nonce[SIPREG_CHALLENGE_SIZE - 11] = 'x';
    nonce[SIPREG_CHALLENGE_SIZE - 10] = '\0';
    sipreg_client_move(&s->client, s->tick, NULL);
    s->outstanding = false;
    story_run(s);
    story_challenge(s, nonce, "");
    assert_event(s, SIPREG_EVENT_REFUSED, SIPREG_LIMIT);
}

static void without_a_password_there_is_no_answer(void **state)
{
    struct story *s = (struct story *)*state;

    s->config.password = NULL;
    story_start(s);
    story_challenge(s, "n1", "");
    assert_event(s, SIPREG_EVENT_REFUSED, SIPREG_CHALLENGE);
    assert_int_equal(story_requests(s), 1);
}

static void credentials_for_one_realm_are_not_shown_to_another(void **state)
{
    struct story *s = (struct story *)*state;

    s->config.realm = "other.example.com";
    story_start(s);
    story_challenge(s, "n1", "");
    assert_event(s, SIPREG_EVENT_REFUSED, SIPREG_CHALLENGE);
    assert_int_equal(story_requests(s), 1);
}

static void an_ha1_does_instead_of_the_password_where_its_algorithm_is_asked_for(void **state)
{
    struct story *s = (struct story *)*state;

    s->config.password = NULL;
    s->config.auth_user = "bob";
    s->config.ha1 = "12af60467a33e8518da5c68bbff12b11"; /* MD5 of bob:biloxi.com:zanzibar */
    s->config.ha1_algorithm = SIPREG_MD5;
    story_start(s);
    story_reply(s, "401 Unauthorized",
                "WWW-Authenticate: Digest realm=\"biloxi.com\", nonce=\"a\", algorithm=SHA-256,"
                " qop=\"auth\"\r\n"
                "WWW-Authenticate: Digest realm=\"biloxi.com\", nonce=\"b\", qop=\"auth\"\r\n");
    assert_int_equal(story_count(s, LAST, "Authorization"), 1);
    assert_string_equal(story_param(s, LAST, "Authorization", "nonce"), "b");
    story_check_digest(s, "Authorization", "bob", "zanzibar");
    assert_null(strstr(s->sends[s->sent - 1].text, s->config.ha1));

    /* later, one new nonce for both algorithms: it was not refused yet */
    story_grant(s, 100);
    assert_true(story_until_sent(s, 100 * 1000));
    story_reply(s, "401 Unauthorized",
                "WWW-Authenticate: Digest realm=\"biloxi.com\", nonce=\"c\", algorithm=SHA-256,"
                " qop=\"auth\"\r\n"
                "WWW-Authenticate: Digest realm=\"biloxi.com\", nonce=\"c\", qop=\"auth\"\r\n");
    assert_string_equal(story_param(s, LAST, "Authorization", "nonce"), "c");
    story_check_digest(s, "Authorization", "bob", "zanzibar");
    story_grant(s, 100);
    assert_state(s, SIPREG_REGISTERED);
}

static void credentials_that_a_query_found_bad_are_not_tried_by_the_removal(void **state)
{
    struct story *s = (struct story *)*state;

    story_init(s);
    sipreg_client_query(&s->client, s->tick);
    story_run(s);
    story_challenge(s, "n1", "");
    story_challenge(s, "n2", "");
    assert_event(s, SIPREG_EVENT_REFUSED, SIPREG_CHALLENGE);
    sipreg_client_stop(&s->client, s->tick);
    story_run(s);
    assert_null(story_field(s, LAST, "Authorization"));
    story_challenge(s, "n3", "");
    assert_event(s, SIPREG_EVENT_UNREGISTERED, SIPREG_CHALLENGE);
    assert_int_equal(story_requests(s), 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORY(a_wrong_password_is_tried_once),
        STORY(the_same_nonce_again_is_a_rejection_too),
        STORY(start_after_a_refusal_tries_again_from_the_beginning),
        STORY(a_configured_retry_after_a_refusal_is_a_true_one),
        STORY(stale_is_answered_three_times_in_a_row),
        STORY(a_remembered_nonce_that_is_refused_gets_one_retry),
        STORY(a_proxy_and_then_the_registrar_are_both_answered),
        STORY(a_proxy_with_nonces_for_one_use_is_no_rejection),
        STORY(a_wrong_password_behind_such_a_proxy_is_tried_once_all_the_same),
        STORY(a_nonce_for_one_use_may_change_behind_a_423),
        STORY(two_realms_in_one_response_are_both_answered),
        STORY(two_proxies_taking_turns_for_ever_are_left_at_last),
        STORY(a_third_realm_at_once_is_over_the_limit),
        STORY(realms_of_earlier_days_make_room_for_new_ones),
        STORY(the_topmost_usable_challenge_of_a_realm_counts),
        STORY(the_policy_refuses_md5_with_an_error_of_its_own),
        STORY(the_policy_can_demand_qop),
        STORY(auth_int_is_preferred_on_demand),
        STORY(a_401_without_a_usable_challenge_is_a_refusal),
        STORY(a_challenge_too_long_for_its_store_is_refused_whole),
        STORY(without_a_password_there_is_no_answer),
        STORY(credentials_for_one_realm_are_not_shown_to_another),
        STORY(an_ha1_does_instead_of_the_password_where_its_algorithm_is_asked_for),
        STORY(credentials_that_a_query_found_bad_are_not_tried_by_the_removal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
