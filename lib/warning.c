/*
 * warning.c - which codes do the Warnings of a response have? (RFC 3261 20.43)
 *
 * A warning is `399 host "text"`; texts may hold commas.
 */
#include "warning.h"

/* Takes one warning, with the comma behind it. False: none is left, or it is malformed. */
/*@ requires \valid(c) && readable(*c) && \valid(code) && \separated(c, code);
    assigns *c, *code;
    ensures follows(*c, \old(*c));
    ensures \result ==> 0 < c->p - \old(c->p);
*/
static bool take(struct sipreg_cursor *c, uint32_t *code)
{
    struct sipreg_str digits, text;

    if (!sipreg_cursor_token(c, &digits) || sipreg_str_number(digits, 999, code) != SIPREG_OK)
        return false;
    /*@ loop invariant readable(*c) && follows(*c, \at(*c, Pre)) && 0 < c->p - \at(c->p, Pre);
        loop assigns c->p;
        loop variant c->end - c->p;
    */
    while (c->p < c->end && *c->p != '"')
        c->p++;
    if (!sipreg_cursor_quoted(c, &text))
        return false;
    sipreg_cursor_separator(c, ',');
    return true;
}

bool sipreg_warning_has(const struct sipreg_response *response, uint32_t code)
{
    struct sipreg_place place = {0, 0, 0};
    struct sipreg_str value;
    uint32_t found;

    /*@ loop assigns place.next, value, found;
        loop variant SIZE_MAX - place.next;
    */
    while (sipreg_response_named(response, SIPREG_LITERAL("Warning"), &place, &value)) {
        struct sipreg_cursor c = sipreg_cursor_of(value);
        /*@ loop invariant readable(c);
            loop assigns c, found;
            loop variant c.end - c.p;
        */
        while (take(&c, &found)) {
            if (found == code)
                return true;
        }
    }
    return false;
}
