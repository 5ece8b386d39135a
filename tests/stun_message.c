/*
 * stun_message.c - STUN messages for tests.
 */
#include "stun_message.h"

#include <stdlib.h>

const struct sipreg_mapped ipv4 = {{192, 0, 2, 1}, 32853, false};
const struct sipreg_mapped ipv6 = {
    {0x20, 0x01, 0x0D, 0xB8, 0x12, 0x34, 0x56, 0x78, 0, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77},
    32853,
    true};

struct sipreg_str stun_message(unsigned type, struct sipreg_str attributes)
{
    char *text = (char *)malloc(20 + attributes.n);
    struct sipreg_str result;

    assert_non_null(text);
    text[0] = (char)(type >> 8);
    text[1] = (char)type;
    text[2] = (char)(attributes.n >> 8);
    text[3] = (char)attributes.n;
    memcpy(text + 4, HEADER, 16);
    memcpy(text + 20, attributes.p, attributes.n);
    result = given(text, 20 + attributes.n);
    free(text);
    return result;
}

int stun_read(struct sipreg_stun_answer *answer, struct sipreg_str text)
{
    static const struct sipreg_stun_answer empty;
    int result;

    memset(answer, 0xA5, sizeof *answer);
    result = sipreg_stun_read(answer, ID, text.p, text.n);
    if (result != SIPREG_OK)
        assert_true(sipreg_mapped_equal(&answer->mapped, &empty.mapped));
    if (result != SIPREG_STATUS)
        assert_int_equal(answer->status, 0);
    return result;
}

int stun_result(struct sipreg_str text)
{
    struct sipreg_stun_answer answer;
    return stun_read(&answer, text);
}

void assert_mapped(struct sipreg_str attributes, const struct sipreg_mapped *mapped)
{
    struct sipreg_stun_answer answer;

    assert_int_equal(stun_read(&answer, stun_message(SUCCESS, attributes)), SIPREG_OK);
    assert_memory_equal(answer.mapped.address, mapped->address, sizeof mapped->address);
    assert_int_equal(answer.mapped.port, mapped->port);
    assert_int_equal(answer.mapped.ipv6, mapped->ipv6);
}
