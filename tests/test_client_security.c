/*
 * test_client_security.c - secrets, sips, and no way down to something weaker (RFC 3261 26, RFC
 * 5630).
 */
#include "sent.h"
#include "story.h"

#include <stdio.h>

/* ---------------------------------------------------------------- secrets */

static void assert_absent(const void *octets, size_t n, const char *secret, size_t length)
{
    const char *p = (const char *)octets;

    for (size_t i = 0; i + length <= n; i++)
        assert_int_not_equal(memcmp(p + i, secret, length), 0);
}

static void assert_nowhere(struct story *s, const char *secret, size_t n)
{
    assert_absent(&s->client, sizeof s->client, secret, n);
    assert_absent(s->events, sizeof s->events, secret, n);
    assert_absent(s->scratch, sizeof s->scratch, secret, n);
    for (size_t i = 0; i < s->sent; i++)
        assert_absent(s->sends[i].text, s->sends[i].n, secret, n);
}

/* Neither the password nor what is made of it alone, in digits or in octets. */
static void the_secrets_are_in_nothing_that_is_sent_told_or_kept(void **state)
{
    struct story *s = (struct story *)*state;
    const char *parts[] = {"alice", "example.com", SECRET, NULL};
    const char *ha1 = sent_hash(SIPREG_MD5, parts);
    char digits[33], octets[16];

    strcpy(digits, ha1);
    for (size_t i = 0; i < sizeof octets; i++) {
        unsigned octet;
        assert_int_equal(sscanf(digits + 2 * i, "%2x", &octet), 1);
        octets[i] = (char)octet;
    }
    for (int by_ha1 = 0; by_ha1 < 2; by_ha1++) {
        s->config.password = by_ha1 ? NULL : SECRET;
        s->config.ha1 = by_ha1 ? digits : NULL;
        s->config.ha1_algorithm = SIPREG_MD5;
        story_forget(s);
        s->ready = false;
        story_register(s, "n1", 100);
        story_check_digest(s, "Authorization", "alice", SECRET);
        assert_true(story_until_sent(s, 100 * 1000));
        story_challenge(s, "n2", "");
        story_challenge(s, "n3", "");
        assert_event(s, SIPREG_EVENT_REFUSED, SIPREG_CHALLENGE);
        assert_nowhere(s, SECRET, strlen(SECRET));
        assert_nowhere(s, digits, 32);
        assert_nowhere(s, octets, sizeof octets);
    }
}

/* ---------------------------------------------------------------- TLS */

/* 26.3.2: a certificate that does not convince the program is a flow that does not open. */
static void before_the_connection_is_authenticated_nothing_is_sent(void **state)
{
    static const enum story_opening openings[] = {OPEN_FAILS, OPENS_LATER};
    struct story *s = (struct story *)*state;

    story_stream(s);
    s->config.transport = SIPREG_TLS;
    for (size_t i = 0; i < COUNT(openings); i++) {
        s->ready = false;
        s->opening = openings[i];
        story_start(s);
        if (s->opening == OPENS_LATER) {
            story_pass(s, 10000);
            assert_int_equal(s->sent, 0);
            story_flow(s, SIPREG_FLOW_DOWN);
        }
        assert_event(s, SIPREG_EVENT_RETRYING, SIPREG_TRANSPORT);
        story_pass(s, 600 * 1000);
        assert_int_equal(s->sent, 0);
    }
}

/* ---------------------------------------------------------------- sips */

static void configure_sips(struct story *s)
{
    story_stream(s);
    s->config.transport = SIPREG_TLS;
    s->config.aor = "sips:alice@example.com";
    s->config.local = "192.0.2.10:5061";
}

static void assert_sips(struct story *s, size_t index)
{
    assert_memory_equal(s->sends[index].text, "REGISTER sips:example.com ", 26);
    assert_memory_equal(story_field(s, index, "Via"), "SIP/2.0/TLS ", 12);
    assert_memory_equal(story_field(s, index, "From"), "<sips:", 6);
    assert_memory_equal(story_field(s, index, "To"), "<sips:", 6);
    assert_memory_equal(story_field(s, index, "Contact"), "<sips:", 6);
}

