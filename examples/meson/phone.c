/*
 * phone.c - which sipreg is this, and what can its hash do?
 */
#include <sipreg/sipreg.h>

#include <stdio.h>

int main(void)
{
    printf("sipreg %s%s%s\n", sipreg_version(),
           sipreg_algorithm_available(SIPREG_MD5) ? " MD5" : "",
           sipreg_algorithm_available(SIPREG_SHA256) ? " SHA-256" : "");
    return 0;
}
