/*
 * test_param.c - the next name=value (lib/param.c).
 */
#include "support.h"

#include "../lib/param.h"

struct row {
    const char *text;
    const char *name, *value;
    const char *rest; /* what stands behind it */
};

static void test_a_parameter_has_a_name_and_perhaps_a_value_bare_or_quoted(void **state)
{
    static const struct row rows[] = {
        {"a=b", "a", "b", ""},
        {"a", "a", NULL, ""},
        {"a;b", "a", NULL, ";b"},
        {"a=", "a", "", ""},
        {"a=;b", "a", "", ";b"},
        {"a = b ,c", "a", "b", " ,c"},
        {"a\r\n =\r\n\tb;c", "a", "b", ";c"},
        {"a ;b", "a", NULL, " ;b"},
        {"a b", "a", NULL, " b"},
        {"a=\"b,c;d\\\"\",e", "a", "b,c;d\\\"", ",e"},
        {"a=\"\"", "a", "", ""},
        {"a=\"b\"c", "a", "b", "c"},
        {"a=b\"c\"", "a", "b", "\"c\""},
        {"a=b<c", "a", "b", "<c"},
        {"a=[2001:db8::1]:5060,", "a", "[2001:db8::1]:5060", ","},
        {"a=b==;", "a", "b==", ";"},
        {"a/b", "a", NULL, "/b"},
        {"a\nb", "a", NULL, "\nb"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct sipreg_cursor c = sipreg_cursor_of(given_text(rows[i].text));
        struct sipreg_parameter parameter;
        assert_true(sipreg_param_take(&c, &parameter));
        assert_str(parameter.name, rows[i].name);
        assert_str(parameter.value, rows[i].value);
        assert_str(sipreg_str_between(c.p, c.end), rows[i].rest);
    }
}

static void test_what_is_no_parameter_is_refused_and_the_cursor_stays(void **state)
{
    static const char *const rows[] = {"",      "=b",        ";a",     "\"a\"=b", " a=b",
                                       "a=\"b", "a=\"b\\\"", "a = \"", "\xC3=b"};

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct sipreg_cursor c = sipreg_cursor_of(given_text(rows[i])), before = c;
        struct sipreg_parameter parameter = {{NULL, 0}, {NULL, 0}};
        assert_false(sipreg_param_take(&c, &parameter));
        assert_ptr_equal(c.p, before.p);
        assert_str(parameter.name, NULL);
    }
}

/* All names of a list, each followed by a dot, then what is left of the text. */
static void assert_names(const char *text, const char *expected)
{
    struct sipreg_cursor c = sipreg_cursor_of(given_text(text));
    struct sipreg_parameter parameter;
    char names[64];
    size_t n = 0;

    while (sipreg_param_next(&c, &parameter)) {
        memcpy(names + n, parameter.name.p, parameter.name.n);
        n += parameter.name.n;
        names[n++] = '.';
    }
    if (c.p < c.end)
        memcpy(names + n, c.p, (size_t)(c.end - c.p));
    names[n + (size_t)(c.end - c.p)] = '\0';
    assert_string_equal(names, expected);
}

static void test_a_list_yields_its_parameters_and_stops_in_front_of_anything_else(void **state)
{
    (void)state;
    assert_names("", "");
    assert_names(";a", "a.");
    assert_names(";a=1;b;c=\"x;y\"", "a.b.c.");
    assert_names(" \r\n ; a = 1\t;\r\n b", "a.b.");
    assert_names(";;a;; ;b;", "a.b.");
    assert_names(";", "");
    assert_names(" ; ;", "");
    assert_names("  ", "");
    assert_names("a;b", "a;b");
    assert_names(";a=1 b", "a. b");
    assert_names(";a,;b", "a.,;b");
    assert_names(";a;=1;b", "a.;=1;b");
    assert_names(";a;b=\"x;c", "a.;b=\"x;c");
    assert_names(";a\r\n;b", "a.\r\n;b");
}

static void test_a_list_stays_safe_wherever_it_is_cut(void **state)
{
    static const char text[] = "; a = \"x\\\"y\" ;\r\n b=c;;d";

    (void)state;
    for (size_t n = 0; n < sizeof text; n++) {
        struct sipreg_cursor c = sipreg_cursor_of(given(text, n));
        struct sipreg_parameter parameter;
        size_t times = 0;
        while (sipreg_param_next(&c, &parameter))
            times++;
        assert_true(times <= 3);
        assert_true(c.p <= c.end);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_a_parameter_has_a_name_and_perhaps_a_value_bare_or_quoted),
        TEST(test_what_is_no_parameter_is_refused_and_the_cursor_stays),
        TEST(test_a_list_yields_its_parameters_and_stops_in_front_of_anything_else),
        TEST(test_a_list_stays_safe_wherever_it_is_cut),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
