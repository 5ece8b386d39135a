/*
 * frame.c - where does this message end in a stream? (RFC 3261 7.5, 18.3)
 *
 * The stream is the caller's; what stays here between calls are two counts: how many octets are
 * known to be whole header lines, and what Content-Length said. So octets that trickle in one by
 * one cost one look each, and the result does not depend on how they were cut.
 */
#include <sipreg/response.h>

#include "names.h"

enum { MESSAGE_MAX = 65535 }; /* 18.1.1: the largest a message can be */

static const struct sipreg_frame start;

static int done(struct sipreg_frame *frame, size_t n)
{
    *frame = start;
    return (int)n;
}

/* Content-Length: digits only, and twice only if both say the same. */
static int note_length(struct sipreg_frame *frame, struct sipreg_str value)
{
    uint32_t length;
    int result = sipreg_str_number(value, MESSAGE_MAX, &length);

    if (result != SIPREG_OK)
        return result;
    if (frame->body != 0 && frame->body != 1 + (int64_t)length)
        return SIPREG_SYNTAX;
    frame->body = 1 + (int64_t)length;
    return SIPREG_OK;
}

/* The empty line has come: is the body here? */
static int finish(struct sipreg_frame *frame, size_t head, size_t n)
{
    size_t whole;

    if (frame->body == 0)
        return SIPREG_SYNTAX;
    whole = head + (size_t)(frame->body - 1);
    if (whole > MESSAGE_MAX)
        return SIPREG_LIMIT;
    return whole <= n ? done(frame, whole) : SIPREG_PARTIAL;
}

/* A start line is any line; what it says is for the parser. */
static bool take_start_line(struct sipreg_cursor *c)
{
    while (c->p < c->end) {
        if (*c->p++ == '\n')
            return true;
    }
    return false;
}

int sipreg_frame_next(struct sipreg_frame *frame, const void *bytes, size_t n)
{
    const char *first = (const char *)bytes;
    struct sipreg_str all = {first, n};
    struct sipreg_cursor c = sipreg_cursor_of(all);
    struct sipreg_line line;
    int result;

    if (n == 0)
        return SIPREG_PARTIAL;
    if (frame->seen == 0) {
        if (sipreg_line_empty(&c))
            return done(frame, (size_t)(c.p - first));
        if (!take_start_line(&c))
            return n > MESSAGE_MAX ? SIPREG_LIMIT : SIPREG_PARTIAL;
        frame->seen = (size_t)(c.p - first);
    }
    c.p = first + frame->seen;
    while (!sipreg_line_empty(&c)) {
        result = sipreg_line_take(&c, &line);
        if (result == SIPREG_OK && sipreg_name_find(line.name) == SIPREG_CONTENT_LENGTH)
            result = note_length(frame, line.value);
        if (result == SIPREG_PARTIAL)
            return n > MESSAGE_MAX ? SIPREG_LIMIT : SIPREG_PARTIAL;
        if (result != SIPREG_OK)
            return result;
        frame->seen = (size_t)(c.p - first);
    }
    return finish(frame, (size_t)(c.p - first), n);
}
