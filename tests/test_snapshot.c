/*
 * test_snapshot.c - a snapshot's contents: what is kept, how large it gets, for whom it is good.
 */
#include "snapshots.h"

#include "image.h"
#include "session.h"

static void saving_twice_and_after_loading_gives_the_same_octets(void **state)
{
    struct story *s = (struct story *)*state;
    struct sipreg_str first, second;

    live_through(s);
    sipreg_client_flow(&s->client, s->tick, SIPREG_FLOW_DOWN); /* ends the request under way */
    first = saved_snapshot(s);
    second = saved_snapshot(s);
    assert_int_equal(first.n, second.n);
    assert_memory_equal(first.p, second.p, first.n);
    assert_int_equal(load_snapshot(s, HERE, 0, first), SIPREG_OK);
    s->tick = 77;
    second = saved_snapshot(s);
    assert_int_equal(first.n, second.n);
    assert_memory_equal(first.p, second.p, first.n);
}

static void everything_that_counts_is_in_it(void **state)
{
    struct story *s = (struct story *)*state;
    struct sipreg_image image;
    struct sipreg_str snapshot;

    live_through(s);
    snapshot = saved_snapshot(s);
    assert_int_equal(sipreg_image_read(&image, snapshot.p, snapshot.n), SIPREG_OK);
    /* the CRC-32 of "sip:example.com\nsip:alice@example.com\nsip:alice@example.com", and of HERE */
    assert_true(image.owner == 0xF14F6ABD && image.place == 0x40BFDAC4);
    assert_int_equal(image.cseq, s->client.request.cseq);
    assert_str(image.call_id, s->client.request.call_id);
    assert_str(image.tag, s->client.request.tag);
    assert_int_equal(image.fact, SIPREG_IMAGE_BOUND | SIPREG_IMAGE_LISTED);
    assert_int_equal(image.left, 7000);
    assert_int_equal(image.granted, 7000);
    assert_int_equal(image.floor, 7200);
    assert_str(image.contact, "sip:alice@198.51.100.10:5062");
    assert_str(image.replaced, "sip:alice@198.51.100.9:5062");
    assert_int_equal(image.routes.n, 33);
    assert_int_equal(image.session_count, 2);
    assert_str(image.sessions[0].realm, "example.com");
    assert_str(image.sessions[0].nonce, "n1");
    assert_str(image.sessions[0].opaque, NULL);
    assert_int_equal(image.sessions[0].count, 5);
    assert_false(image.sessions[0].proxy);
    assert_str(image.sessions[1].algorithm_raw, "SHA-256");
    assert_str(image.sessions[1].opaque, "");
    assert_true(image.sessions[1].proxy);
    assert_int_equal(image.sessions[1].count, 3);
}

/* Though the client itself has not looked yet. */
static void a_binding_is_saved_as_long_as_it_lives(void **state)
{
    static const struct {
        uint32_t later;
        unsigned left;
    } cases[] = {{0, 600},    {1, 599},    {599000, 1}, {599001, 0},
                 {600000, 0}, {600001, 0}, {700000, 0}};
    struct story *s = (struct story *)*state;

    story_register(s, "n1", 600);
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct sipreg_image image;
        char octets[SIPREG_SNAPSHOT_SIZE];
        int n = sipreg_client_save(&s->client, s->tick + cases[i].later, octets, sizeof octets);
        assert_int_equal(sipreg_image_read(&image, octets, (size_t)n), SIPREG_OK);
        assert_int_equal(image.left, cases[i].left);
        assert_int_equal(image.fact != 0, cases[i].left > 0);
    }
}

static void no_secret_is_in_it(void **state)
{
    struct story *s = (struct story *)*state;
    struct sipreg_str snapshot;

    live_through(s);
    snapshot = saved_snapshot(s);
    for (size_t i = 0; i + SIPREG_CNONCE_SIZE < snapshot.n; i++) {
        assert_memory_not_equal(snapshot.p + i, SECRET, strlen(SECRET));
        assert_memory_not_equal(snapshot.p + i, s->client.sessions[0].challenge.cnonce,
                                SIPREG_CNONCE_SIZE - 1);
    }
}

static void a_session_that_is_of_no_use_is_left_out(void **state)
{
    struct story *s = (struct story *)*state;
    struct sipreg_image image;
    struct sipreg_str snapshot;

    live_through(s);
    s->client.sessions[0].rejected = true;
    s->client.sessions[1].challenge.algorithm = SIPREG_SHA256_SESS;
    snapshot = saved_snapshot(s);
    assert_int_equal(sipreg_image_read(&image, snapshot.p, snapshot.n), SIPREG_OK);
    assert_int_equal(image.session_count, 0);
    s->client.sessions[0].rejected = false;
    snapshot = saved_snapshot(s);
    assert_int_equal(sipreg_image_read(&image, snapshot.p, snapshot.n), SIPREG_OK);
    assert_int_equal(image.session_count, 1);
    s->client.targets.away = true; /* another server's */
    snapshot = saved_snapshot(s);
    assert_int_equal(sipreg_image_read(&image, snapshot.p, snapshot.n), SIPREG_OK);
    assert_int_equal(image.session_count, 0);
}

