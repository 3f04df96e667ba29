/* Any plan on any records: what is made can be read to its end, and is given back whole. */
#include "gather.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define MOST_COLUMNS 12
#define MOST_RECORDS 700 /* more than the kernel takes in one go */
#define GIVEN 3
#define WIDEST 8 /* of a column that is given */

struct input {
    const uint8_t *at;
    size_t left;
};

static int64_t take(struct input *in, size_t bytes)
{
    uint64_t value = 0;
    if (bytes > in->left) bytes = in->left;
    if (bytes) memcpy(&value, in->at, bytes);
    in->at += bytes;
    in->left -= bytes;
    return bytes == 2 ? (int16_t)value : (int64_t)value;
}

static void expect(int holds)
{
    if (!holds) abort();
}

static void let_go(void *owner) { ++*(int *)owner; }

static uint64_t sum(const uint8_t *bytes, int64_t n)
{
    uint64_t all = 0;
    for (int64_t i = 0; i < n; i++) all += bytes[i];
    return all;
}

/* Reads every byte that a reader of the column may read. */
static uint64_t read_column(const struct ArrowArray *array, const struct gs_column *c)
{
    const int64_t n = array->length;
    const uint8_t *values = array->n_buffers > 1 ? array->buffers[1] : NULL;
    switch (c->op) {
    case GS_COPY: return sum(values, n * c->width);
    case GS_HALF: return sum(values, n * 4);
    case GS_BOOL: return sum(values, (n + 7) / 8);
    case GS_GIVEN:
    case GS_BYTES: return sum(values, n * c->width);
    case GS_LIST:
        expect(array->n_children == 1 && array->children[0]->length == n * c->count);
        return sum(array->children[0]->buffers[1], n * c->count * c->width);
    case GS_TEXT: {
        const int32_t *ends = array->buffers[1];
        expect(ends[0] == 0);
        for (int64_t i = 0; i < n; i++) expect(ends[i] <= ends[i + 1] && ends[i + 1] - ends[i] <= c->width);
        return sum(array->buffers[2], ends[n]);
    }
    default: return sum(values, n * 8);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct input in = {bytes, size};
    struct gs_column columns[MOST_COLUMNS];
    int64_t offsets[MOST_RECORDS];
    int32_t lengths[MOST_RECORDS];
    uint8_t strange[MOST_COLUMNS] = {0};
    int32_t n_columns = (int32_t)take(&in, 1) % (MOST_COLUMNS + 1), cut = take(&in, 1) & 1;
    int64_t n = (take(&in, 2) & 0x7fff) % (MOST_RECORDS + 1), step = take(&in, 1);
    for (int32_t i = 0; i < n_columns; i++) {
        columns[i].op = (int32_t)take(&in, 1) % 12;
        columns[i].at = (int32_t)take(&in, 2);
        columns[i].width = (int32_t)take(&in, 2);
        columns[i].count = (int32_t)take(&in, 2);
        if (columns[i].op == GS_GIVEN) {
            columns[i].at %= GIVEN + 1;
            columns[i].width %= WIDEST + 1;
        }
        columns[i].divisor = (double)take(&in, 1);
    }
    for (int64_t i = 0; i < n; i++) {
        offsets[i] = i < 8 ? take(&in, 2) : i * step;
        lengths[i] = i < 8 ? (int32_t)take(&in, 2) : (int32_t)(i % 300);
    }
    /* On the heap, of its exact size, so that a byte too far is seen. */
    uint8_t *data = malloc(in.left ? in.left : 1);
    if (in.left) memcpy(data, in.at, in.left);
    struct ArrowArray out = {0};
    const void *lent[GIVEN];
    for (int i = 0; i < GIVEN; i++) lent[i] = calloc((size_t)n * WIDEST + 1, 1);
    int let_go_of = 0;
    const struct gs_given given = {lent, GIVEN, &let_go_of, let_go};
    int status = gs_gather(data, (int64_t)in.left, offsets, cut ? lengths : NULL, n, columns, n_columns, strange,
                           step & 1 ? &given : NULL, &out);
    expect(status >= GS_OK && status <= GS_BAD_COLUMN);
    expect((out.release != NULL) == (status == GS_OK));
    free(data);
    if (status == GS_OK) {
        uint64_t all = 0;
        expect(out.length == n && out.n_children == n_columns);
        for (int32_t c = 0; c < n_columns; c++) {
            expect(out.children[c]->length == n);
            all += read_column(out.children[c], &columns[c]);
        }
        expect(all < UINT64_MAX);
        expect(!let_go_of);
        out.release(&out);
        expect(out.release == NULL);
    }
    expect(let_go_of == (status == GS_OK && step & 1));
    for (int i = 0; i < GIVEN; i++) free((void *)lent[i]);
    return 0;
}
