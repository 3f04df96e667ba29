/* MAVLink frames: found by checksum, followed along their chain, and laid out for gathering. */
#ifndef GROUNDSIDE_MAVLINK_H
#define GROUNDSIDE_MAVLINK_H

#include <stdint.h>

#define GS_MAV_IDS 65536
#define GS_MAV_SENDERS 65536
#define GS_MAV_SMALLEST 8 /* bytes of the shortest frame */
#define GS_MAV_TWO 256

enum gs_mav_status { GS_MAV_OK = 0, GS_MAV_NO_MEMORY = 1, GS_MAV_OUT_OF_RANGE = 2, GS_MAV_NEEDS_CLOCKS = 3 };

/* What is known of messages; definitions of one message number stand one after the other. */
struct gs_mav_definitions {
    const int16_t *first; /* for each of GS_MAV_IDS numbers: its first definition, -1 where there is none */
    const uint8_t *count; /* for each of GS_MAV_IDS numbers: how many there are */
    const uint8_t *extra; /* of each definition: CRC_EXTRA */
    const uint8_t *whole; /* of each definition: bytes of its payload with all extensions */
    const uint8_t *base;  /* of each definition: bytes of its payload without */
};

/* Clocks before a frame that are believed without a neighbour that agrees; both ends belong to it. */
struct gs_mav_clocks {
    int64_t earliest, latest;           /* of this century */
    int64_t near_earliest, near_latest; /* near those of frames that can be trusted */
    int32_t near_known;                 /* 0: a frame that needs them makes the walk stop, GS_MAV_NEEDS_CLOCKS */
};

/* A frame whose checksum would be right with some other CRC_EXTRA than those known. */
struct gs_mav_other {
    int64_t at, end, payload; /* offsets of the start byte, of the first byte after it, and of its payload */
    int64_t length, id, extra;
    int64_t gap; /* where the gap between known frames begins in which it is */
};

struct gs_mav_walk {
    int64_t n;       /* frames */
    int64_t covered; /* bytes that they and their clocks take */
    int64_t n_groups;
    int32_t *keys;   /* of each group, in order of first appearance: 65536 x definition + 256 x system + component */
    int64_t *counts; /* its frames */
    int64_t n_others;
    struct gs_mav_other *others;
};

/* Make the tables of the checksum; once, before anything else. */
void gs_mav_prepare(void);

/* CRC-16/MCRF4XX of some bytes, before CRC_EXTRA is taken in. */
uint16_t gs_mav_checksum(const uint8_t *data, int64_t n);

/*
 * Follow the records of a file: `lead` bytes of clock (8 or 0), then a frame. Where the chain breaks it is taken up
 * again at the next frame that can be believed; mavlink_plain.py defines the rules.
 *
 * at, group: for each frame its start byte and its group; room for size / (8 + lead) + 1. longer: for each definition
 * the bytes beyond what it describes, added to what is there. seed: any number that no maker of a file can know, so
 * that none makes groups collide; the result does not depend on it. out: to be freed with gs_mav_free, whatever the status.
 */
int gs_mav_walk(const uint8_t *data, int64_t size, int32_t lead, const struct gs_mav_definitions *known,
                const struct gs_mav_clocks *clocks, uint64_t seed, int64_t *at, int32_t *group,
                int64_t *longer, struct gs_mav_walk *out);
void gs_mav_free(struct gs_mav_walk *out);

/*
 * Try start bytes from `from` on: give start and end of frames with a right checksum, at most `room` of them.
 * next: where to go on; `size` when all were tried. Gives how many were found.
 */
int64_t gs_mav_find(const uint8_t *data, int64_t size, int64_t from, const struct gs_mav_definitions *known,
                    int64_t *at, int64_t *end, int64_t room, int64_t *next);

struct gs_mav_frames {
    int64_t n;
    const int64_t *at;
    const int32_t *group;
};

/* Frames by table: start byte, clock before it (NULL: none), and form: bytes of payload, GS_MAV_TWO in MAVLink 2. */
struct gs_mav_sorted {
    int64_t *at, *clock;
    uint16_t *form;
};

/* Put frames by the table of their group: next[slot[group]] is where the next one goes. */
int gs_mav_sort(const uint8_t *data, int64_t size, const struct gs_mav_frames *frames, const int32_t *slot,
                int64_t *next, int64_t room, const struct gs_mav_sorted *to);

