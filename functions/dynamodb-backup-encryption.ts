import { configRule } from "../lib/handler.ts";
import { backupEncryption } from "../lib/rules/dynamodb-backup-encryption.ts";

export const handler = configRule(backupEncryption);
