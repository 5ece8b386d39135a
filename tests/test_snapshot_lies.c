/*
 * test_snapshot_lies.c - snapshots that somebody has changed, CRC and all: nothing is taken which
 * the client could not have come to by itself.
 */
#include "snapshots.h"

#include "image.h"

/* With a change to it that the CRC-32 agrees to. */
static int load_changed(struct story *s, struct sipreg_str snapshot,
                        void (*change)(struct sipreg_image *image))
{
    static char octets[8192];
    struct sipreg_image image;
    size_t n;

    assert_int_equal(sipreg_image_read(&image, snapshot.p, snapshot.n), SIPREG_OK);
    change(&image);
    n = sipreg_image_size(&image);
    assert_true(n <= sizeof octets);
    sipreg_image_write(&image, octets, n);
    return load_snapshot(s, HERE, 0, given(octets, n));
}

#define CHANGE(name, ...)                                                                          \
    static void name(struct sipreg_image *image)                                                   \
    {                                                                                              \
        __VA_ARGS__;                                                                               \
    }

#define TEXT(literal) SIPREG_LITERAL(literal)

CHANGE(nothing, (void)image)
CHANGE(cseq_of_32_bits, image->cseq = 0x80000000)
CHANGE(cseq_of_0, image->cseq = 0)
CHANGE(last_cseq, image->cseq = 0x7FFFFFFF)
CHANGE(call_id_short, image->call_id.n--)
CHANGE(call_id_empty, image->call_id.n = 0)
CHANGE(call_id_absent, image->call_id = (struct sipreg_str){NULL, 0})
CHANGE(call_id_breaks_line, image->call_id = TEXT("abcdefghijklmnopqrs\r\nX:"))
CHANGE(call_id_with_nul, image->call_id = TEXT("abcdefghijklmnopqrstuv\0"))
CHANGE(call_id_with_blank, image->call_id = TEXT("abcdefghijklmnopqrstuv "))
CHANGE(call_id_long, image->call_id = TEXT("abcdefghijklmnopqrstuvwx"))
CHANGE(tag_long, image->tag = TEXT("abcdefghijkl"))
CHANGE(tag_with_parameter, image->tag = TEXT("abcdefghi;a"))
CHANGE(tag_begins_with_a_line, image->tag = TEXT("\nbcdefghijk"))
CHANGE(tag_breaks_line, image->tag = TEXT("abcdefgh\r\nA"))
CHANGE(no_request_yet, image->cseq = 0; image->call_id.n = image->tag.n = 0)
CHANGE(tag_without_call_id, image->cseq = 0; image->call_id.n = 0)
CHANGE(fact_unknown, image->fact = SIPREG_IMAGE_LISTED)
CHANGE(fact_beyond, image->fact = 4 | SIPREG_IMAGE_BOUND)
CHANGE(fact_not_listed, image->fact = SIPREG_IMAGE_BOUND)
CHANGE(unbound_with_time, image->fact = 0; image->routes.n = 0; image->granted = 0)
CHANGE(unbound_with_grant, image->fact = 0; image->routes.n = 0; image->left = 0)
CHANGE(unbound_with_routes, image->fact = 0; image->left = image->granted = 0)
CHANGE(unbound, image->fact = 0; image->routes.n = 0; image->left = image->granted = 0)
CHANGE(bound_for_no_time, image->left = 0)
CHANGE(bound_for_longer_than_granted, image->left = image->granted + 1)
CHANGE(bound_for_as_long_as_granted, image->left = image->granted = 0xFFFFFFFF)
CHANGE(contact_breaks_line, image->contact = TEXT("sip:alice@h\r\nEvil: x"))
CHANGE(contact_breaks_brackets, image->contact = TEXT("sip:alice@h>;x=<sip:b"))
CHANGE(contact_with_nul, image->contact = TEXT("sip:alice@h\0sip:b@h"))
CHANGE(contact_star, image->contact = TEXT("*"))
CHANGE(contact_no_uri, image->contact = TEXT("alice"))
CHANGE(contact_sips, image->contact = TEXT("sips:alice@h"))
CHANGE(contact_absent, image->contact = (struct sipreg_str){NULL, 0})
CHANGE(contact_none, image->contact.n = 0)
CHANGE(replaced_breaks_line, image->replaced = TEXT("sip:alice@h\nEvil: x"))
CHANGE(replaced_breaks_brackets, image->replaced = TEXT("sip:alice@h>"))
CHANGE(replaced_with_nul, image->replaced = TEXT("\0"))
CHANGE(replaced_absent, image->replaced = (struct sipreg_str){NULL, 0})
CHANGE(routes_break_line, image->routes = TEXT("Psip:p\r\nEvil: x\0"))
CHANGE(routes_break_brackets, image->routes = TEXT("Psip:p>,<sip:q\0"))
CHANGE(routes_without_end, image->routes.n--)
CHANGE(routes_without_mark, image->routes.p++; image->routes.n--)
CHANGE(routes_empty_uri, image->routes = TEXT("P\0"))
CHANGE(routes_only_nul, image->routes = TEXT("\0"))
CHANGE(routes_none, image->routes.n = 0)
CHANGE(routes_absent, image->routes = (struct sipreg_str){NULL, 0})
CHANGE(realm_breaks_line, image->sessions[0].realm = TEXT("r\r\nEvil: x"))
CHANGE(realm_breaks_quotes, image->sessions[0].realm = TEXT("r\", nonce=\"x"))
CHANGE(realm_escapes_its_end, image->sessions[0].realm = TEXT("r\\"))
CHANGE(realm_with_escaped_quote, image->sessions[0].realm = TEXT("r\\\"s"))
CHANGE(realm_with_bare_quote, image->sessions[0].realm = TEXT("r\\\\\"s"))
CHANGE(realm_absent, image->sessions[0].realm = (struct sipreg_str){NULL, 0})
CHANGE(realm_empty, image->sessions[0].realm.n = 0)
CHANGE(realm_twice, image->sessions[1].realm = image->sessions[0].realm;
       image->sessions[1].proxy = false)
