/*
 * test_session.c - the store of challenges: what is kept, what makes room, what is counted.
 */
#include "story.h"

#include "session.h"

#include <stdlib.h>

static struct sipreg_challenge challenge(const char *realm, const char *nonce)
{
    struct sipreg_challenge c;

    memset(&c, 0, sizeof c);
    c.realm = given_text(realm);
    c.nonce = given_text(nonce);
    c.algorithm = SIPREG_MD5;
    c.qop = SIPREG_QOP_AUTH;
    return c;
}

static struct sipreg_session *claim(struct story *s, const struct sipreg_challenge *c)
{
    struct sipreg_session *session = NULL;
    int result = sipreg_session_claim(&s->client, c, &session);

    assert_int_equal(result, session == NULL ? SIPREG_LIMIT : SIPREG_OK);
    return session;
}

static struct sipreg_session *keep(struct story *s, const char *realm, const char *nonce)
{
    struct sipreg_challenge c = challenge(realm, nonce);
    struct sipreg_session *session = claim(s, &c);

    assert_non_null(session);
    assert_int_equal(sipreg_session_keep(session, &c), SIPREG_OK);
    session->fresh = true;
    return session;
}

static void a_session_is_found_by_realm_and_header(void **state)
{
    struct story *s = (struct story *)*state;
    struct sipreg_challenge c = challenge("r", "n");
    struct sipreg_session *r;

    story_init(s);
    r = keep(s, "r", "n");
    assert_true(sipreg_session_used(r));
    assert_ptr_equal(claim(s, &c), r);
    c = challenge("R", "n"); /* realms count with their case */
    assert_ptr_not_equal(claim(s, &c), r);
    c = challenge("r", "n");
    c.proxy = true;
    assert_ptr_not_equal(claim(s, &c), r);
}

static void texts_are_copied(void **state)
{
    struct story *s = (struct story *)*state;
    struct sipreg_challenge c = challenge("realm", "nonce");
    struct sipreg_session *session;

    story_init(s);
    c.opaque = given_text("o");
    c.algorithm_raw = given_text("MD5");
    session = claim(s, &c);
    assert_int_equal(sipreg_session_keep(session, &c), SIPREG_OK);
    free_given(state);
    assert_str(session->challenge.realm, "realm");
    assert_str(session->challenge.nonce, "nonce");
    assert_str(session->challenge.opaque, "o");
    assert_str(session->challenge.algorithm_raw, "MD5");
    c = challenge("realm", "other");
    assert_int_equal(sipreg_session_keep(session, &c), SIPREG_OK);
    assert_str(session->challenge.opaque, NULL);
}

static void the_same_nonce_goes_on_counting_and_a_new_one_starts(void **state)
{
    struct story *s = (struct story *)*state;
    struct sipreg_session *session;
    char cnonce[SIPREG_CNONCE_SIZE];

    story_init(s);
    session = keep(s, "r", "n1");
    assert_int_equal(sipreg_session_answer(&s->client, session), SIPREG_OK);
    assert_int_equal(sipreg_session_answer(&s->client, session), SIPREG_OK);
    assert_int_equal(session->answer.count, 2);
    strcpy(cnonce, session->challenge.cnonce);
    keep(s, "r", "n1");
    assert_int_equal(session->challenge.count, 2);
    assert_string_equal(session->challenge.cnonce, cnonce);
    sipreg_session_renonce(session, given_text("n1"));
    assert_int_equal(session->challenge.count, 2);
    sipreg_session_renonce(session, given_text("n2"));
    assert_int_equal(session->challenge.count, 0);
    assert_str(session->challenge.nonce, "n2");
    assert_int_equal(sipreg_session_answer(&s->client, session), SIPREG_OK);
    assert_string_not_equal(session->challenge.cnonce, cnonce);
    keep(s, "r", "n3");
    assert_int_equal(session->challenge.count, 0);
}

static void what_does_not_fit_changes_nothing(void **state)
{
    struct story *s = (struct story *)*state;
    struct sipreg_session *session, before;
    struct sipreg_challenge c;
    char text[SIPREG_CHALLENGE_SIZE + 1];

    story_init(s);
    memset(text, 'x', sizeof text);
    text[SIPREG_CHALLENGE_SIZE] = '\0';
    session = keep(s, "r", "n");
    before = *session;
    c = challenge("r", text); /* one too many */
    assert_int_equal(sipreg_session_keep(session, &c), SIPREG_LIMIT);
    sipreg_session_renonce(session, given_text(text));
    c = challenge("r", text + SIPREG_CHALLENGE_SIZE / 2);
    c.opaque = given_text(text + SIPREG_CHALLENGE_SIZE / 2);
    assert_int_equal(sipreg_session_keep(session, &c), SIPREG_LIMIT);
    assert_memory_equal(&before, session, sizeof before);
    text[SIPREG_CHALLENGE_SIZE - 1] = '\0'; /* fits exactly */
    sipreg_session_renonce(session, given_text(text));
    assert_str(session->challenge.nonce, text);
    c = challenge("r", text);
    assert_int_equal(sipreg_session_keep(session, &c), SIPREG_OK);
}

