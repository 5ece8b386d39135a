/*
 * chars.h - which class of RFC 3261 25.1 is this octet in?
 */
#ifndef SIPREG_LIB_CHARS_H
#define SIPREG_LIB_CHARS_H

#include <stdbool.h>

enum {
    SIPREG_TOKEN = 1, /* token: alphanum and - . ! % * _ + ` ' ~ */
    SIPREG_BLANK = 2, /* SP and HT, nothing else */
    SIPREG_DIGIT = 4,
    SIPREG_HEX = 8,
    SIPREG_CONTROL = 16,  /* CTL without HT */
    SIPREG_URI = 32,      /* reserved and unreserved: what a URI is made of, besides escapes */
    SIPREG_USERINFO = 64, /* unescaped in a user or password part */
    SIPREG_STOP = 128     /* ends an unquoted parameter value: blanks, controls, , ; " < > */
};

extern const unsigned char sipreg_chars[256];

/*@ assigns \nothing;
    ensures \result <==> (sipreg_chars[(unsigned char)c] & classes) != 0;
    ensures table: classes == SIPREG_DIGIT ==> (\result <==> '0' <= c <= '9');
    ensures table: classes == SIPREG_BLANK ==> (\result <==> c == ' ' || c == '\t');
    ensures table: classes == SIPREG_TOKEN && \result ==> c > ' ';
    ensures table: classes == SIPREG_CONTROL && c == '\0' ==> \result;
*/
static inline bool sipreg_is(char c, unsigned classes)
{
    return (sipreg_chars[(unsigned char)c] & classes) != 0;
}

/* ASCII only: SIP compares names without case and knows no locale. */
/*@ assigns \nothing;
    ensures \result == ('A' <= c <= 'Z' ? c + 32 : c);
*/
static inline char sipreg_lower(char c)
{
    return (c >= 'A' && c <= 'Z') ? (char)(c + ('a' - 'A')) : c;
}

#endif
