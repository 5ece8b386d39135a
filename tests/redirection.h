/*
 * redirection.h - stories in which a 3xx is followed.
 */
#ifndef SIPREG_TESTS_REDIRECTION_H
#define SIPREG_TESTS_REDIRECTION_H

#include "story.h"

/* The header that sends us there. */
#define TO(uri) "Contact: <" uri ">\r\n"

/* A client that follows, with its first request sent. */
void redirection_start(struct story *s);

/* That is where requests go now. */
void assert_hop(struct story *s, const char *uri);
/* The last request went there, in its first line too. */
void assert_target(struct story *s, const char *uri);

#endif
