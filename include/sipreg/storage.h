/*
 * sipreg/storage.h - the private layout of a client, public so that callers can allocate one.
 *
 * Nothing here is for use by programs: read the state through client.h. Names and sizes change
 * between versions. Instants end in _at and are milliseconds of the client's own clock, which
 * starts at 0 when the client is initialised and does not wrap.
 */
#ifndef SIPREG_STORAGE_H
#define SIPREG_STORAGE_H

#include <sipreg/config.h>
#include <sipreg/digest.h>
#include <sipreg/request.h>
#include <sipreg/types.h>

/* 17.1.2, lib/transaction.h */
struct sipreg_transaction {
    uint64_t started_at;
    uint64_t resend_at;  /* timer E; never on reliable transports */
    uint64_t give_up_at; /* timer F, and timer K once completed */
    uint32_t interval;   /* of timer E, ms */
    uint8_t state;
    bool heard; /* some response has come */
    bool repeated;
};

/* An authentication session with one realm, lib/answers.c */
struct sipreg_session {
    struct sipreg_challenge challenge; /* its slices point into text; no realm: unused */
    struct sipreg_answer answer;
    bool fresh;    /* its nonce came within this attempt: a 401 to it means bad credentials */
    bool ready;    /* answered already, for the request that comes next */
    bool sent;     /* the request under way carries its answer */
    bool outdated; /* which was made with other credentials than those of now */
    bool taken;    /* has taken up a challenge of the response being read */
    bool rejected; /* the server refused the credentials: not to be tried again */
    bool passed;   /* the server has let its answer pass, and asked for something else */
    uint8_t stale; /* stale=true in a row */
    char text[SIPREG_CHALLENGE_SIZE];
};

/* Where redirections send us, lib/redirect.c */
struct sipreg_targets {
    uint64_t until;    /* when the redirection ends */
    const char *proxy; /* the route set, where it is one to a proxy (305) */
    uint16_t used;
    bool away;    /* requests go elsewhere than the config says */
    bool chained; /* the list is of the attempt under way */
    char text[SIPREG_TARGETS_SIZE];
};

/* Keepalives, lib/keepalive.c */
struct sipreg_pings {
    uint64_t at;          /* the next one, or its next repetition */
    uint64_t fail_at;     /* when its answer must have come; 0: none is asked for */
    uint32_t every;       /* seconds from one to the next, at most; 0: there are none */
    uint8_t kind;         /* a blank line, or a STUN request */
    uint8_t sends;        /* of the one that is not answered yet */
    bool named;           /* the server has named the time */
    bool promised;        /* an answer is promised */
    bool answered;        /* one has come on this flow */
    bool unasked;         /* one that was none has */
    bool partial;         /* part of a message has come, and behind it may be the answer */
    bool extended;        /* which was waited for already */
    bool failed;          /* the flow has, though over UDP nothing is closed */
    bool known;           /* mapped is */
    unsigned char id[12]; /* of the STUN request */
    struct sipreg_mapped mapped;
};

struct sipreg_client_config;
struct sipreg_response;

/* Small fields stand together, so that none of them costs an alignment. */
struct sipreg_client {
    const struct sipreg_client_config *config; /* NULL: init failed */
    struct sipreg_credentials credentials;
    struct sipreg_str user; /* auth user in the absence of one in credentials */

    /* the wish */
    uint8_t wish;
    bool query;
    bool clear;
    bool refused; /* gave up wishing to be bound */
    bool held;    /* planned refreshes are put off */

    /* the fact: what the registrar holds for us */
    uint8_t fact;
    bool listed;
    bool verified;
    bool offered;  /* our contact has been sent to the registrar */
    bool outbound; /* RFC 5626 is in force */
    bool changed;  /* further contacts were, since the request under way */
    uint8_t further_count;

    /* the attempt */
    uint8_t purpose; /* of the request under way, or of the last one */
    bool again;      /* repeat at once */
    bool without_body;
    bool body_done;
    uint8_t rounds;   /* repeats at once, in this attempt */
    uint8_t failures; /* attempts in a row */
    uint8_t unproven; /* those before a registration whose flow has not answered a ping yet */
    bool patient;     /* next_at is to be waited for, whatever the flow does */

    /* the flow */
    uint8_t flow;
    uint8_t large; /* is a stream wanted for what is too large for UDP? */
    bool rewritten;
    bool close;
    bool idling;     /* nobody needs the flow any more */
    uint8_t servers; /* that can be tried in this attempt, as far as was told: state.h */

    /* the report to be made */
    bool report;
    uint8_t report_type;
    int16_t report_status;
    int16_t report_error;
    const struct sipreg_response *response;

    bool running; /* within a callback */

    /* time */
    uint64_t now;
    uint64_t lapses_at;
    uint64_t next_at;    /* no registration before */
    uint64_t refresh_at; /* as planned by the last grant */
    uint64_t gone_by;    /* when a removal has to have ended; 0: when it does */
    uint64_t flow_at;    /* when opening must have ended, or idling */

    uint32_t tick;     /* the caller's clock at now */
    uint32_t bound_at; /* the low bits of now then: of interest is how long ago it was */
    uint32_t granted;  /* seconds */
    uint32_t floor;    /* seconds that the registrar demands at least (423) */
    const struct sipreg_contact *further; /* the caller's */
    uint32_t strong[SIPREG_MAX_REALMS];   /* marks of realms that were answered by more than MD5 */
    uint16_t routes_used;
    char local[SIPREG_LOCAL_SIZE];
    char contact[SIPREG_CONTACT_SIZE];  /* ours, unless the config has one */
    char replaced[SIPREG_CONTACT_SIZE]; /* an earlier one that may still be bound; or empty */
    char routes[SIPREG_ROUTE_SIZE];

    /* the request under way */
    struct sipreg_request request;
    struct sipreg_contact contacts[2 + SIPREG_MAX_CONTACTS]; /* ours, further ones, the replaced */
    struct sipreg_targets targets;
    struct sipreg_transaction transaction;
    struct sipreg_session sessions[SIPREG_MAX_REALMS];
    struct sipreg_pings pings;
};

#endif
