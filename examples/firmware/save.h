/*
 * save.h - where the client's snapshot outlives a power cut.
 */
#ifndef FIRMWARE_SAVE_H
#define FIRMWARE_SAVE_H

#include <stddef.h>

/* The last snapshot that was written whole; its length, 0: there is none. */
size_t save_read(void *snapshot, size_t size);

/* 0, or negative: it could not be written. */
int save_write(const void *snapshot, size_t n);

#endif
