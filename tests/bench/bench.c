/*
 * bench.c: what does it cost to register?
 *
 *   bench OPERATION [N]     does it N times, once unless told otherwise
 *   bench                   says the sizes of the structs
 *
 * bench.py runs this under callgrind, which counts the instructions within the functions named
 * measured_*. What a server and a network do is done outside of them. All randomness is a counter,
 * so that two runs are alike.
 */
#include "measured.h"

#include <sipreg/sipreg.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---------------------------------------------------------------- the world outside */

static void die(const char *what)
{
    fprintf(stderr, "bench: %s\n", what);
    exit(1);
}

/* The value of a header in a request of ours, "" if it is not there. */
static const char *header(const char *request, const char *name, char *value, size_t size)
{
    const char *line = strstr(request, name);
    size_t n = 0;

    if (line != NULL) {
        line += strlen(name);
        n = strcspn(line, "\r\n");
    }
    if (n >= size)
        die("a header is too long");
    if (n > 0)
        memcpy(value, line, n);
    value[n] = '\0';
    return value;
}

static const char challenge_line[] =
    "WWW-Authenticate: Digest realm=\"example.com\", "
    "nonce=\"YzF2b1sNmwPpnNCBqeJbVhcP9wEFAAAAxY6Z2kT8Rkw=\", qop=\"auth\", algorithm=MD5, "
    "opaque=\"5ccc069c403ebaf9f0171e9517f40e41\"\r\n";

/* An answer as servers give it, with the header lines that come with them. */
static size_t answer(const char *request, const char *status, const char *lines, char *out,
                     size_t size)
{
    char via[200], from[200], to[200], call_id[100], cseq[50];
    int n = snprintf(out, size,
                     "SIP/2.0 %s\r\n"
                     "Via: %s;received=192.0.2.10\r\n"
                     "From: %s\r\n"
                     "To: %s;tag=b27e1a1d33761e85846fc98f5f3a7e58.d0fa\r\n"
                     "Call-ID: %s\r\n"
                     "CSeq: %s\r\n"
                     "%s"
                     "Server: kamailio (5.6.3 (x86_64/linux))\r\n"
                     "Content-Length: 0\r\n"
                     "\r\n",
                     status, header(request, "Via: ", via, sizeof via),
                     header(request, "From: ", from, sizeof from),
                     header(request, "To: ", to, sizeof to),
                     header(request, "Call-ID: ", call_id, sizeof call_id),
                     header(request, "CSeq: ", cseq, sizeof cseq), lines);

    if (n < 0 || (size_t)n >= size)
        die("an answer is too long");
    return (size_t)n;
}

/* ---------------------------------------------------------------- one message at a time */

static struct sipreg_request request = {
    .registrar = "sip:example.com",
    .aor = "sip:alice@example.com",
    .contact = "sip:alice@192.0.2.10:5060",
    .sent_by = "192.0.2.10:5060",
    .expires = 3600,
};
static const struct sipreg_credentials alice = {.user = "alice", .password = "secret"};
static struct sipreg_response response;
static struct sipreg_challenge challenge;
static struct sipreg_answer credentials;
static char out[2048], in[32768];
static int length;

static void first_request(void)
{
    if (sipreg_request_renew(&request, counting, NULL) != SIPREG_OK)
        die("renew failed");
    length = sipreg_request_write(&request, out, sizeof out - 1);
    if (length < 0)
        die("write failed");
    out[length] = '\0';
}

void measured_read_401(size_t n);
MEASURED void measured_read_401(size_t n)
{
    if (sipreg_response_parse(&response, in, n) < 0 ||
        sipreg_challenge_read(&challenge, &response) != SIPREG_OK)
        die("the 401 was not read");
}

static void read_401(void)
{
    first_request();
    measured_read_401(answer(out, "401 Unauthorized", challenge_line, in, sizeof in));
}

void measured_build(void);
MEASURED void measured_build(void)
{
    if (sipreg_challenge_answer(&credentials, &challenge, &alice, &request, counting, NULL) !=
        SIPREG_OK)
        die("the challenge was not answered");
    request.answer = &credentials;
    if (sipreg_request_renew(&request, counting, NULL) != SIPREG_OK)
        die("renew failed");
    length = sipreg_request_write(&request, out, sizeof out);
}

static void build_authenticated(void)
{
    size_t n;

    first_request();
    n = answer(out, "401 Unauthorized", challenge_line, in, sizeof in);
    if (sipreg_response_parse(&response, in, n) < 0 ||
        sipreg_challenge_read(&challenge, &response) != SIPREG_OK)
        die("the 401 was not read");
    measured_build();
    if (length < 0 || memcmp(out, "REGISTER ", 9) != 0)
        die("no REGISTER was built");
    request.answer = NULL;
}

static int found;

