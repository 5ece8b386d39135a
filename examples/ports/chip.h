/*
 * chip.h - what such a chip's vendor offers, by whatever names. All return 0, or negative.
 */
#ifndef CHIP_H
#define CHIP_H

#include <stddef.h>

enum chip_hash { CHIP_MD5, CHIP_SHA256 };

int chip_hash_start(enum chip_hash algorithm);
int chip_hash_write(const void *octets, size_t n);
int chip_hash_read(void *digest);
int chip_random_read(void *out, size_t n);

int chip_random(void *user, void *out, size_t n);

#endif
