/*
 * binding.c - which Contacts in the 200 are ours, for how long? (RFC 3261 10.2.4)
 *
 * Rule: URI comparison. Reality: registrars and NAT helpers rewrite host, port or transport of the
 * contact they list, and some list nothing at all. Decision: an exact match counts; else a contact
 * that stands alone is taken for ours, and so is an empty list with an Expires header above zero;
 * the caller is told that it was a guess, and may forbid it. Times of contacts that are not ours
 * never count.
 */
#include "binding.h"

#include "str.h"
#include "uri.h"

#include <sipreg/request.h>

enum { DEFAULT_EXPIRES = 3600 }; /* 10.2 */

static int64_t first_known(int64_t a, int64_t b, int64_t c)
{
    if (a >= 0)
        return a;
    if (b >= 0)
        return b;
    return c >= 0 ? c : DEFAULT_EXPIRES;
}

static bool same(const struct sipreg_uri *ours, struct sipreg_str text)
{
    struct sipreg_uri theirs;

    return sipreg_uri_parse(&theirs, text) == SIPREG_OK && sipreg_uri_same(ours, &theirs);
}

void sipreg_binding_find(struct sipreg_own *own, const struct sipreg_response *response,
                         const char *contact, int64_t asked, bool guess)
{
    static const struct sipreg_own none;
    struct sipreg_place place = {0, 0, 0};
    struct sipreg_binding binding;
    struct sipreg_uri ours;
    unsigned count = 0;
    int64_t alone = SIPREG_ABSENT;

    *own = none;
    if (sipreg_uri_parse(&ours, sipreg_str_of(contact)) != SIPREG_OK)
        return;
    for (; sipreg_response_contact(response, &place, &binding); count++) {
        int64_t expires = first_known(binding.expires, response->expires, asked);
        alone = expires;
        if (!same(&ours, binding.contact.uri))
            continue;
        if (!own->listed || expires < own->granted) /* listed twice: the shorter one is safe */
            own->granted = expires;
        own->listed = true;
    }
    own->found = own->listed;
    if (own->found || !guess || count > 1)
        return;
    own->found = count == 1 || response->expires > 0;
    own->granted = count == 1 ? alone : response->expires;
    if (asked > 0 && own->granted > asked) /* a guess may be wrong: not longer than was meant */
        own->granted = asked;
}
