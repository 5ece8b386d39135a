/*
 * nameaddr.c - the next `"Name" <uri>;params` of a list, or a bare URI, or `*`.
 *
 * Without angle brackets everything behind the first semicolon belongs to the header, not to the
 * URI (RFC 3261 20.10). Unquoted commas in a display name are illegal but seen (RFC 4475 3.1.2.14):
 * what they cut off has no URI and is passed over.
 */
#include "nameaddr.h"

#include "param.h"

#include <string.h>

/*@ requires wanted(wanted, n);
    assigns wanted[0 .. n - 1].value;
    ensures wanted(wanted, n) && unpicked(wanted, n);
*/
static void clear(struct sipreg_wanted *wanted, size_t n)
{
    const struct sipreg_str absent = {NULL, 0};

    /*@ loop invariant i <= n;
        loop invariant \forall integer k; 0 <= k < i ==> absent(wanted[k].value);
        loop assigns i, wanted[0 .. n - 1].value;
        loop variant n - i;
    */
    for (size_t i = 0; i < n; i++)
        wanted[i].value = absent;
}

/*@ requires readable(name) && wanted(wanted, n);
    assigns wanted[0 .. n - 1].value;
    ensures wanted(wanted, n);
    ensures \forall integer i; 0 <= i < n ==>
        wanted[i].value == \old(wanted[i].value) || wanted[i].value == value;
*/
static void pick(struct sipreg_str name, struct sipreg_str value, struct sipreg_wanted *wanted,
                 size_t n)
{
    /*@ loop invariant i <= n && wanted(wanted, n);
        loop invariant \forall integer k; 0 <= k < n ==>
            wanted[k].value == \at(wanted[k].value, Pre) || wanted[k].value == value;
        loop assigns i, wanted[0 .. n - 1].value;
        loop variant n - i;
    */
    for (size_t i = 0; i < n; i++) {
        if (wanted[i].value.p == NULL && sipreg_str_is(name, wanted[i].name.p, wanted[i].name.n))
            wanted[i].value = value;
    }
}

/*@ requires \valid(c) && readable(*c) && wanted(wanted, n) && unpicked(wanted, n);
    requires \separated(c, wanted + (0 .. n - 1));
    assigns c->p, wanted[0 .. n - 1].value;
    ensures follows(*c, \old(*c));
    ensures wanted(wanted, n) && picked(wanted, n, \old(c->p), c->end);
*/
static void pick_params(struct sipreg_cursor *c, struct sipreg_wanted *wanted, size_t n)
{
    struct sipreg_cursor at = *c;
    struct sipreg_parameter parameter;

    /*@ loop invariant readable(at) && follows(at, \at(*c, Pre));
        loop invariant wanted(wanted, n) && picked(wanted, n, \at(c->p, Pre), at.end);
        loop assigns at, parameter, wanted[0 .. n - 1].value;
        loop variant at.end - at.p;
    */
    while (sipreg_param_next(&at, &parameter)) {
        struct sipreg_str value = parameter.value;
        if (value.p == NULL) /* there, without a value */
            value.p = parameter.name.p;
        pick(parameter.name, value, wanted, n);
    }
    c->p = at.p;
}

/*@ requires \valid(c) && readable(*c);
    assigns c->p;
    ensures follows(*c, \old(*c));
    ensures \result ==> c->p == c->end || *c->p == ',';
*/
/* Moves to the next comma that is not in quotes. */
static bool skip_to_comma(struct sipreg_cursor *c)
{
    struct sipreg_str inside;

    /*@ loop invariant readable(*c) && follows(*c, \at(*c, Pre));
        loop assigns c->p, inside;
        loop variant c->end - c->p;
    */
    while (c->p < c->end && *c->p != ',') {
        if (*c->p != '"')
            c->p++;
        else if (!sipreg_cursor_quoted(c, &inside))
            return false;
    }
    return true;
}

