/*
 * fuzz_stream.c - a client on a stream: the same however what it hears is cut.
 *
 *     letters for the config, up to a LF; then acts
 *
 *   a OCTETS~     these come                         d       to the next deadline
 *
 * In octets a LF is a CRLF, and $ as in fuzz_client.c. A first client hears them act by act; so it
 * is settled what comes. Others hear that whole, octet by octet and in two pieces, from the same
 * random source: they must take the same messages and send, know and wait for the same.
 */
#include "settings.h"
#include "texts.h"
#include "watch.h"

#include <stdlib.h>

enum { ACTS = 12, STREAM = 8000 };

/* What comes, and where in it time passes. */
struct talk {
    struct sipreg_str letters;
    char octets[STREAM];
    size_t n, pauses[ACTS], count;
};

struct listener {
    struct watch *watch;
    struct sipreg_frame frame;
    size_t taken;
    uint32_t results; /* a hash of what was taken for what */
    bool over;        /* the flow is not that one any more */
};

static void begin(struct listener *l, struct sipreg_str letters)
{
    static const struct listener none;
    struct watch *w = watch_new(2048);

    *l = none;
    l->watch = w;
    for (size_t i = 0; i < letters.n && i < 40; i++)
        settings_apply(w, letters.p[i]);
    if (w->config.transport != SIPREG_TLS)
        w->config.transport = SIPREG_TCP;
    l->over = !watch_init(w);
    if (l->over)
        return;
    watch_reason(w);
    HOLDS(sipreg_client_start(&w->client, w->tick) == SIPREG_OK);
    watch_run(w);
    w->opening = '2'; /* no flow after this one */
}

static void note(struct listener *l, int result)
{
    l->results = (l->results ^ (uint32_t)result) * 0x01000193;
}

/* One message, if it is there: the octets from those taken up to n are. */
static bool take(struct listener *l, const char *octets, size_t n)
{
    char *block = fuzz_block(octets + l->taken, n - l->taken);
    int result = sipreg_frame_next(&l->frame, block, n - l->taken);

    free(block);
    if (result == SIPREG_PARTIAL) {
        HOLDS(sipreg_client_partial(&l->watch->client, l->watch->tick) == SIPREG_OK);
        return false;
    }
    note(l, result);
    if (result < 0) {
        watch_flow(l->watch, SIPREG_FLOW_DOWN);
        l->over = true;
        return false;
    }
    note(l, watch_feed(l->watch, octets + l->taken, (size_t)result));
    l->taken += (size_t)result;
    l->over = l->watch->io.open != NULL && !l->watch->up;
    return true;
}

static void hear(struct listener *l, const char *octets, size_t n)
{
    while (!l->over && l->taken < n && take(l, octets, n))
        ;
}

static void pause(struct listener *l)
{
    if (l->over)
        return;
    watch_deadline(l->watch);
    l->over = l->watch->io.open != NULL && !l->watch->up;
}

/* Pieces of `first` octets, then of `step`; a pause ends one, too. */
static void hear_in_pieces(struct listener *l, const struct talk *talk, size_t first, size_t step)
{
    size_t here = 0, cut = first;

    for (size_t i = 0; i <= talk->count; i++) {
        size_t end = i < talk->count ? talk->pauses[i] : talk->n;
        for (; cut < end; cut += step)
            hear(l, talk->octets, here = cut);
        if (here < end)
            hear(l, talk->octets, here = end);
        if (i < talk->count)
            pause(l);
    }
}

static void check_same(const struct listener *a, const struct listener *b)
{
    struct watch *one = a->watch, *other = b->watch;
    char first[SIPREG_SNAPSHOT_SIZE], second[SIPREG_SNAPSHOT_SIZE];
    int n = sipreg_client_save(&one->client, one->tick, first, sizeof first);

    HOLDS(a->results == b->results && a->taken == b->taken && a->over == b->over);
    HOLDS(one->size == other->size && memcmp(one->last, other->last, one->size) == 0);
    HOLDS(one->actions == other->actions && one->own == other->own);
    HOLDS(sipreg_client_state(&one->client) == sipreg_client_state(&other->client));
    HOLDS(watch_run(one) == watch_run(other));
    HOLDS(n == sipreg_client_save(&other->client, other->tick, second, sizeof second));
    HOLDS(n < 0 || memcmp(first, second, (size_t)n) == 0);
}

static void check_cut(const struct listener *whole, const struct talk *talk, size_t first,
                      size_t step)
{
    struct listener l;

    begin(&l, talk->letters);
    hear_in_pieces(&l, talk, first, step);
    check_same(whole, &l);
    watch_end(l.watch);
}

/* Replayed: at every place, or at some hundred. */
static void check_cuts(const struct talk *talk)
{
    size_t n = talk->n, step = 1 + n / 100;
    uint32_t h = fuzz_hash(talk->octets, n);
    struct listener whole;

    begin(&whole, talk->letters);
    hear_in_pieces(&whole, talk, n, n);
    check_cut(&whole, talk, 1, 1);
    check_cut(&whole, talk, 1 + h % n, n);
    for (size_t at = 1 + h % step; fuzz_thorough && at < n; at += step)
        check_cut(&whole, talk, at, n);
    watch_end(whole.watch);
}

/* What comes is settled by one who hears it. */
static void settle(struct talk *talk, struct fuzz_input *in)
{
    struct listener l;
    struct reply_text text;

    begin(&l, talk->letters);
    for (int i = 0; i < ACTS && in->p < in->end && !l.over; i++) {
        if (fuzz_octet(in) == 'd') {
            talk->pauses[talk->count++] = talk->n;
            pause(&l);
            continue;
        }
        text.n = 0;
        text_add_lines(&text, l.watch->last, fuzz_until(in, '~'));
        if (text.n > sizeof talk->octets - talk->n)
            break;
        memcpy(talk->octets + talk->n, text.p, text.n);
        talk->n += text.n;
        hear(&l, talk->octets, talk->n);
    }
    watch_end(l.watch);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct fuzz_input in = {data, data + n};
    struct talk *talk;

    if (fuzz_contains(data, n, WATCH_PASSWORD) || fuzz_contains(data, n, WATCH_HA1))
        return 0;
    talk = (struct talk *)calloc(1, sizeof *talk);
    if (talk == NULL)
        abort();
    talk->letters = fuzz_until(&in, '\n');
    settle(talk, &in);
    if (talk->n > 0)
        check_cuts(talk);
    free(talk);
    return 0;
}
