/*
 * host.h - what a phone has on board and QEMU's board has not: settings, a flash memory that
 * survives a power cut, randomness, a power switch.
 */
#ifndef FIRMWARE_HOST_H
#define FIRMWARE_HOST_H

#include <stddef.h>
#include <stdint.h>

/* The value of a setting; "" if there is none. */
const char *host_setting(const char *name);
uint32_t host_setting_number(const char *name, uint32_t otherwise);

/* Fills out with n unpredictable octets. 0, or negative: failed. */
int host_random(void *out, size_t n);

/* A NOR flash: erasing sets all bits of a sector, programming clears some, by words. All of them
   return 0, or a negative number on failure. */
enum { FLASH_SECTOR = 4096, FLASH_SECTORS = 2 };
int flash_read(uint32_t at, void *to, size_t n);
int flash_erase(uint32_t sector);
int flash_program(uint32_t at, const void *words, size_t n);

/* Does not return. */
void host_off(uint32_t status);

#endif
