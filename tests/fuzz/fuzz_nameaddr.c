/*
 * fuzz_nameaddr.c - the values of one header line: addresses with their parameters, Via, and the
 * lists of parameters and option tags in them.
 *
 * Each value is cut out and read once more alone: it must be the same.
 */
#include "fuzz.h"

#include "nameaddr.h"
#include "options.h"
#include "param.h"
#include "via.h"

#include <stdlib.h>

static bool equal(struct sipreg_str a, struct sipreg_str b)
{
    return (a.p == NULL) == (b.p == NULL) && a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

static void check_params(struct sipreg_str params)
{
    struct sipreg_cursor c = sipreg_cursor_of(params);
    struct sipreg_parameter parameter;
    const char *before = c.p;

    while (sipreg_param_next(&c, &parameter)) {
        HOLDS(c.p > before && c.p <= c.end && parameter.name.n > 0);
        fuzz_inside(parameter.name, params);
        fuzz_inside(parameter.value, params);
        before = c.p;
    }
    HOLDS(c.p >= before && c.p <= c.end);
    (void)sipreg_param_twice(params);
    fuzz_inside(sipreg_param(params, "expires"), params);
}

/* What was between the last comma and this one. */
static void check_alone(const char *from, const char *to, const struct sipreg_nameaddr *na,
                        struct sipreg_str wanted)
{
    size_t n = (size_t)(to - from);
    char *block = fuzz_block(from, n);
    struct sipreg_cursor c = {block, block + n};
    struct sipreg_wanted tag = {{"tag", 3}, {NULL, 0}};
    struct sipreg_nameaddr again;

    HOLDS(sipreg_nameaddr_next(&c, &again, &tag, 1));
    HOLDS(equal(na->display, again.display) && equal(na->uri, again.uri) &&
          equal(na->params, again.params) && equal(tag.value, wanted));
    free(block);
}

static void read_addresses(struct sipreg_str line)
{
    struct sipreg_cursor c = sipreg_cursor_of(line);
    struct sipreg_wanted tag = {{"tag", 3}, {NULL, 0}};
    struct sipreg_nameaddr na;
    const char *before = c.p;

    while (sipreg_nameaddr_next(&c, &na, &tag, 1)) {
        HOLDS(c.p > before && c.p <= c.end && na.uri.n > 0);
        fuzz_inside(na.display, line);
        fuzz_inside(na.uri, line);
        fuzz_inside(na.params, line);
        fuzz_inside(tag.value, line);
        check_params(na.params);
        check_alone(before, c.p, &na, tag.value);
        before = c.p;
    }
    HOLDS(c.p >= before && c.p <= c.end);
}

static void read_via(struct sipreg_str line)
{
    struct sipreg_via via;
    bool more = false;
    int result = sipreg_via_parse(&via, line, &more);

    HOLDS(result == SIPREG_OK || result == SIPREG_SYNTAX);
    if (result != SIPREG_OK)
        return;
    HOLDS(via.transport.n > 0 && via.host.n > 0);
    fuzz_inside(via.transport, line);
    fuzz_inside(via.host, line);
    fuzz_inside(via.port, line);
    fuzz_inside(via.branch, line);
    fuzz_inside(via.received, line);
    fuzz_inside(via.rport, line);
    fuzz_inside(via.keep, line);
}

static void read_options(struct sipreg_str line)
{
    struct sipreg_cursor c = sipreg_cursor_of(line);
    const char *before = c.p;
    struct sipreg_str tag;

    while (sipreg_options_next(&c, &tag)) {
        HOLDS(c.p > before && tag.n > 0);
        fuzz_inside(tag, line);
        before = c.p;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct sipreg_str line = {fuzz_block(data, n), n};

    read_addresses(line);
    read_via(line);
    read_options(line);
    check_params(line);
    free((char *)(uintptr_t)line.p);
    return 0;
}
