/*
 * nic.h - the network interface of the board, for lwIP.
 */
#ifndef FIRMWARE_NIC_H
#define FIRMWARE_NIC_H

#include "lwip/netif.h"

/* For netif_add(). */
err_t nic_init(struct netif *netif);

/* Hands all frames that have come to lwIP. */
void nic_poll(struct netif *netif);

#endif