/* RFC 5630 5.1.1: no answer makes us try it with sip, neither at once nor later. */
static void sips_stays_sips_whatever_the_server_says(void **state)
{
    static const struct {
        const char *status, *headers;
    } cases[] = {
        {"302 Moved", "Contact: <sip:reg.example.com>\r\n"},
        {"301 Moved", "Contact: <sip:reg.example.com;transport=tcp>\r\n"},
        {"305 Use Proxy", "Contact: <sip:proxy.example.com>\r\n"},
        {"416 Unsupported URI Scheme", ""},
        {"480 Unavailable", "Warning: 380 example.com \"SIPS Not Allowed\"\r\n"},
        {"403 Forbidden", "Warning: 380 example.com \"SIPS Not Allowed\"\r\n"},
        {"503 Service Unavailable", ""},
    };
    struct story *s = (struct story *)*state;

    configure_sips(s);
    story_init(s);
    for (size_t i = 0; i < COUNT(cases); i++) {
        size_t before = s->sent;
        story_start(s);
        assert_int_equal(s->sent, before + 1);
        story_reply(s, cases[i].status, cases[i].headers);
        assert_int_equal(s->sent, before + 1); /* nothing at once */
        story_pass(s, 3600 * 1000);
        for (size_t n = before; n < s->sent; n++)
            assert_sips(s, n);
    }
}

/* RFC 5630 5.1.1.1: who wants to be reached by sips says so in the AOR, and gets all of it. */
static void the_scheme_of_the_aor_is_the_one_of_all_addresses(void **state)
{
    struct story *s = (struct story *)*state;

    configure_sips(s);
    story_register(s, "n1", 600);
    assert_true(story_until_sent(s, 600 * 1000));
    for (size_t n = 0; n < s->sent; n++)
        assert_sips(s, n);

    story_forget(s);
    s->ready = false;
    s->config.aor = "sip:alice@example.com"; /* over TLS all the same */
    story_start(s);
    assert_memory_equal(s->sends[0].text, "REGISTER sip:example.com ", 25);
    assert_memory_equal(story_field(s, 0, "From"), "<sip:", 5);
    assert_memory_equal(story_field(s, 0, "To"), "<sip:", 5);
    assert_memory_equal(story_field(s, 0, "Contact"), "<sip:", 5);
}

/* RFC 5630 5.1.1, RFC 3261 8.1.1.8: over TLS to there, with contacts to match; the Request-URI is
   as it was. */
static void a_topmost_route_of_sips_goes_over_tls_and_changes_no_request_uri(void **state)
{
    static const char *const routes[] = {"sips:edge.example.com;lr", "sip:core.example.com;lr"};
    struct story *s = (struct story *)*state;

    configure_sips(s);
    s->config.registrar = "sip:example.com";
    s->config.routes = routes;
    s->config.route_count = COUNT(routes);
    story_start(s);
    assert_memory_equal(s->sends[0].text, "REGISTER sip:example.com SIP/2.0\r\n", 34);
    assert_memory_equal(story_field(s, 0, "Via"), "SIP/2.0/TLS ", 12);
    assert_string_equal(story_field(s, 0, "Route"), "<sips:edge.example.com;lr>");
    assert_memory_equal(story_field(s, 0, "Contact"), "<sips:", 6);
    s->config.transport = SIPREG_TCP;
    assert_non_null(sipreg_client_fault(&s->config));
    s->config.transport = SIPREG_TLS;
    assert_null(sipreg_client_fault(&s->config));
    s->config.aor = "sip:alice@example.com"; /* which would make a contact of sip */
    assert_non_null(sipreg_client_fault(&s->config));
}

