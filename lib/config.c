/*
 * config.c - what may be configured, and what follows from it.
 *
 * A config is checked once, by building from it the largest plain REGISTER that the client will
 * send and asking the request's own checks. After that the client writes requests without looking
 * again.
 */
#include "config.h"

#include "chars.h"
#include "out.h"
#include "request.h"
#include "session.h"
#include "str.h"
#include "transport.h"
#include "uri.h"

#include <string.h>

struct sipreg_timers sipreg_config_timers(const struct sipreg_client_config *config)
{
    struct sipreg_timers timers = {
        config->t1 > 0 ? config->t1 : 500,
        config->t2 > 0 ? config->t2 : 4000,
        config->t4 > 0 ? config->t4 : 5000,
        config->transport != SIPREG_UDP,
    };
    return timers;
}

void sipreg_config_aim(struct sipreg_client *client)
{
    client->request.registrar = client->config->registrar;
    client->request.routes = client->config->routes;
    client->request.route_count = client->config->route_count;
}

uint32_t sipreg_config_retry_base(const struct sipreg_client_config *config)
{
    return config->retry_base > 0 ? config->retry_base : 30;
}

uint32_t sipreg_config_retry_max(const struct sipreg_client_config *config)
{
    return config->retry_max > 0 ? config->retry_max : 1800;
}

int64_t sipreg_config_expires(const struct sipreg_client_config *config)
{
    return config->expires != 0 ? config->expires : 3600;
}

int64_t sipreg_config_expires_max(const struct sipreg_client_config *config)
{
    return config->expires_max > 0 ? config->expires_max : 86400;
}

/* Of an AOR that has been found good. */
static struct sipreg_uri parts(const char *aor)
{
    struct sipreg_uri uri;

    (void)sipreg_uri_parse(&uri, sipreg_str_of(aor));
    return uri;
}

/* The AOR's user part at the local address. sips implies TLS over TCP, but not over WebSocket. */
bool sipreg_config_contact(char *contact, const struct sipreg_client *client, const char *address)
{
    struct sipreg_uri aor = parts(client->config->aor);
    enum sipreg_transport transport = client->request.transport;
    struct sipreg_out out;

    sipreg_out_start(&out, contact, SIPREG_CONTACT_SIZE);
    sipreg_out_str(&out, aor.scheme);
    sipreg_out_text(&out, ":");
    if (aor.user.p != NULL) {
        sipreg_out_str(&out, aor.user);
        sipreg_out_text(&out, "@");
    }
    sipreg_out_text(&out, address);
    if (transport != SIPREG_UDP && (transport > SIPREG_TLS || !sipreg_uri_is_sips(&aor))) {
        sipreg_out_text(&out, ";transport=");
        sipreg_out_text(&out, sipreg_transport_param(transport));
    }
    sipreg_out_nul(&out);
    return sipreg_out_end(&out) >= 0;
}

bool sipreg_config_fits(const struct sipreg_client *client, const char *local)
{
    char contact[SIPREG_CONTACT_SIZE];

    return strlen(local) < sizeof client->local && sipreg_config_contact(contact, client, local);
}

/* The request that registers: for the client, and for trying it out. */
static void describe(struct sipreg_request *request, struct sipreg_contact *contact,
                     const struct sipreg_client_config *config, const char *local)
{
    memset(request, 0, sizeof *request);
    request->registrar = config->registrar;
    request->aor = config->aor;
    request->from = config->from;
    request->display = config->display;
    request->sent_by = local;
    request->transport = config->transport;
    request->via_params = config->via_params;
    request->routes = config->routes;
    request->route_count = config->route_count;
    request->max_forwards = config->max_forwards;
    request->compact = config->compact;
    request->require = config->require;
    request->supported = config->supported;
    request->allow = config->allow;
    request->user_agent = config->user_agent;
    request->headers = config->headers;
    request->header_count = config->header_count;
    request->body = config->body;
    request->keep = config->keepalive != NULL;
    request->instance = config->instance;
    request->reg_id = config->reg_id;
    request->contacts = contact;
    request->contact_count = 1;
    request->expires = sipreg_config_expires(config);
    contact->params = config->contact_params;
    contact->q = config->q;
    contact->expires = request->expires;
}

/* Who registers: without a name of its own, that is the auth user. */
static const char *registrant(const struct sipreg_client_config *config)
{
    return config->from != NULL ? config->from : config->aor;
}

static void fill_credentials(struct sipreg_client *client,
                             const struct sipreg_client_config *config)
{
    client->credentials.user = config->auth_user;
    client->credentials.password = config->password;
    client->credentials.ha1 = config->ha1;
    client->credentials.ha1_algorithm = config->ha1_algorithm;
    client->credentials.realm = config->realm;
    client->user = parts(registrant(config)).user;
}

int sipreg_config_apply(struct sipreg_client *client, const struct sipreg_client_config *config)
{
    client->config = config;
    describe(&client->request, &client->contacts[0], config, client->local);
    if (!sipreg_config_fits(client, config->local))
        return SIPREG_LIMIT;
    memcpy(client->local, config->local, strlen(config->local) + 1);
    sipreg_config_contact(client->contact, client, client->local);
    client->contacts[0].uri = config->contact != NULL ? config->contact : client->contact;
    client->further = config->contacts;
    client->further_count = (uint8_t)config->contact_count;
    for (size_t i = 0; i < config->contact_count; i++)
        client->contacts[1 + i] = config->contacts[i];
    client->request.contact_count += config->contact_count;
    fill_credentials(client, config);
    return SIPREG_OK;
}

