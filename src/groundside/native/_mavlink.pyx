# cython: language_level=3, boundscheck=False, wraparound=False
"""Binding of mavlink.c."""

from libc.stdint cimport int16_t, int32_t, int64_t, uint8_t, uint16_t, uint64_t

cdef extern from "mavlink.h":
    enum:
        GS_MAV_IDS, GS_MAV_SENDERS, GS_MAV_SMALLEST

    struct gs_mav_definitions:
        const int16_t *first
        const uint8_t *count
        const uint8_t *extra
        const uint8_t *whole
        const uint8_t *base

    struct gs_mav_clocks:
        int64_t earliest
        int64_t latest
        int64_t near_earliest
        int64_t near_latest
        int32_t near_known

    struct gs_mav_other:
        pass

    struct gs_mav_walk:
        int64_t n
        int64_t covered
        int64_t n_groups
        int32_t *keys
        int64_t *counts
        int64_t n_others
        gs_mav_other *others

    void gs_mav_prepare() nogil
    uint16_t gs_mav_checksum(const uint8_t *data, int64_t n) nogil
    int c_walk "gs_mav_walk"(
        const uint8_t *data, int64_t size, int32_t lead, const gs_mav_definitions *known, const gs_mav_clocks *clocks,
        uint64_t seed, int64_t *at, int32_t *group, int64_t *longer, gs_mav_walk *out) nogil
    void gs_mav_free(gs_mav_walk *out) nogil
    int64_t gs_mav_find(
        const uint8_t *data, int64_t size, int64_t first, const gs_mav_definitions *known, int64_t *at, int64_t *end,
        int64_t room, int64_t *next) nogil
    struct gs_mav_frames:
        int64_t n
        const int64_t *at
        const int32_t *group

    struct gs_mav_sorted:
        int64_t *at
        int64_t *clock
        uint16_t *form

    int gs_mav_sort(
        const uint8_t *data, int64_t size, const gs_mav_frames *frames, const int32_t *slot, int64_t *next,
        int64_t room, const gs_mav_sorted *to) nogil
    int32_t gs_mav_lay_out(
        const int64_t *at, const uint16_t *form, int64_t n, int64_t *payload, int32_t *length) nogil
    int gs_mav_read_clocks(const uint8_t *data, int64_t size, const int64_t *at, int64_t n, int64_t *clock) nogil
    int gs_mav_pack(
        const uint8_t *data, int64_t size, const int64_t *payload, const int32_t *length, int64_t n, uint8_t *packed,
        int64_t room, int64_t *ends) nogil
    int64_t gs_mav_gaps(
        const uint8_t *data, int64_t size, int64_t lead, const int64_t *at, int64_t n, int64_t *gaps) nogil
    struct gs_mav_counted:
        int64_t *whose
        int64_t *frames
        int64_t *lost
        int64_t kinds[3]

    int gs_mav_count(const uint8_t *data, int64_t size, const int64_t *at, int64_t n, gs_mav_counted *to) nogil

    struct gs_mav_rows:
        const int64_t *at
        const uint16_t *form
        int64_t n
        int64_t first
        int64_t width

    int c_rows "gs_mav_rows"(const uint8_t *data, int64_t size, const gs_mav_rows *of, uint8_t *rows) nogil

    struct gs_mav_anchors:
        int64_t n
        const int64_t *at
        const int64_t *boot
        const int64_t *device
        int64_t n_starts
        const int64_t *starts
        const int64_t *base

    struct gs_mav_timed:
        int64_t n
        const int64_t *at
        const int64_t *device
        const int64_t *boot

    void gs_mav_times(const gs_mav_anchors *anchors, const gs_mav_timed *of, int64_t far, int64_t *times) nogil

    struct gs_mav_series:
        int64_t n
        const int64_t *time
        const double *value

    void gs_mav_linear(
        const gs_mav_series *of, const int64_t *at, int64_t rows, int64_t gap, int shown, double *to) nogil
    void gs_mav_unwrap(const double *angles, int64_t n, double *to) nogil
    void gs_mav_held(const gs_mav_series *of, const int64_t *at, int64_t rows, int64_t age, int64_t *to) nogil

gs_mav_prepare()


