/*
 * way.c - which server is the next to try? (RFC 3263)
 *
 * struct sipreg_locate decides; here it is brought together with the DNS, and what it says with
 * words that name the trouble. The URI is the client's next hop, which changes when a redirection
 * is followed, or a request is too large for UDP: then a new lookup begins.
 */
#include "way.h"

#include "system.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

static int on_random(void *user, void *out, size_t n)
{
    (void)user;
    return random_octets(out, n);
}

void way_init(struct way_finder *way, struct dns *dns, const struct target *target)
{
    memset(way, 0, sizeof *way);
    way->dns = dns;
    way->target = target;
}

void way_forget(struct way_finder *way)
{
    way->uri[0] = '\0';
}

/* A user part may hold nearly everything. */
static const char *behind_user(const char *uri)
{
    const char *at = strrchr(uri, '@');

    return at != NULL ? at + 1 : strchr(uri, ':') + 1;
}

/* What --transport, or the AOR, has fixed stands in the URI as far as the lookup goes. */
static void complete(const struct way_finder *way, const char *uri, char *out, size_t size)
{
    const char *params = strchr(behind_user(uri), ';');
    struct sipreg_str text = {params, params != NULL ? strlen(params) : 0};
    bool given = params != NULL && sipreg_param(text, "transport").p != NULL;

    snprintf(out, size, "%s%s%s", uri, given || way->target->fixed == NULL ? "" : ";transport=",
             given || way->target->fixed == NULL ? "" : way->target->fixed);
}

/* The host of the URI. */
static struct sipreg_str host(const struct way_finder *way)
{
    struct sipreg_str name;

    name.p = behind_user(way->uri);
    name.n = name.p[0] == '[' ? strcspn(name.p, "]") + 1 : strcspn(name.p, ":;?");
    return name;
}

/* At localhost few listen on both addresses, and 127.0.0.1 is the one that nearly all do. Who means
   the other one writes [::1], or has it in --local. */
static unsigned choose_families(const struct way_finder *way)
{
    static const char localhost[] = "localhost";
    struct sipreg_str name = host(way);

    if (way->families != 0)
        return way->families;
    if (name.n == sizeof localhost - 1 && strncasecmp(name.p, localhost, name.n) == 0)
        return SIPREG_CAN_IPV4;
    return place_families();
}

static bool set_up(struct way_finder *way)
{
    struct sipreg_str uri = {way->uri, strlen(way->uri)};
    struct sipreg_locate_options options;
    int error;

    memset(&options, 0, sizeof options);
    options.transports = way->target->transports;
    options.secure = way->target->secure;
    options.families = choose_families(way);
    options.random = on_random;
    dns_cancel(way->dns);
    way->asked = way->walked = false;
    error = sipreg_locate_init(&way->locate, &options, uri);
    if (error == SIPREG_OK)
        return true;
    snprintf(way->fault, sizeof way->fault, "cannot send to %.300s: %s", way->uri,
             error == SIPREG_ARGUMENT ? "it needs another transport" : sipreg_strerror(error));
    way->uri[0] = '\0';
    return false;
}

bool way_start(struct way_finder *way, const char *uri)
{
    char complete_uri[sizeof way->uri];
    struct sipreg_target server;
    struct sipreg_question question;

    complete(way, uri, complete_uri, sizeof complete_uri);
    way->nowhere = false;
    if (strcmp(way->uri, complete_uri) != 0) {
        strcpy(way->uri, complete_uri);
        if (!set_up(way))
            return false;
    }
    if (!sipreg_locate_question(&way->locate, &question)) {
        if (sipreg_locate_target(&way->locate, &server) < 0)
            way->walked = false; /* from the first one again */
        way->unsure = NULL;
        way->declined = way->no_such_name = false;
    }
    sipreg_locate_start(&way->locate, clock_ms());
    return true;
}

/* ---- questions and answers ---- */

/* RFC 2782: "." as the target of the only record. */
static bool declines(const struct dns *dns)
{
    return dns->type == SIPREG_DNS_SRV && dns->count == 1 &&
           (dns->reply.records[0].name[0] == '\0' || dns->reply.records[0].name[0] == '.');
}

static void hand_in(struct way_finder *way)
{
    struct dns *dns = way->dns;

    if (dns->count < 0)
        way->unsure = dns->fault;
    way->declined = way->declined || declines(dns);
    way->no_such_name = dns->no_such_name;
    way->asked = dns->done = false;
    sipreg_locate_answer(&way->locate, clock_ms(), dns->reply.records, dns->count);
}

static void explain(struct way_finder *way)
{
    struct sipreg_str name = host(way);
    const char *why = "it has no server that can be used: no address (SRV, AAAA, A)";

    way->nowhere = !way->walked && way->unsure == NULL;
    if (way->walked)
        why = "no other server is left";
    else if (way->unsure != NULL)
        why = way->unsure;
    else if (way->declined)
        why = "it says that there is no such service (SRV record '.')";
    else if (way->no_such_name)
        why = "there is no such name";
    snprintf(way->fault, sizeof way->fault, "%s%.*s: %s",
             way->walked ? "" : "cannot find the server of ", (int)name.n, name.p, why);
}

enum way way_next(struct way_finder *way, struct sipreg_target *server)
{
    struct sipreg_question question;

    while (sipreg_locate_question(&way->locate, &question)) {
        if (!way->asked)
            dns_ask(way->dns, &question);
        way->asked = true;
        if (!way->dns->done)
            return WAY_LATER;
        hand_in(way);
    }
    if (sipreg_locate_target(&way->locate, server) == SIPREG_OK)
        return WAY_FOUND;
    explain(way);
    return WAY_NONE;
}

void way_failed(struct way_finder *way, int64_t retry_after)
{
    if (sipreg_locate_failed(&way->locate, clock_ms(), retry_after) == SIPREG_OK)
        way->walked = true;
}

/* What would come after a failure? Only a copy goes there. A question counts as one server: where
   it leads to none, the flow that is opened then fails. */
size_t way_others(const struct way_finder *way)
{
    struct sipreg_locate copy = way->locate;
    struct sipreg_question question;
    struct sipreg_target server;

    if (sipreg_locate_failed(&copy, clock_ms(), -1) != SIPREG_OK)
        return 0;
    return sipreg_locate_question(&copy, &question) ||
                   sipreg_locate_target(&copy, &server) == SIPREG_OK
               ? 1
               : 0;
}
