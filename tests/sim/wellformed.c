/*
 * wellformed.c - is this REGISTER one by RFC 3261 7, 8.1.1, 10.2 and RFC 7616? Judged by its text
 * alone, without a line of the library.
 */
#include "wellformed.h"

#include "text.h"

#include <stdlib.h>
#include <string.h>

static unsigned count(const char *text, const char *name)
{
    char value[VALUE];
    unsigned n = 0;

    while (text_header(text, name, n, value))
        n++;
    return n;
}

/* A quoted string may have a tab, as a nonce that is sent back (RFC 3261 25.1: qdtext, LWS). */
static bool has_control(const char *p, size_t n)
{
    bool quoted = false;

    for (size_t i = 0; i < n; i++) {
        if (p[i] == '"' && (i == 0 || p[i - 1] != '\\'))
            quoted = !quoted;
        if (((unsigned char)p[i] < ' ' && !(quoted && p[i] == '\t')) || p[i] == 127)
            return true;
    }
    return false;
}

static const char *lines_fault(const char *text, const char *body)
{
    for (const char *p = text; p < body - 2;) {
        size_t n = strcspn(p, "\r\n");
        const char *colon = strstr(p, ": ");
        if (p[n] != '\r' || p[n + 1] != '\n')
            return "a line without CRLF";
        if (p != text && (colon == NULL || colon > p + n || colon == p))
            return "a header line without a name";
        if (has_control(p, n))
            return "a control character";
        p += n + 2;
    }
    return NULL;
}

static const char *once_fault(const char *text)
{
    static const char *const once[] = {"Via",  "Max-Forwards", "From",          "To",
                                       "CSeq", "Call-ID",      "Content-Length"};

    for (size_t i = 0; i < sizeof once / sizeof once[0]; i++) {
        if (count(text, once[i]) != 1)
            return once[i];
    }
    return count(text, "Expires") > 1 ? "Expires" : NULL;
}

static const char *addresses_fault(const char *text, const char *aor)
{
    char value[VALUE], uri[VALUE], part[VALUE];

    text_header(text, "To", 0, value);
    text_uri(value, uri);
    if (strcmp(uri, aor) != 0 || text_param(value, "tag", part))
        return "To";
    text_header(text, "From", 0, value);
    text_uri(value, uri);
    if (strcmp(uri, aor) != 0 || !text_param(value, "tag", part) || part[0] == '\0')
        return "From";
    text_header(text, "Via", 0, value);
    if (!text_param(value, "branch", part) || strncmp(part, "z9hG4bK", 7) != 0)
        return "Via";
    text_header(text, "CSeq", 0, value);
    if (strcmp(value + strspn(value, "0123456789"), " REGISTER") != 0 || text_cseq(text) == 0)
        return "CSeq";
    return NULL;
}

static const char *contacts_fault(const char *text)
{
    char value[VALUE], uri[VALUE], expires[VALUE];
    unsigned n = 0;
    bool star = false, expiry = text_header(text, "Expires", 0, expires);

    for (; text_header(text, "Contact", n, value); n++) {
        star = star || strcmp(value, "*") == 0;
        if (strcmp(value, "*") != 0 && (!text_uri(value, uri) || strncmp(uri, "sip:", 4) != 0))
            return "Contact: no URI";
    }
    if (star && (n != 1 || strcmp(expires, "0") != 0))
        return "Contact: * and something else, or for some time";
    return n == 0 && expiry ? "Expires in a query" : NULL;
}

static const char *credentials_fault(const char *text, const char *name)
{
    static const char *const words[] = {"username", "realm", "nonce", "uri", "response"};
    char value[VALUE], part[VALUE], other[VALUE];

    for (unsigned i = 0; text_header(text, name, i, value); i++) {
        if (strncmp(value, "Digest ", 7) != 0)
            return "credentials that are not Digest";
        for (size_t k = 0; k < sizeof words / sizeof words[0]; k++) {
            if (!text_param(value, words[k], part))
                return words[k];
        }
        if (text_param(value, "qop", part) !=
            (text_param(value, "nc", other) && text_param(value, "cnonce", other)))
            return "qop without nc and cnonce";
        if (text_param(value, "nc", part) &&
            (strlen(part) != 8 || strspn(part, "0123456789abcdef") != 8))
            return "nc";
    }
    return NULL;
}

/* To the domain, or to where a redirection sends: without a user, a method and headers. */
static bool starts_well(const char *text)
{
    static const char start[] = "REGISTER sip:";
    const char *p = text + strlen(start), *end = p + strcspn(p, "@? \r\n");
    const char *method = strstr(text, ";method=INVITE"); /* in a contact it may be */

    return strncmp(text, start, strlen(start)) == 0 && end > p &&
           strncmp(end, " SIP/2.0\r\n", 10) == 0 && (method == NULL || method > end);
}

const char *wellformed(const char *text, size_t n, const char *aor)
{
    const char *body = text_body(text), *fault;
    char value[VALUE];

    if (!starts_well(text))
        return "the start line";
    fault = lines_fault(text, body);
    if (fault == NULL)
        fault = once_fault(text);
    if (fault == NULL)
        fault = addresses_fault(text, aor);
    if (fault == NULL)
        fault = contacts_fault(text);
    if (fault == NULL)
        fault = credentials_fault(text, "Authorization");
    if (fault == NULL)
        fault = credentials_fault(text, "Proxy-Authorization");
    text_header(text, "Content-Length", 0, value);
    if (fault == NULL && strtoul(value, NULL, 10) != n - (size_t)(body - text))
        fault = "Content-Length";
    return fault;
}
