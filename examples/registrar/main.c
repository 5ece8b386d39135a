/*
 * main.c: what was asked for on the command line?
 *
 * A small SIP registrar for loopback, to try a client on and to test one with. It does things right
 * unless --play tells it to do them wrong. README.md says where to read on.
 *
 * Every mistake on the command line ends in one line on stderr and exit status 2, before anything
 * is opened. When the sockets are there, one line on stdout says so:
 *
 *     ready udp=5060 tcp=5060
 */
#include "server.h"
#include "sockets.h"

#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char usage[] =
    "Usage: sipreg-registrar [options]\n"
    "A small SIP registrar for loopback, to try clients on.\n\n"
    "  --listen ADDR          127.0.0.1 (default), ::1 or another loopback address\n"
    "  --udp PORT  --tcp PORT  --tls PORT\n"
    "                         where to listen; 0 is any free port; default udp and tcp 5060\n"
    "  --cert FILE --key FILE for TLS, in PEM\n"
    "  --user NAME:PASSWORD   who may register; give it again for more\n"
    "  --no-auth              anyone may register anything\n"
    "  --any-aor              a user may register any address, not just NAME@...\n"
    "  --realm TEXT           default: the host in To\n"
    "  --algorithm LIST       of MD5, SHA-256, SHA-512-256, each also with -sess; default MD5\n"
    "  --qop LIST             auth (default), auth-int, auth,auth-int, or none\n"
    "  --proxy                challenge with 407 instead of 401\n"
    "  --userhash             offer userhash\n"
    "  --nonce-life SECONDS   then it is stale; default 300\n"
    "  --authinfo             send Authentication-Info; --nextnonce: with a nextnonce in it\n"
    "  --min-expires N  --max-expires N  --default-expires N\n"
    "                         seconds; default 0, 7200, 3600\n"
    "  --play SCRIPT          what to do wrong, see README.md\n"
    "  --log                  a line for each request and answer\n"
    "  --help                 this text\n";

static int complain(const char *what, const char *value)
{
    fprintf(stderr, "sipreg-registrar: %s%s%s\n", what, value[0] != '\0' ? ": " : "", value);
    return 2;
}

static bool read_number(const char *text, uint32_t max, uint32_t *value)
{
    return text_number(text_of(text), value) && *value <= max;
}

static const char *read_port(const char *text, int *port)
{
    uint32_t number;

    if (!read_number(text, 65535, &number))
        return "a port is a number up to 65535";
    *port = (int)number;
    return NULL;
}

static const char *read_seconds(const char *text, uint32_t *seconds)
{
    return read_number(text, UINT32_MAX, seconds) ? NULL : "seconds are a number";
}

/* The first colon ends the name, so a password may hold more of them. The error does not show what
 * was given: it may be a password. */
static const char *read_user(char *text, struct options *options)
{
    char *colon = strchr(text, ':');
    struct user *user = &options->users[options->user_count];

    if (colon == NULL || colon == text)
        return "--user wants NAME:PASSWORD";
    if (options->user_count == USERS_MAX)
        return "more than 64 users";
    *colon = '\0';
    user->name = text;
    user->password = colon + 1;
    options->user_count++;
    return NULL;
}

static const char *read_realm(const char *text, struct options *options)
{
    const char *c;

    for (c = text; *c != '\0'; c++) {
        if ((unsigned char)*c < ' ' || *c == 127)
            return "a realm has no control characters";
    }
    options->realm = text;
    return NULL;
}

static const char *read_algorithms(const char *text, struct options *options)
{
    struct text rest = text_of(text), item;

    options->algorithm_count = 0;
    while (text_split(&rest, ',', &item)) {
        if (options->algorithm_count == ALGORITHMS_MAX)
            return "more than six algorithms";
        if (!auth_algorithm(item, &options->algorithms[options->algorithm_count++]))
            return "an algorithm is MD5, SHA-256, SHA-512-256, or one of them with -sess";
    }
    return NULL;
}

static const char *read_qop(const char *text, struct options *options)
{
    static const char *const known[] = {"auth", "auth-int", "auth,auth-int", "auth-int,auth"};
    size_t i;

    options->qop = NULL;
    if (strcmp(text, "none") == 0)
        return NULL;
    for (i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (strcmp(text, known[i]) == 0)
            options->qop = known[i];
    }
    return options->qop != NULL ? NULL : "--qop is auth, auth-int, auth,auth-int or none";
}

