/*
 * place.c - an address with its port, for sockets and for people.
 *
 * A zone (%eth0) of an IPv6 address means nothing to others, so it is never written.
 */
#include "place.h"

#include <sipreg/sipreg.h>

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

bool place_make(struct place *place, const char *address, uint16_t port)
{
    memset(place, 0, sizeof *place);
    if (inet_pton(AF_INET, address, &place->address.v4.sin_addr) == 1) {
        place->address.any.sa_family = AF_INET;
        place->size = sizeof place->address.v4;
    } else if (inet_pton(AF_INET6, address, &place->address.v6.sin6_addr) == 1) {
        place->address.any.sa_family = AF_INET6;
        place->size = sizeof place->address.v6;
    } else {
        return false;
    }
    place_set_port(place, port);
    return true;
}

/* Cuts the text in two, in place; *port stays NULL where there is none. */
static bool split(char *text, char **host, char **port)
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
    return *port == NULL || (strspn(*port, "0123456789") == strlen(*port) && strlen(*port) < 6 &&
                             atol(*port) > 0 && atol(*port) < 65536);
}

bool place_read(struct place *place, const char *text)
{
    char copy[PLACE_SIZE], *host, *port;

    memset(place, 0, sizeof *place);
    if (strlen(text) >= sizeof copy)
        return false;
    strcpy(copy, text);
    return split(copy, &host, &port) &&
           place_make(place, host, (uint16_t)(port != NULL ? atol(port) : 0));
}

static bool is_v6(const struct place *place)
{
    return place->address.any.sa_family == AF_INET6;
}

void place_write_address(char *out, const struct place *place)
{
    out[0] = '\0';
    if (is_v6(place))
        inet_ntop(AF_INET6, &place->address.v6.sin6_addr, out, PLACE_SIZE);
    else
        inet_ntop(AF_INET, &place->address.v4.sin_addr, out, PLACE_SIZE);
}

void place_write(char *out, const struct place *place)
{
    char host[PLACE_SIZE];
    bool v6 = is_v6(place);

    place_write_address(host, place);
    snprintf(out, PLACE_SIZE, "%s%.45s%s:%u", v6 ? "[" : "", host, v6 ? "]" : "",
             (unsigned)place_port(place));
}

uint16_t place_port(const struct place *place)
{
    return ntohs(is_v6(place) ? place->address.v6.sin6_port : place->address.v4.sin_port);
}

void place_set_port(struct place *place, uint16_t port)
{
    if (is_v6(place))
        place->address.v6.sin6_port = htons(port);
    else
        place->address.v4.sin_port = htons(port);
}

bool place_same_address(const struct place *a, const struct place *b)
{
    if (a->size != b->size || a->address.any.sa_family != b->address.any.sa_family)
        return false;
    if (is_v6(a))
        return memcmp(&a->address.v6.sin6_addr, &b->address.v6.sin6_addr, 16) == 0;
    return a->address.v4.sin_addr.s_addr == b->address.v4.sin_addr.s_addr;
}

/* To connect a datagram socket sends nothing. */
bool place_toward(struct place *local, const struct place *there)
{
    int fd = socket(there->address.any.sa_family, SOCK_DGRAM, 0);
    bool found;

    memset(local, 0, sizeof *local);
    local->size = sizeof local->address;
    found = fd >= 0 && connect(fd, &there->address.any, there->size) == 0 &&
            getsockname(fd, &local->address.any, &local->size) == 0;
    if (fd >= 0)
        close(fd);
    return found;
}

static unsigned family_of(const struct sockaddr *address)
{
    const struct sockaddr_in *v4 = (const void *)address;
    const struct sockaddr_in6 *v6 = (const void *)address;

    if (address == NULL)
        return 0;
    if (address->sa_family == AF_INET && ntohl(v4->sin_addr.s_addr) >> 24 != 127)
        return SIPREG_CAN_IPV4;
    if (address->sa_family == AF_INET6 && !IN6_IS_ADDR_LOOPBACK(&v6->sin6_addr) &&
        !IN6_IS_ADDR_LINKLOCAL(&v6->sin6_addr))
        return SIPREG_CAN_IPV6;
    return 0;
}

unsigned place_families(void)
{
    struct ifaddrs *first = NULL, *one;
    unsigned families = 0;

    if (getifaddrs(&first) == 0) {
        for (one = first; one != NULL; one = one->ifa_next)
            families |= family_of(one->ifa_addr);
        freeifaddrs(first);
    }
    return families != 0 ? families : SIPREG_CAN_IPV4 | SIPREG_CAN_IPV6;
}
