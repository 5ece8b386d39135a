/*
 * test_challenge.c - the challenges of a response that can be answered (lib/challenge.c).
 */
#include "support.h"

#include <stdio.h>

/* A 401 with these header lines. */
static struct sipreg_response with(const char *lines)
{
    char text[2000];
    int n = snprintf(text, sizeof text, ANSWER("401 Unauthorized", "%s"), lines);

    assert_in_range(n, 1, sizeof text - 1);
    return parsed(text);
}

static int read_challenge(struct sipreg_challenge *challenge, const char *value)
{
    char line[1000];
    struct sipreg_response response;

    snprintf(line, sizeof line, "WWW-Authenticate: %s\r\n", value);
    response = with(line);
    return sipreg_challenge_read(challenge, &response);
}

/* ---------------------------------------------------------------- one */

struct row {
    const char *value;
    const char *realm, *nonce, *opaque, *algorithm_raw;
    enum sipreg_algorithm algorithm;
    unsigned qop;
    bool stale, userhash, utf8;
};

enum { NONE = 0, AUTH = SIPREG_QOP_AUTH, INT = SIPREG_QOP_AUTH_INT, BOTH = AUTH | INT };

static void test_a_challenge_is_read_whatever_its_order_case_quotes_and_folds(void **state)
{
    static const struct row rows[] = {
        {"Digest realm=\"r\", nonce=\"n\"", "r", "n", NULL, NULL, SIPREG_MD5, NONE, false, false,
         false},
        {"Digest realm=\"a b\",nonce=\"84a4\",opaque=\"\",algorithm=MD5,qop=\"auth\",stale=false,"
         "domain=\"sip:elsewhere.example.net\",userhash=false,charset=UTF-8",
         "a b", "84a4", "", "MD5", SIPREG_MD5, AUTH, false, false, true},
        {"DIGEST ALGORITHM=\"sha-256\" , QOP=auth , StAlE=\"TRUE\",OPAQUE = "
         "o,Nonce=n,\r\n\tReAlM=r",
         "r", "n", "o", "sha-256", SIPREG_SHA256, AUTH, true, false, false},
        {"Digest\r\n realm=\"r\",\r\n nonce=\"n\",\r\n qop=\" foo , auth-int , auth\"", "r", "n",
         NULL, NULL, SIPREG_MD5, BOTH, false, false, false},
        {"Digest realm=r,nonce=n,qop=\"auti,auth-inx,auth ,\"", "r", "n", NULL, NULL, SIPREG_MD5,
         AUTH, false, false, false},
        {"Digest realm=r,nonce=n,qop=auth-int", "r", "n", NULL, NULL, SIPREG_MD5, INT, false, false,
         false},
        {"Digest realm=r,nonce=n,qop=\"\"", "r", "n", NULL, NULL, SIPREG_MD5, NONE, false, false,
         false},
        {"Digest realm=r,nonce=n,qop", "r", "n", NULL, NULL, SIPREG_MD5, NONE, false, false, false},
        {"Digest realm=r,nonce=n,stale=yes,userhash=\"true\",charset=utf-8", "r", "n", NULL, NULL,
         SIPREG_MD5, NONE, false, true, true},
        {"Digest realm=r,nonce=n,stale=frue,userhash=trua,charset=UTF-7", "r", "n", NULL, NULL,
         SIPREG_MD5, NONE, false, false, false},
        {"Digest realm=\"\",nonce=\"\"", "", "", NULL, NULL, SIPREG_MD5, NONE, false, false, false},
        {"Digest ,,realm=r,, nonce=n ,", "r", "n", NULL, NULL, SIPREG_MD5, NONE, false, false,
         false},
        {"Digest realm=r,realm=s,nonce=n,nonce=m,qop=auth,qop=auth-int,xalgorithm=y", "r", "n",
         NULL, NULL, SIPREG_MD5, AUTH, false, false, false},
        {"Digest realm=\"a \\\"b\\\" \\\\\",nonce=\"n,=;\"", "a \\\"b\\\" \\\\", "n,=;", NULL, NULL,
         SIPREG_MD5, NONE, false, false, false},
        {"Digest realm=r,nonce=abc==,unknown,rea=1,noncy=2,opaqu3=3,charseT2=4,userhask=5,"
         "algorithn=6,charses=7,qoq=8,aka=\"9\",opaquf=10",
         "r", "abc==", NULL, NULL, SIPREG_MD5, NONE, false, false, false},
        {"Digest realm=\"\xD0\x91\",nonce=n", "\xD0\x91", "n", NULL, NULL, SIPREG_MD5, NONE, false,
         false, false},
        {"Digest realm=r,nonce=n,algorithm=MD5-sess,qop=auth", "r", "n", NULL, "MD5-sess",
         SIPREG_MD5_SESS, AUTH, false, false, false},
        {"Digest realm=r,nonce=n,algorithm=SHA-256-SESS,qop=\"auth,auth-int\"", "r", "n", NULL,
         "SHA-256-SESS", SIPREG_SHA256_SESS, BOTH, false, false, false},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct sipreg_challenge challenge;
        if (read_challenge(&challenge, rows[i].value) != SIPREG_OK)
            fail_msg("%s", rows[i].value);
        assert_str(challenge.realm, rows[i].realm);
        assert_str(challenge.nonce, rows[i].nonce);
        assert_str(challenge.opaque, rows[i].opaque);
        assert_str(challenge.algorithm_raw, rows[i].algorithm_raw);
        assert_int_equal(challenge.algorithm, rows[i].algorithm);
        assert_int_equal(challenge.qop, rows[i].qop);
        assert_int_equal(challenge.stale, rows[i].stale);
        assert_int_equal(challenge.userhash, rows[i].userhash);
        assert_int_equal(challenge.utf8, rows[i].utf8);
        assert_false(challenge.proxy);
        assert_int_equal(challenge.count, 0);
        assert_string_equal(challenge.cnonce, "");
    }
}

