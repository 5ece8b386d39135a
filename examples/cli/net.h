/*
 * net.h - the flow between one client and its server, and waiting for it.
 *
 * Three files share it: net.c opens and closes the flow, wire.c moves octets over it, loop.c waits.
 */
#ifndef CLI_NET_H
#define CLI_NET_H

#include "dns.h"
#include "place.h"
#include "tls.h"
#include "upgrade.h"
#include "way.h"
#include "websocket.h"

#include <sipreg/sipreg.h>

#include <stdio.h>

#define STREAM_SIZE 65536 /* sipreg_frame_next() delimits messages of up to 65535 octets */
#define OUTPUT_SIZE 16384 /* what a connection has not taken yet */

enum net_state {
    NET_CLOSED,
    NET_LOCATING,
    NET_CONNECTING,
    NET_HANDSHAKING, /* of TLS */
    NET_UPGRADING,   /* the handshake of WebSocket */
    NET_OPEN
};

struct net {
    /* set by the caller */
    struct sipreg_client *client;
    struct tls *tls;
    int signals, changes; /* wake net_wait(); negative: none */
    FILE *trace, *notes;  /* NULL: none */
    const char *path;     /* of a WebSocket; NULL: "/" */

    /* to be read */
    struct way_finder way;
    enum net_state state;
    char peer[PLACE_SIZE]; /* the server that was chosen last; empty: none yet */
    enum sipreg_transport transport;
    char fault[640]; /* why the flow is down */
    bool taken;      /* since the address of --local cannot be had */
    bool fixed;      /* by --local: our address must not change */

    /* the flow */
    int fd;
    bool secured;               /* by tls */
    bool served;                /* a registration has succeeded over it */
    bool warned;                /* that a request is large for UDP */
    unsigned connections;       /* opened until now: tells the next from the last */
    int wants;                  /* of TLS: POLLIN or POLLOUT */
    struct dns dns;             /* for way */
    char name[256];             /* that the server's certificate must be for */
    struct place server, local; /* the two ends */
    struct place bound;         /* where to bind to; size 0: anywhere */
    struct sipreg_frame frame;
    struct upgrade upgrade;
    struct websocket websocket;
    size_t in_used, out_used;
    char in[STREAM_SIZE];
    char out[OUTPUT_SIZE];
};

/* ---- net.c ---- */

void net_init(struct net *net, const struct target *target);
void net_free(struct net *net);

/* --local ADDR[:PORT]. False: it has said on standard error what is wrong. */
bool net_bind(struct net *net, const char *text);

/* Starts to open the flow to the next server; sipreg_client_flow() tells the client how it ends. */
void net_open(struct net *net);
void net_close(struct net *net);

/* The DNS may have answered, or the connection is made or refused: goes on with the opening. */
void net_go_on(struct net *net);

/* Over WebSocket the connection becomes the flow only when the server has agreed. */
bool net_over_websocket(const struct net *net);
void net_opened(struct net *net);

/* Writes fault: it is the server's. Returns -1. */
int net_blame(struct net *net, const char *why);
/* The flow is down, and the client gets to know; fault says why. */
void net_lose(struct net *net);

/* Addresses or routes have changed: if ours has, the client moves. */
void net_look_around(struct net *net);

/* ---- wire.c ---- */

/* Sends one message. 0, or negative: the flow is down. */
int net_send(struct net *net, const void *bytes, size_t n);

/* Takes leave, as far as that is possible without waiting. */
void net_part(struct net *net);

/* Something can be read or written: hands in to the client what came. */
void net_receive(struct net *net);
void net_flush(struct net *net);

/* ---- loop.c ---- */

/* Waits for the network or a signal, at most so long, and does what is to be done then. */
void net_wait(struct net *net, uint32_t ms);

#endif
