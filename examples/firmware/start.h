/*
 * start.h - what happens before main(), and how deep the stack has been since.
 */
#ifndef FIRMWARE_START_H
#define FIRMWARE_START_H

#include <stddef.h>

/* Octets: how much of it there is, and how much has been in use at most. */
size_t stack_size(void);
size_t stack_used(void);

#endif