static const char *read_script(char *text, struct options *options)
{
    static char wrong[200]; /* an error text of ours, with the step in it */
    struct text where = {NULL, 0};
    char *c;
    const char *why = script_read(&options->script, text, &where);

    if (why == NULL)
        return NULL;
    snprintf(wrong, sizeof wrong, "--play, step \"%.*s\": %s", TEXT(where), why);
    for (c = wrong; *c != '\0'; c++) {
        if ((unsigned char)*c < ' ')
            *c = '?';
    }
    return wrong;
}

enum option_id {
    LISTEN = 1,
    UDP,
    TCP,
    TLS,
    CERT,
    KEY,
    USER,
    NO_AUTH,
    ANY_AOR,
    REALM,
    ALGORITHM,
    QOP,
    PROXY,
    USERHASH,
    NONCE_LIFE,
    AUTHINFO,
    NEXTNONCE,
    MIN_EXPIRES,
    MAX_EXPIRES,
    DEFAULT_EXPIRES,
    PLAY,
    LOG,
    HELP
};

static const struct option long_options[] = {
    {"listen", required_argument, NULL, LISTEN},
    {"udp", required_argument, NULL, UDP},
    {"tcp", required_argument, NULL, TCP},
    {"tls", required_argument, NULL, TLS},
    {"cert", required_argument, NULL, CERT},
    {"key", required_argument, NULL, KEY},
    {"user", required_argument, NULL, USER},
    {"no-auth", no_argument, NULL, NO_AUTH},
    {"any-aor", no_argument, NULL, ANY_AOR},
    {"realm", required_argument, NULL, REALM},
    {"algorithm", required_argument, NULL, ALGORITHM},
    {"qop", required_argument, NULL, QOP},
    {"proxy", no_argument, NULL, PROXY},
    {"userhash", no_argument, NULL, USERHASH},
    {"nonce-life", required_argument, NULL, NONCE_LIFE},
    {"authinfo", no_argument, NULL, AUTHINFO},
    {"nextnonce", no_argument, NULL, NEXTNONCE},
    {"min-expires", required_argument, NULL, MIN_EXPIRES},
    {"max-expires", required_argument, NULL, MAX_EXPIRES},
    {"default-expires", required_argument, NULL, DEFAULT_EXPIRES},
    {"play", required_argument, NULL, PLAY},
    {"log", no_argument, NULL, LOG},
    {"help", no_argument, NULL, HELP},
    {NULL, 0, NULL, 0},
};

/* NULL, or what is wrong with the option's argument. */
static const char *read_option(enum option_id option, char *argument, struct options *options)
{
    switch (option) {
    case LISTEN:
        options->listen = argument;
        return NULL;
    case UDP:
        return read_port(argument, &options->udp);
    case TCP:
        return read_port(argument, &options->tcp);
    case TLS:
        return read_port(argument, &options->tls);
    case CERT:
        options->cert = argument;
        return NULL;
    case KEY:
        options->key = argument;
        return NULL;
    case USER:
        return read_user(argument, options);
    case NO_AUTH:
        options->no_auth = true;
        return NULL;
    case ANY_AOR:
        options->any_aor = true;
        return NULL;
    case REALM:
        return read_realm(argument, options);
    case ALGORITHM:
        return read_algorithms(argument, options);
    case QOP:
        return read_qop(argument, options);
    case PROXY:
        options->proxy = true;
        return NULL;
    case USERHASH:
        options->userhash = true;
        return NULL;
    case NONCE_LIFE:
        return read_seconds(argument, &options->nonce_life);
    case AUTHINFO:
        options->authinfo = true;
        return NULL;
    case NEXTNONCE:
        options->nextnonce = true;
        return NULL;
    case MIN_EXPIRES:
        return read_seconds(argument, &options->min_expires);
    case MAX_EXPIRES:
        return read_seconds(argument, &options->max_expires);
    case DEFAULT_EXPIRES:
        return read_seconds(argument, &options->default_expires);
    case PLAY:
        return read_script(argument, options);
    case LOG:
        options->log = true;
        return NULL;
    case HELP:
        break;
    }
    return NULL;
}

