/*
 * main.c - sipreg, the command: registers, queries or removes a SIP address.
 *
 *   options.c  what does the user want?         secret.c  where does the password come from?
 *   target.c   who is registered where?         show.c    what does a person or a script read?
 *   setup.c    are we ready?                    trace.c   what went over the wire?
 *   events.c   how does it go?                  locate.c  where would it go?
 *   way.c      which server is next?            dns.c, reply.c  what does the DNS say?
 *   net.c, wire.c, loop.c  how do flows and octets come and go?
 *   place.c    addresses                        tls.c     is it the right server?
 *   state.c    what does it remember?
 *   websocket.c  messages in frames             upgrade.c does it speak SIP over WebSocket?
 *   system.c   time, random octets, signals     netlink.c have we moved?
 *
 * This file runs them around one struct sipreg_client: it says what the client is to do, and ends
 * when events.c, or a signal, says so, and how:
 *
 *   0 done   1 refused by the registrar   2 usage or configuration   3 the registrar not reached
 */
#include "session.h"

#include "netlink.h"
#include "system.h"

#include <stdio.h>
#include <string.h>

#define PATIENCE_MS 5000 /* for the removal, once the user has asked us to end */

static void begin(struct session *session)
{
    uint32_t now = clock_ms();

    switch (session->options.command) {
    case COMMAND_REGISTER:
        sipreg_client_start(&session->client, now);
        break;
    case COMMAND_QUERY:
        sipreg_client_query(&session->client, now);
        break;
    case COMMAND_REMOVE:
        session->ending = true;
        if (session->options.all)
            sipreg_client_clear(&session->client, now);
        else
            sipreg_client_stop(&session->client, now);
        break;
    case COMMAND_LOCATE: /* needs no client */
        break;
    }
}

static void interrupted(struct session *session, int number)
{
    if (!session_keeps_on(session)) {
        session->signal = number;
        session->status = EXIT_UNREACHABLE;
        return;
    }
    if (!session->options.json)
        fputs("sipreg: unregistering; a second signal ends at once\n", stderr);
    session->ending = true;
    session->ending_at = clock_ms() + PATIENCE_MS;
    sipreg_client_stop(&session->client, clock_ms());
}

/* How long the user still waits for the removal, once it was asked for. */
static uint32_t patience(struct session *session, uint32_t wait)
{
    int32_t left = (int32_t)(session->ending_at - clock_ms());

    if (!session->ending || session->options.command == COMMAND_REMOVE)
        return wait;
    if (left > 0)
        return wait < (uint32_t)left ? wait : (uint32_t)left;
    session_give_up(session);
    return 0;
}

static void run(struct session *session)
{
    int number;

    session->net.signals = signals_catch();
    begin(session);
    for (;;) {
        uint32_t wait = sipreg_client_run(&session->client, clock_ms());

        if (session->status == GO_ON)
            wait = patience(session, wait);
        if (session->status != GO_ON)
            return;
        net_wait(&session->net, wait);
        number = signals_taken(session->net.signals);
        if (number != 0 && session->status == GO_ON)
            interrupted(session, number);
    }
}

int main(int argc, char **argv)
{
    struct session session;

    keep_memory_private();
    memset(&session, 0, sizeof session);
    if (!options_read(&session.options, argc, argv, &session.status))
        return session.status;
    net_init(&session.net, &session.target);
    session.status = session_set_up(&session);
    if (session.status == GO_ON && session.options.command == COMMAND_LOCATE)
        session.status = session_locate(&session);
    else if (session.status == GO_ON)
        run(&session);
    net_free(&session.net);
    netlink_close(session.net.changes);
    if (session.net.tls != NULL)
        tls_free(&session.tls);
    secret_wipe(&session.secret);
    if (session.signal != 0)
        signals_die(session.signal);
    return session.status;
}
