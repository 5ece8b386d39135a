/*
 * options.c - what does the user want?
 *
 * The words of the command line, checked one by one, become a struct options. What a word means for
 * SIP is left to target.c (URIs, transport) and to the library, which names what it cannot accept.
 *
 * There is no option for the password, and never will be: arguments are visible to every user of
 * the machine (ps). secret.c finds it.
 */
#include "options.h"

#include <getopt.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

static const char usage[] = "usage: sipreg register|query|remove AOR [options]\n"
                            "       sipreg locate DOMAIN|URI [options]\n"
                            "try 'sipreg --help'\n";

static const char help[] =
    "usage: sipreg register AOR [options]   keep AOR registered until interrupted, then "
    "unregister\n"
    "       sipreg query AOR [options]      show the bindings that the registrar holds\n"
    "       sipreg remove AOR [options]     remove our contact: name it by --contact, or by "
    "--local\n"
    "                                       with its port; with --all remove every contact\n"
    "       sipreg locate DOMAIN|URI        show where requests would go, in order\n"
    "\n"
    "AOR is sip:user@domain, sips:user@domain or user@domain. A port or ;transport= in it is the\n"
    "registrar's: sip:alice@192.0.2.1:5070;transport=tcp\n"
    "\n"
    "where to\n"
    "  --registrar URI          the registrar, unless it is the AOR's domain: "
    "sip:registrar.example.com\n"
    "  --proxy URI              send by way of this proxy, and say so in a Route header\n"
    "  --transport udp|tcp|tls|ws|wss\n"
    "                           this one only; else what the URI says, or what the DNS prefers\n"
    "  --ws-path PATH           where the WebSocket is on its server: /\n"
    "  --local ADDR[:PORT]      send from this address\n"
    "  --dns ADDR[:PORT]        look up all names there, not by the system's servers and hosts "
    "file\n"
    "  --follow-redirects       go where a 3xx leads\n"
    "what to register\n"
    "  --contact URI            instead of the user at the local address\n"
    "  --contact-rewrite        be where the registrar sees us, behind a NAT\n"
    "  --outbound               let the registrar reach us over our flow (RFC 5626)\n"
    "  --instance URN           which device this is: urn:uuid:...\n"
    "  --keepalive[=SECONDS]    also where the server does not promise to answer\n"
    "  --state FILE             go on where the last run stopped\n"
    "  --expires SECONDS        ask for so long: 3600\n"
    "  --once                   register, report, leave the binding, exit\n"
    "  --header 'Name: value'   send this header too; can be repeated\n"
    "who you are\n"
    "  --user NAME              the user name for authentication, unless it is the AOR's user\n"
    "  --password-file FILE     its first line; else SIPREG_PASSWORD; else the terminal is asked\n"
    "TLS\n"
    "  --ca FILE                trust the certificates in FILE (PEM), not the system's\n"
    "  --insecure               verify nothing: anybody can pose as the registrar\n"
    "output\n"
    "  --trace                  show every message; credentials are masked\n"
    "  --json                   one JSON object a line; the trace goes to standard error\n"
    "  --help, --version\n"
    "\n"
    "exit status: 0 done, 1 refused by the registrar, 2 usage or configuration,\n"
    "             3 unreachable (time-out, DNS, connection, TLS)\n";

/* Most options just fill a member of struct options: their number says which, and of what kind. */
enum {
    OPT_EXPIRES = 256,
    OPT_KEEPALIVE,
    OPT_HEADER,
    OPT_PASSWORD,
    OPT_HELP,
    OPT_VERSION,
    TEXTS = 1 << 12,
    FLAGS = 1 << 13
};

#define TEXT(member) (TEXTS + (int)offsetof(struct options, member))
#define FLAG(member) (FLAGS + (int)offsetof(struct options, member))

