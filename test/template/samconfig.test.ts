import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { root, template } from "./stack.ts";

const text = readFileSync(join(root, "samconfig.toml"), "utf8");

test("the two environments differ in their stacks and in the prefix of their rules, which the template accepts", () => {
  const stacks = [...text.matchAll(/^\[(\w+)\.global\.parameters\]\nstack_name = "([\w-]+)"$/gm)];
  const prefixes = [
    ...text.matchAll(/^\[(\w+)\.deploy\.parameters\](?:\n[^[\n].*)*\nparameter_overrides = "RuleNamePrefix=(.*)"$/gm),
  ];
  expect(stacks.map(([, environment, stack]) => [environment, stack])).toEqual([
    ["default", "dynamodb-compliance"],
    ["staging", "dynamodb-compliance-staging"],
    ["prod", "dynamodb-compliance-prod"],
  ]);
  expect(prefixes.map(([, environment, prefix]) => [environment, prefix])).toEqual([
    ["staging", "stage-"],
    ["prod", "prod-"],
  ]);
  const { MaxLength: longest, AllowedPattern: pattern } = template.Parameters["RuleNamePrefix"] ?? {};
  for (const [, , prefix = ""] of prefixes) {
    expect(prefix.length).toBeLessThanOrEqual(Number(longest));
    expect(prefix).toMatch(new RegExp(String(pattern)));
  }
});

test("every environment may create roles, and none names an account, a bucket or a region", () => {
  expect(text.match(/^capabilities = "CAPABILITY_IAM"$/gm)).toHaveLength(3);
  expect(text.match(/^resolve_s3 = true$/gm)).toHaveLength(3);
  expect(text).not.toMatch(/\d{12}|s3_bucket|region =|profile =/);
});
