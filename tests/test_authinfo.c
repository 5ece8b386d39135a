/*
 * test_authinfo.c - Authentication-Info (sipreg_challenge_verify).
 */
#include "support.h"

#include <stdio.h>

static const struct sipreg_credentials alice = {.user = "alice", .password = "s3cr3t pass"};
static const struct sipreg_request request = {.registrar = "sip:atlanta.example.com"};

/* As if a request had been sent with it, nc 1 and the cnonce of the vectors. */
static struct sipreg_challenge challenge = {
    .realm = {"atlanta.example.com", 19},
    .nonce = {"84a4cc6f3082121f32b42a2187831a9e", 32},
    .algorithm = SIPREG_MD5,
    .qop = SIPREG_QOP_AUTH,
    .count = 1,
    .cnonce = "0a4f113b",
};
static const struct sipreg_answer sent = {
    .challenge = &challenge,
    .user = {"alice", 5},
    .qop = SIPREG_QOP_AUTH,
    .count = 1,
};

static int verify(struct sipreg_authinfo *info, const struct sipreg_answer *answer,
                  const char *lines)
{
    char text[1000];
    struct sipreg_response response;

    snprintf(text, sizeof text, ANSWER("200 OK", "%s"), lines);
    response = parsed(text);
    return sipreg_challenge_verify(info, answer, &alice, &request, &response);
}

/* A program may give another hash of the password now than when it was asked for the answer. */
static void test_a_ha1_of_another_algorithm_verifies_nothing(void **state)
{
    static const struct sipreg_credentials other = {
        .user = "alice", .ha1 = "0123456789abcdef0123456789abcdef", .ha1_algorithm = SIPREG_SHA256};
    struct sipreg_authinfo info;
    struct sipreg_response response =
        parsed(ANSWER("200 OK", "Authentication-Info: rspauth=\"00\"\r\n"));

    (void)state;
    assert_int_equal(sipreg_challenge_verify(&info, &sent, &other, &request, &response),
                     SIPREG_ARGUMENT);
    assert_false(info.verified);
}

#define RSPAUTH "e32e98fb95b47b5852ff8a9908ff65e9"

struct row {
    const char *value; /* NULL: no header */
    int result;
    bool verified;
    const char *nextnonce;
};

