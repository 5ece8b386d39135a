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

/*@ requires \valid(to + (0 .. n - 1));
    assigns to[0 .. n - 1];
*/
static void store(char *to, size_t n, uint32_t number)
{
    /*@ loop invariant 0 <= n <= \at(n, Pre);
        loop assigns n, number, to[0 .. \at(n, Pre) - 1];
        loop variant n;
    */
    for (; n > 0; number >>= 8)
        to[--n] = (char)(unsigned char)(number & 0xFF);
}

/*@ requires n <= NUMBER_SIZE && \valid_read(from + (0 .. n - 1));
    assigns \nothing;
*/
static uint32_t fetch(const char *from, size_t n)
{
    uint32_t number = 0;

    /*@ loop invariant 0 <= i <= n;
        loop invariant number <= (i == 0 ? 0 : i == 1 ? 0xFF : i == 2 ? 0xFFFF :
                                  i == 3 ? 0xFFFFFF : 0xFFFFFFFF);
        loop assigns i, number;
        loop variant n - i;
    */
    for (size_t i = 0; i < n; i++)
        number = number * 256 + (unsigned char)from[i];
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
    /*@ loop invariant 0 <= i <= s.n;
        loop assigns i, crc;
        loop variant s.n - i;
    */
    for (size_t i = 0; i < s.n; i++) {
        crc ^= (unsigned char)s.p[i];
        crc = crc >> 4 ^ table[crc & 15];
        crc = crc >> 4 ^ table[crc & 15];
    }
    return ~crc;
}

/* The walk over all fields, which writes or reads them. */

struct ferry {
    bool writes; /* to out; or else reads from in */
    struct sipreg_out out;
    struct sipreg_cursor in;
    int error; /* the first, of reading */
};

/*@ predicate afloat{L}(struct ferry *f) =
        \valid(f) && readable(f->in) && writable(&f->out) && f->error <= 0;

    // What stays, and what moves on.
    predicate sailed{A, B}(struct ferry *f) =
        \at(f->writes, A) == \at(f->writes, B) && longer{A, B}(\at(&f->out, A)) &&
        follows{B}(\at(f->in, B), \at(f->in, A)) &&
        (\at(f->error, A) != SIPREG_OK ==> \at(f->error, B) != SIPREG_OK);

    // What is written is no part of where it goes to.
    predicate cargo{L}(struct sipreg_str s, struct ferry *f) =
        f->writes ==> readable(s) && apart(s, &f->out);
    predicate cargo{L}(struct sipreg_challenge c, struct ferry *f) =
        cargo(c.realm, f) && cargo(c.nonce, f) && cargo(c.opaque, f) &&
        cargo(c.algorithm_raw, f);
    predicate cargo{L}(struct sipreg_image *i, struct ferry *f) =
        cargo(i->call_id, f) && cargo(i->tag, f) && cargo(i->contact, f) &&
        cargo(i->replaced, f) && cargo(i->routes, f) &&
        (\forall integer k; 0 <= k < SIPREG_MAX_REALMS ==> cargo(i->sessions[k], f));
*/

/*@ requires \valid(ferry) && ferry->error <= 0 && error < 0;
    assigns ferry->error;
    ensures ferry->error == (\old(ferry->error) == SIPREG_OK ? error : \old(ferry->error));
*/
static void fail(struct ferry *ferry, int error)
{
    if (ferry->error == SIPREG_OK)
        ferry->error = error;
}

/*@ requires writable(out) && readable(s) && apart(s, out);
    assigns out->size, out->used, out->error, out->p[0 .. INT32_MAX];
    ensures writable(out) && longer{Old, Here}(out);
*/
static void put(struct sipreg_out *out, struct sipreg_str s)
{
    char length[LENGTH_SIZE];

    store(length, sizeof length, s.p == NULL ? ABSENT : (uint32_t)s.n);
    sipreg_out_str(out, (struct sipreg_str){length, sizeof length});
    if (s.p != NULL)
        sipreg_out_str(out, s);
}

