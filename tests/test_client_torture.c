/*
 * test_client_torture.c - the torture messages of RFC 4475 as responses: a client registers, or
 * stays as it was.
 */
#include "reply.h"

#include <stdio.h>
#include <stdlib.h>

/* ---------------------------------------------------------------- odd, and well-formed */

static void a_short_tortuous_response_registers(void **state) /* 3.1.1.1 */
{
    reply_registers((struct story *)*state,
                    "sip/2.0 200 OK\r\n"
                    "TO :\r\n \"J. \\\"Ro\\\"\" <sip:alice@example.com>   ;   tag    = 1918n\r\n"
                    "from   : \"J Rosenberg \\\\\\\"\"       <sip:alice@example.com>\r\n  ;\r\n"
                    "  tag = {tag}\r\n"
                    "MaX-fOrWaRdS: 0068\r\n"
                    "i: {call-id}\r\n"
                    "cseq: 000{cseq}\r\n  REGISTER\r\n"
                    "V  : SIP  /   2.0\r\n /UDP\r\n    192.0.2.10 : 5060;;branch   =\r\n"
                    "   {branch} ;  rport ;hidden\r\n"
                    "s :\r\n"
                    "NewFangledHeader:   newfangled value\r\n continued newfangled value\r\n"
                    "UnknownHeaderWithUnusualValue: ;;,,;;,;\r\n"
                    "l:000\r\n"
                    "m:\"Quoted string \\\"\\\"\" <{contact}> ; newparam =\r\n      newvalue ;\r\n"
                    "  secondparam ; q = 0.33\r\n ;EXPIRES = 0060\r\n\r\n");
}

#define DISPLAY "\"BEL:\\\x07 NUL:\\\0 DEL:\\\x7F < , ; \\\" >\""
#define TOKEN   "-.!%*_+`'~Az09"

static void all_that_a_token_or_a_quoted_string_may_hold_is_taken(void **state) /* 3.1.1.2 */
{
    static const char text[] =
        REPLY_OK "Via: {via};" TOKEN "=" TOKEN "\r\n"
                 "To: " DISPLAY " <sip:1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*:&it+has=1,"
                 "weird!*pas$wo~d_too.(doesn't-it)@example.com>;tag=" TOKEN "\r\n"
                 "From: " DISPLAY " <sip:alice@example.com>;" TOKEN "=\"" TOKEN
                 "\";tag={tag}\r\nCall-ID: {call-id}\r\nCSeq: {cseq} REGISTER\r\n" TOKEN
                 ": \xEF\xBB\xBF\xE5\xA4\xA7\xE5\x81\x9C\xE9\x9B\xBB\r\n"
                 "Contact: " DISPLAY " <{contact}>;" TOKEN "=" TOKEN ";expires=60\r\n" REPLY_END;
    struct story *s = (struct story *)*state;

    reply_ask(s);
    reply_registers_octets(s, reply_octets(s, text, sizeof text - 1));
}

static void a_percent_sign_is_no_escape_outside_of_uris(void **state) /* 3.1.1.5 */
{
    struct story *s = (struct story *)*state;

    reply_is_ignored(s,
                     REPLY_OK "Via: {via}\r\nFrom: {from}\r\nTo: {to}\r\nCall-ID: {call-id}\r\n"
                              "CSeq: {cseq} RE%47ISTER\r\n" REPLY_OURS REPLY_END,
                     SIPREG_FOREIGN);
    reply_registers(s, REPLY_OK REPLY_COPIES "Contact: %Z%45 <{contact}>;expires=60\r\n" REPLY_END);
    assert_int_equal(
        reply_feed(s, REPLY_OK REPLY_COPIES "C%6Fntact: <{contact}>;expires=60\r\n" REPLY_END),
        SIPREG_OK);
    assert_event(s, SIPREG_EVENT_RETRYING, SIPREG_UNLISTED);
}

