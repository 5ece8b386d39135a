/*
 * sipreg/response.h - a response, read in place (RFC 3261 7.2, 7.3, 8.2.6).
 *
 * A struct sipreg_response points into the received bytes: keep them until you are done with it.
 */
#ifndef SIPREG_RESPONSE_H
#define SIPREG_RESPONSE_H

#include <sipreg/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* For a number that the response does not carry. */
#define SIPREG_ABSENT (-1)

/* The top Via (20.42). Only a response with exactly one Via is ours (8.1.3.3). */
struct sipreg_via {
    struct sipreg_str transport; /* "UDP" */
    struct sipreg_str host;      /* sent-by, IPv6 in brackets */
    struct sipreg_str port;      /* sent-by, absent if not written */
    struct sipreg_str branch;
    struct sipreg_str received; /* our address as the server sees it (18.2.1), IPv6 without
                                   brackets; or absent */
    struct sipreg_str rport;    /* our port as the server sees it (RFC 3581), or absent or empty */
    struct sipreg_str keep;     /* how often it wants keepalives (RFC 6223), or absent */
};

struct sipreg_response {
    int status;               /* 100 to 699 */
    struct sipreg_str reason; /* reason phrase, may be empty */
    struct sipreg_str call_id;
    struct sipreg_str from_tag;
    struct sipreg_str to_tag; /* absent in a 100 and from old servers */
    struct sipreg_str method; /* of the CSeq */
    uint32_t cseq;
    struct sipreg_via via;
    unsigned via_count;  /* 1, or more: then via is the first */
    int64_t expires;     /* Expires in seconds, at most 2^32-1 (10.2 for malformed ones) */
    int64_t min_expires; /* Min-Expires */
    int64_t retry_after; /* Retry-After in seconds, without comment and parameters */
    struct sipreg_str body;
    struct sipreg_str head; /* all header lines, for the functions below */
    size_t lists;           /* where in head the first Contact or challenge stands */
    uint32_t seen;          /* which headers that mean something to us are there */
};

/* One value of Contact, Route, Path, ... (20.10): all parts as received. */
struct sipreg_nameaddr {
    struct sipreg_str display; /* without its quotes, escapes in place; or absent */
    struct sipreg_str uri;     /* without angle brackets; "*" */
    struct sipreg_str params;  /* header parameters from the first ";" on; or absent */
};

/* One Contact of a response: a binding of the AOR (10.2.4). */
struct sipreg_binding {
    struct sipreg_nameaddr contact;
    int64_t expires; /* its own parameter; SIPREG_ABSENT: the Expires header holds */
    int q;           /* thousandths; 1000 if absent */
};

/*
 * Reads one response from a datagram, or from a stream message that sipreg_frame_next() delimited.
 * Returns the octets that the message takes up (in a datagram what follows is noise, 18.3).
 *
 * SIPREG_PARTIAL: the header does not end, or Content-Length says more than there is: not a whole
 * message; SIPREG_FOREIGN: a request or something else than SIP (CRLF, STUN); SIPREG_SYNTAX: a
 * response that cannot be used: a mandatory header (Via, From, To, Call-ID, CSeq) missing, twice or
 * malformed, another version, a status outside 100 to 699; SIPREG_LIMIT: more than 65535 octets.
 */
SIPREG_API int sipreg_response_parse(struct sipreg_response *response, const void *bytes, size_t n);

/* How far one of the functions below has come in a response. All zero: at the start. */
struct sipreg_place {
    size_t next; /* in head: the next line */
    size_t at;   /* what is left of a list, up to end */
    size_t end;
};

/* The next header line with this name (long or compact, any case); its value is as received, folds
   included. True if there was one. */
SIPREG_API bool sipreg_response_header(const struct sipreg_response *response, const char *name,
                                       struct sipreg_place *place, struct sipreg_str *value);

/* The next Contact value, over all Contact lines and comma lists. True if there was one. A line
   that turns malformed is left at that point. */
SIPREG_API bool sipreg_response_contact(const struct sipreg_response *response,
                                        struct sipreg_place *place, struct sipreg_binding *binding);

/* Date in seconds since 1970 (20.17), e.g. to set a clock by; SIPREG_ABSENT. */
SIPREG_API int64_t sipreg_response_date(const struct sipreg_response *response);

/* The value of parameter name in params, without quotes; absent if it is not there; {p, 0} if it
   has no value. */
SIPREG_API struct sipreg_str sipreg_param(struct sipreg_str params, const char *name);

/*
 * Finds the messages in a stream (18.3). Start with all zero and whenever a new connection opens.
 * Give it all unread octets each time; it remembers how far it has looked, so that a message which
 * arrives in many pieces is not read again from its start.
 *
 * Returns the length of the first message, or of an empty line (a CRLF keepalive) in front: take so
 * many octets away, then ask again. SIPREG_PARTIAL: keep the octets and read more. SIPREG_SYNTAX:
 * no Content-Length, or a bad one: framing is lost, close the connection (7.4.2, 18.3).
 * SIPREG_LIMIT: the message would be larger than 65535 octets.
 */
struct sipreg_frame {
    size_t seen;   /* up to here stand only whole lines */
    size_t looked; /* up to here a line end was looked for */
    int64_t body;  /* 1 + Content-Length; 0 not seen yet */
};

SIPREG_API int sipreg_frame_next(struct sipreg_frame *frame, const void *bytes, size_t n);

#ifdef __cplusplus
}
#endif

#endif
