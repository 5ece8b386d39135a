/*
 * sipreg/request.h - one REGISTER, from its parts (RFC 3261 8.1.1 and 10.2).
 *
 * Fill in a struct sipreg_request, let sipreg_request_renew() give it its identifiers, write it. A
 * retransmission is the same struct written again: the bytes are the same. For the next request
 * (with credentials, a refresh, a removal) change what changes, renew, write.
 *
 * All strings are borrowed, NUL-terminated UTF-8 without control characters, and are written as
 * they are: URIs escaped as RFC 3261 25.1 asks and without angle brackets, host parts of IPv6
 * addresses in brackets. What could break out of its place is refused with SIPREG_ARGUMENT.
 */
#ifndef SIPREG_REQUEST_H
#define SIPREG_REQUEST_H

#include <sipreg/config.h>
#include <sipreg/types.h>

#ifdef __cplusplus
extern "C" {
#endif

struct sipreg_answer;

/* For the expiry of a request or a contact: write none, the registrar chooses (10.2.1.1). */
#define SIPREG_EXPIRES_NONE (-1)

/* One Contact of a request. */
struct sipreg_contact {
    const char *uri; /* any scheme, e.g. "sip:alice@192.0.2.10:5060;transport=tcp" */
    int64_t
        expires; /* seconds, 0 removes it; SIPREG_EXPIRES_NONE leaves it to the Expires header */
    int q;       /* preference in thousandths, 1 to 1000 (1.0); 0 writes none */
    const char *params; /* written behind it, e.g. ";+sip.instance=\"<urn:uuid:...>\""; or NULL */
};

/* A further header of yours. Headers that the library writes itself are refused. */
struct sipreg_header {
    const char *name;
    const char *value;
};

/* A body, e.g. a CPL script (RFC 3880): written with Content-Type and, if set, the disposition. */
struct sipreg_body {
    const char *type;        /* "application/cpl+xml" */
    const char *disposition; /* "script;action=store", or NULL */
    const void *bytes;
    size_t size;
};

struct sipreg_request {
    const char *registrar; /* Request-URI: the domain, without a user part (10.2) */
    const char *aor;       /* To, and From unless from is set: a sip or sips URI */
    const char *from;      /* From of a third-party registration; or NULL */
    const char *display;   /* display name in From and To, unquoted; or NULL */

    /* Where answers can reach us, "192.0.2.10:5060" or "[2001:db8::1]:5060" (Via sent-by, 18.1.1).
     */
    const char *sent_by;
    enum sipreg_transport transport;
    const char *via_params; /* behind it, ";maddr=224.0.1.75;ttl=1" (18.1.1), ";alias" (RFC 5923) */

    /* The contact to register, with the request's own expiry. "*" with expires 0 removes every
       binding of the AOR. NULL and no contacts asks for the list of bindings (10.2.3). */
    const char *contact;
    const struct sipreg_contact *contacts; /* further ones */
    size_t contact_count;

    /* Of the first contact: the device, "urn:uuid:..." (RFC 5626 4.1), or NULL; and which of its
       flows this is, 1 to 2^31-1 (4.2), or 0: then it is no outbound registration. */
    const char *instance;
    uint32_t reg_id;

    /* Seconds, 0 removes; SIPREG_EXPIRES_NONE. Written as Expires header and behind contact, since
       registrars differ in which one they read. A query writes none. */
    int64_t expires;

    /* Preloaded route set, first hop first: "sip:proxy.example.com;lr". Written as sips where the
       Request-URI is (RFC 5630 5.1.1). */
    const char *const *routes;
    size_t route_count;

    const char *require;    /* option tags that the registrar must know, "pref, gin"; or NULL */
    uint32_t not_required;  /* bit n: the nth of them is left out after all (8.1.3.5) */
    const char *supported;  /* option tags, "path, gruu"; or NULL. outbound needs no mention */
    bool path;              /* and path, which a server asked for (RFC 3327 5.2) */
    bool keep;              /* offer keepalives in the Via (RFC 6223) */
    const char *allow;      /* methods of the whole user agent; or NULL */
    const char *user_agent; /* or NULL */
    const struct sipreg_header *headers;
    size_t header_count;
    const struct sipreg_body *body; /* or NULL */

    unsigned max_forwards; /* 0: 70 */

    bool compact; /* short header names (7.3.3) */
    bool plain;   /* compact, and without allow, user_agent and Accept headers of yours */

    const struct sipreg_answer *answer; /* credentials, from sipreg_challenge_answer(); or NULL */

    /* Set by sipreg_request_renew(). Zero before the first. */
    uint32_t cseq;
    char call_id[24];
    char tag[12];
    char branch[24];
};

/*
 * Makes the struct a new request: CSeq one higher (10.2) and a new branch (8.1.1.7); the first time
 * also Call-ID and From tag, which then stay for all requests of this registration. Checks all
 * fields.
 *
 * SIPREG_OK; SIPREG_ARGUMENT: a field cannot be written (sipreg_request_fault() names it);
 * SIPREG_RANDOM. On failure the branch is empty and sipreg_request_write() fails too.
 */
SIPREG_API int sipreg_request_renew(struct sipreg_request *request, sipreg_random *random,
                                    void *user);

/*
 * Writes the request into out; out NULL (size 0) measures only. The fields are those that renew has
 * checked: of what was changed since only texts are looked at again, for control characters.
 *
 * Returns the number of octets, all of them written; SIPREG_SPACE: size is too small, out holds
 * nothing of use; SIPREG_STATE: not renewed; SIPREG_ARGUMENT: a field cannot be written.
 */
SIPREG_API int sipreg_request_write(const struct sipreg_request *request, void *out, size_t size);

/* Where the request goes, as a URI: the first route, else the Request-URI (8.1.2). Returns its
   length without the NUL that is written too, or SIPREG_SPACE. */
SIPREG_API int sipreg_request_next_hop(const struct sipreg_request *request, char *out,
                                       size_t size);

/* The first field that sipreg_request_renew() would refuse, by its name in the struct and why, e.g.
   "aor: not a sip or sips URI"; NULL when there is none. Static. */
SIPREG_API const char *sipreg_request_fault(const struct sipreg_request *request);

#ifdef __cplusplus
}
#endif

#endif
