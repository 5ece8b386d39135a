/*
 * auth.c: are these credentials right, and is their nonce still good?
 *
 * Order matters. A nonce that has aged is only called stale if the digest over it is right (RFC
 * 7616 3.3): else a wrong password would look like an old nonce, and the client would try for
 * ever. A count is only remembered if the digest is right, or anyone could use up a client's
 * counts. And a name that nobody has is answered like a wrong password.
 *
 * Nonces live in a ring, and each begins with its place there, so that it is found at once.
 */
#include "auth.h"

#include <stdio.h>
#include <string.h>

struct algorithm {
    const char *name;
    enum hash hash;
    bool session;
};

static const struct algorithm algorithms[] = {
    {"MD5", HASH_MD5, false},
    {"MD5-sess", HASH_MD5, true},
    {"SHA-256", HASH_SHA_256, false},
    {"SHA-256-sess", HASH_SHA_256, true},
    {"SHA-512-256", HASH_SHA_512_256, false},
    {"SHA-512-256-sess", HASH_SHA_512_256, true},
};

static const struct algorithm *find_algorithm(struct text name)
{
    size_t i;

    for (i = 0; i < sizeof algorithms / sizeof algorithms[0]; i++) {
        if (text_same_nocase(name, text_of(algorithms[i].name)))
            return &algorithms[i];
    }
    return NULL;
}

bool auth_algorithm(struct text name, const char **spelled)
{
    const struct algorithm *algorithm = find_algorithm(name);

    if (algorithm != NULL)
        *spelled = algorithm->name;
    return algorithm != NULL;
}

static bool offered(const struct options *options, const struct algorithm *algorithm)
{
    size_t i;

    for (i = 0; i < options->algorithm_count; i++) {
        if (options->algorithms[i] == algorithm->name)
            return true;
    }
    return false;
}

/* --- nonces --- */

static struct nonce *new_nonce(struct auth *auth, int64_t now)
{
    struct nonce *nonce = &auth->nonces[auth->next];

    memset(nonce, 0, sizeof *nonce);
    snprintf(nonce->text, sizeof nonce->text, "%08x", (unsigned)auth->next);
    random_hex(auth->random, nonce->text + 8, 24);
    random_hex(auth->random, nonce->opaque, 16);
    nonce->made_at = now;
    auth->next = (auth->next + 1) % NONCES_MAX;
    return nonce;
}

/* For nextnonce. It brings no opaque along and does not end a session (RFC 7616 3.4.2: only another
 * challenge does), so both go on as they were. */
static struct nonce *following_nonce(struct auth *auth, const struct nonce *current, int64_t now)
{
    struct nonce old = *current, *nonce = new_nonce(auth, now);

    memcpy(nonce->opaque, old.opaque, sizeof old.opaque);
    nonce->session_user = old.session_user;
    nonce->session_algorithm = old.session_algorithm;
    memcpy(nonce->session_ha1, old.session_ha1, sizeof old.session_ha1);
    return nonce;
}

static struct nonce *find_nonce(struct auth *auth, struct text text)
{
    char place[9];
    unsigned index;

    if (text.n != sizeof auth->nonces[0].text - 1)
        return NULL;
    memcpy(place, text.at, 8);
    place[8] = '\0';
    if (sscanf(place, "%8x", &index) != 1 || index >= NONCES_MAX)
        return NULL;
    return text_is(text, auth->nonces[index].text) ? &auth->nonces[index] : NULL;
}

void auth_forget_nonces(struct auth *auth)
{
    memset(auth->nonces, 0, sizeof auth->nonces);
}

/* --- reading credentials --- */

/* Takes the quotes and backslashes off: the result is a copy among the credentials. False: no room.
 */
static bool unquote(struct credentials *c, struct text *text)
{
    char *write = c->unquoted + c->unquoted_used;
    size_t i, n = 0;

    if (text->n < 2 || text->at[0] != '"' || text->at[text->n - 1] != '"')
        return true;
    if (text->n > sizeof c->unquoted - c->unquoted_used)
        return false;
    for (i = 1; i < text->n - 1; i++) {
        if (text->at[i] == '\\' && i + 1 < text->n - 1)
            i++;
        write[n++] = text->at[i];
    }
    c->unquoted_used += n;
    text->at = write;
    text->n = n;
    return true;
}

