/*
 * test_client_digest.c - what is in an answer, of which challenge it is, and what is told where
 * there is none (RFC 3261 22, RFC 7616 3, RFC 8760).
 */
#include "sent.h"
#include "story.h"

#include <stdio.h>

/* The next life of another client in the same story. */
static void begin_anew(struct story *s)
{
    story_forget(s);
    s->ready = false;
    story_start(s);
}

/* ---------------------------------------------------------------- which header */

/* 22.3: the header of the challenge decides, whatever the status. */
static void each_challenge_is_answered_in_the_header_that_belongs_to_its_own(void **state)
{
    static const struct {
        const char *status, *challenge, *answer, *other;
    } cases[] = {
        {"401 Unauthorized", "WWW-Authenticate", "Authorization", "Proxy-Authorization"},
        {"407 Proxy", "Proxy-Authenticate", "Proxy-Authorization", "Authorization"},
        {"401 Unauthorized", "Proxy-Authenticate", "Proxy-Authorization", "Authorization"},
        {"407 Proxy", "WWW-Authenticate", "Authorization", "Proxy-Authorization"},
    };
    struct story *s = (struct story *)*state;
    char header[100];

    for (size_t i = 0; i < COUNT(cases); i++) {
        begin_anew(s);
        snprintf(header, sizeof header, "%s: Digest realm=\"r\", nonce=\"n\", qop=\"auth\"\r\n",
                 cases[i].challenge);
        story_reply(s, cases[i].status, header);
        assert_string_equal(story_field(s, LAST, "CSeq"), "2 REGISTER");
        story_check_digest(s, cases[i].answer, "alice", SECRET);
        assert_null(story_field(s, LAST, cases[i].other));
    }
}

/* 22.3: the realm is one, and so are the user and the password; the nonces are two. */
static void a_proxy_and_a_registrar_of_one_realm_get_the_same_user(void **state)
{
    struct story *s = (struct story *)*state;

    s->config.auth_user = "a1234";
    begin_anew(s);
    story_reply(s, "407 Proxy",
                "Proxy-Authenticate: Digest realm=\"r\", nonce=\"p\", qop=\"auth\"\r\n");
    story_reply(s, "401 Unauthorized",
                "WWW-Authenticate: Digest realm=\"r\", nonce=\"w\", qop=\"auth\"\r\n");
    story_check_digest(s, "Proxy-Authorization", "a1234", SECRET);
    story_check_digest(s, "Authorization", "a1234", SECRET);
    assert_string_equal(story_param(s, LAST, "Proxy-Authorization", "nonce"), "p");
    assert_string_equal(story_param(s, LAST, "Proxy-Authorization", "nc"), "00000002");
    assert_string_equal(story_param(s, LAST, "Authorization", "nonce"), "w");
}

/* RFC 7615 4 */
static void the_nextnonce_of_a_proxy_is_for_the_proxy_alone(void **state)
{
    struct story *s = (struct story *)*state;

    begin_anew(s);
    story_reply(s, "401 Unauthorized",
                "WWW-Authenticate: Digest realm=\"core\", nonce=\"w\", qop=\"auth\"\r\n"
                "Proxy-Authenticate: Digest realm=\"edge\", nonce=\"p1\", qop=\"auth\"\r\n");
    story_reply(s, "200 OK",
                "Contact: <CONTACT>;expires=100\r\n"
                "Proxy-Authentication-Info: nextnonce=\"p2\"\r\n");
    assert_true(story_until_sent(s, 100 * 1000));
    assert_string_equal(story_param(s, LAST, "Proxy-Authorization", "nonce"), "p2");
    assert_string_equal(story_param(s, LAST, "Proxy-Authorization", "nc"), "00000001");
    assert_string_equal(story_param(s, LAST, "Authorization", "nonce"), "w");
    assert_string_equal(story_param(s, LAST, "Authorization", "nc"), "00000002");
}

/* ---------------------------------------------------------------- which realm */

/* What the last event's response asks for: "realm/algorithm", one behind the other. */
static char asked[100];

