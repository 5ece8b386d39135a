#include "../../../../sockets.h"

#define ZSOCK_POLLIN 1

struct zsock_pollfd {
    int fd;
    short events;
    short revents;
};

int zsock_socket(int family, int type, int protocol);
int zsock_connect(int fd, const struct sockaddr *address, socklen_t length);
int zsock_getsockname(int fd, struct sockaddr *address, socklen_t *length);
ssize_t zsock_send(int fd, const void *octets, size_t n, int flags);
ssize_t zsock_recv(int fd, void *octets, size_t n, int flags);
int zsock_poll(struct zsock_pollfd *fds, int n, int timeout);
int zsock_inet_pton(int family, const char *text, void *address);
char *zsock_inet_ntop(int family, const void *address, char *text, size_t size);
