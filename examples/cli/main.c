/*
 * main.c - sipreg, the command: registers, queries or removes a SIP address.
 *
 *   options.c  what does the user want?         secret.c  where does the password come from?
 *   target.c   who is registered where?         show.c    what does a person or a script read?
 *   net.c      how do octets come and go?       trace.c   what went over the wire?
 *   tls.c      is it the right server?          system.c  time, random octets, signals
 *
 * This file brings them together around one struct sipreg_client: it sets the client up, says what
 * it is to do, and decides by its events when the program ends, and how:
 *
 *   0 done   1 refused by the registrar   2 usage or configuration   3 the registrar not reached
 *
 * query, remove and register --once get one attempt, with all that belongs to it (retransmissions,
 * challenges, every address of the name): a script wants an answer. register alone is for good: it
 * goes on trying, but for a name or a certificate that was never good.
 */
#include "net.h"
#include "options.h"
#include "secret.h"
#include "show.h"
#include "system.h"
#include "target.h"
#include "tls.h"

#include <sipreg/sipreg.h>

#include <stdio.h>
#include <string.h>

#define SCRATCH_SIZE 8192 /* a REGISTER with sixteen headers of the user's */
#define PATIENCE_MS  5000 /* for the removal, once the user has asked us to end */
#define GO_ON        (-1)

struct session {
    struct options options;
    struct target target;
    struct secret secret;
    struct show show;
    struct tls tls;
    struct net net;

    struct sipreg_io io;
    struct sipreg_client_config config;
    struct sipreg_client client;
    const char *routes[1];
    char agent[32];
    unsigned char scratch[SCRATCH_SIZE];

    bool registered; /* at least once */
    bool ending;     /* the removal is under way */
    uint32_t ending_at;
    int signal; /* that ended us, or 0 */
    int status; /* GO_ON, or how to exit */
};

/* ---- what an event means for the program ---- */

static bool keeps_on(const struct session *session)
{
    return session->options.command == COMMAND_REGISTER && !session->options.once;
}

