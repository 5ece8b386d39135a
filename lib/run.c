/*
 * run.c - the rim: actions become calls of the caller's functions.
 *
 * Uses nothing but the public interface, so whatever it does a program can do in its own way. A run
 * takes a bounded number of actions: a callback that starts again what was just refused cannot hold
 * the thread.
 */
#include <sipreg/client.h>

enum { ACTIONS_MAX = 8 };

static void perform(struct sipreg_client *client, uint32_t now, const struct sipreg_action *action)
{
    const struct sipreg_io *io = client->config->io;
    void *user = client->config->user;

    switch (action->type) {
    case SIPREG_DO_REPORT:
        if (io->event != NULL)
            io->event(user, &action->event);
        break;
    case SIPREG_DO_OPEN:
        if (io->open(user) < 0)
            sipreg_client_flow(client, now, SIPREG_FLOW_DOWN);
        break;
    case SIPREG_DO_SEND:
        if (io->send(user, action->bytes, action->size) < 0)
            sipreg_client_flow(client, now, SIPREG_FLOW_DOWN);
        break;
    case SIPREG_DO_CLOSE:
    default: /* there are no others */
        if (io->close != NULL)
            io->close(user);
        break;
    }
}

uint32_t sipreg_client_run(struct sipreg_client *client, uint32_t now)
{
    struct sipreg_action action;

    if (client->running)
        return 0;
    client->running = true;
    for (int i = 0; i < ACTIONS_MAX && sipreg_client_next(client, now, &action); i++)
        perform(client, now, &action);
    client->running = false;
    return sipreg_client_deadline(client, now);
}

int sipreg_client_recv(struct sipreg_client *client, uint32_t now, const void *bytes, size_t n)
{
    struct sipreg_response response;
    int result;

    if (client->running)
        return SIPREG_STATE;
    result = sipreg_response_parse(&response, bytes, n);
    if (result < 0) { /* also what is malformed was whole, and is waited for no longer */
        int pong = sipreg_client_pong(client, now, bytes, n);
        if (pong == SIPREG_OK)
            sipreg_client_run(client, now);
        return result == SIPREG_FOREIGN ? pong : result;
    }
    if ((size_t)result < n && client->request.transport >= SIPREG_WS)
        return SIPREG_SYNTAX; /* one message each (RFC 7118 5) */
    result = sipreg_client_response(client, now, &response);
    if (result == SIPREG_OK)
        sipreg_client_run(client, now);
    return result;
}
