#include "exif_packet.h"

#include <string.h>

enum { INSIDE = 1, FIRST = 2, BLANK = 4, PLAIN = 8, NAME = INSIDE | FIRST | PLAIN };

/* Characters: of names, the first of names, blanks, and those that stand for themselves in a value. */
static const uint8_t KIND[256] = {
    ['\t'] = BLANK,           ['\n'] = BLANK,          ['\r'] = BLANK,          [' '] = BLANK | PLAIN,
    ['!' ... '%'] = PLAIN,    ['\'' ... ','] = PLAIN,  ['-' ... '.'] = INSIDE | PLAIN, ['/'] = PLAIN,
    ['0' ... '9'] = INSIDE | PLAIN, [':' ... ';'] = PLAIN, ['=' ... '@'] = PLAIN,  ['A' ... 'Z'] = NAME,
    ['[' ... '^'] = PLAIN,    ['_'] = NAME,            ['`'] = PLAIN,           ['a' ... 'z'] = NAME,
    ['{' ... '~'] = PLAIN,
};

struct scan {
    const uint8_t *data, *at, *end;
    struct gs_packet *found;
    uint32_t marks[GS_PACKET_BESIDE]; /* of the names of one element's attributes, to tell them apart quickly */
};

static int blanks(struct scan *s)
{
    const uint8_t *from = s->at;
    while (s->at < s->end && KIND[*s->at] & BLANK) s->at++;
    return s->at > from;
}

static int is(struct scan *s, const char *text, int64_t size)
{
    if (s->end - s->at < size || memcmp(s->at, text, (size_t)size)) return 0;
    s->at += size;
    return 1;
}

#define IS(s, text) is(s, text, sizeof(text) - 1)

/* "a" or "a:b"; gives its size, 0 where there is none. */
static int32_t name(struct scan *s)
{
    const uint8_t *from = s->at;
    for (int parts = 0; parts < 2; parts++) {
        if (s->at == s->end || !(KIND[*s->at] & FIRST)) return 0;
        while (s->at < s->end && KIND[*s->at] & INSIDE) s->at++;
        if (parts || s->at == s->end || *s->at != ':') break;
        s->at++;
    }
    return (int32_t)(s->at - from);
}

static int32_t value(struct scan *s, uint8_t until)
{
    const uint8_t *from = s->at;
    while (s->at < s->end && KIND[*s->at] & PLAIN && *s->at != until) s->at++;
    return (int32_t)(s->at - from);
}

static struct gs_packet_part *part(struct scan *s, int32_t kind)
{
    if (s->found->n == GS_PACKET_PARTS) return 0;
    struct gs_packet_part *p = &s->found->parts[s->found->n++];
    *p = (struct gs_packet_part){kind, 0, 0, 0, 0};
    return p;
}

static int named_before(struct scan *s, int32_t first, const struct gs_packet_part *p)
{
    const int32_t n = s->found->n - 1 - first;
    uint32_t mark = 2166136261u; /* FNV-1a */
    for (int32_t k = 0; k < p->name_size; k++) mark = (mark ^ s->data[p->name + k]) * 16777619u;
    for (int32_t k = 0; k < n; k++) {
        const struct gs_packet_part *other = &s->found->parts[first + k];
        if (s->marks[k] == mark && other->name_size == p->name_size &&
            !memcmp(s->data + other->name, s->data + p->name, (size_t)p->name_size))
            return 1;
    }
    s->marks[n] = mark;
    return 0;
}

/* The attributes of an element, up to where it ends; each has a blank before it. */
static int attributes(struct scan *s)
{
    const int32_t first = s->found->n;
    while (blanks(s) && s->at < s->end && KIND[*s->at] & FIRST) {
        if (s->found->n - first == GS_PACKET_BESIDE) return 0;
        struct gs_packet_part *p = part(s, GS_PACKET_ATTRIBUTE);
        if (!p) return 0;
        p->name = (int32_t)(s->at - s->data);
        if (!(p->name_size = name(s))) return 0;
        blanks(s);
        if (!IS(s, "=")) return 0;
        blanks(s);
        const uint8_t quote = s->at < s->end ? *s->at : 0;
        if (quote != '"' && quote != '\'') return 0;
        s->at++;
        p->value = (int32_t)(s->at - s->data);
        p->value_size = value(s, quote);
        if (s->at == s->end || *s->at++ != quote || named_before(s, first, p)) return 0;
    }
    return 1;
}

