/*
 * credentials.h - how an answer to a challenge is written.
 */
#ifndef SIPREG_LIB_CREDENTIALS_H
#define SIPREG_LIB_CREDENTIALS_H

#include "digest.h"
#include "out.h"

#include <sipreg/request.h>

/*@ // What an answer points to can be read, and is no part of where it goes to.
    predicate writable_with{L}(struct sipreg_out *out, struct sipreg_challenge *c) =
        \valid_read(c) && \separated(out, c) && \separated(out->p + (0 .. out->size - 1), c) &&
        readable(c->realm) && readable(c->nonce) && readable(c->opaque) &&
        readable(c->algorithm_raw) && apart(c->realm, out) && apart(c->nonce, out) &&
   apart(c->opaque, out) && apart(c->algorithm_raw, out);

    predicate writable_with{L}(struct sipreg_out *out, struct sipreg_answer *a) =
        \valid_read(a) && \separated(out, a) &&
        \separated(out->p + (0 .. out->size - 1), a) &&
        (a->challenge != \null ==>
            writable_with(out, a->challenge) && readable(a->user) && apart(a->user, out));

    predicate writable_with{L}(struct sipreg_out *out, char *text) =
        text != \null ==> valid_read_string(text) &&
            \separated(out, text + (0 .. strlen(text))) &&
            \separated(out->p + (0 .. out->size - 1), text + (0 .. strlen(text)));
*/

/* One whole header line. */
/*@ requires writable(out) && writable_with(out, answer);
    requires answer->challenge != \null ==>
        valid_read_string(&answer->challenge->cnonce[0]) &&
        strlen(&answer->challenge->cnonce[0]) < SIPREG_CNONCE_SIZE;
    requires \valid_read(request) && \separated(out, request);
    requires writable_with(out, request->registrar) && writable_with(out, request->aor);
    assigns out->size, out->used, out->error, out->p[out->used .. out->size - 1];
    ensures writable(out) && longer{Old, Here}(out);
*/
void sipreg_credentials_print(struct sipreg_out *out, const struct sipreg_request *request,
                              const struct sipreg_answer *answer);

#endif
