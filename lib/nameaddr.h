/*
 * nameaddr.h - the next value of a header with addresses: Contact, From, To, Path, Service-Route.
 */
#ifndef SIPREG_LIB_NAMEADDR_H
#define SIPREG_LIB_NAMEADDR_H

#include "cursor.h"

#include <sipreg/response.h>

/* A parameter to be picked up on the way. */
struct sipreg_wanted {
    struct sipreg_str name;
    struct sipreg_str value; /* absent: it was not there; {p, 0}: it had none */
};

/*
 * Takes the next value of a comma list, with the comma behind it, and the first parameter of each
 * wanted name. True if there was one. False at the end, and where the value is malformed beyond
 * telling where it ends (an open quote or bracket): then the cursor is not at its end.
 */
bool sipreg_nameaddr_next(struct sipreg_cursor *c, struct sipreg_nameaddr *na,
                          struct sipreg_wanted *wanted, size_t n);

#endif
