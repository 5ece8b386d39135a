/*
 * sim.h - a small world: phones with a client of the library in each, a registrar, the network
 * between them, the weather over all, and one clock.
 *
 * Everything follows from the seed. world.c owns the clock and the queue of what is to come,
 * make.c makes a phone, phone.c is the program around a client, listen.c what it does with what
 * arrives, seek.c how it finds its server, script.c what its user wishes; network.c carries, nat.c
 * stands in between, and zone.c has the servers and the DNS;
 * registrar.c answers as it should (with bindings.c, answer.c, pong.c) and odd.c as it should not;
 * check.c, check_facts.c and check_pings.c watch.
 */
#ifndef SIPREG_SIM_H
#define SIPREG_SIM_H

#include "seek.h"
#include "text.h"

#include <sipreg/sipreg.h>

enum {
    PHONES = 3,
    QUEUE = 1024,
    MESSAGE = 32768,
    REQUEST = 1600,
    BINDINGS = 64,
    NONCES = 128,
    CACHE = 16,
    COUNTED = 4096,
    BRANCHES = 4096,
    RING = 700,
    TARGETS_MAX = 8, /* of one redirection */
    SECOND = 1000,
    MINUTE = 60 * SECOND,
    HOUR = 60 * MINUTE
};

#define NEVER          UINT64_MAX
#define RIGHT_PASSWORD "open sesame, said Ali"
#define WRONG_PASSWORD "close sesame, said nobody"

/* ---------------------------------------------------------------- the parts */

/* What a nonce has been used for, as the client counts. */
struct counted {
    uint64_t nonce; /* by its hash */
    uint32_t nc;
};

/* What check_pings.c remembers of keepalives, since the flow was new. */
struct pinging {
    bool on, promised, unsure; /* what the last 200 said; unsure: it was damaged */
    uint32_t every;            /* seconds */
    bool fresh;                /* nothing is known of this flow yet */
    bool sent;                 /* one, at all */
    uint64_t last_at;          /* the last one, or what else the time counts from */
    unsigned char id[12];      /* of STUN */
    unsigned sends;            /* of the same */
    uint64_t sent_at;          /* the last of them */
    bool asked;                /* an answer is open */
    uint64_t first_at, asked_at;
    bool partial; /* there was half a message */
    uint64_t extended_at;
    unsigned count, sends_before; /* of all; when what is being handed in came */
    bool busy;                    /* a request was under way when what is being handed in came */
    bool stun;                    /* a STUN message is being handed in, which */
    bool bad;                     /* is an error or damaged, or */
    bool moved;                   /* tells another address than the one before */
    bool unseen;                  /* the NAT has given another port before the first one was told */
    unsigned hears_port;
    unsigned told_port; /* by the last one; 0: none */
};

/* What check.c remembers of one client. Instants are those of the phone's own clock. */
struct watch {
    char last[REQUEST]; /* the last request */
    size_t size;
    char call_id[32];
    char branch[32];
    uint32_t cseq;
    bool offered; /* has asked for a binding */
    uint64_t branches[BRANCHES];
    unsigned branch_count;
    struct counted counted[COUNTED];
    unsigned counted_count;
    bool gap;       /* a request may have been prepared that was never sent */
    bool uncounted; /* and there was one since that did not tell its number */

    bool outstanding;
    bool provisional;
    unsigned repeats;
    uint64_t sent_at;
    uint64_t repeat_at; /* not before */
    unsigned server;    /* that it went to */

    /* reasons to send */
    unsigned wishes;      /* not fulfilled yet */
    bool flow_changed;    /* and that may be a reason */
    bool answering;       /* a final response is being handed in, of this */
    int status;           /* status */
    bool misled;          /* that was damaged on its way */
    unsigned rounds;      /* requests since the last one with a reason of its own */
    unsigned elsewhere;   /* targets of a redirection that may be tried without a word */
    uint64_t announced;   /* by the last event */
    uint64_t times[RING]; /* of requests, a ring */
    unsigned time_count;

