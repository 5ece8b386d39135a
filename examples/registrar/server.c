/*
 * server.c: what has arrived on which socket, and what is due to be sent?
 *
 * One loop over poll(). Everything that came in goes through take_message(), be it a datagram or a
 * message cut from a stream; every answer leaves through deliver(), at once, or later if a script
 * delays it, or again if the client repeats its request.
 */
#include "server.h"

#include "log.h"
#include "sockets.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define LISTEN_FDS       4
#define LONGEST_WAIT_MS  60000
#define DATAGRAMS_A_TURN 64
#define READS_NOTHING    "closed, for it does not read what it is sent"

static int64_t now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* --- opening and closing --- */

bool server_open(struct server *server, const struct options *options, struct out *why)
{
    size_t i;

    server->options = options;
    server->udp_fd = server->tcp_fd = server->tls_fd = -1;
    for (i = 0; i < STREAMS_MAX; i++)
        server->streams[i].fd = -1;
    if (!random_open(&server->random)) {
        out_format(why, "mbedTLS has no randomness");
        return false;
    }
    service_open(&server->service, options, &server->random);
    if (options->tls >= 0) {
        server->tls = tls_open(options->cert, options->key, &server->random, why);
        if (server->tls == NULL)
            return false;
    }
    return socket_open(options, OVER_UDP, options->udp, &server->udp_fd, why) &&
           socket_open(options, OVER_TCP, options->tcp, &server->tcp_fd, why) &&
           socket_open(options, OVER_TLS, options->tls, &server->tls_fd, why);
}

static void close_if_open(int fd)
{
    if (fd >= 0)
        close(fd);
}

void server_close(struct server *server)
{
    size_t i;

    for (i = 0; i < STREAMS_MAX; i++) {
        if (server->streams[i].fd >= 0)
            stream_close(&server->streams[i]);
    }
    close_if_open(server->udp_fd);
    close_if_open(server->tcp_fd);
    close_if_open(server->tls_fd);
    transactions_close(&server->transactions);
    tls_close(server->tls);
    random_close(&server->random);
}

/* --- answers --- */

static void drop_stream(struct server *server, struct stream *stream, const char *why)
{
    log_line(server, "--", &stream->route, &stream->source, why);
    stream_close(stream);
}

static struct stream *find_stream(struct server *server, uint64_t connection)
{
    size_t i;

    for (i = 0; i < STREAMS_MAX; i++) {
        if (server->streams[i].fd >= 0 && server->streams[i].route.connection == connection)
            return &server->streams[i];
    }
    return NULL;
}

static void send_datagram(struct server *server, const struct route *route, const char *bytes,
                          size_t n, const char *label)
{
    struct source source;

    route_source(route, &source);
    if (sendto(server->udp_fd, bytes, n, 0, (const struct sockaddr *)&route->address,
               route->address_length) < 0)
        log_line(server, "--", route, &source, strerror(errno));
    else
        log_line(server, "->", route, &source, label);
}

/* A client that is gone, or reads nothing, loses its answer, as it would on any network. */
static void send_on_stream(struct server *server, const struct route *route, const char *bytes,
                           size_t n, const char *label, bool split)
{
    struct stream *stream = find_stream(server, route->connection);

    if (stream == NULL)
        return;
    stream->split = stream->split || split;
    log_line(server, "->", route, &stream->source, label);
    if (!stream_queue(stream, bytes, n))
        drop_stream(server, stream, READS_NOTHING);
    else if (!stream_flush(stream, now_ms()))
        drop_stream(server, stream, "closed by the client");
}

static void deliver_nothing(struct server *server, const struct transaction *transaction,
                            const struct route *route)
{
    struct stream *stream = find_stream(server, route->connection);
    struct source source;

    route_source(route, &source);
    log_line(server, "->", route, &source, transaction->label);
    if (transaction->step.close && stream != NULL)
        drop_stream(server, stream, "closed, as the script says");
}

static void deliver(struct server *server, struct transaction *transaction,
                    const struct route *route)
{
    const struct step *step = &transaction->step;
    uint32_t copy;

    transaction->sent = true;
    if (step->drop || step->close || step->lose_answer) {
        deliver_nothing(server, transaction, route);
        return;
    }
    for (copy = 0; copy <= step->extra_copies; copy++) {
        if (route->transport == OVER_UDP)
            send_datagram(server, route, transaction->bytes, transaction->n, transaction->label);
        else
            send_on_stream(server, route, transaction->bytes, transaction->n, transaction->label,
                           step->split);
    }
}