static const struct option long_options[] = {
    {"registrar", required_argument, NULL, TEXT(registrar)},
    {"proxy", required_argument, NULL, TEXT(proxy)},
    {"transport", required_argument, NULL, TEXT(transport)},
    {"ws-path", required_argument, NULL, TEXT(ws_path)},
    {"local", required_argument, NULL, TEXT(local)},
    {"dns", required_argument, NULL, TEXT(dns)},
    {"follow-redirects", no_argument, NULL, FLAG(follow_redirects)},
    {"contact", required_argument, NULL, TEXT(contact)},
    {"contact-rewrite", no_argument, NULL, FLAG(rewrite_contact)},
    {"outbound", no_argument, NULL, FLAG(outbound)},
    {"instance", required_argument, NULL, TEXT(instance)},
    {"keepalive", optional_argument, NULL, OPT_KEEPALIVE},
    {"state", required_argument, NULL, TEXT(state)},
    {"expires", required_argument, NULL, OPT_EXPIRES},
    {"once", no_argument, NULL, FLAG(once)},
    {"header", required_argument, NULL, OPT_HEADER},
    {"user", required_argument, NULL, TEXT(user)},
    {"password", optional_argument, NULL, OPT_PASSWORD}, /* or it would be short for the next one */
    {"password-file", required_argument, NULL, TEXT(password_file)},
    {"ca", required_argument, NULL, TEXT(ca)},
    {"insecure", no_argument, NULL, FLAG(insecure)},
    {"trace", no_argument, NULL, FLAG(trace)},
    {"json", no_argument, NULL, FLAG(json)},
    {"all", no_argument, NULL, FLAG(all)},
    {"help", no_argument, NULL, OPT_HELP},
    {"version", no_argument, NULL, OPT_VERSION},
    {NULL, 0, NULL, 0},
};

static bool bad(const char *what, const char *value, const char *why)
{
    fprintf(stderr, "sipreg: %s: %s: '%s'\n", what, why, value);
    return false;
}

/* Digits only: strtol would take a sign, blanks and "1e3". */
static bool read_seconds(int64_t *value, const char *option, const char *text)
{
    size_t digits = strspn(text, "0123456789");
    int64_t seconds = 0;
    size_t i;

    if (digits == 0 || text[digits] != '\0')
        return bad(option, text, "not a whole number of seconds");
    for (i = 0; i < digits && seconds <= UINT32_MAX; i++)
        seconds = seconds * 10 + (text[i] - '0');
    if (seconds < 1 || seconds > UINT32_MAX)
        return bad(option, text, "not between 1 and 4294967295 seconds");
    *value = seconds;
    return true;
}

static bool read_keepalive(struct options *options, const char *text)
{
    int64_t seconds = 0;

    if (text != NULL && !read_seconds(&seconds, "--keepalive", text))
        return false;
    options->keepalive = true;
    options->ping_every = (uint32_t)seconds;
    return true;
}

/* Cuts the argument in two, in place: argv is ours to change. */
static bool read_header(struct options *options, char *text)
{
    struct sipreg_header *header = &options->headers[options->header_count];
    char *colon = strchr(text, ':');
    size_t n;

    if (options->header_count == HEADERS_MAX) {
        fprintf(stderr, "sipreg: --header: not more than %d headers\n", HEADERS_MAX);
        return false;
    }
    if (colon == NULL || colon == text)
        return bad("--header", text, "not of the form 'Name: value'");
    header->value = colon + 1 + strspn(colon + 1, " \t");
    *colon = '\0';
    for (n = strlen(text); n > 0 && (text[n - 1] == ' ' || text[n - 1] == '\t'); n--)
        text[n - 1] = '\0';
    header->name = text;
    options->header_count++;
    return true;
}

/* Says what is wrong with an option, in place of getopt_long: that would repeat its value, which
 * may be a password. */
static void complain(int option, char **argv)
{
    const char *word = argv[optind - 1];

    if (optopt > 0 && optopt < OPT_EXPIRES)
        fprintf(stderr, "sipreg: no such option: -%c\n", optopt);
    else
        fprintf(stderr, "sipreg: %.*s: %s\n", (int)strcspn(word, "="), word,
                option == ':' ? "needs a value"
                : optopt > 0  ? "takes no value"
                              : "no such option, or not clear which");
}

static bool read_option(struct options *options, int option, char *value)
{
    const bool yes = true;

    if (option >= FLAGS) {
        memcpy((char *)options + (option - FLAGS), &yes, sizeof yes);
    } else if (option >= TEXTS) {
        memcpy((char *)options + (option - TEXTS), &value, sizeof value);
    } else if (option == OPT_EXPIRES) {
        return read_seconds(&options->expires, "--expires", value);
    } else if (option == OPT_KEEPALIVE) {
        return read_keepalive(options, value);
    } else if (option == OPT_HEADER) {
        return read_header(options, value);
    } else if (option == OPT_PASSWORD) {
        fputs("sipreg: no password as an argument, please: others see it (use --password-file "
              "FILE)\n",
              stderr);
        return false;
    }
    return true;
}

