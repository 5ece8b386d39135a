/*
 * sim.c - weather: how does a client fare when everything goes wrong that can?
 *
 *   sim --seeds N [--from M]             sails N stories, on all cores; --jobs J on so many
 *   sim --seed N [--faults K] [--trace]  one of them, with its first K faults, told
 *
 * A seed is a story, the same each time. When one breaks an invariant, the shortest prefix of its
 * faults with which it still does is looked for and printed. world.c says how a story goes, check.c
 * what must hold.
 */
#include "sim.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static struct world world;

enum { JOBS = 64 };
enum { FOUND = 4 }; /* a job's exit status; a sanitizer's is 1 */

struct options {
    uint64_t from, seeds;
    unsigned faults, jobs;
    bool one, trace;
};

static int usage(void)
{
    fprintf(stderr, "usage: sim --seeds N [--from M] [--jobs J]\n"
                    "       sim --seed N [--faults K] [--trace]\n");
    return 2;
}

static bool number(const char *text, uint64_t *value)
{
    char *end;

    if (text == NULL)
        return false;
    *value = strtoull(text, &end, 10);
    return *text != '\0' && *end == '\0';
}

static bool read_options(struct options *o, char **argv)
{
    for (; *argv != NULL; argv++) {
        uint64_t value = 0;
        if (strcmp(*argv, "--trace") == 0) {
            o->trace = true;
            continue;
        }
        if (!number(argv[1], &value))
            return false;
        if (strcmp(*argv, "--seeds") == 0)
            o->seeds = value;
        else if (strcmp(*argv, "--from") == 0)
            o->from = value;
        else if (strcmp(*argv, "--jobs") == 0)
            o->jobs = (unsigned)value;
        else if (strcmp(*argv, "--faults") == 0)
            o->faults = (unsigned)value;
        else if (strcmp(*argv, "--seed") == 0)
            o->from = value, o->one = true;
        else
            return false;
        argv++;
    }
    return o->one || o->seeds > 0;
}

/* The fewest faults with which it still fails: by halves, as if more faults were always worse. */
static unsigned shortest(uint64_t seed, unsigned failing)
{
    unsigned passing = 0;

    if (!world_run(&world, seed, 0, false))
        return 0;
    while (failing - passing > 1) {
        unsigned middle = passing + (failing - passing) / 2;
        if (world_run(&world, seed, middle, false))
            passing = middle;
        else
            failing = middle;
    }
    return failing;
}

static void explain(uint64_t seed)
{
    unsigned faults;

    world_run(&world, seed, UINT32_MAX, false);
    faults = shortest(seed, world.faults);
    world_run(&world, seed, faults, false);
    printf("seed %llu fails, with its first %u faults: %s\n", (unsigned long long)seed, faults,
           world.failure);
    printf("replay it with: sim --seed %llu --faults %u --trace\n", (unsigned long long)seed,
           faults);
}

static int tell_one(const struct options *o)
{
    bool good = world_run(&world, o->from, o->faults, o->trace);

    printf("seed %llu, %u faults, %u messages sent: %s\n", (unsigned long long)o->from,
           world.faults, world.sends, good ? "all well" : world.failure);
    return good ? 0 : 1;
}

/* Every jobs-th seed; the first that fails goes into the pipe. */
static void work(const struct options *o, unsigned job, int out)
{
    for (uint64_t i = job; i < o->seeds; i += o->jobs) {
        uint64_t seed = o->from + i;
        if (!world_run(&world, seed, UINT32_MAX, false)) {
            _exit(write(out, &seed, sizeof seed) == (ssize_t)sizeof seed ? FOUND : 3);
        }
    }
    _exit(0);
}

static bool start_jobs(const struct options *o, int pipe_ends[2])
{
    if (pipe(pipe_ends) != 0)
        return false;
    fflush(stdout);
    for (unsigned job = 0; job < o->jobs; job++) {
        pid_t pid = fork();
        if (pid < 0)
            return false;
        if (pid == 0)
            work(o, job, pipe_ends[1]);
    }
    close(pipe_ends[1]);
    return true;
}

static int sail(const struct options *o)
{
    uint64_t seed, first = UINT64_MAX;
    int pipe_ends[2], status;
    bool crashed = false;

    if (!start_jobs(o, pipe_ends)) {
        perror("sim");
        return 2;
    }
    while (read(pipe_ends[0], &seed, sizeof seed) == (ssize_t)sizeof seed)
        first = seed < first ? seed : first;
    while (wait(&status) > 0)
        crashed = crashed || !WIFEXITED(status) ||
                  (WEXITSTATUS(status) != 0 && WEXITSTATUS(status) != FOUND);
    if (first != UINT64_MAX)
        explain(first);
    if (crashed)
        printf("a job crashed\n");
    if (first != UINT64_MAX || crashed)
        return 1;
    printf("%llu seeds from %llu: all well\n", (unsigned long long)o->seeds,
           (unsigned long long)o->from);
    return 0;
}

int main(int argc, char **argv)
{
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    struct options o = {1, 0, UINT32_MAX, cores > 0 ? (unsigned)cores : 1, false, false};

    if (argc < 2 || !read_options(&o, argv + 1) || o.jobs == 0 || o.jobs > JOBS)
        return usage();
    return o.one ? tell_one(&o) : sail(&o);
}
