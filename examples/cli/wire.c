/*
 * wire.c - how do octets come and go over an open flow?
 *
 * A datagram is a message, and one that cannot be sent now counts as lost: the client repeats it. A
 * stream, with TLS or without, is cut into messages by sipreg_frame_next(), and what it does not
 * take now waits in net->out. In a WebSocket, websocket.c makes frames of messages and messages of
 * frames; the first that is read there is the answer to its handshake.
 */
#include "net.h"

#include "system.h"
#include "trace.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

/* Keepalives are blank lines, and STUN. */
static bool is_keepalive(const char *bytes, size_t n)
{
    return n > 0 && (bytes[0] == '\r' || bytes[0] == '\n' || (unsigned char)bytes[0] <= 1);
}

static void trace(const struct net *net, bool sent, const char *bytes, size_t n)
{
    const char *transport = transport_name(net->transport);

    if (net->trace == NULL)
        return;
    if (is_keepalive(bytes, n))
        trace_keepalive(net->trace, sent, net->peer, transport);
    else
        trace_message(net->trace, sent, net->peer, transport, bytes, n);
}

/* ---- sending ---- */

static bool not_now(void)
{
    return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
}

/* Octets taken, 0: none for now, or negative: fault says why. */
static int put(struct net *net, const void *bytes, size_t n)
{
    if (net->secured) {
        int sent = tls_write(net->tls, bytes, n);

        if (sent == TLS_WANT_READ || sent == TLS_WANT_WRITE)
            return 0;
        return sent >= 0 ? sent : net_blame(net, net->tls->fault);
    } else {
        ssize_t sent = send(net->fd, bytes, n, MSG_NOSIGNAL);

        if (sent < 0 && not_now())
            return 0;
        return sent >= 0 ? (int)sent : net_blame(net, strerror(errno));
    }
}

static int flush(struct net *net)
{
    while (net->out_used > 0) {
        int sent = put(net, net->out, net->out_used);

        if (sent <= 0)
            return sent;
        net->out_used -= (size_t)sent;
        memmove(net->out, net->out + sent, net->out_used);
    }
    return 0;
}

static int send_stream(struct net *net, const void *bytes, size_t n)
{
    if (n > sizeof net->out - net->out_used)
        return net_blame(net, "it does not take what we send");
    memcpy(net->out + net->out_used, bytes, n);
    net->out_used += n;
    return flush(net);
}

/* Frames that wslay has for the server: messages, answers to pings. */
static int send_frames(struct net *net)
{
    int n =
        websocket_write(&net->websocket, net->out + net->out_used, sizeof net->out - net->out_used);

    if (n < 0)
        return net_blame(net, "it does not take what we send");
    net->out_used += (size_t)n;
    return flush(net);
}

static int send_message(struct net *net, const void *bytes, size_t n)
{
    if (!websocket_queue(&net->websocket, bytes, n))
        return net_blame(net, "no memory for a WebSocket");
    return send_frames(net);
}

/* The error of an earlier datagram (ICMP) may show here too; nothing of this one was sent then. */
static int send_datagram(struct net *net, const void *bytes, size_t n)
{
    if (n > 1300 && !net->warned && net->notes != NULL) /* RFC 3261 18.1.1 */
        fprintf(net->notes, "sipreg: note: %lu octets may be too much for UDP (--transport tcp)\n",
                (unsigned long)n);
    net->warned = net->warned || n > 1300;
    return put(net, bytes, n) < 0 ? -1 : 0;
}

static int send_any(struct net *net, const void *bytes, size_t n)
{
    if (net->transport == SIPREG_UDP)
        return send_datagram(net, bytes, n);
    return net_over_websocket(net) ? send_message(net, bytes, n) : send_stream(net, bytes, n);
}

int net_send(struct net *net, const void *bytes, size_t n)
{
    int result;

    if (net->state != NET_OPEN)
        return -1;
    trace(net, true, bytes, n);
    result = send_any(net, bytes, n);
    if (result < 0)
        net_close(net);
    return result;
}

void net_part(struct net *net)
{
    if (net_over_websocket(net)) {
        websocket_leave(&net->websocket);
        send_frames(net);
    }
    if (net->secured)
        tls_close(net->tls);
}

