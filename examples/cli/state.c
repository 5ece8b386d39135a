/*
 * state.c - what does the program remember from one run to the next? (--state FILE)
 *
 * A line that says what this is, the instance of this device (RFC 5626 4.1), the time, and behind
 * them what the library wants to be kept. The file is replaced as a whole, never written over, and
 * only its owner reads it: it has no password, but says where calls go.
 */
#include "state.h"

#include "system.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define TITLE "sipreg state 1\n"

enum { HEAD_SIZE = sizeof TITLE + INSTANCE_SIZE + 24, PATH_SIZE = 4096 };

static bool complain(const struct state *state, const char *why)
{
    fprintf(stderr, "sipreg: --state %s: %s\n", state->path, why);
    return false;
}

/* A UUID of random octets (RFC 4122 4.4). */
static void make_instance(struct state *state)
{
    unsigned char o[16] = {0};

    random_octets(o, sizeof o);
    o[6] = (unsigned char)((o[6] & 0x0F) | 0x40);
    o[8] = (unsigned char)((o[8] & 0x3F) | 0x80);
    snprintf(state->instance, sizeof state->instance,
             "urn:uuid:%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x", o[0],
             o[1], o[2], o[3], o[4], o[5], o[6], o[7], o[8], o[9], o[10], o[11], o[12], o[13],
             o[14], o[15]);
}

/* ---- reading ---- */

/* Octets read, or negative. */
static ssize_t slurp(const char *path, char *into, size_t size)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    size_t used = 0;
    ssize_t got = fd < 0 ? -1 : 1;

    while (got > 0 && used < size) {
        got = read(fd, into + used, size - used);
        used += got > 0 ? (size_t)got : 0;
    }
    if (fd >= 0)
        close(fd);
    return got < 0 ? -1 : (ssize_t)used;
}

/* The file is text up to the snapshot. */
static bool parse(struct state *state, const char *file, size_t n)
{
    int at = 0;

    if (n <= strlen(TITLE) || memcmp(file, TITLE, strlen(TITLE)) != 0 ||
        sscanf(file + strlen(TITLE), "%63s %lld%n", state->instance, &state->saved_at, &at) != 2)
        return false;
    at += (int)strlen(TITLE);
    if (file[at] != '\n' || n - (size_t)at - 1 > sizeof state->snapshot)
        return false;
    state->size = n - (size_t)at - 1;
    memcpy(state->snapshot, file + at + 1, state->size);
    return true;
}

bool state_read(struct state *state, const char *path)
{
    char file[HEAD_SIZE + SIPREG_SNAPSHOT_SIZE + 1];
    ssize_t n;

    state->path = path;
    make_instance(state);
    if (path == NULL)
        return true;
    n = slurp(path, file, sizeof file - 1);
    if (n < 0)
        return errno == ENOENT ? true : complain(state, strerror(errno));
    file[n] = '\0';
    state->found = parse(state, file, (size_t)n);
    return state->found ||
           complain(state, "not a state file of sipreg; remove it, or name another");
}

/* ---- the client ---- */

/* A clock that was set back says nothing. */
static uint32_t away(const struct state *state)
{
    long long seconds = (long long)time(NULL) - state->saved_at;

    return seconds >= 0 && seconds < SIPREG_FOREVER ? (uint32_t)seconds : SIPREG_FOREVER;
}

bool state_load(struct state *state, struct sipreg_client *client)
{
    int result;

    if (!state->found)
        return true;
    result = sipreg_client_load(client, clock_ms(), away(state), state->snapshot, state->size);
    if (result == SIPREG_FOREIGN)
        return complain(state, "of another AOR or registrar; name another file");
    if (result != SIPREG_OK)
        return complain(state, "cut off or spoilt; remove it, or name another");
    return true;
}

static bool write_all(int fd, const void *bytes, size_t n)
{
    const char *p = bytes;

    while (n > 0) {
        ssize_t written = write(fd, p, n);
        if (written < 0)
            return false;
        p += written;
        n -= (size_t)written;
    }
    return true;
}

/* A name in the same folder, so that it can take the place of the file. */
static bool replace(const struct state *state, const void *bytes, size_t n)
{
    char path[PATH_SIZE];
    bool written;
    int fd;

    if ((size_t)snprintf(path, sizeof path, "%s.new", state->path) >= sizeof path) {
        errno = ENAMETOOLONG;
        return false;
    }
    fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, S_IRUSR | S_IWUSR);
    if (fd < 0)
        return false;
    written = write_all(fd, bytes, n);
    close(fd);
    return written && rename(path, state->path) == 0;
}

void state_save(struct state *state, struct sipreg_client *client)
{
    char file[HEAD_SIZE + SIPREG_SNAPSHOT_SIZE];
    int head, size;

    if (state->path == NULL)
        return;
    head = snprintf(file, HEAD_SIZE, TITLE "%s\n%lld\n", state->instance, (long long)time(NULL));
    size = sipreg_client_save(client, clock_ms(), file + head, sizeof file - (size_t)head);
    if ((size < 0 || !replace(state, file, (size_t)head + (size_t)size)) && !state->warned) {
        complain(state, size < 0 ? sipreg_strerror(size) : strerror(errno));
        state->warned = true;
    }
}
