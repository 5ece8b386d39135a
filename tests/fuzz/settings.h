/*
 * settings.h - what the letters of a fuzz script say of the config.
 */
#ifndef SIPREG_TESTS_FUZZ_SETTINGS_H
#define SIPREG_TESTS_FUZZ_SETTINGS_H

#include "watch.h"

/* One that says nothing is passed over. */
void settings_apply(struct watch *w, char letter);

/* Further contacts. */
extern const struct sipreg_contact settings_contacts[2];

#endif
