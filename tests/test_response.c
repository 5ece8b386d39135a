/*
 * test_response.c - one response, read in place (lib/response.c).
 */
#include "support.h"

#include "../lib/response.h"

#include <stdio.h>
#include <stdlib.h>

static const char good[] =
    ANSWER("200 OK", "Contact: <sip:alice@192.0.2.10:5060>;expires=60;q=0.7, sip:x@h\r\n"
                     "Expires: 120\r\nX-Odd: ;;,,;\r\n");

/* Good ones, of which cuts and changes are tried. */
static const char *const all_good[] = {
    good,
    ANSWER("401 x",
           "WWW-Authenticate: Digest realm=\"a \\\"b\\\"\",\r\n nonce=\"n\",qop=\"auth\"\r\n"
           "Proxy-Authenticate: Digest realm=p,nonce=n,algorithm=SHA-256\r\n"),
};

static int parse(struct sipreg_response *response, struct sipreg_str message)
{
    return sipreg_response_parse(response, message.p, message.n);
}

static int result_of(const char *text)
{
    struct sipreg_response response;

    return parse(&response, given_text(text));
}

/* ---------------------------------------------------------------- the whole message */

static void assert_good(const struct sipreg_response *response)
{
    assert_int_equal(response->status, 200);
    assert_str(response->reason, "OK");
    assert_str(response->call_id, "call@192.0.2.10");
    assert_str(response->from_tag, "ours");
    assert_str(response->to_tag, "theirs");
    assert_str(response->method, "REGISTER");
    assert_int_equal(response->cseq, 7);
    assert_int_equal(response->via_count, 1);
    assert_str(response->via.transport, "UDP");
    assert_str(response->via.host, "192.0.2.10");
    assert_str(response->via.port, "5060");
    assert_str(response->via.branch, "z9hG4bKabcd");
    assert_str(response->via.received, "203.0.113.7");
    assert_str(response->via.rport, "1024");
    assert_int_equal(response->expires, 120);
    assert_int_equal(response->min_expires, SIPREG_ABSENT);
    assert_int_equal(response->retry_after, SIPREG_ABSENT);
    assert_str(response->body, "");
}

static void test_a_200_is_read_with_all_its_parts(void **state)
{
    struct sipreg_response response = parsed(good);

    (void)state;
    assert_good(&response);
}

static void
test_compact_names_odd_case_blanks_folds_and_bare_line_feeds_change_nothing(void **state)
{
    static const char *const rows[] = {
        "sip/2.0 200 OK\r\nv:SIP / 2.0 / UDP 192.0.2.10 : 5060 ; branch = z9hG4bKabcd;rport=1024;"
        "RECEIVED=203.0.113.7\r\nf:sip:alice@example.com;TAG=ours\r\nt:sip:alice@example.com;tag="
        "theirs"
        "\r\ni:call@192.0.2.10\r\ncSEQ: 0007\r\n  REGISTER\r\nexpires: 120\r\n\r\n",
        "SIP/2.0 \t 200   OK \nContent-Length \t :  0\nEXPIRES\t: 120 \ncall-id: call@192.0.2.10\n"
        "CSEQ:\n 7 \n REGISTER\nTo: \"a \\\"b\\\"\\\\\" <sip:alice@example.com> \n ;x;tag = "
        "theirs\n"
        "From: <sip:alice@example.com;tag=no>;tag=\"ours\"\nMax-Forwards: 0\nRoute: <sip:evil>\n"
        "Via: SIP/2.0/UDP 192.0.2.10:5060\n ;branch=z9hG4bKabcd\n "
        ";rport=1024;received=203.0.113.7\n\n",
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct sipreg_response response = parsed(rows[i]);
        assert_good(&response);
    }
}

/* All slices lie within the message, and the numbers within their ranges. */
static void assert_sane(struct sipreg_str message, const struct sipreg_response *response, int used)
{
    const struct sipreg_str slices[] = {
        response->reason,        response->call_id,   response->from_tag, response->to_tag,
        response->method,        response->via.host,  response->via.port, response->via.branch,
        response->via.received,  response->via.rport, response->body,     response->head,
        response->via.transport,
    };

    assert_in_range(used, 1, message.n);
    assert_in_range(response->status, 100, 699);
    assert_true(response->via_count >= 1 && response->call_id.n > 0 && response->method.n > 0);
    assert_true(response->expires >= -1 && response->expires <= (int64_t)UINT32_MAX);
    for (size_t i = 0; i < COUNT(slices); i++) {
        if (slices[i].p == NULL)
            assert_int_equal(slices[i].n, 0);
        else
            assert_true(slices[i].p >= message.p && slices[i].p <= message.p + used &&
                        slices[i].n <= (size_t)(message.p + used - slices[i].p));
    }
}

