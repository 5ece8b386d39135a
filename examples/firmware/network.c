/*
 * network.c - how does a phone with lwIP get to its server? Address by DHCP, server by DNS,
 * datagrams.
 *
 * lwIP wants to be called at intervals: every half second for DHCP, every second for ARP and DNS. A
 * phone that sleeps for a minute does without: when it is busy with any of them it wakes up for
 * that, else it makes up for all calls that were missed once it is awake, before anything else
 * happens.
 */
#include "network.h"

#include "board.h"
#include "host.h"
#include "nic.h"

#include "lwip/dhcp.h"
#include "lwip/dns.h"
#include "lwip/etharp.h"
#include "lwip/init.h"
#include "lwip/udp.h"

#include <string.h>

enum { SIP_PORT = 5060 };
enum { ARP_TIME = 5000 }; /* for so long lwIP asks for an address, ms */

static const struct network_user *user;
static struct netif netif;
static struct udp_pcb *pcb;
static char local[sizeof "255.255.255.255:65535"];

static const char *wanted; /* the name of the server whose address is looked for, or NULL */
static uint16_t wanted_port;
static bool resolving; /* that name, by the DNS */

/* ---------------------------------------------------------------- what is due */

static const struct {
    void (*tick)(void);
    uint32_t every; /* ms */
} ticks[] = {{dhcp_fine_tmr, DHCP_FINE_TIMER_MSECS},
             {etharp_tmr, ARP_TMR_INTERVAL},
             {dns_tmr, DNS_TMR_INTERVAL},
             {dhcp_coarse_tmr, DHCP_COARSE_TIMER_MSECS}};

enum { TICKS = sizeof ticks / sizeof ticks[0], COARSE = TICKS - 1 };

static uint32_t tick_at[TICKS];
static uint32_t sent_at; /* the last datagram */

static bool is_due(uint32_t at, uint32_t now)
{
    return (int32_t)(now - at) >= 0;
}

static void tick(uint32_t now)
{
    for (size_t i = 0; i < TICKS; i++) {
        for (; is_due(tick_at[i], now); tick_at[i] += ticks[i].every)
            ticks[i].tick();
    }
}

/* Does ARP know where to send what is for the server? */
static bool knows_way(void)
{
    const ip4_addr_t *server = ip_2_ip4(&pcb->remote_ip), *address;
    struct eth_addr *mac;

    if (!ip4_addr_netcmp(server, netif_ip4_addr(&netif), netif_ip4_netmask(&netif)))
        server = netif_ip4_gw(&netif);
    return etharp_find_addr(&netif, server, &mac, &address) >= 0;
}

/* Is lwIP waiting for an answer, from DHCP, DNS or ARP? */
static bool is_busy(uint32_t now)
{
    return !dhcp_supplied_address(&netif) || netif_dhcp_data(&netif)->request_timeout > 0 ||
           resolving || (now - sent_at < ARP_TIME && !knows_way());
}

uint32_t network_wait(void)
{
    uint32_t now = board_clock(), wait = tick_at[COARSE] - now;

    for (size_t i = 0; i < COARSE && is_busy(now); i++) {
        if (tick_at[i] - now < wait)
            wait = tick_at[i] - now;
    }
    return wait <= DHCP_COARSE_TIMER_MSECS ? wait : 0;
}

void network_poll(void)
{
    tick(board_clock());
    nic_poll(&netif);
}

uint32_t network_random(void)
{
    uint32_t number = 0;

    host_random(&number, sizeof number);
    return number;
}

/* ---------------------------------------------------------------- our address */

/* Appends a number with this in front of it. */
static char *print(char *at, const char *before, unsigned number)
{
    char digits[5];
    size_t n = 0;

    while (*before != '\0')
        *at++ = *before++;
    do {
        digits[n++] = (char)('0' + number % 10);
        number /= 10;
    } while (number > 0);
    while (n > 0)
        *at++ = digits[--n];
    *at = '\0';
    return at;
}

static void write_local(void)
{
    const ip4_addr_t *address = netif_ip4_addr(&netif);
    char *at = local;

    at = print(at, "", ip4_addr1(address));
    at = print(at, ".", ip4_addr2(address));
    at = print(at, ".", ip4_addr3(address));
    at = print(at, ".", ip4_addr4(address));
    print(at, ":", SIP_PORT);
}

static void resolve(void);

/* lwIP: our address has changed, or is gone. */
static void changed(struct netif *changed_one)
{
    if (ip4_addr_isany(netif_ip4_addr(changed_one)))
        return;
    write_local();
    if (wanted != NULL && !resolving)
        resolve();
    else
        user->moved(local);
}

/* ---------------------------------------------------------------- the server */

static void opened(const ip_addr_t *address)
{
    bool good = address != NULL && udp_connect(pcb, address, wanted_port) == ERR_OK;

    wanted = NULL;
    resolving = false;
    user->opened(good ? local : NULL);
}

static void found(const char *name, const ip_addr_t *address, void *argument)
{
    (void)argument;
    if (resolving && wanted != NULL && strcmp(name, wanted) == 0)
        opened(address);
}

/* DHCP names DNS servers; the settings can name another. */
static void use_own_dns(void)
{
    ip_addr_t address;

    if (ipaddr_aton(host_setting("dns"), &address))
        dns_setserver(0, &address);
}

uint16_t network_dns_port(void)
{
    return (uint16_t)host_setting_number("dnsport", 53);
}

static void resolve(void)
{
    ip_addr_t address;
    err_t result;

    resolving = true;
    use_own_dns();
    result = dns_gethostbyname(wanted, &address, found, NULL);
    if (result != ERR_INPROGRESS)
        opened(result == ERR_OK ? &address : NULL);
}

void network_open(const char *host, uint16_t port)
{
    wanted = host;
    wanted_port = port;
    resolving = false;
    if (dhcp_supplied_address(&netif)) /* else it goes on once we have an address */
        resolve();
}

void network_close(void)
{
    wanted = NULL;
    resolving = false;
    udp_disconnect(pcb);
}

/* ---------------------------------------------------------------- datagrams */

static void received(void *argument, struct udp_pcb *to, struct pbuf *p, const ip_addr_t *address,
                     u16_t port)
{
    (void)argument, (void)to, (void)address, (void)port;
    user->received(p->payload, p->len); /* in one piece, as lwipopts.h says */
    pbuf_free(p);
}

int network_send(const void *bytes, size_t n)
{
    struct pbuf *p = pbuf_alloc(PBUF_TRANSPORT, (u16_t)n, PBUF_REF);
    err_t result = ERR_MEM;

    if (p != NULL) {
        p->payload = (void *)(uintptr_t)bytes; /* lwIP only reads it, and copies what has to wait */
        result = udp_send(pcb, p);
        pbuf_free(p);
    }
    sent_at = board_clock();
    return result == ERR_OK ? 0 : -1;
}

/* ---------------------------------------------------------------- start */

void network_start(const struct network_user *whose)
{
    user = whose;
    lwip_init();
    for (size_t i = 0; i < TICKS; i++)
        tick_at[i] = board_clock() + ticks[i].every;
    netif_add_noaddr(&netif, NULL, nic_init, netif_input);
    netif_set_default(&netif);
    netif_set_status_callback(&netif, changed);
    pcb = udp_new();
    udp_bind(pcb, IP_ANY_TYPE, SIP_PORT);
    udp_recv(pcb, received, NULL);
    netif_set_up(&netif);
    dhcp_start(&netif);
}
