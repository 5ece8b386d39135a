/*
 * test_outbound.c - is another flow of this device up? (RFC 5626 4.5)
 */
#include "story.h"

#include "outbound.h"

/* Clients as far as their siblings look at them. */
static struct sipreg_client clients[12];
static struct sipreg_client_config configs[12];

/* next[i] is whom the ith points at; below zero: at nobody. */
static void link_up(const int *next, size_t count)
{
    memset(clients, 0, sizeof clients);
    for (size_t i = 0; i < count; i++) {
        configs[i].sibling = next[i] < 0 ? NULL : &clients[next[i]];
        clients[i].config = &configs[i];
    }
}

static void bring_up(struct sipreg_client *client)
{
    client->fact = FACT_BOUND;
    client->flow = FLOW_UP;
}

static void test_one_that_is_registered_over_a_flow_that_lives_is_up(void **state)
{
    static const int pair[] = {1, 0};

    (void)state;
    link_up(pair, 2);
    assert_false(sipreg_outbound_others_up(&clients[0]));
    bring_up(&clients[0]); /* we are no other */
    assert_false(sipreg_outbound_others_up(&clients[0]));
    bring_up(&clients[1]);
    assert_true(sipreg_outbound_others_up(&clients[0]));
    clients[1].flow = FLOW_OPENING;
    assert_false(sipreg_outbound_others_up(&clients[0]));
    bring_up(&clients[1]);
    clients[1].pings.failed = true;
    assert_false(sipreg_outbound_others_up(&clients[0]));
    clients[1].pings.failed = false;
    clients[1].fact = FACT_UNKNOWN;
    assert_false(sipreg_outbound_others_up(&clients[0]));
}

static void test_any_number_of_them_is_looked_at_wherever_they_point(void **state)
{
    static const int chain[] = {1, 2, 3, -1}, ring[] = {1, 2, 3, 0}, circle[] = {1, 2, 3, 1};

    (void)state;
    link_up(chain, 4);
    assert_false(sipreg_outbound_others_up(&clients[0]));
    bring_up(&clients[3]);
    assert_true(sipreg_outbound_others_up(&clients[0]));
    assert_false(sipreg_outbound_others_up(&clients[3]));
    link_up(ring, 4);
    assert_false(sipreg_outbound_others_up(&clients[2]));
    bring_up(&clients[1]);
    assert_true(sipreg_outbound_others_up(&clients[2]));
    link_up(circle, 4); /* that never comes back to the first one */
    assert_false(sipreg_outbound_others_up(&clients[0]));
}

static void test_one_whose_init_failed_is_not_up_and_leads_nowhere(void **state)
{
    static const int chain[] = {1, 2, -1};

    (void)state;
    link_up(chain, 3);
    bring_up(&clients[1]);
    bring_up(&clients[2]);
    clients[1].config = NULL;
    assert_false(sipreg_outbound_others_up(&clients[0]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_one_that_is_registered_over_a_flow_that_lives_is_up),
        TEST(test_any_number_of_them_is_looked_at_wherever_they_point),
        TEST(test_one_whose_init_failed_is_not_up_and_leads_nowhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