static struct text *field(struct credentials *c, struct text name)
{
    const struct {
        const char *name;
        struct text *value;
    } fields[] = {
        {"username", &c->username}, {"realm", &c->realm},
        {"nonce", &c->nonce},       {"uri", &c->uri},
        {"response", &c->response}, {"algorithm", &c->algorithm},
        {"cnonce", &c->cnonce},     {"opaque", &c->opaque},
        {"qop", &c->qop},           {"nc", &c->nc},
        {"userhash", &c->userhash},
    };
    size_t i;

    for (i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        if (text_same_nocase(name, text_of(fields[i].name)))
            return fields[i].value;
    }
    return NULL;
}

/* RFC 7616 3.4: algorithm, qop, nc and userhash go without quotes. */
static bool wrongly_quoted(const struct credentials *c, const struct text *value)
{
    return value->n > 0 && value->at[0] == '"' &&
           (value == &c->algorithm || value == &c->qop || value == &c->nc || value == &c->userhash);
}

static const char *read_credentials(struct text params, struct credentials *c)
{
    struct text item, name, *value;

    memset(c, 0, sizeof *c);
    while (text_split(&params, ',', &item)) {
        text_split(&item, '=', &name);
        value = field(c, name);
        if (item.at == NULL || !text_token(name))
            return "Credentials that are no list of name=value";
        if (value == NULL)
            continue;
        if (value->at != NULL)
            return "Credentials that say something twice";
        *value = text_trim(item);
        if (wrongly_quoted(c, value))
            return "Credentials with quotes round algorithm, qop, nc or userhash";
        if (!unquote(c, value))
            return "Credentials too long";
    }
    return NULL;
}

/* A request may carry credentials for other realms and of other schemes; those are not for us. */
static bool find_credentials(const struct auth *auth, const struct request *request,
                             struct text realm, struct credentials *c, const char **wrong)
{
    const char *name = auth->options->proxy ? "Proxy-Authorization" : "Authorization";
    struct text value, scheme;
    size_t from = 0;

    while ((value = request_header(request, name, &from)).at != NULL) {
        text_split(&value, ' ', &scheme);
        if (!text_same_nocase(scheme, text_of("Digest")) || value.at == NULL)
            continue;
        *wrong = read_credentials(value, c);
        if (*wrong != NULL || text_same(c->realm, realm))
            return true;
    }
    return false;
}

/* --- judging them --- */

static bool lower_hex(struct text text)
{
    size_t i;

    for (i = 0; i < text.n; i++) {
        if (strchr("0123456789abcdef", text.at[i]) == NULL)
            return false;
    }
    return true;
}

/* RFC 3261 22.4: with a qop there are cnonce and nc, without one there is neither. */
static const char *judge_qop(const struct options *options, const struct credentials *c)
{
    struct text list = text_of(options->qop != NULL ? options->qop : ""), item;

    if (options->qop == NULL)
        return c->qop.at == NULL && c->nc.at == NULL ? NULL : "Credentials with a qop not offered";
    if (c->qop.at == NULL)
        return "Credentials without the qop offered";
    if (c->nc.n != 8 || !lower_hex(c->nc))
        return "Credentials whose nc is not eight hex digits";
    if (c->cnonce.n == 0)
        return "Credentials without a cnonce";
    while (text_split(&list, ',', &item)) {
        if (text_same(item, c->qop))
            return NULL;
    }
    return "Credentials with a qop not offered";
}

/* RFC 7616 3.4: no algorithm means MD5. NULL for one that nobody knows. */
static const struct algorithm *algorithm_of(const struct credentials *c)
{
    return find_algorithm(c->algorithm.at != NULL ? c->algorithm : text_of("MD5"));
}