    uint64_t honest_until; /* what the answer being handed in truly grants; 0: no telling */
    uint64_t lapses_at;
    bool refused; /* since the last wish */
    bool ended;   /* UNREGISTERED, since the last wish */
    unsigned sends, events;
    unsigned asked_again; /* after the weather has cleared */
    bool left_outbound;   /* after a 439 */
    struct pinging pings;
};

enum wish { WISH_NONE, WISH_BOUND, WISH_GONE };

/* What stands between a phone and the world. */
struct nat {
    bool there;
    char host[20];
    unsigned port, dealt; /* as the world sees the phone */
    uint64_t used_at, life;
    bool dead; /* a connection through it */
};

struct phone {
    struct world *world;
    unsigned index;
    struct sipreg_client client;
    struct sipreg_client_config config;
    struct sipreg_io io;
    unsigned char scratch[REQUEST - 1];
    char aor[64], local[64], contact[128], user[16];
    char ha1[HEX];
    char instance[64];
    struct nat nat;
    struct seek seek;
    unsigned seen_port;  /* of the request that the registrar reads */
    bool astray;         /* a damaged answer has told it another address */
    const char *hearing; /* the message being handed in */
    const char *password;
    bool changed_password; /* while something may be under way with the old one */

    uint64_t skew; /* of its clock */
    uint32_t tick;
    uint64_t own;     /* its clock as it has seen it, without steps back */
    bool drifted;     /* its clock has stepped back since the last request */
    bool stood_still; /* its clock, while it slept */
    uint64_t wake_at, suspended_until;
    bool probe; /* runs also just before the deadline, when nothing may happen */
    bool probed, early;

    bool opens;
    unsigned flow; /* the number of the connection */
    bool connected, opening;
    char stream[MESSAGE];
    size_t streamed;
    struct sipreg_frame frame;
    bool saves;
    unsigned char snapshot[SIPREG_SNAPSHOT_SIZE];
    int snapshot_size;
    uint64_t saved_at;
    uint64_t stalled_until; /* nothing comes out of the connection before */

    bool held;
    enum wish wish;
    uint64_t wish_at;       /* the next one */
    unsigned ports, moves;  /* moves since it was registered last */
    unsigned excused_below; /* bindings of ports that the client cannot know of any more */
    uint64_t settled_by;
    bool robbed; /* another phone has removed all bindings */
    struct watch watch;
};

struct binding {
    bool used;
    bool excused; /* left behind by what a client cannot know of */
    char aor[64];
    char contact[VALUE];
    char
        flow_of[80]; /* instance and reg-id of a binding that keeps to its flow (RFC 5626); or "" */
    unsigned flow, seen_port; /* which it came by */
    int phone;                /* whose it is, or -1 */
    unsigned port;            /* which of its ports */
    uint64_t expires_at;
    char call_id[32];
    uint32_t cseq;
};

struct nonce {
    char text[40];
    bool proxy;
    unsigned server; /* that knows it */
    uint64_t made_at;
    uint32_t nc;
};

struct answer_kept {
    char branch[32];
    bool odd;
    unsigned port; /* where it went */
    char *bytes;
    size_t n;
};

/* How the registrar says that it answers keepalives, if it does. */
enum promise { PROMISE_NOTHING, PROMISE_KEEP, PROMISE_OB };

struct registrar {
    bool auth, proxy_auth;
    const char *algorithm; /* or NULL */
    bool both;             /* offers SHA-256 above MD5 */
    const char *qop;       /* or NULL */
    uint64_t nonce_life;
    bool one_time, says_stale, next_nonce, rspauth, header_only;
    uint32_t grant_most, grant_least; /* seconds */
    enum promise promise;
    unsigned every; /* seconds from one keepalive to the next, in the promise */
    bool pongs;
    bool outbound;

    struct binding bindings[BINDINGS];
    struct nonce nonces[NONCES];
    unsigned nonce_count;
    struct answer_kept kept[CACHE];
    unsigned kept_count;
    uint64_t down_until;
    unsigned mood, mood_left;
    bool odd;         /* the answer being made */
    unsigned serving; /* which server is asked */
};

