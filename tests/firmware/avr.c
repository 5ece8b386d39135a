/*
 * avr.c - where does output go on an AVR, and how does a program end? For atmega1284p in simavr.
 */
#include <avr/interrupt.h>
#include <avr/io.h>
#include <avr/sleep.h>
#include <stdio.h>
#include <stdlib.h>

static int put(char c, FILE *file)
{
    (void)file;
    while (!(UCSR0A & _BV(UDRE0)))
        continue;
    UDR0 = (uint8_t)c;
    return 0;
}

static FILE uart = FDEV_SETUP_STREAM(put, NULL, _FDEV_SETUP_WRITE);

__attribute__((constructor)) static void begin(void)
{
    UCSR0B = _BV(TXEN0);
    stdout = stderr = &uart;
    __malloc_margin = 2000; /* for the stack */
}

/* The simulator ends when it sleeps and nothing can wake it. */
__attribute__((destructor)) static void end(void)
{
    cli();
    sleep_enable();
    sleep_cpu();
}
