import { configRule } from "../lib/handler.ts";
import { tableEncryption } from "../lib/rules/dynamodb-table-encryption.ts";

export const handler = configRule(tableEncryption);