CHANGE(realm_in_both_headers, image->sessions[1].realm = image->sessions[0].realm)
CHANGE(nonce_breaks_line, image->sessions[1].nonce = TEXT("n\nEvil: x"))
CHANGE(nonce_breaks_quotes, image->sessions[1].nonce = TEXT("n\""))
CHANGE(nonce_absent, image->sessions[1].nonce = (struct sipreg_str){NULL, 0})
CHANGE(opaque_breaks_line, image->sessions[1].opaque = TEXT("o\rEvil: x"))
CHANGE(opaque_breaks_quotes, image->sessions[1].opaque = TEXT("\"o"))
CHANGE(algorithm_breaks_line, image->sessions[1].algorithm_raw = TEXT("MD5\r\nEvil: x"))
CHANGE(algorithm_unknown, image->sessions[1].algorithm_raw = TEXT("MD6"))
CHANGE(algorithm_empty, image->sessions[1].algorithm_raw = TEXT(""))
CHANGE(algorithm_of_a_session, image->sessions[1].algorithm_raw = TEXT("MD5-sess"))
CHANGE(algorithm_in_small_letters, image->sessions[1].algorithm_raw = TEXT("md5"))
CHANGE(nonce_used_up, image->sessions[1].count = 0xFFFFFFFF)

static const char much[SIPREG_CONTACT_SIZE + SIPREG_ROUTE_SIZE + SIPREG_CHALLENGE_SIZE];

CHANGE(contact_too_long, image->contact = (struct sipreg_str){much, SIPREG_CONTACT_SIZE})
CHANGE(replaced_too_long, image->replaced = (struct sipreg_str){much, SIPREG_CONTACT_SIZE})
CHANGE(routes_too_long, image->routes = (struct sipreg_str){much, SIPREG_ROUTE_SIZE + 1})
CHANGE(nonce_too_long, image->sessions[1].nonce = (struct sipreg_str){much, SIPREG_CHALLENGE_SIZE})
CHANGE(opaque_too_long,
       image->sessions[1].opaque = (struct sipreg_str){much, SIPREG_CHALLENGE_SIZE})
CHANGE(algorithm_too_long,
       image->sessions[1].algorithm_raw = (struct sipreg_str){much, SIPREG_CHALLENGE_SIZE})
CHANGE(session_too_long_by_one,
       image->sessions[1].nonce = (struct sipreg_str){much, SIPREG_CHALLENGE_SIZE - 9};
       image->sessions[1].opaque = (struct sipreg_str){much, 2})
CHANGE(realm_too_long, image->sessions[0].realm = (struct sipreg_str){much, SIPREG_CHALLENGE_SIZE})

#define ATTACK(name, result)                                                                       \
    {                                                                                              \
        name, #name, result                                                                        \
    }

