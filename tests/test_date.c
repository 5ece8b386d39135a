/*
 * test_date.c - the Date of a response (RFC 3261 20.17).
 */
#include "support.h"

#include <stdio.h>

static int64_t date_of(const char *value)
{
    struct sipreg_response response;
    char line[120];

    snprintf(line, sizeof line, "Date: %s\r\n", value);
    response = parsed_ok(line);
    return sipreg_response_date(&response);
}

static void test_a_date_is_seconds_since_1970(void **state)
{
    static const struct {
        const char *value;
        int64_t seconds;
    } rows[] = {
        {"Thu, 01 Jan 1970 00:00:00 GMT", 0},
        {"Sat, 13 Nov 2010 23:29:00 GMT", 1289690940},
        {"Tue, 29 Feb 2000 12:34:56 GMT", 951827696},
        {"Wed, 01 Mar 2000 00:00:00 GMT", 951868800},
        {"Mon, 01 Mar 2100 00:00:00 GMT", 4107542400},
        {"Sun, 28 Feb 2100 23:59:60 GMT", 4107542400},
        {"Tue, 31 Dec 2024 23:59:59 GMT", 1735689599},
        {"Fri, 31 Dec 9999 23:59:59 GMT", 253402300799},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++)
        assert_true(date_of(rows[i].value) == rows[i].seconds);
}

static void test_a_date_may_come_first_of_all(void **state)
{
    struct sipreg_response response =
        parsed("SIP/2.0 200 OK\r\nDate: Thu, 01 Jan 1970 00:00:07 GMT\r\nVia: SIP/2.0/UDP h\r\n"
               "f: <sip:a@h>\r\nt: <sip:a@h>\r\ni: 1\r\nCSeq: 1 REGISTER\r\nl: 0\r\n\r\n");

    (void)state;
    assert_true(sipreg_response_date(&response) == 7);
}

static void test_what_has_another_form_is_no_date(void **state)
{
    static const char *const bad[] = {
        "",
        "Sat, 13 Nov 2010 23:29:00 EST",
        "Sat, 13 Nov 2010 23:29:00 +0000",
        "Sat, 13 Nov 2010 23:29:00 GMT x",
        "Sat, 13 Nov 2010 23:29:00",
        "Sat, 13 Nov 10 23:29:00 GMT",
        "Sat, 3 Nov 2010 23:29:00 GMT",
        "Sat, 00 Nov 2010 23:29:00 GMT",
        "Sat, 32 Nov 2010 23:29:00 GMT",
        "Sat, 13 nov 2010 23:29:00 GMT",
        "Sat, 13 Nox 2010 23:29:00 GMT",
        "Xat, 13 Nov 2010 23:29:00 GMT",
        "Sat 13 Nov 2010 23:29:00 GMT",
        ", 13 Nov 2010 23:29:00 GMT",
        "Sat, 13  2010 23:29:00 GMT",
        "Sat, 1: Nov 2010 23:29:00 GMT",
        "Sat, 13 Nov 1969 23:29:00 GMT",
        "Sat, 13 Nov 2010 24:00:00 GMT",
        "Sat, 13 Nov 2010 23:60:00 GMT",
        "Sat, 13 Nov 2010 23:29:61 GMT",
        "Saturday, 13-Nov-10 23:29:00 GMT",
        "1289690940",
    };
    struct sipreg_response without = parsed_ok("");

    (void)state;
    for (size_t i = 0; i < COUNT(bad); i++)
        assert_true(date_of(bad[i]) == SIPREG_ABSENT);
    assert_true(sipreg_response_date(&without) == SIPREG_ABSENT);
}

static void test_a_date_cut_short_is_none(void **state)
{
    static const char whole[] = "Sat, 13 Nov 2010 23:29:00 GMT";
    char cut[sizeof whole];

    (void)state;
    for (size_t n = 0; n + 1 < sizeof whole; n++) {
        memcpy(cut, whole, n);
        cut[n] = '\0';
        assert_true(date_of(cut) == SIPREG_ABSENT);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_a_date_is_seconds_since_1970),
        TEST(test_a_date_may_come_first_of_all),
        TEST(test_what_has_another_form_is_no_date),
        TEST(test_a_date_cut_short_is_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
