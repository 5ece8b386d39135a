/*
 * test_client_outbound.c - several flows of one device (RFC 5626 4.2, 4.5).
 */
#include "story.h"

#include <stdio.h>
#include <stdlib.h>

#define INSTANCE "urn:uuid:00000000-0000-1000-8000-aabbccddeeff"

static void begin(struct story *s)
{
    s->config.instance = INSTANCE;
    s->config.reg_id = 7;
    story_start(s);
}

static void grant(struct story *s)
{
    story_reply(s, "200 OK", "Contact: <CONTACT>;expires=3600\r\nRequire: outbound\r\n");
    assert_event(s, SIPREG_EVENT_REGISTERED, SIPREG_OK);
}

static void refresh(struct story *s)
{
    assert_int_equal(sipreg_client_refresh(&s->client, s->tick), SIPREG_OK);
    story_run(s);
}

/* 4.1, 4.2.1 */
static void the_contact_has_instance_and_reg_id_and_supported_says_why(void **state)
{
    struct story *s = (struct story *)*state;

    begin(s);
    assert_non_null(
        strstr(story_field(s, LAST, "Contact"), ";+sip.instance=\"<" INSTANCE ">\";reg-id=7"));
    assert_string_equal(story_field(s, LAST, "Supported"), "path, outbound");
    grant(s);
    assert_true(story_event(s)->outbound);
    s->config.supported = "gruu, Outbound, path";
    story_anew(s);
    assert_string_equal(story_field(s, LAST, "Supported"), "gruu, Outbound, path");
    s->config.supported = "gruu, path";
    story_anew(s);
    assert_string_equal(story_field(s, LAST, "Supported"), "gruu, path, outbound");
    s->config.reg_id = 0;
    s->config.supported = NULL;
    story_anew(s);
    assert_null(story_field(s, LAST, "Supported"));
    assert_null(strstr(story_field(s, LAST, "Contact"), "reg-id"));
    assert_non_null(strstr(story_field(s, LAST, "Contact"), INSTANCE));
}

/* 4.2.1, 4.2.2, 4.2.3 */
static void refresh_and_removal_name_the_same_and_a_star_or_a_query_none(void **state)
{
    struct story *s = (struct story *)*state;
    static const char same[] = ";+sip.instance=\"<" INSTANCE ">\";reg-id=7";

    begin(s);
    grant(s);
    refresh(s);
    assert_non_null(strstr(story_field(s, LAST, "Contact"), same));
    grant(s);
    sipreg_client_query(&s->client, s->tick);
    story_run(s);
    assert_null(strstr(s->sends[s->sent - 1].text, "instance"));
    story_grant(s, 3600);
    sipreg_client_stop(&s->client, s->tick);
    story_run(s);
    assert_non_null(strstr(story_field(s, LAST, "Contact"), same));
    assert_string_equal(story_field(s, LAST, "Expires"), "0");
    sipreg_client_clear(&s->client, s->tick);
    story_reply(s, "200 OK", "");
    assert_string_equal(story_field(s, LAST, "Contact"), "*");
    assert_null(strstr(s->sends[s->sent - 1].text, "instance"));
}

static void further_contacts_are_of_other_devices(void **state)
{
    static const struct sipreg_contact other = {"sip:alice@192.0.2.99", 600, 0, NULL};
    struct story *s = (struct story *)*state;
    const char *text;

    s->config.contacts = &other;
    s->config.contact_count = 1;
    begin(s);
    text = strstr(s->sends[0].text, "<sip:alice@192.0.2.99>");
    assert_non_null(text);
    assert_null(strstr(text, "reg-id"));
}

/* 4.2.1: it is for the program to decide what then. */
static void without_require_outbound_it_is_not_in_force(void **state)
{
    static const char *const granted[] = {"", "Require: path\r\n", "Supported: outbound\r\n",
                                          "Require: path, outbounds\r\n"};
    static const char *const in_force[] = {"Require: path, OUTBOUND\r\n",
                                           "Require: path\r\nRequire: outbound\r\n"};
    struct story *s = (struct story *)*state;
    char headers[200];

    begin(s);
    for (size_t i = 0; i < COUNT(granted) + COUNT(in_force); i++) {
        bool yes = i >= COUNT(granted);
        snprintf(headers, sizeof headers, "Contact: <CONTACT>;expires=3600\r\n%s",
                 yes ? in_force[i - COUNT(granted)] : granted[i]);
        story_reply(s, "200 OK", headers);
        assert_int_equal(story_event(s)->outbound, yes);
        refresh(s);
    }
}

