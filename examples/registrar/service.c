/*
 * service.c: what does this request deserve?
 *
 * register_contacts() is RFC 3261 10.3, step by step. The faults of a script act in two places:
 * play() puts a whole answer in the place of the right one, list_contacts() bends the right one.
 */
#include "service.h"

#include "address.h"

#include <string.h>
#include <time.h>

#define ALLOW "Allow: REGISTER, OPTIONS\r\n"

void service_open(struct service *service, const struct options *options, struct random *random)
{
    service->options = options;
    service->random = random;
    service->script = options->script;
    service->auth.options = options;
    service->auth.random = random;
}

static void begin(struct service *service, const struct request *request, unsigned status,
                  const char *reason, struct answer *answer)
{
    char tag[17];

    random_hex(service->random, tag, 16);
    answer_begin(answer, request, status, reason, tag);
}

/* An answer without headers of its own. */
static void reply(struct service *service, const struct request *request, unsigned status,
                  const char *reason, struct answer *answer)
{
    begin(service, request, status, reason, answer);
    answer_end(answer);
}

void service_refuse(struct service *service, const struct request *request, const char *reason,
                    struct answer *answer)
{
    reply(service, request, 400, reason, answer);
}

static struct text realm_of(const struct service *service, const struct uri *to)
{
    return service->options->realm != NULL ? text_of(service->options->realm) : to->host;
}

static void scripted_header(const struct step *step, struct out *out)
{
    if (step->header[0] != '\0')
        out_format(out, "%s\r\n", step->header);
}

static void challenge(struct service *service, const struct request *request, struct text realm,
                      const struct step *step, bool stale, int64_t now, struct answer *answer)
{
    begin(service, request, service->options->proxy ? 407 : 401, NULL, answer);
    auth_challenge(&service->auth, &answer->out, realm, stale, now);
    scripted_header(step, &answer->out);
    answer_end(answer);
}

/* True if the script has an answer of its own, whatever the request says. */
static bool play(struct service *service, const struct request *request, const struct uri *to,
                 const struct step *step, int64_t now, struct answer *answer)
{
    static const char garbage[] = "\x01\x02 this is not SIP \xff\xfe\r\n\r\n";

    if (step->reset_nonces)
        auth_forget_nonces(&service->auth);
    if (step->garbage) {
        answer->status = 0;
        answer->reason = "(garbage)";
        out_bytes(&answer->out, garbage, sizeof garbage - 1);
    } else if (step->challenge || step->stale) {
        challenge(service, request, realm_of(service, to), step, step->stale, now, answer);
    } else if (step->code != 0) {
        begin(service, request, step->code, NULL, answer);
        if (step->has_retry_after)
            out_format(&answer->out, "Retry-After: %u\r\n", (unsigned)step->retry_after);
        if (step->has_min_expires)
            out_format(&answer->out, "Min-Expires: %u\r\n", (unsigned)step->min_expires);
        scripted_header(step, &answer->out);
        answer_end(answer);
    } else {
        return false;
    }
    return true;
}

/* 10.3 step 2: we know no extension, so whatever is required is refused. */
static bool requires_extension(struct service *service, const struct request *request,
                               struct answer *answer)
{
    struct text value = request_first(request, "Require");

    if (value.n == 0)
        return false;
    begin(service, request, 420, NULL, answer);
    out_format(&answer->out, "Unsupported: %.*s\r\n", TEXT(value));
    answer_end(answer);
    return true;
}

/* 10.3 steps 3 and 4: who is it, and is this address of record theirs to change? */
static bool admitted(struct service *service, const struct request *request, const struct uri *to,
                     const struct step *step, int64_t now, struct credentials *credentials,
                     struct answer *answer)
{
    struct text realm = realm_of(service, to);
    const char *wrong;
    enum verdict verdict;

    if (service->options->no_auth)
        return true;
    verdict = auth_check(&service->auth, request, realm, now, credentials, &wrong);
    if (verdict == AUTH_MALFORMED)
        reply(service, request, 400, wrong, answer);
    else if (verdict != AUTH_GOOD)
        challenge(service, request, realm, step, verdict == AUTH_STALE, now, answer);
    else if (!service->options->any_aor && !user_same(to->user, text_of(credentials->user->name)))
        reply(service, request, 403, "Not your address of record", answer);
    else
        return true;
    return false;
}

/* 10.3 step 7: the contact's own expires, else the header, else our default. RFC 3261 10.2 lets a
 * malformed value count as the default too. */
static uint32_t asked_seconds(const struct service *service, const struct request *request,
                              struct text params)
{
    struct text value = text_param(params, "expires");
    uint32_t seconds = service->options->default_expires;

    if (value.at == NULL)
        value = request_first(request, "Expires");
    if (value.at != NULL && !text_number(value, &seconds))
        seconds = service->options->default_expires;
    return seconds;
}

/* 10.3 step 7: only less than an hour can be too brief, and asking for none at all is removal. */
static bool too_brief(const struct service *service, const struct change *change)
{
    return !change->remove && change->seconds < 3600 &&
           change->seconds < service->options->min_expires;
}

static void refuse_as_too_brief(struct service *service, const struct request *request,
                                struct answer *answer)
{
    begin(service, request, 423, NULL, answer);
    out_format(&answer->out, "Min-Expires: %u\r\n", (unsigned)service->options->min_expires);
    answer_end(answer);
}

