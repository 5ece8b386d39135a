/*
 * test_client_websocket.c - registering over WebSocket (RFC 7118).
 */
#include "story.h"

#include <stdlib.h>

static void over(struct story *s, enum sipreg_transport transport)
{
    story_stream(s);
    s->config.transport = transport;
    s->config.local = "df7jal23ls0d.invalid";
}

/* 5.1, 5.2, 5.3 */
static void via_and_contact_name_websocket_and_an_invalid_host(void **state)
{
    struct story *s = (struct story *)*state;

    over(s, SIPREG_WS);
    story_start(s);
    assert_memory_equal(story_field(s, LAST, "Via"),
                        "SIP/2.0/WS df7jal23ls0d.invalid;branch=z9hG4bK", 46);
    assert_memory_equal(story_field(s, LAST, "Contact"),
                        "<sip:alice@df7jal23ls0d.invalid;transport=ws>", 45);
    story_grant(s, 600);
    assert_event(s, SIPREG_EVENT_REGISTERED, SIPREG_OK);
}

static void over_tls_only_the_via_says_so(void **state)
{
    struct story *s = (struct story *)*state;

    over(s, SIPREG_WSS);
    story_start(s);
    assert_memory_equal(story_field(s, LAST, "Via"), "SIP/2.0/WSS df7jal23ls0d.invalid;", 33);
    assert_memory_equal(story_field(s, LAST, "Contact"),
                        "<sip:alice@df7jal23ls0d.invalid;transport=ws>", 45);
}

/* 5.2: sips does not imply WebSocket as it implies TLS over TCP. */
static void a_sips_contact_names_websocket_too(void **state)
{
    struct story *s = (struct story *)*state;

    over(s, SIPREG_WSS);
    s->config.aor = "sips:alice@example.com";
    story_start(s);
    assert_memory_equal(story_field(s, LAST, "Contact"),
                        "<sips:alice@df7jal23ls0d.invalid;transport=ws>", 46);
}

static void sips_in_the_clear_is_refused(void **state)
{
    struct story *s = (struct story *)*state;

    over(s, SIPREG_WS);
    s->config.aor = "sips:alice@example.com";
    assert_string_equal(sipreg_client_fault(&s->config),
                        "transport: a sips URI needs TLS (RFC 3261 26.2.2)");
}

/* 5: the timers of reliable transports. */
static void nothing_is_repeated(void **state)
{
    struct story *s = (struct story *)*state;

    over(s, SIPREG_WS);
    story_start(s);
    story_pass(s, 31 * 1000);
    assert_int_equal(s->sent, 1);
    story_pass(s, 2 * 1000);
    assert_event(s, SIPREG_EVENT_RETRYING, SIPREG_TIMEOUT);
    assert_int_equal(s->closes, 1);
}

static void one_message_carries_one_response(void **state)
{
    struct story *s = (struct story *)*state;
    char *one, *two;
    size_t n;

    over(s, SIPREG_WS);
    story_start(s);
    one = story_text(s, LAST, "200 OK", "Contact: CONTACT;expires=600\r\n");
    n = strlen(one);
    two = (char *)malloc(2 * n + 1);
    assert_non_null(two);
    memcpy(two, one, n);
    memcpy(two + n, one, n + 1);
    assert_int_equal(story_feed(s, two, 2 * n), SIPREG_SYNTAX);
    assert_state(s, SIPREG_REGISTERING);
    assert_int_equal(story_feed(s, one, n), SIPREG_OK);
    assert_state(s, SIPREG_REGISTERED);
    free(one);
    free(two);
}

/* 5: what delimits a message is the frame. */
static void content_length_may_be_missing(void **state)
{
    struct story *s = (struct story *)*state;
    char *text, *length;

    over(s, SIPREG_WSS);
    story_start(s);
    text = story_text(s, LAST, "200 OK", "Contact: CONTACT;expires=600\r\n");
    length = strstr(text, "Content-Length");
    assert_non_null(length);
    strcpy(length, "\r\n");
    assert_int_equal(story_feed(s, text, strlen(text)), SIPREG_OK);
    assert_state(s, SIPREG_REGISTERED);
    free(text);
}

/* 4.1: a handshake that is not one for SIP opens no flow. */
static void a_handshake_that_fails_is_an_error_of_the_transport(void **state)
{
    struct story *s = (struct story *)*state;

    over(s, SIPREG_WS);
    s->opening = OPEN_FAILS;
    story_start(s);
    assert_event(s, SIPREG_EVENT_RETRYING, SIPREG_TRANSPORT);
    assert_int_equal(s->sent, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORY(via_and_contact_name_websocket_and_an_invalid_host),
        STORY(over_tls_only_the_via_says_so),
        STORY(a_sips_contact_names_websocket_too),
        STORY(sips_in_the_clear_is_refused),
        STORY(nothing_is_repeated),
        STORY(one_message_carries_one_response),
        STORY(content_length_may_be_missing),
        STORY(a_handshake_that_fails_is_an_error_of_the_transport),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