static void assert_safe(struct sipreg_str message)
{
    struct sipreg_response response;
    struct sipreg_place place = {0, 0, 0};
    struct sipreg_challenge challenge;
    struct sipreg_binding binding;
    size_t values = 0;
    int result = parse(&response, message);

    if (result < 0) {
        assert_true(result == SIPREG_PARTIAL || result == SIPREG_SYNTAX ||
                    result == SIPREG_FOREIGN);
        assert_int_equal(response.status, 0);
        assert_str(response.head, NULL);
        assert_false(sipreg_response_contact(&response, &place, &binding));
        return;
    }
    assert_sane(message, &response, result);
    while (sipreg_response_contact(&response, &place, &binding))
        values++;
    for (place = (struct sipreg_place){0, 0, 0};
         sipreg_challenge_next(&response, &place, &challenge);)
        values++;
    assert_true(values <= 4);
}

static void test_a_message_that_is_not_whole_is_partial_wherever_it_is_cut(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(all_good); i++) {
        for (size_t n = 0; n < strlen(all_good[i]); n++) {
            struct sipreg_response response;
            struct sipreg_str cut = given(all_good[i], n);
            assert_int_equal(parse(&response, cut), n < 7 ? SIPREG_FOREIGN : SIPREG_PARTIAL);
            assert_safe(cut);
        }
    }
}

static void test_a_message_with_any_octet_changed_is_refused_or_still_makes_sense(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(all_good); i++) {
        struct sipreg_str message = given_text(all_good[i]);
        for (size_t n = 0; n < message.n; n++) {
            for (size_t j = 0; j < COUNT(odd_octets); j++)
                assert_safe(with_octet(message, n, odd_octets[j]));
        }
    }
}

static void test_a_response_with_several_vias_in_rows_or_in_a_list_says_so(void **state)
{
    struct sipreg_response response =
        parsed("SIP/2.0 200 OK\r\nv:SIP/2.0/UDP h;branch=a, SIP/2.0/UNKNOWN 255.255.255.255\r\n"
               "Via: SIP/2.0/UDP i;branch=b\r\nf:<sip:a@h>\r\nt:<sip:a@h>\r\ni:1\r\n"
               "CSeq:1 REGISTER\r\n\r\n");

    (void)state;
    assert_int_equal(response.via_count, 3);
    assert_str(response.via.branch, "a");
}

static void test_tags_and_unknown_headers_of_kilobytes_are_read(void **state)
{
    char text[6000];
    int n =
        snprintf(text, sizeof text,
                 "SIP/2.0 200 OK\r\nv:SIP/2.0/UDP h\r\nf:<sip:a@h>\r\ni:1\r\nCSeq:1 REGISTER\r\n"
                 "X: %03000d\r\nt:<sip:a@h>;tag=%02000d\r\n\r\n",
                 1, 2);
    struct sipreg_response response = parsed(text);

    (void)state;
    assert_true(n < (int)sizeof text);
    assert_int_equal(response.to_tag.n, 2000);
}

static void test_mandatory_headers_are_there_once_and_in_any_place(void **state)
{
    struct sipreg_str message = given_text(good);
    struct sipreg_response response;
    size_t n = line_count(message);

    (void)state;
    assert_int_equal(n, 9);
    for (size_t i = 0; i < n; i++) { /* Via, From, To, Call-ID and CSeq are the first five */
        assert_int_equal(parse(&response, without_line(message, i)) < 0, i < 5);
        assert_safe(without_line(message, i));
        struct sipreg_str doubled = line_doubled(message, i);
        assert_int_equal(parse(&response, doubled),
                         i >= 1 && i <= 4 ? SIPREG_SYNTAX : (int)doubled.n);
        assert_int_equal(response.via_count, i == 0 ? 2 : i <= 4 ? 0 : 1);
        assert_safe(doubled);
        assert_int_equal(parse(&response, line_moved_last(message, i)), message.n);
        assert_good(&response);
    }
}

struct row {
    const char *text;
    int result; /* above 0: that status */
    const char *reason;
};

