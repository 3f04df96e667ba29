/* DJI flight records: fields of the records of one type as the columns of an Arrow table. */
#ifndef GROUNDSIDE_DJI_TABLE_H
#define GROUNDSIDE_DJI_TABLE_H

#include <stdint.h>

#include "arrow.h"
#include "dji_fields.h"

/* Texts for numbers of one byte, list after list: number k of list w is `texts` from ends[257 * w + k] to the next. */
struct gs_dji_words {
    const int32_t *ends;
    int64_t n_lists;
    const uint8_t *texts;
    int64_t size;
};

struct gs_dji_table; /* a table while it is made */

/*
 * Begin a table of `n` rows.
 *
 * columns, words: read until the table is finished or dropped. made: where the table is put, NULL where it fails.
 */
int gs_dji_begin(int64_t n, const struct gs_dji_column *columns, int32_t n_columns, const struct gs_dji_words *words,
                 struct gs_dji_table **made);

/* Fill the rows from `first`, a multiple of 8, to before `after`. Gives an error number; then the table is of no use. */
int gs_dji_fill(struct gs_dji_table *table, const struct gs_dji_rows *rows, int64_t first, int64_t after);

/* Hand over a table of which each row was filled once: a struct array, released by its receiver. Frees the rest. */
int gs_dji_finish(struct gs_dji_table *table, struct ArrowArray *out);

/* Free a table that is not finished. */
void gs_dji_drop(struct gs_dji_table *table);

#endif
