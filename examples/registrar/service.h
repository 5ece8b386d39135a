/*
 * service.h: what a registrar answers.
 */
#ifndef REGISTRAR_SERVICE_H
#define REGISTRAR_SERVICE_H

#include "auth.h"
#include "bindings.h"
#include "message.h"
#include "misbehave.h"
#include "options.h"

struct service {
    const struct options *options;
    struct random *random;
    struct script script;
    struct auth auth;
    struct bindings bindings;
};

void service_open(struct service *service, const struct options *options, struct random *random);

/* Writes the answer to a request that is no retransmission. The step returned says how that answer
 * is to be delivered, or that it is not. */
struct step service_answer(struct service *service, const struct request *request, int64_t now,
                           struct answer *answer);

/* Writes a 400 to a request that could not be read; it needs its Via. */
void service_refuse(struct service *service, const struct request *request, const char *reason,
                    struct answer *answer);

#endif
