/*
 * test_client_status_read.c - what the application can read of the response behind an event, and
 * what no response can bring a client to (RFC 3261 8.1.3, 20, 21, 26.2).
 */
#include "story.h"

#include <stdio.h>
#include <stdlib.h>

/* What the response of the next event must say; checked while it is there to be read. */
struct expected {
    const char *name, *value;
};

static const struct expected *to_read;
static unsigned times_read;
static const char *reason, *body;

static void check_header(const struct sipreg_response *response, const struct expected *expected)
{
    struct sipreg_place place = {0, 0, 0};
    struct sipreg_str value;

    assert_true(sipreg_response_header(response, expected->name, &place, &value));
    assert_str(value, expected->value);
}

static void read_it(struct story *s, const struct sipreg_event *event)
{
    (void)s;
    assert_non_null(event->response);
    for (const struct expected *expected = to_read; expected->name != NULL; expected++)
        check_header(event->response, expected);
    assert_str(event->response->reason, reason);
    assert_str(event->response->body, body);
    times_read++;
}

/* Feeds a response with this reason, these headers and this body. */
static void respond(struct story *s, int status, const struct expected *headers)
{
    char line[80], lines[600] = "", message[3000], *text;

    snprintf(line, sizeof line, "%d %s", status, reason);
    for (const struct expected *h = headers; h->name != NULL; h++)
        snprintf(lines + strlen(lines), sizeof lines - strlen(lines), "%s: %s\r\n", h->name,
                 h->value);
    text = story_text(s, LAST, line, lines);
    snprintf(message, sizeof message, "%.*s%u\r\n\r\n%s", (int)(strlen(text) - strlen("0\r\n\r\n")),
             text, (unsigned)strlen(body), body);
    free(text);
    to_read = headers;
    assert_int_equal(story_feed(s, message, strlen(message)), SIPREG_OK);
}

static void why_it_was_refused_can_be_read(void **state)
{
    static const struct {
        int status;
        const char *reason, *body;
        struct expected headers[3];
    } rows[] = {
        {380,
         "Alternative Service",
         "<alternative/>",
         {{"Contact", "<sip:help@example.com>"}, {"Content-Type", "application/xml"}}},
        {400, "Missing Allow header", "", {{"Warning", "399 example.com \"no\""}}},
        {403, "", "", {{"Warning", "399 example.com \"account locked\""}}},
        {405, "Method Not Allowed", "", {{"Allow", "INVITE, ACK, BYE"}}},
        {421, "Extension Required", "", {{"Require", "sec-agree"}, {"Security-Server", "tls"}}},
        {480, "Unavailable", "", {{"Warning", "380 example.com \"SIPS Not Allowed\""}}},
        {482, "Loop (or two of them)", "", {{NULL, NULL}}},
        {484, "Address Incomplete", "which?", {{NULL, NULL}}},
        {485, "Ambiguous", "", {{"Contact", "<sip:carol.lee@example.com>, <sip:lee@example.com>"}}},
        {494, "Agreement Required", "", {{"Security-Server", "ipsec-ike;q=0.1, tls;q=0.2"}}},
        {555, "Push Not Supported", "", {{"Feature-Caps", "*;+sip.pns=\"acme\""}}},
        {606, "Not Acceptable", "", {{"Warning", "399 example.com \"no\""}}},
    };
    struct story *s = (struct story *)*state;

    s->on_event = read_it;
    for (size_t i = 0; i < COUNT(rows); i++) {
        times_read = 0;
        reason = rows[i].reason;
        body = rows[i].body;
        story_start(s);
        respond(s, rows[i].status, rows[i].headers);
        assert_int_equal(times_read, 1);
        assert_int_equal(story_event(s)->status, rows[i].status);
    }
}

