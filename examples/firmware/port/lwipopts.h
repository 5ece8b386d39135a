/*
 * lwipopts.h - how much of lwIP does a phone that registers need? UDP over IPv4, ARP, DHCP, DNS.
 *
 * No operating system, no heap of the C library, no threads. lwIP's own timers are left out: they
 * would wake the phone twice a second, see network.c.
 */
#ifndef FIRMWARE_LWIPOPTS_H
#define FIRMWARE_LWIPOPTS_H

#define NO_SYS               1
#define SYS_LIGHTWEIGHT_PROT 0
#define LWIP_TIMERS          0
#define LWIP_NETCONN         0
#define LWIP_SOCKET          0
#define LWIP_STATS           0
#define LWIP_NOASSERT        1

#define LWIP_IPV4                     1
#define LWIP_ARP                      1
#define LWIP_ICMP                     1 /* answers pings */
#define LWIP_UDP                      1
#define LWIP_DHCP                     1
#define LWIP_DHCP_PROVIDE_DNS_SERVERS 1
#define LWIP_DNS                      1
#define LWIP_TCP                      0
#define LWIP_RAW                      0
#define IP_FRAG                       0 /* no request is longer than a frame */
#define IP_REASSEMBLY                 0 /* nor an answer that we want */
#define DHCP_DOES_ARP_CHECK           0
#define LWIP_DHCP_DOES_ACD_CHECK      0 /* the same from lwIP 2.2 on */
#define LWIP_NETIF_STATUS_CALLBACK    1

/* A received frame lies in one piece, so that the library can read messages where they are. */
#define PBUF_POOL_SIZE      3
#define PBUF_POOL_BUFSIZE   1536
#define MEM_ALIGNMENT       4
#define MEM_SIZE            2048 /* what is sent: headers, and what waits for ARP */
#define MEMP_NUM_PBUF       4
#define MEMP_NUM_UDP_PCB    3 /* DHCP, DNS, SIP */
#define ARP_TABLE_SIZE      4
#define DNS_TABLE_SIZE      1
#define DNS_MAX_NAME_LENGTH 64

#endif
