#include "gather.h"

#include <stdlib.h>
#include <string.h>

/* Records in one go over all columns: their bytes stay in the fastest cache meanwhile. */
#define BLOCK 256
#define LINE 64
#define ALIGN 64
#define MOST_BYTES 65536

struct shared {
    int64_t holders;
    void *arena;
    void *arrays;
    struct gs_given given;
};

struct work {
    const uint8_t *sources[BLOCK];
    const struct gs_column *column;
    uint8_t *values;  /* of the column being filled */
    int32_t *ends;    /* GS_TEXT: end of each text */
    int64_t filled;   /* GS_TEXT: bytes of text so far */
    uint8_t *strange; /* GS_TEXT: set where a byte is above 127 */
};

static void release(struct ArrowArray *array)
{
    struct shared *shared = array->private_data;
    for (int64_t i = 0; i < array->n_children; i++)
        if (array->children[i]->release) array->children[i]->release(array->children[i]);
    array->release = NULL;
    if (__atomic_sub_fetch(&shared->holders, 1, __ATOMIC_ACQ_REL) == 0) {
        if (shared->given.let_go) shared->given.let_go(shared->given.owner);
        free(shared->arena);
        free(shared->arrays);
        free(shared);
    }
}

static int64_t padded(int64_t bytes) { return (bytes + ALIGN - 1) / ALIGN * ALIGN; }

static int64_t needed(const struct gs_column *c)
{
    switch (c->op) {
    case GS_SCALE_I2:
    case GS_SCALE_U2:
    case GS_HALF: return 2;
    case GS_SCALE_I4:
    case GS_SCALE_U4: return 4;
    case GS_BOOL: return 1;
    case GS_LIST: return (int64_t)c->width * c->count;
    case GS_GIVEN: return 0;
    default: return c->width;
    }
}

static int is_sound(const struct gs_column *c, const struct gs_given *given)
{
    if (c->op == GS_GIVEN) return given && c->at >= 0 && c->at < given->n && c->width > 0;
    if (c->at < 0 || c->width < 0 || c->count < 0 || c->at + needed(c) > MOST_BYTES) return 0;
    if (c->op == GS_COPY) return c->width == 1 || c->width == 2 || c->width == 4 || c->width == 8;
    if (c->op == GS_TEXT || c->op == GS_BYTES) return c->width > 0;
    if (c->op == GS_LIST) return c->width > 0 && c->count > 0;
    return c->op > GS_COPY && c->op <= GS_LIST;
}

/* Bytes of the values of a column, and of the offsets before them where it has any. */
static int64_t room(const struct gs_column *c, int64_t n, int64_t *ends)
{
    *ends = c->op == GS_TEXT ? padded((n + 1) * (int64_t)sizeof(int32_t)) : 0;
    switch (c->op) {
    case GS_BOOL: return padded((n + 7) / 8);
    case GS_HALF: return padded(n * 4);
    case GS_SCALE_I2:
    case GS_SCALE_U2:
    case GS_SCALE_I4:
    case GS_SCALE_U4: return padded(n * 8);
    default: return padded(n * needed(c));
    }
}

static float half(uint16_t bits)
{
    uint32_t sign = (uint32_t)(bits & 0x8000) << 16, exponent = bits >> 10 & 0x1f, fraction = bits & 0x3ff, out;
    if (exponent == 31)
        out = sign | 0x7f800000u | fraction << 13;
    else if (exponent)
        out = sign | (exponent + 112) << 23 | fraction << 13;
    else if (!fraction)
        out = sign;
    else {
        exponent = 113;
        for (; !(fraction & 0x400); fraction <<= 1) exponent--;
        out = sign | exponent << 23 | (fraction & 0x3ff) << 13;
    }
    float value;
    memcpy(&value, &out, sizeof value);
    return value;
}

#define EACH(type, store)                                                                                              \
    for (int64_t i = 0; i < n; i++) {                                                                                  \
        type raw;                                                                                                      \
        memcpy(&raw, w->sources[i] + at, sizeof raw);                                                                  \
        store;                                                                                                         \
    }

static void copy(struct work *w, int64_t first, int64_t n)
{
    const int32_t at = w->column->at;
    switch (w->column->width) {
    case 1: EACH(uint8_t, w->values[first + i] = raw) break;
    case 2: EACH(uint16_t, ((uint16_t *)w->values)[first + i] = raw) break;
    case 4: EACH(uint32_t, ((uint32_t *)w->values)[first + i] = raw) break;
    default: EACH(uint64_t, ((uint64_t *)w->values)[first + i] = raw) break;
    }
}

