/*
 * test_client_extensions.c - extensions that need nothing of a client but that it writes what it is
 * given and tells what it hears: Path, Service-Route, contact features, and the parameters of
 * outbound, GRUU, GIN and push (RFC 3327, 3608, 3840, 5626, 5627, 6140, 8599).
 */
#include "story.h"

#include <stdio.h>

#define INSTANCE "+sip.instance=\"<urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6>\""

static void refresh(struct story *s)
{
    sipreg_client_refresh(&s->client, s->tick);
    story_run(s);
}

static void stop(struct story *s)
{
    sipreg_client_stop(&s->client, s->tick);
    story_run(s);
}

/* What stands behind the URI of the last request's only Contact. */
static const char *features(struct story *s)
{
    const char *contact = story_field(s, LAST, "Contact");

    assert_int_equal(story_count(s, LAST, "Contact"), 1);
    return strchr(contact, '>') + 1;
}

/* ---------------------------------------------------------------- Path and Service-Route */

static void routes_are_kept_in_order_over_lines_and_lists_with_their_parameters(void **state)
{
    static const char *const paths[] = {"sip:p1.example.com;lr;ob", "sip:p2.example.com:5062;lr",
                                        "sip:[2001:db8::3];lr;x=a%3Bb"};
    static const char *const routes[] = {"sip:s1.example.com;lr", "sip:term@s2.example.com;lr;y=1",
                                         "sips:s3.example.com;lr;transport=tcp"};
    struct story *s = (struct story *)*state;

    story_start(s);
    story_reply(s, "200 OK",
                "Service-Route: <sip:s1.example.com;lr>\r\n"
                "Path: <sip:p1.example.com;lr;ob> , <sip:p2.example.com:5062;lr>\r\n"
                "Contact: <CONTACT>;expires=100\r\n"
                "service-route: <sip:term@s2.example.com;lr;y=1>,"
                "\"S3\" <sips:s3.example.com;lr;transport=tcp>\r\n"
                "Path:\r\n <sip:[2001:db8::3];lr;x=a%3Bb>\r\n");
    for (size_t i = 0; i < 3; i++) {
        assert_str(sipreg_client_route(&s->client, SIPREG_PATH, i), paths[i]);
        assert_str(sipreg_client_route(&s->client, SIPREG_SERVICE_ROUTE, i), routes[i]);
    }
    assert_str(sipreg_client_route(&s->client, SIPREG_PATH, 3), NULL);
    assert_str(sipreg_client_route(&s->client, SIPREG_SERVICE_ROUTE, 3), NULL);
}

/* RFC 3608 6.1 */
static void each_200_replaces_the_routes_and_one_without_them_clears_them(void **state)
{
    struct story *s = (struct story *)*state;

    story_start(s);
    story_reply(s, "200 OK",
                "Contact: <CONTACT>;expires=100\r\nService-Route: <sip:a;lr>, <sip:b;lr>\r\n"
                "Path: <sip:p;lr>\r\n");
    refresh(s);
    story_reply(s, "200 OK", "Contact: <CONTACT>;expires=100\r\nService-Route: <sip:c;lr>\r\n");
    assert_str(sipreg_client_route(&s->client, SIPREG_SERVICE_ROUTE, 0), "sip:c;lr");
    assert_str(sipreg_client_route(&s->client, SIPREG_SERVICE_ROUTE, 1), NULL);
    assert_str(sipreg_client_route(&s->client, SIPREG_PATH, 0), NULL);
    refresh(s);
    story_grant(s, 100);
    assert_str(sipreg_client_route(&s->client, SIPREG_SERVICE_ROUTE, 0), NULL);
}

