import { GetResourcesCommand, ResourceGroupsTaggingAPIClient } from "@aws-sdk/client-resource-groups-tagging-api";
import { mockClient } from "aws-sdk-client-mock";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { tablesTagged } from "../../../lib/account/tags.ts";
import { awsError, denied, sessionOf } from "../../fakes/account.ts";

const mock = () => mockClient(ResourceGroupsTaggingAPIClient);
let tagging: ReturnType<typeof mock>;
beforeEach(() => {
  tagging = mock();
});
afterEach(() => tagging.restore());

const mapping = (tableName: string, ...tags: [key: string, value: string][]) => ({
  ResourceARN: `arn:aws:dynamodb:us-east-1:123456789012:table/${tableName}`,
  Tags: tags.map(([Key, Value]) => ({ Key, Value })),
});

describe("the tagged tables", () => {
  it("are read in bulk, by name, with the one tag's value", async () => {
    const input = { ResourceTypeFilters: ["dynamodb:table"], TagFilters: [{ Key: "use" }], ResourcesPerPage: 100 };
    // By input, at the time of the call: the SDK's paginator writes the next token into the same object.
    tagging
      .on(GetResourcesCommand, input)
      .resolves({
        ResourceTagMappingList: [mapping("Orders", ["team", "shop"], ["use", "demo"])],
        PaginationToken: "next",
      })
      .on(GetResourcesCommand, { ...input, PaginationToken: "next" })
      .resolves({ ResourceTagMappingList: [mapping("Audit.2026_v-1", ["use", ""])], PaginationToken: "" });
    expect(await tablesTagged(sessionOf(), "use")).toEqual({
      value: new Map([
        ["Orders", "demo"],
        ["Audit.2026_v-1", ""],
      ]),
    });
    expect(tagging.commandCalls(GetResourcesCommand)).toHaveLength(2);
  });

  it("leave out what is no table, or does not carry the tag as spelled", async () => {
    const bucket = { ...mapping("x", ["use", "demo"]), ResourceARN: "arn:aws:s3:::bucket" };
    const nameless = { Tags: [{ Key: "use", Value: "demo" }] };
    tagging
      .on(GetResourcesCommand)
      .resolves({ ResourceTagMappingList: [bucket, nameless, mapping("Orders", ["Use", "demo"])] });
    expect(await tablesTagged(sessionOf(), "use")).toEqual({ value: new Map() });
  });

  const failures: Record<string, [error: Error, message: string, lasting: boolean]> = {
    "a refusal": [
      denied("tag:GetResources", "*", "because no identity-based policy allows the tag:GetResources action"),
      "was denied. Allow it to role/dynamodb-table-encryption",
      true,
    ],
    throttling: [awsError("ThrottledException"), "was throttled past the retries", false],
  };
  for (const [sentence, [error, message, lasting]] of Object.entries(failures)) {
    it(`are unread as a whole after ${sentence} half-way`, async () => {
      tagging
        .on(GetResourcesCommand)
        .resolvesOnce({ ResourceTagMappingList: [mapping("Orders", ["use", "demo"])], PaginationToken: "next" })
        .rejects(error);
      expect(await tablesTagged(sessionOf(), "use")).toEqual({
        unread: { call: "tag:GetResources", message: `on tables tagged use ${message}`, lasting },
      });
    });
  }
});
