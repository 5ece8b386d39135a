/*
 * test_secrets.c - is anything left of a password, or of HA1, after one of the functions that work
 * on one message has ended? remains.h says how that is found out.
 */
#include "remains.h"

#include "../lib/hash.h"

#include <stdio.h>

/* All that the library works with. */
static struct {
    struct sipreg_request request;
    struct sipreg_challenge challenge;
    struct sipreg_answer answer;
    struct sipreg_credentials credentials;
    struct sipreg_response response;
    struct sipreg_authinfo info;
    char challenged[1000]; /* the response that challenge points into */
    char text[1000];       /* the one behind it */
    char sent[1000];
    int result;
} w;

static int set_up(void **state)
{
    (void)state;
    memset(&w, 0, sizeof w);
    w.request = (struct sipreg_request){.registrar = "sip:" REMAINS_REALM,
                                        .aor = "sip:alice@" REMAINS_REALM,
                                        .contact = "sip:alice@192.0.2.10:5060",
                                        .sent_by = "192.0.2.10:5060"};
    return remains_begin(&w, sizeof w);
}

static int tear_down(void **state)
{
    (void)state;
    return remains_end();
}

static void checked(const char *name, void (*function)(void))
{
    remains_call(name, function);
    remains_search(w.challenge.algorithm, w.challenge.cnonce);
}

#define CHECKED(function) checked(#function, function)

/* ---------------------------------------------------------------- one message at a time */

static void renew(void)
{
    w.result = sipreg_request_renew(&w.request, remains_random, NULL);
}

static void answer(void)
{
    w.result = sipreg_challenge_answer(&w.answer, &w.challenge, &w.credentials, &w.request,
                                       remains_random, NULL);
}

static void write_request(void)
{
    w.result = sipreg_request_write(&w.request, w.sent, sizeof w.sent - 1);
    w.sent[w.result > 0 ? w.result : 0] = '\0';
}

static void verify(void)
{
    w.result = sipreg_challenge_verify(&w.info, &w.answer, &w.credentials, &w.request, &w.response);
}

static void receive_challenge(enum sipreg_algorithm algorithm, const char *qop)
{
    snprintf(w.challenged, sizeof w.challenged,
             ANSWER("401 x", "WWW-Authenticate: Digest realm=\"" REMAINS_REALM
                             "\", nonce=\"" REMAINS_NONCE "\", algorithm=%s%s\r\n"),
             sipreg_algorithm_name(algorithm), qop);
    assert_true(sipreg_response_parse(&w.response, w.challenged, strlen(w.challenged)) > 0);
    assert_int_equal(sipreg_challenge_read(&w.challenge, &w.response), SIPREG_OK);
}

/* A 200 with a proof, which is right or not. */
static void receive_proof(bool right)
{
    char rspauth[200];

    remains_proof(rspauth, w.sent, w.challenge.algorithm);
    if (!right)
        rspauth[0] = rspauth[0] == '0' ? '1' : '0';
    snprintf(w.text, sizeof w.text,
             ANSWER("200 OK", "Authentication-Info: rspauth=\"%s\", qop=auth\r\n"), rspauth);
    assert_true(sipreg_response_parse(&w.response, w.text, strlen(w.text)) > 0);
}

static void answer_and_verify(enum sipreg_algorithm algorithm, const char *qop, bool by_ha1)
{
    receive_challenge(algorithm, qop);
    remains_credentials(&w.credentials, algorithm, by_ha1);
    CHECKED(renew);
    CHECKED(answer);
    assert_int_equal(w.result, SIPREG_OK);
    w.request.answer = &w.answer;
    CHECKED(write_request);
    assert_true(w.result > 0);
    if (strcmp(qop, ", qop=auth") != 0)
        return;
    receive_proof(true);
    CHECKED(verify);
    assert_int_equal(w.result, SIPREG_OK);
    assert_true(w.info.verified);
    receive_proof(false);
    CHECKED(verify);
    assert_int_equal(w.result, SIPREG_CHALLENGE);
}

