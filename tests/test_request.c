/*
 * test_request.c - a REGISTER as it is written (lib/request.c).
 */
#include "support.h"

#include <stdio.h>

static int write_request(const void *what, void *out, size_t size)
{
    return sipreg_request_write((const struct sipreg_request *)what, out, size);
}

static struct sipreg_request alice(void)
{
    struct sipreg_request request = {
        .registrar = "sip:example.com",
        .aor = "sip:alice@example.com",
        .contact = "sip:alice@192.0.2.10:5060",
        .sent_by = "192.0.2.10:5060",
        .expires = 3600,
    };

    return request;
}

static void renew(struct sipreg_request *request)
{
    unsigned char dice = 0;

    assert_int_equal(sipreg_request_renew(request, counting_random, &dice), SIPREG_OK);
}

/* ---------------------------------------------------------------- what is written */

#define CALL_ID "abcdefghijklmnopqrstuvw"
#define TAG     "xyz234567ab"
#define BRANCH  "z9hG4bKcdefghijklmnopqr"

static void test_a_registration_is_written_octet_for_octet_at_every_capacity(void **state)
{
    struct sipreg_request request = alice();

    (void)state;
    renew(&request);
    assert_str(written(write_request, &request),
               "REGISTER sip:example.com SIP/2.0\r\n"
               "Via: SIP/2.0/UDP 192.0.2.10:5060;branch=" BRANCH ";rport\r\n"
               "Max-Forwards: 70\r\n"
               "From: <sip:alice@example.com>;tag=" TAG "\r\n"
               "To: <sip:alice@example.com>\r\n"
               "Call-ID: " CALL_ID "\r\n"
               "CSeq: 1 REGISTER\r\n"
               "Contact: <sip:alice@192.0.2.10:5060>;expires=3600\r\n"
               "Expires: 3600\r\n"
               "Content-Length: 0\r\n"
               "\r\n");
}

static void test_everything_at_once_is_written_in_order_and_at_every_capacity(void **state)
{
    static const char *const routes[] = {"sip:p1;lr;x=1", "sip:p2;lr", "sip:p3;lr"};
    static const struct sipreg_header headers[] = {{"Proxy-Require", "gin"}, {"X-Odd", ""}};
    static const struct sipreg_contact contacts[] = {
        {"sip:a,b;c@h", 0, 1000, ";+sip.instance=\"<urn:uuid:0>\""},
        {"mailto:a@h?x", SIPREG_EXPIRES_NONE, 500, NULL},
        {"tel:+1;x=y", 4294967295, 125, ""},
        {"sip:z@h", SIPREG_EXPIRES_NONE, 1, NULL},
        {"sip:z@h", SIPREG_EXPIRES_NONE, 10, NULL},
        {"sip:z@h", SIPREG_EXPIRES_NONE, 0, NULL},
    };
    static const struct sipreg_body body = {"application/cpl+xml", "script;action=store",
                                            "\0\xC3\xA9", 3};
    struct sipreg_request request = alice();
    static const char expected[] =
        "REGISTER sip:example.com SIP/2.0\r\n"
        "Via: SIP/2.0/TCP [2001:db8::1]:5060;branch=" BRANCH ";rport\r\n"
        "Route: <sip:p1;lr;x=1>\r\n"
        "Route: <sip:p2;lr>\r\n"
        "Route: <sip:p3;lr>\r\n"
        "Max-Forwards: 7\r\n"
        "From: \"A \\\"x\\\" \\\\ b, c\" <sip:carol@example.com>;tag=" TAG "\r\n"
        "To: \"A \\\"x\\\" \\\\ b, c\" <sip:alice@example.com;user=phone>\r\n"
        "Call-ID: " CALL_ID "\r\n"
        "CSeq: 1 REGISTER\r\n"
        "Proxy-Require: gin\r\n"
        "X-Odd: \r\n"
        "Contact: <sip:alice@192.0.2.10:5060>;expires=60\r\n"
        "Contact: <sip:a,b;c@h>;q=1.0;expires=0;+sip.instance=\"<urn:uuid:0>\"\r\n"
        "Contact: <mailto:a@h?x>;q=0.5\r\n"
        "Contact: <tel:+1;x=y>;q=0.125;expires=4294967295\r\n"
        "Contact: <sip:z@h>;q=0.001\r\n"
        "Contact: <sip:z@h>;q=0.01\r\n"
        "Contact: <sip:z@h>\r\n"
        "Expires: 60\r\n"
        "Supported: path, gruu\r\n"
        "Allow: INVITE, ACK\r\n"
        "User-Agent: x/1 (\xD0\x91)\r\n"
        "Content-Type: application/cpl+xml\r\n"
        "Content-Disposition: script;action=store\r\n"
        "Content-Length: 3\r\n\r\n\0\xC3\xA9";

    (void)state;
    request.aor = "sip:alice@example.com;user=phone";
    request.from = "sip:carol@example.com";
    request.display = "A \"x\" \\ b, c";
    request.sent_by = "[2001:db8::1]:5060";
    request.transport = SIPREG_TCP;
    request.contacts = contacts;
    request.contact_count = COUNT(contacts);
    request.expires = 60;
    request.routes = routes;
    request.route_count = COUNT(routes);
    request.supported = "path, gruu";
    request.allow = "INVITE, ACK";
    request.user_agent = "x/1 (\xD0\x91)";
    request.headers = headers;
    request.header_count = COUNT(headers);
    request.body = &body;
    request.max_forwards = 7;
    renew(&request);
    struct sipreg_str text = written(write_request, &request);
    assert_int_equal(text.n, sizeof expected - 1);
    assert_memory_equal(text.p, expected, text.n);
}

