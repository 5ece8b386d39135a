/*
 * transaction.h - send again? give up? is this answer ours, and new? (RFC 3261 17.1.2)
 */
#ifndef SIPREG_LIB_TRANSACTION_H
#define SIPREG_LIB_TRANSACTION_H

#include <sipreg/request.h>
#include <sipreg/response.h>
#include <sipreg/storage.h>

#define SIPREG_NEVER UINT64_MAX

struct sipreg_timers {
    uint32_t t1, t2, t4;
    bool reliable;
};

enum sipreg_due { SIPREG_DUE_NOTHING, SIPREG_DUE_RESEND, SIPREG_DUE_TIMEOUT };

/* A request goes out now. */
void sipreg_transaction_start(struct sipreg_transaction *t, uint64_t now,
                              const struct sipreg_timers *timers);
/* Is an answer outstanding? */
bool sipreg_transaction_active(const struct sipreg_transaction *t);
/* What is due now. After a time-out the transaction is over. */
enum sipreg_due sipreg_transaction_due(struct sipreg_transaction *t, uint64_t now,
                                       const struct sipreg_timers *timers);
/* The instant at which something is due; SIPREG_NEVER. */
uint64_t sipreg_transaction_deadline(const struct sipreg_transaction *t);

/* Whose response is this? SIPREG_OK: the one outstanding, or one to absorb (then it is not active);
   SIPREG_LATE: ours, of another request; SIPREG_FOREIGN. */
int sipreg_transaction_match(const struct sipreg_transaction *t, uint64_t now,
                             const struct sipreg_request *request,
                             const struct sipreg_response *response);
/* A response has come that matches. */
void sipreg_transaction_response(struct sipreg_transaction *t, uint64_t now, int status,
                                 const struct sipreg_timers *timers);
/* The transport failed, or the answer is no longer wanted. */
void sipreg_transaction_abandon(struct sipreg_transaction *t);

#endif