#define REST "\r\nv:SIP/2.0/UDP h\r\nf:<sip:a@h>\r\nt:<sip:a@h>\r\ni:1\r\nCSeq:1 REGISTER\r\n"

static void test_only_the_code_of_a_status_line_counts_and_only_version_2(void **state)
{
    static const struct row rows[] = {
        {"SIP/2.0 200 Go away" REST "\r\n", 200, "Go away"},
        {"SIP/2.0 403 OK" REST "\r\n", 403, "OK"},
        {"SIP/2.0 100 " REST "\r\n", 100, ""},
        {"SIP/2.0 699" REST "\r\n", 699, ""},
        {"SIP/2.0 200 = 2**3 * 5**2 \xD0\x91" REST "\r\n", 200, "= 2**3 * 5**2 \xD0\x91"},
        {"SIP/3.0 200 OK" REST "\r\n", SIPREG_SYNTAX, NULL},
        {"SIP/7.0 200 OK" REST "\r\n", SIPREG_SYNTAX, NULL},
        {"SIP/2.01 200 OK" REST "\r\n", SIPREG_SYNTAX, NULL},
        {"SIP/2.0" REST "\r\n", SIPREG_SYNTAX, NULL},
        {"SIP/2.0\n", SIPREG_SYNTAX, NULL},
        {"SIP/2.0 \n", SIPREG_SYNTAX, NULL},
        {"SIP/2.0 700 x" REST "\r\n", SIPREG_SYNTAX, NULL},
        {"SIP/2.0 099 x" REST "\r\n", SIPREG_SYNTAX, NULL},
        {"SIP/2.0 4294967496 x" REST "\r\n", SIPREG_SYNTAX, NULL},
        {"SIP/2.0 0200 x" REST "\r\n", SIPREG_SYNTAX, NULL},
        {"SIP/2.0 20 x" REST "\r\n", SIPREG_SYNTAX, NULL},
        {"SIP/2.0 2x0 x" REST "\r\n", SIPREG_SYNTAX, NULL},
        {"SIP/2.0 -20 x" REST "\r\n", SIPREG_SYNTAX, NULL},
        {"OPTIONS sip:a@h SIP/2.0" REST "\r\n", SIPREG_FOREIGN, NULL},
        {"HTTP/1.1 200 OK" REST "\r\n", SIPREG_FOREIGN, NULL},
        {"\r\n\r\n", SIPREG_FOREIGN, NULL},
        {"\r\n\r\nSIP/2.0 200 OK" REST "\r\n", SIPREG_FOREIGN, NULL},
        {"", SIPREG_FOREIGN, NULL},
        {"SIP/2.0", SIPREG_PARTIAL, NULL},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct sipreg_response response;
        int result = parse(&response, given_text(rows[i].text));
        if ((result < 0 ? result : response.status) != rows[i].result)
            fail_msg("row %u: %d", (unsigned)i, result);
        assert_str(response.reason, rows[i].reason);
    }
    assert_int_equal(result_of("\x01\x01"
                               "0000\x21\x12\xA4\x42 STUN"),
                     SIPREG_FOREIGN);
}

