/*
 * reply.c - responses written out whole.
 */
#include "reply.h"

#include "sent.h"

#include <stdio.h>
#include <stdlib.h>

static const char *uri_of(const char *contact)
{
    assert_non_null(contact);
    assert_true(contact[0] == '<');
    return sent_copy(contact + 1, strcspn(contact + 1, ">"));
}

/* What stands in the last request for a word in braces. */
static const char *meaning(struct story *s, const char *word)
{
    static const char *const words[] = {"via", "from", "to", "call-id"};
    static const char *const headers[] = {"Via", "From", "To", "Call-ID"};
    const char *cseq = story_field(s, LAST, "CSeq");

    for (size_t i = 0; i < COUNT(words); i++) {
        if (strcmp(word, words[i]) == 0)
            return story_field(s, LAST, headers[i]);
    }
    if (strcmp(word, "branch") == 0)
        return story_param(s, LAST, "Via", "branch");
    if (strcmp(word, "tag") == 0)
        return story_param(s, LAST, "From", "tag");
    if (strcmp(word, "cseq") == 0)
        return sent_copy(cseq, strspn(cseq, "0123456789"));
    if (strcmp(word, "contact") == 0)
        return uri_of(story_field(s, LAST, "Contact"));
    fail_msg("{%s} means nothing", word);
    return NULL;
}

struct sipreg_str reply_octets(struct story *s, const char *text, size_t n)
{
    enum { GROWTH = 2000 };
    char *octets = (char *)malloc(n + GROWTH);
    const char *end = text + n;
    struct sipreg_str result;
    size_t used = 0;

    assert_non_null(octets);
    while (text < end) {
        const char *close =
            *text == '{' ? (const char *)memchr(text, '}', (size_t)(end - text)) : NULL;
        if (close == NULL) {
            octets[used++] = *text++;
            continue;
        }
        const char *value = meaning(s, sent_copy(text + 1, (size_t)(close - text - 1)));
        assert_true(used + strlen(value) + (size_t)(end - text) < n + GROWTH);
        memcpy(octets + used, value, strlen(value));
        used += strlen(value);
        text = close + 1;
    }
    result = given(octets, used);
    free(octets);
    return result;
}

struct sipreg_str reply_text(struct story *s, const char *text)
{
    return reply_octets(s, text, strlen(text));
}

void reply_ask(struct story *s)
{
    story_start(s);
    if (s->outstanding)
        return;
    assert_int_equal(sipreg_client_refresh(&s->client, s->tick), SIPREG_OK);
    story_run(s);
    assert_true(s->outstanding);
}

int reply_feed(struct story *s, const char *text)
{
    reply_ask(s);
    struct sipreg_str octets = reply_text(s, text);
    return story_feed(s, octets.p, octets.n);
}

void reply_registers_octets(struct story *s, struct sipreg_str octets)
{
    size_t told = s->told;
    int result = story_feed(s, octets.p, octets.n);

    if (result != SIPREG_OK || s->told != told + 1)
        fail_msg("%d for %.*s", result, (int)octets.n, octets.p);
    if (story_event(s)->type != SIPREG_EVENT_REGISTERED || story_event(s)->granted != 60 ||
        !story_event(s)->listed)
        fail_msg("%s: %d s for %.*s", sipreg_strerror(story_event(s)->error),
                 (int)story_event(s)->granted, (int)octets.n, octets.p);
}

void reply_registers(struct story *s, const char *text)
{
    reply_ask(s);
    reply_registers_octets(s, reply_text(s, text));
}

void reply_octets_are_ignored(struct story *s, struct sipreg_str octets, int result)
{
    struct sipreg_client before = s->client;
    size_t told = s->told, sent = s->sent;
    int actual = story_feed(s, octets.p, octets.n);

    if (actual != result || memcmp(&before, &s->client, sizeof before) != 0)
        fail_msg("%d instead of %d, or a change, for %.*s", actual, result, (int)octets.n,
                 octets.p);
    assert_int_equal(s->told, told);
    assert_int_equal(s->sent, sent);
}

void reply_is_ignored(struct story *s, const char *text, int result)
{
    reply_ask(s);
    reply_octets_are_ignored(s, reply_text(s, text), result);
}

void reply_still_awaited(struct story *s)
{
    size_t requests = story_requests(s);

    assert_true(story_until_sent(s, 4000));
    assert_int_equal(story_requests(s), requests);
    reply_registers(s, REPLY_OK REPLY_COPIES REPLY_OURS REPLY_END);
}

char reply_told[1000];

static const char *text_of(struct sipreg_str s)
{
    return s.p == NULL ? "" : sent_copy(s.p, s.n);
}

void reply_tell_contacts(struct story *s, const struct sipreg_event *event)
{
    struct sipreg_place place = {0, 0, 0};
    struct sipreg_binding b;
    size_t n = 0;

    (void)s;
    reply_told[0] = '\0';
    while (sipreg_response_contact(event->response, &place, &b))
        n += (size_t)snprintf(reply_told + n, sizeof reply_told - n, "%s|%s|%s|%d|%d\n",
                              text_of(b.contact.display), text_of(b.contact.uri),
                              text_of(b.contact.params), (int)b.expires, b.q);
    assert_true(n < sizeof reply_told);
}
