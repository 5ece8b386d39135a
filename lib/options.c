/*
 * options.c - which option tags does a request require, and which of them does the server lack?
 * (RFC 3261 8.1.3.5, 19.2, 20.40)
 */
#include "options.h"

bool sipreg_options_next(struct sipreg_cursor *c, struct sipreg_str *tag)
{
    sipreg_cursor_blank(c);
    /*@ loop invariant follows(*c, \at(*c, Pre)) && readable(*c);
        loop assigns *c;
        loop variant c->end - c->p;
    */
    while (sipreg_cursor_separator(c, ','))
        ;
    if (!sipreg_cursor_token(c, tag))
        return false;
    sipreg_cursor_blank(c);
    return c->p == c->end || *c->p == ',';
}

/* The bit of this tag in the list; 0: it is not there, or too far behind. */
/*@ requires readable(wanted) && readable(list);
    assigns \nothing;
*/
static uint32_t bit_of(struct sipreg_str wanted, struct sipreg_str list)
{
    struct sipreg_cursor c = sipreg_cursor_of(list);
    struct sipreg_str tag;

    /*@ loop invariant readable(c);
        loop assigns c, tag, bit;
        loop variant c.end - c.p;
    */
    for (uint32_t bit = 1; sipreg_options_next(&c, &tag); bit *= 2) {
        if (sipreg_str_same(tag, wanted))
            return bit;
        if (bit > UINT32_MAX / 2)
            break;
    }
    return 0;
}

bool sipreg_options_has(const char *list, struct sipreg_str tag)
{
    return bit_of(tag, sipreg_str_of(list)) != 0;
}

bool sipreg_options_required(const struct sipreg_response *response, struct sipreg_str tag)
{
    struct sipreg_place place = {0, 0, 0};
    struct sipreg_str value;

    /*@ loop assigns place.next, value;
        loop variant SIZE_MAX - place.next;
    */
    while (sipreg_response_named(response, SIPREG_LITERAL("Require"), &place, &value)) {
        if (bit_of(tag, value) != 0)
            return true;
    }
    return false;
}

bool sipreg_options_asked_for(const struct sipreg_response *response, struct sipreg_str tag)
{
    struct sipreg_place place = {0, 0, 0};
    struct sipreg_str value, asked;
    bool found = false;

    /*@ loop assigns place.next, value, asked, found;
        loop variant SIZE_MAX - place.next;
    */
    while (sipreg_response_named(response, SIPREG_LITERAL("Require"), &place, &value)) {
        struct sipreg_cursor c = sipreg_cursor_of(value);
        /*@ loop invariant readable(c);
            loop assigns c, asked, found;
            loop variant c.end - c.p;
        */
        for (; sipreg_options_next(&c, &asked); found = true) {
            if (!sipreg_str_same(asked, tag))
                return false;
        }
    }
    return found;
}

uint32_t sipreg_options_unsupported(const struct sipreg_response *response, const char *list)
{
    struct sipreg_place place = {0, 0, 0};
    struct sipreg_str value, tag;
    uint32_t bits = 0;

    /*@ loop assigns place.next, value, tag, bits;
        loop variant SIZE_MAX - place.next;
    */
    while (sipreg_response_named(response, SIPREG_LITERAL("Unsupported"), &place, &value)) {
        struct sipreg_cursor c = sipreg_cursor_of(value);
        /*@ loop invariant readable(c);
            loop assigns c, tag, bits;
            loop variant c.end - c.p;
        */
        while (sipreg_options_next(&c, &tag))
            bits |= bit_of(tag, sipreg_str_of(list));
    }
    return bits;
}
