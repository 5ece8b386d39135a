/*
 * test_client_uris.c - which URIs may be configured, and which in a 200 are the one we registered
 * (RFC 3261 19.1).
 */
#include "reply.h"

#include <stdio.h>
#include <stdlib.h>

/* ---------------------------------------------------------------- is that our contact? */

struct pair {
    const char *ours, *listed;
    bool same;
};

/* Registers each contact of ours, and is told that the other one is there. */
static void compare(struct story *s, const struct pair *pairs, size_t n)
{
    char text[600];

    s->config.require_listed = true;
    for (size_t i = 0; i < n; i++) {
        s->config.contact = pairs[i].ours;
        story_init(s);
        story_forget(s);
        snprintf(text, sizeof text, REPLY_OK REPLY_COPIES "Contact: <%s>;expires=60\r\n" REPLY_END,
                 pairs[i].listed);
        assert_int_equal(reply_feed(s, text), SIPREG_OK);
        if ((story_event(s)->error == SIPREG_OK) != pairs[i].same)
            fail_msg("%s %s %s", pairs[i].ours, pairs[i].same ? "is" : "is not", pairs[i].listed);
        assert_int_equal(story_event(s)->listed, pairs[i].same);
        assert_int_equal(story_event(s)->granted, pairs[i].same ? 60 : 0);
    }
}

static void the_scheme_decides_the_user_has_case_and_the_rest_has_none(void **state) /* 19.1.4 */
{
    static const struct pair pairs[] = {
        {"sip:bob@h", "sip:bob@h", true},
        {"sip:bob@h", "SIP:bob@H", true},
        {"sip:bob@h", "sips:bob@h", false},
        {"sip:bob@h", "sip:Bob@h", false},
        {"sip:bob@h", "sip:alice@h", false},
        {"sip:bob@h", "sip:h", false},
        {"sip:bob@h", "sip:bob:@h", false},
        {"sip:bob@h", "tel:bob@h", false},
        {"sip:bob@h;transport=tcp", "sip:bob@H;TRANSPORT=TCP", true},
        {"sip:bob@h;a=XyZ", "sip:bob@h;A=xYz", true},
        {"sip:bob@phone.example.com", "sip:bob@PHONE.Example.com", true},
        {"sip:bob@h?Subject=Xy", "sip:bob@h?sUBJECT=xY", true},
    };

    compare((struct story *)*state, pairs, COUNT(pairs));
}

static void what_is_missing_is_not_the_default(void **state) /* 19.1.4 */
{
    static const struct pair pairs[] = {
        {"sip:b@h", "sip:b@h:5060", false},
        {"sip:b@h:5060", "sip:b@h", false},
        {"sip:b@h:5060", "sip:b@h:5061", false},
        {"sip:b@h", "sip:b@h;transport=udp", false},
        {"sip:b@h;transport=udp", "sip:b@h", false},
        {"sip:b@h", "sip:b@h;maddr=192.0.2.4", false},
        {"sip:b@h", "sip:b@h;user=ip", false},
        {"sip:b@h", "sip:b@h;ttl=1", false},
        {"sip:b@h", "sip:b@h;method=REGISTER", false},
        {"sip:b@h;user=phone", "sip:b@h", false},
        {"sip:b@h;maddr=192.0.2.4", "sip:b@h", false},
        {"sip:b@h;ttl=1", "sip:b@h", false},
        {"sip:b@h;user=phone", "sip:b@h;User=PHONE", true},
    };

    compare((struct story *)*state, pairs, COUNT(pairs));
}

static void other_parameters_count_where_both_have_them_in_any_order(void **state) /* 19.1.4 */
{
    static const struct pair pairs[] = {
        {"sip:b@h", "sip:b@h;a=1;ob", true},
        {"sip:b@h;a=1;ob", "sip:b@h", true},
        {"sip:b@h;a=1", "sip:b@h;a=2", false},
        {"sip:b@h;a=1", "sip:b@h;a", false},
        {"sip:b@h;a=1;c=2", "sip:b@h;c=2;d;a=1", true},
        {"sip:b@h;transport=tcp;ob", "sip:b@h;line=7;transport=tcp", true},
    };

    compare((struct story *)*state, pairs, COUNT(pairs));
}

