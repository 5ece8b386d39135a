/*
 * sipreg/locate.h - where does a request for this URI go? (RFC 3263, RFC 2782)
 *
 * Names in, questions out, answers in, targets out: the DNS is yours, and may take its time. The
 * client does not know of this; it is your io.open that asks. With a resolver that waits:
 *
 *     static struct sipreg_locate locate;
 *
 *     static int my_open(void *user)
 *     {
 *         struct sipreg_question question;
 *         struct sipreg_record records[16];
 *         struct sipreg_target target;
 *
 *         sipreg_locate_start(&locate, my_clock());
 *         do {
 *             while (sipreg_locate_question(&locate, &question)) {
 *                 int count = my_resolver(question.name, question.type, records, 16);
 *                 sipreg_locate_answer(&locate, my_clock(), records, count);
 *             }
 *             if (sipreg_locate_target(&locate, &target) < 0)
 *                 return -1;
 *         } while (my_connect(&target) < 0 && sipreg_locate_failed(&locate, my_clock(), -1) == 0);
 *         return 0;
 *     }
 *
 * sipreg_locate_init(&locate, &options, uri) stands before it, once. One that does not wait returns
 * when it has asked, and comes back to the loop with the answer, or when it could not connect.
 *
 * The URI itself is not rewritten: Request-URI and Route keep their names (RFC 3263 4). Time is
 * yours as in client.h. The struct is yours too, and belongs to one thread at a time.
 */
#ifndef SIPREG_LOCATE_H
#define SIPREG_LOCATE_H

#include <sipreg/config.h>
#include <sipreg/types.h>

