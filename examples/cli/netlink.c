/*
 * netlink.c - does this machine get other addresses or routes? (Linux: rtnetlink)
 *
 * The kernel tells of each change; which one it was is of no interest, since what counts is from
 * where we would send to our server now, and that is asked of the kernel too (net_look_around()).
 * CMake takes netlink_none.c instead where there is no rtnetlink.
 */
#include "netlink.h"

#include <sys/socket.h>

#include <linux/netlink.h>
#include <linux/rtnetlink.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

int netlink_open(void)
{
    struct sockaddr_nl groups;
    int fd = socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE);

    if (fd < 0)
        return -1;
    memset(&groups, 0, sizeof groups);
    groups.nl_family = AF_NETLINK;
    groups.nl_groups =
        RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR | RTMGRP_IPV4_ROUTE | RTMGRP_IPV6_ROUTE;
    fcntl(fd, F_SETFL, O_NONBLOCK);
    fcntl(fd, F_SETFD, FD_CLOEXEC);
    if (bind(fd, (const struct sockaddr *)&groups, sizeof groups) < 0) {
        close(fd);
        return -1;
    }
    return fd;
}

/* ENOBUFS: it told more than we have read, so something has changed. */
bool netlink_changed(int fd)
{
    char told[8192];
    bool changed = false;
    ssize_t n;

    while ((n = recv(fd, told, sizeof told, 0)) > 0 || (n < 0 && errno == ENOBUFS))
        changed = true;
    return changed;
}

void netlink_close(int fd)
{
    if (fd >= 0)
        close(fd);
}
