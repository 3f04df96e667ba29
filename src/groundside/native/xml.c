#include "xml.h"

#include <string.h>

#define LONGEST_MARKUP (1 << 20)
#define LONGEST_TEXT INT32_MAX
#define SLOTS 4096

/* What a byte may be: PLAIN in any text, a character of a name, or the first of one. */
enum { PLAIN = 1, INNER = 2, FIRST = 4 };
#define P PLAIN
#define N (PLAIN | INNER)
#define A (PLAIN | INNER | FIRST)
static const uint8_t KIND[256] = {
    [9] = P, [10] = P, [' '] = P, ['!'] = P, ['"'] = P, ['#'] = P, ['$'] = P, ['%'] = P, ['\''] = P, ['('] = P,
    [')'] = P, ['*'] = P, ['+'] = P, [','] = P, ['-'] = N, ['.'] = N, ['/'] = P, ['0'] = N, ['1'] = N, ['2'] = N,
    ['3'] = N, ['4'] = N, ['5'] = N, ['6'] = N, ['7'] = N, ['8'] = N, ['9'] = N, [':'] = N, [';'] = P, ['='] = P,
    ['>'] = P, ['?'] = P, ['@'] = P, ['A'] = A, ['B'] = A, ['C'] = A, ['D'] = A, ['E'] = A, ['F'] = A, ['G'] = A,
    ['H'] = A, ['I'] = A, ['J'] = A, ['K'] = A, ['L'] = A, ['M'] = A, ['N'] = A, ['O'] = A, ['P'] = A, ['Q'] = A,
    ['R'] = A, ['S'] = A, ['T'] = A, ['U'] = A, ['V'] = A, ['W'] = A, ['X'] = A, ['Y'] = A, ['Z'] = A, ['['] = P,
    ['\\'] = P, ['^'] = P, ['_'] = A, ['`'] = P, ['a'] = A, ['b'] = A, ['c'] = A, ['d'] = A, ['e'] = A, ['f'] = A,
    ['g'] = A, ['h'] = A, ['i'] = A, ['j'] = A, ['k'] = A, ['l'] = A, ['m'] = A, ['n'] = A, ['o'] = A, ['p'] = A,
    ['q'] = A, ['r'] = A, ['s'] = A, ['t'] = A, ['u'] = A, ['v'] = A, ['w'] = A, ['x'] = A, ['y'] = A, ['z'] = A,
    ['{'] = P, ['|'] = P, ['}'] = P, ['~'] = P,
};
#undef P
#undef N
#undef A

struct walk {
    const uint8_t *data, *end;
    struct gs_xml_found *found;
    int32_t open[GS_XML_DEEPEST];
    int depth;
    uint16_t slots[SLOTS]; /* number of a name and 1; 0: none */
};

static int is_space(uint8_t c) { return c == ' ' || c == '\n' || c == '\t' || c == '\r'; }

static const uint8_t *spaces(const uint8_t *p, const uint8_t *end)
{
    while (p < end && is_space(*p)) p++;
    return p;
}

static int starts(const uint8_t *p, const uint8_t *end, const char *with)
{
    size_t length = strlen(with);
    return (size_t)(end - p) >= length && !memcmp(p, with, length);
}

static int is_tail(const uint8_t *p, const uint8_t *end, int n)
{
    if (end - p <= n) return 0;
    for (int k = 1; k <= n; k++)
        if ((p[k] & 0xC0) != 0x80) return 0;
    return 1;
}

/* Behind a character of several bytes that XML allows; NULL where it is none. Source: RFC 3629; XML 1.0, 2.2. */
static const uint8_t *character(const uint8_t *p, const uint8_t *end)
{
    if (*p >= 0xC2 && *p <= 0xDF) return is_tail(p, end, 1) ? p + 2 : NULL;
    if ((*p & 0xF0) == 0xE0) {
        if (!is_tail(p, end, 2)) return NULL;
        if (*p == 0xE0 && p[1] < 0xA0) return NULL;
        if (*p == 0xED && p[1] > 0x9F) return NULL;
        return *p == 0xEF && p[1] == 0xBF && p[2] >= 0xBE ? NULL : p + 3;
    }
    if (*p < 0xF0 || *p > 0xF4 || !is_tail(p, end, 3)) return NULL;
    if ((*p == 0xF0 && p[1] < 0x90) || (*p == 0xF4 && p[1] > 0x8F)) return NULL;
    return p + 4;
}