static void
test_a_mandatory_header_that_does_not_come_apart_makes_the_message_unusable(void **state)
{
    static const char *const rows[] = {
        "v:SIP/2.0/UDP\r\nf:<sip:a@h>\r\nt:<sip:a@h>\r\ni:1\r\nCSeq:1 REGISTER",
        "v:SIP/2.0/UDP h\r\nf:\"A <sip:a@h>\r\nt:<sip:a@h>\r\ni:1\r\nCSeq:1 REGISTER",
        "v:SIP/2.0/UDP h\r\nf:<sip:a@h>\r\nt:\"A <sip:a@h>\r\ni:1\r\nCSeq:1 REGISTER",
        "v:SIP/2.0/UDP h\r\nf:<sip:a@h>, <sip:b@h>\r\nt:<sip:a@h>\r\ni:1\r\nCSeq:1 REGISTER",
        "v:SIP/2.0/UDP h\r\nf:\r\nt:<sip:a@h>\r\ni:1\r\nCSeq:1 REGISTER",
        "v:SIP/2.0/UDP h\r\nf:<sip:a@h>\r\nt:<sip:a@h>\r\ni:\r\nCSeq:1 REGISTER",
        "v:SIP/2.0/UDP h\r\nf:<sip:a@h>\r\nt:<sip:a@h>\r\ni:1 2\r\nCSeq:1 REGISTER",
        "v:SIP/2.0/UDP h\r\nf:<sip:a@h>\r\nt:<sip:a@h>\r\ni:1\r\nCSeq:4294967296 REGISTER",
        "v:SIP/2.0/UDP h\r\nf:<sip:a@h>\r\nt:<sip:a@h>\r\ni:1\r\nCSeq:REGISTER",
        "v:SIP/2.0/UDP h\r\nf:<sip:a@h>\r\nt:<sip:a@h>\r\ni:1\r\nCSeq:1",
        "v:SIP/2.0/UDP h\r\nf:<sip:a@h>\r\nt:<sip:a@h>\r\ni:1\r\nCSeq:1 REGISTER x",
        "v:SIP/2.0/UDP h\r\nf:<sip:a@h>\r\nt:<sip:a@h>\r\ni:1\r\nCSeq:1REGISTER",
        "v:SIP/2.0/UDP h\r\nf:<sip:a@h>\r\nt:<sip:a@h>\r\ni:1\r\nCSeq:1 REGISTER\r\nno colon",
        "To\v:<sip:a@h>\r\nv:SIP/2.0/UDP h\r\nf:<sip:a@h>\r\ni:1\r\nCSeq:1 REGISTER",
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        char text[200];
        snprintf(text, sizeof text, "SIP/2.0 200 OK\r\n%s\r\n\r\n", rows[i]);
        if (result_of(text) != SIPREG_SYNTAX)
            fail_msg("%s", rows[i]);
    }
}

static void test_a_tag_in_front_of_a_stray_comma_is_nobody_s(void **state)
{
    struct sipreg_response response = parsed(
        "SIP/2.0 200 OK\r\nv:SIP/2.0/UDP h\r\nf:A;tag=stranger, B <sip:a@h>\r\n"
        "t:A;tag=stranger, <sip:a@h>;tag=theirs\r\ni:%\"<a>[\r\nCSeq:4294967295 R%47\r\n\r\n");

    (void)state;
    assert_str(response.from_tag, NULL);
    assert_str(response.to_tag, "theirs");
    assert_str(response.call_id, "%\"<a>[");
    assert_int_equal(response.cseq, UINT32_MAX);
    assert_str(response.method, "R%47");
}

/* ---------------------------------------------------------------- numbers and body */

struct number {
    const char *lines;
    int result; /* 1: good */
    int64_t expires, min_expires, retry_after;
};

static void test_numbers_that_steer_never_wrap_and_nonsense_is_3600_absent_or_refused(void **state)
{
    static const struct number rows[] = {
        {"Expires: 0", 1, 0, -1, -1},
        {"Expires: 4294967295", 1, UINT32_MAX, -1, -1},
        {"Expires: 4294967297", 1, UINT32_MAX, -1, -1},
        {"Expires: 99999999999999999999", 1, UINT32_MAX, -1, -1},
        {"Expires: -1", 1, 3600, -1, -1},
        {"Expires: soon", 1, 3600, -1, -1},
        {"Expires:", 1, 3600, -1, -1},
        {"Expires: 60\r\nExpires: 70", 1, 60, -1, -1},
        {"Min-Expires: 90", 1, -1, 90, -1},
        {"Min-Expires: x", 1, -1, -1, -1},
        {"Min-Expires: 4294967296", SIPREG_SYNTAX, 0, 0, 0},
        {"Retry-After: 18000;duration=3600", 1, -1, -1, 18000},
        {"Retry-After: 120 (I'm in a meeting)", 1, -1, -1, 120},
        {"Retry-After: 5\r\nRetry-After: 9", 1, -1, -1, 5},
        {"Retry-After: Mon, 21 Jul 1997 18:48:34 GMT", 1, -1, -1, -1},
        {"Retry-After: 21 Jul 1997", 1, -1, -1, -1},
        {"Retry-After: 7x", 1, -1, -1, -1},
        {"Retry-After:", 1, -1, -1, -1},
        {"Retry-After: 4294967295", 1, -1, -1, UINT32_MAX},
        {"Retry-After: 949302838503028349304023988", SIPREG_SYNTAX, 0, 0, 0},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        char text[300];
        struct sipreg_response response;
        snprintf(text, sizeof text, "SIP/2.0 500 x" REST "%s\r\n\r\n", rows[i].lines);
        int result = parse(&response, given_text(text));
        if ((result > 0 ? 1 : result) != rows[i].result)
            fail_msg("%s: %d", rows[i].lines, result);
        assert_int_equal(response.expires, rows[i].expires);
        assert_int_equal(response.min_expires, rows[i].min_expires);
        assert_int_equal(response.retry_after, rows[i].retry_after);
    }
}

