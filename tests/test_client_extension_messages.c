/*
 * test_client_extension_messages.c - extensions that live in bodies and headers of the program's:
 * scripts (RFC 3880), P- headers (RFC 7315); and what belongs to extensions that the client does
 * not have, and has to let pass (RFC 3310, 8489, 8898).
 */
#include "story.h"

#include <stdio.h>
#include <stdlib.h>

static const char *body_of(struct story *s)
{
    return strstr(s->sends[s->sent - 1].text, "\r\n\r\n") + 4;
}

/* ---------------------------------------------------------------- scripts (RFC 3880) */

static const char script[] = "<?xml version=\"1.0\"?>\r\n<cpl>\xC3\xA9</cpl>\r\n";

/* Octet for octet, by any type and disposition; also with the credentials, and not in refreshes. */
static void a_script_goes_with_the_first_registration_and_its_credentials(void **state)
{
    static const struct sipreg_body bodies[] = {
        {"application/cpl+xml", "script;action=store", script, sizeof script - 1},
        {"application/cpl", NULL, script, sizeof script - 1},
        {"application/cpl+xml", "script;action=remove", "", 0},
    };
    struct story *s = (struct story *)*state;
    char length[8];

    for (size_t i = 0; i < COUNT(bodies); i++) {
        s->config.body = &bodies[i];
        snprintf(length, sizeof length, "%u", (unsigned)bodies[i].size);
        story_anew(s);
        for (int n = 0; n < 2; n++) {
            assert_string_equal(story_field(s, LAST, "Content-Type"), bodies[i].type);
            assert_int_equal(story_count(s, LAST, "Content-Disposition"), i == 1 ? 0 : 1);
            if (i != 1)
                assert_string_equal(story_field(s, LAST, "Content-Disposition"),
                                    bodies[i].disposition);
            assert_string_equal(story_field(s, LAST, "Content-Length"), length);
            assert_string_equal(body_of(s), (const char *)bodies[i].bytes);
            if (n == 0)
                story_challenge(s, "n1", "");
        }
        story_grant(s, 600);
        assert_true(story_until_sent(s, 600 * 1000));
        assert_null(story_field(s, LAST, "Content-Type"));
        assert_null(story_field(s, LAST, "Content-Disposition"));
        assert_string_equal(body_of(s), "");
    }
}

/* RFC 3880 13: protected by auth-int wherever that is offered. */
static void a_script_is_protected_where_the_server_can(void **state)
{
    static const struct sipreg_body body = {"application/cpl+xml", NULL, script, sizeof script - 1};
    static const char *const offers[] = {"auth", "auth,auth-int", "auth-int"};
    struct story *s = (struct story *)*state;
    char header[200];

    s->config.body = &body;
    for (size_t i = 0; i < COUNT(offers); i++) {
        story_anew(s);
        snprintf(header, sizeof header,
                 "WWW-Authenticate: Digest realm=\"r\", nonce=\"n\", qop=\"%s\"\r\n", offers[i]);
        story_reply(s, "401 Unauthorized", header);
        assert_string_equal(story_param(s, LAST, "Authorization", "qop"),
                            i == 0 ? "auth" : "auth-int");
        story_check_digest(s, "Authorization", "alice", SECRET);
    }
}

static void read_script(struct story *s, const struct sipreg_event *event)
{
    (void)s;
    assert_str(event->response->body, script);
}

/* A script can be fetched: the program says what it accepts, and is given the body. */
static void a_script_in_the_answer_is_handed_over(void **state)
{
    static const struct sipreg_header accept = {"Accept", "application/cpl+xml"};
    struct story *s = (struct story *)*state;
    char message[2000], *text;

    s->config.headers = &accept;
    s->config.header_count = 1;
    s->on_event = read_script;
    story_start(s);
    assert_string_equal(story_field(s, LAST, "Accept"), "application/cpl+xml");
    text = story_text(s, LAST, "200 OK",
                      "Contact: <CONTACT>;expires=600\r\nContent-Type: application/cpl+xml\r\n");
    snprintf(message, sizeof message, "%.*s%u\r\n\r\n%s", (int)(strlen(text) - strlen("0\r\n\r\n")),
             text, (unsigned)sizeof script - 1, script);
    free(text);
    assert_int_equal(story_feed(s, message, strlen(message)), SIPREG_OK);
    assert_event(s, SIPREG_EVENT_REGISTERED, SIPREG_OK);
    assert_int_equal(s->told, 1);
}

/* ---------------------------------------------------------------- P- headers (RFC 7315) */

static unsigned associated, charged;
static const char *const associates[] = {"<sip:alice@example.com>, \"A\" <tel:+15550100>",
                                         "<sip:+15550100@example.com;user=phone>"};

static unsigned count_lines(const struct sipreg_event *event, const char *name,
                            const char *const *values)
{
    struct sipreg_place place = {0, 0, 0};
    struct sipreg_str value;
    unsigned n = 0;

    while (sipreg_response_header(event->response, name, &place, &value))
        assert_str(value, values[n++]);
    return n;
}

static void read_p_headers(struct story *s, const struct sipreg_event *event)
{
    static const char *const charges[] = {"ccf=192.0.2.1"};

    (void)s;
    associated = count_lines(event, "P-Associated-URI", associates);
    charged = count_lines(event, "P-Charging-Function-Addresses", charges);
}

