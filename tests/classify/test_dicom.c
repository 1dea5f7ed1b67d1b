/* SPDX-License-Identifier: Apache-2.0 */
/* test_dicom.c - associations, services, data that is passed by, and PDUs that do not add up. */
#include "macros.h"
#include "rows.h"

#define Z8 "\0\0\0\0\0\0\0\0"
#define TITLES "PACS            " "CT01            "
#define FIXED "\0\1\0\0" TITLES Z8 Z8 Z8 Z8
#define APPLICATION "\x10\0\0\x15" "1.2.840.10008.3.1.1.1"
#define SYNTAX "\x40\0\0\x11" "1.2.840.10008.1.2"
#define CT_STORAGE "1.2.840.10008.5.1.4.1.1.2"
#define CONTEXT "\x20\0\0\x36\1\0\0\0\x30\0\0\x19" CT_STORAGE SYNTAX
#define USER "\x50\0\0\x24\x51\0\0\4\0\0\x40\0\x52\0\0\x0c" "1.2.276.0.72" "\x55\0\0\x08OFFIS_36"
#define REQUEST "\1\0\0\0\0\xbf" FIXED APPLICATION CONTEXT USER
#define ACCEPT "\2\0\0\0\0\xa2" FIXED APPLICATION "\x21\0\0\x19\1\0\0\0" SYNTAX USER
#define STORE "\0\0\0\0\4\0\0\0\x32\0\0\0" "\0\0\2\0\x1a\0\0\0" CT_STORAGE "\0" "\0\0\0\1\2\0\0\0\1\0" \
    "\0\0\x10\1\2\0\0\0\7\0"
#define COMMAND "\4\0\0\0\0\x48\0\0\0\x44\1\3" STORE
#define STORED "\4\0\0\0\0\x1c\0\0\0\x18\1\3\0\0\0\0\4\0\0\0\x0a\0\0\0\0\0\0\1\2\0\0\0\1\x80"
#define ASKED "dicom.called_ae=PACS\ndicom.calling_ae=CT01\ndicom.abstract_syntax=" CT_STORAGE "\n" \
    "dicom.implementation_class=1.2.276.0.72\ndicom.implementation_version=OFFIS_36\n"

static const struct row rows[] = {
	{ "an image is stored", false, 104, { UP(REQUEST), DOWN(ACCEPT), UP(COMMAND),
	    UP("\4\0\0\0\0\x0e\0\0\0\x0a\1\2xxxxxxxx"), DOWN(STORED), UP("\5\0\0\0\0\4\0\0\0\0"),
	    DOWN("\6\0\0\0\0\4\0\0\0\0") }, PARSE_DONE, ASKED "dicom.association=accepted\n"
	    "dicom.command=C-STORE\ndicom.sop_class=" CT_STORAGE "\ndicom.association=released\n", false },
	{ "on another port", false, 4242, { UP(REQUEST) }, PARSE_MORE, ASKED, false },
	{ "rejected", false, 11112, { UP(REQUEST), DOWN("\3\0\0\0\0\4\0\1\1\7") }, PARSE_DONE,
	    ASKED "dicom.association=rejected\n", false },
	{ "aborted", false, 11112, { UP(REQUEST), UP("\7\0\0\0\0\4\0\0\0\0") }, PARSE_DONE,
	    ASKED "dicom.association=aborted\n", false },
	{ "the called one is seen first", false, 104, { UP(ACCEPT) }, PARSE_MORE,
	    "dicom.association=accepted\ndicom.implementation_class=1.2.276.0.72\n"
	    "dicom.implementation_version=OFFIS_36\n", true },
	{ "then something else", false, 104, { UP(REQUEST), UP("\x16\3\1\0\0\0") }, PARSE_WRONG, ASKED, false },
	{ "version 0", false, 104, { UP("\1\0\0\0\0\xbf\0\0\0\0" TITLES Z8 Z8 Z8 Z8 APPLICATION) },
	    PARSE_WRONG, "", false },
	{ "titles that are none", false, 104, { UP("\1\0\0\0\0\xbf\0\1\0\0PACS\0           "
	    "CT01            " Z8 Z8 Z8 Z8 APPLICATION) }, PARSE_WRONG, "", false },
	{ "an application context of letters", false, 104, { UP("\1\0\0\0\0\xbf" FIXED
	    "\x10\0\0\5" "a.b.c" CONTEXT) }, PARSE_WRONG, "", false },
	{ "shorter than its titles", false, 104, { UP("\1\0\0\0\0\x20" FIXED APPLICATION) }, PARSE_WRONG, "", false },
};

int
main(void)
{
	return rows_run("dicom", PARSER_dicom, rows, ARRAY_LEN(rows));
}
