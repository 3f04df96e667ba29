#include "srt.h"

#include <string.h>

enum { SPACE = 1, BLANK = 2, DIGIT = 4, ALPHA = 8, WORD = 16, ENDS = 32 };

/* What a byte is: as \s, [ \t], \d, [A-Za-z], \w and [\[\]\s:,] of a pattern over bytes. */
static const uint8_t CLASS[256] = {
    ['\t'] = SPACE | BLANK | ENDS, ['\n'] = SPACE | ENDS, ['\v'] = SPACE | ENDS, ['\f'] = SPACE | ENDS,
    ['\r'] = SPACE | ENDS, [' '] = SPACE | BLANK | ENDS, ['['] = ENDS, [']'] = ENDS, [':'] = ENDS, [','] = ENDS,
    ['0' ... '9'] = DIGIT | WORD, ['A' ... 'Z'] = ALPHA | WORD, ['a' ... 'z'] = ALPHA | WORD, ['_'] = WORD,
};

struct text {
    const uint8_t *restrict data;
    int64_t size;
};

static inline int is(const struct text *t, int64_t p, int what) { return p < t->size && CLASS[t->data[p]] & what; }
static inline int byte_is(const struct text *t, int64_t p, uint8_t byte) { return p < t->size && t->data[p] == byte; }

/* Where a run of at most `most` bytes of a class ends. */
static inline int64_t past(const struct text *t, int64_t p, int what, int64_t most)
{
    const int64_t end = t->size - p < most ? t->size : p + most;
    while (p < end && CLASS[t->data[p]] & what) p++;
    return p;
}

static inline int64_t blanks(const struct text *t, int64_t p) { return is(t, p, BLANK) ? past(t, p, BLANK, 8) : p; }

/* Each of these gives where it ends, or -1 where it is not there. */

static int64_t digits(const struct text *t, int64_t p, int64_t least, int64_t most)
{
    int64_t end = past(t, p, DIGIT, most);
    return end - p < least ? -1 : end;
}

static int64_t fraction(const struct text *t, int64_t p, int64_t most)
{
    return byte_is(t, p, '.') && is(t, p + 1, DIGIT) ? past(t, p + 1, DIGIT, most) : p;
}

static int64_t number(const struct text *t, int64_t p, int64_t most_after_point)
{
    if (byte_is(t, p, '-') || byte_is(t, p, '+')) p++;
    p = digits(t, p, 1, 9);
    return p < 0 ? p : fraction(t, p, most_after_point);
}

static int64_t value(const struct text *t, int64_t p)
{
    p = number(t, p, 9);
    if (p < 0 || !byte_is(t, p, '/') || !is(t, p + 1, DIGIT)) return p;
    return fraction(t, past(t, p + 1, DIGIT, 6), 6);
}

static int64_t whole(const struct text *t, int64_t p, int64_t end)
{
    int64_t n = 0;
    for (; p < end; p++) n = n * 10 + (t->data[p] - '0');
    return n;
}

/* Digits after a point, as if there were `places` of them. */
static int64_t padded(const struct text *t, int64_t p, int64_t end, int places)
{
    int64_t n = whole(t, p, end);
    for (int64_t k = end - p; k < places; k++) n *= 10;
    return n;
}

/* 00:00:00,480 */
static int64_t clock_of(const struct text *t, int64_t p, int64_t *ms)
{
    int64_t hours = digits(t, p, 1, 3);
    if (hours < 0 || !byte_is(t, hours, ':')) return -1;
    int64_t minutes = digits(t, hours + 1, 2, 2);
    if (minutes < 0 || !byte_is(t, minutes, ':')) return -1;
    int64_t seconds = digits(t, minutes + 1, 2, 2);
    if (seconds < 0 || !(byte_is(t, seconds, ',') || byte_is(t, seconds, '.'))) return -1;
    int64_t end = digits(t, seconds + 1, 1, 3);
    if (end < 0) return -1;
    *ms = whole(t, p, hours) * 60 + whole(t, hours + 1, minutes);
    *ms = (*ms * 60 + whole(t, minutes + 1, seconds)) * 1000 + padded(t, seconds + 1, end, 3);
    return end;
}

