/*
 * message.c: what does this request say, and what must every answer to it repeat?
 *
 * A registrar that is lenient would hide a client's mistakes, so this one is strict: lines end in
 * CRLF, the five headers that every answer copies (RFC 3261 8.2.6.2) must be there and make sense,
 * and the first thing that does not is named in the reason phrase of a 400.
 */
#include "message.h"

#include "address.h"

#include <stdio.h>
#include <string.h>

static bool header_is(struct text name, const char *wanted)
{
    static const char *const compact[][2] = {
        {"Via", "v"},     {"From", "f"},           {"To", "t"},        {"Call-ID", "i"},
        {"Contact", "m"}, {"Content-Length", "l"}, {"Supported", "k"},
    };
    size_t i;

    if (text_same_nocase(name, text_of(wanted)))
        return true;
    for (i = 0; i < sizeof compact / sizeof compact[0]; i++) {
        if (strcmp(compact[i][0], wanted) == 0)
            return text_same_nocase(name, text_of(compact[i][1]));
    }
    return false;
}

/* Offset behind the headers' empty line, 0 if it has not arrived. */
static size_t message_head(const char *bytes, size_t n)
{
    size_t i;

    for (i = 0; i + 4 <= n; i++) {
        if (memcmp(bytes + i, "\r\n\r\n", 4) == 0)
            return i + 4;
    }
    return 0;
}

/* Only looks for the length: whether the message is any good, request_read() will say. */
size_t message_length(const char *bytes, size_t n, const char **wrong)
{
    size_t head = message_head(bytes, n), from = 0, i;
    struct text line, name;
    uint32_t length;

    for (i = 0; i + 1 < head; i++) {
        if (bytes[i] != '\r' || bytes[i + 1] != '\n')
            continue;
        line = text_slice(bytes + from, bytes + i);
        from = i + 2;
        text_split(&line, ':', &name);
        if (line.at == NULL || !header_is(name, "Content-Length"))
            continue;
        if (!text_number(text_trim(line), &length) || length > MESSAGE_MAX) {
            *wrong = "a Content-Length that is no number or too large";
            return 0;
        }
        return head + length <= n ? head + length : 0;
    }
    if (head > 0)
        *wrong = "no Content-Length, which a stream needs (RFC 3261 18.3)";
    return 0;
}

struct text request_header(const struct request *request, const char *name, size_t *from)
{
    struct text none = {NULL, 0};

    while (*from < request->header_count) {
        const struct header *header = &request->headers[(*from)++];

        if (header_is(header->name, name))
            return header->value;
    }
    return none;
}

struct text request_first(const struct request *request, const char *name)
{
    size_t from = 0;

    return request_header(request, name, &from);
}

/* One line, without its CRLF. Nothing but CRLF may end a line, and nothing else may hold a CR, LF
 * or NUL. */
static bool take_line(char **at, char *end, struct text *line)
{
    char *stop = *at;

    while (stop < end && *stop != '\r' && *stop != '\n' && *stop != '\0')
        stop++;
    if (end - stop < 2 || stop[0] != '\r' || stop[1] != '\n')
        return false;
    *line = text_slice(*at, stop);
    *at = stop + 2;
    return true;
}

/* RFC 3261 7.3.1: a line that begins with blanks goes on with the header above it. */
static void unfold(char *head, size_t n)
{
    size_t i;

    for (i = 0; i + 2 < n; i++) {
        if (head[i] == '\r' && head[i + 1] == '\n' && (head[i + 2] == ' ' || head[i + 2] == '\t'))
            head[i] = head[i + 1] = ' ';
    }
}

static const char *read_request_line(struct request *request, struct text line)
{
    struct text rest = line, version;

    if (line.n >= 8 && memcmp(line.at, "SIP/2.0 ", 8) == 0)
        return "a response, not a request";
    text_split(&rest, ' ', &request->method);
    text_split(&rest, ' ', &request->uri);
    if (rest.at == NULL || !text_token(request->method) || request->uri.n == 0)
        return "no request line";
    version = rest;
    return text_is(version, "SIP/2.0") ? NULL : "not SIP/2.0";
}