static void what_is_odd_about_a_contact_is_no_reason_to_miss_it(void **state)
{
    static const char *const contacts[] = {
        "bob<{contact}>;expires=60",                               /* 3.1.1.6 */
        "<{contact} >;expires=60",                                 /* 3.1.2.14 */
        "< {contact} > ; expires=60",                              /* 3.1.2.13, 3.1.2.14 */
        "Bell, Alexander <{contact}>;expires=60",                  /* 3.1.2.15 */
        ";;,;,, <{contact}>;;,;,,;expires=7\r\nExpires: 60",       /* 3.1.2.1 */
        "<{contact}>;;;expires=60;;",                              /* 3.1.2.1 */
        "\"Open <sip:x@y>;expires=1\r\nm: <{contact}>;expires=60", /* 3.1.2.6 */
        "<{contact}>;expires=60, \"Open <sip:x@y>",                /* 3.1.2.6 */
        "<mailto:a@h>, <{contact}>;expires=60, <name:John_Smith>", /* 3.3.4 */
    };
    struct story *s = (struct story *)*state;
    char text[400];

    for (size_t i = 0; i < COUNT(contacts); i++) {
        snprintf(text, sizeof text, REPLY_OK REPLY_COPIES "Contact: %s\r\n" REPLY_END, contacts[i]);
        reply_registers(s, text);
    }
}

static void a_status_line_may_say_anything_behind_its_code_or_nothing(void **state)
{
    static const char *const lines[] = {
        "200 = 2**3 * 5**2 \xD0\xBD\xD0\xBE \xD1\x81\xD1\x82\xD0\xBE", /* 3.1.1.12 */
        "200 ",                                                        /* 3.1.1.13 */
        "200",
        "200 SIP/2.0 403 Forbidden",
    };
    struct story *s = (struct story *)*state;
    char text[400];

    assert_int_equal(reply_feed(s, "SIP/2.0 100 \r\n" REPLY_COPIES REPLY_END), SIPREG_OK);
    assert_int_equal(reply_feed(s, "SIP/2.0 100\r\n" REPLY_COPIES REPLY_END), SIPREG_OK);
    assert_int_equal(s->told, 0);
    for (size_t i = 0; i < COUNT(lines); i++) {
        snprintf(text, sizeof text, "SIP/2.0 %s\r\n" REPLY_COPIES REPLY_OURS REPLY_END, lines[i]);
        reply_registers(s, text);
    }
}

static void long_values_are_read(void **state) /* 3.1.1.7 */
{
    struct story *s = (struct story *)*state;
    char *text = (char *)malloc(20000);

    assert_non_null(text);
    snprintf(text, 20000,
             REPLY_OK
             "Via: {via};%01000d=%01000d\r\nFrom: {from};%01000d\r\nTo: {to};tag=%02000d\r\n"
             "Call-ID: {call-id}\r\nCSeq: %0500d{cseq} REGISTER\r\nX-%01000d: %03000d\r\n"
             "Contact: \"%02000d\" <{contact}>;%01000d;expires=60\r\n" REPLY_END,
             1, 2, 3, 4, 0, 5, 6, 7, 8);
    reply_registers(s, text);
    free(text);
}

static void what_stands_behind_the_message_in_its_datagram_is_noise(void **state) /* 3.1.1.8 */
{
    struct story *s = (struct story *)*state;

    reply_registers(s, REPLY_OK REPLY_COPIES REPLY_OURS REPLY_END
                    "INVITE sip:alice@192.0.2.10 SIP/2.0\r\nContact: <sip:x@y>\r\n\r\n");
    reply_registers(s, REPLY_OK REPLY_COPIES REPLY_OURS REPLY_END
                    "SIP/2.0 403 Forbidden\r\n" REPLY_COPIES REPLY_END);
}

static void a_date_of_another_zone_and_habits_of_rfc_2543_are_borne(void **state)
{
    struct story *s = (struct story *)*state;

    reply_registers(s, REPLY_OK REPLY_COPIES REPLY_OURS
                    "Date: Fri, 01 Jan 2010 16:00:00 EST\r\n" REPLY_END); /* 3.1.2.12 */
    reply_registers(s, REPLY_OK "Via: {via}\r\nFrom: {from}\r\nTo: {to}\r\nCall-ID: {call-id}\r\n"
                                "CSeq: {cseq} REGISTER\r\n" REPLY_OURS "\r\n"); /* 3.4.1 */
}