static int64_t times(const struct text *t, int64_t p, struct gs_srt_cue *cue)
{
    p = clock_of(t, p, &cue->start_ms);
    if (p < 0) return -1;
    p = blanks(t, p);
    if (t->size - p < 3 || memcmp(t->data + p, "-->", 3)) return -1;
    return clock_of(t, blanks(t, p + 3), &cue->end_ms);
}

static int64_t line_end(const struct text *t, int64_t p)
{
    if (byte_is(t, p, '\r')) return p + 1 + byte_is(t, p + 1, '\n');
    return byte_is(t, p, '\n') ? p + 1 : -1;
}

static int64_t cue_of(const struct text *t, int64_t p, struct gs_srt_cue *cue)
{
    if (p && !(CLASS[t->data[p - 1]] & SPACE) && t->data[p - 1] != 0xBF) return -1;
    int64_t after = digits(t, p, 1, 9), next = line_end(t, blanks(t, after));
    cue->start = p;
    cue->index = -1;
    if (next >= 0) {
        cue->index = whole(t, p, after);
        p = blanks(t, next);
    }
    return times(t, p, cue);
}

static int64_t behind_dash(const struct text *t, int64_t p)
{
    if (p < 0 || !(byte_is(t, p, '-') || byte_is(t, p, '.') || byte_is(t, p, '/'))) return -1;
    return digits(t, p + 1, 1, 2);
}

static int64_t behind_colon(const struct text *t, int64_t p)
{
    return p < 0 || !byte_is(t, p, ':') ? -1 : digits(t, p + 1, 2, 2);
}

/* 17, line end, and at once the date: the line with the arrow is missing */
static int64_t untimed_of(const struct text *t, int64_t p, struct gs_srt_cue *cue)
{
    if (p && !(CLASS[t->data[p - 1]] & SPACE) && t->data[p - 1] != 0xBF) return -1;
    int64_t after = digits(t, p, 1, 9), next = line_end(t, blanks(t, after));
    if (next < 0) return -1;
    int64_t year = digits(t, blanks(t, next), 4, 4), day = behind_dash(t, behind_dash(t, year));
    if (day < 0 || !is(t, day, BLANK)) return -1;
    *cue = (struct gs_srt_cue){p, whole(t, p, after), -1, -1};
    return next;
}

/* ,438,904 or .373: milliseconds, then microseconds; what comes after them says nothing new. */
static int64_t fractions(const struct text *t, int64_t p, int64_t *us)
{
    int64_t first = 0;
    *us = 0;
    for (int k = 0; k < 5 && (byte_is(t, p, '.') || byte_is(t, p, ',')) && is(t, p + 1, DIGIT); k++) {
        int64_t end = past(t, p + 1, DIGIT, 6), length = end - p - 1;
        if (k == 0) {
            first = length;
            *us = padded(t, p + 1, end, 6);
        } else if (k == 1 && first <= 3)
            *us += padded(t, p + 1, length > 3 ? p + 4 : end, 3);
        p = end;
    }
    return p;
}

/* 2021-02-03 04:05:06,789,012 */
static int64_t wall_of(const struct text *t, int64_t p, struct gs_srt_wall *wall)
{
    if (p && CLASS[t->data[p - 1]] & DIGIT) return -1;
    int64_t year = digits(t, p, 4, 4), month = behind_dash(t, year), day = behind_dash(t, month);
    if (day < 0) return -1;
    int64_t blank = past(t, day, BLANK, 3);
    int64_t hour = blank > day ? digits(t, blank, 1, 2) : -1;
    int64_t minute = behind_colon(t, hour), second = behind_colon(t, minute);
    if (second < 0) return -1;
    int64_t us, h = whole(t, blank, hour), m = whole(t, hour + 1, minute), s = whole(t, minute + 1, second);
    int64_t end = fractions(t, second, &us);
    wall->day = (int32_t)(whole(t, p, year) * 10000 + whole(t, year + 1, month) * 100 + whole(t, month + 1, day));
    wall->us = h > 23 || m > 59 || s > 60 ? -1 : ((h * 60 + m) * 60 + s) * 1000000 + us;
    return end;
}

