/*
 * transport.h - what a transport is called, and whether it is secure. (RFC 3261 18, RFC 7118 5)
 */
#ifndef SIPREG_LIB_TRANSPORT_H
#define SIPREG_LIB_TRANSPORT_H

#include <sipreg/types.h>

/* In the Via; NULL: there is no such transport. */
const char *sipreg_transport_name(enum sipreg_transport transport);
/* In the transport parameter of a URI, where security comes from its scheme (RFC 5630 3.1.4). */
const char *sipreg_transport_param(enum sipreg_transport transport);
bool sipreg_transport_is_secure(enum sipreg_transport transport);

#endif
