/*
 * fuzz_client.c - the whole client: octets as a script of inputs, times and results of callbacks.
 *
 *     letters for the config, up to a LF; then acts, one letter each with what it needs
 *
 *   s S q c       start, stop, query, clear          d       to the next deadline
 *   r h H         refresh, hold, hold no more        t XY    time: X << Y ms; b X: back by X ms
 *   m X           move to another address            u n N   flow up, down, untrusted
 *   k X           other credentials, contacts        f X     the next send, open ... fails
 *   w X           stop within X/4 s                  o X     what opening does from now on
 *   a 200 LINES~  answer to the last request         e X     act X, within the next event
 *   p 200 LINES~  answer to the one before           v V     reboot, with a snapshot; a spoilt one
 *   x OCTETS~     these octets                       y X~    STUN answer
 *   z P           pong, half a message
 *
 *   T X           X/4 s pass, and the client is not told before the next act
 *
 * In lines and octets a LF is a CRLF, $m our contact, $h what an answer copies from the request:
 * $v $f $t $i $c, each alone; $b the branch, $n the number of the CSeq. watch.h says what must
 * hold.
 */
#include "settings.h"
#include "stun.h"
#include "texts.h"
#include "watch.h"

#include <stdlib.h>

enum { ACTS = 120 };

struct script {
    struct watch *watch;
    struct fuzz_input in;
    char in_event; /* an act; 0: none */
};

static void configure(struct script *s)
{
    struct sipreg_str letters = fuzz_until(&s->in, '\n');

    for (size_t i = 0; i < letters.n && i < 40; i++)
        settings_apply(s->watch, letters.p[i]);
}

/* ---------------------------------------------------------------- what is answered */

static void answer(struct script *s, const char *request)
{
    struct reply_text text;
    char status[4] = "";

    text.n = 0;
    for (int i = 0; i < 3; i++)
        status[i] = (char)fuzz_octet(&s->in);
    text_add(&text, "SIP/2.0 ");
    text_add(&text, status);
    text_add(&text, " x\r\n");
    text_add_copies(&text, request);
    text_add_lines(&text, request, fuzz_until(&s->in, '~'));
    text_add(&text, "Content-Length: 0\r\n\r\n");
    watch_feed(s->watch, text.p, text.n);
}

static void octets(struct script *s)
{
    struct reply_text text;

    text.n = 0;
    text_add_lines(&text, s->watch->last, fuzz_until(&s->in, '~'));
    watch_feed(s->watch, text.p, text.n);
}

/* A success with our address, or with what is left as attributes. */
static void stun(struct script *s)
{
    struct sipreg_str attributes = fuzz_until(&s->in, '~');
    uint8_t message[200] = {1, 1, 0, 12}, request[SIPREG_STUN_REQUEST_SIZE];
    static const uint8_t mapped[] = {0, 0x20, 0, 8, 0, 1, 0xA1, 0x47, 0xE1, 0x12, 0xA6, 0x43};
    size_t n = attributes.n > 4 && attributes.n < 150 ? attributes.n / 4 * 4 : sizeof mapped;

    sipreg_stun_request(request, s->watch->stun_id);
    memcpy(message + 4, request + 4, 16);
    memcpy(message + 20, n == attributes.n / 4 * 4 ? (const void *)attributes.p : mapped, n);
    message[3] = (uint8_t)n;
    if (attributes.n == 1) /* another port */
        message[27] = (uint8_t)attributes.p[0];
    if (attributes.n == 2)
        message[1] = 0x11;
    if (attributes.n == 3) /* to another request */
        message[19] ^= 1;
    watch_feed(s->watch, message, 20 + n);
}

/* ---------------------------------------------------------------- acts */

static void wish(struct watch *w, char act)
{
    struct sipreg_client *c = &w->client;
    int result;

    watch_reason(w);
    w->within = w->within && act != 's' && act != 'S' && act != 'c';
    switch (act) {
    case 's':
        result = sipreg_client_start(c, w->tick);
        break;
    case 'S':
        result = sipreg_client_stop(c, w->tick);
        break;
    case 'q':
        result = sipreg_client_query(c, w->tick);
        break;
    case 'c':
        result = sipreg_client_clear(c, w->tick);
        break;
    case 'r':
        result = sipreg_client_refresh(c, w->tick);
        break;
    default:
        result = sipreg_client_hold(c, w->tick, act == 'h');
        break;
    }
    HOLDS(result == SIPREG_OK || (act == 'r' && result == SIPREG_STATE));
}

static void move(struct watch *w, char where)
{
    static const char *const locals[] = {"192.0.2.10:5060", "198.51.100.7:5062",
                                         "[2001:db8::2]:5060", "phone.example.org", NULL};
    int result = sipreg_client_move(&w->client, w->tick, locals[(unsigned char)where % 5]);

    if (result == SIPREG_OK)
        watch_moved(w);
    HOLDS(result == SIPREG_OK || result == SIPREG_LIMIT || result == SIPREG_ARGUMENT);
    watch_reason(w);
    w->outstanding = false;
    watch_lost(w);
}

static void change(struct watch *w, char what)
{
    static const struct sipreg_credentials right = {.user = NULL, .password = WATCH_PASSWORD},
                                           none = {.user = "bob", .password = "other"};
    int result;

    watch_reason(w);
    if (what == 'r' || what == 'n')
        result = sipreg_client_credentials(&w->client, w->tick, what == 'r' ? &right : &none);
    else
        result =
            sipreg_client_contacts(&w->client, w->tick, settings_contacts, (unsigned char)what % 3);
    HOLDS(result == SIPREG_OK || result == SIPREG_SPACE ||
          (result == SIPREG_ARGUMENT && strncmp(w->config.aor, "sips:", 5) == 0));
}

