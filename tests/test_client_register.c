/*
 * test_client_register.c - from the first REGISTER to the last (RFC 3261 10.2, RFC 3665 2).
 */
#include "story.h"

#include <stdio.h>

static void the_first_register_has_all_it_needs_and_no_more(void **state)
{
    struct story *s = (struct story *)*state;

    story_start(s);
    assert_state(s, SIPREG_REGISTERING);
    assert_int_equal(s->sent, 1);
    assert_memory_equal(s->sends[0].text, "REGISTER sip:example.com SIP/2.0\r\n", 34);
    assert_memory_equal(story_field(s, 0, "Via"), "SIP/2.0/UDP 192.0.2.10:5060;branch=z9hG4bK", 42);
    assert_string_equal(story_field(s, 0, "To"), "<sip:alice@example.com>");
    assert_memory_equal(story_field(s, 0, "From"), "<sip:alice@example.com>;tag=", 28);
    assert_string_equal(story_field(s, 0, "CSeq"), "1 REGISTER");
    assert_string_equal(story_field(s, 0, "Contact"), "<sip:alice@192.0.2.10:5060>;expires=3600");
    assert_string_equal(story_field(s, 0, "Expires"), "3600");
    assert_string_equal(story_field(s, 0, "Max-Forwards"), "70");
    assert_string_equal(story_field(s, 0, "Content-Length"), "0");
    assert_null(story_field(s, 0, "Authorization"));
    assert_int_equal(s->told, 0);
}

static void a_challenge_is_answered_and_the_grant_reported(void **state)
{
    struct story *s = (struct story *)*state;

    story_start(s);
    story_pass(s, 100);
    assert_int_equal(story_challenge(s, "n1", ", opaque=\"\", stale=FALSE, algorithm=MD5"),
                     SIPREG_OK);
    assert_int_equal(s->told, 0);
    assert_int_equal(s->sent, 2);
    assert_string_equal(story_field(s, 1, "CSeq"), "2 REGISTER");
    assert_string_equal(story_field(s, 1, "Call-ID"), story_field(s, 0, "Call-ID"));
    assert_string_equal(story_field(s, 1, "From"), story_field(s, 0, "From"));
    assert_string_equal(story_field(s, 1, "To"), story_field(s, 0, "To"));
    assert_string_equal(story_param(s, 1, "Authorization", "uri"), "sip:example.com");
    assert_string_equal(story_param(s, 1, "Authorization", "nc"), "00000001");
    assert_string_equal(story_param(s, 1, "Authorization", "opaque"), "");
    story_check_digest(s, "Authorization", "alice", SECRET);
    story_pass(s, 100);
    assert_int_equal(story_grant(s, 3600), SIPREG_OK);
    assert_state(s, SIPREG_REGISTERED);
    assert_event(s, SIPREG_EVENT_REGISTERED, SIPREG_OK);
    assert_int_equal(story_event(s)->asked, 3600);
    assert_int_equal(story_event(s)->granted, 3600);
    assert_int_equal(story_event(s)->status, 200);
    assert_true(story_event(s)->listed);
    assert_false(story_event(s)->verified);
    assert_int_equal(story_event(s)->valid_for, 3600 * 1000 - 100);
    assert_int_equal(story_event(s)->retry_in, SIPREG_FOREVER);
}

static void a_refresh_goes_with_the_known_nonce_and_asks_for_the_same_again(void **state)
{
    struct story *s = (struct story *)*state;

    story_register(s, "n1", 300);
    for (unsigned i = 2; i < 20; i++) {
        char nc[9];
        assert_true(story_until_sent(s, 300 * 1000));
        snprintf(nc, sizeof nc, "%08x", i);
        assert_string_equal(story_param(s, LAST, "Authorization", "nc"), nc);
        assert_string_equal(story_field(s, LAST, "Expires"), "3600");
        story_check_digest(s, "Authorization", "alice", SECRET);
        assert_int_equal(story_grant(s, 300), SIPREG_OK);
        assert_string_equal(story_field(s, LAST, "Call-ID"), story_field(s, 0, "Call-ID"));
    }
    assert_int_equal(story_requests(s), 20);
}

