/*
 * show.c - what does a person or a script read?
 *
 * Results go to standard output, failures to standard error, each as one line that says what
 * happened and, where it is known, what to do about it. With --json all events go to standard
 * output, one object a line, flushed at once; members that do not apply are left out.
 *
 * Reason phrases and URIs come from the network. No terminal gets their control characters to see,
 * and no JSON reader their broken UTF-8.
 */
#include "show.h"

#include "place.h"
#include "target.h"

#include <string.h>

static const char *const event_names[] = {"registered", "bindings", "unregistered",
                                          "retrying",   "refused",  "keepalive"};

/* Octets of the UTF-8 character at p, or 0 if there is none (RFC 3629 4). */
static size_t character(const unsigned char *p, size_t n)
{
    size_t length = p[0] < 0x80 ? 1 : p[0] < 0xC2 ? 0 : p[0] < 0xE0 ? 2 : p[0] < 0xF0 ? 3 : 4;
    size_t i;

    if (length == 0 || length > n || p[0] > 0xF4)
        return 0;
    for (i = 1; i < length; i++) {
        if ((p[i] & 0xC0) != 0x80)
            return 0;
    }
    if ((p[0] == 0xE0 && p[1] < 0xA0) || (p[0] == 0xED && p[1] > 0x9F) ||
        (p[0] == 0xF0 && p[1] < 0x90) || (p[0] == 0xF4 && p[1] > 0x8F))
        return 0;
    return length;
}

/* C0 without TAB, DEL, and C1, which terminals obey too. */
static bool control(const unsigned char *p, size_t length)
{
    return (p[0] < 0x20 && p[0] != '\t') || p[0] == 0x7F ||
           (length == 2 && p[0] == 0xC2 && p[1] < 0xA0);
}

void show_text(FILE *out, const char *text, size_t n)
{
    const unsigned char *p = (const unsigned char *)text;
    size_t length;

    for (; n > 0; p += length, n -= length) {
        length = character(p, n);
        if (length > 0 && !control(p, length)) {
            fwrite(p, 1, length, out);
        } else {
            fprintf(out, "\\x%02x", p[0]);
            length = 1;
        }
    }
}

static void json_string(const char *text, size_t n)
{
    const unsigned char *p = (const unsigned char *)text;
    size_t length;

    putchar('"');
    for (; n > 0; p += length, n -= length) {
        length = character(p, n);
        if (length == 0)
            fputs("\\ufffd", stdout);
        else if (*p == '"' || *p == '\\')
            printf("\\%c", *p);
        else if (*p < 0x20 || *p == 0x7F)
            printf("\\u%04x", *p);
        else
            fwrite(p, 1, length, stdout);
        length += length == 0;
    }
    putchar('"');
}

static void json_text(const char *name, const char *text, size_t n)
{
    printf(", \"%s\": ", name);
    json_string(text, n);
}

static void json_number(const char *name, int64_t number)
{
    printf(", \"%s\": %lld", name, (long long)number);
}

static int64_t seconds(uint32_t ms)
{
    return ((int64_t)ms + 500) / 1000;
}

/* 10.2.4: the contact's own parameter, or the header. */
static int64_t lifetime(const struct sipreg_response *response,
                        const struct sipreg_binding *binding)
{
    return binding->expires != SIPREG_ABSENT ? binding->expires : response->expires;
}

static bool has_q(const struct sipreg_binding *binding)
{
    return sipreg_param(binding->contact.params, "q").p != NULL;
}

static void json_contacts(const struct sipreg_response *response)
{
    struct sipreg_binding binding;
    struct sipreg_place place = {0, 0, 0};
    const char *separator = "";

    fputs(", \"contacts\": [", stdout);
    while (sipreg_response_contact(response, &place, &binding)) {
        printf("%s{\"uri\": ", separator);
        json_string(binding.contact.uri.p, binding.contact.uri.n);
        if (lifetime(response, &binding) != SIPREG_ABSENT)
            json_number("expires", lifetime(response, &binding));
        if (has_q(&binding))
            printf(", \"q\": %g", binding.q / 1000.0);
        putchar('}');
        separator = ", ";
    }
    putchar(']');
}

