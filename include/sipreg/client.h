/*
 * sipreg/client.h - a registration kept alive (RFC 3261 10.2, 17.1.2).
 *
 * One client keeps one contact of one AOR registered. start and stop say what you wish for; the
 * client compares it with what it knows of the registrar and sends what is missing, one REGISTER at
 * a time. You bring bytes in (sipreg_client_recv), call sipreg_client_run when it asks for it, and
 * it calls your send and event.
 *
 * Time is yours: milliseconds of any clock that never steps back. It may wrap at 2^32. Between two
 * calls not more than 24 days may pass.
 *
 * A client belongs to one thread at a time. It has no heap: the struct is yours, and must stay
 * where it is from init until you are done with it.
 */
#ifndef SIPREG_CLIENT_H
#define SIPREG_CLIENT_H

#include <sipreg/config.h>
#include <sipreg/digest.h>
#include <sipreg/request.h>
#include <sipreg/response.h>
#include <sipreg/storage.h>
#include <sipreg/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* From sipreg_client_run() and sipreg_client_deadline(): nothing to do until you call again. */
#define SIPREG_FOREVER UINT32_MAX

enum sipreg_client_state {
    SIPREG_IDLE,          /* nothing wished for, or refused: nothing happens until start */
    SIPREG_REGISTERING,   /* the first REGISTER is on its way */
    SIPREG_REGISTERED,    /* bound, also while a refresh is on its way or being tried again */
    SIPREG_WAITING,       /* not bound; the next try comes after a back-off */
    SIPREG_UNREGISTERING, /* the removal is on its way */
    SIPREG_QUERYING       /* not registering; a query is on its way */
};

enum sipreg_event_type {
    SIPREG_EVENT_REGISTERED,   /* bound or refreshed */
    SIPREG_EVENT_BINDINGS,     /* the answer to sipreg_client_query() */
    SIPREG_EVENT_UNREGISTERED, /* removed; with an error: unconfirmed, or lapsed while retrying */
    SIPREG_EVENT_RETRYING,     /* a request failed; the next one comes in retry_in */
    SIPREG_EVENT_REFUSED,      /* a request failed for good; see the state for what goes on */
    SIPREG_EVENT_KEEPALIVE     /* the first answer to one on this flow; or, with an error, the flow
                                  has failed: TIMEOUT, TRANSPORT, REBOUND. Then a REGISTER comes in
                                  retry_in */
};

/* Good during the call that delivers it only. */
struct sipreg_event {
    enum sipreg_event_type type;
    enum sipreg_client_state state; /* now, after it */
    int status;                     /* of the response, or 0 when there is none */
    int error; /* SIPREG_OK, or why: STATUS, TIMEOUT, TRANSPORT, CHALLENGE, POLICY, UNLISTED, ... */
    const struct sipreg_response *response; /* to read reason, Warning, contacts, ...; or NULL */
    int64_t asked;                          /* seconds asked for; SIPREG_EXPIRES_NONE */
    int64_t granted;                        /* seconds granted; 0 when not bound */
    bool listed;         /* REGISTERED: our contacts stand in the 200, by URI or instance */
    bool verified;       /* the server proved by rspauth that it knows the password */
    bool without_body;   /* REGISTERED: the body was refused, and left out */
    bool outbound;       /* REGISTERED: the registrar keeps to the flow (RFC 5626) */
    uint32_t ping_every; /* seconds from one keepalive to the next, at most; 0: there are none */
    uint32_t refresh_in; /* ms, when registered */
    uint32_t retry_in;   /* ms, when retrying; SIPREG_FOREVER: not by itself */
    uint32_t valid_for;  /* ms that our binding lives on at the registrar; 0 when not bound */
};

enum sipreg_action_type {
    SIPREG_DO_REPORT, /* tell the application: event */
    SIPREG_DO_OPEN,   /* open a flow to the registrar, then call sipreg_client_flow() */
    SIPREG_DO_SEND,   /* send bytes on the flow */
    SIPREG_DO_CLOSE   /* close the flow */
};

struct sipreg_action {
    enum sipreg_action_type type;
    struct sipreg_event event; /* REPORT */
    const void *bytes;         /* SEND: in the scratch buffer, good until the next call */
    size_t size;
};

