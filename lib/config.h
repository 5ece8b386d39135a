/*
 * config.h - a config's defaults, and the client that it makes.
 */
#ifndef SIPREG_LIB_CONFIG_H
#define SIPREG_LIB_CONFIG_H

#include "transaction.h"

#include <sipreg/client.h>

struct sipreg_timers sipreg_config_timers(const struct sipreg_client_config *config);
uint32_t sipreg_config_retry_base(const struct sipreg_client_config *config);
uint32_t sipreg_config_retry_max(const struct sipreg_client_config *config);
/* Seconds to ask for, or SIPREG_EXPIRES_NONE. */
int64_t sipreg_config_expires(const struct sipreg_client_config *config);

/* The most that a 423 may make us ask for. */
int64_t sipreg_config_expires_max(const struct sipreg_client_config *config);

/* Requests go where the config says. */
void sipreg_config_aim(struct sipreg_client *client);
/* What is wrong with these as further contacts; or NULL. */
const char *sipreg_config_contacts_fault(const struct sipreg_client_config *config,
                                         const struct sipreg_contact *contacts, size_t count);

/* Fills in what of the client follows from its config and the local address. SIPREG_LIMIT: a text
   does not fit. */
int sipreg_config_apply(struct sipreg_client *client, const struct sipreg_client_config *config);
/* The contact that the AOR's user has at this address, into SIPREG_CONTACT_SIZE octets. False: it
   does not fit. */
bool sipreg_config_contact(char *contact, const struct sipreg_client *client, const char *address);
/* Do the address, and the contact made of it, fit their stores? */
bool sipreg_config_fits(const struct sipreg_client *client, const char *local);

#endif
