/*
 * test_config.c - every config that cannot be is refused, named, before anything is sent.
 */
#include "story.h"

#include "config.h"

static void refused(struct story *s, const char *field)
{
    const char *fault = sipreg_client_fault(&s->config);
    struct sipreg_client *c = &s->client;

    if (fault == NULL || strncmp(fault, field, strlen(field)) != 0)
        fail_msg("\"%s\" instead of %s", fault == NULL ? "" : fault, field);
    memset(c, 0x5A, sizeof *c);
    assert_int_equal(sipreg_client_init(c, &s->config), SIPREG_ARGUMENT);
    assert_int_equal(sipreg_client_start(c, 0), SIPREG_STATE);
    assert_int_equal(sipreg_client_run(c, 0), SIPREG_FOREVER);
    assert_int_equal(s->sent + s->told, 0);
    assert_int_equal(s->calls[CALL_RANDOM], 0);
}

/* With one field changed, and changed back. */
#define REFUSED(field, value, named)                                                               \
    do {                                                                                           \
        struct sipreg_client_config config = s->config;                                            \
        struct sipreg_io io = s->io;                                                               \
        s->field = (value);                                                                        \
        refused(s, (named));                                                                       \
        s->config = config;                                                                        \
        s->io = io;                                                                                \
    } while (0)

static void functions_and_buffer_must_be_there(void **state)
{
    struct story *s = (struct story *)*state;

    REFUSED(config.io, NULL, "io: missing");
    REFUSED(io.send, NULL, "io: ");
    REFUSED(io.random, NULL, "io: ");
    REFUSED(io.scratch, NULL, "io: without scratch");
    story_stream(s);
    REFUSED(io.open, NULL, "io: close without open");
}

static void strings_that_cannot_be_written_are_refused(void **state)
{
    static const char *const bad_uris[] = {
        "",         "alice",     "sip:",        "sip:a@b\r\nX: y",
        "sip:a@b>", "sip:a b@c", "sip:a@b\x01", "sip:\xff@b"};
    static const char *const bad_texts[] = {"a\r\nX: y", "a\rb", "a\nb", "\x01", "\xff", "\xc3"};
    static const char *const bad_locals[] = {"",     "h:",          "h:0",     "h:65536",
                                             "h:1x", "2001:db8::1", "a b",     "h\r\n",
                                             "h;x",  "[::1",        "h:5060:1"};
    struct story *s = (struct story *)*state;
    const char *uri;

    for (size_t i = 0; i < COUNT(bad_uris); i++) {
        uri = bad_uris[i];
        REFUSED(config.aor, uri, "aor: ");
        REFUSED(config.registrar, uri, "registrar: ");
        REFUSED(config.contact, uri, "contact: ");
        s->config.route_count = 1;
        REFUSED(config.routes, &uri, "routes: ");
        s->config.route_count = 0;
    }
    for (size_t i = 0; i < COUNT(bad_texts); i++) {
        struct sipreg_header header = {"X-Y", bad_texts[i]};
        struct sipreg_body body = {bad_texts[i], NULL, "", 0};
        REFUSED(config.display, bad_texts[i], "display: ");
        REFUSED(config.auth_user, bad_texts[i], "auth_user: ");
        REFUSED(config.supported, bad_texts[i], "require, supported: ");
        REFUSED(config.allow, bad_texts[i], "allow: not a list");
        REFUSED(config.user_agent, bad_texts[i], "user_agent: ");
        REFUSED(config.body, &body, "body: ");
        s->config.header_count = 1;
        REFUSED(config.headers, &header, "headers: ");
        s->config.header_count = 0;
    }
    for (size_t i = 0; i < COUNT(bad_locals); i++)
        REFUSED(config.local, bad_locals[i], "local: ");
    REFUSED(config.local, NULL, "local: missing");
    REFUSED(config.aor, NULL, "aor: missing");
    REFUSED(config.contact_params, ";expires=3", "contacts: ");
    REFUSED(config.contact_params, "x", "contacts: ");
    REFUSED(config.registrar, "sip:user@example.com", "registrar: ");
    REFUSED(config.transport, (enum sipreg_transport)5, "transport: ");
}

