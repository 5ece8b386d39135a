/*
 * seek.c - which server does the program around a client connect to? Those of io.open ask the DNS
 * and walk from target to target, as sipreg/locate.h shows it.
 */
#include "sim.h"

#include <stdio.h>
#include <string.h>

enum {
    QUESTIONS = 1 + 3 * (1 + 2 * SIPREG_MAX_TARGETS) + 2, /* of one walk to a target, at most */
    REST = 5 * MINUTE,
    DAY = 24 * HOUR
};

static int on_random(void *user, void *out, size_t n)
{
    struct phone *p = (struct phone *)user;
    unsigned char *octets = (unsigned char *)out;

    if (strikes(p->world, 10, "no random numbers for the DNS"))
        return -1;
    for (size_t i = 0; i < n; i++)
        octets[i] = (unsigned char)dice(p->world, 256);
    return 0;
}

void seek_begin(struct phone *p)
{
    p->seek.uri[0] = '\0';
    p->seek.server = 0;
    p->seek.good_until = p->seek.rests_until = 0;
    p->seek.tries = 0;
}

/* The URI changes when a redirection is followed. */
static bool set_up(struct phone *p)
{
    struct seek *s = &p->seek;
    struct sipreg_locate_options options = {0};
    char uri[sizeof s->uri];
    int n = sipreg_client_next_hop(&p->client, uri, sizeof uri);

    if (n < 0)
        broken(p->world, p, "no next hop: %d", n);
    if (strcmp(uri, s->uri) == 0)
        return true;
    snprintf(s->uri, sizeof s->uri, "%s", uri);
    options.transports = 1U << p->config.transport;
    options.random = on_random;
    options.user = p;
    s->good_until = NEVER; /* of an address */
    if (sipreg_locate_init(&s->locate, &options, ((struct sipreg_str){uri, (size_t)n})) ==
        SIPREG_OK)
        return true;
    s->uri[0] = '\0'; /* it names a transport that this phone has not */
    return false;
}

/* The answers that a target comes from must not have outlived their TTL. */
static void check_age(struct phone *p)
{
    struct sipreg_question question;

    if (!sipreg_locate_question(&p->seek.locate, &question) && p->seek.good_until != NEVER &&
        p->own > p->seek.good_until + SECOND)
        broken(p->world, p, "goes by answers that are too old");
}

static void check_question(struct phone *p, const struct sipreg_question *question)
{
    size_t n = strlen(question->name);

    trace(p->world, p, "asks for %s, %d", question->name, (int)question->type);
    if (n == 0 || n > 255 || question->name[n - 1] == '.' ||
        strspn(question->name,
               "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.") != n)
        broken(p->world, p, "asks for a name that is none: %s", question->name);
    if (++p->seek.questions > QUESTIONS)
        broken(p->world, p, "asks without end");
}

static void check_target(struct phone *p, const struct sipreg_target *target)
{
    trace(p->world, p, "finds %s:%u", target->address, target->port);
    if (target->transport != p->config.transport)
        broken(p->world, p, "a target of another transport");
    if (target->port == 0)
        broken(p->world, p, "a target without a port");
    if (strncmp(strchr(p->seek.uri, '@') != NULL ? strchr(p->seek.uri, '@') + 1 : p->seek.uri + 4,
                target->name, strlen(target->name)) != 0)
        broken(p->world, p, "a certificate for %s would do", target->name);
}

/* Is there another one, if this one fails? A copy may tell. */
static bool has_others(const struct phone *p)
{
    static struct sipreg_locate copy;
    struct sipreg_question question;
    struct sipreg_target target;

    copy = p->seek.locate;
    sipreg_locate_failed(&copy, p->tick, -1);
    return sipreg_locate_question(&copy, &question) ||
           sipreg_locate_target(&copy, &target) == SIPREG_OK;
}

