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

struct sipreg_client_config;
struct sipreg_response;

struct sipreg_client {
    const struct sipreg_client_config *config; /* NULL: init failed */
    struct sipreg_credentials credentials;
    struct sipreg_str user; /* auth user in the absence of one in credentials */

    /* time */
    uint64_t now;
    uint32_t tick; /* the caller's clock at now */

    /* the wish */
    uint8_t wish;
    bool query;
    bool clear;
    bool refused; /* gave up wishing to be bound */

    /* the fact: what the registrar holds for us */
    uint8_t fact;
    bool listed;
    bool verified;
    int64_t granted;
    uint64_t bound_at;
    uint64_t lapses_at;
    char local[SIPREG_LOCAL_SIZE];
    char contact[SIPREG_CONTACT_SIZE];  /* ours, unless the config has one */
    char replaced[SIPREG_CONTACT_SIZE]; /* an earlier one that may still be bound; or empty */
    bool offered;                       /* ours has been sent to the registrar */
    bool changed;                       /* further ones were, since the request under way */
    uint8_t further_count;
    const struct sipreg_contact *further; /* the caller's */
    uint16_t routes_used;
    char routes[SIPREG_ROUTE_SIZE];

    /* the attempt */
    uint8_t purpose; /* of the request under way, or of the last one */
    bool again;      /* repeat at once */
    bool without_body;
    bool body_done;
    uint8_t rounds;   /* repeats at once, in this attempt */
    uint8_t failures; /* attempts in a row */
    bool patient;     /* next_at is to be waited for, whatever the flow does */
    int64_t floor;    /* seconds that the registrar demands at least (423) */
    uint64_t next_at; /* no registration before */

    /* the request under way */
    struct sipreg_request request;
    struct sipreg_contact contacts[2 + SIPREG_MAX_CONTACTS]; /* ours, further ones, the replaced */
    struct sipreg_targets targets;
    struct sipreg_transaction transaction;
    struct sipreg_session sessions[SIPREG_MAX_REALMS];

    /* the flow */
    uint8_t flow;
    uint8_t large; /* is a stream wanted for what is too large for UDP? */
    bool rewritten;
    bool close;
    uint64_t flow_at; /* when opening must have ended, or idling */
    bool idling;      /* nobody needs the flow any more */
    uint8_t servers;  /* others that can be tried when the one in use fails */

    /* the report to be made */
    bool report;
    uint8_t report_type;
    int report_status;
    int report_error;
    const struct sipreg_response *response;

    bool running; /* within a callback */
};

#endif
