/*
 * settings.c - what the letters of a fuzz script say of the config.
 */
#include "settings.h"

static const struct sipreg_body body = {"application/cpl+xml", "script;action=store", "<cpl/>", 6};
static const char *const routes[] = {"sip:edge.example.com;lr", "sip:192.0.2.1;lr"};
static const struct sipreg_header headers[] = {{"X-Mine", "yes"}, {"Accept", "text/plain"}};
const struct sipreg_contact settings_contacts[2] = {
    {"sip:desk@192.0.2.99", 0, 0, NULL}, {"sip:other@192.0.2.98:5070", 120, 300, ";x=y"}};

static void configure_flow(struct watch *w, char letter)
{
    struct sipreg_client_config *c = &w->config;

    switch (letter) {
    case 'T':
        c->transport = SIPREG_TCP;
        break;
    case 'L':
        c->transport = SIPREG_TLS;
        break;
    case 'p':
        c->transport = SIPREG_TLS;
        c->aor = "sips:alice@example.com";
        break;
    case 'W':
        c->transport = SIPREG_WSS;
        break;
    case 'o': /* the program has flows of its own */
        w->io.open = NULL;
        w->io.close = NULL;
        break;
    case 'k':
        c->keepalive = &sipreg_keepalive;
        break;
    case 'K':
        c->keepalive = &sipreg_keepalive;
        c->ping = SIPREG_PING_ANSWERED;
        break;
    case 'O':
        c->instance = "urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6";
        c->reg_id = 1;
        break;
    case 'i':
        c->instance = "urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6";
        break;
    case 'f':
        c->follow_redirects = true;
        break;
    case 'w':
        c->rewrite_contact = true;
        break;
    case 'd':
        c->datagram_max = 500;
        break;
    case '6':
        c->local = "[2001:db8::1]:5060";
        break;
    default:
        break;
    }
}

static void configure_auth(struct watch *w, char letter)
{
    struct sipreg_client_config *c = &w->config;

    switch (letter) {
    case 'c':
        w->io.credentials = NULL;
        break;
    case 'h':
        c->password = NULL;
        c->ha1 = WATCH_HA1;
        c->ha1_algorithm = SIPREG_MD5;
        break;
    case 'r':
        c->realm = "example.com";
        break;
    case 'M':
        c->policy.refuse = SIPREG_MD5 | SIPREG_MD5_SESS;
        break;
    case 'Q':
        c->policy.require_qop = true;
        break;
    case 'I':
        c->prefer_auth_int = true;
        break;
    case 'R':
        c->require_rspauth = true;
        break;
    default:
        break;
    }
}

static void configure_request(struct watch *w, char letter)
{
    struct sipreg_client_config *c = &w->config;

    switch (letter) {
    case 'E':
        c->expires = 60;
        break;
    case 'N':
        c->expires = SIPREG_EXPIRES_NONE;
        break;
    case 'x':
        c->expires_max = 100;
        break;
    case 'l':
        c->require_listed = true;
        break;
    case 's':
        c->routes = routes;
        c->route_count = 2;
        break;
    case 'C':
        c->compact = true;
        break;
    case 'q':
        c->require = "pref, gin";
        c->supported = "path, gruu";
        break;
    case 'b':
        c->body = &body;
        break;
    case 'H':
        c->headers = headers;
        c->header_count = 2;
        break;
    case '2':
        c->contacts = settings_contacts;
        c->contact_count = 2;
        break;
    case 'a':
        c->contact = "sip:alice@phone.example.com;x=y";
        c->contact_params = ";+sip.src";
        break;
    default:
        break;
    }
}

static void configure_time(struct watch *w, char letter)
{
    struct sipreg_client_config *c = &w->config;

    switch (letter) {
    case 'z':
        c->coarse = 60000;
        break;
    case 'y':
        c->retry_base = 1;
        c->retry_max = 10;
        break;
    case 'Z':
        c->refused_retry = 60;
        break;
    case '1':
        c->t1 = 100;
        break;
    case '0': /* the clock is near its end */
        w->tick = UINT32_MAX - 20000;
        break;
    default:
        break;
    }
}

void settings_apply(struct watch *w, char letter)
{
    configure_flow(w, letter);
    configure_auth(w, letter);
    configure_request(w, letter);
    configure_time(w, letter);
}
