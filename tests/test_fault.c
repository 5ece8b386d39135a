/*
 * test_fault.c - what may not go into a REGISTER is named by its field (lib/fault.c).
 */
#include "support.h"

#include <limits.h>

static const struct sipreg_request good = {
    .registrar = "sip:example.com",
    .aor = "sip:alice@example.com",
    .sent_by = "192.0.2.10:5060",
    .contact = "sip:alice@192.0.2.10:5060",
    .expires = 3600,
};

/* The request that a row is about: the good one, of which fields are given another value. */
#if defined(__clang__)
#pragma clang diagnostic ignored "-Winitializer-overrides"
#elif defined(__GNUC__)
#pragma GCC diagnostic ignored "-Woverride-init"
#endif
#define WITH(...)                                                                                  \
    {                                                                                              \
        .registrar = "sip:example.com", .aor = "sip:alice@example.com",                            \
        .sent_by = "192.0.2.10:5060", .contact = "sip:alice@192.0.2.10:5060", .expires = 3600,     \
        __VA_ARGS__                                                                                \
    }

struct row {
    struct sipreg_request request;
    const char *fault; /* how it starts; NULL: none */
};

/* All changes of a table are tried, each by renewing as well. */
static void assert_faults(const struct row *rows, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct sipreg_request request = rows[i].request;
        const char *fault = sipreg_request_fault(&request);
        unsigned char dice = 0;
        char out[2000];

        if ((fault == NULL) != (rows[i].fault == NULL) ||
            (fault != NULL && strncmp(fault, rows[i].fault, strlen(rows[i].fault)) != 0))
            fail_msg("row %u: %s", (unsigned)i, fault == NULL ? "no fault" : fault);
        assert_int_equal(sipreg_request_renew(&request, counting_random, &dice),
                         fault == NULL ? SIPREG_OK : SIPREG_ARGUMENT);
        if (fault != NULL) {
            assert_int_equal(sipreg_request_write(&request, out, sizeof out), SIPREG_ARGUMENT);
            assert_int_equal(dice, 0);
        } else {
            assert_true(sipreg_request_write(&request, out, sizeof out) > 0);
        }
    }
}

static void test_addresses_are_sip_uris_without_what_steers_a_request(void **state)
{
    static const struct row rows[] = {
        {WITH(.aor = "sips:alice@example.com", .contact = NULL, .transport = SIPREG_TLS), NULL},
        {WITH(.aor = "sip:example.com"), NULL},
        {WITH(.aor = "sip:a;par=u%40x@h;user=phone;foo=1"), NULL},
        {WITH(.aor = "sip:alice@[2001:db8::1]"), NULL},
        {WITH(.aor = NULL), "aor: missing"},
        {WITH(.aor = ""), "aor"},
        {WITH(.aor = "alice@example.com"), "aor"},
        {WITH(.aor = "<sip:alice@example.com>"), "aor"},
        {WITH(.aor = "tel:+1"), "aor"},
        {WITH(.aor = "sip:@h"), "aor"},
        {WITH(.aor = "sip:a@h:5070"), "aor"},
        {WITH(.aor = "sip:a:pw@h"), "aor"},
        {WITH(.aor = "sip:a@h?x=y"), "aor"},
        {WITH(.aor = "sip:a@h;transport=tcp"), "aor"},
        {WITH(.aor = "sip:a@h;x/y:z;TRANSPORT=tcp"), "aor"},
        {WITH(.aor = "sip:a@h;maddr=1.2.3.4"), "aor"},
        {WITH(.aor = "sip:a@h;ttl=1"), "aor"},
        {WITH(.aor = "sip:a@h;lr"), "aor"},
        {WITH(.aor = "sip:a@h;method=X"), "aor"},
        {WITH(.aor = "sip:a@h\r\nX: y"), "aor"},
        {WITH(.aor = "sip:a@h>"), "aor"},
        {WITH(.from = "sip:carol@example.com"), NULL},
        {WITH(.from = "sip:carol@example.com:5070"), "from"},
        {WITH(.from = ""), "from"},
        {WITH(.display = "A \"x\" \\ b, c \xC3\xA9"), NULL},
        {WITH(.display = ""), NULL},
        {WITH(.display = "A\r\nX: y"), "display"},
        {WITH(.display = "\xC3"), "display"},
    };

    (void)state;
    assert_null(sipreg_request_fault(&good));
    assert_faults(rows, COUNT(rows));
}

