/*
 * reboot.c - a phone is switched off and on again, with what it has saved or without.
 *
 * Each request is saved before it leaves. One that goes on with it has the same Call-ID and removes
 * what was bound before; one that has nothing, or what nobody can read, leaves that to lapse.
 */
#include "sim.h"

#include <string.h>

void reboot_save(struct phone *p)
{
    if (!p->saves)
        return;
    p->snapshot_size =
        sipreg_client_save(&p->client, phone_tick(p), p->snapshot, sizeof p->snapshot);
    p->saved_at = p->world->now;
    if (p->snapshot_size < 0)
        broken(p->world, p, "cannot be saved: %s", sipreg_strerror(p->snapshot_size));
}

/* True: nobody may take it for what it was. */
static bool spoil(struct phone *p)
{
    struct world *w = p->world;

    if (p->snapshot_size > 0 && strikes(w, 100, "the snapshot is cut short")) {
        p->snapshot_size = (int)dice(w, (uint32_t)p->snapshot_size);
        return true;
    }
    if (p->snapshot_size > 0 && strikes(w, 100, "the snapshot is changed")) {
        p->snapshot[dice(w, (uint32_t)p->snapshot_size)] ^= (unsigned char)(1 << dice(w, 8));
        return true;
    }
    return p->snapshot_size <= 0;
}

/* What the client goes on with; false: it starts afresh. */
static bool load(struct phone *p)
{
    struct world *w = p->world;
    bool bad = spoil(p);
    uint32_t away = (uint32_t)((w->now - p->saved_at + SECOND - 1) / SECOND);
    int result =
        sipreg_client_load(&p->client, phone_tick(p), chance(w, 300) ? SIPREG_FOREVER : away,
                           p->snapshot, p->snapshot_size > 0 ? (size_t)p->snapshot_size : 0);

    trace(w, p, "loads a snapshot: %s", sipreg_strerror(result));
    if (bad == (result == SIPREG_OK))
        broken(w, p, "a snapshot that is %s: %s", bad ? "bad" : "good", sipreg_strerror(result));
    return result == SIPREG_OK;
}

/* Behind a NAT there is a new address each time: the old one's ports are not to be mixed up. */
static void move_in(struct phone *p)
{
    if (p->nat.there) {
        p->ports++;
        nat_renew(p);
    }
    phone_address(p);
}

void reboot(struct phone *p)
{
    static struct watch before;
    struct world *w = p->world;
    unsigned below = p->excused_below, moves = p->moves;

    if (p->snapshot_size > 0 && chance(w, 300))
        reboot_save(p); /* last of all */
    before = p->watch;
    p->skew += dice(w, HOUR);
    if (p->nat.there && (moves > 0 || !before.offered)) /* as after two moves, see phone.c */
        below = p->ports + 1;
    move_in(p);
    phone_begin(p);
    if (p->saves && load(p)) {
        p->excused_below = below;
        p->moves = p->nat.there ? moves + 1 : moves;
        check_go_on(p, &before);
    } else { /* also what a damaged answer had made it bind */
        registrar_excuse(p);
        p->snapshot_size = 0;
    }
}
