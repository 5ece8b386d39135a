/*
 * binding.c - which Contacts in the 200 are ours, for how long? (RFC 3261 10.2.4)
 *
 * Rule: URI comparison, or the instance that both name (RFC 5626 6). Reality: registrars and NAT
 * helpers rewrite host, port or transport of the contact they list, and some list nothing at all.
 * Decision: a match counts; else a contact
 * that stands alone is taken for ours, and so is an empty list with an Expires header above zero;
 * the caller is told that it was a guess, and may forbid it. Times of contacts that are not ours
 * never count.
 */
#include "binding.h"

#include "str.h"
#include "uri.h"

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

/* A contact as it is looked for. */
struct sought {
    struct sipreg_uri uri;
    struct sipreg_str instance; /* absent: it names none */
    uint32_t reg_id;            /* 0: the same */
};

/* Without the brackets, which not everybody writes. */
static struct sipreg_str instance_of(struct sipreg_str params)
{
    struct sipreg_str instance = sipreg_param(params, "+sip.instance");

    if (instance.n > 1 && instance.p[0] == '<' && instance.p[instance.n - 1] == '>')
        instance = sipreg_str_between(instance.p + 1, instance.p + instance.n - 1);
    return instance;
}

static uint32_t reg_id_of(struct sipreg_str params)
{
    uint32_t number = 0;

    sipreg_str_number(sipreg_param(params, "reg-id"), INT32_MAX, &number); /* else it stays 0 */
    return number;
}

static bool seek(struct sought *sought, const struct sipreg_request *request, size_t index)
{
    const struct sipreg_contact *contact = &request->contacts[index];
    struct sipreg_str params = sipreg_str_of(contact->params);
    bool own = index == 0 && request->instance != NULL;

    sought->instance = own ? sipreg_str_of(request->instance) : instance_of(params);
    sought->reg_id = own ? request->reg_id : reg_id_of(params);
    return sipreg_uri_parse(&sought->uri, sipreg_str_of(contact->uri)) == SIPREG_OK;
}

static bool is_it(const struct sought *sought, const struct sipreg_nameaddr *contact)
{
    if (same(&sought->uri, contact->uri))
        return true;
    return sought->instance.n > 0 &&
           sipreg_str_same(sought->instance, instance_of(contact->params)) &&
           sought->reg_id == reg_id_of(contact->params);
}

bool sipreg_binding_is_of(const struct sipreg_request *request, size_t index,
                          const struct sipreg_binding *binding)
{
    struct sought sought;

    return seek(&sought, request, index) && is_it(&sought, &binding->contact);
}

void sipreg_binding_find(struct sipreg_own *own, const struct sipreg_response *response,
                         const struct sipreg_request *request, size_t index, int64_t asked,
                         bool guess)
{
    static const struct sipreg_own none;
    struct sipreg_place place = {0, 0, 0};
    struct sipreg_binding binding;
    struct sought sought;
    unsigned count = 0;
    int64_t alone = SIPREG_ABSENT;

    *own = none;
    if (!seek(&sought, request, index))
        return;
    for (; sipreg_response_contact(response, &place, &binding); count++) {
        int64_t expires = first_known(binding.expires, response->expires, asked);
        alone = expires;
        if (!is_it(&sought, &binding.contact))
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
