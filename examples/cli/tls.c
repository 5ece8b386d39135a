/*
 * tls.c - is it the right server that we talk to, and does nobody listen?
 *
 * mbedTLS checks the chain of certificates. The name we check ourselves, in its verify callback,
 * for two reasons: SIP has rules of its own (RFC 5922 7.1, 7.2: a sip URI among the alternative
 * names comes before DNS names, and wildcards do not count), and mbedTLS 2.28 cannot compare IP
 * addresses.
 *
 * mbedTLS 2.28 and 3.x are served; they differ in three places, which are marked.
 */
#include "tls.h"

#include "system.h"

#include <mbedtls/error.h>
#include <mbedtls/net_sockets.h>
#include <mbedtls/oid.h>
#include <mbedtls/version.h>
#if MBEDTLS_VERSION_NUMBER >= 0x03000000
#include <psa/crypto.h>
#endif

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

/* The system's certificates: Debian, Fedora, SUSE, Alpine and the BSDs. */
static const char *const bundles[] = {"/etc/ssl/certs/ca-certificates.crt",
                                      "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/ca-bundle.pem",
                                      "/etc/ssl/cert.pem"};

static int fail(struct tls *tls, const char *what, int error)
{
    char reason[128] = "";

    mbedtls_strerror(error, reason, sizeof reason);
    snprintf(tls->fault, sizeof tls->fault, "%s: %s", what, reason);
    return TLS_FAILED;
}

/* RFC 5922 7.1: the host of a sip URI without a user part. A NUL is no end: it stays in the name,
   which then is nobody's. */
static bool uri_domain(const mbedtls_x509_buf *uri, const char **domain, size_t *n)
{
    const char *p = (const char *)uri->p;

    if (uri->len < 4 || strncasecmp(p, "sip:", 4) != 0 || memchr(p, '@', uri->len) != NULL)
        return false;
    *domain = p + 4;
    for (*n = 0; *n < uri->len - 4 && memchr(":;?", (*domain)[*n], 3) == NULL; ++*n)
        continue;
    return true;
}

/* RFC 5922 7.2: the whole name, without case; "*" is a name like any other. */
static bool same_name(const struct tls *tls, const void *p, size_t n)
{
    return n == strlen(tls->name) && strncasecmp(tls->name, p, n) == 0;
}

static bool common_name(const struct tls *tls, const mbedtls_x509_crt *certificate)
{
    const mbedtls_x509_name *part = &certificate->subject;

    for (; part != NULL; part = part->next) {
        if (MBEDTLS_OID_CMP(MBEDTLS_OID_AT_CN, &part->oid) == 0 &&
            same_name(tls, part->val.p, part->val.len))
            return true;
    }
    return false;
}

/* 7.1: URIs, and where there are none DNS names, and where there is no alternative name at all the
   common name. An address stands in an entry of its own kind (RFC 5280 4.2.1.6). */
static bool names_host(const struct tls *tls, const mbedtls_x509_crt *certificate)
{
    const mbedtls_x509_sequence *entry = &certificate->subject_alt_names;
    bool uris = false, by_uri = false, by_dns = false, by_address = false;
    const char *domain;
    size_t n;

    if (entry->buf.p == NULL)
        return tls->address_size == 0 && common_name(tls, certificate);
    for (; entry != NULL; entry = entry->next) {
        int kind = entry->buf.tag & MBEDTLS_ASN1_TAG_VALUE_MASK;

        if (kind == MBEDTLS_X509_SAN_UNIFORM_RESOURCE_IDENTIFIER &&
            uri_domain(&entry->buf, &domain, &n)) {
            uris = true;
            by_uri = by_uri || same_name(tls, domain, n);
        } else if (kind == MBEDTLS_X509_SAN_DNS_NAME) {
            by_dns = by_dns || same_name(tls, entry->buf.p, entry->buf.len);
        } else if (kind == MBEDTLS_X509_SAN_IP_ADDRESS && entry->buf.len == tls->address_size) {
            by_address = by_address || memcmp(entry->buf.p, tls->address, tls->address_size) == 0;
        }
    }
    if (tls->address_size > 0)
        return by_address;
    return uris ? by_uri : by_dns;
}

static int verify(void *user, mbedtls_x509_crt *certificate, int depth, uint32_t *flags)
{
    struct tls *tls = user;

    if (depth == 0) {
        *flags &= ~(uint32_t)MBEDTLS_X509_BADCERT_CN_MISMATCH;
        if (!names_host(tls, certificate))
            *flags |= MBEDTLS_X509_BADCERT_CN_MISMATCH;
    }
    tls->flags |= *flags;
    return 0;
}

