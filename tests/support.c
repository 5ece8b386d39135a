/*
 * support.c - what the unit tests share.
 */
#include "support.h"

#include <stdlib.h>

/* ---------------------------------------------------------------- input */

struct block {
    struct block *next;
    void *octets;
};

static struct block *blocks;

struct sipreg_str given(const void *octets, size_t n)
{
    struct block *block = (struct block *)malloc(sizeof *block);
    struct sipreg_str s = {NULL, n};

    assert_non_null(block);
    block->octets = malloc(n);
    block->next = blocks;
    blocks = block;
    if (n > 0) {
        assert_non_null(block->octets);
        memcpy(block->octets, octets, n);
    }
    s.p = (const char *)block->octets;
    return s;
}

struct sipreg_str given_text(const char *text)
{
    return given(text, strlen(text));
}

int free_given(void **state)
{
    (void)state;
    while (blocks != NULL) {
        struct block *next = blocks->next;
        free(blocks->octets);
        free(blocks);
        blocks = next;
    }
    return 0;
}

const char odd_octets[9] = {'\0', '\r', '\n', '"', '\\', '<', ',', ';', '\xFF'};

struct sipreg_str with_octet(struct sipreg_str message, size_t index, char octet)
{
    char *copy = (char *)malloc(message.n);
    struct sipreg_str result;

    assert_non_null(copy);
    memcpy(copy, message.p, message.n);
    copy[index] = octet;
    result = given(copy, message.n);
    free(copy);
    return result;
}

struct sipreg_response parsed(const char *text)
{
    struct sipreg_str message = given_text(text);
    struct sipreg_response response;

    assert_int_equal(sipreg_response_parse(&response, message.p, message.n), message.n);
    return response;
}

/* ---------------------------------------------------------------- output */

void assert_str_at(struct sipreg_str actual, const char *expected, const char *file, int line)
{
    size_t n = expected == NULL ? 0 : strlen(expected);

    if ((actual.p == NULL) != (expected == NULL) || actual.n != n ||
        (n > 0 && memcmp(actual.p, expected, n) != 0)) {
        if (actual.p == NULL)
            print_error("%s:%d: absent instead of \"%s\"\n", file, line, expected);
        else
            print_error("%s:%d: \"%.*s\" instead of %s%s%s\n", file, line, (int)actual.n, actual.p,
                        expected == NULL ? "absent" : "\"", expected == NULL ? "" : expected,
                        expected == NULL ? "" : "\"");
        _fail(file, line);
    }
}

enum { MARGIN = 16, CANARY = 0xA5 };

static void assert_canaries(const unsigned char *canaries)
{
    for (size_t i = 0; i < MARGIN; i++)
        assert_int_equal(canaries[i], CANARY);
}

/* The buffer has margins within its block, so that it works without a sanitizer too. */
static int write_at(writer *write, const void *what, size_t size, unsigned char *block)
{
    int n;

    memset(block, CANARY, size + 2 * MARGIN);
    n = write(what, block + MARGIN, size);
    assert_canaries(block);
    assert_canaries(block + MARGIN + size);
    return n;
}

struct sipreg_str written(writer *write, const void *what)
{
    int n = write(what, NULL, 0);
    unsigned char *block;
    struct sipreg_str text;

    assert_true(n >= 0);
    block = (unsigned char *)malloc((size_t)n + 1 + 2 * MARGIN);
    assert_non_null(block);
    for (size_t size = 0; size < (size_t)n; size++)
        assert_int_equal(write_at(write, what, size, block), SIPREG_SPACE);
    assert_int_equal(write_at(write, what, (size_t)n + 1, block), n);
    assert_int_equal(block[MARGIN + n], CANARY);
    assert_int_equal(write_at(write, what, (size_t)n, block), n);
    text = given(block + MARGIN, (size_t)n);
    free(block);
    return text;
}

/* ---------------------------------------------------------------- random */

int counting_random(void *user, void *out, size_t n)
{
    unsigned char *next = (unsigned char *)user, *p = (unsigned char *)out;

    for (size_t i = 0; i < n; i++)
        p[i] = (*next)++;
    return 0;
}

void number_as_random(uint32_t number, void *out)
{
    unsigned char *p = (unsigned char *)out;

    for (unsigned i = 0; i < 4; i++)
        p[i] = (unsigned char)(number >> 8 * i & 0xFF);
}

int failing_random(void *user, void *out, size_t n)
{
    int *left = (int *)user;

    if (*left == 0)
        return -1;
    (*left)--;
    memset(out, 0, n);
    return 0;
}

/* ---------------------------------------------------------------- messages in lines */

/* The octet behind the LF that ends the line at p. */
static const char *behind_line(const char *p, const char *end)
{
    const char *lf = (const char *)memchr(p, '\n', (size_t)(end - p));
    return lf == NULL ? end : lf + 1;
}

/* Header line index, counted from 0, as a part of the message. */
static struct sipreg_str line_at(struct sipreg_str message, size_t index)
{
    const char *end = message.p + message.n, *p = behind_line(message.p, end);

    while (index-- > 0)
        p = behind_line(p, end);
    return (struct sipreg_str){p, (size_t)(behind_line(p, end) - p)};
}

size_t line_count(struct sipreg_str message)
{
    size_t n = 0;

    while (line_at(message, n).n > 2)
        n++;
    return n;
}

/* The message with the line taken out, and put in again at the place of "again", that is before it;
   NULL: not. */
static struct sipreg_str rearranged(struct sipreg_str message, struct sipreg_str line,
                                    const char *again)
{
    char *copy = (char *)malloc(message.n + line.n);
    const char *end = message.p + message.n, *p = message.p;
    struct sipreg_str result;
    size_t n = 0;

    assert_non_null(copy);
    while (p < end) {
        const char *next = behind_line(p, end);
        if (p == again) {
            memcpy(copy + n, line.p, line.n);
            n += line.n;
        }
        if (p != line.p || again == line.p) {
            memcpy(copy + n, p, (size_t)(next - p));
            n += (size_t)(next - p);
        }
        p = next;
    }
    result = given(copy, n);
    free(copy);
    return result;
}

struct sipreg_str without_line(struct sipreg_str message, size_t index)
{
    return rearranged(message, line_at(message, index), NULL);
}

struct sipreg_str line_doubled(struct sipreg_str message, size_t index)
{
    struct sipreg_str line = line_at(message, index);
    return rearranged(message, line, line.p);
}

struct sipreg_str line_moved_last(struct sipreg_str message, size_t index)
{
    return rearranged(message, line_at(message, index), line_at(message, line_count(message)).p);
}

struct sipreg_response parsed_ok(const char *headers)
{
    static const char head[] = "SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP h;branch=z9hG4bKx\r\n"
                               "From: <sip:a@b>;tag=x\r\nTo: <sip:a@b>\r\nCall-ID: i\r\n"
                               "CSeq: 1 REGISTER\r\n";
    char *text = (char *)malloc(sizeof head + strlen(headers) + 2);
    struct sipreg_response response;
    struct sipreg_str whole;

    assert_non_null(text);
    strcat(strcat(strcpy(text, head), headers), "\r\n");
    whole = given_text(text);
    free(text);
    assert_true(sipreg_response_parse(&response, whole.p, whole.n) > 0);
    return response;
}