static void test_the_registrar_is_a_domain(void **state)
{
    static const struct row rows[] = {
        {WITH(.registrar = NULL), NULL},
        {WITH(.registrar = "sip:h:5070;transport=tcp;foo"), NULL},
        {WITH(.registrar = "sips:h;transport=sctp", .contact = NULL, .transport = SIPREG_TLS),
         NULL},
        {WITH(.registrar = "sips:h;transport=tls", .contact = NULL, .transport = SIPREG_TLS), NULL},
        {WITH(.registrar = "<sip:h>"), "registrar"},
        {WITH(.registrar = "sip:h h"), "registrar"},
        {WITH(.registrar = "http://h"), "registrar"},
        {WITH(.registrar = "sip:alice@h"), "registrar: has a user"},
        {WITH(.registrar = "sip:h?x=y"), "registrar: has headers"},
        {WITH(.registrar = "sip:h;method=REGISTER"), "registrar: has headers"},
        {WITH(.registrar = "sips:h;transport=UDP", .transport = SIPREG_TLS), "registrar: sips"},
        {WITH(.registrar = ""), "registrar"},
    };

    (void)state;
    assert_faults(rows, COUNT(rows));
}

static void test_a_via_has_a_host_a_transport_and_hops(void **state)
{
    static const struct row rows[] = {
        {WITH(.sent_by = "phone.example.com"), NULL},
        {WITH(.sent_by = "[2001:db8::1]:5060", .max_forwards = 255), NULL},
        {WITH(.sent_by = NULL), "sent_by: missing"},
        {WITH(.sent_by = ""), "sent_by"},
        {WITH(.sent_by = "2001:db8::1"), "sent_by"},
        {WITH(.sent_by = "h;branch=z9hG4bKx"), "sent_by"},
        {WITH(.sent_by = "h\r\nX: y"), "sent_by"},
        {WITH(.transport = (enum sipreg_transport)5), "transport"},
        {WITH(.max_forwards = 256), "max_forwards"},
        {WITH(.via_params = ";maddr=224.0.1.75;ttl=1;alias"), NULL},
        {WITH(.via_params = "alias"), "via_params"},
        {WITH(.via_params = ";alias;ALIAS"), "via_params"},
        {WITH(.via_params = ";x=1\r\nX: y"), "via_params"},
        {WITH(.via_params = ";Branch=z9hG4bKx"), "via_params"},
        {WITH(.via_params = ";rport"), "via_params"},
        {WITH(.via_params = ";x;received=1.2.3.4"), "via_params"},
        {WITH(.via_params = ";keep=0"), "via_params"},
    };

    (void)state;
    assert_faults(rows, COUNT(rows));
}

static const struct sipreg_contact sip_contact = {"sip:a@h", SIPREG_EXPIRES_NONE, 0, NULL};
static const struct sipreg_contact last_is_bad[] = {
    {"sip:a@h", 0, 0, NULL}, {"sip:b@h", 0, 0, NULL}, {"c", 0, 0, NULL}};
