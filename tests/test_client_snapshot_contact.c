/*
 * test_client_snapshot_contact.c - the power goes and comes back, and our contact is another one:
 * the old binding is not left beside the new one.
 */
#include "story.h"

#include "sent.h"

#include <stdlib.h>

static const char *last_sent(struct story *s)
{
    return s->sends[s->sent - 1].text;
}

static void at_another_address_the_old_contact_is_removed_with_the_new_one(void **state)
{
    struct story *s = (struct story *)*state;

    story_register(s, "n1", 600);
    s->config.local = "198.51.100.9:5062";
    story_reboot(s, 60, 60);
    story_start(s);
    assert_non_null(strstr(last_sent(s), "Contact: <sip:alice@198.51.100.9:5062>;expires=3600\r\n"
                                         "Contact: <sip:alice@192.0.2.10:5060>;expires=0\r\n"));
    story_reboot(s, 1, 1); /* nobody has answered */
    story_start(s);
    assert_int_equal(story_count(s, LAST, "Contact"), 2);
    story_grant(s, 600);
    assert_true(story_until_sent(s, 600 * 1000));
    assert_int_equal(story_count(s, LAST, "Contact"), 1);
}

static void back_at_an_address_that_was_to_be_removed_it_is_ours_again(void **state)
{
    struct story *s = (struct story *)*state;

    story_register(s, "n1", 600);
    story_move(s, "198.51.100.9:5062");
    story_reboot(s, 60, 60); /* at the config's address */
    story_start(s);
    assert_non_null(strstr(last_sent(s), "Contact: <sip:alice@192.0.2.10:5060>;expires=3600\r\n"
                                         "Contact: <sip:alice@198.51.100.9:5062>;expires=0\r\n"));
    story_move(s, "198.51.100.11:5062");
    assert_non_null(strstr(last_sent(s), "<sip:alice@192.0.2.10:5060>;expires=0"));
}

static void a_move_that_nobody_was_told_of_still_removes_the_old_contact(void **state)
{
    struct story *s = (struct story *)*state;

    story_register(s, "n1", 600);
    s->config.local = "198.51.100.9:5062";
    assert_int_equal(sipreg_client_move(&s->client, s->tick, s->config.local), SIPREG_OK);
    story_reboot(s, 60, 60);
    story_start(s);
    assert_non_null(strstr(last_sent(s), "Contact: <sip:alice@198.51.100.9:5062>;expires=3600\r\n"
                                         "Contact: <sip:alice@192.0.2.10:5060>;expires=0\r\n"));
}

static void a_move_after_a_reboot_leaves_nothing_behind(void **state)
{
    struct story *s = (struct story *)*state;

    story_register(s, "n1", 600);
    story_reboot(s, 60, 60);
    story_move(s, "198.51.100.9:5062");
    assert_int_equal(story_requests(s), 2); /* nothing is wished for */
    story_start(s);
    assert_non_null(strstr(last_sent(s), "Contact: <sip:alice@198.51.100.9:5062>;expires=3600\r\n"
                                         "Contact: <sip:alice@192.0.2.10:5060>;expires=0\r\n"));
}

static void another_contact_in_the_config_takes_the_place_of_the_old_one(void **state)
{
    struct story *s = (struct story *)*state;

    s->config.contact = "sip:alice@old.example.com";
    story_register(s, "n1", 600);
    story_reboot(s, 60, 60);
    story_start(s);
    assert_int_equal(story_count(s, LAST, "Contact"), 1);
    story_grant(s, 600);
    s->config.contact = "sip:alice@new.example.com";
    story_reboot(s, 60, 60);
    story_start(s);
    assert_non_null(strstr(last_sent(s), "Contact: <sip:alice@new.example.com>;expires=3600\r\n"
                                         "Contact: <sip:alice@old.example.com>;expires=0\r\n"));
}

/* One that fits no store is good, too; only that it cannot be removed once it is another. */
static void a_contact_of_the_configs_may_be_long(void **state)
{
    struct story *s = (struct story *)*state;
    char contact[SIPREG_CONTACT_SIZE + 1] = "sip:alice@";

    memset(contact + strlen(contact), 'a', sizeof contact - 1 - strlen(contact));
    s->config.contact = contact;
    story_register(s, "n1", 600);
    story_reboot(s, 60, 60);
    story_start(s);
    assert_string_equal(story_field(s, LAST, "CSeq"), "3 REGISTER");
    assert_int_equal(story_count(s, LAST, "Contact"), 1);
    contact[SIPREG_CONTACT_SIZE - 1] = '\0'; /* the longest that fits */
    story_grant(s, 600);
    story_reboot(s, 60, 60);
    story_start(s);
    story_grant(s, 600);
    s->config.contact = NULL;
    story_reboot(s, 60, 60);
    story_start(s);
    assert_non_null(strstr(last_sent(s), contact));
}

/* ---------------------------------------------------------------- behind a NAT */

/* The URI of the first Contact of the last request. */
static const char *sent_uri(struct story *s)
{
    const char *contact = story_field(s, LAST, "Contact");

    return sent_copy(contact + 1, strcspn(contact, ">") - 1);
}

/* Bound by the address that the NAT gave it. */
static void register_behind_nat(struct story *s)
{
    s->config.rewrite_contact = true;
    s->config.local = "192.168.1.10:5060";
    story_start(s);
    story_grant_seen(s, ";rport=40000;received=203.0.113.7", 600);
    assert_string_equal(sent_uri(s), "sip:alice@203.0.113.7:40000");
    story_grant_seen(s, ";rport=40000;received=203.0.113.7", 600);
}

