/*
 * snapshots.c - a client with something in every field of its snapshot, and its reboot by hand.
 */
#include "snapshots.h"

void live_through(struct story *s)
{
    s->config.registrar = "sip:example.com";
    story_register(s, "n1", 600);
    story_move(s, "198.51.100.9:5062");
    story_reply(s, "407 Proxy Authentication Required",
                "Proxy-Authenticate: Digest realm=\"p\", nonce=\"pn\", opaque=\"\", qop=\"auth\", "
                "algorithm=SHA-256\r\n");
    story_reply(s, "423 Interval Too Brief", "Min-Expires: 7200\r\n");
    story_reply(s, "200 OK",
                "Contact: <CONTACT>;expires=7000\r\nPath: <sip:p1;lr>\r\n"
                "Service-Route: <sip:s1;lr>, <sip:s2;lr>\r\n");
    assert_event(s, SIPREG_EVENT_REGISTERED, SIPREG_OK);
    story_move(s, "198.51.100.10:5062");
}

struct sipreg_str saved_snapshot(struct story *s)
{
    char octets[SIPREG_SNAPSHOT_SIZE];
    int n = sipreg_client_save(&s->client, s->tick, octets, sizeof octets);

    assert_true(n > 0);
    return given(octets, (size_t)n);
}

int load_snapshot(struct story *s, const char *local, uint32_t away, struct sipreg_str snapshot)
{
    struct sipreg_client before;
    int result;

    s->config.local = local;
    story_init(s);
    memcpy(&before, &s->client, sizeof before);
    result = sipreg_client_load(&s->client, 77, away, snapshot.p, snapshot.n);
    if (result != SIPREG_OK)
        assert_memory_equal(&before, &s->client, sizeof before);
    return result;
}
