/*
 * nat.c - is our contact where the registrar sees us? (RFC 3581 9)
 *
 * Behind a NAT it is not, and nobody can reach it. The Via of a 200 tells the address that the NAT
 * has given us. It is taken over at most once on each flow, so that a NAT which deals out a new one
 * every time cannot keep us busy; and never a private one in place of a public one.
 */
#include "nat.h"

#include "config.h"
#include "cursor.h"
#include "out.h"
#include "uri.h"

static bool take_octet(struct sipreg_cursor *c, uint32_t *octet)
{
    return sipreg_str_number(sipreg_cursor_digits(c), 255, octet) == SIPREG_OK;
}

/* An IPv4 address; 0: something else. */
static uint32_t ipv4(struct sipreg_str host)
{
    struct sipreg_cursor c = sipreg_cursor_of(host);
    uint32_t address = 0, octet;

    for (int i = 0; i < 4; i++) {
        if ((i > 0 && !sipreg_cursor_char(&c, '.')) || !take_octet(&c, &octet))
            return 0;
        address = address << 8 | octet;
    }
    return c.p == c.end ? address : 0;
}

/* RFC 1918, 3927, 6598 and loopback. Names and IPv6 addresses are taken as they are. */
static bool is_private(struct sipreg_str host)
{
    static const struct {
        uint32_t net, mask;
    } nets[] = {{0x0A000000, 0xFF000000}, {0x7F000000, 0xFF000000}, {0xA9FE0000, 0xFFFF0000},
                {0xAC100000, 0xFFF00000}, {0xC0A80000, 0xFFFF0000}, {0x64400000, 0xFFC00000}};
    uint32_t address = ipv4(host);

    for (size_t i = 0; i < sizeof nets / sizeof nets[0]; i++) {
        if ((address & nets[i].mask) == nets[i].net)
            return true;
    }
    return false;
}

/* host ":" port of what the Via tells, where it tells it, else of what we wrote into it. False: it
   is too long, or no address. */
static bool write_address(char *text, size_t size, const struct sipreg_via *via,
                          struct sipreg_str host)
{
    bool bare = memchr(host.p, ':', host.n) != NULL && host.p[0] != '[';
    struct sipreg_str port = via->rport.n > 0 ? via->rport : via->port, ignored;
    struct sipreg_out out;
    int n;

    sipreg_out_start(&out, text, size - 1);
    sipreg_out_text(&out, bare ? "[" : "");
    sipreg_out_str(&out, host);
    sipreg_out_text(&out, bare ? "]" : "");
    sipreg_out_text(&out, port.n > 0 ? ":" : "");
    sipreg_out_str(&out, port);
    n = sipreg_out_end(&out);
    if (n < 0)
        return false;
    text[n] = '\0';
    return sipreg_uri_hostport(sipreg_str_of(text), &ignored, &ignored);
}

bool sipreg_nat_learn(struct sipreg_client *client, const struct sipreg_response *response)
{
    const struct sipreg_via *via = &response->via;
    struct sipreg_str host = via->received.n > 0 ? via->received : via->host;
    char address[SIPREG_LOCAL_SIZE];

    if (!client->config->rewrite_contact || client->config->contact != NULL || client->rewritten ||
        client->outbound)
        return false;
    if (is_private(host) && !is_private(via->host))
        return false;
    if (!write_address(address, sizeof address, via, host))
        return false;
    client->rewritten = sipreg_state_rename(client, address);
    return client->rewritten;
}
