/*
 * test_client_secrets.c - is anything left of a password, or of HA1, after a call of a client has
 * ended? remains.h says how that is found out.
 */
#include "remains.h"
#include "sent.h"

#include <stdio.h>

/* All that the library works with. */
static struct {
    struct sipreg_io io;
    struct sipreg_client_config config;
    struct sipreg_client client;
    struct sipreg_credentials credentials;
    enum sipreg_algorithm algorithm;
    struct sipreg_response response;
    struct sipreg_action action;
    char cnonce[SIPREG_CNONCE_SIZE];
    char text[2000]; /* what is received */
    char scratch[2000];
    char sent[2000];
    char snapshot[SIPREG_SNAPSHOT_SIZE];
    uint32_t now;
    int result;
} w;

static int on_send(void *user, const void *bytes, size_t n)
{
    (void)user;
    assert_true(n < sizeof w.sent);
    memcpy(w.sent, bytes, n);
    w.sent[n] = '\0';
    return 0;
}

static int on_credentials(void *user, const struct sipreg_challenge *challenge,
                          struct sipreg_credentials *credentials)
{
    (void)user;
    (void)challenge;
    *credentials = w.credentials;
    return 0;
}

static int set_up(void **state)
{
    (void)state;
    memset(&w, 0, sizeof w);
    w.io = (struct sipreg_io){.send = on_send,
                              .random = remains_random,
                              .scratch = w.scratch,
                              .scratch_size = sizeof w.scratch};
    w.config = (struct sipreg_client_config){
        .io = &w.io, .aor = "sip:alice@" REMAINS_REALM, .local = "192.0.2.10:5060"};
    return remains_begin(&w, sizeof w);
}

static int tear_down(void **state)
{
    (void)state;
    return remains_end();
}

static void checked(const char *name, void (*function)(void))
{
    remains_call(name, function);
    remains_search(w.algorithm, w.cnonce);
}

#define CHECKED(function) checked(#function, function)

/* The session key is made of the cnonce, which the client has drawn. */
static void checked_answer(const char *name, void (*function)(void))
{
    const char *cnonce;

    remains_call(name, function);
    cnonce = sent_param(sent_line(w.sent, "Authorization", 0), "cnonce");
    assert_non_null(cnonce);
    strcpy(w.cnonce, cnonce);
    remains_search(w.algorithm, w.cnonce);
}

#define CHECKED_ANSWER(function) checked_answer(#function, function)

/* ---------------------------------------------------------------- the calls */

static void init(void)
{
    w.result = sipreg_client_init(&w.client, &w.config);
}

static void start(void)
{
    w.result = sipreg_client_start(&w.client, w.now);
}

static void stop(void)
{
    w.result = sipreg_client_stop(&w.client, w.now);
}

static void move(void)
{
    w.result = sipreg_client_move(&w.client, w.now, "192.0.2.11:5060");
}

static void renew_credentials(void)
{
    w.result = sipreg_client_credentials(&w.client, w.now, &w.credentials);
}

static void run(void)
{
    w.result = (int)sipreg_client_run(&w.client, w.now);
}

static void recv_text(void)
{
    w.result = sipreg_client_recv(&w.client, w.now, w.text, strlen(w.text));
}

static void respond(void)
{
    sipreg_response_parse(&w.response, w.text, strlen(w.text));
    w.result = sipreg_client_response(&w.client, w.now, &w.response);
}

static void next(void)
{
    w.result = sipreg_client_next(&w.client, w.now, &w.action);
    if (w.action.type == SIPREG_DO_SEND)
        on_send(NULL, w.action.bytes, w.action.size);
}

static void save(void)
{
    w.result = sipreg_client_save(&w.client, w.now, w.snapshot, sizeof w.snapshot);
}

static void load(void)
{
    w.result = sipreg_client_load(&w.client, w.now, 1, w.snapshot, sizeof w.snapshot);
}

/* ---------------------------------------------------------------- the registrar */

