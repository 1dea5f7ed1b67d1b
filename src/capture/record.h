/* SPDX-License-Identifier: Apache-2.0 */
/* record.h - what a reader of capture files answers for each record. */
#ifndef PICKET_CAPTURE_RECORD_H
#define PICKET_CAPTURE_RECORD_H

enum record {
	RECORD_END,	/* the file is at its end */
	RECORD_FRAME,	/* a frame was filled in */
	RECORD_REFUSED,	/* one record makes no sense; the next one can be read */
	RECORD_BROKEN	/* nothing can be read from here on; a reason was filled in */
};

#endif
