/*
 * server.h: the sockets, and the loop over them.
 */
#ifndef REGISTRAR_SERVER_H
#define REGISTRAR_SERVER_H

#include "service.h"
#include "stream.h"

#define STREAMS_MAX 128

struct server {
    const struct options *options;
    struct random random;
    struct service service;
    struct transactions transactions;
    struct tls *tls;
    int udp_fd, tcp_fd, tls_fd; /* -1: not used */
    struct stream streams[STREAMS_MAX];
    uint64_t last_connection;
    char datagram[MESSAGE_MAX + 1];
    char answer[ANSWER_MAX];
};

/* The struct is large, and starts out all zero. False, with one line in why, if it cannot be had;
 * server_close() is due all the same. */
bool server_open(struct server *server, const struct options *options, struct out *why);
void server_close(struct server *server);

/* Serves until stop_fd can be read. */
void server_run(struct server *server, int stop_fd);

#endif
