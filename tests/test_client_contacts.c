/*
 * test_client_contacts.c - further contacts beside ours (RFC 3261 10.2.1, 10.2.4, 10.2.8).
 */
#include "story.h"

static const struct sipreg_contact phones[] = {
    {"sip:alice@192.0.2.20:5060", 600, 500, ";audio"},
    {"mailto:alice@example.com", SIPREG_EXPIRES_NONE, 0, NULL},
    {"tel:+1-201-555-0123", 60, 0, NULL},
};

static void begin(struct story *s, size_t count)
{
    s->config.contacts = phones;
    s->config.contact_count = count;
    story_start(s);
}

static void assert_sent(struct story *s, const char *lines)
{
    const char *at = strstr(s->sends[s->sent - 1].text, "Contact: ");

    assert_non_null(at);
    assert_memory_equal(at, lines, strlen(lines));
}

static void all_contacts_go_with_their_own_times(void **state)
{
    struct story *s = (struct story *)*state;

    begin(s, 2);
    assert_sent(s, "Contact: <sip:alice@192.0.2.10:5060>;expires=3600\r\n"
                   "Contact: <sip:alice@192.0.2.20:5060>;q=0.5;expires=600;audio\r\n"
                   "Contact: <mailto:alice@example.com>\r\n"
                   "Expires: 3600\r\n");
}

static void the_earliest_time_of_all_is_refreshed_by(void **state)
{
    struct story *s = (struct story *)*state;

    begin(s, 2);
    story_reply(
        s, "200 OK",
        "Contact: <CONTACT>;expires=3000\r\nContact: <sip:alice@192.0.2.20:5060>;expires=120"
        ", <mailto:alice@example.com>;expires=4294967295, <sip:x@h>;expires=5\r\n");
    assert_event(s, SIPREG_EVENT_REGISTERED, SIPREG_OK);
    assert_true(story_event(s)->listed);
    assert_int_equal(story_event(s)->granted, 3000);
    assert_in_range(story_event(s)->refresh_in, 60000, 120000);
    assert_int_equal(story_event(s)->valid_for, 3000000);
    assert_true(story_until_sent(s, 120 * 1000));
    assert_int_equal(story_count(s, LAST, "Contact"), 3);
}

static void a_further_contact_that_is_not_listed_is_told(void **state)
{
    struct story *s = (struct story *)*state;

    begin(s, 1);
    story_grant(s, 3000);
    assert_event(s, SIPREG_EVENT_REGISTERED, SIPREG_OK);
    assert_false(story_event(s)->listed);
    assert_in_range(story_event(s)->refresh_in, 2000000, 3000000);
}

static void or_is_a_failure_where_all_must_be_listed(void **state)
{
    struct story *s = (struct story *)*state;

    s->config.require_listed = true;
    begin(s, 1);
    story_grant(s, 3000);
    assert_event(s, SIPREG_EVENT_RETRYING, SIPREG_UNLISTED);
    assert_true(story_until_sent(s, 3600 * 1000));
    story_reply(s, "200 OK",
                "Contact: <CONTACT>;expires=300, <sip:alice@192.0.2.20:5060>;expires=300\r\n");
    assert_event(s, SIPREG_EVENT_REGISTERED, SIPREG_OK);
}

static void contacts_change_while_the_registration_lives(void **state)
{
    struct story *s = (struct story *)*state;

    story_register(s, "n1", 1000);
    assert_int_equal(sipreg_client_contacts(&s->client, s->tick, phones + 1, 1), SIPREG_OK);
    story_run(s);
    assert_int_equal(story_requests(s), 3);
    assert_int_equal(story_count(s, LAST, "Contact"), 2);
    assert_string_equal(story_param(s, LAST, "Authorization", "nc"), "00000002"); /* unasked */
    story_reply(s, "200 OK",
                "Contact: <CONTACT>;expires=1000\r\n"
                "Contact: <mailto:alice@example.com>;expires=4294967295\r\n");
    assert_event(s, SIPREG_EVENT_REGISTERED, SIPREG_OK);
    assert_int_equal(s->events[s->told - 1].contacts, 2);
    assert_in_range(story_event(s)->refresh_in, 500000, 1000000);
    story_pass(s, 100 * 1000);
    assert_int_equal(story_requests(s), 3);
}

static void one_is_removed_with_an_expiry_of_zero(void **state)
{
    static const struct sipreg_contact gone[] = {{"sip:alice@192.0.2.20:5060", 0, 0, NULL}};
    struct story *s = (struct story *)*state;

    begin(s, 1);
    story_reply(s, "200 OK",
                "Contact: <CONTACT>;expires=300, <sip:alice@192.0.2.20:5060>;expires=300\r\n");
    assert_int_equal(sipreg_client_contacts(&s->client, s->tick, gone, 1), SIPREG_OK);
    story_run(s);
    assert_sent(s, "Contact: <sip:alice@192.0.2.10:5060>;expires=3600\r\n"
                   "Contact: <sip:alice@192.0.2.20:5060>;expires=0\r\n");
    story_reply(s, "200 OK", "Contact: <CONTACT>;expires=300\r\n");
    assert_event(s, SIPREG_EVENT_REGISTERED, SIPREG_OK);
    assert_true(story_event(s)->listed);
    assert_int_equal(sipreg_client_contacts(&s->client, s->tick, NULL, 0), SIPREG_OK);
    story_run(s);
    assert_int_equal(story_count(s, LAST, "Contact"), 1);
}