static const struct sipreg_contact contacts[][1] = {
    {{"mailto:a@h", 0, 1, ";methods=\"INVITE,ACK\";+sip.instance=\"<urn:uuid:0>\""}},
    {{"sip:a@h", UINT32_MAX, 1000, ""}},
    {{"*", 0, 0, NULL}},
    {{NULL, 0, 0, NULL}},
    {{"sip:a@h", -2, 0, NULL}},
    {{"sip:a@h", (int64_t)UINT32_MAX + 1, 0, NULL}},
    {{"sip:a@h", 0, -1, NULL}},
    {{"sip:a@h", 0, 1001, NULL}},
    {{"sip:a@h", 0, 0, "x"}},
    {{"sip:a@h", 0, 0, ";x=\"y"}},
    {{"sip:a@h", 0, 0, ";x=\"\xFF\""}},
    {{"sip:a@h", 0, 0, ";x\r\n"}},
    {{"sip:a@h", 0, 0, ";x, <sip:evil>"}},
    {{"sip:a@h", 0, 0, ";x;EXPIRES=7"}},
    {{"sip:a@h", 0, 0, ";q=1"}},
};

static void
test_contacts_are_uris_with_expiries_in_range_and_parameters_that_are_not_ours(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(contacts); i++) {
        const struct row row = {WITH(.contacts = contacts[i], .contact_count = 1),
                                i < 2   ? NULL
                                : i < 4 ? "contact: not a URI"
                                        : "contacts:"};
        assert_faults(&row, 1);
    }
    const struct row rows[] = {
        {WITH(.contact = NULL, .expires = SIPREG_EXPIRES_NONE), NULL},
        {WITH(.contact = NULL, .contacts = &sip_contact, .contact_count = 1), NULL},
        {WITH(.contacts = last_is_bad, .contact_count = 2), NULL},
        {WITH(.contacts = last_is_bad, .contact_count = 3), "contact: not a URI"},
        {WITH(.contact = "tel:+1", .expires = UINT32_MAX), NULL},
        {WITH(.contact = ""), "contact: not a URI"},
        {WITH(.contact = "<sip:a@h>"), "contact: not a URI"},
        {WITH(.contact = "sip:a@h>;expires=1"), "contact: not a URI"},
        {WITH(.contact = "**"), "contact: not a URI"},
        {WITH(.expires = -2), "expires"},
        {WITH(.expires = INT64_MAX), "expires"},
    };
    assert_faults(rows, COUNT(rows));
}

static void test_a_star_stands_alone_and_removes(void **state)
{
    static const struct row rows[] = {
        {WITH(.contact = "*", .expires = 0), NULL},
        {WITH(.contact = "*"), "contact: *"},
        {WITH(.contact = "*", .expires = SIPREG_EXPIRES_NONE), "contact: *"},
        {WITH(.contact = "*", .expires = 0, .contacts = &sip_contact, .contact_count = 1),
         "contact: *"},
        {WITH(.contact = "*", .expires = 0, .registrar = "sips:h", .transport = SIPREG_TLS), NULL},
    };

    (void)state;
    assert_faults(rows, COUNT(rows));
}

static const char *const routes[][2] = {
    {"sip:p;lr;x=1", "sip:[2001:db8::1]:5060;lr"},
    {"sips:p;lr", "sips:q;lr"},
    {"sip:p", "sip:q;lr"},
    {"sip:p;x:y=1;LR", "sip:p"},
    {"tel:+1;lr", NULL},
    {NULL, NULL},
    {"x", NULL},
    {"sip:p;lr>\r\nX: y", NULL},
};

static void test_routes_are_loose(void **state)
{
    static const struct row rows[] = {
        {WITH(.routes = routes[0], .route_count = 2), NULL},
        {WITH(.route_count = 1), "routes: missing"},
        {WITH(.contact_count = 1), "contacts: missing"},
        {WITH(.header_count = 1), "headers: missing"},
        {WITH(.routes = routes[2], .route_count = 1), "routes: without ;lr"},
        {WITH(.routes = routes[3], .route_count = 1), NULL},
        {WITH(.routes = routes[3], .route_count = 2), "routes: without ;lr"},
        {WITH(.routes = routes[4], .route_count = 1), "routes: not a sip"},
        {WITH(.routes = routes[5], .route_count = 1), "routes: not a sip"},
        {WITH(.routes = routes[6], .route_count = 1), "routes: not a sip"},
        {WITH(.routes = routes[7], .route_count = 1), "routes: not a sip"},
    };

    (void)state;
    assert_faults(rows, COUNT(rows));
}

