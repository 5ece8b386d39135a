/*
 * board.c - clock, sleep and console of the board: Arm's mps2-an385, a Cortex-M3, as QEMU has it.
 *
 * Interrupts are masked all the time and have no handlers. They wake the processor from `wfi`,
 * which is all that they are wanted for: the main loop then looks at everything that may have
 * happened. So nothing runs in between anything else, and the library, lwIP and we need no locks.
 *
 * What is pending is forgotten on waking up, before the devices are looked at. What comes later is
 * pending again, and ends the next `wfi` at once: no wake-up is lost.
 */
#include "board.h"

#include <stddef.h>

#define REGISTER(address) (*(volatile uint32_t *)(address))

/* The counter of the board's FPGA. */
#define COUNTER          REGISTER(0x40028018)
#define COUNTER_PRESCALE REGISTER(0x4002801C)

/* Timer 0, which counts down. */
#define TIMER_CONTROL   REGISTER(0x40000000)
#define TIMER_RELOAD    REGISTER(0x40000008)
#define TIMER_INTERRUPT REGISTER(0x4000000C)

/* UART 0, the console. */
#define UART_DATA      REGISTER(0x40004000)
#define UART_STATE     REGISTER(0x40004004)
#define UART_CONTROL   REGISTER(0x40004008)
#define UART_INTERRUPT REGISTER(0x4000400C)
#define UART_DIVIDER   REGISTER(0x40004010)

/* The interrupt controller, 32 of them in each. */
#define NVIC_ENABLE REGISTER(0xE000E100)
#define NVIC_FORGET REGISTER(0xE000E280)

enum { TICKS_PER_MS = 25 * 1000, TICKS_PER_US = 25, LONGEST_SLEEP = 60 * 1000 };
enum { TIMER_ENABLE = 1, TIMER_INTERRUPT_ENABLE = 8 };
enum { UART_SENDS = 1, UART_RECEIVES = 2, UART_RECEIVE_INTERRUPT = 8 };
enum { UART_FULL = 1, UART_HAS_KEY = 2 };

/* Those that wake us. */
enum { WAKING = 1 << 0 /* UART 0 receives */ | 1 << 8 /* timer 0 */ | 1 << 13 /* network */ };

static struct board_rest rest;

/* ---------------------------------------------------------------- clock */

/*
 * The counter counts microseconds and is full after 71 minutes, the milliseconds that we make of it
 * after 49 days. Both start a few seconds before that: what a wrap breaks is found on the first
 * run.
 */
static uint32_t counted, left_over, clock_ms = 0u - 6 * 1000;

static void start_clock(void)
{
    COUNTER_PRESCALE = TICKS_PER_US - 1;
    COUNTER = 0u - 4 * 1000 * 1000;
    counted = COUNTER;
}

uint32_t board_clock(void)
{
    uint32_t count = COUNTER;

    left_over += count - counted;
    counted = count;
    clock_ms += left_over / 1000;
    left_over %= 1000;
    return clock_ms;
}

/* ---------------------------------------------------------------- sleep */

void board_sleep(uint32_t ms)
{
    uint32_t before = board_clock();

    if (ms == 0)
        return;
    if (ms > LONGEST_SLEEP)
        ms = LONGEST_SLEEP;
    TIMER_RELOAD = ms * TICKS_PER_MS;
    TIMER_CONTROL = TIMER_ENABLE | TIMER_INTERRUPT_ENABLE;
    __asm__ volatile("dsb\n\twfi" : : : "memory");
    TIMER_CONTROL = 0;
    TIMER_INTERRUPT = 1;
    UART_INTERRUPT = UART_RECEIVES;
    NVIC_FORGET = WAKING;
    rest.naps++;
    rest.ms += board_clock() - before;
}

struct board_rest board_rested(void)
{
    return rest;
}

/* ---------------------------------------------------------------- console */

int board_key(void)
{
    return (UART_STATE & UART_HAS_KEY) != 0 ? (int)(UART_DATA & 0xFF) : -1;
}

void board_say(const char *text)
{
    for (; *text != '\0'; text++) {
        while ((UART_STATE & UART_FULL) != 0)
            ;
        UART_DATA = (uint32_t)(unsigned char)*text;
    }
}

void board_say_number(uint32_t number)
{
    char text[11];
    size_t at = sizeof text - 1;

    text[at] = '\0';
    do {
        text[--at] = (char)('0' + number % 10);
        number /= 10;
    } while (number > 0);
    board_say(&text[at]);
}

void board_start(void)
{
    start_clock();
    UART_DIVIDER = 25 * 1000 * 1000 / 115200;
    UART_CONTROL = UART_SENDS | UART_RECEIVES | UART_RECEIVE_INTERRUPT;
    NVIC_ENABLE = WAKING;
}