static const char *judge_form(const struct options *options, const struct request *request,
                              const struct credentials *c)
{
    const struct algorithm *algorithm = algorithm_of(c);

    if (!c->username.at || !c->nonce.at || !c->uri.at || !c->response.at)
        return "Credentials that lack username, nonce, uri or response";
    if (algorithm == NULL || !offered(options, algorithm))
        return "Credentials with an algorithm not offered";
    if (algorithm->session && c->cnonce.n == 0)
        return "Credentials without a cnonce";
    if (!text_same(c->uri, request->uri))
        return "Credentials for another URI";
    if (c->userhash.at != NULL && !options->userhash &&
        text_same_nocase(c->userhash, text_of("true")))
        return "Credentials with a userhash not offered";
    return judge_qop(options, c);
}

static const struct user *find_user(const struct options *options, const struct credentials *c)
{
    bool hashed = text_same_nocase(c->userhash, text_of("true"));
    char hex[HEX_MAX];
    size_t i;

    for (i = 0; i < options->user_count; i++) {
        const struct user *user = &options->users[i];

        if (hashed)
            hash_format(c->hash, hex, "%s:%.*s", user->name, TEXT(c->realm));
        if (text_is(c->username, hashed ? hex : user->name))
            return user;
    }
    return NULL;
}

/* RFC 7616 3.4.2: HA1 of a -sess algorithm is made with the session's first cnonce, and kept. */
static void find_ha1(const struct algorithm *algorithm, const struct nonce *nonce,
                     struct credentials *c, size_t user)
{
    char plain[HEX_MAX];

    hash_format(c->hash, plain, "%s:%.*s:%s", c->user->name, TEXT(c->realm), c->user->password);
    if (!algorithm->session)
        memcpy(c->ha1, plain, sizeof plain);
    else if (nonce != NULL && nonce->session_algorithm == algorithm->name &&
             nonce->session_user == user)
        memcpy(c->ha1, nonce->session_ha1, sizeof c->ha1);
    else
        hash_format(c->hash, c->ha1, "%s:%.*s:%.*s", plain, TEXT(c->nonce), TEXT(c->cnonce));
}

/* KD(HA1, nonce ... HA2), for the request with its method and for rspauth without one. */
static void make_response(const struct credentials *c, struct text method, struct text body,
                          char hex[HEX_MAX])
{
    char ha2[HEX_MAX], body_hash[HEX_MAX];

    if (text_is(c->qop, "auth-int")) {
        hash_bytes(c->hash, body, body_hash);
        hash_format(c->hash, ha2, "%.*s:%.*s:%s", TEXT(method), TEXT(c->uri), body_hash);
    } else {
        hash_format(c->hash, ha2, "%.*s:%.*s", TEXT(method), TEXT(c->uri));
    }
    if (c->qop.at != NULL)
        hash_format(c->hash, hex, "%s:%.*s:%.*s:%.*s:%.*s:%s", c->ha1, TEXT(c->nonce), TEXT(c->nc),
                    TEXT(c->cnonce), TEXT(c->qop), ha2);
    else
        hash_format(c->hash, hex, "%s:%.*s:%s", c->ha1, TEXT(c->nonce), ha2);
}

static bool aged(const struct auth *auth, const struct nonce *nonce, int64_t now)
{
    return nonce == NULL || now - nonce->made_at >= (int64_t)auth->options->nonce_life * 1000;
}

/* The count must rise (RFC 7616 3.4). Gaps are fine: a request in between may have been lost. */
static bool replayed(struct nonce *nonce, const struct credentials *c)
{
    char digits[9];
    unsigned count;

    if (c->nc.n != 8)
        return false;
    memcpy(digits, c->nc.at, 8);
    digits[8] = '\0';
    if (sscanf(digits, "%8x", &count) != 1 || count <= nonce->nc)
        return true;
    nonce->nc = count;
    return false;
}

