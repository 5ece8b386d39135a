/*
 * fuzz_snapshot.c - a snapshot from anywhere, loaded, and what the client does with it.
 *
 *     one octet of options | octets
 *
 * With option RIGHT_FORM they are the fields behind the owner, and get the head, the owner and the
 * CRC that they need; else they are all. What is refused changes nothing. What is taken can be
 * saved and loaded again, and the client keeps its promises.
 */
#include "watch.h"

#include <stdio.h>
#include <stdlib.h>

enum { RIGHT_FORM = 1, REWRITES = 2, HAS_CONTACT = 4, AWAY = 8, STOPS = 16 };
enum { HEAD = 13, CRC = 4, OCTETS = 4096 }; /* magic, version, length; the owner with its length */

static uint32_t crc_of(const uint8_t *p, size_t n)
{
    uint32_t crc = UINT32_MAX;

    for (size_t i = 0; i < n; i++) {
        crc ^= p[i];
        for (int bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ (crc & 1 ? 0xEDB88320 : 0);
    }
    return ~crc;
}

/* The whole from its fields, as one of this client would begin. */
static size_t make(struct watch *w, uint8_t *to, struct sipreg_str fields)
{
    uint8_t own[SIPREG_SNAPSHOT_SIZE];
    size_t n = HEAD + fields.n + CRC;
    uint32_t crc;

    HOLDS(sipreg_client_save(&w->client, w->tick, own, sizeof own) > HEAD);
    memcpy(to, own, HEAD);
    to[5] = (uint8_t)(n >> 8);
    to[6] = (uint8_t)n;
    if (fields.n > 0)
        memcpy(to + HEAD, fields.p, fields.n);
    crc = crc_of(to, n - CRC);
    for (size_t i = 0; i < CRC; i++)
        to[n - CRC + i] = (uint8_t)(crc >> (24 - 8 * i));
    return n;
}

static void configure(struct watch *w, unsigned options)
{
    w->config.rewrite_contact = (options & REWRITES) != 0;
    if ((options & HAS_CONTACT) != 0)
        w->config.contact = "sip:alice@phone.example.com";
    w->io.open = NULL;
    w->io.close = NULL;
    w->any_past = true;
}

static int load(struct watch *w, const void *octets, size_t n, uint32_t away)
{
    struct sipreg_client before = w->client;
    char *block = fuzz_block(octets, n);
    int result = sipreg_client_load(&w->client, w->tick, away, block, n);

    free(block);
    HOLDS(result == SIPREG_OK || result == SIPREG_SYNTAX || result == SIPREG_LIMIT ||
          result == SIPREG_FOREIGN);
    HOLDS(result == SIPREG_OK || memcmp(&before, &w->client, sizeof before) == 0);
    return result;
}

/* Saved and loaded again it is the same. */
static void check_again(struct watch *w, unsigned options)
{
    char first[SIPREG_SNAPSHOT_SIZE], second[SIPREG_SNAPSHOT_SIZE];
    int n = sipreg_client_save(&w->client, w->tick, first, sizeof first), m;
    struct watch *other = watch_new(2048);

    HOLDS(n > 0);
    configure(other, options);
    other->tick = w->tick;
    HOLDS(watch_init(other));
    HOLDS(load(other, first, (size_t)n, 0) == SIPREG_OK);
    m = sipreg_client_save(&other->client, other->tick, second, sizeof second);
    HOLDS(m == n && memcmp(first, second, (size_t)n) == 0);
    watch_end(other);
}

static void grant(struct watch *w)
{
    const char *end = strstr(w->last, "\r\n\r\n"), *start = strstr(w->last, "\r\n");
    char text[WATCH_MESSAGE + 200];

    if (start == NULL || end == NULL)
        return;
    snprintf(text, sizeof text, "SIP/2.0 200 OK\r\n%.*s", (int)(end + 4 - start - 2), start + 2);
    watch_feed(w, text, strlen(text));
}

static void live(struct watch *w, unsigned options)
{
    watch_reason(w);
    w->bound = true; /* perhaps */
    if ((options & STOPS) != 0)
        HOLDS(sipreg_client_stop(&w->client, w->tick) == SIPREG_OK);
    else
        HOLDS(sipreg_client_start(&w->client, w->tick) == SIPREG_OK);
    watch_run(w);
    grant(w);
    watch_deadline(w);
    watch_deadline(w);
    grant(w);
    watch_deadline(w);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct fuzz_input in = {data, data + n};
    unsigned options = fuzz_octet(&in);
    struct sipreg_str rest = fuzz_rest(&in);
    uint8_t octets[OCTETS];
    struct watch *w;

    if (rest.n > sizeof octets - HEAD - CRC || fuzz_contains(data, n, WATCH_PASSWORD) ||
        fuzz_contains(data, n, WATCH_HA1))
        return 0;
    w = watch_new(2048);
    configure(w, options);
    HOLDS(watch_init(w));
    if ((options & RIGHT_FORM) != 0)
        rest = (struct sipreg_str){(const char *)octets, make(w, octets, rest)};
    if (load(w, rest.p, rest.n, (options & AWAY) != 0 ? 30 : 0) == SIPREG_OK) {
        check_again(w, options);
        live(w, options);
    }
    watch_end(w);
    return 0;
}
