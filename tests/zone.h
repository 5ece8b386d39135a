/*
 * zone.h - a domain in the DNS, and a caller that looks it up; what it asked and where it was sent,
 * as text.
 */
#ifndef SIPREG_TESTS_ZONE_H
#define SIPREG_TESTS_ZONE_H

#include "support.h"

/* One line of a zone file. The list of them ends with an owner of NULL. */
struct rr {
    const char *owner;
    struct sipreg_record record;
};

#define NAPTR(owner_, order_, preference_, service_, replacement_)                                 \
    {                                                                                              \
        .owner = (owner_), .record = {                                                             \
            .type = SIPREG_DNS_NAPTR,                                                              \
            .ttl = 300,                                                                            \
            .order = (order_),                                                                     \
            .preference = (preference_),                                                           \
            .flags = "s",                                                                          \
            .service = (service_),                                                                 \
            .name = (replacement_)                                                                 \
        }                                                                                          \
    }
#define SRV(owner_, priority_, weight_, port_, target_)                                            \
    {                                                                                              \
        .owner = (owner_), .record = {                                                             \
            .type = SIPREG_DNS_SRV,                                                                \
            .ttl = 300,                                                                            \
            .priority = (priority_),                                                               \
            .weight = (weight_),                                                                   \
            .port = (port_),                                                                       \
            .name = (target_)                                                                      \
        }                                                                                          \
    }
/* 192.0.2.n and 2001:db8::n */
#define A(owner_, n)                                                                               \
    {                                                                                              \
        .owner = (owner_), .record = {                                                             \
            .type = SIPREG_DNS_A,                                                                  \
            .ttl = 300,                                                                            \
            .address = {192, 0, 2, (n)}                                                            \
        }                                                                                          \
    }
#define AAAA(owner_, n)                                                                            \
    {                                                                                              \
        .owner = (owner_), .record = {                                                             \
            .type = SIPREG_DNS_AAAA,                                                               \
            .ttl = 300,                                                                            \
            .address = {0x20, 0x01, 0x0d, 0xb8, [15] = (n)}                                        \
        }                                                                                          \
    }

enum { CAN_ALL = SIPREG_CAN_UDP | SIPREG_CAN_TCP | SIPREG_CAN_TLS };

struct caller {
    const struct rr *zone;
    const char
        *broken; /* a question to which nobody has an answer, as it stands in asked; or "*" */
    struct sipreg_locate_options options;
    uint32_t now;
    struct sipreg_locate locate;
    char asked[2000]; /* "NAPTR example.com, SRV _sip._udp.example.com", ... */
    char target[120]; /* "udp 192.0.2.1:5060 example.com", or "pending", or "none -15" */
};

/* All transports, both families or one, no random. */
struct caller caller_of(const struct rr *zone);
struct caller ipv4_caller_of(const struct rr *zone);

void pass(struct caller *caller, uint32_t seconds);

/* Each returns target. The questions of each stand in asked alone. */
const char *locate(struct caller *caller, const char *uri); /* a URI that can be */
const char *again(struct caller *caller);                   /* at the start of another request */
const char *failed(struct caller *caller);                  /* by a time-out */
const char *failed_for(struct caller *caller, int64_t retry_after);

/* By hand: the records of the zone that answer the question that waits. Their number. */
int zone_answer(const struct caller *caller, struct sipreg_record *records, int size);

/* Name and type of the question that waits; "" if none. */
const char *asking(struct caller *caller);
/* Reads the target that there is now into caller->target. */
const char *targeted(struct caller *caller);

#endif