static void json_event(const struct show *show, const struct sipreg_event *event,
                       const struct show_notes *notes)
{
    bool registered = event->type == SIPREG_EVENT_REGISTERED;
    bool retrying =
        (event->type == SIPREG_EVENT_RETRYING || event->type == SIPREG_EVENT_KEEPALIVE) &&
        event->retry_in != SIPREG_FOREVER;
    bool final = event->type == SIPREG_EVENT_RETRYING && notes->last; /* nobody will retry */

    printf("{\"event\": \"%s\"", event_names[final ? SIPREG_EVENT_REFUSED : event->type]);
    json_text("aor", show->aor, strlen(show->aor));
    if (notes->server != NULL) {
        json_text("server", notes->server, strlen(notes->server));
        json_text("transport", notes->transport, strlen(notes->transport));
    }
    if (event->status != 0)
        json_number("status", event->status);
    if (event->response != NULL)
        json_text("reason", event->response->reason.p, event->response->reason.n);
    if (event->error != SIPREG_OK && event->error != SIPREG_STATUS)
        json_text("error", notes->why, strlen(notes->why));
    if (registered && event->asked != SIPREG_EXPIRES_NONE)
        json_number("asked", event->asked);
    if (registered)
        json_number("granted", event->granted);
    if (registered && event->refresh_in != SIPREG_FOREVER)
        json_number("refresh_in", seconds(event->refresh_in));
    if (registered && event->outbound)
        fputs(", \"outbound\": true", stdout);
    if (registered && event->ping_every > 0)
        json_number("keepalive", event->ping_every);
    if (retrying && !final)
        json_number("retry_in", seconds(event->retry_in));
    if (event->response != NULL && event->status / 100 == 2)
        json_contacts(event->response);
    puts("}");
}

static void text_contacts(const struct show *show, const struct sipreg_response *response)
{
    struct sipreg_binding binding;
    struct sipreg_place place = {0, 0, 0};
    size_t count = 0;

    while (sipreg_response_contact(response, &place, &binding)) {
        show_text(stdout, binding.contact.uri.p, binding.contact.uri.n);
        if (lifetime(response, &binding) != SIPREG_ABSENT)
            printf("  expires in %lld s", (long long)lifetime(response, &binding));
        if (has_q(&binding))
            printf("  q %g", binding.q / 1000.0);
        putchar('\n');
        count++;
    }
    if (count == 0)
        printf("no bindings for %s\n", show->aor);
}

/* A challenge that we could answer, and have: what is wrong is the password. */
static bool rejected(const struct sipreg_event *event)
{
    struct sipreg_challenge challenge;

    return event->error == SIPREG_CHALLENGE && event->response != NULL &&
           sipreg_challenge_read(&challenge, event->response) == SIPREG_OK;
}

/* "403 Forbidden", or what went wrong without a response, or both. */
static void print_cause(FILE *out, const struct sipreg_event *event, const char *why)
{
    if (event->status != 0)
        fprintf(out, "%d", event->status);
    if (event->response != NULL && event->response->reason.n > 0) {
        putc(' ', out);
        show_text(out, event->response->reason.p, event->response->reason.n);
    }
    if (event->error != SIPREG_STATUS && !rejected(event))
        fprintf(out, "%s%s", event->status != 0 ? ": " : "", why);
}

static const char *advice(const struct show *show, const struct sipreg_event *event)
{
    switch (event->status) {
    case 401:
    case 407:
        if (!rejected(event))
            return "";
        return show->password ? " (check the user name and password)"
                              : " (a password is needed: --password-file FILE or SIPREG_PASSWORD)";
    case 403:
        return " (check the user name and password)";
    case 404:
        return " (the registrar does not know this address: check the AOR)";
    case 400:
        return " (--trace shows what the registrar could not read)";
    case 420:
    case 421:
        return " (--trace shows which extension is missing)";
    case 423:
        return " (ask for longer: --expires SECONDS)";
    default:
        return "";
    }
}

