/*
 * test_client_rfc3665.c - the registration flows of RFC 3665 2, message by message.
 *
 * Bob's requests are compared field by field with the printed ones. What is a slip there is not
 * copied: another From tag in F3, a realm without a comma behind it, a response of 31 digits, no
 * qop though it was offered.
 */
#include "story.h"

#include <stdio.h>

#define BOB     "\"Bob\" <sips:bob@biloxi.example.com>"
#define PHONE   "sips:bob@client.biloxi.example.com"
#define MAILBOX "mailto:bob@biloxi.example.com"

/* F2, as printed. */
#define CHALLENGE(nonce)                                                                           \
    "WWW-Authenticate: Digest realm=\"atlanta.example.com\", qop=\"auth\",\r\n nonce=\"" nonce     \
    "\",\r\n opaque=\"\", stale=FALSE, algorithm=MD5\r\n"
#define NONCE "ea9c8e88df84f1cec4341ae6cbe5a359"

/* The last response that was reported: its bindings, and the realm of its challenge. */
static char bindings[400], realm[100];

static void read_response(struct story *s, const struct sipreg_event *event)
{
    struct sipreg_place place = {0, 0, 0};
    struct sipreg_challenge challenge;
    struct sipreg_binding b;

    (void)s;
    bindings[0] = realm[0] = '\0';
    if (event->response == NULL)
        return;
    while (sipreg_response_contact(event->response, &place, &b))
        snprintf(bindings + strlen(bindings), sizeof bindings - strlen(bindings), "%.*s=%lld ",
                 (int)b.contact.uri.n, b.contact.uri.p, (long long)b.expires);
    if (sipreg_challenge_read(&challenge, event->response) == SIPREG_OK)
        snprintf(realm, sizeof realm, "%.*s", (int)challenge.realm.n, challenge.realm.p);
}

/* Bob's phone, that leaves the time to the registrar, as the one in the flows does. */
static void prepare_bob(struct story *s)
{
    story_stream(s);
    s->config.transport = SIPREG_TLS;
    s->config.aor = "sips:bob@biloxi.example.com";
    s->config.registrar = "sips:ss2.biloxi.example.com";
    s->config.local = "client.biloxi.example.com:5061";
    s->config.contact = PHONE;
    s->config.display = "Bob";
    s->config.expires = SIPREG_EXPIRES_NONE;
    s->on_event = read_response;
}

static void register_bob(struct story *s)
{
    prepare_bob(s);
    story_start(s);
    story_reply(s, "401 Unauthorized", CHALLENGE(NONCE));
    story_grant(s, 3600);
    assert_event(s, SIPREG_EVENT_REGISTERED, SIPREG_OK);
}

static void assert_starts(const char *text, const char *start)
{
    assert_non_null(text);
    assert_memory_equal(text, start, strlen(start));
}

/* What all of Bob's requests have in common. */
static void check_request(struct story *s, size_t index, const char *cseq)
{
    static const char *const once[] = {"Via",     "Max-Forwards", "From",          "To",
                                       "Call-ID", "CSeq",         "Content-Length"};

    for (size_t i = 0; i < COUNT(once); i++)
        assert_int_equal(story_count(s, index, once[i]), 1);
    assert_starts(s->sends[index].text, "REGISTER sips:ss2.biloxi.example.com SIP/2.0\r\n");
    assert_starts(story_field(s, index, "Via"), "SIP/2.0/TLS client.biloxi.example.com:5061;");
    assert_starts(story_param(s, index, "Via", "branch"), "z9hG4bK");
    assert_string_equal(story_field(s, index, "Max-Forwards"), "70");
    assert_string_equal(story_field(s, index, "To"), BOB);
    assert_starts(story_field(s, index, "From"), BOB ";tag=");
    assert_string_equal(story_field(s, index, "From"), story_field(s, 0, "From"));
    assert_string_equal(story_field(s, index, "Call-ID"), story_field(s, 0, "Call-ID"));
    assert_string_equal(story_field(s, index, "CSeq"), cseq);
    assert_string_equal(story_field(s, index, "Content-Length"), "0");
    assert_null(story_field(s, index, "Proxy-Authorization"));
}

