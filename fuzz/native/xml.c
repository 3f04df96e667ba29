/* Any bytes as a document, and its texts as dates and places: what is found lies inside, in order and in its parent. */
#include "xml.h"
#include "xml_values.h"

#include <stdlib.h>
#include <string.h>

#define MOST 512

static void expect(int holds)
{
    if (!holds) abort();
}

/* Elements are in order, in their parents, with their attributes in their start tags. */
static void check_nodes(const struct gs_xml_found *found, int64_t at, int64_t size)
{
    for (int64_t i = 0; i < found->n; i++) {
        const struct gs_xml_node *node = &found->nodes[i];
        expect(node->begin >= at && node->begin < node->text && node->text <= node->end && node->end <= size);
        expect(node->name < found->n_names && node->parent >= -1 && node->parent < i);
        expect((node->parent < 0) == (i == 0));
        if (i) {
            const struct gs_xml_node *parent = &found->nodes[node->parent];
            expect(node->begin > found->nodes[i - 1].begin && node->begin >= parent->text && node->end <= parent->end);
            expect(!(parent->flags & GS_XML_LEAF));
        }
        expect(node->attributes >= 0 && node->attributes + node->n_attributes <= found->n_attributes);
        for (int k = 0; k < node->n_attributes; k++) {
            const struct gs_xml_attribute *one = &found->attributes[node->attributes + k];
            expect(one->begin > node->begin && one->length >= 0 && one->begin + one->length < node->text);
            expect(one->name >= 0 && one->name < found->n_names);
        }
    }
}

static void check_texts(const uint8_t *data, int64_t size, const struct gs_xml_found *found)
{
    struct gs_xml_span spans[MOST], words[3 * MOST];
    int64_t us[MOST], n = 0;
    for (; n < found->n && n < MOST; n++) {
        const struct gs_xml_node *node = &found->nodes[n];
        spans[n] = (struct gs_xml_span){node->text, (int32_t)(node->end - node->text), 0};
    }
    for (int sign = 0; sign <= ','; sign += ',') {
        const int done = gs_xml_words(data, size, spans, n, sign, words);
        expect(done == 0 || done == 1);
        for (int64_t i = 0; done == 0 && i < 3 * n; i++)
            expect(words[i].length == 0 || (words[i].begin >= spans[i / 3].begin && words[i].length > 0 &&
                   words[i].begin + words[i].length <= spans[i / 3].begin + spans[i / 3].length));
    }
    for (int64_t i = 0; i < n; i++) {
        const int64_t first = gs_xml_instants(data, size, &spans[i], 1, &us[i]);
        expect(first == 0 || (first == 1 && us[i] > -INT64_C(62135596800000001) && us[i] < INT64_C(253402300800000000)));
    }
    if (n) spans[n - 1].length = (int32_t)(size - spans[n - 1].begin) + 1;
    expect(!n || gs_xml_words(data, size, spans, n, ',', words) != 0);
}

/* Behind the XML declaration, as the caller begins. */
static int64_t begin_of(const uint8_t *data, int64_t size)
{
    if (size < 5 || memcmp(data, "<?xml", 5)) return 0;
    for (int64_t at = 5; at + 1 < size; at++)
        if (data[at] == '?' && data[at + 1] == '>') return at + 2;
    return size;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    const int64_t size = (int64_t)length;
    int64_t elements, attributes;
    uint8_t *data = malloc(length + !length);
    if (length) memcpy(data, bytes, length);
    const int64_t at = begin_of(data, size);
    gs_xml_count(data, size, &elements, &attributes);
    expect(elements >= 0 && attributes >= 0 && elements <= size && attributes <= size);
    struct gs_xml_found found = {.room = elements, .room_attributes = attributes};
    found.nodes = malloc(((size_t)elements + 1) * sizeof *found.nodes);
    found.attributes = malloc(((size_t)attributes + 1) * sizeof *found.attributes);
    found.names = malloc(GS_XML_NAMES * sizeof *found.names);
    if (!gs_xml_walk(data, size, at, &found)) {
        expect(found.n > 0 && found.n <= elements && found.n_attributes <= attributes && found.n_names <= GS_XML_NAMES);
        check_nodes(&found, at, size);
        check_texts(data, size, &found);
        const int64_t all = found.n;
        found.room = all - 1;
        expect(gs_xml_walk(data, size, at, &found));
    }
    free(found.nodes);
    free(found.attributes);
    free(found.names);
    free(data);
    return 0;
}