static void test_what_cannot_be_answered_or_repeated_is_no_challenge(void **state)
{
    static const char *const rows[] = {
        "",
        "Digest",
        "Basic realm=\"r\", nonce=\"n\"",
        "NoOneKnowsThisScheme opaque-data=here",
        "Digestrealm=r,nonce=n",
        "Digesu realm=r,nonce=n",
        "=r",
        "Digest realm=r",
        "Digest nonce=n",
        "Digest realm=\"r,nonce=\"n\"",
        "Digest realm=\"r\",nonce=\"n",
        "Digest realm=\"r\" nonce=\"n\"",
        "Digest realm=\"r\",nonce=\"n\";stale",
        "Digest realm=r,nonce=n,=x",
        "Digest realm=r,nonce=n,qop=\"auth-conf\"",
        "Digest realm=r,nonce=n,qop=foo",
        "Digest realm=r,nonce=n,qop=x",
        "Digest realm=r,nonce=n,algorithm=XYZ",
        "Digest realm=r,nonce=n,algorithm=",
        "Digest realm=r,nonce=n,algorithm=SHA512",
        "Digest realm=r,nonce=n,algorithm=AKAv1-MD5,qop=auth",
        "Digest realm=r,nonce=n,algorithm=MD5-sess",
        "Digest realm=r,nonce=n,algorithm=SHA-256-sess,qop=\"\"",
        "Digest realm=\"a\r\n b\",nonce=n",
        "Digest realm=r,nonce=\"a\rb\"",
        "Digest realm=r,nonce=n,opaque=\"a\n\tb\"",
        "Digest realm=a\\,nonce=n",
        "Digest realm=r,nonce=n,realm2=\"",
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct sipreg_challenge challenge;
        memset(&challenge, 0xA5, sizeof challenge);
        if (read_challenge(&challenge, rows[i]) != SIPREG_CHALLENGE)
            fail_msg("%s", rows[i]);
        assert_str(challenge.realm, NULL); /* so that an answer to it fails as well */
    }
}

static void test_a_nul_makes_a_challenge_unusable(void **state)
{
    static const char text[] =
        ANSWER("401 x", "WWW-Authenticate: Digest realm=\"r\",nonce=\"n\0o\"\r\n");
    struct sipreg_str message = given(text, sizeof text - 1);
    struct sipreg_response response;
    struct sipreg_challenge challenge;

    (void)state;
    assert_int_equal(sipreg_response_parse(&response, message.p, message.n), message.n);
    assert_int_equal(sipreg_challenge_read(&challenge, &response), SIPREG_CHALLENGE);
}

/* ---------------------------------------------------------------- several */

