/*
 * watch_sent.h - judges what a client sends.
 */
#ifndef SIPREG_TESTS_FUZZ_WATCH_SENT_H
#define SIPREG_TESTS_FUZZ_WATCH_SENT_H

#include "watch.h"

/* A query '?', a removal '-', that of all '*', or a registration '+'. */
char watch_purpose(const char *request);

void watch_sent(struct watch *w, const char *bytes, size_t n);

#endif
