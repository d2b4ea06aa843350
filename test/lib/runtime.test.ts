import { expect, test } from "vitest";

test("tests run on the Node of Lambda's nodejs24.x, from the dev dependency `node`", () => {
  expect(process.version).toMatch(/^v24\./);
});
