/*
 * snapshot.c - what must survive a reboot?
 *
 * A device that starts with a new Call-ID leaves its old binding to lapse beside the new one, and
 * is challenged once more. With a snapshot it goes on where it stopped: the same Call-ID, the next
 * CSeq and nc, and the contact of before, to be refreshed or to be removed. Kept are facts, no
 * wishes, and no secrets; a request under way counts as one that ended without an answer. What we
 * drew at random for a digest is not kept either: the next answer has a new cnonce.
 *
 * Loading trusts nothing. A snapshot may come from where others can write, and a CRC is no
 * signature: whatever is in it must be such as this client could have come to by itself, or none of
 * it is taken.
 */
#include "chars.h"
#include "config.h"
#include "digest.h"
#include "image.h"
#include "routes.h"
#include "session.h"
#include "state.h"
#include "uri.h"

#include <string.h>

/* Saving. */

/* Where requests go, and for whom, by whom. */
static uint32_t owner_of(const struct sipreg_client_config *config)
{
    const struct sipreg_request request = {.registrar = config->registrar, .aor = config->aor};
    struct sipreg_request_uri uri = sipreg_digest_uri(&request);
    const char *from = config->from != NULL ? config->from : config->aor;
    const struct sipreg_str texts[] = {uri.parts[0],         uri.parts[1],
                                       SIPREG_LITERAL("\n"), sipreg_str_of(config->aor),
                                       SIPREG_LITERAL("\n"), sipreg_str_of(from)};
    uint32_t crc = 0;

    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        crc = sipreg_image_crc(crc, texts[i]);
    return crc;
}

static uint32_t place_of(const struct sipreg_client *client)
{
    return sipreg_image_crc(0, sipreg_str_of(client->local));
}

static bool is_under_way(const struct sipreg_client *client, int purpose)
{
    return sipreg_state_under_way(client) && client->purpose == purpose;
}

/* 0: nobody knows whether it lives. */
static uint32_t seconds_left(const struct sipreg_client *client)
{
    if (client->fact != FACT_BOUND || client->lapses_at <= client->now ||
        is_under_way(client, REMOVE) || is_under_way(client, CLEAR))
        return 0;
    return (uint32_t)((client->lapses_at - client->now) / 1000);
}

/* Ours, if the registrar may have it. One of the config's that fits no store of ours is left out:
   if it is another one after the reboot, this one lapses. */
static struct sipreg_str contact_of(const struct sipreg_client *client)
{
    struct sipreg_str uri = sipreg_str_of(client->contacts[0].uri);
    bool sent = client->offered && (client->fact != FACT_UNBOUND || is_under_way(client, REGISTER));

    return sent && uri.n < SIPREG_CONTACT_SIZE ? uri : SIPREG_LITERAL("");
}

static void look_at_binding(struct sipreg_image *image, const struct sipreg_client *client)
{
    image->left = seconds_left(client);
    image->contact = contact_of(client);
    image->replaced = sipreg_str_of(client->replaced);
    if (image->left == 0)
        return;
    image->fact = SIPREG_IMAGE_BOUND | (client->listed ? SIPREG_IMAGE_LISTED : 0U);
    image->granted = client->granted;
    image->routes = (struct sipreg_str){client->routes, client->routes_used};
}

/* Not those of another server, to which a redirection has led. Nor those whose key is made of their
   first cnonce (-sess): what we drew at random is not written down. */
static void look_at_sessions(struct sipreg_image *image, const struct sipreg_client *client)
{
    for (size_t i = 0; i < SIPREG_MAX_REALMS && !client->targets.away; i++) {
        const struct sipreg_session *session = &client->sessions[i];
        if (sipreg_session_used(session) && !session->rejected &&
            !sipreg_digest_is_session(session->challenge.algorithm))
            image->sessions[image->session_count++] = session->challenge;
    }
}

static void look(struct sipreg_image *image, const struct sipreg_client *client)
{
    const struct sipreg_request *request = &client->request;
    bool known = request->call_id[0] != '\0' && request->tag[0] != '\0';

    memset(image, 0, sizeof *image);
    image->owner = owner_of(client->config);
    image->cseq = known ? request->cseq : 0;
    image->call_id = sipreg_str_of(image->cseq > 0 ? request->call_id : "");
    image->tag = sipreg_str_of(image->cseq > 0 ? request->tag : "");
    image->floor = client->floor;
    image->place = place_of(client);
    look_at_binding(image, client);
    look_at_sessions(image, client);
}

