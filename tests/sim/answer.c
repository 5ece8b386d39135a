/*
 * answer.c - what stands in the answers of the registrar: headers, challenges, contacts.
 */
#include "sim.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void append(char *text, size_t size, const char *format, ...)
{
    size_t used = strlen(text);
    va_list list;

    va_start(list, format);
    vsnprintf(text + used, size - used, format, list);
    va_end(list);
}

/* What the client wrote, and what was seen of it on its way (RFC 3581 4, RFC 6223). */
static void answer_via(struct phone *p, char *text, size_t size, const char *request)
{
    char via[VALUE];
    const char *rest = via, *rport, *keep;

    text_header(request, "Via", 0, via);
    append(text, size, "Via: ");
    rport = strstr(via, ";rport");
    if (p->nat.there && rport != NULL) {
        append(text, size, "%.*s=%u", (int)(rport + 6 - rest), rest, p->seen_port);
        rest = rport + 6;
    }
    keep = strstr(rest, ";keep");
    if (p->world->registrar.promise == PROMISE_KEEP && keep != NULL) {
        append(text, size, "%.*s=%u", (int)(keep + 5 - rest), rest, p->world->registrar.every);
        rest = keep + 5;
    }
    append(text, size, "%s;received=%s\r\n", rest, p->nat.there ? p->nat.host : "198.51.100.1");
}

void answer_start(struct phone *p, char *text, size_t size, const char *request, int status)
{
    static const char *const same[] = {"From", "Call-ID", "CSeq"};
    char value[VALUE];

    snprintf(text, size, "SIP/2.0 %d So it is\r\n", status);
    answer_via(p, text, size, request);
    for (size_t i = 0; i < sizeof same / sizeof same[0]; i++) {
        text_header(request, same[i], 0, value);
        append(text, size, "%s: %s\r\n", same[i], value);
    }
    text_header(request, "To", 0, value);
    append(text, size, "To: %s;tag=srv\r\n", value);
}

/* How a server says that it keeps to the flow, and answers keepalives (RFC 5626 5.1, 6). */
void answer_promise(struct phone *p, char *text, size_t size, const char *request)
{
    const struct registrar *r = &p->world->registrar;
    char flow_of[80];

    if (registrar_flow_of(p, request, flow_of))
        append(text, size, "Require: outbound\r\nFlow-Timer: %u\r\n", r->every);
    if (r->promise == PROMISE_OB)
        append(text, size, "Path: <sip:edge.example.com;lr;ob>\r\nFlow-Timer: %u\r\n", r->every);
}

static void remember(struct phone *p, const char *text)
{
    struct registrar *r = &p->world->registrar;
    struct answer_kept *kept = &r->kept[r->kept_count++ % CACHE];
    char via[VALUE], branch[VALUE];

    text_header(text, "Via", 0, via);
    text_param(via, "branch", branch);
    snprintf(kept->branch, sizeof kept->branch, "%.31s", branch);
    free(kept->bytes);
    kept->n = strlen(text);
    kept->odd = r->odd;
    kept->port = p->seen_port;
    kept->bytes = (char *)malloc(kept->n + 1);
    if (kept->bytes == NULL)
        abort();
    memcpy(kept->bytes, text, kept->n + 1);
}

void answer_end(struct phone *p, char *text, size_t size, uint64_t expires_at)
{
    append(text, size, "Content-Length: 0\r\n\r\n");
    trace(p->world, p, "is answered %.3s", text + 8);
    remember(p, text);
    network_answer(p, text, strlen(text), expires_at);
}

static void one_challenge(struct world *w, char *text, size_t size, bool proxy, bool stale,
                          const char *nonce, const char *algorithm)
{
    const struct registrar *r = &w->registrar;

    append(text, size, "%s: Digest realm=\"%s\", nonce=\"%s\"",
           proxy ? "Proxy-Authenticate" : "WWW-Authenticate",
           proxy ? "proxy.example.com" : "example.com", nonce);
    if (algorithm != NULL)
        append(text, size, ", algorithm=%s", algorithm);
    if (r->qop != NULL)
        append(text, size, ", qop=\"%s\"", r->qop);
    append(text, size, "%s\r\n", stale ? ", stale=true" : "");
}

void answer_challenge(struct world *w, char *text, size_t size, bool proxy, bool stale,
                      const char *nonce)
{
    if (w->registrar.both)
        one_challenge(w, text, size, proxy, stale, nonce, "SHA-256");
    one_challenge(w, text, size, proxy, stale, nonce, w->registrar.algorithm);
}

static unsigned count_bindings(const struct world *w, const char *aor)
{
    unsigned n = 0;

    for (unsigned i = 0; i < BINDINGS; i++) {
        const struct binding *b = &w->registrar.bindings[i];
        n += b->used && strcmp(b->aor, aor) == 0 ? 1 : 0;
    }
    return n;
}

/* All bindings of the AOR (10.3, 8.); of a single one the time may stand in the Expires header. */
void answer_contacts(struct world *w, char *text, size_t size, const char *aor)
{
    bool alone = w->registrar.header_only && count_bindings(w, aor) == 1;

    for (unsigned i = 0; i < BINDINGS; i++) {
        const struct binding *b = &w->registrar.bindings[i];
        if (b->used && strcmp(b->aor, aor) == 0 && b->flow_of[0] != '\0')
            append(text, size, "Contact: <%s>;+sip.instance=\"%.*s\";reg-id=%s;expires=%llu\r\n",
                   b->contact, (int)strcspn(b->flow_of, " "), b->flow_of,
                   strchr(b->flow_of, ' ') + 1,
                   (unsigned long long)((b->expires_at - w->now) / SECOND));
        else if (b->used && strcmp(b->aor, aor) == 0)
            append(text, size,
                   alone ? "Contact: <%s>\r\nExpires: %llu\r\n" : "Contact: <%s>;expires=%llu\r\n",
                   b->contact, (unsigned long long)((b->expires_at - w->now) / SECOND));
    }
}
