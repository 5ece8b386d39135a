/*
 * message.h: a request, read in place, and the beginning and end of an answer to it.
 */
#ifndef REGISTRAR_MESSAGE_H
#define REGISTRAR_MESSAGE_H

#include "text.h"

#define MESSAGE_MAX 16384 /* bytes of a request; far above the 1300 where UDP ends (18.1.1) */
#define ANSWER_MAX  32768 /* an answer lists bindings and repeats the request's Via headers */
#define HEADERS_MAX 64

/* Where a request came from, as far as its answer depends on it. */
struct source {
    char ip[46];
    unsigned port;
};

struct header {
    struct text name, value;
};

struct request {
    struct text method, uri;
    struct header headers[HEADERS_MAX];
    size_t header_count;
    struct text body;

    struct text via, more_vias; /* the topmost Via, and the rest of its header line */
    struct text sent_by, sent_host, branch, from, to, call_id, cseq_method;
    uint32_t cseq;
    unsigned reply_port; /* where 18.2.2 and RFC 3581 send the answer, if by UDP */
    struct source source;
};

/* How long is the first message of a stream? 0: it has not arrived in full. *wrong, if set, says
 * why that cannot be told. */
size_t message_length(const char *bytes, size_t n, const char **wrong);

/* Reads a request in its buffer (it unfolds lines there). NULL, or what is wrong with it; then
 * .via.at tells whether there is enough of it to answer 400. */
const char *request_read(struct request *request, char *bytes, size_t n,
                         const struct source *source);

/* The next header of this name, long or compact, from index *from on; .at is NULL at the end. */
struct text request_header(const struct request *request, const char *name, size_t *from);
struct text request_first(const struct request *request, const char *name);

struct answer {
    struct out out;
    unsigned status;
    const char *reason;
};

/* NULL for the reason gives the usual one. to_tag is used if To has none. */
void answer_begin(struct answer *answer, const struct request *request, unsigned status,
                  const char *reason, const char *to_tag);
void answer_end(struct answer *answer);

#endif
