/*
 * test_client_syntax.c - one answer in many spellings, and answers that are not for us (RFC 3261 7,
 * 8.2.6, 25).
 */
#include "reply.h"

#include <stdio.h>
#include <stdlib.h>

/* ---------------------------------------------------------------- spellings of one answer */

static void the_spelling_of_a_200_makes_no_difference(void **state)
{
    static const char *const texts[] = {
        /* case of names (7.3.1) */
        REPLY_OK "VIA: {via}\r\nfRoM: {from}\r\ntO: {to};TAG=x\r\ncall-id: {call-id}\r\n"
                 "cSeQ: {cseq} REGISTER\r\ncONTACT: <{contact}>;EXPIRES=60\r\n" REPLY_END,
        /* of the version (7.1) */
        "sip/2.0 200 OK\r\n" REPLY_COPIES REPLY_OURS REPLY_END,
        /* blanks around the colon (7.3.1) */
        REPLY_OK
        "Via \t :\t {via} \t\r\nFrom:{from}\r\nTo\t:{to}\r\nCall-ID : {call-id} \r\n"
        "CSeq:   {cseq} \t REGISTER\r\nContact \t :   <{contact}> ;expires=60\r\n" REPLY_END,
        /* folds (7.3.1) */
        REPLY_OK "Via:\r\n {via}\r\nFrom: \r\n\t{from}\r\nTo:\r\n  {to}\r\n ;tag=x\r\n"
                 "Call-ID:\r\n {call-id}\r\nCSeq: {cseq}\r\n\tREGISTER\r\nContact: <{contact}>\r\n"
                 " ;expires=60\r\nContent-Length:\r\n 0\r\n\r\n",
        /* order of headers (7.3.1) */
        REPLY_OK "Content-Length: 0\r\nContact: <{contact}>;expires=60\r\nCSeq: {cseq} REGISTER\r\n"
                 "Call-ID: {call-id}\r\nTo: {to}\r\nFrom: {from}\r\nVia: {via}\r\n\r\n",
        /* compact names, and long ones between them (7.3.3) */
        REPLY_OK "v: {via}\r\nf: {from}\r\nt: {to}\r\ni: {call-id}\r\nCSeq: {cseq} REGISTER\r\n"
                 "m: <{contact}>;expires=60\r\nl: 0\r\n\r\n",
        REPLY_OK "V: {via}\r\nFrom: {from}\r\nT: {to}\r\nCall-ID: {call-id}\r\n"
                 "CSeq: {cseq} REGISTER\r\nM: <{contact}>;expires=60\r\nContent-Length: 0\r\n\r\n",
        /* the number of the CSeq is one (20.16) */
        REPLY_OK "Via: {via}\r\nFrom: {from}\r\nTo: {to}\r\nCall-ID: {call-id}\r\n"
                 "CSeq: 0000{cseq} REGISTER\r\n" REPLY_OURS REPLY_END,
    };

    for (size_t i = 0; i < COUNT(texts); i++)
        reply_registers((struct story *)*state, texts[i]);
}

static void a_via_is_ours_whatever_its_blanks_and_the_order_of_its_parameters(void **state)
{
    static const char *const vias[] = {
        "SIP / 2.0 / UDP 192.0.2.10 : 5060 ; branch = {branch}",
        "SIP/2.0/UDP \t 192.0.2.10:5060\r\n ;branch\r\n =\r\n {branch}",
        "SIP/2.0/UDP 192.0.2.10:5060;x=y;rport=1;branch={branch};received=1.2.3.4", /* 20.42 */
        "SIP/2.0/UDP 192.0.2.10:5060;received=198.51.100.9;flag;q=\"1;branch=no,\";BRANCH={branch}",
        "SIP/2.0/UDP 192.0.2.10:5060;branch={branch};maddr=192.0.2.9;ttl=16;rport",
    };
    struct story *s = (struct story *)*state;
    char text[500];

    for (size_t i = 0; i < COUNT(vias); i++) {
        snprintf(text, sizeof text, REPLY_OK "Via: %s\r\n" REPLY_COPIES2 REPLY_OURS REPLY_END,
                 vias[i]);
        reply_registers(s, text);
    }
}

