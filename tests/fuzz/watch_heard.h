/*
 * watch_heard.h - judges what a client takes for an answer, and what it makes of it.
 */
#ifndef SIPREG_TESTS_FUZZ_WATCH_HEARD_H
#define SIPREG_TESTS_FUZZ_WATCH_HEARD_H

#include "watch.h"

/* A message before it is handed in. */
struct watch_heard {
    struct sipreg_client before;
    bool answers; /* the last request, not too late */
    bool due;     /* and the client has to take it */
    bool pong;    /* answers the last keepalive */
    bool fails;   /* in a way that means the flow has failed */
    unsigned failures;
};

/* Before, since the client may send its next request at once; and after: what it has said. */
void watch_hear(struct watch_heard *heard, struct watch *w, const char *bytes, size_t n);
void watch_heard(const struct watch_heard *heard, struct watch *w, int result);

/* The next request is the first one of an attempt. */
void watch_attempt(struct watch *w);

#endif
