/*
 * remains.c - what is left of a password, or of HA1: see remains.h.
 */
#if defined(__linux__)
#define _DEFAULT_SOURCE 1 /* MAP_ANONYMOUS */
#endif

#include "remains.h"

#include "sent.h"

#include "../lib/digest.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED 1
#endif
#endif
#if defined(SANITIZED)
#define UNCHECKED __attribute__((no_sanitize("address")))
enum { SPACE = 64 * 1024 };
#else
#define UNCHECKED
enum { SPACE = 2048 };
#endif

enum { WINDOW = 8, VEIL = 0xA7, STACK = 256 * 1024, PAGE = 4096, WINDOWS = 1024 };

struct remains_safe *remains_safe;

static unsigned char stack[STACK] __attribute__((aligned(64)));
static const unsigned char *watched_from, *watched_to;

/* "correct-Horse7battery;staple", veiled. */
static const unsigned char veiled_password[] = {
    'c' ^ VEIL, 'o' ^ VEIL, 'r' ^ VEIL, 'r' ^ VEIL, 'e' ^ VEIL, 'c' ^ VEIL, 't' ^ VEIL,
    '-' ^ VEIL, 'H' ^ VEIL, 'o' ^ VEIL, 'r' ^ VEIL, 's' ^ VEIL, 'e' ^ VEIL, '7' ^ VEIL,
    'b' ^ VEIL, 'a' ^ VEIL, 't' ^ VEIL, 't' ^ VEIL, 'e' ^ VEIL, 'r' ^ VEIL, 'y' ^ VEIL,
    ';' ^ VEIL, 's' ^ VEIL, 't' ^ VEIL, 'a' ^ VEIL, 'p' ^ VEIL, 'l' ^ VEIL, 'e' ^ VEIL,
};

/* ---------------------------------------------------------------- what is searched for */

static unsigned char windows[WINDOWS][WINDOW]; /* veiled */
static size_t window_count;
static bool begins[65536]; /* a window begins with these two octets */

static void add_window(const unsigned char *veiled)
{
    assert_true(window_count < WINDOWS);
    memcpy(windows[window_count++], veiled, WINDOW);
    begins[veiled[0] << 8 | veiled[1]] = true;
}

static void add_windows(const unsigned char *veiled, size_t n)
{
    for (size_t i = 0; i + WINDOW <= n; i++)
        add_window(veiled + i);
}

/* With the octets of each word turned round. They stand in the text from an offset on. */
static void add_turned(const unsigned char *veiled, size_t n, size_t offset, size_t word)
{
    unsigned char turned[64];
    size_t skip = (word - offset % word) % word, count = (n - skip) / word * word;

    for (size_t i = 0; i < count; i++)
        turned[i] = veiled[skip + i - i % word + word - 1 - i % word];
    add_windows(turned, count);
}

/* ---------------------------------------------------------------- what a child computes */

/* What it is about. */
static struct {
    enum sipreg_algorithm algorithm;
    const char *cnonce, *request;
} subject;

/* The result is veiled. */
static size_t ask_child(size_t (*compute)(unsigned char *out), unsigned char *veiled, size_t size)
{
    int ends[2], status;
    ssize_t n;
    pid_t child;

    assert_int_equal(pipe(ends), 0);
    fflush(NULL);
    child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        unsigned char out[200];
        size_t length = compute(out);
        for (size_t i = 0; i < length; i++)
            out[i] ^= VEIL;
        _exit(write(ends[1], out, length) == (ssize_t)length ? 0 : 1);
    }
    close(ends[1]);
    n = read(ends[0], veiled, size);
    close(ends[0]);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(n > 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0);
    return (size_t)n;
}

static unsigned plain_algorithm(enum sipreg_algorithm algorithm)
{
    switch (algorithm) {
    case SIPREG_SHA256:
    case SIPREG_SHA256_SESS:
        return SIPREG_SHA256;
    case SIPREG_SHA512_256:
    case SIPREG_SHA512_256_SESS:
        return SIPREG_SHA512_256;
    case SIPREG_MD5:
    case SIPREG_MD5_SESS:
        break;
    }
    return SIPREG_MD5;
}