/*
 * Your functions. All clients of a thread can share one, and one scratch buffer. `user` is the
 * config's. send, event, open and close are called by sipreg_client_run() and sipreg_client_recv()
 * only, when all state is settled: every function of this header may be called from within them,
 * but sipreg_client_recv() and a nested run (they return SIPREG_STATE and 0).
 */
struct sipreg_io {
    /* Sends one message. 0, or negative: it could not be sent and the flow is down. Over WebSocket
       as a binary message, or as text unless your body is not UTF-8. */
    int (*send)(void *user, const void *bytes, size_t n);
    int (*random)(void *user, void *out, size_t n);
    void (*event)(void *user, const struct sipreg_event *event); /* or NULL */

    /* For transports with connections, or NULL: then flows are up until sipreg_client_flow() says
       otherwise. open starts to connect, to what your transport says and with the name verified
       that your TLS says (RFC 5922), and returns 0; sipreg_client_flow() tells how it ended. */
    int (*open)(void *user);
    void (*close)(void *user);

    /* Asked whenever a digest is computed, or NULL: the config's credentials are used. It finds
       them in *credentials and may change them. A password or ha1 is used before it is called
       again, a user name as long as the client is. Returns 0, or negative: none for this realm.
       Must not call back into the library. */
    int (*credentials)(void *user, const struct sipreg_challenge *challenge,
                       struct sipreg_credentials *credentials);

    void *scratch; /* where requests are written: 1200 octets serve most */
    size_t scratch_size;
};

/*
 * Keepalives: CRLFs on streams, STUN over UDP (RFC 5626 4.4). The part is linked only where a
 * config points at it.
 */
struct sipreg_keepalive;
SIPREG_API extern const struct sipreg_keepalive sipreg_keepalive;

/* Where there are keepalives. Where the server has promised to answer them, a flow without answers
   has failed: with outbound, an `ob` in its Path, or a value in answer to our `keep` (RFC 6223). */
enum sipreg_ping {
    SIPREG_PING_PROMISED, /* there and nowhere else */
    SIPREG_PING_ALWAYS, /* elsewhere too, with CRLFs also over UDP: to keep a NAT open. They need no
                           answer, unless one has come on this flow before */
    SIPREG_PING_ANSWERED /* everywhere, and the server is known to answer */
};

/* Zero means default for everything but io, aor and local. It stays in place, with all it points
   to, as long as the client is used. */
struct sipreg_client_config {
    const struct sipreg_io *io;
    void *user; /* handed to the functions of io */

    const char *aor;       /* "sip:alice@example.com" */
    const char *from;      /* whose AOR it is that registers for another one (10.2); the aor */
    const char *local;     /* our address and port, "192.0.2.10:5060": Via and Contact; copied */
    const char *registrar; /* "sip:example.com"; the AOR's domain */
    const char *contact;   /* the AOR's user part at the local address */
    const char *contact_params;            /* ";+sip.instance=..." */
    int q;                                 /* thousandths; none */
    const struct sipreg_contact *contacts; /* further ones, see sipreg_client_contacts() */
    size_t contact_count;

    /* RFC 5626: the device, "urn:uuid:...", the same for ever; and which of its flows this is. Each
       flow is a client of its own with a proxy of its own as its first route. reg_id 0: an
       instance, but no outbound. sibling: another flow's client (theirs may point on, or back), or
       NULL. */
    const char *instance;
    uint32_t reg_id;
    const struct sipreg_client *sibling;
    const char *display;
    enum sipreg_transport transport; /* UDP */
    const char *via_params; /* ";maddr=224.0.1.75;ttl=1" (18.1.1), ";alias" (RFC 5923 8.1) */
    int64_t expires;     /* seconds to ask for: 3600; SIPREG_EXPIRES_NONE: the registrar chooses */
    int64_t expires_max; /* the most that a 423 may make us ask for: 86400 */

    const char *auth_user; /* the AOR's user part; must be given if that is escaped */
    const char *password;
    const char *ha1; /* instead of the password, with its algorithm */
    unsigned ha1_algorithm;
    const char *realm; /* the only one to answer; any */
    struct sipreg_policy policy;
    bool prefer_auth_int;
    bool require_rspauth; /* a 2xx with a wrong rspauth, or with none, is a failure */
    bool require_listed;  /* our contacts must stand in the 200 exactly */