enum kind { TO_REGISTRAR, TO_PHONE, FLOW_IS_UP, FLOW_IS_DOWN, DNS_ANSWER };

struct event {
    uint64_t at;
    uint64_t order;
    enum kind kind;
    unsigned phone, flow;
    unsigned port;       /* of the NAT */
    unsigned server;     /* that it goes to */
    unsigned lie;        /* of the DNS, which */
    bool spoilt;         /* not as it was sent */
    uint64_t expires_at; /* an honest 200: when what it grants ends; 0: none */
    char *bytes;
    size_t n;
};

struct world {
    uint64_t seed, dice;
    uint64_t now, order;
    uint64_t storm_ends;
    bool fair;  /* from beginning to end */
    bool clear; /* the weather has cleared */
    unsigned severity;
    unsigned faults, faults_most;
    bool tracing;
    char failure[300];
    struct event queue[QUEUE];
    unsigned queued;
    unsigned sends, refused, pings;
    struct registrar registrar;
    struct zone zone;
    unsigned phone_count;
    struct phone phones[PHONES];
};

/* ---------------------------------------------------------------- world.c */

/* Runs the story of a seed, with its first so many faults. True: nothing broke. */
bool world_run(struct world *w, uint64_t seed, unsigned faults_most, bool tracing);

