/*
 * fuzz_frame.c - messages in a stream: the same however it is cut.
 *
 * The octets are a stream. It is framed as it would be if it came whole, octet by octet, in two
 * pieces and in pieces of changing sizes; the frames must be the same, and those that a second
 * reader finds, who sees all octets at once. One that is a response must be read to its end by
 * sipreg_response_parse().
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

/* ---------------------------------------------------------------- the second reader */

/* A message as it should be (7, 18.3): lines with a name and a colon, up to an empty one, and a
   Content-Length that says one thing, however often. */
struct second {
    bool good;
    size_t head, length;
    unsigned lengths;
};

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static bool is_space(char c)
{
    return is_blank(c) || c == '\r' || c == '\n';
}

/* A line with its folds; 0: its end is not there. */
static size_t line_length(const char *p, size_t n)
{
    for (size_t i = 0; i + 1 < n; i++) {
        if (p[i] == '\n' && !is_blank(p[i + 1]))
            return i + 1;
    }
    return 0;
}

static bool is_length(const char *name, size_t n)
{
    static const char full[] = "content-length";

    if (n == 1)
        return *name == 'l' || *name == 'L';
    for (size_t i = 0; n == sizeof full - 1 && i < n; i++) {
        if ((name[i] | 0x20) != (full[i] | 0x20))
            return false;
    }
    return n == sizeof full - 1;
}

/* Digits, with blanks and folds around them. Far too much is a million. */
static void read_length(struct second *s, const char *p, const char *end)
{
    size_t length = 0, digits = 0;

    while (p < end && is_space(end[-1]))
        end--;
    while (p < end && is_space(*p))
        p++;
    for (; p < end && *p >= '0' && *p <= '9'; p++, digits++)
        length = length < 1000000 ? length * 10 + (size_t)(*p - '0') : 1000000;
    s->good = s->good && p == end && digits > 0 && (s->lengths == 0 || s->length == length);
    s->length = length;
    s->lengths++;
}

static void read_line(struct second *s, const char *p, size_t n)
{
    static const char others[] = "-.!%*_+`'~";
    size_t i = 0, name;

    while (i < n &&
           ((p[i] >= '0' && p[i] <= '9') || ((p[i] | 0x20) >= 'a' && (p[i] | 0x20) <= 'z') ||
            (p[i] != '\0' && strchr(others, p[i]) != NULL)))
        i++;
    for (name = i; i < n && is_blank(p[i]);)
        i++;
    s->good = s->good && name > 0 && i < n && p[i] == ':';
    if (s->good && is_length(p, name))
        read_length(s, p + i + 1, p + n);
}

/* How long the first message is, all there or not, or an empty line in front; 0: that is not to be
   known, or not yet. */
static size_t read_second(const char *p, size_t n)
{
    const char *lf = n == 0 ? NULL : (const char *)memchr(p, '\n', n);
    struct second s = {lf != NULL, lf == NULL ? 0 : (size_t)(lf + 1 - p), 0, 0};
    size_t line;

    if (s.good && (s.head == 1 || (s.head == 2 && p[0] == '\r')))
        return s.head;
    for (; s.good; s.head += line) {
        const char *at = p + s.head;
        size_t left = n - s.head;
        if ((left > 0 && at[0] == '\n') || (left > 1 && at[0] == '\r' && at[1] == '\n')) {
            s.head += at[0] == '\n' ? 1 : 2;
            return s.lengths > 0 ? s.head + s.length : 0;
        }
        line = line_length(at, left);
        s.good = line > 0;
        if (s.good)
            read_line(&s, at, line);
    }
    return 0;
}

static void check_second(const struct frames *whole, const char *octets, size_t n)
{
    size_t at = 0;

    for (size_t i = 0; i < whole->count; i++) {
        size_t length = read_second(octets + at, n - at);
        int result = whole->results[i];
        if (length > 65535)
            HOLDS(result == SIPREG_LIMIT);
        else if (length > n - at)
            HOLDS(result == SIPREG_PARTIAL);
        else
            HOLDS(length > 0 ? result == (int)length : result < 0);
        at += length;
    }
}

/* ---------------------------------------------------------------- the target */

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
    check_second(&whole, octets, n);
    check_cuts(&whole, octets, n);
    check_messages(&whole, octets);
    return 0;
}
