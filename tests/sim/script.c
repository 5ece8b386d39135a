/*
 * script.c - what the user of a phone wishes, and what befalls a phone.
 */
#include "sim.h"

#include <string.h>

enum {
    START,
    STOP,
    REFRESH,
    QUERY,
    CLEAR,
    MOVE,
    RESTART,
    WRONG_CREDENTIALS,
    RIGHT_CREDENTIALS,
    HOLD,
    WISHES
};

static const char *const names[WISHES] = {"start",
                                          "stop",
                                          "refresh",
                                          "query",
                                          "clear",
                                          "move",
                                          "restart",
                                          "wrong credentials",
                                          "right credentials",
                                          "hold, or no longer"};

static bool shares_aor(const struct phone *p)
{
    const struct world *w = p->world;

    for (unsigned i = 0; i < w->phone_count; i++) {
        if (i != p->index && w->phones[i].user[4] == p->user[4])
            return true;
    }
    return false;
}

static void give_credentials(struct phone *p, const char *password)
{
    struct sipreg_credentials credentials = {p->user, password, NULL, 0, NULL};

    p->changed_password = true;
    p->password = password;
    sipreg_client_credentials(&p->client, phone_tick(p), &credentials);
}

/* Some are in a hurry; in fair weather there is time enough. */
static void stop(struct phone *p)
{
    struct world *w = p->world;
    uint32_t least = w->fair ? 10 * SECOND : 0;

    if (w->clear || (w->fair && p->seek.on) || !chance(w, 300))
        sipreg_client_stop(&p->client, phone_tick(p));
    else
        sipreg_client_stop_within(&p->client, phone_tick(p), least + dice(w, 40 * SECOND));
}

/* What was put off may be due at once. */
static void hold(struct phone *p, bool held)
{
    p->held = held;
    sipreg_client_hold(&p->client, phone_tick(p), held);
    if (!held)
        p->watch.flow_changed = true;
}

/* Only the first five may come from within a callback. */
void script_wish(struct phone *p, unsigned wish)
{
    trace(p->world, p, "wishes %s", names[wish]);
    check_wish(p);
    switch (wish) {
    case START:
        p->wish = WISH_BOUND;
        p->watch.refused = false;
        sipreg_client_start(&p->client, phone_tick(p));
        break;
    case STOP:
        p->wish = WISH_GONE;
        p->watch.ended = false;
        stop(p);
        break;
    case REFRESH:
        sipreg_client_refresh(&p->client, phone_tick(p));
        break;
    case QUERY:
        sipreg_client_query(&p->client, phone_tick(p));
        break;
    case CLEAR:
        p->wish = WISH_GONE;
        p->watch.ended = false;
        sipreg_client_clear(&p->client, phone_tick(p));
        break;
    case MOVE:
        phone_move(p, true);
        break;
    case RESTART:
        reboot(p);
        script_wish(p, START);
        break;
    case HOLD:
        hold(p, !p->held);
        break;
    case WRONG_CREDENTIALS:
    case RIGHT_CREDENTIALS:
    default:
        give_credentials(p, wish == WRONG_CREDENTIALS ? WRONG_PASSWORD : RIGHT_PASSWORD);
        break;
    }
}

/* When the weather has cleared, only what was refused is asked for once more, and not before there
   is a connection for it. */
static void ask_again(struct phone *p)
{
    if (!p->opens && !p->connected) {
        p->wish_at = p->world->now + 5 * SECOND;
        return;
    }
    give_credentials(p, RIGHT_PASSWORD);
    script_wish(p, p->wish == WISH_GONE ? STOP : START);
}

void script_next(struct phone *p)
{
    static const unsigned often[] = {START, START, START, START, REFRESH, REFRESH,
                                     QUERY, STOP,  MOVE,  MOVE,  RESTART, RIGHT_CREDENTIALS,
                                     HOLD};
    struct world *w = p->world;
    unsigned wish = often[dice(w, 13)];

    p->wish_at = NEVER;
    if (w->clear) {
        ask_again(p);
        return;
    }
    if (chance(w, 60))
        wish = !w->fair ? WRONG_CREDENTIALS : REFRESH;
    if (chance(w, 60) && !(w->fair && shares_aor(p)))
        wish = CLEAR;
    script_wish(p, wish);
    p->wish_at = w->now + dice(w, (uint32_t)(w->storm_ends / 6));
}

static void fall_asleep(struct phone *p)
{
    static const uint32_t most[] = {20 * SECOND, 5 * MINUTE, 2 * HOUR};
    struct world *w = p->world;
    uint32_t ms = dice(w, most[dice(w, 3)]);

    p->suspended_until = w->now + ms + 1;
    if (chance(w, 400)) {
        p->skew -= ms;
        p->drifted = p->stood_still = true;
        p->seek.good_until = NEVER; /* by which clock? */
    }
}

/* What befalls a phone. */
void script_strike(struct phone *p)
{
    struct world *w = p->world;

    if (strikes(w, 15, "the phone falls asleep"))
        fall_asleep(p);
    if (strikes(w, 10, "the phone's clock steps back")) {
        p->skew -= dice(w, 2 * SECOND);
        p->drifted = true;
        p->seek.good_until = NEVER;
    }
    if (strikes(w, 10, "the phone finds itself elsewhere")) {
        phone_move(p, true);
        phone_run(p);
    }
    if (p->nat.there && strikes(w, 20, "the NAT forgets"))
        nat_forget(p);
    if (p->seek.on && strikes(w, 40, "a server dies, or lives again"))
        zone_strike(w);
    if (strikes(w, 10, "the connection breaks") && !p->opening && p->connected)
        phone_flow(p, SIPREG_FLOW_DOWN);
}

/*
 * The bound: what the client has announced, which is never later than a day by a Retry-After, or
 * the end of a request that is under way; then one back-off of its longest, since that may fail
 * first; then two openings or time-outs on the way, and a minute for rounds, clocks that stepped
 * and being asked again.
 */
static uint64_t bound(const struct phone *p)
{
    uint64_t longest = p->config.retry_max > 0 ? p->config.retry_max : 1800;
    uint64_t t1 = p->config.t1 > 0 ? p->config.t1 : 500, own = p->own, wait = 64 * t1;

    if (p->watch.announced != NEVER && p->watch.announced > own + wait)
        wait = p->watch.announced - own;
    wait += longest * SECOND + 2 * 64 * t1 + MINUTE;
    if (p->nat.there && check_pings_promised(p)) /* a keepalive finds it out, and all once more */
        wait += check_pings_every(p) * (uint64_t)SECOND + longest * SECOND + 3 * 79 * t1;
    if (p->seek.on) /* servers fail one after the other, of lists that may be lies */
        wait += seek_rest(p) + 3 * longest * SECOND + 4 * TRIES * 64 * t1 + LIE_TTL * SECOND;
    return wait;
}

void script_clear(struct phone *p)
{
    struct world *w = p->world;
    unsigned wish = chance(w, 700) ? START : STOP;

    if (p->stood_still)
        phone_move(p, false);
    if (strcmp(p->password, RIGHT_PASSWORD) != 0)
        give_credentials(p, RIGHT_PASSWORD);
    phone_tick(p);
    if (p->held)
        hold(p, false);
    script_wish(p, wish);
    if (p->watch.announced != NEVER && p->watch.announced > p->own + 26 * (uint64_t)HOUR)
        script_wish(p, REFRESH); /* so long a grant, by such a registrar? */
    phone_run(p);
    nat_calm(p);
    p->wish_at = NEVER;
    p->settled_by = w->now + bound(p);
}
