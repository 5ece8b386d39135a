/*
 * test_client_nonce.c - the life of a nonce after the 200, and where credentials come from
 * (RFC 7616 3.5, 3.6).
 */
#include "sent.h"
#include "story.h"

#include <stdio.h>

#define HASH(...) sent_hash(SIPREG_MD5, (const char *const[]){__VA_ARGS__, NULL})

/* rspauth for the last request: MD5, qop auth. */
static const char *rspauth(struct story *s, const char *password)
{
    const char *credentials = story_field(s, LAST, "Authorization");
    const char *ha1 = HASH("alice", "example.com", password);
    const char *ha2 = HASH("", sent_param(credentials, "uri"));

    return HASH(ha1, sent_param(credentials, "nonce"), sent_param(credentials, "nc"),
                sent_param(credentials, "cnonce"), "auth", ha2);
}

static int grant_with_info(struct story *s, const char *auth, const char *more)
{
    char text[300];

    snprintf(text, sizeof text,
             "Contact: <CONTACT>;expires=100\r\n"
             "Authentication-Info: rspauth=\"%s\", qop=auth, nc=%s, cnonce=\"%s\"%s\r\n",
             auth, story_param(s, LAST, "Authorization", "nc"),
             story_param(s, LAST, "Authorization", "cnonce"), more);
    return story_reply(s, "200 OK", text);
}

static void nextnonce_is_used_for_the_next_request(void **state)
{
    struct story *s = (struct story *)*state;
    char cnonce[32];

    story_start(s);
    story_challenge(s, "n1", "");
    strcpy(cnonce, story_param(s, LAST, "Authorization", "cnonce"));
    story_reply(s, "200 OK",
                "Contact: <CONTACT>;expires=100\r\n"
                "Authentication-Info: nextnonce=\"n2\"\r\n");
    assert_true(story_until_sent(s, 100 * 1000));
    assert_string_equal(story_param(s, LAST, "Authorization", "nonce"), "n2");
    assert_string_equal(story_param(s, LAST, "Authorization", "nc"), "00000001");
    assert_string_not_equal(story_param(s, LAST, "Authorization", "cnonce"), cnonce);
    story_check_digest(s, "Authorization", "alice", SECRET);
    story_reply(s, "200 OK",
                "Contact: <CONTACT>;expires=100\r\n"
                "Authentication-Info: nextnonce=\"n2\"\r\n"); /* no news */
    assert_true(story_until_sent(s, 100 * 1000));
    assert_string_equal(story_param(s, LAST, "Authorization", "nc"), "00000002");
}

/* The challenge of a removal was answered, and the answer never sent (RFC 7616 3.4: nc counts the
   requests that were). */
static void an_answer_that_is_not_sent_is_not_counted(void **state)
{
    struct story *s = (struct story *)*state;

    story_start(s);
    story_grant(s, 100);
    sipreg_client_stop(&s->client, s->tick);
    story_run(s);
    sipreg_client_start(&s->client, s->tick);
    story_challenge(s, "n1", "");
    assert_string_equal(story_param(s, LAST, "Authorization", "nc"), "00000001");
    story_check_digest(s, "Authorization", "alice", SECRET);
}

/* Its key was made of the first one, and a server that keeps the key expects it to be. */
static void a_session_key_stays_with_its_nonce(void **state)
{
    struct story *s = (struct story *)*state;

    story_start(s);
    story_challenge(s, "n1", ", algorithm=MD5-sess");
    story_reply(s, "200 OK",
                "Contact: <CONTACT>;expires=100\r\n"
                "Authentication-Info: nextnonce=\"n2\"\r\n");
    assert_true(story_until_sent(s, 100 * 1000));
    assert_string_equal(story_param(s, LAST, "Authorization", "nonce"), "n1");
    assert_string_equal(story_param(s, LAST, "Authorization", "nc"), "00000002");
    story_check_digest(s, "Authorization", "alice", SECRET);
}

static void a_nextnonce_too_long_is_ignored(void **state)
{
    struct story *s = (struct story *)*state;
    char nonce[SIPREG_CHALLENGE_SIZE], text[sizeof nonce + 100];
    size_t fits = sizeof nonce - strlen("example.com");

    story_register(s, "n1", 100);
    for (size_t extra = 0; extra < 2; extra++) {
        assert_true(story_until_sent(s, 100 * 1000));
        memset(nonce, 'a' + (int)extra, sizeof nonce);
        nonce[fits + extra] = '\0';
        strcpy(text, "Contact: <CONTACT>;expires=100\r\nAuthentication-Info: nextnonce=\"");
        strcat(strcat(text, nonce), "\"\r\n");
        story_reply(s, "200 OK", text);
    }
    assert_true(story_until_sent(s, 100 * 1000));
    assert_string_equal(story_param(s, LAST, "Authorization", "nc"), "00000002");
    assert_int_equal(strlen(story_param(s, LAST, "Authorization", "nonce")), fits);
}

