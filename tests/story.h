/*
 * story.h - the life of a client as a script, in virtual time, on bytes.
 *
 * A story is a client with everything around it: a clock that jumps from deadline to deadline, a
 * recorder of all that is sent and reported, a random source, and a registrar whose replies copy
 * what they must from the request. It fails by itself when the client breaks one of its promises:
 * two requests at a time, a CSeq that does not grow by one, a branch used twice, a retransmission
 * with other bytes, a nonce count that does not grow, the password in an output, a deadline that is
 * over, or at which nothing happens, or before which something does.
 */
#ifndef SIPREG_TESTS_STORY_H
#define SIPREG_TESTS_STORY_H

#include "support.h"

#define STORY(function) cmocka_unit_test_setup_teardown(function, story_setup, story_teardown)
#define SECRET          "open-sesame-4711"

enum { STORY_SENDS = 2048, STORY_EVENTS = 512, STORY_NONCES = 256, STORY_PINGS = 256 };

enum story_call { CALL_SEND, CALL_RANDOM, CALL_OPEN, CALL_CREDENTIALS, CALLS };
enum story_opening { OPENS_AT_ONCE, OPENS_LATER, OPENS_NEVER, OPEN_FAILS };

struct story_sent {
    uint64_t at;
    char *text; /* with a NUL behind it */
    size_t n;
    bool first; /* not a retransmission */
};

struct story_event {
    uint64_t at;
    struct sipreg_event event; /* without its response */
    unsigned contacts;
};

struct story_ping { /* a keepalive sent */
    uint64_t at;
    unsigned char bytes[20];
    size_t n;
};

struct story_nonce {
    char key[96]; /* header and nonce */
    unsigned long nc;
};

struct story {
    struct sipreg_client client;
    struct sipreg_client_config config; /* to be changed before story_init() */
    struct sipreg_io io;
    unsigned char scratch[4096];
    bool ready;

    uint32_t tick; /* what the client is told; may start anywhere */
    uint64_t time; /* ms since the story began */
    unsigned actions;

    struct story_sent sends[STORY_SENDS];
    size_t sent;
    struct story_event events[STORY_EVENTS];
    size_t told;
    struct story_ping pings[STORY_PINGS];
    size_t pinged;
    unsigned opens, closes;
    bool open; /* a flow that the client has opened */

    bool outstanding; /* a request without a final answer */
    uint32_t jitter;  /* what a random number of 32 bits shall be */
    uint64_t entropy; /* octets drawn so far */
    enum story_opening opening;
    size_t servers;          /* others that may be tried at once */
    unsigned calls[CALLS];   /* so far */
    unsigned fail_at[CALLS]; /* the number of the call that fails; 0: none */
    unsigned fail_more;      /* so many behind it do too */
    void (*on_event)(struct story *s, const struct sipreg_event *event);
    void (*on_send)(struct story *s);
    struct sipreg_credentials given; /* by the credentials callback, if that is set */
    struct story_nonce nonces[STORY_NONCES];
    size_t nonce_count;
};

int story_setup(void **state);
int story_teardown(void **state);

/* Forgets all that was sent and told, as if the story began here. */
void story_forget(struct story *s);

/* A client at rest by the config; with a stream, one that opens flows. */
void story_init(struct story *s);
void story_stream(struct story *s);
/* The same, started and run. */
void story_start(struct story *s);
/* Another client with the config as it is now, and what the one before sent is forgotten. */
void story_anew(struct story *s);
/* The device goes down, saved, and comes up so many seconds later; away is what it knows of that.
   What was sent before still counts: the promises hold over the reboot. */
void story_reboot(struct story *s, uint32_t seconds, uint32_t away);
/* Registered by a challenge with this nonce, for so many seconds. */
void story_register(struct story *s, const char *nonce, long seconds);

/* Runs until there is nothing to do now; returns the wait. */
uint32_t story_run(struct story *s);
/* Lets time pass, from deadline to deadline. */
void story_pass(struct story *s, uint64_t ms);
/* Lets time pass until something is sent, at most so long. Has it? */
bool story_until_sent(struct story *s, uint64_t ms);
/* The same for a keepalive. */
bool story_until_ping(struct story *s, uint64_t ms);

/* A reply to the last request sent, or to the index-th. In the headers, CONTACT is its contact. The
   result of sipreg_client_recv(). */
int story_reply(struct story *s, const char *status, const char *headers);
int story_reply_to(struct story *s, size_t index, const char *status, const char *headers);
/* Its text; to be freed. */
char *story_text(struct story *s, size_t index, const char *status, const char *headers);
int story_feed(struct story *s, const void *octets, size_t n);
/* 401 with a nonce, 200 with our contact. */
int story_challenge(struct story *s, const char *nonce, const char *more);
int story_grant(struct story *s, long seconds);
/* A 200 in whose Via this part is another one. */
void story_grant_via(struct story *s, const char *part, const char *instead, const char *headers);
/* A 200 that says where we were seen: ";rport=1024;received=203.0.113.7". */
void story_grant_seen(struct story *s, const char *seen, long seconds);

void story_flow(struct story *s, enum sipreg_flow flow);
void story_move(struct story *s, const char *local);

/* Of the index-th request sent; LAST for the last one. The value of a header, or of a parameter in
   it; NULL if there is none. Good for a few calls. */
#define LAST ((size_t)-1)
const char *story_field(struct story *s, size_t index, const char *header);
const char *story_param(struct story *s, size_t index, const char *header, const char *param);
unsigned story_count(struct story *s, size_t index, const char *header);
/* How many requests were sent, retransmissions not counted. */
size_t story_requests(struct story *s);
/* The credentials in this header of the last request are right for user and password. */
void story_check_digest(struct story *s, const char *header, const char *user,
                        const char *password);

/* Keeps what the client sends, and judges it. */
void story_record(struct story *s, const void *bytes, size_t n);

const struct sipreg_event *story_event(struct story *s); /* the last one */
void assert_event(struct story *s, enum sipreg_event_type type, int error);
void assert_state(struct story *s, enum sipreg_client_state state);

#endif