int sipreg_client_save(struct sipreg_client *client, uint32_t now, void *out, size_t size)
{
    struct sipreg_image image;
    size_t n;

    if (client->config == NULL)
        return SIPREG_STATE;
    sipreg_state_advance(client, now);
    look(&image, client);
    n = sipreg_image_size(&image);
    if (out == NULL)
        return (int)n;
    if (n > size)
        return SIPREG_SPACE;
    sipreg_image_write(&image, out, n);
    return (int)n;
}

/* Judging what was read. */

static void copy(char *to, struct sipreg_str s)
{
    if (s.p != NULL)
        memcpy(to, s.p, s.n);
    to[s.n] = '\0';
}

/* Can this be what fills a store of this size but for the NUL? */
static bool is_ident(struct sipreg_str s, size_t size)
{
    for (size_t i = 0; i < s.n; i++) {
        if (!sipreg_is(s.p[i], SIPREG_TOKEN))
            return false;
    }
    return s.n == size - 1;
}

static bool are_idents(const struct sipreg_client *client, const struct sipreg_image *image)
{
    if (image->cseq == 0)
        return image->call_id.n == 0 && image->tag.n == 0;
    return image->cseq <= INT32_MAX && is_ident(image->call_id, sizeof client->request.call_id) &&
           is_ident(image->tag, sizeof client->request.tag);
}

static bool is_fact(const struct sipreg_image *image)
{
    if (image->fact == 0)
        return image->left == 0 && image->granted == 0 && image->routes.n == 0;
    return (image->fact == SIPREG_IMAGE_BOUND ||
            image->fact == (SIPREG_IMAGE_BOUND | SIPREG_IMAGE_LISTED)) &&
           image->left > 0 && image->left <= image->granted && sipreg_routes_are(image->routes);
}

static bool is_contact(const struct sipreg_client *client, struct sipreg_str uri)
{
    char text[SIPREG_CONTACT_SIZE];
    const struct sipreg_contact contact = {.uri = text};

    if (uri.n == 0)
        return uri.p != NULL;
    copy(text, uri);
    return strlen(text) == uri.n &&
           sipreg_config_contacts_fault(client->config, &contact, 1) == NULL;
}

/* Can it stand between quotes, and nothing behind it? */
static bool is_quoted(struct sipreg_str s)
{
    bool escaped = false;

    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] == '"' && !escaped)
            return false;
        escaped = s.p[i] == '\\' && !escaped;
    }
    return sipreg_str_quotable(s);
}

/* 0: none that this build can go on with. */
static enum sipreg_algorithm algorithm_of(struct sipreg_str name)
{
    static const enum sipreg_algorithm all[] = {SIPREG_MD5, SIPREG_SHA256, SIPREG_SHA512_256};

    if (name.p == NULL)
        name = sipreg_str_of(sipreg_algorithm_name(SIPREG_MD5));
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        if (sipreg_algorithm_available(all[i]) &&
            sipreg_str_same(name, sipreg_str_of(sipreg_algorithm_name(all[i]))))
            return all[i];
    }
    return (enum sipreg_algorithm)0;
}

/* A challenge, and no second one of its realm. Its algorithm is known by its name. */
static bool is_session(struct sipreg_image *image, size_t index)
{
    struct sipreg_challenge *challenge = &image->sessions[index];

    challenge->algorithm = algorithm_of(challenge->algorithm_raw);
    for (size_t i = 0; i < index; i++) {
        if (image->sessions[i].proxy == challenge->proxy &&
            sipreg_str_equal(image->sessions[i].realm, challenge->realm))
            return false;
    }
    return challenge->realm.p != NULL && challenge->nonce.p != NULL && challenge->algorithm != 0 &&
           is_quoted(challenge->realm) && is_quoted(challenge->nonce) &&
           is_quoted(challenge->opaque);
}

/* Does it fit the stores of this build? */
static bool fits(const struct sipreg_image *image)
{
    bool all = image->contact.n < SIPREG_CONTACT_SIZE && image->replaced.n < SIPREG_CONTACT_SIZE &&
               image->routes.n <= SIPREG_ROUTE_SIZE;

    for (size_t i = 0; i < image->session_count; i++) {
        const struct sipreg_challenge *one = &image->sessions[i];
        all = all && one->realm.n + one->nonce.n + one->opaque.n + one->algorithm_raw.n <=
                         SIPREG_CHALLENGE_SIZE;
    }
    return all;
}

