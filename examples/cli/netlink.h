/*
 * netlink.h - does this machine get other addresses or routes?
 */
#ifndef CLI_NETLINK_H
#define CLI_NETLINK_H

#include <stdbool.h>

/* A descriptor that can be read when something changes; negative: this system does not tell. */
int netlink_open(void);

/* Reads all that it tells. Has an address or a route come or gone? */
bool netlink_changed(int fd);

void netlink_close(int fd);

#endif
