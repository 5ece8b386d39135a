/*
 * odd.c - every answer that a registrar may give and should not: a mood strikes, and lasts for one
 * request or for a number of them.
 */
#include "sim.h"

#include <stdio.h>
#include <string.h>

/* One answer in the making. */
struct odd {
    struct phone *p;
    struct world *w;
    const char *request;
    char text[MESSAGE - 1000];
};

#define ADD(o, ...) append((o)->text, sizeof(o)->text, __VA_ARGS__)

static void begin(struct odd *o, int status)
{
    answer_start(o->p, o->text, sizeof o->text, o->request, status);
}

static void end(struct odd *o)
{
    answer_end(o->p, o->text, sizeof o->text, 0);
}

static uint32_t some_seconds(struct world *w)
{
    static const uint32_t seconds[] = {0, 1, 2, 5, 31, 90, 3600, 86400, 604800, UINT32_MAX};

    return seconds[dice(w, 10)];
}

static void wanted_contact(const struct odd *o, char contact[VALUE])
{
    char value[VALUE];

    contact[0] = '\0';
    if (text_header(o->request, "Contact", 0, value))
        text_uri(value, contact);
    if (contact[0] == '\0')
        text_copy(o->p->contact, strlen(o->p->contact), contact);
}

/* ---------------------------------------------------------------- moods */

static void some_status(struct odd *o)
{
    static const int statuses[] = {300, 301, 302, 305, 400, 402, 403, 404, 405, 406, 408, 410,
                                   413, 415, 416, 420, 421, 430, 439, 480, 481, 482, 483, 484,
                                   485, 486, 487, 488, 489, 491, 493, 494, 499, 500, 501, 502,
                                   503, 504, 505, 513, 555, 580, 600, 603, 604, 606, 699};

    begin(o, statuses[dice(o->w, sizeof statuses / sizeof statuses[0])]);
    if (chance(o->w, 300))
        ADD(o, "Retry-After: %u (so be it);duration=7\r\n", some_seconds(o->w));
    if (chance(o->w, 300))
        ADD(o, "Unsupported: x, pref\r\nRequire: path\r\n");
    if (chance(o->w, 200))
        ADD(o, "Contact: <sip:backup9.example.com>;expires=%u\r\n", some_seconds(o->w));
    end(o);
}

static void overloaded(struct odd *o)
{
    begin(o, chance(o->w, 800) ? 503 : 480);
    if (chance(o->w, 700))
        ADD(o, "Retry-After: %u\r\n", some_seconds(o->w));
    end(o);
}

/* The binding is made, for as long as is said. */
static void some_grant(struct odd *o)
{
    uint32_t seconds = chance(o->w, 500) ? 1 : some_seconds(o->w);

    registrar_bind(o->p, o->request, seconds);
    begin(o, 200);
    answer_contacts(o->w, o->text, sizeof o->text, o->p->aor);
    end(o);
}

static void one_second(struct odd *o)
{
    registrar_bind(o->p, o->request, 1);
    begin(o, 200);
    answer_contacts(o->w, o->text, sizeof o->text, o->p->aor);
    end(o);
}

/* A 200 that says something else than what is so. */
static void liar(struct odd *o)
{
    char contact[VALUE];

    registrar_excuse(o->p);
    wanted_contact(o, contact);
    begin(o, 200 + (int)dice(o->w, 5));
    switch (dice(o->w, 6)) {
    case 0:
        break;
    case 1:
        ADD(o, "Expires: %u\r\n", some_seconds(o->w));
        break;
    case 2:
        ADD(o, "Contact: <sip:somebody@198.51.100.9:4711>;expires=%u\r\n", some_seconds(o->w));
        break;
    case 3:
        for (int i = 0; i < 200; i++)
            ADD(o, "%s<sip:user0@203.0.113.%d:5060>;expires=%u", i == 0 ? "Contact: " : ", ", i, 7);
        ADD(o, ", <%s>;expires=%u\r\n", contact, some_seconds(o->w));
        break;
    case 4:
        ADD(o, "Contact: <%s>;expires=%u, <%s>;expires=%u\r\n", contact, some_seconds(o->w),
            contact, some_seconds(o->w));
        break;
    default:
        ADD(o, "Contact: <%s>;expires=\"x, <%s;;>,,*\r\nPath: <sip:p.example.com;lr>\r\n", contact,
            contact);
        break;
    }
    end(o);
}

