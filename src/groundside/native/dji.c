#include "dji.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define END_BYTE 0xFF
#define KEY_BYTES 8
#define BLOCK 256 /* records in one go over all columns: their bytes stay in the fastest cache meanwhile */
#define MULTIPLIER 0x123456789ABCDEF0u
#define DEGREES (180.0 / 3.141592653589793238462643383279502884)

int64_t gs_dji_walk(const uint8_t *data, int64_t end, int wide, int64_t *at, uint8_t *kinds, int64_t *starts,
                    int32_t *lengths, int64_t room)
{
    const int64_t head = wide ? 3 : 2;
    int64_t n = 0, p = *at;
    while (n < room && p >= 0 && end - p > head) {
        int32_t length = wide ? data[p + 1] | data[p + 2] << 8 : data[p + 1];
        int64_t stop = p + head + length;
        uint8_t kind = data[p];
        if (stop >= end || data[stop] != END_BYTE || kind == 0 || kind == END_BYTE || !length) break;
        kinds[n] = kind;
        starts[n] = p + head;
        lengths[n++] = length;
        p = stop + 1;
    }
    *at = p;
    return n;
}

#define BITS_OF_BYTES 0x0102040810204080u /* times eight bytes of 0 or 1: their bits in the highest byte */
#define AHEAD 12  /* records to be fetched before they are needed: they lie far apart */

/* Keys of one type of record, made when they are first needed: records of one type mostly come together. */
struct keys {
    uint64_t made[256];
    uint64_t is_made[4];
    int kind;
};

static uint64_t key_of(struct keys *keys, uint8_t kind, uint8_t first, const uint64_t *table)
{
    const uint64_t bit = (uint64_t)1 << (first & 63);
    if (keys->kind != kind) {
        memset(keys->is_made, 0, sizeof keys->is_made);
        keys->kind = kind;
    }
    if (keys->is_made[first >> 6] & bit) return keys->made[first];
    uint64_t message = first * (uint64_t)MULTIPLIER, crc = (uint8_t)(first + kind);
    for (int i = 0; i < KEY_BYTES; i++, message >>= 8) crc = table[(crc ^ message) & 0xFF] ^ crc >> 8;
    keys->is_made[first >> 6] |= bit;
    return keys->made[first] = crc;
}

int gs_dji_unscramble(const uint8_t *data, int64_t size, const uint8_t *kinds, const int64_t *starts,
                      const int32_t *lengths, int64_t n, const uint64_t *crc, uint8_t *out, int64_t room,
                      int64_t *places, int32_t *sizes)
{
    struct keys keys = {.kind = -1};
    int64_t filled = 0;
    for (int64_t i = 0; i < n; i++) {
        if (starts[i] < 0 || lengths[i] < 0 || starts[i] > size || lengths[i] > size - starts[i])
            return GS_DJI_OUT_OF_RANGE;
        int32_t content = lengths[i] > GS_DJI_OVERHEAD ? lengths[i] - GS_DJI_OVERHEAD : 0, j = 0;
        if (content > room - filled) return GS_DJI_NO_ROOM;
        places[i] = filled;
        sizes[i] = content;
        if (!content) continue;
        const uint8_t *from = data + starts[i] + 1;
        uint8_t *to = out + filled;
        uint64_t key = key_of(&keys, kinds[i], from[-1], crc), word;
        for (; j + KEY_BYTES <= content; j += KEY_BYTES) {
            memcpy(&word, from + j, KEY_BYTES);
            word ^= key;
            memcpy(to + j, &word, KEY_BYTES);
        }
        for (; j < content; j++, key >>= 8) to[j] = (uint8_t)(from[j] ^ key);
        filled += content;
    }
    return GS_DJI_OK;
}

int gs_dji_copy(const uint8_t *data, int64_t size, const int64_t *from, const int32_t *sizes, int64_t n, uint8_t *out,
                int64_t room, const int64_t *to)
{
    for (int64_t i = 0; i < n; i++) {
        if (from[i] < 0 || sizes[i] < 0 || from[i] > size || sizes[i] > size - from[i]) return GS_DJI_OUT_OF_RANGE;
        if (to[i] < 0 || to[i] > room || sizes[i] > room - to[i]) return GS_DJI_NO_ROOM;
        if (sizes[i]) memcpy(out + to[i], data + from[i], (size_t)sizes[i]);
    }
    return GS_DJI_OK;
}

