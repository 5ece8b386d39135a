/*
 * buffers.c - buffers of every size from nothing to what is needed. Each is a block of its own, so
 * that the sanitizer sees one octet too many.
 */
#include "faults.h"

#include <stdio.h>
#include <stdlib.h>

/* ---------------------------------------------------------------- scratch */

/* A life with such a buffer; false: it was refused at once. */
static bool live_with(size_t size)
{
    struct story *s = life_begin(&lives[0]);
    void *scratch = malloc(size > 0 ? size : 1);
    bool fits;

    assert_non_null(scratch);
    s->io.scratch = scratch;
    s->io.scratch_size = size;
    fits = sipreg_client_init(&s->client, &s->config) == SIPREG_OK;
    if (fits) {
        s->ready = true;
        story_start(s);
        assert_int_equal(s->sent, 1);
        story_challenge(s, "nonce", "");
        if (s->sent == 1) {
            assert_event(s, SIPREG_EVENT_REFUSED, SIPREG_SPACE);
            assert_state(s, SIPREG_IDLE);
        } else {
            assert_true(s->sends[1].n <= size);
            story_grant(s, 600);
            assert_event(s, SIPREG_EVENT_REGISTERED, SIPREG_OK);
        }
        sipreg_client_stop(&s->client, s->tick);
        story_run(s);
        assert_int_not_equal(sipreg_client_state(&s->client), SIPREG_REGISTERED);
    } else {
        assert_int_equal(sipreg_client_init(&s->client, &s->config), SIPREG_SPACE);
        assert_int_equal(sipreg_client_start(&s->client, s->tick), SIPREG_STATE);
        assert_int_equal(sipreg_client_run(&s->client, s->tick), SIPREG_FOREVER);
    }
    fits = fits && s->sent > 1;
    free(scratch);
    life_end(s);
    fault_points += fits ? 0 : 1;
    return fits;
}

void every_scratch_size_is_enough_or_refused(void **state)
{
    size_t size = 0;

    (void)state;
    while (!live_with(size))
        size++;
    assert_in_range(size, 300, 1200);
    assert_true(live_with(size + 1));
}

/* ---------------------------------------------------------------- writers */

static void try_sizes(writer *write, const void *what)
{
    struct sipreg_str text = written(write, what); /* looks at every smaller size */

    fault_points += text.n;
    free_given(NULL);
}

static int write_request(const void *what, void *out, size_t size)
{
    return sipreg_request_write((const struct sipreg_request *)what, out, size);
}

static int save_client(const void *what, void *out, size_t size)
{
    struct sipreg_client client = *(const struct sipreg_client *)what;

    return sipreg_client_save(&client, client.tick, out, size);
}

/* Those that end with a NUL which they do not count. */
static void try_hops(int (*write)(const void *what, char *out, size_t size), const void *what)
{
    char whole[200], *out;
    int n = write(what, whole, sizeof whole);

    assert_true(n > 0);
    assert_int_equal(strlen(whole), n);
    for (size_t size = 0; size <= (size_t)n + 1; size++, fault_points++) {
        out = (char *)malloc(size > 0 ? size : 1);
        assert_non_null(out);
        assert_int_equal(write(what, out, size), size > (size_t)n ? n : SIPREG_SPACE);
        free(out);
    }
}

static int write_hop(const void *what, char *out, size_t size)
{
    return sipreg_request_next_hop((const struct sipreg_request *)what, out, size);
}

static int write_client_hop(const void *what, char *out, size_t size)
{
    return sipreg_client_next_hop((const struct sipreg_client *)what, out, size);
}

/* The client as it is at the end of each life, and its request. */
void every_writer_is_right_or_says_space(void **state)
{
    (void)state;
    for (size_t i = 0; i < life_count; i++) {
        struct story *s = life_begin(&lives[i]);
        struct sipreg_request request;
        lives[i].live(s);
        request = s->client.request;
        try_sizes(write_request, &request);
        request.compact = true;
        try_sizes(write_request, &request);
        try_sizes(save_client, &s->client);
        try_hops(write_hop, &s->client.request);
        try_hops(write_client_hop, &s->client);
        life_end(s);
    }
}

/* ---------------------------------------------------------------- reading back */

/* Whole, or cut: then it is as if there were none. */
static void wake_up_with(const struct life *life, const unsigned char *snapshot, size_t n,
                         bool whole)
{
    struct story *s = life_begin(life);
    unsigned char *block = (unsigned char *)malloc(n > 0 ? n : 1);
    struct sipreg_client before;
    int result;

    assert_non_null(block);
    memcpy(block, snapshot, n);
    story_init(s);
    memcpy(&before, &s->client, sizeof before);
    result = sipreg_client_load(&s->client, 0, 60, block, n);
    free(block);
    if (whole) {
        assert_int_equal(result, SIPREG_OK);
    } else {
        assert_int_equal(result, SIPREG_SYNTAX);
        assert_memory_equal(&before, &s->client, sizeof before);
        fault_points++;
    }
    s->config.password = SECRET;
    story_start(s);
    life_until(s, SIPREG_REGISTERED);
    life_end(s);
}

void every_cut_of_a_snapshot_is_whole_or_refused(void **state)
{
    struct story *s = life_begin(&lives[0]);
    unsigned char snapshot[SIPREG_SNAPSHOT_SIZE];
    int n;

    (void)state;
    lives[0].live(s);
    n = sipreg_client_save(&s->client, s->tick, snapshot, sizeof snapshot);
    assert_true(n > 0);
    life_end(s);
    for (int cut = 0; cut < n; cut++)
        wake_up_with(&lives[0], snapshot, (size_t)cut, false);
    /* in another life CSeq does not begin where the story expects it: it has not seen the first */
    fault_points++;
}
