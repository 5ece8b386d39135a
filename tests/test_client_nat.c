/*
 * test_client_nat.c - a contact that is where the registrar sees us (RFC 3581).
 */
#include "story.h"

static void behind_nat(struct story *s)
{
    s->config.rewrite_contact = true;
    s->config.local = "192.168.1.10:5060";
    story_start(s);
}

static void where_we_are_seen_is_told(void **state)
{
    struct story *s = (struct story *)*state;

    story_start(s);
    assert_non_null(strstr(story_field(s, LAST, "Via"), ";rport"));
    assert_null(strstr(story_field(s, LAST, "Via"), ";rport="));
    story_grant_seen(s, ";rport=1024;received=203.0.113.7", 100);
    assert_event(s, SIPREG_EVENT_REGISTERED, SIPREG_OK);
    story_pass(s, 10000);
    assert_int_equal(story_requests(s), 1); /* and nothing follows from it by itself */
}

static void the_contact_moves_to_where_the_registrar_sees_us(void **state)
{
    struct story *s = (struct story *)*state;

    behind_nat(s);
    story_grant_seen(s, ";rport=1024;received=203.0.113.7", 100);
    assert_int_equal(story_requests(s), 2);
    assert_non_null(strstr(s->sends[s->sent - 1].text,
                           "Contact: <sip:alice@203.0.113.7:1024>;expires=3600\r\n"
                           "Contact: <sip:alice@192.168.1.10:5060>;expires=0\r\n"));
    assert_memory_equal(story_field(s, LAST, "Via"), "SIP/2.0/UDP 192.168.1.10:5060;", 30);
    story_grant_seen(s, ";rport=1024;received=203.0.113.7", 100);
    assert_event(s, SIPREG_EVENT_REGISTERED, SIPREG_OK);
    assert_true(story_until_sent(s, 100 * 1000));
    assert_int_equal(story_count(s, LAST, "Contact"), 1);
    story_grant_seen(s, ";rport=1024;received=203.0.113.7", 100);
    story_pass(s, 10000);
    assert_int_equal(story_requests(s), 3);
}

static void a_nat_of_ever_new_addresses_is_followed_once(void **state)
{
    struct story *s = (struct story *)*state;

    behind_nat(s);
    for (char port[] = ";rport=1024;received=203.0.113.7"; port[10] < '9'; port[10]++) {
        story_grant_seen(s, port, 100);
        if (story_requests(s) > 2)
            break;
    }
    story_pass(s, 40000);
    assert_int_equal(story_requests(s), 2);
}

static void moving_lets_it_be_learnt_anew(void **state)
{
    struct story *s = (struct story *)*state;

    behind_nat(s);
    story_grant_seen(s, ";rport=1024;received=203.0.113.7", 100);
    story_grant_seen(s, ";rport=1024;received=203.0.113.7", 100);
    story_move(s, "10.0.0.5:5060");
    assert_non_null(strstr(s->sends[s->sent - 1].text, "<sip:alice@10.0.0.5:5060>;expires=3600"));
    assert_non_null(strstr(s->sends[s->sent - 1].text, "<sip:alice@203.0.113.7:1024>;expires=0"));
    story_grant_seen(s, ";rport=7;received=203.0.113.9", 100);
    assert_non_null(strstr(s->sends[s->sent - 1].text, "<sip:alice@203.0.113.9:7>;expires=3600"));
}

static void each_new_flow_may_be_seen_elsewhere(void **state)
{
    struct story *s = (struct story *)*state;

    story_stream(s);
    behind_nat(s);
    story_grant_seen(s, ";rport=1024;received=203.0.113.7", 100);
    story_grant_seen(s, ";rport=1024;received=203.0.113.7", 100);
    assert_int_equal(story_requests(s), 2);
    story_pass(s, 40000);
    story_flow(s, SIPREG_FLOW_DOWN);
    story_pass(s, 1000);
    story_grant_seen(s, ";rport=1025;received=203.0.113.7", 100);
    assert_non_null(strstr(s->sends[s->sent - 1].text,
                           "<sip:alice@203.0.113.7:1025;transport=tcp>;expires=3600\r\n"
                           "Contact: <sip:alice@203.0.113.7:1024;transport=tcp>;expires=0\r\n"));
}