static void a_right_rspauth_proves_the_server(void **state)
{
    struct story *s = (struct story *)*state;

    s->config.require_rspauth = true;
    story_start(s);
    story_challenge(s, "n1", "");
    grant_with_info(s, rspauth(s, SECRET), "");
    assert_event(s, SIPREG_EVENT_REGISTERED, SIPREG_OK);
    assert_true(story_event(s)->verified);
}

static void a_wrong_or_missing_rspauth_is_a_refusal_where_it_is_required(void **state)
{
    struct story *s = (struct story *)*state;

    s->config.require_rspauth = true;
    story_start(s);
    story_challenge(s, "n1", "");
    grant_with_info(s, rspauth(s, "guess"), ", nextnonce=\"evil\"");
    assert_event(s, SIPREG_EVENT_REFUSED, SIPREG_CHALLENGE);
    assert_state(s, SIPREG_IDLE);
    story_start(s);
    story_grant(s, 100);
    assert_event(s, SIPREG_EVENT_REFUSED, SIPREG_CHALLENGE);
    sipreg_client_stop(&s->client, s->tick); /* whoever it was, it may have bound us */
    story_run(s);
    assert_string_equal(story_field(s, LAST, "Expires"), "0");
    story_reply(s, "200 OK", "");
    assert_event(s, SIPREG_EVENT_UNREGISTERED, SIPREG_CHALLENGE);
}

static void a_wrong_rspauth_is_told_where_it_is_not_required(void **state)
{
    struct story *s = (struct story *)*state;

    story_start(s);
    story_challenge(s, "n1", "");
    grant_with_info(s, rspauth(s, "guess"), ", nextnonce=\"evil\"");
    assert_event(s, SIPREG_EVENT_REGISTERED, SIPREG_CHALLENGE);
    assert_false(story_event(s)->verified);
    assert_true(story_until_sent(s, 100 * 1000));
    assert_string_equal(story_param(s, LAST, "Authorization", "nonce"), "n1");
}

static void a_query_with_a_wrong_rspauth_ends_as_refused(void **state)
{
    struct story *s = (struct story *)*state;

    s->config.require_rspauth = true;
    story_init(s);
    sipreg_client_query(&s->client, s->tick);
    story_run(s);
    story_reply(s, "200 OK", "");
    assert_event(s, SIPREG_EVENT_REFUSED, SIPREG_CHALLENGE);
    assert_state(s, SIPREG_IDLE);
}

static void a_query_with_a_wrong_rspauth_changes_no_binding(void **state)
{
    struct story *s = (struct story *)*state;

    s->config.require_rspauth = true;
    story_start(s);
    story_challenge(s, "n1", "");
    grant_with_info(s, rspauth(s, SECRET), "");
    assert_state(s, SIPREG_REGISTERED);
    sipreg_client_query(&s->client, s->tick);
    story_run(s);
    story_reply(s, "200 OK", "");
    assert_event(s, SIPREG_EVENT_REFUSED, SIPREG_CHALLENGE);
    assert_state(s, SIPREG_REGISTERED);
}

static void the_callback_gives_credentials_at_challenge_time(void **state)
{
    struct story *s = (struct story *)*state;

    s->config.password = NULL;
    s->given = (struct sipreg_credentials){"carol", SECRET, NULL, 0, NULL};
    story_start(s);
    assert_int_equal(s->calls[CALL_CREDENTIALS], 0);
    story_challenge(s, "n1", "");
    assert_int_equal(s->calls[CALL_CREDENTIALS], 1);
    story_check_digest(s, "Authorization", "carol", SECRET);
    story_grant(s, 100);
    assert_state(s, SIPREG_REGISTERED);
}

/* A program that makes the name anew each time, and lets go of the one before. */
static char names[8][8];

static int fleeting(void *user, const struct sipreg_challenge *challenge,
                    struct sipreg_credentials *credentials)
{
    struct story *s = (struct story *)user;
    unsigned n = s->calls[CALL_CREDENTIALS]++;

    (void)challenge;
    if (n > 0)
        memset(names[n - 1], '?', 5);
    credentials->user = strcpy(names[n], "alice");
    return 0;
}

static void a_name_is_not_used_after_the_callback_was_asked_again(void **state)
{
    struct story *s = (struct story *)*state;

    s->io.credentials = fleeting;
    s->config.require_rspauth = true;
    story_start(s);
    story_challenge(s, "n1", "");
    grant_with_info(s, rspauth(s, SECRET), "");
    assert_event(s, SIPREG_EVENT_REGISTERED, SIPREG_OK);
    assert_true(story_event(s)->verified);
}