/* The credentials of the last request, but for their response. */
static void check_credentials(struct story *s, const char *nonce, const char *nc)
{
    assert_int_equal(story_count(s, LAST, "Authorization"), 1);
    assert_starts(story_field(s, LAST, "Authorization"), "Digest ");
    assert_string_equal(story_param(s, LAST, "Authorization", "username"), "bob");
    assert_string_equal(story_param(s, LAST, "Authorization", "realm"), "atlanta.example.com");
    assert_string_equal(story_param(s, LAST, "Authorization", "nonce"), nonce);
    assert_string_equal(story_param(s, LAST, "Authorization", "opaque"), "");
    assert_string_equal(story_param(s, LAST, "Authorization", "algorithm"), "MD5");
    assert_string_equal(story_param(s, LAST, "Authorization", "uri"),
                        "sips:ss2.biloxi.example.com");
    assert_string_equal(story_param(s, LAST, "Authorization", "qop"), "auth");
    assert_string_equal(story_param(s, LAST, "Authorization", "nc"), nc);
    assert_true(strlen(story_param(s, LAST, "Authorization", "cnonce")) >= 8);
}

/* ---------------------------------------------------------------- 2.1 a new registration */

static void f1_registers_without_credentials(void **state)
{
    struct story *s = (struct story *)*state;

    prepare_bob(s);
    story_start(s);
    assert_int_equal(s->opens, 1);
    assert_int_equal(s->sent, 1);
    check_request(s, 0, "1 REGISTER");
    assert_int_equal(story_count(s, 0, "Contact"), 1);
    assert_string_equal(story_field(s, 0, "Contact"), "<" PHONE ">");
    assert_null(story_field(s, 0, "Expires"));
    assert_null(story_field(s, 0, "Authorization"));
}

static void f2_is_answered_by_f3_with_credentials(void **state)
{
    struct story *s = (struct story *)*state;

    prepare_bob(s);
    story_start(s);
    assert_int_equal(story_reply(s, "401 Unauthorized", CHALLENGE(NONCE)), SIPREG_OK);
    assert_int_equal(s->told, 0);
    assert_int_equal(s->sent, 2);
    assert_int_equal(s->opens, 1);
    check_request(s, 1, "2 REGISTER");
    assert_string_not_equal(story_param(s, 1, "Via", "branch"), story_param(s, 0, "Via", "branch"));
    assert_int_equal(story_count(s, 1, "Contact"), 1);
    assert_string_equal(story_field(s, 1, "Contact"), "<" PHONE ">");
    check_credentials(s, NONCE, "00000001");
    story_check_digest(s, "Authorization", "bob", SECRET);
}

static void f4_registers_for_an_hour(void **state)
{
    struct story *s = (struct story *)*state;

    register_bob(s);
    assert_int_equal(s->told, 1);
    assert_state(s, SIPREG_REGISTERED);
    assert_int_equal(story_event(s)->granted, 3600);
    assert_true(story_event(s)->listed);
    assert_string_equal(bindings, PHONE "=3600 ");
    assert_int_equal(story_event(s)->valid_for, 3600 * 1000);
    assert_in_range(story_event(s)->refresh_in, 3000 * 1000, 3600 * 1000 - 32000);
    assert_true(story_until_sent(s, 3600 * 1000));
    check_request(s, 2, "3 REGISTER");
    check_credentials(s, NONCE, "00000002");
}

/* How many parameters there are; a comma and a blank stand between any two. */
static unsigned parameters_of(const char *value)
{
    const char *p = value + strlen("Digest ");

    for (unsigned n = 1;; n++) {
        p += strspn(p, "abcdefghijklmnopqrstuvwxyz");
        assert_int_equal(*p, '=');
        p++;
        p += *p == '"' ? strcspn(p + 1, "\"") + 2 : strcspn(p, ", ");
        if (*p == '\0')
            return n;
        assert_memory_equal(p, ", ", 2);
        p += 2;
    }
}

static void the_slips_of_the_printed_flows_are_not_copied(void **state)
{
    struct story *s = (struct story *)*state;
    const char *response;

    prepare_bob(s);
    story_start(s);
    story_reply(s, "401 Unauthorized", CHALLENGE(NONCE));
    response = story_param(s, 1, "Authorization", "response");
    assert_int_equal(strspn(response, "0123456789abcdef"), 32);
    assert_int_equal(strlen(response), 32);
    assert_int_equal(parameters_of(story_field(s, 1, "Authorization")), 10);
    assert_non_null(strstr(story_field(s, 1, "Authorization"), " qop=auth,"));
    assert_string_equal(story_field(s, 1, "From"), story_field(s, 0, "From"));
}

/* ---------------------------------------------------------------- 2.2 an update */

