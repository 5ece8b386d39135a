/*
 * bindings.c: may this update be made (RFC 3261 10.3 steps 6 and 7), and what stands afterwards?
 *
 * An update is all or nothing, so it is looked at twice: once to find a reason against any part of
 * it, once to carry it out, which then cannot fail.
 */
#include "bindings.h"

#include "address.h"

#include <stdio.h>
#include <string.h>

static bool belongs(const struct binding *binding, const char *aor)
{
    return binding->aor[0] != '\0' && strcmp(binding->aor, aor) == 0;
}

static bool same_contact(const struct binding *binding, struct text contact)
{
    struct address ours, theirs;

    return address_read(text_of(binding->contact), &ours) && address_read(contact, &theirs) &&
           uri_same(ours.uri, theirs.uri);
}

static struct binding *find(struct bindings *bindings, const char *aor, struct text contact)
{
    size_t i;

    for (i = 0; i < BINDINGS_MAX; i++) {
        struct binding *binding = &bindings->places[i];

        if (belongs(binding, aor) && same_contact(binding, contact))
            return binding;
    }
    return NULL;
}

static struct binding *free_place(struct bindings *bindings)
{
    size_t i;

    for (i = 0; i < BINDINGS_MAX; i++) {
        if (bindings->places[i].aor[0] == '\0')
            return &bindings->places[i];
    }
    return NULL;
}

static size_t free_places(const struct bindings *bindings)
{
    size_t i, n = 0;

    for (i = 0; i < BINDINGS_MAX; i++)
        n += bindings->places[i].aor[0] == '\0';
    return n;
}

/* RFC 3261 10.3: a request that is older than what we know, or no newer, came out of order. */
static bool out_of_order(const struct binding *binding, const struct update *update)
{
    return text_is(update->call_id, binding->call_id) && update->cseq <= binding->cseq;
}

static unsigned check_change(struct bindings *bindings, const struct update *update,
                             const struct change *change, const char **reason)
{
    const struct binding *known;
    struct address address;

    if (!address_read(change->contact, &address)) {
        *reason = "Contact that is no address";
        return 400;
    }
    if (change->contact.n >= CONTACT_MAX) {
        *reason = "Contact longer than this registrar keeps";
        return 400;
    }
    known = find(bindings, update->aor, change->contact);
    if (known != NULL && out_of_order(known, update)) {
        *reason = "CSeq not above the last one of this Call-ID";
        return 500;
    }
    return 200;
}

static unsigned check_removal_of_all(const struct bindings *bindings, const struct update *update,
                                     const char **reason)
{
    size_t i;

    for (i = 0; i < BINDINGS_MAX; i++) {
        if (belongs(&bindings->places[i], update->aor) &&
            out_of_order(&bindings->places[i], update)) {
            *reason = "CSeq not above the last one of this Call-ID";
            return 500;
        }
    }
    return 200;
}

static unsigned check(struct bindings *bindings, const struct update *update, const char **reason)
{
    unsigned status = 200;
    size_t i;

    if (update->call_id.n >= CALL_ID_MAX) {
        *reason = "Call-ID longer than this registrar keeps";
        return 400;
    }
    if (update->remove_all)
        return check_removal_of_all(bindings, update, reason);
    for (i = 0; i < update->count && status == 200; i++)
        status = check_change(bindings, update, &update->changes[i], reason);
    if (status == 200 && update->count > free_places(bindings)) {
        *reason = "No room for more bindings";
        return 503;
    }
    return status;
}

static void copy(char *to, struct text from)
{
    memcpy(to, from.at, from.n);
    to[from.n] = '\0';
}

/* Everything but expires, which is ours to say. It gets no longer than it was. */
static void copy_contact(char *to, struct text contact)
{
    struct out out = out_into(to, CONTACT_MAX);
    struct address address;
    struct text item, name, value;

    address_read(contact, &address);
    out_format(&out, "%.*s", TEXT(address.shown));
    while (text_split(&address.params, ';', &item)) {
        value = item;
        text_split(&value, '=', &name);
        if (item.n > 0 && !text_same_nocase(name, text_of("expires")))
            out_format(&out, ";%.*s", TEXT(item));
    }
}

static void carry_out(struct bindings *bindings, const struct update *update,
                      const struct change *change, int64_t now)
{
    struct binding *binding = find(bindings, update->aor, change->contact);

    if (change->remove) {
        if (binding != NULL)
            binding->aor[0] = '\0';
        return;
    }
    if (binding == NULL)
        binding = free_place(bindings);
    if (binding == NULL)
        return; /* check() counted the places, so this does not happen */
    copy(binding->aor, text_of(update->aor));
    copy(binding->call_id, update->call_id);
    copy_contact(binding->contact, change->contact);
    binding->cseq = update->cseq;
    binding->expires_at = now + (int64_t)change->seconds * 1000;
}

static void remove_all(struct bindings *bindings, const char *aor)
{
    size_t i;

    for (i = 0; i < BINDINGS_MAX; i++) {
        if (belongs(&bindings->places[i], aor))
            bindings->places[i].aor[0] = '\0';
    }
}

unsigned bindings_update(struct bindings *bindings, const struct update *update, int64_t now,
                         const char **reason)
{
    unsigned status = check(bindings, update, reason);
    size_t i;

    if (status != 200)
        return status;
    if (update->remove_all)
        remove_all(bindings, update->aor);
    for (i = 0; i < update->count; i++)
        carry_out(bindings, update, &update->changes[i], now);
    return status;
}

void bindings_expire(struct bindings *bindings, int64_t now)
{
    size_t i;

    for (i = 0; i < BINDINGS_MAX; i++) {
        if (bindings->places[i].expires_at <= now)
            bindings->places[i].aor[0] = '\0';
    }
}

void bindings_write(const struct bindings *bindings, const char *aor, int64_t now, struct out *out)
{
    size_t i;

    for (i = 0; i < BINDINGS_MAX; i++) {
        const struct binding *binding = &bindings->places[i];

        /* Rounded up: a binding of which 300 ms are left is still there. */
        if (belongs(binding, aor))
            out_format(out, "Contact: %s;expires=%llu\r\n", binding->contact,
                       (unsigned long long)(binding->expires_at - now + 999) / 1000);
    }
}
