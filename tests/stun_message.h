/*
 * stun_message.h - STUN messages for tests: parts of those in RFC 5769, and others.
 */
#ifndef SIPREG_TESTS_STUN_MESSAGE_H
#define SIPREG_TESTS_STUN_MESSAGE_H

#include "support.h"

#include "../lib/stun.h"

/* Cookie and id, and what may follow. The addresses are the two that are declared below. */
#define HEADER   "\x21\x12\xA4\x42\xB7\xE7\xA7\x01\xBC\x34\xD6\x86\xFA\x87\xDF\xAE"
#define ID       ((const uint8_t *)HEADER + 4)
#define ADDRESS4 "\0\x20\0\x08\0\x01\xA1\x47\xE1\x12\xA6\x43"
#define ADDRESS6                                                                                   \
    "\0\x20\0\x14\0\x02\xA1\x47\x01\x13\xA9\xFA\xA5\xD3\xF1\x79\xBC\x25\xF4\xB5\xBE\xD2\xB9\xD9"
#define OTHER_ADDRESS4 "\0\x20\0\x08\0\x01\xA1\x48\xE1\x12\xA6\x44"
#define OTHER_FAMILY   "\0\x20\0\x08\0\x03\xA1\x47\xE1\x12\xA6\x43"
#define SOFTWARE       "\x80\x22\0\x0Btest vector "
#define ERROR_400      "\0\x09\0\x04\0\0\x04\0"
#define ERROR_500      "\0\x09\0\x0C\0\0\x05\0Server.."

/* 192.0.2.1 and 2001:db8:1234:5678:11:2233:4455:6677, port 32853 (RFC 5769 2.2, 2.3). */
extern const struct sipreg_mapped ipv4, ipv6;

enum { SUCCESS = 0x0101, ERROR = 0x0111 };

/* A message of this type with the id, whose length is true. */
struct sipreg_str stun_message(unsigned type, struct sipreg_str attributes);

/* Reads an answer to the request with the id; nothing is left of what stood in the struct before.
 */
int stun_read(struct sipreg_stun_answer *answer, struct sipreg_str text);
/* The same where only the result matters. */
int stun_result(struct sipreg_str text);

/* A success with these attributes tells this address. */
void assert_mapped(struct sipreg_str attributes, const struct sipreg_mapped *mapped);

#endif
