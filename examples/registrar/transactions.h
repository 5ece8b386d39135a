/*
 * transactions.h: what was answered to which request, and the answers that are still to be sent.
 */
#ifndef REGISTRAR_TRANSACTIONS_H
#define REGISTRAR_TRANSACTIONS_H

#include "crypto.h"
#include "message.h"
#include "misbehave.h"

#include <netinet/in.h>
#include <sys/socket.h>

#define TRANSACTIONS_MAX 2048
#define TRANSACTION_MS   32000 /* timer J, 64 * T1: no retransmission comes later */
#define LABEL_MAX        128

enum transport { OVER_UDP, OVER_TCP, OVER_TLS };

/* The way back to a client. */
struct route {
    enum transport transport;
    struct sockaddr_storage address;
    socklen_t address_length;
    uint64_t connection; /* its id, for TCP and TLS */
};

struct transaction {
    char key[HEX_MAX]; /* empty: this place is free */
    int64_t due_at;
    bool sent;
    struct step step;
    struct route route;
    char *bytes;
    size_t n;
    char label[LABEL_MAX]; /* for the log: "200 2 REGISTER OK" */
};

struct transactions {
    struct transaction places[TRANSACTIONS_MAX]; /* a ring: when it is full the oldest goes */
    size_t next;
};

/* The transaction that this request belongs to if it is a retransmission, else NULL. */
struct transaction *transactions_find(struct transactions *transactions,
                                      const struct request *request, int64_t now);

/* Remembers an answer, of which it takes a copy. NULL if there is no memory. */
struct transaction *transactions_add(struct transactions *transactions,
                                     const struct request *request, const struct route *route,
                                     const struct answer *answer, const struct step *step,
                                     int64_t now);

void transactions_close(struct transactions *transactions);

#endif
