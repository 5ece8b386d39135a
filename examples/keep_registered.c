/*
 * keep_registered.c - stays registered over UDP until interrupted, then unregisters.
 *
 *   keep_registered 127.0.0.1 5060      sip:alice@example.com, password "secret"
 */
#include <sipreg/sipreg.h>

#include <arpa/inet.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>

static int fd;
static volatile sig_atomic_t interrupted;

static void on_signal(int signal)
{
    (void)signal;
    interrupted = 1;
}

static int my_random(void *user, void *out, size_t n)
{
    FILE *file = fopen("/dev/urandom", "rb");
    size_t got = file == NULL ? 0 : fread(out, 1, n, file);

    (void)user;
    if (file != NULL)
        fclose(file);
    return got == n ? 0 : -1;
}

static int my_send(void *user, const void *bytes, size_t n)
{
    (void)user;
    return send(fd, bytes, n, 0) < 0 ? -1 : 0;
}

static void my_event(void *user, const struct sipreg_event *event)
{
    (void)user;
    if (event->type == SIPREG_EVENT_REGISTERED)
        printf("registered for %lld s, next refresh in %u s\n", (long long)event->granted,
               (unsigned)(event->refresh_in / 1000));
    else if (event->type == SIPREG_EVENT_UNREGISTERED)
        printf("unregistered: %s\n", sipreg_strerror(event->error));
    else if (event->type == SIPREG_EVENT_RETRYING)
        printf("%s (%d), again in %u s\n", sipreg_strerror(event->error), event->status,
               (unsigned)(event->retry_in / 1000));
    else if (event->type == SIPREG_EVENT_REFUSED)
        printf("refused: %s (%d)\n", sipreg_strerror(event->error), event->status);
    fflush(stdout);
}

static uint32_t my_clock(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint32_t)now.tv_sec * 1000 + (uint32_t)(now.tv_nsec / 1000000);
}

/* Waits for a datagram, at most so long; 0 when none came. */
static size_t my_receive(char *in, size_t size, uint32_t wait)
{
    struct pollfd readable = {.fd = fd, .events = POLLIN};
    ssize_t got;

    if (poll(&readable, 1, wait > 60000 ? 60000 : (int)wait) <= 0)
        return 0;
    got = recv(fd, in, size, 0);
    return got > 0 ? (size_t)got : 0;
}

static int my_socket(const char *address, const char *port, char *local, size_t size)
{
    struct sockaddr_in server = {.sin_family = AF_INET}, own;
    socklen_t length = sizeof own;
    char text[INET_ADDRSTRLEN];

    fd = socket(AF_INET, SOCK_DGRAM, 0);
    server.sin_port = htons((uint16_t)atoi(port));
    if (fd < 0 || inet_pton(AF_INET, address, &server.sin_addr) != 1 ||
        connect(fd, (struct sockaddr *)&server, sizeof server) < 0 ||
        getsockname(fd, (struct sockaddr *)&own, &length) < 0)
        return -1;
    inet_ntop(AF_INET, &own.sin_addr, text, sizeof text);
    snprintf(local, size, "%s:%d", text, ntohs(own.sin_port));
    return 0;
}

int main(int argc, char **argv)
{
    static unsigned char scratch[1200];
    static char in[8192], local[32];
    static const struct sipreg_io io = {
        .send = my_send,
        .random = my_random,
        .event = my_event,
        .scratch = scratch, /* shared by all clients of a thread */
        .scratch_size = sizeof scratch,
    };
    static const struct sipreg_client_config config = {
        .io = &io,
        .aor = "sip:alice@example.com",
        .password = "secret",
        .local = local,
    };
    const struct sigaction interrupt = {.sa_handler = on_signal};
    static struct sipreg_client client;
    bool stopping = false;

    if (argc != 3 || my_socket(argv[1], argv[2], local, sizeof local) < 0) {
        fprintf(stderr, "usage: keep_registered ADDRESS PORT\n");
        return 2;
    }
    sigaction(SIGINT, &interrupt, NULL);
    sigaction(SIGTERM, &interrupt, NULL);
    if (sipreg_client_init(&client, &config) < 0)
        return 2;
    sipreg_client_start(&client, my_clock());
    for (;;) {
        uint32_t wait = sipreg_client_run(&client, my_clock()); /* sends, reports, says how long */
        size_t n;

        if (sipreg_client_state(&client) == SIPREG_IDLE) /* refused, or unregistered */
            return stopping ? 0 : 1;
        n = my_receive(in, sizeof in, wait);
        if (n > 0)
            sipreg_client_recv(&client, my_clock(), in, n);
        if (interrupted && !stopping) {
            stopping = true;
            sipreg_client_stop(&client, my_clock());
        }
    }
}
