import { configRule } from "../lib/handler.ts";
import { staticKeys } from "../lib/rules/dynamodb-static-keys.ts";

export const handler = configRule(staticKeys);
