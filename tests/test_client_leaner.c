/*
 * test_client_leaner.c - less of a request, for servers that refuse it as it is (RFC 3261 8.1.3.5,
 * 7.3.3).
 */
#include "story.h"

static const struct sipreg_header headers[] = {
    {"Accept-Language", "de"}, {"Accept", "application/cpl+xml"}, {"X-Mine", "1"}};

static void dress(struct story *s)
{
    s->config.headers = headers;
    s->config.header_count = COUNT(headers);
    s->config.allow = "INVITE, ACK, BYE, CANCEL, OPTIONS";
    s->config.user_agent = "phone/1.0";
    s->config.supported = "path";
}

static void names_are_compact_on_request(void **state)
{
    static const struct sipreg_body body = {"text/plain", NULL, "hello", 5};
    static const char *const lines[] = {"\r\nv: SIP/2.0/UDP 192.0.2.10:5060;branch=z9hG4bK",
                                        "\r\nf: <sip:alice@example.com>;tag=",
                                        "\r\nt: <sip:alice@example.com>\r\n",
                                        "\r\ni: ",
                                        "\r\nm: <sip:alice@192.0.2.10:5060>;expires=3600",
                                        "\r\nk: path\r\n",
                                        "\r\nc: text/plain\r\n",
                                        "\r\nl: 5\r\n\r\nhello"};
    struct story *s = (struct story *)*state;

    s->config.compact = true;
    s->config.supported = "path";
    s->config.body = &body;
    story_start(s);
    for (size_t i = 0; i < COUNT(lines); i++)
        assert_non_null(strstr(s->sends[0].text, lines[i]));
    story_challenge(s, "n1", "");
    story_check_digest(s, "Authorization", "alice", SECRET);
    story_grant(s, 100);
    assert_event(s, SIPREG_EVENT_REGISTERED, SIPREG_OK);
    sipreg_client_clear(&s->client, s->tick);
    story_run(s);
    assert_non_null(strstr(s->sends[s->sent - 1].text, "\r\nm: *\r\n"));
}

static void a_406_is_met_by_accepting_anything_once(void **state)
{
    struct story *s = (struct story *)*state;

    dress(s);
    story_start(s);
    assert_string_equal(story_field(s, LAST, "Accept-Language"), "de");
    story_reply(s, "406 Not Acceptable", "");
    assert_int_equal(story_requests(s), 2);
    assert_null(story_field(s, LAST, "Accept-Language"));
    assert_null(story_field(s, LAST, "Accept"));
    assert_string_equal(story_field(s, LAST, "X-Mine"), "1");
    assert_string_equal(story_field(s, LAST, "Supported"), "path");
    story_reply(s, "406 Not Acceptable", "");
    assert_event(s, SIPREG_EVENT_REFUSED, SIPREG_STATUS);
    assert_int_equal(story_requests(s), 2);
    story_start(s); /* another attempt says all again */
    assert_string_equal(story_field(s, LAST, "Accept-Language"), "de");
}

static void a_406_to_a_request_that_accepts_anything_is_a_refusal(void **state)
{
    struct story *s = (struct story *)*state;

    dress(s);
    s->config.headers = headers + 2;
    s->config.header_count = 1;
    story_start(s);
    story_reply(s, "406 Not Acceptable", "");
    assert_event(s, SIPREG_EVENT_REFUSED, SIPREG_STATUS);
    assert_int_equal(story_requests(s), 1);
}

static void a_513_is_met_by_a_smaller_request_once(void **state)
{
    static const struct sipreg_body body = {"text/plain", NULL, "hello", 5};
    struct story *s = (struct story *)*state;

    dress(s);
    s->config.body = &body;
    story_start(s);
    story_reply(s, "513 Too Large", "");
    assert_int_equal(story_requests(s), 2);
    assert_null(strstr(s->sends[1].text, "Via:"));
    assert_null(story_field(s, LAST, "Allow"));
    assert_null(story_field(s, LAST, "User-Agent"));
    assert_string_equal(story_field(s, LAST, "Content-Length"), "0");
    assert_string_equal(story_field(s, LAST, "X-Mine"), "1"); /* whatever it is good for */
    story_reply(s, "513 Too Large", "");
    assert_event(s, SIPREG_EVENT_REFUSED, SIPREG_STATUS);
    assert_int_equal(story_requests(s), 2);
    story_start(s);
    story_reply(s, "513 Too Large", "");
    story_reply(s, "513 Too Large", "Retry-After: 100\r\n");
    assert_event(s, SIPREG_EVENT_RETRYING, SIPREG_STATUS);
}

