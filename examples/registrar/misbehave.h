/*
 * misbehave.h: the script of faults given by --play. README.md lists the steps.
 */
#ifndef REGISTRAR_MISBEHAVE_H
#define REGISTRAR_MISBEHAVE_H

#include "text.h"

#define STEPS_MAX 64

/* What is to happen to one REGISTER. All zero is normal service. */
struct step {
    uint32_t code; /* answer just this status */
    bool has_retry_after, has_min_expires, has_expires;
    uint32_t retry_after, min_expires, expires;
    bool drop, lose_answer, close, garbage, split;
    bool challenge, stale; /* challenge, whatever the credentials; with stale=true */
    bool reset_nonces, no_contact, foreign_contact;
    uint32_t delay_ms, extra_copies;
    char header[160]; /* one more header line of the answer, "Name: value"; or empty */
};

struct script {
    struct step steps[STEPS_MAX];
    size_t count, next;
    bool repeat_last;
};

/* The step for the next new REGISTER. */
struct step script_next(struct script *script);

/* Reads the argument of --play.
 * NULL, or what is wrong; *where is then the part that is. */
const char *script_read(struct script *script, const char *argument, struct text *where);

#endif