static void realms_of_this_attempt_stay_and_others_make_room(void **state)
{
    struct story *s = (struct story *)*state;
    struct sipreg_challenge c = challenge("z", "n");
    struct sipreg_session *sessions = s->client.sessions;
    char realm[2] = "a";

    story_init(s);
    for (size_t i = 0; i < SIPREG_MAX_REALMS; i++, realm[0]++)
        assert_ptr_equal(keep(s, realm, "n"), &sessions[i]);
    assert_null(claim(s, &c));
    sessions[1].fresh = false;
    sessions[1].taken = true; /* rejected, in the response that is being read */
    assert_null(claim(s, &c));
    sessions[1].taken = false;
    assert_ptr_equal(claim(s, &c), &sessions[1]);
    assert_false(sipreg_session_used(&sessions[1]));
    assert_true(sipreg_session_used(&sessions[0]));
    sessions[0].fresh = false;
    assert_ptr_equal(claim(s, &c), &sessions[1]); /* the unused one first */
    assert_true(sipreg_session_used(&sessions[0]));
}

static void forgiving_forgets_the_rejected(void **state)
{
    struct story *s = (struct story *)*state;
    struct sipreg_session *a, *b;

    story_init(s);
    a = keep(s, "a", "n");
    b = keep(s, "b", "n");
    a->rejected = true;
    sipreg_session_forgive(&s->client);
    assert_false(sipreg_session_used(a));
    assert_true(sipreg_session_used(b));
    b->rejected = true;
    sipreg_session_forgive(&s->client);
    assert_false(sipreg_session_used(b));
}

static void an_answer_needs_credentials(void **state)
{
    struct story *s = (struct story *)*state;
    struct sipreg_session *session;

    story_init(s);
    session = keep(s, "r", "n");
    s->client.credentials.password = NULL;
    assert_int_equal(sipreg_session_answer(&s->client, session), SIPREG_ARGUMENT);
    s->client.credentials.password = SECRET;
    s->client.credentials.realm = "other";
    assert_int_equal(sipreg_session_answer(&s->client, session), SIPREG_CHALLENGE);
    s->client.credentials.realm = "r";
    s->fail_at[CALL_RANDOM] = s->calls[CALL_RANDOM] + 1;
    assert_int_equal(sipreg_session_answer(&s->client, session), SIPREG_RANDOM);
    assert_int_equal(session->challenge.count, 0);
    assert_int_equal(sipreg_session_answer(&s->client, session), SIPREG_OK);
    session->challenge.count = UINT32_MAX; /* used up */
    assert_int_equal(sipreg_session_answer(&s->client, session), SIPREG_CHALLENGE);
}

static void what_the_server_says_is_for_every_session_that_was_sent(void **state)
{
    struct story *s = (struct story *)*state;
    struct sipreg_response response =
        parsed("SIP/2.0 200 OK\r\nAuthentication-Info: nextnonce=2\r\n"
               "v: SIP/2.0/UDP h\r\nf: <sip:a@h>\r\nt: <sip:a@h>\r\ni: 1\r\nCSeq: 1 REGISTER\r\n"
               "l: 0\r\n\r\n");

    story_init(s);
    for (size_t i = 0; i < 2; i++) {
        struct sipreg_session *session = keep(s, i == 0 ? "a" : "b", "n");
        assert_int_equal(sipreg_session_answer(&s->client, session), SIPREG_OK);
        session->sent = true;
    }
    assert_int_equal(sipreg_session_verify(&s->client, &response), SIPREG_OK);
    assert_str(s->client.sessions[0].challenge.nonce, "2");
    assert_str(s->client.sessions[1].challenge.nonce, "2");
}

/* A copy at the end of its memory, for the sanitizer to see. */
static void nothing_behind_the_last_session_is_looked_at(void **state)
{
    struct story *s = (struct story *)*state;
    struct sipreg_response response = parsed_ok("Authentication-Info: nextnonce=\"2\"\r\n");
    struct sipreg_client *copy;

    story_init(s);
    copy = (struct sipreg_client *)malloc(sizeof *copy);
    assert_non_null(copy);
    *copy = s->client;
    assert_int_equal(sipreg_session_verify(copy, &response), SIPREG_OK);
    assert_false(copy->verified);
    free(copy);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORY(a_session_is_found_by_realm_and_header),
        STORY(texts_are_copied),
        STORY(the_same_nonce_goes_on_counting_and_a_new_one_starts),
        STORY(what_does_not_fit_changes_nothing),
        STORY(realms_of_this_attempt_stay_and_others_make_room),
        STORY(forgiving_forgets_the_rejected),
        STORY(an_answer_needs_credentials),
        STORY(what_the_server_says_is_for_every_session_that_was_sent),
        STORY(nothing_behind_the_last_session_is_looked_at),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