static void a_learnt_address_is_kept_and_learnt_anew(void **state)
{
    struct story *s = (struct story *)*state;

    register_behind_nat(s);
    story_reboot(s, 60, 60);
    story_start(s);
    assert_string_equal(sent_uri(s), "sip:alice@203.0.113.7:40000");
    assert_int_equal(story_count(s, LAST, "Contact"), 1);
    story_grant_seen(s, ";rport=40001;received=203.0.113.7", 600); /* the NAT has forgotten us */
    assert_string_equal(sent_uri(s), "sip:alice@203.0.113.7:40001");
    assert_non_null(strstr(last_sent(s), "<sip:alice@203.0.113.7:40000>;expires=0"));
}

static void a_learnt_address_is_left_behind_where_it_was_learnt(void **state)
{
    struct story *s = (struct story *)*state;

    register_behind_nat(s);
    s->config.local = "192.168.1.11:5060";
    story_reboot(s, 60, 60);
    story_start(s);
    assert_string_equal(sent_uri(s), "sip:alice@192.168.1.11:5060");
    assert_non_null(strstr(last_sent(s), "<sip:alice@203.0.113.7:40000>;expires=0"));
}

static void a_learnt_address_is_left_behind_by_who_wants_none(void **state)
{
    struct story *s = (struct story *)*state;

    register_behind_nat(s);
    s->config.rewrite_contact = false;
    story_reboot(s, 60, 60);
    story_start(s);
    assert_string_equal(sent_uri(s), "sip:alice@192.168.1.10:5060");
    assert_non_null(strstr(last_sent(s), "<sip:alice@203.0.113.7:40000>;expires=0"));
}

static void a_learnt_address_of_another_transport_is_left_behind(void **state)
{
    struct story *s = (struct story *)*state;

    register_behind_nat(s);
    story_stream(s);
    story_reboot(s, 60, 60);
    story_start(s);
    assert_string_equal(sent_uri(s), "sip:alice@192.168.1.10:5060;transport=tcp");
    assert_non_null(strstr(last_sent(s), "<sip:alice@203.0.113.7:40000>;expires=0"));
}

static void a_learnt_address_may_be_without_a_port(void **state)
{
    struct story *s = (struct story *)*state;

    s->config.rewrite_contact = true;
    s->config.local = "192.168.1.10";
    story_start(s);
    story_grant_seen(s, ";rport=;received=203.0.113.7", 600);
    story_grant_seen(s, ";rport=;received=203.0.113.7", 600);
    story_reboot(s, 60, 60);
    story_start(s);
    assert_string_equal(sent_uri(s), "sip:alice@203.0.113.7");
    assert_int_equal(story_count(s, LAST, "Contact"), 1);
}

static void a_contact_of_another_scheme_was_never_learnt(void **state)
{
    struct story *s = (struct story *)*state;

    s->config.contact = "tel:+1-201-555-0123";
    story_register(s, "n1", 600);
    s->config.contact = NULL;
    s->config.rewrite_contact = true;
    story_reboot(s, 60, 60);
    story_start(s);
    assert_string_equal(sent_uri(s), "sip:alice@192.0.2.10:5060");
    assert_non_null(strstr(last_sent(s), "<tel:+1-201-555-0123>;expires=0"));
}

static void an_address_that_was_learnt_but_not_sent_leaves_no_twin(void **state)
{
    struct story *s = (struct story *)*state;
    struct sipreg_response response;
    char *text;

    s->config.rewrite_contact = true;
    s->config.local = "192.168.1.10:5060";
    story_start(s);
    text = story_text(s, LAST, "200 OK", "Contact: <CONTACT>;expires=600\r\n");
    assert_true(sipreg_response_parse(&response, text, strlen(text)) > 0);
    assert_int_equal(sipreg_client_response(&s->client, s->tick, &response), SIPREG_OK);
    story_reboot(s, 1, 1);
    free(text);
    story_start(s);
    assert_int_equal(story_count(s, LAST, "Contact"), 1);
    story_grant_seen(s, ";rport=40000;received=203.0.113.7",
                     600); /* so it is bound there, and here */
    assert_string_equal(sent_uri(s), "sip:alice@203.0.113.7:40000");
    assert_non_null(strstr(last_sent(s), "<sip:alice@192.168.1.10:5060>;expires=0"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORY(at_another_address_the_old_contact_is_removed_with_the_new_one),
        STORY(back_at_an_address_that_was_to_be_removed_it_is_ours_again),
        STORY(a_move_that_nobody_was_told_of_still_removes_the_old_contact),
        STORY(a_move_after_a_reboot_leaves_nothing_behind),
        STORY(another_contact_in_the_config_takes_the_place_of_the_old_one),
        STORY(a_contact_of_the_configs_may_be_long),
        STORY(a_learnt_address_is_kept_and_learnt_anew),
        STORY(a_learnt_address_is_left_behind_where_it_was_learnt),
        STORY(a_learnt_address_is_left_behind_by_who_wants_none),
        STORY(a_learnt_address_of_another_transport_is_left_behind),
        STORY(a_learnt_address_may_be_without_a_port),
        STORY(a_contact_of_another_scheme_was_never_learnt),
        STORY(an_address_that_was_learnt_but_not_sent_leaves_no_twin),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
