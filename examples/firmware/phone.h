/*
 * phone.h - a phone, as far as it registers.
 */
#ifndef FIRMWARE_PHONE_H
#define FIRMWARE_PHONE_H

#include <stdint.h>

/* Sets up the network and the client, and wishes to be registered. 0, or negative: the config is
   bad, and the console says why. */
int phone_start(void);

/* Does what is due; the milliseconds until it is to be called again, at the latest. */
uint32_t phone_run(void);

/* The buttons. */
void phone_register(void);
void phone_unregister(void);

#endif
