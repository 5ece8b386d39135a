/*
 * reply.c - what does a reply of the DNS say? (RFC 1035 4.1, RFC 2782, RFC 3403 4.1)
 *
 * c-ares has a parser for each type of record, but those of SRV and NAPTR do not tell for how long
 * an answer is good, and locate.h wants to know. So the records are read here, all types by the
 * same few functions; c-ares expands the names. The name that was asked for is the reply's own, in
 * its question; CNAMEs lead on from it, in any order, and cut short how long the records are good.
 */
#include "reply.h"

#include <sys/select.h> /* ares.h forgets it */

#include <ares.h>

#include <string.h>
#include <strings.h>

enum { HEADER = 12, FIXED = 10, CLASS_IN = 1, TYPE_CNAME = 5, CNAMES_MAX = 16 };

struct record {
    char owner[256];
    unsigned type, class_;
    uint32_t ttl;
    const unsigned char *data, *end;
};

/* The records of the answer, one after the other. */
struct walk {
    const unsigned char *bytes, *at;
    int size, left;
};

static unsigned two(const unsigned char *p)
{
    return (unsigned)p[0] << 8 | p[1];
}

static uint32_t four(const unsigned char *p)
{
    return (uint32_t)two(p) << 16 | two(p + 2);
}

/* Takes the name at *at, or fails. */
static bool take_name(const struct walk *walk, const unsigned char **at, char *out, size_t room)
{
    char *name = NULL;
    long n = 0;
    bool fits;

    if (ares_expand_name(*at, walk->bytes, walk->size, &name, &n) != ARES_SUCCESS)
        return false;
    fits = strlen(name) < room;
    if (fits)
        strcpy(out, name);
    ares_free_string(name);
    *at += n;
    return fits;
}

static size_t remaining(const struct walk *walk)
{
    return (size_t)(walk->bytes + walk->size - walk->at);
}

/* Goes to the first record of the answer. */
static bool walk_start(struct walk *walk, const unsigned char *bytes, int size, char *asked)
{
    walk->bytes = bytes;
    walk->size = size;
    if (size < HEADER || two(bytes + 4) != 1)
        return false;
    walk->left = (int)two(bytes + 6);
    walk->at = bytes + HEADER;
    if (!take_name(walk, &walk->at, asked, 256) || remaining(walk) < 4)
        return false;
    walk->at += 4;
    return true;
}

/* 1: a record, 0: there is none left, -1: broken. */
static int walk_next(struct walk *walk, struct record *record)
{
    size_t n;

    if (walk->left == 0)
        return 0;
    walk->left--;
    if (!take_name(walk, &walk->at, record->owner, sizeof record->owner) || remaining(walk) < FIXED)
        return -1;
    record->type = two(walk->at);
    record->class_ = two(walk->at + 2);
    record->ttl = four(walk->at + 4);
    n = two(walk->at + 8);
    walk->at += FIXED;
    if (remaining(walk) < n)
        return -1;
    record->data = walk->at;
    record->end = walk->at += n;
    return 1;
}

/* ---- from the octets of a record to a sipreg_record ---- */

static const char *keep(struct reply *reply, const void *text, size_t n)
{
    char *kept = reply->text + reply->used;

    if (n >= sizeof reply->text - reply->used)
        return NULL;
    memcpy(kept, text, n);
    kept[n] = '\0';
    reply->used += n + 1;
    return kept;
}

static const char *keep_name(struct reply *reply, const struct walk *walk, const unsigned char *at)
{
    char name[256];

    return take_name(walk, &at, name, sizeof name) ? keep(reply, name, strlen(name)) : NULL;
}

/* A text with its length before it. */
static const char *keep_text(struct reply *reply, const unsigned char **at,
                             const unsigned char *end)
{
    const unsigned char *text = *at + 1;

    if (*at >= end || (size_t)(end - text) < **at)
        return NULL;
    *at = text + text[-1];
    return keep(reply, text, text[-1]);
}

static bool read_srv(struct reply *reply, struct sipreg_record *out, const struct walk *walk,
                     const struct record *record)
{
    if (record->end - record->data < 7)
        return false;
    out->priority = (uint16_t)two(record->data);
    out->weight = (uint16_t)two(record->data + 2);
    out->port = (uint16_t)two(record->data + 4);
    out->name = keep_name(reply, walk, record->data + 6);
    return out->name != NULL;
}

static bool read_naptr(struct reply *reply, struct sipreg_record *out, const struct walk *walk,
                       const struct record *record)
{
    const unsigned char *at = record->data + 4;
    const char *expression;

    if (record->end - record->data < 8)
        return false;
    out->order = (uint16_t)two(record->data);
    out->preference = (uint16_t)two(record->data + 2);
    out->flags = keep_text(reply, &at, record->end);
    out->service = keep_text(reply, &at, record->end);
    expression = keep_text(reply, &at, record->end);
    if (out->flags == NULL || out->service == NULL || expression == NULL || at >= record->end)
        return false;
    out->name = keep_name(reply, walk, at);
    return out->name != NULL;
}

static bool read_record(struct reply *reply, struct sipreg_record *out, const struct walk *walk,
                        const struct record *record)
{
    size_t n = record->type == SIPREG_DNS_A ? 4 : 16;

    memset(out, 0, sizeof *out);
    out->type = (enum sipreg_dns_type)record->type;
    out->ttl = record->ttl;
    if (record->type == SIPREG_DNS_SRV)
        return read_srv(reply, out, walk, record);
    if (record->type == SIPREG_DNS_NAPTR)
        return read_naptr(reply, out, walk, record);
    if ((size_t)(record->end - record->data) != n)
        return false;
    memcpy(out->address, record->data, n);
    return true;
}

/* ---- the whole ---- */

static bool is_of(const struct record *record, unsigned type, const char *name)
{
    return record->type == type && record->class_ == CLASS_IN &&
           strcasecmp(record->owner, name) == 0;
}

/* The name that the CNAME of this one leads to, if it has one. False: broken. */
static bool follow(struct walk walk, char *name, uint32_t *ttl, bool *more)
{
    struct record record;
    int result;

    *more = false;
    while ((result = walk_next(&walk, &record)) > 0) {
        if (!is_of(&record, TYPE_CNAME, name))
            continue;
        *more = true;
        *ttl = record.ttl < *ttl ? record.ttl : *ttl;
        return take_name(&walk, &record.data, name, 256);
    }
    return result == 0;
}

/* One record that makes no sense does not spoil the others. */
static bool collect(struct reply *reply, struct walk walk, unsigned type, const char *name,
                    uint32_t ttl)
{
    struct record record;
    int result;

    while ((result = walk_next(&walk, &record)) > 0 && reply->count < REPLY_RECORDS) {
        struct sipreg_record *out = &reply->records[reply->count];

        if (!is_of(&record, type, name) || !read_record(reply, out, &walk, &record))
            continue;
        out->ttl = ttl < out->ttl ? ttl : out->ttl;
        reply->count++;
    }
    return result >= 0;
}

bool reply_read(struct reply *reply, enum sipreg_dns_type type, const unsigned char *bytes,
                int size)
{
    char name[256];
    struct walk walk;
    uint32_t ttl = UINT32_MAX;
    bool more = true;
    int i;

    reply->count = 0;
    reply->used = 0;
    if (!walk_start(&walk, bytes, size, name))
        return false;
    for (i = 0; more && i < CNAMES_MAX; i++) {
        if (!follow(walk, name, &ttl, &more))
            return false;
    }
    return collect(reply, walk, type, name, ttl);
}