static void a_registrar_that_was_not_asked_for_outbound_does_not_bring_it(void **state)
{
    struct story *s = (struct story *)*state;

    s->config.instance = INSTANCE;
    story_start(s);
    grant(s);
    assert_false(story_event(s)->outbound);
}

/* 4.2.1: the first hop cannot do it. */
static void after_a_439_it_goes_on_without(void **state)
{
    struct story *s = (struct story *)*state;

    begin(s);
    story_reply(s, "439 First Hop Lacks Outbound Support", "");
    assert_int_equal(story_requests(s), 2);
    assert_null(story_field(s, LAST, "Supported"));
    assert_null(strstr(story_field(s, LAST, "Contact"), "reg-id"));
    assert_non_null(strstr(story_field(s, LAST, "Contact"), INSTANCE));
    story_reply(s, "439 First Hop Lacks Outbound Support", "");
    assert_event(s, SIPREG_EVENT_REFUSED, SIPREG_STATUS);
    assert_int_equal(story_requests(s), 2);
}

/* 4.2.1: at once, and from a look at the DNS on; but not for ever. */
static void a_503_with_retry_after_0_is_tried_again_at_once(void **state)
{
    struct story *s = (struct story *)*state;

    story_stream(s);
    begin(s);
    s->servers = 10;
    story_reply(s, "503 Busy", "Retry-After: 0\r\n");
    assert_event(s, SIPREG_EVENT_RETRYING, SIPREG_STATUS);
    assert_int_equal(story_event(s)->retry_in, 0);
    assert_int_equal(s->opens, 2);
    assert_int_equal(s->closes, 1);
    assert_int_equal(story_requests(s), 2);
    for (int i = 0; i < 10; i++)
        story_reply(s, "503 Busy", "Retry-After: 0\r\n");
    assert_true(story_event(s)->retry_in >= 15 * 1000);
    assert_int_equal(story_requests(s), 11);
}

static void a_503_that_names_a_time_is_waited_out(void **state)
{
    struct story *s = (struct story *)*state;

    begin(s);
    story_reply(s, "503 Busy", "Retry-After: 1\r\n");
    assert_true(story_event(s)->retry_in >= 15 * 1000);
    assert_int_equal(story_requests(s), 1);
}

/* 6: the registrar replaces the contact of this instance and reg-id by itself. */
static void after_a_move_the_old_contact_is_left_to_the_registrar(void **state)
{
    struct story *s = (struct story *)*state;

    begin(s);
    grant(s);
    story_move(s, "192.0.2.77:5060");
    assert_int_equal(story_count(s, LAST, "Contact"), 1);
    assert_non_null(strstr(story_field(s, LAST, "Contact"), "192.0.2.77"));
    story_grant(s, 3600); /* not in force any more */
    story_move(s, "192.0.2.78:5060");
    assert_int_equal(story_count(s, LAST, "Contact"), 2);
}

/* RFC 6314 4.1 */
static void no_contact_is_rewritten_where_it_is_in_force(void **state)
{
    struct story *s = (struct story *)*state;

    s->config.rewrite_contact = true;
    begin(s);
    grant(s);
    assert_int_equal(story_requests(s), 1);
    refresh(s);
    story_grant(s, 3600);
    assert_non_null(strstr(story_field(s, LAST, "Contact"), "198.51.100.1"));
}

