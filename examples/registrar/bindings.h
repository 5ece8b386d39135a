/*
 * bindings.h: which contacts stand for which address of record, and for how long.
 */
#ifndef REGISTRAR_BINDINGS_H
#define REGISTRAR_BINDINGS_H

#include "text.h"

#define BINDINGS_MAX 4096
#define CONTACTS_MAX 32 /* in one request */
#define AOR_MAX      256
#define CONTACT_MAX  512
#define CALL_ID_MAX  256

struct binding {
    char aor[AOR_MAX];         /* empty: this place is free */
    char contact[CONTACT_MAX]; /* as the client wrote it, parameters too, but for expires */
    char call_id[CALL_ID_MAX];
    uint32_t cseq;
    int64_t expires_at;
};

struct bindings {
    struct binding places[BINDINGS_MAX];
};

struct change {
    struct text contact;
    bool remove;
    uint32_t seconds;
};

/* What one REGISTER wants. */
struct update {
    char aor[AOR_MAX];
    struct text call_id;
    uint32_t cseq;
    bool remove_all;
    struct change changes[CONTACTS_MAX];
    size_t count;
};

/* All of it is done and the result is 200, or nothing is and *reason says why. */
unsigned bindings_update(struct bindings *bindings, const struct update *update, int64_t now,
                         const char **reason);

/* Call it before each update: a binding is gone from the instant at which it expires. */
void bindings_expire(struct bindings *bindings, int64_t now);

/* Writes a Contact header for each binding of this address of record. */
void bindings_write(const struct bindings *bindings, const char *aor, int64_t now, struct out *out);

#endif
