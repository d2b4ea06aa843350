import { configRule } from "../lib/handler.ts";
import { vpceOnlyAccess } from "../lib/rules/dynamodb-vpce-only-access.ts";

export const handler = configRule(vpceOnlyAccess);