/* RFC 3327 5.1, RFC 3608 6.1: they are for requests of the program's. */
static void no_register_is_routed_by_path_or_service_route(void **state)
{
    static const char *const routes[] = {"sip:edge.example.com;lr"};
    struct story *s = (struct story *)*state;

    for (size_t count = 0; count <= 1; count++) {
        s->config.routes = count == 0 ? NULL : routes;
        s->config.route_count = count;
        story_anew(s);
        story_reply(s, "200 OK",
                    "Contact: <CONTACT>;expires=100\r\nService-Route: <sip:home.example.com;lr>\r\n"
                    "Path: <sip:p.example.com;lr>\r\n");
        for (int i = 0; i < 2; i++) {
            assert_int_equal(story_count(s, LAST, "Route"), count);
            assert_int_equal(story_count(s, LAST, "Path"), 0);
            assert_null(strstr(s->sends[s->sent - 1].text, "home.example.com"));
            if (i == 0)
                refresh(s);
        }
        story_grant(s, 100);
        stop(s);
        assert_int_equal(story_count(s, LAST, "Route"), count);
        if (count == 1)
            assert_string_equal(story_field(s, LAST, "Route"), "<sip:edge.example.com;lr>");
    }
}

/* RFC 3327 5.1: a UA says that it supports Path, and adds none of its own unless it is told to. */
static void path_is_supported_on_demand_and_added_on_demand(void **state)
{
    static const struct sipreg_header path = {"Path", "<sip:edge.example.com;lr>"};
    struct story *s = (struct story *)*state;

    s->config.supported = "path";
    for (size_t count = 0; count <= 1; count++) {
        s->config.headers = &path;
        s->config.header_count = count;
        story_anew(s);
        for (int i = 0; i < 3; i++) {
            assert_string_equal(story_field(s, LAST, "Supported"), "path");
            assert_int_equal(story_count(s, LAST, "Path"), count);
            story_grant(s, 100);
            if (i == 0)
                refresh(s);
            else
                stop(s);
        }
    }
}

/* ---------------------------------------------------------------- features (RFC 3840) */

/* The example of section 6, octet for octet, and again in each refresh. */
static void features_are_written_as_given_and_repeated_by_refreshes(void **state)
{
    static const char *const params[] = {
        ";audio;video;actor=\"msg-taker\";automata;mobility=\"fixed\""
        ";methods=\"INVITE,BYE,OPTIONS,ACK,CANCEL\"",
        ";+sip.newparam=\"#=5\";+sip.text=\"<Text>\";description=\"<PC>\";+sip.pnsreg"
        ";events=\"!presence,winfo\"",
    };
    struct story *s = (struct story *)*state;
    char expected[300];

    for (size_t i = 0; i < COUNT(params); i++) {
        s->config.contact_params = params[i];
        story_anew(s);
        snprintf(expected, sizeof expected, ";expires=3600%s", params[i]);
        assert_string_equal(features(s), expected);
        story_challenge(s, "n1", "");
        for (int n = 0; n < 3; n++) {
            assert_string_equal(features(s), expected);
            story_grant(s, 600);
            assert_true(story_until_sent(s, 600 * 1000));
        }
    }
}

/* RFC 3840 6: the features are those of the contact that is here; one that is to go has none, and
   another AOR has another contact URI. */
static void features_belong_to_our_contact_only(void **state)
{
    static const char *const aors[] = {"sip:alice@example.com", "sip:bob@example.com"};
    static const char *const contacts[] = {
        "<sip:alice@192.0.2.10:5060>;expires=3600;audio;video",
        "<sip:bob@192.0.2.10:5060>;expires=3600;audio",
    };
    struct story *s = (struct story *)*state;

    for (size_t i = 0; i < 2; i++) {
        s->config.aor = aors[i];
        s->config.contact_params = i == 0 ? ";audio;video" : ";audio";
        story_anew(s);
        assert_string_equal(story_field(s, LAST, "Contact"), contacts[i]);
        story_grant(s, 600);
    }
    story_move(s, "192.0.2.11:5060");
    assert_non_null(strstr(s->sends[s->sent - 1].text,
                           "\r\nContact: <sip:bob@192.0.2.11:5060>;expires=3600;audio\r\n"
                           "Contact: <sip:bob@192.0.2.10:5060>;expires=0\r\n"));
}

/* ---------------------------------------------------------------- outbound (RFC 5626) */

#define FLOW ";" INSTANCE ";reg-id=1"

