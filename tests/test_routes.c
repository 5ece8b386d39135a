/*
 * test_routes.c - Path and Service-Route, remembered (RFC 3327, RFC 3608).
 */
#include "support.h"

#include "routes.h"

static struct sipreg_client client;

static void keep(const char *headers)
{
    struct sipreg_response response = parsed_ok(headers);

    sipreg_routes_keep(&client, &response);
    free_given(NULL); /* what is remembered is a copy */
}

static void check(enum sipreg_route route, size_t index, const char *uri)
{
    assert_str(sipreg_client_route(&client, route, index), uri);
}

static void lists_are_remembered_in_their_order(void **state)
{
    (void)state;
    keep("Service-Route: <sip:s1;lr>\r\nPath: <sip:p1;lr>, \"P\" <sip:p2;lr>;x=y\r\n"
         "Service-Route: <sip:s2;lr>\r\n");
    check(SIPREG_PATH, 0, "sip:p1;lr");
    check(SIPREG_PATH, 1, "sip:p2;lr");
    check(SIPREG_PATH, 2, NULL);
    check(SIPREG_SERVICE_ROUTE, 0, "sip:s1;lr");
    check(SIPREG_SERVICE_ROUTE, 1, "sip:s2;lr");
    check(SIPREG_SERVICE_ROUTE, 2, NULL);
    check(SIPREG_PATH, (size_t)-1, NULL);
}

static void each_200_replaces_what_was_known_by_nothing_too(void **state)
{
    (void)state;
    keep("Path: <sip:p1;lr>\r\nService-Route: <sip:s1;lr>\r\n");
    keep("Service-Route: <sip:s2;lr>\r\n");
    check(SIPREG_PATH, 0, NULL);
    check(SIPREG_SERVICE_ROUTE, 0, "sip:s2;lr");
    keep("");
    check(SIPREG_SERVICE_ROUTE, 0, NULL);
    keep("Path: <sip:p1;lr>\r\n");
    sipreg_routes_forget(&client);
    check(SIPREG_PATH, 0, NULL);
}

/* One URI of so many octets. */
static void keep_long(const char *before, size_t n, const char *behind)
{
    char text[2 * SIPREG_ROUTE_SIZE + 200];

    memset(text, 0, sizeof text);
    strcpy(text, before);
    strcat(text, "<sip:");
    memset(text + strlen(text), 'a', n - 4);
    strcat(strcat(text, ">\r\n"), behind);
    keep(text);
}

static void what_does_not_fit_is_left_out_whole(void **state)
{
    (void)state;
    keep_long("Path: ", SIPREG_ROUTE_SIZE - 2, "");
    assert_int_equal(sipreg_client_route(&client, SIPREG_PATH, 0).n, SIPREG_ROUTE_SIZE - 2);
    keep_long("Path: ", SIPREG_ROUTE_SIZE - 1, "");
    check(SIPREG_PATH, 0, NULL);
    keep_long("Path: <sip:short;lr>, ", SIPREG_ROUTE_SIZE, "Service-Route: <sip:s1;lr>\r\n");
    check(SIPREG_PATH, 0, NULL); /* not half of it */
    check(SIPREG_SERVICE_ROUTE, 0, "sip:s1;lr");
}

static void text_that_could_break_a_header_is_left_out(void **state)
{
    (void)state;
    keep("Path: <sip:p1;lr>, <sip:p2\r\n ;lr>\r\nService-Route: <sip:s1;lr>\r\n");
    check(SIPREG_PATH, 0, NULL);
    check(SIPREG_SERVICE_ROUTE, 0, "sip:s1;lr");
}

static void text_that_could_break_out_of_its_brackets_is_left_out(void **state)
{
    (void)state;
    keep("Path: sip:p1>x\r\nService-Route: <sip:s1<;lr>\r\n");
    check(SIPREG_PATH, 0, NULL);
    check(SIPREG_SERVICE_ROUTE, 0, NULL);
}

static void what_is_kept_is_known_by_its_form(void **state)
{
    (void)state;
    keep("Path: <sip:p1;lr>, <sip:p2;lr>\r\nService-Route: <sip:s1;lr>\r\n");
    assert_true(sipreg_routes_are((struct sipreg_str){client.routes, client.routes_used}));
    assert_true(sipreg_routes_are((struct sipreg_str){NULL, 0}));
    assert_true(sipreg_routes_are(OCTETS("Ssip:s\0Psip:p\0")));
    assert_true(sipreg_routes_are(OCTETS("P*\0")));
    for (size_t n = 1; n < client.routes_used; n++) /* parts are none, unless they are whole ones */
        assert_int_equal(sipreg_routes_are(given(client.routes, n)), client.routes[n - 1] == '\0');
    assert_false(sipreg_routes_are(OCTETS("Rsip:p\0")));
    assert_false(sipreg_routes_are(OCTETS("P\0")));
    assert_false(sipreg_routes_are(OCTETS("Psip:p\0\0")));
    assert_false(sipreg_routes_are(OCTETS("Psip:p\r\nX: y\0")));
    assert_false(sipreg_routes_are(OCTETS("Psip:p\0S<\0")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(lists_are_remembered_in_their_order),
        TEST(each_200_replaces_what_was_known_by_nothing_too),
        TEST(what_does_not_fit_is_left_out_whole),
        TEST(text_that_could_break_a_header_is_left_out),
        TEST(text_that_could_break_out_of_its_brackets_is_left_out),
        TEST(what_is_kept_is_known_by_its_form),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
