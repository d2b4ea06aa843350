import { describeItems, type ItemSample, type ItemStore, sampleItems } from "../account/items.ts";
import { exemptResourceTag, readTables, tableType } from "../account/table-readings.ts";
import { type Tags, tagsOfTables } from "../account/tags.ts";
import {
  type Classification,
  classificationOf,
  type SampleDemands,
  sampleContradictions,
  sampleParameters,
} from "../client-side-encryption/demands.ts";
import { type ItemMarkers, markersOf } from "../client-side-encryption/item.ts";
import { markerNames } from "../client-side-encryption/markers.ts";
import {
  type SampledTable,
  sampleFaults,
  sampleReasons,
  sampleUnread,
  whyFine,
} from "../client-side-encryption/sample.ts";
import { defineRule } from "../define-rule.ts";
import { type Fault, mendOf, verdictOf } from "../fault.ts";
import { quoted } from "../parameters.ts";
import type { Fact, Unread } from "../rule.ts";
import { isComingOrGoing, whyNotYetJudged } from "../table-status.ts";

interface Parameters extends SampleDemands {
  readonly exemptResourceTag: string | null;
}

export interface ClientSideEncryptionFacts {
  readonly tableName: string;
  readonly tags: Fact<Tags>;
  /** Null where the table is not known to be sensitive: then its items are left alone. */
  readonly store:
    | (Pick<ItemStore, "tableStatus" | "itemCount"> & { readonly sample: ItemSample<ItemMarkers> | null })
    | null;
}

export const clientSideEncryption = defineRule<ClientSideEncryptionFacts, Parameters>({
  name: "dynamodb-client-side-encryption",
  practice: "Client-side encryption",
  title: "Items of sensitive tables are encrypted before they are stored",
  description:
    "A sample of the items of each table tagged as sensitive carries the marks of AWS's client-side encryption libraries, with at least one encrypted attribute.",
  links: [
    "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/best-practices-security-preventative.html",
    "https://docs.aws.amazon.com/database-encryption-sdk/latest/devguide/dynamodb-encryption-client.html",
    "https://docs.aws.amazon.com/database-encryption-sdk/latest/devguide/ddb-java-config-existing-table.html",
  ],
  reasons: {
    ...sampleReasons,
    notClassified: {
      severity: "MEDIUM",
      says: "a classification of every table",
      why: "Nobody has said whether the table holds sensitive data, so nothing makes sure that it is protected.",
    },
  },
  judges: [tableType],
  watches: [],
  permissions: [
    { action: "dynamodb:ListTables", resources: ["*"] },
    { action: "tag:GetResources", resources: ["*"] },
    {
      action: "dynamodb:DescribeTable",
      resources: ["arn:${AWS::Partition}:dynamodb:${AWS::Region}:${AWS::AccountId}:table/*"],
    },
    {
      action: "dynamodb:Scan",
      resources: ["arn:${AWS::Partition}:dynamodb:${AWS::Region}:${AWS::AccountId}:table/*"],
      conditions: {
        // AWS demands that key attributes be listed; the template's parameter names those of the account's tables.
        "ForAllValues:StringEquals": {
          "dynamodb:Attributes": [...markerNames, "${ClientSideEncryptionKeyAttributes}"],
        },
        StringEquals: { "dynamodb:Select": "SPECIFIC_ATTRIBUTES" },
      },
    },
    {
      // Not a call of the function's own: DynamoDB decrypts a table in the name of whoever scans it.
      action: "kms:Decrypt",
      resources: ["arn:${AWS::Partition}:kms:${AWS::Region}:*:key/*"],
      conditions: { StringLike: { "kms:ViaService": "dynamodb.${AWS::Region}.amazonaws.com" } },
    },
  ],
  parameters: { byName: { ...sampleParameters, exemptResourceTag }, contradictions: sampleContradictions },

  async *collect(session, scope, parameters) {
    const tagsByTable = await tagsOfTables(session);
    yield* readTables<ClientSideEncryptionFacts>(session, scope, parameters.exemptResourceTag, async (tableName) => {
      const tags = "unread" in tagsByTable ? tagsByTable : { value: tagsByTable.value.get(tableName) ?? {} };
      const isSensitive = "value" in tags && classificationOf(tags.value, parameters).kind === "sensitive";
      if (!isSensitive) return { facts: { tableName, tags, store: null } };
      const described = await describeItems(session, tableName);
      if ("unread" in described) return described;
      if (described.value === null) return { gone: true };
      const { tableArn, tableStatus, itemCount } = described.value;
      const sample = isComingOrGoing(tableStatus)
        ? null
        : markersIn(await sampleItems(session, tableName, itemCount, parameters.sampleSize));
      return { arn: tableArn, facts: { tableName, tags, store: { tableStatus, itemCount, sample } } };
    });
  },

  evaluate(facts, parameters) {
    if ("unread" in facts.tags) return facts.tags;
    const classification = classificationOf(facts.tags.value, parameters);
    const because = whyNotJudged(facts, classification, parameters);
    if (because !== null) return { complianceType: "NOT_APPLICABLE", because };
    return verdictOf(faultsOf(facts, parameters), whatIsUnread(facts, parameters), () =>
      whyCompliant(facts, classification),
    );
  },

  mend(facts, parameters) {
    return mendOf(faultsOf(facts, parameters), whatIsUnread(facts, parameters), facts);
  },
});

