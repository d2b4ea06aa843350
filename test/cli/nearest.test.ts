import { expect, test } from "vitest";
import { nearestNames } from "../../cli/nearest.ts";
import { catalogue } from "../../lib/rules/index.ts";

const names = catalogue.map(({ name }) => name);

test.each<[string, readonly string[]]>([
  ["dynamodb-static-key", ["dynamodb-static-keys"]],
  ["static-keys", ["dynamodb-static-keys"]],
  ["Static_Keys", ["dynamodb-static-keys"]],
  ["dynamodb-tabel-encryption", ["dynamodb-table-encryption"]],
  ["encryption", ["dynamodb-table-encryption", "dynamodb-backup-encryption", "dynamodb-client-side-encryption"]],
  ["vpc-endpoint", ["dynamodb-vpc-endpoint"]],
  ["dynamodb-", []],
  ["", []],
  ["s3-bucket-public-read", []],
])("who writes %j may mean %j", (given, meant) => {
  expect(nearestNames(given, names)).toEqual(meant);
});

test("every rule is the nearest to itself", () => {
  expect(names.map((name) => nearestNames(name, names)[0])).toEqual(names);
});