/* Every store full to its last octet. */
static void fill(struct sipreg_client *client)
{
    const char head[] = "sip:alice@";

    memset(client->contact, 'a', SIPREG_CONTACT_SIZE - 1);
    memset(client->replaced, 'b', SIPREG_CONTACT_SIZE - 1);
    memcpy(client->contact, head, sizeof head - 1);
    memcpy(client->replaced, head, sizeof head - 1);
    memset(client->routes, 'r', SIPREG_ROUTE_SIZE);
    client->routes[0] = 'P';
    client->routes[SIPREG_ROUTE_SIZE - 1] = '\0';
    client->routes_used = SIPREG_ROUTE_SIZE;
    for (size_t i = 0; i < SIPREG_MAX_REALMS; i++) {
        static char texts[SIPREG_CHALLENGE_SIZE];
        struct sipreg_challenge challenge = {.algorithm = SIPREG_MD5, .count = 1};
        memset(texts, 'x', sizeof texts);
        texts[0] = (char)('0' + i);
        challenge.realm = (struct sipreg_str){texts, 10};
        challenge.opaque = (struct sipreg_str){texts, 10};
        challenge.algorithm_raw = SIPREG_LITERAL("MD5");
        challenge.nonce = (struct sipreg_str){texts, sizeof texts - 23};
        assert_int_equal(sipreg_session_keep(&client->sessions[i], &challenge), SIPREG_OK);
    }
}

static void the_largest_snapshot_is_as_large_as_said(void **state)
{
    struct story *s = (struct story *)*state;
    char octets[SIPREG_SNAPSHOT_SIZE];

    live_through(s);
    fill(&s->client);
    assert_int_equal(sipreg_client_save(&s->client, s->tick, octets, sizeof octets),
                     SIPREG_SNAPSHOT_SIZE);
    assert_int_equal(load_snapshot(s, HERE, 0, given(octets, sizeof octets)), SIPREG_OK);
    assert_int_equal(sipreg_client_route(&s->client, SIPREG_PATH, 0).n, SIPREG_ROUTE_SIZE - 2);
}

static void a_buffer_that_is_too_small_is_not_written_to(void **state)
{
    struct story *s = (struct story *)*state;
    size_t n;

    live_through(s);
    n = saved_snapshot(s).n;
    assert_int_equal(sipreg_client_save(&s->client, s->tick, NULL, 0), n);
    for (size_t size = 0; size < n; size++) {
        char octets[SIPREG_SNAPSHOT_SIZE] = "";
        static const char untouched[sizeof octets] = "";
        assert_int_equal(sipreg_client_save(&s->client, s->tick, octets, size), SIPREG_SPACE);
        assert_memory_equal(octets, untouched, sizeof octets);
    }
}

static void a_client_that_failed_to_init_has_nothing_to_save_or_load(void **state)
{
    struct story *s = (struct story *)*state;
    char octets[SIPREG_SNAPSHOT_SIZE];
    struct sipreg_str snapshot;

    story_register(s, "n1", 600);
    snapshot = saved_snapshot(s);
    s->config.local = NULL;
    assert_int_equal(sipreg_client_init(&s->client, &s->config), SIPREG_ARGUMENT);
    assert_int_equal(sipreg_client_save(&s->client, 0, octets, sizeof octets), SIPREG_STATE);
    assert_int_equal(sipreg_client_load(&s->client, 0, 0, snapshot.p, snapshot.n), SIPREG_STATE);
}