/* A refresh, another connection, another address, the removal. */
static void live_with_instance(struct story *s)
{
    char call_id[64];

    story_start(s);
    assert_string_equal(features(s), ";expires=3600" FLOW);
    assert_string_equal(story_field(s, LAST, "Supported"), "outbound, path");
    strcpy(call_id, story_field(s, LAST, "Call-ID"));
    story_grant(s, 600);
    assert_true(story_until_sent(s, 600 * 1000));
    assert_string_equal(features(s), ";expires=3600" FLOW);
    story_grant(s, 600);
    assert_int_equal(s->opens, 1);
    story_pass(s, 60 * 1000);
    story_flow(s, SIPREG_FLOW_DOWN); /* and another one comes up */
    assert_int_equal(s->opens, 2);
    assert_string_equal(features(s), ";expires=3600" FLOW);
    assert_string_equal(story_field(s, LAST, "Call-ID"), call_id);
    assert_string_equal(story_field(s, LAST, "CSeq"), "3 REGISTER");
    story_grant(s, 600);
    story_move(s, "192.0.2.11:5060");
    assert_non_null(strstr(story_field(s, LAST, "Contact"), ";expires=3600" FLOW));
    story_grant(s, 600);
    stop(s);
    assert_string_equal(features(s), ";expires=0" FLOW);
    assert_int_equal(s->opens, 3);
    story_reply(s, "200 OK", "");
}

/* 4.1, 4.2, 4.5 */
static void instance_and_reg_id_stay_the_same_whatever_happens(void **state)
{
    struct story *s = (struct story *)*state;

    story_stream(s);
    s->config.contact_params = FLOW;
    s->config.supported = "outbound, path";
    live_with_instance(s);
    story_forget(s); /* a reboot */
    s->ready = false;
    s->opens = 0;
    live_with_instance(s);
}

/* 4.2.2: a server that asks for patience is there, and so is its connection. */
static void a_recoverable_refusal_closes_no_connection(void **state)
{
    struct story *s = (struct story *)*state;

    story_stream(s);
    story_start(s);
    story_grant(s, 600);
    assert_true(story_until_sent(s, 600 * 1000));
    story_reply(s, "503 Service Unavailable", "Retry-After: 20\r\n");
    assert_event(s, SIPREG_EVENT_RETRYING, SIPREG_STATUS);
    assert_true(story_until_sent(s, 600 * 1000));
    story_grant(s, 600);
    assert_int_equal(s->opens, 1);
    assert_int_equal(s->closes, 0);
}

/* 4.5: base and maximum can be set; the wait is a random one in the upper half. */
static void the_waits_grow_from_the_base_to_the_maximum_that_are_configured(void **state)
{
    static const uint32_t most[] = {20, 40, 80, 100, 100};
    struct story *s = (struct story *)*state;

    s->config.retry_base = 10;
    s->config.retry_max = 100;
    for (int end = 0; end < 2; end++) {
        s->jitter = end == 0 ? 0 : UINT32_MAX;
        story_anew(s);
        for (size_t i = 0; i < COUNT(most); i++) {
            story_reply(s, "503 Service Unavailable", "");
            assert_int_equal(story_event(s)->retry_in,
                             end == 0 ? most[i] * 500 : most[i] * 1000 - 1);
            assert_true(story_until_sent(s, most[i] * 1000));
        }
    }
}

/* ---------------------------------------------------------------- GRUU (RFC 5627) */

static const char *public_gruu, *temporary_gruu;

static void read_gruus(struct story *s, const struct sipreg_event *event)
{
    struct sipreg_place place = {0, 0, 0};
    struct sipreg_binding binding;

    (void)s;
    assert_true(sipreg_response_contact(event->response, &place, &binding));
    assert_str(sipreg_param(binding.contact.params, "pub-gruu"), public_gruu);
    assert_str(sipreg_param(binding.contact.params, "temp-gruu"), temporary_gruu);
}

