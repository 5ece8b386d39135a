/*
 * test_client_building.c - what every request has in it, over a whole life of a client (RFC 3261
 * 8.1.1, 10.2).
 */
#include "story.h"

#include "sent.h"

#include <stdio.h>

enum { REFRESHES = 50, HALF_AN_HOUR = 1800 };

/* Two challenges, too brief a time, refreshes, silence, a question, another address, the end: a
   request of every kind, each of them answered but one. */
static void live(struct story *s)
{
    s->config.expires = 60;
    story_start(s);
    story_reply(s, "407 Proxy Authentication Required",
                "Proxy-Authenticate: Digest realm=\"edge\", nonce=\"n0\", qop=\"auth\"\r\n");
    story_challenge(s, "n1", "");
    story_reply(s, "423 Interval Too Brief", "Min-Expires: 1800\r\n");
    for (int i = 0; i < REFRESHES; i++) {
        story_grant(s, HALF_AN_HOUR);
        assert_true(story_until_sent(s, HALF_AN_HOUR * 1000));
    }
    story_pass(s, 32000); /* sent again, and given up */
    assert_event(s, SIPREG_EVENT_RETRYING, SIPREG_TIMEOUT);
    assert_true(story_until_sent(s, HALF_AN_HOUR * 1000));
    story_grant(s, HALF_AN_HOUR);
    sipreg_client_query(&s->client, s->tick);
    story_run(s);
    story_reply(s, "200 OK", "Contact: <sip:alice@192.0.2.10:5060>;expires=1800\r\n");
    story_move(s, "198.51.100.9:5062");
    story_grant(s, HALF_AN_HOUR);
    sipreg_client_stop(&s->client, s->tick);
    story_run(s);
    story_reply(s, "200 OK", "");
    assert_event(s, SIPREG_EVENT_UNREGISTERED, SIPREG_OK);
    sipreg_client_clear(&s->client, s->tick);
    story_run(s);
    story_reply(s, "200 OK", "");
    assert_int_equal(story_requests(s), 3 + REFRESHES + 6);
    assert_true(s->sent >= story_requests(s) + 8);
}

/* ---------------------------------------------------------------- over a whole life */

static void every_request_has_each_mandatory_header_once(void **state)
{
    static const char *const once[] = {"To",           "From", "CSeq",          "Call-ID",
                                       "Max-Forwards", "Via",  "Content-Length"};
    struct story *s = (struct story *)*state;

    live(s);
    for (size_t i = 0; i < s->sent; i++) {
        for (size_t k = 0; k < COUNT(once); k++)
            assert_int_equal(story_count(s, i, once[k]), 1);
        assert_memory_equal(s->sends[i].text, "REGISTER sip:example.com SIP/2.0\r\n", 34);
        assert_string_equal(story_field(s, i, "Max-Forwards"), "70");
        assert_null(strchr(story_field(s, i, "Via"), ','));
    }
}

/* Whatever tags the answers had, and wherever the phone has moved to. */
static void from_and_to_are_the_same_address_for_ever_and_to_has_no_tag(void **state)
{
    static const char alice[] = "\"Alice \\\"A\\\"\" <sip:alice@example.com>";
    struct story *s = (struct story *)*state;

    s->config.display = "Alice \"A\"";
    live(s);
    for (size_t i = 0; i < s->sent; i++) {
        assert_string_equal(story_field(s, i, "To"), alice);
        assert_memory_equal(story_field(s, i, "From"), alice, sizeof alice - 1);
        assert_memory_equal(story_field(s, i, "From") + sizeof alice - 1, ";tag=", 5);
        assert_int_equal(strlen(story_param(s, i, "From", "tag")), 11);
        assert_string_equal(story_field(s, i, "From"), story_field(s, 0, "From"));
    }
}

static void one_call_id_serves_a_whole_life_and_cseq_counts_its_requests(void **state)
{
    struct story *s = (struct story *)*state;
    unsigned long cseq = 0;
    char expected[30];

    live(s);
    for (size_t i = 0; i < s->sent; i++) {
        cseq += s->sends[i].first ? 1 : 0;
        snprintf(expected, sizeof expected, "%lu REGISTER", cseq);
        assert_string_equal(story_field(s, i, "CSeq"), expected);
        assert_string_equal(story_field(s, i, "Call-ID"), story_field(s, 0, "Call-ID"));
    }
    assert_int_equal(cseq, story_requests(s));
}

