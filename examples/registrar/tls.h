/*
 * tls.h: TLS on the server's side of a connection.
 */
#ifndef REGISTRAR_TLS_H
#define REGISTRAR_TLS_H

#include "crypto.h"

struct tls;
struct tls_session;

/* NULL, with one line in why, if certificate or key are no good. */
struct tls *tls_open(const char *cert, const char *key, struct random *random, struct out *why);
void tls_close(struct tls *tls);

/* NULL if there is no memory. The handshake happens as bytes are read. */
struct tls_session *tls_session_open(struct tls *tls, int fd);
void tls_session_close(struct tls_session *session);

/* Bytes moved; 0: not now; negative: mbedTLS's error, or the connection has ended. After a write of
 * 0 the next one must begin with the same bytes and have the same length. */
int tls_read(struct tls_session *session, char *bytes, size_t n);
int tls_write(struct tls_session *session, const char *bytes, size_t n);

/* Whether a negative result is just the end of the connection. */
bool tls_ended_well(int result);

/* Whether the last read has to wait until the socket can be written. */
bool tls_wants_to_write(const struct tls_session *session);

#endif