static void
test_challenges_come_in_the_order_of_their_lines_and_unusable_ones_are_passed_over(void **state)
{
    struct sipreg_response response =
        with("WWW-Authenticate: NoOneKnows realm=\"1\", nonce=\"n\"\r\n"
             "WWW-Authenticate: Digest realm=\"2\", nonce=\"n\", algorithm=SHA-512-512\r\n"
             "WWW-Authenticate: Digest realm=\"a\", nonce=\"n\", algorithm=SHA-256\r\n"
             "Proxy-Authenticate: Digest realm=\"b\", nonce=\"n\", qop=auth\r\n"
             "WWW-Authenticate: Digest realm=\"a\", nonce=\"n\", algorithm=MD5-sess\r\n"
             "WWW-Authenticate: Digest realm=\"a\", nonce=\"n\"\r\n"
             "proxy-authenticate: Basic realm=\"b\"\r\n");
    struct sipreg_place place = {0, 0, 0};
    struct sipreg_challenge challenge;

    (void)state;
    assert_true(sipreg_challenge_next(&response, &place, &challenge));
    assert_str(challenge.realm, "a");
    assert_int_equal(challenge.algorithm, SIPREG_SHA256);
    assert_false(challenge.proxy);
    assert_true(sipreg_challenge_next(&response, &place, &challenge));
    assert_str(challenge.realm, "b");
    assert_true(challenge.proxy);
    assert_true(sipreg_challenge_next(&response, &place, &challenge));
    assert_str(challenge.realm, "a");
    assert_int_equal(challenge.algorithm, SIPREG_MD5);
    assert_false(sipreg_challenge_next(&response, &place, &challenge));
    assert_int_equal(challenge.algorithm, SIPREG_MD5); /* left alone */
}

static void test_lines_are_not_merged_and_a_second_scheme_in_one_spoils_it(void **state)
{
    struct sipreg_response response =
        with("WWW-Authenticate: Digest realm=\"a\"\r\nWWW-Authenticate: Digest nonce=\"n\"\r\n"
             "WWW-Authenticate: Digest realm=\"b\", nonce=\"n\", Basic realm=\"c\"\r\n");
    struct sipreg_challenge challenge;

    (void)state;
    assert_int_equal(sipreg_challenge_read(&challenge, &response), SIPREG_CHALLENGE);
}

static void test_the_status_of_the_response_does_not_matter_but_its_headers_do(void **state)
{
    struct sipreg_challenge challenge;
    struct sipreg_response response = parsed(
        ANSWER("407 x", "X-WWW-Authenticate: Digest realm=r,nonce=n\r\nWWW-Authenticate: Digest "
                        "realm=\"w\", nonce=\"n\"\r\n"));

    (void)state;
    assert_int_equal(sipreg_challenge_read(&challenge, &response), SIPREG_OK);
    assert_str(challenge.realm, "w");
    assert_false(challenge.proxy);
    response = parsed(ANSWER("401 x", ""));
    assert_int_equal(sipreg_challenge_read(&challenge, &response), SIPREG_CHALLENGE);
}

static void test_the_first_header_line_may_be_a_challenge(void **state)
{
    struct sipreg_challenge challenge;
    struct sipreg_response response =
        parsed("SIP/2.0 401 X\r\nWWW-Authenticate: Digest realm=\"r\", nonce=\"n\"\r\n"
               "v: SIP/2.0/UDP h\r\nf: <sip:a@h>\r\nt: <sip:a@h>\r\ni: 1\r\nCSeq: 1 REGISTER\r\n"
               "l: 0\r\n\r\n");

    (void)state;
    assert_int_equal(sipreg_challenge_read(&challenge, &response), SIPREG_OK);
    assert_str(challenge.realm, "r");
}

static void test_the_topmost_algorithm_that_this_build_has_is_taken(void **state)
{
    struct sipreg_challenge challenge;
    struct sipreg_response response =
        with("WWW-Authenticate: Digest realm=r,nonce=n,algorithm=SHA-512-256,qop=auth\r\n"
             "WWW-Authenticate: Digest realm=r,nonce=n,algorithm=SHA-256,qop=auth\r\n"
             "WWW-Authenticate: Digest realm=r,nonce=n,algorithm=MD5,qop=auth\r\n");

    (void)state;
    assert_int_equal(sipreg_challenge_read(&challenge, &response), SIPREG_OK);
    assert_int_equal(challenge.algorithm, SIPREG_SHA512_256);
    assert_int_equal(
        read_challenge(&challenge, "Digest realm=r,nonce=n,qop=auth,algorithm=SHA-512-256-sess"),
        SIPREG_OK);
    assert_int_equal(challenge.algorithm, SIPREG_SHA512_256_SESS);
}

/* ---------------------------------------------------------------- bad input */

