/*
 * main.c - an ESP32 that stays registered over UDP.
 */
#include <sipreg/sipreg.h>

#include <esp_event.h>
#include <esp_log.h>
#include <esp_netif.h>
#include <esp_random.h>
#include <esp_timer.h>
#include <lwip/sockets.h>
#include <nvs_flash.h>
#include <protocol_examples_common.h>
#include <psa/crypto.h>

#include <stdio.h>

#define REGISTRAR_ADDRESS "192.0.2.1" /* where the registrar is */
#define REGISTRAR_PORT    5060

static const char tag[] = "phone";
static int fd;

static int my_random(void *user, void *out, size_t n)
{
    (void)user;
    esp_fill_random(out, n);
    return 0;
}

static int my_send(void *user, const void *bytes, size_t n)
{
    (void)user;
    return send(fd, bytes, n, 0) < 0 ? -1 : 0;
}

static void my_event(void *user, const struct sipreg_event *event)
{
    (void)user;
    ESP_LOGI(
        tag, "event %d: %s, status %d, next in %u ms", (int)event->type,
        sipreg_strerror(event->error), event->status,
        (unsigned)(event->type == SIPREG_EVENT_REGISTERED ? event->refresh_in : event->retry_in));
}

/* Microseconds in 64 bits: in milliseconds the low 32 bits wrap, as the library expects. */
static uint32_t my_clock(void)
{
    return (uint32_t)(esp_timer_get_time() / 1000);
}

/* Waits for a datagram, at most so long; the task sleeps meanwhile. */
static size_t my_receive(char *in, size_t size, uint32_t wait)
{
    uint32_t ms = wait < 60000 ? wait : 60000;
    struct timeval timeout = {.tv_sec = (time_t)(ms / 1000), .tv_usec = (int)(ms % 1000) * 1000};
    fd_set readable;
    int got;

    FD_ZERO(&readable);
    FD_SET(fd, &readable);
    if (select(fd + 1, &readable, NULL, NULL, &timeout) <= 0)
        return 0;
    got = (int)recv(fd, in, size, 0);
    return got > 0 ? (size_t)got : 0;
}

static int my_socket(char *local, size_t size)
{
    struct sockaddr_in server = {.sin_family = AF_INET}, own;
    socklen_t length = sizeof own;
    char text[16];

    fd = socket(AF_INET, SOCK_DGRAM, 0);
    server.sin_port = htons(REGISTRAR_PORT);
    inet_pton(AF_INET, REGISTRAR_ADDRESS, &server.sin_addr);
    if (fd < 0 || connect(fd, (struct sockaddr *)&server, sizeof server) < 0 ||
        getsockname(fd, (struct sockaddr *)&own, &length) < 0)
        return -1;
    inet_ntop(AF_INET, &own.sin_addr, text, sizeof text);
    snprintf(local, size, "%s:%d", text, ntohs(own.sin_port));
    return 0;
}

static void keep_registered(void)
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
        ESP_LOGE(tag, "no socket, or: %s", sipreg_client_fault(&config));
        return;
    }
    sipreg_client_start(&client, my_clock());
    for (;;) {
        size_t n = my_receive(in, sizeof in, sipreg_client_run(&client, my_clock()));

        if (n > 0)
            sipreg_client_recv(&client, my_clock(), in, n);
    }
}

void app_main(void)
{
    ESP_ERROR_CHECK(nvs_flash_init());
    ESP_ERROR_CHECK(esp_netif_init());
    ESP_ERROR_CHECK(esp_event_loop_create_default());
    ESP_ERROR_CHECK(example_connect()); /* Wi-Fi or Ethernet, as menuconfig says */
    if (psa_crypto_init() == PSA_SUCCESS)
        keep_registered();
}
