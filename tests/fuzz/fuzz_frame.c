/*
 * fuzz_frame.c - messages in a stream: the same however it is cut.
 *
 * The octets are a stream. It is framed as it would be if it came whole, octet by octet, in two
 * pieces and in pieces of changing sizes; the frames must be the same, and one that is a response
 * must be read to its end by sipreg_response_parse().
 */
#include "fuzz.h"

#include <stdlib.h>

enum { FRAMES = 256 };

/* What came out: lengths, and at last why it goes no further. */
struct frames {
    int results[FRAMES];
    size_t count;
};

/* A stream of which octets arrive; those taken are gone. */
struct stream {
    const char *octets;
    size_t taken, here;
    struct sipreg_frame frame;
    struct frames *frames;
    bool exact; /* each time in a block of their own, which costs */
};

/* Takes all frames that are there. False: framing is lost, or enough was seen. */
static bool take(struct stream *s)
{
    while (s->frames->count < FRAMES) {
        const char *unread = s->octets + s->taken;
        char *block = s->exact ? fuzz_block(unread, s->here - s->taken) : NULL;
        int result = sipreg_frame_next(&s->frame, s->exact ? block : unread, s->here - s->taken);
        free(block);
        if (result == SIPREG_PARTIAL)
            return true;
        HOLDS(result != 0 && (result < 0 || (size_t)result <= s->here - s->taken));
        s->frames->results[s->frames->count++] = result;
        if (result < 0)
            return false;
        s->taken += (size_t)result;
    }
    return false;
}

/* Pieces of `first` octets, then of `step`; with spread, of 1 to step. */
static void frame_in_pieces(struct frames *frames, const char *octets, size_t n, size_t first,
                            size_t step, uint32_t spread)
{
    struct stream s = {octets, 0, 0, {0, 0, 0}, frames, step > 1 || fuzz_thorough};
    size_t piece = first;

    frames->count = 0;
    while (s.here < n) {
        s.here += piece < n - s.here ? piece : n - s.here;
        if (!take(&s))
            return;
        spread = spread * 1664525U + (spread > 0 ? 1013904223U : 0U);
        piece = spread > 0 ? 1 + (spread >> 16) % step : step;
    }
    frames->results[frames->count] = SIPREG_PARTIAL;
    frames->count += frames->count < FRAMES ? 1 : 0;
}

static void check_same(const struct frames *a, const struct frames *b)
{
    HOLDS(a->count == b->count);
    HOLDS(memcmp(a->results, b->results, a->count * sizeof a->results[0]) == 0);
}

static void check_cuts(const struct frames *whole, const char *octets, size_t n)
{
    uint32_t h = fuzz_hash(octets, n);
    struct frames cut;

    frame_in_pieces(&cut, octets, n, 1, 1, 0);
    check_same(whole, &cut);
    frame_in_pieces(&cut, octets, n, 1 + h % n, n, 0);
    check_same(whole, &cut);
    frame_in_pieces(&cut, octets, n, 1 + h % 7, 40, h | 1);
    check_same(whole, &cut);
    for (size_t at = 1; fuzz_thorough && at < n; at++) {
        frame_in_pieces(&cut, octets, n, at, n, 0);
        check_same(whole, &cut);
    }
}

/* Both read Content-Length, so they must agree on where a message ends. */
static void check_messages(const struct frames *whole, const char *octets)
{
    const char *p = octets;

    for (size_t i = 0; i < whole->count && whole->results[i] > 0; i++) {
        size_t n = (size_t)whole->results[i];
        char *block = fuzz_block(p, n);
        struct sipreg_response response;
        int result = sipreg_response_parse(&response, block, n);
        HOLDS(result == (int)n || result == SIPREG_FOREIGN || result == SIPREG_SYNTAX);
        free(block);
        p += n;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    const char *octets = (const char *)data;
    struct frames whole;

    if (n == 0)
        return 0;
    frame_in_pieces(&whole, octets, n, n, n, 0);
    check_cuts(&whole, octets, n);
    check_messages(&whole, octets);
    return 0;
}