static int bio_send(void *user, const unsigned char *bytes, size_t n)
{
    const struct tls *tls = user;
    ssize_t sent = send(tls->fd, bytes, n, MSG_NOSIGNAL);

    if (sent < 0)
        return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR
                   ? MBEDTLS_ERR_SSL_WANT_WRITE
                   : MBEDTLS_ERR_NET_SEND_FAILED;
    return (int)sent;
}

static int bio_recv(void *user, unsigned char *out, size_t size)
{
    const struct tls *tls = user;
    ssize_t got = recv(tls->fd, out, size, 0);

    if (got < 0)
        return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR
                   ? MBEDTLS_ERR_SSL_WANT_READ
                   : MBEDTLS_ERR_NET_CONN_RESET;
    return (int)got;
}

static int rng(void *user, unsigned char *out, size_t n)
{
    (void)user;
    return random_octets(out, n);
}

static bool trust(struct tls *tls)
{
    const char *ca = tls->ca;
    size_t i;
    int error = MBEDTLS_ERR_X509_FILE_IO_ERROR;

    if (ca != NULL) {
        if (access(ca, R_OK) != 0) {
            snprintf(tls->fault, sizeof tls->fault, "--ca: %s: %s", ca, strerror(errno));
            return false;
        }
        error = mbedtls_x509_crt_parse_file(&tls->trusted, ca);
        if (error < 0 || tls->trusted.raw.p == NULL) {
            snprintf(tls->fault, sizeof tls->fault, "--ca: %s: no certificate in PEM or DER", ca);
            return false;
        }
        return true;
    }
    for (i = 0; i < sizeof bundles / sizeof *bundles && tls->trusted.raw.p == NULL; i++)
        error = mbedtls_x509_crt_parse_file(&tls->trusted, bundles[i]);
    if (tls->trusted.raw.p == NULL)
        fail(tls, "no certificates to trust on this system (give --ca FILE)", error);
    return tls->trusted.raw.p != NULL;
}

static void take_name(struct tls *tls, const char *name)
{
    tls->name = name;
    tls->address_size = 0;
    if (inet_pton(AF_INET, tls->name, tls->address) == 1)
        tls->address_size = 4;
    else if (inet_pton(AF_INET6, tls->name, tls->address) == 1)
        tls->address_size = 16;
}

static int configure(struct tls *tls)
{
    int error =
        mbedtls_ssl_config_defaults(&tls->config, MBEDTLS_SSL_IS_CLIENT,
                                    MBEDTLS_SSL_TRANSPORT_STREAM, MBEDTLS_SSL_PRESET_DEFAULT);

    if (error != 0)
        return error;
#if MBEDTLS_VERSION_NUMBER < 0x03000000 /* from 3.0 on, 1.2 is the lowest there is */
    mbedtls_ssl_conf_min_version(&tls->config, MBEDTLS_SSL_MAJOR_VERSION_3,
                                 MBEDTLS_SSL_MINOR_VERSION_3);
#endif
    mbedtls_ssl_conf_rng(&tls->config, rng, NULL);
    mbedtls_ssl_conf_ca_chain(&tls->config, &tls->trusted, NULL);
    mbedtls_ssl_conf_verify(&tls->config, verify, tls);
    mbedtls_ssl_conf_authmode(&tls->config, tls->insecure ? MBEDTLS_SSL_VERIFY_NONE
                                                          : MBEDTLS_SSL_VERIFY_REQUIRED);
    return mbedtls_ssl_setup(&tls->ssl, &tls->config);
}

void tls_init(struct tls *tls, const char *ca, bool insecure)
{
    memset(tls, 0, sizeof *tls);
    tls->ca = ca;
    tls->insecure = insecure;
    mbedtls_ssl_config_init(&tls->config);
    mbedtls_ssl_init(&tls->ssl);
    mbedtls_x509_crt_init(&tls->trusted);
}

bool tls_set_up(struct tls *tls)
{
    int error;

    if (tls->ready)
        return true;
#if MBEDTLS_VERSION_NUMBER >= 0x03000000 /* TLS 1.3 computes with PSA */
    if (psa_crypto_init() != PSA_SUCCESS) {
        snprintf(tls->fault, sizeof tls->fault, "TLS: psa_crypto_init failed");
        return false;
    }
#endif
    if (!tls->insecure && tls->trusted.raw.p == NULL && !trust(tls))
        return false;
    error = configure(tls);
    if (error != 0)
        fail(tls, "TLS", error);
    tls->ready = error == 0;
    return tls->ready;
}

