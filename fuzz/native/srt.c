/* Any bytes as subtitles: what the walk takes lies inside, ascends, and is no more than once in a cue. */
#include "decimals.h"
#include "srt.h"

#include <stdlib.h>
#include <string.h>

#define ROOM 8
#define COLUMNS 23

static const char *const KEYS[] = {"iso", "shutter", "fnum", "latitude", "longitude", "rel_alt", "abs_alt", "ct"};
static const struct {
    const char *text;
    int32_t column, kinds, label;
} WORDS[] = {
    {"FrameCnt", 10, GS_SRT_COLON, 0},  {"DiffTime", 11, GS_SRT_COLON, 0},
    {"ISO", 0, GS_SRT_COLON | GS_SRT_PLAIN, 0}, {"BAROMETER", 12, GS_SRT_COLON | GS_SRT_WATCH, 0},
    {"BAROMETER", 12, GS_SRT_PAREN, 0}, {"GPS", 13, GS_SRT_PLACE, 0},
    {"HOME", 14, GS_SRT_PLACE, 2},      {"F/", 2, GS_SRT_PLAIN, 0},
    {"H.S", 15, GS_SRT_PLAIN, 0},       {"H", 16, GS_SRT_PLAIN, 0},
    {"D", 17, GS_SRT_PLAIN, 0},         {"EV", 18, GS_SRT_COLON | GS_SRT_PLAIN, 0},
    {"F.PRY", 19, GS_SRT_THREE, 0},     {"G.PRY", 20, GS_SRT_THREE, 0},
};

static void expect(int holds)
{
    if (!holds) abort();
}

static void learn(struct gs_srt *s)
{
    memset(s, 0, sizeof *s);
    memset(s->last, 0xFF, sizeof s->last);
    s->room = ROOM;
    s->cue = s->last_wall = -1;
    for (int k = 0; k < 8; k++) gs_srt_add_key(s, (const uint8_t *)KEYS[k], (int64_t)strlen(KEYS[k]), k);
    for (size_t k = 0; k < sizeof WORDS / sizeof *WORDS; k++) {
        struct gs_srt_word word = {.column = WORDS[k].column, .kinds = WORDS[k].kinds, .label = WORDS[k].label};
        gs_srt_add_word(s, (const uint8_t *)WORDS[k].text, (int64_t)strlen(WORDS[k].text), &word);
    }
}

static void read_numbers(const uint8_t *data, int64_t size, const struct gs_srt_value *values, int32_t n, int ratios)
{
    struct gs_span spans[ROOM];
    double read[ROOM], below[ROOM];
    uint8_t how[ROOM];
    for (int32_t i = 0; i < n; i++) spans[i] = (struct gs_span){values[i].begin, values[i].length, values[i].cue};
    expect(!gs_decimals(data, size, spans, n, "Ff/", read, ratios ? below : NULL, how));
    for (int32_t i = 0; i < n; i++) expect((how[i] & 3) == GS_DECIMAL_READ ? read[i] == read[i] : 1);
}

static void check(const uint8_t *data, int64_t size, const struct gs_srt *s, const struct gs_srt_out *out)
{
    for (int64_t i = 0; i < s->n_cues; i++) {
        expect(out->cues[i].start >= 0 && out->cues[i].start < size && out->cues[i].start_ms >= -1);
        expect(i == 0 || out->cues[i].start > out->cues[i - 1].start);
    }
    for (int column = 0; column < COLUMNS; column++) {
        const struct gs_srt_value *values = out->values + column * ROOM;
        expect(s->counts[column] >= 0 && s->counts[column] <= ROOM);
        for (int32_t i = 0; i < s->counts[column]; i++) {
            expect(values[i].begin >= 0 && values[i].length >= 0 && values[i].begin + values[i].length <= size);
            expect(values[i].cue <= s->cue && (i == 0 || values[i].cue > values[i - 1].cue));
        }
        read_numbers(data, size, values, s->counts[column], column & 1);
    }
    for (int64_t i = 0; i < s->n_places; i++)
        for (int k = 0; k < 3; k++)
            expect(out->places[i].begin[k] >= 0 && out->places[i].begin[k] + out->places[i].length[k] <= size);
    for (int64_t i = 0; i < s->n_walls; i++) expect(out->walls[i].us < INT64_C(86401000000) && out->walls[i].cue <= s->cue);
}

static void empty(struct gs_srt *s)
{
    s->n_cues = s->n_walls = s->n_places = 0;
    memset(s->counts, 0, sizeof s->counts);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    static struct gs_srt state;
    static struct gs_srt_value values[GS_SRT_COLUMNS * ROOM];
    struct gs_srt_cue cues[ROOM];
    struct gs_srt_wall walls[ROOM];
    struct gs_srt_place places[2 * ROOM];
    const struct gs_srt_out out = {cues, values, walls, places};
    const int64_t size = (int64_t)length;
    uint8_t *data = malloc(length + !length), iso[GS_SRT_ISO];
    if (length) memcpy(data, bytes, length);
    learn(&state);
    for (int64_t at = 0; at < size;) {
        int64_t from = at;
        int why = gs_srt_walk(data, size, &at, &state, &out);
        expect(at >= from && at <= size && (why != GS_SRT_END || at == size));
        if (at > from) check(data, size, &state, &out);
        if (why == GS_SRT_FULL) expect(state.n_cues == ROOM);
        for (int64_t i = 0; i < state.n_walls; i++) gs_srt_iso(&walls[i].us, 1, iso);
        if (at > from) empty(&state);
        if (why == GS_SRT_UNSURE) at++;
    }
    free(data);
    return 0;
}
