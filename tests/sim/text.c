/*
 * text.c - what stands in a message, and what its digest should be, in another way than lib/ has.
 */
#include "text.h"

#include "../line.h"
#include "hash.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool text_copy(const char *p, size_t n, char out[VALUE])
{
    if (n >= VALUE)
        n = VALUE - 1;
    memcpy(out, p, n);
    out[n] = '\0';
    return true;
}

bool text_header(const char *message, const char *name, unsigned nth, char value[VALUE])
{
    size_t n;
    const char *found = line_find(message, name, nth, &n);

    if (found != NULL)
        return text_copy(found, n, value);
    value[0] = '\0';
    return false;
}

bool text_param(const char *value, const char *name, char out[VALUE])
{
    size_t n = strlen(name);
    bool quoted = false;

    for (const char *p = value; *p != '\0'; p++) {
        if (quoted && *p == '\\' && p[1] != '\0')
            p++;
        else if (*p == '"')
            quoted = !quoted;
        if (quoted || *p != name[0] || p == value || strncmp(p, name, n) != 0 || p[n] != '=' ||
            strchr(" ,;", p[-1]) == NULL)
            continue;
        p += n + 1;
        return *p == '"' ? text_copy(p + 1, strcspn(p + 1, "\""), out)
                         : text_copy(p, strcspn(p, ",; "), out);
    }
    out[0] = '\0';
    return false;
}

void text_algorithm(const char *credentials, char out[VALUE])
{
    text_param(credentials, "algorithm", out);
    for (; *out != '\0'; out++) {
        if (*out >= 'a' && *out <= 'z')
            *out = (char)(*out - 'a' + 'A');
    }
}

bool text_uri(const char *value, char out[VALUE])
{
    const char *open = strchr(value, '<');

    out[0] = '\0';
    return open != NULL && text_copy(open + 1, strcspn(open + 1, ">"), out);
}

const char *text_body(const char *message)
{
    const char *end = strstr(message, "\r\n\r\n");

    return end == NULL ? "" : end + 4;
}

uint32_t text_cseq(const char *message)
{
    char value[VALUE];

    text_header(message, "CSeq", 0, value);
    return (uint32_t)strtoul(value, NULL, 10);
}

void text_hash(char hex[HEX], unsigned algorithm, const char *const *texts)
{
    uint8_t digest[SIPREG_DIGEST_SIZE] = {0};
    struct sipreg_hash h;

    sipreg_hash_start(&h, algorithm);
    for (size_t i = 0; texts[i] != NULL; i++) {
        sipreg_hash_add(&h, ":", i > 0 ? 1 : 0);
        sipreg_hash_add(&h, texts[i], strlen(texts[i]));
    }
    if (sipreg_hash_end(&h, digest) != SIPREG_OK)
        abort();
    for (size_t i = 0; i < (algorithm == SIPREG_MD5 ? 32U : 64U); i++)
        *hex++ = "0123456789abcdef"[digest[i / 2] >> (i % 2 == 0 ? 4 : 0) & 15];
    *hex = '\0';
}

#define HASH(hex, ...) text_hash(hex, algorithm, (const char *const[]){__VA_ARGS__, NULL})

/* All that stands in credentials, as it stands there. */
struct words {
    char user[VALUE], realm[VALUE], nonce[VALUE], uri[VALUE], algorithm[VALUE], qop[VALUE],
        nc[VALUE], cnonce[VALUE];
};

static void read_words(struct words *w, const char *credentials)
{
    text_param(credentials, "username", w->user);
    text_param(credentials, "realm", w->realm);
    text_param(credentials, "nonce", w->nonce);
    text_param(credentials, "uri", w->uri);
    text_algorithm(credentials, w->algorithm);
    text_param(credentials, "qop", w->qop);
    text_param(credentials, "nc", w->nc);
    text_param(credentials, "cnonce", w->cnonce);
}

void text_digest(char hex[HEX], const char *credentials, const char *method, const char *password,
                 const char *body)
{
    char ha1[HEX], ha2[HEX], entity[HEX];
    unsigned algorithm = SIPREG_MD5;
    struct words w;

    read_words(&w, credentials);
    if (strncmp(w.algorithm, "SHA-256", 7) == 0)
        algorithm = SIPREG_SHA256;
    HASH(ha1, w.user, w.realm, password);
    if (strstr(w.algorithm, "-SESS") != NULL)
        HASH(ha1, ha1, w.nonce, w.cnonce);
    HASH(entity, body);
    if (strcmp(w.qop, "auth-int") == 0)
        HASH(ha2, method, w.uri, entity);
    else
        HASH(ha2, method, w.uri);
    if (w.qop[0] == '\0')
        HASH(hex, ha1, w.nonce, ha2);
    else
        HASH(hex, ha1, w.nonce, w.nc, w.cnonce, w.qop, ha2);
}
