/*
 * test_client_large.c - requests that a datagram may be too small for, and flows of another
 * transport than was planned (RFC 3261 18.1.1).
 */
#include "story.h"

static char filler[1400];

/* Over UDP with flows to be opened, the first request of a client will have this size. */
static void make_requests_of(struct story *s, size_t size)
{
    static const struct sipreg_header header = {"X-Filler", filler};

    story_stream(s);
    s->config.transport = SIPREG_UDP;
    s->config.headers = &header;
    s->config.header_count = 1;
    memset(filler, 'x', sizeof filler - 1);
    filler[0] = '\0';
    story_start(s);
    filler[0] = 'x';
    filler[size - s->sends[0].n] = '\0';
}

static void start_with_size(struct story *s, size_t size)
{
    make_requests_of(s, size);
    story_anew(s);
}

static void assert_hop(struct story *s, const char *uri)
{
    char hop[64];

    assert_int_equal(sipreg_client_next_hop(&s->client, hop, sizeof hop), strlen(uri));
    assert_string_equal(hop, uri);
}

static void up_to_1300_octets_go_over_udp(void **state)
{
    struct story *s = (struct story *)*state;

    start_with_size(s, 1300);
    assert_int_equal(s->sends[0].n, 1300);
    assert_memory_equal(story_field(s, LAST, "Via"), "SIP/2.0/UDP", 11);
    assert_int_equal(s->opens, 1);
    assert_hop(s, "sip:example.com");
}

static void more_than_that_go_over_tcp(void **state)
{
    struct story *s = (struct story *)*state;

    start_with_size(s, 1301);
    assert_int_equal(s->sent, 1);
    assert_int_equal(s->sends[0].n, 1301);
    assert_memory_equal(story_field(s, LAST, "Via"), "SIP/2.0/TCP", 11);
    assert_string_equal(story_field(s, LAST, "CSeq"), "1 REGISTER");
    assert_int_equal(s->opens, 2);
    assert_int_equal(s->closes, 1);
    assert_hop(s, "sip:example.com;transport=tcp");
    story_pass(s, 10000);
    assert_int_equal(s->sent, 1); /* not repeated on a stream */
    story_grant(s, 100);
    assert_event(s, SIPREG_EVENT_REGISTERED, SIPREG_OK);
    assert_true(story_until_sent(s, 100 * 1000));
    assert_int_equal(s->opens, 2);
}

/* The network after it may have no way by TCP, and the request may have become smaller. */
static void after_a_move_udp_is_tried_first_again(void **state)
{
    struct story *s = (struct story *)*state;

    start_with_size(s, 1301);
    story_grant(s, 100);
    assert_int_equal(s->opens, 2);
    story_move(s, NULL);
    assert_int_equal(s->opens, 4);
    assert_int_equal(s->closes, 3);
    assert_memory_equal(story_field(s, LAST, "Via"), "SIP/2.0/TCP", 11);
    assert_int_equal(story_requests(s), 2);
}

static void credentials_that_make_it_too_large_are_used_once(void **state)
{
    struct story *s = (struct story *)*state;

    start_with_size(s, 1200);
    assert_memory_equal(story_field(s, LAST, "Via"), "SIP/2.0/UDP", 11);
    story_challenge(s, "n1", ", qop=\"auth\"");
    assert_memory_equal(story_field(s, LAST, "Via"), "SIP/2.0/TCP", 11);
    assert_string_equal(story_field(s, LAST, "CSeq"), "2 REGISTER");
    assert_string_equal(story_param(s, LAST, "Authorization", "nc"), "00000001");
    story_check_digest(s, "Authorization", "alice", SECRET);
    story_grant(s, 100);
    assert_event(s, SIPREG_EVENT_REGISTERED, SIPREG_OK);
}

