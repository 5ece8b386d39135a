/*
 * trace.h - the messages, as they went over the wire.
 */
#ifndef CLI_TRACE_H
#define CLI_TRACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* Prints one message with time, direction, peer and transport; what could reveal a password is
 * masked. */
void trace_message(FILE *out, bool sent, const char *peer, const char *transport, const char *bytes,
                   size_t n);

/* Prints that a keepalive went over the wire, or an answer to one. */
void trace_keepalive(FILE *out, bool sent, const char *peer, const char *transport);

#endif