static void test_rspauth_is_right_or_wrong_and_cnonce_and_nc_are_ours(void **state)
{
    static const struct row rows[] = {
        {NULL, SIPREG_OK, false, NULL},
        {"", SIPREG_OK, false, NULL},
        {"rspauth=\"" RSPAUTH "\"", SIPREG_OK, true, NULL},
        {"RspAuth=\"E32E98FB95B47B5852FF8A9908FF65E9\"", SIPREG_OK, true, NULL},
        {"qop=auth, rspauth=\"" RSPAUTH "\", cnonce=\"0a4f113b\", nc=00000001", SIPREG_OK, true,
         NULL},
        {"rspauth=" RSPAUTH ",qop=\"auth\",\r\n cnonce=0a4f113b,nc=\"00000001\",nextnonce=\"n2\"",
         SIPREG_OK, true, "n2"},
        {"qop=autx, rspauth=\"" RSPAUTH "\"", SIPREG_OK, true, NULL},
        {"rspauth=\"" RSPAUTH
         "\",rspauth=\"0\",nc=00000001,nc=2,unknown,nextnoncf=1,rspauti=2,qoq,cnoncf,nd,"
         "qop=auth-inx",
         SIPREG_OK, true, NULL},
        {"nextnonce=\"n2\"", SIPREG_OK, false, "n2"},
        {"nextnonce=\"\"", SIPREG_OK, false, NULL},
        {"nextnonce=\"n\r\n 2\"", SIPREG_OK, false, NULL},
        {"rspauth=\"\"", SIPREG_OK, false, NULL},
        {"rspauth=\"e32e98fb95b47b5852ff8a9908ff65e8\",nextnonce=n2", SIPREG_CHALLENGE, false,
         NULL},
        {"rspauth=\"f32e98fb95b47b5852ff8a9908ff65e9\"", SIPREG_CHALLENGE, false, NULL},
        {"rspauth=\"" RSPAUTH "0\"", SIPREG_CHALLENGE, false, NULL},
        {"rspauth=\"e32e\"", SIPREG_CHALLENGE, false, NULL},
        {"rspauth=e", SIPREG_CHALLENGE, false, NULL},
        {"rspauth=\"g32e98fb95b47b5852ff8a9908ff65e9\"", SIPREG_CHALLENGE, false, NULL},
        {"rspauth=\"" RSPAUTH "\",cnonce=\"0A4F113B\"", SIPREG_CHALLENGE, false, NULL},
        {"rspauth=\"" RSPAUTH "\",cnonce=\"0a4f113\"", SIPREG_CHALLENGE, false, NULL},
        {"rspauth=\"" RSPAUTH "\",cnonce=0", SIPREG_CHALLENGE, false, NULL},
        {"rspauth=\"" RSPAUTH "\",nc=00000002", SIPREG_CHALLENGE, false, NULL},
        {"rspauth=\"" RSPAUTH "\",nc=01000001", SIPREG_CHALLENGE, false, NULL},
        {"rspauth=\"" RSPAUTH "\",nc=1", SIPREG_CHALLENGE, false, NULL},
        {"rspauth=\"" RSPAUTH "\",nc=0000000x", SIPREG_CHALLENGE, false, NULL},
        {"rspauth=\"" RSPAUTH "\",qop=auth-int", SIPREG_CHALLENGE, false, NULL},
        {"rspauth=\"" RSPAUTH "", SIPREG_CHALLENGE, false, NULL},
        {"=x", SIPREG_CHALLENGE, false, NULL},
        {"nextnonce=\"n2\" rspauth=\"0\"", SIPREG_CHALLENGE, false, NULL},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        char line[300];
        struct sipreg_authinfo info;
        snprintf(line, sizeof line,
                 rows[i].value == NULL ? "X: %s\r\n" : "Authentication-Info: %s\r\n",
                 rows[i].value == NULL ? "" : rows[i].value);
        int result = verify(&info, &sent, line);
        if (result != rows[i].result)
            fail_msg("%s: %d", line, result);
        assert_int_equal(info.verified, rows[i].verified);
        assert_str(info.nextnonce, rows[i].nextnonce);
    }
}

static void test_all_digits_of_nc_count(void **state)
{
    static const char *const rows[] = {"89abcdef", "89ABCDEF", "88abcdef",
                                       "89aacdef", "89abccef", "89abcdee"};
    struct sipreg_answer answer = sent;
    struct sipreg_authinfo info;

    (void)state;
    answer.count = 0x89ABCDEF;
    for (size_t i = 0; i < COUNT(rows); i++) {
        char line[100];
        snprintf(line, sizeof line,
                 "Authentication-Info: rspauth=2268028e774e248dfa02c2eae64183c7,nc=%s\r\n",
                 rows[i]);
        assert_int_equal(verify(&info, &answer, line), i < 2 ? SIPREG_OK : SIPREG_CHALLENGE);
    }
}

static void test_rspauth_of_auth_int_covers_the_body_of_the_response(void **state)
{
    struct sipreg_response response =
        parsed("SIP/2.0 200 OK\r\nv:SIP/2.0/UDP h\r\nf:<sip:a@h>\r\nt:<sip:a@h>\r\ni:1\r\nCSeq:1 "
               "REGISTER\r\n"
               "Authentication-Info: "
               "qop=auth-int,rspauth=509be41e5ca0418c201ae05fee5ba8ae\r\nl:5\r\n\r\nhello");
    struct sipreg_authinfo info;

    (void)state;
    assert_int_equal(sipreg_challenge_verify(&info, &sent, &alice, &request, &response), SIPREG_OK);
    assert_true(info.verified);
    response.body.n--;
    assert_int_equal(sipreg_challenge_verify(&info, &sent, &alice, &request, &response),
                     SIPREG_CHALLENGE);
}

static void test_the_qop_of_rspauth_is_the_one_that_stands_beside_it(void **state)
{
    struct sipreg_answer answer = sent;
    struct sipreg_authinfo info;

    (void)state;
    answer.qop = SIPREG_QOP_AUTH_INT;
    assert_int_equal(
        verify(&info, &answer, "Authentication-Info: qop=auth,rspauth=" RSPAUTH "\r\n"), SIPREG_OK);
    assert_true(info.verified);
    assert_int_equal(verify(&info, &answer, "Authentication-Info: rspauth=" RSPAUTH "\r\n"),
                     SIPREG_CHALLENGE);
}

