/*
 * str.h - slices: are these equal? trimmed, and as a number.
 */
#ifndef SIPREG_LIB_STR_H
#define SIPREG_LIB_STR_H

#include <sipreg/types.h>

#define SIPREG_LITERAL(text) ((struct sipreg_str){(text), sizeof(text) - 1})

struct sipreg_str sipreg_str_of(const char *text);
struct sipreg_str sipreg_str_between(const char *from, const char *to);

/* Octet by octet. */
bool sipreg_str_equal(struct sipreg_str a, struct sipreg_str b);
/* Without ASCII case. */
bool sipreg_str_same(struct sipreg_str a, struct sipreg_str b);

/* Without blanks and folds at both ends. */
struct sipreg_str sipreg_str_trim(struct sipreg_str s);

/* Decimal digits and nothing else. SIPREG_SYNTAX: no number; SIPREG_LIMIT: above max. */
int sipreg_str_number(struct sipreg_str s, uint32_t max, uint32_t *number);

/* Well-formed UTF-8 without control characters: text that may stand in a header. */
bool sipreg_str_text(struct sipreg_str s);

/* What stood between quotes, or was bare: can it be sent between quotes, octet for octet? */
bool sipreg_str_quotable(struct sipreg_str s);

#endif
