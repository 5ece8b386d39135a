/*
 * sent.c - a message as text, and its digest once more, in another way than lib/digest.c.
 */
#include "sent.h"

#include "hash.h"
#include "line.h"
#include "support.h"

#include <stdio.h>

enum { SCRAPS = 16, SCRAP_SIZE = 1024 };

static char *scrap(void)
{
    static char scraps[SCRAPS][SCRAP_SIZE];
    static unsigned next;

    return scraps[next++ % SCRAPS];
}

const char *sent_copy(const char *p, size_t n)
{
    char *to = scrap();

    assert_true(n < SCRAP_SIZE);
    memcpy(to, p, n);
    to[n] = '\0';
    return to;
}

const char *sent_line(const char *text, const char *header, unsigned nth)
{
    size_t n;
    const char *value = line_find(text, header, nth, &n);

    return value == NULL ? NULL : sent_copy(value, n);
}

const char *sent_param(const char *value, const char *param)
{
    size_t n = strlen(param);
    const char *p = value;

    for (; p != NULL && (p = strstr(p, param)) != NULL; p += n) {
        if (p == value || p[n] != '=' || strchr(" ,;", p[-1]) == NULL)
            continue;
        p += n + 1;
        return *p == '"' ? sent_copy(p + 1, strcspn(p + 1, "\""))
                         : sent_copy(p, strcspn(p, ",; \r"));
    }
    return NULL;
}

const char *sent_hash(unsigned algorithm, const char *const *texts)
{
    uint8_t digest[SIPREG_DIGEST_SIZE];
    struct sipreg_hash h;
    char *hex = scrap();

    sipreg_hash_start(&h, algorithm);
    for (size_t i = 0; texts[i] != NULL; i++) {
        sipreg_hash_add(&h, ":", i > 0 ? 1 : 0);
        sipreg_hash_add(&h, texts[i], strlen(texts[i]));
    }
    assert_int_equal(sipreg_hash_end(&h, digest), SIPREG_OK);
    for (size_t i = 0; i < (algorithm == SIPREG_MD5 ? 16U : 32U); i++)
        sprintf(hex + 2 * i, "%02x", digest[i]);
    return hex;
}

#define HASH(...) sent_hash(algorithm, (const char *const[]){__VA_ARGS__, NULL})

const char *sent_digest(const char *credentials, const char *user, const char *password,
                        const char *body)
{
    const char *name = sent_param(credentials, "algorithm"), *ha1, *ha2;
    const char *nonce = sent_param(credentials, "nonce"), *uri = sent_param(credentials, "uri");
    const char *qop = sent_param(credentials, "qop");
    unsigned algorithm = name != NULL && strcmp(name, "SHA-256") == 0 ? SIPREG_SHA256 : SIPREG_MD5;

    ha1 = HASH(user, sent_param(credentials, "realm"), password);
    if (name != NULL && strcmp(name, "MD5-sess") == 0)
        ha1 = HASH(ha1, nonce, sent_param(credentials, "cnonce"));
    if (qop == NULL)
        return HASH(ha1, nonce, HASH("REGISTER", uri));
    ha2 = strcmp(qop, "auth-int") == 0 ? HASH("REGISTER", uri, HASH(body)) : HASH("REGISTER", uri);
    return HASH(ha1, nonce, sent_param(credentials, "nc"), sent_param(credentials, "cnonce"), qop,
                ha2);
}