static void text_registered(const struct show *show, const struct sipreg_event *event,
                            const struct show_notes *notes)
{
    printf("registered %s for %lld s", show->aor, (long long)event->granted);
    if (event->asked != SIPREG_EXPIRES_NONE && event->asked != event->granted)
        printf(" (asked for %lld s)", (long long)event->asked);
    if (event->refresh_in != SIPREG_FOREVER)
        printf(", refresh in %lld s", (long long)seconds(event->refresh_in));
    if (notes->server != NULL)
        printf(", via %s (%s)", notes->server, notes->transport);
    if (event->outbound)
        fputs(", outbound", stdout);
    if (event->ping_every > 0)
        printf(", keepalives every %lu s", (unsigned long)event->ping_every);
    puts(event->listed ? "" : " (the registrar does not list our contact)");
}

static void text_keepalive(const struct sipreg_event *event, const struct show_notes *notes)
{
    if (event->error == SIPREG_OK)
        puts("keepalives are answered");
    else
        fprintf(stderr, "sipreg: keepalive: %s; registering again in %lld s\n", notes->why,
                (long long)seconds(event->retry_in));
}

/* What went wrong without a response opens with the server by itself, if one was found. */
static void print_server(const struct sipreg_event *event, const struct show_notes *notes)
{
    if (notes->server != NULL && event->status != 0)
        fprintf(stderr, "%s (%s): ", notes->server, notes->transport);
}

static void text_failure(const struct show *show, const struct sipreg_event *event,
                         const struct show_notes *notes)
{
    bool retrying = event->type == SIPREG_EVENT_RETRYING && !notes->last;
    const char *what = event->status != 0 ? "refused" : "failed";

    if (event->type == SIPREG_EVENT_UNREGISTERED)
        what =
            event->state == SIPREG_IDLE ? "the removal is not confirmed" : "the binding has lapsed";
    fprintf(stderr, "sipreg: %s: ", what);
    print_server(event, notes);
    print_cause(stderr, event, notes->why);
    if (retrying && event->retry_in == 0)
        fputs("; trying the next server\n", stderr);
    else if (retrying && event->retry_in != SIPREG_FOREVER)
        fprintf(stderr, "; retrying in %lld s\n", (long long)seconds(event->retry_in));
    else
        fprintf(stderr, "%s\n", advice(show, event));
}

static void text_event(const struct show *show, const struct sipreg_event *event,
                       const struct show_notes *notes)
{
    if (event->type == SIPREG_EVENT_REGISTERED)
        text_registered(show, event, notes);
    else if (event->type == SIPREG_EVENT_BINDINGS && event->response != NULL)
        text_contacts(show, event->response);
    else if (event->type == SIPREG_EVENT_UNREGISTERED && event->error == SIPREG_OK)
        printf("unregistered %s\n", show->aor);
    else if (event->type == SIPREG_EVENT_KEEPALIVE)
        text_keepalive(event, notes);
    else
        text_failure(show, event, notes);
}

void show_event(const struct show *show, const struct sipreg_event *event,
                const struct show_notes *notes)
{
    struct show_notes complete = *notes;

    if (notes->why == NULL)
        complete.why = sipreg_strerror(event->error);
    if (show->json)
        json_event(show, event, &complete);
    else
        text_event(show, event, &complete);
    fflush(stdout);
}

static void json_server(const struct sipreg_target *server, const char *transport,
                        const struct place *place)
{
    char address[PLACE_SIZE];

    place_write_address(address, place);
    fputs("{\"event\": \"server\"", stdout);
    json_text("transport", transport, strlen(transport));
    json_text("address", address, strlen(address));
    json_number("port", server->port);
    if (server->name[0] != '\0')
        json_text("name", server->name, strlen(server->name));
    puts("}");
}

void show_server(const struct show *show, const struct sipreg_target *server)
{
    const char *transport = transport_name(server->transport);
    struct place place;
    char text[PLACE_SIZE];

    place_make(&place, server->address, server->port); /* for the short form of IPv6 addresses */
    place_write(text, &place);
    if (show->json)
        json_server(server, transport, &place);
    else
        printf("%s  %s%s%s\n", transport, text, server->name[0] != '\0' ? "  " : "", server->name);
    fflush(stdout);
}

void show_no_server(const struct show *show, const char *why)
{
    if (show->json) {
        fputs("{\"event\": \"refused\"", stdout);
        json_text("error", why, strlen(why));
        puts("}");
    } else {
        fprintf(stderr, "sipreg: %s\n", why);
    }
}
