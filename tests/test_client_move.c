/*
 * test_client_move.c - another local address: what was under way, and the contact that is left
 * behind.
 */
#include "story.h"

static void moving_renews_the_binding_and_removes_the_old_contact(void **state)
{
    struct story *s = (struct story *)*state;

    story_register(s, "n1", 100);
    story_move(s, "198.51.100.9:5062");
    assert_memory_equal(story_field(s, LAST, "Via"), "SIP/2.0/UDP 198.51.100.9:5062;", 30);
    assert_int_equal(story_count(s, LAST, "Contact"), 2);
    assert_non_null(strstr(s->sends[s->sent - 1].text,
                           "Contact: <sip:alice@198.51.100.9:5062>;expires=3600\r\n"
                           "Contact: <sip:alice@192.0.2.10:5060>;expires=0\r\n"));
    story_grant(s, 100);
    assert_true(story_until_sent(s, 100 * 1000));
    assert_int_equal(story_count(s, LAST, "Contact"), 1);
}

static void moving_gives_up_what_is_under_way(void **state)
{
    struct story *s = (struct story *)*state;

    story_start(s);
    story_pass(s, 700);
    story_move(s, "198.51.100.9:5062");
    assert_int_equal(story_requests(s), 2);
    assert_int_equal(story_count(s, LAST, "Contact"), 2); /* it may have been heard */
    assert_int_equal(story_reply_to(s, 0, "200 OK", "Contact: <CONTACT>;expires=9\r\n"),
                     SIPREG_FOREIGN);
    story_move(s, NULL); /* woken up, at the same place */
    assert_int_equal(story_count(s, LAST, "Contact"), 2);
    story_grant(s, 100);
    assert_int_equal(s->told, 1);
}

static void a_request_given_up_by_moving_may_have_been_heard(void **state)
{
    struct story *s = (struct story *)*state;

    story_register(s, "n1", 100);
    sipreg_client_stop(&s->client, s->tick);
    story_run(s);
    story_reply(s, "200 OK", "");
    story_start(s); /* surely unbound, until this */
    story_move(s, NULL);
    sipreg_client_stop(&s->client, s->tick);
    s->outstanding = false;
    story_move(s, NULL);
    assert_string_equal(story_field(s, LAST, "Expires"), "0");
}

static void of_two_moves_the_contact_that_was_sent_is_removed(void **state)
{
    struct story *s = (struct story *)*state;

    story_register(s, "n1", 100);
    assert_int_equal(sipreg_client_move(&s->client, s->tick, "198.51.100.1:5060"), SIPREG_OK);
    story_move(s, "198.51.100.2:5060");
    assert_non_null(strstr(s->sends[s->sent - 1].text, "<sip:alice@192.0.2.10:5060>;expires=0"));
    story_grant(s, 100);
    assert_int_equal(sipreg_client_move(&s->client, s->tick, "198.51.100.3:5060"), SIPREG_OK);
    story_move(s, "198.51.100.2:5060"); /* and back */
    assert_int_equal(story_count(s, LAST, "Contact"), 1);
    assert_string_equal(story_field(s, LAST, "Expires"), "3600");
}

static void nothing_is_removed_by_moving_that_was_never_there(void **state)
{
    struct story *s = (struct story *)*state;

    story_init(s);
    story_move(s, "198.51.100.9:5062");
    assert_int_equal(s->sent, 0);
    story_start(s);
    assert_int_equal(story_count(s, LAST, "Contact"), 1);
    story_grant(s, 100);
    sipreg_client_stop(&s->client, s->tick);
    story_run(s);
    story_reply(s, "200 OK", "");
    story_move(s, "198.51.100.8:5062"); /* gone already */
    story_start(s);
    assert_int_equal(story_count(s, LAST, "Contact"), 1);
}

static void an_old_contact_is_removed_though_the_new_one_is_not_bound(void **state)
{
    struct story *s = (struct story *)*state;

    story_register(s, "n1", 100);
    story_move(s, "198.51.100.9:5062");
    story_reply(s, "200 OK", "Contact: <CONTACT>;expires=0\r\n");
    sipreg_client_stop(&s->client, s->tick);
    story_run(s);
    assert_int_equal(story_count(s, LAST, "Contact"), 2);
    assert_null(strstr(s->sends[s->sent - 1].text, "expires=3600"));
    story_reply(s, "200 OK", "");
    story_start(s);
    assert_int_equal(story_count(s, LAST, "Contact"), 1);
}

static void a_contact_of_the_programs_own_does_not_move(void **state)
{
    struct story *s = (struct story *)*state;

    s->config.contact = "sip:alice@phone.example.com";
    story_register(s, "n1", 100);
    story_move(s, "198.51.100.9:5062");
    assert_int_equal(story_count(s, LAST, "Contact"), 1);
    assert_string_equal(story_field(s, LAST, "Contact"),
                        "<sip:alice@phone.example.com>;expires=3600");
}

static void an_address_that_is_none_changes_nothing(void **state)
{
    static const char *const bad[] = {"",    "192.0.2.1:",   "192.0.2.1:99999", "2001:db8::1",
                                      "a b", "host\r\nX: y", "host;branch=x"};
    struct story *s = (struct story *)*state;
    char longer[SIPREG_LOCAL_SIZE + 1];
    struct sipreg_client before;

    story_register(s, "n1", 100);
    before = s->client;
    for (size_t i = 0; i < COUNT(bad); i++)
        assert_int_equal(sipreg_client_move(&s->client, s->tick, bad[i]), SIPREG_ARGUMENT);
    memset(longer, 'a', sizeof longer);
    for (size_t i = 10; i < sizeof longer; i += 10)
        longer[i] = '.';
    longer[SIPREG_LOCAL_SIZE] = '\0';
    assert_int_equal(sipreg_client_move(&s->client, s->tick, longer), SIPREG_LIMIT);
    assert_memory_equal(&before, &s->client, sizeof before);
}

static void whoever_moves_starts_with_the_shortest_back_off(void **state)
{
    struct story *s = (struct story *)*state;

    story_start(s);
    for (int i = 0; i < 5; i++) {
        story_reply(s, "503 Busy", "");
        assert_true(story_until_sent(s, 1800 * 1000));
    }
    story_move(s, NULL);
    story_reply(s, "503 Busy", "");
    assert_int_equal(story_event(s)->retry_in, 30000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORY(moving_renews_the_binding_and_removes_the_old_contact),
        STORY(moving_gives_up_what_is_under_way),
        STORY(a_request_given_up_by_moving_may_have_been_heard),
        STORY(of_two_moves_the_contact_that_was_sent_is_removed),
        STORY(nothing_is_removed_by_moving_that_was_never_there),
        STORY(an_old_contact_is_removed_though_the_new_one_is_not_bound),
        STORY(a_contact_of_the_programs_own_does_not_move),
        STORY(an_address_that_is_none_changes_nothing),
        STORY(whoever_moves_starts_with_the_shortest_back_off),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
