/* SPDX-License-Identifier: Apache-2.0 */
/* document.h - a YAML document as a tree of nodes that know their line.
 *
 * Only what a configuration needs: no anchors, aliases, tags or second document, so that
 * a few lines cannot unfold into gigabytes; depth and number of nodes are limited. */
#ifndef PICKET_CONFIG_DOCUMENT_H
#define PICKET_CONFIG_DOCUMENT_H

#include <stdbool.h>
#include <stddef.h>

enum { DOCUMENT_DEPTH_MAX = 16, DOCUMENT_NODES_MAX = 100000 };

enum node_kind { NODE_SCALAR, NODE_LIST, NODE_MAP };

struct node {
	struct node *next;	/* sibling */
	struct node *child;	/* of a list: entries; of a map: key, value, key, value ... */
	struct node *made_before;	/* chain of all nodes, for freeing */
	size_t children;
	enum node_kind kind;
	unsigned line;		/* from 1 */
	bool plain;		/* scalar without quotes */
	char text[];		/* scalar: no NUL inside */
};

struct document;	/* opaque: document.c */

struct document_error {
	unsigned line;
	char text[256];
};

/** 0 and *out, owned by the caller; or -EINVAL or -ENOMEM with `err`. */
int document_parse(struct document **out, const void *data, size_t size,
    struct document_error *err);
void document_free(struct document *doc);
/** NULL when the document is empty. Borrowed for the document's life. */
const struct node *document_root(const struct document *doc);
/** Nothing, `~` or `null` without quotes. */
bool node_is_null(const struct node *n);

#endif
