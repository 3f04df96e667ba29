# cython: language_level=3, boundscheck=False, wraparound=False
"""Binding of flown.c."""

from libc.stdint cimport int64_t, uint8_t


cdef extern from "flown.h":
    struct gs_known:
        const int64_t *row
        const double *t
        const double *v
        const int64_t *jumps
        int64_t m

    struct gs_pieces:
        const double *height
        const uint8_t *still
        const uint8_t *grounded
        const uint8_t *settled
        int64_t n
        double level_m
        double land_m
        double drop_m
        double drift_m

    struct gs_outline:
        const double *t
        const double *lon
        const double *lat
        int64_t m
        double east_m
        double north_m

    void gs_aloft(const gs_pieces *pieces, int flying, double level, uint8_t *in_air, double *levels) nogil
    int64_t gs_anchors(const double *east, const double *north, int64_t n, double square, int64_t *rows) nogil
    int64_t gs_jumps(const double *t, const double *east, const double *north, int64_t n, double top_mps,
                     double slack_m, uint8_t *jumped) nogil
    void gs_rate(const gs_known *known, double window_s, double least_s, double most_s, double *rate) nogil
    int64_t gs_runs_of_time(const double *t, int64_t n, double width, int64_t *first) nogil
    int gs_medians(const double *values, int64_t n, const int64_t *first, int64_t runs, double *work,
                   double *medians) nogil
    int gs_means(const double *values, int64_t n, const int64_t *first, int64_t runs, double *means) nogil
    int64_t gs_path(const double *lon, const double *lat, const int64_t *time_us, int64_t n, double gap_us,
                    double *lon_out, double *lat_out, int64_t *starts, int64_t *runs) nogil
    int64_t gs_later(const double *t, const double *lon, const double *lat, int64_t n, int64_t *rows) nogil
    void gs_off(const gs_outline *outline, const double *t, const double *lon, const double *lat, int64_t n,
                double *off_m) nogil


cdef int alike(int64_t a, int64_t b, int64_t c) except -1:
    if a != b or a != c or a < 1:
        raise ValueError("the arrays do not belong together")
    return 0


def aloft(const double[::1] height, flags, limits, first, uint8_t[::1] in_air, double[::1] levels):
    """Fill `in_air` and `levels`; `flags` are still, grounded and settled, `first` is flying and level at first."""
    cdef gs_pieces pieces
    cdef const uint8_t[::1] still, grounded, settled
    cdef int flying = first[0]
    cdef double level = first[1]
    still, grounded, settled = flags
    alike(height.shape[0], still.shape[0], grounded.shape[0])
    alike(height.shape[0], settled.shape[0], in_air.shape[0])
    alike(height.shape[0], levels.shape[0], levels.shape[0])
    pieces.height, pieces.n = &height[0], height.shape[0]
    pieces.still, pieces.grounded, pieces.settled = &still[0], &grounded[0], &settled[0]
    pieces.level_m, pieces.land_m, pieces.drop_m, pieces.drift_m = limits
    with nogil:
        gs_aloft(&pieces, flying, level, &in_air[0], &levels[0])


def anchors(const double[::1] east, const double[::1] north, double square, int64_t[::1] rows):
    """Write rows to `rows`; how many."""
    cdef int64_t count
    alike(east.shape[0], north.shape[0], rows.shape[0])
    with nogil:
        count = gs_anchors(&east[0], &north[0], east.shape[0], square, &rows[0])
    return count


def jumps(const double[::1] t, const double[::1] east, const double[::1] north, double top_mps, double slack_m,
          uint8_t[::1] jumped):
    """Mark jumps in `jumped`, which is all 0; how many."""
    cdef int64_t count
    alike(t.shape[0], east.shape[0], north.shape[0])
    alike(t.shape[0], jumped.shape[0], jumped.shape[0])
    with nogil:
        count = gs_jumps(&t[0], &east[0], &north[0], t.shape[0], top_mps, slack_m, &jumped[0])
    return count


