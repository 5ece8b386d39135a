/*
 * websocket_none.c - in place of websocket.c where there is no wslay: target.c refuses the
 * transport, so that nothing else here is ever called.
 */
#include "websocket.h"

bool websocket_possible(void)
{
    return false;
}

bool websocket_open(struct websocket *websocket)
{
    (void)websocket;
    return false;
}

void websocket_free(struct websocket *websocket)
{
    (void)websocket;
}

int websocket_read(struct websocket *websocket, const void *bytes, size_t n)
{
    (void)websocket;
    (void)bytes;
    (void)n;
    return -1;
}

const char *websocket_why(struct websocket *websocket)
{
    (void)websocket;
    return "";
}

bool websocket_queue(struct websocket *websocket, const void *bytes, size_t n)
{
    (void)websocket;
    (void)bytes;
    (void)n;
    return false;
}

void websocket_leave(struct websocket *websocket)
{
    (void)websocket;
}

int websocket_write(struct websocket *websocket, void *out, size_t size)
{
    (void)websocket;
    (void)out;
    (void)size;
    return -1;
}
