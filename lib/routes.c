/*
 * routes.c - remembers Path and Service-Route (RFC 3327, RFC 3608).
 *
 * They are for requests that the program sends itself; no REGISTER is ever routed by them. Kept as
 * text: a letter for the header, the URI, a NUL, in order.
 */
#include "routes.h"

#include "cursor.h"
#include "out.h"
#include "response.h"

#include <sipreg/client.h>

#include <string.h>

static const char marks[] = {'P', 'S'}; /* by enum sipreg_route */

/* Can it be sent back between angle brackets? */
static bool is_route(struct sipreg_str uri)
{
    return uri.n > 0 && sipreg_str_quotable(uri) && memchr(uri.p, '<', uri.n) == NULL &&
           memchr(uri.p, '>', uri.n) == NULL;
}

static void keep(struct sipreg_out *out, const struct sipreg_response *response,
                 enum sipreg_name name, enum sipreg_route route)
{
    struct sipreg_out before = *out;
    struct sipreg_place place = {0, 0, 0};
    struct sipreg_nameaddr na;

    while (sipreg_response_address(response, name, &place, &na, NULL, 0)) {
        if (!is_route(na.uri))
            sipreg_out_fail(out, SIPREG_SYNTAX);
        sipreg_out_str(out, sipreg_str_between(&marks[route], &marks[route] + 1));
        sipreg_out_str(out, na.uri);
        sipreg_out_nul(out);
    }
    if (sipreg_out_end(out) < 0)
        *out = before;
}

void sipreg_routes_keep(struct sipreg_client *client, const struct sipreg_response *response)
{
    struct sipreg_out out;

    sipreg_out_start(&out, client->routes, SIPREG_ROUTE_SIZE);
    keep(&out, response, SIPREG_PATH_NAME, SIPREG_PATH);
    keep(&out, response, SIPREG_SERVICE_ROUTE_NAME, SIPREG_SERVICE_ROUTE);
    client->routes_used = (uint16_t)sipreg_out_end(&out);
}

bool sipreg_routes_are(struct sipreg_str text)
{
    struct sipreg_cursor c = sipreg_cursor_of(text);

    while (c.p < c.end) {
        const char *nul = (const char *)memchr(c.p, '\0', (size_t)(c.end - c.p));
        if (nul == NULL || memchr(marks, *c.p, sizeof marks) == NULL ||
            !is_route(sipreg_str_between(c.p + 1, nul)))
            return false;
        c.p = nul + 1;
    }
    return true;
}

void sipreg_routes_forget(struct sipreg_client *client)
{
    client->routes_used = 0;
}

struct sipreg_str sipreg_client_route(const struct sipreg_client *client, enum sipreg_route route,
                                      size_t index)
{
    const char *p = client->routes, *end = p + client->routes_used;

    for (; p < end; p += strlen(p) + 1) {
        if (*p == marks[route] && index-- == 0)
            return sipreg_str_of(p + 1);
    }
    return (struct sipreg_str){NULL, 0};
}
