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

/* SIPREG_OK or SIPREG_SYNTAX. Reads what received URIs contain, generously. */
int sipreg_uri_parse(struct sipreg_uri *uri, struct sipreg_str text);

/* A sip or sips URI. */
bool sipreg_uri_is_sip(const struct sipreg_uri *uri);
bool sipreg_uri_is_sips(const struct sipreg_uri *uri);

/* By its first letters alone: whether it is a URI at all is looked at elsewhere. */
static inline bool sipreg_uri_says_sips(struct sipreg_str text)
{
    return sipreg_str_starts(text, SIPREG_LITERAL("sips:"));
}

/* Reads a URI that we may send: only characters of 25.1, escapes whole, a host in a sip URI that is
   a name or an address, a port in range. */
bool sipreg_uri_valid(struct sipreg_uri *uri, struct sipreg_str text);

/* host [":" port], as in a sent-by: valid? */
bool sipreg_uri_hostport(struct sipreg_str text, struct sipreg_str *host, struct sipreg_str *port);

/* The value of a URI parameter, absent if it has none. True if the parameter is there. */
bool sipreg_uri_param(const struct sipreg_uri *uri, struct sipreg_str name,
                      struct sipreg_str *value);

/* RFC 3261 19.1.4. URIs of other schemes than sip and sips are the same octet by octet. */
bool sipreg_uri_same(const struct sipreg_uri *a, const struct sipreg_uri *b);

#endif
