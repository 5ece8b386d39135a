/*
 * secret.c - where does the password come from?
 *
 * From a file, the environment or the terminal, never from an argument, and it is wiped when it is
 * no longer needed; from the environment at once, and no core is ever dumped (system.c). The
 * terminal is /dev/tty, so that output can be redirected; it is asked before anything is sent, for
 * a registrar does not wait for people.
 */
#include "secret.h"

#include "system.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#define ROOM (sizeof((struct secret *)NULL)->text - 1)

static bool fail(struct secret *secret, const char *where, const char *why)
{
    secret_wipe(secret);
    fprintf(stderr, "sipreg: %s: %s\n", where, why);
    return false;
}

/* n octets are in, at most ROOM; keeps the first line of them. A NUL would cut the password short
 * in silence. */
static bool first_line(struct secret *secret, size_t n, const char *where)
{
    size_t length;

    if (n == ROOM && memchr(secret->text, '\n', n) == NULL)
        return fail(secret, where, "this is too long for a password");
    secret->text[n] = '\0';
    length = strcspn(secret->text, "\n");
    if (length < n && secret->text[length] == '\0')
        return fail(secret, where, "a password with a NUL in it");
    if (length > 0 && secret->text[length - 1] == '\r')
        length--;
    memset(secret->text + length, 0, sizeof secret->text - length);
    return true;
}

static bool from_file(struct secret *secret, const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    struct stat about;
    size_t used = 0;
    ssize_t got = 1;

    if (fd < 0)
        return fail(secret, path, strerror(errno));
    if (fstat(fd, &about) == 0 && S_ISREG(about.st_mode) && (about.st_mode & (S_IRGRP | S_IROTH)))
        fprintf(stderr, "sipreg: note: others can read %s (chmod 600 %s)\n", path, path);
    while (got > 0 && used < ROOM) {
        got = read(fd, secret->text + used, ROOM - used);
        used += got > 0 ? (size_t)got : 0;
    }
    if (got < 0)
        fail(secret, path, strerror(errno));
    close(fd);
    if (got < 0 || !first_line(secret, used, path))
        return false;
    return secret->text[0] != '\0' || fail(secret, path, "no password in its first line");
}

/* One line, or a signal: then the program ends, but not before the terminal echoes again. */
static ssize_t read_terminal(int fd, int signals, char *out, size_t size, int *number)
{
    struct pollfd polled[2] = {{.fd = fd, .events = POLLIN}, {.fd = signals, .events = POLLIN}};

    while (poll(polled, 2, -1) < 0) {
        if (errno != EINTR)
            return -1;
    }
    *number = signals_taken(signals);
    return *number != 0 ? -1 : read(fd, out, size);
}

static bool from_terminal(struct secret *secret, const char *user, int signals)
{
    int fd = open("/dev/tty", O_RDWR | O_CLOEXEC);
    struct termios before, silent;
    ssize_t got = -1;
    int number = 0;

    if (fd < 0 || tcgetattr(fd, &before) < 0) {
        if (fd >= 0)
            close(fd);
        return true; /* nobody to ask: perhaps no password is needed */
    }
    dprintf(fd, "Password for %s: ", user);
    silent = before;
    silent.c_lflag &= ~(tcflag_t)ECHO;
    if (tcsetattr(fd, TCSAFLUSH, &silent) == 0)
        got = read_terminal(fd, signals, secret->text, ROOM, &number);
    tcsetattr(fd, TCSAFLUSH, &before);
    dprintf(fd, "\n");
    close(fd);
    if (number != 0)
        signals_die(number);
    if (got < 0)
        return fail(secret, "terminal", "cannot read the password");
    return first_line(secret, (size_t)got, "terminal");
}

static void wipe(char *text, size_t n)
{
    volatile char *p = text; /* volatile: a memset() of what is not read again may be left out */

    while (n > 0)
        p[--n] = 0;
}

/* What stands in the environment can be read there, in /proc/PID/environ, for as long as we run. */
static bool from_environment(struct secret *secret, char *given)
{
    size_t n = strlen(given);
    bool fits = n <= ROOM;

    if (fits)
        memcpy(secret->text, given, n);
    wipe(given, n);
    return fits || fail(secret, "SIPREG_PASSWORD", "this is too long for a password");
}

bool secret_find(struct secret *secret, const char *file, const char *user, int signals)
{
    char *given = getenv("SIPREG_PASSWORD");

    memset(secret, 0, sizeof *secret);
    if (file != NULL)
        return from_file(secret, file);
    return given != NULL ? from_environment(secret, given) : from_terminal(secret, user, signals);
}

void secret_wipe(struct secret *secret)
{
    wipe(secret->text, sizeof secret->text);
}
