/*
 * websocket.h - messages in frames (RFC 6455 5), once the handshake is done (upgrade.h).
 */
#ifndef CLI_WEBSOCKET_H
#define CLI_WEBSOCKET_H

#include <stdbool.h>
#include <stddef.h>

#define WEBSOCKET_MESSAGE_SIZE 65536 /* the longest that is taken */

struct wslay_event_context;

struct websocket {
    struct wslay_event_context *frames; /* NULL: not open */
    const unsigned char *in;            /* octets that were not looked at yet */
    size_t in_left;
    unsigned char *out; /* where frames go */
    size_t out_left;
    size_t length; /* of the message that has come; 0: none, or an empty one */
    char message[WEBSOCKET_MESSAGE_SIZE];
    char why[64];
};

/* Was the program built with it? */
bool websocket_possible(void);

/* False: there is no memory. */
bool websocket_open(struct websocket *websocket);
void websocket_free(struct websocket *websocket);

/* What came from the server, up to the end of the first message in it. Octets taken, or negative:
   it is over, but for the last frame that websocket_write() has then. */
int websocket_read(struct websocket *websocket, const void *bytes, size_t n);

/* After that frame was written: why is it over? */
const char *websocket_why(struct websocket *websocket);

/* What is to be sent next: a message, or good-bye. False: there is no memory. */
bool websocket_queue(struct websocket *websocket, const void *bytes, size_t n);
void websocket_leave(struct websocket *websocket);

/* All frames that are to be sent, among them answers to pings. Octets written, or negative: there
   is no room for them. */
int websocket_write(struct websocket *websocket, void *out, size_t size);

#endif