/*@ requires afloat(ferry);
    assigns ferry->in.p, ferry->error;
    ensures afloat(ferry);
    ensures sailed{Old, Here}(ferry);
    ensures readable(\result) && inside(\result, \old(ferry->in.p), ferry->in.p);
*/
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

/*@ requires afloat(ferry) && cargo(text, ferry);
    assigns ferry->in.p, ferry->error, ferry->out.size, ferry->out.used, ferry->out.error,
            ferry->out.p[0 .. INT32_MAX];
    ensures afloat(ferry);
    ensures sailed{Old, Here}(ferry);
    ensures readable(\result);
    ensures ferry->writes ? \result == text : inside(\result, \old(ferry->in.p), ferry->in.p);
*/
/* On both ways the text that goes into the image: the same, or what was read. */
static struct sipreg_str ferry_text(struct ferry *ferry, struct sipreg_str text)
{
    if (!ferry->writes)
        return take(ferry);
    put(&ferry->out, text);
    return text;
}

/*@ requires afloat(ferry);
    assigns ferry->in.p, ferry->error, ferry->out.size, ferry->out.used, ferry->out.error,
            ferry->out.p[0 .. INT32_MAX];
    ensures afloat(ferry);
    ensures sailed{Old, Here}(ferry);
*/
static uint32_t ferry_number(struct ferry *ferry, uint32_t number)
{
    char octets[NUMBER_SIZE];
    struct sipreg_str s;

    store(octets, sizeof octets, number);
    s = ferry_text(ferry, (struct sipreg_str){octets, sizeof octets});
    if (s.n == NUMBER_SIZE)
        return fetch(s.p, s.n);
    fail(ferry, SIPREG_SYNTAX);
    return number;
}

/*@ assigns \nothing; */
static uint32_t kind_of(struct sipreg_challenge c)
{
    return (c.qop & (SIPREG_QOP_AUTH | SIPREG_QOP_AUTH_INT)) | (c.proxy ? PROXY : 0U) |
           (c.userhash ? USERHASH : 0U) | (c.utf8 ? UTF8 : 0U);
}

/*@ requires afloat(ferry) && cargo(c, ferry);
    assigns ferry->in.p, ferry->error, ferry->out.size, ferry->out.used, ferry->out.error,
            ferry->out.p[0 .. INT32_MAX];
    ensures afloat(ferry);
    ensures sailed{Old, Here}(ferry);
    ensures readable(\result);
    ensures ferry->writes ==> same(\result, c);
*/
static struct sipreg_challenge ferry_session(struct ferry *ferry, struct sipreg_challenge c)
{
    uint32_t kind = ferry_number(ferry, kind_of(c));

    c.count = ferry_number(ferry, c.count);
    c.realm = ferry_text(ferry, c.realm);
    c.nonce = ferry_text(ferry, c.nonce);
    c.opaque = ferry_text(ferry, c.opaque);
    c.algorithm_raw = ferry_text(ferry, c.algorithm_raw);
    if (kind >= KINDS)
        fail(ferry, SIPREG_SYNTAX);
    c.qop = kind & (SIPREG_QOP_AUTH | SIPREG_QOP_AUTH_INT);
    c.proxy = (kind & PROXY) != 0;
    c.userhash = (kind & USERHASH) != 0;
    c.utf8 = (kind & UTF8) != 0;
    return c;
}

/*@ requires afloat(ferry) && \valid(image) && \base_addr(ferry) != \base_addr(image);
    assigns ferry->in.p, ferry->error, ferry->out.size, ferry->out.used, ferry->out.error,
            ferry->out.p[0 .. INT32_MAX],
            image->owner, image->cseq;
    ensures afloat(ferry);
    ensures sailed{Old, Here}(ferry);
*/
static void ferry_owner(struct ferry *ferry, struct sipreg_image *image)
{
    image->owner = ferry_number(ferry, image->owner);
    image->cseq = ferry_number(ferry, image->cseq);
}

