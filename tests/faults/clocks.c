/*
 * clocks.c - clocks that stand still, jump, step back and come to the end of their 32 bits.
 */
#include "faults.h"

enum { DAY = 24 * HOUR, STEPS = 60 };

/* Where a clock begins, and by how much it goes on each time that it is looked at. */
static const uint32_t starts[] = {0, 0x7FFFFFF0, 0xFFFFFFFF, 0xFFFFFFFF - 30 * SECOND,
                                  0xFFFFFFFF - HOUR};

struct jump {
    uint32_t ms;
    bool back;
};
static const struct jump jumps[] = {
    {0, false},   {1, false},         {SECOND, false}, {32 * SECOND, false}, {HOUR, false},
    {DAY, false}, {24U * DAY, false}, {SECOND, true},  {HOUR, true},
};

/* A step back counts as no time. */
static void jump(struct story *s, const struct jump *by)
{
    s->tick += by->back ? 0 - by->ms : by->ms;
    s->time += by->back ? 0 : by->ms;
}

/* What comes in between two looks: answers, or nothing; runs end, and none of them is in the past.
 */
static void live_by(struct story *s, const struct jump *by, bool answering)
{
    story_start(s);
    for (int i = 0; i < STEPS; i++) {
        jump(s, by);
        story_run(s);
        while (answering && life_answer(s))
            continue;
    }
    fault_points += STEPS;
}

/* Then it is a clock like any other. */
static void recover(struct story *s)
{
    life_until(s, SIPREG_REGISTERED);
    life_pass(s, HOUR);
    life_until(s, SIPREG_REGISTERED);
    sipreg_client_stop(&s->client, s->tick);
    story_run(s);
    life_until(s, SIPREG_IDLE);
}

static void configure(struct story *s, size_t kind)
{
    if (kind == 1)
        story_stream(s);
    if (kind == 2) {
        s->config.keepalive = &sipreg_keepalive;
        s->config.ping = SIPREG_PING_ALWAYS;
    }
}

static void suffer(size_t kind, uint32_t start, const struct jump *by, bool answering)
{
    struct story *s = life_begin(&lives[0]);

    configure(s, kind);
    s->tick = start;
    live_by(s, by, answering);
    recover(s);
    life_end(s);
}

void clocks_stand_still_jump_and_wrap(void **state)
{
    (void)state;
    for (size_t kind = 0; kind < 3; kind++) {
        for (size_t i = 0; i < COUNT(starts); i++) {
            for (size_t k = 0; k < COUNT(jumps); k++) {
                suffer(kind, starts[i], &jumps[k], true);
                suffer(kind, starts[i], &jumps[k], false);
            }
        }
    }
}
