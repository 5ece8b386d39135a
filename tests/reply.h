/*
 * reply.h - responses written out whole, where it matters how: any order, any spelling, any octet.
 *
 * In their text {via}, {branch}, {from}, {tag}, {to}, {call-id}, {cseq} and {contact} stand for
 * what the last request has there: {cseq} for the number, {contact} for the URI.
 */
#ifndef SIPREG_TESTS_REPLY_H
#define SIPREG_TESTS_REPLY_H

#include "story.h"

/* What a plain 200 is made of. */
#define REPLY_OK     "SIP/2.0 200 OK\r\n"
#define REPLY_COPIES "Via: {via}\r\n" REPLY_COPIES2
#define REPLY_COPIES2                                                                              \
    "From: {from}\r\nTo: {to};tag=x\r\nCall-ID: {call-id}\r\nCSeq: {cseq} REGISTER\r\n"
#define REPLY_OURS "Contact: <{contact}>;expires=60\r\n"
#define REPLY_END  "Content-Length: 0\r\n\r\n"

/* A registration is under way: a first one, a refresh, or one that need not wait for a back-off. */
void reply_ask(struct story *s);

/* The octets of a response; freed with the story. */
struct sipreg_str reply_octets(struct story *s, const char *text, size_t n);
struct sipreg_str reply_text(struct story *s, const char *text);

/* Asks, and gets this answer. The result of sipreg_client_recv(). */
int reply_feed(struct story *s, const char *text);
/* The same, and it must register us, as one who is listed, for a minute. */
void reply_registers(struct story *s, const char *text);
/* The same with octets. */
void reply_registers_octets(struct story *s, struct sipreg_str octets);
/* Or it must have this result, and change nothing. */
void reply_is_ignored(struct story *s, const char *text, int result);
void reply_octets_are_ignored(struct story *s, struct sipreg_str octets, int result);
/* What was ignored has not stopped the retransmissions, and the right answer still counts. */
void reply_still_awaited(struct story *s);

/* An on_event that writes down the contacts of a response, each in a line as
   "display|uri|params|expires|q". */
void reply_tell_contacts(struct story *s, const struct sipreg_event *event);
extern char reply_told[1000];

#endif
