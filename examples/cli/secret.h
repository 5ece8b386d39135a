/*
 * secret.h - the password.
 */
#ifndef CLI_SECRET_H
#define CLI_SECRET_H

#include <stdbool.h>

struct secret {
    char text[512]; /* empty: there is none */
};

/*
 * The first line of file, or if that is NULL, SIPREG_PASSWORD, or else what is typed on the
 * terminal that prompts for user; without a terminal there is none. signals: from signals_catch().
 * False: it has said on standard error why not.
 */
bool secret_find(struct secret *secret, const char *file, const char *user, int signals);

void secret_wipe(struct secret *secret);

#endif
