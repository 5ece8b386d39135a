/*
 * net.c - how does a flow come to be, and to an end?
 *
 * One flow at a time, to the server that way.c finds. The client says when to open and to close it;
 * this file tells the client how it fares:
 *
 *            net_open()             found                connected               TLS agreed
 *     CLOSED ---------> LOCATING ---------> CONNECTING -----------> HANDSHAKING -----------> OPEN
 *        ^                  |   \______UDP______|_____\_______TCP__________|________________^  |
 *        |                  |                   |                          |                   |
 *        +------------------+-------------------+--------------------------+-------------------+
 *              net_close(), or net_lose(): nobody there, refused, reset, closed, out of step
 *
 * For a WebSocket there is UPGRADING before OPEN, until the server has agreed to that.
 *
 * Which server it is becomes known while the flow is being opened, and with it the transport and
 * our own address; the client is told of both then (and has had a stand-in for the address until
 * then). If the server fails, the client asks for the next flow, and way.c for the next server.
 *
 * A UDP socket is connected too: so it knows its local address before anything is sent, hears of
 * ICMP errors ("nothing listens there"), and takes datagrams from nobody else.
 */
#include "net.h"

#include "system.h"
#include "trace.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

void net_init(struct net *net, const struct target *target)
{
    memset(net, 0, sizeof *net);
    net->fd = net->signals = net->changes = -1;
    way_init(&net->way, &net->dns, target);
}

void net_free(struct net *net)
{
    net_close(net);
    dns_free(&net->dns);
}

bool net_bind(struct net *net, const char *text)
{
    if (!place_read(&net->bound, text)) {
        fprintf(stderr, "sipreg: --local: not an IP address, or one with a port: '%s'\n", text);
        return false;
    }
    net->fixed = true;
    net->way.families =
        net->bound.address.any.sa_family == AF_INET ? SIPREG_CAN_IPV4 : SIPREG_CAN_IPV6;
    return true;
}

/* ---- closing ---- */

static void drop(struct net *net)
{
    if (net->fd >= 0)
        close(net->fd);
    net->fd = -1;
    net->state = NET_CLOSED;
    net->in_used = net->out_used = 0;
    websocket_free(&net->websocket);
}

void net_close(struct net *net)
{
    if (net->state == NET_OPEN)
        net_part(net);
    drop(net);
}

int net_blame(struct net *net, const char *why)
{
    snprintf(net->fault, sizeof net->fault, "%s (%s): %s", net->peer,
             transport_name(net->transport), why);
    return -1;
}

static void go_down(struct net *net, enum sipreg_flow how)
{
    drop(net);
    sipreg_client_flow(net->client, clock_ms(), how);
}

void net_lose(struct net *net)
{
    go_down(net, SIPREG_FLOW_DOWN);
}

/* ---- a socket to the server ---- */

/* False: errno says why. A connection may take the port of one before it that lies in TIME_WAIT; to
   no purpose, unless --local wants it. */
