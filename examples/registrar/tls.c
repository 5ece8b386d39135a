/*
 * tls.c: how do bytes pass through TLS? A thin cover over mbedTLS, for sockets that do not block.
 *
 * The server shows its certificate and asks the client for none. For 2.28 and 3.x alike; what they
 * spell differently is kept in load_key() and tls_open().
 */
#include "tls.h"

#include <mbedtls/pk.h>
#include <mbedtls/ssl.h>
#include <mbedtls/version.h>
#include <mbedtls/x509_crt.h>
#if MBEDTLS_VERSION_NUMBER >= 0x03000000 && defined(MBEDTLS_PSA_CRYPTO_C)
#include <psa/crypto.h>
#endif

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/types.h>

struct tls {
    mbedtls_ssl_config config;
    mbedtls_x509_crt cert;
    mbedtls_pk_context key;
};

struct tls_session {
    mbedtls_ssl_context ssl;
    int fd;
    bool wants_to_write;
};

static int load_key(struct tls *tls, const char *key, struct random *random)
{
#if MBEDTLS_VERSION_NUMBER >= 0x03000000
    return mbedtls_pk_parse_keyfile(&tls->key, key, NULL, mbedtls_ctr_drbg_random, &random->drbg);
#else
    (void)random;
    return mbedtls_pk_parse_keyfile(&tls->key, key, NULL);
#endif
}

static int configure(struct tls *tls, struct random *random)
{
    int result =
        mbedtls_ssl_config_defaults(&tls->config, MBEDTLS_SSL_IS_SERVER,
                                    MBEDTLS_SSL_TRANSPORT_STREAM, MBEDTLS_SSL_PRESET_DEFAULT);

    mbedtls_ssl_conf_rng(&tls->config, mbedtls_ctr_drbg_random, &random->drbg);
    mbedtls_ssl_conf_authmode(&tls->config, MBEDTLS_SSL_VERIFY_NONE);
    return result != 0 ? result : mbedtls_ssl_conf_own_cert(&tls->config, &tls->cert, &tls->key);
}

static struct tls *fail(struct tls *tls, struct out *why, const char *what, const char *name,
                        int result)
{
    if (result == MBEDTLS_ERR_PK_FILE_IO_ERROR)
        out_format(why, "cannot read %s %s: %s", what, name, strerror(errno));
    else
        out_format(why, "cannot use %s %s (mbedTLS error -0x%04x)", what, name, (unsigned)-result);
    tls_close(tls);
    return NULL;
}

struct tls *tls_open(const char *cert, const char *key, struct random *random, struct out *why)
{
    struct tls *tls = calloc(1, sizeof *tls);
    int result;

    if (tls == NULL)
        return NULL;
    mbedtls_ssl_config_init(&tls->config);
    mbedtls_x509_crt_init(&tls->cert);
    mbedtls_pk_init(&tls->key);
#if MBEDTLS_VERSION_NUMBER >= 0x03000000 && defined(MBEDTLS_PSA_CRYPTO_C)
    if (psa_crypto_init() != PSA_SUCCESS)
        return fail(tls, why, "PSA", "crypto", 0);
#endif
    if ((result = mbedtls_x509_crt_parse_file(&tls->cert, cert)) != 0)
        return fail(tls, why, "certificate", cert, result);
    if ((result = load_key(tls, key, random)) != 0)
        return fail(tls, why, "key", key, result);
    if ((result = configure(tls, random)) != 0)
        return fail(tls, why, "certificate", cert, result);
    return tls;
}

void tls_close(struct tls *tls)
{
    if (tls == NULL)
        return;
    mbedtls_ssl_config_free(&tls->config);
    mbedtls_x509_crt_free(&tls->cert);
    mbedtls_pk_free(&tls->key);
    free(tls);
}

static bool would_block(void)
{
    return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
}

static int send_encrypted(void *context, const unsigned char *bytes, size_t n)
{
    const struct tls_session *session = context;
    ssize_t sent = send(session->fd, bytes, n, MSG_NOSIGNAL);

    if (sent >= 0)
        return (int)sent;
    return would_block() ? MBEDTLS_ERR_SSL_WANT_WRITE : MBEDTLS_ERR_SSL_INTERNAL_ERROR;
}

static int receive_encrypted(void *context, unsigned char *bytes, size_t n)
{
    const struct tls_session *session = context;
    ssize_t got = recv(session->fd, bytes, n, 0);

    if (got >= 0)
        return (int)got;
    return would_block() ? MBEDTLS_ERR_SSL_WANT_READ : MBEDTLS_ERR_SSL_INTERNAL_ERROR;
}

struct tls_session *tls_session_open(struct tls *tls, int fd)
{
    struct tls_session *session = calloc(1, sizeof *session);

    if (session == NULL)
        return NULL;
    session->fd = fd;
    mbedtls_ssl_init(&session->ssl);
    if (mbedtls_ssl_setup(&session->ssl, &tls->config) != 0) {
        tls_session_close(session);
        return NULL;
    }
    mbedtls_ssl_set_bio(&session->ssl, session, send_encrypted, receive_encrypted, NULL);
    return session;
}

void tls_session_close(struct tls_session *session)
{
    mbedtls_ssl_close_notify(&session->ssl);
    mbedtls_ssl_free(&session->ssl);
    free(session);
}

int tls_read(struct tls_session *session, char *bytes, size_t n)
{
    int got = mbedtls_ssl_read(&session->ssl, (unsigned char *)bytes, n);

    session->wants_to_write = got == MBEDTLS_ERR_SSL_WANT_WRITE;
    if (got == MBEDTLS_ERR_SSL_WANT_READ || got == MBEDTLS_ERR_SSL_WANT_WRITE)
        return 0;
    return got != 0 ? got : MBEDTLS_ERR_SSL_PEER_CLOSE_NOTIFY;
}

int tls_write(struct tls_session *session, const char *bytes, size_t n)
{
    int sent = mbedtls_ssl_write(&session->ssl, (const unsigned char *)bytes, n);

    if (sent == MBEDTLS_ERR_SSL_WANT_READ || sent == MBEDTLS_ERR_SSL_WANT_WRITE)
        return 0;
    return sent;
}

bool tls_ended_well(int result)
{
    return result == MBEDTLS_ERR_SSL_PEER_CLOSE_NOTIFY || result == MBEDTLS_ERR_SSL_CONN_EOF;
}

bool tls_wants_to_write(const struct tls_session *session)
{
    return session->wants_to_write;
}
