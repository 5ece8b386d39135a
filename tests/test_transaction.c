/*
 * test_transaction.c - RFC 3261 17.1.2 without its messages; whose answer is it (17.1.3)?
 */
#include "support.h"

#include "transaction.h"

static const struct sipreg_timers udp = {500, 4000, 5000, false};
static const struct sipreg_timers tcp = {500, 4000, 5000, true};

static void what_never_started_has_nothing_to_do(void **state)
{
    struct sipreg_transaction t = {0, 0, 0, 0, 0, false, false};

    (void)state;
    assert_false(sipreg_transaction_active(&t));
    assert_true(sipreg_transaction_deadline(&t) == SIPREG_NEVER);
    assert_int_equal(sipreg_transaction_due(&t, 1000000, &udp), SIPREG_DUE_NOTHING);
}

static void timer_e_doubles_up_to_t2(void **state)
{
    static const uint64_t at[] = {500, 1500, 3500, 7500, 11500, 15500, 19500, 23500, 27500, 31500};
    struct sipreg_transaction t;

    (void)state;
    sipreg_transaction_start(&t, 100, &udp);
    assert_true(t.started_at == 100);
    for (size_t i = 0; i < COUNT(at); i++) {
        assert_true(sipreg_transaction_deadline(&t) == 100 + at[i]);
        assert_int_equal(sipreg_transaction_due(&t, 100 + at[i] - 1, &udp), SIPREG_DUE_NOTHING);
        assert_int_equal(sipreg_transaction_due(&t, 100 + at[i], &udp), SIPREG_DUE_RESEND);
        assert_int_equal(sipreg_transaction_due(&t, 100 + at[i], &udp), SIPREG_DUE_NOTHING);
    }
    assert_true(sipreg_transaction_deadline(&t) == 32100);
    assert_int_equal(sipreg_transaction_due(&t, 32099, &udp), SIPREG_DUE_NOTHING);
    assert_int_equal(sipreg_transaction_due(&t, 32100, &udp), SIPREG_DUE_TIMEOUT);
    assert_int_equal(sipreg_transaction_due(&t, 32100, &udp), SIPREG_DUE_NOTHING);
    assert_false(sipreg_transaction_active(&t));
}

static void a_t1_above_half_of_t2_goes_to_t2_at_once(void **state)
{
    struct sipreg_timers slow = {3000, 4000, 5000, false};
    struct sipreg_transaction t;

    (void)state;
    sipreg_transaction_start(&t, 0, &slow);
    assert_int_equal(sipreg_transaction_due(&t, 3000, &slow), SIPREG_DUE_RESEND);
    assert_true(sipreg_transaction_deadline(&t) == 7000);
}

static void a_t1_of_half_an_odd_t2_is_doubled_first(void **state)
{
    struct sipreg_timers slow = {2000, 4001, 5000, false};
    struct sipreg_transaction t;

    (void)state;
    sipreg_transaction_start(&t, 0, &slow);
    assert_int_equal(sipreg_transaction_due(&t, 2000, &slow), SIPREG_DUE_RESEND);
    assert_true(sipreg_transaction_deadline(&t) == 6000);
}

static void a_t1_above_a_third_of_t2_is_doubled_first(void **state)
{
    struct sipreg_timers slow = {1500, 4000, 5000, false};
    struct sipreg_transaction t;

    (void)state;
    sipreg_transaction_start(&t, 0, &slow);
    assert_int_equal(sipreg_transaction_due(&t, 1500, &slow), SIPREG_DUE_RESEND);
    assert_true(sipreg_transaction_deadline(&t) == 4500);
}

static void being_a_little_late_does_not_add_up(void **state)
{
    struct sipreg_transaction t;

    (void)state;
    sipreg_transaction_start(&t, 0, &udp);
    assert_int_equal(sipreg_transaction_due(&t, 520, &udp), SIPREG_DUE_RESEND);
    assert_true(sipreg_transaction_deadline(&t) == 1500);
    sipreg_transaction_start(&t, 0, &udp);
    assert_int_equal(sipreg_transaction_due(&t, 1500, &udp), SIPREG_DUE_RESEND);
    assert_int_equal(sipreg_transaction_due(&t, 1500, &udp), SIPREG_DUE_NOTHING);
}

static void the_longest_timers_do_not_overflow(void **state)
{
    struct sipreg_timers slow = {UINT32_MAX, UINT32_MAX, UINT32_MAX, false};
    struct sipreg_transaction t;

    (void)state;
    sipreg_transaction_start(&t, UINT64_C(1) << 40, &slow);
    assert_true(t.give_up_at == (UINT64_C(1) << 40) + 64 * (uint64_t)UINT32_MAX);
    assert_int_equal(sipreg_transaction_due(&t, t.resend_at, &slow), SIPREG_DUE_RESEND);
    assert_true(t.interval == UINT32_MAX);
}

