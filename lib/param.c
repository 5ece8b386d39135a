/*
 * param.c - the next name=value.
 *
 * One reader for the parameters of Via, From, To and Contact (";" between) and of challenges (","
 * between). It is lenient about values, since servers quote what should be bare and the reverse.
 */
#include "param.h"

#include "chars.h"

/*@ requires \valid(c) && readable(*c) && \valid(value) && \separated(c, value);
    assigns c->p, *value;
    ensures follows(*c, \old(*c));
    ensures \result ==> readable(*value) && inside(*value, \old(c->p), c->p);
*/
static bool value(struct sipreg_cursor *c, struct sipreg_str *value)
{
    if (c->p < c->end && *c->p == '"')
        return sipreg_cursor_quoted(c, value);
    *value = sipreg_cursor_until(c, SIPREG_STOP);
    return true;
}

bool sipreg_param_take(struct sipreg_cursor *c, struct sipreg_parameter *parameter)
{
    struct sipreg_cursor at = *c;
    struct sipreg_parameter got = {{NULL, 0}, {NULL, 0}};

    if (!sipreg_cursor_token(&at, &got.name))
        return false;
    if (sipreg_cursor_separator(&at, '=') && !value(&at, &got.value))
        return false;
    *parameter = got;
    *c = at;
    return true;
}

bool sipreg_param_next(struct sipreg_cursor *c, struct sipreg_parameter *parameter)
{
    struct sipreg_cursor at = *c;
    bool separated = false;

    sipreg_cursor_blank(&at);
    /*@ loop invariant readable(at) && follows(at, *c);
        loop invariant separated ==> 0 < at.p - c->p;
        loop assigns at.p, separated;
        loop variant at.end - at.p;
    */
    while (sipreg_cursor_char(&at, ';')) {
        separated = true;
        sipreg_cursor_blank(&at);
    }
    if (at.p == at.end) { /* nothing but separators left */
        *c = at;
        return false;
    }
    if (!separated || !sipreg_param_take(&at, parameter))
        return false;
    *c = at;
    return true;
}

bool sipreg_param_twice(struct sipreg_str params)
{
    struct sipreg_cursor c = sipreg_cursor_of(params);
    struct sipreg_parameter parameter, other;

    /*@ loop invariant readable(c);
        loop assigns c, parameter, other;
        loop variant c.end - c.p;
    */
    while (sipreg_param_next(&c, &parameter)) {
        struct sipreg_cursor behind = c;
        /*@ loop invariant readable(behind);
            loop assigns behind, other;
            loop variant behind.end - behind.p;
        */
        while (sipreg_param_next(&behind, &other)) {
            if (sipreg_str_same(parameter.name, other.name))
                return true;
        }
    }
    return false;
}