static const char *read_headers(struct request *request, char *at, char *end)
{
    struct text line, rest;
    struct header *header;

    while (at < end - 2) {
        if (!take_line(&at, end, &line))
            return "a line does not end in CRLF";
        if (request->header_count == HEADERS_MAX)
            return "more than 64 headers";
        header = &request->headers[request->header_count];
        rest = line;
        text_split(&rest, ':', &header->name);
        if (rest.at == NULL || !text_token(header->name))
            return "a line that is no header";
        header->value = text_trim(rest);
        request->header_count++;
    }
    return NULL;
}

static bool read_sent_by(struct request *request, uint32_t *port)
{
    struct text all = request->sent_by;
    const char *end = all.at + all.n;
    const char *bracket = memchr(all.at, ']', all.n);
    const char *from = bracket != NULL ? bracket : all.at;
    const char *colon = memchr(from, ':', (size_t)(end - from));

    *port = 5060;
    request->sent_host = text_trim(text_slice(all.at, colon != NULL ? colon : end));
    if (colon == NULL)
        return true;
    return text_number(text_trim(text_slice(colon + 1, end)), port) && *port > 0 && *port < 65536;
}

static const char *read_via(struct request *request)
{
    struct text line = request_first(request, "Via"), rest, protocol, via;
    uint32_t port;

    if (line.at == NULL)
        return "no Via";
    request->more_vias = line;
    text_split(&request->more_vias, ',', &via);
    rest = via;
    text_split(&rest, ';', &protocol);
    if (protocol.n < 8 || strncmp(protocol.at, "SIP/2.0/", 8) != 0)
        return "a Via that is not SIP/2.0";
    text_split(&protocol, ' ', &request->sent_by);
    request->sent_by = protocol.at != NULL ? text_trim(protocol) : text_of("");
    if (request->sent_by.n == 0 || !read_sent_by(request, &port))
        return "a Via without a proper host and port";
    /* RFC 3581 4: back to the source port if the client asked for rport, else (RFC 3261 18.2.2) to
     * the port that it names. The address is the source's in any case, so it is on loopback. */
    request->reply_port = text_param(rest, "rport").at != NULL ? request->source.port : port;
    request->branch = text_param(rest, "branch");
    request->via = via;
    return NULL;
}

static const char *read_cseq(struct request *request)
{
    struct text value = request_first(request, "CSeq"), number;

    if (value.at == NULL)
        return "no CSeq";
    text_split(&value, ' ', &number);
    /* RFC 3261 8.1.1.5: less than 2^31 */
    if (!text_number(number, &request->cseq) || request->cseq > INT32_MAX)
        return "a CSeq that is no number below 2^31";
    request->cseq_method = value.at != NULL ? text_trim(value) : text_of("");
    return text_same(request->cseq_method, request->method) ? NULL : "a CSeq of another method";
}

static const char *read_dialog_headers(struct request *request)
{
    struct address address;

    request->from = request_first(request, "From");
    request->to = request_first(request, "To");
    request->call_id = request_first(request, "Call-ID");
    if (request->from.at == NULL || !address_read(request->from, &address))
        return "no proper From";
    if (text_param(address.params, "tag").n == 0)
        return "a From without a tag";
    if (request->to.at == NULL || !address_read(request->to, &address))
        return "no proper To";
    return request->call_id.n == 0 ? "no Call-ID" : NULL;
}

static const char *read_body(struct request *request, const char *body, const char *end)
{
    struct text length = request_first(request, "Content-Length");
    uint32_t n;

    request->body = text_slice(body, end);
    if (length.at == NULL)
        return NULL;
    if (!text_number(length, &n))
        return "a Content-Length that is no number";
    if (n > request->body.n)
        return "a Content-Length above what was sent";
    request->body.n = n;
    return NULL;
}

const char *request_read(struct request *request, char *bytes, size_t n,
                         const struct source *source)
{
    size_t head = message_head(bytes, n);
    char *at = bytes, *end = bytes + head;
    const char *wrong, *via_wrong;
    struct text line;

    memset(request, 0, sizeof *request);
    request->source = *source;
    if (head == 0)
        return "no empty line behind the headers";
    unfold(bytes, head);
    if (!take_line(&at, end, &line))
        return "no request line";
    if ((wrong = read_request_line(request, line)) != NULL)
        return wrong;
    wrong = read_headers(request, at, end);
    via_wrong = read_via(request);
    if (wrong == NULL)
        wrong = via_wrong;
    if (wrong == NULL)
        wrong = read_dialog_headers(request);
    if (wrong == NULL)
        wrong = read_cseq(request);
    return wrong != NULL ? wrong : read_body(request, end, bytes + n);
}

