/*
 * dns.c - what does the DNS answer, while we do other things? (c-ares)
 *
 * The DNS is asked for names as they are: complete, and always again, since how long an answer may
 * be kept is for struct sipreg_locate to judge. Two kinds of names are no domains, but hosts that a
 * person knows from ping or ssh, and they are not asked for NAPTR and SRV:
 *
 *     in /etc/hosts (localhost)   has the addresses that stand there
 *     without a dot ("pbx")       is looked up along the search list of resolv.conf
 *
 * With --dns there is only that server, for everything: what it does not know does not exist.
 *
 * A server that drops what it does not understand (some home routers do, with NAPTR) must cost
 * little time, and all questions of one lookup, up to six, must end before the client gives up the
 * opening of a flow, after 32 seconds. Hence two tries of 1.5 and 3 seconds.
 */
#define CARES_NO_DEPRECATED /* ares_query() is what all versions have */
#include "dns.h"

#include <sys/select.h> /* ares.h forgets it */

#include <ares.h>

#include <netdb.h>
#include <stdio.h>
#include <string.h>

enum { TIMEOUT_MS = 1500, TRIES = 2, HOSTS_TTL = 60 };

/* c-ares wants this socket watched for that, or for nothing any more. */
static void on_socket(void *user, ares_socket_t fd, int in, int out)
{
    struct dns *dns = user;
    size_t i = 0;

    while (i < dns->socket_count && dns->sockets[i].fd != fd)
        i++;
    if (!in && !out) {
        if (i < dns->socket_count)
            dns->sockets[i] = dns->sockets[--dns->socket_count];
    } else if (i < DNS_SOCKETS) { /* of more no answer is heard: they time out */
        dns->socket_count += i == dns->socket_count;
        dns->sockets[i].fd = fd;
        dns->sockets[i].events = (short)((in ? POLLIN : 0) | (out ? POLLOUT : 0));
    }
}

static bool start(struct dns *dns)
{
    static char lookups[] = "b"; /* the file is read where it is wanted, in hosts_answer() */
    struct ares_options options;
    int error;

    memset(&options, 0, sizeof options);
    options.timeout = TIMEOUT_MS;
    options.tries = TRIES;
    options.lookups = lookups;
    options.sock_state_cb = on_socket;
    options.sock_state_cb_data = dns;
    dns->socket_count = 0;
    error = ares_init_options(&dns->channel, &options,
                              ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_LOOKUPS |
                                  ARES_OPT_SOCK_STATE_CB);
    if (error != ARES_SUCCESS)
        dns->channel = NULL;
    else if (dns->server[0] != '\0')
        error = ares_set_servers_ports_csv(dns->channel, dns->server);
    dns->fault = error == ARES_SUCCESS ? NULL : ares_strerror(error);
    return error == ARES_SUCCESS;
}

bool dns_init(struct dns *dns, const char *server)
{
    struct place place;

    memset(dns, 0, sizeof *dns);
    if (server != NULL && !place_read(&place, server)) {
        fprintf(stderr, "sipreg: --dns: not an IP address, or one with a port: '%s'\n", server);
        return false;
    }
    if (server != NULL && place_port(&place) == 0)
        place_set_port(&place, 53);
    if (server != NULL)
        place_write(dns->server, &place);
    if (ares_library_init(ARES_LIB_INIT_ALL) != ARES_SUCCESS || !start(dns)) {
        fprintf(stderr, "sipreg: DNS: %s\n", dns->fault != NULL ? dns->fault : "c-ares failed");
        return false;
    }
    return true;
}

void dns_free(struct dns *dns)
{
    if (dns->channel == NULL)
        return;
    ares_destroy(dns->channel);
    dns->channel = NULL;
    ares_library_cleanup();
}

void dns_restart(struct dns *dns)
{
    if (dns->channel != NULL)
        ares_destroy(dns->channel);
    dns->done = false;
    start(dns);
}

/* ---- answers ---- */

static void answer(struct dns *dns, int count, const char *fault)
{
    dns->done = true;
    dns->count = count;
    dns->fault = fault;
}

static void on_reply(void *user, int status, int timeouts, unsigned char *bytes, int size)
{
    struct dns *dns = user;

    (void)timeouts;
    switch (status) {
    case ARES_ECANCELLED:
    case ARES_EDESTRUCTION:
        break;
    case ARES_SUCCESS:
        if (reply_read(&dns->reply, dns->type, bytes, size))
            answer(dns, dns->reply.count, NULL);
        else
            answer(dns, SIPREG_SYNTAX, "the reply of the DNS server makes no sense");
        break;
    case ARES_ENOTFOUND:
        dns->no_such_name = true;
        answer(dns, 0, NULL);
        break;
    case ARES_ENODATA:
        answer(dns, 0, NULL);
        break;
    case ARES_ETIMEOUT:
        answer(dns, SIPREG_TIMEOUT, "no DNS server answers");
        break;
    case ARES_ECONNREFUSED: /* or each has answered with an error */
        answer(dns, SIPREG_TRANSPORT, "no DNS server can tell");
        break;
    default:
        answer(dns, SIPREG_TRANSPORT, ares_strerror(status));
    }
}