static void a_420_is_met_without_what_is_unsupported(void **state)
{
    struct story *s = (struct story *)*state;

    s->config.require = "gin , pref,x";
    story_start(s);
    assert_string_equal(story_field(s, LAST, "Require"), "gin, pref, x");
    story_reply(s, "420 Bad Extension", "Unsupported: PREF\r\n");
    assert_string_equal(story_field(s, LAST, "Require"), "gin, x");
    assert_string_equal(story_field(s, LAST, "CSeq"), "2 REGISTER");
    assert_string_equal(story_field(s, LAST, "Call-ID"), story_field(s, 0, "Call-ID"));
    assert_string_equal(story_field(s, LAST, "From"), story_field(s, 0, "From"));
    story_reply(s, "420 Bad Extension", "Unsupported: other,, pref\r\nUnsupported: x, gin\r\n");
    assert_null(story_field(s, LAST, "Require"));
    story_grant(s, 100);
    assert_true(story_until_sent(s, 100 * 1000));
    assert_null(story_field(s, LAST, "Require")); /* it was learnt */
}

static void a_420_that_names_nothing_of_ours_is_a_refusal(void **state)
{
    static const char *const unsupported[] = {"", "Unsupported: pref\r\n", "Unsupported: x\r\n",
                                              "Unsupported: ,;\"\r\n"};
    struct story *s = (struct story *)*state;

    s->config.require = "gin";
    for (size_t i = 0; i < COUNT(unsupported); i++) {
        story_start(s);
        story_reply(s, "420 Bad Extension", unsupported[i]);
        assert_event(s, SIPREG_EVENT_REFUSED, SIPREG_STATUS);
        assert_int_equal(story_requests(s), i + 1);
    }
}

static void what_is_insisted_on_by_a_header_is_not_left_out(void **state)
{
    static const struct sipreg_header require = {"Require", "gin"};
    struct story *s = (struct story *)*state;

    s->config.headers = &require;
    s->config.header_count = 1;
    story_start(s);
    story_reply(s, "420 Bad Extension", "Unsupported: gin\r\n");
    assert_event(s, SIPREG_EVENT_REFUSED, SIPREG_STATUS);
    assert_int_equal(story_requests(s), 1);
}

static void what_is_required_is_a_list_of_tags(void **state)
{
    static const char *const bad[] = {"a b", "a;b", "\"a\"", "a,b,@", "a\r\nEvil: 1"};
    char many[100];
    struct story *s = (struct story *)*state;

    for (size_t i = 0; i < COUNT(bad); i++) {
        s->config.require = bad[i];
        assert_string_equal(sipreg_client_fault(&s->config),
                            "require, supported: not a list of option tags");
    }
    for (size_t i = 0; i < 33; i++)
        memcpy(many + 2 * i, "x,", 3);
    s->config.require = many;
    assert_string_equal(sipreg_client_fault(&s->config), "require: more than 32 option tags");
    many[63] = '\0';
    assert_null(sipreg_client_fault(&s->config));
    s->config.require = "";
    story_start(s);
    assert_null(story_field(s, LAST, "Require"));
}

static void a_421_is_met_by_path_if_that_is_all_it_wants(void **state)
{
    static const char *const configured[] = {NULL, "gruu"}, *const sent[] = {"path", "gruu, path"};
    struct story *s = (struct story *)*state;

    for (size_t i = 0; i < COUNT(configured); i++) {
        s->config.supported = configured[i];
        story_anew(s);
        story_reply(s, "421 Extension Required", "Require: Path\r\n");
        assert_int_equal(story_requests(s), 2);
        assert_string_equal(story_field(s, LAST, "Supported"), sent[i]);
        story_reply(s, "421 Extension Required", "Require: path\r\n");
        assert_event(s, SIPREG_EVENT_REFUSED, SIPREG_STATUS);
        assert_int_equal(story_requests(s), 2);
    }
}

static void a_421_for_anything_else_is_a_refusal(void **state)
{
    static const char *const wanted[] = {"", "Require: sec-agree\r\n", "Require: path, x\r\n",
                                         "Require: path\r\nRequire: x\r\n", "Require:\r\n"};
    struct story *s = (struct story *)*state;

    for (size_t i = 0; i < COUNT(wanted); i++) {
        story_anew(s);
        story_reply(s, "421 Extension Required", wanted[i]);
        assert_event(s, SIPREG_EVENT_REFUSED, SIPREG_STATUS);
        assert_int_equal(story_requests(s), 1);
    }
    s->config.supported = "gruu, PATH";
    story_anew(s);
    story_reply(s, "421 Extension Required", "Require: path\r\n");
    assert_event(s, SIPREG_EVENT_REFUSED, SIPREG_STATUS);
}

