/*
 * redirect.h - where a 3xx sends us, and back.
 */
#ifndef SIPREG_LIB_REDIRECT_H
#define SIPREG_LIB_REDIRECT_H

#include <sipreg/client.h>
#include <sipreg/storage.h>

/* Takes up the targets of a 3xx and goes to the first. SIPREG_OK; SIPREG_STATUS: there is none that
   could be tried; SIPREG_POLICY: none that would be as secure. */
int sipreg_redirect_take(struct sipreg_client *client, const struct sipreg_response *response);
/* Goes to the next target. False: there is none left in this attempt. */
bool sipreg_redirect_next(struct sipreg_client *client);
/* Back to where the config says. True if that is somewhere else. */
bool sipreg_redirect_forget(struct sipreg_client *client);
/* Is it time to go back? */
bool sipreg_redirect_over(const struct sipreg_client *client);

#endif
