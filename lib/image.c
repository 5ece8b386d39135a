/*
 * image.c - the octets of a snapshot.
 *
 *   "SREG" version length | fields, each with its length | CRC-32 of all before
 *
 * Numbers are big-endian. Lengths, that of the whole too, have two octets; a field that is a number
 * has four. The fields stand in the one order in which ferry_image() visits them, on both ways, so
 * that writing and reading cannot come apart. A new field goes to the end of it, and VERSION counts
 * up.
 *
 * Only the form is looked at here. What may stand in a field is a question of snapshot.c.
 */
#include "image.h"

#include "cursor.h"
#include "out.h"

enum { PROXY = 4, USERHASH = 8, UTF8 = 16, KINDS = 32 }; /* of a challenge, beside its qop */

static const char magic[] = {'S', 'R', 'E', 'G'};

enum { VERSION = 1, LENGTH_SIZE = 2, NUMBER_SIZE = 4 };
#define ABSENT 0xFFFF /* instead of a length */
enum { HEAD_SIZE = sizeof magic + 1 + LENGTH_SIZE };

static void store(char *to, size_t n, uint32_t number)
{
    for (; n > 0; number >>= 8)
        to[--n] = (char)(unsigned char)(number & 0xFF);
}

static uint32_t fetch(const char *from, size_t n)
{
    uint32_t number = 0;

    for (size_t i = 0; i < n; i++)
        number = number << 8 | (unsigned char)from[i];
    return number;
}

/* By nibbles: a table of octets would be a kilobyte. */
uint32_t sipreg_image_crc(uint32_t crc, struct sipreg_str s)
{
    static const uint32_t table[] = {
        0x00000000, 0x1DB71064, 0x3B6E20C8, 0x26D930AC, 0x76DC4190, 0x6B6B51F4,
        0x4DB26158, 0x5005713C, 0xEDB88320, 0xF00F9344, 0xD6D6A3E8, 0xCB61B38C,
        0x9B64C2B0, 0x86D3D2D4, 0xA00AE278, 0xBDBDF21C,
    };

    crc = ~crc;
    for (size_t i = 0; i < s.n; i++) {
        crc ^= (unsigned char)s.p[i];
        crc = crc >> 4 ^ table[crc & 15];
        crc = crc >> 4 ^ table[crc & 15];
    }
    return ~crc;
}

/* The walk over all fields, which writes or reads them. */

struct ferry {
    struct sipreg_out *out; /* NULL: reads */
    struct sipreg_cursor in;
    int error; /* the first, of reading */
};

static void fail(struct ferry *ferry, int error)
{
    if (ferry->error == SIPREG_OK)
        ferry->error = error;
}

static void put(struct sipreg_out *out, struct sipreg_str s)
{
    char length[LENGTH_SIZE];

    store(length, sizeof length, s.p == NULL ? ABSENT : (uint32_t)s.n);
    sipreg_out_str(out, (struct sipreg_str){length, sizeof length});
    if (s.p != NULL)
        sipreg_out_str(out, s);
}

/* Absent, if there is none. */
static struct sipreg_str take(struct ferry *ferry)
{
    struct sipreg_str s = {NULL, 0};
    size_t left = (size_t)(ferry->in.end - ferry->in.p), n;

    if (left < LENGTH_SIZE) {
        fail(ferry, SIPREG_SYNTAX);
        return s;
    }
    n = fetch(ferry->in.p, LENGTH_SIZE);
    ferry->in.p += LENGTH_SIZE;
    if (n == ABSENT)
        return s;
    if (n > left - LENGTH_SIZE) {
        fail(ferry, SIPREG_SYNTAX);
        return s;
    }
    s = sipreg_str_between(ferry->in.p, ferry->in.p + n);
    ferry->in.p += n;
    return s;
}

static void ferry_text(struct ferry *ferry, struct sipreg_str *text)
{
    if (ferry->out != NULL)
        put(ferry->out, *text);
    else
        *text = take(ferry);
}

static void ferry_number(struct ferry *ferry, uint32_t *number)
{
    char octets[NUMBER_SIZE];
    struct sipreg_str s = {octets, sizeof octets};

    store(octets, sizeof octets, *number);
    ferry_text(ferry, &s);
    if (s.n == NUMBER_SIZE)
        *number = fetch(s.p, s.n);
    else
        fail(ferry, SIPREG_SYNTAX);
}

