/*
 * via.h - the parts of the top Via, and how many there are.
 */
#ifndef SIPREG_LIB_VIA_H
#define SIPREG_LIB_VIA_H

#include "cursor.h"

#include <sipreg/response.h>

/*@ predicate readable{L}(struct sipreg_via *via) =
        readable(via->transport) && readable(via->host) && readable(via->port) &&
        readable(via->branch) && readable(via->received) && readable(via->rport) &&
        readable(via->keep);

    predicate parts{L}(struct sipreg_via *via, struct sipreg_str all) =
        inside(via->transport, all) && inside(via->host, all) && inside(via->port, all) &&
        inside(via->branch, all) && inside(via->received, all) && inside(via->rport, all) &&
        inside(via->keep, all);
*/

/* Reads the first value of a Via line. SIPREG_OK, and *more tells whether another one follows
   behind a comma; SIPREG_SYNTAX. */
/*@ requires \valid(via) && readable(line) && \valid(more) && \separated(via, more);
    assigns *via, *more;
    ensures readable(via);
    ensures parts(via, line);
    ensures \result == SIPREG_OK || \result == SIPREG_SYNTAX;
*/
int sipreg_via_parse(struct sipreg_via *via, struct sipreg_str line, bool *more);

#endif