static void stopping_removes_our_contact_only(void **state)
{
    struct story *s = (struct story *)*state;

    story_register(s, "n1", 3600);
    story_pass(s, 1000);
    assert_int_equal(sipreg_client_stop(&s->client, s->tick), SIPREG_OK);
    story_run(s);
    assert_state(s, SIPREG_UNREGISTERING);
    assert_string_equal(story_field(s, LAST, "Contact"), "<sip:alice@192.0.2.10:5060>;expires=0");
    assert_string_equal(story_field(s, LAST, "Expires"), "0");
    assert_string_equal(story_param(s, LAST, "Authorization", "nc"), "00000002");
    assert_int_equal(story_reply(s, "200 OK", "Contact: <sip:alice@198.51.100.7>;expires=60\r\n"),
                     SIPREG_OK);
    assert_event(s, SIPREG_EVENT_UNREGISTERED, SIPREG_OK);
    assert_int_equal(story_event(s)->granted, 0);
    assert_int_equal(story_event(s)->status, 200);
    assert_state(s, SIPREG_IDLE);
    assert_int_equal(story_run(s), SIPREG_FOREVER);
    assert_int_equal(sipreg_client_stop(&s->client, s->tick), SIPREG_OK); /* nothing is left */
    story_run(s);
    assert_int_equal(story_requests(s), 3);
    assert_event(s, SIPREG_EVENT_UNREGISTERED, SIPREG_OK);
}

static void without_credentials_a_registrar_that_asks_for_none_will_do(void **state)
{
    struct story *s = (struct story *)*state;

    s->config.password = NULL;
    story_start(s);
    assert_int_equal(story_reply(s, "200 OK", "Contact: <CONTACT>\r\nExpires: 120\r\n"), SIPREG_OK);
    assert_event(s, SIPREG_EVENT_REGISTERED, SIPREG_OK);
    assert_int_equal(story_event(s)->granted, 120);
}

static void any_2xx_is_as_good_as_200(void **state)
{
    struct story *s = (struct story *)*state;

    story_start(s);
    assert_int_equal(story_reply(s, "299 Fine", "Contact: <CONTACT>;expires=60\r\n"), SIPREG_OK);
    assert_event(s, SIPREG_EVENT_REGISTERED, SIPREG_OK);
    assert_int_equal(story_event(s)->status, 299);
}

static void the_whole_config_is_in_the_request(void **state)
{
    static const char *const routes[] = {"sip:edge.example.com;lr", "sip:core.example.com;lr"};
    static const struct sipreg_header headers[] = {{"X-Model", "desk phone"}};
    struct story *s = (struct story *)*state;

    s->config.aor = "sips:alice@example.com";
    s->config.transport = SIPREG_TLS;
    s->config.local = "[2001:db8::10]:5061";
    s->config.registrar = "sips:reg.example.com";
    s->config.display = "Alice \"A\"";
    s->config.q = 700;
    s->config.contact_params = ";+sip.instance=\"<urn:uuid:00000000-0000-1000-8000-000A95A0E128>\"";
    s->config.routes = NULL;
    s->config.supported = "path";
    s->config.allow = "INVITE, BYE";
    s->config.user_agent = "phone/1.0";
    s->config.headers = headers;
    s->config.header_count = 1;
    s->config.expires = 600;
    story_start(s);
    assert_memory_equal(s->sends[0].text, "REGISTER sips:reg.example.com SIP/2.0", 37);
    assert_memory_equal(story_field(s, 0, "Via"), "SIP/2.0/TLS [2001:db8::10]:5061;branch=", 39);
    assert_string_equal(story_field(s, 0, "To"), "\"Alice \\\"A\\\"\" <sips:alice@example.com>");
    assert_string_equal(
        story_field(s, 0, "Contact"),
        "<sips:alice@[2001:db8::10]:5061>;q=0.7;expires=600;+sip.instance=\"<urn:uuid:"
        "00000000-0000-1000-8000-000A95A0E128>\"");
    assert_string_equal(story_field(s, 0, "X-Model"), "desk phone");
    assert_string_equal(story_field(s, 0, "Supported"), "path");
    assert_string_equal(story_field(s, 0, "Allow"), "INVITE, BYE");
    assert_string_equal(story_field(s, 0, "User-Agent"), "phone/1.0");

    s->config.aor = "sip:alice@example.com"; /* TLS says tcp in a sip contact (RFC 5630 3.1.4) */
    s->config.registrar = NULL;
    s->config.routes = routes;
    s->config.route_count = 2;
    assert_int_equal(sipreg_client_init(&s->client, &s->config), SIPREG_OK);
    story_forget(s);
    story_start(s);
    assert_int_equal(story_count(s, LAST, "Route"), 2);
    assert_string_equal(story_field(s, LAST, "Route"), "<sip:edge.example.com;lr>");
    assert_memory_equal(story_field(s, LAST, "Contact"),
                        "<sip:alice@[2001:db8::10]:5061;transport=tcp>", 45);
}