/*@ requires \valid(c) && readable(*c) && \valid(params) && wanted(wanted, n);
    requires \separated(c, params, wanted + (0 .. n - 1)) && unpicked(wanted, n);
    assigns c->p, *params, wanted[0 .. n - 1].value;
    ensures follows(*c, \old(*c));
    ensures moves: \result && \old(c->p < c->end) ==> 0 < c->p - \old(c->p);
    ensures \result ==> readable(*params) && \base_addr(params->p) == \base_addr(c->p) &&
        0 <= params->p - \old(c->p) && params->n <= c->p - params->p;
    ensures wanted(wanted, n) && picked(wanted, n, \old(c->p), c->end);
*/
/* The parameters and the comma behind them. Malformed ones stay in the slice, unread. */
static bool take_params(struct sipreg_cursor *c, struct sipreg_str *params,
                        struct sipreg_wanted *wanted, size_t n)
{
    const char *start;

    sipreg_cursor_blank(c);
    start = c->p;
    pick_params(c, wanted, n);
    //@ assert picked(wanted, n, \at(c->p, Pre), c->end);
    if (!skip_to_comma(c))
        return false;
    *params = sipreg_str_between(start, c->p);
    //@ assert picked(wanted, n, \at(c->p, Pre), c->end);
    if (c->p < c->end) /* at the comma */
        c->p++;
    //@ assert picked(wanted, n, \at(c->p, Pre), c->end);
    return true;
}

/*@ requires \valid(c) && readable(*c);
    assigns c->p;
    ensures follows(*c, \old(*c));
    ensures readable(\result) && inside(\result, \old(c->p), c->p);
*/
/* What stands between brackets; absent without them. */
static struct sipreg_str take_bracketed(struct sipreg_cursor *c)
{
    const struct sipreg_str absent = {NULL, 0};
    const char *start = c->p, *close = NULL;

    if (start < c->end && *start == '<')
        close = (const char *)memchr(start, '>', (size_t)(c->end - start));
    if (close == NULL)
        return absent;
    c->p = close + 1;
    return sipreg_str_trim(sipreg_str_between(start + 1, close));
}

/*@ requires \valid(c) && readable(*c);
    assigns c->p;
    ensures follows(*c, \old(*c));
    ensures readable(\result) && inside(\result, \old(c->p), c->p);
*/
/* A name or a URI without quotes or brackets. */
static struct sipreg_str take_bare(struct sipreg_cursor *c)
{
    const char *start = c->p, *p = start, *end = c->end;

    /*@ loop invariant octets(p, end) && \base_addr(p) == \base_addr(start) && 0 <= p - start;
        loop assigns p;
        loop variant end - p;
    */
    while (p < end && *p != '<' && *p != ';' && *p != ',' && *p != '"')
        p++;
    c->p = p;
    return sipreg_str_trim(sipreg_str_between(start, p));
}

/*@ requires \valid(c) && readable(*c) && \valid(na) && \separated(c, na);
    assigns c->p, *na;
    ensures follows(*c, \old(*c));
    ensures readable(na->display) && inside(na->display, \old(c->p), c->p);
    ensures readable(na->uri) && inside(na->uri, \old(c->p), c->p);
    ensures absent(na->params);
*/
/* Display name and URI. A value without a URI yields an empty one. */
static bool take_address(struct sipreg_cursor *c, struct sipreg_nameaddr *na)
{
    const struct sipreg_str absent = {NULL, 0};
    struct sipreg_str display = absent, uri;

    if (sipreg_cursor_quoted(c, &display)) {
        sipreg_cursor_blank(c);
        uri = take_bracketed(c);
    } else {
        uri = take_bare(c);
        if (c->p < c->end && *c->p == '<') {
            if (uri.n > 0)
                display = uri;
            uri = take_bracketed(c);
        } else if (c->p < c->end && *c->p == '"') {
            uri = absent;
        }
    }
    na->display = display;
    na->uri = uri;
    na->params = absent;
    return uri.p != NULL;
}

/*@ requires readable(s);
    assigns \nothing;
    ensures \result ==> s.n > 0;
*/
static bool is_uri(struct sipreg_str s)
{
    return (s.n == 1 && s.p[0] == '*') || (s.n > 0 && memchr(s.p, ':', s.n) != NULL);
}

