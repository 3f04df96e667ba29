#include "ulog.h"

#include <string.h>

#define HEADER 3
#define DATA_HEADER 5
#define FILE_HEADER 16
#define FLAG_BITS 40
#define MOST_NAME 128

enum { WORD = 1, NAME = 2, NO_TEXT = 4, DIGIT = 8 };

/* What each byte may stand in: a word, a name, a number; and that it may stand in no text. */
static const uint8_t KIND_OF[256] = {
    ['a' ... 'z'] = WORD | NAME,
    ['A' ... 'Z'] = WORD | NAME,
    ['0' ... '9'] = WORD | NAME | DIGIT,
    ['_'] = WORD | NAME,
    ['-'] = NAME,
    ['/'] = NAME,
    [0x00 ... 0x06] = NO_TEXT,
    [0x0e ... 0x1a] = NO_TEXT,
    [0x1c ... 0x1f] = NO_TEXT,
};
static const uint8_t SYNC[8] = {0x2f, 0x73, 0x13, 0x20, 0x25, 0x0c, 0xbb, 0x12};
static const struct {
    char name[9];
    uint8_t size;
} TYPES[] = {{"int8_t", 1},  {"uint8_t", 1}, {"int16_t", 2},  {"uint16_t", 2}, {"int32_t", 4}, {"uint32_t", 4},
             {"int64_t", 8}, {"float", 4},   {"uint64_t", 8}, {"double", 8},   {"bool", 1},    {"char", 1}};
#define N_TYPES ((int)(sizeof TYPES / sizeof *TYPES))

static uint32_t u16(const uint8_t *at) { return (uint32_t)at[0] | (uint32_t)at[1] << 8; }

static int is_kind(uint8_t kind) { return kind && strchr("DABCFILMOPQRS", kind) != NULL; }

/* Where a run of bytes of some kind ends. */
static const uint8_t *run(const uint8_t *at, const uint8_t *end, int kind)
{
    while (at < end && KIND_OF[*at] & kind) at++;
    return at;
}

static const uint8_t *text(const uint8_t *at, const uint8_t *end)
{
    while (at < end && !(KIND_OF[*at] & NO_TEXT)) at++;
    return at;
}

static int is_long(const uint8_t *from, const uint8_t *to) { return to > from && to - from <= MOST_NAME; }

static int size_of(const uint8_t *name, int64_t length)
{
    for (int i = 0; i < N_TYPES; i++)
        if ((int64_t)strlen(TYPES[i].name) == length && !memcmp(TYPES[i].name, name, length)) return TYPES[i].size;
    return 0;
}

static int is_type(const uint8_t *name, const uint8_t *end, const char *type)
{
    return (size_t)(end - name) == strlen(type) && !memcmp(name, type, strlen(type));
}

/* A length, a key "type name" of it, and a value of that type. Gives the bytes of text, -1 where it is not that. */
static int64_t pair(const uint8_t *at, const uint8_t *end, int is_parameter)
{
    if (at >= end || *at >= end - at) return -1;
    const uint8_t *value = at + 1 + *at, *type = at + 1, *type_end = run(type, value, WORD), *next = type_end;
    int64_t count = 1;
    int is_array = 0;
    if (!is_long(type, type_end) || next == value) return -1;
    if (*next == '[') {
        const uint8_t *digits = next + 1;
        int64_t stated = 0;
        for (next = digits; next < value && next - digits < 5 && KIND_OF[*next] & DIGIT; next++)
            stated = stated * 10 + (*next - '0');
        if (next == value || *next != ']') return -1;
        count = next > digits ? stated : 1;
        is_array = 1;
        next++;
    }
    if (next == value || *next != ' ' || !is_long(next + 1, value) || run(next + 1, value, NAME) != value) return -1;
    if (is_parameter && (is_array || !(is_type(type, type_end, "int32_t") || is_type(type, type_end, "float"))))
        return -1;
    int size = size_of(type, type_end - type);
    if (size && end - value != size * count) return -1;
    if (!is_type(type, type_end, "char")) return 0;
    return text(value, end) == end ? end - value : -1;
}