/* RFC 5630 3.1.4, 5.1.1 */
/* RFC 5630 5.1.1 */
static void with_a_sips_registrar_every_route_is_sips(void **state)
{
    static const char *const routes[] = {"sip:p1.example.com;lr;x=1", "sips:p2.example.com;lr",
                                         "SIP:p3.example.com:5070;lr"};
    struct story *s = (struct story *)*state;
    char hop[60];

    configure_sips(s);
    s->config.routes = routes;
    s->config.route_count = COUNT(routes);
    story_start(s);
    assert_non_null(strstr(s->sends[0].text, "Route: <sips:p1.example.com;lr;x=1>\r\n"
                                             "Route: <sips:p2.example.com;lr>\r\n"
                                             "Route: <sips:p3.example.com:5070;lr>\r\n"));
    assert_true(sipreg_client_next_hop(&s->client, hop, sizeof hop) > 0);
    assert_string_equal(hop, "sips:p1.example.com;lr;x=1");
}

static void transport_tls_is_read_and_never_written(void **state)
{
    static const char *const aors[] = {"sip:alice@example.com", "sips:alice@example.com"};
    struct story *s = (struct story *)*state;

    configure_sips(s);
    for (size_t i = 0; i < COUNT(aors); i++) {
        story_forget(s);
        s->ready = false;
        s->config.aor = aors[i];
        story_start(s);
        assert_null(strstr(s->sends[0].text, "transport=tls"));
        story_reply(s, "200 OK",
                    "Contact: <sip:alice@192.0.2.10:5061;transport=tls>;expires=600\r\n");
        assert_event(s, SIPREG_EVENT_REGISTERED, SIPREG_OK);
        assert_int_equal(story_event(s)->granted, 600);
        assert_true(story_until_sent(s, 600 * 1000));
        assert_null(strstr(s->sends[s->sent - 1].text, "transport=tls"));
    }
}

/* The warn-codes of a response as the last event has them. */
static char warned[80];

static void note_warning(struct story *s, const struct sipreg_event *event)
{
    struct sipreg_place place = {0, 0, 0};
    struct sipreg_str value;

    (void)s;
    warned[0] = '\0';
    assert_non_null(event->response);
    while (sipreg_response_header(event->response, "Warning", &place, &value))
        strncat(warned, value.p, value.n < 4 ? value.n : 4);
}

/* RFC 5630 5.1.1, 9: it is for the user to decide, who must be told. */
static void why_sips_is_not_allowed_or_required_is_there_to_read(void **state)
{
    struct story *s = (struct story *)*state;

    configure_sips(s);
    s->on_event = note_warning;
    story_start(s);
    story_reply(s, "480 Unavailable", "Warning: 380 example.com \"SIPS Not Allowed\"\r\n");
    assert_int_equal(story_event(s)->status, 480);
    assert_string_equal(warned, "380 ");
    story_start(s);
    story_reply(
        s, "480 Unavailable",
        "Warning: 399 example.com \"so\"\r\nWarning: 381 example.com \"SIPS Required\"\r\n");
    assert_string_equal(warned, "399 381 ");
    story_start(s);
    story_reply(s, "416 Unsupported URI Scheme", "");
    assert_event(s, SIPREG_EVENT_REFUSED, SIPREG_STATUS);
    assert_int_equal(story_event(s)->status, 416);
    assert_int_equal(story_event(s)->retry_in, SIPREG_FOREVER);
}

/* ---------------------------------------------------------------- weaker challenges */

