/* Any bytes as records: the walk ascends and stays inside, and what comes of the records fills just what it may. */
#include "dji.h"
#include "dji_fields.h"
#include "dji_rows.h"
#include "dji_table.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define ROOM 300
#define COLUMNS 7
#define LISTS 2

static void expect(int holds)
{
    if (!holds) abort();
}

struct chain {
    uint8_t kinds[ROOM];
    int64_t starts[ROOM];
    int32_t lengths[ROOM];
    int64_t n;
};

static void walk(const uint8_t *data, int64_t size, int wide, struct chain *chain)
{
    const int64_t head = wide ? 3 : 2;
    chain->n = 0;
    for (int64_t at = 0; at < size && chain->n < ROOM;) {
        int64_t from = at, n = gs_dji_walk(data, size, wide, &at, chain->kinds + chain->n, chain->starts + chain->n,
                                           chain->lengths + chain->n, ROOM - chain->n);
        expect(n >= 0 && at >= from && at <= size && (n > 0) == (at > from));
        for (int64_t i = chain->n; i < chain->n + n; i++, from = chain->starts[i - 1] + chain->lengths[i - 1] + 1) {
            expect(chain->starts[i] == from + head && chain->lengths[i] > 0 && chain->kinds[i] == data[from]);
            expect(data[chain->starts[i] + chain->lengths[i]] == 0xFF);
        }
        expect(from == at);
        chain->n += n;
        if (!n) at++;
    }
}

static void unscramble(const uint8_t *data, int64_t size, const struct chain *c, int64_t less)
{
    int64_t total = 0, *places = malloc(sizeof(int64_t) * ROOM);
    int32_t sizes[ROOM];
    static uint64_t crc[256] = {0, 0x9E3779B97F4A7C15u, 7, 11};
    for (int64_t i = 0; i < c->n; i++) total += c->lengths[i] > 2 ? c->lengths[i] - 2 : 0;
    const int64_t room = total > less ? total - less : 0;
    uint8_t *out = malloc((size_t)room + !room), *back = malloc((size_t)room + !room);
    int status = gs_dji_unscramble(data, size, c->kinds, c->starts, c->lengths, c->n, crc, out, room, places, sizes);
    expect(status == (room < total ? GS_DJI_NO_ROOM : GS_DJI_OK));
    if (status == GS_DJI_OK) {
        expect(gs_dji_copy(out, room, places, sizes, c->n, back, room, places) == GS_DJI_OK);
        expect(!memcmp(out, back, (size_t)room));
    }
    free(back);
    free(out);
    free(places);
}

static void group(const struct chain *c)
{
    uint8_t left_out[ROOM];
    int32_t least[256];
    int64_t order[ROOM], ends[256], left = 0, at = 0;
    for (int64_t i = 0; i < c->n; i++) left += !(left_out[i] = c->lengths[i] % 5 == 0);
    gs_dji_group(c->kinds, left_out, c->lengths, c->n, order, ends, least);
    expect(ends[255] == left);
    for (int kind = 0; kind < 256; kind++)
        for (int64_t first = at; at < ends[kind]; at++) {
            expect(c->kinds[order[at]] == kind && !left_out[order[at]] && (at == first || order[at] > order[at - 1]));
            expect(c->lengths[order[at]] >= least[kind]);
        }
    gs_dji_group(c->kinds, NULL, c->lengths, c->n, order, ends, least);
    expect(ends[255] == c->n);
}

/* What each record holds, in memory of just its size; and its first byte. */
static void contents(const struct gs_dji_rows *rows)
{
    uint8_t *firsts = malloc((size_t)rows->n + 1);
    const int status = gs_dji_firsts(rows, firsts);
    for (int64_t i = 0; i < rows->n; i++) {
        const int32_t size = gs_dji_content(rows, i, NULL);
        expect(size >= -1 && (size >= 0 || status == GS_DJI_OUT_OF_RANGE));
        uint8_t *out = malloc((size_t)(size > 0 ? size : 1));
        expect(gs_dji_content(rows, i, out) == size);
        if (status == GS_DJI_OK) expect(firsts[i] == (size > 0 ? out[0] : 0));
        free(out);
    }
    free(firsts);
}

static uint64_t sum(const uint8_t *bytes, int64_t n)
{
    uint64_t all = 0;
    for (int64_t i = 0; i < n; i++) all += bytes[i];
    return all;
}