static char received[40], rport[40];

static void see_via(struct story *s, const struct sipreg_event *event)
{
    const struct sipreg_via *via = &event->response->via;

    (void)s;
    snprintf(received, sizeof received, "%.*s", (int)via->received.n, via->received.p);
    snprintf(rport, sizeof rport, "%.*s", (int)via->rport.n, via->rport.p);
}

static void our_address_as_the_server_sees_it_is_in_the_event(void **state) /* 18.2.1, RFC 3581 4 */
{
    struct story *s = (struct story *)*state;

    s->on_event = see_via;
    reply_registers(s, REPLY_OK "Via: SIP/2.0/UDP 192.0.2.10:5060;x=y;rport=1024;branch={branch};"
                                "received=203.0.113.7\r\n" REPLY_COPIES2 REPLY_OURS REPLY_END);
    assert_string_equal(received, "203.0.113.7");
    assert_string_equal(rport, "1024");
}

static void the_spelling_of_a_challenge_makes_no_difference(void **state)
{
    static const char *const texts[] = {
        "SIP/2.0 401 Unauthorized\r\nWWW-Authenticate: Digest realm=\"x\",\r\n nonce=\"n\",\r\n"
        " qop=\"auth\",\r\n\talgorithm=MD5\r\n" REPLY_COPIES REPLY_END,
        "SIP/2.0 401 Unauthorized\r\nwww-authenticate :DIGEST Realm=\"x\" , NONCE = \"n\","
        "QOP=\"AUTH\",ALGORITHM=md5,odd,odder=\"1,2\"\r\n" REPLY_COPIES REPLY_END,
        ("SIP/2.0 401 Unauthorized\r\nl: 0\r\nWWW-Authenticate: Digest qop=auth,nonce=n,realm=x\r\n"
         "CSeq: {cseq} REGISTER\r\ni: {call-id}\r\nt: {to}\r\nf: {from}\r\nv: {via}\r\n\r\n"),
    };
    struct story *s = (struct story *)*state;

    for (size_t i = 0; i < COUNT(texts); i++) {
        s->ready = false;
        story_forget(s);
        assert_int_equal(reply_feed(s, texts[i]), SIPREG_OK);
        assert_int_equal(story_requests(s), 2);
        assert_string_equal(story_param(s, LAST, "Authorization", "realm"), "x");
        assert_string_equal(story_param(s, LAST, "Authorization", "nonce"), "n");
        story_check_digest(s, "Authorization", "alice", SECRET);
    }
}

static void rows_and_lists_are_the_same(void **state) /* 7.3.1 */
{
    static const char *const rows[] = {
        "Contact: <sip:1@h>;q=0.1\r\nm: <{contact}>;expires=60\r\nCONTACT: \"A, B\" <sip:3@h>\r\n"
        "Contact: sip:4@h;x\r\n",
        "Contact: <sip:1@h>;q=0.1, <{contact}>;expires=60,\"A, B\" <sip:3@h>,sip:4@h;x\r\n",
        "Contact: <sip:1@h>;q=0.1 ,\r\n <{contact}>;expires=60\r\nX: ,\r\n"
        "m: \"A, B\" <sip:3@h> , sip:4@h;x\r\n",
    };
    struct story *s = (struct story *)*state;
    char text[500];

    s->on_event = reply_tell_contacts;
    for (size_t i = 0; i < COUNT(rows); i++) {
        snprintf(text, sizeof text, REPLY_OK REPLY_COPIES "%s" REPLY_END, rows[i]);
        reply_registers(s, text);
        assert_string_equal(reply_told, "|sip:1@h|;q=0.1|-1|100\n"
                                        "|sip:alice@192.0.2.10:5060|;expires=60|60|1000\n"
                                        "A, B|sip:3@h||-1|1000\n|sip:4@h|;x|-1|1000\n");
    }
}

