/*
 * loop.c - what happens next: an octet, an answer of the DNS, a signal, another network?
 *
 * One poll() for all of them. A signal only has to end the wait; main.c looks for it.
 */
#include "net.h"

#include "netlink.h"

enum { SIGNALS, CHANGES, FLOW, FIRST_OF_DNS };

static short interest(const struct net *net)
{
    switch (net->state) {
    case NET_CONNECTING:
        return POLLOUT;
    case NET_HANDSHAKING:
        return (short)net->wants;
    case NET_UPGRADING:
    case NET_OPEN:
        return (short)(POLLIN | (net->out_used > 0 ? POLLOUT : 0));
    case NET_CLOSED:
    case NET_LOCATING:
        break;
    }
    return 0;
}

static void want(struct pollfd *polled, int fd, short events)
{
    polled->fd = fd; /* negative: poll() passes over it */
    polled->events = events;
    polled->revents = 0;
}

/* The flow may be another one after each step. */
static void handle_flow(struct net *net, short ready)
{
    unsigned connection = net->connections;

    if (net->state != NET_OPEN && net->state != NET_UPGRADING) {
        net_go_on(net);
        return;
    }
    if (ready & POLLOUT)
        net_flush(net);
    if (net->fd >= 0 && net->connections == connection && (ready & ~POLLOUT) != 0)
        net_receive(net);
}

void net_wait(struct net *net, uint32_t ms)
{
    const uint32_t day = 24u * 60 * 60 * 1000;
    struct pollfd polled[FIRST_OF_DNS + DNS_SOCKETS];
    size_t count;

    ms = ms < day ? ms : day;
    want(&polled[SIGNALS], net->signals, POLLIN);
    want(&polled[CHANGES], net->changes, POLLIN);
    want(&polled[FLOW], net->fd, interest(net));
    count = dns_polled(&net->dns, polled + FIRST_OF_DNS, &ms);
    if (poll(polled, FIRST_OF_DNS + (nfds_t)count, (int)ms) < 0)
        return; /* by a signal */
    dns_go_on(&net->dns, polled + FIRST_OF_DNS, count);
    if (polled[FLOW].revents != 0)
        handle_flow(net, polled[FLOW].revents);
    else if (net->state == NET_LOCATING)
        net_go_on(net);
    if (polled[CHANGES].revents != 0 && netlink_changed(net->changes))
        net_look_around(net);
}
