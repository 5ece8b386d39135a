/*
 * websocket.c - which SIP messages are in these frames, and into which frames do ours go?
 *
 * wslay knows the frames: it puts messages together that came in several, masks ours, answers pings
 * and a close, and refuses what RFC 6455 forbids. Sockets and TLS are not its business: it gets
 * octets that were read, and leaves octets to be sent.
 *
 * It would go on to the next message at once, but the client may have closed the connection by
 * then. So it gets one octet at a time, and none behind the end of a message: what follows is not
 * lost in it, and nobody closes a connection under its feet.
 */
#include "websocket.h"

#include "system.h"

#include <wslay/wslay.h>

#include <stdio.h>
#include <string.h>

bool websocket_possible(void)
{
    return true;
}

/* ---- what wslay calls ---- */

static ssize_t on_read(wslay_event_context_ptr frames, uint8_t *out, size_t size, int flags,
                       void *user)
{
    struct websocket *websocket = user;

    (void)flags;
    if (websocket->in_left == 0 || websocket->length > 0 || size == 0) {
        wslay_event_set_error(frames, WSLAY_ERR_WOULDBLOCK);
        return -1;
    }
    *out = *websocket->in++;
    websocket->in_left--;
    return 1;
}

static ssize_t on_write(wslay_event_context_ptr frames, const uint8_t *bytes, size_t n, int flags,
                        void *user)
{
    struct websocket *websocket = user;

    (void)flags;
    if (n > websocket->out_left) {
        wslay_event_set_error(frames, WSLAY_ERR_CALLBACK_FAILURE);
        return -1;
    }
    memcpy(websocket->out, bytes, n);
    websocket->out += n;
    websocket->out_left -= n;
    return (ssize_t)n;
}

static int on_mask(wslay_event_context_ptr frames, uint8_t *out, size_t n, void *user)
{
    (void)user;
    if (random_octets(out, n) >= 0)
        return 0;
    wslay_event_set_error(frames, WSLAY_ERR_CALLBACK_FAILURE);
    return -1;
}

/* RFC 7118 5.1: text or binary, both are messages. A longer one than there is room for has been
   refused before. */
static void on_message(wslay_event_context_ptr frames,
                       const struct wslay_event_on_msg_recv_arg *arg, void *user)
{
    struct websocket *websocket = user;

    (void)frames;
    if (wslay_is_ctrl_frame(arg->opcode) || arg->msg_length == 0)
        return;
    memcpy(websocket->message, arg->msg, arg->msg_length);
    websocket->length = arg->msg_length;
}

/* ---- the connection ---- */

bool websocket_open(struct websocket *websocket)
{
    static const struct wslay_event_callbacks callbacks = {.recv_callback = on_read,
                                                           .send_callback = on_write,
                                                           .genmask_callback = on_mask,
                                                           .on_msg_recv_callback = on_message};

    websocket_free(websocket);
    if (wslay_event_context_client_init(&websocket->frames, &callbacks, websocket) != 0) {
        websocket->frames = NULL;
        return false;
    }
    wslay_event_config_set_max_recv_msg_length(websocket->frames, sizeof websocket->message);
    return true;
}

void websocket_free(struct websocket *websocket)
{
    if (websocket->frames != NULL)
        wslay_event_context_free(websocket->frames);
    websocket->frames = NULL;
    websocket->length = 0;
}

/* ---- receiving ---- */

int websocket_read(struct websocket *websocket, const void *bytes, size_t n)
{
    websocket->in = bytes;
    websocket->in_left = n;
    websocket->length = 0;
    while (websocket->in_left > 0 && websocket->length == 0) {
        if (wslay_event_recv(websocket->frames) != 0 ||
            !wslay_event_get_read_enabled(websocket->frames))
            return -1;
    }
    return (int)(n - websocket->in_left);
}

/* What wslay found wrong shows only in the close that it has sent for it. */
const char *websocket_why(struct websocket *websocket)
{
    if (wslay_event_get_close_received(websocket->frames)) {
        snprintf(websocket->why, sizeof websocket->why, "it closed the WebSocket (code %u)",
                 (unsigned)wslay_event_get_status_code_received(websocket->frames));
        return websocket->why;
    }
    switch (wslay_event_get_status_code_sent(websocket->frames)) {
    case WSLAY_CODE_MESSAGE_TOO_BIG:
        return "its message is too large";
    case WSLAY_CODE_INVALID_FRAME_PAYLOAD_DATA:
        return "its text is not UTF-8";
    default:
        return "what it sent are no WebSocket frames";
    }
}

/* ---- sending ---- */

bool websocket_queue(struct websocket *websocket, const void *bytes, size_t n)
{
    struct wslay_event_msg text = {.opcode = WSLAY_TEXT_FRAME, .msg = bytes, .msg_length = n};

    return wslay_event_queue_msg(websocket->frames, &text) == 0;
}

void websocket_leave(struct websocket *websocket)
{
    wslay_event_queue_close(websocket->frames, WSLAY_CODE_NORMAL_CLOSURE, NULL, 0);
}

int websocket_write(struct websocket *websocket, void *out, size_t size)
{
    websocket->out = out;
    websocket->out_left = size;
    if (wslay_event_send(websocket->frames) != 0)
        return -1;
    return (int)(size - websocket->out_left);
}