    const char *const *routes;
    size_t route_count;
    bool follow_redirects; /* a 3xx: then io asks sipreg_client_next_hop() where to send */
    bool rewrite_contact;  /* once on each flow: be where the registrar sees us (RFC 3581 9); not
                              where outbound is in force */
    uint32_t datagram_max; /* octets: 1300. Where io opens flows, what is larger takes TCP */
    unsigned max_forwards; /* 70 */
    bool compact;          /* short header names */
    const char *require;   /* left out where a 420 lacks it; to insist, put it into headers */
    const char *supported;
    const char *allow;
    const char *user_agent;
    const struct sipreg_header *headers;
    size_t header_count;
    const struct sipreg_body *body; /* goes with the first registration only (RFC 3880) */

    uint32_t t1, t2, t4; /* ms: 500, 4000, 5000 (17.1.2) */

    const struct sipreg_keepalive *keepalive; /* &sipreg_keepalive; none */
    enum sipreg_ping ping;
    uint32_t ping_every; /* seconds at most, unless the server names a time: 120, over UDP 29 */
    uint32_t coarse;     /* ms: refreshes and keepalives go at multiples of this by your clock, so
                            that those of several clients wake up a device once; 0, when it is time */

    /* Seconds. The first back-off is up to twice the base, six times while a binding lives; then it
       doubles up to the maximum (RFC 5626 4.5). */
    uint32_t retry_base;    /* 30 */
    uint32_t retry_max;     /* 1800 */
    uint32_t refused_retry; /* after a refusal: 0, never by itself */
};

/*
 * Checks the config and puts the client at rest. SIPREG_ARGUMENT: a setting is bad
 * (sipreg_client_fault() names it), or the program was compiled with other limits than the library;
 * SIPREG_LIMIT: a text is too long for its store; SIPREG_SPACE: the scratch buffer is too small for
 * a REGISTER. The client is then at rest for good: every call returns SIPREG_STATE.
 */
#define sipreg_client_init(client, config)                                                         \
    sipreg_client_init_sized((client), sizeof *(client), (config), sizeof *(config))
SIPREG_API int sipreg_client_init_sized(struct sipreg_client *client, size_t client_size,
                                        const struct sipreg_client_config *config,
                                        size_t config_size);

/* What sipreg_client_init() refuses in this config, "contact: not a URI"; NULL if nothing. Static.
   From a library that was built with SIPREG_TERSE it is the field alone, "contact". */
SIPREG_API const char *sipreg_client_fault(const struct sipreg_client_config *config);

/* Wishes. All return SIPREG_OK, or SIPREG_STATE on a client that failed to init. */

/* Register and stay registered. After a refusal or during a back-off: try again now. */
SIPREG_API int sipreg_client_start(struct sipreg_client *client, uint32_t now);
/* Remove our contact, and only ours, after the request under way is answered. On a client that
   never started: remove what an earlier run may have left. Ends in an UNREGISTERED event. */
SIPREG_API int sipreg_client_stop(struct sipreg_client *client, uint32_t now);
/* Refresh now. SIPREG_STATE unless registration is wished for. */
SIPREG_API int sipreg_client_refresh(struct sipreg_client *client, uint32_t now);
/* The same, and it is over after ms, with SIPREG_TIMEOUT if the registrar has not confirmed it. */
SIPREG_API int sipreg_client_stop_within(struct sipreg_client *client, uint32_t now, uint32_t ms);
/* Put off planned refreshes, during a call say, or stop to do so: not beyond the time that another
   try needs before the binding lapses. */
SIPREG_API int sipreg_client_hold(struct sipreg_client *client, uint32_t now, bool held);
/* Ask for all bindings of the AOR: a BINDINGS event. */
SIPREG_API int sipreg_client_query(struct sipreg_client *client, uint32_t now);
/* Remove every contact of the AOR, also those of other devices (10.2.2), and stop. */
SIPREG_API int sipreg_client_clear(struct sipreg_client *client, uint32_t now);

