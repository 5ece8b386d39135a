/*
 * binding.h - which Contacts in the 200 are ours, for how long?
 */
#ifndef SIPREG_LIB_BINDING_H
#define SIPREG_LIB_BINDING_H

#include <sipreg/request.h>
#include <sipreg/response.h>

struct sipreg_own {
    bool found;
    bool listed;     /* found by its URI (19.1.4) or instance (RFC 5626 6), not by a guess */
    int64_t granted; /* seconds, when found */
};

/* Is the binding that of the index-th contact of the request? */
bool sipreg_binding_is_of(const struct sipreg_request *request, size_t index,
                          const struct sipreg_binding *binding);

/* Looks for the index-th contact of the request in a 2xx. asked counts where the response says
   nothing of time (SIPREG_EXPIRES_NONE: then 3600). guess permits taking what can only be ours. */
void sipreg_binding_find(struct sipreg_own *own, const struct sipreg_response *response,
                         const struct sipreg_request *request, size_t index, int64_t asked,
                         bool guess);

#endif
