/*
 * options.h: what the command line may set. Filled by main.c, only read by everyone else.
 */
#ifndef REGISTRAR_OPTIONS_H
#define REGISTRAR_OPTIONS_H

#include "misbehave.h"

#include <stdbool.h>
#include <stdint.h>

#define USERS_MAX      64
#define ALGORITHMS_MAX 6

struct user {
    const char *name, *password;
};

struct options {
    const char *listen; /* an IP address, on loopback */
    int udp, tcp, tls;  /* ports; 0 any free one, -1 none */
    const char *cert, *key;

    struct user users[USERS_MAX];
    size_t user_count;
    bool no_auth, any_aor;

    const char *realm;                      /* NULL: the host of the request's To */
    const char *algorithms[ALGORITHMS_MAX]; /* as spelled in challenges */
    size_t algorithm_count;
    const char *qop; /* as spelled in challenges; NULL for none */
    bool proxy, userhash, authinfo, nextnonce;
    uint32_t nonce_life;

    uint32_t min_expires, max_expires, default_expires; /* seconds */

    struct script script;
    bool log;
};

#endif