cdef class Definitions:
    """What is known of messages, in the form that the kernel reads."""

    cdef gs_mav_definitions known
    cdef object kept
    cdef readonly int64_t count

    def __init__(self, const int16_t[::1] first, const uint8_t[::1] count, const uint8_t[::1] extra,
                 const uint8_t[::1] whole, const uint8_t[::1] base):
        cdef int64_t total = extra.shape[0]
        cdef int64_t number
        if first.shape[0] != GS_MAV_IDS or count.shape[0] != GS_MAV_IDS or not total or total > 32767:
            raise ValueError("a first definition and a number of them is needed for each message number")
        if whole.shape[0] != total or base.shape[0] != total:
            raise ValueError("a size is needed for each definition")
        for number in range(GS_MAV_IDS):
            if first[number] < -1 or first[number] + count[number] > total:
                raise ValueError("a definition that is not there")
        self.kept = (first, count, extra, whole, base)
        self.known = gs_mav_definitions(&first[0], &count[0], &extra[0], &whole[0], &base[0])
        self.count = total


def checksum(const uint8_t[::1] data):
    """Sum all bytes up."""
    return gs_mav_checksum(&data[0], data.shape[0]) if data.shape[0] else 0xFFFF


def walk(const uint8_t[::1] data, int32_t lead, Definitions definitions, const int64_t[::1] clocks, uint64_t seed,
         int64_t[::1] at, int32_t[::1] group, int64_t[::1] longer):
    """
    Follow the records of a file; `clocks` are the five numbers of gs_mav_clocks.

    Gives the status, the number of frames and of bytes they cover; keys and counts of the groups, and the others.
    """
    cdef gs_mav_clocks believed
    cdef gs_mav_walk out
    cdef int status
    cdef int64_t size = data.shape[0]
    if lead != 0 and lead != 8:
        raise ValueError("a clock has 8 bytes")
    if clocks.shape[0] != 5 or longer.shape[0] != definitions.count:
        raise ValueError("five numbers of clocks and one for each definition are needed")
    if at.shape[0] <= size // (GS_MAV_SMALLEST + lead) or group.shape[0] < at.shape[0]:
        raise ValueError("there is no room for all frames")
    if not size:
        return 0, 0, 0, b"", b"", b""
    believed = gs_mav_clocks(clocks[0], clocks[1], clocks[2], clocks[3], <int32_t>(clocks[4] != 0))
    with nogil:
        status = c_walk(&data[0], size, lead, &definitions.known, &believed, seed, &at[0], &group[0], &longer[0], &out)
    try:
        return (
            status, out.n, out.covered, (<const uint8_t *>out.keys)[: out.n_groups * sizeof(int32_t)],
            (<const uint8_t *>out.counts)[: out.n_groups * sizeof(int64_t)],
            (<const uint8_t *>out.others)[: out.n_others * sizeof(gs_mav_other)],
        )
    finally:
        gs_mav_free(&out)


def find(const uint8_t[::1] data, int64_t first, Definitions definitions, int64_t[::1] at, int64_t[::1] end):
    """Give how many frames were found from `first` on, and where to go on."""
    cdef int64_t found = 0
    cdef int64_t following = data.shape[0]
    cdef int64_t room = min(at.shape[0], end.shape[0])
    if 0 <= first < data.shape[0] and room:
        with nogil:
            found = gs_mav_find(&data[0], data.shape[0], first, &definitions.known, &at[0], &end[0], room, &following)
    return found, following