/* The text of an element, after its ">". */
static void text(struct scan *s, struct gs_packet_part *p)
{
    p->value = (int32_t)(s->at - s->data);
    p->value_size = value(s, '>');
}

static int closed(struct scan *s, const char *tag, int64_t size)
{
    if (!IS(s, "</") || !is(s, tag, size)) return 0;
    blanks(s);
    return IS(s, ">");
}

#define CLOSED(s, tag) closed(s, tag, sizeof(tag) - 1)

static int items(struct scan *s, const char *kind)
{
    if (!IS(s, ">")) return 0;
    for (blanks(s); IS(s, "<rdf:li>") || IS(s, "<rdf:li xml:lang=\"x-default\">"); blanks(s)) {
        struct gs_packet_part *p = part(s, GS_PACKET_ITEM);
        if (!p) return 0;
        text(s, p);
        if (!CLOSED(s, "rdf:li")) return 0;
    }
    if (!closed(s, kind, 7)) return 0;
    blanks(s);
    return 1;
}

static int reserved(const uint8_t *tag, int32_t size)
{
    return (size >= 4 && !memcmp(tag, "rdf:", 4)) || (size >= 2 && !memcmp(tag, "x:", 2));
}

/* A property as an element, after its "<". */
static int property(struct scan *s)
{
    struct gs_packet_part *p = part(s, GS_PACKET_TEXT);
    if (!p) return 0;
    const char *tag = (const char *)s->at;
    p->name = (int32_t)(s->at - s->data);
    if (!(p->name_size = name(s)) || reserved((const uint8_t *)tag, p->name_size) || !IS(s, ">")) return 0;
    text(s, p);
    const uint8_t *inside = s->at;
    blanks(s);
    const char *kind = IS(s, "<rdf:Seq") ? "rdf:Seq" : IS(s, "<rdf:Bag") ? "rdf:Bag" : IS(s, "<rdf:Alt") ? "rdf:Alt" : 0;
    if (kind) {
        for (int32_t k = 0; k < p->value_size; k++)
            if (!(KIND[s->data[p->value + k]] & BLANK)) return 0;
        p->kind = GS_PACKET_LIST;
        p->value_size = 0;
        if (!items(s, kind)) return 0;
    } else {
        s->at = inside;
    }
    return closed(s, tag, p->name_size);
}

static int description(struct scan *s)
{
    if (!attributes(s)) return 0;
    if (IS(s, "/>")) return 1;
    if (!IS(s, ">")) return 0;
    for (blanks(s); s->at + 1 < s->end && s->at[0] == '<' && s->at[1] != '/'; blanks(s)) {
        s->at++;
        if (!property(s)) return 0;
    }
    return CLOSED(s, "rdf:Description");
}

static int instruction(struct scan *s)
{
    if (!IS(s, "<?xpacket ")) return 1;
    for (; s->at < s->end && *s->at != '?' && *s->at != '>'; s->at++) {
        if (IS(s, "\xef\xbb\xbf")) s->at--; /* the mark of UTF-8 */
        else if (!(KIND[*s->at] & PLAIN)) return 0;
    }
    if (!IS(s, "?>")) return 0;
    blanks(s);
    return 1;
}

int gs_packet_parts(const uint8_t *data, int64_t size, struct gs_packet *found)
{
    struct scan s;
    s.data = s.at = data;
    s.end = data + size;
    s.found = found;
    found->n = 0;
    if (!instruction(&s) || !IS(&s, "<x:xmpmeta") || !attributes(&s) || !IS(&s, ">")) return 0;
    blanks(&s);
    if (!IS(&s, "<rdf:RDF") || !attributes(&s) || !IS(&s, ">")) return 0;
    for (blanks(&s); IS(&s, "<rdf:Description"); blanks(&s))
        if (!description(&s)) return 0;
    if (!CLOSED(&s, "rdf:RDF")) return 0;
    blanks(&s);
    return CLOSED(&s, "x:xmpmeta") && s.at == s.end;
}
