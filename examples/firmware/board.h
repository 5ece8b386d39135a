/*
 * board.h - what a phone needs of its board: a clock, sleep, a console with keys.
 */
#ifndef FIRMWARE_BOARD_H
#define FIRMWARE_BOARD_H

#include <stdint.h>

void board_start(void);

/* Milliseconds; wraps at 2^32. To be asked at least once an hour. */
uint32_t board_clock(void);

/* Until so many milliseconds have passed, a frame or a key has come; a minute at most. */
void board_sleep(uint32_t ms);

/* How often we have slept, and for how many milliseconds in all. */
struct board_rest {
    uint32_t naps;
    uint32_t ms;
};
struct board_rest board_rested(void);

/* A key that was pressed, or -1. */
int board_key(void);

void board_say(const char *text);
void board_say_number(uint32_t number);

#endif
