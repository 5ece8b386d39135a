/*
 * storm.c - many phones in one process: do they come back without a storm when their server does?
 *
 *   storm udp|tcp ADDRESS PORT PHONES BASE EXPIRES [outbound]
 *
 * Each phone registers phoneN@ADDRESS over a flow of its own and keeps to it until the program is
 * ended. BASE is the base of the back-off (RFC 5626 4.5), like EXPIRES in seconds. With `outbound`
 * it has an instance and a reg-id, and sends keepalives. A line for everything that happens,
 *
 *   MILLISECONDS N open|up|send|lost|registered|retrying|unregistered|refused|keepalive NUMBER
 *
 * by the monotonic clock; NUMBER is the wait in ms behind `retrying`, else the status or 0.
 */
#include <sipreg/sipreg.h>

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define PHONES_MAX 500

struct phone {
    struct sipreg_client client;
    struct sipreg_client_config config;
    struct sipreg_frame frame;
    char aor[64], local[32], instance[64];
    char in[4096];
    size_t used;
    int fd;
    bool up;
};

static struct phone phones[PHONES_MAX];
static bool datagrams;
static struct sockaddr_in server = {.sin_family = AF_INET};

static uint32_t clock_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint32_t)((uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000);
}

static void tell(const struct phone *phone, const char *what, uint32_t number)
{
    printf("%u %d %s %u\n", (unsigned)clock_ms(), (int)(phone - phones), what, (unsigned)number);
}

/* ---- the client's callbacks ---- */

static int on_random(void *user, void *out, size_t n)
{
    static FILE *file;

    (void)user;
    if (file == NULL)
        file = fopen("/dev/urandom", "rb");
    return file != NULL && fread(out, 1, n, file) == n ? 0 : -1;
}

static void on_close(void *user)
{
    struct phone *phone = user;

    close(phone->fd);
    phone->fd = -1;
    phone->up = false;
}

static void up(struct phone *phone)
{
    tell(phone, "up", 0);
    phone->up = true;
    sipreg_client_flow(&phone->client, clock_ms(), SIPREG_FLOW_UP);
}

/* The kernel takes a REGISTER whole, or something is wrong with the connection. */
static int on_send(void *user, const void *bytes, size_t n)
{
    struct phone *phone = user;

    tell(phone, "send", 0);
    if (send(phone->fd, bytes, n, MSG_NOSIGNAL) == (ssize_t)n)
        return 0;
    on_close(phone);
    return -1;
}

/* The address of a socket that connects is known at once. */
static int on_open(void *user)
{
    struct phone *phone = user;
    struct sockaddr_in own;
    socklen_t length = sizeof own;
    char text[INET_ADDRSTRLEN];

    tell(phone, "open", 0);
    memset(&phone->frame, 0, sizeof phone->frame);
    phone->used = 0;
    phone->fd = socket(AF_INET, datagrams ? SOCK_DGRAM : SOCK_STREAM, 0);
    if (phone->fd < 0)
        return -1;
    fcntl(phone->fd, F_SETFL, O_NONBLOCK);
    if ((connect(phone->fd, (struct sockaddr *)&server, sizeof server) < 0 &&
         errno != EINPROGRESS) ||
        getsockname(phone->fd, (struct sockaddr *)&own, &length) < 0) {
        on_close(phone);
        return -1;
    }
    inet_ntop(AF_INET, &own.sin_addr, text, sizeof text);
    snprintf(phone->local, sizeof phone->local, "%s:%d", text, ntohs(own.sin_port));
    sipreg_client_move(&phone->client, clock_ms(), phone->local);
    if (datagrams)
        up(phone);
    return 0;
}

static void on_event(void *user, const struct sipreg_event *event)
{
    struct phone *phone = user;

    if (event->type == SIPREG_EVENT_REGISTERED)
        tell(phone, "registered", (uint32_t)event->status);
    else if (event->type == SIPREG_EVENT_RETRYING)
        tell(phone, "retrying", event->retry_in);
    else if (event->type == SIPREG_EVENT_UNREGISTERED)
        tell(phone, "unregistered", (uint32_t)event->status);
    else if (event->type == SIPREG_EVENT_REFUSED)
        tell(phone, "refused", (uint32_t)event->status);
    else if (event->type == SIPREG_EVENT_KEEPALIVE)
        tell(phone, "keepalive", 0);
}

/* ---- the network ---- */

static void lose(struct phone *phone)
{
    tell(phone, "lost", 0);
    on_close(phone);
    sipreg_client_flow(&phone->client, clock_ms(), SIPREG_FLOW_DOWN);
}