/* 4.1: in order, those of this 200 and no older ones; they make no binding of ours. */
static void associated_uris_are_those_of_the_last_200_and_are_no_bindings(void **state)
{
    struct story *s = (struct story *)*state;

    s->on_event = read_p_headers;
    story_start(s);
    story_reply(s, "200 OK",
                "P-Associated-URI: <sip:alice@example.com>, \"A\" <tel:+15550100>\r\n"
                "Contact: <CONTACT>;expires=600\r\n"
                "p-associated-uri:\r\n <sip:+15550100@example.com;user=phone>\r\n"
                "P-Charging-Function-Addresses: ccf=192.0.2.1\r\n");
    assert_event(s, SIPREG_EVENT_REGISTERED, SIPREG_OK);
    assert_int_equal(associated, 2);
    assert_int_equal(charged, 1);
    assert_int_equal(s->events[0].contacts, 1);
    assert_true(story_until_sent(s, 600 * 1000));
    assert_string_equal(story_field(s, LAST, "To"), "<sip:alice@example.com>");
    assert_int_equal(story_count(s, LAST, "Contact"), 1);
    story_grant(s, 600);
    assert_int_equal(associated + charged, 0);
}

/* 4.4 */
static void an_access_network_is_named_as_the_program_names_it(void **state)
{
    static const struct sipreg_header header = {
        "P-Access-Network-Info", "3GPP-E-UTRAN-FDD; utran-cell-id-3gpp=23415D0FCE11; \"x\""};
    struct story *s = (struct story *)*state;

    s->config.headers = &header;
    s->config.header_count = 1;
    story_register(s, "n1", 600);
    assert_true(story_until_sent(s, 600 * 1000));
    assert_string_equal(story_field(s, LAST, "P-Access-Network-Info"), header.value);
    assert_int_equal(story_count(s, LAST, "P-Access-Network-Info"), 1);
}

/* ---------------------------------------------------------------- what is not ours */

/* RFC 8898 2.1.1, RFC 3310 3.1: for one realm, what can be answered is. */
static void challenges_of_other_kinds_are_passed_over_for_a_digest(void **state)
{
    static const char *const others[] = {
        "Bearer realm=\"r\", authz_server=\"https://login.example.com\", scope=\"sip\"",
        "Digest realm=\"r\", nonce=\"a\", algorithm=AKAv1-MD5, qop=\"auth\"",
        "Digest realm=\"r\", nonce=\"b\", algorithm=AKAv9-MD5, qop=\"auth\"",
    };
    static const char digest[] = "Digest realm=\"r\", nonce=\"n\", algorithm=MD5, qop=\"auth\"";
    struct story *s = (struct story *)*state;
    char headers[500];

    for (size_t i = 0; i < 2 * COUNT(others); i++) {
        const char *other = others[i / 2];
        story_anew(s);
        snprintf(headers, sizeof headers, "WWW-Authenticate: %s\r\nWWW-Authenticate: %s\r\n",
                 i % 2 == 0 ? other : digest, i % 2 == 0 ? digest : other);
        story_reply(s, "401 Unauthorized", headers);
        assert_int_equal(story_count(s, LAST, "Authorization"), 1);
        assert_string_equal(story_param(s, LAST, "Authorization", "nonce"), "n");
        story_check_digest(s, "Authorization", "alice", SECRET);

        story_anew(s); /* and alone it is the end */
        snprintf(headers, sizeof headers, "WWW-Authenticate: %s\r\n", other);
        story_reply(s, "401 Unauthorized", headers);
        assert_event(s, SIPREG_EVENT_REFUSED, SIPREG_CHALLENGE);
        assert_int_equal(story_requests(s), 1);
    }
}

/* RFC 8489 5: on one socket for both the first octet tells; the client hands back what is not SIP.
 */
static void stun_on_the_same_socket_is_foreign(void **state)
{
    static const struct {
        const char *octets;
        size_t n;
    } messages[] = {
        {"\x01\x01\0\0\x21\x12\xA4\x42"
         "abcdefghijkl",
         20},
        {"\0\x01\0\0\x21\x12\xA4\x42"
         "abcdefghijkl",
         20},
        {"\x01\x01\0\x0C\x21\x12\xA4\x42"
         "abcdefghijkl"
         "\0\x20\0\x08\0\x01\xA1\x47\xE1\x12\xA6\x43",
         32},
        {"\x01\x11\0\0\0\0\0\0"
         "abcdefghijkl",
         20},
        {"\x01", 1},
    };
    struct story *s = (struct story *)*state;

    story_start(s);
    for (size_t i = 0; i < COUNT(messages); i++)
        assert_int_equal(story_feed(s, messages[i].octets, messages[i].n), SIPREG_FOREIGN);
    assert_int_equal(s->told, 0);
    assert_int_equal(s->sent, 1);
    story_grant(s, 600);
    assert_event(s, SIPREG_EVENT_REGISTERED, SIPREG_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORY(a_script_goes_with_the_first_registration_and_its_credentials),
        STORY(a_script_is_protected_where_the_server_can),
        STORY(a_script_in_the_answer_is_handed_over),
        STORY(associated_uris_are_those_of_the_last_200_and_are_no_bindings),
        STORY(an_access_network_is_named_as_the_program_names_it),
        STORY(challenges_of_other_kinds_are_passed_over_for_a_digest),
        STORY(stun_on_the_same_socket_is_foreign),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