#define SIPS_CONTACT .aor = "sips:alice@example.com", .contact = "sips:alice@192.0.2.10"

static void test_sips_is_kept_from_the_request_uri_to_the_contacts_and_needs_tls(void **state)
{
    static const struct row rows[] = {
        {WITH(.registrar = "sips:h", SIPS_CONTACT, .transport = SIPREG_TLS), NULL},
        {WITH(.registrar = "SIPS:h", .contact = "mailto:a@h", .transport = SIPREG_TLS), NULL},
        {WITH(.registrar = "sips:h", SIPS_CONTACT), "transport"},
        {WITH(.registrar = "sips:h", SIPS_CONTACT, .transport = SIPREG_TCP), "transport"},
        {WITH(.registrar = "sips:h", .transport = SIPREG_TLS), "contact: not sips"},
        {WITH(.aor = "sips:a@h", .transport = SIPREG_TLS), "contact: not sips"},
        {WITH(.registrar = NULL, .aor = "sips:a@h", .transport = SIPREG_TLS), "contact: not sips"},
        {WITH(.registrar = "sips:h", SIPS_CONTACT, .transport = SIPREG_TLS,
              .contacts = &sip_contact, .contact_count = 1),
         "contact: not sips"},
        {WITH(.routes = routes[1], .route_count = 1, .transport = SIPREG_TLS), "contact: not sips"},
        {WITH(.routes = routes[1], .route_count = 2, .transport = SIPREG_TLS, SIPS_CONTACT), NULL},
        {WITH(.registrar = "sips:h", SIPS_CONTACT, .transport = SIPREG_TLS, .routes = routes[0],
              .route_count = 1),
         NULL}, /* written as sips */
        {WITH(.registrar = NULL, SIPS_CONTACT, .transport = SIPREG_TLS, .routes = routes[1],
              .route_count = 2),
         NULL},
        {WITH(.transport = SIPREG_TLS), NULL}, /* sip over TLS */
    };

    (void)state;
    assert_faults(rows, COUNT(rows));
}

/* RFC 5630 5.1.1.1 */
static void test_an_aor_is_sips_exactly_if_all_contacts_are(void **state)
{
    static const struct sipreg_contact mailto = {"mailto:a@h", 60, 0, NULL},
                                       sips = {"sips:alice@192.0.2.9", 60, 0, NULL},
                                       twin = {"sips:alice@192.0.2.10:5060", 60, 0, NULL};
    static const struct row rows[] = {
        {WITH(.contact = "sips:alice@192.0.2.10", .transport = SIPREG_TLS), "aor: sips goes"},
        {WITH(.contact = "sips:alice@192.0.2.10", .transport = SIPREG_TLS, .contacts = &mailto,
              .contact_count = 1),
         NULL},
        {WITH(SIPS_CONTACT, .transport = SIPREG_TLS, .contacts = &mailto, .contact_count = 1),
         "aor: sips goes"},
        {WITH(SIPS_CONTACT, .transport = SIPREG_TLS, .contacts = &sips, .contact_count = 1), NULL},
        {WITH(SIPS_CONTACT, .transport = SIPREG_TLS, .from = "sips:bob@example.com"), NULL},
        {WITH(SIPS_CONTACT, .transport = SIPREG_TLS, .from = "sip:bob@example.com"), "from: sips"},
        {WITH(.from = "sips:bob@example.com"), "from: sips"},
        {WITH(.transport = SIPREG_TLS, .contacts = &sips, .contact_count = 1), NULL},
        {WITH(.transport = SIPREG_TLS, .contacts = &twin, .contact_count = 1), "contacts: one as"},
        {WITH(.contact = "sips:alice@192.0.2.10;transport=UDP", .transport = SIPREG_TLS),
         "contact: sips over UDP"},
    };

    (void)state;
    assert_faults(rows, COUNT(rows));
}

