/*
 * digest.c - a program with a hash port of its own: does it answer challenges as the arguments say?
 */
#include <sipreg/sipreg.h>

#include <chip.h>

#include <stdio.h>
#include <string.h>

static int answered(const char *algorithm, const char *expected)
{
    static const struct sipreg_credentials mufasa = {.user = "Mufasa",
                                                     .password = "Circle of Life"};
    char text[512], out[2000];
    struct sipreg_response response;
    struct sipreg_challenge challenge;
    struct sipreg_answer answer;
    struct sipreg_request request = {.aor = "sip:Mufasa@example.org",
                                     .sent_by = "192.0.2.1",
                                     .contact = "sip:Mufasa@192.0.2.1",
                                     .answer = &answer};
    int n = snprintf(
        text, sizeof text,
        "SIP/2.0 401 Unauthorized\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKa\r\n"
        "From: <sip:a@b>;tag=1\r\nTo: <sip:a@b>;tag=2\r\nCall-ID: 1\r\nCSeq: 1 REGISTER\r\n"
        "WWW-Authenticate: Digest realm=\"r\", nonce=\"n\", algorithm=%s\r\nContent-Length: "
        "0\r\n\r\n",
        algorithm);

    if (sipreg_request_renew(&request, chip_random, NULL) != SIPREG_OK ||
        sipreg_response_parse(&response, text, (size_t)n) != n ||
        sipreg_challenge_read(&challenge, &response) != SIPREG_OK ||
        sipreg_challenge_answer(&answer, &challenge, &mufasa, &request, chip_random, NULL) !=
            SIPREG_OK ||
        (n = sipreg_request_write(&request, out, sizeof out - 1)) < 0)
        return 0;
    out[n] = '\0';
    return strstr(out, expected) != NULL;
}

int main(int argc, char **argv) /* ALGORITHM RESPONSE, ... */
{
    for (int i = 1; i + 1 < argc; i += 2) {
        if (!answered(argv[i], argv[i + 1]))
            return 1;
    }
    return argc > 2 ? 0 : 1;
}
