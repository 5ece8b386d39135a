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

    /* The next hop. host is also the name that its certificate must carry (RFC 5922 7.3). */
    char host[256]; /* without brackets */
    char port[6];
    enum sipreg_transport transport;
};

/* False: it has said on standard error why not. */
bool target_plan(struct target *target, const struct options *options);

/* "UDP" */
const char *target_transport(const struct target *target);

#endif
