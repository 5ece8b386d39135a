/*
 * test_client_wire.c - what a client puts on the wire, line by line (RFC 3261 7, 20, 25).
 */
#include "story.h"

#include <stdlib.h>

/* ---------------------------------------------------------------- lines */

static const char tokens[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-.!%*_+`'~";

/* The octet behind the CRLF that ends the line at p; no other CR or LF stands in it. */
static const char *line_checked(const char *p)
{
    const char *end = p + strcspn(p, "\r\n");

    assert_memory_equal(end, "\r\n", 2);
    return end + 2;
}

/* Method SP Request-URI SP version (7.1), and no other white space or bracket. */
static const char *start_line_checked(const char *p)
{
    const char *uri = p + strlen("REGISTER "), *behind = uri + strcspn(uri, " \t\r\n<>");

    assert_memory_equal(p, "REGISTER ", strlen("REGISTER "));
    assert_true(behind > uri);
    assert_memory_equal(behind, " SIP/2.0\r\n", 10);
    return line_checked(p);
}

/* "Name: value" (7.3.1): nothing before the colon, one blank behind it. */
static const char *header_checked(const char *p)
{
    size_t n = strspn(p, tokens);

    assert_true(n > 0);
    assert_memory_equal(p + n, ": ", 2);
    assert_int_equal(strspn(p + n + 2, " \t"), 0);
    return line_checked(p);
}

/* The message ends with the empty line and as many octets as Content-Length says (7.4, 20.14). */
static void check_message(struct story *s, const struct story_sent *sent)
{
    const char *p = start_line_checked(sent->text);
    size_t index = (size_t)(sent - s->sends);

    while (*p != '\r')
        p = header_checked(p);
    p = line_checked(p);
    assert_int_equal(strtoul(story_field(s, index, "Content-Length"), NULL, 10),
                     sent->text + sent->n - p);
    assert_null(story_field(s, index, "Transfer-Encoding"));
    assert_null(story_field(s, index, "Content-Encoding"));
    assert_non_null(strstr(story_field(s, index, "CSeq"), " REGISTER")); /* as the start line */
}

static void configure_everything(struct story *s)
{
    static const char *const routes[] = {"sip:a.example.com;lr", "sip:b;lr;x=1", "sip:c;lr"};
    static const struct sipreg_header headers[] = {{"Accept-Language", "de"}, {"X-Empty", ""}};
    static const struct sipreg_body body = {"text/plain; charset=UTF-8", "render", "\xC3\xA9", 2};

    s->config.display = "A \"x\" \\ b, \xC3\xA9";
    s->config.aor = "sip:alice@example.com;user=phone";
    s->config.contact_params = ";+sip.instance=\"<urn:uuid:0>\"";
    s->config.q = 500;
    s->config.routes = routes;
    s->config.route_count = COUNT(routes);
    s->config.supported = "path, outbound";
    s->config.allow = "INVITE, ACK";
    s->config.user_agent = "phone/1 (\xD0\x91)";
    s->config.headers = headers;
    s->config.header_count = COUNT(headers);
    s->config.body = &body;
}

static void every_line_of_every_request_has_one_form(void **state)
{
    struct story *s = (struct story *)*state;

    configure_everything(s);
    story_register(s, "n1", 60);
    assert_true(story_until_sent(s, 60 * 1000));
    story_grant(s, 60);
    story_move(s, "192.0.2.11");
    story_grant(s, 60);
    sipreg_client_query(&s->client, s->tick);
    story_run(s);
    story_reply(s, "200 OK", "Contact: <sip:alice@192.0.2.11>;expires=50\r\n");
    sipreg_client_stop(&s->client, s->tick);
    story_run(s);
    story_reply(s, "200 OK", "");
    sipreg_client_clear(&s->client, s->tick);
    story_run(s);
    assert_int_equal(story_requests(s), 7);
    for (size_t i = 0; i < s->sent; i++)
        check_message(s, &s->sends[i]);
}

static void names_uris_and_routes_are_written_as_they_were_given(void **state)
{
    struct story *s = (struct story *)*state;

    configure_everything(s);
    story_start(s);
    assert_string_equal(story_field(s, 0, "To"), "\"A \\\"x\\\" \\\\ b, \xC3\xA9\" "
                                                 "<sip:alice@example.com;user=phone>");
    assert_non_null(strstr(story_field(s, 0, "From"), ";user=phone>;tag="));
    assert_non_null(strstr(s->sends[0].text, "\r\nRoute: <sip:a.example.com;lr>\r\n"
                                             "Route: <sip:b;lr;x=1>\r\nRoute: <sip:c;lr>\r\n"));
    assert_string_equal(story_field(s, 0, "Contact"),
                        "<sip:alice@192.0.2.10:5060>;q=0.5;expires=3600;"
                        "+sip.instance=\"<urn:uuid:0>\"");
    assert_string_equal(story_field(s, 0, "Supported"), "path, outbound");
    assert_string_equal(story_field(s, 0, "Allow"), "INVITE, ACK");
    assert_string_equal(story_field(s, 0, "User-Agent"), "phone/1 (\xD0\x91)");
    assert_string_equal(story_field(s, 0, "Accept-Language"), "de");
    assert_string_equal(story_field(s, 0, "Content-Type"), "text/plain; charset=UTF-8");
    assert_string_equal(story_field(s, 0, "Content-Disposition"), "render");
    assert_string_equal(story_field(s, 0, "Content-Length"), "2"); /* octets, not characters */
}

static void what_proxies_need_comes_before_what_they_do_not(void **state) /* 7.3.1 */
{
    static const struct sipreg_header require = {"Proxy-Require", "x"};
    static const char *const early[] = {"Via", "Route", "Max-Forwards", "Proxy-Require"};
    static const char *const late[] = {"Contact", "Supported", "User-Agent", "Content-Length"};
    struct story *s = (struct story *)*state;

    configure_everything(s);
    s->config.headers = &require;
    s->config.header_count = 1;
    story_start(s);
    for (size_t i = 0; i < COUNT(early); i++) {
        for (size_t k = 0; k < COUNT(late); k++)
            assert_true(strstr(s->sends[0].text, early[i]) < strstr(s->sends[0].text, late[k]));
    }
}

static void no_parameter_is_written_twice(void **state) /* 7.3.1 */
{
    static const char *const twice[] = {";a=1;a=2", ";audio;Audio", ";a;b;+c=\"x\";B", ";expires=7",
                                        ";q=1"};
    struct story *s = (struct story *)*state;

    for (size_t i = 0; i < COUNT(twice); i++) {
        s->config.contact_params = twice[i];
        assert_memory_equal(sipreg_client_fault(&s->config), "contacts: ", 10);
    }
    s->config.contact_params = ";a=1;b=2";
    s->config.registrar = "sip:example.com;x=1;y;X=2";
    assert_memory_equal(sipreg_client_fault(&s->config), "registrar: ", 11);
    s->config.registrar = "sip:example.com;x=1;y";
    story_start(s);
    assert_string_equal(story_field(s, LAST, "Contact"),
                        "<sip:alice@192.0.2.10:5060>;expires=3600;a=1;b=2");
}

static void without_a_body_the_length_is_0_on_every_transport(void **state) /* 20.14 */
{
    struct story *s = (struct story *)*state;

    for (int transport = SIPREG_UDP; transport <= SIPREG_TLS; transport++) {
        s->config.transport = (enum sipreg_transport)transport;
        s->ready = false;
        story_forget(s);
        story_start(s);
        assert_string_equal(story_field(s, 0, "Content-Length"), "0");
        assert_memory_equal(s->sends[0].text + s->sends[0].n - 4, "\r\n\r\n", 4);
    }
}

/* 20.1 to 20.5, 20.38, 20.41: what describes the program is the program's to say. */
static void a_header_nobody_asked_for_is_not_there(void **state)
{
    static const char *const names[] = {
        "Via",     "Max-Forwards", "From",           "To", "Call-ID", "CSeq",
        "Contact", "Expires",      "Content-Length",
    };
    struct story *s = (struct story *)*state;
    unsigned lines = 0;

    story_start(s);
    for (const char *p = line_checked(s->sends[0].text); *p != '\r'; p = line_checked(p))
        lines++;
    for (size_t i = 0; i < COUNT(names); i++)
        assert_int_equal(story_count(s, 0, names[i]), 1);
    assert_int_equal(lines, COUNT(names));
}

/* ---------------------------------------------------------------- credentials */

/* 7.3.1, 20.7, 20.28; and a realm is compared with its case (22.1, RFC 7616 3.3). */
static void credentials_have_a_line_each_and_realms_have_case(void **state)
{
    struct story *s = (struct story *)*state;
    const char *text;

    story_start(s);
    story_reply(s, "407 Proxy Authentication Required",
                "Proxy-Authenticate: Digest realm=\"edge\", nonce=\"a\", qop=\"auth\"\r\n"
                "Proxy-Authenticate: Digest realm=\"EDGE\", nonce=\"b\", qop=\"auth\"\r\n");
    text = s->sends[s->sent - 1].text;
    assert_int_equal(story_count(s, LAST, "Proxy-Authorization"), 2);
    text =
        strstr(text, "Proxy-Authorization: Digest username=\"alice\", realm=\"edge\", nonce=\"a\"");
    assert_non_null(text);
    text = strstr(
        text, "\r\nProxy-Authorization: Digest username=\"alice\", realm=\"EDGE\", nonce=\"b\"");
    assert_non_null(text);
    assert_null(strstr(text + strlen("\r\nProxy-Authorization: Digest"), "Digest"));
    check_message(s, &s->sends[s->sent - 1]);
}

/* 25.1: they cannot be escaped. What the config holds is looked at by its checks; this comes later.
 */
static void a_line_end_in_later_names_is_never_sent(void **state)
{
    static const char *const names[] = {"alice\r\nX-Evil: 1", "alice\nX-Evil: 1", "a\rb", "\x01",
                                        "\xFF"};
    struct story *s = (struct story *)*state;
    size_t requests;

    for (size_t i = 0; i < COUNT(names); i++) {
        s->given = (struct sipreg_credentials){names[i], SECRET, NULL, 0, NULL};
        story_start(s);
        requests = story_requests(s);
        story_challenge(s, "n1", "");
        assert_int_equal(story_requests(s), requests);
        assert_int_not_equal(story_event(s)->error, SIPREG_OK);
    }
    s->given.user = NULL;
    story_start(s);
    assert_int_equal(sipreg_client_move(&s->client, s->tick, "h\r\nX-Evil: 1"), SIPREG_ARGUMENT);
    for (size_t i = 0; i < s->sent; i++)
        assert_null(strstr(s->sends[i].text, "Evil"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORY(every_line_of_every_request_has_one_form),
        STORY(names_uris_and_routes_are_written_as_they_were_given),
        STORY(what_proxies_need_comes_before_what_they_do_not),
        STORY(no_parameter_is_written_twice),
        STORY(without_a_body_the_length_is_0_on_every_transport),
        STORY(a_header_nobody_asked_for_is_not_there),
        STORY(credentials_have_a_line_each_and_realms_have_case),
        STORY(a_line_end_in_later_names_is_never_sent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