/* Two messages have the same branch if, and only if, they are the same octet for octet. */
static void every_request_has_a_branch_of_its_own_and_its_repetitions_keep_it(void **state)
{
    struct story *s = (struct story *)*state;
    size_t repetitions = 0;

    live(s);
    for (size_t i = 0; i < s->sent; i++) {
        const char *branch = story_param(s, i, "Via", "branch");
        assert_memory_equal(branch, "z9hG4bK", 7);
        assert_true(strlen(branch) >= 7 + 13); /* 64 bits, at five bits a character */
        for (size_t k = 0; k < i; k++) {
            bool same = strcmp(s->sends[k].text, s->sends[i].text) == 0;
            assert_int_equal(
                strcmp(story_param(s, k, "Via", "branch"), story_param(s, i, "Via", "branch")) == 0,
                same);
            repetitions += same ? 1 : 0;
        }
    }
    assert_true(repetitions > 0);
}

/* RFC 2543's action of a Contact is gone (10.2), and no tag is claimed that nobody has asked for.
 */
static void nothing_is_sent_that_nobody_has_asked_for(void **state)
{
    static const char *const never[] = {"Supported",  "Require",     "Proxy-Require", "Allow",
                                        "User-Agent", "Route",       "Record-Route",  "Date",
                                        "Path",       "Content-Type"};
    struct story *s = (struct story *)*state;

    s->config.q = 500;
    live(s);
    for (size_t i = 0; i < s->sent; i++) {
        for (size_t k = 0; k < COUNT(never); k++)
            assert_null(story_field(s, i, never[k]));
        for (unsigned k = 0; k < story_count(s, i, "Contact"); k++)
            assert_null(sent_param(sent_line(s->sends[i].text, "Contact", k), "action"));
    }
}

static void what_the_program_supports_and_requires_is_in_every_request(void **state)
{
    static const struct sipreg_header require = {"Require", "path"};
    struct story *s = (struct story *)*state;

    s->config.supported = "path";
    s->config.headers = &require;
    s->config.header_count = 1;
    live(s);
    for (size_t i = 0; i < s->sent; i++) {
        assert_int_equal(story_count(s, i, "Supported"), 1);
        assert_string_equal(story_field(s, i, "Supported"), "path");
        assert_string_equal(story_field(s, i, "Require"), "path");
    }
}

/* ---------------------------------------------------------------- routes */

/* An outbound proxy is a route set of one (8.1.2); it leaves the Request-URI alone. */
static void the_route_set_is_sent_whole_and_in_order_to_the_same_registrar(void **state)
{
    static const char *const routes[] = {"sip:p.example.com;lr;x=1", "sip:q.example.com:5070;lr"};
    struct story *s = (struct story *)*state;

    s->config.routes = routes;
    for (unsigned n = 1; n <= COUNT(routes); n++) {
        s->config.route_count = n;
        story_forget(s);
        s->ready = false;
        live(s);
        for (size_t i = 0; i < s->sent; i++) {
            assert_memory_equal(s->sends[i].text, "REGISTER sip:example.com SIP/2.0\r\n", 34);
            assert_int_equal(story_count(s, i, "Route"), n);
            assert_string_equal(story_field(s, i, "Route"), "<sip:p.example.com;lr;x=1>");
            if (n > 1)
                assert_string_equal(sent_line(s->sends[i].text, "Route", 1),
                                    "<sip:q.example.com:5070;lr>");
        }
    }
}

/* ---------------------------------------------------------------- transports */

static void the_via_names_the_transport_and_the_address_of_the_program(void **state)
{
    static const char *const vias[] = {"SIP/2.0/UDP phone.example.com;branch=z9hG4bK",
                                       "SIP/2.0/TCP phone.example.com;branch=z9hG4bK",
                                       "SIP/2.0/TLS phone.example.com;branch=z9hG4bK"};
    static const enum sipreg_transport transports[] = {SIPREG_UDP, SIPREG_TCP, SIPREG_TLS};
    struct story *s = (struct story *)*state;

    s->config.local = "phone.example.com";
    for (size_t i = 0; i < COUNT(vias); i++) {
        s->config.transport = transports[i];
        story_anew(s);
        assert_memory_equal(story_field(s, 0, "Via"), vias[i], strlen(vias[i]));
    }
}

/* ---------------------------------------------------------------- identifiers */

struct dice {
    unsigned char octets[128];
    size_t used;
};

static int throw_dice(void *user, void *out, size_t n)
{
    struct dice *dice = (struct dice *)user;

    assert_true(n <= sizeof dice->octets - dice->used);
    memcpy(out, dice->octets + dice->used, n);
    dice->used += n;
    return 0;
}

