/*
 * request.h - a request whose fields are known to be good, for the client.
 */
#ifndef SIPREG_LIB_REQUEST_H
#define SIPREG_LIB_REQUEST_H

#include <sipreg/request.h>

/* As the public ones, without looking at the fields again. */
int sipreg_request_identify(struct sipreg_request *request, sipreg_random *random, void *user);
int sipreg_request_print(const struct sipreg_request *request, void *out, size_t size);
/* Is the Request-URI sips? */
bool sipreg_request_is_secure(const struct sipreg_request *request);
/* Will the next request have another Call-ID, since CSeq has come to its end? */
bool sipreg_request_is_last(const struct sipreg_request *request);

/* Does it say what the answer must be like (Accept and its kin)? */
bool sipreg_request_is_choosy(const struct sipreg_request *request);

#endif