static void no_realm_counts_a_request_that_was_not_sent(void **state)
{
    struct story *s = (struct story *)*state;

    start_with_size(s, 1000);
    story_reply(s, "407 Proxy",
                "Proxy-Authenticate: Digest realm=\"p\", nonce=\"p1\", qop=\"auth\"\r\n");
    assert_memory_equal(story_field(s, LAST, "Via"), "SIP/2.0/UDP", 11);
    story_challenge(s, "n1", "");
    assert_memory_equal(story_field(s, LAST, "Via"), "SIP/2.0/TCP", 11);
    assert_string_equal(story_param(s, LAST, "Proxy-Authorization", "nc"), "00000002");
    assert_string_equal(story_param(s, LAST, "Authorization", "nc"), "00000001");
}

static void where_no_stream_can_be_had_udp_has_to_do(void **state)
{
    struct story *s = (struct story *)*state;

    make_requests_of(s, 1301);
    s->calls[CALL_OPEN] = 0;
    s->fail_at[CALL_OPEN] = 2;
    story_anew(s);
    assert_int_equal(s->opens, 3);
    assert_int_equal(s->sends[0].n, 1301);
    assert_memory_equal(story_field(s, LAST, "Via"), "SIP/2.0/UDP", 11);
    assert_int_equal(s->told, 0);
    assert_hop(s, "sip:example.com");
    story_grant(s, 100);
    assert_true(story_until_sent(s, 100 * 1000)); /* once is enough */
    assert_memory_equal(story_field(s, LAST, "Via"), "SIP/2.0/UDP", 11);
}

static void the_limit_can_be_set(void **state)
{
    struct story *s = (struct story *)*state;

    s->config.datagram_max = 1000;
    start_with_size(s, 1001);
    assert_memory_equal(story_field(s, LAST, "Via"), "SIP/2.0/TCP", 11);
    s->config.datagram_max = 1; /* as low as may be */
    story_anew(s);
    assert_memory_equal(story_field(s, LAST, "Via"), "SIP/2.0/TCP", 11);
}

static void who_opens_no_flows_has_no_stream_to_offer(void **state)
{
    static const struct sipreg_header header = {"X-Filler", filler};
    struct story *s = (struct story *)*state;

    memset(filler, 'x', sizeof filler - 1);
    s->config.headers = &header;
    s->config.header_count = 1;
    story_start(s);
    assert_true(s->sends[0].n > 1301);
    assert_memory_equal(story_field(s, LAST, "Via"), "SIP/2.0/UDP", 11);
}

static void a_stop_while_the_stream_opens_is_heeded(void **state)
{
    struct story *s = (struct story *)*state;

    make_requests_of(s, 1301);
    s->opening = OPENS_LATER;
    story_anew(s);
    story_flow(s, SIPREG_FLOW_UP); /* the first flow, by UDP */
    assert_int_equal(s->sent, 0);
    sipreg_client_stop(&s->client, s->tick);
    story_run(s);
    story_flow(s, SIPREG_FLOW_UP);
    assert_int_equal(s->sent, 1);
    assert_string_equal(story_field(s, LAST, "Expires"), "0");
}

static void a_next_hop_that_names_its_transport_keeps_it(void **state)
{
    struct story *s = (struct story *)*state;
    char hop[40];

    s->config.registrar = "sip:example.com;transport=udp";
    start_with_size(s, 1301);
    assert_hop(s, "sip:example.com;transport=udp");
    assert_int_equal(sipreg_client_next_hop(&s->client, hop, 29), SIPREG_SPACE);
    assert_int_equal(sipreg_client_next_hop(&s->client, hop, 30), 29);
}

static void a_client_that_failed_to_init_goes_nowhere(void **state)
{
    struct story *s = (struct story *)*state;
    char hop[40];

    assert_int_equal(sipreg_client_next_hop(&s->client, hop, sizeof hop), SIPREG_STATE);
    assert_int_equal(sipreg_client_contacts(&s->client, 0, NULL, 0), SIPREG_STATE);
    assert_int_equal(sipreg_client_transport(&s->client, SIPREG_TCP), SIPREG_STATE);
}