struct row {
    struct sipreg_request request;
    const char *there, *absent; /* parts of the text */
};

static void test_what_the_parts_of_a_request_turn_into(void **state)
{
    static const struct sipreg_contact one = {"sip:b@h", 0, 0, NULL};
    static const struct row rows[] = {
        {{.contact = "*", .expires = 0}, "\r\nContact: *\r\nExpires: 0\r\n", "<*>"},
        {{.contact = "sip:b@h", .expires = 0},
         "Contact: <sip:b@h>;expires=0\r\nExpires: 0\r\n",
         "*"},
        {{.contact = "sip:b@h", .expires = SIPREG_EXPIRES_NONE},
         "Contact: <sip:b@h>\r\n",
         "xpires"},
        {{.expires = 3600}, "\r\nContent-Length: 0\r\n\r\n", "xpires"}, /* a query */
        {{.expires = 3600}, " REGISTER\r\nContent-", "Contact"},
        {{.contacts = &one, .contact_count = 1, .expires = 9},
         "<sip:b@h>;expires=0\r\nExpires: 9",
         "*"},
        {{.transport = SIPREG_TLS}, "\r\nVia: SIP/2.0/TLS 192.0.2.10", "UDP"},
        {{.registrar = "sip:[2001:db8::1]:5070;x"},
         "REGISTER sip:[2001:db8::1]:5070;x SIP/2.0\r\nVia",
         "<sip:["},
        {{.display = ""}, "\r\nTo: \"\" <sip:alice@example.com>\r\n", "To: <"},
        {{.display = "*"}, "\r\nFrom: \"*\" <sip:alice@example.com>;tag=", "From: *"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct sipreg_request request = rows[i].request;
        char text[1000];
        request.aor = "sip:alice@example.com";
        request.sent_by = "192.0.2.10";
        renew(&request);
        int n = sipreg_request_write(&request, text, sizeof text - 1);
        assert_in_range(n, 1, sizeof text - 1);
        text[n] = '\0';
        assert_memory_equal(text, "REGISTER sip:", 13);
        if (strstr(text, rows[i].there) == NULL || strstr(text, rows[i].absent) != NULL)
            fail_msg("row %u: %s", (unsigned)i, text);
    }
}

/* ---------------------------------------------------------------- identifiers */

static void
test_a_retransmission_is_the_same_and_a_renewal_has_the_next_cseq_and_another_branch(void **state)
{
    struct sipreg_request request = alice(), before;
    char first[1000], again[1000];
    unsigned char dice = 0;

    (void)state;
    assert_int_equal(sipreg_request_renew(&request, counting_random, &dice), SIPREG_OK);
    assert_int_equal(dice, 23 + 11 + 16); /* octets of the random source, 5 bits of each are used */
    int n = sipreg_request_write(&request, first, sizeof first);
    assert_int_equal(sipreg_request_write(&request, again, sizeof again), n);
    assert_memory_equal(first, again, (size_t)n);
    before = request;
    assert_int_equal(sipreg_request_renew(&request, counting_random, &dice), SIPREG_OK);
    assert_int_equal(request.cseq, 2);
    assert_string_equal(request.call_id, before.call_id);
    assert_string_equal(request.tag, before.tag);
    assert_string_not_equal(request.branch, before.branch);
    assert_memory_equal(request.branch, "z9hG4bK", 7);
}

static void test_cseq_stays_below_2_to_the_31_and_starts_again_with_another_call_id(void **state)
{
    struct sipreg_request request = alice(), before;
    unsigned char dice = 0;

    (void)state;
    assert_int_equal(sipreg_request_renew(&request, counting_random, &dice), SIPREG_OK);
    before = request;
    request.cseq = 0x7FFFFFFE;
    assert_int_equal(sipreg_request_renew(&request, counting_random, &dice), SIPREG_OK);
    assert_int_equal(request.cseq, 0x7FFFFFFF);
    assert_string_equal(request.call_id, before.call_id);
    assert_int_equal(sipreg_request_renew(&request, counting_random, &dice), SIPREG_OK);
    assert_int_equal(request.cseq, 1);
    assert_string_not_equal(request.call_id, before.call_id);
    assert_string_not_equal(request.tag, before.tag);
}

/* Octets of one kind, whatever is asked for. */
static int still_random(void *user, void *out, size_t n)
{
    memset(out, *(const int *)user, n);
    return 0;
}

static void test_a_source_that_repeats_itself_makes_no_request(void **state)
{
    struct sipreg_request request = alice();
    unsigned char dice = 0;
    int octet = 0;
    char out[1000];

    (void)state;
    for (int tries = 0; tries < 3; tries++) { /* from the beginning */
        assert_int_equal(sipreg_request_renew(&request, still_random, &octet), SIPREG_RANDOM);
        assert_int_equal(request.cseq, 0);
        assert_int_equal(sipreg_request_write(&request, out, sizeof out), SIPREG_STATE);
    }
    assert_int_equal(sipreg_request_renew(&request, counting_random, &dice), SIPREG_OK);
    dice = 23 + 11; /* the branch of before comes again */
    assert_int_equal(sipreg_request_renew(&request, counting_random, &dice), SIPREG_RANDOM);
    assert_int_equal(request.cseq, 1);
    assert_int_equal(sipreg_request_write(&request, out, sizeof out), SIPREG_STATE);
    dice = 23 + 11;
    assert_int_equal(sipreg_request_renew(&request, counting_random, &dice), SIPREG_RANDOM);
    dice = 0;
    assert_int_equal(sipreg_request_renew(&request, counting_random, &dice), SIPREG_OK);
    assert_int_equal(request.cseq, 2);
}

static void test_a_request_that_was_not_renewed_cannot_be_written(void **state)
{
    struct sipreg_request request = alice();
    char out[1000];

    (void)state;
    assert_int_equal(sipreg_request_write(&request, out, sizeof out), SIPREG_STATE);
    for (int calls = 0; calls < 3; calls++) { /* Call-ID, tag, branch */
        int left = calls;
        assert_int_equal(sipreg_request_renew(&request, failing_random, &left), SIPREG_RANDOM);
        assert_string_equal(request.branch, "");
        assert_int_equal(request.cseq, 0);
        assert_int_equal(sipreg_request_write(&request, out, sizeof out), SIPREG_STATE);
    }
    assert_int_equal(sipreg_request_renew(&request, NULL, NULL), SIPREG_RANDOM);
    renew(&request);
    assert_true(sipreg_request_write(&request, out, sizeof out) > 0);
    request.aor = NULL;
    assert_int_equal(sipreg_request_renew(&request, NULL, NULL), SIPREG_ARGUMENT);
    assert_int_equal(sipreg_request_write(&request, out, sizeof out), SIPREG_ARGUMENT);
}

static void
test_a_control_character_that_came_after_the_renewal_is_refused_all_the_same(void **state)
{
    struct sipreg_request request = alice();
    char out[1000];

    (void)state;
    renew(&request);
    request.user_agent = "x\r\nVia: y";
    assert_int_equal(sipreg_request_write(&request, out, sizeof out), SIPREG_ARGUMENT);
    request.user_agent = NULL;
    request.display = "x\ny";
    assert_int_equal(sipreg_request_write(&request, out, sizeof out), SIPREG_ARGUMENT);
}

/* ---------------------------------------------------------------- credentials */

struct credentials {
    const char *header, *params;
    uint32_t count; /* of uses before */
    const char *line;
};

#define START(what)                                                                                \
    "\r\n" what ": Digest username=\"a \\\"b\\\" \\\\c\", realm=\"r \\\"q\\\"\", nonce=\"n,1\", "  \
    "uri=\"sip:example.com\", response=\"0123"

static void test_credentials_are_written_with_what_was_received_and_at_every_capacity(void **state)
{
    static const struct credentials rows[] = {
        {"WWW-Authenticate", "", 0, START("Authorization") "\"\r\n"},
        {"Proxy-Authenticate", ",opaque=\"\"", 0,
         START("Proxy-Authorization") "\", opaque=\"\"\r\n"},
        {"WWW-Authenticate", ",qop=auth,algorithm=mD5,opaque=\"o\\\\\"", 9,
         START("Authorization") "\", algorithm=mD5, opaque=\"o\\\\\", cnonce=\"c0\", qop=auth, "
                                "nc=0000000a\r\n"},
        {"WWW-Authenticate", ",qop=auth-int,algorithm=\"MD5-sess\"", 15,
         START("Authorization") "\", algorithm=MD5-sess, cnonce=\"c0\", qop=auth-int, "
                                "nc=00000010\r\n"},
    };
    static const struct sipreg_credentials secret = {.user = "a \"b\" \\c", .password = "secret"};

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct sipreg_request request = alice();
        char line[700];
        snprintf(line, sizeof line,
                 ANSWER("401 x", "%s: Digest realm=\"r \\\"q\\\"\",nonce=\"n,1\"%s\r\n"),
                 rows[i].header, rows[i].params);
        struct sipreg_response response = parsed(line);
        struct sipreg_challenge challenge;
        struct sipreg_answer answer;
        unsigned char dice = 0;
        assert_int_equal(sipreg_challenge_read(&challenge, &response), SIPREG_OK);
        renew(&request);
        challenge.count = rows[i].count;
        strcpy(challenge.cnonce, "c0");
        assert_int_equal(
            sipreg_challenge_answer(&answer, &challenge, &secret, &request, counting_random, &dice),
            SIPREG_OK);
        memset(answer.response, 0, sizeof answer.response);
        answer.response[0] = 0x01;
        answer.response[1] = 0x23;
        request.answer = &answer;
        struct sipreg_str text = written(write_request, &request);
        char copy[1200];
        snprintf(copy, sizeof copy, "%.*s", (int)text.n, text.p);
        /* the response has 32 digits, of which 28 are zeros here */
        char *zeros = strstr(copy, "response=\"0123");
        assert_non_null(zeros);
        zeros += strlen("response=\"0123");
        assert_int_equal(strspn(zeros, "0"), 28);
        memmove(zeros, zeros + 28, strlen(zeros + 28) + 1);
        if (strstr(copy, rows[i].line) == NULL)
            fail_msg("row %u: %s", (unsigned)i, copy);
        assert_null(strstr(copy, "secret"));
    }
}