def sort(const uint8_t[::1] data, const int64_t[::1] at, const int32_t[::1] group, const int32_t[::1] slot,
         int64_t[::1] following, int64_t[::1] to_at, int64_t[::1] to_clock, uint16_t[::1] to_form):
    """Put frames by the table of their group; `to_clock` may be None. Gives a status."""
    cdef int64_t n = at.shape[0]
    cdef int64_t i
    cdef int status
    cdef gs_mav_frames frames
    cdef gs_mav_sorted to
    if group.shape[0] < n or to_at.shape[0] < n or to_form.shape[0] < n:
        raise ValueError("a group and a place are needed for each frame")
    if to_clock is not None and to_clock.shape[0] < n:
        raise ValueError("a place is needed for each clock")
    for i in range(slot.shape[0]):
        if slot[i] < 0 or slot[i] >= following.shape[0]:
            raise ValueError("a table that is not there")
    for i in range(n):
        if group[i] < 0 or group[i] >= slot.shape[0]:
            raise ValueError("a group that is not there")
    if not n:
        return 0
    frames = gs_mav_frames(n, &at[0], &group[0])
    to = gs_mav_sorted(&to_at[0], NULL, &to_form[0])
    if to_clock is not None:
        to.clock = &to_clock[0]
    cdef const uint8_t *first = &data[0] if data.shape[0] else NULL
    with nogil:
        status = gs_mav_sort(first, data.shape[0], &frames, &slot[0], &following[0], n, &to)
    return status


def lay_out(const int64_t[::1] at, const uint16_t[::1] form, int64_t[::1] payload, int32_t[::1] length):
    """Lay frames out. Gives the least length."""
    cdef int64_t n = at.shape[0]
    cdef int32_t shortest = 255
    if form.shape[0] < n or payload.shape[0] < n or length.shape[0] < n:
        raise ValueError("there is no room for all frames")
    if n:
        with nogil:
            shortest = gs_mav_lay_out(&at[0], &form[0], n, &payload[0], &length[0])
    return shortest


def clocks(const uint8_t[::1] data, const int64_t[::1] at, int64_t[::1] clock):
    """Read the clocks before frames. Gives a status."""
    cdef int64_t n = at.shape[0]
    cdef int status
    if clock.shape[0] < n:
        raise ValueError("there is no room for all frames")
    if not n:
        return 0
    cdef const uint8_t *first = &data[0] if data.shape[0] else NULL
    with nogil:
        status = gs_mav_read_clocks(first, data.shape[0], &at[0], n, &clock[0])
    return status


def pack(const uint8_t[::1] data, const int64_t[::1] payload, const int32_t[::1] length, uint8_t[::1] packed,
         int64_t[::1] ends):
    """Copy payloads one after the other. Gives a status."""
    cdef int64_t n = payload.shape[0]
    cdef int status
    if length.shape[0] < n or ends.shape[0] <= n:
        raise ValueError("a length for each payload and one end more are needed")
    if not n:
        ends[0] = 0
        return 0
    cdef const uint8_t *first = &data[0] if data.shape[0] else NULL
    cdef uint8_t *to = &packed[0] if packed.shape[0] else NULL
    with nogil:
        status = gs_mav_pack(first, data.shape[0], &payload[0], &length[0], n, to, packed.shape[0], &ends[0])
    return status


def gaps(const uint8_t[::1] data, int64_t lead, const int64_t[::1] at, int64_t[::1] to):
    """Give the number of gaps between records, and put start and end of each into `to`, where it is not None."""
    cdef const uint8_t *first = &data[0] if data.shape[0] else NULL
    cdef const int64_t *places = &at[0] if at.shape[0] else NULL
    cdef int64_t found
    with nogil:
        found = gs_mav_gaps(first, data.shape[0], lead, places, at.shape[0], NULL)
    if to is None or found <= 0:
        return found
    if to.shape[0] < 2 * found:
        raise ValueError("there is no room for all gaps")
    with nogil:
        found = gs_mav_gaps(first, data.shape[0], lead, places, at.shape[0], &to[0])
    return found


def count(const uint8_t[::1] data, const int64_t[::1] at, int64_t[::1] whose, int64_t[::1] frames, int64_t[::1] lost):
    """Count frames by sender and what is lost of each. Gives a status, and senders, frames of MAVLink 2, signed ones."""
    cdef int64_t n = at.shape[0]
    cdef int64_t room = min(n, <int64_t>GS_MAV_SENDERS)
    cdef int status
    cdef gs_mav_counted to
    if frames.shape[0] < room or lost.shape[0] < room or whose.shape[0] < room:
        raise ValueError("a place for each sender is needed")
    if not n:
        return 0, 0, 0, 0
    to.whose, to.frames, to.lost = &whose[0], &frames[0], &lost[0]
    cdef const uint8_t *first = &data[0] if data.shape[0] else NULL
    with nogil:
        status = gs_mav_count(first, data.shape[0], &at[0], n, &to)
    return status, to.kinds[0], to.kinds[1], to.kinds[2]