static void numbers_out_of_range_are_refused(void **state)
{
    struct story *s = (struct story *)*state;

    REFUSED(config.expires, -2, "expires: ");
    REFUSED(config.expires, INT64_C(4294967296), "expires: ");
    REFUSED(config.expires_max, -1, "expires_max: ");
    REFUSED(config.expires_max, INT64_C(4294967296), "expires_max: ");
    REFUSED(config.q, -1, "q: ");
    REFUSED(config.q, 1001, "q: ");
    REFUSED(config.t2, 499, "t2: ");
    REFUSED(config.t1, 4001, "t2: ");
    s->config.expires = s->config.expires_max = 4294967295;
    s->config.q = 1000;
    s->config.t1 = s->config.t2 = 1;
    story_init(s);
}

static void sips_needs_tls_and_contacts_like_it(void **state)
{
    struct story *s = (struct story *)*state;

    REFUSED(config.aor, "sips:alice@example.com", "transport: ");
    s->config.transport = SIPREG_TLS;
    REFUSED(config.registrar, "sips:example.com", "contact: ");
    s->config.aor = "sips:alice@example.com";
    REFUSED(config.contact, "sip:alice@192.0.2.10", "contact: ");
    s->config.contact = "sips:alice@192.0.2.10";
    story_init(s);
}

static void credentials_must_be_whole(void **state)
{
    static const char md5[] = "0123456789abcdef0123456789ABCDEF";
    static const char sha[] = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
    struct story *s = (struct story *)*state;

    REFUSED(config.auth_user, "", "auth_user: empty");
    REFUSED(config.aor, "sip:example.com", "auth_user: missing");
    REFUSED(config.aor, "sip:al%20ice@example.com", "auth_user: missing");
    REFUSED(config.ha1, md5, "ha1: and a password");
    s->config.password = NULL;
    s->config.ha1_algorithm = SIPREG_MD5;
    REFUSED(config.ha1, "", "ha1: wrong length");
    REFUSED(config.ha1, md5 + 1, "ha1: wrong length");
    REFUSED(config.ha1, sha, "ha1: wrong length");
    REFUSED(config.ha1, "0123456789abcdef0123456789abcdeg", "ha1: not hex");
    s->config.ha1 = md5;
    REFUSED(config.aor, "sip:example.com", "auth_user: missing");
    REFUSED(config.ha1_algorithm, 0, "ha1_algorithm: ");
    REFUSED(config.ha1_algorithm, SIPREG_MD5_SESS, "ha1_algorithm: ");
    REFUSED(config.ha1_algorithm, SIPREG_SHA256, "ha1: wrong length");
    story_init(s);
    s->config.ha1 = sha;
    s->config.ha1_algorithm = SIPREG_SHA256;
    story_init(s);
    s->config.ha1_algorithm = SIPREG_SHA512_256;
    s->config.auth_user = "al%20ice"; /* as the server knows it */
    story_init(s);
    s->config.ha1 = NULL; /* and without any, all is well until somebody asks */
    s->config.auth_user = NULL;
    s->config.aor = "sip:al%20ice@example.com";
    story_init(s);
}

static void another_compilers_limits_are_noticed(void **state)
{
    struct story *s = (struct story *)*state;
    struct sipreg_client *c = &s->client, before;

    memset(c, 0x5A, sizeof *c);
    before = *c;
    assert_int_equal(sipreg_client_init_sized(c, sizeof *c - 8, &s->config, sizeof s->config),
                     SIPREG_ARGUMENT);
    assert_memory_equal(c, &before, sizeof before);
    assert_int_equal(sipreg_client_init_sized(c, sizeof *c, &s->config, sizeof s->config + 8),
                     SIPREG_ARGUMENT);
    assert_int_equal(sipreg_client_start(c, 0), SIPREG_STATE);
    assert_int_equal(sipreg_client_init_sized(c, sizeof *c, NULL, sizeof s->config),
                     SIPREG_ARGUMENT);
    assert_int_equal(sipreg_client_state(c), SIPREG_IDLE);
}