static void what_is_no_news_or_no_good_changes_nothing(void **state)
{
    static const char *const seen[] = {
        "",
        ";rport",
        ";rport=",
        ";rport=5060",
        ";received=192.168.1.10",
        ";rport=5060;received=192.168.1.10",
        ";rport=99999;received=203.0.113.7",
        ";rport=1x;received=203.0.113.7",
        ";rport=5060;received=not@a.host",
        ";rport=5060;received=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    };
    struct story *s = (struct story *)*state;

    behind_nat(s);
    for (size_t i = 0; i < COUNT(seen); i++) {
        story_grant_seen(s, seen[i], 100);
        assert_event(s, SIPREG_EVENT_REGISTERED, SIPREG_OK);
        assert_int_equal(story_requests(s), i + 1);
        assert_true(story_until_sent(s, 100 * 1000));
    }
}

/* In place of a public one; in place of a private one it may be an outer NAT's. */
static void a_private_address_is_not_taken(void **state)
{
    static const char *const hidden[] = {
        ";received=10.255.0.1", ";received=127.0.0.1",      ";received=169.254.9.9",
        ";received=172.16.0.1", ";received=172.31.255.255", ";received=192.168.0.1",
        ";received=100.64.0.1", ";received=100.127.255.1",
    };
    struct story *s = (struct story *)*state;

    s->config.rewrite_contact = true;
    story_start(s); /* at 192.0.2.10 */
    for (size_t i = 0; i < COUNT(hidden); i++) {
        story_grant_seen(s, hidden[i], 100);
        assert_int_equal(story_requests(s), i + 1);
        assert_true(story_until_sent(s, 100 * 1000));
    }
    story_move(s, "192.168.1.10:5060");
    story_grant_seen(s, ";received=10.255.0.1", 100);
    assert_non_null(strstr(s->sends[s->sent - 1].text, "<sip:alice@10.255.0.1:5060>;expires=3600"));
}

static void what_looks_private_but_is_not_is_taken(void **state)
{
    static const char *const open[] = {
        "172.15.0.1", "172.32.0.1",  "100.63.0.1",       "100.128.0.1", "11.0.0.1",
        "10.0.0",     "192.169.0.1", "10.0.0.1.example", "10.0.0.256",  "h"};
    struct story *s = (struct story *)*state;
    char seen[40], contact[60];

    s->config.rewrite_contact = true;
    story_start(s);
    for (size_t i = 0; i < COUNT(open); i++) {
        strcpy(seen, ";received=");
        strcat(seen, open[i]);
        strcpy(contact, "<sip:alice@");
        strcat(contact, open[i]);
        story_grant_seen(s, seen, 100);
        assert_non_null(strstr(s->sends[s->sent - 1].text, contact));
        story_move(s, "192.0.2.10:5060");
    }
}

static void a_host_may_fill_its_store_and_no_more(void **state)
{
    enum { LONGEST = SIPREG_LOCAL_SIZE - 1 - 5 }; /* with ":1024" and a NUL */
    struct story *s = (struct story *)*state;
    char host[LONGEST + 2], seen[sizeof host + 30];

    s->config.rewrite_contact = true;
    for (size_t n = LONGEST; n <= LONGEST + 1; n++) {
        story_anew(s);
        memset(host, 'a', n);
        host[n] = '\0';
        strcpy(seen, ";rport=1024;received=");
        strcat(seen, host);
        story_grant_seen(s, seen, 100);
        assert_int_equal(story_requests(s), n == LONGEST ? 2 : 1);
    }
}

static void an_ipv6_address_gets_its_brackets(void **state)
{
    static const char *const seen[] = {";received=2001:db8::9;rport=7",
                                       ";received=[2001:db8::9];rport=7"};
    struct story *s = (struct story *)*state;

    s->config.rewrite_contact = true;
    s->config.local = "[fd00::1]:5060";
    story_start(s);
    for (size_t i = 0; i < COUNT(seen); i++) {
        story_grant_seen(s, seen[i], 100);
        assert_non_null(
            strstr(s->sends[s->sent - 1].text, "<sip:alice@[2001:db8::9]:7>;expires=3600"));
        story_move(s, NULL);
        story_move(s, "[fd00::1]:5060");
    }
}

static void a_contact_of_the_caller_s_is_left_alone(void **state)
{
    struct story *s = (struct story *)*state;

    s->config.contact = "sip:alice@phone.example.com";
    behind_nat(s);
    story_grant_seen(s, ";rport=1024;received=203.0.113.7", 100);
    story_pass(s, 10000);
    assert_int_equal(story_requests(s), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORY(where_we_are_seen_is_told),
        STORY(the_contact_moves_to_where_the_registrar_sees_us),
        STORY(a_nat_of_ever_new_addresses_is_followed_once),
        STORY(moving_lets_it_be_learnt_anew),
        STORY(each_new_flow_may_be_seen_elsewhere),
        STORY(what_is_no_news_or_no_good_changes_nothing),
        STORY(a_private_address_is_not_taken),
        STORY(what_looks_private_but_is_not_is_taken),
        STORY(a_host_may_fill_its_store_and_no_more),
        STORY(an_ipv6_address_gets_its_brackets),
        STORY(a_contact_of_the_caller_s_is_left_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