void gs_dji_group(const uint8_t *kinds, const uint8_t *left_out, int64_t n, int64_t *order, int64_t *ends)
{
    int64_t sum = 0;
    memset(ends, 0, 256 * sizeof *ends);
    for (int64_t i = 0; i < n; i++) ends[kinds[i]] += !left_out[i];
    for (int k = 0; k < 256; k++) {
        int64_t count = ends[k];
        ends[k] = sum;
        sum += count;
    }
    for (int64_t i = 0; i < n; i++)
        if (!left_out[i]) order[ends[kinds[i]]++] = i;
}

static const int WIDTH[] = {1, 1, 2, 2, 4, 4, 8, 8, 4, 8};

static int is_sound(const struct gs_dji_column *c, int64_t n, int64_t room)
{
    if (c->op < GS_DJI_WHOLE || c->op > GS_DJI_ANGLE || c->code < GS_U1 || c->code > GS_F8) return 0;
    if (c->at < 0 || c->at > 65536 || c->values < 0 || c->validity < 0) return 0;
    int64_t bits = (n + 7) / 8, bytes = c->op == GS_DJI_FLAG ? bits : n * 8;
    if (c->op == GS_DJI_WHOLE) bytes = n * WIDTH[c->code];
    if ((c->mask || c->op == GS_DJI_FLAG) && c->code != GS_U1) return 0;
    if (c->op <= GS_DJI_FLAG && (bits > room || c->validity > room - bits)) return 0;
    if (c->op == GS_DJI_ANGLE && c->code < GS_F4) return 0;
    return bytes <= room && c->values <= room - bytes && c->values % 8 == 0;
}

/* A block of rows: where the content of each is, whole or filled up with zeros, and how long it really is. */
struct rows {
    const uint8_t *sources[BLOCK];
    const int32_t *sizes;
    int64_t first, n;
    int any_short;
    int32_t bytes_of; /* which byte of each row `bytes` holds; -1 none */
    uint8_t bytes[BLOCK];
};

#define EACH(type, store)                                                                                              \
    for (int64_t i = 0; i < n; i++) {                                                                                  \
        type raw;                                                                                                      \
        memcpy(&raw, r->sources[i] + at, sizeof raw);                                                                  \
        store;                                                                                                         \
    }                                                                                                                  \
    break;

#define FINITE(value) ((value) - (value) == 0.0 ? (value) : NAN)

static void numbers(const struct rows *r, const struct gs_dji_column *c, double *to)
{
    const int64_t n = r->n;
    const int32_t at = c->at;
    const double divide = c->divide, add = c->add, least = c->least, most = c->most;
#define STORE                                                                                                          \
    double value = (double)raw > least && (double)raw < most ? (double)raw / divide + add : NAN;                       \
    to[i] = FINITE(value)
    switch (c->code) {
    case GS_U1: EACH(uint8_t, STORE)
    case GS_I1: EACH(int8_t, STORE)
    case GS_U2: EACH(uint16_t, STORE)
    case GS_I2: EACH(int16_t, STORE)
    case GS_U4: EACH(uint32_t, STORE)
    case GS_I4: EACH(int32_t, STORE)
    case GS_U8: EACH(uint64_t, STORE)
    case GS_I8: EACH(int64_t, STORE)
    case GS_F4: EACH(float, STORE)
    default: EACH(double, STORE)
    }
}

static void angles(const struct rows *r, const struct gs_dji_column *c, double *to)
{
    const int64_t n = r->n;
    const int32_t at = c->at;
    const double most = c->most;
    switch (c->code) {
    case GS_F4: EACH(float, double value = fabs((double)raw) <= most ? (double)raw * DEGREES : NAN; to[i] = FINITE(value))
    default: EACH(double, double value = fabs(raw) <= most ? raw * DEGREES : NAN; to[i] = FINITE(value))
    }
}

