/*
 * sockets.c: where does it listen, and whom does it talk to?
 *
 * All addresses are on loopback: this is a toy with passwords on its command line.
 */
#include "sockets.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

const char *transport_name(enum transport transport)
{
    static const char *const names[] = {"udp", "tcp", "tls"};

    return names[transport];
}

void route_source(const struct route *route, struct source *source)
{
    char port[8];

    source->port = 0;
    source->ip[0] = '\0';
    if (getnameinfo((const struct sockaddr *)&route->address, route->address_length, source->ip,
                    sizeof source->ip, port, sizeof port, NI_NUMERICHOST | NI_NUMERICSERV) == 0)
        sscanf(port, "%u", &source->port);
}

void route_set_port(struct route *route, unsigned port)
{
    if (route->address.ss_family == AF_INET6)
        ((struct sockaddr_in6 *)&route->address)->sin6_port = htons((uint16_t)port);
    else
        ((struct sockaddr_in *)&route->address)->sin_port = htons((uint16_t)port);
}

unsigned socket_port(int fd)
{
    struct route route;
    struct source source;

    route.address_length = sizeof route.address;
    if (getsockname(fd, (struct sockaddr *)&route.address, &route.address_length) != 0)
        return 0;
    route_source(&route, &source);
    return source.port;
}

static bool on_loopback(const struct sockaddr *address)
{
    struct in6_addr v6;

    if (address->sa_family == AF_INET)
        return ntohl(((const struct sockaddr_in *)address)->sin_addr.s_addr) >> 24 == 127;
    if (address->sa_family != AF_INET6)
        return false;
    v6 = ((const struct sockaddr_in6 *)address)->sin6_addr;
    return IN6_IS_ADDR_LOOPBACK(&v6);
}

void socket_do_not_block(int fd)
{
    fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
    fcntl(fd, F_SETFD, FD_CLOEXEC);
}

static int bind_socket(const struct addrinfo *address, int type)
{
    int one = 1, saved, fd = socket(address->ai_family, type, 0);

    if (fd < 0)
        return -1;
    if (type == SOCK_STREAM)
        setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    socket_do_not_block(fd);
    if (bind(fd, address->ai_addr, address->ai_addrlen) == 0 &&
        (type == SOCK_DGRAM || listen(fd, 64) == 0))
        return fd;
    saved = errno;
    close(fd);
    errno = saved;
    return -1;
}

bool socket_open(const struct options *options, enum transport transport, int port, int *fd,
                 struct out *why)
{
    struct addrinfo hints, *found;
    char service[12];

    if (port < 0)
        return true;
    memset(&hints, 0, sizeof hints);
    hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV;
    hints.ai_socktype = transport == OVER_UDP ? SOCK_DGRAM : SOCK_STREAM;
    snprintf(service, sizeof service, "%d", port);
    if (getaddrinfo(options->listen, service, &hints, &found) != 0) {
        out_format(why, "--listen %s is no IP address", options->listen);
        return false;
    }
    if (on_loopback(found->ai_addr))
        *fd = bind_socket(found, hints.ai_socktype);
    else
        errno = EACCES;
    if (*fd < 0 && !on_loopback(found->ai_addr))
        out_format(why, "--listen %s is not on loopback; this registrar is a toy and stays there",
                   options->listen);
    else if (*fd < 0)
        out_format(why, "cannot listen on %s %s port %d: %s", transport_name(transport),
                   options->listen, port, strerror(errno));
    freeaddrinfo(found);
    return *fd >= 0;
}
