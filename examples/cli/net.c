/*
 * net.c - how do octets come and go?
 *
 * One flow at a time, to the next hop. The client says when to open and to close it; this file
 * tells the client how it fares:
 *
 *               net_open()                 connected               TLS agreed
 *     CLOSED ----------------> CONNECTING -----------> HANDSHAKING -----------> OPEN
 *        ^     UDP: at once OPEN     |  \________________TCP___________________^  |
 *        |                           |                                            |
 *        +---------------------------+--------------------------------------------+
 *          net_close(), or lost(): refused, reset, closed, out of step
 *
 * A UDP socket is connected too: so it knows its local address before anything is sent, hears of
 * ICMP errors ("nothing listens there"), and takes datagrams from nobody else.
 *
 * A name may have several addresses. They are tried in turn, also over UDP when ICMP says that
 * nothing listens, until something was heard from one; only after the last one the flow counts as
 * down. The client learns of a new local address by sipreg_client_move(). Looking up a name blocks;
 * it happens when a flow is opened and at no other time.
 */
#include "net.h"

#include "system.h"
#include "trace.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int fail(struct net *net, const char *what, const char *why)
{
    snprintf(net->fault, sizeof net->fault, "%s%s%s", what, why[0] != '\0' ? ": " : "", why);
    return NET_DOWN;
}

static bool datagrams(const struct net *net)
{
    return net->target->transport == SIPREG_UDP;
}

void net_init(struct net *net, const struct target *target)
{
    memset(net, 0, sizeof *net);
    net->target = target;
    net->fd = -1;
    net->signals = -1;
}

void net_free(struct net *net)
{
    net->client = NULL;
    net_close(net);
    if (net->addresses != NULL)
        freeaddrinfo(net->addresses);
    net->addresses = NULL;
}

/* ---- names and addresses ---- */

/* "192.0.2.1:5060", "[2001:db8::1]:5060"; a zone (%eth0) means nothing to others. */
static void write_place(char *out, const struct sockaddr *address, socklen_t size)
{
    char host[64] = "", port[8] = "";
    bool v6 = address->sa_family == AF_INET6;

    getnameinfo(address, size, host, sizeof host, port, sizeof port,
                NI_NUMERICHOST | NI_NUMERICSERV);
    host[strcspn(host, "%")] = '\0';
    snprintf(out, PLACE_SIZE, "%s%.45s%s:%s", v6 ? "[" : "", host, v6 ? "]" : "", port);
}

/* "192.0.2.1", "192.0.2.1:5060", "::1", "[::1]", "[::1]:5060" */
static bool split_place(char *text, char **host, char **port)
{
    char *colon = strrchr(text, ':');

    *host = text;
    *port = NULL;
    if (text[0] == '[') {
        char *end = strchr(text, ']');

        if (end == NULL || (end[1] != '\0' && end[1] != ':'))
            return false;
        *port = end[1] == ':' ? end + 2 : NULL;
        *host = text + 1;
        *end = '\0';
    } else if (colon != NULL && strchr(text, ':') == colon) {
        *port = colon + 1;
        *colon = '\0';
    }
    return **host != '\0' && (*port == NULL || (strspn(*port, "0123456789") == strlen(*port) &&
                                                atol(*port) > 0 && atol(*port) < 65536));
}

bool net_bind(struct net *net, const char *text)
{
    struct addrinfo hints, *found = NULL;
    char copy[PLACE_SIZE], *host, *port;
    bool good = strlen(text) < sizeof copy;

    memset(&hints, 0, sizeof hints);
    hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV;
    hints.ai_socktype = SOCK_STREAM;
    if (good) {
        strcpy(copy, text);
        good = split_place(copy, &host, &port) && getaddrinfo(host, port, &hints, &found) == 0;
    }
    if (!good) {
        fprintf(stderr, "sipreg: --local: not an IP address, or one with a port: '%s'\n", text);
        return false;
    }
    memcpy(&net->bound, found->ai_addr, found->ai_addrlen);
    net->bound_size = found->ai_addrlen;
    net->fixed = true;
    net->fixed_port = port != NULL;
    freeaddrinfo(found);
    return true;
}

