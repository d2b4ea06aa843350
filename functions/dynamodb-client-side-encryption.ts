import { configRule } from "../lib/handler.ts";
import { clientSideEncryption } from "../lib/rules/dynamodb-client-side-encryption.ts";

export const handler = configRule(clientSideEncryption);
