/*
 * story_sent.c - what a client has sent, and whether it keeps its promises: see story.h.
 */
#include "story.h"

#include "sent.h"

#include <stdio.h>
#include <stdlib.h>

/* ---------------------------------------------------------------- reading what was sent */

static size_t index_of(const struct story *s, size_t index)
{
    return index == LAST ? s->sent - 1 : index;
}

const char *story_field(struct story *s, size_t index, const char *header)
{
    return sent_line(s->sends[index_of(s, index)].text, header, 0);
}

unsigned story_count(struct story *s, size_t index, const char *header)
{
    unsigned n = 0;

    while (sent_line(s->sends[index_of(s, index)].text, header, n) != NULL)
        n++;
    return n;
}

const char *story_param(struct story *s, size_t index, const char *header, const char *param)
{
    return sent_param(story_field(s, index, header), param);
}

size_t story_requests(struct story *s)
{
    size_t n = 0;

    for (size_t i = 0; i < s->sent; i++)
        n += s->sends[i].first ? 1 : 0;
    return n;
}

/* ---------------------------------------------------------------- promises about requests */

/* Each nonce, with the header it answers, is counted upwards. */
static void check_nonce(struct story *s, const char *header)
{
    const char *value = story_field(s, LAST, header), *nc, *nonce;
    struct story_nonce *known = s->nonces;
    char key[96];

    if (value == NULL || (nc = sent_param(value, "nc")) == NULL)
        return;
    nonce = sent_param(value, "nonce");
    assert_int_equal(strlen(nc), 8);
    snprintf(key, sizeof key, "%s %s", header, nonce);
    while (known < s->nonces + s->nonce_count && strcmp(known->key, key) != 0)
        known++;
    if (known == s->nonces + s->nonce_count) {
        assert_true(s->nonce_count < STORY_NONCES);
        s->nonce_count++;
        strcpy(known->key, key);
        known->nc = 0;
    }
    assert_true(strtoul(nc, NULL, 16) > known->nc);
    known->nc = strtoul(nc, NULL, 16);
}

static void check_request(struct story *s, const struct story_sent *previous)
{
    const char *cseq = story_field(s, LAST, "CSeq"),
               *branch = story_param(s, LAST, "Via", "branch");
    uint64_t life = 64 * (uint64_t)(s->config.t1 > 0 ? s->config.t1 : 500);

    assert_false(s->outstanding && s->time < previous->at + life);
    if (previous != NULL) {
        const char *before = sent_line(previous->text, "CSeq", 0);
        bool same =
            strcmp(sent_line(previous->text, "Call-ID", 0), story_field(s, LAST, "Call-ID")) == 0;
        assert_int_equal(strtoul(cseq, NULL, 10), same ? strtoul(before, NULL, 10) + 1 : 1);
    }
    for (size_t i = 0; i + 1 < s->sent; i++)
        assert_string_not_equal(story_param(s, i, "Via", "branch"), branch);
    check_nonce(s, "Authorization");
    check_nonce(s, "Proxy-Authorization");
}

/* The first sending of the request that the last one repeats; NULL if it does not repeat one. */
static const struct story_sent *repeated(struct story *s)
{
    const struct story_sent *last = &s->sends[s->sent - 1];
    const struct story_sent *found = NULL;

    for (const struct story_sent *sent = s->sends; sent < last; sent++) {
        if (sent->first)
            found = sent;
    }
    if (found == NULL || strcmp(sent_param(sent_line(found->text, "Via", 0), "branch"),
                                story_param(s, LAST, "Via", "branch")) != 0)
        return NULL;
    return found;
}

static void record_request(struct story *s, const void *bytes, size_t n)
{
    struct story_sent *sent = &s->sends[s->sent++], *previous = NULL;
    const struct story_sent *original;

    assert_true(s->sent < STORY_SENDS);
    sent->at = s->time;
    sent->n = n;
    sent->text = (char *)malloc(n + 1);
    assert_non_null(sent->text);
    memcpy(sent->text, bytes, n);
    sent->text[n] = '\0';
    assert_null(strstr(sent->text, SECRET));
    original = repeated(s);
    sent->first = original == NULL;
    for (struct story_sent *p = s->sends; p < sent; p++)
        previous = p->first ? p : previous;
    if (original != NULL) {
        assert_true(s->outstanding);
        assert_int_equal(original->n, n);
        assert_memory_equal(original->text, bytes, n);
        return;
    }
    check_request(s, previous);
    s->outstanding = true;
}

static bool is_ping(const unsigned char *bytes, size_t n)
{
    return (n == 4 && memcmp(bytes, "\r\n\r\n", 4) == 0) || (n == 20 && bytes[0] == 0);
}

static void record_ping(struct story *s, const void *bytes, size_t n)
{
    struct story_ping *ping = &s->pings[s->pinged++];

    assert_true(s->pinged < STORY_PINGS);
    ping->at = s->time;
    ping->n = n;
    memcpy(ping->bytes, bytes, n);
}

void story_record(struct story *s, const void *bytes, size_t n)
{
    if (is_ping((const unsigned char *)bytes, n))
        record_ping(s, bytes, n);
    else
        record_request(s, bytes, n);
}

void story_check_digest(struct story *s, const char *header, const char *user, const char *password)
{
    const char *value = story_field(s, LAST, header);
    const char *body = strstr(s->sends[s->sent - 1].text, "\r\n\r\n") + 4;

    assert_non_null(value);
    assert_string_equal(sent_param(value, "username"), user);
    assert_string_equal(sent_param(value, "response"), sent_digest(value, user, password, body));
}
