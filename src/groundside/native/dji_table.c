#include "dji_table.h"

#include <stdlib.h>
#include <string.h>

#define WORD GS_DJI_KEY_BYTES
#define ALIGN 64
#define NUMBERS 256
#define SHORT 16 /* bytes that are copied at once, whether or not a text is as long */
#define MOST_AT 65536
#define BUFFERS 3

struct gs_dji_table {
    int64_t n;
    const struct gs_dji_column *asked;
    int32_t n_columns;
    struct gs_dji_words words;
    struct gs_dji_made *made;
    uint8_t *arena, *scratch;
    int32_t low, end, stride; /* from the first byte that any column needs, down to a whole word, to behind the last */
    int needs_places;
};

static int64_t padded(int64_t bytes) { return (bytes + ALIGN - 1) / ALIGN * ALIGN; }

/* What a column takes in the arena: values, validity, offsets, one behind the other. */
static void room_of(const struct gs_dji_column *c, int64_t n, int64_t room[3])
{
    const int64_t bits = padded((n + 7) / 8);
    room[0] = padded(n * 8);
    if (c->op == GS_DJI_FLAG) room[0] = bits;
    if (c->op == GS_DJI_WHOLE || c->op == GS_DJI_WORDS) room[0] = padded(n * gs_dji_width(c->code) + WORD);
    room[1] = c->op <= GS_DJI_WORDS ? bits : 0;
    room[2] = c->op == GS_DJI_WORDS ? padded((n + 1) * (int64_t)sizeof(int32_t)) : 0;
}

static int is_sound(const struct gs_dji_column *c, const struct gs_dji_words *words)
{
    if (c->op < GS_DJI_WHOLE || c->op > GS_DJI_PLACE || c->code < GS_U1 || c->code > GS_F8) return 0;
    if (c->at < 0 || c->at > MOST_AT || c->mask < 0 || c->mask > 0xFF) return 0;
    if ((c->mask || c->op == GS_DJI_FLAG || c->op == GS_DJI_WORDS) && c->code != GS_U1) return 0;
    if (c->op == GS_DJI_WORDS && (c->words < 0 || c->words >= words->n_lists)) return 0;
    return c->op != GS_DJI_ANGLE || c->code >= GS_F4;
}

static int are_sound(const struct gs_dji_words *words)
{
    for (int64_t list = 0; list < words->n_lists; list++) {
        const int32_t *ends = words->ends + list * (NUMBERS + 1);
        if (ends[0] < 0 || ends[NUMBERS] > words->size) return 0;
        for (int k = 0; k < NUMBERS; k++)
            if (ends[k] > ends[k + 1]) return 0;
    }
    return 1;
}

void gs_dji_drop(struct gs_dji_table *table)
{
    if (!table) return;
    free(table->arena);
    free(table->scratch);
    free(table->made);
    free(table);
}

static int allocate(struct gs_dji_table *t)
{
    int64_t room[3], total = ALIGN, at = 0;
    for (int32_t k = 0; k < t->n_columns; k++) {
        room_of(&t->asked[k], t->n, room);
        total += room[0] + room[1] + room[2];
    }
    t->stride = (t->end + 2 * WORD - 1) & ~(WORD - 1);
    t->made = calloc((size_t)t->n_columns + 1, sizeof *t->made);
    t->scratch = calloc(GS_DJI_BLOCK, (size_t)t->stride);
    t->arena = aligned_alloc(ALIGN, (size_t)total);
    if (!t->made || !t->scratch || !t->arena) return GS_DJI_NO_MEMORY;
    for (int32_t k = 0; k < t->n_columns; k++) {
        struct gs_dji_made *m = &t->made[k];
        room_of(&t->asked[k], t->n, room);
        m->values = t->arena + at;
        m->validity = m->values + room[0];
        m->offsets = (int32_t *)(void *)(m->validity + room[1]);
        if (room[1]) memset(m->validity, 0xFF, (size_t)room[1]);
        at += room[0] + room[1] + room[2];
    }
    return GS_DJI_OK;
}

