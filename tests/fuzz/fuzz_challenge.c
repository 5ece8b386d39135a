/*
 * fuzz_challenge.c - challenges, their answers, and what a 200 says to those.
 *
 *     one octet of options | header lines of a 401 | "~" | header lines of a 200
 *
 * What we send back must be what came, in the place that is meant for it: the credentials are taken
 * apart here without a line of the library. Digests are computed a second time, too.
 */
#include "fuzz.h"

#include "../sim/text.h"
#include "hash.h"
#include "pairs.h"

#include <stdio.h>
#include <stdlib.h>

#define HEAD                                                                                       \
    "Via: SIP/2.0/UDP h;branch=z9hG4bKx\r\nFrom: <sip:a@h>;tag=f\r\nTo: <sip:a@h>;tag=t\r\n"       \
    "Call-ID: c\r\nCSeq: 1 REGISTER\r\n"
#define SECRET "open-sesame-4711"

enum { MESSAGE = 8192 };
enum { WITH_HA1 = 1, WITH_REALM = 2, WITH_BODY = 4, NO_MD5 = 8, WITH_QOP = 16, AGAIN = 32 };

static bool is(struct sipreg_str s, const char *text)
{
    return s.n == strlen(text) && memcmp(s.p, text, s.n) == 0;
}

