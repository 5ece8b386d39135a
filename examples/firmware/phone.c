/*
 * phone.c - how does a phone use the library? Its functions for the client, its config, its
 * buttons.
 *
 * The client asks for a way to the registrar (open), network.c finds an address of ours and one of
 * the server's, and the client is told (flow). If that fails, it asks again after a while. Before a
 * request leaves, what must outlive a power cut is written down.
 */
#include "phone.h"

#include "board.h"
#include "host.h"
#include "network.h"
#include "save.h"

#include <string.h>

#include <sipreg/sipreg.h>

#ifndef PHONE_SCRATCH
#define PHONE_SCRATCH 1200
#endif

static struct sipreg_client client;
static unsigned char scratch[PHONE_SCRATCH];
static unsigned char snapshot[SIPREG_SNAPSHOT_SIZE];

static void say(const char *before, uint32_t number, const char *behind)
{
    board_say(before);
    board_say_number(number);
    board_say(behind);
}

/* ---------------------------------------------------------------- for the client */

static int my_random(void *user, void *out, size_t n)
{
    (void)user;
    return host_random(out, n);
}

static int my_open(void *user)
{
    (void)user;
    network_open(host_setting("server"), (uint16_t)host_setting_number("port", 5060));
    return 0;
}

static void my_close(void *user)
{
    (void)user;
    network_close();
}

static void save(void)
{
    int n = sipreg_client_save(&client, board_clock(), snapshot, sizeof snapshot);

    if (n < 0 || save_write(snapshot, (size_t)n) < 0)
        board_say("the state cannot be saved\n");
}

/* Keepalives change nothing that is saved, and would wear the flash. */
static int my_send(void *user, const void *bytes, size_t n)
{
    (void)user;
    if (n > 8 && memcmp(bytes, "REGISTER", 8) == 0)
        save();
    return network_send(bytes, n);
}

static void my_event(void *user, const struct sipreg_event *event)
{
    (void)user;
    say("", board_clock(), " ");
    switch (event->type) {
    case SIPREG_EVENT_REGISTERED:
        say("registered for ", (uint32_t)event->granted, " s");
        say(", again in ", event->refresh_in, " ms\n");
        break;
    case SIPREG_EVENT_UNREGISTERED:
        board_say("unregistered: ");
        board_say(sipreg_strerror(event->error));
        board_say("\n");
        break;
    case SIPREG_EVENT_RETRYING:
    case SIPREG_EVENT_REFUSED:
        board_say(event->type == SIPREG_EVENT_REFUSED ? "refused: " : "failed: ");
        board_say(sipreg_strerror(event->error));
        say(", status ", (uint32_t)event->status, "\n");
        break;
    case SIPREG_EVENT_KEEPALIVE:
        board_say("keepalives: ");
        board_say(sipreg_strerror(event->error));
        board_say("\n");
        break;
    case SIPREG_EVENT_BINDINGS: /* to a query, which we do not make */
        break;
    }
}

static const struct sipreg_io io = {
    .send = my_send,
    .random = my_random,
    .event = my_event,
    .open = my_open,
    .close = my_close,
    .scratch = scratch,
    .scratch_size = sizeof scratch,
};

/* ---------------------------------------------------------------- from the network */

static void opened(const char *local)
{
    if (local != NULL)
        sipreg_client_move(&client, board_clock(), local);
    sipreg_client_flow(&client, board_clock(), local != NULL ? SIPREG_FLOW_UP : SIPREG_FLOW_DOWN);
}

static void moved(const char *local)
{
    sipreg_client_move(&client, board_clock(), local);
}

static void received(const void *bytes, size_t n)
{
    sipreg_client_recv(&client, board_clock(), bytes,
                       n); /* SIPREG_FOREIGN: for a phone's SIP stack */
}

/* ---------------------------------------------------------------- start, buttons */

static const struct sipreg_client_config *my_config(void)
{
    static struct sipreg_client_config config = {
        .io = &io,
        .local = "0.0.0.0:5060", /* until opened() knows */
        .user_agent = "sipreg-firmware",
        .rewrite_contact = true, /* behind a NAT */
        .keepalive = &sipreg_keepalive,
        .ping = SIPREG_PING_ALWAYS,
    };

    config.aor = host_setting("aor");
    config.password = host_setting("password");
    config.expires = host_setting_number("expires", 3600);
    config.ping_every = host_setting_number("ping", 0);
    return &config;
}

static void restore(void)
{
    size_t n = save_read(snapshot, sizeof snapshot);
    int result;

    if (n == 0) {
        board_say("no state was saved\n");
        return;
    }
    result = sipreg_client_load(&client, board_clock(), SIPREG_FOREVER, snapshot, n);
    board_say(result == SIPREG_OK ? "goes on from the state that was saved"
                                  : "the state that was saved is not used: ");
    board_say(result == SIPREG_OK ? "" : sipreg_strerror(result));
    board_say("\n");
}

int phone_start(void)
{
    static const struct network_user user = {opened, moved, received};
    const struct sipreg_client_config *config = my_config();
    int result = sipreg_client_init(&client, config);
    const char *fault = sipreg_client_fault(config);

    if (result < 0) {
        board_say("init: ");
        board_say(fault != NULL ? fault : sipreg_strerror(result));
        board_say("\n");
        return result;
    }
    restore();
    network_start(&user);
    return sipreg_client_start(&client, board_clock());
}

uint32_t phone_run(void)
{
    return sipreg_client_run(&client, board_clock());
}

void phone_register(void)
{
    sipreg_client_start(&client, board_clock());
}

void phone_unregister(void)
{
    sipreg_client_stop(&client, board_clock());
}
