/*
 * fault.c - what is wrong with a config in which nothing is set?
 */
#include <sipreg/sipreg.h>

#include <stdio.h>

int main(void)
{
    static const struct sipreg_client_config config;

    puts(sipreg_client_fault(&config));
    return 0;
}
