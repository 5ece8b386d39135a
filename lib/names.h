/*
 * names.h - which header is this, long or compact?
 */
#ifndef SIPREG_LIB_NAMES_H
#define SIPREG_LIB_NAMES_H

#include "cursor.h"

/* The headers that mean something to us in a response, or that we write ourselves. */
enum sipreg_name {
    SIPREG_UNKNOWN,
    SIPREG_AUTHENTICATION_INFO,
    SIPREG_AUTHORIZATION,
    SIPREG_CALL_ID,
    SIPREG_CONTACT,
    SIPREG_CONTENT_DISPOSITION,
    SIPREG_CONTENT_LENGTH,
    SIPREG_CONTENT_TYPE,
    SIPREG_CSEQ,
    SIPREG_EXPIRES,
    SIPREG_FROM,
    SIPREG_MAX_FORWARDS,
    SIPREG_MIN_EXPIRES,
    SIPREG_PATH_NAME,
    SIPREG_PROXY_AUTHENTICATE,
    SIPREG_PROXY_AUTHENTICATION_INFO,
    SIPREG_PROXY_AUTHORIZATION,
    SIPREG_RETRY_AFTER,
    SIPREG_ROUTE,
    SIPREG_SERVICE_ROUTE_NAME,
    SIPREG_SUPPORTED,
    SIPREG_TO,
    SIPREG_USER_AGENT,
    SIPREG_ALLOW,
    SIPREG_VIA,
    SIPREG_WWW_AUTHENTICATE
};

/*@ requires readable(name);
    assigns \nothing;
    ensures SIPREG_UNKNOWN <= \result <= SIPREG_WWW_AUTHENTICATE;
*/
enum sipreg_name sipreg_name_find(struct sipreg_str name);

/* A header line: its name, and its value without the blanks around it, folds inside. */
struct sipreg_line {
    struct sipreg_str name;
    struct sipreg_str value;
};

/*
 * Takes one header line with its folds and its line end. SIPREG_OK; SIPREG_PARTIAL: no line end (or
 * it cannot be seen yet whether a fold follows); SIPREG_SYNTAX: no name, no colon (an empty line
 * too).
 */
/*@ requires \valid(c) && readable(*c) && \valid(line) && \separated(c, line);
    assigns *c, *line;
    ensures within: follows(*c, \old(*c));
    ensures \result == SIPREG_OK || \result == SIPREG_PARTIAL || \result == SIPREG_SYNTAX;
    ensures stays: \result != SIPREG_OK ==> c->p == \old(c->p);
    ensures moves: \result == SIPREG_OK ==> 0 < c->p - \old(c->p);
    ensures \result == SIPREG_OK ==> readable(line->name) && readable(line->value);
    ensures \result == SIPREG_OK ==>
        inside(line->name, \old(c->p), c->p) && inside(line->value, \old(c->p), c->p);
    ensures named: \result == SIPREG_OK ==> line->name.p == \old(c->p) && line->name.n > 0;
    ensures there: \result == SIPREG_OK ==> \base_addr(line->value.p) == \base_addr(c->p) &&
        0 <= line->value.p - \old(c->p) && line->value.n <= c->p - line->value.p;
*/
int sipreg_line_take(struct sipreg_cursor *c, struct sipreg_line *line);

/* Takes an empty line, CRLF or LF. */
/*@ requires \valid(c) && readable(*c);
    assigns *c;
    ensures follows(*c, \old(*c));
    ensures \result ==> c->p == \old(c->p) + 1 || c->p == \old(c->p) + 2;
    ensures !\result ==> c->p == \old(c->p);
*/
static inline bool sipreg_line_empty(struct sipreg_cursor *c)
{
    struct sipreg_cursor at = *c;

    if (at.p<at.end && * at.p> '\r') /* most lines are not */
        return false;
    sipreg_cursor_char(&at, '\r');
    if (!sipreg_cursor_char(&at, '\n'))
        return false;
    *c = at;
    return true;
}

#endif
