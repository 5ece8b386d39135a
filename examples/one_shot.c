/*
 * one_shot.c - registers once over UDP, one message at a time, without a client.
 *
 *   one_shot 127.0.0.1 5060      registers sip:alice@example.com with the password "secret" there
 */
#include <sipreg/sipreg.h>

#include <arpa/inet.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

static int my_random(void *user, void *out, size_t n)
{
    FILE *file = fopen("/dev/urandom", "rb");
    size_t got = file == NULL ? 0 : fread(out, 1, n, file);

    (void)user;
    if (file != NULL)
        fclose(file);
    return got == n ? 0 : -1;
}

/* A socket that only talks to the server, and the address that it sends from. */
static int my_socket(const char *address, const char *port, char *local, size_t size)
{
    struct sockaddr_in server = {.sin_family = AF_INET}, own;
    socklen_t length = sizeof own;
    char text[INET_ADDRSTRLEN];
    int fd = socket(AF_INET, SOCK_DGRAM, 0);

    server.sin_port = htons((uint16_t)atoi(port));
    if (fd < 0 || inet_pton(AF_INET, address, &server.sin_addr) != 1 ||
        connect(fd, (struct sockaddr *)&server, sizeof server) < 0 ||
        getsockname(fd, (struct sockaddr *)&own, &length) < 0)
        return -1;
    inet_ntop(AF_INET, &own.sin_addr, text, sizeof text);
    snprintf(local, size, "%s:%d", text, ntohs(own.sin_port));
    return fd;
}

/* Sends the request, again and again as RFC 3261 17.1.2 wants it, until its final answer is in. */
static int my_exchange(int fd, const struct sipreg_request *reg, struct sipreg_response *res,
                       char *in, size_t size)
{
    char out[1200];
    int n = sipreg_request_write(reg, out, sizeof out);
    int waited = 0, interval = 500;

    if (n < 0)
        return n;
    while (waited < 32000) {
        struct pollfd readable = {.fd = fd, .events = POLLIN};
        if (send(fd, out, (size_t)n, 0) < 0)
            return SIPREG_TRANSPORT;
        while (poll(&readable, 1, interval) > 0) {
            ssize_t got = recv(fd, in, size, 0);
            if (got < 0)
                return SIPREG_TRANSPORT;
            if (sipreg_response_parse(res, in, (size_t)got) >= 0 && res->cseq == reg->cseq &&
                res->status >= 200)
                return SIPREG_OK;
        }
        waited += interval;
        interval = interval < 2000 ? 2 * interval : 4000;
    }
    return SIPREG_TIMEOUT;
}

int main(int argc, char **argv)
{
    char in[4096], local[32];
    struct sipreg_request reg = {
        .registrar = "sip:example.com",
        .aor = "sip:alice@example.com",
        .sent_by = local,
        .expires = 3600,
    };
    const struct sipreg_credentials alice = {.user = "alice", .password = "secret"};
    struct sipreg_response res;
    struct sipreg_challenge challenge;
    struct sipreg_answer answer;
    char contact[64];
    int fd = argc == 3 ? my_socket(argv[1], argv[2], local, sizeof local) : -1, result;

    if (fd < 0) {
        fprintf(stderr, "usage: one_shot ADDRESS PORT\n");
        return 2;
    }
    snprintf(contact, sizeof contact, "sip:alice@%s", local);
    reg.contact = contact;

    sipreg_request_renew(&reg, my_random, NULL); /* Call-ID, tag, CSeq 1, branch z9hG4bK... */
    result = my_exchange(fd, &reg, &res, in, sizeof in);
    if (result == SIPREG_OK && sipreg_challenge_read(&challenge, &res) == SIPREG_OK) {
        sipreg_challenge_answer(&answer, &challenge, &alice, &reg, my_random, NULL);
        reg.answer = &answer;
        sipreg_request_renew(&reg, my_random, NULL); /* CSeq 2, a new branch */
        result = my_exchange(fd, &reg, &res, in, sizeof in);
    }
    close(fd);
    if (result != SIPREG_OK) {
        fprintf(stderr, "one_shot: %s\n", sipreg_strerror(result));
        return 1;
    }
    printf("%d %.*s\n", res.status, (int)res.reason.n, res.reason.p);
    return res.status / 100 == 2 ? 0 : 1;
}
