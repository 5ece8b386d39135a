/*
 * stun.c - is the flow alive, and from where does the server see us? The messages only (RFC 8489).
 *
 * A keepalive over UDP (RFC 5626 4.4.2, 8) is a Binding request without attributes, and the one
 * attribute of interest in the answer is XOR-MAPPED-ADDRESS. When to ask, and what an answer means
 * for the flow, is for others.
 *
 *     0            2         4            8                    20
 *     | 00, type   | length  | cookie     | transaction id     | type, length, value, padding | ...
 *
 * FINGERPRINT and MESSAGE-INTEGRITY are passed over unchecked: this usage has no credentials and
 * asks for no attribute but the address (RFC 5626 8), and the first octet tells STUN from SIP. What
 * keeps forged answers off is the id of 96 random bits.
 */
#include "stun.h"

#include <string.h>

/* Method and class in one, as they are mixed in the first two octets (5). */
enum { BINDING_SUCCESS = 0x0101, BINDING_ERROR = 0x0111 };

enum { HEADER_SIZE = 20, COOKIE_AT = 4, ID_AT = 8, ATTRIBUTE_HEADER_SIZE = 4 };

/* The attributes that have to be understood and are (18.3). */
enum {
    MAPPED_ADDRESS = 0x0001,
    USERNAME = 0x0006,
    MESSAGE_INTEGRITY = 0x0008,
    ERROR_CODE = 0x0009,
    UNKNOWN_ATTRIBUTES = 0x000A,
    REALM = 0x0014,
    NONCE = 0x0015,
    MESSAGE_INTEGRITY_SHA256 = 0x001C,
    PASSWORD_ALGORITHM = 0x001D,
    USERHASH = 0x001E,
    XOR_MAPPED_ADDRESS = 0x0020
};
#define OPTIONAL 0x8000 /* where the others begin */

enum { IPV4 = 1, IPV6 = 2 };

/* A Binding request up to its id: type, length, cookie. */
static const uint8_t request[] = {0, 1, 0, 0, 0x21, 0x12, 0xA4, 0x42};

struct attribute {
    unsigned type;
    size_t length; /* without padding */
    const uint8_t *value;
};

/*@ // The n octets at p lie between first and end.
    predicate within(uint8_t *p, integer n, uint8_t *first, uint8_t *end) =
        \base_addr(p) == \base_addr(first) == \base_addr(end) && first <= p && p + n <= end;

    // Whole attributes, by their lengths.
    predicate attributes{L}(uint8_t *p, uint8_t *end) =
        within(p, 0, p, end) && end - p <= PTRDIFF_MAX && (end - p) % 4 == 0 &&
        \valid_read(p + (0 .. end - p - 1));

    predicate readable{L}(struct attribute a) =
        a.type <= 0xFFFF && a.length <= 0xFFFF && \valid_read(a.value + (0 .. a.length - 1));

    logic integer address_length{L}(uint8_t *value) = value[1] == 2 ? 20 : 8;
*/

/* The values that matter: of each kind the first that can be read (14). */
struct found {
    const uint8_t *mapped;
    const uint8_t *error;
};

/*@ // What was found stands in the message, and is as long as its readers need.
    predicate usable{L}(struct found f, uint8_t *first, uint8_t *end) =
        (f.mapped != \null ==> within(f.mapped, 8, first, end) &&
                               within(f.mapped, address_length(f.mapped), first, end)) &&
        (f.error != \null ==> within(f.error, 4, first, end));
*/

/*@ requires \valid_read(p + (0 .. 1));
    assigns \nothing;
    ensures \result == p[0] * 256 + p[1];
    ensures \result <= 0xFFFF;
*/
static unsigned number(const uint8_t *p)
{
    return p[0] * 256U + p[1];
}

bool sipreg_stun_is(const void *bytes, size_t n)
{
    const uint8_t *message = (const uint8_t *)bytes;

    return n >= HEADER_SIZE && message[0] <= 1 &&
           memcmp(message + COOKIE_AT, request + COOKIE_AT, ID_AT - COOKIE_AT) == 0;
}

void sipreg_stun_request(uint8_t *out, const uint8_t *id)
{
    memcpy(out, request, sizeof request);
    memcpy(out + ID_AT, id, SIPREG_STUN_ID_SIZE);
}

/* Takes the attribute at *p, of which at least the header is there: what is left is never empty and
   always a multiple of 4, so that a value which fits does so with its padding. */
/*@ requires \valid(p) && \valid(attribute) && \separated(p, attribute);
    requires attributes(*p, end) && end - *p >= ATTRIBUTE_HEADER_SIZE;
    assigns *p, *attribute;
    ensures stays: !\result ==> *p == \old(*p);
    ensures moves: \result ==> \old(*p) < *p && within(*p, 0, \old(*p), end) && attributes(*p, end);
    ensures inside: \result ==> within(attribute->value, attribute->length, \old(*p), *p);
    ensures \result ==> readable(*attribute);
*/
static bool take(const uint8_t **p, const uint8_t *end, struct attribute *attribute)
{
    size_t left = (size_t)(end - *p) - ATTRIBUTE_HEADER_SIZE;

    attribute->type = number(*p);
    attribute->length = number(*p + 2);
    attribute->value = *p + ATTRIBUTE_HEADER_SIZE;
    if (attribute->length > left)
        return false;
    *p = attribute->value + (attribute->length + 3) / 4 * 4;
    return true;
}

