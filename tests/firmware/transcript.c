/*
 * transcript.c - does one whole registration go the same way here as elsewhere, octet by octet?
 *
 * It needs no operating system, only somewhere to print. Random numbers are always the same, the
 * clock is virtual and the registrar a page of answers: so what is sent and reported, and when, is
 * the same on each machine, and so is the digest of it in the last line. Lines with a # are about
 * the machine, and are not counted in.
 *
 * The clock is made as a port makes one (see there). With -DTRANSCRIPT_WRAPS it starts a second
 * before its counter and its milliseconds begin anew.
 */
#include <sipreg/sipreg.h>

#include "../../lib/hash.h"

#include <stdio.h>
#include <string.h>

/* ---------------------------------------------------------------- printing */

static struct sipreg_hash everything;

static void print(const char *text)
{
    sipreg_hash_add(&everything, text, strlen(text));
    while (*text != '\0')
        putchar(*text++);
}

/* Not by printf, which does not know 64 bits everywhere. */
static void print_number(const char *name, int64_t number)
{
    char text[24], *p = text + sizeof text;
    uint64_t left = number < 0 ? (uint64_t)0 - (uint64_t)number : (uint64_t)number;

    *--p = '\0';
    do
        *--p = (char)('0' + left % 10);
    while ((left /= 10) > 0);
    if (number < 0)
        *--p = '-';
    print(name);
    print(p);
}

/* All octets can be seen: line ends are "\r\n" and a new line. */
static void print_octets(const unsigned char *octets, size_t n)
{
    static const char digits[] = "0123456789abcdef";

    for (size_t i = 0; i < n; i++) {
        char text[5] = {'\\', 'x', digits[octets[i] >> 4], digits[octets[i] & 15], '\0'};
        if (octets[i] == '\n')
            print("\\n\n");
        else if (octets[i] == '\r')
            print("\\r");
        else if (octets[i] < 0x20 || octets[i] > 0x7E || octets[i] == '\\')
            print(text);
        else
            print((const char[2]){(char)octets[i], '\0'});
    }
}

/* ---------------------------------------------------------------- clock */

/*
 * A chip counts microseconds, say, in 32 bits: after 71 minutes it begins anew. The library wants
 * milliseconds that begin anew at 2^32 and nowhere else. So the port counts the wraps. It must look
 * at the counter once in 71 minutes; a phone that sleeps longer is woken for it.
 */
#ifdef TRANSCRIPT_WRAPS
static uint32_t counter = 0xFFF00000, wraps = 999; /* of these, 1000 make 2^32 milliseconds */
#else
static uint32_t counter, wraps;
#endif
static uint32_t looked_at;
static uint32_t began_at, wraps_before;

enum { NAP = 30 * 60 };

static uint32_t now(void)
{
    uint32_t low = counter;

    if (low < looked_at)
        wraps++;
    looked_at = low;
    return (uint32_t)((((uint64_t)wraps << 32) | low) / 1000);
}

static void sleep_for(uint32_t ms)
{
    while (ms > (uint32_t)NAP * 1000) {
        counter += (uint32_t)NAP * 1000 * 1000;
        ms -= (uint32_t)NAP * 1000;
        now();
    }
    counter += ms * 1000;
}

static void print_time(void)
{
    print_number("", (uint32_t)(now() - began_at));
    print(" ms ");
}

/* ---------------------------------------------------------------- the functions of the program */

static struct sipreg_client client;
static unsigned char scratch[1200];
static char sent[1200]; /* the last request, with a NUL */
static unsigned sends;
static bool failed;

static int my_send(void *user, const void *bytes, size_t n)
{
    (void)user;
    print_time();
    print_number("sends ", (int64_t)n);
    print("\n");
    print_octets((const unsigned char *)bytes, n);
    failed = failed || n >= sizeof sent;
    if (failed)
        return -1;
    memcpy(sent, bytes, n);
    sent[n] = '\0';
    sends++;
    return 0;
}

/* xorshift, always from the same seed. */
static int my_random(void *user, void *out, size_t n)
{
    static uint32_t x = 0x51503ECA;

    (void)user;
    for (size_t i = 0; i < n; i++) {
        x ^= x << 13 & 0xFFFFFFFF;
        x ^= x >> 17;
        x ^= x << 5 & 0xFFFFFFFF;
        ((unsigned char *)out)[i] = (unsigned char)(x >> 24);
    }
    return 0;
}

static void my_event(void *user, const struct sipreg_event *event)
{
    (void)user;
    print_time();
    print_number("event ", event->type);
    print_number(" state ", event->state);
    print_number(" status ", event->status);
    print_number(" error ", event->error);
    print_number(" asked ", event->asked);
    print_number(" granted ", event->granted);
    print_number(" listed ", event->listed);
    print_number(" verified ", event->verified);
    print_number(" refresh_in ", event->refresh_in);
    print_number(" retry_in ", event->retry_in);
    print_number(" valid_for ", event->valid_for);
    print(" ");
    print(sipreg_strerror(event->error));
    if (event->response != NULL) {
        print(", ");
        print_octets((const unsigned char *)event->response->reason.p, event->response->reason.n);
    }
    print("\n");
}

