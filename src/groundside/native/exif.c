#include "exif.h"

#include <math.h>
#include <string.h>

enum { BYTE = 1, ASCII, SHORT, LONG, RATIONAL, SBYTE, UNDEFINED, SSHORT, SLONG, SRATIONAL, FLOAT, DOUBLE, IFD };
enum { TAG_SUB = 0x014A, TAG_EXIF = 0x8769, TAG_GPS = 0x8825, TAG_INTEROP = 0xA005, HEADER = 8, ENTRY = 12 };

static const uint8_t WIDTH[] = {0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4};

struct walk {
    const uint8_t *data;
    int64_t size;
    struct gs_exif_found *found;
    uint32_t at[GS_EXIF_IFDS]; /* directories that were read, or are to be read */
    int32_t ifd[GS_EXIF_IFDS];
    int32_t n, subs;
};

static inline uint16_t u16(const uint8_t *p, int big)
{
    return (uint16_t)(big ? p[0] << 8 | p[1] : p[1] << 8 | p[0]);
}

static inline uint32_t u32(const uint8_t *p, int big)
{
    return big ? (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3]
               : (uint32_t)p[3] << 24 | (uint32_t)p[2] << 16 | (uint32_t)p[1] << 8 | p[0];
}

static inline uint64_t u64(const uint8_t *p, int big)
{
    uint64_t first = u32(p, big), second = u32(p + 4, big);
    return big ? first << 32 | second : second << 32 | first;
}

int gs_exif_width(int type) { return type > 0 && type <= IFD ? WIDTH[type] : 0; }

int64_t gs_exif_whole(const uint8_t *value, int type, int big)
{
    switch (type) {
    case SBYTE: return (int8_t)value[0];
    case SHORT: return u16(value, big);
    case SSHORT: return (int16_t)u16(value, big);
    case SLONG: return (int32_t)u32(value, big);
    case LONG:
    case IFD: return u32(value, big);
    default: return value[0];
    }
}

double gs_exif_real(const uint8_t *value, int type, int big)
{
    double above, below;
    uint32_t four;
    uint64_t eight;
    float narrow;
    switch (type) {
    case FLOAT:
        four = u32(value, big);
        memcpy(&narrow, &four, sizeof narrow);
        return narrow;
    case DOUBLE:
        eight = u64(value, big);
        memcpy(&above, &eight, sizeof above);
        return above;
    case SRATIONAL:
        above = (int32_t)u32(value, big);
        below = (int32_t)u32(value + 4, big);
        break;
    default:
        above = u32(value, big);
        below = u32(value + 4, big);
    }
    if (below != 0.0) return above / below;
    return above == 0.0 ? NAN : copysign(INFINITY, above);
}

static void fault(struct walk *w, int code, int64_t at, int tag)
{
    if (w->found->n_faults < GS_EXIF_FAULTS)
        w->found->faults[w->found->n_faults++] = (struct gs_exif_fault){at, code, tag};
}

/* Have a directory read later; none is read twice. */
static void later(struct walk *w, int32_t ifd, uint32_t at)
{
    for (int32_t k = 0; k < w->n; k++)
        if (w->at[k] == at) {
            fault(w, GS_EXIF_LOOP, at, -1);
            return;
        }
    if (w->n == GS_EXIF_IFDS) {
        fault(w, GS_EXIF_TOO_MANY, at, -1);
        return;
    }
    w->at[w->n] = at;
    w->ifd[w->n++] = ifd;
}

/* Directories below this one; gives whether the entry names any. */
static int below(struct walk *w, const struct gs_exif_entry *e)
{
    const int big = w->found->big;
    if (e->type != LONG && e->type != IFD) return 0;
    if (e->tag == TAG_SUB) {
        for (uint32_t k = 0; k < e->count && w->subs < GS_EXIF_SUBS; k++)
            later(w, GS_EXIF_SUB + w->subs++, u32(w->data + e->at + 4 * (int64_t)k, big));
        return 1;
    }
    const int32_t ifd = e->tag == TAG_EXIF      ? GS_EXIF_EXIF
                        : e->tag == TAG_GPS     ? GS_EXIF_GPS
                        : e->tag == TAG_INTEROP ? GS_EXIF_INTEROP
                                                : -1;
    if (ifd < 0 || e->count != 1) return 0;
    later(w, ifd, u32(w->data + e->at, big));
    return 1;
}

static void entry(struct walk *w, int32_t ifd, int64_t at)
{
    struct gs_exif_found *f = w->found;
    const uint8_t *p = w->data + at;
    struct gs_exif_entry e = {ifd, u16(p, f->big), u16(p + 2, f->big), u32(p + 4, f->big), 0};
    const int64_t bytes = (int64_t)gs_exif_width(e.type) * e.count;
    if (!gs_exif_width(e.type)) {
        fault(w, GS_EXIF_NO_TYPE, at, e.tag);
        return;
    }
    e.at = bytes <= 4 ? (uint32_t)at + 8 : u32(p + 8, f->big);
    if (e.at + bytes > w->size) {
        fault(w, GS_EXIF_VALUE_OUTSIDE, at, e.tag);
        return;
    }
    if (ifd != GS_EXIF_NOTE && below(w, &e)) return;
    f->entries[f->n_entries++] = e;
}

static void directory(struct walk *w, int32_t ifd, int64_t at)
{
    if (at + 2 > w->size) {
        fault(w, GS_EXIF_IFD_OUTSIDE, at, -1);
        return;
    }
    int64_t n = u16(w->data + at, w->found->big);
    const int64_t room = (w->size - at - 2) / ENTRY;
    if (n > room) {
        fault(w, GS_EXIF_IFD_CUT, at, -1);
        n = room;
    }
    for (int64_t k = 0; k < n; k++) {
        if (w->found->n_entries == GS_EXIF_ENTRIES) {
            fault(w, GS_EXIF_TOO_MANY, at + 2 + k * ENTRY, -1);
            return;
        }
        entry(w, ifd, at + 2 + k * ENTRY);
    }
    const int64_t end = at + 2 + n * ENTRY;
    if (ifd >= GS_EXIF_CHAIN - 1 || end + 4 > w->size) return;
    const uint32_t next = u32(w->data + end, w->found->big);
    if (next) later(w, ifd + 1, next);
}

static void start(struct walk *w, const uint8_t *data, int64_t size, struct gs_exif_found *found)
{
    w->data = data;
    w->size = size;
    w->found = found;
    w->n = w->subs = 0;
    found->n_entries = found->n_faults = 0;
}

int gs_exif_walk(const uint8_t *data, int64_t size, struct gs_exif_found *found)
{
    struct walk w;
    start(&w, data, size, found);
    found->big = 0;
    if (size < HEADER) return 1;
    const int big = data[0] == 'M' && data[1] == 'M';
    if (!big && !(data[0] == 'I' && data[1] == 'I')) return 1;
    if (u16(data + 2, big) != 42) return 1;
    found->big = big;
    later(&w, 0, u32(data + 4, big));
    for (int32_t k = 0; k < w.n; k++) directory(&w, w.ifd[k], w.at[k]);
    return 0;
}

void gs_exif_note(const uint8_t *data, int64_t size, int64_t at, int big, struct gs_exif_found *found)
{
    struct walk w;
    start(&w, data, size, found);
    found->big = big;
    directory(&w, GS_EXIF_NOTE, at);
}