static uint32_t hash(const uint8_t *text, int64_t length)
{
    uint32_t h = 2166136261u;
    for (int64_t i = 0; i < length; i++) h = (h ^ text[i]) * 16777619u;
    return (h ^ h >> 15) & (GS_SRT_SLOTS - 1);
}

static int is_key(const struct gs_srt_key *key, const uint8_t *text, int64_t length)
{
    return key->length == length && !memcmp(key->text, text, (size_t)length);
}

/* Whether the text goes on with this key, word by word: keys are filled up with zeros. */
static int goes_on_with(const struct text *t, int64_t p, const struct gs_srt_key *key)
{
    uint64_t here, there;
    if (!key->length || t->size - p <= GS_SRT_KEY + 8) return 0;
    for (int32_t k = 0, left = key->length; left > 0; k += 8, left -= 8) {
        memcpy(&here, t->data + p + k, 8);
        memcpy(&there, key->text + k, 8);
        if (left < 8) here &= ((uint64_t)1 << 8 * left) - 1;
        if (here != there) return 0;
    }
    return !(CLASS[t->data[p + key->length]] & WORD);
}

/* The slot of a key: its own, or the empty one where it would be. */
static int slot_of(const struct gs_srt *s, const uint8_t *text, int64_t length)
{
    uint32_t slot = hash(text, length);
    while (s->keys[slot].length && !is_key(&s->keys[slot], text, length)) slot = (slot + 1) & (GS_SRT_SLOTS - 1);
    return (int)slot;
}

void gs_srt_add_key(struct gs_srt *s, const uint8_t *text, int64_t length, int32_t column)
{
    if (length < 1 || length > GS_SRT_KEY || s->n_keys >= GS_SRT_SLOTS / 2) return;
    if (column < 0 || column >= GS_SRT_COLUMNS) return;
    struct gs_srt_key *key = &s->keys[slot_of(s, text, length)];
    if (key->length) return;
    key->length = (int32_t)length;
    key->column = column;
    memcpy(key->text, text, (size_t)length);
    s->n_keys++;
}

void gs_srt_add_word(struct gs_srt *s, const uint8_t *text, int64_t length, const struct gs_srt_word *word)
{
    if (length < 1 || length > GS_SRT_WORD || s->n_words >= GS_SRT_WORDS) return;
    if (word->column >= GS_SRT_COLUMNS) return;
    struct gs_srt_word *added = &s->words[s->n_words++];
    *added = *word;
    added->length = (int32_t)length;
    memcpy(added->text, text, (size_t)length);
}

/* Note a value; 0 where this column has one in this cue already, or there is no cue or no room. */
static int put(struct gs_srt *s, const struct gs_srt_out *out, int32_t column, int64_t begin, int64_t end)
{
    if (column < 0) return 0;
    const int32_t row = s->counts[column];
    if (s->cue < 0 || s->last[column] == s->cue || row >= s->room) return 0;
    out->values[column * s->room + row] = (struct gs_srt_value){begin, (int32_t)(end - begin), (int32_t)s->cue};
    s->counts[column] = row + 1;
    s->last[column] = s->cue;
    return 1;
}

struct run {
    const struct text *text;
    struct gs_srt *state;
    const struct gs_srt_out *out;
    int64_t taken;                    /* values of this token so far */
    int32_t columns[GS_SRT_COLUMNS];  /* and of which columns */
    int64_t previous[GS_SRT_COLUMNS]; /* and in which cue those had one before */
    int slot;                         /* of the last key */
};

enum { NOT_THERE = -1, NOT_KNOWN = -2 };

