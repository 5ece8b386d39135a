/*
 * message.c - one message at a time: build, read, answer a challenge. Without a client.
 */
#include <sipreg/sipreg.h>

static struct sipreg_request request;

int part(const void *bytes, size_t n, void *out, size_t room, int (*random)(void *, void *, size_t),
         const struct sipreg_credentials *credentials)
{
    static struct sipreg_challenge challenge;
    static struct sipreg_answer answer;
    struct sipreg_response response;

    if (sipreg_response_parse(&response, bytes, n) > 0 &&
        sipreg_challenge_read(&challenge, &response) == SIPREG_OK &&
        sipreg_challenge_answer(&answer, &challenge, credentials, &request, random, NULL) ==
            SIPREG_OK)
        request.answer = &answer;
    if (sipreg_request_renew(&request, random, NULL) != SIPREG_OK)
        return SIPREG_ARGUMENT;
    return sipreg_request_write(&request, out, room);
}
