/** The catalogue as generated metadata: for whatever needs no rule's code. */
import type { PublishedMetadata } from "./metadata.ts";
import metadata from "./rules/rules.json" with { type: "json" };

// The file is generated from values of this type, which a check of every build compares.
export const publishedCatalogue = metadata as unknown as readonly PublishedMetadata[];