static int look_up(struct net *net)
{
    struct addrinfo hints;
    int error;

    if (net->addresses != NULL)
        freeaddrinfo(net->addresses);
    net->addresses = net->address = NULL;
    memset(&hints, 0, sizeof hints);
    hints.ai_family = net->fixed ? net->bound.ss_family : AF_UNSPEC;
    hints.ai_socktype = datagrams(net) ? SOCK_DGRAM : SOCK_STREAM;
    hints.ai_flags = AI_NUMERICSERV;
    error = getaddrinfo(net->target->host, net->target->port, &hints, &net->addresses);
    net->hopeless = error != 0;
    if (error != 0) {
        char what[320];

        snprintf(what, sizeof what, "cannot find the address of %s%s", net->target->host,
                 net->fixed ? " to go with --local" : "");
        return fail(net, what, error == EAI_SYSTEM ? strerror(errno) : gai_strerror(error));
    }
    net->address = net->addresses;
    return 0;
}

/* ---- opening ---- */

static void drop(struct net *net)
{
    if (net->fd >= 0)
        close(net->fd);
    net->fd = -1;
    net->moved = false;
    net->state = NET_CLOSED;
    net->in_used = net->out_used = 0;
}

/* 0, or an errno. A connection may take the port of one before it that lies in TIME_WAIT. */
static int bind_socket(struct net *net)
{
    int on = 1;

    if (net->bound.ss_family != net->address->ai_family)
        return 0;
    if (!datagrams(net))
        setsockopt(net->fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(net->fd, (const struct sockaddr *)&net->bound, net->bound_size) == 0)
        return 0;
    return net->fixed ? errno : 0;
}

/* Over UDP the port stays when the socket is opened again, and with it the contact; not the
   address, which may have gone. */
static void keep_port(struct net *net, const struct sockaddr_storage *local, socklen_t size)
{
    if (net->fixed || !datagrams(net))
        return;
    memset(&net->bound, 0, sizeof net->bound);
    net->bound.ss_family = local->ss_family;
    net->bound_size = size;
    if (local->ss_family == AF_INET)
        ((struct sockaddr_in *)&net->bound)->sin_port =
            ((const struct sockaddr_in *)local)->sin_port;
    else
        ((struct sockaddr_in6 *)&net->bound)->sin6_port =
            ((const struct sockaddr_in6 *)local)->sin6_port;
}

static void learn_local(struct net *net)
{
    struct sockaddr_storage local;
    socklen_t size = sizeof local;
    char before[PLACE_SIZE];

    memset(&local, 0, sizeof local);
    if (getsockname(net->fd, (struct sockaddr *)&local, &size) < 0)
        return;
    memcpy(before, net->local, sizeof before);
    write_place(net->local, (const struct sockaddr *)&local, size);
    keep_port(net, &local, size);
    if (net->client != NULL && strcmp(before, net->local) != 0)
        net->moved = sipreg_client_move(net->client, clock_ms(), net->local) == SIPREG_OK;
}

bool net_is_new(struct net *net)
{
    bool moved = net->moved;

    net->moved = false;
    return moved;
}

/* 0, NET_DOWN or NET_TAKEN. */
static int try_address(struct net *net)
{
    const struct addrinfo *address = net->address;
    int error;

    write_place(net->peer, address->ai_addr, address->ai_addrlen);
    net->fd = socket(address->ai_family, address->ai_socktype, 0);
    if (net->fd < 0)
        return fail(net, net->peer, strerror(errno));
    fcntl(net->fd, F_SETFL, O_NONBLOCK);
    fcntl(net->fd, F_SETFD, FD_CLOEXEC);
    error = bind_socket(net);
    if (error != 0) {
        write_place(net->peer, (const struct sockaddr *)&net->bound, net->bound_size);
        snprintf(net->fault, sizeof net->fault, "--local %s: %s", net->peer, strerror(error));
        return NET_TAKEN;
    }
    if (connect(net->fd, address->ai_addr, address->ai_addrlen) < 0 && errno != EINPROGRESS)
        return fail(net, net->peer, strerror(errno));
    net->state = datagrams(net) ? NET_OPEN : NET_CONNECTING;
    net->heard = false;
    net->fault[0] = '\0';
    net->connections++;
    memset(&net->frame, 0, sizeof net->frame);
    if (net->notes != NULL)
        fprintf(net->notes, "sipreg: sending to %s over %s\n", net->peer,
                target_transport(net->target));
    learn_local(net);
    return 0;
}

