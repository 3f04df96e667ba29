#include "xml_values.h"

#define DAY_S INT64_C(86400)
#define SHORTEST 20
#define LONGEST 27

static int is_inside(const struct gs_xml_span *span, int64_t size)
{
    return span->begin >= 0 && span->length >= 0 && span->begin <= size && span->length <= size - span->begin;
}

/* Some digits as a number, -1 where one is none. */
static int digits(const uint8_t *p, int n)
{
    int value = 0;
    for (int k = 0; k < n; k++) {
        if ((uint8_t)(p[k] - '0') > 9) return -1;
        value = value * 10 + p[k] - '0';
    }
    return value;
}

/* Days since 1970. Source: H. F. Fliegel and T. C. Van Flandern, Communications of the ACM 11 (1968), p. 657. */
static int64_t days(int year, int month, int day)
{
    const int early = (month - 14) / 12;
    return day - 32075 + 1461 * (year + 4800 + early) / 4 + 367 * (month - 2 - early * 12) / 12 -
           3 * ((year + 4900 + early) / 100) / 4 - 2440588;
}

static int days_in(int year, int month)
{
    static const int DAYS[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    const int leaps = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return DAYS[month - 1] + (month == 2 && leaps);
}

static int time_at(const uint8_t *p, int32_t length, int64_t *us)
{
    if (length < SHORTEST || length > LONGEST || length == SHORTEST + 1 || p[length - 1] != 'Z') return 0;
    if (p[4] != '-' || p[7] != '-' || p[10] != 'T' || p[13] != ':' || p[16] != ':') return 0;
    const int year = digits(p, 4), month = digits(p + 5, 2), day = digits(p + 8, 2);
    const int hour = digits(p + 11, 2), minute = digits(p + 14, 2), second = digits(p + 17, 2);
    if (year < 1 || month < 1 || month > 12 || day < 1 || day > days_in(year, month)) return 0;
    if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59) return 0;
    int fraction = 0;
    if (length > SHORTEST) {
        const int n = length - SHORTEST - 1;
        fraction = digits(p + SHORTEST, n);
        if (p[SHORTEST - 1] != '.' || fraction < 0) return 0;
        for (int k = n; k < 6; k++) fraction *= 10;
    }
    *us = (days(year, month, day) * DAY_S + hour * 3600 + minute * 60 + second) * 1000000 + fraction;
    return 1;
}

int64_t gs_xml_instants(const uint8_t *data, int64_t size, const struct gs_xml_span *spans, int64_t n, int64_t *us)
{
    for (int64_t i = 0; i < n; i++) {
        if (!is_inside(&spans[i], size)) return -1;
        if (!time_at(data + spans[i].begin, spans[i].length, &us[i])) return i;
    }
    return n;
}

static int is_space(uint8_t c) { return c == ' ' || (c >= 9 && c <= 13) || (c >= 28 && c <= 31); }

static int is_between(uint8_t c, int sign) { return sign ? c == sign : is_space(c); }

/* Give how many words there are, and the first three; -1 where a byte is not ASCII. */
static int words_of(const uint8_t *data, const struct gs_xml_span *span, int sign, struct gs_xml_span *words)
{
    int64_t at = span->begin;
    const int64_t end = span->begin + span->length;
    int found = 0;
    for (;;) {
        while (!sign && at < end && is_space(data[at])) at++;
        if (!sign && at == end) return found;
        const int64_t begin = at;
        for (; at < end && !is_between(data[at], sign); at++)
            if (data[at] >= 0x80) return -1;
        if (found < 3) words[found] = (struct gs_xml_span){begin, (int32_t)(at - begin), 0};
        found += found < 4;
        if (at == end) return found;
        at++;
    }
}

int gs_xml_words(const uint8_t *data, int64_t size, const struct gs_xml_span *spans, int64_t n, int sign,
                 struct gs_xml_span *words)
{
    for (int64_t i = 0; i < n; i++) {
        struct gs_xml_span *mine = words + 3 * i;
        if (!is_inside(&spans[i], size)) return -1;
        const int found = words_of(data, &spans[i], sign, mine);
        if (found < 0) return 1;
        for (int k = found == 2 || found == 3 ? found : 0; k < 3; k++) mine[k] = (struct gs_xml_span){0, 0, 0};
    }
    return 0;
}
