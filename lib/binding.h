/*
 * binding.h - which Contacts in the 200 are ours, for how long?
 */
#ifndef SIPREG_LIB_BINDING_H
#define SIPREG_LIB_BINDING_H

#include <sipreg/response.h>

struct sipreg_own {
    bool found;
    bool listed;     /* found by comparison (19.1.4), not by a guess */
    int64_t granted; /* seconds, when found */
};

/* Looks for the contact that this URI names in a 2xx. asked counts where the response says nothing
   of time (SIPREG_EXPIRES_NONE: then 3600). guess permits taking what can only be ours. */
void sipreg_binding_find(struct sipreg_own *own, const struct sipreg_response *response,
                         const char *contact, int64_t asked, bool guess);

#endif
