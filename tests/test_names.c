/*
 * test_names.c - header names, and lines taken apart (lib/names.c).
 */
#include "support.h"

#include "../lib/names.h"

struct name {
    const char *text;
    enum sipreg_name is;
};

static void test_every_header_is_found_long_and_compact_in_any_case(void **state)
{
    static const struct name rows[] = {
        {"Via", SIPREG_VIA},
        {"v", SIPREG_VIA},
        {"V", SIPREG_VIA},
        {"From", SIPREG_FROM},
        {"f", SIPREG_FROM},
        {"To", SIPREG_TO},
        {"T", SIPREG_TO},
        {"Call-ID", SIPREG_CALL_ID},
        {"CALL-id", SIPREG_CALL_ID},
        {"i", SIPREG_CALL_ID},
        {"CSeq", SIPREG_CSEQ},
        {"cSeQ", SIPREG_CSEQ},
        {"Contact", SIPREG_CONTACT},
        {"cONTACT", SIPREG_CONTACT},
        {"m", SIPREG_CONTACT},
        {"Content-Length", SIPREG_CONTENT_LENGTH},
        {"l", SIPREG_CONTENT_LENGTH},
        {"Content-Type", SIPREG_CONTENT_TYPE},
        {"c", SIPREG_CONTENT_TYPE},
        {"Content-Disposition", SIPREG_CONTENT_DISPOSITION},
        {"Content-Dispositiom", SIPREG_UNKNOWN},
        {"Proxy-Authentication-Inf0", SIPREG_UNKNOWN},
        {"Expires", SIPREG_EXPIRES},
        {"Min-Expires", SIPREG_MIN_EXPIRES},
        {"Retry-After", SIPREG_RETRY_AFTER},
        {"WWW-Authenticate", SIPREG_WWW_AUTHENTICATE},
        {"www-authenticate", SIPREG_WWW_AUTHENTICATE},
        {"Proxy-Authenticate", SIPREG_PROXY_AUTHENTICATE},
        {"Authorization", SIPREG_AUTHORIZATION},
        {"Proxy-Authorization", SIPREG_PROXY_AUTHORIZATION},
        {"Authentication-Info", SIPREG_AUTHENTICATION_INFO},
        {"Proxy-Authentication-Info", SIPREG_PROXY_AUTHENTICATION_INFO},
        {"Path", SIPREG_PATH_NAME},
        {"Service-Route", SIPREG_SERVICE_ROUTE_NAME},
        {"Route", SIPREG_ROUTE},
        {"Max-Forwards", SIPREG_MAX_FORWARDS},
        {"Supported", SIPREG_SUPPORTED},
        {"k", SIPREG_SUPPORTED},
        {"Allow", SIPREG_ALLOW},
        {"User-Agent", SIPREG_USER_AGENT},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        if (sipreg_name_find(given_text(rows[i].text)) != rows[i].is)
            fail_msg("%s", rows[i].text);
    }
}

/* bjo, gda: collide with known names in parsers that hash. */
static void test_other_names_are_unknown_however_like_a_known_one_they_look(void **state)
{
    static const char *const rows[] = {
        "",
        "x",
        "bjo",
        "gda",
        "Vi",
        "Viaa",
        "C%6Fntact",
        "Contacts",
        "T o",
        "Call_ID",
        "Call-ID ",
        "Expirez",
        "h",
        "WWW-Authenticates",
        "CSeqq-CSeq-CSeq-CSeq-CSeq-CSeq",
        "123456",
        "12345678",
        "123456789012345",
        "Organization",
        "Allow-Events-of-Ours",
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        if (sipreg_name_find(given_text(rows[i])) != SIPREG_UNKNOWN)
            fail_msg("%s", rows[i]);
    }
    assert_int_equal(sipreg_name_find(OCTETS("To\0")), SIPREG_UNKNOWN);
    assert_int_equal(sipreg_name_find((struct sipreg_str){NULL, 0}), SIPREG_UNKNOWN);
}

