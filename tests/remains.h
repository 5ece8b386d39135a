/*
 * remains.h - what is left of a password, or of HA1, when a call has ended?
 *
 * A call runs on a stack of its own. Behind it all memory of the process that can be written is
 * searched: that stack with its dead frames, the client, buffers, the heap and the data of all
 * libraries. Searched for is any eight octets in a row of the password and of HA1, with -sess both;
 * in octets, in digits, and with the octets of 32 and of 64 bits turned round, as hash functions
 * load them. The one copy that may be there is the caller's, which has a page of its own.
 *
 * So that the test leaves none itself, it knows its secrets veiled only, and all that is to be
 * computed from them is computed by a child process.
 *
 * A sanitizer has memory of its own beside ours, too much of it: under one only the stack is
 * searched, and what is watched. tools/secrets.sh builds these tests without, as users would.
 */
#ifndef SIPREG_TESTS_REMAINS_H
#define SIPREG_TESTS_REMAINS_H

#include "support.h"

#define REMAINS_NONCE "nonce-0123456789"
#define REMAINS_REALM "example.com"

/* The page that is not searched. */
struct remains_safe {
    char password[64];
    char ha1[128]; /* in digits, once remains_credentials() was asked for it */
    uint8_t digest[SIPREG_DIGEST_SIZE];
};
extern struct remains_safe *remains_safe;

/* Maps the page, with the password in it. watched: memory to be searched also under a sanitizer. */
int remains_begin(const void *watched, size_t n);
int remains_end(void);

/* Of alice at REMAINS_REALM: the password, or the HA1 for this algorithm. They stand in the page.
 */
void remains_credentials(struct sipreg_credentials *credentials, enum sipreg_algorithm algorithm,
                         bool by_ha1);
/* rspauth for the Authorization of this request, which has qop=auth. */
void remains_proof(char *rspauth, const char *request, enum sipreg_algorithm algorithm);

/* Calls the function. */
#define CALL(function) remains_call(#function, function)
void remains_call(const char *name, void (*function)(void));
/* Fails if it has left something of the password, or of HA1 for this algorithm; cnonce is that of
   the last answer. */
void remains_search(enum sipreg_algorithm algorithm, const char *cnonce);
/* Is anything in the stack? For what remains_search() looked for last. */
bool remains_found(void);

/* Nothing twice. */
int remains_random(void *user, void *out, size_t n);

/* Those that this build has; 0 ends them. */
const enum sipreg_algorithm *remains_algorithms(void);

#endif
