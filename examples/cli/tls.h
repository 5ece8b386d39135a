/*
 * tls.h - TLS over a socket that does not block.
 */
#ifndef CLI_TLS_H
#define CLI_TLS_H

#include <mbedtls/ssl.h>
#include <mbedtls/x509_crt.h>

#include <stdbool.h>
#include <stddef.h>

/* Below zero, beside counts of octets. */
enum { TLS_WANT_READ = -1, TLS_WANT_WRITE = -2, TLS_CLOSED = -3, TLS_FAILED = -4 };

struct tls {
    mbedtls_ssl_config config;
    mbedtls_ssl_context ssl;
    mbedtls_x509_crt trusted;
    bool ready;                /* set up */
    const char *ca;            /* a file, or NULL: the system's certificates */
    bool insecure;             /* anybody may pose as the server */
    const char *name;          /* whom we want to talk to: a domain name or an IP address */
    unsigned char address[16]; /* the same, if it is an address */
    size_t address_size;
    int fd;
    size_t pending;  /* octets of a write that has to be repeated */
    bool distrusted; /* it failed for the certificate: trying again will not help */
    uint32_t flags;  /* what is wrong with it */
    char fault[512]; /* why the last call failed */
};

/* Reads nothing yet. */
void tls_init(struct tls *tls, const char *ca, bool insecure);
void tls_free(struct tls *tls);

/* Once, for all connections; the first one does it too. False: fault says why. */
bool tls_set_up(struct tls *tls);

/* A new connection over fd, which stays the caller's, to somebody with this name, which must stay
   too. False: fault says why. */
bool tls_open(struct tls *tls, int fd, const char *name);
/* Says good-bye, as far as that is possible without waiting. */
void tls_close(struct tls *tls);

/* 0 when it is done, or one of the above. */
int tls_handshake(struct tls *tls);
/* Octets read or written, or one of the above. */
int tls_read(struct tls *tls, void *out, size_t size);
int tls_write(struct tls *tls, const void *bytes, size_t n);
/* Octets that can be read without the socket. */
size_t tls_buffered(const struct tls *tls);

#endif
