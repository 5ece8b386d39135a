/*
 * via.h - the parts of the top Via, and how many there are.
 */
#ifndef SIPREG_LIB_VIA_H
#define SIPREG_LIB_VIA_H

#include "cursor.h"

#include <sipreg/response.h>

/* Reads the first value of a Via line. SIPREG_OK, and *more tells whether another one follows
   behind a comma; SIPREG_SYNTAX. */
int sipreg_via_parse(struct sipreg_via *via, struct sipreg_str line, bool *more);

#endif
