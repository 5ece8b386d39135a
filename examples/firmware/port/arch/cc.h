/*
 * cc.h - what lwIP wants to know of compiler and board.
 */
#ifndef FIRMWARE_ARCH_CC_H
#define FIRMWARE_ARCH_CC_H

#include <stdint.h>

#define LWIP_NO_UNISTD_H 1

/* Ports and identifiers that nobody can guess make it hard to forge the answers of a DNS. */
uint32_t network_random(void);
#define LWIP_RAND() network_random()

/* 53, unless the settings say otherwise. */
uint16_t network_dns_port(void);
#define DNS_SERVER_PORT network_dns_port()

#define LWIP_PLATFORM_DIAG(message)
#define LWIP_PLATFORM_ASSERT(message)

#endif