static void no_expiry_is_asked_for_where_the_registrar_is_to_choose(void **state)
{
    struct story *s = (struct story *)*state;

    s->config.expires = SIPREG_EXPIRES_NONE;
    s->config.contact = "sip:office@phone.example.com";
    story_start(s);
    assert_string_equal(story_field(s, 0, "Contact"), "<sip:office@phone.example.com>");
    assert_null(story_field(s, 0, "Expires"));
    assert_int_equal(story_reply(s, "200 OK", "Contact: <CONTACT>\r\n"), SIPREG_OK);
    assert_int_equal(story_event(s)->asked, SIPREG_EXPIRES_NONE);
    assert_int_equal(story_event(s)->granted, 3600);
}

static void the_body_is_uploaded_once(void **state)
{
    static const struct sipreg_body body = {"application/cpl+xml", "script;action=store", "<cpl/>",
                                            6};
    struct story *s = (struct story *)*state;

    s->config.body = &body;
    story_start(s);
    assert_string_equal(story_field(s, LAST, "Content-Type"), "application/cpl+xml");
    story_challenge(s, "n1", "");
    assert_string_equal(story_field(s, LAST, "Content-Length"), "6");
    story_check_digest(s, "Authorization", "alice", SECRET);
    story_grant(s, 600);
    assert_true(story_until_sent(s, 600 * 1000));
    assert_string_equal(story_field(s, LAST, "Content-Length"), "0");
    assert_null(story_field(s, LAST, "Content-Type"));
}

static void a_body_that_was_refused_is_left_out(void **state)
{
    static const struct sipreg_body body = {"text/plain", NULL, "hello", 5};
    struct story *s = (struct story *)*state;

    s->config.body = &body;
    story_start(s);
    story_reply(s, "413 Too Large", "");
    assert_int_equal(s->sent, 2);
    assert_string_equal(story_field(s, LAST, "Content-Length"), "0");
    story_challenge(s, "n1", "");
    assert_string_equal(story_field(s, LAST, "Content-Length"), "0");
    story_grant(s, 600);
    assert_event(s, SIPREG_EVENT_REGISTERED, SIPREG_OK);
    assert_true(story_until_sent(s, 600 * 1000));
    assert_string_equal(story_field(s, LAST, "Content-Length"), "0");
}

/* auth-int protects the body of the request that carries the answer, not of the one refused. */
static void a_body_left_out_changes_its_digest(void **state)
{
    static const struct sipreg_body body = {"text/plain", NULL, "hello", 5};
    struct story *s = (struct story *)*state;

    s->config.body = &body;
    story_start(s);
    story_reply(s, "401 Unauthorized",
                "WWW-Authenticate: Digest realm=\"r\", nonce=\"n\", qop=\"auth,auth-int\"\r\n");
    assert_string_equal(story_param(s, LAST, "Authorization", "qop"), "auth-int");
    story_check_digest(s, "Authorization", "alice", SECRET);
    story_reply(s, "415 Unsupported", "");
    assert_string_equal(story_field(s, LAST, "Content-Length"), "0");
    assert_string_equal(story_param(s, LAST, "Authorization", "nc"), "00000002");
    story_check_digest(s, "Authorization", "alice", SECRET);
}

