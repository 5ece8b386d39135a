/*
 * test_client_instance.c - which bindings are ours? By URI, or by the instance that a contact names
 * (RFC 3261 10.2.4, RFC 5626 6).
 */
#include "story.h"

#define INSTANCE "+sip.instance=\"<urn:uuid:00000000-0000-1000-8000-AABBCCDDEEFF>\""

/* A client is answered by two contacts that are not its URI; the second one has this parameter. */
static void answer_with(struct story *s, const char *param)
{
    char headers[300] = "Contact: <sip:alice@198.51.100.1>;expires=5\r\n"
                        "Contact: <sip:alice@203.0.113.5:40000>;expires=60;";

    strcat(headers, param);
    strcat(headers, "\r\n");
    s->config.contact_params = ";" INSTANCE;
    story_anew(s);
    story_reply(s, "200 OK", headers);
}

static void a_contact_that_was_rewritten_is_found_by_its_instance(void **state)
{
    static const char *const rewritten[] = {
        INSTANCE,
        "+SIP.Instance=\"<URN:UUID:00000000-0000-1000-8000-aabbccddeeff>\"",
        "+sip.instance=\"urn:uuid:00000000-0000-1000-8000-AABBCCDDEEFF\"",
    };
    struct story *s = (struct story *)*state;

    s->config.require_listed = true;
    for (size_t i = 0; i < COUNT(rewritten); i++) {
        answer_with(s, rewritten[i]);
        assert_event(s, SIPREG_EVENT_REGISTERED, SIPREG_OK);
        assert_true(story_event(s)->listed);
        assert_int_equal(story_event(s)->granted, 60);
    }
}

static void another_instance_or_another_flow_of_ours_is_not_ours(void **state)
{
    static const char *const others[] = {
        "+sip.instance=\"<urn:uuid:00000000-0000-1000-8000-AABBCCDDEEF0>\"",
        "+sip.instance=\"<>\"",
        "+sip.instance=\"<urn:uuid:00000000-0000-1000-8000-AABBCCDDEEFF\"",
        "+sip.instance",
        INSTANCE ";reg-id=2",
        "x=1",
    };
    struct story *s = (struct story *)*state;

    for (size_t i = 0; i < COUNT(others); i++) {
        answer_with(s, others[i]);
        assert_event(s, SIPREG_EVENT_RETRYING, SIPREG_UNLISTED);
    }
}

static void a_contact_without_an_instance_is_not_found_by_one(void **state)
{
    struct story *s = (struct story *)*state;

    story_start(s);
    story_reply(s, "200 OK",
                "Contact: <sip:a@198.51.100.1>, <sip:b@198.51.100.1>;+sip.instance\r\n");
    assert_event(s, SIPREG_EVENT_RETRYING, SIPREG_UNLISTED);
}

static unsigned ours, foreign;

static void tell_apart(struct story *s, const struct sipreg_event *event)
{
    struct sipreg_place place = {0, 0, 0};
    struct sipreg_binding binding;

    ours = foreign = 0;
    while (sipreg_response_contact(event->response, &place, &binding)) {
        if (sipreg_client_is_ours(&s->client, &binding))
            ours++;
        else
            foreign++;
    }
}

static void bindings_are_told_apart_from_those_of_others(void **state)
{
    static const struct sipreg_contact further[] = {{"mailto:alice@example.com", 60, 0, NULL}};
    struct story *s = (struct story *)*state;

    s->config.contacts = further;
    s->config.contact_count = 1;
    s->on_event = tell_apart;
    s->config.contact_params = ";" INSTANCE;
    story_start(s);
    story_reply(s, "200 OK",
                "Contact: <sip:alice@198.51.100.1>, <CONTACT>, <mailto:alice@example.com>\r\n"
                "Contact: <sip:alice@203.0.113.5:40000>;" INSTANCE ", <sip:alice@192.0.2.10>\r\n");
    assert_int_equal(ours, 3);
    assert_int_equal(foreign, 2);
}

static void a_client_that_failed_to_init_has_none(void **state)
{
    struct story *s = (struct story *)*state;
    struct sipreg_binding binding;

    memset(&binding, 0, sizeof binding);
    binding.contact.uri.p = "";
    assert_false(sipreg_client_is_ours(&s->client, &binding));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORY(a_contact_that_was_rewritten_is_found_by_its_instance),
        STORY(another_instance_or_another_flow_of_ours_is_not_ours),
        STORY(a_contact_without_an_instance_is_not_found_by_one),
        STORY(bindings_are_told_apart_from_those_of_others),
        STORY(a_client_that_failed_to_init_has_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