/*@ requires afloat(ferry) && \valid(image) && \base_addr(ferry) != \base_addr(image);
    requires cargo(image->call_id, ferry) && cargo(image->tag, ferry);
    assigns ferry->in.p, ferry->error, ferry->out.size, ferry->out.used, ferry->out.error,
            ferry->out.p[0 .. INT32_MAX],
            image->call_id, image->tag;
    ensures afloat(ferry);
    ensures sailed{Old, Here}(ferry);
    ensures readable(image->call_id) && readable(image->tag);
    ensures ferry->writes ==>
        image->call_id == \old(image->call_id) && image->tag == \old(image->tag);
*/
static void ferry_idents(struct ferry *ferry, struct sipreg_image *image)
{
    image->call_id = ferry_text(ferry, image->call_id);
    image->tag = ferry_text(ferry, image->tag);
}

/*@ requires afloat(ferry) && \valid(image) && \base_addr(ferry) != \base_addr(image);
    assigns ferry->in.p, ferry->error, ferry->out.size, ferry->out.used, ferry->out.error,
            ferry->out.p[0 .. INT32_MAX],
            image->fact, image->left, image->granted, image->floor, image->place;
    ensures afloat(ferry);
    ensures sailed{Old, Here}(ferry);
*/
static void ferry_binding(struct ferry *ferry, struct sipreg_image *image)
{
    image->fact = ferry_number(ferry, image->fact);
    image->left = ferry_number(ferry, image->left);
    image->granted = ferry_number(ferry, image->granted);
    image->floor = ferry_number(ferry, image->floor);
    image->place = ferry_number(ferry, image->place);
}

/*@ requires afloat(ferry) && \valid(image) && \base_addr(ferry) != \base_addr(image);
    requires cargo(image->contact, ferry) && cargo(image->replaced, ferry);
    assigns ferry->in.p, ferry->error, ferry->out.size, ferry->out.used, ferry->out.error,
            ferry->out.p[0 .. INT32_MAX],
            image->contact, image->replaced;
    ensures afloat(ferry);
    ensures sailed{Old, Here}(ferry);
    ensures readable(image->contact) && readable(image->replaced);
    ensures ferry->writes ==>
        image->contact == \old(image->contact) && image->replaced == \old(image->replaced);
*/
static void ferry_contacts(struct ferry *ferry, struct sipreg_image *image)
{
    image->contact = ferry_text(ferry, image->contact);
    image->replaced = ferry_text(ferry, image->replaced);
}

/*@ requires afloat(ferry) && \valid(image) && \base_addr(ferry) != \base_addr(image);
    requires cargo(image, ferry);
    assigns ferry->in.p, ferry->error, ferry->out.size, ferry->out.used, ferry->out.error,
            ferry->out.p[0 .. INT32_MAX],
            image->session_count, image->sessions[0 .. SIPREG_MAX_REALMS - 1];
    ensures afloat(ferry);
    ensures sailed{Old, Here}(ferry);
    ensures \forall integer k; 0 <= k < image->session_count && k < SIPREG_MAX_REALMS ==>
        readable(image->sessions[k]);
    ensures ferry->writes ==> \forall integer k; 0 <= k < SIPREG_MAX_REALMS ==>
        same(image->sessions[k], \old(image->sessions[k]));
    ensures ferry->error == SIPREG_OK ==> image->session_count <= SIPREG_MAX_REALMS;
*/
static void ferry_sessions(struct ferry *ferry, struct sipreg_image *image)
{
    image->session_count = ferry_number(ferry, image->session_count);
    if (image->session_count > SIPREG_MAX_REALMS)
        fail(ferry, SIPREG_LIMIT);
    for (uint32_t i = 0; i < image->session_count && i < SIPREG_MAX_REALMS; i++)
        image->sessions[i] = ferry_session(ferry, image->sessions[i]);
}

