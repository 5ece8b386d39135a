/*
 * warning.c - which codes do the Warnings of a response have? (RFC 3261 20.43)
 *
 * A warning is `399 host "text"`; texts may hold commas.
 */
#include "warning.h"

#include "cursor.h"

/* Takes one warning, with the comma behind it. False: none is left, or it is malformed. */
static bool take(struct sipreg_cursor *c, uint32_t *code)
{
    struct sipreg_str digits, text;

    if (!sipreg_cursor_token(c, &digits) || sipreg_str_number(digits, 999, code) != SIPREG_OK)
        return false;
    while (c->p < c->end && *c->p != '"')
        c->p++;
    if (!sipreg_cursor_quoted(c, &text))
        return false;
    sipreg_cursor_separator(c, ',');
    return true;
}

bool sipreg_warning_has(const struct sipreg_response *response, uint32_t code)
{
    struct sipreg_place place = {0, 0, 0};
    struct sipreg_str value;
    uint32_t found;

    while (sipreg_response_header(response, "Warning", &place, &value)) {
        struct sipreg_cursor c = sipreg_cursor_of(value);
        while (take(&c, &found)) {
            if (found == code)
                return true;
        }
    }
    return false;
}
