/*
 * main.cpp - a board with Wi-Fi that stays registered over UDP.
 */
#include <sipreg/sipreg.h>

#include <Arduino.h>
#include <WiFi.h>
#include <WiFiUdp.h>
#include <esp_random.h>

static const char network[] = "network", network_password[] = "password";
static const IPAddress registrar(192, 0, 2, 1);
static const uint16_t port = 5060;

static WiFiUDP udp;
static unsigned char scratch[1200];
static char in[2048], local[32];
static struct sipreg_io io;
static struct sipreg_client_config config;
static struct sipreg_client client;

static int my_random(void *, void *out, size_t n)
{
    esp_fill_random(out, n);
    return 0;
}

static int my_send(void *, const void *bytes, size_t n)
{
    udp.beginPacket(registrar, port);
    udp.write(static_cast<const uint8_t *>(bytes), n);
    return udp.endPacket() ? 0 : -1;
}

static void my_event(void *, const struct sipreg_event *event)
{
    Serial.printf("event %d: %s, status %d\n", event->type, sipreg_strerror(event->error),
                  event->status);
}

void setup()
{
    Serial.begin(115200);
    WiFi.begin(network, network_password);
    while (WiFi.status() != WL_CONNECTED)
        delay(100);
    udp.begin(port);
    snprintf(local, sizeof local, "%s:%u", WiFi.localIP().toString().c_str(), port);

    io.send = my_send;
    io.random = my_random;
    io.event = my_event;
    io.scratch = scratch;
    io.scratch_size = sizeof scratch;
    config.io = &io;
    config.aor = "sip:alice@example.com";
    config.password = "secret";
    config.local = local;
    if (sipreg_client_init(&client, &config) != SIPREG_OK)
        Serial.println(sipreg_client_fault(&config));
    sipreg_client_start(&client, millis());
}

void loop()
{
    if (udp.parsePacket() > 0) {
        int n = udp.read(in, sizeof in);

        if (n > 0)
            sipreg_client_recv(&client, millis(), in, static_cast<size_t>(n));
    }
    uint32_t wait = sipreg_client_run(&client, millis());
    delay(wait < 20 ? wait : 20); /* parsePacket() does not wait */
}
