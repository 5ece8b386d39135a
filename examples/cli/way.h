/*
 * way.h - which server is the next to try?
 */
#ifndef CLI_WAY_H
#define CLI_WAY_H

#include "dns.h"
#include "target.h"

#include <sipreg/sipreg.h>

enum way { WAY_NONE, WAY_LATER, WAY_FOUND };

struct way_finder {
    struct sipreg_locate locate;
    struct dns *dns;
    const struct target *target; /* which transports are allowed */
    unsigned families;           /* those of --local, or 0: what this machine has */
    char uri[URI_SIZE + 16];     /* that locate was set up with; empty: none */
    bool asked;                  /* the DNS has our question */
    bool walked;                 /* one server at least was found, and failed */
    bool nowhere;                /* there is none, and asking again will not help */
    const char *unsure;          /* why the DNS could not tell, or NULL */
    bool declined;               /* it says that there is no such service (RFC 2782, target ".") */
    bool no_such_name;
    char fault[400]; /* why it is WAY_NONE */
};

void way_init(struct way_finder *way, struct dns *dns, const struct target *target);

/* Before a flow is opened toward this URI. False: fault says why that cannot be. */
bool way_start(struct way_finder *way, const char *uri);

/* WAY_LATER: the DNS is being asked, come back when it may have answered. */
enum way way_next(struct way_finder *way, struct sipreg_target *server);

/* The last one failed; it said to leave it alone for so many seconds, or below zero nothing. */
void way_failed(struct way_finder *way, int64_t retry_after);

/* May there be another one? 0 or 1. */
size_t way_others(const struct way_finder *way);

/* The network has changed: everything is looked up again, and nothing counts as failed. */
void way_forget(struct way_finder *way);

#endif
