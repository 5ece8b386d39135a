/*
 * routes.h - remembers Path and Service-Route.
 */
#ifndef SIPREG_LIB_ROUTES_H
#define SIPREG_LIB_ROUTES_H

#include <sipreg/response.h>
#include <sipreg/storage.h>

/* Each 2xx replaces what was known, by nothing too (RFC 3608 6.1). A list that does not fit is left
   out whole. */
void sipreg_routes_keep(struct sipreg_client *client, const struct sipreg_response *response);
/* Is this text such as it keeps? */
bool sipreg_routes_are(struct sipreg_str text);
void sipreg_routes_forget(struct sipreg_client *client);

#endif
