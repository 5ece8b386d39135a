/*
 * test_client_ipv6.c - addresses with colons in them (RFC 5118, RFC 3261 25.1).
 */
#include "reply.h"

static void brackets_are_around_every_address_that_is_written(void **state) /* 4.1, 4.2 */
{
    struct story *s = (struct story *)*state;

    s->config.aor = "sip:alice@[2001:db8::9]";
    s->config.local = "[2001:db8::1]:5060";
    s->config.registrar = "sip:[2001:db8::9]:5070"; /* 4.3: the port is outside */
    reply_registers(s, REPLY_OK REPLY_COPIES REPLY_OURS REPLY_END);
    assert_memory_equal(s->sends[0].text, "REGISTER sip:[2001:db8::9]:5070 SIP/2.0\r\n", 41);
    assert_memory_equal(story_field(s, 0, "Via"), "SIP/2.0/UDP [2001:db8::1]:5060;branch=", 38);
    assert_string_equal(story_field(s, 0, "To"), "<sip:alice@[2001:db8::9]>");
    assert_string_equal(story_field(s, 0, "Contact"),
                        "<sip:alice@[2001:db8::1]:5060>;expires=3600");
}

static void the_port_of_an_address_is_outside_of_its_brackets(void **state) /* 4.3 */
{
    struct story *s = (struct story *)*state;

    s->config.local = "[2001:db8::10]:5070";
    s->config.require_listed = true;
    reply_registers(s, REPLY_OK REPLY_COPIES
                    "m: <sip:alice@[2001:DB8::10]:5070>;expires=60\r\n" REPLY_END);
    reply_feed(s,
               REPLY_OK REPLY_COPIES "m: <sip:alice@[2001:db8::10:5070]>;expires=60\r\n" REPLY_END);
    assert_event(s, SIPREG_EVENT_RETRYING, SIPREG_UNLISTED);
}

static void an_answer_may_name_addresses_of_any_form(void **state)
{
    static const char *const received[] = {"2001:db8::9:255", "[2001:db8::9:255]", /* 4.5 */
                                           "::ffff:192.0.2.10", "[::ffff:192.0.2.10]",
                                           "[2001:db8:::192.0.2.1]"};
    struct story *s = (struct story *)*state;
    char text[600];

    s->config.local = "[::ffff:192.0.2.10]:19823"; /* 4.9 */
    for (size_t i = 0; i < COUNT(received); i++) {
        strcpy(text, REPLY_OK "Via: {via};received=");
        strcat(strcat(text, received[i]),
               ";rport=1024\r\n" REPLY_COPIES2 REPLY_OURS
               "Contact: <sip:bob@[2001:db8:::192.0.2.1]>;expires=9\r\n" /* 4.10 */
               "Contact: \"bob\" <sip:bob@[::ffff:192.0.2.20]:19823>;expires=9\r\n" REPLY_END);
        reply_registers(s, text);
        assert_int_equal(s->events[s->told - 1].contacts, 3);
    }
    assert_memory_equal(story_field(s, LAST, "Via"), "SIP/2.0/UDP [::ffff:192.0.2.10]:19823;", 38);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORY(brackets_are_around_every_address_that_is_written),
        STORY(the_port_of_an_address_is_outside_of_its_brackets),
        STORY(an_answer_may_name_addresses_of_any_form),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