static void nothing_is_taken_that_could_not_be(void **state)
{
    static const struct {
        void (*change)(struct sipreg_image *image);
        const char *name;
        int result;
    } attacks[] = {
        ATTACK(nothing, SIPREG_OK),
        ATTACK(cseq_of_32_bits, SIPREG_SYNTAX),
        ATTACK(cseq_of_0, SIPREG_SYNTAX),
        ATTACK(last_cseq, SIPREG_OK),
        ATTACK(call_id_short, SIPREG_SYNTAX),
        ATTACK(call_id_empty, SIPREG_SYNTAX),
        ATTACK(call_id_absent, SIPREG_SYNTAX),
        ATTACK(call_id_breaks_line, SIPREG_SYNTAX),
        ATTACK(call_id_with_nul, SIPREG_SYNTAX),
        ATTACK(call_id_with_blank, SIPREG_SYNTAX),
        ATTACK(call_id_long, SIPREG_SYNTAX),
        ATTACK(tag_long, SIPREG_SYNTAX),
        ATTACK(tag_with_parameter, SIPREG_SYNTAX),
        ATTACK(tag_begins_with_a_line, SIPREG_SYNTAX),
        ATTACK(tag_breaks_line, SIPREG_SYNTAX),
        ATTACK(no_request_yet, SIPREG_OK),
        ATTACK(tag_without_call_id, SIPREG_SYNTAX),
        ATTACK(fact_unknown, SIPREG_SYNTAX),
        ATTACK(fact_beyond, SIPREG_SYNTAX),
        ATTACK(fact_not_listed, SIPREG_OK),
        ATTACK(unbound_with_time, SIPREG_SYNTAX),
        ATTACK(unbound_with_grant, SIPREG_SYNTAX),
        ATTACK(unbound_with_routes, SIPREG_SYNTAX),
        ATTACK(unbound, SIPREG_OK),
        ATTACK(bound_for_no_time, SIPREG_SYNTAX),
        ATTACK(bound_for_longer_than_granted, SIPREG_SYNTAX),
        ATTACK(bound_for_as_long_as_granted, SIPREG_OK),
        ATTACK(contact_breaks_line, SIPREG_SYNTAX),
        ATTACK(contact_breaks_brackets, SIPREG_SYNTAX),
        ATTACK(contact_with_nul, SIPREG_SYNTAX),
        ATTACK(contact_star, SIPREG_SYNTAX),
        ATTACK(contact_no_uri, SIPREG_SYNTAX),
        ATTACK(contact_sips, SIPREG_SYNTAX),
        ATTACK(contact_absent, SIPREG_SYNTAX),
        ATTACK(contact_none, SIPREG_OK),
        ATTACK(contact_too_long, SIPREG_LIMIT),
        ATTACK(replaced_breaks_line, SIPREG_SYNTAX),
        ATTACK(replaced_breaks_brackets, SIPREG_SYNTAX),
        ATTACK(replaced_with_nul, SIPREG_SYNTAX),
        ATTACK(replaced_absent, SIPREG_SYNTAX),
        ATTACK(replaced_too_long, SIPREG_LIMIT),
        ATTACK(routes_break_line, SIPREG_SYNTAX),
        ATTACK(routes_break_brackets, SIPREG_SYNTAX),
        ATTACK(routes_without_end, SIPREG_SYNTAX),
        ATTACK(routes_without_mark, SIPREG_SYNTAX),
        ATTACK(routes_empty_uri, SIPREG_SYNTAX),
        ATTACK(routes_only_nul, SIPREG_SYNTAX),
        ATTACK(routes_none, SIPREG_OK),
        ATTACK(routes_absent, SIPREG_OK),
        ATTACK(routes_too_long, SIPREG_LIMIT),
        ATTACK(realm_breaks_line, SIPREG_SYNTAX),
        ATTACK(realm_breaks_quotes, SIPREG_SYNTAX),
        ATTACK(realm_escapes_its_end, SIPREG_SYNTAX),
        ATTACK(realm_with_escaped_quote, SIPREG_OK),
        ATTACK(realm_with_bare_quote, SIPREG_SYNTAX),
        ATTACK(realm_absent, SIPREG_SYNTAX),
        ATTACK(realm_empty, SIPREG_OK),
        ATTACK(realm_twice, SIPREG_SYNTAX),
        ATTACK(realm_in_both_headers, SIPREG_OK),
        ATTACK(realm_too_long, SIPREG_LIMIT),
        ATTACK(nonce_breaks_line, SIPREG_SYNTAX),
        ATTACK(nonce_breaks_quotes, SIPREG_SYNTAX),
        ATTACK(nonce_absent, SIPREG_SYNTAX),
        ATTACK(opaque_too_long, SIPREG_LIMIT),
        ATTACK(algorithm_too_long, SIPREG_LIMIT),
        ATTACK(session_too_long_by_one, SIPREG_LIMIT),
        ATTACK(nonce_too_long, SIPREG_LIMIT),
        ATTACK(opaque_breaks_line, SIPREG_SYNTAX),
        ATTACK(opaque_breaks_quotes, SIPREG_SYNTAX),
        ATTACK(algorithm_breaks_line, SIPREG_SYNTAX),
        ATTACK(algorithm_unknown, SIPREG_SYNTAX),
        ATTACK(algorithm_empty, SIPREG_SYNTAX),
        ATTACK(algorithm_of_a_session, SIPREG_SYNTAX),
        ATTACK(algorithm_in_small_letters, SIPREG_OK),
        ATTACK(nonce_used_up, SIPREG_OK),
    };
    struct story *s = (struct story *)*state;
    struct sipreg_str snapshot;

    live_through(s);
    snapshot = saved_snapshot(s);
    for (size_t i = 0; i < COUNT(attacks); i++) {
        int result = load_changed(s, snapshot, attacks[i].change);
        if (result != attacks[i].result)
            fail_msg("%s: %d", attacks[i].name, result);
        story_forget(s);
        story_start(s); /* whatever was taken, what is sent is a request */
        assert_null(strstr(s->sends[0].text, "Evil"));
        s->ready = false;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORY(nothing_is_taken_that_could_not_be),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
