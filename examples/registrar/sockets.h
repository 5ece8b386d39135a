/*
 * sockets.h: sockets on loopback, and the addresses of those who send to them.
 */
#ifndef REGISTRAR_SOCKETS_H
#define REGISTRAR_SOCKETS_H

#include "options.h"
#include "transactions.h"

const char *transport_name(enum transport transport);

/* Listens there; a port below zero is none, and no failure. False, with one line in why. */
bool socket_open(const struct options *options, enum transport transport, int port, int *fd,
                 struct out *why);
void socket_do_not_block(int fd);
/* The port that a socket of ours is bound to. */
unsigned socket_port(int fd);

/* The address of a route as text, and its port; empty and 0 if it has none. */
void route_source(const struct route *route, struct source *source);
void route_set_port(struct route *route, unsigned port);

#endif
