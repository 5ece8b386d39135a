/*
 * snapshots.h - a client with something in every field of its snapshot, and its reboot by hand.
 */
#ifndef SIPREG_TESTS_SNAPSHOTS_H
#define SIPREG_TESTS_SNAPSHOTS_H

#include "story.h"

/* Where it ends. */
#define HERE "198.51.100.10:5062"

/* Bound, moved and moved again, with two realms and routes. */
void live_through(struct story *s);
struct sipreg_str saved_snapshot(struct story *s);
/* Into another client with this local address. If it is refused, not a bit of that has changed. */
int load_snapshot(struct story *s, const char *local, uint32_t away, struct sipreg_str snapshot);

#endif