static void a_change_while_a_request_is_under_way_goes_out_behind_it(void **state)
{
    struct story *s = (struct story *)*state;

    story_start(s);
    sipreg_client_contacts(&s->client, s->tick, phones, 1);
    story_pass(s, 500); /* repeated as it was */
    assert_int_equal(story_requests(s), 1);
    story_grant(s, 1000);
    assert_int_equal(story_event(s)->refresh_in, 0);
    assert_int_equal(story_requests(s), 2);
    assert_int_equal(story_count(s, LAST, "Contact"), 2);
    story_reply(s, "200 OK",
                "Contact: <CONTACT>;expires=1000, <sip:alice@192.0.2.20:5060>;expires=1000\r\n");
    story_pass(s, 100 * 1000);
    assert_int_equal(story_requests(s), 2);
}

static void a_423_lengthens_all_that_are_not_removed(void **state)
{
    static const struct sipreg_contact mixed[] = {{"sip:alice@192.0.2.20:5060", 60, 0, NULL},
                                                  {"sip:alice@192.0.2.30:5060", 0, 0, NULL}};
    struct story *s = (struct story *)*state;

    s->config.expires = 60;
    s->config.contacts = mixed;
    s->config.contact_count = 2;
    story_start(s);
    story_reply(s, "423 Too Brief", "Min-Expires: 1800\r\n");
    assert_sent(s, "Contact: <sip:alice@192.0.2.10:5060>;expires=1800\r\n"
                   "Contact: <sip:alice@192.0.2.20:5060>;expires=1800\r\n"
                   "Contact: <sip:alice@192.0.2.30:5060>;expires=0\r\n"
                   "Expires: 1800\r\n");
}

static void a_stop_removes_them_all(void **state)
{
    struct story *s = (struct story *)*state;

    begin(s, 2);
    story_reply(s, "200 OK",
                "Contact: <CONTACT>;expires=300, <sip:alice@192.0.2.20:5060>;expires=300, "
                "<mailto:alice@example.com>;expires=300\r\n");
    sipreg_client_stop(&s->client, s->tick);
    story_run(s);
    assert_sent(s, "Contact: <sip:alice@192.0.2.10:5060>;expires=0\r\n"
                   "Contact: <sip:alice@192.0.2.20:5060>;q=0.5;expires=0;audio\r\n"
                   "Contact: <mailto:alice@example.com>;expires=0\r\n"
                   "Expires: 0\r\n");
}

static void a_move_leaves_the_further_ones_alone(void **state)
{
    struct story *s = (struct story *)*state;

    begin(s, 1);
    story_reply(s, "200 OK",
                "Contact: <CONTACT>;expires=300, <sip:alice@192.0.2.20:5060>;expires=300\r\n");
    story_move(s, "198.51.100.9:5062");
    assert_sent(s, "Contact: <sip:alice@198.51.100.9:5062>;expires=3600\r\n"
                   "Contact: <sip:alice@192.0.2.20:5060>;q=0.5;expires=600;audio\r\n"
                   "Contact: <sip:alice@192.0.2.10:5060>;expires=0\r\n");
}

static void what_cannot_be_sent_is_refused_and_changes_nothing(void **state)
{
    static const struct sipreg_contact bad[] = {{"no uri", 60, 0, NULL}};
    static char long_uri[4000];
    struct sipreg_contact large = {long_uri, 60, 0, NULL};
    struct story *s = (struct story *)*state;

    memset(long_uri, 'a', sizeof long_uri - 1);
    memcpy(long_uri, "sip:", 4);
    story_register(s, "n1", 1000);
    assert_int_equal(sipreg_client_contacts(&s->client, s->tick, bad, 1), SIPREG_ARGUMENT);
    assert_int_equal(sipreg_client_contacts(&s->client, s->tick, NULL, 1), SIPREG_ARGUMENT);
    assert_int_equal(sipreg_client_contacts(&s->client, s->tick, &large, 1), SIPREG_SPACE);
    assert_int_equal(sipreg_client_contacts(&s->client, s->tick, phones, SIPREG_MAX_CONTACTS + 1),
                     SIPREG_LIMIT);
    story_run(s);
    assert_int_equal(story_requests(s), 2);
    s->config.contacts = phones;
    s->config.contact_count = SIPREG_MAX_CONTACTS + 1;
    assert_string_equal(sipreg_client_fault(&s->config), "contacts: more than SIPREG_MAX_CONTACTS");
    s->config.contacts = bad;
    s->config.contact_count = 1;
    assert_string_equal(sipreg_client_fault(&s->config), "contact: not a URI");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORY(all_contacts_go_with_their_own_times),
        STORY(the_earliest_time_of_all_is_refreshed_by),
        STORY(a_further_contact_that_is_not_listed_is_told),
        STORY(or_is_a_failure_where_all_must_be_listed),
        STORY(contacts_change_while_the_registration_lives),
        STORY(one_is_removed_with_an_expiry_of_zero),
        STORY(a_change_while_a_request_is_under_way_goes_out_behind_it),
        STORY(a_423_lengthens_all_that_are_not_removed),
        STORY(a_stop_removes_them_all),
        STORY(a_move_leaves_the_further_ones_alone),
        STORY(what_cannot_be_sent_is_refused_and_changes_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