def rate(const int64_t[::1] row, const double[::1] t, const double[::1] v, const int64_t[::1] jumps, limits,
         double[::1] out):
    """Write rates to those places of `out` that `row` names, ascending; `jumps` may be None."""
    cdef gs_known known
    cdef double window_s = limits[0], least_s = limits[1], most_s = limits[2]
    alike(row.shape[0], t.shape[0], v.shape[0])
    if row[0] < 0 or row[row.shape[0] - 1] >= out.shape[0] or (jumps is not None and jumps.shape[0] != row.shape[0]):
        raise ValueError("the arrays do not belong together")
    known.row, known.t, known.v, known.m = &row[0], &t[0], &v[0], row.shape[0]
    known.jumps = NULL
    if jumps is not None:
        known.jumps = &jumps[0]
    with nogil:
        gs_rate(&known, window_s, least_s, most_s, &out[0])


def runs_of_time(const double[::1] t, double width, int64_t[::1] first):
    """Write the first rows of runs to `first`; how many."""
    cdef int64_t count
    alike(t.shape[0], first.shape[0], first.shape[0])
    with nogil:
        count = gs_runs_of_time(&t[0], t.shape[0], width, &first[0])
    return count


def medians(const double[::1] values, const int64_t[::1] first, double[::1] work, double[::1] out):
    """Fill `out` with the median of each run; `work` is twice as long as `values`."""
    cdef int status
    alike(first.shape[0], out.shape[0], out.shape[0])
    if values.shape[0] < 1 or work.shape[0] < 2 * values.shape[0]:
        raise ValueError("the arrays do not belong together")
    with nogil:
        status = gs_medians(&values[0], values.shape[0], &first[0], first.shape[0], &work[0], &out[0])
    if status:
        raise ValueError("a run is empty or out of order")


def means(const double[::1] values, const int64_t[::1] first, double[::1] out):
    """Fill `out` with the mean of each run."""
    cdef int status
    alike(first.shape[0], out.shape[0], out.shape[0])
    if values.shape[0] < 1:
        raise ValueError("the arrays do not belong together")
    with nogil:
        status = gs_means(&values[0], values.shape[0], &first[0], first.shape[0], &out[0])
    if status:
        raise ValueError("a run is empty or out of order")


def path(const double[::1] lon, const double[::1] lat, const int64_t[::1] time_us, double gap_us, double[:, ::1] out,
         int64_t[::1] starts):
    """Write positions to `out` (rows: lon, lat) and the first ones of runs to `starts`; how many of each."""
    cdef int64_t count, runs = 0
    alike(lon.shape[0], lat.shape[0], time_us.shape[0])
    alike(lon.shape[0], out.shape[1], starts.shape[0])
    if out.shape[0] != 2:
        raise ValueError("the arrays do not belong together")
    with nogil:
        count = gs_path(&lon[0], &lat[0], &time_us[0], lon.shape[0], gap_us, &out[0, 0], &out[1, 0], &starts[0], &runs)
    return count, runs


def later(const double[::1] t, const double[::1] lon, const double[::1] lat, int64_t[::1] rows):
    """Write rows to `rows`; how many."""
    cdef int64_t count
    alike(t.shape[0], lon.shape[0], lat.shape[0])
    alike(t.shape[0], rows.shape[0], rows.shape[0])
    with nogil:
        count = gs_later(&t[0], &lon[0], &lat[0], t.shape[0], &rows[0])
    return count


def off(const double[:, ::1] outline, scale, const double[::1] t, const double[::1] lon, const double[::1] lat,
        double[::1] off_m):
    """Fill `off_m`; `outline` has the rows t, lon, lat, and `scale` is metres east and north to a degree."""
    cdef gs_outline by
    alike(t.shape[0], lon.shape[0], lat.shape[0])
    alike(t.shape[0], off_m.shape[0], off_m.shape[0])
    if outline.shape[0] != 3 or outline.shape[1] < 2:
        raise ValueError("the arrays do not belong together")
    by.t, by.lon, by.lat, by.m = &outline[0, 0], &outline[1, 0], &outline[2, 0], outline.shape[1]
    by.east_m, by.north_m = scale[0], scale[1]
    with nogil:
        gs_off(&by, &t[0], &lon[0], &lat[0], t.shape[0], &off_m[0])
