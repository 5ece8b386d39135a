/*
 * setup.c - from what the user typed to a client at rest.
 *
 * All that can be wrong with it is found here, before anything is looked up or sent. Our address is
 * part of the requests, but known only once there is a server to send to; until then a stand-in
 * serves, which never leaves the machine.
 */
#include "session.h"

#include "netlink.h"
#include "system.h"

#include <stdio.h>
#include <string.h>

#define STAND_IN "192.0.2.1:5060"

/* Right in what follows from it before a flow is opened: does the contact have to be sips? */
static enum sipreg_transport first_transport(const struct target *target)
{
    enum sipreg_transport transport = SIPREG_UDP;

    while ((target->transports & (1U << transport)) == 0)
        transport++;
    return transport;
}

/* Without one the registrar tells devices apart by their contacts. */
static const char *instance(const struct session *session)
{
    const struct options *options = &session->options;

    if (options->instance != NULL)
        return options->instance;
    return options->outbound ? session->state.instance : NULL;
}

static void fill_config(struct session *session)
{
    const struct options *options = &session->options;
    struct sipreg_client_config *config = &session->config;

    session_connect(&session->io);
    session->io.scratch = session->scratch;
    session->io.scratch_size = sizeof session->scratch;
    snprintf(session->agent, sizeof session->agent, "sipreg/%s", sipreg_version());
    session->routes[0] = session->target.route;
    config->io = &session->io;
    config->user = session;
    config->aor = session->target.aor;
    config->local = STAND_IN;
    config->registrar = session->target.registrar;
    config->contact = options->contact;
    config->transport = first_transport(&session->target);
    config->expires = options->expires;
    config->auth_user = options->user;
    config->password = session->secret.text[0] != '\0' ? session->secret.text : NULL;
    config->routes = session->routes;
    config->route_count = session->target.route[0] != '\0';
    config->instance = instance(session);
    config->reg_id = options->outbound ? 1 : 0;
    config->keepalive = session_keeps_on(session) ? &sipreg_keepalive : NULL;
    config->ping = options->keepalive ? SIPREG_PING_ALWAYS : SIPREG_PING_PROMISED;
    config->ping_every = options->ping_every;
    config->follow_redirects = options->follow_redirects;
    config->rewrite_contact = options->rewrite_contact;
    config->user_agent = session->agent;
    config->headers = options->headers;
    config->header_count = options->header_count;
}

/* The contact that register made of an arbitrary port is gone with it: it must be named. */
static bool knows_contact(const struct session *session)
{
    const struct options *options = &session->options;

    if (options->command != COMMAND_REMOVE || options->all || options->contact != NULL ||
        options->outbound || session->state.found ||
        (session->net.fixed && place_port(&session->net.bound) != 0))
        return true;
    fputs("sipreg: remove which contact? Give --contact URI or --local ADDR:PORT as it was "
          "registered, its --state, or --all\n",
          stderr);
    return false;
}

static bool find_password(struct session *session)
{
    int signals = signals_catch();
    bool found = secret_find(
        &session->secret, session->options.password_file,
        session->options.user != NULL ? session->options.user : session->target.aor, signals);

    signals_release();
    session->show.password = session->secret.text[0] != '\0';
    return found;
}

/* Certificates are read when they are needed, but for those that the user has named: they may be
   missing. */
static bool set_up_tls(struct session *session)
{
    const struct options *options = &session->options;
    bool possible = (session->target.transports & (SIPREG_CAN_TLS | SIPREG_CAN_WSS)) != 0;

    tls_init(&session->tls, options->ca, options->insecure);
    session->net.tls = &session->tls;
    if (!possible && (options->insecure || options->ca != NULL))
        fprintf(stderr, "sipreg: note: this is %s, --ca and --insecure have no effect\n",
                transport_name(session->config.transport));
    if (possible && options->insecure)
        fputs("sipreg: WARNING: --insecure: the server's certificate is not verified,\n"
              "sipreg: WARNING: anybody on the way can pose as the registrar\n",
              stderr);
    if (!possible || options->ca == NULL || tls_set_up(&session->tls))
        return true;
    fprintf(stderr, "sipreg: %s\n", session->tls.fault);
    return false;
}

static void set_up_websocket(struct session *session)
{
    const struct options *options = &session->options;

    session->net.path = options->ws_path;
    if (options->ws_path != NULL && session->config.transport < SIPREG_WS)
        fprintf(stderr, "sipreg: note: this is %s, --ws-path has no effect\n",
                transport_name(session->config.transport));
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
        {"instance:", "--instance:", options->instance},
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

static bool make_client(struct session *session)
{
    const char *fault;
    int error;

    fill_config(session);
    fault = sipreg_client_fault(&session->config);
    if (fault != NULL) {
        print_fault(&session->options, fault);
        return false;
    }
    error = sipreg_client_init(&session->client, &session->config);
    if (error != SIPREG_OK)
        fprintf(stderr, "sipreg: AOR, --contact or --header: %s\n", sipreg_strerror(error));
    session->net.client = &session->client;
    return error == SIPREG_OK && state_load(&session->state, &session->client);
}

int session_set_up(struct session *session)
{
    const struct options *options = &session->options;
    struct net *net = &session->net;

    if (!target_plan(&session->target, options) || !dns_init(&net->dns, options->dns))
        return EXIT_USAGE;
    session->show.json = options->json;
    session->show.aor = options->command == COMMAND_LOCATE ? options->aor : session->target.aor;
    net->notes = options->json ? NULL : stderr;
    if (options->trace)
        net->trace = options->json ? stderr : stdout;
    if (options->local != NULL && !net_bind(net, options->local))
        return EXIT_USAGE;
    if (options->command == COMMAND_LOCATE)
        return GO_ON;
    if (!state_read(&session->state, options->state))
        return EXIT_USAGE;
    if (!knows_contact(session) || !find_password(session) || !make_client(session) ||
        !set_up_tls(session))
        return EXIT_USAGE;
    set_up_websocket(session);
    net->changes = netlink_open();
    return GO_ON;
}