static bool read_command(struct options *options, const char *word)
{
    static const char *const names[] = {"register", "query", "remove", "locate"};
    size_t i;

    for (i = 0; i < sizeof names / sizeof *names; i++) {
        if (strcmp(word, names[i]) == 0) {
            options->command = (enum command)i;
            return true;
        }
    }
    fprintf(stderr, "sipreg: no such command: '%s' (register, query, remove or locate)\n", word);
    return false;
}

static bool for_locate(const struct options *options)
{
    return options->registrar == NULL && options->proxy == NULL && options->contact == NULL &&
           options->user == NULL && options->password_file == NULL && options->ca == NULL &&
           options->ws_path == NULL && options->header_count == 0 && !options->insecure &&
           !options->trace && !options->rewrite_contact && !options->follow_redirects &&
           !options->outbound && options->instance == NULL && options->state == NULL;
}

/* What may stand between "GET" and "HTTP/1.1". */
static bool is_path(const char *text)
{
    const char *p = text;

    while (*p > ' ' && *p <= '~' && *p != '#')
        p++;
    return text[0] == '/' && *p == '\0' && p - text <= 1024;
}

/* What only makes sense with another command is a slip that the user wants to hear of. */
static bool consistent(const struct options *options)
{
    const char *fault = NULL;

    if (options->all && options->command != COMMAND_REMOVE)
        fault = "--all goes with 'remove' only";
    else if (options->all && options->contact != NULL)
        fault = "--all removes every contact: leave out --contact";
    else if (options->once && options->command != COMMAND_REGISTER)
        fault = "--once goes with 'register' only";
    else if (options->expires != 0 && options->command != COMMAND_REGISTER)
        fault = "--expires goes with 'register' only";
    else if (options->keepalive && (options->command != COMMAND_REGISTER || options->once))
        fault = "--keepalive goes with 'register' only, and not with --once";
    else if (options->command == COMMAND_LOCATE && !for_locate(options))
        fault = "'locate' takes --transport, --local, --dns and --json only";
    else if (options->rewrite_contact && options->contact != NULL)
        fault = "--contact-rewrite changes the contact that we make: leave out --contact";
    else if (options->ws_path != NULL && !is_path(options->ws_path))
        fault = "--ws-path: not a path, as in /ws";
    else if (options->insecure && options->ca != NULL)
        fault = "--insecure verifies nothing: leave out --ca";
    if (fault != NULL)
        fprintf(stderr, "sipreg: %s\n", fault);
    return fault == NULL;
}

static bool read_words(struct options *options, int count, char **words)
{
    bool locates;

    if (count == 0) {
        fputs(usage, stderr);
        return false;
    }
    if (!read_command(options, words[0]))
        return false;
    locates = options->command == COMMAND_LOCATE;
    if (count == 1) {
        fprintf(stderr, "sipreg: %s what? Give %s, as in 'sipreg %s %s'\n", words[0],
                locates ? "a domain or URI" : "an AOR", words[0],
                locates ? "example.com" : "sip:alice@example.com");
        return false;
    }
    if (count > 2)
        return bad(words[0], words[2], "unexpected argument");
    options->aor = words[1];
    return consistent(options);
}

bool options_read(struct options *options, int argc, char **argv, int *status)
{
    int option;

    memset(options, 0, sizeof *options);
    *status = EXIT_USAGE;
    opterr = 0;
    while ((option = getopt_long(argc, argv, ":h", long_options, NULL)) != -1) {
        if (option == OPT_HELP || option == 'h' || option == OPT_VERSION) {
            if (option == OPT_VERSION)
                printf("sipreg %s\n", sipreg_version());
            else
                fputs(help, stdout);
            *status = EXIT_DONE;
            return false;
        }
        if (option == '?' || option == ':') {
            complain(option, argv);
            fputs("try 'sipreg --help'\n", stderr);
            return false;
        }
        if (!read_option(options, option, optarg))
            return false;
    }
    return read_words(options, argc - optind, argv + optind);
}