static void a_provisional_response_sets_e_to_t2_from_the_next_firing_on(void **state)
{
    struct sipreg_transaction t;

    (void)state;
    sipreg_transaction_start(&t, 0, &udp);
    sipreg_transaction_response(&t, 100, 100, &udp);
    assert_true(sipreg_transaction_active(&t));
    assert_true(sipreg_transaction_deadline(&t) == 500);
    assert_int_equal(sipreg_transaction_due(&t, 500, &udp), SIPREG_DUE_RESEND);
    assert_true(sipreg_transaction_deadline(&t) == 4500);
    assert_true(t.give_up_at == 32000);
}

static void a_late_caller_gets_one_retransmission(void **state)
{
    struct sipreg_transaction t;

    (void)state;
    sipreg_transaction_start(&t, 0, &udp);
    assert_int_equal(sipreg_transaction_due(&t, 9000, &udp), SIPREG_DUE_RESEND);
    assert_int_equal(sipreg_transaction_due(&t, 9000, &udp), SIPREG_DUE_NOTHING);
    assert_true(sipreg_transaction_deadline(&t) == 10000);
}

static void on_a_stream_only_f_runs(void **state)
{
    struct sipreg_transaction t;

    (void)state;
    sipreg_transaction_start(&t, 0, &tcp);
    assert_true(sipreg_transaction_deadline(&t) == 32000);
    assert_int_equal(sipreg_transaction_due(&t, 31999, &tcp), SIPREG_DUE_NOTHING);
    assert_int_equal(sipreg_transaction_due(&t, 32000, &tcp), SIPREG_DUE_TIMEOUT);
}

static void a_final_response_or_giving_up_ends_it(void **state)
{
    struct sipreg_transaction t;

    (void)state;
    sipreg_transaction_start(&t, 0, &udp);
    sipreg_transaction_response(&t, 10, 200, &udp);
    assert_false(sipreg_transaction_active(&t));
    assert_true(sipreg_transaction_deadline(&t) == SIPREG_NEVER);
    sipreg_transaction_start(&t, 0, &udp);
    sipreg_transaction_abandon(&t);
    assert_false(sipreg_transaction_active(&t));
}

/* Matching. */

static const struct sipreg_request request = {
    .sent_by = "192.0.2.10:5060", .cseq = 7, .call_id = "id", .tag = "tag", .branch = "z9hG4bKx"};

static struct sipreg_response answer(const char *call_id, const char *tag, uint32_t cseq,
                                     const char *branch)
{
    struct sipreg_response r;

    memset(&r, 0, sizeof r);
    r.status = 200;
    r.call_id = given_text(call_id);
    r.from_tag = given_text(tag);
    r.method = given_text("REGISTER");
    r.cseq = cseq;
    r.via.host = given_text("192.0.2.10");
    r.via.port = given_text("5060");
    r.via.branch = given_text(branch);
    r.via_count = 1;
    return r;
}

static void ours_is_what_has_all_our_identifiers(void **state)
{
    struct sipreg_transaction t;
    struct sipreg_response r = answer("id", "tag", 7, "z9hG4bKx");

    (void)state;
    sipreg_transaction_start(&t, 0, &udp);
    assert_int_equal(sipreg_transaction_match(&t, 0, &request, &r), SIPREG_OK);
    r = answer("id", "tag", 7, "Z9HG4BKX"); /* a token */
    assert_int_equal(sipreg_transaction_match(&t, 0, &request, &r), SIPREG_OK);
    r = answer("ID", "tag", 7, "z9hG4bKx");
    assert_int_equal(sipreg_transaction_match(&t, 0, &request, &r), SIPREG_FOREIGN);
    r = answer("id", "other", 7, "z9hG4bKx");
    assert_int_equal(sipreg_transaction_match(&t, 0, &request, &r), SIPREG_FOREIGN);
    r = answer("id", "tag", 6, "z9hG4bKx");
    assert_int_equal(sipreg_transaction_match(&t, 0, &request, &r), SIPREG_LATE);
    r = answer("id", "tag", 7, "z9hG4bK");
    assert_int_equal(sipreg_transaction_match(&t, 0, &request, &r), SIPREG_LATE);
    r = answer("id", "tag", 7, "z9hG4bKx");
    r.method = given_text("OPTIONS");
    assert_int_equal(sipreg_transaction_match(&t, 0, &request, &r), SIPREG_FOREIGN);
    r = answer("id", "tag", 7, "z9hG4bKx");
    r.via_count = 2;
    assert_int_equal(sipreg_transaction_match(&t, 0, &request, &r), SIPREG_FOREIGN);
}