/* Bring one byte of each row together; fields of the same byte mostly follow each other. */
static const uint8_t *bytes_at(struct rows *r, int32_t at)
{
    if (r->bytes_of == at) return r->bytes;
    for (int64_t i = 0; i < r->n; i++) r->bytes[i] = r->sources[i][at];
    r->bytes_of = at;
    return r->bytes;
}

static void flags(struct rows *r, const struct gs_dji_column *c, uint8_t *to)
{
    const uint8_t *bytes = bytes_at(r, c->at), mask = (uint8_t)c->mask;
    for (int64_t i = 0; i < r->n; i += 8) {
        uint8_t set[8];
        uint64_t word;
        for (int k = 0; k < 8; k++) set[k] = (bytes[i + k] & mask) != 0;
        memcpy(&word, set, sizeof word);
        to[i >> 3] = (uint8_t)(word * BITS_OF_BYTES >> 56);
    }
}

static void single_bytes(struct rows *r, const struct gs_dji_column *c, uint8_t *to)
{
    const uint8_t *bytes = bytes_at(r, c->at);
    const int shift = c->mask ? __builtin_ctz((unsigned)c->mask) : 0;
    const uint8_t mask = c->mask ? (uint8_t)c->mask : 0xFF;
    for (int64_t i = 0; i < r->n; i++) to[i] = (uint8_t)((bytes[i] & mask) >> shift);
}

static void whole(struct rows *r, const struct gs_dji_column *c, uint8_t *to)
{
    const int64_t n = r->n;
    const int32_t at = c->at;
    switch (WIDTH[c->code]) {
    case 1: single_bytes(r, c, to); break;
    case 2: EACH(uint16_t, memcpy(to + 2 * i, &raw, 2))
    case 4: EACH(uint32_t, memcpy(to + 4 * i, &raw, 4))
    default: EACH(uint64_t, memcpy(to + 8 * i, &raw, 8))
    }
}

/* Say which of the rows just made are not there at all: the records end before. */
static int64_t take_back(const struct rows *r, const struct gs_dji_column *c, uint8_t *arena)
{
    const int32_t end = c->at + WIDTH[c->code];
    int64_t nulls = 0;
    for (int64_t i = 0; i < r->n; i++) {
        if (r->sizes[i] >= end) continue;
        int64_t row = r->first + i;
        nulls++;
        if (c->op > GS_DJI_FLAG)
            ((double *)(void *)(arena + c->values))[row] = NAN;
        else
            arena[c->validity + (row >> 3)] &= (uint8_t)~(1u << (row & 7));
    }
    return nulls;
}

static void make(struct rows *r, const struct gs_dji_column *c, uint8_t *arena, int64_t *nulls)
{
    uint8_t *to = arena + c->values;
    switch (c->op) {
    case GS_DJI_WHOLE: whole(r, c, to + r->first * WIDTH[c->code]); break;
    case GS_DJI_FLAG: flags(r, c, to + (r->first >> 3)); break;
    case GS_DJI_NUMBER: numbers(r, c, (double *)(void *)to + r->first); break;
    default: angles(r, c, (double *)(void *)to + r->first);
    }
    const int64_t missing = r->any_short ? take_back(r, c, arena) : 0;
    if (c->op <= GS_DJI_FLAG) *nulls += missing;
}

struct from {
    const uint8_t *data;
    int64_t size;
    const int64_t *starts;
    const uint64_t *keys;
    int64_t n;
    uint8_t *scratch;
    int32_t low, need, stride; /* from the first byte that any column needs, down to whole words, to the last */
};

static void unscramble_row(const uint8_t *from, const uint8_t *end, uint64_t key, uint8_t *to, int32_t j, int32_t size)
{
    uint64_t word;
    const int32_t whole = end - from >= size + KEY_BYTES ? size : size - KEY_BYTES + 1;
    for (; j < whole; j += KEY_BYTES) {
        memcpy(&word, from + j, KEY_BYTES);
        word ^= key;
        memcpy(to + j, &word, KEY_BYTES);
    }
    for (; j < size; j++, key >>= 8) to[j] = (uint8_t)(from[j] ^ key);
}