static void an_escape_is_its_character_unless_that_is_reserved(void **state) /* 19.1.4 */
{
    static const struct pair pairs[] = {
        {"sip:bob@h", "sip:%62ob@h", true},       {"sip:%62%6fb@h", "sip:bo%62@h", true},
        {"sip:%C3%A9@h", "sip:%c3%a9@h", true},   {"sip:bob@h", "sip:%42ob@h", false}, /* B */
        {"sip:b%3Bx@h", "sip:b;x@h", false},      {"sip:b%3bx@h", "sip:b%3Bx@h", true},
        {"sip:b@h;a=%31", "sip:b@h;a=1", true},   {"sip:b@h;%61=1", "sip:b@h;a=2", false},
        {"sip:%2541@h", "sip:%25%34%31@h", true}, /* RFC 4475 3.1.1.3: decoded once */
        {"sip:A@h", "sip:%41@h", true},           {"sip:A@h", "sip:%2541@h", false},
        {"sip:%41@h", "sip:%25%34%31@h", false},  {"sip:%254x@h", "sip:%4x@h", false},
        {"sip:%00@h", "sip:%00@h", true}, /* RFC 4475 3.1.1.4 */
        {"sip:%00@h", "sip:%00%00@h", false},     {"sip:%00a@h", "sip:%00b@h", false},
    };

    compare((struct story *)*state, pairs, COUNT(pairs));
}

static void a_host_is_neither_decoded_nor_looked_up(void **state) /* 19.1.2, 19.1.4 */
{
    static const struct pair pairs[] = {
        {"sip:b@phone.example.com", "sip:b@192.0.2.4", false},
        {"sip:b@127.0.0.1", "sip:b@localhost", false},
        {"sip:b@h", "sip:b@%68", false},
        {"sip:b@[2001:db8::1]", "sip:b@[2001:DB8::1]", true},
    };

    compare((struct story *)*state, pairs, COUNT(pairs));
}

static void headers_of_a_uri_are_in_both_or_it_is_another(void **state) /* 19.1.4 */
{
    static const struct pair pairs[] = {
        {"sip:b@h", "sip:b@h?Subject=x", false},
        {"sip:b@h?Subject=x", "sip:b@h", false},
        {"sip:b@h?Subject=x", "sip:b@h?Subject=y", false},
        {"sip:b@h?Subject=x&Priority=urgent", "sip:b@h?priority=urgent&Subject=x", true},
        {"sip:b@h?Subject=x&Priority=urgent", "sip:b@h?Subject=x", false},
    };

    compare((struct story *)*state, pairs, COUNT(pairs));
}

static void all_before_the_last_at_is_the_user(void **state) /* RFC 4475 3.1.1.9 */
{
    static const struct pair pairs[] = {
        {"sip:user;par=u%40x@h", "sip:user;par=u%40x@h", true},
        {"sip:user;par=u%40x@h", "sip:user;par=u%40X@h", false}, /* has case: not a parameter */
        {"sip:user;par=u%40x@h", "sip:user;PAR=u%40x@h", false},
        {"sip:user;par=u%40x@h", "sip:user@h;par=u%40x", false},
        {"sip:user?x@h", "sip:user@h", false},
    };

    compare((struct story *)*state, pairs, COUNT(pairs));
}

/* RFC 3261 20.10, RFC 4475 3.3.12. */
static void where_a_parameter_stands_makes_a_difference(void **state)
{
    struct story *s = (struct story *)*state;

    s->config.require_listed = true;
    s->config.contact = "sip:u@h;transport=tcp";
    reply_registers(s, REPLY_OK REPLY_COPIES "m: <sip:u@h;transport=tcp>;expires=60\r\n" REPLY_END);
    reply_feed(s, REPLY_OK REPLY_COPIES "m: <sip:u@h>;transport=tcp;expires=60\r\n" REPLY_END);
    assert_event(s, SIPREG_EVENT_RETRYING, SIPREG_UNLISTED);
    reply_feed(s, REPLY_OK REPLY_COPIES "m: sip:u@h;transport=tcp;expires=60\r\n" REPLY_END);
    assert_event(s, SIPREG_EVENT_RETRYING, SIPREG_UNLISTED);
    s->config.contact = "sip:u@h";
    s->ready = false;
    story_forget(s);
    reply_registers(s, REPLY_OK REPLY_COPIES "m: sip:u@h;transport=tcp;expires=60\r\n" REPLY_END);
    reply_registers(s, REPLY_OK REPLY_COPIES "m: sip:u@h;maddr=h;expires=60\r\n" REPLY_END);
}

/* ---------------------------------------------------------------- handed on */