void tls_free(struct tls *tls)
{
    mbedtls_ssl_free(&tls->ssl);
    mbedtls_ssl_config_free(&tls->config);
    mbedtls_x509_crt_free(&tls->trusted);
}

bool tls_open(struct tls *tls, int fd, const char *name)
{
    int error;

    if (!tls_set_up(tls))
        return false;
    take_name(tls, name);
    error = mbedtls_ssl_session_reset(&tls->ssl);
    if (error == 0) /* RFC 6066 3: no address in the server name indication */
        error = mbedtls_ssl_set_hostname(&tls->ssl, tls->address_size > 0 ? NULL : tls->name);
    tls->fd = fd;
    tls->pending = 0;
    tls->flags = 0;
    tls->distrusted = false;
    mbedtls_ssl_set_bio(&tls->ssl, tls, bio_send, bio_recv, NULL);
    if (error != 0)
        fail(tls, "TLS", error);
    return error == 0;
}

void tls_close(struct tls *tls)
{
    mbedtls_ssl_close_notify(&tls->ssl);
}

/* mbedTLS gives one reason a line. */
static void explain_distrust(struct tls *tls)
{
    uint32_t others = tls->flags & ~(uint32_t)MBEDTLS_X509_BADCERT_CN_MISMATCH;
    char reasons[256] = "";
    char *p;

    if (others != 0)
        mbedtls_x509_crt_verify_info(reasons, sizeof reasons, "", others);
    for (p = reasons; (p = strchr(p, '\n')) != NULL; p++)
        *p = p[1] == '\0' ? '\0' : ';';
    snprintf(tls->fault, sizeof tls->fault, "the certificate of %s is not trusted: %s%s%s%s%s",
             tls->name, reasons, others != 0 && others != tls->flags ? "; " : "",
             others != tls->flags ? "it is not for " : "", others != tls->flags ? tls->name : "",
             others != 0 ? " (--ca FILE names a CA that you trust)" : "");
    tls->distrusted = true;
}

static int result(struct tls *tls, const char *what, int n)
{
    if (n == MBEDTLS_ERR_SSL_WANT_READ)
        return TLS_WANT_READ;
    if (n == MBEDTLS_ERR_SSL_WANT_WRITE)
        return TLS_WANT_WRITE;
    if (n == 0 || n == MBEDTLS_ERR_SSL_PEER_CLOSE_NOTIFY || n == MBEDTLS_ERR_SSL_CONN_EOF) {
        snprintf(tls->fault, sizeof tls->fault, "the server closed the connection");
        return TLS_CLOSED;
    }
    return n < 0 ? fail(tls, what, n) : n;
}

int tls_handshake(struct tls *tls)
{
    int n = mbedtls_ssl_handshake(&tls->ssl);

    if (n == 0)
        return 0;
    if (tls->flags != 0) {
        explain_distrust(tls);
        return TLS_FAILED;
    }
    return result(tls, "TLS handshake", n);
}

int tls_read(struct tls *tls, void *out, size_t size)
{
    int n = mbedtls_ssl_read(&tls->ssl, out, size);

#ifdef MBEDTLS_ERR_SSL_RECEIVED_NEW_SESSION_TICKET /* 3.x: no error, and not for us */
    while (n == MBEDTLS_ERR_SSL_RECEIVED_NEW_SESSION_TICKET)
        n = mbedtls_ssl_read(&tls->ssl, out, size);
#endif
    return result(tls, "TLS", n);
}

/* A write that could not be finished must be repeated with the same octets, and no more of them. */
int tls_write(struct tls *tls, const void *bytes, size_t n)
{
    int written;

    if (tls->pending > 0)
        n = tls->pending;
    written = mbedtls_ssl_write(&tls->ssl, bytes, n);
    tls->pending =
        written == MBEDTLS_ERR_SSL_WANT_WRITE || written == MBEDTLS_ERR_SSL_WANT_READ ? n : 0;
    return result(tls, "TLS", written);
}

size_t tls_buffered(const struct tls *tls)
{
    return mbedtls_ssl_get_bytes_avail(&tls->ssl);
}
