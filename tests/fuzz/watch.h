/*
 * watch.h - a client with everything around it, and an eye on its promises: for fuzz targets.
 *
 * What must hold is what the weather (tests/sim) asks of a client, less what only an honest
 * registrar makes true: one transaction at a time, CSeq up by one, a fresh branch, retransmissions
 * that are identical and in their time, a reason for every request, ten at once at most, no nonce
 * and count twice, no secret in any output, well-formed requests, no deadline in the past or for
 * nothing (watch.c, watch_sent.c); no answer taken that is another's or late (watch_heard.c).
 */
#ifndef SIPREG_TESTS_FUZZ_WATCH_H
#define SIPREG_TESTS_FUZZ_WATCH_H

#include "fuzz.h"

#define WATCH_AOR      "sip:alice@example.com"
#define WATCH_PASSWORD "open-sesame-4711"
#define WATCH_HA1      "0123456789abcdef0123456789abcdef"
#define WATCH_NEVER    UINT64_MAX

enum { WATCH_MESSAGE = 4096, WATCH_BRANCHES = 128, WATCH_NONCES = 64 };

/* The calls of the program that can be made to fail: the next one does. */
struct watch_failing {
    bool send, open, random, credentials;
};

/* Requests that follow each other at once, since an answer has asked for the next one. */
struct watch_attempt {
    unsigned left; /* there may be so many more */
    int after;     /* the status of that answer; 0: none yet */
    unsigned asked;
    uint32_t realm; /* which has challenged so many times in a row; a hash */
};

struct watch {
    struct sipreg_client client;
    struct sipreg_client_config config;
    struct sipreg_io io;
    char *scratch; /* of io.scratch_size octets */
    uint32_t random;
    struct watch_failing failing;

    uint32_t tick; /* the clock that the client is told */
    uint64_t own;  /* the same without steps back */
    unsigned actions;

    char last[WATCH_MESSAGE], before[WATCH_MESSAGE]; /* requests, with a NUL */
    size_t size;
    char call_id[32], branch[32];
    uint32_t cseq;
    uint32_t branches[WATCH_BRANCHES]; /* hashes */
    unsigned branch_count;
    struct {
        uint32_t nonce; /* the hash of header, realm, nonce, cnonce */
        unsigned nc;
    } nonces[WATCH_NONCES];
    unsigned nonce_count;
    bool pinged, stun; /* a keepalive went out and has no answer; of that kind */
    unsigned char stun_id[12];
    bool known; /* the address that an answer on this flow has told */
    struct sipreg_mapped mapped;
    unsigned failures; /* of keepalives */

    struct watch_attempt attempt;

    bool within; /* sipreg_client_stop_within() */
    bool outstanding, provisional;
    unsigned repeats;
    uint64_t sent_at, repeat_at;
    unsigned reasons;   /* to send a request */
    uint64_t announced; /* by the last event: another one */

    bool bound;                       /* as far as events say */
    bool settled;                     /* the last request was a registration, and is confirmed */
    char contact[256], replaced[256]; /* last registered; to be removed, since we have moved */
    bool gaps; /* in a nonce's count: a reboot forgot the cnonce, or random failed behind an answer
                */
    bool any_past; /* contacts and counts may be any, since a snapshot may say so */

    bool up;          /* the flow */
    bool tried_tcp;   /* since a datagram is too small */
    char opening;     /* '1' opens at once, '2' later, '0' fails */
    bool opening_now; /* and later has not come */
    void (*on_event)(struct watch *w);
};

/* Everything but the config is ready. To be ended by watch_end(). */
struct watch *watch_new(size_t scratch_size);
void watch_end(struct watch *w);
/* A client by the config. False: it cannot be. */
bool watch_init(struct watch *w);
/* As if nothing had been sent. */
void watch_forget(struct watch *w);

/* The program has a reason for one more request. */
void watch_reason(struct watch *w);

/* The flow is gone, and what was known of it. */
void watch_lost(struct watch *w);

/* The next registration, if by another contact, removes the last one's (10.2.2). */
void watch_moved(struct watch *w);

/* T1 in ms. */
uint64_t watch_t1(const struct watch *w);
/* Time passes, or steps back. */
void watch_pass(struct watch *w, int32_t ms);
/* Runs until there is nothing to do now; returns the wait. */
uint32_t watch_run(struct watch *w);
/* To the next deadline, if there is one, by way of the instant before it. */
void watch_deadline(struct watch *w);
/* Hands in a message, from a block of its length. */
int watch_feed(struct watch *w, const void *octets, size_t n);
void watch_flow(struct watch *w, enum sipreg_flow flow);

/* Octets that leave for anywhere hold no secret. */
void watch_secrets(const void *octets, size_t n);

#endif
