/*
 * test_hostile_config.c - texts that would like to be more, in each setting of a config.
 *
 * Whatever a text holds, the messages that are sent have the same lines, values and parameters as
 * with a harmless one; or it is refused by a name.
 */
#include "hostile.h"
#include "story.h"

/* ---------------------------------------------------------------- settings */

static struct sipreg_header header = {"X-Header", "value"};
static struct sipreg_contact further = {"sip:desk@192.0.2.11", SIPREG_EXPIRES_NONE, 0, NULL};
static struct sipreg_body body = {"application/cpl+xml", NULL, "<cpl/>", 6};
static const char *route;

static void set_aor(struct sipreg_client_config *c, const char *text)
{
    c->aor = text;
}
static void set_from(struct sipreg_client_config *c, const char *text)
{
    c->from = text;
}
static void set_local(struct sipreg_client_config *c, const char *text)
{
    c->local = text;
}
static void set_registrar(struct sipreg_client_config *c, const char *text)
{
    c->registrar = text;
}
static void set_contact(struct sipreg_client_config *c, const char *text)
{
    c->contact = text;
}
static void set_contact_params(struct sipreg_client_config *c, const char *text)
{
    c->contact_params = text;
}
static void set_instance(struct sipreg_client_config *c, const char *text)
{
    c->instance = text;
}
static void set_display(struct sipreg_client_config *c, const char *text)
{
    c->display = text;
}
static void set_via_params(struct sipreg_client_config *c, const char *text)
{
    c->via_params = text;
}
static void set_auth_user(struct sipreg_client_config *c, const char *text)
{
    c->auth_user = text;
}
static void set_password(struct sipreg_client_config *c, const char *text)
{
    c->password = text;
}
static void set_ha1(struct sipreg_client_config *c, const char *text)
{
    c->password = NULL;
    c->ha1 = text;
    c->ha1_algorithm = SIPREG_MD5;
}
static void set_realm(struct sipreg_client_config *c, const char *text)
{
    c->realm = text;
}
static void set_require(struct sipreg_client_config *c, const char *text)
{
    c->require = text;
}
static void set_supported(struct sipreg_client_config *c, const char *text)
{
    c->supported = text;
}
static void set_allow(struct sipreg_client_config *c, const char *text)
{
    c->allow = text;
}
static void set_user_agent(struct sipreg_client_config *c, const char *text)
{
    c->user_agent = text;
}
static void set_route(struct sipreg_client_config *c, const char *text)
{
    route = text;
    c->routes = &route;
    c->route_count = 1;
}
static void set_header(struct sipreg_client_config *c, const char *name, const char *value)
{
    header.name = name;
    header.value = value;
    c->headers = &header;
    c->header_count = 1;
}
static void set_header_name(struct sipreg_client_config *c, const char *text)
{
    set_header(c, text, "value");
}
static void set_header_value(struct sipreg_client_config *c, const char *text)
{
    set_header(c, "X-Header", text);
}
static void set_further(struct sipreg_client_config *c, const char *uri, const char *params)
{
    further.uri = uri;
    further.params = params;
    c->contacts = &further;
    c->contact_count = 1;
}
static void set_further_uri(struct sipreg_client_config *c, const char *text)
{
    set_further(c, text, NULL);
}
static void set_further_params(struct sipreg_client_config *c, const char *text)
{
    set_further(c, "sip:desk@192.0.2.11", text);
}
static void set_body(struct sipreg_client_config *c, const char *type, const char *disposition)
{
    body.type = type;
    body.disposition = disposition;
    c->body = &body;
}
static void set_body_type(struct sipreg_client_config *c, const char *text)
{
    set_body(c, text, NULL);
}
static void set_disposition(struct sipreg_client_config *c, const char *text)
{
    set_body(c, "application/cpl+xml", text);
}

/* LINES: what it holds may be several values or parameters, but no line more. */
enum freedom { NO_MORE, LINES };

