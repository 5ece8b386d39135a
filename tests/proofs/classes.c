/*
 * classes.c - every octet in every class that the contract of sipreg_is() (chars.h) speaks about.
 *
 * WP cannot look into a table at an unknown place. Eva walks through all of it, and tells whether
 * what the contract ensures under the name "table" is so each time.
 */
#include "../../lib/chars.h"

void walk(void);

void walk(void)
{
    for (int octet = -128; octet < 128; octet++) {
        (void)sipreg_is((char)octet, SIPREG_DIGIT);
        (void)sipreg_is((char)octet, SIPREG_BLANK);
        (void)sipreg_is((char)octet, SIPREG_TOKEN);
        (void)sipreg_is((char)octet, SIPREG_CONTROL);
    }
}