/* One key and value of a bracket; NOT_KNOWN where it may be one, but what to do with it is not certain. */
static int64_t pair_of(struct run *r, int64_t p)
{
    const struct text *t = r->text;
    struct gs_srt *s = r->state;
    if (!is(t, p, ALPHA)) return NOT_THERE;
    int64_t key_end;
    int slot = s->follows[r->slot];
    const struct gs_srt_key *key = &s->keys[slot];
    if (goes_on_with(t, p, key)) {
        key_end = p + key->length;
    } else {
        key_end = past(t, p, WORD, GS_SRT_KEY);
        slot = slot_of(s, t->data + p, key_end - p);
        key = &s->keys[slot];
        if (!key->length) return NOT_KNOWN;
        s->follows[r->slot] = (int16_t)slot;
    }
    int64_t colon = blanks(t, key_end);
    if (!byte_is(t, colon, ':')) return NOT_THERE;
    const uint8_t *const data = t->data;
    const int64_t begin = blanks(t, colon + 1), most = t->size - begin < 65 ? t->size : begin + 65;
    int64_t end = begin;
    while (end < most && !(CLASS[data[end]] & ENDS)) end++;
    if (end == begin || end - begin > 64 || !(is(t, end, BLANK) || byte_is(t, end, ']'))) return NOT_THERE;
    const int64_t previous = s->last[key->column];
    if (!put(s, r->out, key->column, begin, end)) return NOT_KNOWN;
    r->previous[r->taken] = previous;
    r->columns[r->taken++] = key->column;
    r->slot = slot;
    return end;
}

/* [iso : 100] [rel_alt: 1.3 abs_alt: 132.86] */
static int64_t bracket_of(struct run *r, int64_t p)
{
    const struct text *t = r->text;
    int64_t n = 0;
    for (p++;; n++) {
        int64_t begin = blanks(t, p);
        if (n && byte_is(t, begin, ']')) break;
        p = pair_of(r, begin);
        if (p < 0) return p;
    }
    p = blanks(t, blanks(t, p) + 1);
    return byte_is(t, p, ',') ? blanks(t, p + 1) : blanks(t, p);
}

static void give_back(struct run *r, int64_t keep)
{
    while (r->taken > keep) {
        int32_t column = r->columns[--r->taken];
        r->state->counts[column]--;
        r->state->last[column] = r->previous[r->taken];
    }
}

static int64_t pairs_of(struct run *r, int64_t p)
{
    r->taken = 0;
    r->slot = 0;
    for (int64_t n = 0; byte_is(r->text, p, '['); n++) {
        const int64_t before = r->taken, end = bracket_of(r, p);
        if (end >= 0) {
            p = end;
            continue;
        }
        give_back(r, end == NOT_KNOWN ? 0 : before);
        return end == NOT_KNOWN || n == 0 ? -1 : p;
    }
    return p;
}

/* <font size="28"> */
static int64_t tag_of(const struct text *t, int64_t p)
{
    p = blanks(t, p + 1);
    p = blanks(t, byte_is(t, p, '/') ? p + 1 : p);
    int64_t letters = past(t, p, ALPHA, 8);
    if (letters == p) return -1;
    for (int64_t most = letters + 80; letters < t->size && letters <= most; letters++) {
        uint8_t c = t->data[letters];
        if (c == '>') return letters + 1;
        if (c == '<' || c == '\r' || c == '\n') return -1;
    }
    return -1;
}

static int64_t colon_of(struct run *r, const struct gs_srt_word *w, int64_t p)
{
    const struct text *t = r->text;
    int64_t begin = blanks(t, p + 1);
    if (byte_is(t, begin, 'F')) begin++;
    if (byte_is(t, begin, '/')) begin++;
    int64_t end = value(t, begin);
    if (end < 0) return r->state->cue < 0 ? -1 : p + 1;
    if (!put(r->state, r->out, w->column, begin, end)) return -1;
    if (is(t, end, BLANK)) end++;
    if (byte_is(t, end, 'm') && byte_is(t, end + 1, 's') && !is(t, end + 2, ALPHA)) return end + 2;
    if ((byte_is(t, end, 'm') || byte_is(t, end, 'M')) && !is(t, end + 1, ALPHA)) {
        int64_t next = past(t, end + 1, SPACE, INT64_MAX / 2);
        if (w->kinds & GS_SRT_WATCH && !byte_is(t, next, ',') && !byte_is(t, next, ';')) r->state->ends_in_metres = 1;
        return end + 1;
    }
    return end;
}