/* How many addresses of the family there are in /etc/hosts; below zero: the name is not there. */
static int hosts_answer(struct dns *dns, const char *name, enum sipreg_dns_type type)
{
    struct reply *reply = &dns->reply;
    struct hostent *host = NULL;
    int i;

    reply->count = 0;
    if (ares_gethostbyname_file(dns->channel, name, type == SIPREG_DNS_A ? AF_INET : AF_INET6,
                                &host) != ARES_SUCCESS)
        return -1;
    for (i = 0; host->h_addr_list[i] != NULL && i < REPLY_RECORDS; i++) {
        struct sipreg_record *record = &reply->records[reply->count++];

        memset(record, 0, sizeof *record);
        record->type = type;
        record->ttl = HOSTS_TTL;
        memcpy(record->address, host->h_addr_list[i], (size_t)host->h_length);
    }
    ares_free_hostent(host);
    return reply->count;
}

/* Behind "_sip._udp." */
static const char *owner(const struct sipreg_question *question)
{
    const char *name = question->name;

    while (question->type == SIPREG_DNS_SRV && name[0] == '_' && strchr(name, '.') != NULL)
        name = strchr(name, '.') + 1;
    return name;
}

/* Answered without the DNS: from /etc/hosts, or since hosts have neither NAPTR nor SRV. */
static bool answer_for_host(struct dns *dns, const struct sipreg_question *question)
{
    const char *name = owner(question);
    int v4, v6;

    if (dns->server[0] != '\0')
        return false;
    v6 = hosts_answer(dns, name, SIPREG_DNS_AAAA);
    if (question->type == SIPREG_DNS_AAAA && v6 >= 0) {
        answer(dns, v6, NULL);
        return true;
    }
    v4 = hosts_answer(dns, name, SIPREG_DNS_A);
    if (v4 < 0 && v6 < 0 &&
        (strchr(name, '.') != NULL || question->type == SIPREG_DNS_A ||
         question->type == SIPREG_DNS_AAAA))
        return false;
    answer(dns, question->type == SIPREG_DNS_A && v4 > 0 ? v4 : 0, NULL);
    return true;
}

/* ---- questions ---- */

void dns_ask(struct dns *dns, const struct sipreg_question *question)
{
    bool searched = dns->server[0] == '\0' && strchr(question->name, '.') == NULL;

    dns_cancel(dns);
    dns->no_such_name = false;
    dns->type = question->type;
    if (dns->channel == NULL) {
        answer(dns, SIPREG_TRANSPORT, dns->fault);
        return;
    }
    if (answer_for_host(dns, question))
        return;
    if (searched)
        ares_search(dns->channel, question->name, 1, (int)question->type, on_reply, dns);
    else
        ares_query(dns->channel, question->name, 1, (int)question->type, on_reply, dns);
}

void dns_cancel(struct dns *dns)
{
    if (dns->channel != NULL)
        ares_cancel(dns->channel);
    dns->done = false;
}

/* ---- waiting ---- */

size_t dns_polled(const struct dns *dns, struct pollfd *polled, uint32_t *wait)
{
    struct timeval time, *soonest;
    uint32_t ms;

    if (dns->channel == NULL)
        return 0;
    soonest = ares_timeout(dns->channel, NULL, &time);
    if (soonest != NULL) {
        ms = (uint32_t)(soonest->tv_sec * 1000 + (soonest->tv_usec + 999) / 1000);
        *wait = ms < *wait ? ms : *wait;
    }
    memcpy(polled, dns->sockets, dns->socket_count * sizeof *polled);
    return dns->socket_count;
}

void dns_go_on(struct dns *dns, const struct pollfd *polled, size_t count)
{
    size_t i;

    if (dns->channel == NULL)
        return;
    for (i = 0; i < count; i++) {
        short ready = polled[i].revents;

        if (ready != 0)
            ares_process_fd(dns->channel,
                            ready & (POLLIN | POLLERR | POLLHUP) ? polled[i].fd : ARES_SOCKET_BAD,
                            ready & POLLOUT ? polled[i].fd : ARES_SOCKET_BAD);
    }
    ares_process_fd(dns->channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
}