/* Whoever stands between us and the registrar can offer what it likes (RFC 7616 5.8). */
static void a_weaker_challenge_than_the_policy_wants_is_no_way_down(void **state)
{
    static const char *const headers[] = {
        "WWW-Authenticate: Digest realm=\"r\", nonce=\"w\", algorithm=MD5, qop=\"auth\"\r\n",
        "WWW-Authenticate: Digest realm=\"r\", nonce=\"w\", qop=\"auth\"\r\n",
        "WWW-Authenticate: Digest realm=\"r\", nonce=\"w\", algorithm=MD5-sess, qop=\"auth\"\r\n",
        "WWW-Authenticate: Digest realm=\"r\", nonce=\"w\", algorithm=SHA-256\r\n",
    };
    struct story *s = (struct story *)*state;

    s->config.policy.refuse = SIPREG_MD5 | SIPREG_MD5_SESS;
    s->config.policy.require_qop = true;
    for (size_t i = 0; i < COUNT(headers); i++) {
        story_forget(s);
        s->ready = false;
        story_start(s);
        story_reply(s, "401 Unauthorized",
                    "WWW-Authenticate: Digest realm=\"r\", nonce=\"s\", algorithm=SHA-256,"
                    " qop=\"auth\"\r\n");
        story_grant(s, 100);
        assert_state(s, SIPREG_REGISTERED);
        assert_true(story_until_sent(s, 100 * 1000));
        story_reply(s, "401 Unauthorized", headers[i]);
        assert_event(s, SIPREG_EVENT_REFUSED, SIPREG_POLICY);
        story_pass(s, 3600 * 1000);
        assert_int_equal(story_requests(s), 3);
    }
}

/* ---------------------------------------------------------------- downgrades */

#define WWW(realm, nonce, algorithm)                                                               \
    "WWW-Authenticate: Digest realm=\"" realm "\", nonce=\"" nonce "\", algorithm=" algorithm      \
    ", qop=\"auth\"\r\n"
#define PROXY(realm, nonce, algorithm)                                                             \
    "Proxy-Authenticate: Digest realm=\"" realm "\", nonce=\"" nonce "\", algorithm=" algorithm    \
    ", qop=\"auth\"\r\n"

/* Registered by this algorithm, and it is time for another registration. */
static void register_by(struct story *s, const char *headers)
{
    story_anew(s);
    story_reply(s, "401 Unauthorized", headers);
    assert_int_equal(story_requests(s), 2);
    story_grant(s, 100);
    assert_state(s, SIPREG_REGISTERED);
    assert_true(story_until_sent(s, 100 * 1000));
}

static void assert_refused(struct story *s, const char *headers)
{
    size_t requests = story_requests(s);

    story_reply(s, "401 Unauthorized", headers);
    assert_event(s, SIPREG_EVENT_REFUSED, SIPREG_POLICY);
    assert_int_equal(story_requests(s), requests);
}

static void assert_answered(struct story *s, const char *headers)
{
    size_t requests = story_requests(s);

    story_reply(s, "401 Unauthorized", headers);
    assert_int_equal(story_requests(s), requests + 1);
}

static void md5_after_a_stronger_algorithm_is_a_downgrade_that_can_be_refused(void **state)
{
    static const char *const before[] = {WWW("r", "1", "SHA-256"), WWW("r", "1", "SHA-256-sess"),
                                         PROXY("r", "1", "SHA-256")};
    static const char *const after[] = {WWW("r", "2", "MD5"), WWW("r", "2", "MD5-sess"),
                                        PROXY("r", "2", "MD5"), WWW("\\r", "2", "MD5")};
    struct story *s = (struct story *)*state;

    for (size_t i = 0; i < COUNT(before); i++) {
        for (size_t k = 0; k < COUNT(after); k++) {
            s->config.policy.refuse_downgrade = true;
            register_by(s, before[i]);
            assert_refused(s, after[k]);
            story_pass(s, 3600 * 1000);
            assert_int_equal(story_requests(s), 3);
            s->config.policy.refuse_downgrade = false; /* who does not mind */
            register_by(s, before[i]);
            assert_answered(s, after[k]);
        }
    }
}

static void what_is_no_downgrade_is_answered(void **state)
{
    static const struct {
        const char *before, *after;
    } rows[] = {
        {WWW("r", "1", "MD5"), WWW("r", "2", "MD5")},
        {WWW("r", "1", "MD5"), WWW("r", "2", "SHA-256")},
        {WWW("r", "1", "SHA-256"), WWW("r", "2", "SHA-256-sess")},
        {WWW("r", "1", "SHA-256"), WWW("other", "2", "MD5")},
        {WWW("a\\\\b", "1", "SHA-256"), WWW("ab", "2", "MD5")}, /* with a backslash */
        /* both in one response: the stronger one is taken, wherever it stands */
        {WWW("r", "1", "SHA-256") WWW("r", "1", "MD5"),
         WWW("r", "2", "MD5") WWW("r", "2", "SHA-256")},
    };
    struct story *s = (struct story *)*state;

    s->config.policy.refuse_downgrade = true;
    for (size_t i = 0; i < COUNT(rows); i++) {
        register_by(s, rows[i].before);
        assert_answered(s, rows[i].after);
    }
    assert_string_equal(story_param(s, LAST, "Authorization", "algorithm"), "SHA-256");
}

