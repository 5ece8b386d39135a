/*
 * events.c - what do the client's events mean for the program?
 *
 * query, remove and register --once get one attempt, with all that belongs to it (retransmissions,
 * challenges, every server of the domain): a script wants an answer. register alone is for good: it
 * goes on trying, but for a name that does not exist, and a certificate that is not good.
 *
 * An event also tells whether a server has failed, which way.c must know before the client asks for
 * the next flow.
 */
#include "session.h"

#include "system.h"

#include <stdio.h>

bool session_keeps_on(const struct session *session)
{
    return session->options.command == COMMAND_REGISTER && !session->options.once;
}

/* ---- how does the program end? ---- */

static int failure(const struct session *session, const struct sipreg_event *event)
{
    switch (event->error) {
    case SIPREG_TRANSPORT:
        if (session->net.taken)
            return EXIT_USAGE;
        return event->status == 0 ? EXIT_UNREACHABLE : EXIT_REFUSED;
    case SIPREG_TIMEOUT:
    case SIPREG_POLICY: /* without a status, a certificate */
        return event->status == 0 ? EXIT_UNREACHABLE : EXIT_REFUSED;
    case SIPREG_ARGUMENT:
    case SIPREG_STATE:
    case SIPREG_SPACE:
    case SIPREG_LIMIT:
    case SIPREG_HASH:
    case SIPREG_RANDOM:
        return EXIT_USAGE;
    default:
        return EXIT_REFUSED;
    }
}

/* Trying again will not help. */
static bool hopeless(const struct session *session)
{
    return (session->net.way.nowhere || session->net.taken) && !session->registered;
}

static int verdict(const struct session *session, const struct sipreg_event *event)
{
    bool rewriting = session->options.rewrite_contact && event->refresh_in == 0;

    switch (event->type) {
    case SIPREG_EVENT_REGISTERED:
        return session->options.once && !rewriting ? EXIT_DONE : GO_ON;
    case SIPREG_EVENT_BINDINGS:
        return EXIT_DONE;
    case SIPREG_EVENT_UNREGISTERED:
        if (!session->ending)
            return GO_ON; /* it lapsed: the client tries on */
        return event->error == SIPREG_OK ? EXIT_DONE : failure(session, event);
    case SIPREG_EVENT_RETRYING:
        if (event->retry_in == 0) /* at the next server */
            return GO_ON;
        return session_keeps_on(session) && !hopeless(session) ? GO_ON : failure(session, event);
    case SIPREG_EVENT_KEEPALIVE:
        return GO_ON;
    case SIPREG_EVENT_REFUSED:
        break;
    }
    return failure(session, event);
}

/* ---- what is shown, and who has failed ---- */

/* Why there was no response. */
static const char *explain(const struct net *net, const struct sipreg_event *event, char *room,
                           size_t size)
{
    if (event->error == SIPREG_TIMEOUT && net->state == NET_LOCATING)
        return "no answer from the DNS";
    if (event->error == SIPREG_TIMEOUT && net->peer[0] != '\0') {
        snprintf(room, size, "no answer from %s (%s)", net->peer, transport_name(net->transport));
        return room;
    }
    if ((event->error == SIPREG_TRANSPORT || event->error == SIPREG_POLICY) && event->status == 0 &&
        net->fault[0] != '\0')
        return net->fault;
    return NULL;
}

/* RFC 3263 4.3. The last server rests like the others, or those before it would never be tried
   again. But one that has served, and then closed the connection, is asked once more. */
static void note_failure(struct net *net, const struct sipreg_event *event)
{
    bool unreached =
        event->status == 0 && (event->error == SIPREG_TIMEOUT || event->error == SIPREG_TRANSPORT ||
                               event->error == SIPREG_POLICY);
    bool lost = event->error == SIPREG_TRANSPORT && net->served && event->retry_in > 0;

    if (event->type == SIPREG_EVENT_REGISTERED)
        net->served = true;
    if ((event->type == SIPREG_EVENT_RETRYING || event->state == SIPREG_IDLE) && !lost &&
        (unreached || event->status == 503))
        way_failed(&net->way, event->response != NULL ? event->response->retry_after : -1);
}

static void on_event(void *user, const struct sipreg_event *event)
{
    struct session *session = user;
    struct net *net = &session->net;
    struct show_notes notes;
    char room[PLACE_SIZE + 32];

    notes.why = explain(net, event, room, sizeof room);
    notes.server = net->peer[0] != '\0' ? net->peer : NULL;
    notes.transport = transport_name(net->transport);
    note_failure(net, event);
    session->registered = session->registered || event->type == SIPREG_EVENT_REGISTERED;
    session->status = verdict(session, event);
    notes.last = session->status != GO_ON;
    show_event(&session->show, event, &notes);
    state_save(&session->state, &session->client);
}

void session_give_up(struct session *session)
{
    static const struct sipreg_event unconfirmed = {.type = SIPREG_EVENT_UNREGISTERED,
                                                    .error = SIPREG_TIMEOUT};

    on_event(session, &unconfirmed);
}

/* ---- the client's other functions ---- */

static int on_send(void *user, const void *bytes, size_t n)
{
    struct session *session = user;

    state_save(&session->state, &session->client); /* what was sent is used, whatever comes */
    return net_send(&session->net, bytes, n);
}

static int on_open(void *user)
{
    struct session *session = user;

    net_open(&session->net);
    return 0;
}

static void on_close(void *user)
{
    struct session *session = user;

    net_close(&session->net);
}

static int on_random(void *user, void *out, size_t n)
{
    (void)user;
    return random_octets(out, n);
}

void session_connect(struct sipreg_io *io)
{
    io->send = on_send;
    io->random = on_random;
    io->event = on_event;
    io->open = on_open;
    io->close = on_close;
}
