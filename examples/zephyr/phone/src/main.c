/*
 * main.c - a board under Zephyr that stays registered over UDP.
 */
#include <sipreg/sipreg.h>

#include <zephyr/kernel.h>
#include <zephyr/logging/log.h>
#include <zephyr/net/socket.h>
#include <zephyr/random/random.h>

#include <stdio.h>

LOG_MODULE_REGISTER(phone);

#define REGISTRAR_ADDRESS "192.0.2.1" /* where the registrar is */
#define REGISTRAR_PORT    5060

static int fd;

static int my_random(void *user, void *out, size_t n)
{
    (void)user;
    return sys_csrand_get(out, n);
}

static int my_send(void *user, const void *bytes, size_t n)
{
    (void)user;
    return zsock_send(fd, bytes, n, 0) < 0 ? -1 : 0;
}

static void my_event(void *user, const struct sipreg_event *event)
{
    (void)user;
    LOG_INF("event %d: %s, status %d", (int)event->type, sipreg_strerror(event->error),
            event->status);
}

/* Waits for a datagram, at most so long; the thread sleeps meanwhile. */
static size_t my_receive(char *in, size_t size, uint32_t wait)
{
    struct zsock_pollfd readable = {.fd = fd, .events = ZSOCK_POLLIN};
    int got;

    if (zsock_poll(&readable, 1, wait < 60000 ? (int)wait : 60000) <= 0)
        return 0;
    got = (int)zsock_recv(fd, in, size, 0);
    return got > 0 ? (size_t)got : 0;
}

static int my_socket(char *local, size_t size)
{
    struct sockaddr_in server = {.sin_family = AF_INET}, own;
    socklen_t length = sizeof own;
    char text[16];

    fd = zsock_socket(AF_INET, SOCK_DGRAM, IPPROTO_UDP);
    server.sin_port = htons(REGISTRAR_PORT);
    zsock_inet_pton(AF_INET, REGISTRAR_ADDRESS, &server.sin_addr);
    if (fd < 0 || zsock_connect(fd, (struct sockaddr *)&server, sizeof server) < 0 ||
        zsock_getsockname(fd, (struct sockaddr *)&own, &length) < 0)
        return -1;
    zsock_inet_ntop(AF_INET, &own.sin_addr, text, sizeof text);
    snprintf(local, size, "%s:%d", text, ntohs(own.sin_port));
    return 0;
}

int main(void)
{
    static unsigned char scratch[1200];
    static char in[2048], local[32];
    static struct sipreg_client client;
    static const struct sipreg_io io = {.send = my_send,
                                        .random = my_random,
                                        .event = my_event,
                                        .scratch = scratch,
                                        .scratch_size = sizeof scratch};
    static const struct sipreg_client_config config = {
        .io = &io, .aor = "sip:alice@example.com", .password = "secret", .local = local};

    if (my_socket(local, sizeof local) < 0 || sipreg_client_init(&client, &config) != SIPREG_OK) {
        LOG_ERR("no socket, or: %s", sipreg_client_fault(&config));
        return 1;
    }
    sipreg_client_start(&client, k_uptime_get_32());
    for (;;) {
        size_t n = my_receive(in, sizeof in, sipreg_client_run(&client, k_uptime_get_32()));

        if (n > 0)
            sipreg_client_recv(&client, k_uptime_get_32(), in, n);
    }
}