static int64_t format(const uint8_t *at, const uint8_t *end, const uint8_t *file_end)
{
    const uint8_t *next = run(at, end, NAME);
    if (!is_long(at, next) || next == end || *next != ':') return -1;
    next++;
    if (next == end) return -1;
    while (next < end) {
        const uint8_t *part = next;
        next = run(part, end, NAME);
        if (!is_long(part, next) || next == end) return -1;
        if (*next == '[') {
            part = ++next;
            while (next < end && next - part < 5 && KIND_OF[*next] & DIGIT) next++;
            if (next == part || *part == '0' || next == end || *next != ']') return -1;
            next++;
        }
        if (next == end || *next != ' ') return -1;
        part = ++next;
        next = run(part, end, WORD);
        if (!is_long(part, next) || (next < end && *next != ';')) return -1;
        if (next < end) next++;
    }
    /* An unfinished format may be two, run into one: then what follows it is no message. */
    if (end[-1] != ';' && end + HEADER <= file_end && !is_kind(end[2])) return -1;
    return end - at;
}

static int64_t line(const uint8_t *at, const uint8_t *end, int head)
{
    if (end - at < head || at[0] < '0' || at[0] > '7') return -1;
    return text(at + head, end) == end ? end - at - head : -1;
}

/* What a message of a kind demands by itself: the bytes of text looked at, -1 where it is not met or cannot be told. */
static int64_t stands(const uint8_t *data, int64_t size, int64_t offset, int64_t stop)
{
    const uint8_t *at = data + offset + HEADER, *end = data + stop;
    switch (data[offset + 2]) {
    case 'A': return at + 3 <= end && is_long(at + 3, end) && run(at + 3, end, NAME) == end ? 0 : -1;
    case 'B': return offset == FILE_HEADER && end - at >= FLAG_BITS ? 0 : -1;
    case 'C': return line(at, end, 11);
    case 'F': return format(at, end, data + size);
    case 'I': return pair(at, end, 0);
    case 'L': return line(at, end, 9);
    case 'M': return end > at && *at <= 1 ? pair(at + 1, end, 0) : -1;
    case 'O': return end - at == 2 ? 0 : -1;
    case 'P': return pair(at, end, 1);
    case 'Q': return end > at && *at ? pair(at + 1, end, 1) : -1;
    case 'S': return end - at == sizeof SYNC && !memcmp(at, SYNC, sizeof SYNC) ? 0 : -1;
    default: return -1;
    }
}

void gs_ulog_follow(const uint8_t *data, int64_t size, int64_t start, int64_t stop, const int32_t *sizes,
                    int64_t *offsets, uint16_t *ids, int64_t room, int64_t *others, int64_t spare,
                    struct gs_ulog_chain *out)
{
    struct gs_ulog_chain c = {.at = start, .last = -1};
    int is_subscribed = 0;
    if (stop > size) stop = size;
    while (c.at >= 0 && c.at <= stop - HEADER) {
        const uint8_t *header = data + c.at;
        const int64_t states = u16(header), end = c.at + HEADER + states;
        if (c.n_data == room || c.n_others == spare) {
            c.more = 1;
            break;
        }
        if (end > stop) break;
        if (header[2] == 'D' && is_subscribed) {
            c.more = 1;
            break;
        }
        if (header[2] == 'D') {
            if (!states || c.at > stop - DATA_HEADER) break;
            const uint16_t id = (uint16_t)u16(header + 3);
            if (sizes[id] != states) break;
            ids[c.n_data] = id;
            offsets[c.n_data++] = c.at;
        } else {
            int64_t effort = stands(data, size, c.at, end);
            if (effort < 0) break;
            c.effort += effort;
            is_subscribed |= header[2] == 'A';
            others[c.n_others++] = c.at;
        }
        c.last = c.at;
        c.at = end;
    }
    *out = c;
}
