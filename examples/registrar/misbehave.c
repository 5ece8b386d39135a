/*
 * misbehave.c: what shall go wrong with which REGISTER?
 *
 * A script is a list of steps, and a step is one fault or several joined by '+'. A fault is a word,
 * NAME=VALUE, or a status code. Reading a fault fills fields of a struct step; what the fields do
 * is the business of service.c (the answer) and server.c (its delivery). To add a fault, add its
 * field, its row in read_fault() and its line in README.md.
 */
#include "misbehave.h"

#include <string.h>

#define DELAY_MAX_MS 600000
#define COPIES_MAX   20

static bool number_up_to(struct text text, uint32_t max, uint32_t *value)
{
    return text_number(text, value) && *value <= max;
}

/* ',', '+' and '*' may be wanted in a header; there a backslash takes their meaning away. */
static bool without_backslashes(struct text text, char *write, size_t size)
{
    size_t i, n = 0;

    if (text.n >= size)
        return false;
    for (i = 0; i < text.n; i++) {
        if (text.at[i] == '\\' && i + 1 < text.n && strchr(",+*", text.at[i + 1]) != NULL)
            i++;
        write[n++] = text.at[i];
    }
    write[n] = '\0';
    return true;
}

static const char *read_header(struct text value, struct step *step)
{
    struct text name, rest = value;
    size_t i;

    if (!text_split(&rest, ':', &name) || rest.at == NULL || !text_token(name))
        return "a header is NAME: VALUE";
    for (i = 0; i < value.n; i++) {
        if ((unsigned char)value.at[i] < ' ' && value.at[i] != '\t')
            return "a header is one line";
    }
    return without_backslashes(value, step->header, sizeof step->header) ? NULL
                                                                         : "a header that long";
}

/* CODE, CODE/retry-after=N or CODE/min-expires=N */
static const char *read_status(struct text fault, struct step *step)
{
    struct text code, name, rest = fault;

    text_split(&rest, '/', &code);
    if (code.n != 3 || !text_number(code, &step->code) || step->code < 100 || step->code > 699)
        return "no such step";
    if (rest.at == NULL)
        return NULL;
    text_split(&rest, '=', &name);
    if (text_is(name, "retry-after") && rest.at != NULL) {
        step->has_retry_after = true;
        return text_number(rest, &step->retry_after) ? NULL : "retry-after wants a number";
    }
    if (text_is(name, "min-expires") && rest.at != NULL) {
        step->has_min_expires = true;
        return text_number(rest, &step->min_expires) ? NULL : "min-expires wants a number";
    }
    return "after CODE/ comes retry-after=N or min-expires=N";
}

static const char *read_valued_fault(struct text name, struct text value, struct step *step)
{
    if (text_is(name, "delay"))
        return number_up_to(value, DELAY_MAX_MS, &step->delay_ms)
                   ? NULL
                   : "delay wants milliseconds, at most 600000";
    if (text_is(name, "dup")) {
        if (!number_up_to(value, COPIES_MAX, &step->extra_copies) || step->extra_copies == 0)
            return "dup wants a number from 1 to 20";
        step->extra_copies--;
        return NULL;
    }
    if (text_is(name, "expires")) {
        step->has_expires = true;
        return text_number(value, &step->expires) ? NULL : "expires wants a number";
    }
    if (text_is(name, "header"))
        return read_header(value, step);
    return "no such step";
}

static const char *read_fault(struct text fault, struct step *step)
{
    const struct {
        const char *name;
        bool *field;
    } words[] = {
        {"drop", &step->drop},
        {"lose-answer", &step->lose_answer},
        {"close", &step->close},
        {"garbage", &step->garbage},
        {"split", &step->split},
        {"challenge", &step->challenge},
        {"stale", &step->stale},
        {"reset-nonces", &step->reset_nonces},
        {"no-contact", &step->no_contact},
        {"foreign-contact", &step->foreign_contact},
    };
    struct text name, rest = fault;
    size_t i;

    for (i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (text_is(fault, words[i].name)) {
            *words[i].field = true;
            return NULL;
        }
    }
    if (text_is(fault, "ok"))
        return NULL;
    if (fault.n > 0 && fault.at[0] >= '0' && fault.at[0] <= '9')
        return read_status(fault, step);
    text_split(&rest, '=', &name);
    return rest.at != NULL ? read_valued_fault(name, rest, step) : "no such step";
}

static bool take_star(struct text *step)
{
    if (step->n < 2 || step->at[step->n - 1] != '*' || step->at[step->n - 2] == '\\')
        return false;
    step->n--;
    return true;
}

const char *script_read(struct script *script, const char *argument, struct text *where)
{
    struct text rest = text_of(argument), item, fault;
    const char *wrong;

    while (text_split(&rest, ',', &item)) {
        *where = item;
        if (script->repeat_last)
            return "nothing can follow a step that repeats for ever";
        if (script->count == STEPS_MAX)
            return "more than 64 steps";
        script->repeat_last = take_star(&item);
        while (text_split(&item, '+', &fault)) {
            if ((wrong = read_fault(fault, &script->steps[script->count])) != NULL)
                return wrong;
        }
        script->count++;
    }
    return NULL;
}

struct step script_next(struct script *script)
{
    static const struct step normal;

    if (script->next == script->count)
        return normal;
    if (script->repeat_last && script->next + 1 == script->count)
        return script->steps[script->next];
    return script->steps[script->next++];
}
