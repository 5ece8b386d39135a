/*
 * show.h - what a person or a script reads.
 */
#ifndef CLI_SHOW_H
#define CLI_SHOW_H

#include <sipreg/sipreg.h>

#include <stdio.h>

struct show {
    bool json;
    bool password; /* there is one: changes the advice on a 401 */
    const char *aor;
};

/* One event: a line of JSON, or text. why: what the network said, or NULL. last: the program ends
   with it, whatever the client had in mind. */
void show_event(const struct show *show, const struct sipreg_event *event, const char *why,
                bool last);

/* Text from the network, made harmless for a terminal: control characters come out as \x1b. */
void show_text(FILE *out, const char *p, size_t n);

#endif
