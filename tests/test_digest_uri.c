/*
 * test_digest_uri.c - the Request-URI that is hashed and sent (lib/digest.c).
 */
#include "support.h"

#include "../lib/digest.h"

struct row {
    const char *registrar, *aor;
    const char *first, *second;
};

static void test_it_is_the_registrar_or_the_scheme_and_domain_of_the_aor(void **state)
{
    static const struct row rows[] = {
        {"sip:h:5070;transport=tcp", "sip:alice@example.com", "sip:h:5070;transport=tcp", NULL},
        {"sip:h", NULL, "sip:h", NULL},
        {NULL, "sip:alice@example.com", "sip:", "example.com"},
        {NULL, "sips:alice@example.com;user=phone;x", "sips:", "example.com"},
        {NULL, "sip:a;b@example.com;c", "sip:", "example.com"},
        {NULL, "sip:example.com;c", "sip:", "example.com"},
        {NULL, "nonsense", NULL, NULL},
        {NULL, NULL, NULL, NULL},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct sipreg_request request = {.registrar = rows[i].registrar, .aor = rows[i].aor};
        struct sipreg_request_uri uri = sipreg_digest_uri(&request);
        assert_str(uri.parts[0], rows[i].first);
        assert_str(uri.parts[1], rows[i].second);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_it_is_the_registrar_or_the_scheme_and_domain_of_the_aor),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
