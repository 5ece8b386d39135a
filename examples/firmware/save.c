/*
 * save.c - where does the client's snapshot outlive a power cut?
 *
 * In two sectors of flash, divided into slots. A record is a number, the snapshot and its length:
 *
 *     number   snapshot ...   length
 *
 * programmed in this order into slot number % SLOTS. Numbers count up, so that the slots are used
 * one after the other, a sector is erased when its first slot is needed, and the newest record is
 * always in the other one then. Power that fails leaves a record without a length, which does not
 * count. The one before it holds, and that is right: the message that the new one was for has not
 * left yet. Whether the octets of a whole record are sound is for sipreg_client_load() to judge.
 */
#include "save.h"

#include "host.h"

#include <stdbool.h>
#include <stdint.h>

#include <sipreg/client.h>

enum {
    SLOT = 512,
    SLOTS = FLASH_SECTORS * FLASH_SECTOR / SLOT,
    PER_SECTOR = SLOTS / FLASH_SECTORS
};
enum { SNAPSHOT = 4, LENGTH = SLOT - 4 }; /* where they stand in a slot */

typedef char a_snapshot_fits[SNAPSHOT + SIPREG_SNAPSHOT_SIZE <= LENGTH ? 1 : -1];

static uint32_t slot_of(uint32_t number)
{
    return number % SLOTS * SLOT;
}

/* The word there; erased flash reads as all ones, and so does flash that cannot be read. */
static uint32_t word_at(uint32_t at)
{
    uint32_t word;

    return flash_read(at, &word, sizeof word) == 0 ? word : UINT32_MAX;
}

static bool is_blank(uint32_t number)
{
    for (uint32_t at = 0; at < SLOT; at += 4) {
        if (word_at(slot_of(number) + at) != UINT32_MAX)
            return false;
    }
    return true;
}

/* The number of the newest whole record; 0: there is none. */
static uint32_t newest(void)
{
    uint32_t highest = 0;

    for (uint32_t slot = 0; slot < SLOTS; slot++) {
        uint32_t number = word_at(slot * SLOT), length = word_at(slot * SLOT + LENGTH);
        if (number % SLOTS == slot && length != UINT32_MAX && number > highest)
            highest = number;
    }
    return highest;
}

size_t save_read(void *snapshot, size_t size)
{
    uint32_t number = newest(), n;

    if (number == 0)
        return 0;
    n = word_at(slot_of(number) + LENGTH);
    if (n > size || flash_read(slot_of(number) + SNAPSHOT, snapshot, n) < 0)
        return 0;
    return n;
}

/* Slots that were begun, and no more than that, are left out. */
int save_write(const void *snapshot, size_t n)
{
    uint32_t number = newest() + 1, length = (uint32_t)n, at;

    while (number % PER_SECTOR != 0 && !is_blank(number))
        number++;
    at = slot_of(number);
    if (number % PER_SECTOR == 0 && flash_erase(at / FLASH_SECTOR) < 0)
        return -1;
    if (flash_program(at, &number, sizeof number) < 0 ||
        flash_program(at + SNAPSHOT, snapshot, n) < 0 ||
        flash_program(at + LENGTH, &length, sizeof length) < 0)
        return -1;
    return 0;
}