/*@ requires \valid(c) && readable(*c);
    assigns c->p;
    ensures follows(*c, \old(*c));
*/
/* Blanks and commas, of which there may be thousands. */
static void skip_commas(struct sipreg_cursor *c)
{
    sipreg_cursor_blank(c);
    /*@ loop invariant readable(*c) && follows(*c, \at(*c, Pre));
        loop assigns c->p;
        loop variant c->end - c->p;
    */
    while (sipreg_cursor_char(c, ','))
        sipreg_cursor_blank(c);
}

/*@ requires \valid(c) && readable(*c) && c->p < c->end && \valid(na) && wanted(wanted, n);
    requires \separated(c, na, wanted + (0 .. n - 1)) && unpicked(wanted, n);
    assigns *c, *na, wanted[0 .. n - 1].value;
    ensures follows(*c, \old(*c));
    ensures moves: \result ==> 0 < c->p - \old(c->p);
    ensures \result ==> readable(na->display) && inside(na->display, \old(c->p), c->p);
    ensures \result ==> readable(na->uri) && inside(na->uri, \old(c->p), c->p);
    ensures \result ==> readable(na->params) && inside(na->params, \old(c->p), c->p);
    ensures wanted(wanted, n);
    ensures \result ==> picked(wanted, n, \old(c->p), c->end);
*/
static bool take_value(struct sipreg_cursor *c, struct sipreg_nameaddr *na,
                       struct sipreg_wanted *wanted, size_t n)
{
    struct sipreg_str params;

    if (!take_address(c, na))
        return false;
    //@ assert inside(na->display, \at(c->p, Pre), c->p) && inside(na->uri, \at(c->p, Pre), c->p);
    if (!take_params(c, &params, wanted, n))
        return false;
    //@ assert inside(params, \at(c->p, Pre), c->p) && inside(na->display, \at(c->p, Pre), c->p);
    //@ assert inside(na->uri, \at(c->p, Pre), c->p) && absent(na->params);
    if (params.n > 0)
        na->params = sipreg_str_trim(params);
    //@ assert inside(na->display, \at(c->p, Pre), c->p) && inside(na->uri, \at(c->p, Pre), c->p);
    //@ assert inside(na->params, \at(c->p, Pre), c->p);
    //@ assert readable(na->display) && readable(na->uri) && readable(na->params);
    //@ assert picked(wanted, n, \at(c->p, Pre), c->end);
    return true;
}

bool sipreg_nameaddr_next(struct sipreg_cursor *c, struct sipreg_nameaddr *na,
                          struct sipreg_wanted *wanted, size_t n)
{
    struct sipreg_cursor at;
    bool good;

    /*@ loop invariant readable(*c) && follows(*c, \at(*c, Pre));
        loop invariant wanted(wanted, n);
        loop assigns at, good, *c, *na, wanted[0 .. n - 1].value;
        loop variant c->end - c->p;
    */
    do {
        clear(wanted, n);
        skip_commas(c);
        at = *c;
        good = at.p < at.end && take_value(&at, na, wanted, n);
        //@ assert c->end == \at(c->end, Pre) && at.end == \at(c->end, Pre);
        //@ assert readable(*c) && follows(*c, \at(*c, Pre));
        if (!good)
            return false;
        //@ assert readable(at) && follows(at, \at(*c, Pre)) && 0 < at.p - c->p;
        //@ assert inside(na->display, \at(c->p, Pre), at.p);
        //@ assert inside(na->uri, \at(c->p, Pre), at.p);
        //@ assert inside(na->params, \at(c->p, Pre), at.p);
        //@ assert picked(wanted, n, \at(c->p, Pre), at.end);
        c->p = at.p;
        //@ assert readable(*c) && follows(*c, \at(*c, Pre));
        //@ assert wanted(wanted, n);
        //@ assert picked(wanted, n, \at(c->p, Pre), at.end);
    } while (!is_uri(na->uri));
    return true;
}