/* 20.10; RFC 4475 3.3.4, 3.3.12. */
static void contacts_are_told_as_they_stand(void **state)
{
    struct story *s = (struct story *)*state;

    s->on_event = reply_tell_contacts;
    reply_registers(
        s, REPLY_OK REPLY_COPIES
        "Contact: \"Bo, \\\"b\\\"\" "
        "<sip:u@h;x;Foo=%41?Route=%3Csip:p%3E>;expires=7;q=0.5;y=\"1,2\"\r\n"
        "Contact: <sip:u@h;x>, sip:u@h;x;gr , <sip:u@h?Route=%3Csip:p%3E>;q=0\r\n" REPLY_OURS
        "m: <mailto:a@h>;z,Name "
        "<name:John_Smith>,<http://x/y?z>;expires=8,<tel:+1;POSTD=PP>\r\n" REPLY_END);
    assert_string_equal(reply_told, "Bo, \\\"b\\\"|sip:u@h;x;Foo=%41?Route=%3Csip:p%3E|"
                                    ";expires=7;q=0.5;y=\"1,2\"|7|500\n"
                                    "|sip:u@h;x||-1|1000\n"
                                    "|sip:u@h|;x;gr|-1|1000\n"
                                    "|sip:u@h?Route=%3Csip:p%3E|;q=0|-1|0\n"
                                    "|sip:alice@192.0.2.10:5060|;expires=60|60|1000\n"
                                    "|mailto:a@h|;z|-1|1000\n"
                                    "Name|name:John_Smith||-1|1000\n"
                                    "|http://x/y?z|;expires=8|8|1000\n"
                                    "|tel:+1;POSTD=PP||-1|1000\n");
}

static void unknown_parameters_of_a_route_are_carried_along(void **state) /* 19.1.1 */
{
    struct story *s = (struct story *)*state;

    reply_registers(s, REPLY_OK REPLY_COPIES REPLY_OURS
                    "Service-Route: <sip:s.example.com;lr;foo=1;BAR>\r\n" REPLY_END);
    assert_str(sipreg_client_route(&s->client, SIPREG_SERVICE_ROUTE, 0),
               "sip:s.example.com;lr;foo=1;BAR");
}

/* ---------------------------------------------------------------- configured */

