/* SPDX-License-Identifier: Apache-2.0 */
/* document.c - builds the tree from libyaml's events; the only file that includes <yaml.h>. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#include "config/document.h"

struct document {
	struct node *root;
	struct node *last_made;
	size_t nodes;
};

/* Where we are while events come in. */
struct builder {
	struct document *doc;
	struct document_error *err;
	struct node *open[DOCUMENT_DEPTH_MAX];	/* lists and maps begun and not ended */
	struct node *last[DOCUMENT_DEPTH_MAX];	/* the latest child of each */
	size_t depth;
	unsigned documents;
};

static int
refuse(struct document_error *err, size_t line, const char *reason)
{
	err->line = (unsigned)line;
	(void)snprintf(err->text, sizeof(err->text), "%s", reason);
	return -EINVAL;
}

static struct node *
node_new(struct document *doc, enum node_kind kind, const yaml_event_t *event, size_t len)
{
	struct node *n = calloc(1, sizeof(*n) + len + 1);

	if (n == NULL)
		return NULL;
	n->kind = kind;
	n->line = (unsigned)event->start_mark.line + 1;
	n->made_before = doc->last_made;
	doc->last_made = n;
	doc->nodes++;
	return n;
}

/* Hang a node below the innermost open one, or make it the root. */
static int
attach(struct builder *b, struct node *n)
{
	struct node *parent;

	if (b->depth == 0) {
		b->doc->root = n;
		return 0;
	}
	parent = b->open[b->depth - 1];
	if (parent->kind == NODE_MAP && parent->children % 2 == 0 && n->kind != NODE_SCALAR)
		return refuse(b->err, n->line, "a key must be plain text");
	if (parent->children++ == 0)
		parent->child = n;
	else
		b->last[b->depth - 1]->next = n;
	b->last[b->depth - 1] = n;
	return 0;
}

static int
begin(struct builder *b, struct node *n)
{
	int rc;

	if (n == NULL)
		return -ENOMEM;
	if (b->depth == DOCUMENT_DEPTH_MAX)
		return refuse(b->err, n->line, "nested too deeply");
	rc = attach(b, n);
	if (rc == 0)
		b->open[b->depth++] = n;
	return rc;
}

static int
add_scalar(struct builder *b, const yaml_event_t *event)
{
	size_t len = event->data.scalar.length;
	struct node *n;

	if (memchr(event->data.scalar.value, '\0', len) != NULL)
		return refuse(b->err, event->start_mark.line + 1, "text with a NUL character");
	n = node_new(b->doc, NODE_SCALAR, event, len);
	if (n == NULL)
		return -ENOMEM;
	memcpy(n->text, event->data.scalar.value, len);
	n->plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
	return attach(b, n);
}

/* Anchors and tags are the roots of all surprises in YAML; a configuration needs neither. */
static int
check_plainness(struct builder *b, const yaml_event_t *event)
{
	const yaml_char_t *anchor = NULL, *tag = NULL;

	switch (event->type) {
	case YAML_SCALAR_EVENT:
		anchor = event->data.scalar.anchor;
		tag = event->data.scalar.tag;
		break;
	case YAML_SEQUENCE_START_EVENT:
		anchor = event->data.sequence_start.anchor;
		tag = event->data.sequence_start.tag;
		break;
	case YAML_MAPPING_START_EVENT:
		anchor = event->data.mapping_start.anchor;
		tag = event->data.mapping_start.tag;
		break;
	case YAML_ALIAS_EVENT:
		anchor = event->data.alias.anchor;
		break;
	default:
		return 0;
	}
	if (anchor != NULL)
		return refuse(b->err, event->start_mark.line + 1,
		    "anchors and aliases (& and *) are not accepted here");
	if (tag != NULL)
		return refuse(b->err, event->start_mark.line + 1, "tags (!) are not accepted here");
	if (b->doc->nodes >= DOCUMENT_NODES_MAX)
		return refuse(b->err, event->start_mark.line + 1, "too many values");
	return 0;
}