static void no_call_that_answers_or_verifies_leaves_a_secret_anywhere(void **state)
{
    const enum sipreg_algorithm sessions =
        (enum sipreg_algorithm)(SIPREG_MD5_SESS | SIPREG_SHA256_SESS | SIPREG_SHA512_256_SESS);

    (void)state;
    for (const enum sipreg_algorithm *a = remains_algorithms(); *a != 0; a++) {
        for (int by_ha1 = 0; by_ha1 < 2; by_ha1++) {
            answer_and_verify(*a, ", qop=auth", by_ha1);
            answer_and_verify(*a, ", qop=auth-int", by_ha1);
            if ((*a & sessions) == 0) /* which need a qop */
                answer_and_verify(*a, "", by_ha1);
        }
    }
}

static void nothing_is_left_either_where_answering_fails(void **state)
{
    (void)state;
    receive_challenge(SIPREG_MD5, ", qop=auth");
    remains_credentials(&w.credentials, SIPREG_MD5, false);
    CHECKED(renew);
    w.challenge.count = UINT32_MAX; /* there is no nc for another one */
    CHECKED(answer);
    assert_int_equal(w.result, SIPREG_CHALLENGE);
    w.challenge.count = 0;
    w.credentials.user = "ali\nce";
    CHECKED(answer);
    assert_int_equal(w.result, SIPREG_ARGUMENT);
    remains_credentials(&w.credentials, SIPREG_MD5, true);
    remains_safe->ha1[31] = 'x'; /* read to its end, and no good */
    CHECKED(answer);
    assert_int_equal(w.result, SIPREG_ARGUMENT);
}

/* ---------------------------------------------------------------- one hash */

static void hash(void)
{
    static const char text[] = "alice:" REMAINS_REALM ":";
    struct sipreg_hash hash;

    sipreg_hash_start(&hash, w.credentials.ha1_algorithm);
    sipreg_hash_add(&hash, text, strlen(text));
    sipreg_hash_add(&hash, remains_safe->password, strlen(remains_safe->password));
    w.result = sipreg_hash_end(&hash, remains_safe->digest);
}

/* Neither of what went in, nor of what came out. */
static void no_hash_leaves_a_secret_anywhere(void **state)
{
    (void)state;
    for (const enum sipreg_algorithm *a = remains_algorithms(); *a != 0; a++) {
        receive_challenge(*a, ", qop=auth");
        remains_credentials(&w.credentials, *a, true);
        CHECKED(hash);
        assert_int_equal(w.result, SIPREG_OK);
    }
}

/* ---------------------------------------------------------------- is anything found at all? */

static void leave_password(void)
{
    volatile char copy[64];

    for (size_t i = 0; i < sizeof copy; i++)
        copy[i] = remains_safe->password[i];
    (void)copy[0];
}

static void leave_octets_of_ha1(void)
{
    volatile unsigned char copy[32];

    for (size_t i = 0; i < 16; i++) {
        unsigned octet;
        sscanf(remains_safe->ha1 + 2 * i, "%2x", &octet);
        copy[i ^ 3] = (unsigned char)octet; /* as in a word */
    }
    (void)copy[0];
}

static void what_is_left_on_the_stack_is_found(void **state)
{
    (void)state;
    receive_challenge(SIPREG_MD5, ", qop=auth");
    remains_credentials(&w.credentials, SIPREG_MD5, true);
    CHECKED(renew);
    assert_false(remains_found());
    CALL(leave_password);
    assert_true(remains_found());
    CALL(leave_octets_of_ha1);
    assert_true(remains_found());
}

#define SEARCH(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SEARCH(what_is_left_on_the_stack_is_found),
        SEARCH(no_call_that_answers_or_verifies_leaves_a_secret_anywhere),
        SEARCH(nothing_is_left_either_where_answering_fails),
        SEARCH(no_hash_leaves_a_secret_anywhere),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
