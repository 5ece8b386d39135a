/*
 * address.h: the addresses in From, To and Contact, and the URIs inside them.
 */
#ifndef REGISTRAR_ADDRESS_H
#define REGISTRAR_ADDRESS_H

#include "text.h"

struct address {
    struct text shown;  /* "Alice" <sip:alice@192.0.2.1>, or the bare URI: all but the parameters */
    struct text uri;    /* sip:alice@192.0.2.1 */
    struct text params; /* q=0.7;expires=60 */
};

struct uri {
    struct text scheme, user, host, port, params;
};

bool address_read(struct text text, struct address *address);

/* Splits a sip: or sips: URI; any other scheme is false. */
bool uri_read(struct text text, struct uri *uri);

/* RFC 3261 19.1.4 for sip: and sips:, byte for byte for every other scheme. */
bool uri_same(struct text a, struct text b);

/* Whether two user parts are the same, however they are escaped. */
bool user_same(struct text a, struct text b);

/* The key of an address of record, as RFC 3261 10.3 step 5 makes it. */
void uri_write_aor(struct out *out, const struct uri *uri);

#endif
