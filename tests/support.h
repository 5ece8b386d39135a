/*
 * support.h - what the unit tests share: input in blocks of exactly its length, a scripted random,
 * writers at every capacity.
 *
 * Also includes cmocka with the headers that it wants in front of it.
 */
#ifndef SIPREG_TESTS_SUPPORT_H
#define SIPREG_TESTS_SUPPORT_H

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <sipreg/sipreg.h>

#include <string.h>

/* A test whose given() input is freed behind it. */
#define TEST(function) cmocka_unit_test_teardown(function, free_given)

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

/* Octets with NULs in them. */
#define OCTETS(literal) given((literal), sizeof(literal) - 1)

/* A response to a REGISTER of alice's, with these header lines among the others. */
#define ANSWER(status, lines)                                                                      \
    "SIP/2.0 " status "\r\n"                                                                       \
    "Via: SIP/2.0/UDP 192.0.2.10:5060;branch=z9hG4bKabcd;rport=1024;received=203.0.113.7\r\n"      \
    "From: \"Alice\" <sip:alice@example.com>;tag=ours\r\n"                                         \
    "To: <sip:alice@example.com>;tag=theirs\r\n"                                                   \
    "Call-ID: call@192.0.2.10\r\n"                                                                 \
    "CSeq: 7 REGISTER\r\n" lines "Content-Length: 0\r\n\r\n"

/* A copy in a heap block of n octets, without a NUL: one octet too far is seen by the sanitizer. */
struct sipreg_str given(const void *octets, size_t n);
struct sipreg_str given_text(const char *text);
int free_given(void **state);

/* The octets that changed parsers are tried with. */
extern const char odd_octets[9];
struct sipreg_str with_octet(struct sipreg_str message, size_t index, char octet);

/* Reads a response that is a good one; it and its octets are freed with the rest. */
struct sipreg_response parsed(const char *text);
/* A 200 with these header lines, if any, besides the mandatory ones. */
struct sipreg_response parsed_ok(const char *headers);

/* expected NULL: absent. */
#define assert_str(actual, expected) assert_str_at((actual), (expected), __FILE__, __LINE__)
void assert_str_at(struct sipreg_str actual, const char *expected, const char *file, int line);

/* Octets n, n + 1, n + 2 ... of the counter that user points to. */
int counting_random(void *user, void *out, size_t n);
/* Four octets, of which the library makes this number. */
void number_as_random(uint32_t number, void *out);
/* Fails, as soon as the counter that user points to is down at 0. */
int failing_random(void *user, void *out, size_t n);

/* Writes what into out, as sipreg_request_write() does. */
typedef int writer(const void *what, void *out, size_t size);

/* The writer measures n, writes it, and at every smaller capacity returns SIPREG_SPACE; nothing is
   written beside the buffer. Returns the text. */
struct sipreg_str written(writer *write, const void *what);

/* A text in parts, of which one can be taken out, doubled or moved. */
struct sipreg_str without_line(struct sipreg_str message, size_t index);
struct sipreg_str line_doubled(struct sipreg_str message, size_t index);
struct sipreg_str line_moved_last(struct sipreg_str message, size_t index);
/* Header lines of a message, its start line and its empty line not counted. */
size_t line_count(struct sipreg_str message);

#endif