/* To other names of the same registrar, and back. */
static void elsewhere(struct odd *o)
{
    static const int statuses[] = {300, 301, 302, 302, 305};

    begin(o, statuses[dice(o->w, 5)]);
    for (uint32_t n = 1 + dice(o->w, 3); n > 0; n--) {
        uint32_t i = dice(o->w, 5);
        ADD(o, "Contact: <sip:backup%u.example.com>;q=0.%u\r\n", i, dice(o->w, 10));
        if (chance(o->w, 200))
            ADD(o, "Contact: <sip:user0@example.com;method=INVITE?X=y>\r\n");
    }
    if (chance(o->w, 300))
        ADD(o, "Expires: %u\r\n", some_seconds(o->w));
    end(o);
}

static void new_nonce(struct odd *o)
{
    begin(o, 401);
    answer_challenge(o->w, o->text, sizeof o->text, false, false, registrar_nonce(o->w, false));
    end(o);
}

static void for_ever_stale(struct odd *o)
{
    bool proxy = chance(o->w, 300);

    begin(o, proxy ? 407 : 401);
    answer_challenge(o->w, o->text, sizeof o->text, proxy, true, registrar_nonce(o->w, proxy));
    end(o);
}

/* The one that it has just been answered. (What it gave before that, no client can remember.) */
static void same_nonce(struct odd *o)
{
    char credentials[VALUE], nonce[VALUE];

    if (!request_credentials(o->request, false, credentials)) {
        new_nonce(o);
        return;
    }
    text_param(credentials, "nonce", nonce);
    begin(o, 401);
    answer_challenge(o->w, o->text, sizeof o->text, false, chance(o->w, 500), nonce);
    end(o);
}

static void now_one_then_other(struct odd *o)
{
    bool proxy = text_cseq(o->request) % 2 == 0;

    begin(o, proxy ? 407 : 401);
    answer_challenge(o->w, o->text, sizeof o->text, proxy, chance(o->w, 500),
                     registrar_nonce(o->w, proxy));
    end(o);
}

static void strange_challenge(struct odd *o)
{
    begin(o, chance(o->w, 500) ? 401 : 407);
    switch (dice(o->w, 7)) {
    case 0:
        ADD(o, "WWW-Authenticate: Basic realm=\"example.com\"\r\n");
        break;
    case 1:
        ADD(o, "WWW-Authenticate: Digest realm=\"example.com\", algorithm=ROT13, nonce=\"%s\"\r\n",
            registrar_nonce(o->w, false));
        break;
    case 2:
        ADD(o,
            "WWW-Authenticate: Digest realm=\"other.example.com\", nonce=\"%s\", opaque=\"\"\r\n",
            registrar_nonce(o->w, false));
        break;
    case 3:
        ADD(o, "WWW-Authenticate: Digest realm=\"example.com\", nonce=\"%s\", qop=\"auth-int\"\r\n",
            registrar_nonce(o->w, false));
        break;
    case 4:
        ADD(o, "WWW-Authenticate: Digest realm=\"example.com, nonce=\"%s\r\n",
            registrar_nonce(o->w, false));
        break;
    case 5:
        ADD(o, "WWW-Authenticate: Digest realm=\"example.com\", nonce=\"%s%0300d\"\r\n",
            registrar_nonce(o->w, false), 0);
        break;
    default:
        break;
    }
    end(o);
}