struct line {
    const char *text;
    const char *name, *value;
    size_t taken;
};

static void
test_a_line_is_a_name_and_a_value_with_its_folds_but_without_the_blanks_around(void **state)
{
    static const struct line rows[] = {
        {"A: b\r\nC", "A", "b", 6},
        {"A:b\nC", "A", "b", 4},
        {"A \t :\t b \t\r\nC", "A", "b", 12},
        {"A:\r\nC", "A", "", 4},
        {"A: \r\n\r\n", "A", "", 5},
        {"A: b\r\n c\r\n\td\r\nE", "A", "b\r\n c\r\n\td", 14},
        {"A:\r\n b\r\nE", "A", "b", 8},
        {"A: b\r\n \r\nE", "A", "b", 9},
        {"A: b:c\r\nE", "A", "b:c", 8},
        {"A::\r\nE", "A", ":", 5},
        {"A.%b: c\r\nE", "A.%b", "c", 9},
        {"A: b\r\rc\r\r\nE", "A", "b\r\rc", 10},
        {"A: \xD0\x91\r\n\n", "A", "\xD0\x91", 7},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct sipreg_str text = given_text(rows[i].text);
        struct sipreg_cursor c = sipreg_cursor_of(text);
        struct sipreg_line line;
        assert_int_equal(sipreg_line_take(&c, &line), SIPREG_OK);
        assert_str(line.name, rows[i].name);
        assert_str(line.value, rows[i].value);
        assert_int_equal(c.p - text.p, rows[i].taken);
    }
}

struct refused {
    const char *text;
    int result;
};

static void test_a_line_that_is_none_is_refused_and_the_cursor_stays(void **state)
{
    static const struct refused rows[] = {
        {"", SIPREG_PARTIAL},
        {"A: b", SIPREG_PARTIAL},
        {"A: b\r", SIPREG_PARTIAL},
        {"A: b\r\n", SIPREG_PARTIAL}, /* a fold may follow */
        {"A: b\r\n c\r\n", SIPREG_PARTIAL},
        {"A\r\nB", SIPREG_SYNTAX},
        {"A b: c\r\nB", SIPREG_SYNTAX},
        {": c\r\nB", SIPREG_SYNTAX},
        {" A: c\r\nB", SIPREG_SYNTAX},
        {"\r\nB", SIPREG_SYNTAX},
        {"A\r\n : b\r\nC", SIPREG_SYNTAX},
        {"A\v: b\r\nC", SIPREG_SYNTAX}, /* no white space, however often it was taken for some */
        {"A\f: b\r\nC", SIPREG_SYNTAX},
        {"\"A\": b\r\nC", SIPREG_SYNTAX},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct sipreg_cursor c = sipreg_cursor_of(given_text(rows[i].text)), before = c;
        struct sipreg_line line;
        assert_int_equal(sipreg_line_take(&c, &line), rows[i].result);
        assert_ptr_equal(c.p, before.p);
    }
}

static void test_an_empty_line_is_a_line_end_and_nothing_else(void **state)
{
    static const struct refused rows[] = {
        {"\r\nA", 2}, {"\nA", 1}, {"\r\n", 2}, {"\n", 1}, {"", 0},
        {"\r", 0},    {"\rA", 0}, {" \n", 0},  {"A", 0},  {"\r\r\n", 0},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct sipreg_cursor c = sipreg_cursor_of(given_text(rows[i].text)), before = c;
        assert_int_equal(sipreg_line_empty(&c), rows[i].result > 0);
        assert_int_equal(c.p - before.p, rows[i].result);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_every_header_is_found_long_and_compact_in_any_case),
        TEST(test_other_names_are_unknown_however_like_a_known_one_they_look),
        TEST(test_a_line_is_a_name_and_a_value_with_its_folds_but_without_the_blanks_around),
        TEST(test_a_line_that_is_none_is_refused_and_the_cursor_stays),
        TEST(test_an_empty_line_is_a_line_end_and_nothing_else),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