/*
 * Other further contacts from now on, and a REGISTER that says so: they are registered, refreshed
 * (all at the earliest of the granted times) and removed together with ours. To remove one alone,
 * give it with an expiry of 0 until the next REGISTERED event. SIPREG_EXPIRES_NONE asks for as long
 * as for ours. Borrowed; those before may go when the request under way has ended.
 *
 * SIPREG_ARGUMENT: one cannot be written; SIPREG_LIMIT: more than SIPREG_MAX_CONTACTS;
 * SIPREG_SPACE: the scratch buffer is too small for them. Nothing changed then.
 */
SIPREG_API int sipreg_client_contacts(struct sipreg_client *client, uint32_t now,
                                      const struct sipreg_contact *contacts, size_t count);

/* The local address has changed (or not, and the device woke up): what is on its way is given up,
   and the binding is renewed, the old contact removed with the same request. local is copied; NULL
   keeps it. While a flow is being opened, from io.open to sipreg_client_flow(), local is only the
   address of this flow. SIPREG_ARGUMENT, SIPREG_LIMIT: it cannot be used, nothing changed. */
SIPREG_API int sipreg_client_move(struct sipreg_client *client, uint32_t now, const char *local);
/* Other credentials from now on; a refused registration is tried again. Strings are borrowed; those
   before may go when the request under way has ended. */
SIPREG_API int sipreg_client_credentials(struct sipreg_client *client, uint32_t now,
                                         const struct sipreg_credentials *credentials);

enum sipreg_flow { SIPREG_FLOW_DOWN, SIPREG_FLOW_UP, SIPREG_FLOW_UNTRUSTED };

/* The flow is open, could not be opened, or was lost (18.4: for UDP, an ICMP error). One that is
   untrusted, since its certificate was not good for the name, is not tried again by itself: a
   REFUSED event with SIPREG_POLICY (26.3.2). A lost flow is
   yours to clean up; it is not closed again. Where the client does not open flows itself, one that
   comes up again registers at once, unless the server asked for patience, or it failed repeatedly.
 */
SIPREG_API int sipreg_client_flow(struct sipreg_client *client, uint32_t now,
                                  enum sipreg_flow flow);

/*
 * Hands in one message: a datagram, what sipreg_frame_next() delimited, or a WebSocket message of
 * either type (one of SIP each, RFC 7118 5); borrowed for the call. Then runs. SIPREG_OK: it was
 * for us. Else it changed nothing: SIPREG_FOREIGN: not for us, give it to your SIP stack;
 * SIPREG_LATE: ours, but no longer of interest; SIPREG_PARTIAL, SIPREG_SYNTAX, SIPREG_LIMIT:
 * unusable; SIPREG_STATE: from within a callback, or init failed.
 */
SIPREG_API int sipreg_client_recv(struct sipreg_client *client, uint32_t now, const void *bytes,
                                  size_t n);

/*
 * On a stream: sipreg_frame_next() has returned SIPREG_PARTIAL, with octets of a message there. An
 * answer to a keepalive may stand behind it, so it is waited for longer, as long as a transaction
 * lasts. SIPREG_OK, or SIPREG_STATE: init failed.
 */
SIPREG_API int sipreg_client_partial(struct sipreg_client *client, uint32_t now);

/* Does what is due, through your functions, a bounded number of them. Returns the milliseconds
   after which to call again, at the latest: 0 if there is more, SIPREG_FOREVER. */
SIPREG_API uint32_t sipreg_client_run(struct sipreg_client *client, uint32_t now);

/* The state of things. */
SIPREG_API enum sipreg_client_state sipreg_client_state(const struct sipreg_client *client);

/*
 * Where REGISTERs go now, as a URI: the first Route, else the Request-URI (8.1.2), until a
 * redirection is followed; with transport=tcp where a datagram is too small (18.1.1). For io.open,
 * and for io.send over UDP. Returns its length without the NUL; SIPREG_SPACE: out is too small;
 * SIPREG_STATE: init failed.
 */
SIPREG_API int sipreg_client_next_hop(const struct sipreg_client *client, char *out, size_t size);

/* The flow that is being opened is of this transport: Via, timers and the contact that we make
   follow it. SIPREG_STATE: no flow is being opened; SIPREG_ARGUMENT: a sips URI needs TLS. */
SIPREG_API int sipreg_client_transport(struct sipreg_client *client,
                                       enum sipreg_transport transport);

