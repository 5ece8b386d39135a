/*
 * seek.h - how a phone finds its server (seek.c), and what there is to be found (zone.c).
 */
#ifndef SIPREG_SIM_SEEK_H
#define SIPREG_SIM_SEEK_H

#include <sipreg/sipreg.h>

enum {
    SERVERS = 4,
    TRIES = 10, /* of other servers in one attempt */
    ZONE_RECORDS = 500,
    LIE_TTL = 300 /* seconds: what nobody has said is not believed for longer */
};

struct event;
struct phone;
struct world;

/* ---------------------------------------------------------------- seek.c */

/* The way to a server of the domain. */
struct seek {
    bool on;
    struct sipreg_locate locate;
    char uri[300]; /* that it is for */
    unsigned server, questions;
    unsigned tries;       /* servers that failed, since the attempt began */
    bool served;          /* by this connection */
    bool under_way;       /* since a connection was wanted, and not registered yet */
    uint64_t good_until;  /* the answers */
    uint64_t rests_until; /* the last one of the servers that failed */
};

void seek_begin(struct phone *p);
int seek_open(struct phone *p);
void seek_answer(struct phone *p, const struct event *e);
void seek_event(struct phone *p, const struct sipreg_event *event);
/* Until all servers have rested, ms. */
uint64_t seek_rest(const struct phone *p);
/* Does it tell of one server that failed, and another one follows? */
bool seek_is_amid(const struct phone *p, const struct sipreg_event *event);

/* ---------------------------------------------------------------- zone.c */

/* Of one server: it says nothing; it says 503. */
enum health { SOUND, DEAD, BUSY };

struct zone {
    unsigned count; /* of servers */
    bool naptr, srv, ipv6;
    uint32_t ttl;
    uint16_t priority[SERVERS], weight[SERVERS];
    enum health health[SERVERS];
};

void zone_make(struct world *w);
void zone_strike(struct world *w); /* a server dies, or lives again */
enum health zone_health(const struct world *w, unsigned server);
void zone_ask(struct phone *p); /* the answer comes as an event */
int zone_answer(struct world *w, const struct sipreg_question *question, unsigned which,
                const struct sipreg_record **answer);
unsigned zone_server(const struct sipreg_target *target);

#endif
