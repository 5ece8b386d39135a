/*
 * session.h - one run of the program, with all that takes part in it.
 */
#ifndef CLI_SESSION_H
#define CLI_SESSION_H

#include "net.h"
#include "options.h"
#include "secret.h"
#include "show.h"
#include "state.h"
#include "target.h"
#include "tls.h"

#include <sipreg/sipreg.h>

#define SCRATCH_SIZE 8192 /* a REGISTER with sixteen headers of the user's */
#define GO_ON        (-1)

struct session {
    struct options options;
    struct target target;
    struct secret secret;
    struct state state;
    struct show show;
    struct tls tls;
    struct net net;

    struct sipreg_io io;
    struct sipreg_client_config config;
    struct sipreg_client client;
    const char *routes[1];
    char agent[32];
    unsigned char scratch[SCRATCH_SIZE];

    bool registered; /* at least once */
    bool ending;     /* the removal is under way */
    uint32_t ending_at;
    int signal; /* that ended us, or 0 */
    int status; /* GO_ON, or how to exit */
};

/* setup.c: from the options to a client at rest. GO_ON, or how to exit: it has said why. */
int session_set_up(struct session *session);

/* events.c: does register go on after all went well? And the functions that the client calls. */
bool session_keeps_on(const struct session *session);
void session_connect(struct sipreg_io *io);
/* The user waits no longer for the removal. */
void session_give_up(struct session *session);

/* locate.c: the whole of "sipreg locate". How to exit. */
int session_locate(struct session *session);

#endif