static void a_contact_is_read_by_the_grammar(void **state)
{
    static const char *const contacts[] = {
        "\"Bob, \\\"<sip:x@y>;expires=1\\\"\" <{contact}>;expires=60", /* 25.1 */
        "\"\\\\\"<{contact}>;expires=60",
        "<{contact}>;foo;bar=\"1,2;expires=7\";expires=60", /* 20 */
        "{contact};expires=60",                             /* 20.10 */
        "\xD0\x9F\xD0\xB5\xD1\x82\xD1\x80 <{contact}>;expires=60",
        "<{contact}>;EXPIRES=\"60\"",
    };
    struct story *s = (struct story *)*state;
    char text[400];

    for (size_t i = 0; i < COUNT(contacts); i++) {
        snprintf(text, sizeof text, REPLY_OK REPLY_COPIES "Contact: %s\r\n" REPLY_END, contacts[i]);
        reply_registers(s, text);
    }
}

static void only_the_code_of_a_status_line_counts(void **state) /* 7.2 */
{
    struct story *s = (struct story *)*state;

    reply_registers(s, "SIP/2.0 200 Go away\r\n" REPLY_COPIES REPLY_OURS REPLY_END);
    reply_registers(s, "SIP/2.0 200 \xD0\x9E\xD0\xBA\r\n" REPLY_COPIES /* UTF-8 */
                       "Organization: \xD0\x91\xD0\xB0\xD0\xBD\xD0\xBA\r\n" REPLY_OURS REPLY_END);
    assert_int_equal(reply_feed(s, "SIP/2.0 403 OK\r\n" REPLY_COPIES REPLY_OURS REPLY_END),
                     SIPREG_OK);
    assert_event(s, SIPREG_EVENT_REFUSED, SIPREG_STATUS);
}

static void a_tag_in_to_is_not_asked_for(void **state) /* 8.2.6.2 */
{
    struct story *s = (struct story *)*state;

    assert_int_equal(reply_feed(s,
                                "SIP/2.0 100 Trying\r\nVia: {via}\r\nFrom: {from}\r\nTo: {to}\r\n"
                                "Call-ID: {call-id}\r\nCSeq: {cseq} REGISTER\r\n" REPLY_END),
                     SIPREG_OK);
    assert_true(story_until_sent(s, 500));
    assert_false(story_until_sent(s, 3999)); /* heard: the next but one is slower (17.1.2.2) */
    reply_registers(s, REPLY_OK "Via: {via}\r\nFrom: {from}\r\nTo: {to}\r\nCall-ID: {call-id}\r\n"
                                "CSeq: {cseq} REGISTER\r\n" REPLY_OURS REPLY_END);
}

/* ---------------------------------------------------------------- bodies */

/* A message with 300 octets of anything behind it, and in a stream another one behind that. */
static struct sipreg_str with_body(struct story *s)
{
    static const char head[] =
        "SIP/2.0 401 Unauthorized\r\n" REPLY_COPIES
        "WWW-Authenticate: Digest realm=\"r\", nonce=\"n\"\r\n"
        "Content-Type: application/octet-stream\r\nContent-Length: 300\r\n\r\n";
    static const char start[] = "\r\nContact: <sip:evil@h>\r\n\r\nSIP/2.0 200 OK\r\n";
    static const char next[] = REPLY_OK REPLY_COPIES REPLY_OURS REPLY_END;
    char text[sizeof head + 300 + sizeof next], *p = text + sizeof head - 1;

    memcpy(text, head, sizeof head - 1);
    for (size_t i = 0; i < 300; i++)
        p[i] = (char)(i * 7 % 256 == '{' ? 0 : i * 7);
    memcpy(p, start, sizeof start - 1);
    memcpy(p + 300, next, sizeof next - 1);
    return reply_octets(s, text, (size_t)(p - text) + 300 + sizeof next - 1);
}