static void scale(struct work *w, int64_t first, int64_t n)
{
    const int32_t at = w->column->at;
    const double by = w->column->divisor;
    double *to = (double *)w->values + first;
    switch (w->column->op) {
    case GS_SCALE_I2: EACH(int16_t, to[i] = raw / by) break;
    case GS_SCALE_U2: EACH(uint16_t, to[i] = raw / by) break;
    case GS_SCALE_I4: EACH(int32_t, to[i] = raw / by) break;
    default: EACH(uint32_t, to[i] = raw / by) break;
    }
}

static void text(struct work *w, int64_t first, int64_t n)
{
    const int32_t at = w->column->at, width = w->column->width;
    uint8_t above = 0;
    for (int64_t i = 0; i < n; i++) {
        const uint8_t *from = w->sources[i] + at;
        int32_t length = 0;
        while (length < width && from[length]) {
            above |= from[length];
            w->values[w->filled++] = from[length++];
        }
        w->ends[first + i + 1] = (int32_t)w->filled;
    }
    if (above & 0x80) *w->strange = 1;
}

static void whole(struct work *w, int64_t first, int64_t n)
{
    const int64_t bytes = needed(w->column);
    for (int64_t i = 0; i < n; i++) memcpy(w->values + (first + i) * bytes, w->sources[i] + w->column->at, bytes);
}

static void fill(struct work *w, int64_t first, int64_t n)
{
    const int32_t at = w->column->at;
    switch (w->column->op) {
    case GS_COPY: copy(w, first, n); break;
    case GS_HALF: EACH(uint16_t, ((float *)w->values)[first + i] = half(raw)) break;
    case GS_BOOL:
        for (int64_t i = 0; i < n; i++)
            if (w->sources[i][at]) w->values[(first + i) >> 3] |= (uint8_t)(1u << ((first + i) & 7));
        break;
    case GS_TEXT: text(w, first, n); break;
    case GS_BYTES:
    case GS_LIST: whole(w, first, n); break;
    case GS_GIVEN: break;
    default: scale(w, first, n);
    }
}

/* A record whose last bytes were left out reads as if they were zero. */
static const uint8_t *filled_up(const uint8_t *from, int64_t has, int64_t need, uint8_t *scratch)
{
    memcpy(scratch, from, has);
    memset(scratch + has, 0, need - has);
    return scratch;
}

struct made {
    struct ArrowArray *arrays; /* one for each column, then one for the values of each list */
    struct ArrowArray **pointers;
    const void **buffers;
    struct shared *shared;
};

static void describe(struct ArrowArray *array, const struct made *m, int64_t length, const void **buffers, int n)
{
    *array = (struct ArrowArray){.length = length, .n_buffers = n, .buffers = buffers};
    array->release = release;
    array->private_data = m->shared;
    m->shared->holders++;
}

static void hand_over(const struct made *m, const struct gs_column *columns, int32_t n_columns, int64_t n,
                      uint8_t **values, int32_t **ends, struct ArrowArray *out)
{
    for (int32_t c = 0; c < n_columns; c++) {
        struct ArrowArray *array = &m->arrays[c];
        const void **buffers = m->buffers + 5 * (int64_t)c; /* of the column, then of its values */
        m->pointers[c] = array;
        if (columns[c].op == GS_TEXT) {
            buffers[1] = ends[c];
            buffers[2] = values[c];
            describe(array, m, n, buffers, 3);
        } else if (columns[c].op == GS_LIST) {
            struct ArrowArray *inner = &m->arrays[n_columns + c];
            buffers[4] = values[c];
            describe(inner, m, n * columns[c].count, buffers + 3, 2);
            m->pointers[n_columns + c] = inner;
            describe(array, m, n, buffers, 1);
            array->n_children = 1;
            array->children = &m->pointers[n_columns + c];
        } else {
            buffers[1] = columns[c].op == GS_GIVEN ? m->shared->given.columns[columns[c].at] : values[c];
            describe(array, m, n, buffers, 2);
        }
    }
    describe(out, m, n, m->buffers + 5 * (int64_t)n_columns, 1);
    out->n_children = n_columns;
    out->children = m->pointers;
}

