/*
 * udp.c - a client over UDP.
 */
#include <sipreg/sipreg.h>

static struct sipreg_client client;

uint32_t part(const struct sipreg_client_config *config, int wish, const void *bytes, size_t n,
              uint32_t now)
{
    switch (wish) {
    case 0:
        return (uint32_t)sipreg_client_init(&client, config);
    case 1:
        sipreg_client_start(&client, now);
        break;
    case 2:
        sipreg_client_stop(&client, now);
        break;
    case 3:
        sipreg_client_refresh(&client, now);
        break;
    case 4:
        sipreg_client_query(&client, now);
        break;
    case 5:
        sipreg_client_clear(&client, now);
        break;
    default:
        sipreg_client_recv(&client, now, bytes, n);
    }
    return sipreg_client_run(&client, now);
}
