/*
 * sipreg/config.h - the limits of a build.
 *
 * A client keeps what must outlive a received message in stores of fixed size. What does not fit is
 * refused whole (SIPREG_LIMIT), never cut. To change limits, define all of them in a header of your
 * own and build library and program with -DSIPREG_CONFIG_FILE='"my_sipreg.h"'. A program built with
 * other limits than its library is told so by sipreg_client_init() and sipreg_locate_init().
 */
#ifndef SIPREG_CONFIG_H
#define SIPREG_CONFIG_H

#ifdef SIPREG_CONFIG_FILE
#include SIPREG_CONFIG_FILE
#else

/* Realms that one REGISTER can carry credentials for: the registrar's and one proxy's. 1 to 8. */
#define SIPREG_MAX_REALMS     2

/* Octets of one challenge that must be repeated to its sender: realm, nonce, opaque and algorithm
   together. Servers in the field need 60 to 200. 64 to 4096. */
#define SIPREG_CHALLENGE_SIZE 256

/* Octets of a local address as text, "[2001:db8::1]:5060" or "phone.example.com", with its NUL.
   24 to 300. */
#define SIPREG_LOCAL_SIZE     64

/* Octets of a Contact URI that the client makes from the user part and the local address, with its
   NUL. Two are kept: ours and the one it replaces. 40 to 1024. */
#define SIPREG_CONTACT_SIZE   128

/* Further contacts of one client, beside its own. 0 to 16. */
#define SIPREG_MAX_CONTACTS   2

/* Octets that remember the targets of redirections, and where the config sends requests: their
   URIs, with two octets for each. 32 to 4096. */
#define SIPREG_TARGETS_SIZE   128

/* Octets that remember Path and Service-Route of the last 200, separators included. 1 to 4096. */
#define SIPREG_ROUTE_SIZE     224

/* Of a lookup (locate.h): servers of one SRV answer, addresses of one server, and targets whose
   failure is remembered. 2 to 32. */
#define SIPREG_MAX_TARGETS    8

/* Octets of a lookup for names, each with its NUL: the URI's, those of up to three NAPTR records,
   and those of the servers. 256 to 8192. */
#define SIPREG_LOCATE_SIZE    512

#endif

#if SIPREG_MAX_REALMS < 1 || SIPREG_MAX_REALMS > 8
#error "SIPREG_MAX_REALMS: 1 to 8"
#endif
#if SIPREG_CHALLENGE_SIZE < 64 || SIPREG_CHALLENGE_SIZE > 4096
#error "SIPREG_CHALLENGE_SIZE: 64 to 4096"
#endif
#if SIPREG_LOCAL_SIZE < 24 || SIPREG_LOCAL_SIZE > 300
#error "SIPREG_LOCAL_SIZE: 24 to 300"
#endif
#if SIPREG_CONTACT_SIZE < 40 || SIPREG_CONTACT_SIZE > 1024
#error "SIPREG_CONTACT_SIZE: 40 to 1024"
#endif
#if SIPREG_MAX_CONTACTS < 0 || SIPREG_MAX_CONTACTS > 16
#error "SIPREG_MAX_CONTACTS: 0 to 16"
#endif
#if SIPREG_TARGETS_SIZE < 32 || SIPREG_TARGETS_SIZE > 4096
#error "SIPREG_TARGETS_SIZE: 32 to 4096"
#endif
#if SIPREG_ROUTE_SIZE < 1 || SIPREG_ROUTE_SIZE > 4096
#error "SIPREG_ROUTE_SIZE: 1 to 4096"
#endif
#if SIPREG_MAX_TARGETS < 2 || SIPREG_MAX_TARGETS > 32
#error "SIPREG_MAX_TARGETS: 2 to 32"
#endif
#if SIPREG_LOCATE_SIZE < 256 || SIPREG_LOCATE_SIZE > 8192
#error "SIPREG_LOCATE_SIZE: 256 to 8192"
#endif

#endif
