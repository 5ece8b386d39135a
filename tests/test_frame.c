/*
 * test_frame.c - messages in a stream, however it is cut (lib/frame.c).
 */
#include "support.h"

#include <stdlib.h>

#define HEAD "SIP/2.0 200 OK\r\nVia: x\r\n"

/* Two messages with bodies, one of which looks like a header, and keepalives around them. */
static const char stream[] =
    "\r\n"
    "\r\n\r\n" HEAD "Content-Length: 21\r\n\r\nContent-Length: 5\r\n\r\n"
    "\n" HEAD "l :\r\n 3\r\nX: y\r\n\r\nabc" HEAD "Content-length: 0\r\n\r\n\r\n";
static const int lengths[] = {2, 2, 2, 67, 1, 44, 45, 2};

/* Feeds the stream in pieces as long as those of the list, which is gone through again and again,
   and checks that the messages are found as if it had come in one. */
static void assert_found(const size_t *pieces, size_t n)
{
    struct sipreg_frame frame = {0, 0, 0};
    size_t taken = 0, there = 0, found = 0, size = sizeof stream - 1;

    for (size_t i = 0; found < COUNT(lengths); i++) {
        size_t more = pieces[i % n];
        there += more < size - there ? more : size - there;
        for (;;) {
            struct sipreg_str unread = given(stream + taken, there - taken);
            int result = sipreg_frame_next(&frame, unread.p, unread.n);
            free_given(NULL);
            if (result == SIPREG_PARTIAL)
                break;
            assert_true(found < COUNT(lengths));
            assert_int_equal(result, lengths[found]);
            found++;
            taken += (size_t)result;
        }
        assert_true(there < size || found == COUNT(lengths));
    }
    assert_int_equal(taken, size);
    assert_int_equal(frame.seen, 0);
    assert_int_equal(frame.body, 0);
}

static void test_a_stream_gives_the_same_messages_in_one_piece_and_octet_by_octet(void **state)
{
    const size_t whole = sizeof stream, one = 1;

    (void)state;
    assert_found(&whole, 1);
    assert_found(&one, 1);
}

static void test_a_stream_gives_the_same_messages_wherever_it_is_cut_in_two(void **state)
{
    (void)state;
    for (size_t cut = 1; cut < sizeof stream; cut++) {
        const size_t pieces[] = {cut, sizeof stream};
        assert_found(pieces, 2);
    }
}

static void test_a_stream_gives_the_same_messages_in_pieces_of_any_size(void **state)
{
    (void)state;
    for (size_t a = 2; a < 12; a++) {
        for (size_t b = 1; b < 12; b++) {
            const size_t pieces[] = {a, b};
            assert_found(pieces, 2);
        }
    }
}

struct row {
    const char *text;
    int result;
};

static void test_a_length_that_is_missing_wrong_or_contradicted_loses_the_framing(void **state)
{
    static const struct row rows[] = {
        {HEAD "\r\n", SIPREG_SYNTAX},
        {HEAD "Content-Length:\r\n\r\n", SIPREG_SYNTAX},
        {HEAD "Content-Length: -999\r\n\r\n", SIPREG_SYNTAX},
        {HEAD "Content-Length: five\r\n\r\n", SIPREG_SYNTAX},
        {HEAD "Content-Length: 0x5\r\n\r\n", SIPREG_SYNTAX},
        {HEAD "Content-Length: 5 5\r\n\r\n", SIPREG_SYNTAX},
        {HEAD "Content-Length: 3\r\nl: 4\r\n\r\nabcd", SIPREG_SYNTAX},
        {HEAD "Content-Length: 0\r\nl: 1\r\n\r\nabcd", SIPREG_SYNTAX},
        {HEAD "Content-Length: 3\r\nl: 3\r\n\r\nabcd", 54},
        {HEAD "Content-Length: 65536\r\n\r\n", SIPREG_LIMIT},
        {HEAD "Content-Length: 65535\r\n\r\n", SIPREG_LIMIT},
        {HEAD "Content-Length: 65487\r\n\r\n", SIPREG_LIMIT},
        {HEAD "Content-Length: 65486\r\n\r\n", SIPREG_PARTIAL},
        {HEAD "Content-Length: 4294967328\r\n\r\n", SIPREG_LIMIT},
        {HEAD "Content-Length: 18446744073709551621\r\n\r\n", SIPREG_LIMIT},
        {HEAD "no colon\r\nContent-Length: 0\r\n\r\n", SIPREG_SYNTAX},
        {"OPTIONS sip:h SIP/2.0\r\nl:0\r\n\r\n", 30},
        {"", SIPREG_PARTIAL},
        {"\r", SIPREG_PARTIAL},
        {"\r\n", 2},
        {"\r\nSIP", 2},
        {"\rSIP\n", SIPREG_PARTIAL},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct sipreg_str text = given_text(rows[i].text);
        struct sipreg_frame frame = {0, 0, 0};
        int result = sipreg_frame_next(&frame, text.p, text.n);
        if (result != rows[i].result)
            fail_msg("row %u: %d instead of %d", (unsigned)i, result, rows[i].result);
    }
}