/* Whatever makes us forget a session, or its nonce. */
static void a_stronger_algorithm_is_remembered_for_longer_than_its_nonce(void **state)
{
    struct story *s = (struct story *)*state;

    s->config.policy.refuse_downgrade = true;
    s->config.follow_redirects = true;
    register_by(s, WWW("r", "1", "SHA-256")); /* another server */
    story_reply(s, "302 Moved", "Contact: <sip:r2.example.com>\r\n");
    assert_null(story_field(s, LAST, "Authorization"));
    assert_refused(s, WWW("r", "2", "MD5"));

    register_by(s, WWW("r", "1", "SHA-256")); /* a refusal, and start */
    assert_int_equal(story_reply(s, "401 U", WWW("r", "1", "SHA-256")), SIPREG_OK);
    assert_event(s, SIPREG_EVENT_REFUSED, SIPREG_CHALLENGE);
    story_start(s);
    assert_null(story_field(s, LAST, "Authorization"));
    assert_refused(s, WWW("r", "2", "MD5"));

    register_by(s, WWW("r", "1", "SHA-256")); /* other realms that challenge */
    story_reply(s, "401 U", WWW("x", "x1", "MD5") WWW("y", "y1", "MD5"));
    story_grant(s, 100);
    assert_true(story_until_sent(s, 100 * 1000));
    assert_refused(s, WWW("r", "2", "MD5"));

    register_by(s, WWW("r", "1", "SHA-256")); /* a reboot */
    story_grant(s, 100);
    story_reboot(s, 10, 10);
    story_start(s);
    assert_refused(s, WWW("r", "2", "MD5"));
}

static void as_many_realms_are_remembered_as_there_are_sessions(void **state)
{
    struct story *s = (struct story *)*state;

    s->config.policy.refuse_downgrade = true;
    register_by(s, WWW("r", "1", "SHA-256") PROXY("p", "p1", "SHA-256"));
    assert_refused(s, WWW("r", "2", "MD5"));
    story_start(s);
    assert_refused(s, PROXY("p", "2", "MD5"));
    story_start(s);
    assert_answered(s, WWW("x", "x1", "SHA-256")); /* the older one makes room */
    story_grant(s, 100);
    assert_true(story_until_sent(s, 100 * 1000));
    assert_refused(s, PROXY("p", "2", "MD5"));
    story_start(s);
    assert_answered(s, WWW("r", "3", "MD5"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORY(the_secrets_are_in_nothing_that_is_sent_told_or_kept),
        STORY(before_the_connection_is_authenticated_nothing_is_sent),
        STORY(sips_stays_sips_whatever_the_server_says),
        STORY(the_scheme_of_the_aor_is_the_one_of_all_addresses),
        STORY(a_topmost_route_of_sips_goes_over_tls_and_changes_no_request_uri),
        STORY(with_a_sips_registrar_every_route_is_sips),
        STORY(transport_tls_is_read_and_never_written),
        STORY(why_sips_is_not_allowed_or_required_is_there_to_read),
        STORY(a_weaker_challenge_than_the_policy_wants_is_no_way_down),
        STORY(md5_after_a_stronger_algorithm_is_a_downgrade_that_can_be_refused),
        STORY(what_is_no_downgrade_is_answered),
        STORY(a_stronger_algorithm_is_remembered_for_longer_than_its_nonce),
        STORY(as_many_realms_are_remembered_as_there_are_sessions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
