/*
 * test_client_transport.c - transports, datagrams, and what they carry besides our answers (RFC
 * 3261 18, RFC 3581). Streams have a file of their own.
 */
#include "story.h"

#include <stdio.h>
#include <stdlib.h>

/* ---------------------------------------------------------------- datagrams */

static void udp_tcp_and_tls_carry_a_whole_registration_each(void **state)
{
    static const char *const vias[] = {"SIP/2.0/UDP ", "SIP/2.0/TCP ", "SIP/2.0/TLS "};
    struct story *s = (struct story *)*state;

    for (unsigned i = 0; i < COUNT(vias); i++) {
        story_forget(s);
        s->ready = false;
        if (i > 0)
            story_stream(s);
        s->config.transport = (enum sipreg_transport)i;
        story_register(s, "n1", 600);
        assert_true(story_until_sent(s, 600 * 1000));
        story_grant(s, 600);
        sipreg_client_stop(&s->client, s->tick);
        story_run(s);
        story_reply(s, "200 OK", "");
        assert_event(s, SIPREG_EVENT_UNREGISTERED, SIPREG_OK);
        assert_int_equal(s->sent, 4);
        for (size_t n = 0; n < s->sent; n++)
            assert_memory_equal(story_field(s, n, "Via"), vias[i], strlen(vias[i]));
        assert_int_equal(s->opens, i);
        story_pass(s, 32000);
        assert_int_equal(s->closes, i);
    }
}

/* 18.1.1: as it is configured, a port that is not the default one with it. */
static void the_sent_by_names_where_answers_come_to(void **state)
{
    static const char *const locals[] = {"192.0.2.10:5070", "192.0.2.10", "[2001:db8::10]:5062",
                                         "phone.example.com:40001"};
    struct story *s = (struct story *)*state;
    char via[80];

    for (size_t i = 0; i < COUNT(locals); i++) {
        story_forget(s);
        s->ready = false;
        s->config.local = locals[i];
        story_start(s);
        snprintf(via, sizeof via, "SIP/2.0/UDP %s;branch=", locals[i]);
        assert_memory_equal(story_field(s, LAST, "Via"), via, strlen(via));
        assert_int_equal(story_grant(s, 600), SIPREG_OK);
    }
}

/* 18.1.1 (multicast), RFC 5923 8.1 */
static void parameters_of_the_callers_stand_in_the_via(void **state)
{
    struct story *s = (struct story *)*state;

    s->config.via_params = ";maddr=224.0.1.75;ttl=1";
    story_start(s);
    assert_string_equal(story_param(s, LAST, "Via", "maddr"), "224.0.1.75");
    assert_string_equal(story_param(s, LAST, "Via", "ttl"), "1");
    assert_int_equal(story_grant(s, 600), SIPREG_OK);
    s->config.via_params = ";alias";
    story_anew(s);
    assert_non_null(strstr(story_field(s, LAST, "Via"), ";alias"));
    assert_int_equal(story_grant(s, 600), SIPREG_OK);
    assert_event(s, SIPREG_EVENT_REGISTERED, SIPREG_OK);
}

/* 18.3, 18.1.1 */
static void an_answer_of_sixty_kilobytes_is_read_to_its_last_contact(void **state)
{
    struct story *s = (struct story *)*state;
    char *headers = (char *)malloc(65000), *p = headers;

    assert_non_null(headers);
    for (int i = 0; i < 400; i++)
        p += sprintf(p, "Contact: <sip:alice@192.0.2.10:%d;x=%0100d>;expires=7\r\n", 10000 + i, 0);
    strcpy(p, "Contact: <CONTACT>;expires=555\r\n");
    assert_in_range(strlen(headers), 59000, 64000);
    story_start(s);
    assert_int_equal(story_reply(s, "200 OK", headers), SIPREG_OK);
    free(headers);
    assert_event(s, SIPREG_EVENT_REGISTERED, SIPREG_OK);
    assert_int_equal(story_event(s)->granted, 555);
    assert_int_equal(s->events[0].contacts, 401);
}

/* 18.3 */
static void behind_the_length_a_datagram_holds_noise(void **state)
{
    struct story *s = (struct story *)*state;
    char *text;

    story_start(s);
    text = story_text(s, LAST, "200 OK", "Contact: <CONTACT>;expires=600\r\n");
    strcat(text, "SIP/2.0 403 Forbidden\r\n\r\n\x01");
    assert_int_equal(story_feed(s, text, strlen(text)), SIPREG_OK);
    free(text);
    assert_event(s, SIPREG_EVENT_REGISTERED, SIPREG_OK);
}

static void a_datagram_without_a_length_ends_with_its_body(void **state)
{
    struct story *s = (struct story *)*state;
    char *text;

    story_start(s);
    text = story_text(s, LAST, "401 Unauthorized",
                      "WWW-Authenticate: Digest realm=\"r\", nonce=\"n\", qop=\"auth\"\r\n");
    strcpy(strstr(text, "Content-Length"), "\r\nWho are you?");
    assert_int_equal(story_feed(s, text, strlen(text)), SIPREG_OK);
    free(text);
    assert_int_equal(story_requests(s), 2);
    story_check_digest(s, "Authorization", "alice", SECRET);
}

