/*
 * options.h - what the command line may set. Filled by options.c, only read by everyone else.
 */
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include <sipreg/sipreg.h>

#include <stdbool.h>

/* How the program ends. */
enum { EXIT_DONE, EXIT_REFUSED, EXIT_USAGE, EXIT_UNREACHABLE };

#define HEADERS_MAX 16

enum command { COMMAND_REGISTER, COMMAND_QUERY, COMMAND_REMOVE, COMMAND_LOCATE };

struct options {
    enum command command;
    const char *aor;                                         /* of locate: a domain or a URI */
    const char *registrar, *proxy, *transport, *local, *dns; /* as typed; NULL: not given */
    const char *user, *contact, *instance, *password_file, *ca, *state, *ws_path;
    int64_t expires;     /* 0: not given */
    uint32_t ping_every; /* the same */
    struct sipreg_header headers[HEADERS_MAX];
    size_t header_count;
    bool all, once, insecure, trace, json, rewrite_contact, follow_redirects, outbound, keepalive;
};

/* True: options holds a command to carry out. False: nothing more to do, *status is the exit
 * status. */
bool options_read(struct options *options, int argc, char **argv, int *status);

#endif