static void connected(struct phone *phone)
{
    int error = 0;
    socklen_t length = sizeof error;

    getsockopt(phone->fd, SOL_SOCKET, SO_ERROR, &error, &length);
    if (error != 0)
        lose(phone);
    else
        up(phone);
}

static void take_messages(struct phone *phone)
{
    while (phone->up && phone->used > 0) {
        int n = sipreg_frame_next(&phone->frame, phone->in, phone->used);

        if (n == SIPREG_PARTIAL) {
            sipreg_client_partial(&phone->client, clock_ms());
            return;
        }
        if (n < 0) {
            lose(phone);
            return;
        }
        sipreg_client_recv(&phone->client, clock_ms(), phone->in, (size_t)n);
        if (!phone->up) /* closed by the client, the octets with it */
            return;
        phone->used -= (size_t)n;
        memmove(phone->in, phone->in + n, phone->used);
    }
}

static void receive(struct phone *phone)
{
    ssize_t got = recv(phone->fd, phone->in + phone->used, sizeof phone->in - phone->used, 0);

    if (got < 0 && errno == EAGAIN)
        return;
    if (got < 0 || (got == 0 && !datagrams)) {
        lose(phone);
    } else if (datagrams) {
        sipreg_client_recv(&phone->client, clock_ms(), phone->in, (size_t)got);
    } else {
        phone->used += (size_t)got;
        take_messages(phone);
    }
}

static void wait_and_handle(size_t count, uint32_t ms)
{
    static struct pollfd polled[PHONES_MAX];

    for (size_t i = 0; i < count; i++) {
        polled[i].fd = phones[i].fd;
        polled[i].events = phones[i].up ? POLLIN : POLLOUT;
        polled[i].revents = 0;
    }
    poll(polled, (nfds_t)count, ms < 60000 ? (int)ms : 60000);
    for (size_t i = 0; i < count; i++)
        if (polled[i].revents != 0)
            (phones[i].up ? receive : connected)(&phones[i]);
}

/* ---- setting up, running ---- */

static void support_outbound(struct phone *phone)
{
    snprintf(phone->instance, sizeof phone->instance, "urn:uuid:00000000-0000-1000-8000-%012d",
             (int)(phone - phones));
    phone->config.instance = phone->instance;
    phone->config.reg_id = 1;
    phone->config.keepalive = &sipreg_keepalive;
}

static bool make_phone(struct phone *phone, int argc, char **argv)
{
    static unsigned char scratch[1400];
    static const struct sipreg_io io = {
        .send = on_send,
        .random = on_random,
        .event = on_event,
        .open = on_open,
        .close = on_close,
        .scratch = scratch,
        .scratch_size = sizeof scratch,
    };

    snprintf(phone->aor, sizeof phone->aor, "sip:phone%d@%s", (int)(phone - phones), argv[2]);
    phone->fd = -1;
    phone->config.io = &io;
    phone->config.user = phone;
    phone->config.aor = phone->aor;
    phone->config.password = "secret";
    phone->config.local = "127.0.0.1:5060"; /* until a flow has one */
    phone->config.transport = datagrams ? SIPREG_UDP : SIPREG_TCP;
    phone->config.retry_base = (uint32_t)atoi(argv[5]);
    phone->config.expires = atoi(argv[6]);
    if (argc > 7)
        support_outbound(phone);
    return sipreg_client_init(&phone->client, &phone->config) == SIPREG_OK;
}

static void run(size_t count)
{
    for (;;) {
        uint32_t least = SIPREG_FOREVER;

        for (size_t i = 0; i < count; i++) {
            uint32_t wait = sipreg_client_run(&phones[i].client, clock_ms());

            if (least > wait)
                least = wait;
        }
        wait_and_handle(count, least);
    }
}

int main(int argc, char **argv)
{
    size_t count = argc > 6 ? (size_t)atoi(argv[4]) : 0;

    if (count == 0 || count > PHONES_MAX || inet_pton(AF_INET, argv[2], &server.sin_addr) != 1) {
        fprintf(stderr, "usage: storm udp|tcp ADDRESS PORT PHONES BASE EXPIRES [outbound]\n");
        return 2;
    }
    server.sin_port = htons((uint16_t)atoi(argv[3]));
    datagrams = strcmp(argv[1], "udp") == 0;
    setvbuf(stdout, NULL, _IOLBF, 0);
    for (size_t i = 0; i < count; i++) {
        if (!make_phone(&phones[i], argc, argv))
            return 2;
        sipreg_client_start(&phones[i].client, clock_ms());
    }
    run(count);
}
