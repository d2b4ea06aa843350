import { expect, test } from "vitest";
import { whyTooOld } from "../../cli/node-version.ts";

test.each<readonly [version: string, isTold: boolean]>([
  ["20.20.2", true],
  ["22.11.0", true],
  ["22.12.0", false],
  ["22.9.9", true],
  ["24.0.0", false],
  ["100.1.0", false],
])("Node %s is too old: %s", (version, isTold) => {
  expect(whyTooOld(version)).toBe(
    isTold ? `dynamodb-compliance needs Node.js 22.12 or later, and this is ${version}` : null,
  );
});
