/*
 * main.c - what does a phone do all day? It sleeps until something is due, a frame comes or a key.
 *
 *   r   register       u   unregister       q   tell how much stack and sleep there was, switch off
 */
#include "board.h"
#include "host.h"
#include "network.h"
#include "phone.h"
#include "start.h"

static uint32_t started_at;

static void switch_off(void)
{
    struct board_rest rest = board_rested();
    uint32_t lasted = board_clock() - started_at;

    board_say("stack: ");
    board_say_number((uint32_t)stack_used());
    board_say(" of ");
    board_say_number((uint32_t)stack_size());
    board_say(" octets used\nasleep: ");
    board_say_number(rest.ms);
    board_say(" of ");
    board_say_number(lasted);
    board_say(" ms, woken ");
    board_say_number(rest.naps);
    board_say(" times\n");
    host_off(0);
}

static void press(int key)
{
    if (key == 'r')
        phone_register();
    else if (key == 'u')
        phone_unregister();
    else if (key == 'q')
        switch_off();
}

int main(void)
{
    board_start();
    started_at = board_clock();
    if (phone_start() < 0)
        host_off(1);
    for (;;) {
        uint32_t wait, other;

        network_poll();
        press(board_key());
        wait = phone_run();
        other = network_wait();
        board_sleep(wait < other ? wait : other);
    }
}
