/*
 * response.h - more about a response than its public header tells: lines by what they are.
 */
#ifndef SIPREG_LIB_RESPONSE_H
#define SIPREG_LIB_RESPONSE_H

#include "nameaddr.h"
#include "names.h"

#include <sipreg/response.h>

/*@ // What sipreg_response_parse() leaves behind, whether it liked the octets or not.
    predicate readable{L}(struct sipreg_response *r) =
        \valid_read(r) && readable(r->head) && r->lists <= r->head.n && readable(r->body);

    // This line is one of its head.
    predicate took{L}(struct sipreg_line *line, struct sipreg_response *r) =
        readable(line->name) && part(line->name, r->head) && line->name.n > 0 &&
        readable(line->value) && part(line->value, r->head);

    // What is left of a list lies in the head.
    predicate within{L}(struct sipreg_place *place, struct sipreg_response *r) =
        place->at <= place->end <= r->head.n;
*/

/* As sipreg_response_header(), for a name that is a slice. */
/*@ requires readable(response) && readable(name) && \valid(place) && \valid(value);
    requires \separated(response, place, value);
    assigns place->next, *value;
    ensures \result ==> readable(*value) && part(*value, response->head);
    ensures \result ==> \old(place->next) < place->next <= response->head.n;
*/
bool sipreg_response_named(const struct sipreg_response *response, struct sipreg_str name,
                           struct sipreg_place *place, struct sipreg_str *value);

/* The next header line that is one of these two (the same twice for one). */
/*@ requires readable(response) && \valid(place) && \valid(line);
    requires 0 < a < 32 && 0 < b < 32;
    requires \separated(response, place, line);
    assigns place->next, *line;
    ensures \result ==> took(line, response);
    ensures \result ==> \old(place->next) < place->next <= response->head.n;
*/
bool sipreg_response_line(const struct sipreg_response *response, struct sipreg_place *place,
                          enum sipreg_name a, enum sipreg_name b, struct sipreg_line *line);

/* The next value, over lines and comma lists, of a header with addresses; see nameaddr.h. */
/*@ requires readable(response) && 0 < name < 32 && \valid(place) && within(place, response);
    requires \valid(na) && wanted(wanted, n);
    requires \separated(response, place, na, wanted + (0 .. n - 1));
    assigns *place, *na, wanted[0 .. n - 1];
    ensures within(place, response);
    ensures \result ==> readable(na->display) && inside(na->display, response->head);
    ensures \result ==> readable(na->uri) && inside(na->uri, response->head) && na->uri.n > 0;
    ensures \result ==> readable(na->params) && inside(na->params, response->head);
    ensures \result ==>
        picked(wanted, n, response->head.p, response->head.p + response->head.n);
*/
bool sipreg_response_address(const struct sipreg_response *response, enum sipreg_name name,
                             struct sipreg_place *place, struct sipreg_nameaddr *na,
                             struct sipreg_wanted *wanted, size_t n);

#endif