static void deliver_what_is_due(struct server *server, int64_t now)
{
    size_t i;

    for (i = 0; i < TRANSACTIONS_MAX; i++) {
        struct transaction *transaction = &server->transactions.places[i];

        if (transaction->key[0] != '\0' && !transaction->sent && transaction->due_at <= now)
            deliver(server, transaction, &transaction->route);
    }
}

/* --- requests --- */

static void answer_unreadable(struct server *server, const struct request *request,
                              const struct route *route, const char *wrong, struct answer *answer)
{
    char what[LABEL_MAX];

    snprintf(what, sizeof what, "unreadable: %s", wrong);
    log_line(server, "<-", route, &request->source, what);
    if (request->via.at == NULL || text_is(request->method, "ACK"))
        return;
    service_refuse(&server->service, request, wrong, answer);
    snprintf(what, sizeof what, "400 %s", wrong);
    if (answer->out.full)
        return;
    if (route->transport == OVER_UDP)
        send_datagram(server, route, answer->out.at, answer->out.n, what);
    else
        send_on_stream(server, route, answer->out.at, answer->out.n, what, false);
}

static void answer_new(struct server *server, const struct request *request,
                       const struct route *route, struct answer *answer, int64_t now)
{
    struct step step = service_answer(&server->service, request, now, answer);
    struct transaction *transaction;

    if (answer->out.full) {
        log_line(server, "--", route, &request->source, "no answer, for it would be too long");
        return;
    }
    transaction = transactions_add(&server->transactions, request, route, answer, &step, now);
    if (transaction == NULL)
        log_line(server, "--", route, &request->source, "no answer, for there is no memory");
    else if (transaction->due_at <= now)
        deliver(server, transaction, route);
}

/* A retransmission is answered as before, also if it came by another way; if the answer is not due
 * yet, it will do for both. */
static void take_message(struct server *server, const struct route *from, char *bytes, size_t n,
                         int64_t now)
{
    struct answer answer = {{NULL, 0, 0, false}, 0, ""};
    struct transaction *transaction;
    struct request request;
    struct source source;
    struct route route = *from;
    const char *wrong;

    route_source(&route, &source);
    answer.out = out_into(server->answer, sizeof server->answer);
    wrong = request_read(&request, bytes, n, &source);
    if (request.via.at != NULL)
        route_set_port(&route, route.transport == OVER_UDP ? request.reply_port : source.port);
    if (wrong != NULL) {
        answer_unreadable(server, &request, &route, wrong, &answer);
        return;
    }
    transaction = transactions_find(&server->transactions, &request, now);
    log_request(server, from, &request, transaction != NULL ? "(again)" : "");
    if (text_is(request.method, "ACK"))
        return;
    if (transaction == NULL)
        answer_new(server, &request, &route, &answer, now);
    else if (transaction->sent)
        deliver(server, transaction, &route);
}

static void take_datagrams(struct server *server)
{
    struct route route;
    int turns;

    memset(&route, 0, sizeof route);
    for (turns = 0; turns < DATAGRAMS_A_TURN; turns++) {
        ssize_t n;

        route.address_length = sizeof route.address;
        n = recvfrom(server->udp_fd, server->datagram, sizeof server->datagram, 0,
                     (struct sockaddr *)&route.address, &route.address_length);
        if (n < 0)
            return;
        /* CRLF, or nothing at all, keeps a NAT open and is no message (RFC 5626 4.4). */
        if (n > 4 && n <= MESSAGE_MAX)
            take_message(server, &route, server->datagram, (size_t)n, now_ms());
    }
}

/* --- streams --- */

static struct stream *free_stream(struct server *server)
{
    size_t i;

    for (i = 0; i < STREAMS_MAX; i++) {
        if (server->streams[i].fd < 0)
            return &server->streams[i];
    }
    return NULL;
}

static void accept_stream(struct server *server, int listening, enum transport transport)
{
    struct stream *stream = free_stream(server);
    struct route route;
    int one = 1, fd;

    memset(&route, 0, sizeof route);
    route.transport = transport;
    route.connection = ++server->last_connection;
    route.address_length = sizeof route.address;
    fd = accept(listening, (struct sockaddr *)&route.address, &route.address_length);
    if (fd < 0)
        return;
    if (stream == NULL) {
        fprintf(stderr, "sipreg-registrar: refused a connection, for there are 128 already\n");
        close(fd);
        return;
    }
    socket_do_not_block(fd);
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    memset(stream, 0, sizeof *stream);
    stream->fd = fd;
    stream->route = route;
    route_source(&route, &stream->source);
    log_line(server, "--", &route, &stream->source, "connected");
    if (transport == OVER_TLS && !(stream->tls = tls_session_open(server->tls, fd)))
        drop_stream(server, stream, "closed, for there is no memory");
}