void net_flush(struct net *net)
{
    if (flush(net) < 0)
        net_lose(net);
}

/* ---- receiving ---- */

static void deliver(struct net *net, const char *bytes, size_t n)
{
    int result;

    trace(net, false, bytes, n);
    result = sipreg_client_recv(net->client, clock_ms(), bytes, n);
    if (net->notes != NULL && (result == SIPREG_SYNTAX || result == SIPREG_PARTIAL))
        fprintf(net->notes, "sipreg: note: ignored a message from %s: %s\n", net->peer,
                sipreg_strerror(result));
}

static void discard(struct net *net, size_t n)
{
    net->in_used -= n;
    memmove(net->in, net->in + n, net->in_used);
}

/* The client may close the connection, and open another one, while it gets a message. */
static bool still(const struct net *net, unsigned connection)
{
    return net->state == NET_OPEN && net->connections == connection;
}

static void take_messages(struct net *net)
{
    unsigned connection = net->connections;

    while (still(net, connection) && net->in_used > 0) {
        int n = sipreg_frame_next(&net->frame, net->in, net->in_used);

        if (n == SIPREG_PARTIAL && net->in_used < sizeof net->in) {
            sipreg_client_partial(net->client, clock_ms());
            return;
        }
        if (n <= 0) {
            net_blame(net, "it sent something else than SIP messages");
            net_lose(net);
            return;
        }
        deliver(net, net->in, (size_t)n);
        if (!still(net, connection))
            return;
        discard(net, (size_t)n);
    }
}

/* A close of the server's is answered, too, before the flow is lost. */
static void take_frames(struct net *net)
{
    unsigned connection = net->connections;

    while (still(net, connection) && net->in_used > 0) {
        int n = websocket_read(&net->websocket, net->in, net->in_used);

        if (send_frames(net) < 0 || n < 0) {
            if (n < 0)
                net_blame(net, websocket_why(&net->websocket));
            net_lose(net);
            return;
        }
        discard(net, (size_t)n);
        if (net->websocket.length > 0)
            deliver(net, net->websocket.message, net->websocket.length);
    }
}

/* Frames may follow the answer at once. */
static void take_answer(struct net *net)
{
    unsigned connection = net->connections;
    int n = upgrade_read(&net->upgrade, net->in, net->in_used);

    if (n != 0 && net->trace != NULL)
        trace_message(net->trace, false, net->peer, transport_name(net->transport), net->in,
                      n > 0 ? (size_t)n : net->in_used);
    if (n < 0) {
        net_blame(net, net->upgrade.fault);
        net_lose(net);
    } else if (n > 0) {
        discard(net, (size_t)n);
        net_opened(net);
        if (still(net, connection))
            take_frames(net);
    }
}

static void take(struct net *net)
{
    if (net->state == NET_UPGRADING)
        take_answer(net);
    else if (net_over_websocket(net))
        take_frames(net);
    else
        take_messages(net);
}

/* Octets read, 0: none for now, or negative: fault says why. */
static int get(struct net *net)
{
    size_t room = sizeof net->in - net->in_used;

    if (net->secured) {
        int got = tls_read(net->tls, net->in + net->in_used, room);

        if (got == TLS_WANT_READ || got == TLS_WANT_WRITE)
            return 0;
        return got > 0 ? got : net_blame(net, net->tls->fault);
    } else {
        ssize_t got = recv(net->fd, net->in + net->in_used, room, 0);

        if (got < 0 && not_now())
            return 0;
        if (got == 0 && net->transport != SIPREG_UDP)
            return net_blame(net, "it closed the connection");
        return got >= 0 ? (int)got : net_blame(net, strerror(errno));
    }
}

static void receive_once(struct net *net)
{
    int got = get(net);

    if (got < 0) {
        net_lose(net);
    } else if (net->transport == SIPREG_UDP) {
        deliver(net, net->in, (size_t)got);
    } else {
        net->in_used += (size_t)got;
        take(net);
    }
}

void net_receive(struct net *net)
{
    unsigned connection = net->connections;

    do {
        receive_once(net);
    } while (net->secured && net->connections == connection && net->fd >= 0 &&
             tls_buffered(net->tls) > 0);
}