static void the_room_for_a_next_hop_is_looked_at(void **state)
{
    struct story *s = (struct story *)*state;
    char hop[40];

    start_with_size(s, 1301);
    assert_int_equal(sipreg_client_next_hop(&s->client, hop, 29), SIPREG_SPACE);
    assert_int_equal(sipreg_client_next_hop(&s->client, hop, 30), 29);
    assert_int_equal(sipreg_client_next_hop(&s->client, hop, 3), SIPREG_SPACE);
}

static void a_flow_may_be_of_another_transport_than_was_planned(void **state)
{
    struct story *s = (struct story *)*state;

    story_stream(s);
    s->config.transport = SIPREG_UDP;
    s->opening = OPENS_LATER;
    story_init(s);
    assert_int_equal(sipreg_client_transport(&s->client, SIPREG_TLS), SIPREG_STATE);
    story_start(s);
    assert_int_equal(sipreg_client_transport(&s->client, (enum sipreg_transport)9),
                     SIPREG_ARGUMENT);
    assert_int_equal(sipreg_client_transport(&s->client, SIPREG_TLS), SIPREG_OK);
    story_flow(s, SIPREG_FLOW_UP);
    assert_memory_equal(story_field(s, LAST, "Via"), "SIP/2.0/TLS", 11);
    assert_memory_equal(story_field(s, LAST, "Contact"),
                        "<sip:alice@192.0.2.10:5060;transport=tcp>", 41);
    story_pass(s, 5000);
    assert_int_equal(s->sent, 1);
    assert_int_equal(sipreg_client_transport(&s->client, SIPREG_UDP), SIPREG_STATE);
}

/* The request of before may have had one contact more. */
static void each_flow_may_name_its_transport_also_after_a_move(void **state)
{
    struct story *s = (struct story *)*state;

    story_stream(s);
    s->opening = OPENS_LATER;
    for (int i = 0; i < 3; i++) {
        if (i == 0)
            story_start(s);
        else
            story_move(s, NULL);
        assert_int_equal(sipreg_client_transport(&s->client, SIPREG_TCP), SIPREG_OK);
        assert_int_equal(sipreg_client_move(&s->client, s->tick,
                                            i == 0 ? "192.0.2.10:40000" : "192.0.2.11:40000"),
                         SIPREG_OK);
        story_flow(s, SIPREG_FLOW_UP);
        assert_int_equal(story_count(s, LAST, "Contact"), i == 1 ? 2 : 1);
        story_grant(s, 600);
    }
}

static void sips_is_not_sent_over_anything_but_tls(void **state)
{
    struct story *s = (struct story *)*state;

    story_stream(s);
    s->config.aor = "sips:alice@example.com";
    s->config.transport = SIPREG_TLS;
    s->opening = OPENS_LATER;
    story_start(s);
    assert_int_equal(sipreg_client_transport(&s->client, SIPREG_TCP), SIPREG_ARGUMENT);
    story_flow(s, SIPREG_FLOW_UP);
    assert_memory_equal(story_field(s, LAST, "Via"), "SIP/2.0/TLS", 11);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORY(up_to_1300_octets_go_over_udp),
        STORY(more_than_that_go_over_tcp),
        STORY(after_a_move_udp_is_tried_first_again),
        STORY(credentials_that_make_it_too_large_are_used_once),
        STORY(no_realm_counts_a_request_that_was_not_sent),
        STORY(where_no_stream_can_be_had_udp_has_to_do),
        STORY(the_limit_can_be_set),
        STORY(who_opens_no_flows_has_no_stream_to_offer),
        STORY(a_stop_while_the_stream_opens_is_heeded),
        STORY(a_next_hop_that_names_its_transport_keeps_it),
        STORY(a_client_that_failed_to_init_goes_nowhere),
        STORY(the_room_for_a_next_hop_is_looked_at),
        STORY(a_flow_may_be_of_another_transport_than_was_planned),
        STORY(each_flow_may_name_its_transport_also_after_a_move),
        STORY(sips_is_not_sent_over_anything_but_tls),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