static void test_a_401_with_any_octet_changed_gives_a_repeatable_challenge_or_none(void **state)
{
    static const char text[] = ANSWER(
        "401 x", "WWW-Authenticate: Digest realm=\"a \\\"r\\\"\",\r\n nonce=\"n1\",qop=\"auth\","
                 "opaque=\"o\",algorithm=MD5\r\n");
    struct sipreg_str message = given_text(text);

    (void)state;
    for (size_t n = 0; n < message.n; n++) {
        for (size_t i = 0; i < COUNT(odd_octets); i++) {
            struct sipreg_str changed = with_octet(message, n, odd_octets[i]);
            struct sipreg_response response;
            struct sipreg_challenge challenge;
            if (sipreg_response_parse(&response, changed.p, changed.n) < 0 ||
                sipreg_challenge_read(&challenge, &response) != SIPREG_OK)
                continue;
            const struct sipreg_str echoed[] = {challenge.realm, challenge.nonce, challenge.opaque};
            for (size_t j = 0; j < COUNT(echoed); j++) {
                for (size_t k = 0; k < echoed[j].n; k++) {
                    assert_int_not_equal(echoed[j].p[k], '\0');
                    assert_int_not_equal(echoed[j].p[k], '\r');
                    assert_int_not_equal(echoed[j].p[k], '\n');
                }
            }
        }
    }
}

/* ---------------------------------------------------------------- policy, names */

struct policy {
    enum sipreg_algorithm algorithm;
    unsigned qop;
    struct sipreg_policy policy;
    int result;
};

static void test_a_policy_refuses_algorithms_and_challenges_without_qop(void **state)
{
    static const struct policy rows[] = {
        {SIPREG_MD5, NONE, {0, false, false}, SIPREG_OK},
        {SIPREG_MD5, AUTH, {SIPREG_MD5 | SIPREG_MD5_SESS, false, false}, SIPREG_POLICY},
        {SIPREG_MD5_SESS, AUTH, {SIPREG_MD5 | SIPREG_MD5_SESS, false, false}, SIPREG_POLICY},
        {SIPREG_SHA256, AUTH, {SIPREG_MD5 | SIPREG_MD5_SESS, false, false}, SIPREG_OK},
        {SIPREG_SHA256, NONE, {0, true, false}, SIPREG_POLICY},
        {SIPREG_SHA256, INT, {0, true, false}, SIPREG_OK},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct sipreg_challenge challenge = {.algorithm = rows[i].algorithm, .qop = rows[i].qop};
        assert_int_equal(sipreg_challenge_permitted(&challenge, &rows[i].policy), rows[i].result);
    }
}

static void test_algorithms_have_their_registered_names(void **state)
{
    (void)state;
    assert_string_equal(sipreg_algorithm_name(SIPREG_MD5), "MD5");
    assert_string_equal(sipreg_algorithm_name(SIPREG_MD5_SESS), "MD5-sess");
    assert_string_equal(sipreg_algorithm_name(SIPREG_SHA256), "SHA-256");
    assert_string_equal(sipreg_algorithm_name(SIPREG_SHA256_SESS), "SHA-256-sess");
    assert_string_equal(sipreg_algorithm_name(SIPREG_SHA512_256), "SHA-512-256");
    assert_string_equal(sipreg_algorithm_name(SIPREG_SHA512_256_SESS), "SHA-512-256-sess");
    assert_string_equal(sipreg_algorithm_name((enum sipreg_algorithm)0), "unknown");
    assert_true(sipreg_algorithm_available(SIPREG_MD5_SESS));
    assert_false(sipreg_algorithm_available((enum sipreg_algorithm)0));
    assert_int_equal(sipreg_algorithm_available(SIPREG_SHA512_256),
                     sipreg_algorithm_available(SIPREG_SHA512_256_SESS));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_a_challenge_is_read_whatever_its_order_case_quotes_and_folds),
        TEST(test_what_cannot_be_answered_or_repeated_is_no_challenge),
        TEST(test_a_nul_makes_a_challenge_unusable),
        TEST(test_challenges_come_in_the_order_of_their_lines_and_unusable_ones_are_passed_over),
        TEST(test_lines_are_not_merged_and_a_second_scheme_in_one_spoils_it),
        TEST(test_the_status_of_the_response_does_not_matter_but_its_headers_do),
        TEST(test_the_first_header_line_may_be_a_challenge),
        TEST(test_the_topmost_algorithm_that_this_build_has_is_taken),
        TEST(test_a_401_with_any_octet_changed_gives_a_repeatable_challenge_or_none),
        TEST(test_a_policy_refuses_algorithms_and_challenges_without_qop),
        TEST(test_algorithms_have_their_registered_names),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
