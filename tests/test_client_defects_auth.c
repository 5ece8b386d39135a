/*
 * test_client_defects_auth.c - mistakes that clients have made in the field: about digests (RFC
 * 7616, RFC 8760, RFC 3261 22.4).
 */
#include "story.h"

#include "sent.h"

#include <stdio.h>
#include <stdlib.h>

static void challenged(struct story *s, const char *params)
{
    char header[300];

    snprintf(header, sizeof header, "WWW-Authenticate: Digest realm=\"example.com\", %s\r\n",
             params);
    story_reply(s, "401 Unauthorized", header);
}

/* ---------------------------------------------------------------- algorithms */

/* RFC 8760 2.4: one that nobody knows is passed over, wherever it stands. */
static void an_unknown_algorithm_spoils_no_other_in_any_place(void **state)
{
    static const char *const others[] = {"SHA-512-512", "AKAv9-MD5", "SHA3-256", "MD5x"};
    static const char *const known[] = {"SHA-256", "MD5"};
    struct story *s = (struct story *)*state;
    char headers[800];

    for (size_t i = 0; i < 3 * COUNT(others); i++) {
        size_t place = i % 3, used = 0;
        story_anew(s);
        for (size_t k = 0, n = 0; k < 3; k++)
            used += (size_t)snprintf(headers + used, sizeof headers - used,
                                     "WWW-Authenticate: Digest realm=\"r\", nonce=\"n%u\", "
                                     "algorithm=%s, qop=\"auth\"\r\n",
                                     (unsigned)k, k == place ? others[i / 3] : known[n++]);
        story_reply(s, "401 Unauthorized", headers);
        assert_int_equal(story_count(s, LAST, "Authorization"), 1);
        assert_string_equal(story_param(s, LAST, "Authorization", "algorithm"), "SHA-256");
        story_check_digest(s, "Authorization", "alice", SECRET);
    }
}

/* An algorithm that the build lacks must not be answered with whatever the memory held, and an
   answer names its algorithm by the registered name, or the server takes it for MD5. */
static void an_algorithm_is_computed_and_named_or_the_challenge_refused(void **state)
{
    struct story *s = (struct story *)*state;
    const char *value;

    story_start(s);
    challenged(s, "nonce=\"n\", algorithm=SHA-512-256, qop=\"auth\"");
    if (!sipreg_algorithm_available(SIPREG_SHA512_256)) {
        assert_event(s, SIPREG_EVENT_REFUSED, SIPREG_CHALLENGE);
        assert_int_equal(story_requests(s), 1);
        return;
    }
    value = story_field(s, LAST, "Authorization");
    assert_string_equal(sent_param(value, "algorithm"), "SHA-512-256");
    assert_int_equal(strlen(sent_param(value, "response")), 64);
    assert_string_equal(
        sent_param(value, "response"),
        sent_hash(SIPREG_SHA512_256,
                  (const char *const[]){
                      sent_hash(SIPREG_SHA512_256,
                                (const char *const[]){"alice", "example.com", SECRET, NULL}),
                      "n", "00000001", sent_param(value, "cnonce"), "auth",
                      sent_hash(SIPREG_SHA512_256,
                                (const char *const[]){"REGISTER", "sip:example.com", NULL}),
                      NULL}));
}

/* The key of a -sess algorithm is another one than that of the plain algorithm (RFC 7616 3.4.2). */
static void a_session_algorithm_has_its_own_key(void **state)
{
    struct story *s = (struct story *)*state;

    story_start(s);
    challenged(s, "nonce=\"n\", algorithm=MD5-sess, qop=\"auth\"");
    assert_string_equal(story_param(s, LAST, "Authorization", "algorithm"), "MD5-sess");
    story_check_digest(s, "Authorization", "alice", SECRET);
    assert_non_null(story_param(s, LAST, "Authorization", "cnonce"));
}

/* ---------------------------------------------------------------- qop */

