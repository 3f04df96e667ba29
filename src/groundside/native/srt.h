/*
 * DJI subtitles: tokens of the kinds of which nearly all of a file is made, as long as there is no doubt.
 *
 * What a token is says the pattern `TOKEN` of decode/formats/dji_srt/tokens.py. The walk here stops wherever it cannot
 * be certain that it would find the same; the pattern then takes one token, and the walk goes on behind it.
 */
#ifndef GROUNDSIDE_SRT_H
#define GROUNDSIDE_SRT_H

#include <stdint.h>

#define GS_SRT_COLUMNS 128
#define GS_SRT_SLOTS 512
#define GS_SRT_KEY 32
#define GS_SRT_WORDS 64
#define GS_SRT_WORD 16

enum gs_srt_stop { GS_SRT_END = 0, GS_SRT_UNSURE = 1, GS_SRT_FULL = 2 };

enum gs_srt_kind {
    GS_SRT_COLON = 1, /* ISO: 100 */
    GS_SRT_PLAIN = 2, /* ISO 100 */
    GS_SRT_PAREN = 4, /* BAROMETER(1.2M) */
    GS_SRT_PLACE = 8, /* GPS(1.2,3.4,5) */
    GS_SRT_WATCH = 16, /* whether a token with a colon ends in M or m is to be noted */
    GS_SRT_THREE = 32, /* G.PRY (-27.3°, 0.0°, -76.0°): of this column and the two behind it */
};

struct gs_srt_key {
    int32_t length; /* 0: an empty slot */
    int32_t column;
    uint8_t text[GS_SRT_KEY];
};

struct gs_srt_word {
    int32_t length;
    int32_t column; /* -1 where it has had no value yet */
    int32_t kinds;
    int32_t label;
    uint8_t text[GS_SRT_WORD];
};

/* What is known of a file so far. All words and keys are ones that the pattern has met and the caller has told. */
struct gs_srt {
    int64_t room;                   /* cues in one batch; each array of a column has as much */
    int64_t cue;                    /* number of the cue being read; -1 before the first */
    int64_t n_cues;                 /* rows of this batch */
    int64_t n_walls;
    int64_t n_places;
    int64_t last_wall;              /* the cue of the last date and time; -1 none */
    int32_t n_words;
    int32_t n_keys;
    int32_t ends_in_metres;         /* whether a watched token did */
    int32_t unused;
    int32_t counts[GS_SRT_COLUMNS]; /* values of each column in this batch */
    int64_t last[GS_SRT_COLUMNS];   /* the last cue in which each column has a value; -1 none */
    int16_t follows[GS_SRT_SLOTS];  /* the slot of the key that came after each the last time */
    struct gs_srt_word words[GS_SRT_WORDS];
    struct gs_srt_key keys[GS_SRT_SLOTS];
};

struct gs_srt_cue {
    int64_t start;
    int64_t index; /* -1 where it has no number */
    int64_t start_ms; /* -1 where it has no times */
    int64_t end_ms;
};

struct gs_srt_value {
    int64_t begin;
    int32_t length;
    int32_t cue;
};

struct gs_srt_wall {
    int64_t us; /* since midnight; -1 where that cannot be */
    int32_t day; /* year * 10000 + month * 100 + day */
    int32_t cue;
};

struct gs_srt_place {
    int64_t begin[3];
    int32_t length[3]; /* 0 where there is no third number */
    int32_t cue;
    int32_t label;
    int32_t suffix; /* whether the third number has a unit */
};

struct gs_srt_out {
    struct gs_srt_cue *cues;     /* `room` */
    struct gs_srt_value *values; /* GS_SRT_COLUMNS times `room`, column by column */
    struct gs_srt_wall *walls;   /* `room` */
    struct gs_srt_place *places; /* twice `room` */
};

/* Walk from `at` on; gives why it stopped, and in `at` where. */
int gs_srt_walk(const uint8_t *data, int64_t size, int64_t *at, struct gs_srt *s, const struct gs_srt_out *out);

/* Have a key, or a word, known from now on; without effect where there is no room. */
void gs_srt_add_key(struct gs_srt *s, const uint8_t *text, int64_t length, int32_t column);
void gs_srt_add_word(struct gs_srt *s, const uint8_t *text, int64_t length, const struct gs_srt_word *word);

/* Write microseconds since 1970, in the years 1 to 9999, as ISO 8601: 26 bytes each. */
#define GS_SRT_ISO 26
void gs_srt_iso(const int64_t *us, int64_t n, uint8_t *out);

#endif
