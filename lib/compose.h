/*
 * compose.h - the next request of a client.
 */
#ifndef SIPREG_LIB_COMPOSE_H
#define SIPREG_LIB_COMPOSE_H

#include "state.h"

/* A new attempt: none of its rounds is gone, and no challenge answered. It begins before the flow
   that is opened for it, so that servers which cannot be reached count. */
void sipreg_compose_attempt(struct sipreg_client *client);
/* Makes the next request, whole but for its bytes, and starts its transaction. SIPREG_OK, or
   SIPREG_HASH, SIPREG_RANDOM: nothing was started. */
int sipreg_compose(struct sipreg_client *client, int purpose);

#endif
