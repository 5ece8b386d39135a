/*
 * auth.h: digest authentication, seen from the server (RFC 3261 22, RFC 7616, RFC 8760).
 */
#ifndef REGISTRAR_AUTH_H
#define REGISTRAR_AUTH_H

#include "crypto.h"
#include "message.h"
#include "options.h"

#define NONCES_MAX 4096

struct nonce {
    char text[33]; /* empty: none */
    char opaque[17];
    int64_t made_at;
    uint32_t nc; /* the highest count seen */
    /* A -sess algorithm ties the nonce to the first answer's user, algorithm and HA1. */
    size_t session_user;
    const char *session_algorithm; /* NULL: no session yet */
    char session_ha1[HEX_MAX];
};

struct auth {
    const struct options *options;
    struct random *random;
    struct nonce nonces[NONCES_MAX]; /* a ring: when it is full the oldest one goes stale */
    size_t next;
};

enum verdict {
    AUTH_GOOD,
    AUTH_CHALLENGE, /* no credentials for this realm, or wrong ones */
    AUTH_STALE,     /* right, but for a nonce that is no longer good */
    AUTH_MALFORMED
};

/* The Authorization of a request, unquoted. */
struct credentials {
    struct text username, realm, nonce, uri, response, algorithm, cnonce, opaque, qop, nc, userhash;
    const struct user *user;
    char ha1[HEX_MAX];
    enum hash hash;
    char unquoted[2048]; /* what stood in quotes */
    size_t unquoted_used;
};

/* Whether there is such an algorithm; *spelled is then how challenges write it. */
bool auth_algorithm(struct text name, const char **spelled);

/* *wrong says what is, for AUTH_MALFORMED. */
enum verdict auth_check(struct auth *auth, const struct request *request, struct text realm,
                        int64_t now, struct credentials *credentials, const char **wrong);

/* Writes the challenge headers, with a new nonce. */
void auth_challenge(struct auth *auth, struct out *out, struct text realm, bool stale, int64_t now);

/* Writes Authentication-Info (RFC 7616 3.5) for credentials that were good. */
void auth_info(struct auth *auth, struct out *out, const struct credentials *credentials,
               int64_t now);

void auth_forget_nonces(struct auth *auth);

#endif
