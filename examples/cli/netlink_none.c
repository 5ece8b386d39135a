/*
 * netlink_none.c - in place of netlink.c on systems without rtnetlink: nothing is ever told.
 *
 * There a changed address shows when the next request fails, and the flow is opened anew.
 */
#include "netlink.h"

int netlink_open(void)
{
    return -1;
}

bool netlink_changed(int fd)
{
    (void)fd;
    return false;
}

void netlink_close(int fd)
{
    (void)fd;
}
