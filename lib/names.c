/*
 * names.c - which header is this, long or compact?
 *
 * Names are compared, never hashed: two names with one hash would let a stranger's header pass for
 * one of ours. The length tells most of them apart before a single octet is compared.
 */
#include "names.h"

#include "chars.h"

#include <string.h>

/*@ assigns \nothing;
    ensures SIPREG_UNKNOWN <= \result <= SIPREG_WWW_AUTHENTICATE;
*/
static enum sipreg_name find_compact(char letter)
{
    switch (sipreg_lower(letter)) {
    case 'v':
        return SIPREG_VIA;
    case 'f':
        return SIPREG_FROM;
    case 't':
        return SIPREG_TO;
    case 'i':
        return SIPREG_CALL_ID;
    case 'm':
        return SIPREG_CONTACT;
    case 'l':
        return SIPREG_CONTENT_LENGTH;
    case 'c':
        return SIPREG_CONTENT_TYPE;
    case 'k':
        return SIPREG_SUPPORTED;
    default:
        return SIPREG_UNKNOWN;
    }
}

#define IF_IS(literal, found)                                                                      \
    if (SIPREG_STR_IS(name, literal))                                                              \
        return found;

enum sipreg_name sipreg_name_find(struct sipreg_str name)
{
    switch (name.n) {
    case 1:
        return find_compact(name.p[0]);
    case 2:
        IF_IS("To", SIPREG_TO)
        break;
    case 3:
        IF_IS("Via", SIPREG_VIA)
        break;
    case 4:
        IF_IS("From", SIPREG_FROM)
        IF_IS("CSeq", SIPREG_CSEQ)
        IF_IS("Path", SIPREG_PATH_NAME)
        break;
    case 5:
        IF_IS("Route", SIPREG_ROUTE)
        IF_IS("Allow", SIPREG_ALLOW)
        break;
    case 7:
        IF_IS("Contact", SIPREG_CONTACT)
        IF_IS("Call-ID", SIPREG_CALL_ID)
        IF_IS("Expires", SIPREG_EXPIRES)
        break;
    case 9:
        IF_IS("Supported", SIPREG_SUPPORTED)
        break;
    case 10:
        IF_IS("User-Agent", SIPREG_USER_AGENT)
        break;
    case 11:
        IF_IS("Min-Expires", SIPREG_MIN_EXPIRES)
        IF_IS("Retry-After", SIPREG_RETRY_AFTER)
        break;
    case 12:
        IF_IS("Content-Type", SIPREG_CONTENT_TYPE)
        IF_IS("Max-Forwards", SIPREG_MAX_FORWARDS)
        break;
    case 13:
        IF_IS("Authorization", SIPREG_AUTHORIZATION)
        IF_IS("Service-Route", SIPREG_SERVICE_ROUTE_NAME)
        break;
    case 14:
        IF_IS("Content-Length", SIPREG_CONTENT_LENGTH)
        break;
    case 16:
        IF_IS("WWW-Authenticate", SIPREG_WWW_AUTHENTICATE)
        break;
    case 18:
        IF_IS("Proxy-Authenticate", SIPREG_PROXY_AUTHENTICATE)
        break;
    case 19:
        IF_IS("Authentication-Info", SIPREG_AUTHENTICATION_INFO)
        IF_IS("Content-Disposition", SIPREG_CONTENT_DISPOSITION)
        IF_IS("Proxy-Authorization", SIPREG_PROXY_AUTHORIZATION)
        break;
    case 25:
        IF_IS("Proxy-Authentication-Info", SIPREG_PROXY_AUTHENTICATION_INFO)
        break;
    default:
        break;
    }
    return SIPREG_UNKNOWN;
}

/* The end of the line that starts at p with all its folds: the octet behind its LF; NULL if it, or
   the octet that would show a fold, is not there. */
/*@ requires octets(p, end);
    assigns \nothing;
    ensures \result == \null ||
        \base_addr(\result) == \base_addr(p) && 0 < \result - p < end - p && \result[-1] == '\n';
*/
static const char *line_end(const char *p, const char *end)
{
    /*@ loop invariant octets(p, end) && \base_addr(p) == \base_addr(\at(p, Pre)) &&
                       0 <= p - \at(p, Pre);
        loop assigns p;
        loop variant end - p;
    */
    while (p < end) {
        const char *lf = (const char *)memchr(p, '\n', (size_t)(end - p));
        if (lf == NULL || lf + 1 == end)
            return NULL;
        p = lf + 1;
        if (!sipreg_is(*p, SIPREG_BLANK))
            return p;
    }
    return NULL;
}

int sipreg_line_take(struct sipreg_cursor *c, struct sipreg_line *line)
{
    const char *end = line_end(c->p, c->end), *p = c->p;

    if (end == NULL)
        return SIPREG_PARTIAL;
    /*@ loop invariant \base_addr(p) == \base_addr(c->p) && 0 <= p - c->p < end - c->p;
        loop assigns p;
        loop variant end - p;
    */
    while (sipreg_is(*p, SIPREG_TOKEN)) /* ends at the LF at the latest */
        p++;
    line->name = sipreg_str_between(c->p, p);
    /*@ loop invariant \base_addr(p) == \base_addr(c->p) && 0 <= p - c->p < end - c->p;
        loop assigns p;
        loop variant end - p;
    */
    while (sipreg_is(*p, SIPREG_BLANK))
        p++;
    if (line->name.n == 0 || *p != ':')
        return SIPREG_SYNTAX;
    /*@ loop invariant \base_addr(p) == \base_addr(c->p) && 0 <= p - c->p < end - c->p;
        loop assigns p;
        loop variant end - p;
    */
    for (p++; sipreg_is(*p, SIPREG_BLANK);)
        p++;
    c->p = end;
    //@ assert within: follows(*c, \at(*c, Pre));
    if (--end > p && end[-1] == '\r') /* more than one line end is trimmed like blanks */
        end--;
    line->value = sipreg_str_trim(sipreg_str_between(p, end));
    return SIPREG_OK;
}
