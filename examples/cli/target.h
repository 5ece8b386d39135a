/*
 * target.h - who is registered where, and where do the requests go?
 */
#ifndef CLI_TARGET_H
#define CLI_TARGET_H

#include "options.h"

#define URI_SIZE 512

struct target {
    char aor[URI_SIZE];       /* To and From: no port, no parameters */
    char registrar[URI_SIZE]; /* Request-URI */
    char route[URI_SIZE];     /* the proxy with ;lr; or empty */

    /* How to get to the next hop. */
    unsigned transports; /* a sum of SIPREG_CAN_UDP, ... */
    const char *fixed;   /* "tcp", where one was chosen, as a URI says it; or NULL */
    bool secure;         /* sips */
};

/* False: it has said on standard error why not. */
bool target_plan(struct target *target, const struct options *options);

/* "UDP" */
const char *transport_name(enum sipreg_transport transport);

#endif