static struct sipreg_request made_by(struct dice *dice)
{
    struct sipreg_request request = {.aor = "sip:alice@example.com", .sent_by = "192.0.2.10"};

    dice->used = 0;
    assert_int_equal(sipreg_request_renew(&request, throw_dice, dice), SIPREG_OK);
    return request;
}

/* Of how many bits of the random source does it depend? (8.1.1.4: globally unique over space and
   time; 19.3 for tags: at least 32 bits) */
static void identifiers_are_made_of_many_random_bits(void **state)
{
    struct dice dice = {{0}, 0};
    unsigned call_id = 0, tag = 0, branch = 0;
    struct sipreg_request base;
    size_t bits;

    (void)state;
    for (size_t i = 0; i < sizeof dice.octets; i++)
        dice.octets[i] = (unsigned char)i; /* zeros alone would be a source that stands still */
    base = made_by(&dice);
    bits = 8 * dice.used;
    for (size_t i = 0; i < bits; i++) {
        struct sipreg_request other;
        dice.octets[i / 8] ^= (unsigned char)(1U << i % 8);
        other = made_by(&dice);
        dice.octets[i / 8] ^= (unsigned char)(1U << i % 8);
        call_id += strcmp(other.call_id, base.call_id) != 0 ? 1 : 0;
        tag += strcmp(other.tag, base.tag) != 0 ? 1 : 0;
        branch += strcmp(other.branch, base.branch) != 0 ? 1 : 0;
    }
    assert_true(call_id >= 64);
    assert_true(tag >= 32);
    assert_true(branch >= 64);
}

/* No address is in it (privacy), and what is in it is a word (25.1). */
static void a_call_id_says_nothing_of_the_host(void **state)
{
    struct story *s = (struct story *)*state;
    const char *call_id;

    story_start(s);
    call_id = story_field(s, 0, "Call-ID");
    assert_int_equal(strspn(call_id, "abcdefghijklmnopqrstuvwxyz234567"), strlen(call_id));
}

/* ---------------------------------------------------------------- requests that ask again */

static const struct {
    const char *status, *headers;
} reasons[] = {
    {"401 Unauthorized", "WWW-Authenticate: Digest realm=\"r\", nonce=\"n\", qop=\"auth\"\r\n"},
    {"407 Proxy", "Proxy-Authenticate: Digest realm=\"p\", nonce=\"n\", qop=\"auth\"\r\n"},
    {"413 Request Entity Too Large", ""},
    {"415 Unsupported Media Type", "Accept: application/sdp\r\n"},
    {"423 Interval Too Brief", "Min-Expires: 1800\r\n"},
};

/* 8.1.3.5: the same Call-ID, To and From, a CSeq one higher; and it is another transaction. */
static void a_request_that_asks_again_at_once_keeps_who_it_is(void **state)
{
    static const struct sipreg_body body = {"text/plain", NULL, "hello", 5};
    static const char *const same[] = {"Call-ID", "To", "From", "Max-Forwards"};
    struct story *s = (struct story *)*state;

    s->config.body = &body;
    s->config.expires = 60;
    for (size_t i = 0; i < COUNT(reasons); i++) {
        story_anew(s);
        story_reply(s, reasons[i].status, reasons[i].headers);
        assert_int_equal(s->told, 0);
        assert_int_equal(s->sent, 2);
        for (size_t k = 0; k < COUNT(same); k++)
            assert_string_equal(story_field(s, 1, same[k]), story_field(s, 0, same[k]));
        assert_string_equal(story_field(s, 1, "CSeq"), "2 REGISTER");
        assert_string_not_equal(story_param(s, 1, "Via", "branch"),
                                story_param(s, 0, "Via", "branch"));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORY(every_request_has_each_mandatory_header_once),
        STORY(from_and_to_are_the_same_address_for_ever_and_to_has_no_tag),
        STORY(one_call_id_serves_a_whole_life_and_cseq_counts_its_requests),
        STORY(every_request_has_a_branch_of_its_own_and_its_repetitions_keep_it),
        STORY(nothing_is_sent_that_nobody_has_asked_for),
        STORY(what_the_program_supports_and_requires_is_in_every_request),
        STORY(the_route_set_is_sent_whole_and_in_order_to_the_same_registrar),
        STORY(the_via_names_the_transport_and_the_address_of_the_program),
        TEST(identifiers_are_made_of_many_random_bits),
        STORY(a_call_id_says_nothing_of_the_host),
        STORY(a_request_that_asks_again_at_once_keeps_who_it_is),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
