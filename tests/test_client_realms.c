/*
 * test_client_realms.c - several realms at once: whose credentials are kept, and whose proof counts
 * (RFC 3261 22.3, RFC 7616 3.5).
 */
#include "sent.h"
#include "story.h"

#include <stdio.h>

static const char three[] = "WWW-Authenticate: Digest realm=\"x\", nonce=\"1\", qop=\"auth\"\r\n"
                            "WWW-Authenticate: Digest realm=\"y\", nonce=\"2\", qop=\"auth\"\r\n"
                            "WWW-Authenticate: Digest realm=\"w\", nonce=\"3\", qop=\"auth\"\r\n";

static void realms_without_credentials_do_not_take_the_place_of_one_that_has(void **state)
{
    struct story *s = (struct story *)*state;

    s->config.realm = "w";
    story_start(s);
    story_reply(s, "401 U", three);
    story_grant(s, 100);
    assert_true(story_until_sent(s, 100000));
    story_reply(s, "401 U", three); /* the same nonce again: a rejection */
    assert_event(s, SIPREG_EVENT_REFUSED, SIPREG_CHALLENGE);
}

static void a_foreign_realm_does_not_make_us_forget_the_proxy(void **state)
{
    struct story *s = (struct story *)*state;

    s->config.realm = "w";
    story_start(s);
    story_reply(s, "401 U",
                "Proxy-Authenticate: Digest realm=\"w\", nonce=\"p\", qop=\"auth\"\r\n"
                "WWW-Authenticate: Digest realm=\"w\", nonce=\"r\", qop=\"auth\"\r\n");
    story_grant(s, 100);
    assert_true(story_until_sent(s, 100000));
    story_reply(s, "401 U",
                "WWW-Authenticate: Digest realm=\"x\", nonce=\"1\", qop=\"auth\"\r\n"
                "WWW-Authenticate: Digest realm=\"w\", nonce=\"r2\", qop=\"auth\"\r\n");
    assert_non_null(story_field(s, LAST, "Proxy-Authorization"));
    assert_string_equal(story_param(s, LAST, "Authorization", "nonce"), "r2");
}

/* What a server that knows the password says to the nth credentials of the last request. */
static void prove(struct story *s, const char *header, unsigned nth, const char *name, bool right,
                  char *line, size_t size)
{
    const char *text = s->sends[s->sent - 1].text, *credentials = sent_line(text, header, nth);
    const char *ha1 = sent_hash(SIPREG_MD5,
                                (const char *const[]){"alice", sent_param(credentials, "realm"),
                                                      right ? SECRET : "wrong", NULL}),
               *ha2 = sent_hash(SIPREG_MD5, (const char *const[]){"", "sip:example.com", NULL}),
               *nonce = sent_param(credentials, "nonce"), *nc = sent_param(credentials, "nc"),
               *cnonce = sent_param(credentials, "cnonce");

    snprintf(
        line, size, "%s: rspauth=\"%s\", cnonce=\"%s\", nc=%s, qop=auth\r\n", name,
        sent_hash(SIPREG_MD5, (const char *const[]){ha1, nonce, nc, cnonce, "auth", ha2, NULL}),
        cnonce, nc);
}

static void grant_with(struct story *s, const char *proofs)
{
    char headers[900];

    snprintf(headers, sizeof headers, "Contact: <CONTACT>;expires=100\r\n%s", proofs);
    story_reply(s, "200 OK", headers);
}

static void the_proof_of_either_of_two_realms_is_a_proof(void **state)
{
    struct story *s = (struct story *)*state;
    char proof[400];

    s->config.require_rspauth = true;
    for (unsigned i = 0; i < 2; i++) {
        story_anew(s);
        story_reply(s, "401 U",
                    "WWW-Authenticate: Digest realm=\"a\", nonce=\"1\", qop=\"auth\"\r\n"
                    "WWW-Authenticate: Digest realm=\"b\", nonce=\"2\", qop=\"auth\"\r\n");
        prove(s, "Authorization", i, "Authentication-Info", true, proof, sizeof proof);
        grant_with(s, proof);
        assert_event(s, SIPREG_EVENT_REGISTERED, SIPREG_OK);
        assert_true(story_event(s)->verified);
    }
}

/* Behind a proxy that proves itself the registrar has to, too. */
static void behind_a_proxy_the_proof_of_the_registrar_counts(void **state)
{
    static const struct {
        const char *proxy, *registrar; /* "right", "wrong" or none */
        bool verified;
        int error;
    } rows[] = {
        {"right", "right", true, SIPREG_OK},         {"right", "wrong", false, SIPREG_CHALLENGE},
        {"right", NULL, false, SIPREG_OK},           {NULL, "right", true, SIPREG_OK},
        {"wrong", "right", false, SIPREG_CHALLENGE}, {NULL, NULL, false, SIPREG_OK},
    };
    struct story *s = (struct story *)*state;
    char proofs[800];

    for (size_t i = 0; i < COUNT(rows); i++) {
        story_anew(s);
        story_reply(s, "401 U",
                    "Proxy-Authenticate: Digest realm=\"p\", nonce=\"1\", qop=\"auth\"\r\n"
                    "WWW-Authenticate: Digest realm=\"r\", nonce=\"2\", qop=\"auth\"\r\n");
        proofs[0] = '\0';
        if (rows[i].proxy != NULL)
            prove(s, "Proxy-Authorization", 0, "Proxy-Authentication-Info",
                  strcmp(rows[i].proxy, "right") == 0, proofs, 400);
        if (rows[i].registrar != NULL)
            prove(s, "Authorization", 0, "Authentication-Info",
                  strcmp(rows[i].registrar, "right") == 0, proofs + strlen(proofs), 400);
        grant_with(s, proofs);
        assert_event(s, SIPREG_EVENT_REGISTERED, rows[i].error);
        assert_int_equal(story_event(s)->verified, rows[i].verified);
    }
}

static void a_proxy_alone_proves_itself(void **state)
{
    struct story *s = (struct story *)*state;
    char proof[400];

    s->config.require_rspauth = true;
    story_start(s);
    story_reply(s, "407 U",
                "Proxy-Authenticate: Digest realm=\"p\", nonce=\"1\", qop=\"auth\"\r\n");
    prove(s, "Proxy-Authorization", 0, "Proxy-Authentication-Info", true, proof, sizeof proof);
    grant_with(s, proof);
    assert_event(s, SIPREG_EVENT_REGISTERED, SIPREG_OK);
    assert_true(story_event(s)->verified);
}

/* RFC 3261 22.3: what was found out by the requests to one server is of no concern to another. */
static void no_realm_goes_along_to_another_server(void **state)
{
    struct story *s = (struct story *)*state;

    s->config.follow_redirects = true;
    story_start(s);
    story_reply(s, "401 U", three);
    assert_int_equal(story_count(s, LAST, "Authorization"), SIPREG_MAX_REALMS);
    story_reply(s, "302 Moved", "Contact: <sip:r2.example.com>\r\n");
    assert_int_equal(story_requests(s), 3);
    assert_int_equal(story_count(s, LAST, "Authorization"), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORY(realms_without_credentials_do_not_take_the_place_of_one_that_has),
        STORY(a_foreign_realm_does_not_make_us_forget_the_proxy),
        STORY(the_proof_of_either_of_two_realms_is_a_proof),
        STORY(behind_a_proxy_the_proof_of_the_registrar_counts),
        STORY(a_proxy_alone_proves_itself),
        STORY(no_realm_goes_along_to_another_server),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
