/*
 * session.h - the authentication session with one realm: a challenge that is kept, and answered
 * again and again.
 */
#ifndef SIPREG_LIB_SESSION_H
#define SIPREG_LIB_SESSION_H

#include <sipreg/client.h>
#include <sipreg/storage.h>

/* Finds the session with the challenge's realm and header; else one that is unused, or of a realm
   that has not challenged in this attempt and is forgotten for it. SIPREG_OK; SIPREG_LIMIT: all are
   in use; SIPREG_ARGUMENT, SIPREG_CHALLENGE: none is forgotten for a challenge that there are no
   credentials for. */
int sipreg_session_claim(struct sipreg_client *client, const struct sipreg_challenge *challenge,
                         struct sipreg_session **session);
bool sipreg_session_used(const struct sipreg_session *session);

/* Keeps a challenge, whose texts are copied. SIPREG_LIMIT: they do not fit, nothing changed. */
int sipreg_session_keep(struct sipreg_session *session, const struct sipreg_challenge *challenge);
/* A nonce for the next request (nextnonce). What does not fit is ignored. */
void sipreg_session_renonce(struct sipreg_session *session, struct sipreg_str nonce);
/* Forgets all sessions: another server is to learn nothing of them. */
void sipreg_session_forget(struct sipreg_client *client);
/* Forgets the sessions whose credentials were rejected: they may be tried again. */
void sipreg_session_forgive(struct sipreg_client *client);

/* SIPREG_OK; SIPREG_POLICY: the policy refuses this challenge, by itself or as weaker than what the
   realm was answered by before. */
int sipreg_session_permits(const struct sipreg_client *client,
                           const struct sipreg_challenge *challenge);
/* This challenge is answered: what is weaker is a downgrade from now on. */
void sipreg_session_note(struct sipreg_client *client, const struct sipreg_challenge *challenge);

/* Computes the answer for client->request. SIPREG_ARGUMENT and SIPREG_CHALLENGE: there are no
   credentials for this challenge; SIPREG_HASH, SIPREG_RANDOM. */
int sipreg_session_answer(struct sipreg_client *client, struct sipreg_session *session);
/* Both, for a challenge that has come just now. Without credentials for it nothing changed: another
   challenge of this realm may do. */
int sipreg_session_take_up(struct sipreg_client *client, struct sipreg_session *session,
                           const struct sipreg_challenge *challenge);

/* Looks at Authentication-Info of a 2xx for all sessions that the request carried: takes up
   nextnonce, and tells by client->verified whether one of them was verified. SIPREG_OK, or the
   first error. */
int sipreg_session_verify(struct sipreg_client *client, const struct sipreg_response *response);

#endif
