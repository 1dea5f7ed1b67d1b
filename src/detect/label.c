/* SPDX-License-Identifier: Apache-2.0 */
/* label.c - white labels: the TAC was given to one maker, and the device is updated, managed or
 * provisioned by the server of another. Whose server it is and whose module it is stay two
 * questions; that their answers differ is the finding. */
#include <string.h>

#include "internal.h"

static bool
is_makers_server(const struct indicator *ind)
{
	if (ind->identifies != IDENTIFIES_HOST_OPERATOR)
		return false;
	if (strcmp(ind->entity->category, "module_maker") != 0
	    && strcmp(ind->entity->category, "device_maker") != 0)
		return false;
	return ind->role == ROLE_FIRMWARE_UPDATE || ind->role == ROLE_DEVICE_MANAGEMENT
	    || ind->role == ROLE_PROVISIONING;
}

static bool
same_text(const char *a, const char *b)
{
	return a != NULL && b != NULL && strcmp(a, b) == 0;
}

/* One company, its owner, or two of one owner. */
static bool
are_related(const struct entity *a, const struct entity *b)
{
	return a == b || same_text(a->parent, b->name) || same_text(b->parent, a->name)
	    || same_text(a->parent, b->parent);
}

bool
label_conflicts(const struct device_view *view, const struct indicator *ind)
{
	const struct tac *tac = view->tac;

	if (tac == NULL || !is_makers_server(ind))
		return false;
	if (tac->maker != NULL)
		return !are_related(tac->maker, ind->entity);
	/* a seller who is no entity: he is not this maker, whose own TACs have the entity */
	return tac->maker_name != NULL || tac->brand != NULL;
}
