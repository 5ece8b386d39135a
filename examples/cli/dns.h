/*
 * dns.h - one question at a time to the DNS, without waiting for the answer.
 */
#ifndef CLI_DNS_H
#define CLI_DNS_H

#include "place.h"
#include "reply.h"

#include <sipreg/sipreg.h>

#include <poll.h>

#define DNS_SOCKETS 32 /* two for each server */

struct ares_channeldata;

struct dns {
    struct ares_channeldata *channel;
    char server[PLACE_SIZE]; /* of --dns; empty: the system's */
    struct pollfd sockets[DNS_SOCKETS];
    size_t socket_count;
    enum sipreg_dns_type type;
    bool done;         /* there is an answer: */
    int count;         /* of records in reply, or why nobody could tell */
    const char *fault; /* the same in words; or NULL */
    bool no_such_name; /* count is 0 since the name does not exist */
    struct reply reply;
};

/* server: NULL, or an address and perhaps a port, which then answers everything. False: it has said
   on standard error why not. */
bool dns_init(struct dns *dns, const char *server);
void dns_free(struct dns *dns);

/* The system's servers may be others now. A question under way is forgotten. */
void dns_restart(struct dns *dns);

/* Forgets the question before. done says when the answer is there, perhaps at once. */
void dns_ask(struct dns *dns, const struct sipreg_question *question);
void dns_cancel(struct dns *dns);

/* For poll(): fills up to DNS_SOCKETS entries and returns how many; wait becomes shorter if need
   be. Afterwards, or if only time has passed, dns_go_on(). */
size_t dns_polled(const struct dns *dns, struct pollfd *polled, uint32_t *wait);
void dns_go_on(struct dns *dns, const struct pollfd *polled, size_t count);

#endif
