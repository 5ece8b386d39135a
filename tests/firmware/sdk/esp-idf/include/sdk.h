/*
 * sdk.h - what main.c uses of ESP-IDF, as its reference has it.
 */
#ifndef SDK_H
#define SDK_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

typedef int esp_err_t;

esp_err_t nvs_flash_init(void);
esp_err_t esp_netif_init(void);
esp_err_t esp_event_loop_create_default(void);
esp_err_t example_connect(void);
void esp_fill_random(void *buffer, size_t length);
int64_t esp_timer_get_time(void);

#define ESP_ERROR_CHECK(expression)                                                                \
    do {                                                                                           \
        if ((expression) != 0)                                                                     \
            for (;;)                                                                               \
                ;                                                                                  \
    } while (0)
#define ESP_LOGI(tag, ...) ((void)(tag), (void)printf(__VA_ARGS__))
#define ESP_LOGE(tag, ...) ((void)(tag), (void)printf(__VA_ARGS__))

#endif
