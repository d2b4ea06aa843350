import { GetResourcesCommand, ResourceGroupsTaggingAPIClient } from "@aws-sdk/client-resource-groups-tagging-api";
import { mockClient } from "aws-sdk-client-mock";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { tagsOfTables } from "../../../lib/account/tags.ts";
import { awsError, sessionOf } from "../../fakes/account.ts";

const mock = () => mockClient(ResourceGroupsTaggingAPIClient);
let tagging: ReturnType<typeof mock>;
beforeEach(() => {
  tagging = mock();
});
afterEach(() => tagging.restore());

const arn = (tableName: string): string => `arn:aws:dynamodb:us-east-1:123456789012:table/${tableName}`;

describe("the tags of all tables", () => {
  it("are read in bulk, whatever their keys", async () => {
    const input = { ResourceTypeFilters: ["dynamodb:table"], ResourcesPerPage: 100 };
    tagging
      .on(GetResourcesCommand, input)
      .resolves({
        ResourceTagMappingList: [
          {
            ResourceARN: arn("Orders"),
            Tags: [
              { Key: "team", Value: "shop" },
              { Key: "__proto__", Value: "x" },
            ],
          },
          { ResourceARN: arn("Once.Tagged") },
          { ResourceARN: "arn:aws:s3:::bucket", Tags: [{ Key: "team", Value: "shop" }] },
        ],
        PaginationToken: "next",
      })
      .on(GetResourcesCommand, { ...input, PaginationToken: "next" })
      .resolves({ ResourceTagMappingList: [{ ResourceARN: arn("Audit"), Tags: [{ Key: "a", Value: "" }] }] });
    const tags = await tagsOfTables(sessionOf());
    if ("unread" in tags) throw new Error(tags.unread.message);
    expect([...tags.value].map(([name, pairs]) => [name, Object.entries(pairs)])).toEqual([
      [
        "Orders",
        [
          ["team", "shop"],
          ["__proto__", "x"],
        ],
      ],
      ["Once.Tagged", []],
      ["Audit", [["a", ""]]],
    ]);
  });

  it("are unread as a whole after a failure half-way", async () => {
    tagging
      .on(GetResourcesCommand)
      .resolvesOnce({ ResourceTagMappingList: [{ ResourceARN: arn("Orders"), Tags: [] }], PaginationToken: "next" })
      .rejects(awsError("ThrottledException"));
    expect(await tagsOfTables(sessionOf())).toEqual({
      unread: { call: "tag:GetResources", message: "on tables was throttled past the retries", lasting: false },
    });
  });
});