static int64_t plain_of(struct run *r, const struct gs_srt_word *w, int64_t p)
{
    const struct text *t = r->text;
    int64_t begin = p;
    while (begin - p < 3 && (is(t, begin, BLANK) || byte_is(t, begin, '='))) begin++;
    int64_t end = t->size - begin >= 3 && !memcmp(t->data + begin, "n/a", 3) ? begin + 3 : value(t, begin);
    if (end < 0 || !put(r->state, r->out, w->column, begin, end)) return -1;
    if (is(t, end, BLANK)) end++;
    if (byte_is(t, end, 'm')) {
        if (byte_is(t, end + 1, '/') && byte_is(t, end + 2, 's')) return end + 3;
        if (!is(t, end + 1, ALPHA)) return end + 1;
    }
    return end;
}

static int64_t in_parentheses(struct run *r, const struct gs_srt_word *w, int64_t p)
{
    const struct text *t = r->text;
    int64_t begin = blanks(t, p + 1), end = number(t, begin, 12);
    if (end < 0) return -1;
    p = blanks(t, end);
    if (byte_is(t, p, 'm') || byte_is(t, p, 'M')) p++;
    p = blanks(t, p);
    return byte_is(t, p, ')') && put(r->state, r->out, w->column, begin, end) ? p + 1 : -1;
}

/* GPS (-12.3456, 34.5678, 17) */
static int64_t place_of(struct run *r, const struct gs_srt_word *w, int64_t p)
{
    const struct text *t = r->text;
    struct gs_srt_place place = {.cue = (int32_t)r->state->cue, .label = w->label};
    for (int k = 0; k < 3; k++) {
        if (k && !byte_is(t, p, ',')) break;
        int64_t begin = blanks(t, p + 1), end = number(t, begin, 12);
        if (end < 0) return -1;
        place.begin[k] = begin;
        place.length[k] = (int32_t)(end - begin);
        p = blanks(t, end);
    }
    if (place.length[2] && (byte_is(t, p, 'm') || byte_is(t, p, 'M'))) {
        place.suffix = 1;
        p = blanks(t, p + 1);
    }
    if (!place.length[1] || !byte_is(t, p, ')') || r->state->n_places >= 2 * r->state->room) return -1;
    if (!put(r->state, r->out, w->column, p, p)) return -1;
    r->out->places[r->state->n_places++] = place;
    return p + 1;
}

/* One of three numbers, with or without the sign of degrees in UTF-8 or Latin-1, and what has to be behind it. */
static int64_t one_of_three(const struct text *t, int64_t p, uint8_t behind, int64_t *begin, int64_t *end)
{
    *begin = blanks(t, p);
    *end = p = number(t, *begin, 12);
    if (p < 0) return -1;
    if (byte_is(t, p, 0xC2)) p++;
    if (byte_is(t, p, 0xB0)) p++;
    p = blanks(t, p);
    return byte_is(t, p, behind) ? p + 1 : -1;
}

/* G.PRY (-27.3°, 0.0°, -76.0°) */
static int64_t three_of(struct run *r, const struct gs_srt_word *w, int64_t p)
{
    struct gs_srt *s = r->state;
    int64_t begin[3], end[3], first = p + 1;
    p = first;
    for (int k = 0; k < 3; k++) {
        p = one_of_three(r->text, p, k < 2 ? ',' : ')', &begin[k], &end[k]);
        if (p < 0) return -1;
    }
    if (p - 1 - first > 80 || w->column < 0 || w->column + 2 >= GS_SRT_COLUMNS) return -1;
    for (int32_t c = w->column; c < w->column + 3; c++)
        if (s->last[c] == s->cue || s->counts[c] >= s->room) return -1;
    for (int k = 0; k < 3; k++)
        if (!put(s, r->out, w->column + k, begin[k], end[k])) return -1;
    return p;
}

