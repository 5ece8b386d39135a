/*
 * net.h - the socket between one client and its registrar.
 */
#ifndef CLI_NET_H
#define CLI_NET_H

#include "target.h"
#include "tls.h"

#include <sipreg/sipreg.h>

#include <netdb.h>
#include <stdio.h>
#include <sys/socket.h>

#define STREAM_SIZE 65536 /* sipreg_frame_next() delimits messages of up to 65535 octets */
#define OUTPUT_SIZE 16384 /* what a connection has not taken yet */
#define PLACE_SIZE  72    /* "[2001:db8::1]:5060" */

enum net_state { NET_CLOSED, NET_CONNECTING, NET_HANDSHAKING, NET_OPEN };

struct net {
    /* set by the caller */
    const struct target *target;
    struct sipreg_client *client; /* NULL as long as it is not initialised */
    struct tls *tls;              /* NULL: none */
    int signals;                  /* wakes net_wait() */
    FILE *trace, *notes;          /* NULL: none */

    /* set by net.c, to be read */
    char local[PLACE_SIZE]; /* our address: the client's config.local */
    char peer[PLACE_SIZE];
    char fault[640]; /* why the flow is down */
    bool hopeless;   /* and trying again will not help: name or certificate */
    bool fixed_port; /* net_bind() was given one */

    /* its own */
    enum net_state state;
    int fd;
    bool moved;                           /* the client was told of another local address */
    bool warned;                          /* that a request is large for UDP */
    bool heard;                           /* something came from this peer */
    unsigned connections;                 /* opened until now: tells the next from the last */
    int wants;                            /* of TLS: POLLIN or POLLOUT */
    struct addrinfo *addresses, *address; /* of the next hop: all, and the one in use */
    struct sockaddr_storage bound;        /* where to bind to; ss_family 0: anywhere */
    socklen_t bound_size;
    bool fixed; /* by --local: must not change */
    struct sipreg_frame frame;
    size_t in_used, out_used;
    char in[STREAM_SIZE];
    char out[OUTPUT_SIZE];
};

void net_init(struct net *net, const struct target *target);
void net_free(struct net *net);

/* --local ADDR[:PORT]. False: it has said on standard error what is wrong. */
bool net_bind(struct net *net, const char *text);

/*
 * Starts to open the flow, or finds it opening or open. 0: local and peer are known, and
 * the client will be told how it ended; NET_DOWN: it failed, and fault says why; NET_TAKEN: the
 * address given to net_bind() cannot be had.
 */
enum { NET_DOWN = -1, NET_TAKEN = -2 };
int net_open(struct net *net);
void net_close(struct net *net);

/* Is this a flow that the client was told of by sipreg_client_move()? That closes, on its part, the
   flow it had; but the one to close is gone already, and this one is meant to stay. Tells it once.
 */
bool net_is_new(struct net *net);

/* Sends one message. 0, or negative: the flow is down. */
int net_send(struct net *net, const void *bytes, size_t n);

/* Waits for the network or a signal, at most so long, and hands in to the client what came. */
void net_wait(struct net *net, uint32_t ms);

#endif
