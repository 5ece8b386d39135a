/*
 * transport.h - what a transport is called, and whether it is secure. (RFC 3261 18, RFC 7118 5)
 */
#ifndef SIPREG_LIB_TRANSPORT_H
#define SIPREG_LIB_TRANSPORT_H

#include <sipreg/types.h>

/* In the Via; NULL: there is no such transport. */
/*@ assigns \nothing;
    ensures \result == \null || \valid_read(\result + (0 .. 3));
    ensures transport <= SIPREG_WSS ==> \result != \null;
*/
const char *sipreg_transport_name(enum sipreg_transport transport);
/* In the transport parameter of a URI, where security comes from its scheme (RFC 5630 3.1.4). */
/*@ requires transport <= SIPREG_WSS;
    assigns \nothing;
    ensures \valid_read(\result + (0 .. 3));
*/
const char *sipreg_transport_param(enum sipreg_transport transport);
/*@ assigns \nothing;
    ensures \result <==> transport == SIPREG_TLS || transport == SIPREG_WSS;
*/
bool sipreg_transport_is_secure(enum sipreg_transport transport);

#endif
