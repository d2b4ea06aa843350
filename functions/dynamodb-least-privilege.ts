import { configRule } from "../lib/handler.ts";
import { leastPrivilege } from "../lib/rules/dynamodb-least-privilege.ts";

export const handler = configRule(leastPrivilege);
