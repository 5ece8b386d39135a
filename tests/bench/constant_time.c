/*
 * constant_time.c - how long does it take to find that a proof (rspauth) is wrong?
 *
 *   constant_time ALGORITHM [INDEX]       with another digit at this index; the right one without
 *
 * constant_time.py runs this under callgrind, which counts the instructions within
 * measured_verify(): were there more or fewer of them by where the first wrong digit stands, it
 * could be guessed digit by digit.
 */
#include "digest.h"
#include "measured.h"
#include "out.h"

#include <sipreg/sipreg.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HEAD(status)                                                                               \
    "SIP/2.0 " status                                                                              \
    "\r\nVia: SIP/2.0/UDP 192.0.2.10;branch=z9hG4bKx\r\nFrom: <sip:a@h>;tag=f\r\n"                 \
    "To: <sip:a@h>;tag=t\r\nCall-ID: c\r\nCSeq: 1 REGISTER\r\nContent-Length: 0\r\n"

static const struct sipreg_credentials alice = {.user = "alice", .password = "secret"};
static const struct sipreg_request request = {.registrar = "sip:h", .aor = "sip:alice@h"};
static struct sipreg_challenge challenge;
static struct sipreg_answer answer;
static struct sipreg_response response, proof;
static struct sipreg_authinfo info;
static int result;

void measured_verify(void);
MEASURED void measured_verify(void)
{
    result = sipreg_challenge_verify(&info, &answer, &alice, &request, &proof);
}

/* What it should be, and one digit changed into another: a letter into a letter. */
static void make_proof(char *text, size_t size, const char *index)
{
    struct sipreg_subject subject = {&challenge, &alice, answer.user, &request};
    struct sipreg_hash_value wanted;
    const struct sipreg_str nothing = {NULL, 0};
    char digits[2 * SIPREG_DIGEST_SIZE + 1] = "";

    if (sipreg_digest_compute(&subject, "", nothing, answer.qop, answer.count, &wanted) < 0)
        exit(2);
    sipreg_hex(digits, wanted.octets, wanted.n);
    if (index != NULL) {
        char *digit = &digits[strtoul(index, NULL, 10)];
        *digit = (char)(*digit == '9' || *digit == 'f' ? *digit - 1 : *digit + 1);
    }
    snprintf(text, size, HEAD("200 OK") "Authentication-Info: rspauth=\"%s\", qop=auth\r\n\r\n",
             digits);
}

int main(int argc, char **argv)
{
    static char asked[1000], proved[1000];

    if (argc < 2)
        return 2;
    snprintf(asked, sizeof asked,
             HEAD("401 U") "WWW-Authenticate: Digest realm=\"r\",nonce=\"n\",qop=auth,algorithm=%s"
                           "\r\n\r\n",
             argv[1]);
    if (sipreg_response_parse(&response, asked, strlen(asked)) < 0 ||
        sipreg_challenge_read(&challenge, &response) < 0 ||
        sipreg_challenge_answer(&answer, &challenge, &alice, &request, counting, NULL) < 0)
        return 2;
    make_proof(proved, sizeof proved, argv[2]);
    if (sipreg_response_parse(&proof, proved, strlen(proved)) < 0)
        return 2;
    measured_verify();
    return result == (argc > 2 ? SIPREG_CHALLENGE : SIPREG_OK) ? 0 : 1;
}