static void note_asked(struct story *s, const struct sipreg_event *event)
{
    struct sipreg_place place = {0, 0, 0};
    struct sipreg_challenge challenge;

    (void)s;
    asked[0] = '\0';
    assert_non_null(event->response);
    while (sipreg_challenge_next(event->response, &place, &challenge)) {
        size_t n = strlen(asked);
        snprintf(asked + n, sizeof asked - n, "%.*s/%s ", (int)challenge.realm.n, challenge.realm.p,
                 sipreg_algorithm_name(challenge.algorithm));
    }
}

/* 22.1, RFC 8760 2.4: then the request is over. */
static void realms_without_credentials_are_told_with_their_algorithms(void **state)
{
    struct story *s = (struct story *)*state;

    s->config.realm = "Example.com"; /* which is another one */
    s->on_event = note_asked;
    begin_anew(s);
    story_reply(s, "401 Unauthorized",
                "WWW-Authenticate: Digest realm=\"example.com\", nonce=\"a\", algorithm=SHA-256\r\n"
                "WWW-Authenticate: Digest realm=\"b c\", nonce=\"b\"\r\n");
    assert_event(s, SIPREG_EVENT_REFUSED, SIPREG_CHALLENGE);
    assert_int_equal(story_event(s)->status, 401);
    assert_string_equal(asked, "example.com/SHA-256 b c/MD5 ");
    story_pass(s, 3600 * 1000);
    assert_int_equal(story_requests(s), 1);
}

static const char *const realms =
    "WWW-Authenticate: Digest realm=\"a\", nonce=\"1\", qop=\"auth\"\r\n"
    "WWW-Authenticate: Digest realm=\"b\", nonce=\"2\", qop=\"auth\"\r\n"
    "WWW-Authenticate: Digest realm=\"c\", nonce=\"3\", qop=\"auth\"\r\n"
    "WWW-Authenticate: Digest realm=\"d\", nonce=\"4\", qop=\"auth\"\r\n";

static int only_c(void *user, const struct sipreg_challenge *challenge,
                  struct sipreg_credentials *credentials)
{
    (void)user, (void)credentials;
    return challenge->realm.p[0] == 'c' ? 0 : -1;
}

/* RFC 8760 2.4, by the config and by the program. */
static void of_several_realms_the_one_that_there_are_credentials_for_is_answered(void **state)
{
    struct story *s = (struct story *)*state;

    for (int by_program = 0; by_program < 2; by_program++) {
        s->config.realm = by_program ? NULL : "c";
        if (by_program)
            s->io.credentials = only_c;
        begin_anew(s);
        story_reply(s, "401 Unauthorized", realms);
        assert_int_equal(story_requests(s), 2);
        assert_int_equal(story_count(s, LAST, "Authorization"), 1);
        assert_string_equal(story_param(s, LAST, "Authorization", "realm"), "c");
        story_check_digest(s, "Authorization", "alice", SECRET);
        story_grant(s, 100);
        assert_state(s, SIPREG_REGISTERED);
        assert_true(story_until_sent(s, 100 * 1000)); /* and no other one later */
        assert_int_equal(story_count(s, LAST, "Authorization"), 1);
    }
}

/* 22.1: for the program that wants it, and for no other. */
static void anonymous_with_an_empty_password_is_a_user_like_others(void **state)
{
    struct story *s = (struct story *)*state;

    s->config.auth_user = "anonymous";
    s->config.password = "";
    begin_anew(s);
    story_challenge(s, "n1", "");
    story_check_digest(s, "Authorization", "anonymous", "");
    s->config.auth_user = NULL;
    s->config.password = NULL;
    begin_anew(s);
    story_challenge(s, "n1", "");
    assert_int_equal(story_requests(s), 1);
}

/* ---------------------------------------------------------------- what is in it */

