/*
 * string.c - what CBMC has no model of in the C library.
 */
#include <string.h>

void *memchr(const void *s, int c, size_t n)
{
    const char *p = (const char *)s;

    for (size_t i = 0; i < n; i++) {
        if (p[i] == (char)c)
            return (void *)(p + i);
    }
    return NULL;
}
