/*
 * test_client_hash_failing.c - a client whose hash fails, or is another one after an update.
 */
#include "failing_hash.h"

#include "snapshots.h"

static void a_challenge_that_the_hash_fails_at_is_tried_again_later(void **state)
{
    struct story *s = (struct story *)*state;

    story_start(s);
    ends_left = 0;
    story_challenge(s, "n1", "");
    assert_event(s, SIPREG_EVENT_RETRYING, SIPREG_HASH);
    assert_int_equal(story_requests(s), 1);
    assert_true(story_until_sent(s, 60 * 1000)); /* the hash works again */
    story_challenge(s, "n2", "");
    assert_non_null(story_field(s, LAST, "Authorization"));
    story_grant(s, 100);
    assert_event(s, SIPREG_EVENT_REGISTERED, SIPREG_OK);
}

static void a_refresh_that_the_hash_fails_at_is_tried_again_before_the_binding_lapses(void **state)
{
    struct story *s = (struct story *)*state;
    size_t requests;

    story_register(s, "n1", 600);
    requests = story_requests(s);
    ends_left = 0;
    while (ends_left >= 0)
        story_pass(s, 1000);
    assert_int_equal(story_requests(s), requests); /* nothing half made was sent */
    assert_event(s, SIPREG_EVENT_RETRYING, SIPREG_HASH);
    assert_true(story_until_sent(s, 120 * 1000));
    assert_string_equal(story_param(s, LAST, "Authorization", "nonce"), "n1");
    story_grant(s, 600);
    assert_event(s, SIPREG_EVENT_REGISTERED, SIPREG_OK);
}

static void a_snapshot_from_a_build_with_more_algorithms_is_refused(void **state)
{
    struct story *s = (struct story *)*state;

    lacking = 0;
    story_start(s);
    story_challenge(s, "n1", ", algorithm=SHA-512-256");
    story_grant(s, 600);
    assert_event(s, SIPREG_EVENT_REGISTERED, SIPREG_OK);
    lacking = SIPREG_SHA512_256;
    assert_int_equal(load_snapshot(s, s->config.local, 60, saved_snapshot(s)), SIPREG_SYNTAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORY(a_challenge_that_the_hash_fails_at_is_tried_again_later),
        STORY(a_refresh_that_the_hash_fails_at_is_tried_again_before_the_binding_lapses),
        STORY(a_snapshot_from_a_build_with_more_algorithms_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