/* The contact list changes by another address of the phone's: the new one in, the old one out. */
static void an_update_of_the_contact_list_has_credentials_unasked(void **state)
{
    struct story *s = (struct story *)*state;

    prepare_bob(s);
    s->config.contact = NULL;
    story_start(s);
    story_reply(s, "401 Unauthorized", CHALLENGE(NONCE));
    story_grant(s, 3600);
    story_move(s, "home.biloxi.example.com:5061");
    assert_int_equal(s->sent, 3);
    assert_string_equal(story_field(s, 2, "CSeq"), "3 REGISTER");
    assert_string_equal(story_field(s, 2, "Contact"), "<sips:bob@home.biloxi.example.com:5061>");
    check_credentials(s, NONCE, "00000002");
    story_check_digest(s, "Authorization", "bob", SECRET);
}

static void a_mailbox_bound_without_end_is_listed_and_causes_nothing(void **state)
{
    struct story *s = (struct story *)*state;
    char both[200];

    snprintf(both, sizeof both, "%s=3600 %s=4294967295 ", PHONE, MAILBOX);
    register_bob(s);
    for (int i = 0; i < 3; i++) {
        uint64_t at = s->time;
        assert_int_equal(sipreg_client_refresh(&s->client, s->tick), SIPREG_OK);
        story_run(s);
        story_reply(s, "200 OK",
                    "Contact: <CONTACT>;expires=3600\r\n"
                    "Contact: <" MAILBOX ">;expires=4294967295\r\n");
        assert_event(s, SIPREG_EVENT_REGISTERED, SIPREG_OK);
        assert_string_equal(bindings, both);
        assert_int_equal(story_event(s)->granted, 3600);
        assert_true(story_until_sent(s, 3600 * 1000));
        assert_true(s->time - at >= 3000 * 1000);
        story_grant(s, 3600);
    }
}

/* ---------------------------------------------------------------- 2.3 a question */

static void ask(struct story *s)
{
    assert_int_equal(sipreg_client_query(&s->client, s->tick), SIPREG_OK);
    story_run(s);
}

static void a_request_for_the_contact_list_has_credentials_and_no_contact(void **state)
{
    struct story *s = (struct story *)*state;

    register_bob(s);
    ask(s);
    assert_int_equal(s->sent, 3);
    check_request(s, 2, "3 REGISTER");
    assert_null(story_field(s, 2, "Contact"));
    assert_null(story_field(s, 2, "Expires"));
    check_credentials(s, NONCE, "00000002");
    story_check_digest(s, "Authorization", "bob", SECRET);
}

static void the_answer_lists_all_bindings_and_ours_follows_it(void **state)
{
    struct story *s = (struct story *)*state;

    register_bob(s);
    ask(s);
    story_reply(s, "200 OK",
                "Contact: <" PHONE ">;expires=2000\r\n"
                "Contact: <" MAILBOX ">;expires=4294967295\r\n");
    assert_event(s, SIPREG_EVENT_BINDINGS, SIPREG_OK);
    assert_string_equal(bindings, PHONE "=2000 " MAILBOX "=4294967295 ");
    assert_state(s, SIPREG_REGISTERED);
    assert_int_equal(story_event(s)->granted, 2000);
    ask(s);
    story_reply(s, "200 OK", "Contact: <" MAILBOX ">;expires=4294967295\r\n");
    assert_event(s, SIPREG_EVENT_BINDINGS, SIPREG_OK);
    assert_string_equal(bindings, MAILBOX "=4294967295 ");
    assert_state(s, SIPREG_WAITING); /* lost, and soon to be made again */
    assert_int_equal(story_event(s)->granted, 0);
    assert_true(story_until_sent(s, 60 * 1000));
    assert_string_equal(story_field(s, LAST, "Contact"), "<" PHONE ">");
}

/* ---------------------------------------------------------------- 2.4 a cancellation */

static void a_cancellation_of_all_has_a_star_and_succeeds_without_contacts(void **state)
{
    struct story *s = (struct story *)*state;

    register_bob(s);
    assert_int_equal(sipreg_client_clear(&s->client, s->tick), SIPREG_OK);
    story_run(s);
    assert_int_equal(s->sent, 3);
    check_request(s, 2, "3 REGISTER");
    assert_int_equal(story_count(s, 2, "Contact"), 1);
    assert_string_equal(story_field(s, 2, "Contact"), "*");
    assert_string_equal(story_field(s, 2, "Expires"), "0");
    check_credentials(s, NONCE, "00000002");
    story_check_digest(s, "Authorization", "bob", SECRET);
    story_reply(s, "200 OK", "");
    assert_event(s, SIPREG_EVENT_UNREGISTERED, SIPREG_OK);
    assert_int_equal(s->told, 2);
    assert_state(s, SIPREG_IDLE);
    story_pass(s, 32000);
    assert_int_equal(story_run(s), SIPREG_FOREVER);
    assert_int_equal(s->sent, 3);
}