/* Behind a piece of text that ends with `last`; NULL where something in it is not allowed or it is too long. */
static const uint8_t *passed(const uint8_t *p, const uint8_t *end, const char *last)
{
    const uint8_t *limit = end - p > LONGEST_MARKUP ? p + LONGEST_MARKUP : end;
    while (p < limit) {
        if (*p == (uint8_t)last[0] && starts(p, end, last)) return p + strlen(last);
        if (KIND[*p] || *p == '<' || *p == '&' || *p == ']' || *p == '\r')
            p++;
        else if (!(p = character(p, end)))
            return NULL;
    }
    return NULL;
}

static const uint8_t *reference(const uint8_t *p, const uint8_t *end)
{
    static const char *const KNOWN[] = {"&amp;", "&lt;", "&gt;", "&quot;", "&apos;"};
    for (int k = 0; k < 5; k++)
        if (starts(p, end, KNOWN[k])) return p + strlen(KNOWN[k]);
    return NULL;
}

/* The number of a name, -1 where there are too many. */
static int32_t name_of(struct walk *w, const uint8_t *name, int64_t length, uint32_t hash)
{
    struct gs_xml_name *names = w->found->names;
    for (uint32_t slot = hash % SLOTS;; slot = (slot + 1) % SLOTS) {
        int32_t k = w->slots[slot] - 1;
        if (k < 0) {
            if (w->found->n_names >= GS_XML_NAMES) return -1;
            names[w->found->n_names] = (struct gs_xml_name){name - w->data, length};
            w->slots[slot] = (uint16_t)++w->found->n_names;
            return (int32_t)w->found->n_names - 1;
        }
        if (names[k].length == length && !memcmp(w->data + names[k].begin, name, (size_t)length)) return k;
    }
}

static const uint8_t *name_at(struct walk *w, const uint8_t *p, int32_t *name)
{
    const uint8_t *begin = p;
    uint32_t hash = 2166136261u; /* FNV-1a: Fowler, Noll, Vo 1991 */
    if (p >= w->end || !(KIND[*p] & FIRST)) return NULL;
    for (; p < w->end && KIND[*p] & INNER; p++) hash = (hash ^ *p) * 16777619u;
    if (p == w->end || p - begin > GS_XML_LONGEST_NAME) return NULL;
    *name = name_of(w, begin, p - begin, hash ^ hash >> 15);
    return *name < 0 ? NULL : p;
}

static const uint8_t *value_at(struct walk *w, const uint8_t *p, int32_t name, struct gs_xml_node *node)
{
    struct gs_xml_found *f = w->found;
    if (p >= w->end || (*p != '"' && *p != '\'')) return NULL;
    const uint8_t quote = *p++, *begin = p;
    while (p < w->end && *p != quote) {
        if (*p == '\t' || *p == '\n') return NULL;
        if (KIND[*p] || *p == ']')
            p++;
        else if (!(p = character(p, w->end)))
            return NULL;
    }
    if (p >= w->end || p - begin > LONGEST_MARKUP) return NULL;
    if (f->n_attributes >= f->room_attributes || node->n_attributes >= GS_XML_ATTRIBUTES) return NULL;
    for (int64_t k = node->attributes; k < f->n_attributes; k++)
        if (f->attributes[k].name == name) return NULL;
    f->attributes[f->n_attributes++] = (struct gs_xml_attribute){begin - w->data, (int32_t)(p - begin), name};
    node->n_attributes++;
    return p + 1;
}

/* Behind the attributes of a tag, at its `>` or `/>`. */
static const uint8_t *attributes_at(struct walk *w, const uint8_t *p, struct gs_xml_node *node)
{
    for (;;) {
        const uint8_t *next = spaces(p, w->end);
        if (next >= w->end || *next == '>' || *next == '/') return next;
        int32_t name;
        if (next == p || !(p = name_at(w, next, &name))) return NULL;
        p = spaces(p, w->end);
        if (p >= w->end || *p != '=') return NULL;
        if (!(p = value_at(w, spaces(p + 1, w->end), name, node))) return NULL;
    }
}

