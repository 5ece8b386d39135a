/*
 * frame.c - where does this message end in a stream? (RFC 3261 7.5, 18.3)
 *
 * The stream is the caller's; what stays here between calls are three counts: how many octets are
 * known to be whole header lines, how far a line end was looked for, and what Content-Length said.
 * So octets that trickle in one by one cost one look each, and the result does not depend on how
 * they were cut.
 */
#include <sipreg/response.h>

#include "chars.h"
#include "names.h"

#include <string.h>

enum { MESSAGE_MAX = SIPREG_MESSAGE_MAX };

/*@ // What is remembered of the n octets at hand. They may have become more, never fewer.
    predicate remembered{L}(struct sipreg_frame *f, integer n) =
        \valid(f) && f->seen <= f->looked <= n && 0 <= f->body <= 1 + MESSAGE_MAX;
*/

/*@ requires \valid(frame) && 0 < n <= MESSAGE_MAX;
    assigns *frame;
    ensures \result == n && remembered(frame, 0);
*/

static int done(struct sipreg_frame *frame, size_t n)
{
    frame->seen = frame->looked = 0;
    frame->body = 0;
    return (int)n;
}

/*@ requires remembered(frame, frame->looked) && readable(value);
    assigns frame->body;
    ensures remembered(frame, frame->looked);
    ensures \result == SIPREG_OK || \result == SIPREG_SYNTAX || \result == SIPREG_LIMIT;
*/
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

/*@ requires remembered(frame, n) && 0 < head <= n <= PTRDIFF_MAX;
    assigns *frame;
    ensures remembered(frame, n);
    ensures 0 < \result <= n || \result == SIPREG_SYNTAX || \result == SIPREG_LIMIT ||
            \result == SIPREG_PARTIAL;
*/
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

/*@ requires remembered(frame, n) && n <= PTRDIFF_MAX && \valid_read(first + (0 .. n - 1));
    requires \separated(frame, first + (0 .. n - 1));
    assigns frame->looked;
    ensures remembered(frame, n) && \old(frame->looked) <= frame->looked;
    ensures \result ==> frame->looked < n;
*/
/* Moves on to the next LF. False: there is none yet, and what was looked at is not looked at again.
 */
static bool find_lf(struct sipreg_frame *frame, const char *first, size_t n)
{
    const char *lf = (const char *)memchr(first + frame->looked, '\n', n - frame->looked);

    frame->looked = lf == NULL ? n : (size_t)(lf - first);
    return lf != NULL;
}

/*@ requires remembered(frame, n) && n <= PTRDIFF_MAX && \valid_read(first + (0 .. n - 1));
    requires \separated(frame, first + (0 .. n - 1));
    assigns frame->looked;
    ensures remembered(frame, n);
*/
/* Is a header line there with all its folds, which only the octet behind it can tell? */
static bool line_is_whole(struct sipreg_frame *frame, const char *first, size_t n)
{
    /*@ loop invariant remembered(frame, n);
        loop assigns frame->looked;
        loop variant n - frame->looked;
    */
    while (find_lf(frame, first, n) && frame->looked + 1 < n) {
        frame->looked++;
        if (!sipreg_is(first[frame->looked], SIPREG_BLANK))
            return true;
    }
    return false;
}

/*@ requires remembered(frame, n) && 0 < n <= PTRDIFF_MAX && \valid_read(first + (0 .. n - 1));
    requires \separated(frame, first + (0 .. n - 1)) && \separated(c, frame) &&
             \separated(c, first + (0 .. n - 1));
    requires \valid(c) && c->end == first + n;
    assigns *c, *frame;
    ensures remembered(frame, n);
    ensures \result == SIPREG_OK ==>
        c->end == first + n && \base_addr(c->p) == \base_addr(first) && 0 < c->p - first <= n;
    ensures \result == SIPREG_OK || \result == SIPREG_PARTIAL || \result == SIPREG_SYNTAX ||
            \result == SIPREG_LIMIT;
*/
/* Header lines up to the empty one. SIPREG_OK, and *c is behind it. */
static int take_head(struct sipreg_frame *frame, struct sipreg_cursor *c, const char *first,
                     size_t n)
{
    struct sipreg_line line;
    int result;

    /*@ loop invariant remembered(frame, n);
        loop invariant readable(*c) && c->end == first + n;
        loop invariant \base_addr(c->p) == \base_addr(first) && c->p == first + frame->seen;
        loop assigns *c, *frame, line, result;
        loop variant c->end - c->p;
    */
    for (c->p = first + frame->seen; !sipreg_line_empty(c);) {
        if (!line_is_whole(frame, first, n))
            return SIPREG_PARTIAL;
        result = sipreg_line_take(c, &line);
        if (result == SIPREG_OK && sipreg_name_find(line.name) == SIPREG_CONTENT_LENGTH)
            result = note_length(frame, line.value);
        if (result != SIPREG_OK)
            return result;
        frame->seen = frame->looked = (size_t)(c->p - first);
    }
    return SIPREG_OK;
}

/*@ requires remembered(frame, n) && n <= PTRDIFF_MAX;
    requires \valid_read((char *)bytes + (0 .. n - 1));
    requires \separated(frame, (char *)bytes + (0 .. n - 1));
    assigns *frame;
    ensures remembered(frame, n);
    ensures 0 < \result <= n || \result == SIPREG_SYNTAX || \result == SIPREG_LIMIT ||
            \result == SIPREG_PARTIAL;
*/
int sipreg_frame_next(struct sipreg_frame *frame, const void *bytes, size_t n)
{
    const char *first = (const char *)bytes;
    struct sipreg_str all = {first, n};
    struct sipreg_cursor c = sipreg_cursor_of(all);
    int result = SIPREG_PARTIAL;

    if (n == 0)
        return SIPREG_PARTIAL;
    if (frame->seen == 0) {
        if (sipreg_line_empty(&c))
            return done(frame, (size_t)(c.p - first));
        if (find_lf(frame, first, n)) /* a start line is any line: what it says is for the parser */
            frame->seen = ++frame->looked;
    }
    if (frame->seen > 0)
        result = take_head(frame, &c, first, n);
    if (result == SIPREG_PARTIAL && n > MESSAGE_MAX)
        return SIPREG_LIMIT;
    return result == SIPREG_OK ? finish(frame, (size_t)(c.p - first), n) : result;
}