static const char *usual_reason(unsigned status)
{
    static const struct {
        unsigned status;
        const char *reason;
    } reasons[] = {
        {100, "Trying"},
        {200, "OK"},
        {301, "Moved Permanently"},
        {302, "Moved Temporarily"},
        {305, "Use Proxy"},
        {400, "Bad Request"},
        {401, "Unauthorized"},
        {403, "Forbidden"},
        {404, "Not Found"},
        {405, "Method Not Allowed"},
        {407, "Proxy Authentication Required"},
        {408, "Request Timeout"},
        {420, "Bad Extension"},
        {421, "Extension Required"},
        {423, "Interval Too Brief"},
        {430, "Flow Failed"},
        {439, "First Hop Lacks Outbound Support"},
        {480, "Temporarily Unavailable"},
        {482, "Loop Detected"},
        {483, "Too Many Hops"},
        {494, "Security Agreement Required"},
        {500, "Server Internal Error"},
        {501, "Not Implemented"},
        {503, "Service Unavailable"},
        {504, "Server Time-out"},
        {513, "Message Too Large"},
        {600, "Busy Everywhere"},
        {603, "Decline"},
    };
    size_t i;

    for (i = 0; i < sizeof reasons / sizeof reasons[0]; i++) {
        if (reasons[i].status == status)
            return reasons[i].reason;
    }
    return "As Scripted";
}

/* RFC 3261 18.2.1 wants received if sent-by is not the source; RFC 3581 4 wants it with rport. */
static void write_top_via(struct out *out, const struct request *request)
{
    struct text rest = request->via, item;
    bool received = !text_is(request->sent_host, request->source.ip);

    out_format(out, "Via: ");
    text_split(&rest, ';', &item);
    out_format(out, "%.*s", TEXT(item));
    while (text_split(&rest, ';', &item)) {
        struct text value = item, name;

        text_split(&value, '=', &name);
        if (text_same_nocase(name, text_of("received")))
            continue;
        if (text_same_nocase(name, text_of("rport"))) {
            received = true;
            out_format(out, ";rport=%u", request->source.port);
        } else {
            out_format(out, ";%.*s", TEXT(item));
        }
    }
    if (received)
        out_format(out, ";received=%s", request->source.ip);
    if (request->more_vias.at != NULL)
        out_format(out, ", %.*s", TEXT(request->more_vias));
    out_format(out, "\r\n");
}

static void write_vias(struct out *out, const struct request *request)
{
    struct text via;
    size_t from = 0;

    request_header(request, "Via", &from);
    write_top_via(out, request);
    while ((via = request_header(request, "Via", &from)).at != NULL)
        out_format(out, "Via: %.*s\r\n", TEXT(via));
}

static void write_copy(struct out *out, const struct request *request, const char *name)
{
    struct text value = request_first(request, name);

    if (value.at != NULL)
        out_format(out, "%s: %.*s\r\n", name, TEXT(value));
}

static void write_to(struct out *out, const struct request *request, const char *tag)
{
    struct text to = request_first(request, "To");
    struct address address;

    if (to.at == NULL)
        return;
    if (address_read(to, &address) && text_param(address.params, "tag").at != NULL)
        out_format(out, "To: %.*s\r\n", TEXT(to));
    else
        out_format(out, "To: %.*s;tag=%s\r\n", TEXT(to), tag);
}

void answer_begin(struct answer *answer, const struct request *request, unsigned status,
                  const char *reason, const char *to_tag)
{
    struct out *out = &answer->out;

    out->n = 0;
    out->full = false;
    answer->status = status;
    answer->reason = reason != NULL ? reason : usual_reason(status);
    out_format(out, "SIP/2.0 %03u %s\r\n", status, answer->reason);
    write_vias(out, request);
    write_copy(out, request, "From");
    write_to(out, request, to_tag);
    write_copy(out, request, "Call-ID");
    write_copy(out, request, "CSeq");
}

void answer_end(struct answer *answer)
{
    out_format(&answer->out, "Server: sipreg-registrar\r\nContent-Length: 0\r\n\r\n");
}