/* An answer may end the connection, or another may even have taken its place; so look again. */
static bool still_there(const struct stream *stream, uint64_t connection)
{
    return stream->fd >= 0 && stream->route.connection == connection;
}

/* True if there may be more: TLS keeps what did not fit into our buffer, and poll() cannot see it.
 */
static bool take_from_stream(struct server *server, struct stream *stream)
{
    uint64_t connection = stream->route.connection;
    const char *why = NULL;
    bool open = stream_receive(stream);
    bool full = stream->in_n == sizeof stream->in;
    size_t n;

    while ((n = stream_message(stream, &why)) > 0) {
        take_message(server, &stream->route, stream->in, n, now_ms());
        if (!still_there(stream, connection))
            return false;
        stream_consume(stream, n);
    }
    if (!open || why != NULL)
        drop_stream(server, stream, why != NULL ? why : stream->end);
    else if (!stream_flush(stream, now_ms()))
        drop_stream(server, stream, "closed by the client");
    else
        return full;
    return false;
}

/* --- the loop --- */

static short events_wanted(const struct stream *stream, int64_t now)
{
    bool output = stream->out_n > 0 && (!stream->split || stream->next_at <= now);

    if (stream->tls != NULL && tls_wants_to_write(stream->tls))
        output = true;
    return (short)(POLLIN | (output ? POLLOUT : 0));
}

static int64_t earlier(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static int wait_ms(const struct server *server, int64_t now)
{
    int64_t until = now + LONGEST_WAIT_MS;
    size_t i;

    for (i = 0; i < TRANSACTIONS_MAX; i++) {
        const struct transaction *transaction = &server->transactions.places[i];

        if (transaction->key[0] != '\0' && !transaction->sent)
            until = earlier(until, transaction->due_at);
    }
    for (i = 0; i < STREAMS_MAX; i++) {
        const struct stream *stream = &server->streams[i];

        if (stream->fd >= 0 && stream->split && stream->out_n > 0)
            until = earlier(until, stream->next_at);
    }
    return until > now ? (int)(until - now) : 0;
}

/* poll() passes over a negative descriptor, so what is not open needs no special case. */
static void fill_poll(const struct server *server, int stop_fd, struct pollfd *fds, int64_t now)
{
    const int listening[LISTEN_FDS] = {stop_fd, server->udp_fd, server->tcp_fd, server->tls_fd};
    size_t i;

    for (i = 0; i < LISTEN_FDS; i++) {
        fds[i].fd = listening[i];
        fds[i].events = POLLIN;
    }
    for (i = 0; i < STREAMS_MAX; i++) {
        fds[LISTEN_FDS + i].fd = server->streams[i].fd;
        if (server->streams[i].fd >= 0)
            fds[LISTEN_FDS + i].events = events_wanted(&server->streams[i], now);
    }
}

static void serve_streams(struct server *server, const struct pollfd *fds)
{
    size_t i;

    for (i = 0; i < STREAMS_MAX; i++) {
        struct stream *stream = &server->streams[i];

        if (stream->fd < 0 || stream->fd != fds[i].fd)
            continue;
        if (fds[i].revents != 0) {
            while (take_from_stream(server, stream))
                continue;
        } else if (stream->split && !stream_flush(stream, now_ms())) {
            drop_stream(server, stream, "closed by the client");
        }
    }
}

void server_run(struct server *server, int stop_fd)
{
    struct pollfd fds[LISTEN_FDS + STREAMS_MAX];

    memset(fds, 0, sizeof fds);
    for (;;) {
        int64_t now = now_ms();

        fill_poll(server, stop_fd, fds, now);
        if (poll(fds, LISTEN_FDS + STREAMS_MAX, wait_ms(server, now)) < 0)
            continue; /* a signal; the next round sees stop_fd */
        if (fds[0].revents != 0)
            return;
        deliver_what_is_due(server, now_ms());
        if (fds[1].revents != 0)
            take_datagrams(server);
        serve_streams(server, fds + LISTEN_FDS);
        if (fds[2].revents != 0)
            accept_stream(server, server->tcp_fd, OVER_TCP);
        if (fds[3].revents != 0)
            accept_stream(server, server->tls_fd, OVER_TLS);
    }
}
