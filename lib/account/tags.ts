/** Reads of resource tags, in bulk: dynamodb:ListTagsOfResource allows ten calls a second, one a table. */
import { paginateGetResources, ResourceGroupsTaggingAPIClient } from "@aws-sdk/client-resource-groups-tagging-api";
import type { Fact } from "../rule.ts";
import { read } from "./fact.ts";
import type { Session } from "./session.ts";

/** The tags of every table in the session's region that carries the tag key, by table name. */
export function tablesTagged(session: Session, tagKey: string): Promise<Fact<ReadonlyMap<string, string>>> {
  return read("tag:GetResources", `tables tagged ${tagKey}`, async () => {
    const valueByTable = new Map<string, string>();
    const client = session.client(ResourceGroupsTaggingAPIClient);
    const input = { ResourceTypeFilters: ["dynamodb:table"], TagFilters: [{ Key: tagKey }] };
    for await (const page of paginateGetResources({ client, pageSize: 100 }, input)) {
      for (const { ResourceARN, Tags } of page.ResourceTagMappingList ?? []) {
        const tableName = ResourceARN?.split(":table/")[1];
        const value = Tags?.find(({ Key }) => Key === tagKey)?.Value;
        if (tableName !== undefined && value !== undefined) valueByTable.set(tableName, value);
      }
    }
    return valueByTable;
  });
}