def rows(const uint8_t[::1] data, const int64_t[::1] at, const uint16_t[::1] form, int64_t start, uint8_t[:, ::1] to):
    """Copy a part of payloads, from byte `start` on as much as there is room for in each row. Gives a status."""
    cdef gs_mav_rows of
    cdef int status
    of.n = at.shape[0]
    if form.shape[0] < of.n or to.shape[0] < of.n:
        raise ValueError("a form and a row are needed for each frame")
    if start < 0 or start > 255:
        raise ValueError("a payload has 255 bytes at most")
    if not of.n or not to.shape[1]:
        return 0
    of.at, of.form, of.first, of.width = &at[0], &form[0], start, to.shape[1]
    cdef const uint8_t *first = &data[0] if data.shape[0] else NULL
    with nogil:
        status = c_rows(first, data.shape[0], &of, &to[0, 0])
    return status


def times(const int64_t[::1] anchor_at, const int64_t[::1] anchor_boot, const int64_t[::1] anchor_device,
          const int64_t[::1] starts, const int64_t[::1] base, const int64_t[::1] at, const int64_t[::1] device,
          const int64_t[::1] boot, int64_t far, int64_t[::1] to):
    """Time records by anchors; `anchor_device`, `base` and `boot` may be None."""
    cdef gs_mav_anchors anchors
    cdef gs_mav_timed of
    anchors.n, anchors.n_starts, of.n = anchor_at.shape[0], starts.shape[0], at.shape[0]
    anchors.device = anchors.base = of.boot = NULL
    if not anchors.n or not anchors.n_starts or starts[0]:
        raise ValueError("the first anchor begins the first session")
    if anchor_boot.shape[0] != anchors.n or device.shape[0] != of.n or to.shape[0] < of.n:
        raise ValueError("times are needed for each anchor and each record")
    if far < 0:
        raise ValueError("a distance is needed")
    if not of.n:
        return
    if anchor_device is not None:
        if anchor_device.shape[0] != anchors.n:
            raise ValueError("a time of the recorder is needed for each anchor")
        anchors.device = &anchor_device[0]
    if base is not None:
        if base.shape[0] < anchors.n_starts:
            raise ValueError("a base is needed for each session")
        anchors.base = &base[0]
    if boot is not None:
        if boot.shape[0] != of.n:
            raise ValueError("a boot time is needed for each record")
        of.boot = &boot[0]
    anchors.at, anchors.boot, anchors.starts = &anchor_at[0], &anchor_boot[0], &starts[0]
    of.at, of.device = &at[0], &device[0]
    with nogil:
        gs_mav_times(&anchors, &of, far, &to[0])


def linear(const int64_t[::1] time, const double[::1] value, const int64_t[::1] at, int64_t gap, int shown,
           double[::1] to):
    """Interpolate linearly."""
    cdef gs_mav_series of
    of.n = time.shape[0]
    if value.shape[0] != of.n or to.shape[0] < at.shape[0]:
        raise ValueError("a value for each sample and a place for each row are needed")
    if not at.shape[0]:
        return
    of.time = &time[0] if of.n else NULL
    of.value = &value[0] if of.n else NULL
    with nogil:
        gs_mav_linear(&of, &at[0], at.shape[0], gap, shown, &to[0])


def unwrap(const double[::1] angles, double[::1] to):
    """Undo full turns."""
    if to.shape[0] < angles.shape[0]:
        raise ValueError("a place for each angle is needed")
    if angles.shape[0]:
        with nogil:
            gs_mav_unwrap(&angles[0], angles.shape[0], &to[0])


def held(const int64_t[::1] time, const int64_t[::1] at, int64_t age, int64_t[::1] to):
    """Give the sample that holds at some times."""
    cdef gs_mav_series of
    of.n = time.shape[0]
    if to.shape[0] < at.shape[0]:
        raise ValueError("a place for each row is needed")
    if not at.shape[0]:
        return
    of.time = &time[0] if of.n else NULL
    of.value = NULL
    with nogil:
        gs_mav_held(&of, &at[0], at.shape[0], age, &to[0])