static void let_fail(struct watch *w, char what)
{
    w->failing.send = w->failing.send || what == 's';
    w->failing.open = w->failing.open || what == 'o';
    w->failing.random = w->failing.random || what == 'r';
    w->failing.credentials = w->failing.credentials || what == 'c';
}

static void tell_flow(struct watch *w, char act)
{
    if (act == 'u' && w->io.open != NULL && !w->opening_now)
        return; /* nothing was to be opened */
    watch_flow(w, act == 'u'   ? SIPREG_FLOW_UP
                  : act == 'n' ? SIPREG_FLOW_DOWN
                               : SIPREG_FLOW_UNTRUSTED);
}

/* Off and on again; the snapshot is the truth, or spoilt: then nothing is known. */
static void reboot(struct script *s, bool spoilt)
{
    struct watch *w = s->watch;
    char *bytes = (char *)malloc(SIPREG_SNAPSHOT_SIZE);
    int n = sipreg_client_save(&w->client, w->tick, bytes, SIPREG_SNAPSHOT_SIZE);
    size_t at = fuzz_octet(&s->in) * 3U;

    HOLDS(n > 0 && n == sipreg_client_save(&w->client, w->tick, NULL, 0));
    watch_secrets(bytes, (size_t)n);
    watch_secrets(&w->client, sizeof w->client);
    HOLDS(watch_init(w));
    if (spoilt) {
        bytes[at % (unsigned)n] ^= (char)(1 + (fuzz_octet(&s->in) & 127));
        HOLDS(sipreg_client_load(&w->client, w->tick, 0, bytes, (size_t)n) < 0);
        watch_forget(w);
    } else {
        HOLDS(sipreg_client_load(&w->client, w->tick, (uint32_t)at, bytes, (size_t)n) == 0);
        w->gaps = w->bound = true; /* perhaps */
    }
    watch_reason(w);
    free(bytes);
}

static void pass(struct script *s)
{
    uint32_t ms = (uint32_t)fuzz_octet(&s->in) << (fuzz_octet(&s->in) & 23);

    watch_pass(s->watch, (int32_t)(ms & INT32_MAX));
}

static void stop_within(struct script *s)
{
    struct watch *w = s->watch;

    watch_reason(w);
    w->within = true;
    HOLDS(sipreg_client_stop_within(&w->client, w->tick, fuzz_octet(&s->in) * 250U) == SIPREG_OK);
}

/* Those that are good within an event, too. */
static bool act_anywhere(struct script *s, char act)
{
    if (act != '\0' && strchr("sSqcrhH", act) != NULL)
        wish(s->watch, act);
    else if (act == 'w')
        stop_within(s);
    else if (act == 'm')
        move(s->watch, (char)fuzz_octet(&s->in));
    else if (act == 'k')
        change(s->watch, (char)fuzz_octet(&s->in));
    else
        return false;
    return true;
}

static struct script *running; /* for on_event, which is told of its watch only */

static void on_event(struct watch *w)
{
    char act = running->in_event;

    (void)w;
    running->in_event = 0;
    act_anywhere(running, act);
}

static void act_outside(struct script *s, char act)
{
    struct watch *w = s->watch;

    switch (act) {
    case 'd':
        watch_deadline(w);
        break;
    case 't':
        pass(s);
        break;
    case 'T':
        watch_pass(w, fuzz_octet(&s->in) * 250);
        break;
    case 'b':
        watch_pass(w, -(int32_t)fuzz_octet(&s->in));
        break;
    case 'u':
    case 'n':
    case 'N':
        tell_flow(w, act);
        break;
    case 'f':
        let_fail(w, (char)fuzz_octet(&s->in));
        break;
    case 'o':
        w->opening = (char)fuzz_octet(&s->in);
        break;
    case 'e':
        s->in_event = (char)fuzz_octet(&s->in);
        break;
    default:
        break;
    }
}

static void act_on_message(struct script *s, char act)
{
    struct watch *w = s->watch;

    switch (act) {
    case 'a':
        answer(s, w->last);
        break;
    case 'p':
        answer(s, w->before);
        break;
    case 'x':
        octets(s);
        break;
    case 'y':
        stun(s);
        break;
    case 'z':
        watch_feed(w, "\r\n", 2);
        break;
    case 'P':
        HOLDS(sipreg_client_partial(&w->client, w->tick) == SIPREG_OK);
        break;
    case 'v':
    case 'V':
        reboot(s, act == 'V');
        break;
    default:
        act_outside(s, act);
        break;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct script s = {NULL, {data, data + n}, 0};

    if (fuzz_contains(data, n, WATCH_PASSWORD) || fuzz_contains(data, n, WATCH_HA1))
        return 0;
    s.watch = watch_new(2048);
    running = &s;
    s.watch->on_event = on_event;
    configure(&s);
    if (watch_init(s.watch)) {
        for (int i = 0; i < ACTS && s.in.p < s.in.end; i++) {
            char act = (char)fuzz_octet(&s.in);
            if (!act_anywhere(&s, act))
                act_on_message(&s, act);
            if (act != 'T')
                watch_run(s.watch);
        }
        for (int i = 0; i < 3; i++)
            watch_deadline(s.watch);
    }
    watch_end(s.watch);
    return 0;
}