/* All contacts, and which of them is ours. */
void measured_read_contacts(size_t n);
MEASURED void measured_read_contacts(size_t n)
{
    struct sipreg_binding binding;
    struct sipreg_place place = {0};

    if (sipreg_response_parse(&response, in, n) < 0)
        die("the 200 was not read");
    while (sipreg_response_contact(&response, &place, &binding)) {
        if (binding.contact.uri.n == strlen(request.contact) &&
            memcmp(binding.contact.uri.p, request.contact, binding.contact.uri.n) == 0)
            found++;
    }
}

static char contacts[16384];

static void list_contacts(int count, const char *last)
{
    size_t n = 0;
    int i;

    for (i = 0; i < count; i++) {
        n += (size_t)snprintf(contacts + n, sizeof contacts - n,
                              "Contact: <sip:alice@192.0.2.%d:5070;transport=udp>;expires=%d;"
                              "received=\"sip:198.51.100.7:%d\"\r\n",
                              i + 20, 600 + i, 20000 + i);
    }
    snprintf(contacts + n, sizeof contacts - n, "Contact: <%s>;expires=3600\r\n", last);
}

static void read_contacts(void)
{
    first_request();
    list_contacts(99, request.contact);
    found = 0;
    measured_read_contacts(answer(out, "200 OK", contacts, in, sizeof in));
    if (found != 1)
        die("our contact was not found");
}

/* ---------------------------------------------------------------- through the client */

static unsigned char scratch[1200];
static const void *sent;
static size_t sent_size;

static int note(void *user, const void *bytes, size_t n)
{
    (void)user;
    sent = bytes;
    sent_size = n;
    return 0;
}

static const struct sipreg_io io = {
    .send = note,
    .random = counting,
    .scratch = scratch,
    .scratch_size = sizeof scratch,
};
static const struct sipreg_client_config config = {
    .io = &io,
    .aor = "sip:alice@example.com",
    .password = "secret",
    .local = "192.0.2.10:5060",
};
static struct sipreg_client client;

/* The server: an answer to what was sent. */
static size_t respond(const char *status, const char *lines)
{
    if (sent_size == 0 || sent_size >= sizeof out)
        die("nothing was sent");
    memcpy(out, sent, sent_size);
    out[sent_size] = '\0';
    sent_size = 0;
    return answer(out, status, lines, in, sizeof in);
}

void measured_start(void);
MEASURED void measured_start(void)
{
    sipreg_client_start(&client, 0);
    sipreg_client_run(&client, 0);
}

void measured_receive(uint32_t now, size_t n);
MEASURED void measured_receive(uint32_t now, size_t n)
{
    if (sipreg_client_recv(&client, now, in, n) != SIPREG_OK)
        die("the client did not take the answer");
    sipreg_client_run(&client, now);
}

static void exchange(void)
{
    if (sipreg_client_init(&client, &config) != SIPREG_OK)
        die("init failed");
    measured_start();
    measured_receive(20, respond("401 Unauthorized", challenge_line));
    measured_receive(40,
                     respond("200 OK", "Contact: <sip:alice@192.0.2.10:5060>;expires=3600\r\n"));
    if (sipreg_client_state(&client) != SIPREG_REGISTERED)
        die("the client is not registered");
}

/* The 200 with 100 contacts as the client reads it, which looks for its own by RFC 3261 19.1.4. */
void measured_accept(size_t n);
MEASURED void measured_accept(size_t n)
{
    if (sipreg_client_recv(&client, 20, in, n) != SIPREG_OK)
        die("the client did not take the answer");
}

static void accept_contacts(void)
{
    if (sipreg_client_init(&client, &config) != SIPREG_OK)
        die("init failed");
    sipreg_client_start(&client, 0);
    sipreg_client_run(&client, 0);
    list_contacts(99, "sip:alice@192.0.2.10:5060");
    measured_accept(respond("200 OK", contacts));
    if (sipreg_client_state(&client) != SIPREG_REGISTERED)
        die("the client is not registered");
}

/* ---------------------------------------------------------------- */

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        void (*operation)(void);
    } operations[] = {
        {"read_401", read_401},
        {"build_authenticated", build_authenticated},
        {"exchange", exchange},
        {"read_contacts", read_contacts},
        {"accept_contacts", accept_contacts},
    };
    int times = argc > 2 ? atoi(argv[2]) : 1;
    size_t i;

    if (argc == 1) {
        printf("struct sipreg_client %lu\n", (unsigned long)sizeof(struct sipreg_client));
        printf("struct sipreg_request %lu\n", (unsigned long)sizeof(struct sipreg_request));
        printf("struct sipreg_response %lu\n", (unsigned long)sizeof(struct sipreg_response));
        printf("struct sipreg_challenge %lu\n", (unsigned long)sizeof(struct sipreg_challenge));
        return 0;
    }
    for (i = 0; i < sizeof operations / sizeof *operations; i++) {
        if (strcmp(argv[1], operations[i].name) == 0) {
            while (times-- > 0)
                operations[i].operation();
            return 0;
        }
    }
    die("no such operation");
    return 1;
}
