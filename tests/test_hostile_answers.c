/*
 * test_hostile_answers.c - texts that would like to be more, in each value that comes out again of
 * an answer or of the DNS.
 *
 * Whatever a text holds, the messages that are sent have the same lines, values and parameters as
 * with a harmless one.
 */
#include "hostile.h"
#include "story.h"

#include <stdio.h>
#include <stdlib.h>

static const struct answered {
    const char *status, *lines; /* with %s in a value that may come out again */
} answers[] = {
    {"401 No", "WWW-Authenticate: Digest nonce=\"n\", qop=\"auth\", realm=\"r%s\"\r\n"},
    {"401 No", "WWW-Authenticate: Digest realm=\"r\", qop=\"auth\", nonce=\"n%s\"\r\n"},
    {"401 No", "WWW-Authenticate: Digest realm=\"r\", qop=\"auth\", nonce=n%s\r\n"},
    {"401 No", "WWW-Authenticate: Digest realm=\"r\", nonce=\"n\", opaque=\"o%s\"\r\n"},
    {"401 No", "WWW-Authenticate: Digest realm=\"r\", nonce=\"n\", domain=\"sip:d%s\"\r\n"},
    {"401 No", "WWW-Authenticate: Digest realm=\"r\", nonce=\"n\", algorithm=MD5%s\r\n"},
    {"401 No", "WWW-Authenticate: Digest realm=\"r\", nonce=\"n\", algorithm=\"MD5%s\"\r\n"},
    {"401 No", "WWW-Authenticate: Digest realm=\"r\", nonce=\"n\", qop=\"auth%s\"\r\n"},
    {"401 No", "WWW-Authenticate: Digest realm=\"r\", nonce=\"n\", stale=%s\r\n"},
    {"407 No", "Proxy-Authenticate: Digest nonce=\"n\", opaque=\"o\", realm=\"r%s\"\r\n"},
    {"302 Moved", "Contact: <sip:backup%s.example.com>\r\n"},
    {"302 Moved", "Contact: <sip:a%s@backup.example.com;x=a>\r\n"},
    {"302 Moved", "Contact: <sip:backup.example.com;x=a%s>\r\n"},
    {"302 Moved", "Contact: sip:backup.example.com%s\r\n"},
    {"305 Proxy", "Contact: <sip:proxy%s.example.com;x=a>\r\n"},
    {"305 Proxy", "Contact: <sip:proxy.example.com;lr;x=a%s>\r\n"},
    {"423 Brief", "Min-Expires: 7200%s\r\n"},
    {"420 Bad", "Unsupported: pref%s\r\n"},
    {"421 More", "Require: path%s\r\n"},
    {"200 OK", "Contact: <CONTACT>;expires=90%s\r\n"},
    {"200 OK", "Contact: <CONTACT;x=%s>;expires=90\r\n"},
    {"200 OK", "Contact: <CONTACT>;expires=90\r\nPath: <sip:p%s;lr;ob>\r\n"},
    {"200 OK", "Contact: <CONTACT>;expires=90\r\nService-Route: <sip:p%s;lr>\r\n"},
    {"200 OK", "Contact: <CONTACT>;expires=90\r\nFlow-Timer: 20%s\r\n"},
    {"200 OK", "Contact: <CONTACT>;expires=90\r\nAuthentication-Info: nextnonce=\"n%s\"\r\n"},
    {"200 OK", "Contact: <CONTACT>;expires=90\r\nRequire: outbound%s\r\n"},
    {"503 Busy", "Retry-After: 1%s\r\n"},
};

static void reply_with_nuls(struct story *s, const char *status, const char *lines)
{
    char *text = story_text(s, LAST, status, lines);
    size_t n = strlen(text);

    for (char *p = text; (p = strchr(p, '\x02')) != NULL;)
        *p++ = '\0';
    story_feed(s, text, n);
    free(text);
}

