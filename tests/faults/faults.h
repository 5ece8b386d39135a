/*
 * faults.h - torture: everything that a client depends on fails, at every point, one after the
 * other (as curl does it with malloc).
 *
 * A life is a story that comes to a good end whatever fails for a while. The promises that story.h
 * watches over hold throughout: one transaction at a time, CSeq and nonce counts that rise, fresh
 * branches, retransmissions with the same octets, no deadline in the past, no end of actions.
 *
 * lives.c and more_lives.c have them; callbacks.c makes each call of each function fail, buffers.c
 * makes buffers too small, clocks.c lets clocks stand still and jump. hash.c takes the place of the
 * hash port.
 */
#ifndef SIPREG_FAULTS_H
#define SIPREG_FAULTS_H

#include "../story.h"

enum { SECOND = 1000, MINUTE = 60 * SECOND, HOUR = 60 * MINUTE };

/* What can fail; the first ones are those of story.h, in its order. */
enum fault {
    FAULT_SEND,
    FAULT_RANDOM,
    FAULT_OPEN,
    FAULT_CREDENTIALS,
    FAULT_HASH,
    FAULT_RESOLVER,
    FAULT_STORE, /* keeps half of a snapshot */
    FAULT_FETCH, /* of a snapshot: it is lost */
    FAULTS
};

/* From call number `at` on (0: never), and `more` behind it. */
struct fault_plan {
    unsigned calls[FAULTS];
    unsigned at[FAULTS];
    unsigned more;
};
extern struct fault_plan fault_plan;

/* This call was made: does it fail? */
bool fault_strikes(enum fault fault);

/* So many faults that did strike, in all. */
extern unsigned long fault_points;

/* Is there time for all of it? */
extern bool quick;

/* ---------------------------------------------------------------- lives */

struct life {
    const char *name;
    void (*live)(struct story *s);
    void (*answer)(struct story *s); /* to the request that is outstanding */
};
extern const struct life lives[];
extern const size_t life_count;

/* How long it may take to recover. */
#define LIFE_PATIENCE ((uint64_t)72 * HOUR)

/* A new life with nothing planned; ends what it began. */
struct story *life_begin(const struct life *life);
void life_end(struct story *s);
/* Answers what has come: a request, keepalives. False: there was nothing. */
bool life_answer(struct story *s);
/* Until the client is in this state and at rest. One that was refused is started again. */
void life_until(struct story *s, enum sipreg_client_state state);
/* At rest, for so long. */
void life_pass(struct story *s, uint64_t ms);
/* Whether it answers keepalives, and by which address (0: none is told). */
extern bool life_pongs;
extern unsigned char life_mapped;

/* more_lives.c */
void life_by_lookup(struct story *s);
void life_of_redirections(struct story *s);
void life_with_reboots(struct story *s);
void life_by_outbound(struct story *s);
void life_by_stun(struct story *s);
void answer_by_redirection(struct story *s);
void answer_by_outbound(struct story *s);
void answer_plainly(struct story *s); /* lives.c */
void answer_failing_server(struct story *s);

/* ---------------------------------------------------------------- tests */

void every_call_fails_once(void **state);
void several_calls_in_a_row_fail(void **state);
void two_calls_fail(void **state);
void every_scratch_size_is_enough_or_refused(void **state);
void every_writer_is_right_or_says_space(void **state);
void every_cut_of_a_snapshot_is_whole_or_refused(void **state);
void clocks_stand_still_jump_and_wrap(void **state);

#endif