function markersIn(sample: Awaited<ReturnType<typeof sampleItems>>): ItemSample<ItemMarkers> {
  return { ...sample, items: sample.items.map(markersOf) };
}

function whyNotJudged(
  { store }: ClientSideEncryptionFacts,
  classification: Classification,
  { sensitiveTagKey, requireClassification }: Parameters,
): string | null {
  if (classification.kind === "notClassified") {
    if (requireClassification) return null;
    return `No tag ${sensitiveTagKey}, so its items were not looked at: whether they are sensitive is not known (requireClassification makes this a violation)`;
  }
  if (classification.kind === "notSensitive") {
    return `Tagged ${quoted(classification.tag)}, which is none of sensitiveTagValues: its items were not looked at`;
  }
  if (store === null) return null;
  if (isComingOrGoing(store.tableStatus)) return whyNotYetJudged(store.tableStatus);
  const { sample } = store;
  const isEmpty = sample?.items.length === 0 && sample.whole && sample.brokenOff === null;
  return isEmpty ? "The table is empty: it holds no item to look at" : null;
}

function sampled({ tableName, store }: ClientSideEncryptionFacts): SampledTable | null {
  if (store === null || store.sample === null) return null;
  return { tableName, itemCount: store.itemCount, sample: store.sample };
}

function faultsOf(
  facts: ClientSideEncryptionFacts,
  parameters: Parameters,
): readonly Fault<ClientSideEncryptionFacts>[] {
  if ("unread" in facts.tags) return [];
  const classification = classificationOf(facts.tags.value, parameters);
  if (classification.kind === "notClassified" && parameters.requireClassification)
    return [notClassified(facts, parameters)];
  const table = sampled(facts);
  return classification.kind !== "sensitive" || table === null ? [] : sampleFaults(table, parameters);
}

function notClassified(
  { tableName }: ClientSideEncryptionFacts,
  { sensitiveTagKey, sensitiveTagValues }: Parameters,
): Fault<ClientSideEncryptionFacts> {
  return {
    reason: {
      code: "notClassified",
      found: `No tag ${sensitiveTagKey}: whether the items are sensitive is not known`,
      wanted: "a classification of every table required",
      source: null,
    },
    summary: `Tag the table ${sensitiveTagKey}=... (tag-resource)`,
    steps: [
      {
        words: `Tag ${tableName} with ${sensitiveTagKey} (aws dynamodb tag-resource): ${sensitiveTagValues.join(", ")} make it a table whose items must be encrypted on the client, any other value says that they need not be.`,
      },
    ],
    mayBreak: "Nothing by itself: a sensitive value has the table's items looked at",
    remedy: { choice: "How sensitive the table's data is." },
  };
}

function whatIsUnread(facts: ClientSideEncryptionFacts, parameters: Parameters): Unread | null {
  if ("unread" in facts.tags) return facts.tags.unread;
  if (classificationOf(facts.tags.value, parameters).kind !== "sensitive") return null;
  const table = sampled(facts);
  if (table !== null) return sampleUnread(table, parameters);
  return { call: "dynamodb:Scan", message: `on table ${facts.tableName} was not made`, lasting: false };
}

function whyCompliant(facts: ClientSideEncryptionFacts, classification: Classification): string {
  const table = sampled(facts);
  const tag = "tag" in classification ? ` (tagged ${quoted(classification.tag)})` : "";
  return table === null ? "" : `${whyFine(table)}${tag}`;
}