int gs_dji_begin(int64_t n, const struct gs_dji_column *columns, int32_t n_columns, const struct gs_dji_words *words,
                 struct gs_dji_table **made)
{
    *made = NULL;
    if (n < 0 || n_columns < 0 || n > INT64_MAX / 32 / (n_columns + 1) || !are_sound(words)) return GS_DJI_BAD_COLUMN;
    struct gs_dji_table *t = calloc(1, sizeof *t);
    if (!t) return GS_DJI_NO_MEMORY;
    *t = (struct gs_dji_table){.n = n, .asked = columns, .n_columns = n_columns, .words = *words, .low = MOST_AT};
    int status = GS_DJI_OK;
    for (int32_t k = 0; k < n_columns && !status; k++) {
        const struct gs_dji_column *c = &columns[k];
        if (!is_sound(c, words)) status = GS_DJI_BAD_COLUMN;
        if (c->op == GS_DJI_PLACE) t->needs_places = 1;
        if (status || c->op >= GS_DJI_ROW) continue;
        const int32_t end = c->at + gs_dji_width(c->code);
        if (end > t->end) t->end = end;
        if (c->at < t->low) t->low = c->at & ~(WORD - 1);
    }
    if (!status) status = allocate(t);
    if (status)
        gs_dji_drop(t);
    else
        *made = t;
    return status;
}

/* Copy what the columns need of a block of rows; what a row lacks is zero. */
static int take(const struct gs_dji_table *t, const struct gs_dji_rows *r, struct gs_dji_block *b)
{
    const int32_t low = t->low, end = t->end, words = (end + WORD - 1) & ~(WORD - 1);
    uint8_t *to = t->scratch;
    b->any_short = 0;
    b->bytes_of = -1;
    for (int64_t i = 0; i < b->n; i++, to += t->stride) {
        const uint8_t *from;
        uint64_t key;
        gs_dji_fetch_ahead(r, b->first + i + GS_DJI_AHEAD, low, end);
        const int32_t size = b->sizes[i] = gs_dji_content_of(r, b->first + i, &from, &key);
        if (size < 0) return GS_DJI_OUT_OF_RANGE;
        if (size < end) {
            b->any_short = 1;
            memset(to, 0, (size_t)end);
            gs_dji_copy_plain(from, key, to, low, size);
        } else /* whole words, where the data goes on long enough: what is behind `end` is not looked at */
            gs_dji_copy_plain(from, key, to, low, r->data + r->size - from < words ? end : words);
    }
    return GS_DJI_OK;
}

int gs_dji_fill(struct gs_dji_table *table, const struct gs_dji_rows *rows, int64_t first, int64_t after)
{
    if (first < 0 || first % 8 || after > table->n || rows->n != table->n) return GS_DJI_OUT_OF_RANGE;
    if (table->needs_places && !rows->places && rows->n_records) return GS_DJI_BAD_COLUMN;
    struct gs_dji_block b = {.rows = table->scratch, .stride = table->stride};
    for (b.first = first; b.first < after; b.first += GS_DJI_BLOCK) {
        b.n = after - b.first < GS_DJI_BLOCK ? after - b.first : GS_DJI_BLOCK;
        if (take(table, rows, &b)) return GS_DJI_OUT_OF_RANGE;
        for (int32_t k = 0; k < table->n_columns; k++) gs_dji_make(&b, rows, &table->asked[k], &table->made[k]);
    }
    return GS_DJI_OK;
}

/* Say where the text of each row begins, from 0; of rows that are not there the text is empty. -1 where there is too much. */
static int64_t measure(const struct gs_dji_made *m, const int32_t *ends, int64_t n)
{
    int64_t at = m->offsets[0] = 0;
    for (int64_t i = 0; i < n; i++) {
        const int there = !m->nulls || (m->validity[i >> 3] >> (i & 7) & 1);
        at += there ? ends[m->values[i] + 1] - ends[m->values[i]] : 0;
        if (at > INT32_MAX) return -1;
        m->offsets[i + 1] = (int32_t)at;
    }
    return at;
}

