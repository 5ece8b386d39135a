/*
 * show.h - what a person or a script reads.
 */
#ifndef CLI_SHOW_H
#define CLI_SHOW_H

#include <sipreg/sipreg.h>

#include <stdio.h>

struct show {
    bool json;
    bool password;   /* there is one: changes the advice on a 401 */
    const char *aor; /* of locate: what was asked for */
};

/* What the client does not know of an event. */
struct show_notes {
    const char *why;       /* what the network said, or NULL */
    const char *server;    /* "192.0.2.1:5060", or NULL: none was found */
    const char *transport; /* to it, "UDP" */
    bool last;             /* the program ends with it, whatever the client had in mind */
};

/* One event: a line of JSON, or text. */
void show_event(const struct show *show, const struct sipreg_event *event,
                const struct show_notes *notes);

/* Of "sipreg locate": one server, a line; or why there is none. */
void show_server(const struct show *show, const struct sipreg_target *server);
void show_no_server(const struct show *show, const char *why);

/* Text from the network, made harmless for a terminal: control characters come out as \x1b. */
void show_text(FILE *out, const char *p, size_t n);

#endif
