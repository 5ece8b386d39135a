/*
 * watch_sent.h - judges what a client sends.
 */
#ifndef SIPREG_TESTS_FUZZ_WATCH_SENT_H
#define SIPREG_TESTS_FUZZ_WATCH_SENT_H

#include "watch.h"

void watch_sent(struct watch *w, const char *bytes, size_t n);

#endif