/* Reads every byte that a reader of the column may read. */
static uint64_t read_column(const struct ArrowArray *array, const struct gs_dji_column *c)
{
    const int64_t n = array->length, bits = (n + 7) / 8;
    uint64_t all = array->buffers[0] ? sum(array->buffers[0], bits) : 0;
    expect((array->buffers[0] != NULL) == (array->null_count > 0) && array->null_count <= n);
    if (c->op == GS_DJI_WORDS) {
        const int32_t *offsets = array->buffers[1];
        expect(array->n_buffers == 3 && offsets[0] == 0);
        for (int64_t i = 0; i < n; i++) expect(offsets[i] <= offsets[i + 1]);
        return all + sum(array->buffers[2], offsets[n]);
    }
    expect(array->n_buffers == 2);
    if (c->op == GS_DJI_FLAG) return all + sum(array->buffers[1], bits);
    return all + sum(array->buffers[1], n * (c->op == GS_DJI_WHOLE ? gs_dji_width(c->code) : 8));
}

static void ask(const uint8_t *by, struct gs_dji_column *c)
{
    *c = (struct gs_dji_column){.op = by[0] % 8, .at = by[1] % 80, .code = by[2] % 11, .words = by[2] % 3, .divide = 10};
    c->least = by[2] % 2 ? -1e9 : -INFINITY;
    c->most = by[2] % 2 ? 1e9 : INFINITY;
    if (c->op == GS_DJI_FLAG || c->op == GS_DJI_WORDS) c->code = GS_U1, c->mask = 1 << by[2] % 8;
    if (c->op == GS_DJI_ANGLE && by[0] & 8) c->code = by[2] % 2 ? GS_F4 : GS_F8;
}

/* Columns as the bytes choose them, filled in two parts. */
static void table(const struct gs_dji_rows *rows, const uint8_t *choice)
{
    static int32_t ends[LISTS * 257];
    static uint8_t texts[LISTS * 256 * 20];
    struct gs_dji_column asked[COLUMNS];
    struct gs_dji_table *made;
    struct ArrowArray out = {0};
    for (int k = 0; k < LISTS * 257; k++) ends[k] = k ? ends[k - 1] + (k % 257 ? k % 20 : 0) : 0;
    const struct gs_dji_words words = {ends, LISTS, texts, ends[LISTS * 257 - 1]};
    for (int k = 0; k < COLUMNS; k++) ask(choice + 3 * k, &asked[k]);
    const int status = gs_dji_begin(rows->n, asked, COLUMNS, &words, &made);
    expect((status == GS_DJI_OK) == (made != NULL));
    if (status) return;
    const int64_t middle = rows->n / 16 * 8;
    if (gs_dji_fill(made, rows, 0, middle) || gs_dji_fill(made, rows, middle, rows->n)) {
        gs_dji_drop(made);
        return;
    }
    uint64_t all = 0;
    expect(gs_dji_finish(made, &out) == GS_DJI_OK && out.release && out.length == rows->n && out.n_children == COLUMNS);
    for (int k = 0; k < COLUMNS; k++) all += read_column(out.children[k], &asked[k]);
    expect(all < UINT64_MAX);
    out.release(&out);
    expect(out.release == NULL);
}

/* Records in any order and more than once; where the bytes say so, some that are none or lie outside of the data. */
static void rows(const uint8_t *data, int64_t size, const struct chain *c, const uint8_t *choice)
{
    static uint64_t keys[256] = {0, 0x9E3779B97F4A7C15u, 7, 11};
    const double most[2] = {3.2, 1.6};
    int64_t which[ROOM];
    struct chain other = *c;
    for (int64_t i = 0; i < c->n; i++) which[i] = choice[22] & 1 ? i : i * 7 % c->n;
    if (choice[22] & 2 && c->n) which[choice[23] % c->n] = choice[24] - 8;
    if (choice[22] & 4 && c->n) other.starts[choice[23] % c->n] += 1 << choice[24] % 20;
    if (choice[22] & 8 && c->n) other.lengths[choice[23] % c->n] -= 1 << choice[24] % 20;
    struct gs_dji_rows of = {data, size, other.starts, other.lengths, choice[22] & 16 ? NULL : c->starts, c->n,
                             which, c->n, choice[22] & 32 ? keys : NULL, 2};
    contents(&of);
    const int found = gs_dji_steady(&of, most, 1e-9, 8e5, 1e-3);
    expect(found >= -1 && found <= 1);
    table(&of, choice);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    static struct chain chain;
    if (length < 32) return 0;
    const int64_t size = (int64_t)length - 32;
    uint8_t *data = malloc((size_t)size + !size);
    memcpy(data, bytes + 32, (size_t)size);
    walk(data, size, bytes[31] & 1, &chain);
    unscramble(data, size, &chain, bytes[30] % 4 ? 0 : bytes[30]);
    group(&chain);
    rows(data, size, &chain, bytes);
    free(data);
    return 0;
}
