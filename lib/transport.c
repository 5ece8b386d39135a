/*
 * transport.c - what is a transport called, and is it secure? (RFC 3261 18, RFC 7118 5)
 */
#include "transport.h"

static const struct {
    char name[4], param[4];
} names[] = {{"UDP", "udp"}, {"TCP", "tcp"}, {"TLS", "tcp"}, {"WS", "ws"}, {"WSS", "ws"}};

const char *sipreg_transport_name(enum sipreg_transport transport)
{
    return (unsigned)transport <= SIPREG_WSS ? names[transport].name : NULL;
}

const char *sipreg_transport_param(enum sipreg_transport transport)
{
    return names[transport].param;
}

bool sipreg_transport_is_secure(enum sipreg_transport transport)
{
    return transport == SIPREG_TLS || transport == SIPREG_WSS;
}
