/*
 * stream.h: one TCP or TLS connection.
 */
#ifndef REGISTRAR_STREAM_H
#define REGISTRAR_STREAM_H

#include "message.h"
#include "tls.h"
#include "transactions.h"

#define STREAM_OUT_MAX 65536

struct stream {
    int fd; /* -1: this place is free */
    struct route route;
    struct source source;
    struct tls_session *tls; /* NULL for plain TCP */
    char in[MESSAGE_MAX];
    size_t in_n;
    char out[STREAM_OUT_MAX];
    size_t out_n, tried;
    bool split;      /* what is in out goes byte by byte */
    int64_t next_at; /* and not before this instant */
    char end[48];    /* for the log: how the connection ended */
};

/* Takes in what has arrived. False: the connection is over, and stream->end says how. */
bool stream_receive(struct stream *stream);

/* The length of the first whole message in stream->in, 0 if there is none. Answers CRLF pings on
 * the way. *why is set if the stream can no longer be understood. */
size_t stream_message(struct stream *stream, const char **why);
void stream_consume(struct stream *stream, size_t n);

/* False: the client does not read what it is sent. */
bool stream_queue(struct stream *stream, const char *bytes, size_t n);

/* Sends what can be sent now. False: the connection is over. */
bool stream_flush(struct stream *stream, int64_t now);

void stream_close(struct stream *stream);

#endif