struct length {
    const char *lines, *after;
    int result; /* 1: good */
    const char *body;
};

static void test_the_body_is_as_long_as_content_length_says_and_the_rest_is_noise(void **state)
{
    static const struct length rows[] = {
        {"l: 0\r\n", "INVITE sip:a SIP/2.0\r\n", 1, ""},
        {"l: 4\r\n", "abcdINVITE", 1, "abcd"},
        {"l: 4\r\nContent-Length:0004\r\n", "abcd", 1, "abcd"},
        {"", "abcd", 1, "abcd"},
        {"", "", 1, ""},
        {"l: 5\r\n", "abcd", SIPREG_PARTIAL, NULL},
        {"l: 65535\r\n", "abcd", SIPREG_PARTIAL, NULL},
        {"l: 65536\r\n", "abcd", SIPREG_SYNTAX, NULL},
        {"l: 4294967300\r\n", "abcd", SIPREG_SYNTAX, NULL},
        {"l: -999\r\n", "abcd", SIPREG_SYNTAX, NULL},
        {"l: five\r\n", "abcd", SIPREG_SYNTAX, NULL},
        {"l:\r\n", "abcd", SIPREG_SYNTAX, NULL},
        {"l: 4\r\nl: 3\r\n", "abcd", SIPREG_SYNTAX, NULL},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        char text[300];
        struct sipreg_response response;
        int n = snprintf(text, sizeof text, "SIP/2.0 200 OK" REST "%s\r\n%s", rows[i].lines,
                         rows[i].after);
        int result = parse(&response, given(text, (size_t)n));
        assert_int_equal(result > 0 ? 1 : result, rows[i].result);
        assert_str(response.body, rows[i].body);
    }
}

static void test_a_body_may_hold_anything(void **state)
{
    struct sipreg_str message =
        OCTETS("SIP/2.0 401 x" REST "c: application/x\r\nl: 6\r\n\r\n\0\xFF\r\n\r\n");
    struct sipreg_response response;

    (void)state;
    assert_int_equal(parse(&response, message), message.n);
    assert_int_equal(response.body.n, 6);
    assert_memory_equal(response.body.p, "\0\xFF\r\n\r\n", 6);
}

static void test_65535_octets_are_read_and_one_more_is_above_the_limit(void **state)
{
    static const char head[] = "SIP/2.0 200 OK" REST "\r\n";
    char *text = (char *)malloc(65536);
    struct sipreg_response response;

    (void)state;
    assert_non_null(text);
    memset(text, 'x', 65536);
    memcpy(text, head, sizeof head - 1);
    assert_int_equal(sipreg_response_parse(&response, text, 65535), 65535);
    assert_int_equal(sipreg_response_parse(&response, text, 65536), SIPREG_LIMIT);
    assert_int_equal(response.status, 0);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_a_200_is_read_with_all_its_parts),
        TEST(test_compact_names_odd_case_blanks_folds_and_bare_line_feeds_change_nothing),
        TEST(test_a_message_that_is_not_whole_is_partial_wherever_it_is_cut),
        TEST(test_a_message_with_any_octet_changed_is_refused_or_still_makes_sense),
        TEST(test_a_response_with_several_vias_in_rows_or_in_a_list_says_so),
        TEST(test_tags_and_unknown_headers_of_kilobytes_are_read),
        TEST(test_mandatory_headers_are_there_once_and_in_any_place),
        TEST(test_only_the_code_of_a_status_line_counts_and_only_version_2),
        TEST(test_a_mandatory_header_that_does_not_come_apart_makes_the_message_unusable),
        TEST(test_a_tag_in_front_of_a_stray_comma_is_nobody_s),
        TEST(test_numbers_that_steer_never_wrap_and_nonsense_is_3600_absent_or_refused),
        TEST(test_the_body_is_as_long_as_content_length_says_and_the_rest_is_noise),
        TEST(test_a_body_may_hold_anything),
        TEST(test_65535_octets_are_read_and_one_more_is_above_the_limit),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
