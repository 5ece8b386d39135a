/*
 * uri_same.c - are two URIs the same (RFC 3261 19.1.4)? What are the parameters of one?
 *
 * An escape equals its character, unless that is reserved: so one unit of a string is an octet, or
 * 256 more for an escape that must stay one. Decoded once: "%2541" is no "A".
 */
#include "uri.h"

#include "chars.h"
#include "param.h"

#include <string.h>

/*@ assigns \nothing;
    ensures \result <= 24; // 15 for a hex digit
*/
static unsigned nibble(char c)
{
    return (unsigned char)c % 16U + (sipreg_is(c, SIPREG_DIGIT) ? 0U : 9U);
}

/*@ requires \valid(c) && readable(*c) && c->p < c->end;
    assigns c->p;
    ensures follows(*c, \old(*c)) && 0 < c->p - \old(c->p);
*/
static unsigned take_unit(struct sipreg_cursor *c)
{
    static const char reserved[] = ";/?:@&=+$,%";
    const char *p = c->p;

    if (*p != '%' || c->end - p < 3 || !sipreg_is(p[1], SIPREG_HEX) ||
        !sipreg_is(p[2], SIPREG_HEX)) {
        c->p = p + 1;
        return (unsigned char)*p;
    }
    unsigned octet = nibble(p[1]) * 16 + nibble(p[2]);
    c->p = p + 3;
    return memchr(reserved, (int)octet, sizeof reserved - 1) != NULL ? octet + 256 : octet;
}

/*@ assigns \nothing;
 */
static unsigned without_case(unsigned unit)
{
    return unit < 128 ? (unsigned char)sipreg_lower((char)unit) : unit;
}

/*@ requires readable(a) && readable(b);
    assigns \nothing;
*/
static bool same_unescaped(struct sipreg_str a, struct sipreg_str b, bool with_case)
{
    struct sipreg_cursor x = sipreg_cursor_of(a), y = sipreg_cursor_of(b);

    /*@ loop invariant readable(x) && readable(y);
        loop assigns x, y;
        loop variant x.end - x.p;
    */
    while (x.p < x.end && y.p < y.end) {
        unsigned u = take_unit(&x), v = take_unit(&y);
        if (u != v && (with_case || without_case(u) != without_case(v)))
            return false;
    }
    return x.p == x.end && y.p == y.end;
}

/*@ requires readable(a) && readable(b);
    assigns \nothing;
*/
/* Both there and the same, or both absent. */
static bool same_part(struct sipreg_str a, struct sipreg_str b, bool with_case)
{
    return (a.p == NULL) == (b.p == NULL) && same_unescaped(a, b, with_case);
}

/*@ requires \valid(list) && \valid(item) && \separated(list, item) && readable(*list);
    assigns *list, *item;
    ensures readable(*list) && inside(*list, \old(*list));
    ensures moves: \result ==> list->n < \old(list->n);
    ensures \result ==> readable(item->name) && inside(item->name, \old(*list)) &&
                        readable(item->value) && inside(item->value, \old(*list));
*/
/* Takes the next name[=value] of a list whose parts stand behind (params) or between (headers) sep.
 */
static bool take_item(struct sipreg_str *list, char sep, struct sipreg_parameter *item)
{
    const struct sipreg_str absent = {NULL, 0};
    struct sipreg_str all = *list;
    const char *p, *end;

    /*@ loop invariant readable(all) && inside(all, *list) && all.n <= list->n;
        loop assigns all;
        loop variant all.n;
    */
    while (all.n > 0 && all.p[0] == sep)
        all = sipreg_str_behind(all, all.p);
    if (all.n == 0) {
        *list = all;
        return false;
    }
    p = sipreg_str_find(all, sep);
    end = all.p + all.n;
    *list = sipreg_str_between(p != NULL ? p : end, end);
    if (p != NULL)
        all = sipreg_str_before(all, p);
    p = sipreg_str_find(all, '=');
    item->name = p != NULL ? sipreg_str_before(all, p) : all;
    item->value = p != NULL ? sipreg_str_behind(all, p) : absent;
    return true;
}

/*@ requires readable(list) && readable(name) && \valid(item);
    assigns *item;
    ensures \result ==> readable(item->name) && inside(item->name, list) &&
                        readable(item->value) && inside(item->value, list);
*/
static bool find_item(struct sipreg_str list, char sep, struct sipreg_str name,
                      struct sipreg_parameter *item)
{
    /*@ loop invariant readable(list) && inside(list, \at(list, Pre));
        loop assigns list, *item;
        loop variant list.n;
    */
    while (take_item(&list, sep, item)) {
        if (same_unescaped(item->name, name, false))
            return true;
    }
    return false;
}

bool sipreg_uri_param(const struct sipreg_uri *uri, struct sipreg_str name,
                      struct sipreg_str *value)
{
    struct sipreg_parameter item;

    if (!find_item(uri->params, ';', name, &item))
        return false;
    *value = item.value;
    return true;
}

/*@ requires readable(name);
    assigns \nothing;
*/
/* Parameters that never match an absent one. RFC 3261 leaves transport between the rule of defaults
   and the rule of ignoring; servers that tell flows apart by it are served by "different". */
static bool must_be_in_both(struct sipreg_str name)
{
    return SIPREG_STR_IS(name, "user") || SIPREG_STR_IS(name, "ttl") ||
           SIPREG_STR_IS(name, "method") || SIPREG_STR_IS(name, "maddr") ||
           SIPREG_STR_IS(name, "transport");
}

/*@ requires readable(a) && readable(b);
    assigns \nothing;
*/
/* Every item of a has its like in b, or need not. One of the two URIs is ours and short, so looking
   each one up from the start stays linear in the other. */
static bool covered(struct sipreg_str a, struct sipreg_str b, char sep, bool all)
{
    struct sipreg_parameter mine, theirs;

    /*@ loop invariant readable(a);
        loop assigns a, mine, theirs;
        loop variant a.n;
    */
    while (take_item(&a, sep, &mine)) {
        if (!find_item(b, sep, mine.name, &theirs)) {
            if (all || must_be_in_both(mine.name))
                return false;
        } else if (!same_part(mine.value, theirs.value, false)) {
            return false;
        }
    }
    return true;
}

bool sipreg_uri_same(const struct sipreg_uri *a, const struct sipreg_uri *b)
{
    if (!sipreg_str_same(a->scheme, b->scheme))
        return false;
    if (!sipreg_uri_is_sip(a))
        return sipreg_str_equal(a->rest, b->rest);
    return sipreg_str_same(a->host, b->host) && same_part(a->port, b->port, false) &&
           same_part(a->user, b->user, true) && same_part(a->password, b->password, true) &&
           covered(a->params, b->params, ';', false) && covered(b->params, a->params, ';', false) &&
           covered(a->headers, b->headers, '&', true) && covered(b->headers, a->headers, '&', true);
}