static int failure(const struct sipreg_event *event)
{
    switch (event->error) {
    case SIPREG_TIMEOUT:
    case SIPREG_TRANSPORT:
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

static int verdict(const struct session *session, const struct sipreg_event *event)
{
    switch (event->type) {
    case SIPREG_EVENT_REGISTERED:
        return session->options.once ? EXIT_DONE : GO_ON;
    case SIPREG_EVENT_BINDINGS:
        return EXIT_DONE;
    case SIPREG_EVENT_UNREGISTERED:
        if (!session->ending)
            return GO_ON; /* it lapsed: the client tries on */
        return event->error == SIPREG_OK ? EXIT_DONE : failure(event);
    case SIPREG_EVENT_RETRYING:
        if (!keeps_on(session))
            return failure(event);
        return session->net.hopeless && !session->registered ? EXIT_UNREACHABLE : GO_ON;
    case SIPREG_EVENT_KEEPALIVE:
        return GO_ON;
    case SIPREG_EVENT_REFUSED:
        break;
    }
    return failure(event);
}

static void on_event(void *user, const struct sipreg_event *event)
{
    struct session *session = user;
    char silence[96];
    const char *why = NULL;

    if (event->error == SIPREG_TRANSPORT && session->net.fault[0] != '\0')
        why = session->net.fault;
    if (event->error == SIPREG_TIMEOUT) {
        snprintf(silence, sizeof silence, "no answer from %s", session->net.peer);
        why = silence;
    }
    session->registered = session->registered || event->type == SIPREG_EVENT_REGISTERED;
    session->status = verdict(session, event);
    show_event(&session->show, event, why, session->status != GO_ON);
}

/* ---- the client's other functions ---- */

static int on_send(void *user, const void *bytes, size_t n)
{
    struct session *session = user;

    return net_send(&session->net, bytes, n);
}

static int on_open(void *user)
{
    struct session *session = user;

    return net_open(&session->net) == 0 ? 0 : -1;
}

/* What the client wants to close may be the flow before the one that is being opened. */
static void on_close(void *user)
{
    struct session *session = user;

    if (!net_is_new(&session->net))
        net_close(&session->net);
}

static int on_random(void *user, void *out, size_t n)
{
    (void)user;
    return random_octets(out, n);
}

/* ---- setting up ---- */

static void fill_config(struct session *session)
{
    const struct options *options = &session->options;
    struct sipreg_client_config *config = &session->config;
    struct sipreg_io *io = &session->io;

    io->send = on_send;
    io->random = on_random;
    io->event = on_event;
    io->open = on_open;
    io->close = on_close;
    io->scratch = session->scratch;
    io->scratch_size = sizeof session->scratch;

    snprintf(session->agent, sizeof session->agent, "sipreg/%s", sipreg_version());
    session->routes[0] = session->target.route;
    config->io = io;
    config->user = session;
    config->aor = session->target.aor;
    config->local = session->net.local;
    config->registrar = session->target.registrar;
    config->contact = options->contact;
    config->transport = session->target.transport;
    config->expires = options->expires;
    config->auth_user = options->user;
    config->password = session->secret.text[0] != '\0' ? session->secret.text : NULL;
    config->routes = session->routes;
    config->route_count = session->target.route[0] != '\0';
    config->user_agent = session->agent;
    config->headers = options->headers;
    config->header_count = options->header_count;
}

/* The contact that register made of an arbitrary port is gone with it: it must be named. */
static bool knows_contact(const struct session *session)
{
    const struct options *options = &session->options;

    if (options->command != COMMAND_REMOVE || options->all || options->contact != NULL ||
        session->net.fixed_port)
        return true;
    fputs("sipreg: remove which contact? Give --contact URI or --local ADDR:PORT as it was "
          "registered, or --all\n",
          stderr);
    return false;
}

static bool find_password(struct session *session)
{
    int signals = signals_catch();
    bool found = secret_find(
        &session->secret, session->options.password_file,
        session->options.user != NULL ? session->options.user : session->target.aor, signals);

    signals_release(); /* nothing is registered: looking up a name may be cut short */
    session->show.password = session->secret.text[0] != '\0';
    return found;
}

static bool set_up_tls(struct session *session)
{
    const struct options *options = &session->options;

    if (session->target.transport != SIPREG_TLS) {
        if (options->insecure || options->ca != NULL)
            fprintf(stderr, "sipreg: note: this is %s, --ca and --insecure have no effect\n",
                    target_transport(&session->target));
        return true;
    }
    session->net.tls = &session->tls;
    if (!tls_init(&session->tls, session->target.host, options->ca, options->insecure)) {
        fprintf(stderr, "sipreg: %s\n", session->tls.fault);
        return false;
    }
    if (options->insecure)
        fprintf(stderr,
                "sipreg: WARNING: --insecure: the certificate of %s is not verified,\n"
                "sipreg: WARNING: anybody on the way can pose as the registrar\n",
                session->target.host);
    return true;
}

/* The local address is part of the requests, so the flow is opened before the client is made. */
static int open_first(struct session *session)
{
    int result = net_open(&session->net);

    if (result == 0 || session->net.local[0] != '\0')
        return GO_ON;
    fprintf(stderr, "sipreg: %s\n", session->net.fault);
    return result == NET_TAKEN ? EXIT_USAGE : EXIT_UNREACHABLE;
}

/* "contact: not a URI" becomes "--contact: not a URI: 'foo'": in the words of the user. */
static void print_fault(const struct options *options, const char *fault)
{
    const struct {
        const char *field, *name, *value;
    } typed[] = {
        {"aor:", "AOR:", options->aor},
        {"contact:", "--contact:", options->contact},
        {"registrar:", "--registrar:", options->registrar},
        {"routes:", "--proxy:", options->proxy},
        {"auth_user:", "--user:", options->user},
        {"headers:", "--header:", NULL},
        {"", "", NULL},
    };
    const char *why;
    size_t i = 0;

    while (strncmp(fault, typed[i].field, strlen(typed[i].field)) != 0)
        i++;
    why = i == 0 ? " not a sip or sips URI" : fault + strlen(typed[i].field);
    if (typed[i].value != NULL)
        fprintf(stderr, "sipreg: %s%s: '%s'\n", typed[i].name, why, typed[i].value);
    else
        fprintf(stderr, "sipreg: %s%s\n", typed[i].name, why);
}

/* Before anything is looked up or sent. The local address is not known yet, so it borrows one. */
static bool check_config(struct session *session)
{
    struct sipreg_client_config config;
    const char *fault;

    fill_config(session);
    config = session->config;
    config.local = "192.0.2.1:5060";
    fault = sipreg_client_fault(&config);
    if (fault != NULL)
        print_fault(&session->options, fault);
    return fault == NULL;
}

static int make_client(struct session *session)
{
    int result = sipreg_client_init(&session->client, &session->config);

    if (result == SIPREG_OK) {
        session->net.client = &session->client;
        return GO_ON;
    }
    fprintf(stderr, "sipreg: AOR, --contact or --header: %s\n", sipreg_strerror(result));
    return EXIT_USAGE;
}

static int set_up(struct session *session)
{
    struct net *net = &session->net;

    if (!target_plan(&session->target, &session->options))
        return EXIT_USAGE;
    session->show.json = session->options.json;
    session->show.aor = session->target.aor;
    net->notes = session->options.json ? NULL : stderr;
    if (session->options.trace)
        net->trace = session->options.json ? stderr : stdout;
    if (session->options.local != NULL && !net_bind(net, session->options.local))
        return EXIT_USAGE;
    if (!knows_contact(session) || !find_password(session) || !check_config(session) ||
        !set_up_tls(session))
        return EXIT_USAGE;
    session->status = open_first(session);
    return session->status == GO_ON ? make_client(session) : session->status;
}

/* ---- running ---- */

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
    }
}

static void interrupted(struct session *session, int number)
{
    if (!keeps_on(session)) {
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
    static const struct sipreg_event unconfirmed = {.type = SIPREG_EVENT_UNREGISTERED,
                                                    .error = SIPREG_TIMEOUT};
    int32_t left = (int32_t)(session->ending_at - clock_ms());

    if (!session->ending || session->options.command == COMMAND_REMOVE)
        return wait;
    if (left > 0)
        return wait < (uint32_t)left ? wait : (uint32_t)left;
    on_event(session, &unconfirmed);
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

    memset(&session, 0, sizeof session);
    if (!options_read(&session.options, argc, argv, &session.status))
        return session.status;
    net_init(&session.net, &session.target);
    session.status = set_up(&session);
    if (session.status == GO_ON)
        run(&session);
    net_free(&session.net);
    if (session.net.tls != NULL)
        tls_free(&session.tls);
    secret_wipe(&session.secret);
    if (session.signal != 0)
        signals_die(session.signal);
    return session.status;
}