static const uint8_t *start_tag(struct walk *w, const uint8_t *p)
{
    struct gs_xml_found *f = w->found;
    if (w->depth >= GS_XML_DEEPEST || f->n >= f->room || f->n_attributes > INT32_MAX || f->n >= INT32_MAX) return NULL;
    if (!w->depth && f->n) return NULL;
    const int32_t number = (int32_t)f->n++, parent = w->depth ? w->open[w->depth - 1] : -1;
    struct gs_xml_node *node = &f->nodes[number];
    int32_t name;
    *node = (struct gs_xml_node){.begin = p - w->data, .parent = parent, .attributes = (int32_t)f->n_attributes};
    node->flags = GS_XML_LEAF;
    if (parent >= 0) f->nodes[parent].flags &= ~(uint32_t)GS_XML_LEAF;
    const uint8_t *begin = p;
    if (!(p = name_at(w, p + 1, &name)) || !(p = attributes_at(w, p, node)) || p >= w->end) return NULL;
    node->name = (uint16_t)name;
    const int is_empty = *p == '/';
    p += is_empty;
    if (p >= w->end || *p != '>' || p - begin > LONGEST_MARKUP) return NULL;
    node->text = node->end = p + 1 - w->data;
    if (!is_empty) w->open[w->depth++] = number;
    return p + 1;
}

static const uint8_t *end_tag(struct walk *w, const uint8_t *p)
{
    if (!w->depth) return NULL;
    struct gs_xml_node *node = &w->found->nodes[w->open[--w->depth]];
    const struct gs_xml_name *name = &w->found->names[node->name];
    node->end = p - w->data;
    p += 2;
    if (w->end - p <= name->length || memcmp(p, w->data + name->begin, (size_t)name->length)) return NULL;
    p = spaces(p + name->length, w->end);
    if (p >= w->end || *p != '>' || p - w->data - node->end > LONGEST_MARKUP) return NULL;
    return node->end - node->text > LONGEST_TEXT ? NULL : p + 1;
}

/* Behind a comment, an instruction or a CDATA section. */
static const uint8_t *other(struct walk *w, const uint8_t *p)
{
    if (w->depth) w->found->nodes[w->open[w->depth - 1]].flags |= GS_XML_BY_HAND;
    if (starts(p, w->end, "<!--")) {
        p = passed(p + 4, w->end, "--");
        return p && p < w->end && *p == '>' ? p + 1 : NULL;
    }
    if (starts(p, w->end, "<![CDATA[")) return w->depth ? passed(p + 9, w->end, "]]>") : NULL;
    if (!starts(p, w->end, "<?")) return NULL;
    const uint8_t *begin = p += 2;
    if (p >= w->end || !(KIND[*p] & FIRST)) return NULL;
    while (p < w->end && KIND[*p] & INNER && *p != ':') p++;
    if (p >= w->end || !is_space(*p) || (p - begin == 3 && (begin[0] | 32) == 'x' && (begin[1] | 32) == 'm')) return NULL;
    return passed(p, w->end, "?>");
}

/* To the next `<`, or to the end. */
static const uint8_t *text_at(struct walk *w, const uint8_t *p)
{
    if (!w->depth) {
        p = spaces(p, w->end);
        return p < w->end && *p != '<' ? NULL : p;
    }
    uint32_t *flags = &w->found->nodes[w->open[w->depth - 1]].flags;
    for (;;) {
        while (p < w->end && KIND[*p]) p++;
        if (p >= w->end || *p == '<') return p;
        if (*p == ']') {
            if (starts(p, w->end, "]]>")) return NULL;
            p++;
        } else if (*p == '\r') {
            *flags |= GS_XML_BY_HAND;
            p++;
        } else if (*p == '&') {
            *flags |= GS_XML_BY_HAND;
            if (!(p = reference(p, w->end))) return NULL;
        } else if (!(p = character(p, w->end)))
            return NULL;
    }
}

static const uint8_t *markup(struct walk *w, const uint8_t *p)
{
    if (w->end - p < 2) return NULL;
    if (p[1] == '/') return end_tag(w, p);
    return p[1] == '!' || p[1] == '?' ? other(w, p) : start_tag(w, p);
}

int gs_xml_walk(const uint8_t *data, int64_t size, int64_t at, struct gs_xml_found *found)
{
    struct walk w = {.data = data, .end = data + size, .found = found};
    if (at < 0 || at > size) return 1;
    found->n = found->n_attributes = found->n_names = 0;
    for (const uint8_t *p = data + at;;) {
        if (!(p = text_at(&w, p))) return 1;
        if (p >= w.end) return w.depth || !found->n;
        if (!(p = markup(&w, p))) return 1;
    }
}

void gs_xml_count(const uint8_t *data, int64_t size, int64_t *elements, int64_t *attributes)
{
    int64_t less = 0, equals = 0;
    for (int64_t i = 0; i + 1 < size; i++) {
        less += (data[i] == '<') & (data[i + 1] != '/');
        equals += data[i] == '=';
    }
    *elements = less;
    *attributes = equals;
}