static const struct sipreg_io io = {
    .send = my_send,
    .random = my_random,
    .event = my_event,
    .scratch = scratch,
    .scratch_size = sizeof scratch,
};

static const struct sipreg_client_config config = {
    .io = &io,
    .aor = "sip:alice@example.com",
    .display = "Alice \"\xC3\x84\"",
    .local = "192.0.2.10:5060",
    .password = "open sesame",
    .user_agent = "transcript",
};

/* ---------------------------------------------------------------- the registrar */

/* A header line of the last request, with its line end, behind what is there. */
static void repeat(char *to, const char *name)
{
    const char *line = strstr(sent, name), *end;
    size_t used = strlen(to);

    if (line == NULL || (end = strchr(line, '\n')) == NULL) {
        failed = true;
        return;
    }
    memcpy(to + used, line, (size_t)(end + 1 - line));
    to[used + (size_t)(end + 1 - line)] = '\0';
}

static void answer(const char *status, const char *headers)
{
    static char text[1200];
    int result;

    strcpy(text, "SIP/2.0 ");
    strcat(strcat(text, status), "\r\n");
    repeat(text, "Via: ");
    repeat(text, "From: ");
    repeat(text, "To: ");
    repeat(text, "Call-ID: ");
    repeat(text, "CSeq: ");
    strcat(strcat(text, headers), "Content-Length: 0\r\n\r\n");
    sleep_for(40);
    print_time();
    print("is answered ");
    print(status);
    print("\n");
    result = sipreg_client_recv(&client, now(), text, strlen(text));
    print_time();
    print_number("result ", result);
    print_number(" state ", sipreg_client_state(&client));
    print("\n");
}

/* From deadline to deadline, until something is sent, or nothing is left to wait for. */
static void wait_for_request(void)
{
    unsigned before = sends;
    uint32_t wait = sipreg_client_run(&client, now());

    for (unsigned steps = 0; sends == before && wait != SIPREG_FOREVER && steps < 100; steps++) {
        sleep_for(wait);
        wait = sipreg_client_run(&client, now());
    }
    failed = failed || sends == before;
}

/* ---------------------------------------------------------------- the registration */

#define CHALLENGE(nonce, more)                                                                     \
    "WWW-Authenticate: Digest realm=\"example.com\", qop=\"auth\", "                               \
    "nonce=\"" nonce "\"" more "\r\n"
#define WITH_SHA256      ", algorithm=SHA-256, opaque=\"5ccc\", userhash=true"
#define GRANTED(seconds) "Contact: <sip:alice@192.0.2.10:5060>;expires=" seconds "\r\n"

static void registers(void)
{
    sipreg_client_start(&client, now());
    wait_for_request();
    answer("401 Unauthorized", CHALLENGE("one", WITH_SHA256) CHALLENGE("two", ""));
    answer("200 OK", GRANTED("3600") "Date: Sat, 13 Nov 2010 23:29:00 GMT\r\n");
}

static void refreshes_and_is_too_brief(void)
{
    wait_for_request(); /* nc=2 */
    answer("423 Interval Too Brief", "Min-Expires: 7200\r\n");
    answer("200 OK", GRANTED("7200") "Contact: <sip:alice@198.51.100.7>;expires=60;q=0.5\r\n"
                                     "Service-Route: <sip:proxy.example.com;lr>\r\n");
}

static void times_out_and_recovers(void)
{
    for (unsigned i = 0; i < 11; i++) /* as often as timer E has it */
        wait_for_request();
    wait_for_request(); /* after the back-off */
    answer("401 Unauthorized", CHALLENGE("three", ", stale=true, algorithm=MD5"));
    answer("100 Trying", "");
    answer("200 OK", GRANTED("7200"));
}

static void stops(void)
{
    sleep_for(60000);
    sipreg_client_stop(&client, now());
    wait_for_request();
    answer("200 OK", "");
}

static void print_end(void)
{
    uint8_t digest[SIPREG_DIGEST_SIZE];

    failed = sipreg_hash_end(&everything, digest) != SIPREG_OK || failed;
    printf("# client: %u octets\n", (unsigned)sizeof client);
    printf("# counter began anew: %lu times", (unsigned long)(wraps - wraps_before));
    printf("%s\n", now() < began_at ? ", milliseconds too" : "");
    if (failed || sipreg_client_state(&client) != SIPREG_IDLE) {
        printf("# FAILED\n");
        return;
    }
    printf("# digest: ");
    for (size_t i = 0; i < sizeof digest; i++)
        printf("%02x", (unsigned)digest[i]);
    printf("\n");
}

int main(void)
{
    sipreg_hash_start(&everything, SIPREG_SHA256);
    looked_at = counter;
    wraps_before = wraps;
    began_at = now();
    failed = sipreg_client_init(&client, &config) != SIPREG_OK;
    if (!failed) {
        registers();
        refreshes_and_is_too_brief();
        times_out_and_recovers();
        stops();
    }
    print_end();
    return failed ? 1 : 0;
}
