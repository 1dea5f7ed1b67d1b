/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_pcapng.c - any octets as a pcapng file; every octet of every frame is looked at. */
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "capture/input.h"
#include "capture/pcapng.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int fd = memfd_create("fuzz", MFD_CLOEXEC);
	struct pcapng *ng = pcapng_new();
	struct frame frame;
	struct input *in;
	uint8_t seen[1] = { 0 };
	enum record got;

	if (write(fd, data, size) != (ssize_t)size || lseek(fd, 0, SEEK_SET) != 0 ||
	    input_from_fd(&in, fd, 64) != 0)
		abort();
	while ((got = pcapng_next(ng, in, &frame)) == RECORD_FRAME || got == RECORD_REFUSED)
		for (uint32_t i = 0; got == RECORD_FRAME && i < frame.cap_len; i++)
			seen[0] ^= frame.data[i];
	pcapng_free(ng);
	input_free(in);
	return 0;
}
