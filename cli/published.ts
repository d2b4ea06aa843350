/** The catalogue as generated metadata: for commands that need no rule's code. */
import type { PublishedMetadata } from "../lib/metadata.ts";
import metadata from "../lib/rules/rules.json" with { type: "json" };

// The file is generated from values of this type, which a check of every build compares.
export const publishedCatalogue = metadata as unknown as readonly PublishedMetadata[];