static const char *io_fault(const struct sipreg_client_config *config)
{
    const struct sipreg_io *io = config->io;

    if (io == NULL)
        return SIPREG_FAULT("io", "missing");
    if (io->random == NULL || io->send == NULL)
        return SIPREG_FAULT("io", "without send or random");
    if (io->open == NULL && io->close != NULL)
        return SIPREG_FAULT("io", "close without open");
    if (io->scratch == NULL)
        return SIPREG_FAULT("io", "without scratch buffer");
    return NULL;
}

static const char *ha1_fault(const struct sipreg_client_config *config)
{
    size_t n = config->ha1_algorithm == SIPREG_MD5 ? 32 : 64;

    if (config->ha1 == NULL)
        return NULL;
    if (config->password != NULL)
        return SIPREG_FAULT("ha1", "and a password too");
    if (config->ha1_algorithm != SIPREG_MD5 && config->ha1_algorithm != SIPREG_SHA256 &&
        config->ha1_algorithm != SIPREG_SHA512_256)
        return SIPREG_FAULT("ha1_algorithm", "neither MD5, SHA-256 nor SHA-512-256");
    if (strlen(config->ha1) != n)
        return SIPREG_FAULT("ha1", "wrong length for ha1_algorithm");
    for (const char *p = config->ha1; *p != '\0'; p++) {
        if (!sipreg_is(*p, SIPREG_HEX))
            return SIPREG_FAULT("ha1", "not hexadecimal");
    }
    return NULL;
}

/* An escaped user part is no user name, and unescaping it is left to whoever knows what was meant.
 */
static const char *credentials_fault(const struct sipreg_client_config *config)
{
    struct sipreg_str user = parts(registrant(config)).user;

    if (config->auth_user != NULL && config->auth_user[0] == '\0')
        return SIPREG_FAULT("auth_user", "empty");
    if (config->auth_user != NULL && !sipreg_str_text(sipreg_str_of(config->auth_user)))
        return SIPREG_FAULT("auth_user", "control character or malformed UTF-8");
    if (config->auth_user != NULL || (config->password == NULL && config->ha1 == NULL))
        return ha1_fault(config);
    if (user.n == 0)
        return SIPREG_FAULT("auth_user", "missing, and the aor (or from) has no user part");
    if (memchr(user.p, '%', user.n) != NULL)
        return SIPREG_FAULT("auth_user",
                            "missing, and the user part of the aor (or from) is escaped");
    return ha1_fault(config);
}

static const char *numbers_fault(const struct sipreg_client_config *config)
{
    if (config->expires_max < 0 || config->expires_max > (int64_t)UINT32_MAX)
        return SIPREG_FAULT("expires_max", "out of range");
    if (config->q < 0 || config->q > 1000)
        return SIPREG_FAULT("q", "above 1000 thousandths");
    if (sipreg_config_timers(config).t2 < sipreg_config_timers(config).t1)
        return SIPREG_FAULT("t2", "below t1");
    return NULL;
}

/* The request calls it sent_by. */
static const char *local_fault(const struct sipreg_client_config *config)
{
    struct sipreg_str host, port;

    if (config->local == NULL)
        return SIPREG_FAULT("local", "missing");
    return sipreg_uri_hostport(sipreg_str_of(config->local), &host, &port)
               ? NULL
               : SIPREG_FAULT("local", "not host or host:port (IPv6 goes in brackets)");
}

/* The request's own checks. The AOR stands in for a contact that is to be made of it. */
static const char *request_fault(const struct sipreg_client_config *config)
{
    struct sipreg_request request;
    struct sipreg_contact contact;

    describe(&request, &contact, config, config->local);
    contact.uri = config->contact != NULL ? config->contact : config->aor;
    return sipreg_request_fault(&request);
}

const char *sipreg_config_contacts_fault(const struct sipreg_client_config *config,
                                         const struct sipreg_contact *contacts, size_t count)
{
    struct sipreg_request request;
    struct sipreg_contact contact;

    describe(&request, &contact, config, config->local);
    request.contacts = contacts;
    request.contact_count = count;
    return sipreg_request_fault(&request);
}

static const char *contacts_fault(const struct sipreg_client_config *config)
{
    if (config->contact_count > SIPREG_MAX_CONTACTS)
        return SIPREG_FAULT("contacts", "more than SIPREG_MAX_CONTACTS");
    return sipreg_config_contacts_fault(config, config->contacts, config->contact_count);
}

const char *sipreg_client_fault(const struct sipreg_client_config *config)
{
    const char *fault = io_fault(config);

    if (fault == NULL)
        fault = local_fault(config);
    if (fault == NULL)
        fault = numbers_fault(config);
    if (fault == NULL)
        fault = request_fault(config);
    if (fault == NULL)
        fault = contacts_fault(config);
    if (fault == NULL)
        fault = credentials_fault(config);
    return fault;
}
