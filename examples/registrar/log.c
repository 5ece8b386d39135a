/*
 * log.c: what came, what went, and when.
 */
#include "log.h"

#include "sockets.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

void log_line(const struct server *server, const char *direction, const struct route *route,
              const struct source *peer, const char *what)
{
    struct timespec now;
    struct tm local;
    char clock[16] = "";

    if (!server->options->log)
        return;
    clock_gettime(CLOCK_REALTIME, &now);
    if (localtime_r(&now.tv_sec, &local) != NULL)
        strftime(clock, sizeof clock, "%H:%M:%S", &local);
    printf(strchr(peer->ip, ':') ? "%s.%03d %s %s [%s]:%u %s\n" : "%s.%03d %s %s %s:%u %s\n", clock,
           (int)(now.tv_nsec / 1000000), direction, transport_name(route->transport), peer->ip,
           peer->port, what);
    fflush(stdout);
}

void log_request(const struct server *server, const struct route *route,
                 const struct request *request, const char *remark)
{
    char what[LABEL_MAX + 64];

    snprintf(what, sizeof what, "%.*s %u %.*s%s%s", TEXT(request->method), (unsigned)request->cseq,
             TEXT(request->method), remark[0] != '\0' ? " " : "", remark);
    log_line(server, "<-", route, &request->source, what);
}