static void ferry_session(struct ferry *ferry, struct sipreg_challenge *challenge)
{
    uint32_t kind = (challenge->qop & (SIPREG_QOP_AUTH | SIPREG_QOP_AUTH_INT)) |
                    (challenge->proxy ? PROXY : 0U) | (challenge->userhash ? USERHASH : 0U) |
                    (challenge->utf8 ? UTF8 : 0U);

    ferry_number(ferry, &kind);
    ferry_number(ferry, &challenge->count);
    ferry_text(ferry, &challenge->realm);
    ferry_text(ferry, &challenge->nonce);
    ferry_text(ferry, &challenge->opaque);
    ferry_text(ferry, &challenge->algorithm_raw);
    if (kind >= KINDS)
        fail(ferry, SIPREG_SYNTAX);
    challenge->qop = kind & (SIPREG_QOP_AUTH | SIPREG_QOP_AUTH_INT);
    challenge->proxy = (kind & PROXY) != 0;
    challenge->userhash = (kind & USERHASH) != 0;
    challenge->utf8 = (kind & UTF8) != 0;
}

static void ferry_image(struct ferry *ferry, struct sipreg_image *image)
{
    ferry_number(ferry, &image->owner);
    ferry_number(ferry, &image->cseq);
    ferry_text(ferry, &image->call_id);
    ferry_text(ferry, &image->tag);
    ferry_number(ferry, &image->fact);
    ferry_number(ferry, &image->left);
    ferry_number(ferry, &image->granted);
    ferry_number(ferry, &image->floor);
    ferry_number(ferry, &image->place);
    ferry_text(ferry, &image->contact);
    ferry_text(ferry, &image->replaced);
    ferry_text(ferry, &image->routes);
    ferry_number(ferry, &image->session_count);
    if (image->session_count > SIPREG_MAX_REALMS)
        fail(ferry, SIPREG_LIMIT);
    for (uint32_t i = 0; i < image->session_count && i < SIPREG_MAX_REALMS; i++)
        ferry_session(ferry, &image->sessions[i]);
}

/* The whole. */

size_t sipreg_image_size(struct sipreg_image *image)
{
    struct sipreg_out out;
    struct ferry ferry = {&out, {NULL, NULL}, SIPREG_OK};

    sipreg_out_start(&out, NULL, 0);
    ferry_image(&ferry, image);
    return HEAD_SIZE + (size_t)sipreg_out_end(&out) + NUMBER_SIZE;
}

void sipreg_image_write(struct sipreg_image *image, void *to, size_t n)
{
    char head[HEAD_SIZE], crc[NUMBER_SIZE];
    struct sipreg_out out;
    struct ferry ferry = {&out, {NULL, NULL}, SIPREG_OK};

    memcpy(head, magic, sizeof magic);
    head[sizeof magic] = VERSION;
    store(head + sizeof magic + 1, LENGTH_SIZE, (uint32_t)n);
    sipreg_out_start(&out, to, n);
    sipreg_out_str(&out, (struct sipreg_str){head, sizeof head});
    ferry_image(&ferry, image);
    store(crc, sizeof crc, sipreg_image_crc(0, (struct sipreg_str){out.p, out.used}));
    sipreg_out_str(&out, (struct sipreg_str){crc, sizeof crc});
}

int sipreg_image_read(struct sipreg_image *image, const char *p, size_t n)
{
    struct ferry ferry = {NULL, {NULL, NULL}, SIPREG_OK};
    size_t size;

    if (n < HEAD_SIZE + NUMBER_SIZE || memcmp(p, magic, sizeof magic) != 0)
        return SIPREG_SYNTAX;
    size = fetch(p + sizeof magic + 1, LENGTH_SIZE);
    if (size < HEAD_SIZE + NUMBER_SIZE || size > n)
        return SIPREG_SYNTAX;
    size -= NUMBER_SIZE;
    if (fetch(p + size, NUMBER_SIZE) != sipreg_image_crc(0, (struct sipreg_str){p, size}) ||
        p[sizeof magic] != VERSION)
        return SIPREG_SYNTAX;
    ferry.in = sipreg_cursor_of(sipreg_str_between(p + HEAD_SIZE, p + size));
    memset(image, 0, sizeof *image);
    ferry_image(&ferry, image);
    if (ferry.in.p != ferry.in.end)
        fail(&ferry, SIPREG_SYNTAX);
    return ferry.error;
}
