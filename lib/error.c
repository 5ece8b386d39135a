/*
 * error.c - names of errors, and the version.
 */
#include <sipreg/sipreg.h>

const char *sipreg_version(void)
{
    return SIPREG_VERSION;
}

const char *sipreg_strerror(int error)
{
    static const char *const texts[] = {
        "ok",
        "a setting or string that cannot be used",
        "not possible now: a step before this one is missing or failed",
        "the buffer is too small",
        "larger than a limit of this build",
        "the message is not complete",
        "not a usable SIP response",
        "not an answer to a request of ours",
        "an answer that came twice or too late",
        "no challenge that can be answered with these credentials",
        "refused by policy",
        "the registrar does not list our contact",
        "refused with this status",
        "refused because the address is sips, or is not",
        "the hash library failed",
        "the random source failed, or gave the same octets again",
        "the transport failed",
        "no answer in time",
        "another address, by a NAT that has forgotten us",
    };

    if (error > 0 || error <= -(int)(sizeof texts / sizeof texts[0]))
        return "unknown error";
    return texts[-error];
}