/*@ requires afloat(ferry) && \valid(image) && \base_addr(ferry) != \base_addr(image);
    requires cargo(image, ferry);
    assigns ferry->in.p, ferry->error, ferry->out.size, ferry->out.used, ferry->out.error,
            ferry->out.p[0 .. INT32_MAX], *image;
    ensures afloat(ferry);
    ensures sailed{Old, Here}(ferry);
    ensures readable(image, image->session_count);
    ensures !ferry->writes ==> inside(image, \old(ferry->in.p), \old(ferry->in.end));
    ensures ferry->writes ==> same{Old, Here}(image);
    ensures ferry->error == SIPREG_OK ==> image->session_count <= SIPREG_MAX_REALMS;
*/
static void ferry_image(struct ferry *ferry, struct sipreg_image *image)
{
    ferry_owner(ferry, image);
    ferry_idents(ferry, image);
    ferry_binding(ferry, image);
    ferry_contacts(ferry, image);
    image->routes = ferry_text(ferry, image->routes);
    ferry_sessions(ferry, image);
}

/* The whole. */

size_t sipreg_image_size(struct sipreg_image *image)
{
    struct ferry ferry = {.writes = true};

    sipreg_out_start(&ferry.out, NULL, 0);
    ferry_image(&ferry, image);
    return HEAD_SIZE + ferry.out.used + NUMBER_SIZE;
}

void sipreg_image_write(struct sipreg_image *image, void *to, size_t n)
{
    char head[HEAD_SIZE], crc[NUMBER_SIZE];
    struct ferry ferry = {.writes = true};

    memcpy(head, magic, sizeof magic);
    head[sizeof magic] = VERSION;
    store(head + sizeof magic + 1, LENGTH_SIZE, (uint32_t)n);
    sipreg_out_start(&ferry.out, to, n);
    sipreg_out_str(&ferry.out, (struct sipreg_str){head, sizeof head});
    ferry_image(&ferry, image);
    store(crc, sizeof crc, sipreg_image_crc(0, (struct sipreg_str){ferry.out.p, ferry.out.used}));
    sipreg_out_str(&ferry.out, (struct sipreg_str){crc, sizeof crc});
}

/*@ requires \valid_read(p + (0 .. n - 1));
    assigns \nothing;
    ensures \result != 0 ==> HEAD_SIZE <= \result <= n - NUMBER_SIZE;
*/
/* How many of the octets are head and fields, of a version that we know; 0: this is no snapshot. */
static size_t unspoilt(const char *p, size_t n)
{
    size_t size;

    if (n < HEAD_SIZE + NUMBER_SIZE || memcmp(p, magic, sizeof magic) != 0)
        return 0;
    size = fetch(p + sizeof magic + 1, LENGTH_SIZE);
    if (size < HEAD_SIZE + NUMBER_SIZE || size > n)
        return 0;
    size -= NUMBER_SIZE;
    if (fetch(p + size, NUMBER_SIZE) != sipreg_image_crc(0, (struct sipreg_str){p, size}) ||
        p[sizeof magic] != VERSION)
        return 0;
    return size;
}

/*@ requires \valid(image);
    assigns *image;
*/
static void clear(struct sipreg_image *image)
{
    *image = (struct sipreg_image){0};
}

int sipreg_image_read(struct sipreg_image *image, const char *p, size_t n)
{
    size_t size = unspoilt(p, n);

    if (size == 0)
        return SIPREG_SYNTAX;
    clear(image);
    struct ferry ferry = {
        .writes = false,
        .in = sipreg_cursor_of(sipreg_str_between(p + HEAD_SIZE, p + size)),
    };
    //@ assert readable(ferry.in);
    //@ assert writable(&ferry.out);
    ferry_image(&ferry, image);
    if (ferry.in.p != ferry.in.end)
        fail(&ferry, SIPREG_SYNTAX);
    return ferry.error;
}
