/** The catalogue: every rule, in the order of the AWS page. A new rule is added here by hand; a test compares. */
import type { Rule } from "../rule.ts";
import { tableEncryption } from "./dynamodb-table-encryption.ts";

export const catalogue: readonly Rule[] = [tableEncryption];
