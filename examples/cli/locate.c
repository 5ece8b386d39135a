/*
 * locate.c - where would requests go? "sipreg locate" shows all servers, in the order in which they
 * are tried.
 *
 * It lets each of them fail. At the end of the walk one that has failed may be offered again, since
 * it is better than none: that is not shown twice.
 */
#include "session.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>

#define SHOWN_MAX 64

struct shown {
    struct sipreg_target servers[SHOWN_MAX];
    size_t count;
};

static bool same(const struct sipreg_target *a, const struct sipreg_target *b)
{
    return a->transport == b->transport && a->port == b->port &&
           strcmp(a->address, b->address) == 0;
}

static bool is_new(struct shown *shown, const struct sipreg_target *server)
{
    size_t i;

    for (i = 0; i < shown->count; i++) {
        if (same(&shown->servers[i], server))
            return false;
    }
    if (shown->count < SHOWN_MAX)
        shown->servers[shown->count++] = *server;
    return true;
}

static enum way next(struct net *net, struct sipreg_target *server)
{
    enum way way;

    while ((way = way_next(&net->way, server)) == WAY_LATER)
        net_wait(net, UINT32_MAX);
    return way;
}

int session_locate(struct session *session)
{
    struct net *net = &session->net;
    struct sipreg_target server;
    struct shown shown;

    shown.count = 0;
    if (!way_start(&net->way, session->target.registrar)) {
        fprintf(stderr, "sipreg: %s\n", net->way.fault);
        return EXIT_USAGE;
    }
    while (next(net, &server) == WAY_FOUND) {
        if (is_new(&shown, &server))
            show_server(&session->show, &server);
        way_failed(&net->way, -1);
    }
    if (shown.count == 0)
        show_no_server(&session->show, net->way.fault);
    return shown.count > 0 ? EXIT_DONE : EXIT_UNREACHABLE;
}