static void a_datagram_that_lacks_octets_of_its_body_is_dropped(void **state)
{
    struct story *s = (struct story *)*state;
    char *text;

    story_start(s);
    text = story_text(s, LAST, "200 OK", "Contact: <CONTACT>;expires=600\r\n");
    strcpy(strstr(text, "Content-Length"), "l: 10\r\n\r\nfour");
    assert_int_equal(story_feed(s, text, strlen(text)), SIPREG_PARTIAL);
    assert_int_equal(s->told, 0);
    strcat(text, "andsix");
    assert_int_equal(story_feed(s, text, strlen(text)), SIPREG_OK);
    free(text);
    assert_event(s, SIPREG_EVENT_REGISTERED, SIPREG_OK);
}

/* ---------------------------------------------------------------- what else arrives */

#define FIELDS                                                                                     \
    "Via: SIP/2.0/UDP 198.51.100.1;branch=z9hG4bKa\r\nFrom: <sip:bob@example.com>;tag=a\r\n"       \
    "To: <sip:alice@example.com>\r\nCall-ID: b\r\n"

#define CASE(literal)                                                                              \
    {                                                                                              \
        (literal), sizeof(literal) - 1                                                             \
    }

static void what_is_no_answer_to_us_is_handed_back_and_not_answered(void **state)
{
    static const struct {
        const char *octets;
        size_t n;
    } cases[] = {
        CASE("OPTIONS sip:alice@192.0.2.10 SIP/2.0\r\n" FIELDS "CSeq: 1 OPTIONS\r\n\r\n"),
        CASE("NOTIFY sip:alice@192.0.2.10 SIP/2.0\r\n" FIELDS
             "CSeq: 1 NOTIFY\r\nEvent: reg\r\n\r\n"),
        CASE("REGISTER sip:example.com SIP/2.0\r\n" FIELDS "CSeq: 1 REGISTER\r\n\r\n"),
        CASE("SIP/2.0 200 OK\r\n" FIELDS "CSeq: 1 INVITE\r\n\r\n"),
        CASE("SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP 192.0.2.10:5060;branch=z9hG4bKa\r\n" /* to our */
             "From: <sip:bob@example.com>;tag=a\r\nTo: <sip:bob@example.com>\r\n"     /* address */
             "Call-ID: b\r\nCSeq: 1 REGISTER\r\n\r\n"),
        CASE("\0\1\0\0\x21\x12\xA4\x42twelve octet"), /* STUN binding request */
        CASE("\1\1\0\0\x21\x12\xA4\x42twelve octet"), /* and response */
        CASE("\r\n\r\n"),
        CASE("\r\n"),
        CASE("\0"),
        CASE("\x80garbage \xff\xfe"),
    };
    struct story *s = (struct story *)*state;

    story_start(s);
    for (int registered = 0; registered < 2; registered++) {
        struct sipreg_client before = s->client;
        size_t sent = s->sent, told = s->told;
        for (size_t i = 0; i < COUNT(cases); i++)
            assert_int_equal(story_feed(s, cases[i].octets, cases[i].n), SIPREG_FOREIGN);
        assert_memory_equal(&before, &s->client, sizeof before);
        assert_int_equal(s->sent, sent);
        assert_int_equal(s->told, told);
        story_grant(s, 600);
    }
}

/* Where the server sees us, as the last event has it: "address:port", each perhaps empty. */
static char seen[80];

static void note_seen(struct story *s, const struct sipreg_event *event)
{
    const struct sipreg_via *via = &event->response->via;

    (void)s;
    snprintf(seen, sizeof seen, "%.*s:%.*s", (int)via->received.n,
             via->received.n > 0 ? via->received.p : "", (int)via->rport.n,
             via->rport.n > 0 ? via->rport.p : "");
}

/* RFC 3581 4 */
static void the_public_address_is_read_off_the_answer_where_it_has_one(void **state)
{
    static const struct {
        const char *params, *seen;
    } cases[] = {
        {";rport=1024;received=203.0.113.7\r\n", "203.0.113.7:1024"},
        {";received=2001:db8::7;rport=5060\r\n", "2001:db8::7:5060"},
        {";rport;received=203.0.113.8\r\n", "203.0.113.8:"},
        {";rport=40000\r\n", ":40000"},
        {";rport=\r\n", ":"},
        {"\r\n", ":"},
    };
    struct story *s = (struct story *)*state;

    s->on_event = note_seen;
    story_start(s);
    for (size_t i = 0; i < COUNT(cases); i++) {
        char *text = story_text(s, LAST, "200 OK", "Contact: <CONTACT>;expires=600\r\n");
        char *params = strstr(text, ";rport"), *rest = strchr(params, '\n') + 1;
        size_t n = strlen(cases[i].params);
        memmove(params + n, rest, strlen(rest) + 1);
        memcpy(params, cases[i].params, n);
        assert_int_equal(story_feed(s, text, strlen(text)), SIPREG_OK);
        free(text);
        assert_string_equal(seen, cases[i].seen);
        sipreg_client_refresh(&s->client, s->tick);
        story_run(s);
        assert_non_null(strstr(story_field(s, LAST, "Via"), ";rport"));
        assert_null(strstr(story_field(s, LAST, "Via"), ";rport="));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORY(udp_tcp_and_tls_carry_a_whole_registration_each),
        STORY(the_sent_by_names_where_answers_come_to),
        STORY(parameters_of_the_callers_stand_in_the_via),
        STORY(an_answer_of_sixty_kilobytes_is_read_to_its_last_contact),
        STORY(behind_the_length_a_datagram_holds_noise),
        STORY(a_datagram_without_a_length_ends_with_its_body),
        STORY(a_datagram_that_lacks_octets_of_its_body_is_dropped),
        STORY(what_is_no_answer_to_us_is_handed_back_and_not_answered),
        STORY(the_public_address_is_read_off_the_answer_where_it_has_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