static void an_expiry_out_of_range_is_the_longest_there_is(void **state) /* 3.1.2.4 */
{
    struct story *s = (struct story *)*state;

    assert_int_equal(reply_feed(s, REPLY_OK REPLY_COPIES
                                "Contact: <{contact}>;expires=280297596632815\r\n" REPLY_END),
                     SIPREG_OK);
    assert_event(s, SIPREG_EVENT_REGISTERED, SIPREG_OK);
    assert_int_equal(story_event(s)->granted, 4294967295);
    assert_in_range(story_run(s), 3600 * 1000, SIPREG_FOREVER - 1);
}

static void an_unknown_scheme_of_authentication_is_passed_over(void **state) /* 3.3.7 */
{
    struct story *s = (struct story *)*state;

    assert_int_equal(reply_feed(s,
                                "SIP/2.0 401 Unauthorized\r\n" REPLY_COPIES
                                "WWW-Authenticate: NoOneKnowsThisScheme opaque-data=here\r\n"
                                "WWW-Authenticate: NorThisOne realm=\"r\", nonce=\"x\"\r\n"
                                "WWW-Authenticate: Digest realm=\"r\", nonce=\"n\"\r\n" REPLY_END),
                     SIPREG_OK);
    assert_int_equal(story_count(s, LAST, "Authorization"), 1);
    assert_string_equal(story_param(s, LAST, "Authorization", "nonce"), "n");
    story_check_digest(s, "Authorization", "alice", SECRET);
}

/* ---------------------------------------------------------------- unusable */

struct row {
    const char *text;
    int result;
};

static void all_are_ignored(struct story *s, const struct row *rows, size_t n)
{
    for (size_t i = 0; i < n; i++)
        reply_is_ignored(s, rows[i].text, rows[i].result);
    reply_still_awaited(s);
}

#define REST REPLY_COPIES REPLY_OURS REPLY_END

static void a_status_or_version_that_is_none_of_sip_2_is_dropped(void **state)
{
    static const struct row rows[] = {
        {"SIP/7.0 200 OK\r\n" REST, SIPREG_SYNTAX}, /* 3.1.2.16 */
        {"SIP/3.0 200 OK\r\n" REST, SIPREG_SYNTAX},
        {"SIP/2.01 200 OK\r\n" REST, SIPREG_SYNTAX},
        {"SIP/2.0 4294967301 better not break the receiver\r\n" REST, SIPREG_SYNTAX}, /* 3.1.2.19 */
        {"SIP/2.0 4294967496 200 in 32 bits\r\n" REST, SIPREG_SYNTAX},
        {"SIP/2.0 65736 200 in 16 bits\r\n" REST, SIPREG_SYNTAX},
        {"SIP/2.0 700 x\r\n" REST, SIPREG_SYNTAX},
        {"SIP/2.0 000 x\r\n" REST, SIPREG_SYNTAX},
        {"SIP/2.0 0200 x\r\n" REST, SIPREG_SYNTAX},
        {"SIP/2.0 200OK\r\n" REST, SIPREG_SYNTAX},
    };

    all_are_ignored((struct story *)*state, rows, COUNT(rows));
}

#define WITH_CSEQ(value)                                                                           \
    REPLY_OK "Via: {via}\r\nFrom: {from}\r\nTo: {to}\r\nCall-ID: {call-id}\r\nCSeq: " value        \
             "\r\n" REPLY_OURS REPLY_END
#define WITH_TO(value)                                                                             \
    REPLY_OK "Via: {via}\r\nFrom: {from}\r\nTo: " value                                            \
             "\r\nCall-ID: {call-id}\r\nCSeq: {cseq} REGISTER\r\n" REPLY_OURS REPLY_END
#define WITH_VIA(value) REPLY_OK "Via: " value "\r\n" REPLY_COPIES2 REPLY_OURS REPLY_END
#define SENT_BY         "SIP/2.0/UDP 192.0.2.10:5060;"