/* There are SHORT bytes behind the last text of the column. */
static void write_texts(const struct gs_dji_made *m, const int32_t *ends, const struct gs_dji_words *words, int64_t n,
                        uint8_t *out)
{
    for (int64_t i = 0; i < n; i++) {
        const int32_t length = m->offsets[i + 1] - m->offsets[i], begin = ends[m->values[i]];
        if (length <= SHORT && begin <= words->size - SHORT)
            memcpy(out + m->offsets[i], words->texts + begin, SHORT);
        else if (length)
            memcpy(out + m->offsets[i], words->texts + begin, (size_t)length);
    }
}

static const int32_t *ends_of(const struct gs_dji_table *t, int32_t k)
{
    return t->words.ends + t->asked[k].words * (NUMBERS + 1);
}

/* Write the texts of all columns into one piece of memory, and set `at` to where those of each begin. */
static int say(const struct gs_dji_table *t, uint8_t **texts, const uint8_t **at)
{
    int64_t total = 0;
    for (int32_t k = 0; k < t->n_columns; k++) {
        if (t->asked[k].op != GS_DJI_WORDS) continue;
        const int64_t size = measure(&t->made[k], ends_of(t, k), t->n);
        if (size < 0) return GS_DJI_TOO_MUCH;
        total += padded(size + SHORT);
    }
    if (!total) return GS_DJI_OK;
    uint8_t *out = *texts = aligned_alloc(ALIGN, (size_t)total);
    if (!out) return GS_DJI_NO_MEMORY;
    for (int32_t k = 0; k < t->n_columns; k++) {
        if (t->asked[k].op != GS_DJI_WORDS) continue;
        write_texts(&t->made[k], ends_of(t, k), &t->words, t->n, out);
        at[k] = out;
        out += padded(t->made[k].offsets[t->n] + SHORT);
    }
    return GS_DJI_OK;
}

/* What is freed when the last of the arrays that were handed over is released; the arrays, and where they lie, behind. */
struct shared {
    int64_t holders;
    void *arena, *texts;
};

static void release(struct ArrowArray *array)
{
    struct shared *shared = array->private_data;
    for (int64_t i = 0; i < array->n_children; i++)
        if (array->children[i]->release) array->children[i]->release(array->children[i]);
    array->release = NULL;
    if (__atomic_sub_fetch(&shared->holders, 1, __ATOMIC_ACQ_REL)) return;
    free(shared->arena);
    free(shared->texts);
    free(shared);
}

static void describe(struct ArrowArray *array, struct shared *shared, int64_t n, const void **buffers, int64_t count)
{
    *array = (struct ArrowArray){.length = n, .n_buffers = count, .buffers = buffers};
    array->release = release;
    array->private_data = shared;
    shared->holders++;
}

int gs_dji_finish(struct gs_dji_table *t, struct ArrowArray *out)
{
    const size_t columns = (size_t)t->n_columns;
    const size_t each = sizeof(struct ArrowArray) + sizeof(void *) * (1 + BUFFERS);
    struct shared *shared = calloc(1, sizeof *shared + columns * each + sizeof(void *));
    const uint8_t **at = calloc(columns + 1, sizeof *at);
    int status = shared && at ? say(t, (uint8_t **)&shared->texts, at) : GS_DJI_NO_MEMORY;
    if (!status) {
        struct ArrowArray *arrays = (struct ArrowArray *)(shared + 1), **children = (void *)(arrays + columns);
        const void **buffers = (const void **)(children + columns);
        for (int32_t k = 0; k < t->n_columns; k++, buffers += BUFFERS) {
            const struct gs_dji_made *m = &t->made[k];
            const int is_text = t->asked[k].op == GS_DJI_WORDS;
            buffers[0] = m->nulls ? m->validity : NULL;
            buffers[1] = is_text ? (const void *)m->offsets : m->values;
            buffers[2] = at[k];
            children[k] = &arrays[k];
            describe(children[k], shared, t->n, buffers, is_text ? BUFFERS : BUFFERS - 1);
            children[k]->null_count = m->nulls;
        }
        describe(out, shared, t->n, buffers, 1);
        out->n_children = t->n_columns;
        out->children = children;
        shared->arena = t->arena;
        t->arena = NULL;
    } else
        free(shared);
    free(at);
    gs_dji_drop(t);
    return status;
}