static void a_binary_body_disturbs_neither_its_message_nor_the_next(void **state) /* 7.4 */
{
    struct story *s = (struct story *)*state;
    struct sipreg_frame frame = {0, 0, 0};
    struct sipreg_str stream;
    int first, second;

    story_stream(s);
    story_start(s);
    stream = with_body(s);
    first = sipreg_frame_next(&frame, stream.p, stream.n);
    assert_true(first > 300);
    second = sipreg_frame_next(&frame, stream.p + first, stream.n - (size_t)first);
    assert_int_equal(second, stream.n - (size_t)first);
    assert_int_equal(story_feed(s, stream.p, (size_t)first), SIPREG_OK);
    assert_int_equal(story_requests(s), 2);
    story_check_digest(s, "Authorization", "alice", SECRET);
    assert_int_equal(story_feed(s, stream.p + first, (size_t)second),
                     SIPREG_LATE); /* to the first */
    assert_int_equal(s->told, 0);
    story_grant(s, 60);
    assert_event(s, SIPREG_EVENT_REGISTERED, SIPREG_OK);
}

/* ---------------------------------------------------------------- not for us */

static void without_a_mandatory_header_a_response_is_unusable(void **state) /* 8.2.6, 20 */
{
    struct story *s = (struct story *)*state;
    struct sipreg_str text;

    reply_ask(s);
    text = reply_text(s, REPLY_OK REPLY_COPIES REPLY_OURS REPLY_END);
    for (size_t i = 0; i < 5; i++) /* Via, From, To, Call-ID, CSeq */
        reply_octets_are_ignored(s, without_line(text, i), SIPREG_SYNTAX);
    reply_still_awaited(s);
}

static void a_call_id_is_compared_octet_by_octet(void **state) /* 8.1.1.4, 20.8 */
{
    struct story *s = (struct story *)*state;
    struct sipreg_str text;
    char *call_id;

    reply_ask(s);
    text = reply_text(s, REPLY_OK "Via: {via}\r\nFrom: {from}\r\nTo: {to}\r\nCall-ID: {call-id}\r\n"
                                  "CSeq: {cseq} REGISTER\r\n" REPLY_OURS REPLY_END);
    call_id = (char *)malloc(text.n + 1);
    assert_non_null(call_id);
    snprintf(call_id, text.n + 1, "%.*s", (int)text.n, text.p);
    char *p = strstr(call_id, "Call-ID: ") + 9;
    p += strcspn(p, "abcdefghijklmnopqrstuvwxyz");
    *p = (char)(*p - 'a' + 'A');
    reply_octets_are_ignored(s, given_text(call_id), SIPREG_FOREIGN);
    free(call_id);
    reply_is_ignored(s,
                     REPLY_OK "Via: {via}\r\nFrom: {from}\r\nTo: {to}\r\nCall-ID: \"{call-id}\"\r\n"
                              "CSeq: {cseq} REGISTER\r\n" REPLY_OURS REPLY_END,
                     SIPREG_FOREIGN);
    reply_is_ignored(s,
                     REPLY_OK "Via: {via}\r\nFrom: {from}\r\nTo: {to}\r\nCall-ID: <{call-id}>\r\n"
                              "CSeq: {cseq} REGISTER\r\n" REPLY_OURS REPLY_END,
                     SIPREG_FOREIGN);
    reply_still_awaited(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORY(the_spelling_of_a_200_makes_no_difference),
        STORY(a_via_is_ours_whatever_its_blanks_and_the_order_of_its_parameters),
        STORY(our_address_as_the_server_sees_it_is_in_the_event),
        STORY(the_spelling_of_a_challenge_makes_no_difference),
        STORY(rows_and_lists_are_the_same),
        STORY(a_contact_is_read_by_the_grammar),
        STORY(only_the_code_of_a_status_line_counts),
        STORY(a_tag_in_to_is_not_asked_for),
        STORY(a_binary_body_disturbs_neither_its_message_nor_the_next),
        STORY(without_a_mandatory_header_a_response_is_unusable),
        STORY(a_call_id_is_compared_octet_by_octet),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
