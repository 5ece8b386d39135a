/*
 * test_digest_failing.c - a hash that fails at any point, or is not even there (lib/digest.c).
 */
#include "failing_hash.h"

static const struct sipreg_credentials alice = {.user = "alice", .password = "secret"};

static struct sipreg_request renewed(void)
{
    static unsigned char dice;
    struct sipreg_request request = {
        .aor = "sip:alice@h", .contact = "sip:alice@192.0.2.10", .sent_by = "192.0.2.10"};

    assert_int_equal(sipreg_request_renew(&request, counting_random, &dice), SIPREG_OK);
    return request;
}

#define CHALLENGE "WWW-Authenticate: Digest realm=r,nonce=n,userhash=true,"

static void test_an_answer_fails_when_any_of_its_hashes_fails_and_works_the_next_time(void **state)
{
    struct sipreg_request request = renewed();
    struct sipreg_response response =
        parsed(ANSWER("401 x", CHALLENGE "qop=auth-int,algorithm=MD5-sess\r\n"));
    struct sipreg_challenge challenge;
    struct sipreg_answer answer;
    unsigned char dice = 0;
    int failing = 0;

    (void)state;
    assert_int_equal(sipreg_challenge_read(&challenge, &response), SIPREG_OK);
    request.answer = &answer;
    for (;;) {
        ends_left = failing;
        int result =
            sipreg_challenge_answer(&answer, &challenge, &alice, &request, counting_random, &dice);
        assert_int_equal(open_hashes, 0); /* each one started was ended */
        if (result == SIPREG_OK)
            break;
        assert_int_equal(result, SIPREG_HASH);
        assert_int_equal(challenge.count, 0);
        assert_null(answer.challenge);
        assert_int_equal(sipreg_request_write(&request, NULL, 0), SIPREG_STATE);
        failing++;
    }
    assert_int_equal(failing, 6); /* HA1 twice, body, HA2, response, user */
    assert_int_equal(answer.count, 1);
    assert_true(sipreg_request_write(&request, NULL, 0) > 0);
}

static void test_verifying_fails_when_any_of_its_hashes_fails(void **state)
{
    struct sipreg_request request = renewed();
    struct sipreg_response response = parsed(ANSWER("401 x", CHALLENGE "qop=auth\r\n"));
    struct sipreg_challenge challenge;
    struct sipreg_answer answer;
    struct sipreg_authinfo info;
    unsigned char dice = 0;

    (void)state;
    assert_int_equal(sipreg_challenge_read(&challenge, &response), SIPREG_OK);
    ends_left = -1;
    assert_int_equal(
        sipreg_challenge_answer(&answer, &challenge, &alice, &request, counting_random, &dice),
        SIPREG_OK);
    response = parsed(ANSWER("200 OK", "Authentication-Info: rspauth=00\r\n"));
    for (int failing = 0; failing < 3; failing++) {
        ends_left = failing;
        assert_int_equal(sipreg_challenge_verify(&info, &answer, &alice, &request, &response),
                         SIPREG_HASH);
        assert_false(info.verified);
        assert_int_equal(open_hashes, 0);
    }
}

static void test_a_challenge_with_an_algorithm_that_the_port_lacks_is_passed_over(void **state)
{
    struct sipreg_challenge challenge;
    struct sipreg_response response = parsed(
        ANSWER("401 x", CHALLENGE "algorithm=SHA-512-256\r\n" CHALLENGE
                                  "qop=auth,algorithm=SHA-512-256-sess\r\n" CHALLENGE "\r\n"));

    (void)state;
    assert_false(sipreg_algorithm_available(SIPREG_SHA512_256));
    assert_false(sipreg_algorithm_available(SIPREG_SHA512_256_SESS));
    assert_int_equal(sipreg_challenge_read(&challenge, &response), SIPREG_OK);
    assert_int_equal(challenge.algorithm, SIPREG_MD5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_an_answer_fails_when_any_of_its_hashes_fails_and_works_the_next_time),
        TEST(test_verifying_fails_when_any_of_its_hashes_fails),
        TEST(test_a_challenge_with_an_algorithm_that_the_port_lacks_is_passed_over),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
