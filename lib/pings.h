/*
 * pings.h - what a part for keepalives can do. A config that has none saves its code.
 */
#ifndef SIPREG_LIB_PINGS_H
#define SIPREG_LIB_PINGS_H

#include "state.h"

struct sipreg_keepalive {
    /* A 2xx to our REGISTER says whether there are to be any, and how often. */
    void (*learn)(struct sipreg_client *client, const struct sipreg_response *response);
    /* One is due: true, and it is the action. It may end the flow instead, and make a report. */
    bool (*next)(struct sipreg_client *client, struct sipreg_action *action);
    uint64_t (*deadline)(const struct sipreg_client *client);
    /* SIPREG_OK: this answers one; SIPREG_FOREIGN. */
    int (*answer)(struct sipreg_client *client, const void *bytes, size_t n);
};

#endif
