/*
 * stun.h - one STUN Binding request, and what the answer to it says.
 */
#ifndef SIPREG_LIB_STUN_H
#define SIPREG_LIB_STUN_H

#include <sipreg/types.h>

enum { SIPREG_STUN_REQUEST_SIZE = 20, SIPREG_STUN_ID_SIZE = 12 };

struct sipreg_stun_answer {
    struct sipreg_mapped mapped; /* of a success */
    int status;                  /* of an error: 300 to 699, or 0 if it does not tell */
};

/* Is this datagram STUN, and not SIP? Of any kind, and not judged further. */
/*@ requires \valid_read((uint8_t *)bytes + (0 .. n - 1));
    assigns \nothing;
    ensures \result ==> n >= SIPREG_STUN_REQUEST_SIZE;
*/
bool sipreg_stun_is(const void *bytes, size_t n);

/* Writes a Binding request of SIPREG_STUN_REQUEST_SIZE octets. The id, of SIPREG_STUN_ID_SIZE
   random octets, is new for each transaction and the same in its retransmissions. */
/*@ requires \valid(out + (0 .. SIPREG_STUN_REQUEST_SIZE - 1));
    requires \valid_read(id + (0 .. SIPREG_STUN_ID_SIZE - 1));
    requires \separated(out + (0 .. SIPREG_STUN_REQUEST_SIZE - 1),
                        id + (0 .. SIPREG_STUN_ID_SIZE - 1));
    assigns out[0 .. SIPREG_STUN_REQUEST_SIZE - 1];
*/
void sipreg_stun_request(uint8_t *out, const uint8_t *id);

/* Reads the answer to the request with this id. SIPREG_OK: answer->mapped is set. SIPREG_STATUS: an
   error response, answer->status is set. SIPREG_SYNTAX: a success that cannot be used: without an
   address, with an attribute that has to be understood and is not, or malformed. These three end
   the transaction. SIPREG_FOREIGN: no answer to it, drop it. What is not set is zero. */
/*@ requires \valid(answer) && \valid_read(id + (0 .. SIPREG_STUN_ID_SIZE - 1));
    requires \valid_read((uint8_t *)bytes + (0 .. n - 1));
    requires \separated(answer, id + (0 .. SIPREG_STUN_ID_SIZE - 1));
    requires \separated(answer, (uint8_t *)bytes + (0 .. n - 1));
    assigns *answer;
    ensures \result == SIPREG_OK || \result == SIPREG_STATUS || \result == SIPREG_SYNTAX ||
            \result == SIPREG_FOREIGN;
    ensures \result == SIPREG_STATUS ==> answer->status == 0 || 300 <= answer->status <= 699;
*/
int sipreg_stun_read(struct sipreg_stun_answer *answer, const uint8_t *id, const void *bytes,
                     size_t n);

/*@ requires \valid_read(a) && \valid_read(b);
    assigns \nothing;
*/
bool sipreg_mapped_equal(const struct sipreg_mapped *a, const struct sipreg_mapped *b);

#endif