static void the_sent_by_is_ours_with_its_port_or_without(void **state)
{
    static const struct {
        const char *sent_by, *host, *port;
        int result;
    } cases[] = {
        {"192.0.2.10:5060", "192.0.2.10", "5060", SIPREG_OK},
        {"192.0.2.10:5060", "192.0.2.10", "5061", SIPREG_FOREIGN},
        {"192.0.2.10:5060", "192.0.2.10", "506", SIPREG_FOREIGN},
        {"192.0.2.10:5060", "192.0.2.10", NULL, SIPREG_FOREIGN},
        {"192.0.2.10:5060", "192.0.2.1", "0:5060", SIPREG_FOREIGN},
        {"192.0.2.10:5060", "192.0.2.100000000000", "5060", SIPREG_FOREIGN},
        {"192.0.2.10", "192.0.2.10", NULL, SIPREG_OK},
        {"192.0.2.10", "192.0.2.10", "5060", SIPREG_FOREIGN},
        {"phone.example.com:5060", "PHONE.example.COM", "5060", SIPREG_OK},
        {"[2001:db8::1]:5060", "[2001:DB8::1]", "5060", SIPREG_OK},
        {"[2001:db8::1]:5060", "[2001:db8::2]", "5060", SIPREG_FOREIGN},
    };
    struct sipreg_request sent = request;
    struct sipreg_transaction t;

    (void)state;
    sipreg_transaction_start(&t, 0, &udp);
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct sipreg_response r = answer("id", "tag", 7, "z9hG4bKx");
        sent.sent_by = cases[i].sent_by;
        r.via.host = given_text(cases[i].host);
        r.via.port = (struct sipreg_str){NULL, 0};
        if (cases[i].port != NULL)
            r.via.port = given_text(cases[i].port);
        assert_int_equal(sipreg_transaction_match(&t, 0, &sent, &r), cases[i].result);
    }
}

static void before_the_first_request_nothing_is_ours(void **state)
{
    struct sipreg_transaction t = {0, 0, 0, 0, 0, false, false};
    struct sipreg_request unsent;
    struct sipreg_response r = answer("", "", 0, "");

    (void)state;
    memset(&unsent, 0, sizeof unsent);
    unsent.sent_by = "192.0.2.10:5060";
    assert_int_equal(sipreg_transaction_match(&t, 0, &unsent, &r), SIPREG_FOREIGN);
}

static void copies_are_absorbed_until_k(void **state)
{
    struct sipreg_transaction t;
    struct sipreg_response r = answer("id", "tag", 7, "z9hG4bKx");

    (void)state;
    sipreg_transaction_start(&t, 0, &udp);
    sipreg_transaction_response(&t, 100, 200, &udp);
    assert_int_equal(sipreg_transaction_match(&t, 5099, &request, &r), SIPREG_OK);
    assert_int_equal(sipreg_transaction_match(&t, 5100, &request, &r), SIPREG_LATE);
    sipreg_transaction_start(&t, 0, &tcp);
    sipreg_transaction_response(&t, 100, 200, &tcp);
    assert_int_equal(sipreg_transaction_match(&t, 100, &request, &r), SIPREG_LATE);
    sipreg_transaction_start(&t, 0, &udp);
    sipreg_transaction_abandon(&t);
    assert_int_equal(sipreg_transaction_match(&t, 1, &request, &r), SIPREG_LATE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_never_started_has_nothing_to_do),
        TEST(timer_e_doubles_up_to_t2),
        TEST(a_t1_above_half_of_t2_goes_to_t2_at_once),
        TEST(a_t1_of_half_an_odd_t2_is_doubled_first),
        TEST(a_t1_above_a_third_of_t2_is_doubled_first),
        TEST(being_a_little_late_does_not_add_up),
        TEST(the_longest_timers_do_not_overflow),
        TEST(a_provisional_response_sets_e_to_t2_from_the_next_firing_on),
        TEST(a_late_caller_gets_one_retransmission),
        TEST(on_a_stream_only_f_runs),
        TEST(a_final_response_or_giving_up_ends_it),
        TEST(ours_is_what_has_all_our_identifiers),
        TEST(the_sent_by_is_ours_with_its_port_or_without),
        TEST(before_the_first_request_nothing_is_ours),
        TEST(copies_are_absorbed_until_k),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
