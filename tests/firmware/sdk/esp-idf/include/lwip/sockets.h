#include "../../../sockets.h"

#include <sys/select.h>
#include <sys/time.h>

int socket(int domain, int type, int protocol);
int connect(int fd, const struct sockaddr *address, socklen_t length);
int getsockname(int fd, struct sockaddr *address, socklen_t *length);
ssize_t send(int fd, const void *octets, size_t n, int flags);
ssize_t recv(int fd, void *octets, size_t n, int flags);
int select(int n, fd_set *readable, fd_set *writable, fd_set *exceptional, struct timeval *timeout);
int inet_pton(int family, const char *text, void *address);
const char *inet_ntop(int family, const void *address, char *text, socklen_t size);
