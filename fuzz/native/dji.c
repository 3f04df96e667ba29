/* Any bytes as records: the walk ascends and stays inside, and what comes of the records fills just what it may. */
#include "dji.h"

#include <stdlib.h>
#include <string.h>

#define ROOM 300
#define COLUMNS 6

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
    int64_t order[ROOM], ends[256], left = 0, at = 0;
    for (int64_t i = 0; i < c->n; i++) left += !(left_out[i] = c->lengths[i] % 5 == 0);
    gs_dji_group(c->kinds, left_out, c->n, order, ends);
    expect(ends[255] == left);
    for (int kind = 0; kind < 256; kind++)
        for (int64_t first = at; at < ends[kind]; at++)
            expect(c->kinds[order[at]] == kind && !left_out[order[at]] && (at == first || order[at] > order[at - 1]));
}

/* Columns as the bytes choose them, in an arena of just the size they need. */
static void columns(const uint8_t *data, int64_t size, const struct chain *c, const uint8_t *choice)
{
    static const int WIDTH[] = {1, 1, 2, 2, 4, 4, 8, 8, 4, 8};
    struct gs_dji_column asked[COLUMNS];
    static uint64_t keys[256] = {0, 0x9E3779B97F4A7C15u, 7, 11};
    int64_t nulls[COLUMNS], room = 0, starts[ROOM];
    int32_t sizes[ROOM];
    const int scrambled = choice[0] & 1;
    for (int64_t i = 0; i < c->n; i++) {
        starts[i] = c->starts[i];
        sizes[i] = scrambled ? (c->lengths[i] > 2 ? c->lengths[i] - 2 : 0) : c->lengths[i];
    }
    for (int k = 0; k < COLUMNS; k++) {
        const uint8_t *by = choice + 1 + 3 * k;
        asked[k] = (struct gs_dji_column){.op = by[0] % 4, .at = by[1] % 80, .code = by[2] % 10, .values = room};
        asked[k].divide = 10;
        asked[k].least = -1e9;
        asked[k].most = 1e9;
        if (asked[k].op == GS_DJI_FLAG) asked[k].code = GS_U1, asked[k].mask = 1 << by[2] % 8;
        if (asked[k].op == GS_DJI_ANGLE) asked[k].code = by[2] % 2 ? GS_F4 : GS_F8;
        int64_t bytes = asked[k].op == GS_DJI_FLAG ? (c->n + 7) / 8 : c->n * 8;
        if (asked[k].op == GS_DJI_WHOLE) bytes = c->n * WIDTH[asked[k].code];
        asked[k].validity = room + (bytes + 7) / 8 * 8;
        room = asked[k].validity + (asked[k].op <= GS_DJI_FLAG ? (c->n + 63) / 64 * 8 : 0);
    }
    uint8_t *arena = malloc((size_t)room + 1);
    int status = gs_dji_columns(data, size, starts, sizes, c->n, scrambled ? keys : NULL, asked, COLUMNS, arena, room,
                                nulls);
    expect(status == GS_DJI_OK);
    for (int k = 0; k < COLUMNS; k++) expect(nulls[k] >= 0 && nulls[k] <= c->n);
    free(arena);
}

static void words(const uint8_t *numbers, int64_t n, int some)
{
    static int32_t ends[257];
    static uint8_t texts[256 * 3];
    for (int k = 0; k < 256; k++) ends[k + 1] = ends[k] + k % 4;
    const uint8_t *validity = some ? numbers : NULL;
    int32_t *offsets = malloc((size_t)(n + 1) * sizeof *offsets);
    const int64_t room = gs_dji_words(numbers, validity, n, ends, texts, offsets, NULL, 0);
    expect(room >= 0 && room == offsets[n]);
    uint8_t *out = malloc((size_t)room + !room);
    expect(gs_dji_words(numbers, validity, n, ends, texts, offsets, out, room) == room);
    if (room) expect(gs_dji_words(numbers, validity, n, ends, texts, offsets, out, room - 1) == -1);
    free(out);
    free(offsets);
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
    columns(data, size, &chain, bytes);
    words(data, size, bytes[29] & 1);
    free(data);
    return 0;
}