uint32_t dice(struct world *w, uint32_t n); /* 0 to n - 1 */
bool chance(struct world *w, uint32_t thousandths);
/* Does the weather strike? Never when it is fair, and not beyond the prefix that is asked for. */
bool strikes(struct world *w, uint32_t thousandths, const char *what);
void trace(struct world *w, const struct phone *p, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* An invariant is broken: the story ends here. */
void broken(struct world *w, const struct phone *p, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* Is to happen after that time; bytes are copied. */
struct event *later(struct world *w, uint64_t ms, enum kind kind, const struct phone *p,
                    const char *bytes, size_t n);
/* The messages on this phone's connection are lost, or all. */
void forget_messages(struct world *w, const struct phone *p);

/* ---------------------------------------------------------------- make.c */

void phone_make(struct world *w, unsigned index);
void phone_address(struct phone *p);

/* ---------------------------------------------------------------- phone.c, listen.c */

void phone_io(struct phone *p);
void phone_begin(struct phone *p); /* switched on: a new client */
uint32_t phone_tick(struct phone *p);
void phone_run(struct phone *p);
void phone_receive(struct phone *p, const struct event *e);
void phone_connect(struct phone *p);
void phone_flow(struct phone *p, enum sipreg_flow flow);
void phone_move(struct phone *p, bool elsewhere);
void phone_drop_flow(struct phone *p); /* as the program that has no open function sees it */

/* ---------------------------------------------------------------- reboot.c */

void reboot_save(struct phone *p);
void reboot(struct phone *p); /* switched off and on */

/* ---------------------------------------------------------------- script.c */

void script_wish(struct phone *p, unsigned wish);
void script_next(struct phone *p);
void script_strike(struct phone *p);
void script_clear(struct phone *p); /* the last wish, when the weather has cleared */

/* ---------------------------------------------------------------- network.c */

void network_send(struct phone *p, const void *bytes, size_t n);
void network_answer(struct phone *p, const char *bytes, size_t n, uint64_t expires_at);

/* ---------------------------------------------------------------- nat.c */

void nat_make(struct phone *p);
void nat_renew(struct phone *p);  /* another connection, or another address */
void nat_forget(struct phone *p); /* the mapping */
bool nat_out(struct phone *p);    /* does it get through? */
bool nat_in(const struct phone *p, unsigned port);
void nat_calm(struct phone *p);
/* Which of the ports of that phone is it? False: none. */
bool nat_owns(const struct phone *p, const char *contact, unsigned *port);
/* Does a request to this contact arrive? */
bool nat_leads(const struct phone *p, const char *contact);

/* ---------------------------------------------------------------- registrar.c, odd.c */

void registrar_make(struct world *w);
void registrar_receive(struct world *w, const struct event *e);
void registrar_reboot(struct world *w);
void registrar_calm(struct world *w);
const char *registrar_nonce(struct world *w, bool proxy);
/* Those that a request has for the realm of the registrar, or of the proxy. */
bool request_credentials(const char *request, bool proxy, char credentials[VALUE]);
/* True: an odd answer was given, or none, in place of the right one. */
bool odd_answer(struct phone *p, const char *request);

/* ---------------------------------------------------------------- bindings.c */

void registrar_expire(struct world *w);
uint64_t registrar_next(const struct world *w);
/* The client was told what is not so: what it left behind is not its fault. */
void registrar_excuse(struct phone *p);
/* The binding that a contact takes the place of: of the same flow of the same device, whatever its
   contact is (RFC 5626 6), else of the same contact. */
struct binding *registrar_replaced(struct phone *p, const char *contact, const char *flow_of);
/* Is there a binding of the AOR by a later request of this Call-ID? */
bool registrar_has_newer(const struct phone *p, const char *call_id, uint32_t cseq);
/* Has the phone sent another request since? */
bool registrar_is_old(const struct phone *p, const char *request);
uint64_t registrar_bind(struct phone *p, const char *request, uint64_t seconds);
/* Does this request ask for a binding that keeps to its flow, from a registrar that can? */
bool registrar_flow_of(const struct phone *p, const char *request, char flow_of[80]);
struct binding *registrar_find(struct world *w, const char *aor, const char *contact);

/* ---------------------------------------------------------------- answer.c */

/* Appends to text of that size. */
void append(char *text, size_t size, const char *format, ...) __attribute__((format(printf, 3, 4)));
void answer_start(struct phone *p, char *text, size_t size, const char *request, int status);
void answer_challenge(struct world *w, char *text, size_t size, bool proxy, bool stale,
                      const char *nonce);
void answer_contacts(struct world *w, char *text, size_t size, const char *aor);
void answer_promise(struct phone *p, char *text, size_t size, const char *request);
void answer_end(struct phone *p, char *text, size_t size, uint64_t expires_at);

/* ---------------------------------------------------------------- pong.c */

void pong_make(struct world *w);
bool ping_is(const char *bytes, size_t n);
void pong_send(struct phone *p, const char *bytes, size_t n);
void pong_unasked(struct phone *p);

/* ---------------------------------------------------------------- check.c */

void check_begin(struct phone *p);
void check_go_on(struct phone *p, const struct watch *before); /* as if nothing had happened */
void check_send(struct phone *p, const char *text, size_t n);
void check_wish(struct phone *p);
void check_secrets(struct phone *p, const void *bytes, size_t n);
uint64_t check_t1(const struct phone *p);
/* Does this status ask for another request at once? */
bool check_asks(const struct phone *p, int status);

/* ---------------------------------------------------------------- check_facts.c */

void check_event(struct phone *p, const struct sipreg_event *event);
void check_rest(struct phone *p, uint32_t wait); /* after a run, nothing to do now */
void check_settled(struct phone *p);
/* ---------------------------------------------------------------- check_pings.c */

void check_ping(struct phone *p, const char *bytes, size_t n);
void check_pings_new_flow(struct phone *p);
void check_pings_rebound(struct phone *p); /* the NAT gives another port */
void check_pings_hear(struct phone *p, const char *bytes, size_t n, bool spoilt);
void check_pings_heard(struct phone *p, int result);
void check_pings_event(struct phone *p, const struct sipreg_event *event);
void check_pings_rest(struct phone *p);
/* Does this phone send keepalives that the registrar has promised to answer? */
bool check_pings_promised(const struct phone *p);
bool check_pings_outbound(const struct phone *p);  /* because of RFC 5626 */
uint32_t check_pings_every(const struct phone *p); /* seconds, once all is well */

#endif
