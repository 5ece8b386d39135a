/*
 * upgrade.h - the opening handshake of a WebSocket for SIP.
 */
#ifndef CLI_UPGRADE_H
#define CLI_UPGRADE_H

#include <stddef.h>
#include <stdint.h>

struct upgrade {
    char key[32];    /* ours, new for each connection */
    char accept[32]; /* what has to be answered to it */
    char fault[256]; /* why the last call failed */
};

/* Our request, to out. host is a name or an address, port 0 where it is the default. Octets
   written, or negative: fault says why. */
int upgrade_write(struct upgrade *upgrade, char *out, size_t size, const char *host, uint16_t port,
                  const char *path);

/* The server's answer. Octets taken: what follows them are frames. 0: it is not complete. Negative:
   fault says what is wrong with it. */
int upgrade_read(struct upgrade *upgrade, const char *bytes, size_t n);

#endif