/*
 * So many other servers can be tried if the one that is being opened, or in use, fails: by a
 * transport error, no response at all, or a 503 (RFC 3263 4.3). Then a RETRYING event with retry_in
 * 0 tells why (sipreg_locate_failed() wants to know), the flow is closed, and io.open is called for
 * the next one; ten times in one attempt at most. When the last one has failed, too, the event that
 * ends the attempt tells why; the next attempt closes its flow and calls io.open again. Who only
 * knows that there may be one more says 1 for each server. SIPREG_STATE: io does not open flows.
 */
SIPREG_API int sipreg_client_servers(struct sipreg_client *client, size_t others);

/* Is this binding of an event's response ours, or another user agent's? */
SIPREG_API bool sipreg_client_is_ours(const struct sipreg_client *client,
                                      const struct sipreg_binding *binding);

enum sipreg_route { SIPREG_PATH, SIPREG_SERVICE_ROUTE };

/* The index-th Path or Service-Route value of the last 200, counted from 0: a URI (RFC 3327 5.1,
   RFC 3608 6.1). Absent if there is none. Good until the next call that can receive. */
SIPREG_API struct sipreg_str sipreg_client_route(const struct sipreg_client *client,
                                                 enum sipreg_route route, size_t index);

/* The most octets that sipreg_client_save() needs. */
#define SIPREG_SNAPSHOT_SIZE                                                                       \
    (101 + 2 * SIPREG_CONTACT_SIZE + SIPREG_ROUTE_SIZE +                                           \
     SIPREG_MAX_REALMS * (20 + SIPREG_CHALLENGE_SIZE))

/*
 * What must outlive a reboot, as octets that every build and machine can read: the Call-ID and how
 * far CSeq and nonces were counted, what is bound, for how long and by which contact. No password,
 * no wish, nothing of a request under way but that it was sent. Keep it where nobody else can
 * write: it says where calls go.
 *
 * A CSeq that the snapshot does not know of would be used again, which registrars refuse. So save
 * last of all, or, where the power may fail, each time that io.send is called, before the message
 * leaves.
 *
 * Returns the number of octets written; with out NULL, needed. SIPREG_SPACE: size is too small;
 * SIPREG_STATE: init failed.
 */
SIPREG_API int sipreg_client_save(struct sipreg_client *client, uint32_t now, void *out,
                                  size_t size);

/*
 * After sipreg_client_init(), and before anything is wished for: goes on where the client that was
 * saved stopped. start then registers at once and unasked with credentials, since nobody knows what
 * has become of the flow; a contact of before that is not ours any more is removed with the same
 * request. stop removes what the snapshot tells of. away: the seconds since it was saved,
 * SIPREG_FOREVER if nobody knows. What follows the snapshot in bytes is ignored.
 *
 * SIPREG_OK; else nothing has changed, and the client can be used without it: SIPREG_SYNTAX: cut
 * off, spoilt, or of another version of the library; SIPREG_FOREIGN: of another registrar, AOR or
 * from; SIPREG_LIMIT: it does not fit the stores of this build; SIPREG_STATE: too late, or init
 * failed.
 */
SIPREG_API int sipreg_client_load(struct sipreg_client *client, uint32_t now, uint32_t away,
                                  const void *bytes, size_t n);

/*
 * The engine below recv and run, for event loops and tests that would rather pull: hand in parsed
 * responses, and after every call take actions until there are none.
 */

/* As sipreg_client_recv(), without running. The response and its bytes are borrowed until the next
   sipreg_client_next(). */
SIPREG_API int sipreg_client_response(struct sipreg_client *client, uint32_t now,
                                      const struct sipreg_response *response);
/* The same for what sipreg_response_parse() calls foreign: SIPREG_OK, it answers a keepalive. */
SIPREG_API int sipreg_client_pong(struct sipreg_client *client, uint32_t now, const void *bytes,
                                  size_t n);
/* True and the next action, or false: nothing now. If sending fails, say so by
 * sipreg_client_flow(). */
SIPREG_API bool sipreg_client_next(struct sipreg_client *client, uint32_t now,
                                   struct sipreg_action *action);
/* Milliseconds until sipreg_client_next() has an action; 0: now; SIPREG_FOREVER. */
SIPREG_API uint32_t sipreg_client_deadline(struct sipreg_client *client, uint32_t now);

#ifdef __cplusplus
}
#endif

#endif