/* From the address in hand on, the first one that does not fail at once. */
static int try_addresses(struct net *net)
{
    int result = NET_DOWN;

    for (; net->address != NULL; net->address = net->address->ai_next) {
        result = try_address(net);
        if (result == 0)
            return 0;
        drop(net);
        if (result == NET_TAKEN)
            break;
    }
    return result;
}

int net_open(struct net *net)
{
    int result = 0;

    if (net->state == NET_CLOSED) {
        result = look_up(net);
        if (result == 0)
            result = try_addresses(net);
        net->moved = false; /* a flow that opens has no other one to close */
    }
    if (result == 0 && net->state == NET_OPEN && net->client != NULL)
        sipreg_client_flow(net->client, clock_ms(), SIPREG_FLOW_UP);
    return result;
}

void net_close(struct net *net)
{
    if (net->tls != NULL && net->state == NET_OPEN)
        tls_close(net->tls);
    drop(net);
}

/* fault says why it is not to be: on to the next address, or the client has to know. */
static void lost(struct net *net)
{
    bool next = !net->heard && net->state != NET_HANDSHAKING && net->address->ai_next != NULL;

    drop(net);
    if (next) {
        net->address = net->address->ai_next;
        if (try_addresses(net) == 0)
            return;
    }
    if (net->client != NULL)
        sipreg_client_flow(net->client, clock_ms(), SIPREG_FLOW_DOWN);
}

static void opened(struct net *net)
{
    net->state = NET_OPEN;
    net->moved = false;
    sipreg_client_flow(net->client, clock_ms(), SIPREG_FLOW_UP);
}

static void go_on_shaking(struct net *net)
{
    int result = tls_handshake(net->tls);

    net->wants = result == TLS_WANT_WRITE ? POLLOUT : POLLIN;
    if (result == 0) {
        opened(net);
    } else if (result == TLS_CLOSED || result == TLS_FAILED) {
        net->hopeless = net->tls->distrusted;
        fail(net, net->tls->fault, "");
        lost(net);
    }
}

static void connected(struct net *net)
{
    int error = 0;
    socklen_t size = sizeof error;

    getsockopt(net->fd, SOL_SOCKET, SO_ERROR, &error, &size);
    if (error != 0) {
        fail(net, net->peer, strerror(error));
        lost(net);
    } else if (net->tls == NULL) {
        opened(net);
    } else if (tls_open(net->tls, net->fd)) {
        net->state = NET_HANDSHAKING;
        go_on_shaking(net);
    } else {
        fail(net, net->tls->fault, "");
        lost(net);
    }
}

/* ---- sending ---- */

/* Octets taken, 0: none for now, or NET_DOWN. */
static int put(struct net *net, const void *bytes, size_t n)
{
    if (net->tls != NULL) {
        int sent = tls_write(net->tls, bytes, n);

        if (sent == TLS_WANT_READ || sent == TLS_WANT_WRITE)
            return 0;
        return sent >= 0 ? sent : fail(net, net->tls->fault, "");
    } else {
        ssize_t sent = send(net->fd, bytes, n, MSG_NOSIGNAL);

        if (sent < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR))
            return 0;
        return sent >= 0 ? (int)sent : fail(net, net->peer, strerror(errno));
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
        return fail(net, net->peer, "it does not take what we send");
    memcpy(net->out + net->out_used, bytes, n);
    net->out_used += n;
    return flush(net);
}

/* A datagram that does not leave now is one that got lost: the client repeats it. The error of an
   earlier one (ICMP) may show here too, but nothing of this one was sent then. */
static int send_datagram(struct net *net, const void *bytes, size_t n)
{
    if (n > 1300 && !net->warned && net->notes != NULL) /* RFC 3261 18.1.1 */
        fprintf(net->notes, "sipreg: note: %lu octets may be too much for UDP (--transport tcp)\n",
                (unsigned long)n);
    net->warned = net->warned || n > 1300;
    return put(net, bytes, n) < 0 ? NET_DOWN : 0;
}