static int judge(const struct sipreg_client *client, struct sipreg_image *image)
{
    bool good;

    if (image->owner != owner_of(client->config))
        return SIPREG_FOREIGN;
    if (!fits(image))
        return SIPREG_LIMIT;
    good = are_idents(client, image) && is_fact(image) && is_contact(client, image->contact) &&
           is_contact(client, image->replaced);
    for (size_t i = 0; i < SIPREG_MAX_REALMS; i++)
        good = good && (i >= image->session_count || is_session(image, i));
    return good ? SIPREG_OK : SIPREG_SYNTAX;
}

/* Loading. */

static void take_binding(struct sipreg_client *client, const struct sipreg_image *image,
                         uint32_t away)
{
    if (away >= image->left)
        return; /* unknown, as it is now */
    client->fact = FACT_BOUND;
    client->listed = (image->fact & SIPREG_IMAGE_LISTED) != 0;
    client->granted = image->granted;
    client->lapses_at = sipreg_state_later(client->now, image->left - away);
    client->routes_used = (uint16_t)image->routes.n;
    if (image->routes.p != NULL)
        memcpy(client->routes, image->routes.p, image->routes.n);
}

/* Is the contact one that we could have learnt (nat.c), where we still are? Then it is ours, since
   it would be learnt again. */
static bool is_learnt(const struct sipreg_client *client, const struct sipreg_image *image)
{
    char text[SIPREG_CONTACT_SIZE], contact[SIPREG_CONTACT_SIZE];
    struct sipreg_str address, host, port;
    struct sipreg_uri uri;

    if (!client->config->rewrite_contact || client->config->contact != NULL ||
        image->place != place_of(client) || sipreg_uri_parse(&uri, image->contact) != SIPREG_OK)
        return false;
    address = uri.host; /* absent in other schemes than ours */
    if (uri.port.p != NULL)
        address = sipreg_str_between(address.p, uri.port.p + uri.port.n);
    copy(text, address);
    return sipreg_uri_hostport(sipreg_str_of(text), &host, &port) &&
           sipreg_config_contact(contact, client, text) &&
           sipreg_str_equal(sipreg_str_of(contact), image->contact);
}

/* What was our contact and is not any more is replaced, as if we had moved. */
static void take_contacts(struct sipreg_client *client, const struct sipreg_image *image)
{
    struct sipreg_str ours, old = image->replaced;

    if (is_learnt(client, image))
        copy(client->contact, image->contact);
    ours = sipreg_str_of(client->contacts[0].uri);
    if (image->contact.n != 0 && !sipreg_str_equal(image->contact, ours))
        old = image->contact;
    client->offered =
        sipreg_str_equal(image->contact, ours) || sipreg_str_equal(image->replaced, ours);
    if (!sipreg_str_equal(old, ours))
        copy(client->replaced, old);
}

/* What a policy of today refuses is not answered. */
static void take_sessions(struct sipreg_client *client, const struct sipreg_image *image)
{
    struct sipreg_session *session = client->sessions;

    for (size_t i = 0; i < image->session_count; i++) {
        const struct sipreg_challenge *challenge = &image->sessions[i];
        if (sipreg_session_permits(client, challenge) != SIPREG_OK)
            continue;
        (void)sipreg_session_keep(session++, challenge);
        sipreg_session_note(client, challenge);
    }
}

/* Has nothing been wished for or sent since init? */
static bool is_new(const struct sipreg_client *client)
{
    return client->wish == WISH_NOTHING && !client->query && !client->refused &&
           client->request.cseq == 0;
}

int sipreg_client_load(struct sipreg_client *client, uint32_t now, uint32_t away, const void *bytes,
                       size_t n)
{
    struct sipreg_image image;
    int result;

    if (client->config == NULL || !is_new(client))
        return SIPREG_STATE;
    result = sipreg_image_read(&image, (const char *)bytes, n);
    if (result == SIPREG_OK)
        result = judge(client, &image);
    if (result != SIPREG_OK)
        return result;
    sipreg_state_advance(client, now);
    client->request.cseq = image.cseq;
    copy(client->request.call_id, image.call_id);
    copy(client->request.tag, image.tag);
    if (image.floor <= sipreg_config_expires_max(client->config))
        client->floor = image.floor;
    take_binding(client, &image, away);
    take_contacts(client, &image);
    take_sessions(client, &image);
    return SIPREG_OK;
}