static void test_a_message_may_have_65535_octets_and_no_more(void **state)
{
    static const char start[] = HEAD "X: ";
    static const char end[] = "\r\nl: 0\r\n\r\n";

    (void)state;
    for (size_t size = 65534; size <= 65537; size++) {
        char *text = (char *)malloc(size);
        struct sipreg_frame frame = {0, 0, 0};
        assert_non_null(text);
        memset(text, 'x', size);
        memcpy(text, start, sizeof start - 1);
        memcpy(text + size - (sizeof end - 1), end, sizeof end - 1);
        assert_int_equal(sipreg_frame_next(&frame, text, size),
                         size <= 65535 ? (int)size : SIPREG_LIMIT);
        free(text);
    }
}

static void test_a_line_that_never_ends_is_given_up(void **state)
{
    static const char *const starts[] = {"", HEAD, HEAD "X: "};
    char *text = (char *)malloc(65536);

    (void)state;
    assert_non_null(text);
    for (size_t i = 0; i < COUNT(starts); i++) {
        struct sipreg_frame frame = {0, 0, 0};
        memset(text, 'x', 65536);
        memcpy(text, starts[i], strlen(starts[i]));
        assert_int_equal(sipreg_frame_next(&frame, text, 65535), SIPREG_PARTIAL);
        assert_int_equal(sipreg_frame_next(&frame, text, 65536), SIPREG_LIMIT);
    }
    free(text);
}

/* What was a whole line before is not looked at again: it could as well be garbage by now. */
static void test_lines_that_were_seen_are_not_read_again(void **state)
{
    static const char text[] = HEAD "Content-Length: 3\r\nA: b\r\n c\r\nD: e\r\n\r\nabc";
    char copy[sizeof text];
    struct sipreg_frame frame = {0, 0, 0};
    int result = SIPREG_PARTIAL;

    (void)state;
    memcpy(copy, text, sizeof text);
    for (size_t n = 1; n < sizeof text; n++) {
        size_t before = frame.seen;
        result = sipreg_frame_next(&frame, copy, n);
        if (result == SIPREG_PARTIAL) {
            assert_true(frame.seen >= before && frame.seen <= n);
            memset(copy, '\n', frame.seen);
        }
    }
    assert_int_equal(result, sizeof text - 1);
}

/* Nor is the part of a line that has been looked through: line ends put there are not found. */
static void test_an_unfinished_line_is_not_looked_through_again(void **state)
{
    static const char text[] = HEAD "A: a long line that comes in two pieces";
    const size_t size = sizeof text - 1;
    char copy[sizeof text];
    struct sipreg_frame frame = {0, 0, 0};

    (void)state;
    memcpy(copy, text, sizeof text);
    assert_int_equal(sipreg_frame_next(&frame, copy, size - 10), SIPREG_PARTIAL);
    memset(copy + frame.seen + 1, '\n', size - 11 - frame.seen);
    assert_int_equal(sipreg_frame_next(&frame, copy, size), SIPREG_PARTIAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_a_stream_gives_the_same_messages_in_one_piece_and_octet_by_octet),
        TEST(test_a_stream_gives_the_same_messages_wherever_it_is_cut_in_two),
        TEST(test_a_stream_gives_the_same_messages_in_pieces_of_any_size),
        TEST(test_a_length_that_is_missing_wrong_or_contradicted_loses_the_framing),
        TEST(test_a_message_may_have_65535_octets_and_no_more),
        TEST(test_a_line_that_never_ends_is_given_up),
        TEST(test_lines_that_were_seen_are_not_read_again),
        TEST(test_an_unfinished_line_is_not_looked_through_again),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