static void a_contact_that_was_rewritten_is_found_by_instance_and_flow(void **state)
{
    struct story *s = (struct story *)*state;

    s->config.require_listed = true;
    begin(s);
    story_reply(s, "200 OK",
                "Contact: <sip:x@198.51.100.7>;+sip.instance=\"<" INSTANCE ">\";reg-id=6;"
                "expires=60, <sip:x@198.51.100.8>;reg-id=7;expires=90;"
                "+sip.instance=\"<" INSTANCE ">\"\r\n");
    assert_event(s, SIPREG_EVENT_REGISTERED, SIPREG_OK);
    assert_int_equal(story_event(s)->granted, 90);
    s->config.reg_id = 1;
    story_anew(s);
    story_reply(s, "200 OK",
                "Contact: <sip:x@198.51.100.7>;+sip.instance=\"<" INSTANCE ">\";expires=60\r\n");
    assert_event(s, SIPREG_EVENT_RETRYING, SIPREG_UNLISTED); /* it is of no flow */
}

/* ---------------------------------------------------------------- two flows */

/* Another flow's client, which the story does not drive: it is answered by hand. */
struct other {
    struct sipreg_client client;
    struct sipreg_client_config config;
    struct sipreg_io io;
    char scratch[2000], sent[2000];
};

static int other_sends(void *user, const void *bytes, size_t n)
{
    struct other *other = (struct other *)user;

    memcpy(other->sent, bytes, n);
    other->sent[n] = '\0';
    return 0;
}

static int other_random(void *user, void *out, size_t n)
{
    static unsigned char count;

    (void)user;
    for (size_t i = 0; i < n; i++)
        ((unsigned char *)out)[i] = ++count;
    return 0;
}

static const char *field(const struct other *other, const char *name, char *value)
{
    const char *p = strstr(other->sent, name);
    size_t n;

    assert_non_null(p);
    p += strlen(name);
    n = strcspn(p, "\r");
    memcpy(value, p, n);
    value[n] = '\0';
    return value;
}

static void other_registers(struct other *other, struct story *s)
{
    char text[2000], via[200], from[200], to[200], id[200], cseq[200], contact[200];
    int n;

    memset(other, 0, sizeof *other);
    other->config = s->config;
    other->io = (struct sipreg_io){.send = other_sends,
                                   .random = other_random,
                                   .scratch = other->scratch,
                                   .scratch_size = sizeof other->scratch};
    other->config.io = &other->io;
    other->config.user = other;
    other->config.reg_id = 8;
    other->config.sibling = &s->client;
    assert_int_equal(sipreg_client_init(&other->client, &other->config), SIPREG_OK);
    sipreg_client_start(&other->client, s->tick);
    sipreg_client_run(&other->client, s->tick);
    n = snprintf(text, sizeof text,
                 "SIP/2.0 200 OK\r\nVia: %s\r\nFrom: %s\r\nTo: %s;tag=x\r\nCall-ID: %s\r\n"
                 "CSeq: %s\r\nContact: %s\r\nRequire: outbound\r\nContent-Length: 0\r\n\r\n",
                 field(other, "Via: ", via), field(other, "From: ", from), field(other, "To: ", to),
                 field(other, "Call-ID: ", id), field(other, "CSeq: ", cseq),
                 field(other, "Contact: ", contact));
    assert_int_equal(sipreg_client_recv(&other->client, s->tick, text, (size_t)n), SIPREG_OK);
    assert_int_equal(sipreg_client_state(&other->client), SIPREG_REGISTERED);
}

static const char *const first_proxy[] = {"sip:p1.example.com;lr"};
static const char *const second_proxy[] = {"sip:p2.example.com;lr"};

/* 4.2.1 */
static void each_flow_has_its_own_call_id_route_and_reg_id(void **state)
{
    struct story *s = (struct story *)*state;
    struct other *other = (struct other *)malloc(sizeof *other);
    char value[200];

    assert_non_null(other);
    s->config.instance = INSTANCE;
    s->config.reg_id = 7;
    s->config.route_count = 1;
    s->config.routes = second_proxy;
    other_registers(other, s);
    s->config.routes = first_proxy;
    begin(s);
    assert_string_equal(field(other, "Route: ", value), "<sip:p2.example.com;lr>");
    assert_string_equal(story_field(s, LAST, "Route"), "<sip:p1.example.com;lr>");
    assert_string_not_equal(field(other, "Call-ID: ", value), story_field(s, LAST, "Call-ID"));
    assert_non_null(strstr(other->sent, ";reg-id=8"));
    free(other);
}