static void a_qop_list_is_read_by_its_words_and_not_by_its_start(void **state)
{
    static const struct {
        const char *offered, *used;
    } rows[] = {
        {"qop=\"auth-int\"", "auth-int"},
        {"qop=auth-int", "auth-int"},
        {"qop=\"auth ,auth-int\"", "auth"},
        {"qop=\" auth\"", "auth"},
        {"qop=\"auth-int , auth\"", "auth"},
        {"qop=\"auth-conf,auth\"", "auth"},
        {"qop=\",auth\"", "auth"},
        {"qop=\"AUTH\"", "auth"},
        {"qop=\"auth-conf , auth-int\"", "auth-int"},
    };
    struct story *s = (struct story *)*state;
    char params[100];

    for (size_t i = 0; i < COUNT(rows); i++) {
        story_anew(s);
        snprintf(params, sizeof params, "nonce=\"n\", %s", rows[i].offered);
        challenged(s, params);
        assert_string_equal(story_param(s, LAST, "Authorization", "qop"), rows[i].used);
        story_check_digest(s, "Authorization", "alice", SECRET);
    }
}

/* A 401 with a body, answered under auth-int: what is hashed is what we send. */
static void auth_int_covers_our_body_and_not_the_servers(void **state)
{
    static const struct sipreg_body ours = {"text/plain", NULL, "hello", 5};
    struct story *s = (struct story *)*state;
    char message[2000], *text;

    for (int i = 0; i < 2; i++) {
        s->config.body = i == 0 ? NULL : &ours;
        story_anew(s);
        text = story_text(s, LAST, "401 Unauthorized",
                          "WWW-Authenticate: Digest realm=\"r\", nonce=\"n\", qop=\"auth-int\"\r\n"
                          "Content-Type: text/html\r\n");
        snprintf(message, sizeof message, "%.*s9\r\n\r\n<p>no</p>",
                 (int)(strlen(text) - strlen("0\r\n\r\n")), text);
        free(text);
        assert_int_equal(story_feed(s, message, strlen(message)), SIPREG_OK);
        assert_string_equal(story_param(s, LAST, "Authorization", "qop"), "auth-int");
        assert_string_equal(story_field(s, LAST, "Content-Length"), i == 0 ? "0" : "5");
        story_check_digest(s, "Authorization", "alice", SECRET);
    }
}

/* ---------------------------------------------------------------- nonces */

/* Whoever chooses the nonce must not know the cnonce with it (RFC 7616 5.4). */
static void a_cnonce_is_another_one_for_the_same_nonce(void **state)
{
    struct story *s = (struct story *)*state;
    char cnonces[8][40];

    for (size_t i = 0; i < COUNT(cnonces); i++) {
        uint64_t entropy;
        story_anew(s);
        entropy = s->entropy;
        story_challenge(s, "the-same-nonce", "");
        assert_true(s->entropy - entropy >= 8 + 16); /* for it, and for the branch */
        strcpy(cnonces[i], story_param(s, LAST, "Authorization", "cnonce"));
        assert_true(strlen(cnonces[i]) >= 8);
        for (size_t k = 0; k < i; k++)
            assert_string_not_equal(cnonces[k], cnonces[i]);
    }
}

/* nc is hexadecimal: decimal looks the same up to 9 (RFC 7616 3.4). */
static void the_tenth_and_the_sixteenth_use_of_a_nonce_are_counted_in_hex(void **state)
{
    static const char *const counts[] = {"00000008", "00000009", "0000000a", "0000000b",
                                         "0000000c", "0000000d", "0000000e", "0000000f",
                                         "00000010", "00000011"};
    struct story *s = (struct story *)*state;

    story_register(s, "n1", 60);
    for (int i = 2; i < 8; i++) {
        assert_true(story_until_sent(s, 60 * 1000));
        story_grant(s, 60);
    }
    for (size_t i = 0; i < COUNT(counts); i++) {
        assert_true(story_until_sent(s, 60 * 1000));
        assert_string_equal(story_param(s, LAST, "Authorization", "nc"), counts[i]);
        story_check_digest(s, "Authorization", "alice", SECRET);
        story_grant(s, 60);
    }
}