/* Frames in order, and which part of their payloads. */
struct gs_mav_rows {
    const int64_t *at;
    const uint16_t *form; /* as in gs_mav_sorted */
    int64_t n, first, width;
};

/* Say where payloads begin and how many bytes of them were sent; gives the least of those. */
int32_t gs_mav_lay_out(const int64_t *at, const uint16_t *form, int64_t n, int64_t *payload, int32_t *length);

/*
 * Copy a part of some payloads, `width` bytes from `first` on, one after the other; what was not sent is zero.
 * rows: room for n * width.
 */
int gs_mav_rows(const uint8_t *data, int64_t size, const struct gs_mav_rows *of, uint8_t *rows);

/* Read the 8 bytes of clock before frames; what is beyond 63 bits is negative. */
int gs_mav_read_clocks(const uint8_t *data, int64_t size, const int64_t *at, int64_t n, int64_t *clock);

/* Copy payloads one after the other; ends[i + 1] is the end of the i-th, ends[0] is 0. */
int gs_mav_pack(const uint8_t *data, int64_t size, const int64_t *payload, const int32_t *length, int64_t n,
                uint8_t *packed, int64_t room, int64_t *ends);

/*
 * Give what lies between the records of some frames: start and end of each gap, in `gaps` (NULL: only count them).
 * A frame whose signature was cut off ends where the next record begins. Gives their number, -1 for frames not there.
 */
int64_t gs_mav_gaps(const uint8_t *data, int64_t size, int64_t lead, const int64_t *at, int64_t n, int64_t *gaps);

/*
 * Count, in order of the file, the frames of each sender (256 x system + component) and those that its sequence
 * numbers say are missing.
 *
 * whose, frames, lost: a place for each sender, in order of first appearance; room for min(n, GS_MAV_SENDERS).
 * kinds: how many senders there are, frames of MAVLink 2, and signed ones.
 */
struct gs_mav_counted {
    int64_t *whose, *frames, *lost;
    int64_t kinds[3];
};
int gs_mav_count(const uint8_t *data, int64_t size, const int64_t *at, int64_t n, struct gs_mav_counted *to);

/*
 * Records that say when the vehicle sent them, ascending in the file; n is not 0. Times are microseconds.
 *
 * at, boot: offset in the file, and boot time. device: time of the recorder; NULL where there is none.
 * starts: of each session the index of its first record, ascending; the first is 0. base: of each session what to add
 * to its boot time; NULL to add nothing.
 */
struct gs_mav_anchors {
    int64_t n;
    const int64_t *at, *boot, *device;
    int64_t n_starts;
    const int64_t *starts, *base;
};

/* Records to be timed: offset in the file, time of the recorder, and boot time that they say (NULL: none does). */
struct gs_mav_timed {
    int64_t n;
    const int64_t *at, *device, *boot;
};

/*
 * Time records: by the anchor before each, and what the recorder counted since, not beyond the anchor after it. What
 * they say themselves holds where it is less than `far` away from that.
 */
void gs_mav_times(const struct gs_mav_anchors *anchors, const struct gs_mav_timed *of, int64_t far, int64_t *times);

/* Samples of one value: times ascending, below 2^53. */
struct gs_mav_series {
    int64_t n;
    const int64_t *time;
    const double *value; /* not needed by gs_mav_held */
};

enum gs_mav_shown { GS_MAV_AS_IS = 0, GS_MAV_FULL_TURN = 1, GS_MAV_HALF_TURNS = 2 };

/*
 * Interpolate linearly: NaN before the first and after the last sample, and between samples further apart than `gap`.
 * shown: as it is; as degrees from 0 to 360; as degrees from -180 to 180.
 */
void gs_mav_linear(const struct gs_mav_series *of, const int64_t *at, int64_t rows, int64_t gap, int shown, double *to);

/* Undo what full turns of 360 degrees do to angles that follow each other. */
void gs_mav_unwrap(const double *angles, int64_t n, double *to);

/* Give the sample that holds at some times: the last one, -1 before the first and where it is older than `age`. */
void gs_mav_held(const struct gs_mav_series *of, const int64_t *at, int64_t rows, int64_t age, int64_t *to);

#endif