static void test_a_transport_that_turned_unknown_is_not_written(void **state)
{
    struct sipreg_request request = alice();
    char out[1000];

    (void)state;
    renew(&request);
    request.transport = (enum sipreg_transport)9;
    assert_int_equal(sipreg_request_write(&request, out, sizeof out), SIPREG_ARGUMENT);
}

static void test_a_hashed_user_name_stands_for_the_plain_one(void **state)
{
    static const struct sipreg_credentials secret = {.user = "alice", .password = ""};
    struct sipreg_request request = alice();
    struct sipreg_response response =
        parsed(ANSWER("401 x", "WWW-Authenticate: Digest realm=\"atlanta.example.com\",nonce=n,"
                               "algorithm=SHA-256,userhash=true\r\n"));
    struct sipreg_challenge challenge;
    struct sipreg_answer answer;
    char text[1200];

    (void)state;
    renew(&request);
    assert_int_equal(sipreg_challenge_read(&challenge, &response), SIPREG_OK);
    unsigned char dice = 0;
    assert_int_equal(
        sipreg_challenge_answer(&answer, &challenge, &secret, &request, counting_random, &dice),
        SIPREG_OK);
    request.answer = &answer;
    int n = sipreg_request_write(&request, text, sizeof text - 1);
    assert_true(n > 0);
    text[n] = '\0';
    assert_non_null(strstr(text,
                           "Authorization: Digest username=\""
                           "20d3aa2662a2f9c09335b83e969fd2a3b81931ecbcc079f944d4a8e124593488\", "));
    assert_non_null(strstr(text, ", algorithm=SHA-256, userhash=true\r\n"));
}

