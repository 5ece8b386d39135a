/*
 * image.c - the walk over all fields of a snapshot, as it reads them.
 *
 * From any octets, up to N; with 104 all fields and all sessions can be there. Every text lies in
 * them, absent ones are empty, and there are no more sessions than there is room for.
 *
 * What the walk is made of is proved for any length, but for ferry_sessions() and so ferry_image():
 * a challenge stored into an array of them is a dozen stores, after which WP's provers do not find
 * in a minute that the ferry is the same.
 */
#include "../../../lib/image.c"

#include <assert.h>
#include <stdlib.h>

size_t nondet_size(void);

/* The last n of N octets: before the first of them there are others, behind the last there are
   none. */
static char *octets(size_t n)
{
    char *all = malloc(N);

    __CPROVER_assume(all != NULL && n <= N);
    return all + (N - n);
}

static void check_text(struct sipreg_str s, const char *p, size_t n)
{
    if (s.p == NULL) {
        assert(s.n == 0);
        return;
    }
    assert(__CPROVER_same_object(s.p, p));
    assert(s.p >= p && s.p <= p + n && s.n <= (size_t)(p + n - s.p));
}

void reads(void)
{
    size_t n = nondet_size();
    const char *p = octets(n);
    struct ferry ferry = {.writes = false};
    struct sipreg_image image;

    ferry.in = sipreg_cursor_of((struct sipreg_str){p, n});
    clear(&image);
    ferry_image(&ferry, &image);
    assert(__CPROVER_same_object(ferry.in.p, p) && ferry.in.p >= p && ferry.in.p <= p + n);
    assert(ferry.in.end == p + n);
    assert(ferry.error != SIPREG_OK || image.session_count <= SIPREG_MAX_REALMS);
    check_text(image.call_id, p, n);
    check_text(image.tag, p, n);
    check_text(image.contact, p, n);
    check_text(image.replaced, p, n);
    check_text(image.routes, p, n);
    for (size_t i = 0; i < SIPREG_MAX_REALMS; i++) {
        check_text(image.sessions[i].realm, p, n);
        check_text(image.sessions[i].nonce, p, n);
        check_text(image.sessions[i].opaque, p, n);
        check_text(image.sessions[i].algorithm_raw, p, n);
    }
}