static void a_483_is_met_by_the_usual_number_of_hops(void **state)
{
    static const unsigned hops[] = {0, 70, 100};
    struct story *s = (struct story *)*state;

    s->config.max_forwards = 69;
    story_start(s);
    assert_string_equal(story_field(s, LAST, "Max-Forwards"), "69");
    story_reply(s, "483 Too Many Hops", "");
    assert_string_equal(story_field(s, LAST, "Max-Forwards"), "70");
    story_reply(s, "483 Too Many Hops", "");
    assert_event(s, SIPREG_EVENT_REFUSED, SIPREG_STATUS);
    assert_int_equal(story_requests(s), 2);
    for (size_t i = 0; i < COUNT(hops); i++) {
        s->config.max_forwards = hops[i];
        story_anew(s);
        assert_string_equal(story_field(s, LAST, "Max-Forwards"), hops[i] == 100 ? "100" : "70");
        story_reply(s, "483 Too Many Hops", "");
        assert_event(s, SIPREG_EVENT_REFUSED, SIPREG_STATUS);
        assert_int_equal(story_requests(s), 1);
    }
}

static void a_body_that_was_left_out_is_told(void **state)
{
    static const struct sipreg_body body = {"text/plain", NULL, "hello", 5};
    struct story *s = (struct story *)*state;

    s->config.body = &body;
    story_start(s);
    story_grant(s, 100);
    assert_event(s, SIPREG_EVENT_REGISTERED, SIPREG_OK);
    assert_false(story_event(s)->without_body);
    story_anew(s);
    story_reply(s, "415 Unsupported", "");
    story_grant(s, 100);
    assert_event(s, SIPREG_EVENT_REGISTERED, SIPREG_OK);
    assert_true(story_event(s)->without_body);
}

/* RFC 5630: never by changing the scheme. */
static void a_server_that_wants_sips_or_not_is_told_and_not_tried_again(void **state)
{
    static const char *const warnings[] = {"380", "381"};
    struct story *s = (struct story *)*state;
    char line[60];

    for (size_t i = 0; i < COUNT(warnings); i++) {
        strcpy(line, "Warning: ");
        strcat(line, warnings[i]);
        strcat(line, " example.com \"Why\"\r\n");
        story_anew(s);
        story_reply(s, "480 Temporarily", line);
        assert_event(s, SIPREG_EVENT_REFUSED, SIPREG_SIPS);
        story_pass(s, 7200 * 1000);
        assert_int_equal(s->sent, 1);
    }
    story_anew(s);
    story_reply(s, "480 Temporarily", "Warning: 399 example.com \"Why\"\r\n");
    assert_event(s, SIPREG_EVENT_RETRYING, SIPREG_STATUS);
}

static void someone_else_may_register_for_an_aor(void **state)
{
    struct story *s = (struct story *)*state;

    s->config.from = "sip:secretary@example.com";
    story_start(s);
    assert_memory_equal(story_field(s, LAST, "From"), "<sip:secretary@example.com>;tag=", 32);
    assert_string_equal(story_field(s, LAST, "To"), "<sip:alice@example.com>");
    assert_memory_equal(s->sends[0].text, "REGISTER sip:example.com SIP", 28);
    story_challenge(s, "n1", "");
    story_check_digest(s, "Authorization", "secretary", SECRET);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORY(names_are_compact_on_request),
        STORY(a_406_is_met_by_accepting_anything_once),
        STORY(a_406_to_a_request_that_accepts_anything_is_a_refusal),
        STORY(a_513_is_met_by_a_smaller_request_once),
        STORY(a_420_is_met_without_what_is_unsupported),
        STORY(a_420_that_names_nothing_of_ours_is_a_refusal),
        STORY(what_is_insisted_on_by_a_header_is_not_left_out),
        STORY(what_is_required_is_a_list_of_tags),
        STORY(a_421_is_met_by_path_if_that_is_all_it_wants),
        STORY(a_421_for_anything_else_is_a_refusal),
        STORY(a_483_is_met_by_the_usual_number_of_hops),
        STORY(a_body_that_was_left_out_is_told),
        STORY(a_server_that_wants_sips_or_not_is_told_and_not_tried_again),
        STORY(someone_else_may_register_for_an_aor),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
