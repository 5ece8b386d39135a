/*
 * address.c: which URI does this header name, and do two URIs mean the same place?
 *
 * A phone may write its Contact differently each time it refreshes it: another case in the host, an
 * escaped letter in the user part, parameters in another order. RFC 3261 19.1.4 says which of these
 * differences count.
 */
#include "address.h"

#include <string.h>

bool address_read(struct text text, struct address *address)
{
    struct text rest = text;

    if (!text_split(&rest, ';', &address->shown) || address->shown.n == 0)
        return false;
    address->params = rest.at != NULL ? text_trim(rest) : text_of("");
    address->uri = address->shown;
    if (address->shown.at[address->shown.n - 1] == '>') {
        struct text inside = address->shown;

        /* A display name in quotes may hold a '<' of its own; the last one opens the URI. */
        inside.n--;
        while (inside.n > 0 && inside.at[inside.n - 1] != '<')
            inside.n--;
        if (inside.n == 0)
            return false;
        address->uri = text_slice(inside.at + inside.n, address->shown.at + address->shown.n - 1);
    }
    return memchr(address->uri.at, ':', address->uri.n) != NULL;
}

static const char *find(struct text text, char c)
{
    return text.n > 0 ? memchr(text.at, c, text.n) : NULL;
}

static bool host_character(char c)
{
    return c != '\0' && strchr("abcdefghijklmnopqrstuvwxyz0123456789"
                               "ABCDEFGHIJKLMNOPQRSTUVWXYZ.-_:[]",
                               c) != NULL;
}

/* "host", "host:port" or "[v6]:port"; only what a host may hold, for it may become our realm. */
static bool read_hostport(struct text text, struct uri *uri)
{
    const char *v6_end = find(text, ']');
    const char *end = text.at + text.n;
    const char *colon = find(text_slice(v6_end != NULL ? v6_end : text.at, end), ':');
    size_t i;

    uri->host = text_slice(text.at, colon != NULL ? colon : end);
    uri->port = colon != NULL ? text_slice(colon + 1, end) : text_of("");
    for (i = 0; i < text.n; i++) {
        if (!host_character(text.at[i]))
            return false;
    }
    return uri->host.n > 0;
}

bool uri_read(struct text text, struct uri *uri)
{
    const char *end = text.at + text.n, *colon = find(text, ':'), *mark;

    if (colon == NULL)
        return false;
    uri->scheme = text_slice(text.at, colon);
    if (!text_same_nocase(uri->scheme, text_of("sip")) &&
        !text_same_nocase(uri->scheme, text_of("sips")))
        return false;
    text = text_slice(colon + 1, end);
    uri->user = text_of("");
    if ((mark = find(text, '@')) != NULL) {
        uri->user = text_slice(text.at, mark);
        text = text_slice(mark + 1, end);
    }
    /* Headers ("?subject=x") have no place in a Contact or To; they stay part of the parameters. */
    mark = find(text, ';') != NULL ? find(text, ';') : find(text, '?');
    uri->params = mark != NULL ? text_slice(mark + 1, end) : text_of("");
    return read_hostport(text_slice(text.at, mark != NULL ? mark : end), uri);
}

static int hex_value(char c)
{
    static const char digits[] = "0123456789abcdef0123456789ABCDEF";
    const char *found = c != '\0' ? strchr(digits, c) : NULL;

    return found != NULL ? (int)((found - digits) % 16) : -1;
}

/* The next character with %41 read as A. Control characters stay escaped, as data and not syntax.
 */
static char next_character(struct text *text)
{
    char c = text->at[0];
    size_t used = 1;

    if (c == '%' && text->n >= 3 && hex_value(text->at[1]) >= 0 && hex_value(text->at[2]) >= 0) {
        int value = hex_value(text->at[1]) * 16 + hex_value(text->at[2]);

        if (value > ' ' && value < 127) {
            c = (char)value;
            used = 3;
        }
    }
    text->at += used;
    text->n -= used;
    return c;
}

bool user_same(struct text a, struct text b)
{
    while (a.n > 0 && b.n > 0) {
        if (next_character(&a) != next_character(&b))
            return false;
    }
    return a.n == 0 && b.n == 0;
}

/* These count even if only one of the two URIs has them; others only if both have. */
static bool always_counts(struct text name)
{
    static const char *const names[] = {"transport", "user", "ttl", "method", "maddr"};
    size_t i;

    for (i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (text_same_nocase(name, text_of(names[i])))
            return true;
    }
    return false;
}

static bool params_agree(struct text a, struct text b)
{
    struct text item, name, theirs;
    char key[64];

    while (text_split(&a, ';', &item)) {
        struct text value = item;

        if (!text_split(&value, '=', &name) || name.n == 0 || name.n >= sizeof key)
            continue;
        memcpy(key, name.at, name.n);
        key[name.n] = '\0';
        theirs = text_param(b, key);
        if (theirs.at == NULL && always_counts(name))
            return false;
        if (theirs.at != NULL && !text_same_nocase(value.at ? value : text_of(""), theirs))
            return false;
    }
    return true;
}

bool uri_same(struct text a, struct text b)
{
    struct uri left, right;

    if (!uri_read(a, &left) || !uri_read(b, &right))
        return text_same(a, b);
    return text_same_nocase(left.scheme, right.scheme) && user_same(left.user, right.user) &&
           text_same_nocase(left.host, right.host) && text_same(left.port, right.port) &&
           params_agree(left.params, right.params) && params_agree(right.params, left.params);
}

static void write_lower(struct out *out, struct text text)
{
    size_t i;

    for (i = 0; i < text.n; i++) {
        char c = text.at[i];

        if (c >= 'A' && c <= 'Z')
            c = (char)(c - 'A' + 'a');
        out_bytes(out, &c, 1);
    }
}

void uri_write_aor(struct out *out, const struct uri *uri)
{
    struct text user = uri->user;

    write_lower(out, uri->scheme);
    out_bytes(out, ":", 1);
    while (user.n > 0) {
        char c = next_character(&user);

        out_bytes(out, &c, 1);
    }
    out_bytes(out, "@", 1);
    write_lower(out, uri->host);
    if (uri->port.n > 0)
        out_format(out, ":%.*s", TEXT(uri->port));
    out_bytes(out, "", 1); /* its NUL: the key is kept as a string */
}
