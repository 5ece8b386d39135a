/*
 * prog.c: a program of somebody else that uses the library, as small as can be. It is C and C++
 * alike.
 *
 * It goes through the layers down to the hash library, so that a missing one would show: it makes a
 * client, lets it write a REGISTER, and checks that it did.
 */
#include <sipreg/sipreg.h>

#include <stdio.h>
#include <string.h>

static int count(void *user, void *out, size_t n) /* a program of yours has a random generator */
{
    static unsigned char next;

    (void)user;
    for (size_t i = 0; i < n; i++)
        ((unsigned char *)out)[i] = next++;
    return 0;
}

static int sent(void *user, const void *bytes, size_t n)
{
    *(int *)user = n > 9 && memcmp(bytes, "REGISTER ", 9) == 0;
    return 0;
}

int main(void)
{
    static unsigned char scratch[1200];
    static struct sipreg_io io;
    static struct sipreg_client_config config;
    static struct sipreg_client client;
    int registers = 0;

    io.send = sent;
    io.random = count;
    io.scratch = scratch;
    io.scratch_size = sizeof scratch;
    config.io = &io;
    config.user = &registers;
    config.aor = "sip:alice@example.com";
    config.local = "192.0.2.10:5060";

    if (sipreg_client_init(&client, &config) != SIPREG_OK) {
        puts(sipreg_client_fault(&config));
        return 1;
    }
    sipreg_client_start(&client, 0);
    sipreg_client_run(&client, 0);
    if (strcmp(sipreg_version(), SIPREG_VERSION) != 0 || !sipreg_algorithm_available(SIPREG_SHA256))
        return 1;
    return registers ? 0 : 1;
}