/* The proxy's next nonce is for the proxy, the registrar's for the registrar. */
static void each_of_two_realms_has_its_own_next_nonce(void **state)
{
    struct story *s = (struct story *)*state;

    story_start(s);
    story_reply(s, "407 Proxy Authentication Required",
                "Proxy-Authenticate: Digest realm=\"edge\", nonce=\"p1\", qop=\"auth\"\r\n");
    story_challenge(s, "r1", "");
    story_reply(s, "200 OK",
                "Contact: <CONTACT>;expires=60\r\n"
                "Proxy-Authentication-Info: nextnonce=\"p2\"\r\n"
                "Authentication-Info: nextnonce=\"r2\"\r\n");
    assert_true(story_until_sent(s, 60 * 1000));
    assert_string_equal(story_param(s, LAST, "Proxy-Authorization", "nonce"), "p2");
    assert_string_equal(story_param(s, LAST, "Authorization", "nonce"), "r2");
    story_check_digest(s, "Proxy-Authorization", "alice", SECRET);
    story_check_digest(s, "Authorization", "alice", SECRET);
    story_grant(s, 60);
    assert_true(story_until_sent(s, 60 * 1000));
    assert_string_equal(story_param(s, LAST, "Proxy-Authorization", "nonce"), "p2");
    assert_string_equal(story_param(s, LAST, "Proxy-Authorization", "nc"), "00000002");
}

/* ---------------------------------------------------------------- names and URIs */

static void a_password_may_hold_any_separator(void **state)
{
    static const char *const passwords[] = {
        "a:b:c", ":", "a\"b\\c", "a,b;c=d@e", " a b ", "%41", "\xC3\xA4\xE2\x82\xAC"};
    struct story *s = (struct story *)*state;

    for (size_t i = 0; i < COUNT(passwords); i++) {
        s->config.password = passwords[i];
        story_anew(s);
        story_challenge(s, "n1", "");
        story_check_digest(s, "Authorization", "alice", passwords[i]);
    }
}

/* 22.4: the uri parameter is the Request-URI, with its port and its parameters. */
static void the_uri_of_the_digest_is_the_whole_request_uri(void **state)
{
    static const char *const registrars[] = {"sip:example.com:5070;transport=udp",
                                             "sip:[2001:db8::1]:5062", "sip:reg.example.com;x=y"};
    struct story *s = (struct story *)*state;
    char line[100];

    for (size_t i = 0; i < COUNT(registrars); i++) {
        s->config.registrar = registrars[i];
        story_anew(s);
        story_challenge(s, "n1", "");
        snprintf(line, sizeof line, "REGISTER %s SIP/2.0\r\n", registrars[i]);
        assert_memory_equal(s->sends[s->sent - 1].text, line, strlen(line));
        assert_non_null(strstr(story_field(s, LAST, "Authorization"), registrars[i]));
        assert_string_equal(story_param(s, LAST, "Authorization", "uri"), registrars[i]);
        story_check_digest(s, "Authorization", "alice", SECRET);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORY(an_unknown_algorithm_spoils_no_other_in_any_place),
        STORY(an_algorithm_is_computed_and_named_or_the_challenge_refused),
        STORY(a_session_algorithm_has_its_own_key),
        STORY(a_qop_list_is_read_by_its_words_and_not_by_its_start),
        STORY(auth_int_covers_our_body_and_not_the_servers),
        STORY(a_cnonce_is_another_one_for_the_same_nonce),
        STORY(the_tenth_and_the_sixteenth_use_of_a_nonce_are_counted_in_hex),
        STORY(each_of_two_realms_has_its_own_next_nonce),
        STORY(a_password_may_hold_any_separator),
        STORY(the_uri_of_the_digest_is_the_whole_request_uri),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