static void numbers_too_large_spoil_the_response(void **state) /* 3.1.2.5 */
{
    static const struct row rows[] = {
        {WITH_CSEQ("9292394834772304023312 REGISTER"), SIPREG_SYNTAX},
        {WITH_CSEQ("429496729{cseq} REGISTER"), SIPREG_LATE}, /* as large as may be */
        {WITH_CSEQ("429496730{cseq} REGISTER"), SIPREG_SYNTAX},
        {"SIP/2.0 503 Service Unavailable\r\n" REPLY_COPIES
         "Retry-After: 949302838503028349304023988\r\n" REPLY_END,
         SIPREG_SYNTAX},
        {"SIP/2.0 503 Service Unavailable\r\n"
         "Via: {via}\r\nFrom: {from}\r\nTo: {to}\r\nCall-ID: {call-id}\r\n"
         "CSeq: 9292394834772304023312 REGISTER\r\n"
         "Retry-After: 949302838503028349304023988\r\n"
         "Warning: 1812 overture \"In Progress\"\r\n" REPLY_END,
         SIPREG_SYNTAX},
    };

    all_are_ignored((struct story *)*state, rows, COUNT(rows));
}

static void a_quoted_string_without_end_does_not_reach_the_next_header(void **state) /* 3.1.2.6 */
{
    static const struct row rows[] = {
        {WITH_TO("\"Mr. J. User <sip:alice@example.com>"), SIPREG_SYNTAX},
        {WITH_TO("\"Mr. J. User \\\" <sip:alice@example.com>\r\nX: \""), SIPREG_SYNTAX},
        {WITH_TO("\"A\\"), SIPREG_SYNTAX},
        {WITH_TO("<sip:alice@example.com"), SIPREG_SYNTAX},
    };

    all_are_ignored((struct story *)*state, rows, COUNT(rows));
}

static void what_is_not_our_transaction_is_not_taken_for_it(void **state)
{
    static const struct row rows[] = {
        {WITH_CSEQ("{cseq} OPTIONS"), SIPREG_FOREIGN},     /* 3.1.2.17 */
        {WITH_CSEQ("{cseq} register"), SIPREG_FOREIGN},    /* RFC 3261 20.16 */
        {WITH_VIA(SENT_BY "branch=z9hG4bK"), SIPREG_LATE}, /* 3.2.1 */
        {WITH_VIA(SENT_BY "branch="), SIPREG_LATE},
        {WITH_VIA(SENT_BY "branch"), SIPREG_LATE},
        {WITH_VIA(SENT_BY "rport"), SIPREG_LATE},
        {WITH_VIA("{via}, SIP/2.0/UDP 255.255.255.255;branch=z9hG4bKx"),
         SIPREG_FOREIGN}, /* 3.3.10 */
        {WITH_VIA("{via}\r\nv: SIP/2.0/UDP 255.255.255.255"), SIPREG_FOREIGN},
        {WITH_VIA("{via}, SIP/2.0/UNKNOWN 192.0.2.1;branch=z9hG4bKx"),
         SIPREG_FOREIGN},                         /* 3.1.1.10 */
        {WITH_VIA("{via};;,;,,"), SIPREG_SYNTAX}, /* 3.1.2.1 */
        {WITH_VIA(";;,;,,{via}"), SIPREG_SYNTAX},
    };

    all_are_ignored((struct story *)*state, rows, COUNT(rows));
}

static void headers_that_are_there_once_are_not_there_twice(void **state) /* 3.3.8 */
{
    static const struct row rows[] = {
        {REPLY_OK REPLY_COPIES "Call-ID: other@h\r\n" REPLY_OURS REPLY_END, SIPREG_SYNTAX},
        {REPLY_OK REPLY_COPIES "CSeq: 8 REGISTER\r\n" REPLY_OURS REPLY_END, SIPREG_SYNTAX},
        {REPLY_OK REPLY_COPIES "From: <sip:b@h>;tag=z\r\n" REPLY_OURS REPLY_END, SIPREG_SYNTAX},
        {REPLY_OK REPLY_COPIES "f: {from}\r\n" REPLY_OURS REPLY_END, SIPREG_SYNTAX},
        {REPLY_OK REPLY_COPIES "To: <sip:b@h>;tag=z\r\n" REPLY_OURS REPLY_END, SIPREG_SYNTAX},
        {WITH_TO("{to}, <sip:b@h>"), SIPREG_SYNTAX},
    };

    all_are_ignored((struct story *)*state, rows, COUNT(rows));
}

