/*
 * Arduino.h - what main.cpp uses of Arduino for the ESP32, as its reference has it.
 */
#ifndef SDK_ARDUINO_H
#define SDK_ARDUINO_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

class String
{
  public:
    const char *c_str() const;
};

class IPAddress
{
  public:
    IPAddress(uint8_t a, uint8_t b, uint8_t c, uint8_t d);
    String toString() const;
};

struct HardwareSerial {
    void begin(unsigned long baud);
    size_t printf(const char *format, ...);
    size_t println(const char *text);
};

extern HardwareSerial Serial;

enum wl_status_t { WL_CONNECTED = 3 };

struct WiFiClass {
    wl_status_t begin(const char *network, const char *password);
    wl_status_t status();
    IPAddress localIP();
};

extern WiFiClass WiFi;

class WiFiUDP
{
  public:
    uint8_t begin(uint16_t port);
    int beginPacket(IPAddress address, uint16_t port);
    size_t write(const uint8_t *octets, size_t n);
    int endPacket();
    int parsePacket();
    int read(char *octets, size_t n);
};

void esp_fill_random(void *out, size_t n);
unsigned long millis();
void delay(uint32_t ms);

#endif
