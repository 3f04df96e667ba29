# cython: language_level=3, boundscheck=False, wraparound=False
"""Binding of srt.c."""

from libc.stdint cimport int32_t, int64_t, uint8_t
from libc.stdlib cimport calloc, free
from libc.string cimport memset


cdef extern from "srt.h":
    enum:
        GS_SRT_COLUMNS
        GS_SRT_ISO

    struct gs_srt_word:
        int32_t column
        int32_t kinds
        int32_t label

    struct gs_srt_cue:
        int64_t start
        int64_t index
        int64_t start_ms
        int64_t end_ms

    struct gs_srt_value:
        pass

    struct gs_srt_wall:
        pass

    struct gs_srt_place:
        pass

    struct gs_srt:
        int64_t room
        int64_t cue
        int64_t n_cues
        int64_t n_walls
        int64_t n_places
        int64_t last_wall
        int32_t ends_in_metres
        int32_t counts[128]
        int64_t last[128]

    struct gs_srt_out:
        gs_srt_cue *cues
        gs_srt_value *values
        gs_srt_wall *walls
        gs_srt_place *places

    int gs_srt_walk(const uint8_t *data, int64_t size, int64_t *at, gs_srt *s, const gs_srt_out *out) nogil
    void gs_srt_add_key(gs_srt *s, const uint8_t *text, int64_t length, int32_t column) nogil
    void gs_srt_add_word(gs_srt *s, const uint8_t *text, int64_t length, const gs_srt_word *word) nogil
    void gs_srt_iso(const int64_t *us, int64_t n, uint8_t *out) nogil


cdef class Walk:
    """A walk over one file: what is known of it, and the arrays that are filled batch by batch."""

    cdef gs_srt *s
    cdef gs_srt_out out
    cdef object held

    def __cinit__(self, int64_t room, uint8_t[::1] cues, uint8_t[::1] values, uint8_t[::1] walls, uint8_t[::1] places):
        if room < 1 or cues.shape[0] < room * <int64_t>sizeof(gs_srt_cue) \
                or values.shape[0] < room * GS_SRT_COLUMNS * <int64_t>sizeof(gs_srt_value) \
                or walls.shape[0] < room * <int64_t>sizeof(gs_srt_wall) \
                or places.shape[0] < room * 2 * <int64_t>sizeof(gs_srt_place):
            raise ValueError("there is too little room")
        self.s = <gs_srt *>calloc(1, sizeof(gs_srt))
        if self.s == NULL:
            raise MemoryError
        self.held = (cues, values, walls, places)
        self.out = gs_srt_out(<gs_srt_cue *>&cues[0], <gs_srt_value *>&values[0], <gs_srt_wall *>&walls[0],
                              <gs_srt_place *>&places[0])
        self.s.room = room
        self.s.cue = self.s.last_wall = -1
        memset(self.s.last, 0xFF, sizeof(self.s.last))

    def __dealloc__(self):
        free(self.s)

    def walk(self, const uint8_t[::1] data, int64_t at):
        """Walk on; gives why it stopped (see srt.h) and where."""
        cdef int stop
        if not 0 <= at <= data.shape[0]:
            raise ValueError("that is no place in the data")
        if at == data.shape[0]:
            return 0, at
        with nogil:
            stop = gs_srt_walk(&data[0], data.shape[0], &at, self.s, &self.out)
        return stop, at

    def add_key(self, const uint8_t[::1] text, int32_t column):
        """Have a key of brackets known."""
        gs_srt_add_key(self.s, &text[0], text.shape[0], column)

    def add_word(self, const uint8_t[::1] text, int32_t column, int32_t kinds, int32_t label):
        """Have a word known, in the ways that `kinds` says."""
        cdef gs_srt_word word
        memset(&word, 0, sizeof(word))
        word.column, word.kinds, word.label = column, kinds, label
        gs_srt_add_word(self.s, &text[0], text.shape[0], &word)

    def add_cue(self, int64_t start, int64_t index, int64_t start_ms, int64_t end_ms):
        """Begin a cue; gives whether there was room."""
        if self.s.n_cues >= self.s.room:
            return False
        self.out.cues[self.s.n_cues] = gs_srt_cue(start, index, start_ms, end_ms)
        self.s.n_cues += 1
        self.s.cue += 1
        return True

    def put(self, int32_t column):
        """Say that a column has a value in this cue; gives whether it had none and may."""
        if self.s.cue < 0 or not 0 <= column < GS_SRT_COLUMNS or self.s.last[column] == self.s.cue:
            return False
        self.s.last[column] = self.s.cue
        return True

    def put_wall(self):
        """Say that this cue has a date and time; gives whether it had none and may."""
        if self.s.cue < 0 or self.s.last_wall == self.s.cue:
            return False
        self.s.last_wall = self.s.cue
        return True

    def last(self, int32_t column):
        """The last cue in which a column has a value."""
        if not 0 <= column < GS_SRT_COLUMNS:
            raise ValueError("there is no such column")
        return self.s.last[column]

    @property
    def cue(self):
        """Number of the cue being read; -1 before the first."""
        return self.s.cue

    @property
    def ends_in_metres(self):
        """Whether a watched token did."""
        return bool(self.s.ends_in_metres)

    def batch(self):
        """How many cues, walls and places there are in this batch, and values of each column; the next is empty."""
        counts = self.s.n_cues, self.s.n_walls, self.s.n_places, [self.s.counts[k] for k in range(GS_SRT_COLUMNS)]
        self.s.n_cues = self.s.n_walls = self.s.n_places = 0
        memset(self.s.counts, 0, sizeof(self.s.counts))
        return counts


def iso(const int64_t[::1] us, uint8_t[::1] out):
    """Write times as ISO 8601, 26 bytes each."""
    if out.shape[0] != us.shape[0] * GS_SRT_ISO:
        raise ValueError("there is not as much room as is needed")
    if us.shape[0]:
        with nogil:
            gs_srt_iso(&us[0], us.shape[0], &out[0])