static void go_on(struct phone *p)
{
    struct sipreg_question question;
    struct sipreg_target target;

    if (sipreg_locate_question(&p->seek.locate, &question)) {
        check_question(p, &question);
        zone_ask(p);
        return;
    }
    if (sipreg_locate_target(&p->seek.locate, &target) != SIPREG_OK) {
        sipreg_client_servers(&p->client, 0);
        later(p->world, 0, FLOW_IS_DOWN, p, NULL, 0);
        return;
    }
    check_target(p, &target);
    p->seek.questions = 0;
    p->seek.server = zone_server(&target);
    sipreg_client_servers(&p->client, has_others(p) ? 1 : 0);
    phone_connect(p);
}

int seek_open(struct phone *p)
{
    p->seek.served = false;
    p->seek.under_way = true;
    if (!set_up(p))
        return -1;
    p->seek.questions = 0;
    sipreg_locate_start(&p->seek.locate, p->tick);
    check_age(p);
    go_on(p);
    return 0;
}

/* The lists are as good as the record that is the first to be too old. */
static void note_age(struct phone *p, const struct sipreg_question *question,
                     const struct sipreg_record *records, int count)
{
    struct seek *s = &p->seek;

    if (s->good_until == NEVER || question->type == SIPREG_DNS_NAPTR)
        s->good_until = p->own + DAY;
    if (count < 0)
        s->good_until = p->own;
    for (int i = 0; i < count && i < 128; i++) {
        uint64_t ttl = records[i].ttl <= INT32_MAX ? records[i].ttl : 0;
        if (records[i].type == question->type && p->own + ttl * SECOND < s->good_until)
            s->good_until = p->own + ttl * SECOND;
    }
}

void seek_answer(struct phone *p, const struct event *e)
{
    struct sipreg_question question;
    const struct sipreg_record *records;
    int count;

    if (!p->opening || !sipreg_locate_question(&p->seek.locate, &question))
        return;
    count = zone_answer(p->world, &question, e->lie, &records);
    phone_tick(p);
    note_age(p, &question, records, count);
    sipreg_locate_answer(&p->seek.locate, p->tick, records, count);
    go_on(p);
    phone_run(p);
}

/* A server failed that has not been reached, or is busy; not one whose connection has broken after
   it had served. */
static bool has_failed(const struct phone *p, const struct sipreg_event *event)
{
    bool unreached =
        event->status == 0 && (event->error == SIPREG_TIMEOUT || event->error == SIPREG_TRANSPORT);

    if (event->type != SIPREG_EVENT_RETRYING && event->state != SIPREG_IDLE)
        return false; /* a query, or a lapse, with another request under way */
    if (event->error == SIPREG_TRANSPORT && p->seek.served && event->retry_in > 0)
        return false;
    return unreached || event->status == 503;
}

void seek_event(struct phone *p, const struct sipreg_event *event)
{
    int64_t retry_after = event->response != NULL ? event->response->retry_after : SIPREG_ABSENT;
    uint64_t rest = retry_after < 0 ? REST : (uint64_t)retry_after * SECOND;

    if (!p->seek.on)
        return;
    if (event->type == SIPREG_EVENT_REGISTERED)
        p->seek.served = true, p->seek.under_way = false;
    if (!seek_is_amid(p, event))
        p->seek.tries = 0;
    else if (++p->seek.tries > 2 * TRIES) /* a wish may have begun another attempt */
        broken(p->world, p, "tries one server after the other without end");
    if (!has_failed(p, event))
        return;
    if (sipreg_locate_failed(&p->seek.locate, p->tick, retry_after) == SIPREG_OK &&
        p->own + (rest < DAY ? rest : DAY) > p->seek.rests_until)
        p->seek.rests_until = p->own + (rest < DAY ? rest : DAY);
}

uint64_t seek_rest(const struct phone *p)
{
    return p->seek.on && p->seek.rests_until > p->own ? p->seek.rests_until - p->own : 0;
}

bool seek_is_amid(const struct phone *p, const struct sipreg_event *event)
{
    return p->seek.on && event->type == SIPREG_EVENT_RETRYING && event->retry_in == 0;
}
