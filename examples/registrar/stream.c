/*
 * stream.c: where does a message end in a stream, and how much of an answer can go out now?
 *
 * A stream has one buffer each way. Messages are read in place at the beginning of the first, which
 * holds the longest one we take; answers queue up in the second. The scripted fault "split" makes
 * the second drain by a byte each few milliseconds, so that the client gets to see each alone.
 */
#include "stream.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define SPLIT_GAP_MS 2

/* Like tls_read() and tls_write(): bytes moved, 0 for not now, negative for the end. */
static int read_some(struct stream *stream, char *bytes, size_t n)
{
    ssize_t got;

    if (stream->tls != NULL)
        return tls_read(stream->tls, bytes, n);
    got = recv(stream->fd, bytes, n, 0);
    if (got > 0)
        return (int)got;
    return got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR) ? 0 : -1;
}

static int write_some(struct stream *stream, const char *bytes, size_t n)
{
    ssize_t sent;

    if (stream->tls != NULL)
        return tls_write(stream->tls, bytes, n);
    sent = send(stream->fd, bytes, n, MSG_NOSIGNAL);
    if (sent >= 0)
        return (int)sent;
    return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR ? 0 : -1;
}

static void note_end(struct stream *stream, int result)
{
    if (stream->tls != NULL && !tls_ended_well(result))
        snprintf(stream->end, sizeof stream->end, "TLS failed, error -0x%04x", (unsigned)-result);
    else
        snprintf(stream->end, sizeof stream->end, "closed by the client");
}

/* One read per call, so that no connection holds up the others; but TLS may have more in store than
 * the socket shows, so it is asked until it has no more or the buffer is full. */
bool stream_receive(struct stream *stream)
{
    int got;

    do {
        if (stream->in_n == sizeof stream->in)
            return true;
        got = read_some(stream, stream->in + stream->in_n, sizeof stream->in - stream->in_n);
        if (got < 0) {
            note_end(stream, got);
            return false;
        }
        stream->in_n += (size_t)got;
    } while (got > 0 && stream->tls != NULL);
    return true;
}

void stream_consume(struct stream *stream, size_t n)
{
    stream->in_n -= n;
    memmove(stream->in, stream->in + n, stream->in_n);
}

/* RFC 3261 7.5: CRLFs before a message do not count. RFC 5626 4.4.1: two of them are a ping, and
 * one is its pong. */
static void skip_crlfs(struct stream *stream)
{
    size_t n = 0;

    while (n + 2 <= stream->in_n && memcmp(stream->in + n, "\r\n", 2) == 0) {
        n += 2;
        if (n % 4 == 0)
            stream_queue(stream, "\r\n", 2);
    }
    stream_consume(stream, n);
}

size_t stream_message(struct stream *stream, const char **why)
{
    size_t n;

    if (stream->in_n < 4 && memcmp(stream->in, "\r\n\r\n", stream->in_n) == 0)
        return 0; /* half a ping, perhaps */
    skip_crlfs(stream);
    n = message_length(stream->in, stream->in_n, why);
    if (n == 0 && *why == NULL && stream->in_n == sizeof stream->in)
        *why = "a message longer than 16384 bytes";
    return n;
}

bool stream_queue(struct stream *stream, const char *bytes, size_t n)
{
    if (n > sizeof stream->out - stream->out_n)
        return false;
    memcpy(stream->out + stream->out_n, bytes, n);
    stream->out_n += n;
    return true;
}

bool stream_flush(struct stream *stream, int64_t now)
{
    int sent;

    while (stream->out_n > 0) {
        if (stream->split && now < stream->next_at)
            return true;
        /* A TLS write that had to wait must come back with the same length. */
        if (stream->tried == 0)
            stream->tried = stream->split ? 1 : stream->out_n;
        sent = write_some(stream, stream->out, stream->tried);
        if (sent <= 0)
            return sent == 0;
        stream->tried = 0;
        stream->out_n -= (size_t)sent;
        memmove(stream->out, stream->out + sent, stream->out_n);
        stream->next_at = now + SPLIT_GAP_MS;
    }
    stream->split = false;
    return true;
}

void stream_close(struct stream *stream)
{
    if (stream->tls != NULL)
        tls_session_close(stream->tls);
    close(stream->fd);
    stream->tls = NULL;
    stream->fd = -1;
}
