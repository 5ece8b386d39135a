/*
 * uri.h - the parts of a URI; are two the same?
 */
#ifndef SIPREG_LIB_URI_H
#define SIPREG_LIB_URI_H

#include "str.h"

struct sipreg_uri {
    struct sipreg_str scheme;   /* "sip" */
    struct sipreg_str user;     /* absent without "@"; escapes in place */
    struct sipreg_str password; /* absent without ":" in the userinfo */
    struct sipreg_str host;     /* IPv6 in its brackets */
    struct sipreg_str port;     /* absent without ":" */
    struct sipreg_str params;   /* from the first ";" on; or absent */
    struct sipreg_str headers;  /* behind the "?"; or absent */
    struct sipreg_str rest;     /* of other schemes than sip and sips: all behind the first ":" */
};

/*@ predicate readable{L}(struct sipreg_uri *u) =
        readable(u->scheme) && readable(u->user) && readable(u->password) && readable(u->host) &&
        readable(u->port) && readable(u->params) && readable(u->headers) && readable(u->rest);

    predicate parts{L}(struct sipreg_uri *u, struct sipreg_str all) =
        inside(u->scheme, all) && inside(u->user, all) && inside(u->password, all) &&
        inside(u->host, all) && inside(u->port, all) && inside(u->params, all) &&
        inside(u->headers, all) && inside(u->rest, all);

    // Brackets have something between them.
    predicate named{L}(struct sipreg_str host) =
        readable(host) && host.n > 0 && (host.p[0] == '[' ==> host.n > 2);
*/

/* SIPREG_OK or SIPREG_SYNTAX. Reads what received URIs contain, generously. */
/*@ requires \valid(uri) && readable(text);
    assigns *uri;
    ensures readable(uri);
    ensures parts(uri, text);
    ensures \result == SIPREG_OK || \result == SIPREG_SYNTAX;
    ensures \result == SIPREG_OK ==> uri->scheme.n > 0;
*/
int sipreg_uri_parse(struct sipreg_uri *uri, struct sipreg_str text);

/* A sip or sips URI: once it is read, it has a host, and no other one has. */
/*@ requires \valid_read(uri);
    assigns \nothing;
    ensures \result <==> uri->host.n > 0;
*/
static inline bool sipreg_uri_is_sip(const struct sipreg_uri *uri)
{
    return uri->host.n > 0;
}

/*@ requires \valid_read(uri) && readable(uri->scheme);
    assigns \nothing;
*/
bool sipreg_uri_is_sips(const struct sipreg_uri *uri);

/* By its first letters alone: whether it is a URI at all is looked at elsewhere. */
/*@ requires readable(text);
    assigns \nothing;
*/
static inline bool sipreg_uri_says_sips(struct sipreg_str text)
{
    return sipreg_str_starts(text, SIPREG_LITERAL("sips:"));
}

/* Reads a URI that we may send: only characters of 25.1, escapes whole, a host in a sip URI that is
   a name or an address, a port in range. */
/*@ requires \valid(uri) && readable(text);
    assigns *uri;
    ensures readable(uri);
    ensures parts(uri, text);
    ensures \result ==> uri->scheme.n > 0;
    ensures \result && uri->host.n > 0 ==> named(uri->host);
*/
bool sipreg_uri_valid(struct sipreg_uri *uri, struct sipreg_str text);

/* host [":" port], as in a sent-by: valid? Both may go to the same place if nobody needs them. */
/*@ requires readable(text) && \valid(host) && \valid(port);
    assigns *host, *port;
    ensures \result && \separated(host, port) ==>
        named(*host) && inside(*host, text) && readable(*port) && inside(*port, text);
*/
bool sipreg_uri_hostport(struct sipreg_str text, struct sipreg_str *host, struct sipreg_str *port);

/* The value of a URI parameter, absent if it has none. True if the parameter is there. */
/*@ requires \valid_read(uri) && readable(uri->params) && readable(name) && \valid(value);
    assigns *value;
    ensures \result ==> readable(*value) && inside(*value, \old(uri->params));
    ensures !\result ==> *value == \old(*value);
*/
bool sipreg_uri_param(const struct sipreg_uri *uri, struct sipreg_str name,
                      struct sipreg_str *value);

/* RFC 3261 19.1.4. URIs of other schemes than sip and sips are the same octet by octet. */
/*@ requires \valid_read(a) && \valid_read(b) && readable(a) && readable(b);
    assigns \nothing;
*/
bool sipreg_uri_same(const struct sipreg_uri *a, const struct sipreg_uri *b);

#endif
