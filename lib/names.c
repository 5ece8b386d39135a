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
    const char *name;
    enum sipreg_name is;
};

/* By length, in the usual spelling, each list ended by NULL. */
static const struct entry length_1[] = {
    {"v", SIPREG_VIA},          {"f", SIPREG_FROM},      {"t", SIPREG_TO},
    {"i", SIPREG_CALL_ID},      {"m", SIPREG_CONTACT},   {"l", SIPREG_CONTENT_LENGTH},
    {"c", SIPREG_CONTENT_TYPE}, {"k", SIPREG_SUPPORTED}, {NULL, SIPREG_UNKNOWN},
};
static const struct entry length_2[] = {{"To", SIPREG_TO}, {NULL, SIPREG_UNKNOWN}};
static const struct entry length_3[] = {{"Via", SIPREG_VIA}, {NULL, SIPREG_UNKNOWN}};
static const struct entry length_4[] = {
    {"From", SIPREG_FROM},
    {"CSeq", SIPREG_CSEQ},
    {"Path", SIPREG_PATH_NAME},
    {NULL, SIPREG_UNKNOWN},
};
static const struct entry length_5[] = {
    {"Route", SIPREG_ROUTE}, {"Allow", SIPREG_ALLOW}, {NULL, SIPREG_UNKNOWN}};
static const struct entry length_7[] = {
    {"Contact", SIPREG_CONTACT},
    {"Call-ID", SIPREG_CALL_ID},
    {"Expires", SIPREG_EXPIRES},
    {NULL, SIPREG_UNKNOWN},
};
static const struct entry length_9[] = {{"Supported", SIPREG_SUPPORTED}, {NULL, SIPREG_UNKNOWN}};
static const struct entry length_10[] = {{"User-Agent", SIPREG_USER_AGENT}, {NULL, SIPREG_UNKNOWN}};
static const struct entry length_11[] = {
    {"Min-Expires", SIPREG_MIN_EXPIRES},
    {"Retry-After", SIPREG_RETRY_AFTER},
    {NULL, SIPREG_UNKNOWN},
};
static const struct entry length_12[] = {
    {"Content-Type", SIPREG_CONTENT_TYPE},
    {"Max-Forwards", SIPREG_MAX_FORWARDS},
    {NULL, SIPREG_UNKNOWN},
};
static const struct entry length_13[] = {
    {"Authorization", SIPREG_AUTHORIZATION},
    {"Service-Route", SIPREG_SERVICE_ROUTE_NAME},
    {NULL, SIPREG_UNKNOWN},
};
static const struct entry length_14[] = {{"Content-Length", SIPREG_CONTENT_LENGTH},
                                         {NULL, SIPREG_UNKNOWN}};
static const struct entry length_16[] = {{"WWW-Authenticate", SIPREG_WWW_AUTHENTICATE},
                                         {NULL, SIPREG_UNKNOWN}};
static const struct entry length_18[] = {{"Proxy-Authenticate", SIPREG_PROXY_AUTHENTICATE},
                                         {NULL, SIPREG_UNKNOWN}};
static const struct entry length_19[] = {
    {"Authentication-Info", SIPREG_AUTHENTICATION_INFO},
    {"Content-Disposition", SIPREG_CONTENT_DISPOSITION},
    {"Proxy-Authorization", SIPREG_PROXY_AUTHORIZATION},
    {NULL, SIPREG_UNKNOWN},
};
static const struct entry length_25[] = {
    {"Proxy-Authentication-Info", SIPREG_PROXY_AUTHENTICATION_INFO}, {NULL, SIPREG_UNKNOWN}};

static const struct entry *const by_length[] = {
    NULL,      length_1,  length_2,  length_3,  length_4,  length_5,  NULL, length_7,  NULL,
    length_9,  length_10, length_11, length_12, length_13, length_14, NULL, length_16, NULL,
    length_18, length_19, NULL,      NULL,      NULL,      NULL,      NULL, length_25,
};

enum sipreg_name sipreg_name_find(struct sipreg_str name)
{
    const struct entry *entry;

    if (name.n >= sizeof by_length / sizeof by_length[0] || by_length[name.n] == NULL)
        return SIPREG_UNKNOWN;
    for (entry = by_length[name.n]; entry->name != NULL; entry++) {
        if (sipreg_lower(entry->name[0]) == sipreg_lower(name.p[0]) &&
            sipreg_str_same((struct sipreg_str){entry->name, name.n}, name))
            return entry->is;
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
    const char *end = line_end(c->p, c->end), *p = c->p;

    if (end == NULL)
        return SIPREG_PARTIAL;
    while (sipreg_is(*p, SIPREG_TOKEN)) /* ends at the LF at the latest */
        p++;
    line->name = sipreg_str_between(c->p, p);
    while (sipreg_is(*p, SIPREG_BLANK))
        p++;
    if (line->name.n == 0 || *p != ':')
        return SIPREG_SYNTAX;
    for (p++; sipreg_is(*p, SIPREG_BLANK);)
        p++;
    c->p = end;
    while (end > p && (end[-1] == '\n' || end[-1] == '\r'))
        end--;
    line->value = sipreg_str_trim(sipreg_str_between(p, end));
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