/* Octet for octet; absent and empty are the same here. */
static bool equal(struct sipreg_str a, struct sipreg_str b)
{
    return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

/* ---------------------------------------------------------------- what was written */

static void check_credentials(const char *line, const struct sipreg_challenge *challenge)
{
    struct pair pairs[PAIRS];
    const char *end = line + strcspn(line, "\r\n");
    size_t n, wanted = 5;

    HOLDS(strncmp(line, "Digest ", 7) == 0);
    n = pairs_split(line + 7, end, pairs);
    HOLDS(equal(pairs_only(pairs, n, "realm", true), challenge->realm));
    HOLDS(equal(pairs_only(pairs, n, "nonce", true), challenge->nonce));
    HOLDS(equal(pairs_only(pairs, n, "opaque", true), challenge->opaque));
    HOLDS(equal(pairs_only(pairs, n, "algorithm", false), challenge->algorithm_raw));
    HOLDS(is(pairs_only(pairs, n, "uri", true), "sip:example.com"));
    HOLDS(pairs_only(pairs, n, "username", true).n > 0 &&
          pairs_only(pairs, n, "response", true).n >= 32);
    wanted += (challenge->opaque.p != NULL) + (challenge->algorithm_raw.p != NULL ? 1U : 0U);
    wanted += challenge->userhash ? 1U : 0U;
    wanted += pairs_only(pairs, n, "nc", false).p != NULL ? 3U : 0U;
    HOLDS(n == wanted);
}

static size_t lines(const char *text)
{
    size_t n = 0;

    for (; (text = strchr(text, '\n')) != NULL; text++)
        n++;
    return n;
}

/* Nothing in a challenge can add a line, and all of it stands in one. */
static void check_written(struct sipreg_request *request, const struct sipreg_answer *answer)
{
    char with[MESSAGE], without[MESSAGE];
    const char *name =
        answer->challenge->proxy ? "\r\nProxy-Authorization: " : "\r\nAuthorization: ";
    const char *line;
    int n, m;

    request->answer = NULL;
    n = sipreg_request_write(request, without, sizeof without - 1);
    request->answer = answer;
    m = sipreg_request_write(request, with, sizeof with - 1);
    HOLDS(n > 0 && (m > n || m == SIPREG_SPACE));
    request->answer = NULL;
    if (m < 0)
        return;
    with[m] = without[n] = '\0';
    HOLDS(strlen(with) == (size_t)m && lines(with) == lines(without) + 1);
    HOLDS(strstr(with, SECRET) == NULL);
    line = strstr(with, name);
    HOLDS(line != NULL);
    check_credentials(line + strlen(name), answer->challenge);
}

/* ---------------------------------------------------------------- digests, again */

static char *unescaped(struct sipreg_str s)
{
    char *text = fuzz_text(s), *to = text;

    for (const char *p = text; *p != '\0'; p++) {
        if (*p == '\\' && p[1] != '\0')
            p++;
        *to++ = *p;
    }
    *to = '\0';
    return text;
}

static unsigned hash_of(const struct sipreg_challenge *challenge)
{
    unsigned algorithm = (unsigned)challenge->algorithm;

    if ((algorithm & (SIPREG_MD5 | SIPREG_MD5_SESS)) != 0)
        return SIPREG_MD5;
    return (algorithm & (SIPREG_SHA256 | SIPREG_SHA256_SESS)) != 0 ? SIPREG_SHA256
                                                                   : SIPREG_SHA512_256;
}

#define HASH(hex, ...)                                                                             \
    text_hash((hex), hash_of(answer->challenge), (const char *const[]){__VA_ARGS__, NULL})

/* RFC 7616 3.4.1, for the method that makes it and this body. */
static void compute(char hex[HEX], const struct sipreg_answer *answer, enum sipreg_qop qop,
                    const char *method, const char *body)
{
    const struct sipreg_challenge *c = answer->challenge;
    char *realm = unescaped(c->realm), *nonce = unescaped(c->nonce);
    char ha1[HEX], ha2[HEX], entity[HEX], nc[9];

    snprintf(nc, sizeof nc, "%08x", (unsigned)answer->count);
    HASH(ha1, "alice", realm, SECRET);
    if (((unsigned)c->algorithm & (SIPREG_MD5_SESS | SIPREG_SHA256_SESS | SIPREG_SHA512_256_SESS)))
        HASH(ha1, ha1, nonce, c->cnonce);
    HASH(entity, body);
    if (qop == SIPREG_QOP_AUTH_INT)
        HASH(ha2, method, "sip:example.com", entity);
    else
        HASH(ha2, method, "sip:example.com");
    if (qop == SIPREG_QOP_NONE)
        HASH(hex, ha1, nonce, ha2);
    else
        HASH(hex, ha1, nonce, nc, c->cnonce, qop == SIPREG_QOP_AUTH ? "auth" : "auth-int", ha2);
    free(realm);
    free(nonce);
}

static void check_digest(const struct sipreg_answer *answer, const char *body)
{
    char hex[HEX], got[HEX];
    size_t n = hash_of(answer->challenge) == SIPREG_MD5 ? 16 : 32;

    compute(hex, answer, answer->qop, "REGISTER", body);
    for (size_t i = 0; i < n; i++)
        snprintf(got + 2 * i, 3, "%02x", answer->response[i]);
    HOLDS(strcmp(hex, got) == 0);
}

/* ---------------------------------------------------------------- the story of one input */

static const struct sipreg_body body = {"text/plain", NULL, "body", 4};

static struct sipreg_credentials credentials_of(unsigned options)
{
    struct sipreg_credentials c = {.user = "alice", .password = SECRET};

    if ((options & WITH_HA1) != 0) {
        c.password = NULL;
        c.ha1 = "0123456789abcdef0123456789abcdef";
        c.ha1_algorithm = SIPREG_MD5;
    }
    if ((options & WITH_REALM) != 0)
        c.realm = "example.com";
    return c;
}

/* A response with these lines: in a block of its length, which is to be freed. */
static char *respond(struct sipreg_response *response, const char *status, struct sipreg_str more)
{
    size_t status_n = strlen(status), n = status_n + sizeof HEAD - 1 + more.n + 4;
    char *text = (char *)malloc(n), *p = text;

    if (text == NULL)
        abort();
    memcpy(p, status, status_n);
    memcpy(p += status_n, HEAD, sizeof HEAD - 1);
    p += sizeof HEAD - 1;
    if (more.n > 0)
        memcpy(p, more.p, more.n);
    memcpy(p + more.n, "\r\n\r\n", 4);
    if (sipreg_response_parse(response, text, n) >= 0)
        return text;
    free(text);
    return NULL;
}

/* Whoever is said to know the password has shown it. */
static void check_verified(const struct sipreg_answer *answer,
                           const struct sipreg_credentials *credentials,
                           const struct sipreg_request *request, struct sipreg_str more)
{
    struct sipreg_response response;
    struct sipreg_authinfo info;
    char *text = respond(&response, "SIP/2.0 200 OK\r\n", more), hex[HEX], *entity, *low;
    bool found = false;
    int result;

    if (text == NULL)
        return;
    result = sipreg_challenge_verify(&info, answer, credentials, request, &response);
    HOLDS(result == SIPREG_OK || (result == SIPREG_CHALLENGE && !info.verified));
    fuzz_inside(info.nextnonce, response.head);
    if (info.verified && credentials->password != NULL) {
        entity = fuzz_text(response.body);
        low = fuzz_text(more);
        for (char *p = low; *p != '\0'; p++)
            *p = (char)(*p >= 'A' && *p <= 'F' ? *p + 32 : *p);
        for (int qop = SIPREG_QOP_AUTH; qop <= SIPREG_QOP_AUTH_INT; qop++) {
            compute(hex, answer, (enum sipreg_qop)qop, "", entity);
            found = found || strstr(low, hex) != NULL || strlen(entity) != response.body.n;
        }
        HOLDS(found);
        free(low);
        free(entity);
    }
    free(text);
}

static void answer_one(struct sipreg_challenge *challenge, unsigned options,
                       struct sipreg_request *request, uint32_t *random, struct sipreg_str more)
{
    struct sipreg_credentials credentials = credentials_of(options);
    const struct sipreg_policy policy = {(options & NO_MD5) != 0 ? SIPREG_MD5 : 0U,
                                         (options & WITH_QOP) != 0, false};
    struct sipreg_answer answer;
    uint32_t before = challenge->count;
    int result = sipreg_challenge_permitted(challenge, &policy);

    HOLDS(result == SIPREG_OK || result == SIPREG_POLICY);
    HOLDS(result == SIPREG_OK || policy.require_qop || challenge->algorithm == SIPREG_MD5);
    result =
        sipreg_challenge_answer(&answer, challenge, &credentials, request, fuzz_random, random);
    HOLDS(result == SIPREG_OK || credentials.ha1 != NULL || credentials.realm != NULL);
    if (result != SIPREG_OK) {
        HOLDS(answer.challenge == NULL && challenge->count == before);
        return;
    }
    HOLDS(challenge->count == before + 1 && answer.count == challenge->count);
    if (credentials.password != NULL)
        check_digest(&answer, request->body != NULL ? "body" : "");
    check_written(request, &answer);
    check_verified(&answer, &credentials, request, more);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct fuzz_input in = {data, data + n};
    unsigned options = fuzz_octet(&in);
    struct sipreg_str first = fuzz_until(&in, '~'), more = fuzz_rest(&in);
    struct sipreg_request request = {.registrar = "sip:example.com",
                                     .aor = "sip:alice@example.com",
                                     .contact = "sip:alice@192.0.2.10",
                                     .sent_by = "192.0.2.10"};
    struct sipreg_response response;
    struct sipreg_place place = {0, 0, 0};
    struct sipreg_challenge challenge;
    uint32_t random = 0;
    char *text;

    if (fuzz_contains(data, n, SECRET) ||
        (text = respond(&response, "SIP/2.0 401 x\r\n", first)) == NULL)
        return 0;
    request.body = (options & WITH_BODY) != 0 ? &body : NULL;
    HOLDS(sipreg_request_renew(&request, fuzz_random, &random) == SIPREG_OK);
    while (sipreg_challenge_next(&response, &place, &challenge)) {
        answer_one(&challenge, options, &request, &random, more);
        if ((options & AGAIN) != 0)
            answer_one(&challenge, options, &request, &random, more);
    }
    free(text);
    return 0;
}
