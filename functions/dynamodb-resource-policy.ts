import { configRule } from "../lib/handler.ts";
import { resourcePolicy } from "../lib/rules/dynamodb-resource-policy.ts";

export const handler = configRule(resourcePolicy);
