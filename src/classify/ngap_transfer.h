/* SPDX-License-Identifier: Apache-2.0 */
/* ngap_transfer.h - the part of a PDU session that SMF and gNB exchange through the AMF: its
 * N3 tunnels (TS 38.413, 9.3.4, 9.4.5). Each reads one transfer of PDU session `session`. */
#ifndef PICKET_CLASSIFY_NGAP_TRANSFER_H
#define PICKET_CLASSIFY_NGAP_TRANSFER_H

#include "ap.h"

/** PDUSessionResourceSetupRequestTransfer, PDUSessionResourceModifyRequestTransfer: elements. */
void ngap_setup_request(struct ap *a, struct per *p, unsigned session);
/** PDUSessionResourceSetupResponseTransfer, PDUSessionResourceModifyIndicationTransfer. */
void ngap_setup_response(struct ap *a, struct per *p, unsigned session);
void ngap_modify_response(struct ap *a, struct per *p, unsigned session);
void ngap_modify_confirm(struct ap *a, struct per *p, unsigned session);
void ngap_handover_acknowledge(struct ap *a, struct per *p, unsigned session);
void ngap_handover_command(struct ap *a, struct per *p, unsigned session);
void ngap_path_switch(struct ap *a, struct per *p, unsigned session);
void ngap_path_switch_acknowledge(struct ap *a, struct per *p, unsigned session);

#endif