static const char *hash(const char *const *texts)
{
    return sent_hash(plain_algorithm(subject.algorithm), texts);
}

static const char *ha1(void)
{
    return hash((const char *const[]){"alice", REMAINS_REALM, remains_safe->password, NULL});
}

static const char *session_key(void)
{
    return hash((const char *const[]){ha1(), REMAINS_NONCE, subject.cnonce, NULL});
}

/* Octets, then digits. */
static size_t both_forms(unsigned char *out, const char *digits)
{
    size_t n = strlen(digits) / 2;

    for (size_t i = 0; i < n; i++) {
        unsigned octet;
        sscanf(digits + 2 * i, "%2x", &octet);
        out[i] = (unsigned char)octet;
    }
    memcpy(out + n, digits, 2 * n);
    return 3 * n;
}

static size_t compute_ha1(unsigned char *out)
{
    return both_forms(out, ha1());
}

static size_t compute_session_key(unsigned char *out)
{
    return both_forms(out, session_key());
}

static size_t store_ha1(unsigned char *out)
{
    strcpy(remains_safe->ha1, ha1()); /* the page is shared */
    out[0] = 1;
    return 1;
}

static size_t compute_proof(unsigned char *out)
{
    const char *credentials = sent_line(subject.request, "Authorization", 0);
    const char *nc = sent_param(credentials, "nc"),
               *ha2 = hash((const char *const[]){"", "sip:" REMAINS_REALM, NULL});

    subject.cnonce = sent_param(credentials, "cnonce");
    return (size_t)sprintf((char *)out, "%s",
                           hash((const char *const[]){
                               sipreg_digest_is_session(subject.algorithm) ? session_key() : ha1(),
                               REMAINS_NONCE, nc, subject.cnonce, "auth", ha2, NULL}));
}

void remains_proof(char *rspauth, const char *request, enum sipreg_algorithm algorithm)
{
    unsigned char veiled[200];
    size_t n;

    subject.algorithm = algorithm;
    subject.request = request;
    n = ask_child(compute_proof, veiled, sizeof veiled);
    for (size_t i = 0; i < n; i++)
        rspauth[i] = (char)(veiled[i] ^ VEIL);
    rspauth[n] = '\0';
}

void remains_credentials(struct sipreg_credentials *credentials, enum sipreg_algorithm algorithm,
                         bool by_ha1)
{
    unsigned char done;

    memset(credentials, 0, sizeof *credentials);
    credentials->user = "alice";
    if (!by_ha1) {
        credentials->password = remains_safe->password;
        return;
    }
    subject.algorithm = algorithm;
    ask_child(store_ha1, &done, 1);
    credentials->ha1 = remains_safe->ha1;
    credentials->ha1_algorithm = plain_algorithm(algorithm);
}

static void add_digest(size_t (*compute)(unsigned char *out))
{
    unsigned char veiled[200];
    size_t n = ask_child(compute, veiled, sizeof veiled) / 3;

    add_windows(veiled, n);
    add_windows(veiled + n, 2 * n);
    add_turned(veiled, n, 0, 4);
    add_turned(veiled, n, 0, 8);
}

static void know_secrets(void)
{
    size_t n = sizeof veiled_password, offset = strlen("alice:" REMAINS_REALM ":");

    memset(begins, 0, sizeof begins);
    window_count = 0;
    add_windows(veiled_password, n);
    add_turned(veiled_password, n, offset, 4);
    add_turned(veiled_password, n, offset, 8);
    add_digest(compute_ha1);
    if (sipreg_digest_is_session(subject.algorithm))
        add_digest(compute_session_key);
}

/* ---------------------------------------------------------------- searching */

static const char *at_work; /* which call, for the message */

static bool is_window(const unsigned char *p)
{
    for (size_t i = 0; i < window_count; i++) {
        size_t same = 0;
        while (same < WINDOW && (p[same] ^ VEIL) == windows[i][same])
            same++;
        if (same == WINDOW)
            return true;
    }
    return false;
}