static void fill(struct rows *r, const struct from *f)
{
    r->any_short = 0;
    r->bytes_of = -1;
    for (int64_t i = 0; i < r->n; i++) {
        const uint8_t *from = f->data + f->starts[r->first + i];
        if (r->first + i + AHEAD < f->n) {
            const uint8_t *later = f->data + f->starts[r->first + i + AHEAD] + f->low;
            __builtin_prefetch(later);
            __builtin_prefetch(later + 64);
        }
        const int32_t size = r->sizes[i] < f->need ? r->sizes[i] : f->need;
        uint8_t *copy = f->scratch + i * f->stride;
        r->sources[i] = size < f->need || f->keys ? copy : from;
        if (size < f->need) r->any_short = 1;
        if (f->keys)
            unscramble_row(from + 1, f->data + f->size, size ? f->keys[*from] : 0, copy, f->low, size);
        else if (size && size < f->need)
            memcpy(copy, from, (size_t)size);
        if (size < f->need) memset(copy + size, 0, (size_t)(f->need - size));
    }
}

int gs_dji_columns(const uint8_t *data, int64_t size, const int64_t *starts, const int32_t *sizes, int64_t n,
                   const uint64_t *keys, const struct gs_dji_column *columns, int32_t n_columns, uint8_t *arena,
                   int64_t room, int64_t *nulls)
{
    const int before = keys ? 1 : 0;
    struct from from = {data, size, starts, keys, n, NULL, INT32_MAX, 1, 0};
    if (n < 0 || n > INT64_MAX / 16) return GS_DJI_BAD_COLUMN;
    for (int64_t i = 0; i < n; i++)
        if (starts[i] < 0 || sizes[i] < 0 || starts[i] > size - (sizes[i] ? before : 0) ||
            sizes[i] > size - starts[i] - (sizes[i] ? before : 0))
            return GS_DJI_OUT_OF_RANGE;
    for (int32_t k = 0; k < n_columns; k++) {
        const struct gs_dji_column *c = &columns[k];
        if (!is_sound(c, n, room)) return GS_DJI_BAD_COLUMN;
        if (c->op <= GS_DJI_FLAG) memset(arena + c->validity, 0xFF, (size_t)((n + 7) / 8));
        if (c->at + WIDTH[c->code] > from.need) from.need = c->at + WIDTH[c->code];
        if (c->at < from.low) from.low = c->at & ~(KEY_BYTES - 1);
        nulls[k] = 0;
    }
    from.stride = (from.need + 2 * KEY_BYTES) & ~(KEY_BYTES - 1);
    from.scratch = malloc((size_t)BLOCK * (size_t)from.stride);
    if (!from.scratch) return GS_DJI_NO_MEMORY;
    struct rows rows = {.n = 0};
    for (rows.first = 0; rows.first < n; rows.first += BLOCK) {
        rows.n = n - rows.first < BLOCK ? n - rows.first : BLOCK;
        rows.sizes = sizes + rows.first;
        fill(&rows, &from);
        for (int32_t k = 0; k < n_columns; k++) make(&rows, &columns[k], arena, &nulls[k]);
    }
    free(from.scratch);
    return GS_DJI_OK;
}

int64_t gs_dji_words(const uint8_t *numbers, const uint8_t *validity, int64_t n, const int32_t *ends,
                     const uint8_t *texts, int32_t *offsets, uint8_t *out, int64_t room)
{
    int64_t at = 0;
    offsets[0] = 0;
    for (int64_t i = 0; i < n; i++) {
        const int there = !validity || (validity[i >> 3] >> (i & 7) & 1);
        const int32_t begin = ends[numbers[i]], length = there ? ends[numbers[i] + 1] - begin : 0;
        if (length < 0 || length > INT32_MAX - at || (out && length > room - at)) return -1;
        if (out) memcpy(out + at, texts + begin, (size_t)length);
        at += length;
        offsets[i + 1] = (int32_t)at;
    }
    return at;
}