static void begin_session(const struct auth *auth, struct nonce *nonce,
                          const struct algorithm *algorithm, const struct credentials *c)
{
    if (!algorithm->session || nonce->session_algorithm != NULL)
        return;
    nonce->session_algorithm = algorithm->name;
    nonce->session_user = (size_t)(c->user - auth->options->users);
    memcpy(nonce->session_ha1, c->ha1, sizeof c->ha1);
}

static enum verdict judge(struct auth *auth, struct nonce *nonce, const struct request *request,
                          struct credentials *c, int64_t now)
{
    const struct algorithm *algorithm = algorithm_of(c);
    char expected[HEX_MAX];

    c->hash = algorithm->hash;
    if ((c->user = find_user(auth->options, c)) == NULL)
        return AUTH_CHALLENGE;
    find_ha1(algorithm, nonce, c, (size_t)(c->user - auth->options->users));
    make_response(c, request->method, request->body, expected);
    if (!text_is(c->response, expected))
        return AUTH_CHALLENGE;
    if (aged(auth, nonce, now) || replayed(nonce, c))
        return AUTH_STALE;
    begin_session(auth, nonce, algorithm, c);
    return AUTH_GOOD;
}

enum verdict auth_check(struct auth *auth, const struct request *request, struct text realm,
                        int64_t now, struct credentials *c, const char **wrong)
{
    struct nonce *nonce;

    *wrong = NULL;
    if (!find_credentials(auth, request, realm, c, wrong))
        return AUTH_CHALLENGE;
    if (*wrong == NULL)
        *wrong = judge_form(auth->options, request, c);
    nonce = *wrong == NULL ? find_nonce(auth, c->nonce) : NULL;
    if (nonce != NULL && !text_is(c->opaque, nonce->opaque))
        *wrong = "Credentials that do not repeat the opaque";
    return *wrong != NULL ? AUTH_MALFORMED : judge(auth, nonce, request, c, now);
}

/* --- writing --- */

static void write_quoted(struct out *out, struct text text)
{
    size_t i;

    out_bytes(out, "\"", 1);
    for (i = 0; i < text.n; i++) {
        if (text.at[i] == '"' || text.at[i] == '\\')
            out_bytes(out, "\\", 1);
        out_bytes(out, &text.at[i], 1);
    }
    out_bytes(out, "\"", 1);
}

void auth_challenge(struct auth *auth, struct out *out, struct text realm, bool stale, int64_t now)
{
    const struct options *options = auth->options;
    const struct nonce *nonce = new_nonce(auth, now);
    size_t i;

    /* RFC 8760 2.3: one row for each algorithm, the preferred one first. */
    for (i = 0; i < options->algorithm_count; i++) {
        out_format(out,
                   "%s: Digest realm=", options->proxy ? "Proxy-Authenticate" : "WWW-Authenticate");
        write_quoted(out, realm);
        out_format(out, ", nonce=\"%s\", opaque=\"%s\", algorithm=%s", nonce->text, nonce->opaque,
                   options->algorithms[i]);
        if (options->qop != NULL)
            out_format(out, ", qop=\"%s\"", options->qop);
        if (stale)
            out_format(out, ", stale=true");
        if (options->userhash)
            out_format(out, ", userhash=true");
        out_format(out, "\r\n");
    }
}

void auth_info(struct auth *auth, struct out *out, const struct credentials *c, int64_t now)
{
    const struct nonce *nonce = find_nonce(auth, c->nonce);
    char rspauth[HEX_MAX];

    make_response(c, text_of(""), text_of(""), rspauth);
    out_format(out, "%s: rspauth=\"%s\"",
               auth->options->proxy ? "Proxy-Authentication-Info" : "Authentication-Info", rspauth);
    if (c->qop.at != NULL) {
        out_format(out, ", qop=%.*s, nc=%.*s, cnonce=", TEXT(c->qop), TEXT(c->nc));
        write_quoted(out, c->cnonce);
    }
    if (auth->options->nextnonce && nonce != NULL)
        out_format(out, ", nextnonce=\"%s\"", following_nonce(auth, nonce, now)->text);
    out_format(out, "\r\n");
}