#define REFUSED(field, value)                                                                      \
    do {                                                                                           \
        const char *before = s->config.field, *fault;                                              \
        s->config.field = (value);                                                                 \
        fault = sipreg_client_fault(&s->config);                                                   \
        if (fault == NULL || strncmp(fault, #field ": ", strlen(#field ": ")) != 0)                \
            fail_msg("%s: %s", s->config.field, fault == NULL ? "no fault" : fault);               \
        assert_int_equal(sipreg_client_init(&s->client, &s->config), SIPREG_ARGUMENT);             \
        s->config.field = before;                                                                  \
    } while (0)

static void what_has_no_place_in_from_to_or_request_uri_is_refused(void **state) /* 19.1.1 */
{
    static const char *const addresses[] = {"sip:@h",          "sip:bob:pw@h",
                                            "sip:bob:@h",      "sip:bob@h:5070",
                                            "sip:bob@h?x=y",   "sip:bob@h;transport=tcp",
                                            "sip:bob@h;ttl=1", "sip:bob@h;maddr=x",
                                            "sip:bob@h;lr",    "sip:bob@h;METHOD=REGISTER"};
    struct story *s = (struct story *)*state;

    for (size_t i = 0; i < COUNT(addresses); i++)
        REFUSED(aor, addresses[i]);
    REFUSED(contact, "sip:@h");
    REFUSED(registrar, "sip:h?Subject=x");
    REFUSED(registrar, "sip:h;method=REGISTER");
    REFUSED(registrar, "sip:@h");
    s->config.registrar = "sip:h:5070;transport=tcp;maddr=192.0.2.1;foo=1"; /* all of these may */
    story_start(s);
    assert_memory_equal(s->sends[0].text,
                        "REGISTER sip:h:5070;transport=tcp;maddr=192.0.2.1;foo=1 S", 57);
}

static void characters_of_no_uri_come_escaped_or_not_at_all(void **state) /* 19.1.2 */
{
    static const char *const users[] = {"sip:j@s 0n@h", "sip:j s@h",  "sip:j\"s@h",     "sip:j<s@h",
                                        "sip:j%4@h",    "sip:j%zz@h", "sip:\xC3\xA9@h", "sip:j@s@h",
                                        "sip:j[s@h",    "sip:j\x7F@h"};
    static const char *const hosts[] = {"sip:j@h%41", "sip:j@h_", "sip:j@", "sip:j@h i"};
    struct story *s = (struct story *)*state;

    for (size_t i = 0; i < COUNT(users); i++) {
        REFUSED(aor, users[i]);
        REFUSED(contact, users[i]);
    }
    for (size_t i = 0; i < COUNT(hosts); i++) {
        REFUSED(aor, hosts[i]);
        REFUSED(contact, hosts[i]);
    }
    REFUSED(registrar, "sip:%68");
    REFUSED(local, "%68:5060");
    s->config.aor = "sip:j%40s%200n@example.com";
    s->config.auth_user = "j@s 0n";
    story_start(s);
    assert_string_equal(story_field(s, LAST, "To"), "<sip:j%40s%200n@example.com>");
    assert_string_equal(story_field(s, LAST, "Contact"),
                        "<sip:j%40s%200n@192.0.2.10:5060>;expires=3600");
    story_challenge(s, "n1", "");
    story_check_digest(s, "Authorization", "j@s 0n", SECRET);
}

static void an_address_without_brackets_is_refused_everywhere(void **state) /* RFC 5118 4.2 */
{
    static const char *const locals[] = {
        "2001:db8::1",       "::1",       "2001:db8::1:5060", "[2001:db8::1",
        "2001:db8::1]:5060", "[::1]5060", "[192.0.2.1]"};
    static const char *const uris[] = {"sip:alice@2001:db8::1", "sip:alice@::1",
                                       "sip:alice@2001:db8::1:5060", "sip:alice@[2001:db8::1"};
    struct story *s = (struct story *)*state;

    for (size_t i = 0; i < COUNT(locals); i++)
        REFUSED(local, locals[i]);
    for (size_t i = 0; i < COUNT(uris); i++) {
        REFUSED(aor, uris[i]);
        REFUSED(contact, uris[i]);
    }
    REFUSED(registrar, "sip:2001:db8::1");
    story_init(s);
    assert_int_equal(sipreg_client_move(&s->client, 0, "2001:db8::1"), SIPREG_ARGUMENT);
}

static void sips_is_not_for_datagrams(void **state) /* 19.1.1 */
{
    struct story *s = (struct story *)*state;

    s->config.transport = SIPREG_TLS;
    s->config.aor = "sips:alice@example.com";
    s->config.contact = "sips:alice@192.0.2.10";
    REFUSED(registrar, "sips:example.com;transport=udp");
    REFUSED(registrar, "sips:example.com;transport=UDP");
    s->config.registrar = "sips:example.com";
    story_init(s);
    s->config.transport = SIPREG_UDP;
    assert_memory_equal(sipreg_client_fault(&s->config), "transport: ", 11);
    assert_int_equal(sipreg_client_init(&s->client, &s->config), SIPREG_ARGUMENT);
    assert_int_equal(sipreg_client_run(&s->client, 0), SIPREG_FOREVER);
    assert_int_equal(s->sent, 0);
}

/* ---------------------------------------------------------------- tags */

static void tags_come_from_the_random_source_and_no_two_are_the_same(void **state) /* 19.3 */
{
    enum { CLIENTS = 100, OCTETS = 3 * 4 }; /* of Call-ID, tag and branch, at least */
    struct story *s = (struct story *)*state;
    char tags[CLIENTS][40];

    for (size_t i = 0; i < CLIENTS; i++) {
        uint64_t before = s->entropy;
        s->ready = false;
        story_forget(s);
        story_start(s);
        strcpy(tags[i], story_param(s, 0, "From", "tag"));
        assert_true(s->entropy - before >= OCTETS);
        assert_true(strlen(tags[i]) >= 7); /* 32 bits, at 5 a character */
        for (size_t k = 0; k < i; k++)
            assert_string_not_equal(tags[k], tags[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORY(the_scheme_decides_the_user_has_case_and_the_rest_has_none),
        STORY(what_is_missing_is_not_the_default),
        STORY(other_parameters_count_where_both_have_them_in_any_order),
        STORY(an_escape_is_its_character_unless_that_is_reserved),
        STORY(a_host_is_neither_decoded_nor_looked_up),
        STORY(headers_of_a_uri_are_in_both_or_it_is_another),
        STORY(all_before_the_last_at_is_the_user),
        STORY(where_a_parameter_stands_makes_a_difference),
        STORY(contacts_are_told_as_they_stand),
        STORY(unknown_parameters_of_a_route_are_carried_along),
        STORY(what_has_no_place_in_from_to_or_request_uri_is_refused),
        STORY(characters_of_no_uri_come_escaped_or_not_at_all),
        STORY(an_address_without_brackets_is_refused_everywhere),
        STORY(sips_is_not_for_datagrams),
        STORY(tags_come_from_the_random_source_and_no_two_are_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