/* 10.3 step 6: a star stands alone, and for removal. */
static const char *read_star(const struct request *request, struct text contact,
                             struct update *update)
{
    struct text expires = request_first(request, "Expires");
    size_t from = 0;

    update->remove_all = true;
    request_header(request, "Contact", &from);
    if (!text_is(contact, "*") || request_header(request, "Contact", &from).at != NULL)
        return "Contact: * together with something else";
    return text_is(expires, "0") ? NULL : "Contact: * without Expires: 0";
}

static const char *add_change(const struct service *service, const struct request *request,
                              struct text contact, struct update *update)
{
    struct change *change = &update->changes[update->count];
    struct address address;

    if (update->count == CONTACTS_MAX)
        return "Too many contacts";
    if (!address_read(contact, &address))
        return "Contact that is no address";
    change->contact = contact;
    change->seconds = asked_seconds(service, request, address.params);
    change->remove = change->seconds == 0;
    update->count++;
    return NULL;
}

static const char *read_contacts(const struct service *service, const struct request *request,
                                 struct update *update)
{
    struct text value, contact;
    const char *wrong;
    size_t from = 0;

    while ((value = request_header(request, "Contact", &from)).at != NULL) {
        struct text rest = value;

        while (text_split(&rest, ',', &contact)) {
            if (contact.n > 0 && contact.at[0] == '*')
                return read_star(request, value, update);
            if ((wrong = add_change(service, request, contact, update)) != NULL)
                return wrong;
        }
    }
    return NULL;
}

static const char *read_update(const struct service *service, const struct request *request,
                               const struct uri *to, struct update *update)
{
    struct out aor = out_into(update->aor, sizeof update->aor);

    memset(update, 0, sizeof *update);
    uri_write_aor(&aor, to);
    update->call_id = request->call_id;
    update->cseq = request->cseq;
    return aor.full ? "To longer than this registrar keeps"
                    : read_contacts(service, request, update);
}

/* What is granted in place of what was asked. False: a part of it is too brief. */
static bool grant(const struct service *service, const struct step *step, struct update *update)
{
    size_t i;

    for (i = 0; i < update->count; i++) {
        struct change *change = &update->changes[i];

        if (step->has_expires && !change->remove)
            change->seconds = step->expires;
        else if (too_brief(service, change))
            return false;
        else if (change->seconds > service->options->max_expires)
            change->seconds = service->options->max_expires;
    }
    return true;
}

static void write_date(struct out *out)
{
    char text[40];
    time_t now = time(NULL);
    struct tm utc;

    if (gmtime_r(&now, &utc) != NULL &&
        strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S GMT", &utc) > 0)
        out_format(out, "Date: %s\r\n", text);
}

/* 10.3 step 8 */
static void list_contacts(struct service *service, const struct request *request,
                          const struct step *step, const struct update *update,
                          const struct credentials *credentials, int64_t now, struct answer *answer)
{
    begin(service, request, 200, NULL, answer);
    if (step->foreign_contact)
        out_format(&answer->out, "Contact: <sip:stranger@192.0.2.99>;expires=3600\r\n");
    else if (!step->no_contact)
        bindings_write(&service->bindings, update->aor, now, &answer->out);
    if (service->options->authinfo && !service->options->no_auth)
        auth_info(&service->auth, &answer->out, credentials, now);
    scripted_header(step, &answer->out);
    write_date(&answer->out);
    answer_end(answer);
    if (answer->out.full)
        reply(service, request, 513, "Too many bindings to list", answer);
}

static void register_contacts(struct service *service, const struct request *request,
                              const struct step *step, int64_t now, struct answer *answer)
{
    struct address address;
    struct uri to, target;
    struct update update;
    struct credentials credentials;
    const char *wrong = NULL;
    unsigned status;

    if (!address_read(request->to, &address) || !uri_read(address.uri, &to)) {
        reply(service, request, 400, "To that is no SIP URI", answer);
        return;
    }
    if (play(service, request, &to, step, now, answer))
        return;
    /* 10.2: the Request-URI names a domain and has no user part. Any domain is ours: a toy. */
    if (!uri_read(request->uri, &target) || memchr(request->uri.at, '@', request->uri.n)) {
        reply(service, request, 400, "Request-URI that is no domain", answer);
        return;
    }
    if (requires_extension(service, request, answer) ||
        !admitted(service, request, &to, step, now, &credentials, answer))
        return;
    wrong = read_update(service, request, &to, &update);
    if (wrong != NULL) {
        reply(service, request, 400, wrong, answer);
        return;
    }
    if (!grant(service, step, &update)) {
        refuse_as_too_brief(service, request, answer);
        return;
    }
    bindings_expire(&service->bindings, now);
    status = bindings_update(&service->bindings, &update, now, &wrong);
    if (status != 200)
        reply(service, request, status, wrong, answer);
    else
        list_contacts(service, request, step, &update, &credentials, now, answer);
}

struct step service_answer(struct service *service, const struct request *request, int64_t now,
                           struct answer *answer)
{
    struct step step;

    memset(&step, 0, sizeof step);
    if (text_is(request->method, "REGISTER")) {
        step = script_next(&service->script);
        if (!step.drop && !step.close)
            register_contacts(service, request, &step, now, answer);
    } else {
        begin(service, request, text_is(request->method, "OPTIONS") ? 200 : 405, NULL, answer);
        out_format(&answer->out, ALLOW);
        answer_end(answer);
    }
    return step;
}
