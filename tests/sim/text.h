/*
 * text.h - messages as text with a NUL behind it, read in a way of its own: not with the library
 * that is being tested.
 */
#ifndef SIPREG_SIM_TEXT_H
#define SIPREG_SIM_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { VALUE = 600, HEX = 65 };

/* The value of the nth header line of this name, from 0. False, and "": it is not there. */
bool text_header(const char *message, const char *name, unsigned nth, char value[VALUE]);
/* A parameter in a header's value, without quotes. */
bool text_param(const char *value, const char *name, char out[VALUE]);
bool text_copy(const char *p, size_t n, char out[VALUE]);
/* The algorithm parameter in capitals. */
void text_algorithm(const char *credentials, char out[VALUE]);
/* What stands between < and >. */
bool text_uri(const char *value, char out[VALUE]);
const char *text_body(const char *message);
uint32_t text_cseq(const char *message);

/* Hex of the hash of texts strung together by colons; NULL ends them. */
void text_hash(char hex[HEX], unsigned algorithm, const char *const *texts);
/* What the response in these credentials should be, by RFC 7616 3.4.1. */
void text_digest(char hex[HEX], const char *credentials, const char *method, const char *password,
                 const char *body);

#endif