static int prepare(struct made *m, const struct gs_column *columns, int32_t n_columns, int64_t n, uint8_t **values,
                   int32_t **ends)
{
    int64_t total = ALIGN, before;
    for (int32_t c = 0; c < n_columns; c++) total += room(&columns[c], n, &before) + before;
    size_t arrays = sizeof(struct ArrowArray) * 2 * (size_t)n_columns;
    size_t pointers = sizeof(void *) * 2 * (size_t)n_columns;
    size_t buffers = sizeof(void *) * (5 * (size_t)n_columns + 1);
    m->shared = calloc(1, sizeof *m->shared);
    void *block = calloc(1, arrays + pointers + buffers + 1);
    void *arena = aligned_alloc(ALIGN, total);
    if (!m->shared || !block || !arena) {
        free(arena);
        free(block);
        free(m->shared);
        return GS_NO_MEMORY;
    }
    *m->shared = (struct shared){.arena = arena, .arrays = block};
    m->arrays = block;
    m->pointers = (void *)((uint8_t *)block + arrays);
    m->buffers = (void *)((uint8_t *)block + arrays + pointers);
    uint8_t *at = arena;
    for (int32_t c = 0; c < n_columns; c++) {
        int64_t bytes = room(&columns[c], n, &before);
        ends[c] = (int32_t *)at;
        values[c] = at + before;
        if (before) ends[c][0] = 0;
        if (columns[c].op == GS_BOOL) memset(values[c], 0, bytes);
        at += before + bytes;
    }
    return GS_OK;
}

static int run(const uint8_t *data, int64_t size, const int64_t *offsets, const int32_t *lengths, int64_t n,
               const struct gs_column *columns, int32_t n_columns, uint8_t *not_ascii, int64_t need, uint8_t **values,
               int32_t **ends, int64_t *filled)
{
    uint8_t *scratch = NULL;
    struct work w;
    if (lengths && !(scratch = malloc((size_t)BLOCK * (need + 1)))) return GS_NO_MEMORY;
    for (int64_t first = 0; first < n; first += BLOCK) {
        int64_t some = n - first < BLOCK ? n - first : BLOCK;
        for (int64_t i = 0; i < some; i++) {
            int64_t at = offsets[first + i], has = lengths ? lengths[first + i] : need;
            if (at < 0 || at > size || has < 0) goto outside;
            if (has > need) has = need;
            if (has > size - at) goto outside;
            w.sources[i] = has < need ? filled_up(data + at, has, need, scratch + i * need) : data + at;
            /* Records of one kind lie scattered: the machine does not foresee where the next one is. */
            for (int64_t line = 0; line < has; line += LINE) __builtin_prefetch(data + at + line);
        }
        for (int32_t c = 0; c < n_columns; c++) {
            w.column = &columns[c];
            w.values = values[c];
            w.ends = ends[c];
            w.filled = filled[c];
            w.strange = &not_ascii[c];
            fill(&w, first, some);
            filled[c] = w.filled;
        }
    }
    free(scratch);
    return GS_OK;
outside:
    free(scratch);
    return GS_OUT_OF_RANGE;
}

int gs_gather(const uint8_t *data, int64_t size, const int64_t *offsets, const int32_t *lengths, int64_t n,
              const struct gs_column *columns, int32_t n_columns, uint8_t *not_ascii, const struct gs_given *given,
              struct ArrowArray *out)
{
    int64_t need = 0;
    if (n < 0 || n > INT64_MAX / MOST_BYTES || n_columns < 0) return GS_BAD_COLUMN;
    for (int32_t c = 0; c < n_columns; c++) {
        if (!is_sound(&columns[c], given) || (columns[c].op == GS_TEXT && n * columns[c].width > INT32_MAX))
            return GS_BAD_COLUMN;
        int64_t end = columns[c].op == GS_GIVEN ? 0 : columns[c].at + needed(&columns[c]);
        if (end > need) need = end;
    }
    struct made m;
    void *lists = calloc((size_t)n_columns + 1, sizeof(uint8_t *) + sizeof(int32_t *) + sizeof(int64_t));
    if (!lists) return GS_NO_MEMORY;
    int64_t *filled = lists;
    uint8_t **values = (uint8_t **)(filled + n_columns + 1);
    int32_t **ends = (int32_t **)(values + n_columns + 1);
    int status = prepare(&m, columns, n_columns, n, values, ends);
    if (status == GS_OK) {
        status = run(data, size, offsets, lengths, n, columns, n_columns, not_ascii, need, values, ends, filled);
        if (status == GS_OK) {
            if (given) m.shared->given = *given;
            hand_over(&m, columns, n_columns, n, values, ends, out);
        } else {
            free(m.shared->arena);
            free(m.shared->arrays);
            free(m.shared);
        }
    }
    free(lists);
    return status;
}