/* ---------------------------------------------------------------- Content-Length */

static void a_length_that_is_none_or_two_drops_a_datagram_and_loses_a_stream(void **state)
{
    static const char *const lengths[] = {
        "Content-Length: -999\r\n", /* 3.1.2.3 */
        "l: five\r\n",
        "Content-Length:\r\n",
        "Content-Length: 0x0\r\n",
        "Content-Length: 1\r\nContent-Length: 0\r\n", /* 3.3.9 */
        "l: 0\r\nContent-Length: 1\r\n",
    };
    struct story *s = (struct story *)*state;

    reply_ask(s);
    for (size_t i = 0; i < COUNT(lengths); i++) {
        struct sipreg_frame frame = {0, 0, 0};
        char text[400];
        snprintf(text, sizeof text, REPLY_OK REPLY_COPIES REPLY_OURS "%s\r\n", lengths[i]);
        struct sipreg_str octets = reply_text(s, text);
        reply_octets_are_ignored(s, octets, SIPREG_SYNTAX);
        assert_int_equal(sipreg_frame_next(&frame, octets.p, octets.n), SIPREG_SYNTAX);
    }
    reply_still_awaited(s);
}

static void a_message_shorter_than_it_says_is_dropped_or_waited_for(void **state) /* 3.1.2.2 */
{
    struct story *s = (struct story *)*state;
    struct sipreg_frame frame = {0, 0, 0};
    struct sipreg_str octets;

    reply_is_ignored(s, REPLY_OK REPLY_COPIES REPLY_OURS "Content-Length: 9999\r\n\r\nshort",
                     SIPREG_PARTIAL);
    reply_still_awaited(s);

    s->ready = false; /* the same on a stream */
    story_stream(s);
    story_forget(s);
    reply_ask(s);
    octets = reply_text(s, REPLY_OK REPLY_COPIES REPLY_OURS "Content-Length: 9999\r\n\r\nshort");
    assert_int_equal(sipreg_frame_next(&frame, octets.p, octets.n), SIPREG_PARTIAL);
    story_pass(s, 31999);
    assert_int_equal(s->told, 0);
    story_pass(s, 1);
    assert_event(s, SIPREG_EVENT_RETRYING, SIPREG_TIMEOUT);
    assert_int_equal(s->closes, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORY(a_short_tortuous_response_registers),
        STORY(all_that_a_token_or_a_quoted_string_may_hold_is_taken),
        STORY(a_percent_sign_is_no_escape_outside_of_uris),
        STORY(what_is_odd_about_a_contact_is_no_reason_to_miss_it),
        STORY(a_status_line_may_say_anything_behind_its_code_or_nothing),
        STORY(long_values_are_read),
        STORY(what_stands_behind_the_message_in_its_datagram_is_noise),
        STORY(a_date_of_another_zone_and_habits_of_rfc_2543_are_borne),
        STORY(an_expiry_out_of_range_is_the_longest_there_is),
        STORY(an_unknown_scheme_of_authentication_is_passed_over),
        STORY(a_status_or_version_that_is_none_of_sip_2_is_dropped),
        STORY(numbers_too_large_spoil_the_response),
        STORY(a_quoted_string_without_end_does_not_reach_the_next_header),
        STORY(what_is_not_our_transaction_is_not_taken_for_it),
        STORY(headers_that_are_there_once_are_not_there_twice),
        STORY(a_length_that_is_none_or_two_drops_a_datagram_and_loses_a_stream),
        STORY(a_message_shorter_than_it_says_is_dropped_or_waited_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