/* 4.5: 30 seconds are the base when all are down, 90 when one is up. */
static void another_flow_that_is_up_gives_time(void **state)
{
    static const uint64_t waits[] = {90, 180, 360};
    struct story *s = (struct story *)*state;
    struct other *other = (struct other *)malloc(sizeof *other);

    assert_non_null(other);
    s->config.instance = INSTANCE;
    s->config.sibling = &other->client;
    other_registers(other, s);
    begin(s);
    for (size_t i = 0; i < COUNT(waits); i++) {
        story_reply(s, "500 Error", "");
        assert_true(story_event(s)->retry_in >= waits[i] * 1000);
        assert_true(story_event(s)->retry_in <= waits[i] * 2000);
        assert_true(story_until_sent(s, waits[i] * 2000));
    }
    sipreg_client_flow(&other->client, s->tick, SIPREG_FLOW_DOWN);
    sipreg_client_stop(&other->client, s->tick);
    sipreg_client_stop_within(&other->client, s->tick, 0);
    sipreg_client_run(&other->client, s->tick + 1);
    assert_int_equal(sipreg_client_state(&other->client), SIPREG_IDLE);
    sipreg_client_start(&s->client, s->tick); /* counts from the beginning */
    story_reply(s, "500 Error", "");
    assert_true(story_event(s)->retry_in <= 480 * 1000);
    sipreg_client_start(&s->client, s->tick);
    story_run(s);
    story_reply(s, "500 Error", "");
    assert_true(story_event(s)->retry_in <= 60 * 1000);
    free(other);
}

static void faults_are_named(void **state)
{
    static const struct {
        const char *instance;
        uint32_t reg_id;
        const char *params, *fault;
    } rows[] = {
        {INSTANCE, 1, NULL, NULL},
        {INSTANCE, 0x7FFFFFFF, ";x=1", NULL},
        {INSTANCE, UINT32_C(0x80000000), NULL, "reg_id: "},
        {NULL, 1, NULL, "reg_id: "},
        {"", 1, NULL, "instance: "},
        {"uuid:1", 1, NULL, "instance: "},
        {"sip:a@b", 1, NULL, "instance: "},
        {"urn:uuid:1>", 1, NULL, "instance: "},
        {"urn:uuid:1\r\nX: y", 1, NULL, "instance: "},
        {"urn:uuid:1\"", 0, NULL, "instance: "},
        {INSTANCE, 1, ";reg-id=2", "contacts: "},
        {INSTANCE, 0, ";+sip.instance=\"<urn:uuid:2>\"", "contacts: "},
    };
    struct story *s = (struct story *)*state;

    for (size_t i = 0; i < COUNT(rows); i++) {
        const char *fault;
        s->config.instance = rows[i].instance;
        s->config.reg_id = rows[i].reg_id;
        s->config.contact_params = rows[i].params;
        fault = sipreg_client_fault(&s->config);
        if ((fault == NULL) != (rows[i].fault == NULL) ||
            (fault != NULL && strncmp(fault, rows[i].fault, strlen(rows[i].fault)) != 0))
            fail_msg("row %u: %s", (unsigned)i, fault == NULL ? "none" : fault);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORY(the_contact_has_instance_and_reg_id_and_supported_says_why),
        STORY(refresh_and_removal_name_the_same_and_a_star_or_a_query_none),
        STORY(further_contacts_are_of_other_devices),
        STORY(without_require_outbound_it_is_not_in_force),
        STORY(a_registrar_that_was_not_asked_for_outbound_does_not_bring_it),
        STORY(after_a_439_it_goes_on_without),
        STORY(a_503_with_retry_after_0_is_tried_again_at_once),
        STORY(a_503_that_names_a_time_is_waited_out),
        STORY(after_a_move_the_old_contact_is_left_to_the_registrar),
        STORY(no_contact_is_rewritten_where_it_is_in_force),
        STORY(a_contact_that_was_rewritten_is_found_by_instance_and_flow),
        STORY(each_flow_has_its_own_call_id_route_and_reg_id),
        STORY(another_flow_that_is_up_gives_time),
        STORY(faults_are_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
