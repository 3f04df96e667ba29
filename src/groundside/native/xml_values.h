/* What stands in the texts of an XML document: dates, and places of two or three numbers. */
#ifndef GROUNDSIDE_XML_VALUES_H
#define GROUNDSIDE_XML_VALUES_H

#include <stdint.h>

struct gs_xml_span {
    int64_t begin;
    int32_t length;
    int32_t tag;
};

/*
 * Read texts of the form YYYY-MM-DDThh:mm:ss[.f{1,6}]Z as microseconds since 1970. Gives the number of the first that
 * is none (n where all are), or -1 where a text is not inside the data.
 */
int64_t gs_xml_instants(const uint8_t *data, int64_t size, const struct gs_xml_span *spans, int64_t n, int64_t *us);

/*
 * Take texts apart into 2 or 3 words each, between white space (sign 0) or between the sign; words gets 3 a text,
 * of length 0 where there is none, as all 3 are where there are other than 2 or 3. Gives 0, 1 where a text has bytes
 * that are not ASCII, -1 where one is not inside the data.
 */
int gs_xml_words(const uint8_t *data, int64_t size, const struct gs_xml_span *spans, int64_t n, int sign,
                 struct gs_xml_span *words);

#endif