static void loading_is_for_a_client_that_has_not_begun(void **state)
{
    struct story *s = (struct story *)*state;
    struct sipreg_str snapshot;

    story_register(s, "n1", 600);
    snapshot = saved_snapshot(s);
    assert_int_equal(sipreg_client_load(&s->client, 0, 0, snapshot.p, snapshot.n), SIPREG_STATE);
    story_init(s);
    sipreg_client_start(&s->client, 0);
    assert_int_equal(sipreg_client_load(&s->client, 0, 0, snapshot.p, snapshot.n), SIPREG_STATE);
    story_init(s);
    sipreg_client_stop(&s->client, 0);
    assert_int_equal(sipreg_client_load(&s->client, 0, 0, snapshot.p, snapshot.n), SIPREG_STATE);
    story_init(s);
    sipreg_client_query(&s->client, 0);
    assert_int_equal(sipreg_client_load(&s->client, 0, 0, snapshot.p, snapshot.n), SIPREG_STATE);
    story_anew(s);
    story_reply(s, "403 Forbidden", "");
    assert_state(s, SIPREG_IDLE);
    assert_int_equal(sipreg_client_load(&s->client, 0, 0, snapshot.p, snapshot.n), SIPREG_STATE);
    story_init(s);
    assert_int_equal(sipreg_client_load(&s->client, 0, 0, snapshot.p, snapshot.n), SIPREG_OK);
    assert_int_equal(sipreg_client_load(&s->client, 0, 0, snapshot.p, snapshot.n), SIPREG_STATE);
}

static void a_refused_snapshot_changes_nothing(void **state)
{
    struct story *s = (struct story *)*state;
    struct sipreg_str snapshot;

    live_through(s);
    snapshot = saved_snapshot(s);
    for (size_t n = 0; n < snapshot.n; n++)
        assert_int_equal(load_snapshot(s, HERE, 0, given(snapshot.p, n)), SIPREG_SYNTAX);
    for (size_t bit = 0; bit < 8 * snapshot.n; bit++) {
        char octet = (char)(snapshot.p[bit / 8] ^ 1 << bit % 8);
        assert_int_equal(load_snapshot(s, HERE, 0, with_octet(snapshot, bit / 8, octet)),
                         SIPREG_SYNTAX);
    }
}

static void a_snapshot_of_another_registration_is_refused(void **state)
{
    struct story *s = (struct story *)*state;
    struct sipreg_client_config config;
    struct sipreg_str snapshot;

    live_through(s);
    snapshot = saved_snapshot(s);
    config = s->config;
    s->config.aor = "sip:bob@example.com";
    assert_int_equal(load_snapshot(s, HERE, 0, snapshot), SIPREG_FOREIGN);
    s->config = config;
    s->config.registrar = "sip:example.net";
    assert_int_equal(load_snapshot(s, HERE, 0, snapshot), SIPREG_FOREIGN);
    s->config = config;
    s->config.from = "sip:secretary@example.com";
    assert_int_equal(load_snapshot(s, HERE, 0, snapshot), SIPREG_FOREIGN);
    s->config.from = s->config.aor; /* said or not, it is the same */
    assert_int_equal(load_snapshot(s, HERE, 0, snapshot), SIPREG_OK);
    s->config.registrar = NULL;
    assert_int_equal(load_snapshot(s, HERE, 0, snapshot), SIPREG_OK);
}

/* ---------------------------------------------------------------- another config than before */

static void a_floor_above_the_ceiling_of_today_is_left_out(void **state)
{
    struct story *s = (struct story *)*state;
    struct sipreg_str snapshot;

    live_through(s);
    snapshot = saved_snapshot(s);
    s->config.expires_max = 7200;
    assert_int_equal(load_snapshot(s, HERE, 0, snapshot), SIPREG_OK);
    assert_int_equal(s->client.floor, 7200);
    s->config.expires_max = 7199;
    assert_int_equal(load_snapshot(s, HERE, 0, snapshot), SIPREG_OK);
    assert_int_equal(s->client.floor, 0);
}

static void a_challenge_that_todays_policy_refuses_is_left_out(void **state)
{
    struct story *s = (struct story *)*state;
    struct sipreg_str snapshot;

    live_through(s);
    snapshot = saved_snapshot(s);
    s->config.policy.refuse = SIPREG_MD5;
    assert_int_equal(load_snapshot(s, HERE, 0, snapshot), SIPREG_OK);
    assert_str(s->client.sessions[0].challenge.realm, "p");
    assert_false(sipreg_session_used(&s->client.sessions[1]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORY(saving_twice_and_after_loading_gives_the_same_octets),
        STORY(everything_that_counts_is_in_it),
        STORY(a_binding_is_saved_as_long_as_it_lives),
        STORY(no_secret_is_in_it),
        STORY(a_session_that_is_of_no_use_is_left_out),
        STORY(the_largest_snapshot_is_as_large_as_said),
        STORY(a_buffer_that_is_too_small_is_not_written_to),
        STORY(a_client_that_failed_to_init_has_nothing_to_save_or_load),
        STORY(loading_is_for_a_client_that_has_not_begun),
        STORY(a_refused_snapshot_changes_nothing),
        STORY(a_snapshot_of_another_registration_is_refused),
        STORY(a_floor_above_the_ceiling_of_today_is_left_out),
        STORY(a_challenge_that_todays_policy_refuses_is_left_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
