/*
 * sipreg/types.h - what all other headers speak in: slices, transports, errors.
 */
#ifndef SIPREG_TYPES_H
#define SIPREG_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#if defined(_WIN32) && defined(SIPREG_SHARED)
#ifdef SIPREG_BUILDING
#define SIPREG_API __declspec(dllexport)
#else
#define SIPREG_API __declspec(dllimport)
#endif
#elif defined(__GNUC__) && defined(SIPREG_SHARED)
#define SIPREG_API __attribute__((visibility("default")))
#else
#define SIPREG_API
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* Part of somebody's bytes: n octets from p, without a NUL at their end. {NULL, 0} is "absent";
   n == 0 with p set is "there, and empty". A slice lives as long as the bytes it points into. */
struct sipreg_str {
    const char *p;
    size_t n;
};

/* What a request travels over; names the transport in the Via (RFC 3261 18.1.1). Over WebSocket, in
   the clear or by TLS, each message is one of SIP (RFC 7118). */
enum sipreg_transport { SIPREG_UDP, SIPREG_TCP, SIPREG_TLS, SIPREG_WS, SIPREG_WSS };

/* An address of ours as a server sees it: an IPv4 address in the first four octets. */
struct sipreg_mapped {
    uint8_t address[16];
    uint16_t port;
    bool ipv6;
};

/* Results below zero, grouped by whose move it is. sipreg_strerror() says the same in words. */
enum sipreg_error {
    SIPREG_OK = 0,
    /* yours */
    SIPREG_ARGUMENT = -1, /* a setting or string that cannot be: bad URI, CR in a header, ... */
    SIPREG_STATE = -2,    /* not now: a step before this one is missing or failed */
    SIPREG_SPACE = -3,    /* your buffer is too small: nothing was kept, call again with more */
    /* this build's */
    SIPREG_LIMIT = -4, /* larger than a limit of config.h */
    /* the peer's */
    SIPREG_PARTIAL = -5,   /* the message is not complete: more bytes may follow on a stream */
    SIPREG_SYNTAX = -6,    /* these bytes are no SIP response; on a stream framing is lost */
    SIPREG_FOREIGN = -7,   /* well-formed, but no answer to a request of ours */
    SIPREG_LATE = -8,      /* an answer of ours to a request that is over */
    SIPREG_CHALLENGE = -9, /* no challenge that we can answer, or a wrong rspauth */
    SIPREG_POLICY = -10,   /* a challenge or redirection that security or your policy refuses */
    SIPREG_UNLISTED = -11, /* a 200 to our registration that does not list our contact */
    SIPREG_STATUS = -12,   /* a final status other than 2xx: see there */
    SIPREG_SIPS = -13,     /* the same, since the AOR is sips or is not (RFC 5630 5.1.1.1) */
    /* the surroundings' */
    SIPREG_HASH = -14,      /* the hash library failed or lacks the algorithm */
    SIPREG_RANDOM = -15,    /* your random function failed, or gave the same octets again */
    SIPREG_TRANSPORT = -16, /* send failed, or the flow is down */
    SIPREG_TIMEOUT = -17,   /* no final answer within 64*T1 (RFC 3261 17.1.2, timer F) */
    SIPREG_REBOUND = -18    /* a NAT has given us another address (RFC 5626 4.4.2) */
};

/* Fills out with n unpredictable octets (RFC 4086). Returns 0, or a negative number on failure. It
   is called from inside the library and must not call back into it. */
typedef int sipreg_random(void *user, void *out, size_t n);

/* "0.1.0" */
SIPREG_API const char *sipreg_version(void);

/* A short English sentence without a full stop; for an unknown number "unknown error". Static. */
SIPREG_API const char *sipreg_strerror(int error);

#ifdef __cplusplus
}
#endif

#endif
