/*
 * date.c - the Date of a response, in seconds since 1970 (RFC 3261 20.17).
 *
 * There is one form of it, that of RFC 1123, always in GMT; a Date of another form is none.
 */
#include "response.h"

/*@ requires \valid(c) && readable(*c) && readable(text);
    assigns c->p;
    ensures follows(*c, \old(*c));
    ensures \result ==> c->p - \old(c->p) == text.n;
    ensures !\result ==> c->p == \old(c->p);
*/
static bool take_text(struct sipreg_cursor *c, struct sipreg_str text)
{
    if ((size_t)(c->end - c->p) < text.n || memcmp(c->p, text.p, text.n) != 0)
        return false;
    c->p += text.n;
    return true;
}

/* One of these names of three letters each, counted from 0. */
/*@ requires \valid(c) && readable(*c) && readable(names) && names.n % 3 == 0 && names.n <= 36;
    requires \valid(index) && \separated(c, index);
    assigns c->p, *index;
    ensures follows(*c, \old(*c));
    ensures \result ==> 0 <= *index < names.n / 3;
*/
static bool take_name(struct sipreg_cursor *c, struct sipreg_str names, int32_t *index)
{
    /*@ loop invariant 0 <= i <= names.n && i % 3 == 0;
        loop invariant readable(*c) && c->p == \at(c->p, Pre);
        loop assigns i, c->p;
        loop variant names.n - i;
    */
    for (size_t i = 0; i < names.n; i += 3) {
        if (take_text(c, sipreg_str_between(names.p + i, names.p + i + 3))) {
            *index = (int32_t)(i / 3);
            return true;
        }
    }
    return false;
}

/* So many digits, of a number within these bounds. */
/*@ requires \valid(c) && readable(*c) && (digits == 2 || digits == 4);
    requires \valid(number) && \separated(c, number);
    assigns c->p, *number;
    ensures follows(*c, \old(*c));
    ensures \result ==> least <= *number <= most;
*/
static bool take_number(struct sipreg_cursor *c, int digits, int32_t least, int32_t most,
                        int32_t *number)
{
    *number = 0;
    /*@ loop invariant 0 <= i <= digits && readable(*c) && follows(*c, \at(*c, Pre));
        loop invariant i == 0 ? *number == 0 : i == 1 ? 0 <= *number <= 9 :
                       i == 2 ? 0 <= *number <= 99 : i == 3 ? 0 <= *number <= 999 :
                       0 <= *number <= 9999;
        loop assigns i, c->p, *number;
        loop variant digits - i;
    */
    for (int i = 0; i < digits; i++) {
        if (c->p >= c->end || !sipreg_is(*c->p, SIPREG_DIGIT))
            return false;
        *number = *number * 10 + (*c->p++ - '0');
    }
    return *number >= least && *number <= most;
}

/* Of the Gregorian calendar, from 1970; the year is taken to begin in March, so that its leap day
   is the last. month from 0. */
/*@ requires 1970 <= year <= 9999 && 0 <= month < 12 && 1 <= day <= 31;
    assigns \nothing;
    ensures -31 <= \result <= 2932928;
*/
static int32_t days(int32_t year, int32_t month, int32_t day)
{
    int32_t y = month < 2 ? year - 1 : year, m = (month + 10) % 12;

    return 365 * y + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + day - 719469;
}

/*@ requires readable(c);
    assigns \nothing;
*/
static int64_t seconds(struct sipreg_cursor c)
{
    int32_t weekday, day, month, year, hour, minute, second;
    bool good;

    good = take_name(&c, SIPREG_LITERAL("SunMonTueWedThuFriSat"), &weekday) &&
           take_text(&c, SIPREG_LITERAL(", ")) && take_number(&c, 2, 1, 31, &day) &&
           take_text(&c, SIPREG_LITERAL(" ")) &&
           take_name(&c, SIPREG_LITERAL("JanFebMarAprMayJunJulAugSepOctNovDec"), &month) &&
           take_text(&c, SIPREG_LITERAL(" ")) && take_number(&c, 4, 1970, 9999, &year) &&
           take_text(&c, SIPREG_LITERAL(" ")) && take_number(&c, 2, 0, 23, &hour) &&
           take_text(&c, SIPREG_LITERAL(":")) && take_number(&c, 2, 0, 59, &minute) &&
           take_text(&c, SIPREG_LITERAL(":")) && take_number(&c, 2, 0, 60, &second) &&
           take_text(&c, SIPREG_LITERAL(" GMT")) && c.p == c.end;
    if (!good)
        return SIPREG_ABSENT;
    return (int64_t)days(year, month, day) * 86400 + (int64_t)hour * 3600 + (int64_t)minute * 60 +
           second;
}

/*@ requires readable(response);
    assigns \nothing;
*/
int64_t sipreg_response_date(const struct sipreg_response *response)
{
    struct sipreg_place place = {0, 0, 0};
    struct sipreg_str value = {NULL, 0};

    if (!sipreg_response_named(response, SIPREG_LITERAL("Date"), &place, &value))
        return SIPREG_ABSENT;
    return seconds(sipreg_cursor_of(value));
}