#ifdef __cplusplus
extern "C" {
#endif

enum {
    SIPREG_CAN_UDP = 1 << SIPREG_UDP,
    SIPREG_CAN_TCP = 1 << SIPREG_TCP,
    SIPREG_CAN_TLS = 1 << SIPREG_TLS,
    SIPREG_CAN_WS = 1 << SIPREG_WS,
    SIPREG_CAN_WSS = 1 << SIPREG_WSS
};
enum { SIPREG_CAN_IPV4 = 1, SIPREG_CAN_IPV6 = 2 };

/* Zero means default. */
struct sipreg_locate_options {
    unsigned transports;   /* what you can do: a sum of SIPREG_CAN_UDP, ...; UDP */
    unsigned families;     /* the same, SIPREG_CAN_IPV4, ...; both, and IPv6 first (RFC 6724) */
    bool secure;           /* the Request-URI is sips: TLS (or WSS) only, whatever this URI is (RFC
                              3261 8.1.2) */
    sipreg_random *random; /* shares load between servers of one priority; NULL: less evenly */
    void *user;            /* handed to random */
};

/* By their numbers in the DNS. */
enum sipreg_dns_type {
    SIPREG_DNS_A = 1,
    SIPREG_DNS_AAAA = 28,
    SIPREG_DNS_SRV = 33,
    SIPREG_DNS_NAPTR = 35
};

struct sipreg_question {
    enum sipreg_dns_type type;
    char name[256]; /* complete, without a dot at its end: no search list applies */
};

/* One record of an answer: those of the name that was asked for, or of where its CNAMEs lead; what
   else a reply carries is not to be handed in. Names may end in a dot. */
struct sipreg_record {
    enum sipreg_dns_type type;  /* says which fields count; another than asked for is passed over */
    uint32_t ttl;               /* seconds */
    uint16_t order, preference; /* NAPTR */
    const char *flags, *service;     /* NAPTR: "s" and "SIP+D2U" are of use, and their like */
    uint16_t priority, weight, port; /* SRV */
    const char *name;                /* NAPTR: the replacement; SRV: the target; "" or ".": none */
    uint8_t address[16];             /* A: the first four; AAAA */
};

/* Where to send to. */
struct sipreg_target {
    enum sipreg_transport transport;
    uint16_t port;
    bool ipv6;
    char address[46]; /* for inet_pton(), without brackets */
    /* What the server's certificate must be for, and SNI: the domain of the URI, never a name that
       the DNS has led to (RFC 5922 7.3). Empty if the URI has an address. Good until the next
       sipreg_locate_init(). */
    const char *name;
    /* The domain's NAPTR records offered TLS in an earlier lookup, and do not any more: worth a
       warning (RFC 3263 7). Who needs security says sips, or can do TLS alone. */
    bool weakened;
};

struct sipreg_locate;

/*
 * Reads the URI; nothing is asked yet. The URI is that of the first Route, or else the Request-URI
 * (RFC 3261 8.1.2); it and the options, NULL for the defaults, are copied. Forgets all that was.
 *
 * SIPREG_ARGUMENT: not a sip or sips URI, one that needs a transport which you cannot do (sips
 * with transport=udp always does), or the program was compiled with other limits than the library;
 * SIPREG_LIMIT: a name too long. Then the struct is empty, and all else returns SIPREG_STATE.
 */
#define sipreg_locate_init(locate, options, uri)                                                   \
    sipreg_locate_init_sized((locate), sizeof *(locate), (options), (uri))
SIPREG_API int sipreg_locate_init_sized(struct sipreg_locate *locate, size_t size,
                                        const struct sipreg_locate_options *options,
                                        struct sipreg_str uri);

/*
 * Before a request that needs a new flow, or a datagram's destination: keeps the target that has
 * not failed, or else begins to look up, also when the answers have outlived their TTL, and at the
 * latest after a day. Within one request nothing is looked up again (RFC 3263 4). A lookup that is
 * under way goes on.
 */
SIPREG_API int sipreg_locate_start(struct sipreg_locate *locate, uint32_t now);

/* The question that waits for its answer now; false: none. Changes nothing, and asked again it says
   the same. */
SIPREG_API bool sipreg_locate_question(const struct sipreg_locate *locate,
                                       struct sipreg_question *question);

/*
 * The answer to that question. The records are borrowed for the call; of many the first 128 are
 * read. count 0: no such name, or no such records. count below zero: nobody could tell (SERVFAIL,
 * refused, SIPREG_TIMEOUT, ...); this leads on like no records, but will be asked again at the next
 * start, and sipreg_locate_target() returns it, if nothing else is found.
 *
 * SIPREG_OK; SIPREG_STATE: no question waits, the answer is dropped. One that comes after another
 * sipreg_locate_init() must not be handed in.
 */
SIPREG_API int sipreg_locate_answer(struct sipreg_locate *locate, uint32_t now,
                                    const struct sipreg_record *records, int count);

/*
 * SIPREG_OK: the target to use now. SIPREG_STATE: a question waits, or nothing was started. Else
 * none is left, until the next start: SIPREG_TRANSPORT, there is no such server or all have failed,
 * or the count below zero that an answer had.
 */
SIPREG_API int sipreg_locate_target(const struct sipreg_locate *locate,
                                    struct sipreg_target *target);

/*
 * The target failed: a 503, an error of the transport, or a time-out without any response (RFC 3263
 * 4.3). It rests for retry_after seconds (of a 503; at most a day), or five minutes if that is
 * below zero: others come first, also after further lookups. If all rest, the one whose rest ends
 * first is tried all the same. Then ask for the next question, and the next target, for a new
 * request with a new branch. From TLS it never goes on to another transport.
 *
 * SIPREG_OK; SIPREG_STATE: there is no target that could have failed.
 */
SIPREG_API int sipreg_locate_failed(struct sipreg_locate *locate, uint32_t now,
                                    int64_t retry_after);

/* ---------------------------------------------------------------- private */

/* An address with all that goes with it. */
struct sipreg_locate_place {
    uint8_t address[16];
    uint8_t type; /* of the record that brought it; 0: the URI's own */
    uint8_t transport;
    uint16_t port;
};

struct sipreg_locate_rest {
    struct sipreg_locate_place place;
    uint32_t until; /* as now */
};

struct sipreg_locate {
    struct sipreg_locate_options options;
    uint32_t tick; /* of the caller's clock, when it was */
    uint32_t now;  /* seconds */
    uint32_t good_until;
    int error;
    uint8_t step;

    /* what the URI says */
    uint8_t allowed;         /* transports; 0: not set up */
    bool fixed, numeric;     /* it has a transport, an address */
    uint16_t port;           /* or 0 */
    uint16_t domain, target; /* names in text: to be verified, to be looked up */

    /* what the DNS says: lists, each with the index of what comes next */
    uint8_t service, service_count, server, server_count, place, place_count;
    struct {
        uint16_t name; /* in text; 0: made of transport and target */
        uint8_t transport;
    } services[3];
    struct {
        uint16_t name, port;
    } servers[SIPREG_MAX_TARGETS];
    struct sipreg_locate_place places[SIPREG_MAX_TARGETS];
    uint8_t transport;     /* of the servers */
    uint8_t can;           /* transports that may still follow */
    bool found;            /* SRV records */
    bool secure, weakened; /* NAPTR has offered TLS once; and does not any more */

    struct sipreg_locate_place current; /* the target */
    struct sipreg_locate_rest spare;    /* of those passed over, the one that rests least */
    struct sipreg_locate_rest rests[SIPREG_MAX_TARGETS];

    uint16_t own, kept, used;      /* octets of text: the URI's, with services', with servers' */
    char text[SIPREG_LOCATE_SIZE]; /* an empty name, then others, each with its NUL */
};

#ifdef __cplusplus
}
#endif

#endif
