/*
 * flows.c - what udp.c has, and streams, server location, outbound and keepalives.
 */
#include "udp.c"

static struct sipreg_locate locate;
static struct sipreg_frame frame;

/* Of locate.h, as far as it goes. */
int look_up(const struct sipreg_locate_options *options, struct sipreg_str uri,
            const struct sipreg_record *records, int count, uint32_t now)
{
    struct sipreg_question question;
    struct sipreg_target target;

    sipreg_locate_init(&locate, options, uri);
    sipreg_locate_start(&locate, now);
    while (sipreg_locate_question(&locate, &question))
        sipreg_locate_answer(&locate, now, records, count);
    if (sipreg_locate_target(&locate, &target) == SIPREG_OK)
        return SIPREG_OK;
    return sipreg_locate_failed(&locate, now, -1);
}

uint32_t on_stream(struct sipreg_client_config *config, const char *bytes, size_t n, uint32_t now)
{
    config->keepalive = &sipreg_keepalive;
    sipreg_client_flow(&client, now, SIPREG_FLOW_UP);
    n = (size_t)sipreg_frame_next(&frame, bytes, n);
    sipreg_client_servers(&client, n);
    return part(config, 6, bytes, n, now);
}