static int64_t word_of(struct run *r, int64_t p)
{
    const struct text *t = r->text;
    if (p && CLASS[t->data[p - 1]] & ALPHA) return -1;
    for (int k = 0; k < r->state->n_words; k++) {
        const struct gs_srt_word *w = &r->state->words[k];
        if (w->text[0] != t->data[p] || t->size - p < w->length || memcmp(w->text, t->data + p, (size_t)w->length)) continue;
        int64_t after = p + w->length, next = blanks(t, after), end = -1;
        if (w->kinds & GS_SRT_PLACE && byte_is(t, next, '('))
            end = place_of(r, w, next);
        else if (w->kinds & GS_SRT_PAREN && byte_is(t, next, '('))
            end = in_parentheses(r, w, next);
        else if (w->kinds & GS_SRT_THREE && byte_is(t, next, '('))
            end = three_of(r, w, next);
        else if (w->kinds & GS_SRT_COLON && byte_is(t, next, ':'))
            end = colon_of(r, w, next);
        else if (w->kinds & GS_SRT_PLAIN)
            end = plain_of(r, w, after);
        if (end >= 0) return end;
    }
    return -1;
}

static int64_t numbered(struct run *r, int64_t p, int *full)
{
    struct gs_srt *s = r->state;
    struct gs_srt_cue cue;
    struct gs_srt_wall wall;
    int64_t end = cue_of(r->text, p, &cue);
    if (end < 0) end = untimed_of(r->text, p, &cue);
    if (end >= 0) {
        *full = s->n_cues >= s->room || s->cue >= INT32_MAX - 1;
        if (*full) return -1;
        r->out->cues[s->n_cues++] = cue;
        s->cue++;
        return end;
    }
    end = wall_of(r->text, p, &wall);
    if (end < 0 || s->cue < 0 || s->last_wall == s->cue || s->n_walls >= s->room) return -1;
    wall.cue = (int32_t)s->cue;
    r->out->walls[s->n_walls++] = wall;
    s->last_wall = s->cue;
    return end;
}

int gs_srt_walk(const uint8_t *data, int64_t size, int64_t *at, struct gs_srt *s, const struct gs_srt_out *out)
{
    const struct text text = {data, size};
    struct run run; /* its arrays are written before they are read, and large */
    int full = 0;
    run.text = &text;
    run.state = s;
    run.out = out;
    for (int64_t p = *at, end; p < size; *at = p = end) {
        const uint8_t c = data[p];
        if (CLASS[c] & SPACE || c == ',' || c == ';')
            end = p + 1;
        else if (c == '[')
            end = pairs_of(&run, p);
        else if (c == '<')
            end = tag_of(&text, p);
        else if (CLASS[c] & DIGIT)
            end = numbered(&run, p, &full);
        else
            end = CLASS[c] & ALPHA ? word_of(&run, p) : -1;
        if (end < 0) return full ? GS_SRT_FULL : GS_SRT_UNSURE;
        while (end < size && (CLASS[data[end]] & SPACE || data[end] == ',' || data[end] == ';')) end++;
    }
    return GS_SRT_END;
}

static void two(uint8_t *to, int64_t n)
{
    to[0] = (uint8_t)('0' + n / 10);
    to[1] = (uint8_t)('0' + n % 10);
}

/* Days since 1970 to a date: years of 365.2425 days counted from March, as H. Hinnant, chrono-compatible algorithms. */
static void iso_day(int64_t days, uint8_t *to)
{
    int64_t z = days + 719468, era = (z >= 0 ? z : z - 146096) / 146097, doe = z - era * 146097;
    int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365, doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    int64_t mp = (5 * doy + 2) / 153, month = mp < 10 ? mp + 3 : mp - 9, year = yoe + era * 400 + (month <= 2);
    two(to, year / 100);
    two(to + 2, year % 100);
    to[4] = to[7] = '-';
    two(to + 5, month);
    two(to + 8, doy - (153 * mp + 2) / 5 + 1);
}

void gs_srt_iso(const int64_t *us, int64_t n, uint8_t *out)
{
    const int64_t day_us = INT64_C(86400000000);
    for (int64_t i = 0; i < n; i++, out += GS_SRT_ISO) {
        int64_t days = us[i] / day_us - (us[i] % day_us < 0), in_day = us[i] - days * day_us, s = in_day / 1000000;
        iso_day(days, out);
        out[10] = 'T';
        two(out + 11, s / 3600);
        two(out + 14, s / 60 % 60);
        two(out + 17, s % 60);
        out[13] = out[16] = ':';
        out[19] = '.';
        two(out + 20, in_day / 10000 % 100);
        two(out + 22, in_day / 100 % 100);
        two(out + 24, in_day % 100);
    }
}