/* 22.4: octet for octet the one of the request line, and hashed so. */
static void the_uri_is_the_one_of_the_request_line(void **state)
{
    static const char *const registrars[] = {NULL, "sip:REG.example.com:5070;transport=tcp",
                                             "sip:[2001:db8::1];x=%41", "sip:example.com;lr"};
    struct story *s = (struct story *)*state;

    for (size_t i = 0; i < COUNT(registrars); i++) {
        const char *start;
        s->config.registrar = registrars[i];
        begin_anew(s);
        story_challenge(s, "n1", "");
        start = s->sends[s->sent - 1].text + strlen("REGISTER ");
        assert_string_equal(story_param(s, LAST, "Authorization", "uri"),
                            sent_copy(start, strcspn(start, " ")));
        if (registrars[i] != NULL)
            assert_string_equal(story_param(s, LAST, "Authorization", "uri"), registrars[i]);
        story_check_digest(s, "Authorization", "alice", SECRET);
    }
}

/* RFC 7616 3.3 */
static void stale_is_true_in_any_case_quoted_or_not_and_nothing_else(void **state)
{
    static const struct {
        const char *more;
        bool stale;
    } cases[] = {
        {", stale=true", true},       {", stale=TRUE", true},   {", stale=\"true\"", true},
        {", StAlE=\"True\"", true},   {", stale=yes", false},   {", stale=1", false},
        {", stale=\"true \"", false}, {", stale=truee", false}, {", stale", false},
        {", stale=\"\"", false},      {", stale=false", false},
    };
    struct story *s = (struct story *)*state;

    for (size_t i = 0; i < COUNT(cases); i++) {
        begin_anew(s);
        story_challenge(s, "n1", "");
        story_challenge(s, "n2", cases[i].more);
        assert_int_equal(story_requests(s), cases[i].stale ? 3 : 2);
        assert_int_equal(s->told, cases[i].stale ? 0 : 1);
    }
}

/* RFC 7616 3.4: nc counts the requests that were sent with a nonce, and its cnonce stays. */
static void a_nonce_that_is_offered_again_goes_on_counting(void **state)
{
    struct story *s = (struct story *)*state;

    begin_anew(s);
    story_challenge(s, "n1", "");
    story_challenge(s, "n1", ", stale=true");
    assert_string_equal(story_param(s, LAST, "Authorization", "nc"), "00000002");
    assert_string_equal(story_param(s, LAST, "Authorization", "cnonce"),
                        story_param(s, 1, "Authorization", "cnonce"));
    story_check_digest(s, "Authorization", "alice", SECRET);
    story_grant(s, 100);
    assert_true(story_until_sent(s, 100 * 1000));
    assert_string_equal(story_param(s, LAST, "Authorization", "nc"), "00000003");
    story_challenge(s, "n2", "");
    assert_string_equal(story_param(s, LAST, "Authorization", "nc"), "00000001");
}

/* 22.1: then it was not the nonce that the server did not like. */
static void a_remembered_nonce_offered_again_without_stale_is_a_rejection(void **state)
{
    struct story *s = (struct story *)*state;

    story_register(s, "n1", 100);
    assert_true(story_until_sent(s, 100 * 1000));
    story_challenge(s, "n1", "");
    assert_event(s, SIPREG_EVENT_REFUSED, SIPREG_CHALLENGE);
    assert_int_equal(story_requests(s), 3);
}

/* RFC 7616 3.4, RFC 4086: 64 bits at the least, anew for each nonce. */
static void the_cnonce_is_drawn_from_the_random_source(void **state)
{
    struct story *s = (struct story *)*state;
    uint64_t before, refresh;
    char cnonce[2][40];

    story_register(s, "n1", 100);
    strcpy(cnonce[0], story_param(s, LAST, "Authorization", "cnonce"));
    before = s->entropy;
    assert_true(story_until_sent(s, 100 * 1000));
    refresh = s->entropy - before; /* a branch */
    assert_string_equal(story_param(s, LAST, "Authorization", "cnonce"), cnonce[0]);
    before = s->entropy;
    story_challenge(s, "n2", "");
    assert_true(s->entropy - before >= refresh + 8);
    strcpy(cnonce[1], story_param(s, LAST, "Authorization", "cnonce"));
    assert_string_not_equal(cnonce[0], cnonce[1]);
    assert_true(strlen(cnonce[1]) >= 8);

    begin_anew(s); /* the random source has gone on */
    story_challenge(s, "n1", "");
    assert_string_not_equal(story_param(s, LAST, "Authorization", "cnonce"), cnonce[0]);
}