static int
take_event(struct builder *b, const yaml_event_t *event)
{
	int rc = check_plainness(b, event);

	if (rc != 0)
		return rc;
	switch (event->type) {
	case YAML_DOCUMENT_START_EVENT:
		if (b->documents++ != 0)
			return refuse(b->err, event->start_mark.line + 1, "a second document begins");
		return 0;
	case YAML_SCALAR_EVENT:
		return add_scalar(b, event);
	case YAML_SEQUENCE_START_EVENT:
		return begin(b, node_new(b->doc, NODE_LIST, event, 0));
	case YAML_MAPPING_START_EVENT:
		return begin(b, node_new(b->doc, NODE_MAP, event, 0));
	case YAML_SEQUENCE_END_EVENT:
	case YAML_MAPPING_END_EVENT:
		b->depth--;
		return 0;
	default:
		return 0;
	}
}

/* Does the indentation of a line (from 1) hold a tab? libyaml's words for it help nobody. */
static bool
line_has_tab(const char *data, size_t size, size_t line)
{
	const char *at = data, *end = data + size;

	while (--line > 0) {
		at = memchr(at, '\n', (size_t)(end - at));
		if (at == NULL)
			return false;
		at++;
	}
	for (; at < end && (*at == ' ' || *at == '\t'); at++)
		if (*at == '\t')
			return true;
	return false;
}

static int
explain(const yaml_parser_t *parser, const char *data, size_t size, struct document_error *err)
{
	size_t line = parser->problem_mark.line + 1;

	if (parser->error == YAML_MEMORY_ERROR)
		return -ENOMEM;
	if (parser->error == YAML_READER_ERROR) {	/* has an offset, but no line */
		line = 1;
		for (size_t i = 0; i < parser->problem_offset && i < size; i++)
			line += data[i] == '\n';
	}
	if (line_has_tab(data, size, line))
		return refuse(err, line, "a tab in the indentation: YAML wants spaces");
	(void)refuse(err, line, "not YAML");
	if (parser->problem != NULL)
		(void)snprintf(err->text, sizeof(err->text), "not YAML: %s%s%s", parser->problem,
		    parser->context != NULL ? " " : "", parser->context != NULL ? parser->context : "");
	return -EINVAL;
}

static int
take_all(struct builder *b, yaml_parser_t *parser, const void *data, size_t size)
{
	yaml_event_t event;
	bool end = false;
	int rc = 0;

	while (rc == 0 && !end) {
		if (!yaml_parser_parse(parser, &event))
			return explain(parser, data, size, b->err);
		end = event.type == YAML_STREAM_END_EVENT;
		rc = take_event(b, &event);
		yaml_event_delete(&event);
	}
	return rc;
}

int
document_parse(struct document **out, const void *data, size_t size, struct document_error *err)
{
	struct document *doc = calloc(1, sizeof(*doc));
	struct builder b = { .doc = doc, .err = err };
	yaml_parser_t parser;
	int rc = -ENOMEM;

	(void)refuse(err, 1, "out of memory");
	if (doc == NULL)
		return -ENOMEM;
	if (yaml_parser_initialize(&parser)) {
		yaml_parser_set_input_string(&parser, data, size);
		rc = take_all(&b, &parser, data, size);
		yaml_parser_delete(&parser);
	}
	if (rc != 0) {
		document_free(doc);
		return rc;
	}
	*out = doc;
	return 0;
}

void
document_free(struct document *doc)
{
	struct node *before;

	if (doc == NULL)
		return;
	for (struct node *n = doc->last_made; n != NULL; n = before) {
		before = n->made_before;
		free(n);
	}
	free(doc);
}

const struct node *
document_root(const struct document *doc)
{
	return doc->root;
}

bool
node_is_null(const struct node *n)
{
	return n->kind == NODE_SCALAR && n->plain &&
	    (n->text[0] == '\0' || strcmp(n->text, "~") == 0 || strcmp(n->text, "null") == 0);
}