int net_send(struct net *net, const void *bytes, size_t n)
{
    if (net->state != NET_OPEN)
        return NET_DOWN;
    if (net->trace != NULL)
        trace_message(net->trace, true, net->peer, target_transport(net->target), bytes, n);
    if ((datagrams(net) ? send_datagram : send_stream)(net, bytes, n) == 0)
        return 0;
    drop(net);
    return NET_DOWN;
}

/* ---- receiving ---- */

static void deliver(struct net *net, const char *bytes, size_t n)
{
    int result;

    if (n == 0 || bytes[0] == '\r' || bytes[0] == '\n')
        return; /* keepalive */
    if (net->trace != NULL)
        trace_message(net->trace, false, net->peer, target_transport(net->target), bytes, n);
    result = sipreg_client_recv(net->client, clock_ms(), bytes, n);
    if (net->notes != NULL && (result == SIPREG_SYNTAX || result == SIPREG_PARTIAL))
        fprintf(net->notes, "sipreg: note: ignored a message from %s: %s\n", net->peer,
                sipreg_strerror(result));
}

/* The client may close the connection, and open another one, while it gets a message. */
static void take_messages(struct net *net)
{
    unsigned connection = net->connections;

    while (net->state == NET_OPEN && net->in_used > 0) {
        int n = sipreg_frame_next(&net->frame, net->in, net->in_used);

        if (n == SIPREG_PARTIAL && net->in_used < sizeof net->in)
            return;
        if (n <= 0) {
            fail(net, net->peer, "it sent something else than SIP messages");
            lost(net);
            return;
        }
        deliver(net, net->in, (size_t)n);
        if (net->connections != connection || net->state != NET_OPEN)
            return;
        net->in_used -= (size_t)n;
        memmove(net->in, net->in + n, net->in_used);
    }
}

/* Octets read, 0: none for now, or NET_DOWN. */
static int get(struct net *net)
{
    size_t room = sizeof net->in - net->in_used;

    if (net->tls != NULL) {
        int got = tls_read(net->tls, net->in + net->in_used, room);

        if (got == TLS_WANT_READ || got == TLS_WANT_WRITE)
            return 0;
        return got > 0 ? got : fail(net, net->peer, net->tls->fault);
    } else {
        ssize_t got = recv(net->fd, net->in + net->in_used, room, 0);

        if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR))
            return 0;
        if (got == 0 && !datagrams(net))
            return fail(net, net->peer, "it closed the connection");
        return got >= 0 ? (int)got : fail(net, net->peer, strerror(errno));
    }
}

static void receive(struct net *net)
{
    int got = get(net);

    if (got < 0) {
        lost(net);
        return;
    }
    net->heard = net->heard || got > 0;
    if (datagrams(net)) {
        deliver(net, net->in, (size_t)got);
    } else {
        net->in_used += (size_t)got;
        take_messages(net);
    }
}

/* ---- waiting ---- */

static short interest(const struct net *net)
{
    switch (net->state) {
    case NET_CONNECTING:
        return POLLOUT;
    case NET_HANDSHAKING:
        return (short)net->wants;
    case NET_OPEN:
        return (short)(POLLIN | (net->out_used > 0 ? POLLOUT : 0));
    default:
        return 0;
    }
}

static void handle(struct net *net, short ready)
{
    if (net->state == NET_CONNECTING) {
        connected(net);
    } else if (net->state == NET_HANDSHAKING) {
        go_on_shaking(net);
    } else if (net->state == NET_OPEN) {
        unsigned connection = net->connections;

        if ((ready & POLLOUT) && flush(net) < 0) {
            lost(net);
            return;
        }
        do {
            receive(net);
        } while (net->tls != NULL && net->state == NET_OPEN && net->connections == connection &&
                 tls_buffered(net->tls) > 0);
    }
}

void net_wait(struct net *net, uint32_t ms)
{
    struct pollfd polled[2];
    const uint32_t day = 24u * 60 * 60 * 1000;

    polled[0].fd = net->signals;
    polled[0].events = POLLIN;
    polled[1].fd = net->fd; /* negative: poll() passes over it */
    polled[1].events = interest(net);
    polled[0].revents = polled[1].revents = 0;
    if (poll(polled, 2, (int)(ms < day ? ms : day)) > 0 && polled[1].revents != 0)
        handle(net, polled[1].revents);
}
