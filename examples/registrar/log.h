/*
 * log.h: a line for each message, on standard output, if the options ask for it.
 */
#ifndef REGISTRAR_LOG_H
#define REGISTRAR_LOG_H

#include "server.h"

/* direction: "<-" came, "->" went, "--" neither. */
void log_line(const struct server *server, const char *direction, const struct route *route,
              const struct source *peer, const char *what);
/* A client may send anything, and the log is read on a terminal: only what was understood. */
void log_request(const struct server *server, const struct route *route,
                 const struct request *request, const char *remark);

#endif