/* 6.3.3: an address of another family is as good as none, and so is one of another length. What
   stands in front of the family is ignored (14.1). */
/*@ requires \valid_read(attribute) && readable(*attribute);
    assigns \nothing;
    ensures \result ==>
        attribute->length >= 8 && attribute->length == address_length(attribute->value);
*/
static bool is_address(const struct attribute *attribute)
{
    return (attribute->length == 4 + 4 && attribute->value[1] == IPV4) ||
           (attribute->length == 4 + 16 && attribute->value[1] == IPV6);
}

/* False: the message cannot be used because of it. */
/*@ requires \valid(found) && \valid_read(attribute) && readable(*attribute);
    requires \separated(found, attribute);
    requires \separated(found, attribute->value + (0 .. attribute->length - 1));
    assigns *found;
    ensures found->mapped == \old(found->mapped) ||
        (found->mapped == attribute->value && attribute->length >= 8 &&
         attribute->length == address_length(attribute->value));
    ensures found->error == \old(found->error) ||
        (found->error == attribute->value && attribute->length >= 4);
*/
static bool note(struct found *found, const struct attribute *attribute)
{
    switch (attribute->type) {
    case XOR_MAPPED_ADDRESS:
        if (found->mapped == NULL && is_address(attribute))
            found->mapped = attribute->value;
        return true;
    case ERROR_CODE:
        if (found->error == NULL && attribute->length >= 4)
            found->error = attribute->value;
        return true;
    case MAPPED_ADDRESS:
    case USERNAME:
    case MESSAGE_INTEGRITY:
    case UNKNOWN_ATTRIBUTES:
    case REALM:
    case NONCE:
    case MESSAGE_INTEGRITY_SHA256:
    case PASSWORD_ALGORITHM:
    case USERHASH:
        return true;
    default:
        return attribute->type >= OPTIONAL;
    }
}

/*@ requires \valid(found) && attributes(p, end) && usable(*found, p, end);
    requires \separated(found, p + (0 .. end - p - 1));
    assigns *found;
    ensures usable(*found, p, end);
*/
static bool find(struct found *found, const uint8_t *p, const uint8_t *end)
{
    struct attribute attribute;

    /*@ loop invariant within(p, 0, \at(p, Pre), end) && attributes(p, end);
        loop invariant usable(*found, \at(p, Pre), end);
        loop assigns p, attribute, *found;
        loop variant end - p;
    */
    while (p < end) {
        if (!take(&p, end, &attribute) || !note(found, &attribute))
            return false;
    }
    return true;
}

/* 14.2: the key of both is the cookie, and for the longer address the id that stands behind it. */
/*@ requires \valid(mapped) && \valid_read(key + (0 .. 15));
    requires \valid_read(value + (0 .. 7)) && \valid_read(value + (0 .. address_length(value) - 1));
    requires \separated(mapped, value + (0 .. 7)) && \separated(mapped, key + (0 .. 15)) &&
             \separated(mapped, value + (0 .. address_length(value) - 1));
    assigns *mapped;
*/
static void read_mapped(struct sipreg_mapped *mapped, const uint8_t *value, const uint8_t *key)
{
    mapped->ipv6 = value[1] == IPV6;
    mapped->port = (uint16_t)(number(value + 2) ^ number(key));
    /*@ loop invariant 0 <= i <= (mapped->ipv6 ? 16 : 4);
        loop assigns i, mapped->address[0 .. 15];
        loop variant 16 - i;
    */
    for (size_t i = 0; i < (mapped->ipv6 ? 16 : 4); i++)
        mapped->address[i] = value[4 + i] ^ key[i];
}

/* 14.8: hundreds and the rest; the bits before them are ignored. */
/*@ requires \valid_read(value + (0 .. 3));
    assigns \nothing;
    ensures \result == 0 || 300 <= \result <= 699;
*/
static int read_error(const uint8_t *value)
{
    int hundreds = value[2] & 7, rest = value[3];

    return hundreds >= 3 && hundreds <= 6 && rest <= 99 ? 100 * hundreds + rest : 0;
}

int sipreg_stun_read(struct sipreg_stun_answer *answer, const uint8_t *id, const void *bytes,
                     size_t n)
{
    static const struct sipreg_stun_answer empty;
    const uint8_t *message = (const uint8_t *)bytes;
    struct found found = {NULL, NULL};
    unsigned type;
    bool usable;

    *answer = empty;
    if (!sipreg_stun_is(bytes, n) || n % 4 != 0 || number(message + 2) != n - HEADER_SIZE ||
        memcmp(message + ID_AT, id, SIPREG_STUN_ID_SIZE) != 0)
        return SIPREG_FOREIGN;
    type = number(message);
    if (type != BINDING_SUCCESS && type != BINDING_ERROR)
        return SIPREG_FOREIGN;
    usable = find(&found, message + HEADER_SIZE, message + n);
    if (type == BINDING_ERROR) {
        answer->status = usable && found.error != NULL ? read_error(found.error) : 0;
        return SIPREG_STATUS;
    }
    if (!usable || found.mapped == NULL)
        return SIPREG_SYNTAX;
    read_mapped(&answer->mapped, found.mapped, message + COOKIE_AT);
    return SIPREG_OK;
}

bool sipreg_mapped_equal(const struct sipreg_mapped *a, const struct sipreg_mapped *b)
{
    return a->ipv6 == b->ipv6 && a->port == b->port &&
           memcmp(a->address, b->address, sizeof a->address) == 0;
}