/* The client's next requests, after an answer with that in it, and a registration. */
static void hear(struct story *s, const struct answered *answered, const char *text,
                 struct messages *m)
{
    static char lines[3 * HOSTILE_LONG];
    const char *gap = strstr(answered->lines, "%s");

    snprintf(lines, sizeof lines, "%.*s%s%s", (int)(gap - answered->lines), answered->lines, text,
             gap + 2);
    story_init(s);
    story_start(s);
    reply_with_nuls(s, answered->status, lines);
    story_pass(s, 100 * 1000);
    sipreg_client_stop(&s->client, s->tick);
    story_run(s);
    m->count = 0;
    for (size_t i = 0; i < s->sent; i++) {
        if (s->sends[i].first && m->count < HOSTILE_MESSAGES)
            skeleton_of(s->sends[i].text, s->sends[i].n, m->skeletons[m->count++]);
    }
}

static void configure_for_answers(struct story *s)
{
    s->config.follow_redirects = true;
    s->config.require = "pref";
    s->config.keepalive = &sipreg_keepalive;
    s->config.expires = 3600;
}

static void assert_none_new(const struct messages *m, const struct messages *a,
                            const struct messages *b, const struct answered *answered,
                            const char *text)
{
    for (size_t i = 0; i < m->count; i++) {
        if (!hostile_among(m->skeletons[i], a) && !hostile_among(m->skeletons[i], b))
            fail_msg("%s'%.40s': %s", answered->lines, text, m->skeletons[i]);
    }
}

/* What is sent after it was sent like that after a harmless answer, too, or one that says nothing.
 */
static void no_value_of_an_answer_can_add_to_what_is_sent(void **state)
{
    static const struct answered nothing = {"480 Later", "X-Nothing: %s\r\n"};
    struct story *s = (struct story *)*state;
    static struct messages harmless, none, m;

    configure_for_answers(s);
    for (size_t i = 0; i < COUNT(answers); i++) {
        hear(s, &nothing, "", &none);
        story_forget(s);
        hear(s, &answers[i], "", &harmless);
        story_forget(s);
        for (size_t k = 0; hostile_text(k) != NULL; k++) {
            hear(s, &answers[i], hostile_text(k), &m);
            assert_none_new(&m, &harmless, &none, &answers[i], hostile_text(k));
            story_forget(s);
        }
    }
}

/* ---------------------------------------------------------------- names of the DNS */

static void assert_names_only(struct sipreg_locate *locate, const char *text)
{
    static const char token[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                "-._!%*+`'~";
    struct sipreg_question question;

    for (int i = 0; i < 10 && sipreg_locate_question(locate, &question); i++) {
        size_t n = strlen(question.name);
        if (n == 0 || strspn(question.name, token) != n)
            fail_msg("'%.40s': asks for '%s'", text, question.name);
        sipreg_locate_answer(locate, 0, NULL, 0);
    }
}

static void no_name_of_the_dns_is_asked_for_that_is_none(void **state)
{
    struct sipreg_record record = {SIPREG_DNS_NAPTR, 60, 1, 1, "s", "SIP+D2U", 0, 0, 5060, "", {0}};
    struct sipreg_locate locate;

    (void)state;
    for (size_t k = 0; hostile_text(k) != NULL; k++) {
        record.type = SIPREG_DNS_NAPTR;
        for (int srv = 0; srv < 2; srv++) {
            assert_int_equal(sipreg_locate_init(&locate, NULL, given_text("sip:example.com")), 0);
            sipreg_locate_start(&locate, 0);
            record.name = srv ? "_sip._udp.example.com" : hostile_text(k);
            sipreg_locate_answer(&locate, 0, &record, 1);
            if (srv) {
                record.type = SIPREG_DNS_SRV;
                record.name = hostile_text(k);
                sipreg_locate_answer(&locate, 0, &record, 1);
            }
            assert_names_only(&locate, hostile_text(k));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORY(no_value_of_an_answer_can_add_to_what_is_sent),
        TEST(no_name_of_the_dns_is_asked_for_that_is_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
