/*
 * state.h - what the program remembers from one run to the next.
 */
#ifndef CLI_STATE_H
#define CLI_STATE_H

#include <sipreg/sipreg.h>

#include <stdbool.h>

#define INSTANCE_SIZE 64

struct state {
    const char *path; /* NULL: nothing is remembered */
    char instance[INSTANCE_SIZE];
    bool found;  /* there was a file, and it could be used */
    bool warned; /* that it cannot be written */
    long long saved_at;
    unsigned char snapshot[SIPREG_SNAPSHOT_SIZE];
    size_t size;
};

/* Reads the file, if there is one; without one, or without a path, the instance is a new one.
   False: it has said why the file must be neither used nor overwritten. */
bool state_read(struct state *state, const char *path);
/* The client goes on where the one before stopped. False: it has said why not. */
bool state_load(struct state *state, struct sipreg_client *client);
/* Says so, once, if it fails. */
void state_save(struct state *state, struct sipreg_client *client);

#endif
