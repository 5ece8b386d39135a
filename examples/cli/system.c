/*
 * system.c - what the operating system gives: the time, random octets, privacy, the wish to end.
 *
 * Signals come in by a self-pipe: the handler writes their number into a pipe, and poll() wakes up
 * for it as for any socket, so that nothing can fall between a check and a wait. The pipe is the
 * one global variable of the program. SA_RESETHAND makes "a second signal ends at once" the
 * system's job.
 */
#include "system.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>
#if defined(__linux__)
#include <sys/prctl.h>
#endif

static int signal_pipe[2] = {-1, -1};

uint32_t clock_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint32_t)((uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000);
}

int random_octets(void *out, size_t n)
{
    unsigned char *p = out;
    int fd = open("/dev/urandom", O_RDONLY | O_CLOEXEC);
    ssize_t got = 0;

    while (fd >= 0 && n > 0) {
        got = read(fd, p, n);
        if (got == 0 || (got < 0 && errno != EINTR))
            break;
        p += got > 0 ? got : 0;
        n -= got > 0 ? (size_t)got : 0;
    }
    if (fd >= 0)
        close(fd);
    return fd >= 0 && n == 0 ? 0 : -1;
}

/* On Linux the limit does not hold for a core that goes to a program (core(5)), the other does. */
void keep_memory_private(void)
{
    const struct rlimit none = {0, 0};

    setrlimit(RLIMIT_CORE, &none);
#if defined(__linux__)
    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
#endif
}

static void on_signal(int number)
{
    int saved = errno;
    unsigned char octet = (unsigned char)number;

    while (write(signal_pipe[1], &octet, 1) < 0 && errno == EINTR)
        continue;
    errno = saved;
}

static void set_handlers(void (*handler)(int), int flags)
{
    struct sigaction action;

    memset(&action, 0, sizeof action);
    action.sa_handler = handler;
    action.sa_flags = flags;
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
}

int signals_catch(void)
{
    if (signal_pipe[0] < 0 && pipe(signal_pipe) < 0)
        return -1;
    fcntl(signal_pipe[0], F_SETFL, O_NONBLOCK);
    fcntl(signal_pipe[1], F_SETFL, O_NONBLOCK);
    set_handlers(on_signal, (int)SA_RESETHAND);
    return signal_pipe[0];
}

void signals_release(void)
{
    set_handlers(SIG_DFL, 0);
}

int signals_taken(int fd)
{
    unsigned char number = 0;

    return read(fd, &number, 1) == 1 ? number : 0;
}

void signals_die(int number)
{
    signals_release();
    raise(number);
}
