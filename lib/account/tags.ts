/** Reads of resource tags, in bulk: dynamodb:ListTagsOfResource allows ten calls a second, one a table. */
import {
  type GetResourcesCommandInput,
  paginateGetResources,
  ResourceGroupsTaggingAPIClient,
} from "@aws-sdk/client-resource-groups-tagging-api";
import type { Fact } from "../rule.ts";
import { read } from "./fact.ts";
import type { Session } from "./session.ts";

/** All tags of one resource, by key. */
export type Tags = Readonly<Record<string, string>>;

/** The tags of every table in the session's region that carries any, by table name: for keys in any letter case, which
 * the filter of `tablesTagged` tells apart. */
export function tagsOfTables(session: Session): Promise<Fact<ReadonlyMap<string, Tags>>> {
  return read("tag:GetResources", "tables", async () => {
    const tagsByTable = new Map<string, Tags>();
    for await (const { tableName, tags } of taggedTables(session, {}))
      tagsByTable.set(tableName, Object.fromEntries(tags));
    return tagsByTable;
  });
}

/** The tags of every table in the session's region that carries the tag key, by table name. */
export function tablesTagged(session: Session, tagKey: string): Promise<Fact<ReadonlyMap<string, string>>> {
  return read("tag:GetResources", `tables tagged ${tagKey}`, async () => {
    const valueByTable = new Map<string, string>();
    for await (const { tableName, tags } of taggedTables(session, { TagFilters: [{ Key: tagKey }] })) {
      const value = tags.get(tagKey);
      if (value !== undefined) valueByTable.set(tableName, value);
    }
    return valueByTable;
  });
}

async function* taggedTables(
  session: Session,
  filters: Pick<GetResourcesCommandInput, "TagFilters">,
): AsyncGenerator<{ readonly tableName: string; readonly tags: ReadonlyMap<string, string> }> {
  const client = session.client(ResourceGroupsTaggingAPIClient);
  const input = { ResourceTypeFilters: ["dynamodb:table"], ...filters };
  for await (const page of paginateGetResources({ client, pageSize: 100 }, input)) {
    for (const { ResourceARN, Tags = [] } of page.ResourceTagMappingList ?? []) {
      const tableName = ResourceARN?.split(":table/")[1];
      if (tableName === undefined) continue;
      const pairs = Tags.flatMap(({ Key, Value }): [string, string][] =>
        Key === undefined || Value === undefined ? [] : [[Key, Value]],
      );
      yield { tableName, tags: new Map(pairs) };
    }
  }
}