static bool bind_socket(struct net *net)
{
    int on = 1;

    if (net->bound.address.any.sa_family != net->server.address.any.sa_family ||
        (net->transport != SIPREG_UDP && !net->fixed))
        return true;
    if (net->transport != SIPREG_UDP)
        setsockopt(net->fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    return bind(net->fd, &net->bound.address.any, net->bound.size) == 0 || !net->fixed;
}

/* Over UDP the port stays when the socket is opened again, and with it the contact; not the
   address, which may have gone. */
static void keep_port(struct net *net)
{
    if (net->fixed || net->transport != SIPREG_UDP)
        return;
    memset(&net->bound, 0, sizeof net->bound);
    net->bound.address.any.sa_family = net->local.address.any.sa_family;
    net->bound.size = net->local.size;
    place_set_port(&net->bound, place_port(&net->local));
}

static void learn_local(struct net *net)
{
    char text[PLACE_SIZE];

    memset(&net->local, 0, sizeof net->local);
    net->local.size = sizeof net->local.address;
    getsockname(net->fd, &net->local.address.any, &net->local.size);
    keep_port(net);
    place_write(text, &net->local);
    sipreg_client_move(net->client, clock_ms(), text);
}

static void blame_local(struct net *net)
{
    char place[PLACE_SIZE];
    const char *why = strerror(errno);

    place_write(place, &net->bound);
    snprintf(net->fault, sizeof net->fault, "--local %s: %s", place, why);
    net->taken = true;
}

/* False: fault says why not. */
static bool reach(struct net *net)
{
    int kind = net->transport == SIPREG_UDP ? SOCK_DGRAM : SOCK_STREAM;

    net->fd = socket(net->server.address.any.sa_family, kind, 0);
    if (net->fd >= 0 && !bind_socket(net)) {
        blame_local(net);
        return false;
    }
    if (net->fd >= 0 && fcntl(net->fd, F_SETFL, O_NONBLOCK) == 0 &&
        fcntl(net->fd, F_SETFD, FD_CLOEXEC) == 0 &&
        (connect(net->fd, &net->server.address.any, net->server.size) == 0 || errno == EINPROGRESS))
        return true;
    net_blame(net, strerror(errno));
    return false;
}

/* ---- opening ---- */

bool net_over_websocket(const struct net *net)
{
    return net->transport == SIPREG_WS || net->transport == SIPREG_WSS;
}

void net_opened(struct net *net)
{
    net->state = NET_OPEN;
    sipreg_client_flow(net->client, clock_ms(), SIPREG_FLOW_UP);
}

/* RFC 6455 4.1: the port is named unless it is the default one. */
static bool ask_for_websocket(struct net *net)
{
    uint16_t port = place_port(&net->server), usual = net->secured ? 443 : 80;
    int n = upgrade_write(&net->upgrade, net->out, sizeof net->out, net->name,
                          port == usual ? 0 : port, net->path != NULL ? net->path : "/");

    if (n < 0) {
        net_blame(net, net->upgrade.fault);
        return false;
    }
    if (!websocket_open(&net->websocket)) {
        net_blame(net, "no memory for a WebSocket");
        return false;
    }
    net->out_used = (size_t)n;
    if (net->trace != NULL)
        trace_message(net->trace, true, net->peer, transport_name(net->transport), net->out,
                      net->out_used);
    return true;
}

/* There is a connection, with TLS if there has to be. */
static void ready(struct net *net)
{
    if (!net_over_websocket(net)) {
        net_opened(net);
    } else if (ask_for_websocket(net)) {
        net->state = NET_UPGRADING;
        net_flush(net);
    } else {
        net_lose(net);
    }
}

static void remember(struct net *net, const struct sipreg_target *server)
{
    place_make(&net->server, server->address, server->port);
    place_write(net->peer, &net->server);
    net->transport = server->transport;
    snprintf(net->name, sizeof net->name, "%s",
             server->name[0] != '\0' ? server->name : server->address);
    net->secured = server->transport == SIPREG_TLS || server->transport == SIPREG_WSS;
    net->served = false;
}

/* False: fault says why not. */
static bool connect_to(struct net *net, const struct sipreg_target *server)
{
    remember(net, server);
    if (server->weakened && net->notes != NULL) /* RFC 3263 7 */
        fprintf(net->notes, "sipreg: WARNING: the DNS has offered TLS for %s, and does not now\n",
                net->name);
    sipreg_client_servers(net->client, way_others(&net->way));
    sipreg_client_transport(net->client, server->transport); /* for sips only TLS is found */
    if (!reach(net))
        return false;
    net->connections++;
    memset(&net->frame, 0, sizeof net->frame);
    if (net->notes != NULL)
        fprintf(net->notes, "sipreg: sending to %s over %s\n", net->peer,
                transport_name(net->transport));
    learn_local(net);
    net->state = NET_CONNECTING;
    if (net->transport == SIPREG_UDP)
        net_opened(net);
    return true;
}

static void find(struct net *net)
{
    struct sipreg_target server;

    switch (way_next(&net->way, &server)) {
    case WAY_FOUND:
        if (!connect_to(net, &server))
            net_lose(net);
        break;
    case WAY_NONE:
        sipreg_client_servers(net->client, 0);
        snprintf(net->fault, sizeof net->fault, "%s", net->way.fault);
        net_lose(net);
        break;
    case WAY_LATER:
        break;
    }
}

void net_open(struct net *net)
{
    char hop[URI_SIZE];

    drop(net);
    net->peer[0] = net->fault[0] = '\0';
    net->taken = false;
    net->state = NET_LOCATING;
    if (sipreg_client_next_hop(net->client, hop, sizeof hop) < 0) {
        strcpy(net->fault, "the URI of the next hop is too long");
        net_lose(net);
    } else if (!way_start(&net->way, hop)) {
        snprintf(net->fault, sizeof net->fault, "%s", net->way.fault);
        net_lose(net);
    } else {
        find(net);
    }
}

static void shake_hands(struct net *net)
{
    int result = tls_handshake(net->tls);

    net->wants = result == TLS_WANT_WRITE ? POLLOUT : POLLIN;
    if (result == 0) {
        ready(net);
    } else if (result == TLS_CLOSED || result == TLS_FAILED) {
        net_blame(net, net->tls->fault);
        go_down(net, net->tls->distrusted ? SIPREG_FLOW_UNTRUSTED : SIPREG_FLOW_DOWN);
    }
}

static void connected(struct net *net)
{
    int error = 0;
    socklen_t size = sizeof error;

    getsockopt(net->fd, SOL_SOCKET, SO_ERROR, &error, &size);
    if (error != 0) {
        net_blame(net, strerror(error));
        net_lose(net);
    } else if (!net->secured) {
        ready(net);
    } else if (tls_open(net->tls, net->fd, net->name)) {
        net->state = NET_HANDSHAKING;
        shake_hands(net);
    } else {
        net_blame(net, net->tls->fault);
        net_lose(net);
    }
}

void net_go_on(struct net *net)
{
    if (net->state == NET_LOCATING)
        find(net);
    else if (net->state == NET_CONNECTING)
        connected(net);
    else if (net->state == NET_HANDSHAKING)
        shake_hands(net);
}

/* ---- another network ---- */

/* What matters is from where we would send to the server now. Without any way there is nothing to
   be done: when there is one again, we hear of that too. */
void net_look_around(struct net *net)
{
    struct place now;

    if (net->fixed || net->server.size == 0 || !place_toward(&now, &net->server) ||
        place_same_address(&now, &net->local))
        return;
    if (net->notes != NULL)
        fputs("sipreg: our address has changed\n", net->notes);
    net->local = now;
    dns_restart(&net->dns);
    way_forget(&net->way);
    sipreg_client_move(net->client, clock_ms(), NULL); /* the next flow tells it the address */
}
