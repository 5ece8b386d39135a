/*
 * zone.c - a domain in the DNS, and a caller that looks it up.
 */
#include "zone.h"

#include <stdio.h>

struct caller caller_of(const struct rr *zone)
{
    struct caller caller = {.zone = zone, .options = {.transports = CAN_ALL}};
    return caller;
}

struct caller ipv4_caller_of(const struct rr *zone)
{
    struct caller caller = caller_of(zone);

    caller.options.families = SIPREG_CAN_IPV4;
    return caller;
}

void pass(struct caller *caller, uint32_t seconds)
{
    caller->now += seconds * 1000;
}

static const char *type_name(enum sipreg_dns_type type)
{
    switch (type) {
    case SIPREG_DNS_A:
        return "A";
    case SIPREG_DNS_AAAA:
        return "AAAA";
    case SIPREG_DNS_SRV:
        return "SRV";
    case SIPREG_DNS_NAPTR:
        return "NAPTR";
    }
    return "?";
}

const char *asking(struct caller *caller)
{
    static char text[300];
    struct sipreg_question question;

    if (!sipreg_locate_question(&caller->locate, &question))
        return "";
    snprintf(text, sizeof text, "%s %s", type_name(question.type), question.name);
    return text;
}

int zone_answer(const struct caller *caller, struct sipreg_record *records, int size)
{
    struct sipreg_question question;
    int count = 0;

    if (!sipreg_locate_question(&caller->locate, &question))
        return 0;
    for (const struct rr *rr = caller->zone; rr->owner != NULL; rr++) {
        if (rr->record.type == question.type && strcmp(rr->owner, question.name) == 0) {
            assert_true(count < size);
            records[count++] = rr->record;
        }
    }
    return count;
}

static bool broken(const struct caller *caller, const char *question)
{
    return caller->broken != NULL &&
           (strcmp(caller->broken, "*") == 0 || strcmp(caller->broken, question) == 0);
}

const char *targeted(struct caller *caller)
{
    static const char *const transports[] = {"udp", "tcp", "tls", "ws", "wss"};
    struct sipreg_target target;
    int result = sipreg_locate_target(&caller->locate, &target);

    if (result == SIPREG_STATE)
        snprintf(caller->target, sizeof caller->target, "pending");
    else if (result < 0)
        snprintf(caller->target, sizeof caller->target, "none %d", result);
    else
        snprintf(caller->target, sizeof caller->target,
                 target.ipv6 ? "%s [%s]:%u %s" : "%s %s:%u %s", transports[target.transport],
                 target.address, target.port, target.name);
    return caller->target;
}

/* Answers all that is asked. */
static const char *resolved(struct caller *caller)
{
    size_t used = 0;

    caller->asked[0] = '\0';
    for (int i = 0; *asking(caller) != '\0'; i++) {
        struct sipreg_record records[40];
        int count = zone_answer(caller, records, COUNT(records));
        used += (size_t)snprintf(caller->asked + used, sizeof caller->asked - used, "%s%s",
                                 used > 0 ? ", " : "", asking(caller));
        assert_true(used < sizeof caller->asked && i < 60);
        if (broken(caller, asking(caller)))
            count = SIPREG_TIMEOUT;
        assert_int_equal(sipreg_locate_answer(&caller->locate, caller->now, records, count),
                         SIPREG_OK);
    }
    return targeted(caller);
}

const char *locate(struct caller *caller, const char *uri)
{
    int result = sipreg_locate_init(&caller->locate, &caller->options, given_text(uri));

    if (result != SIPREG_OK)
        fail_msg("%s: %d", uri, result);
    free_given(NULL); /* it is copied */
    return again(caller);
}

const char *again(struct caller *caller)
{
    assert_int_equal(sipreg_locate_start(&caller->locate, caller->now), SIPREG_OK);
    return resolved(caller);
}

const char *failed_for(struct caller *caller, int64_t retry_after)
{
    assert_int_equal(sipreg_locate_failed(&caller->locate, caller->now, retry_after), SIPREG_OK);
    return resolved(caller);
}

const char *failed(struct caller *caller)
{
    return failed_for(caller, -1);
}
