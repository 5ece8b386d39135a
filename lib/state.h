/*
 * state.h - what a client wishes, what it knows, and what follows from the two.
 */
#ifndef SIPREG_LIB_STATE_H
#define SIPREG_LIB_STATE_H

#include "transaction.h"

#include <sipreg/client.h>

enum { WISH_NOTHING, WISH_BOUND, WISH_UNBOUND };
enum { FACT_UNKNOWN, FACT_UNBOUND, FACT_BOUND };
enum { LARGE_NOT, LARGE_WANTED, LARGE_REFUSED }; /* a stream for what is too large for UDP */
enum { FLOW_DOWN, FLOW_OPENING, FLOW_UP };
/* What sipreg_client_servers() has told: nothing, the one in use and so many others; or all have
   failed. */
enum { SERVERS_UNKNOWN, SERVERS_LAST, SERVERS_MOST = 253, SERVERS_SPENT = 255 };
enum { NOTHING, REGISTER, REMOVE, QUERY, CLEAR }; /* purposes of a request */

/* Moves the client's clock to the caller's. It does not wrap; a step back counts as no time. */
void sipreg_state_advance(struct sipreg_client *client, uint32_t tick);
/* From now to that instant, at most SIPREG_FOREVER. */
uint32_t sipreg_state_until(const struct sipreg_client *client, uint64_t at);
uint64_t sipreg_state_later(uint64_t at, int64_t seconds);
struct sipreg_timers sipreg_state_timers(const struct sipreg_client *client);
/* That instant, or one before it at which other clients wake up too (config.coarse). */
uint64_t sipreg_state_coarse(const struct sipreg_client *client, uint64_t at);
/* As late as a refresh may be: with time for another try before the binding lapses. */
uint64_t sipreg_state_latest(const struct sipreg_client *client);
/* 32 random bits; 0 if the source fails, which costs the jitter and nothing else. */
uint32_t sipreg_state_jitter(struct sipreg_client *client);

/* Our contact is at this address from now on, unless the config has one. The one before is to be
   removed, if the registrar may have it. True: it is another one now. */
bool sipreg_state_rename(struct sipreg_client *client, const char *address);
/* Has the flow answered a keepalive, if it is to answer any (RFC 5626 4.5)? */
bool sipreg_state_proven(const struct sipreg_client *client);
/* What was learnt of the flow does not hold for the next one. */
void sipreg_state_forget_flow(struct sipreg_client *client);
/* Closes the flow, if it is ours to close. */
void sipreg_state_close(struct sipreg_client *client);
/* Ends a redirection: the next request goes where the config says. */
void sipreg_state_return(struct sipreg_client *client);
/* Is a request unanswered? */
bool sipreg_state_under_way(const struct sipreg_client *client);
/* Can a request go out, now or after opening a flow? */
bool sipreg_state_reachable(const struct sipreg_client *client);
/* The purpose of the request that is to be sent now, if none is under way. */
int sipreg_state_due(const struct sipreg_client *client);

/* The registrar holds nothing for us any more (FACT_UNBOUND), or nobody knows (FACT_UNKNOWN). */
void sipreg_state_unbind(struct sipreg_client *client, uint8_t fact);

/* Makes an event for the application. It takes the place of one that was not fetched. */
void sipreg_state_report(struct sipreg_client *client, enum sipreg_event_type type, int error,
                         const struct sipreg_response *response);

#endif
