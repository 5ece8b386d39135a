/*
 * system.h - what the operating system gives: the time, random octets, privacy, the wish to end.
 */
#ifndef CLI_SYSTEM_H
#define CLI_SYSTEM_H

#include <stddef.h>
#include <stdint.h>

/* Milliseconds of a clock that never steps back; wraps at 2^32. */
uint32_t clock_ms(void);

/* Fills out from the system's generator. 0, or negative. */
int random_octets(void *out, size_t n);

/* A crash leaves no image of our memory, and nobody else's debugger gets in: the password is in it.
 */
void keep_memory_private(void);

/*
 * From signals_catch() to signals_release() the first SIGINT or SIGTERM does not end the program,
 * but can be read, as one octet with its number, from the descriptor that signals_catch() returns
 * (or -1). A second one ends the program at once.
 */
int signals_catch(void);
void signals_release(void);

/* The number of the signal that has come, or 0. Does not wait. */
int signals_taken(int fd);

/* Ends the program as that signal would have. */
void signals_die(int number);

#endif
