/* How one track lies on another: distances at many offsets of the clock, and whether any offset is worth trying. */
#ifndef GROUNDSIDE_FITTING_H
#define GROUNDSIDE_FITTING_H

#include <stdint.h>

/* Positions over time: n of each, t never falling. */
struct gs_positions {
    const double *t, *east, *north;
    int64_t n;
};

/* From one position to the next: both times, the place, how fast from there on; the last leg never ends. */
struct gs_leg {
    double t, until, east, north, east_mps, north_mps;
};

enum { GS_PARTS_A_LEG = 2, GS_LEG_NUMBERS = 6 };

/* A track made ready to be asked where it was at some time: legs, and by which to begin to look in each part of it. */
struct gs_followed {
    const struct gs_leg *legs;
    const int32_t *from;
    int64_t parts;
    double first, last, per_s;
};

/* Make ready a track of 2 to 2^30 positions. legs: of->n - 1 places; from: GS_PARTS_A_LEG for each of them, and one. */
void gs_follow(const struct gs_positions *of, struct gs_leg *legs, int32_t *from, struct gs_followed *out);

/*
 * The median distance between `clip` and `flight` at the same time, with each of `count` offsets added to the clock of
 * the clip. Infinite where fewer than `covered` of its positions (a share) lie inside the time of the flight; those
 * outside count as infinitely far. work: three times clip->n places.
 */
void gs_fit_apart(const struct gs_positions *clip, const struct gs_followed *flight, const double *offsets,
                  int64_t count, double covered, double *work, double *out);

/*
 * A layout is one run of whole numbers: this head, then for each of three widths its cells. A cell is a stretch of time
 * on the clock of the track from its first position on. Of each width there are seven runs, one number a cell: east,
 * north and radius, in centimetres, of a circle around the judged positions nearest in time to the middle of the cell,
 * and how many they are; then east, north and radius of a circle around all of the track within one width of it.
 */
enum gs_layout_head { GS_LENGTH_MS = 0, GS_JUDGED, GS_CELLS, GS_LAYOUT_HEAD = GS_CELLS + 3 };

enum { GS_WIDTHS = 3, GS_RUNS = 7 };

enum { GS_CLOSER = 2, GS_MAY = 1, GS_NEVER = 0, GS_NO_LAYOUT = -1 };

/*
 * Lay out a track in cells of `width_ms`. t: milliseconds from the first position on, never falling; east, north:
 * centimetres; judged: places among the n positions, ascending; slack_cm is added to each radius.
 * cells: t[n - 1] / width_ms + 2. out: GS_RUNS times as many. Gives -1, and nothing, where a number does not fit.
 */
int gs_lay_out(const double *t, const double *east, const double *north, int64_t n, const int64_t *judged, int64_t m,
               double width_ms, double slack_cm, int64_t cells, int32_t *out);

/*
 * How many of the judged positions of a track must lie within `most_cm` of another at the same time: such a share of all
 * of them, more than 0 and at most 1, and such a share, 0 to 1, of those within the time of the other.
 */
struct gs_near {
    double most_cm, of_all, of_inside;
};

/*
 * Whether the clock of one may be moved so that enough judged positions of the shorter lie near the other, and four
 * fifths of it within the time of the other. GS_NEVER is certain; GS_MAY is not; GS_CLOSER says that cells of the least
 * width, of which a layout may have none, could tell.
 */
int gs_may_lie(const int32_t *one, int64_t one_size, const int32_t *other, int64_t other_size,
               const struct gs_near *near);

#endif
