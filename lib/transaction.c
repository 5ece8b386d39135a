/*
 * transaction.c - the non-INVITE client transaction (RFC 3261 17.1.2), without its messages.
 *
 *            start                    1xx                    200-699
 *   NONE ------------> TRYING ------------> PROCEEDING ------------> COMPLETED ----> NONE
 *                         |  E: send again      |  E: every T2          (timer K)
 *                         |  200-699            |
 *                         +---------------------|----------------------> COMPLETED
 *                         F, transport error    |
 *                         +---------------------+----------------------> NONE
 *
 * It decides when bytes go, not what a final answer means. K needs no waking up: a response that
 * comes after it finds the transaction gone.
 */
#include "transaction.h"

#include "str.h"

#include <string.h>

enum { NONE, TRYING, PROCEEDING, COMPLETED };

void sipreg_transaction_start(struct sipreg_transaction *t, uint64_t now,
                              const struct sipreg_timers *timers)
{
    t->state = TRYING;
    t->heard = false;
    t->repeated = false;
    t->started_at = now;
    t->interval = timers->t1;
    t->resend_at = timers->reliable ? SIPREG_NEVER : now + timers->t1;
    t->give_up_at = now + 64 * (uint64_t)timers->t1;
}

bool sipreg_transaction_active(const struct sipreg_transaction *t)
{
    return t->state == TRYING || t->state == PROCEEDING;
}

/* Timer E doubles up to T2; once a provisional response has come, it is T2. A caller who comes late
   gets one retransmission, not all that were missed. */
static void restart_timer_e(struct sipreg_transaction *t, uint64_t now,
                            const struct sipreg_timers *timers)
{
    if (t->state == PROCEEDING || t->interval > timers->t2 / 2)
        t->interval = timers->t2;
    else
        t->interval *= 2;
    t->resend_at += t->interval;
    if (t->resend_at <= now)
        t->resend_at = now + t->interval;
}

enum sipreg_due sipreg_transaction_due(struct sipreg_transaction *t, uint64_t now,
                                       const struct sipreg_timers *timers)
{
    if (!sipreg_transaction_active(t))
        return SIPREG_DUE_NOTHING;
    if (now >= t->give_up_at) {
        t->state = NONE;
        return SIPREG_DUE_TIMEOUT;
    }
    if (now < t->resend_at)
        return SIPREG_DUE_NOTHING;
    restart_timer_e(t, now, timers);
    t->repeated = true;
    return SIPREG_DUE_RESEND;
}

uint64_t sipreg_transaction_deadline(const struct sipreg_transaction *t)
{
    if (!sipreg_transaction_active(t))
        return SIPREG_NEVER;
    return t->resend_at < t->give_up_at ? t->resend_at : t->give_up_at;
}

/* 18.1.2: the sent-by is one that we inserted. */
static bool our_sent_by(const struct sipreg_via *via, struct sipreg_str sent_by)
{
    struct sipreg_str host = {sent_by.p, via->host.n}, port;

    if (via->port.p == NULL)
        return sipreg_str_same(via->host, sent_by);
    if (sent_by.n < host.n + 1 || !sipreg_str_same(via->host, host) || sent_by.p[host.n] != ':')
        return false;
    port = sipreg_str_between(sent_by.p + host.n + 1, sent_by.p + sent_by.n);
    return sipreg_str_equal(via->port, port);
}

/* Call-ID and From tag are copies of ours, and random: whoever knows them answers us. */
static bool ours(const struct sipreg_request *request, const struct sipreg_response *response)
{
    return response->via_count == 1 && request->cseq != 0 &&
           sipreg_str_equal(response->call_id, sipreg_str_of(request->call_id)) &&
           sipreg_str_equal(response->from_tag, sipreg_str_of(request->tag)) &&
           sipreg_str_equal(response->method, SIPREG_LITERAL("REGISTER")) &&
           our_sent_by(&response->via, sipreg_str_of(request->sent_by));
}

int sipreg_transaction_match(const struct sipreg_transaction *t, uint64_t now,
                             const struct sipreg_request *request,
                             const struct sipreg_response *response)
{
    if (!ours(request, response))
        return SIPREG_FOREIGN;
    if (t->state == NONE || response->cseq != request->cseq ||
        !sipreg_str_same(response->via.branch, sipreg_str_of(request->branch)))
        return SIPREG_LATE;
    return t->state == COMPLETED && now >= t->give_up_at ? SIPREG_LATE : SIPREG_OK;
}

void sipreg_transaction_response(struct sipreg_transaction *t, uint64_t now, int status,
                                 const struct sipreg_timers *timers)
{
    t->heard = true;
    if (status < 200) {
        t->state = PROCEEDING;
        return;
    }
    t->state = COMPLETED;
    t->give_up_at = now + (timers->reliable ? 0 : timers->t4); /* timer K */
}

void sipreg_transaction_abandon(struct sipreg_transaction *t)
{
    t->state = NONE;
}
