/*
 * transactions.c: has this request been answered already?
 *
 * UDP loses datagrams, so a client repeats a request until it sees an answer. It must then see the
 * very same answer: were the repeat served anew, its digest would look like a replay and its CSeq
 * out of order. RFC 3261 17.2.3 tells how to know a repeat, by branch, sent-by and method.
 */
#include "transactions.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A branch without the magic cookie comes from RFC 2543 and promises nothing. */
static void make_key(const struct request *request, char key[HEX_MAX])
{
    struct text branch = request->branch;

    if (branch.n > 7 && memcmp(branch.at, "z9hG4bK", 7) == 0)
        hash_format(HASH_SHA_256, key, "%.*s %.*s %.*s", TEXT(branch), TEXT(request->sent_by),
                    TEXT(request->method));
    else
        hash_format(HASH_SHA_256, key, "%.*s %.*s %u %.*s %.*s", TEXT(request->via),
                    TEXT(request->call_id), (unsigned)request->cseq, TEXT(request->method),
                    TEXT(request->from));
}

struct transaction *transactions_find(struct transactions *transactions,
                                      const struct request *request, int64_t now)
{
    char key[HEX_MAX];
    size_t i;

    make_key(request, key);
    for (i = 0; i < TRANSACTIONS_MAX; i++) {
        struct transaction *transaction = &transactions->places[i];

        if (strcmp(transaction->key, key) == 0 && now < transaction->due_at + TRANSACTION_MS)
            return transaction;
    }
    return NULL;
}

static void write_label(char *label, const struct request *request, const struct answer *answer,
                        const struct step *step)
{
    if (step->drop || step->close || step->lose_answer)
        snprintf(label, LABEL_MAX, "none %u %.*s (script: %s)", (unsigned)request->cseq,
                 TEXT(request->method),
                 step->drop    ? "drop"
                 : step->close ? "close"
                               : "lose-answer");
    else
        snprintf(label, LABEL_MAX, "%03u %u %.*s %s", answer->status, (unsigned)request->cseq,
                 TEXT(request->method), answer->reason);
}

struct transaction *transactions_add(struct transactions *transactions,
                                     const struct request *request, const struct route *route,
                                     const struct answer *answer, const struct step *step,
                                     int64_t now)
{
    struct transaction *transaction = &transactions->places[transactions->next];
    char *bytes = malloc(answer->out.n + 1);

    if (bytes == NULL)
        return NULL;
    transactions->next = (transactions->next + 1) % TRANSACTIONS_MAX;
    free(transaction->bytes);
    memset(transaction, 0, sizeof *transaction);
    memcpy(bytes, answer->out.at, answer->out.n);
    transaction->bytes = bytes;
    transaction->n = answer->out.n;
    transaction->due_at = now + step->delay_ms;
    transaction->route = *route;
    transaction->step = *step;
    make_key(request, transaction->key);
    write_label(transaction->label, request, answer, step);
    return transaction;
}

void transactions_close(struct transactions *transactions)
{
    size_t i;

    for (i = 0; i < TRANSACTIONS_MAX; i++)
        free(transactions->places[i].bytes);
}