UNCHECKED static void search(const unsigned char *from, const unsigned char *to, const char *where)
{
    for (const unsigned char *p = from; p + WINDOW <= to; p++) {
        if (begins[(p[0] ^ VEIL) << 8 | (p[1] ^ VEIL)] && is_window(p))
            fail_msg("%s left a secret in %s, %zu octets below its end", at_work, where,
                     (size_t)(to - p));
    }
}

#if !defined(SANITIZED)
static void search_all(void)
{
    static char maps[65536];
    char *line, *next;
    ssize_t n, used = 0;
    int fd = open("/proc/self/maps", O_RDONLY);

    while (fd >= 0 && (n = read(fd, maps + used, sizeof maps - 1 - (size_t)used)) > 0)
        used += n;
    if (fd >= 0)
        close(fd);
    maps[used] = '\0';
    for (line = maps; *line != '\0'; line = next) {
        char *end, *rest;
        uintptr_t from = (uintptr_t)strtoull(line, &end, 16),
                  to = (uintptr_t)strtoull(end + 1, &rest, 16);
        next = strchr(line, '\n');
        *next++ = '\0';
        if (strncmp(rest, " rw", 3) == 0 && from != (uintptr_t)remains_safe)
            search((const unsigned char *)from, (const unsigned char *)to, rest);
    }
}
#endif

void remains_search(enum sipreg_algorithm algorithm, const char *cnonce)
{
    subject.algorithm = algorithm;
    subject.cnonce = cnonce;
    know_secrets();
    search(stack, stack + sizeof stack, "the stack");
    search(watched_from, watched_to, "what it was given");
#if !defined(SANITIZED)
    search_all();
#endif
}

bool remains_found(void)
{
    for (const unsigned char *p = stack; p + WINDOW <= stack + sizeof stack; p++) {
        if (is_window(p))
            return true;
    }
    return false;
}

/* ---------------------------------------------------------------- calling */

static void (*job)(void);

/* What ends a thread has its frames above those of the job; a sanitizer's are large. */
static void *below(void *unused)
{
    volatile unsigned char space[SPACE];

    space[0] = space[sizeof space - 1] = 0;
    job();
    space[1] = space[sizeof space - 2] = 0;
    return unused;
}

void remains_call(const char *name, void (*function)(void))
{
    pthread_attr_t attributes;
    pthread_t thread;

    at_work = name;
    job = function;
    memset(stack, 0x55, sizeof stack);
    assert_int_equal(pthread_attr_init(&attributes), 0);
    assert_int_equal(pthread_attr_setstack(&attributes, stack, sizeof stack), 0);
    assert_int_equal(pthread_create(&thread, &attributes, below, NULL), 0);
    assert_int_equal(pthread_join(thread, NULL), 0);
    pthread_attr_destroy(&attributes);
}

/* ---------------------------------------------------------------- beginning and end */

/* The page is shared, so that the kernel makes no one area of it and a neighbour, and the child can
   write there. */
int remains_begin(const void *watched, size_t n)
{
    remains_safe = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (remains_safe == MAP_FAILED)
        return -1;
    for (size_t i = 0; i < sizeof veiled_password; i++)
        ((volatile char *)remains_safe->password)[i] = (char)(veiled_password[i] ^ VEIL);
    watched_from = watched;
    watched_to = watched_from + n;
    return 0;
}

int remains_end(void)
{
    return munmap(remains_safe, PAGE);
}

int remains_random(void *user, void *out, size_t n)
{
    static uint32_t drawn;

    (void)user;
    for (size_t i = 0; i < n; i++)
        ((unsigned char *)out)[i] = (unsigned char)(drawn++ * UINT32_C(2654435761) >> 24);
    return 0;
}

const enum sipreg_algorithm *remains_algorithms(void)
{
    static enum sipreg_algorithm all[7];
    size_t n = 0;

    for (unsigned bit = SIPREG_MD5; bit <= SIPREG_SHA512_256_SESS; bit <<= 1) {
        if (sipreg_algorithm_available((enum sipreg_algorithm)bit))
            all[n++] = (enum sipreg_algorithm)bit;
    }
    all[n] = (enum sipreg_algorithm)0;
    return all;
}