/* 4.1, 4.2: read as they are, whatever is in them, and never sent back. */
static void gruus_can_be_read_and_are_not_sent_back(void **state)
{
#define PUBLIC    "sip:alice@example.com;gr=urn:uuid:f81d4fae;x=%22"
#define TEMPORARY "sip:tgruu.7hs==jd7vnz@example.com;gr"
    static const struct {
        const char *params, *public_gruu, *temporary_gruu;
    } rows[] = {
        {";pub-gruu=\"" PUBLIC "\";temp-gruu=\"" TEMPORARY "\"", PUBLIC, TEMPORARY},
        {";pub-gruu=\"" PUBLIC "\"", PUBLIC, NULL},
        {";temp-gruu=\"" TEMPORARY "\"", NULL, TEMPORARY},
        {"", NULL, NULL},
    };
    struct story *s = (struct story *)*state;
    char headers[400];

    s->config.contact_params = ";" INSTANCE;
    s->config.supported = "gruu";
    s->on_event = read_gruus;
    story_start(s);
    for (size_t i = 0; i < COUNT(rows); i++) {
        public_gruu = rows[i].public_gruu;
        temporary_gruu = rows[i].temporary_gruu;
        assert_string_equal(story_field(s, LAST, "Supported"), "gruu");
        assert_string_equal(features(s), ";expires=3600;" INSTANCE);
        snprintf(headers, sizeof headers, "Contact: <CONTACT>;" INSTANCE "%s;expires=60\r\n",
                 rows[i].params);
        story_reply(s, "200 OK", headers);
        assert_int_equal(s->told, i + 1);
        assert_event(s, SIPREG_EVENT_REGISTERED, SIPREG_OK);
        assert_true(story_until_sent(s, 60 * 1000));
    }
}

/* ---------------------------------------------------------------- GIN (RFC 6140), push (RFC 8599)
 */

static void a_bulk_contact_goes_as_it_is_and_is_found_in_the_answer(void **state)
{
    static const struct sipreg_header headers[] = {{"Require", "gin"}, {"Proxy-Require", "gin"}};
    struct story *s = (struct story *)*state;

    s->config.aor = "sip:pbx@example.com";
    s->config.contact = "sip:198.51.100.3:5060;bnc";
    s->config.headers = headers;
    s->config.header_count = COUNT(headers);
    s->config.supported = "path";
    story_start(s);
    for (int i = 0; i < 2; i++) {
        assert_string_equal(story_field(s, LAST, "Contact"),
                            "<sip:198.51.100.3:5060;bnc>;expires=3600");
        assert_string_equal(story_field(s, LAST, "Require"), "gin");
        assert_string_equal(story_field(s, LAST, "Proxy-Require"), "gin");
        assert_string_equal(story_field(s, LAST, "Supported"), "path");
        story_reply(s, "200 OK",
                    "Contact: <sip:198.51.100.9;bnc>;expires=99, "
                    "<sip:198.51.100.3:5060;bnc>;expires=700\r\n");
        assert_int_equal(story_event(s)->granted, 700);
        assert_true(story_event(s)->listed);
        refresh(s);
    }
}

/* RFC 8599 4.1.1: inside the Contact URI, where a PRID may hold what a URI parameter may. */
static void push_parameters_stand_in_the_contact_uri(void **state)
{
    static const char contact[] = "sip:alice@192.0.2.10:5060;pn-provider=acme;pn-param=x.y"
                                  ";pn-prid=ZTY4:ZDJlMz%3BODE1%3D";
    struct story *s = (struct story *)*state;
    char expected[200];

    s->config.contact = contact;
    snprintf(expected, sizeof expected, "<%s>;expires=3600", contact);
    story_start(s);
    for (int i = 0; i < 2; i++) {
        assert_string_equal(story_field(s, LAST, "Contact"), expected);
        story_grant(s, 600);
        assert_true(story_event(s)->listed);
        refresh(s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORY(routes_are_kept_in_order_over_lines_and_lists_with_their_parameters),
        STORY(each_200_replaces_the_routes_and_one_without_them_clears_them),
        STORY(no_register_is_routed_by_path_or_service_route),
        STORY(path_is_supported_on_demand_and_added_on_demand),
        STORY(features_are_written_as_given_and_repeated_by_refreshes),
        STORY(features_belong_to_our_contact_only),
        STORY(instance_and_reg_id_stay_the_same_whatever_happens),
        STORY(a_recoverable_refusal_closes_no_connection),
        STORY(the_waits_grow_from_the_base_to_the_maximum_that_are_configured),
        STORY(gruus_can_be_read_and_are_not_sent_back),
        STORY(a_bulk_contact_goes_as_it_is_and_is_found_in_the_answer),
        STORY(push_parameters_stand_in_the_contact_uri),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
