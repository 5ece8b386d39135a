/*
 * place.h - an address with its port, for sockets and for people.
 */
#ifndef CLI_PLACE_H
#define CLI_PLACE_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

#define PLACE_SIZE 72 /* "[2001:db8::1]:5060" */

struct place {
    union {
        struct sockaddr any;
        struct sockaddr_in v4;
        struct sockaddr_in6 v6;
        struct sockaddr_storage room;
    } address;
    socklen_t size; /* 0: none */
};

/* "192.0.2.1", "192.0.2.1:5060", "::1", "[::1]", "[::1]:5060"; without a port it has port 0. */
bool place_read(struct place *place, const char *text);

/* An address without brackets, and a port. */
bool place_make(struct place *place, const char *address, uint16_t port);

/* PLACE_SIZE octets, the address alone: "192.0.2.1", "2001:db8::1". */
void place_write_address(char *out, const struct place *place);

/* PLACE_SIZE octets: "192.0.2.1:5060", "[2001:db8::1]:5060". */
void place_write(char *out, const struct place *place);

uint16_t place_port(const struct place *place);
void place_set_port(struct place *place, uint16_t port);
bool place_same_address(const struct place *a, const struct place *b);

/* From which address would a datagram leave for there? False: from none, there is no way. */
bool place_toward(struct place *local, const struct place *there);

/* SIPREG_CAN_IPV4, SIPREG_CAN_IPV6: those that this machine has an address of which others can
   reach; if it has none, both. */
unsigned place_families(void);

#endif
