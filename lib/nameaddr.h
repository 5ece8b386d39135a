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

/*@ predicate wanted{L}(struct sipreg_wanted *wanted, integer n) =
        \valid(wanted + (0 .. n - 1)) &&
        (\forall integer i; 0 <= i < n ==> readable(wanted[i].name) && wanted[i].name.n > 0);

    predicate picked{L}(struct sipreg_wanted *wanted, integer n, char *first, char *end) =
        \forall integer i; 0 <= i < n ==>
            readable(wanted[i].value) && inside(wanted[i].value, first, end);

    predicate unpicked{L}(struct sipreg_wanted *wanted, integer n) =
        \forall integer i; 0 <= i < n ==> absent(wanted[i].value);
*/

/*
 * Takes the next value of a comma list, with the comma behind it, and the first parameter of each
 * wanted name. True if there was one. False at the end, and where the value is malformed beyond
 * telling where it ends (an open quote or bracket): then the cursor is not at its end.
 */
/*@ requires \valid(c) && readable(*c) && \valid(na) && wanted(wanted, n);
    requires \separated(c, na, wanted + (0 .. n - 1));
    assigns *c, *na, wanted[0 .. n - 1].value;
    ensures follows(*c, \old(*c));
    ensures moves: \result ==> 0 < c->p - \old(c->p);
    ensures \result ==> readable(na->display) && inside(na->display, \old(c->p), c->p);
    ensures \result ==> readable(na->uri) && inside(na->uri, \old(c->p), c->p) && na->uri.n > 0;
    ensures \result ==> readable(na->params) && inside(na->params, \old(c->p), c->p);
    ensures wanted(wanted, n);
    ensures \result ==> picked(wanted, n, \old(c->p), c->end);
*/
bool sipreg_nameaddr_next(struct sipreg_cursor *c, struct sipreg_nameaddr *na,
                          struct sipreg_wanted *wanted, size_t n);

#endif