static const struct setting {
    const char *name; /* as faults have it */
    void (*set)(struct sipreg_client_config *config, const char *text);
    const char *pattern, *harmless;
    enum freedom freedom;
} settings[] = {
    {"aor", set_aor, "sip:alice%s@example.com", "a", NO_MORE},
    {"aor", set_aor, "sip:alice@example.com%s", "", NO_MORE},
    {"aor", set_aor, "%s", "sip:alice@example.com", NO_MORE},
    {"from", set_from, "sip:boss%s@example.com", "a", NO_MORE},
    {"local", set_local, "192.0.2.10%s", "", NO_MORE},
    {"local", set_local, "192.0.2.10:50%s", "60", NO_MORE},
    {"registrar", set_registrar, "sip:example.com%s", "", NO_MORE},
    {"contact", set_contact, "sip:alice%s@192.0.2.10", "a", NO_MORE},
    {"contact", set_contact, "sip:alice@192.0.2.10%s", "", NO_MORE},
    {"contact", set_contact_params, ";x=a%s", "a", LINES},
    {"contact", set_contact_params, ";x=\"a%s\"", "a", LINES},
    {"contact", set_further_uri, "sip:desk%s@192.0.2.11", "a", NO_MORE},
    {"contact", set_further_params, ";x=a%s", "a", LINES},
    {"instance", set_instance, "urn:uuid:a%s", "a", NO_MORE},
    {"display", set_display, "Alice%s", "a", NO_MORE},
    {"via_params", set_via_params, ";x=a%s", "a", LINES},
    {"auth_user", set_auth_user, "alice%s", "a", NO_MORE},
    {"password", set_password, SECRET "%s", "", NO_MORE},
    {"ha1", set_ha1, "0123456789abcdef0123456789abcde%s", "a", NO_MORE},
    {"realm", set_realm, "example.com%s", "", NO_MORE},
    {"routes", set_route, "sip:proxy.example.com%s;lr", "", NO_MORE},
    {"routes", set_route, "sip:proxy%s@proxy.example.com;lr", "a", NO_MORE},
    {"require", set_require, "pref%s", "a", LINES},
    {"supported", set_supported, "path%s", "a", LINES},
    {"allow", set_allow, "INVITE%s", "a", LINES},
    {"user_agent", set_user_agent, "phone/1%s", "a", LINES},
    {"headers", set_header_name, "X-Header%s", "a", LINES},
    {"headers", set_header_value, "value%s", "a", LINES},
    {"body", set_body_type, "application/cpl+xml%s", "a", LINES},
    {"body", set_disposition, "script%s", "a", LINES},
};

/* ---------------------------------------------------------------- messages */

/* Registers, refreshes, removes: what was sent. */
static void live(struct story *s, struct messages *m)
{
    story_init(s);
    story_start(s);
    story_challenge(s, "n1", ", opaque=\"o\", algorithm=MD5");
    if (story_requests(s) == 2)
        story_grant(s, 100);
    sipreg_client_stop(&s->client, s->tick);
    story_run(s);
    m->count = s->sent < HOSTILE_MESSAGES ? s->sent : HOSTILE_MESSAGES;
    for (size_t i = 0; i < m->count; i++)
        skeleton_of(s->sends[i].text, s->sends[i].n, m->skeletons[i]);
}

/* Names and ends of lines only. */
static void keep_lines(char *skeleton)
{
    char *to = skeleton;
    bool value = false;

    for (const char *from = skeleton; *from != '\0'; from++) {
        value = *from != '\n' && (value || (from > skeleton && from[-1] == ':'));
        if (!value)
            *to++ = *from;
    }
    *to = '\0';
}

static void assert_alike(struct messages *m, struct messages *harmless, enum freedom freedom,
                         const char *what, const char *text)
{
    if (m->count > harmless->count)
        fail_msg("%s, '%.40s': a message more", what, text);
    for (size_t i = 0; freedom == LINES && i < harmless->count; i++)
        keep_lines(harmless->skeletons[i]);
    for (size_t i = 0; i < m->count; i++) {
        if (freedom == LINES && strncmp(m->skeletons[i], "BROKEN", 6) != 0)
            keep_lines(m->skeletons[i]);
        if (!hostile_among(m->skeletons[i], harmless))
            fail_msg("%s, '%.40s': %s", what, text, m->skeletons[i]);
    }
}

/* Is it refused, and by its name? */
static bool is_refused(struct story *s, const struct setting *setting, const char *text)
{
    struct sipreg_client probe;
    const char *fault = sipreg_client_fault(&s->config);
    int error = sipreg_client_init(&probe, &s->config);

    if (fault == NULL)
        return error == SIPREG_LIMIT || error == SIPREG_SPACE; /* 4 KB are too much */
    assert_int_equal(error, SIPREG_ARGUMENT);
    if (strstr(fault, setting->name) == NULL)
        fail_msg("%s, '%.40s': blamed on %s", setting->name, text, fault);
    return true;
}

static void no_setting_can_say_more_than_it_should(void **state)
{
    struct story *s = (struct story *)*state;
    struct sipreg_client_config plain = s->config;
    static struct messages harmless, m;
    unsigned refused = 0, sent = 0;

    for (size_t i = 0; i < COUNT(settings); i++) {
        for (size_t k = 0; hostile_text(k) != NULL; k++) {
            s->config = plain;
            settings[i].set(&s->config, hostile_fitted(settings[i].pattern, settings[i].harmless));
            live(s, &harmless);
            story_forget(s);
            settings[i].set(&s->config, hostile_fitted(settings[i].pattern, hostile_text(k)));
            if (is_refused(s, &settings[i], hostile_text(k))) {
                refused++;
                continue;
            }
            live(s, &m);
            assert_alike(&m, &harmless, settings[i].freedom, settings[i].name, hostile_text(k));
            story_forget(s);
            sent++;
        }
    }
    assert_true(refused > 0 && sent > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORY(no_setting_can_say_more_than_it_should),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