static void the_callback_may_have_none(void **state)
{
    struct story *s = (struct story *)*state;

    s->fail_at[CALL_CREDENTIALS] = 1;
    story_start(s);
    story_challenge(s, "n1", "");
    assert_event(s, SIPREG_EVENT_REFUSED, SIPREG_CHALLENGE);
    assert_int_equal(story_requests(s), 1);
}

static void without_the_callback_the_config_will_do(void **state)
{
    struct story *s = (struct story *)*state;

    s->io.credentials = NULL;
    story_register(s, "n1", 100);
    story_check_digest(s, "Authorization", "alice", SECRET);
}

/* The realm whose credentials are gone is forgotten, the other is answered as it was computed. */
static int only_core(void *user, const struct sipreg_challenge *challenge,
                     struct sipreg_credentials *credentials)
{
    struct story *s = (struct story *)user;

    (void)credentials;
    return ++s->calls[CALL_CREDENTIALS] > 2 && challenge->realm.p[0] != 'c' ? -1 : 0;
}

static void credentials_that_are_gone_take_no_other_realm_with_them(void **state)
{
    struct story *s = (struct story *)*state;

    s->io.credentials = only_core;
    story_start(s);
    story_reply(s, "401 Unauthorized",
                "WWW-Authenticate: Digest realm=\"core\", nonce=\"a\", qop=\"auth\"\r\n"
                "Proxy-Authenticate: Digest realm=\"edge\", nonce=\"b\", qop=\"auth\"\r\n");
    story_grant(s, 100);
    assert_true(story_until_sent(s, 100 * 1000));
    assert_string_equal(story_param(s, LAST, "Authorization", "nc"), "00000002");
    assert_null(story_field(s, LAST, "Proxy-Authorization"));
    story_reply(s, "401 Unauthorized",
                "WWW-Authenticate: Digest realm=\"core\", nonce=\"c\", qop=\"auth\"\r\n");
    assert_string_equal(story_param(s, LAST, "Authorization", "nonce"), "c");
    assert_string_equal(story_param(s, LAST, "Authorization", "nc"), "00000001");
}

static void the_secret_is_in_no_octet_of_the_client_but_by_reference(void **state)
{
    struct story *s = (struct story *)*state;
    const char *p = (const char *)&s->client;

    story_register(s, "n1", 100);
    for (size_t i = 0; i + strlen(SECRET) <= sizeof s->client; i++)
        assert_int_not_equal(memcmp(p + i, SECRET, strlen(SECRET)), 0);
}

static void a_registration_that_proves_nothing_may_have_been_made(void **state)
{
    struct story *s = (struct story *)*state;

    s->config.require_rspauth = true;
    story_start(s);
    story_challenge(s, "n1", "");
    grant_with_info(s, rspauth(s, SECRET), "");
    sipreg_client_stop(&s->client, s->tick);
    story_run(s);
    grant_with_info(s, rspauth(s, SECRET), "");
    assert_event(s, SIPREG_EVENT_UNREGISTERED, SIPREG_OK);
    story_start(s);
    story_grant(s, 100);
    assert_event(s, SIPREG_EVENT_REFUSED, SIPREG_CHALLENGE);
    sipreg_client_stop(&s->client, s->tick);
    story_run(s);
    assert_string_equal(story_field(s, LAST, "Expires"), "0");
}

static void without_credentials_a_proof_cannot_be_checked(void **state)
{
    struct story *s = (struct story *)*state;

    story_start(s);
    story_challenge(s, "n1", "");
    s->fail_at[CALL_CREDENTIALS] = s->calls[CALL_CREDENTIALS] + 1;
    grant_with_info(s, rspauth(s, SECRET), "");
    assert_event(s, SIPREG_EVENT_REGISTERED, SIPREG_CHALLENGE);
    assert_false(story_event(s)->verified);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORY(nextnonce_is_used_for_the_next_request),
        STORY(an_answer_that_is_not_sent_is_not_counted),
        STORY(a_session_key_stays_with_its_nonce),
        STORY(a_nextnonce_too_long_is_ignored),
        STORY(a_right_rspauth_proves_the_server),
        STORY(a_wrong_or_missing_rspauth_is_a_refusal_where_it_is_required),
        STORY(a_wrong_rspauth_is_told_where_it_is_not_required),
        STORY(a_query_with_a_wrong_rspauth_ends_as_refused),
        STORY(a_query_with_a_wrong_rspauth_changes_no_binding),
        STORY(the_callback_gives_credentials_at_challenge_time),
        STORY(a_name_is_not_used_after_the_callback_was_asked_again),
        STORY(the_callback_may_have_none),
        STORY(without_the_callback_the_config_will_do),
        STORY(credentials_that_are_gone_take_no_other_realm_with_them),
        STORY(the_secret_is_in_no_octet_of_the_client_but_by_reference),
        STORY(a_registration_that_proves_nothing_may_have_been_made),
        STORY(without_credentials_a_proof_cannot_be_checked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
