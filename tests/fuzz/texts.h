/*
 * texts.h - what a fuzz script has a registrar say.
 */
#ifndef SIPREG_TESTS_FUZZ_TEXTS_H
#define SIPREG_TESTS_FUZZ_TEXTS_H

#include "fuzz.h"

struct reply_text {
    char p[16384]; /* what does not fit is left out */
    size_t n;
};

void text_add(struct reply_text *to, const char *p);
/* The headers that an answer copies from the request (8.2.6.2). */
void text_add_copies(struct reply_text *to, const char *request);
/* Lines with LF for CRLF, and with $ and a letter for what stands in the request: $m its contact,
   $h all that is copied, $v $f $t $i $c Via, From, To, Call-ID, CSeq alone, $b the branch, $n the
   number of the CSeq. */
void text_add_lines(struct reply_text *to, const char *request, struct sipreg_str lines);

#endif