static void set_defaults(struct options *options)
{
    memset(options, 0, sizeof *options);
    options->listen = "127.0.0.1";
    options->udp = options->tcp = options->tls = -1;
    auth_algorithm(text_of("MD5"), &options->algorithms[0]);
    options->algorithm_count = 1;
    options->qop = "auth";
    options->nonce_life = 300;
    options->max_expires = 7200;
    options->default_expires = 3600;
}

/* What only makes sense, or no sense, together. */
static const char *judge_options(struct options *options)
{
    size_t i;

    if (options->udp < 0 && options->tcp < 0 && options->tls < 0)
        options->udp = options->tcp = 5060;
    if (options->tls >= 0 && (options->cert == NULL || options->key == NULL))
        return "--tls needs --cert FILE and --key FILE";
    if (options->user_count == 0 && !options->no_auth)
        return "who may register? Give --user NAME:PASSWORD, or --no-auth for anyone";
    if (options->nextnonce && !options->authinfo)
        return "--nextnonce goes with --authinfo";
    if (options->min_expires > 3600)
        return "--min-expires is at most 3600 (RFC 3261 10.3 never calls an hour too brief)";
    if (options->max_expires < options->min_expires || options->max_expires == 0)
        return "--max-expires is below --min-expires, or 0";
    for (i = 0; i < options->algorithm_count; i++) {
        if (options->qop == NULL && strstr(options->algorithms[i], "-sess") != NULL)
            return "a -sess algorithm needs a cnonce, so it cannot go with --qop none";
    }
    return NULL;
}

/* Less than zero: go on. Else the exit status. */
static int read_command_line(int argc, char **argv, struct options *options)
{
    const char *wrong;
    int option;

    set_defaults(options);
    while ((option = getopt_long(argc, argv, "", long_options, NULL)) != -1) {
        if (option == '?')
            return 2; /* getopt has said why */
        if (option == HELP) {
            fputs(usage, stdout);
            return 0;
        }
        wrong = read_option((enum option_id)option, optarg, options);
        if (wrong != NULL)
            return complain(wrong, option == USER || option == PLAY ? "" : optarg);
    }
    if (optind < argc)
        return complain("not an option", argv[optind]);
    wrong = judge_options(options);
    return wrong != NULL ? complain(wrong, "") : -1;
}

/* A signal handler can reach nothing but a global; what it writes here wakes the loop. */
static int stop_pipe[2];

static void ask_to_stop(int signal_number)
{
    int saved = errno;

    (void)signal_number;
    if (write(stop_pipe[1], "", 1) < 0)
        _exit(0);
    errno = saved;
}

static bool watch_signals(void)
{
    struct sigaction action;

    if (pipe(stop_pipe) != 0)
        return false;
    memset(&action, 0, sizeof action);
    action.sa_handler = ask_to_stop;
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGINT, &action, NULL);
    action.sa_handler = SIG_IGN;
    sigaction(SIGPIPE, &action, NULL);
    return true;
}

static void say_ready(const struct server *server)
{
    printf("ready");
    if (server->udp_fd >= 0)
        printf(" udp=%u", socket_port(server->udp_fd));
    if (server->tcp_fd >= 0)
        printf(" tcp=%u", socket_port(server->tcp_fd));
    if (server->tls_fd >= 0)
        printf(" tls=%u", socket_port(server->tls_fd));
    printf("\n");
    fflush(stdout);
}

int main(int argc, char **argv)
{
    char text[512] = "";
    struct out why = out_into(text, sizeof text);
    struct options options;
    struct server *server;
    int status = read_command_line(argc, argv, &options);

    if (status >= 0)
        return status;
    server = calloc(1, sizeof *server);
    if (server == NULL || !watch_signals())
        return complain("no memory or no pipe", "");
    if (server_open(server, &options, &why)) {
        say_ready(server);
        server_run(server, stop_pipe[0]);
        status = 0;
    } else {
        status = complain(text[0] != '\0' ? text : "no memory", "");
    }
    server_close(server);
    free(server);
    return status;
}
