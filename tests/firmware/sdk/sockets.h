/*
 * sockets.h - what the examples use of BSD sockets, as both SDKs have them.
 */
#ifndef SDK_SOCKETS_H
#define SDK_SOCKETS_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define AF_INET     2
#define SOCK_DGRAM  2
#define IPPROTO_UDP 17

typedef uint32_t socklen_t;

struct in_addr {
    uint32_t s_addr;
};

struct sockaddr {
    uint16_t sa_family;
    char sa_data[14];
};

struct sockaddr_in {
    uint16_t sin_family;
    uint16_t sin_port;
    struct in_addr sin_addr;
    char sin_zero[8];
};

uint16_t htons(uint16_t n);
uint16_t ntohs(uint16_t n);

#endif
