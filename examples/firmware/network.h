/*
 * network.h - a network with one UDP socket in it, to the server of a name.
 */
#ifndef FIRMWARE_NETWORK_H
#define FIRMWARE_NETWORK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Who uses it. Called from within network_poll(), opened() from network_open(), too. */
struct network_user {
    /* The way to the server is open, from our address "10.0.2.15:5060"; or, with NULL, it is not.
     */
    void (*opened)(const char *local);
    /* We have another address. */
    void (*moved)(const char *local);
    /* A datagram from the server. */
    void (*received)(const void *bytes, size_t n);
};

void network_start(const struct network_user *user);

/* Takes in what has come, and does what is due. */
void network_poll(void);
/* Milliseconds until it is to be called again, at the latest. */
uint32_t network_wait(void);

/* Finds the server's address and opens the way to it: user->opened() tells how that ended. */
void network_open(const char *host, uint16_t port);
void network_close(void);
/* 0, or negative: it could not be sent. */
int network_send(const void *bytes, size_t n);

#endif
