/*
 * fuzz_stun.c - the answer to a STUN Binding request.
 *
 *     one octet of options | a message
 *
 * Options put right what chance hardly finds: the cookie and the id, the length. What is read is
 * read here a second time, from back to front, so that the two have nothing in common but RFC 8489.
 */
#include "fuzz.h"

#include "stun.h"

#include <stdlib.h>

enum { RIGHT_ID = 1, RIGHT_LENGTH = 2, HEADER = 20, ATTRIBUTES = 512 };

static const uint8_t id[SIPREG_STUN_ID_SIZE] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};

static unsigned number(const uint8_t *p)
{
    return (unsigned)(p[0] * 256 + p[1]);
}

/* Where attributes begin; -1: they do not come out even. */
static int walk(const uint8_t *p, size_t n, size_t starts[ATTRIBUTES])
{
    int count = 0;

    for (size_t at = HEADER; at < n; count++) {
        if (n - at < 4 || count == ATTRIBUTES)
            return -1;
        starts[count] = at;
        at += 4 + (number(p + at + 2) + 3U) / 4U * 4U;
        if (at > n)
            return -1;
    }
    return count;
}

/* The first address that can be read: which attribute it is; -1: none. */
static int find_address(const uint8_t *p, const size_t *starts, int count)
{
    int found = -1;

    for (int i = count - 1; i >= 0; i--) {
        const uint8_t *a = p + starts[i];
        unsigned length = number(a + 2);
        if (number(a) == 0x0020 && ((length == 8 && a[5] == 1) || (length == 20 && a[5] == 2)))
            found = i;
    }
    return found;
}

static void check_mapped(const struct sipreg_mapped *mapped, const uint8_t *p, const uint8_t *a)
{
    struct sipreg_mapped again = *mapped;

    HOLDS(mapped->ipv6 == (a[5] == 2));
    HOLDS(mapped->port == (number(a + 6) ^ 0x2112U));
    for (int i = 0; i < (mapped->ipv6 ? 16 : 4); i++)
        HOLDS(mapped->address[i] == (a[8 + i] ^ p[4 + i]));
    HOLDS(sipreg_mapped_equal(mapped, &again));
    again.port ^= 1;
    HOLDS(!sipreg_mapped_equal(mapped, &again));
}

static void check_answer(const struct sipreg_stun_answer *answer, int result, const uint8_t *p,
                         size_t n)
{
    size_t starts[ATTRIBUTES];
    int count = walk(p, n, starts), at = find_address(p, starts, count);

    HOLDS(number(p) == (result == SIPREG_STATUS ? 0x0111U : 0x0101U));
    if (result == SIPREG_OK) {
        HOLDS(at >= 0);
        check_mapped(&answer->mapped, p, p + starts[at]);
    }
    if (result == SIPREG_STATUS)
        HOLDS(answer->status == 0 || (answer->status >= 300 && answer->status <= 699));
    if (result == SIPREG_SYNTAX && count >= 0 && at >= 0) { /* then one was not understood */
        bool strange = false;
        for (int i = 0; i < count; i++)
            strange = strange || (number(p + starts[i]) < 0x8000 && number(p + starts[i]) != 0x20);
        HOLDS(strange);
    }
}

static void make_right(uint8_t *p, size_t n, unsigned options)
{
    uint8_t request[SIPREG_STUN_REQUEST_SIZE];

    if (n < HEADER)
        return;
    sipreg_stun_request(request, id);
    if ((options & RIGHT_ID) != 0)
        memcpy(p + 4, request + 4, HEADER - 4);
    if ((options & RIGHT_LENGTH) != 0) {
        p[2] = (uint8_t)((n - HEADER) >> 8);
        p[3] = (uint8_t)(n - HEADER);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct fuzz_input in = {data, data + n};
    unsigned options = fuzz_octet(&in);
    struct sipreg_str rest = fuzz_rest(&in);
    uint8_t *message = (uint8_t *)fuzz_block(rest.p, rest.n);
    struct sipreg_stun_answer answer;
    int result;

    make_right(message, rest.n, options);
    result = sipreg_stun_read(&answer, id, message, rest.n);
    HOLDS(result == SIPREG_OK || result == SIPREG_STATUS || result == SIPREG_SYNTAX ||
          result == SIPREG_FOREIGN);
    HOLDS(result == SIPREG_FOREIGN || sipreg_stun_is(message, rest.n));
    if (result != SIPREG_FOREIGN)
        check_answer(&answer, result, message, rest.n);
    free(message);
    return 0;
}