static void what_is_too_long_for_its_store_is_a_limit(void **state)
{
    struct story *s = (struct story *)*state;
    char local[SIPREG_LOCAL_SIZE + 1], aor[SIPREG_CONTACT_SIZE + 30] = "sip:";

    memset(local, 'a', sizeof local);
    for (size_t i = 8; i < sizeof local; i += 8)
        local[i] = '.';
    local[SIPREG_LOCAL_SIZE - 1] = '\0';
    s->config.local = local;
    story_init(s);
    local[SIPREG_LOCAL_SIZE - 1] = 'b';
    local[SIPREG_LOCAL_SIZE] = '\0';
    assert_null(sipreg_client_fault(&s->config));
    assert_int_equal(sipreg_client_init(&s->client, &s->config), SIPREG_LIMIT);
    assert_int_equal(sipreg_client_start(&s->client, 0), SIPREG_STATE);

    s->config.local = "h"; /* sip:USER@h and the NUL: full, and one more */
    memset(aor + 4, 'u', SIPREG_CONTACT_SIZE - 7);
    strcpy(aor + SIPREG_CONTACT_SIZE - 3, "@example.com");
    s->config.aor = aor;
    story_init(s);
    strcpy(aor + SIPREG_CONTACT_SIZE - 3, "u@example.com");
    assert_int_equal(sipreg_client_init(&s->client, &s->config), SIPREG_LIMIT);
}

static void what_passes_init_fits_the_scratch_buffer(void **state)
{
    struct story *s = (struct story *)*state;

    s->config.password = NULL;
    for (s->io.scratch_size = 0; s->io.scratch_size < 2000; s->io.scratch_size++) {
        if (sipreg_client_init(&s->client, &s->config) == SIPREG_OK)
            break;
        assert_int_equal(sipreg_client_init(&s->client, &s->config), SIPREG_SPACE);
        assert_int_equal(sipreg_client_start(&s->client, 0), SIPREG_STATE);
    }
    s->ready = true;
    story_start(s);
    s->client.request.cseq = 0x7FFFFFFE; /* as long as it gets */
    story_forget(s);
    story_move(s, NULL);
    assert_int_equal(s->sent, 1);
    assert_int_equal(s->sends[0].n, s->io.scratch_size);
}

/* Where pointers have 32 bits, as on phones; 64 bits cost 300 octets more. */
static void a_client_takes_two_kilobytes_at_most(void **state)
{
    size_t more = sizeof(void *) > 4 ? 300 : 0;

    (void)state;
    assert_true(sizeof(struct sipreg_client) - more <= 2048);
}

static void a_zero_means_the_default(void **state)
{
    struct story *s = (struct story *)*state;
    struct sipreg_timers timers = sipreg_config_timers(&s->config);

    assert_int_equal(timers.t1, 500);
    assert_int_equal(timers.t2, 4000);
    assert_int_equal(timers.t4, 5000);
    assert_false(timers.reliable);
    assert_int_equal(sipreg_config_retry_base(&s->config), 30);
    assert_int_equal(sipreg_config_retry_max(&s->config), 1800);
    assert_int_equal(sipreg_config_expires(&s->config), 3600);
    s->config.t1 = 1;
    s->config.t2 = 2;
    s->config.t4 = 3;
    s->config.retry_base = 4;
    s->config.retry_max = 5;
    s->config.expires = 6;
    s->config.transport = SIPREG_TCP;
    timers = sipreg_config_timers(&s->config);
    assert_int_equal(timers.t1 * 100 + timers.t2 * 10 + timers.t4, 123);
    assert_true(timers.reliable);
    assert_int_equal(sipreg_config_retry_base(&s->config), 4);
    assert_int_equal(sipreg_config_retry_max(&s->config), 5);
    assert_int_equal(sipreg_config_expires(&s->config), 6);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORY(functions_and_buffer_must_be_there),
        STORY(strings_that_cannot_be_written_are_refused),
        STORY(numbers_out_of_range_are_refused),
        STORY(sips_needs_tls_and_contacts_like_it),
        STORY(credentials_must_be_whole),
        STORY(another_compilers_limits_are_noticed),
        STORY(what_is_too_long_for_its_store_is_a_limit),
        STORY(what_passes_init_fits_the_scratch_buffer),
        STORY(a_client_takes_two_kilobytes_at_most),
        STORY(a_zero_means_the_default),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