/* RFC 7616 3.3: also of a proxy, where domain means nothing at all. */
static void what_a_challenge_holds_beyond_our_knowledge_is_ignored(void **state)
{
    struct story *s = (struct story *)*state;
    const char *value;

    begin_anew(s);
    story_reply(
        s, "407 Proxy",
        "Proxy-Authenticate: Digest domain=\"sip:other.example.net\", realm=\"r\", future=1,"
        " nonce=\"n\", charset=x, qop=\" foo , auth-int , auth\"\r\n");
    value = story_field(s, LAST, "Proxy-Authorization");
    assert_non_null(value);
    assert_non_null(strstr(value, ", qop=auth, "));
    assert_null(strstr(value, "domain"));
    assert_null(strstr(value, "future"));
    assert_null(strstr(value, "charset"));
    story_check_digest(s, "Proxy-Authorization", "alice", SECRET);
}

/* RFC 7616 3.3, 3.4: as UTF-8, whatever the server says of it, and in username only. */
static void a_name_and_a_password_beyond_ascii_are_taken_as_they_are(void **state)
{
    static const char *const charsets[] = {"", ", charset=UTF-8", ", charset=utf-8",
                                           ", charset=latin-1"};
    struct story *s = (struct story *)*state;

    s->config.auth_user = "J\xC3\xA4s\xC3\xB8n Doe";
    s->config.password = "\xD0\xA1\xD0\xB5\xD0\xB7\xD0\xB0\xD0\xBC";
    for (size_t i = 0; i < COUNT(charsets); i++) {
        begin_anew(s);
        story_challenge(s, "n1", charsets[i]);
        story_check_digest(s, "Authorization", s->config.auth_user, s->config.password);
        assert_null(strstr(story_field(s, LAST, "Authorization"), "username*"));
    }
}

/* RFC 8760 2.4: exactly one of a realm, by its place and not by its strength. */
static void the_topmost_of_three_algorithms_is_answered_in_either_order(void **state)
{
    static const char *const orders[][3] = {{"SHA-512-256", "SHA-256", "MD5"},
                                            {"MD5", "SHA-256", "SHA-512-256"},
                                            {"SHA-256", "MD5", "SHA-512-256"}};
    struct story *s = (struct story *)*state;
    char headers[400];

    for (size_t i = 0; i < COUNT(orders); i++) {
        size_t n = 0;
        for (size_t k = 0; k < 3; k++)
            n += (size_t)snprintf(headers + n, sizeof headers - n,
                                  "WWW-Authenticate: Digest realm=\"r\", nonce=\"n\", qop=\"auth\","
                                  " algorithm=%s\r\n",
                                  orders[i][k]);
        begin_anew(s);
        story_reply(s, "401 Unauthorized", headers);
        assert_int_equal(story_count(s, LAST, "Authorization"), 1);
        assert_string_equal(story_param(s, LAST, "Authorization", "algorithm"), orders[i][0]);
        assert_int_equal(strlen(story_param(s, LAST, "Authorization", "response")),
                         strcmp(orders[i][0], "MD5") == 0 ? 32 : 64);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORY(each_challenge_is_answered_in_the_header_that_belongs_to_its_own),
        STORY(a_proxy_and_a_registrar_of_one_realm_get_the_same_user),
        STORY(the_nextnonce_of_a_proxy_is_for_the_proxy_alone),
        STORY(realms_without_credentials_are_told_with_their_algorithms),
        STORY(of_several_realms_the_one_that_there_are_credentials_for_is_answered),
        STORY(anonymous_with_an_empty_password_is_a_user_like_others),
        STORY(the_uri_is_the_one_of_the_request_line),
        STORY(stale_is_true_in_any_case_quoted_or_not_and_nothing_else),
        STORY(a_nonce_that_is_offered_again_goes_on_counting),
        STORY(a_remembered_nonce_offered_again_without_stale_is_a_rejection),
        STORY(the_cnonce_is_drawn_from_the_random_source),
        STORY(what_a_challenge_holds_beyond_our_knowledge_is_ignored),
        STORY(a_name_and_a_password_beyond_ascii_are_taken_as_they_are),
        STORY(the_topmost_of_three_algorithms_is_answered_in_either_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
