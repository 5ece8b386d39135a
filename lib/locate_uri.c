/*
 * locate_uri.c - what does the URI say of where to go? (RFC 3263 4, 4.1)
 */
#include "locate.h"

#include "chars.h"
#include "uri.h"

enum {
    NAME_MAX = 253,             /* octets of a name as text (RFC 1035 2.3.4) */
    TARGET_MAX = NAME_MAX - 11, /* with "_sips._tcp." before it */
    ADDRESS_MAX = 45            /* octets of an IPv6 address as text */
};

uint16_t sipreg_locate_keep(struct sipreg_locate *locate, struct sipreg_str name)
{
    uint16_t at = locate->used;

    if (name.n > 0 && name.p[name.n - 1] == '.')
        name.n--;
    if (name.n == 0 || name.n > NAME_MAX || name.n >= sizeof locate->text - at ||
        name.p[name.n - 1] == '.')
        return 0;
    memcpy(locate->text + at, name.p, name.n);
    locate->text[at + name.n] = '\0';
    locate->used = (uint16_t)(at + name.n + 1);
    return at;
}

/*@ requires readable(host) && host.n > 0;
    assigns \nothing;
*/
/* RFC 3261 25.1: digits and dots are no name, since the last label of one begins with a letter. */
static bool is_address(struct sipreg_str host)
{
    size_t i = 0;

    /*@ loop invariant i <= host.n;
        loop assigns i;
        loop variant host.n - i;
    */
    while (i < host.n && (host.p[i] == '.' || sipreg_is(host.p[i], SIPREG_DIGIT)))
        i++;
    return i == host.n || host.p[0] == '[';
}

/*@ requires \valid(locate) && \valid_read(uri) && \separated(locate, uri);
    requires readable(uri->scheme) && readable(uri->params);
    assigns locate->fixed;
*/
/* The transports that URI and caller agree on. In sips TLS is implied: there transport=tcp is what
   lies below it (RFC 3261 26.2.2), and transport=udp cannot be. WebSocket has one name for both
   (RFC 7118 5.2). */
static unsigned agreed(struct sipreg_locate *locate, const struct sipreg_uri *uri)
{
    static const char names[][4] = {"udp", "tcp", "tls", "ws", "ws"};
    unsigned can = locate->options.transports != 0 ? locate->options.transports : SIPREG_CAN_UDP;
    unsigned asked = 0;
    bool secure = locate->options.secure || sipreg_uri_is_sips(uri);
    struct sipreg_str transport;

    if (secure)
        can &= SIPREG_CAN_TLS | SIPREG_CAN_WSS;
    locate->fixed = sipreg_uri_param(uri, SIPREG_LITERAL("transport"), &transport);
    /*@ loop invariant i <= SIPREG_WSS + 1;
        loop assigns i, asked;
        loop variant SIPREG_WSS + 1 - i;
    */
    for (unsigned i = SIPREG_UDP; i <= SIPREG_WSS; i++) {
        //@ assert names[i][3] == '\0';
        if (!locate->fixed || sipreg_str_same(transport, sipreg_str_of(names[i])))
            asked |= sipreg_locate_bit(i);
    }
    if (secure && asked == SIPREG_CAN_TCP)
        asked = SIPREG_CAN_TLS;
    return can & asked;
}

/*@ requires texts(locate);
    requires named(host) && named(target);
    requires \separated(locate, host.p + (0 .. host.n - 1)) &&
             \separated(locate, target.p + (0 .. target.n - 1));
    assigns locate->numeric, locate->domain, locate->target, locate->own, locate->used,
            locate->text[0 .. SIPREG_LOCATE_SIZE - 1];
    ensures texts(locate);
    ensures \result == SIPREG_OK || \result == SIPREG_LIMIT;
    ensures \result == SIPREG_OK ==>
        locate->domain < locate->own && 0 < locate->target < locate->own == locate->used;
*/
/* The domain is what certificates are for (RFC 5922 7.3), also if maddr leads elsewhere. */
static int keep_names(struct sipreg_locate *locate, struct sipreg_str host,
                      struct sipreg_str target)
{
    bool named = !is_address(host), elsewhere = target.p != host.p;

    locate->numeric = is_address(target);
    if (target.p[0] == '[')
        target = sipreg_str_between(target.p + 1, target.p + target.n - 1);
    if (target.n > (locate->numeric ? ADDRESS_MAX : TARGET_MAX))
        return SIPREG_LIMIT;
    locate->used = 1; /* behind the empty name, which an address has */
    locate->domain = named ? sipreg_locate_keep(locate, host) : 0;
    locate->target = named && !elsewhere ? locate->domain : sipreg_locate_keep(locate, target);
    locate->own = locate->used;
    return locate->target == 0 || (named && locate->domain == 0) ? SIPREG_LIMIT : SIPREG_OK;
}

int sipreg_locate_uri(struct sipreg_locate *locate, struct sipreg_str text)
{
    struct sipreg_uri uri;
    struct sipreg_str target, maddr, port;
    uint32_t number = 0;
    uint8_t allowed;
    int result;

    if (!sipreg_uri_valid(&uri, text) || !sipreg_uri_is_sip(&uri))
        return SIPREG_ARGUMENT;
    target = uri.host;
    if (sipreg_uri_param(&uri, SIPREG_LITERAL("maddr"), &maddr) &&
        (maddr.n == 0 || !sipreg_uri_hostport(maddr, &target, &port) || port.p != NULL))
        return SIPREG_ARGUMENT;
    sipreg_str_number(uri.port, UINT16_MAX, &number); /* absent: stays 0 */
    locate->port = (uint16_t)number;
    allowed = (uint8_t)agreed(locate, &uri);
    result = allowed == 0 ? SIPREG_ARGUMENT : keep_names(locate, uri.host, target);
    if (result == SIPREG_OK)
        locate->allowed = allowed;
    return result;
}