static void too_brief(struct odd *o)
{
    static const uint32_t least[] = {0, 10, 61, 601, 3601, 3700, 50000, 86401, UINT32_MAX};

    begin(o, 423);
    if (chance(o->w, 850))
        ADD(o, "Min-Expires: %u\r\n", least[dice(o->w, 9)]);
    end(o);
}

/* Each time a little more. */
static void never_long_enough(struct odd *o)
{
    char value[VALUE];
    unsigned asked = 0;

    if (text_header(o->request, "Expires", 0, value))
        sscanf(value, "%u", &asked);
    begin(o, 423);
    ADD(o, "Min-Expires: %u\r\n", asked + 1);
    end(o);
}

static void silence(struct odd *o)
{
    (void)o;
}

static void only_trying(struct odd *o)
{
    begin(o, 100 + (int)dice(o->w, 100));
    ADD(o, "Content-Length: 0\r\n\r\n");
    network_answer(o->p, o->text, strlen(o->text), 0);
}

/* With an answer before, after, or none. */
static void hangs_up(struct odd *o)
{
    if (o->p->config.transport == SIPREG_UDP)
        return;
    if (chance(o->w, 500))
        some_status(o);
    later(o->w, dice(o->w, 50), FLOW_IS_DOWN, o->p, NULL, 0);
}

static void grants_and_hangs_up(struct odd *o)
{
    registrar_bind(o->p, o->request, 3600);
    begin(o, 200);
    answer_contacts(o->w, o->text, sizeof o->text, o->p->aor);
    end(o);
    if (o->p->config.transport != SIPREG_UDP)
        later(o->w, 25 + dice(o->w, 50), FLOW_IS_DOWN, o->p, NULL, 0);
}

static void noise(struct odd *o)
{
    char bytes[64];
    size_t n = 1 + dice(o->w, sizeof bytes - 5);

    for (size_t i = 0; i < n; i++)
        bytes[i] = (char)(1 + dice(o->w, 255));
    memcpy(bytes + n, "\r\n\r\n", 4); /* so that a stream is found out at once */
    network_answer(o->p, bytes, n + 4, 0);
}

/* Meant for somebody else: nothing may come of it. */
static void not_for_us(struct odd *o)
{
    char *mark;

    begin(o, 200);
    ADD(o, "Contact: <%s>;expires=3600\r\nContent-Length: 0\r\n\r\n", o->p->contact);
    mark = strstr(o->text, chance(o->w, 500) ? "z9hG4bK" : "Call-ID: ");
    if (mark != NULL)
        mark[9] = mark[9] == 'a' ? 'b' : 'a';
    network_answer(o->p, o->text, strlen(o->text), 0);
}

static void two_answers(struct odd *o)
{
    some_status(o);
    some_grant(o);
    registrar_excuse(o->p);
}

static void (*const moods[])(struct odd *o) = {
    some_status,       overloaded,          some_grant,        one_second,  liar,
    new_nonce,         for_ever_stale,      same_nonce,        noise,       now_one_then_other,
    strange_challenge, too_brief,           never_long_enough, silence,     only_trying,
    hangs_up,          grants_and_hangs_up, not_for_us,        two_answers, elsewhere};

enum { MOODS = sizeof moods / sizeof moods[0] };

bool odd_answer(struct phone *p, const char *request)
{
    struct registrar *r = &p->world->registrar;
    struct world *w = p->world;
    static struct odd o;

    if (r->mood_left == 0 && strikes(w, 150, "the registrar turns odd")) {
        r->mood = dice(w, MOODS);
        r->mood_left = chance(w, 300) ? 1 + dice(w, 30) : 1;
    }
    if (r->mood_left == 0)
        return false;
    r->mood_left--;
    o.p = p;
    o.w = w;
    o.request = request;
    r->odd = true;
    moods[r->mood](&o);
    r->odd = false;
    return true;
}
