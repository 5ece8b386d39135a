/*
 * redirection.c - stories in which a 3xx is followed.
 */
#include "redirection.h"

void redirection_start(struct story *s)
{
    s->config.follow_redirects = true;
    story_start(s);
}

void assert_hop(struct story *s, const char *uri)
{
    char hop[128];

    assert_int_equal(sipreg_client_next_hop(&s->client, hop, sizeof hop), strlen(uri));
    assert_string_equal(hop, uri);
}

void assert_target(struct story *s, const char *uri)
{
    const char *text = s->sends[s->sent - 1].text;

    assert_hop(s, uri);
    assert_memory_equal(text, "REGISTER ", 9);
    assert_memory_equal(text + 9, uri, strlen(uri));
    assert_memory_equal(text + 9 + strlen(uri), " SIP/2.0\r\n", 10);
}