static void path_and_service_route_are_those_of_the_last_200(void **state)
{
    struct story *s = (struct story *)*state;

    story_start(s);
    story_reply(s, "200 OK",
                "Contact: <CONTACT>;expires=100\r\n"
                "Path: <sip:p1.example.com;lr>, <sip:p2.example.com;lr>\r\n"
                "Service-Route: <sip:s1.example.com;lr>\r\n");
    assert_str(sipreg_client_route(&s->client, SIPREG_PATH, 1), "sip:p2.example.com;lr");
    assert_str(sipreg_client_route(&s->client, SIPREG_SERVICE_ROUTE, 0), "sip:s1.example.com;lr");
    assert_true(story_until_sent(s, 100 * 1000));
    story_reply(s, "500 Oops", "");
    assert_str(sipreg_client_route(&s->client, SIPREG_SERVICE_ROUTE, 0), "sip:s1.example.com;lr");
    story_pass(s, 100 * 1000); /* lapsed */
    assert_str(sipreg_client_route(&s->client, SIPREG_SERVICE_ROUTE, 0), NULL);
    assert_str(sipreg_client_route(&s->client, SIPREG_PATH, 0), NULL);
}

static void removal_ends_the_service_route(void **state)
{
    struct story *s = (struct story *)*state;

    story_start(s);
    story_reply(s, "200 OK",
                "Contact: <CONTACT>;expires=100\r\n"
                "Service-Route: <sip:s1.example.com;lr>\r\n");
    sipreg_client_stop(&s->client, s->tick);
    story_run(s);
    story_reply(s, "200 OK", "");
    assert_str(sipreg_client_route(&s->client, SIPREG_SERVICE_ROUTE, 0), NULL);
}

static void behind_the_largest_cseq_comes_a_new_call_id(void **state)
{
    struct story *s = (struct story *)*state;
    char call_id[64];

    story_register(s, "n1", 100);
    s->client.request.cseq = 0x7FFFFFFE;
    story_forget(s); /* its history with it */
    assert_true(story_until_sent(s, 100 * 1000));
    assert_string_equal(story_field(s, LAST, "CSeq"), "2147483647 REGISTER");
    strcpy(call_id, story_field(s, LAST, "Call-ID"));
    story_grant(s, 100);
    assert_true(story_until_sent(s, 100 * 1000));
    assert_string_equal(story_field(s, LAST, "CSeq"), "1 REGISTER");
    assert_string_not_equal(story_field(s, LAST, "Call-ID"), call_id);
    story_grant(s, 100);
    assert_event(s, SIPREG_EVENT_REGISTERED, SIPREG_OK);
}

static void two_clients_share_nothing(void **state)
{
    struct story *s = (struct story *)*state;

    story_register(s, "n1", 100);
    story_forget(s);
    s->ready = false; /* as after a reboot */
    story_start(s);
    assert_string_equal(story_field(s, LAST, "CSeq"), "1 REGISTER");
    assert_null(story_field(s, LAST, "Authorization"));
}

static void an_aor_without_a_user_makes_a_contact_without_one(void **state)
{
    struct story *s = (struct story *)*state;

    s->config.aor = "sip:example.com";
    s->config.password = NULL;
    story_start(s);
    assert_string_equal(story_field(s, LAST, "Contact"), "<sip:192.0.2.10:5060>;expires=3600");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORY(the_first_register_has_all_it_needs_and_no_more),
        STORY(a_challenge_is_answered_and_the_grant_reported),
        STORY(a_refresh_goes_with_the_known_nonce_and_asks_for_the_same_again),
        STORY(stopping_removes_our_contact_only),
        STORY(without_credentials_a_registrar_that_asks_for_none_will_do),
        STORY(any_2xx_is_as_good_as_200),
        STORY(the_whole_config_is_in_the_request),
        STORY(no_expiry_is_asked_for_where_the_registrar_is_to_choose),
        STORY(the_body_is_uploaded_once),
        STORY(a_body_that_was_refused_is_left_out),
        STORY(a_body_left_out_changes_its_digest),
        STORY(path_and_service_route_are_those_of_the_last_200),
        STORY(removal_ends_the_service_route),
        STORY(behind_the_largest_cseq_comes_a_new_call_id),
        STORY(two_clients_share_nothing),
        STORY(an_aor_without_a_user_makes_a_contact_without_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