/* Beside the headers: what the library takes apart. */
static void read_all(struct story *s, const struct sipreg_event *event)
{
    static const char *const uris[] = {"sip:alice@192.0.2.10:5060", "sip:alice@192.0.2.77"};
    struct sipreg_place place = {0, 0, 0};
    struct sipreg_binding binding;
    struct sipreg_str via;

    read_it(s, event);
    assert_str(event->response->via.received, "198.51.100.1");
    assert_str(event->response->via.rport, "1024");
    assert_true(sipreg_response_header(event->response, "Via", &place, &via));
    while (via.n > 0 && via.p[0] != ';') {
        via.p++;
        via.n--;
    }
    assert_str(sipreg_param(via, "keep"), "30");
    memset(&place, 0, sizeof place);
    for (size_t i = 0; i < COUNT(uris); i++) {
        assert_true(sipreg_response_contact(event->response, &place, &binding));
        assert_str(binding.contact.uri, uris[i]);
        assert_int_equal(binding.expires, i == 0 ? 600 : 42);
    }
    assert_false(sipreg_response_contact(event->response, &place, &binding));
}

/* Everything that a registrar may tell, in one 200. */
static void a_200_has_all_that_there_is_to_know(void **state)
{
    static const struct expected headers[] = {
        {"Contact", "<sip:alice@192.0.2.10:5060>;expires=600;pub-gruu=\"sip:x\", "
                    "<sip:alice@192.0.2.77>;expires=42"},
        {"Path", "<sip:edge.example.com;lr;ob>"},
        {"Service-Route", "<sip:home.example.com;lr>"},
        {"Require", "outbound"},
        {"Flow-Timer", "120"},
        {"P-Associated-URI", "<sip:alice@example.com>, <tel:+15550100>"},
        {"Feature-Caps", "*;+sip.pns=\"acme\""},
        {"Date", "Sat, 13 Nov 2010 23:29:00 GMT"},
        {NULL, NULL},
    };
    struct story *s = (struct story *)*state;
    char *text, *rport, message[3000];

    reason = "OK";
    body = "";
    times_read = 0;
    to_read = headers;
    s->on_event = read_all;
    story_start(s);
    text = story_text(s, LAST, "200 OK", "");
    rport = strstr(text, ";rport") + strlen(";rport");
    snprintf(message, sizeof message, "%.*s=1024;keep=30%.*s", (int)(rport - text), text,
             (int)(strlen(rport) - strlen("Content-Length: 0\r\n\r\n")), rport);
    for (const struct expected *h = headers; h->name != NULL; h++)
        snprintf(message + strlen(message), sizeof message - strlen(message), "%s: %s\r\n", h->name,
                 h->value);
    strcat(message, "Content-Length: 0\r\n\r\n");
    free(text);
    assert_int_equal(story_feed(s, message, strlen(message)), SIPREG_OK);
    assert_event(s, SIPREG_EVENT_REGISTERED, SIPREG_OK);
    assert_int_equal(story_event(s)->granted, 600);
    assert_true(story_event(s)->listed);
    assert_int_equal(times_read, 1);
    assert_str(sipreg_client_route(&s->client, SIPREG_PATH, 0), "sip:edge.example.com;lr;ob");
    assert_str(sipreg_client_route(&s->client, SIPREG_SERVICE_ROUTE, 0), "sip:home.example.com;lr");
}

/* 8.1.3.5, RFC 5630 5.1.1: no answer makes sip of what was asked for as sips. */
static void no_refusal_leads_from_sips_to_sip(void **state)
{
    static const char *const lines[] = {"480 Unavailable", "416 Unsupported URI Scheme",
                                        "403 Forbidden", "503 Unavailable"};
    struct story *s = (struct story *)*state;

    s->config.aor = "sips:alice@example.com";
    s->config.transport = SIPREG_TLS;
    story_init(s);
    for (size_t i = 0; i < COUNT(lines); i++) {
        story_start(s);
        story_reply(s, lines[i], "Warning: 380 example.com \"SIPS Not Allowed\"\r\n");
        story_start(s);
        assert_memory_equal(s->sends[s->sent - 1].text, "REGISTER sips:example.com ", 26);
        assert_memory_equal(story_field(s, LAST, "Via"), "SIP/2.0/TLS ", 12);
        assert_memory_equal(story_field(s, LAST, "Contact"), "<sips:", 6);
        story_grant(s, 60);
        sipreg_client_refresh(&s->client, s->tick);
        story_run(s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORY(why_it_was_refused_can_be_read),
        STORY(a_200_has_all_that_there_is_to_know),
        STORY(no_refusal_leads_from_sips_to_sip),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