static void test_a_proxy_s_answer_is_verified_by_its_own_header(void **state)
{
    struct sipreg_challenge proxy = challenge;
    struct sipreg_answer answer = sent;
    struct sipreg_authinfo info;

    (void)state;
    proxy.proxy = true;
    answer.challenge = &proxy;
    assert_int_equal(verify(&info, &answer,
                            "Authentication-Info: rspauth=0,nextnonce=a\r\n"
                            "Proxy-Authentication-Info: rspauth=" RSPAUTH ",nextnonce=b\r\n"),
                     SIPREG_OK);
    assert_true(info.verified);
    assert_str(info.nextnonce, "b");
}

struct session {
    enum sipreg_algorithm algorithm;
    const char *rspauth;
};

static void test_rspauth_follows_the_algorithm_of_the_challenge(void **state)
{
    static const struct session rows[] = {
        {SIPREG_MD5_SESS, "4651f321e474fd3f5e64d936f3d7eeb5"},
        {SIPREG_SHA256, "347a256c2726d4c128480b119343f1d9cd8674185c2cb2461b82cf43790340e8"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct sipreg_challenge other = challenge;
        struct sipreg_answer answer = sent;
        struct sipreg_authinfo info;
        char line[200];
        other.algorithm = rows[i].algorithm;
        answer.challenge = &other;
        snprintf(line, sizeof line, "Authentication-Info: rspauth=%s\r\n", rows[i].rspauth);
        assert_int_equal(verify(&info, &answer, line), SIPREG_OK);
        assert_true(info.verified);
    }
}

static void test_only_a_2xx_to_an_answer_with_qop_can_be_verified(void **state)
{
    struct sipreg_answer answer = sent;
    struct sipreg_authinfo info;
    struct sipreg_response response =
        parsed(ANSWER("401 x", "Authentication-Info: rspauth=0,nextnonce=n2\r\n"));

    (void)state;
    assert_int_equal(sipreg_challenge_verify(&info, &sent, &alice, &request, &response), SIPREG_OK);
    assert_false(info.verified);
    assert_str(info.nextnonce, NULL);
    response = parsed(ANSWER("299 x", "Authentication-Info: rspauth=" RSPAUTH "\r\n"));
    assert_int_equal(sipreg_challenge_verify(&info, &sent, &alice, &request, &response), SIPREG_OK);
    assert_true(info.verified);
    answer.qop = SIPREG_QOP_NONE;
    assert_int_equal(verify(&info, &answer, "Authentication-Info: rspauth=0,nextnonce=n2\r\n"),
                     SIPREG_OK);
    assert_false(info.verified);
    assert_str(info.nextnonce, "n2");
    answer.challenge = NULL;
    assert_int_equal(verify(&info, &answer, ""), SIPREG_STATE);
}

static void test_credentials_that_do_not_fit_are_said_to_when_verifying_too(void **state)
{
    static const struct sipreg_credentials other = {
        .user = "alice", .ha1 = "00", .ha1_algorithm = SIPREG_MD5};
    struct sipreg_response response =
        parsed(ANSWER("200 OK", "Authentication-Info: rspauth=" RSPAUTH "\r\n"));
    struct sipreg_authinfo info;

    (void)state;
    assert_int_equal(sipreg_challenge_verify(&info, &sent, &other, &request, &response),
                     SIPREG_ARGUMENT);
    assert_false(info.verified);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_a_ha1_of_another_algorithm_verifies_nothing),
        TEST(test_rspauth_is_right_or_wrong_and_cnonce_and_nc_are_ours),
        TEST(test_all_digits_of_nc_count),
        TEST(test_rspauth_of_auth_int_covers_the_body_of_the_response),
        TEST(test_the_qop_of_rspauth_is_the_one_that_stands_beside_it),
        TEST(test_a_proxy_s_answer_is_verified_by_its_own_header),
        TEST(test_rspauth_follows_the_algorithm_of_the_challenge),
        TEST(test_only_a_2xx_to_an_answer_with_qop_can_be_verified),
        TEST(test_credentials_that_do_not_fit_are_said_to_when_verifying_too),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
