/*
 * wellformed.h - is this REGISTER one?
 */
#ifndef SIPREG_SIM_WELLFORMED_H
#define SIPREG_SIM_WELLFORMED_H

#include <stddef.h>

/* NULL, or what is wrong with a request, which has a NUL behind it. */
const char *wellformed(const char *text, size_t n, const char *aor);

#endif
