/*
 * host.c - what QEMU's board lacks is lent by the machine that it runs on, by Arm's semihosting.
 *
 *   settings     the words NAME=VALUE of QEMU's option -semihosting-config arg=
 *   randomness   /dev/urandom, for the random number generator of a chip
 *   flash        the file that the setting "flash" names. Whoever kills QEMU cuts the power; the
 * file then holds what was programmed so far power off    QEMU ends
 *
 * A port replaces all of this file.
 */
#include "host.h"

#include <string.h>

enum operation { OPEN = 0x01, WRITE = 0x05, READ = 0x06, SEEK = 0x0A, COMMAND = 0x15, EXIT = 0x20 };
enum mode { READ_BINARY = 1, UPDATE_BINARY = 3 };

static uint32_t host_call(enum operation operation, const void *argument)
{
    register uint32_t r0 __asm__("r0") = (uint32_t)operation;
    register const void *r1 __asm__("r1") = argument;

    __asm__ volatile("bkpt 0xAB" : "+r"(r0) : "r"(r1) : "memory");
    return r0;
}

void host_off(uint32_t status)
{
    const uint32_t exit[] = {0x20026 /* the application ends */, status};

    for (;;)
        host_call(EXIT, exit);
}

/* ---------------------------------------------------------------- settings */

static const char *all_settings(void)
{
    static char text[256];
    const struct {
        char *text;
        uint32_t size;
    } command = {text, sizeof text};
    char *space = text;

    if (text[0] == '\0' && host_call(COMMAND, &command) == 0) {
        while ((space = strchr(space, ' ')) != NULL)
            *space++ = '\0';
    }
    return text;
}

const char *host_setting(const char *name)
{
    size_t n = strlen(name);

    for (const char *word = all_settings(); *word != '\0'; word += strlen(word) + 1) {
        if (strncmp(word, name, n) == 0 && word[n] == '=')
            return word + n + 1;
    }
    return "";
}

uint32_t host_setting_number(const char *name, uint32_t otherwise)
{
    const char *digit = host_setting(name);
    uint32_t number = 0;

    if (*digit == '\0')
        return otherwise;
    for (; *digit >= '0' && *digit <= '9'; digit++)
        number = 10 * number + (uint32_t)(*digit - '0');
    return number;
}

/* ---------------------------------------------------------------- files */

static int32_t open_file(const char *name, enum mode mode)
{
    const struct {
        const char *name;
        uint32_t mode;
        uint32_t length;
    } file = {name, (uint32_t)mode, (uint32_t)strlen(name)};

    return (int32_t)host_call(OPEN, &file);
}

/* Both return how many octets are missing in the end. */
static int transfer(enum operation operation, int32_t file, const void *bytes, size_t n)
{
    const struct {
        int32_t file;
        const void *bytes;
        uint32_t n;
    } block = {file, bytes, (uint32_t)n};

    return host_call(operation, &block) == 0 ? 0 : -1;
}

int host_random(void *out, size_t n)
{
    static int32_t file = -1;

    if (file < 0)
        file = open_file("/dev/urandom", READ_BINARY);
    return file < 0 ? -1 : transfer(READ, file, out, n);
}

/* ---------------------------------------------------------------- flash */

/* A word is to be written. The setting "cut" says after how many of them the power fails. */
static void wear(void)
{
    static uint32_t words;
    uint32_t cut = host_setting_number("cut", 0);

    if (cut > 0 && words++ == cut)
        host_off(9);
}

static int32_t flash_at(uint32_t at)
{
    static int32_t file = -1;
    struct {
        int32_t file;
        uint32_t at;
    } place;

    if (file < 0)
        file = open_file(host_setting("flash"), UPDATE_BINARY);
    place.file = file;
    place.at = at;
    return file >= 0 && host_call(SEEK, &place) == 0 ? file : -1;
}

int flash_read(uint32_t at, void *to, size_t n)
{
    int32_t file = flash_at(at);

    return file < 0 ? -1 : transfer(READ, file, to, n);
}

int flash_program(uint32_t at, const void *words, size_t n)
{
    const unsigned char *from = words;
    unsigned char word[4];

    for (size_t done = 0; done < n; done += sizeof word) { /* a word at a time, as chips do */
        int32_t file;

        wear();
        if (flash_read(at + (uint32_t)done, word, sizeof word) < 0)
            return -1;
        for (size_t i = 0; i < sizeof word; i++) /* bits can be cleared only */
            word[i] &= done + i < n ? from[done + i] : 0xFF;
        file = flash_at(at + (uint32_t)done);
        if (file < 0 || transfer(WRITE, file, word, sizeof word) < 0)
            return -1;
    }
    return 0;
}

int flash_erase(uint32_t sector)
{
    static const uint32_t erased = UINT32_MAX;
    int32_t file = flash_at(sector * FLASH_SECTOR);

    for (size_t at = 0; file >= 0 && at < FLASH_SECTOR; at += sizeof erased) {
        wear();
        if (transfer(WRITE, file, &erased, sizeof erased) < 0)
            return -1;
    }
    return file < 0 ? -1 : 0;
}
