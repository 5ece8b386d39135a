/*
 * names.c - which header is this, long or compact?
 *
 * Names are compared, never hashed: two names with one hash would let a stranger's header pass for
 * one of ours. The length tells most of them apart before a single octet is compared.
 */
#include "names.h"

#include "chars.h"

#include <string.h>

struct entry {
    struct sipreg_str name;
    enum sipreg_name is;
};

#define NAME(text)                                                                                 \
    {                                                                                              \
        (text), sizeof(text) - 1                                                                   \
    }

static const struct entry entries[] = {
    {NAME("via"), SIPREG_VIA},
    {NAME("from"), SIPREG_FROM},
    {NAME("to"), SIPREG_TO},
    {NAME("call-id"), SIPREG_CALL_ID},
    {NAME("cseq"), SIPREG_CSEQ},
    {NAME("contact"), SIPREG_CONTACT},
    {NAME("content-length"), SIPREG_CONTENT_LENGTH},
    {NAME("expires"), SIPREG_EXPIRES},
    {NAME("www-authenticate"), SIPREG_WWW_AUTHENTICATE},
    {NAME("proxy-authenticate"), SIPREG_PROXY_AUTHENTICATE},
    {NAME("v"), SIPREG_VIA},
    {NAME("f"), SIPREG_FROM},
    {NAME("t"), SIPREG_TO},
    {NAME("i"), SIPREG_CALL_ID},
    {NAME("m"), SIPREG_CONTACT},
    {NAME("l"), SIPREG_CONTENT_LENGTH},
    {NAME("c"), SIPREG_CONTENT_TYPE},
    {NAME("k"), SIPREG_SUPPORTED},
    {NAME("path"), SIPREG_PATH_NAME},
    {NAME("service-route"), SIPREG_SERVICE_ROUTE_NAME},
    {NAME("authentication-info"), SIPREG_AUTHENTICATION_INFO},
    {NAME("proxy-authentication-info"), SIPREG_PROXY_AUTHENTICATION_INFO},
    {NAME("min-expires"), SIPREG_MIN_EXPIRES},
    {NAME("retry-after"), SIPREG_RETRY_AFTER},
    {NAME("allow"), SIPREG_ALLOW},
    {NAME("authorization"), SIPREG_AUTHORIZATION},
    {NAME("content-disposition"), SIPREG_CONTENT_DISPOSITION},
    {NAME("content-type"), SIPREG_CONTENT_TYPE},
    {NAME("max-forwards"), SIPREG_MAX_FORWARDS},
    {NAME("proxy-authorization"), SIPREG_PROXY_AUTHORIZATION},
    {NAME("route"), SIPREG_ROUTE},
    {NAME("supported"), SIPREG_SUPPORTED},
    {NAME("user-agent"), SIPREG_USER_AGENT},
};

enum sipreg_name sipreg_name_find(struct sipreg_str name)
{
    for (size_t i = 0; i < sizeof entries / sizeof entries[0]; i++) {
        if (entries[i].name.n == name.n && sipreg_str_same(entries[i].name, name))
            return entries[i].is;
    }
    return SIPREG_UNKNOWN;
}

/* The end of the line that starts at p with all its folds: the octet behind its LF; NULL if it, or
   the octet that would show a fold, is not there. */
static const char *line_end(const char *p, const char *end)
{
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
    struct sipreg_cursor at = *c;
    const char *end = line_end(c->p, c->end);

    if (end == NULL)
        return SIPREG_PARTIAL;
    at.end = end;
    if (!sipreg_cursor_token(&at, &line->name))
        return SIPREG_SYNTAX;
    while (at.p < at.end && sipreg_is(*at.p, SIPREG_BLANK))
        at.p++;
    if (!sipreg_cursor_char(&at, ':'))
        return SIPREG_SYNTAX;
    line->value = sipreg_str_trim(sipreg_str_between(at.p, end));
    c->p = end;
    return SIPREG_OK;
}

bool sipreg_line_empty(struct sipreg_cursor *c)
{
    struct sipreg_cursor at = *c;

    sipreg_cursor_char(&at, '\r');
    if (!sipreg_cursor_char(&at, '\n'))
        return false;
    *c = at;
    return true;
}