static void test_answers_to_two_realms_have_a_line_each(void **state)
{
    static const struct sipreg_credentials secret = {.user = "alice", .password = ""};
    struct sipreg_request request = alice();
    struct sipreg_response response =
        parsed(ANSWER("407 x", "Proxy-Authenticate: Digest realm=\"p\",nonce=n\r\n"
                               "WWW-Authenticate: Digest realm=\"w\",nonce=n\r\n"));
    struct sipreg_place place = {0, 0, 0};
    struct sipreg_challenge challenges[2];
    struct sipreg_answer answers[2];
    char text[1200];

    (void)state;
    renew(&request);
    for (size_t i = 0; i < 2; i++) {
        unsigned char dice = 0;
        assert_true(sipreg_challenge_next(&response, &place, &challenges[i]));
        assert_int_equal(sipreg_challenge_answer(&answers[i], &challenges[i], &secret, &request,
                                                 counting_random, &dice),
                         SIPREG_OK);
    }
    answers[0].next = &answers[1];
    request.answer = &answers[0];
    int n = sipreg_request_write(&request, text, sizeof text - 1);
    assert_true(n > 0);
    text[n] = '\0';
    assert_non_null(
        strstr(text, "\r\nProxy-Authorization: Digest username=\"alice\", realm=\"p\""));
    assert_non_null(strstr(text, "\r\nAuthorization: Digest username=\"alice\", realm=\"w\""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_a_registration_is_written_octet_for_octet_at_every_capacity),
        TEST(test_everything_at_once_is_written_in_order_and_at_every_capacity),
        TEST(test_what_the_parts_of_a_request_turn_into),
        TEST(test_a_retransmission_is_the_same_and_a_renewal_has_the_next_cseq_and_another_branch),
        TEST(test_cseq_stays_below_2_to_the_31_and_starts_again_with_another_call_id),
        TEST(test_a_source_that_repeats_itself_makes_no_request),
        TEST(test_a_request_that_was_not_renewed_cannot_be_written),
        TEST(test_a_control_character_that_came_after_the_renewal_is_refused_all_the_same),
        TEST(test_credentials_are_written_with_what_was_received_and_at_every_capacity),
        TEST(test_a_transport_that_turned_unknown_is_not_written),
        TEST(test_a_hashed_user_name_stands_for_the_plain_one),
        TEST(test_answers_to_two_realms_have_a_line_each),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
