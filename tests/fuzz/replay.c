/*
 * replay.c - a target without a fuzzer: reads what stands in files, each once.
 *
 *     fuzz_response FILE|FOLDER...
 *
 * A file that begins with "PACK\n" holds many inputs, each behind its length in four octets, most
 * significant first (tools: pack.py). Ends with how many inputs there were.
 */
#include "fuzz.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

static const char magic[] = {'P', 'A', 'C', 'K', '\n'};

static unsigned long inputs;
static const char *reading = "";

static void try_one(const uint8_t *p, size_t n)
{
    uint8_t *block = (uint8_t *)fuzz_block(p, n);

    inputs++;
    LLVMFuzzerTestOneInput(block, n);
    free(block);
}

static void fail(const char *why)
{
    fprintf(stderr, "%s: %s\n", reading, why);
    exit(2);
}

static void try_pack(const uint8_t *p, size_t n)
{
    while (n > 0) {
        size_t length;
        if (n < 4)
            fail("cut off");
        length = (size_t)p[0] << 24 | (size_t)p[1] << 16 | (size_t)p[2] << 8 | p[3];
        if (length > n - 4)
            fail("cut off");
        try_one(p + 4, length);
        p += 4 + length;
        n -= 4 + length;
    }
}

static void try_file(FILE *file)
{
    enum { MOST = 4 * 1024 * 1024 };
    uint8_t *octets = (uint8_t *)malloc(MOST);
    size_t n = octets == NULL ? 0 : fread(octets, 1, MOST, file);

    if (octets == NULL || ferror(file) || n == MOST)
        fail("cannot be read");
    if (n >= sizeof magic && memcmp(octets, magic, sizeof magic) == 0)
        try_pack(octets + sizeof magic, n - sizeof magic);
    else
        try_one(octets, n);
    free(octets);
}

static void try_path(const char *path);

static void try_folder(const char *path, DIR *folder)
{
    char name[1024];

    for (struct dirent *entry; (entry = readdir(folder)) != NULL;) {
        if (entry->d_name[0] == '.')
            continue;
        if (snprintf(name, sizeof name, "%s/%s", path, entry->d_name) >= (int)sizeof name)
            fail("a name too long");
        try_path(name);
    }
}

static void try_path(const char *path)
{
    DIR *folder = opendir(path);
    FILE *file;

    reading = path;
    if (folder != NULL) {
        try_folder(path, folder);
        closedir(folder);
        return;
    }
    file = fopen(path, "rb");
    if (file == NULL)
        fail("not there");
    try_file(file);
    fclose(file);
}

int main(int argc, char **argv)
{
    fuzz_thorough = true;
    for (int i = 1; i < argc; i++)
        try_path(argv[i]);
    printf("%lu inputs\n", inputs);
    return inputs > 0 ? 0 : 1;
}