static const struct sipreg_header headers[][1] = {
    {{"Path", "<sip:p;lr>"}},
    {{"X-Odd.!%*_+`'~", ""}},
    {{"Require", "gin \xD0\x91\t"}},
    {{NULL, "x"}},
    {{"", "x"}},
    {{"A B", "x"}},
    {{"A:", "x"}},
    {{"A\r\nB", "x"}},
    {{"via", "x"}},
    {{"m", "<sip:evil>"}},
    {{"CONTENT-LENGTH", "7"}},
    {{"WWW-Authenticate", "x"}},
    {{"transfer-encoding", "chunked"}},
    {{"P-Visited-Network-ID", "x"}},
    {{"S", "x"}},
    {{"A", NULL}},
    {{"A", "x\r\nB: y"}},
    {{"A", "\x80"}},
};

static void test_headers_of_the_caller_s_are_whole_and_none_of_ours(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(headers); i++) {
        const struct row row = {WITH(.headers = headers[i], .header_count = 1),
                                i < 3    ? NULL
                                : i < 8  ? "headers: name"
                                : i < 15 ? "headers: one that"
                                         : "headers: value"};
        assert_faults(&row, 1);
    }
    static const struct sipreg_header second[] = {{"A", "x"}, {"B", "x"}, {"To", "x"}};
    const struct row rows[] = {
        {WITH(.supported = "path, gruu", .allow = "INVITE", .user_agent = "x/1 (y)"), NULL},
        {WITH(.headers = second, .header_count = 2), NULL},
        {WITH(.headers = second, .header_count = 3), "headers: one that"},
        {WITH(.supported = "a\nb"), "require, supported"},
        {WITH(.supported = "a b"), "require, supported"},
        {WITH(.allow = "\x7F"), "allow: not a list"},
        {WITH(.allow = "INVITE;x"), "allow: not a list"},
        {WITH(.user_agent = "\xFF"), "user_agent"},
    };
    assert_faults(rows, COUNT(rows));
}

static const char octets[65536];
static const struct sipreg_body bodies[] = {
    {"application/cpl+xml", "script;action=store", octets, 100},
    {"text/plain", NULL, NULL, 0},
    {NULL, NULL, octets, 1},
    {"a\r\nb", NULL, octets, 1},
    {"text/plain", "a\nb", octets, 1},
    {"text/plain", NULL, octets, 65536},
    {"text/plain", NULL, NULL, 1},
    {"text", NULL, octets, 1},
    {"text/", NULL, octets, 1},
    {"/plain", NULL, octets, 1},
    {"text/plain;a=\"b", NULL, octets, 1},
    {"text/plain", "script;a=\"", octets, 1},
    {"text/plain", "", octets, 1},
};

static void test_a_body_has_a_type_and_a_size_that_a_message_can_have(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(bodies); i++) {
        const struct row row = {WITH(.body = &bodies[i]), i < 2 ? NULL : "body:"};
        assert_faults(&row, 1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_addresses_are_sip_uris_without_what_steers_a_request),
        TEST(test_the_registrar_is_a_domain),
        TEST(test_a_via_has_a_host_a_transport_and_hops),
        TEST(test_contacts_are_uris_with_expiries_in_range_and_parameters_that_are_not_ours),
        TEST(test_a_star_stands_alone_and_removes),
        TEST(test_routes_are_loose),
        TEST(test_sips_is_kept_from_the_request_uri_to_the_contacts_and_needs_tls),
        TEST(test_an_aor_is_sips_exactly_if_all_contacts_are),
        TEST(test_headers_of_the_caller_s_are_whole_and_none_of_ours),
        TEST(test_a_body_has_a_type_and_a_size_that_a_message_can_have),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