static void a_cancellation_of_one_leaves_the_other_device(void **state)
{
    struct story *s = (struct story *)*state;

    register_bob(s);
    assert_int_equal(sipreg_client_stop(&s->client, s->tick), SIPREG_OK);
    story_run(s);
    check_request(s, 2, "3 REGISTER");
    assert_int_equal(story_count(s, 2, "Contact"), 1);
    assert_string_equal(story_field(s, 2, "Contact"), "<" PHONE ">;expires=0");
    check_credentials(s, NONCE, "00000002");
    story_reply(s, "200 OK", "Contact: <" MAILBOX ">;expires=4294967295\r\n");
    assert_event(s, SIPREG_EVENT_UNREGISTERED, SIPREG_OK);
    assert_string_equal(bindings, MAILBOX "=4294967295 ");
    assert_state(s, SIPREG_IDLE);
    story_pass(s, 32000);
    assert_int_equal(story_run(s), SIPREG_FOREVER);
    assert_int_equal(s->sent, 3);
}

/* ---------------------------------------------------------------- 2.5 no registration */

#define ANOTHER  "f1cec4341ae6ca9c8e88df84be55a359"
#define LAST_ONE "84f1c1ae6cbe5ua9c8e88dfa3ecm3459"

/* F1 to F4. */
static void fail_to_register(struct story *s)
{
    prepare_bob(s);
    s->config.password = "wrong";
    story_start(s);
    story_reply(s, "401 Unauthorized", CHALLENGE(ANOTHER));
    check_request(s, 1, "2 REGISTER");
    assert_string_equal(story_field(s, 1, "Contact"), "<" PHONE ">");
    check_credentials(s, ANOTHER, "00000001");
    story_check_digest(s, "Authorization", "bob", "wrong");
    story_reply(s, "401 Unauthorized", CHALLENGE(LAST_ONE));
}

static void a_wrong_password_is_shown_once_and_its_realm_is_told(void **state)
{
    struct story *s = (struct story *)*state;

    fail_to_register(s);
    assert_int_equal(s->sent, 2);
    assert_int_equal(s->told, 1);
    assert_event(s, SIPREG_EVENT_REFUSED, SIPREG_CHALLENGE);
    assert_int_equal(story_event(s)->status, 401);
    assert_int_equal(story_event(s)->retry_in, SIPREG_FOREVER);
    assert_string_equal(realm, "atlanta.example.com");
    assert_state(s, SIPREG_IDLE);
    story_pass(s, UINT64_C(24) * 3600 * 1000);
    assert_int_equal(s->sent, 2);
}

static void the_right_password_goes_on_where_the_wrong_one_ended(void **state)
{
    static const struct sipreg_credentials right = {"bob", SECRET, NULL, 0, NULL};
    struct story *s = (struct story *)*state;

    fail_to_register(s);
    assert_int_equal(sipreg_client_credentials(&s->client, s->tick, &right), SIPREG_OK);
    story_run(s);
    assert_int_equal(s->sent, 3);
    check_request(s, 2, "3 REGISTER");
    story_reply(s, "401 Unauthorized", CHALLENGE(NONCE));
    check_request(s, 3, "4 REGISTER");
    story_check_digest(s, "Authorization", "bob", SECRET);
    story_grant(s, 3600);
    assert_event(s, SIPREG_EVENT_REGISTERED, SIPREG_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORY(f1_registers_without_credentials),
        STORY(f2_is_answered_by_f3_with_credentials),
        STORY(f4_registers_for_an_hour),
        STORY(the_slips_of_the_printed_flows_are_not_copied),
        STORY(an_update_of_the_contact_list_has_credentials_unasked),
        STORY(a_mailbox_bound_without_end_is_listed_and_causes_nothing),
        STORY(a_request_for_the_contact_list_has_credentials_and_no_contact),
        STORY(the_answer_lists_all_bindings_and_ours_follows_it),
        STORY(a_cancellation_of_all_has_a_star_and_succeeds_without_contacts),
        STORY(a_cancellation_of_one_leaves_the_other_device),
        STORY(a_wrong_password_is_shown_once_and_its_realm_is_told),
        STORY(the_right_password_goes_on_where_the_wrong_one_ended),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