/* The answer to what was sent last. */
static void reply(const char *status, const char *headers)
{
    snprintf(w.text, sizeof w.text,
             "SIP/2.0 %s\r\nVia: %s\r\nFrom: %s\r\nTo: %s;tag=t\r\nCall-ID: %s\r\nCSeq: %s\r\n%s"
             "Content-Length: 0\r\n\r\n",
             status, sent_line(w.sent, "Via", 0), sent_line(w.sent, "From", 0),
             sent_line(w.sent, "To", 0), sent_line(w.sent, "Call-ID", 0),
             sent_line(w.sent, "CSeq", 0), headers);
}

static void reply_challenge(void)
{
    char header[200];

    snprintf(header, sizeof header,
             "WWW-Authenticate: Digest realm=\"" REMAINS_REALM "\", nonce=\"" REMAINS_NONCE
             "\", algorithm=%s, qop=\"auth\"\r\n",
             sipreg_algorithm_name(w.algorithm));
    reply("401 Unauthorized", header);
}

static void reply_grant(void)
{
    char headers[300], rspauth[200];

    remains_proof(rspauth, w.sent, w.algorithm);
    snprintf(headers, sizeof headers,
             "Contact: <sip:alice@192.0.2.10:5060>;expires=60\r\n"
             "Authentication-Info: rspauth=\"%s\", qop=auth\r\n",
             rspauth);
    reply("200 OK", headers);
}

/* ---------------------------------------------------------------- whole lives */

static void wait_for_refresh(void)
{
    w.now += sipreg_client_deadline(&w.client, w.now);
}

static void live(void)
{
    CHECKED(init);
    CHECKED(start);
    CHECKED(run);
    reply_challenge();
    CHECKED_ANSWER(recv_text);
    reply_grant();
    CHECKED(recv_text);
    assert_int_equal(sipreg_client_state(&w.client), SIPREG_REGISTERED);
    CHECKED(save);
    wait_for_refresh();
    CHECKED(run); /* an answer unasked */
    reply_grant();
    CHECKED(respond);
    CHECKED(next);
    CHECKED(renew_credentials);
}

/* Goes on from the snapshot. */
static void live_on(void)
{
    CHECKED(init);
    CHECKED(load);
    CHECKED(start);
    CHECKED(next);
    if (sent_line(w.sent, "Authorization", 0) == NULL) { /* with -sess the session has ended */
        reply_challenge();
        CHECKED(respond);
        CHECKED_ANSWER(next);
    }
    reply_grant();
    CHECKED(recv_text);
    assert_int_equal(sipreg_client_state(&w.client), SIPREG_REGISTERED);
    CHECKED(move);
    CHECKED(run);
    CHECKED(stop);
    reply_challenge(); /* with the same nonce: the answer was wrong */
    CHECKED(recv_text);
    CHECKED(stop);
    CHECKED(run);
}

static void live_in_every_way(bool by_ha1, bool by_callback)
{
    for (const enum sipreg_algorithm *a = remains_algorithms(); *a != 0; a++) {
        w.algorithm = *a;
        w.cnonce[0] = '\0';
        remains_credentials(&w.credentials, *a, by_ha1);
        w.io.credentials = by_callback ? on_credentials : NULL;
        w.config.password = by_callback ? NULL : w.credentials.password;
        w.config.ha1 = by_callback ? NULL : w.credentials.ha1;
        w.config.ha1_algorithm = by_callback ? 0 : w.credentials.ha1_algorithm;
        live();
        live_on();
    }
}

static void no_call_of_a_client_leaves_the_password_anywhere(void **state)
{
    (void)state;
    live_in_every_way(false, false);
}

static void no_call_of_a_client_leaves_an_ha1_anywhere(void **state)
{
    (void)state;
    live_in_every_way(true, false);
}

static void what_the_credentials_callback_gives_is_left_nowhere_either(void **state)
{
    (void)state;
    live_in_every_way(false, true);
    live_in_every_way(true, true);
}

#define SEARCH(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SEARCH(no_call_of_a_client_leaves_the_password_anywhere),
        SEARCH(no_call_of_a_client_leaves_an_ha1_anywhere),
        SEARCH(what_the_credentials_callback_gives_is_left_nowhere_either),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
